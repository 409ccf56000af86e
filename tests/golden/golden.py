"""What the product says of the three examples, kept to be read when it changes.

`make golden` writes what it says today into `tests/golden/kept`; a person reads the
difference. Paths, times of the run and digests are written as words, for they change
with the machine or with any file of the catalogue.
"""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Final

from changqing.report.codec import write_json
from tests.command_line import run_command
from tests.documents.dossier_case import EXAMPLES, assessed, text_of, written

KEPT: Final = Path(__file__).parent / "kept"
CASES: Final = ("contradictory", "local-life", "newly-registered")
LANGUAGES: Final = ("zh", "en")
AS_OF: Final = "2026-11-24"
_SEALED: Final = EXAMPLES / "sealed" / "bundle.zip.xz"
_MOVING: Final = (
    (re.compile(r"(?<![0-9a-z_])[0-9a-f]{64}(?![0-9a-z_])"), "DIGEST"),
    (re.compile(r"(?<![0-9a-z_])[0-9a-f]{12,40}(?![0-9a-z_])"), "SHORT-DIGEST"),
    (re.compile(r"(?<![0-9a-z_])\d+(?:\.\d+)? ?kB\b"), "SIZE"),
    (re.compile(r"\d+(?= days ago by this machine|天（照本机时钟）)"), "SOME"),
)


@cache
def _desk() -> Path:
    """Make a folder with copies of the examples, where commands may write.

    What whoever tried an example has left in it is no part of it.
    """
    folder = Path(tempfile.mkdtemp(prefix="changqing-golden-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    left = shutil.ignore_patterns(".changqing", "assessment.json", "report.html")
    for name in CASES:
        shutil.copytree(EXAMPLES / name, folder / name, ignore=left)
    return folder


@contextmanager
def desk() -> Iterator[None]:
    """Have the copies of the examples, and remove them at the end."""
    try:
        yield
    finally:
        shutil.rmtree(_desk(), ignore_errors=True)
        _desk.cache_clear()


def golden_outputs() -> Mapping[str, Callable[[], str]]:
    """Name each output by the file that keeps it."""
    outputs: dict[str, Callable[[], str]] = {}
    today = ("--as-of", AS_OF)
    for case in CASES:
        outputs[f"{case}.assessment.txt"] = partial(_assessment, case)
        outputs[f"{case}.documents.md"] = partial(_documents, case)
    for language in LANGUAGES:
        say = partial(_print, language=language)
        for case in CASES:
            outputs[f"{case}.{language}.txt"] = partial(
                say, "assess", case, *today, "--offline"
            )
        outputs[f"board.{language}.txt"] = partial(say, "board", ".", "--all", *today)
        outputs[f"verify.{language}.txt"] = partial(say, "verify", str(_SEALED))
    return outputs


def normalise(text: str) -> str:
    """Replace what changes with the machine and with any file of the catalogue."""
    text = text.replace(str(_desk()), "DESK").replace(str(EXAMPLES), "EXAMPLES")
    for pattern, word in _MOVING:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _print(*words: str, language: str) -> str:
    settings = {
        "CHANGQING_CONFIG": str(_desk() / "config"),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "HOME": str(_desk() / "home"),
    }
    done = run_command(
        [*words, "--lang", language], settings=settings, folder=_desk(), mixed=True
    )
    return normalise(f"{done.stdout}exit code {done.returncode}\n")


def _assessment(case: str) -> str:
    """Write a line for each value, and for each entry of a list, and no law twice."""
    document = write_json(assessed(EXAMPLES / case).report)
    lines = []
    for key, value in document.items():
        entries = value if isinstance(value, list) else [value]
        for entry in entries:
            shown = dict(entry) if isinstance(entry, Mapping) else entry
            if isinstance(shown, dict) and "citations" in shown:
                shown["citations"] = len(shown["citations"])
            lines.append(f"{key} {json.dumps(shown, ensure_ascii=False, default=str)}")
    return normalise("\n".join(lines))


def _documents(case: str) -> str:
    made = written(assessed(EXAMPLES / case))
    return normalise(
        "\n\n".join(f"<!-- {name} -->\n{text_of(one)}" for name, one in made.items())
    )


def write_golden() -> None:
    """Write today's outputs over those that are kept."""
    KEPT.mkdir(exist_ok=True)
    with desk():
        outputs = golden_outputs()
        for stray in {path.name for path in KEPT.iterdir()} - outputs.keys():
            (KEPT / stray).unlink()
        for name, output in outputs.items():
            (KEPT / name).write_text(output(), encoding="utf-8")


if __name__ == "__main__":
    write_golden()
