"""A case folder somebody else made: links, pipes and the like at every place in it.

Each command ends at once with a sentence that names the place, and touches nothing
outside the folder.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from changqing.errors import CaseError
from changqing.watch.settings import load_settings
from tests.command_line import Done, run_command
from tests.needs import find_quick_disk
from tests.sealing.sealed_bundle import copied
from tests.share import CI

NOBODY = 65534


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with something at every place that commands read or write."""
    folder = tmp_path_factory.mktemp("plain")
    case = copied("newly-registered", folder)
    (case / "dossier" / "out").mkdir(parents=True)
    (case / "dossier" / "out" / "01.pdf").write_bytes(b"a document")
    done = _run(folder, "seal", case, "-o", folder / "first.zip")
    assert done.returncode == 0, done.stderr
    assert _run(folder, "assess", case, "--offline").returncode in (0, 1)
    handed = ("submit", "--on", "2026-11-24", "--by", "林晓")
    done = _run(folder, "case", case, *handed)
    assert done.returncode == 0, done.stderr
    return case


def _run(desk: Path, *words: str | Path) -> Done:
    settings = {"XDG_CONFIG_HOME": str(desk / "config"), "LC_ALL": "en_GB.UTF-8"}
    return run_command(words, settings=settings)


PLACES: dict[str, tuple[str, ...]] = {
    "case.yaml": ("assess",),
    "documents/03-business-licence.md": ("assess", "seal"),
    "evidence": ("assess", "seal"),
    "evidence/entries.jsonl": ("assess", "seal"),
    "evidence/lock": ("seal",),
    "evidence/intent": ("assess", "seal"),
    "evidence/log/checkpoint": ("assess", "seal"),
    "evidence/log/signers": ("assess",),
    "evidence/log/tile/entries": ("assess",),
    "casework": ("status", "assess"),
    "casework/events.jsonl": ("status", "assess"),
    "casework/handed_in": ("assess",),
    "casework.html": ("walk",),
    "dossier/out": ("seal",),
    "dossier/out/01.pdf": ("seal",),
    "report.html": ("assess",),
    "assessment.json": ("assess",),
    "schedule.yaml": ("dossier",),
    "dossier": ("dossier", "edit"),
}


def _words(command: str, case: Path) -> tuple[str | Path, ...]:
    return {
        "assess": ("assess", case, "--offline"),
        "seal": ("seal", case, "-o", case.parent / "b.zip"),
        "status": ("case", case, "status"),
        "walk": ("case", case, "page"),
        "dossier": ("dossier", case, "--list"),
        "edit": ("dossier", case, "edit", "emergency"),
    }[command]


FORMS: dict[str, Callable[[Path, Path], None]] = {
    "link": lambda at, outside: at.symlink_to(outside),
    "link to nothing": lambda at, outside: at.symlink_to(outside.with_name("none")),
    "link to a folder": lambda at, outside: at.symlink_to(outside.parent),
    "pipe": lambda at, _: os.mkfifo(at),
    "device": lambda at, _: at.symlink_to("/dev/zero"),
}


def _each() -> Iterator[tuple[str, str]]:
    """Every place as a link, and each of the other forms at some of them by turns."""
    _, *others = FORMS
    turns = itertools.cycle(others)
    for place in PLACES:
        yield place, "link"
        for _ in range(2 if CI else 1):
            yield place, next(turns)


@pytest.mark.share
@pytest.mark.parametrize(("place", "form"), list(_each()))
def test_no_command_follows_a_link_or_waits_for_a_pipe(
    place: str, form: str, model: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(model, case)
    outside = tmp_path / "outside" / "own"
    outside.parent.mkdir()
    path = case / place
    if path.exists():
        shutil.move(path, outside)  # what it was: to be read, if anybody did
    else:
        outside.write_bytes(b"secret")
    path.parent.mkdir(parents=True, exist_ok=True)
    FORMS[form](path, outside)
    before = _all(outside.parent)
    for command in PLACES[place]:
        done = _run(tmp_path, *_words(command, case))
        assert done.returncode in (2, 3, 4), (command, done)
        assert "Unforeseen" not in done.stderr, done.stderr
        assert place in done.stderr.replace(f"{case}/", ""), done.stderr
        assert not (tmp_path / "b.zip").exists()
    assert _all(outside.parent) == before
    assert path.is_symlink() == (form != "pipe")


def test_a_board_names_the_case_and_shows_the_others(
    model: Path, tmp_path: Path
) -> None:
    for name in ("one", "other"):
        shutil.copytree(model, tmp_path / "cases" / name)
    path = tmp_path / "cases" / "one" / "assessment.json"
    path.unlink()
    os.mkfifo(path)
    done = _run(tmp_path, "board", tmp_path / "cases", "--json")
    assert done.returncode in (0, 1), done
    assert f"{path} is no plain file" in done.stdout
    assert "杭州初棠" in done.stdout


def test_settings_of_watching_are_plain(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("every: 2h\n")
    path = tmp_path / "case" / "watch" / "settings.yaml"
    path.parent.mkdir(parents=True)
    path.symlink_to(outside)
    with pytest.raises(CaseError, match="is a link"):
        load_settings(tmp_path / "case")


def _all(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder: when it was written, and what."""
    return {
        str(path): (path.lstat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    } | {str(path): (0, b"") for path in folder.rglob("*") if path.is_dir()}


@pytest.fixture
def desk() -> Iterator[Path]:
    """A folder of its own: pytest's are closed to everybody but root."""
    folder = Path(tempfile.mkdtemp(prefix="changqing-", dir=find_quick_disk()))
    yield folder
    shutil.rmtree(folder)


_READ = [place for place in PLACES if not place.endswith((".new", ".html"))]


@pytest.mark.share
@pytest.mark.parametrize("place", _READ if CI else _READ[::3])
def test_what_may_not_be_read_is_named(place: str, model: Path, desk: Path) -> None:
    case = desk / "case"
    shutil.copytree(model, case)
    path = case / place
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    path.chmod(0)
    with _as_nobody(desk):
        done = _run(desk, *_words(PLACES[place][-1], case))
    path.chmod(0o700)
    assert done.returncode in (2, 3, 4), done
    assert "Unforeseen" not in done.stderr, done.stderr
    named = done.stderr.replace(f"{case}/", "")
    whole = (place, place.rpartition("/")[0])  # a folder stands for what is in it
    assert any(part in named for part in whole), done.stderr


@contextmanager
def _as_nobody(folder: Path) -> Iterator[None]:
    """Give up being root, who may read everything, for a while."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
