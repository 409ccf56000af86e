"""What is written survives a power cut, as far as a program can see to it."""

from __future__ import annotations

from pathlib import Path

from changqing.disk import Disk


def test_the_name_of_a_new_file_is_kept_like_its_content(tmp_path: Path) -> None:
    steps: list[str] = []
    disk, path = Disk(step=steps.append), tmp_path / "lines"
    disk.append(path, b"one\n")
    assert steps[-2:] == ["sync lines", "sync the folder of lines"]
    steps.clear()
    disk.append(path, b"two\n")
    assert steps[-1] == "sync lines"
    assert path.read_bytes() == b"one\ntwo\n"
