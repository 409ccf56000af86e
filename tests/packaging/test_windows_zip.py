"""The zip for a Windows desk: what is in it, and how its starter reads."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from changqing import __version__
from tests.packaging.windows_zip import PYTHON, NoZipError, write_zip


def _make_wheel(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(name.encode())
    return path


def test_it_holds_a_starter_and_every_wheel(tmp_path: Path) -> None:
    own = _make_wheel(tmp_path, f"changqing-{__version__}-py3-none-any.whl")
    other = _make_wheel(tmp_path, "uvx-1-cp313-cp313-win_amd64.whl")
    target = tmp_path / "made.zip"
    write_zip(target, [other], own)
    top = f"changqing-{__version__}-windows"
    with zipfile.ZipFile(target) as archive:
        assert set(archive.namelist()) == {
            f"{top}/启动长青.bat",
            f"{top}/requirements.txt",
            f"{top}/wheels/{own.name}",
            f"{top}/wheels/{other.name}",
        }
        starter = archive.read(f"{top}/启动长青.bat")
        assert archive.read(f"{top}/wheels/{other.name}") == other.name.encode()
    assert b"{{" not in starter
    assert starter.count(b"\n") == starter.count(b"\r\n") > 20
    lines = starter.decode().split("\r\n")
    assert f"py -{PYTHON} -m venv venv" in lines
    assert any("--no-index --find-links wheels" in line for line in lines)
    # The code page is set before anything in Chinese is read.
    first = next(n for n, line in enumerate(lines) if not line.isascii())
    assert lines.index("chcp 65001 >nul") < first


def test_a_wheel_for_another_system_is_refused(tmp_path: Path) -> None:
    own = _make_wheel(tmp_path, f"changqing-{__version__}-py3-none-any.whl")
    other = _make_wheel(tmp_path, "x-1-cp313-cp313-manylinux_2_28_x86_64.whl")
    with pytest.raises(NoZipError, match="is not for Windows"):
        write_zip(tmp_path / "made.zip", [other], own)
