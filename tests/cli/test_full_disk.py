"""A disk that is full: exit code 3 and a sentence, whatever was being written."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from changqing.evidence.ledger.recorded import Evidence
from tests.command_line import Done, run_command
from tests.sealing.sealed_bundle import copied

_HANDED_IN = ("--on", "2026-11-24", "--by", "林晓")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of which something is recorded, handed in and sealed."""
    desk = tmp_path_factory.mktemp("full")
    case = copied("newly-registered", desk / "cases")
    for words in (
        ("seal", case, "-o", desk / "first.zip"),
        ("assess", case, "--offline"),
        ("case", case, "submit", *_HANDED_IN),
    ):
        done = _run(desk, *words)
        assert done.returncode in (0, 1), done
    return desk


def _run(desk: Path, *words: str | Path) -> Done:
    settings = {
        "XDG_CONFIG_HOME": str(desk / "config"),
        "XDG_STATE_HOME": str(desk / "state"),
        "LC_ALL": "en_GB.UTF-8",
    }
    return run_command(words, settings=settings)


def _written(desk: Path) -> set[Path]:
    return {path for path in desk.rglob("*") if path.is_file()}


@contextmanager
def _full() -> Iterator[None]:
    """No file can grow beyond a few bytes: the system refuses as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (7, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


_ONCE = {"case.yaml", "emergency.md", "notices.yaml"}
COMMANDS: dict[str, tuple[str, ...]] = {
    "assess": ("assess", "CASE", "--offline"),
    "assess elsewhere": ("assess", "CASE", "--offline", "--out", "DESK/r"),
    "seal": ("seal", "CASE", "-o", "DESK/b.zip"),
    "bind": ("seal", "CASE", "--digest"),
    "dossier": ("dossier", "CASE", "--out", "DESK/out", "--only", "emergency"),
    "edit": ("dossier", "CASE", "edit", "emergency"),
    "submit": ("case", "CASE", "receive", "acceptance", *_HANDED_IN),
    "page": ("case", "CASE", "page"),
    "report": ("case", "CASE", "report", "--out", "DESK/annual"),
    "accept": ("accept", "CASE"),
    "rotate": ("rotate-key",),
    "assign": (
        "clients",
        "assign",
        "DESK/cases",
        "--to",
        "x@firm.example",
        "--by",
        "x",
    ),
    "ask": ("clients", "ask", "DESK/cases", "newly-registered", "--by", "x"),
    "template": ("clients", "template", "DESK/clients.xlsx"),
    "example": ("clients", "example", "DESK/agency"),
    "export": ("clients", "export", "DESK/cases", "-o", "DESK/board.xlsx"),
    "notices": ("notices", "new", "--settings", "DESK/notices.yaml"),
    "calendar": ("notices", "calendar", "CASE", "--out", "DESK/c.ics"),
    "reference": ("catalogue", "reference", "DESK/reference"),
}


@pytest.mark.share
@pytest.mark.parametrize("name", [*COMMANDS])
def test_a_full_disk_is_no_wrong_usage(name: str, model: Path, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    shutil.copytree(model, desk)
    case = desk / "cases" / "newly-registered"
    named = {"CASE": str(case), "DESK": str(desk)}
    words = [
        next((word.replace(k, v) for k, v in named.items() if k in word), word)
        for word in COMMANDS[name]
    ]
    before = Evidence(case).list_lines()
    names = _written(desk)
    with _full():
        done = _run(desk, *words)
    assert done.returncode == 3, done
    assert "Unforeseen" not in done.stderr, done.stderr
    last = done.stderr.splitlines()[-1]
    assert "written" in last or "remembered" in last, done.stderr
    if name != "example":  # a folder of its own, to be made anew
        # What an empty file of that name would hinder later.
        assert not {path.name for path in _written(desk) - names} & _ONCE
    assert Evidence(case).verify() is not None
    assert Evidence(case).list_lines() == before
    assert _run(desk, "case", case, "status").returncode in (0, 1)
