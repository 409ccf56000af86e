"""Are there known weaknesses in what the lock file names? `make audit` asks the index.

An index with the JSON interface says of each release which
advisories there are. Where it does not, that is said: no answer is no good news.

    python -m tests.packaging.audit [--index ADDRESS]
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from changqing.yamlfile.read import read_with_issues

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
REVIEWED = Path(__file__).with_name("reviewed.yaml")
_LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)
_AT_ONCE = 8
_SECONDS = 20.0
_BIGGEST = 32 << 20
_TRIED = 3  # releases of which the index may know nothing before it is given up
NO_DATA = (
    "没有查：包索引不提供安全公告（或连不上），依赖有没有已知漏洞，这里不知道。",
    "Not audited: the package index offers no advisories, or cannot be reached. "
    "Whether there are known weaknesses in the dependencies is not known here.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One package at the version that the lock file names."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One known weakness of a release; `names` are all that it is known by."""

    release: Release
    names: tuple[str, ...]
    says: str
    mended_in: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found. `answered` is 0 where no data can be had."""

    asked: int
    answered: int
    advisories: tuple[Advisory, ...] = ()
    unanswered: tuple[Release, ...] = ()


def locked(text: str) -> list[Release]:
    """The releases of a lock file, each once."""
    found = [Release(name=n, version=v) for n, v in _LOCKED.findall(text)]
    return list(dict.fromkeys(found))


def audit(releases: Sequence[Release], base: str) -> Audit:
    """Ask `base`/NAME/VERSION/json of each release."""
    first = releases[:_TRIED]
    answers = [_ask(base, release) for release in first]
    if all(answer is None for answer in answers):
        return Audit(asked=len(first), answered=0, unanswered=tuple(first))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers += pool.map(lambda one: _ask(base, one), releases[_TRIED:])
    told = [answer for answer in answers if answer is not None]
    return Audit(
        asked=len(releases),
        answered=len(told),
        advisories=tuple(advisory for answer in told for advisory in answer),
        unanswered=tuple(
            one for one, answer in zip(releases, answers, strict=True) if answer is None
        ),
    )


def _ask(base: str, release: Release) -> list[Advisory] | None:
    """What the index knows of a release; None where it gives no such answer."""
    address = f"{base.rstrip('/')}/{release.name}/{release.version}/json"
    if not address.startswith(("https://", "http://")):
        return None
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310
            told = json.loads(answer.read(_BIGGEST))
        return [
            Advisory(
                release=release,
                names=(str(one["id"]), *map(str, one.get("aliases") or ())),
                says=str(one.get("summary") or one.get("details") or "")[:200],
                mended_in=tuple(map(str, one.get("fixed_in") or ())),
            )
            for one in told["vulnerabilities"]
            if not one.get("withdrawn")
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def base_of(index: str) -> str:
    """Where the JSON interface stands beside a simple index."""
    return re.sub(r"/simple/?$", "", index.rstrip("/")) + "/pypi"


def configured_index() -> str:
    """The index that pip is set to, else its own."""
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout.strip():
        return done.stdout.strip()
    try:
        from pip._internal.models.index import PyPI
    except ImportError:
        return ""
    return str(PyPI.simple_url)


def reviewed(part: str) -> list[dict[str, Any]]:
    """What was looked at and is taken on."""
    file, issues = read_with_issues(REVIEWED)
    assert file is not None, issues
    assert isinstance(file.data, dict)
    return list(file.data[part])


def lines_of(found: Audit, taken: Iterable[str]) -> tuple[int, list[str]]:
    """The exit code and what is said: 1 where an advisory was not reviewed."""
    if not found.answered:
        return 0, list(NO_DATA)
    known = frozenset(taken)
    open_ = [
        advisory for advisory in found.advisories if known.isdisjoint(advisory.names)
    ]
    lines = [
        f"查了{found.answered}/{found.asked}个依赖，公告{len(found.advisories)}条，"
        f"其中没有看过的{len(open_)}条 / {found.answered} of {found.asked} releases "
        f"answered for, {len(found.advisories)} advisories, {len(open_)} not reviewed"
    ]
    for one in open_:
        mended = ", ".join(one.mended_in) or "–"
        names = " ".join(one.names)
        lines.append(f"{one.release.name} {one.release.version}: {names}: {one.says}")
        lines.append(f"  修复版本 / mended in: {mended}")
    if found.unanswered:
        names = ", ".join(
            f"{release.name} {release.version}" for release in found.unanswered
        )
        lines.append(f"没有答复 / no answer for: {names}")
    return int(bool(open_)), lines


@click.command()
@click.option("--index", default="", help="The simple index; pip's own by default.")
@click.option("--lock", default=LOCK, type=click.Path(path_type=Path, exists=True))
def main(*, index: str, lock: Path) -> None:
    """Say which releases of the lock file have known weaknesses."""
    found = audit(
        locked(lock.read_text(encoding="utf-8")), base_of(index or configured_index())
    )
    taken = [str(one["id"]) for one in reviewed("advisories")]
    code, lines = lines_of(found, taken)
    for line in lines:
        click.echo(line)
    sys.exit(code)


if __name__ == "__main__":
    main()
