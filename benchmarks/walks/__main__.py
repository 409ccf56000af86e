"""Walk the ways people go, and print what each took.

    python -m benchmarks.walks [WALK ...] [--pictures DIR] [--seed N] [--json]

WALK is administrator, phone, consultant, reviewer or client; all of them where none is
named. Clicks, keys and typed values are counted, and how long pages make one wait; an
address that is opened counts as a click. With --pictures every step leaves a picture.
The server of consultant and guests assesses its 300 clients in the background first,
which takes minutes and is not counted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import lzma
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from benchmarks.effort_papers import make_papers
from benchmarks.walks.administrator import EXAMPLE, run_administrator
from benchmarks.walks.consultant import walk_consultant
from benchmarks.walks.guests import walk_client, walk_reviewer
from benchmarks.walks.walker import Walker, WalkStep
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from tests.needs import SHARED
from tests.web.web_live import Live, chromium

WALKS: Final = ("administrator", "phone", "consultant", "reviewer", "client")
_SEALED: Final = EXAMPLE.parent / "sealed" / "bundle.zip.xz"


@contextmanager
def _serve(folder: Path, *, agency: bool) -> Iterator[Live]:
    """Serve the examples, and the agency's 300 clients where they are wanted."""
    home = folder / "home"
    home.mkdir()
    live = Live(home=home, examples=True, agency=agency, empty=True)
    live.start()
    try:
        yield live
    finally:
        live.kill()


def run_walk(
    name: str, browser: Browser, pictures: Path | None, seed: int
) -> list[WalkStep]:
    """Start what the walk needs, walk, and end what was started; the steps walked."""
    if name in ("administrator", "phone"):
        on_phone = name == "phone"
        return run_administrator(browser, pictures, seed=seed, on_phone=on_phone).steps
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with _serve(folder, agency=name == "consultant") as live:
            if name == "consultant":
                page = browser.new_page(
                    viewport={"width": 1280, "height": 900}, locale="zh-CN"
                )
                walker = Walker(page=page, pictures=pictures)
                walk_consultant(walker, live)
            elif name == "reviewer":
                bundle = folder / "bundle.zip"
                bundle.write_bytes(lzma.decompress(_SEALED.read_bytes()))
                walker = walk_reviewer(browser, live, pictures, bundle)
            else:
                papers = folder / "papers"
                make_papers(open_case(EXAMPLE, load_compiled()), papers, seed=seed)
                paper = next(path for path in papers.iterdir() if path.is_file())
                walker = walk_client(browser, live, pictures, paper)
            return walker.steps


def print_steps(name: str, steps: list[WalkStep]) -> None:
    """Print a table of what each step took, and all of them together."""
    whole = WalkStep(
        name="in all",
        clicks=sum(step.clicks for step in steps),
        keys=sum(step.keys for step in steps),
        typed=sum(step.typed for step in steps),
        waited=sum(step.waited for step in steps),
    )
    print(f"\n{name:<28}{'clicks':>8}{'keys':>8}{'typed':>8}{'waited, s':>12}")
    for step in [*steps, whole]:
        print(
            f"{step.name:<28}{step.clicks:>8}{step.keys:>8}{step.typed:>8}"
            f"{step.waited:>12.1f}"
        )


def main() -> None:
    """Walk, and print what each step took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("walks", nargs="*", metavar="WALK")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.walks) - set(WALKS):
        parser.error(f"no walk named {', '.join(sorted(unknown))}: {', '.join(WALKS)}")
    took: dict[str, list[WalkStep]] = {}
    with tempfile.TemporaryDirectory() as shared, chromium() as browser:
        os.environ.setdefault(SHARED, shared)
        for name in options.walks or WALKS:
            pictures = options.pictures and options.pictures / name
            if pictures is not None:
                pictures.mkdir(parents=True, exist_ok=True)
            took[name] = run_walk(name, browser, pictures, options.seed)
            if not options.json:
                print_steps(name, took[name])
    if options.json:
        walked = {
            name: [dataclasses.asdict(step) for step in steps]
            for name, steps in took.items()
        }
        print(json.dumps(walked))


if __name__ == "__main__":
    main()
