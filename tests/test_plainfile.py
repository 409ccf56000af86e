"""Files of a folder that somebody else filled: only plain ones are opened."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from changqing.errors import CaseError
from changqing.plainfile import (
    check_folder,
    check_plain,
    find_folder_around,
    list_plain,
    open_guarded,
    read_plain,
    write_plain,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file in it, reached by a link, which is its owner's affair."""
    real = tmp_path / "real"
    (real / "a" / "b").mkdir(parents=True)
    (real / "a" / "b" / "file").write_bytes(b"inside")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"secret")
    (tmp_path / "case").symlink_to(real)
    return tmp_path / "case"


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Put a socket in a place: as good as a device, and anybody may make one."""
    made: list[socket.socket] = []

    def listen(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as one:
            here = Path.cwd()
            os.chdir(path.parent)  # the name of a socket is short
            try:
                one.bind(path.name)
            finally:
                os.chdir(here)
            made.append(one)

    yield listen
    for one in made:
        one.close()


def test_a_plain_file_is_read_and_written(folder: Path) -> None:
    path = folder / "a" / "b" / "file"
    assert read_plain(path, inside=folder) == b"inside"
    write_plain(path, b"other", inside=folder)
    write_plain(folder / "c" / "d" / "new", b"new", inside=folder)
    assert path.read_bytes() == b"other"
    assert [p.name for p in list_plain(folder, inside=folder)] == ["file", "new"]
    assert check_plain(path, inside=folder)
    assert not check_plain(folder / "no" / "such", inside=folder)
    assert not check_folder(folder / "no", inside=folder)
    with pytest.raises(FileNotFoundError):
        read_plain(folder / "no" / "such", inside=folder)


def test_nothing_else_is_opened_whatever_it_is(
    folder: Path, tmp_path: Path, heard: Callable[[Path], None]
) -> None:
    path = folder / "a" / "b" / "file"
    forms: dict[str, Callable[[Path], None]] = {
        "link": lambda at: at.symlink_to(tmp_path / "outside" / "file"),
        "link to nothing": lambda at: at.symlink_to(tmp_path / "outside" / "none"),
        "link to a folder": lambda at: at.symlink_to(tmp_path / "outside"),
        "link to a file of the folder": lambda at: at.symlink_to("beside"),
        "pipe": os.mkfifo,
        "folder": Path.mkdir,
        "socket": heard,
    }
    (path.parent / "beside").write_bytes(b"x")
    for name, make in forms.items():
        path.unlink()
        make(path)
        for call in (
            lambda: read_plain(path, inside=folder),
            lambda: write_plain(path, b"x", inside=folder),
            lambda: check_plain(path, inside=folder),
            lambda: open_guarded(path, os.O_RDWR | os.O_CREAT),
        ):
            with pytest.raises(CaseError, match="file") as refused:
                call()
            assert refused.value.issues[0].path == str(path), name
        if name != "folder":
            with pytest.raises(CaseError):
                list(list_plain(folder, inside=folder))
        assert path.is_symlink() or not path.is_file()
        if name == "folder":
            path.rmdir()
            path.touch()
    assert (tmp_path / "outside" / "file").read_bytes() == b"secret"
    assert not (tmp_path / "outside" / "none").exists()


def test_no_link_is_followed_on_the_way(folder: Path, tmp_path: Path) -> None:
    (folder / "way").symlink_to(tmp_path / "outside")
    (folder / "stone").write_bytes(b"no folder")
    for path, named in (
        (folder / "way" / "file", "way"),
        (folder / "stone" / "file", "stone"),
    ):
        for call in (
            lambda path=path: read_plain(path, inside=folder),
            lambda path=path: write_plain(path, b"x", inside=folder),
            lambda path=path: check_folder(path, inside=folder),
        ):
            with pytest.raises(CaseError) as refused:
                call()
            assert refused.value.issues[0].path == str(folder / named)
    with pytest.raises(CaseError, match="outside the case folder"):
        read_plain(folder / ".." / "outside" / "file", inside=folder)
    assert (tmp_path / "outside" / "file").read_bytes() == b"secret"


def test_the_folder_around_a_path_is_the_case_that_it_lies_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    case = Path("case")
    case.mkdir()
    assert find_folder_around(case / "out" / "x", case) == case
    assert find_folder_around(tmp_path / "case" / "x", case) == case
    assert find_folder_around(tmp_path / "else" / "x", case) == tmp_path / "else"
    write_plain(tmp_path / "case" / "x", b"x", inside=case)
    assert read_plain(case / "x", inside=tmp_path / "case") == b"x"
