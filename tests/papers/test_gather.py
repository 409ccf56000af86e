"""Files come as a folder or a zip, with the names that people gave them."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from changqing.errors import CaseError
from changqing.papers import gather
from changqing.papers.gather import gather_files, spell_path


def names_of(source: Path) -> list[str]:
    return sorted(given.name for given in gather_files(source))


def pack(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


def test_a_folder_gives_its_files_without_what_computers_leave_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "证照").mkdir()
    (tmp_path / "证照/营业执照.pdf").write_bytes(b"a")
    (tmp_path / ".DS_Store").write_bytes(b"b")
    (tmp_path / "~$花名册.docx").write_bytes(b"c")
    (tmp_path / "Thumbs.db").write_bytes(b"d")
    assert names_of(tmp_path) == ["证照/营业执照.pdf"]


def test_a_zip_gives_chinese_names_in_either_encoding(tmp_path: Path) -> None:
    assert names_of(pack(tmp_path / "a.zip", {"营业执照.pdf": b"a"})) == [
        "营业执照.pdf"
    ]
    gbk = tmp_path / "b.zip"
    with zipfile.ZipFile(gbk, "w") as packed:
        entry = zipfile.ZipInfo("x" * len("营业执照.pdf".encode("gbk")))
        packed.writestr(entry, b"a")
    raw = gbk.read_bytes()
    old, new = entry.filename.encode(), "营业执照.pdf".encode("gbk")
    gbk.write_bytes(raw.replace(old, new))
    assert names_of(gbk) == ["营业执照.pdf"]


def test_a_zip_in_a_folder_is_opened_too(tmp_path: Path) -> None:
    pack(tmp_path / "社保.zip", {"10月.pdf": b"a", "__MACOSX/._10月.pdf": b"b"})
    assert names_of(tmp_path) == ["社保/10月.pdf"]


def test_names_that_lead_out_of_the_folder_do_not(tmp_path: Path) -> None:
    source = pack(tmp_path / "a.zip", {"../../etc/passwd": b"a", "/root/x": b"b"})
    assert [spell_path(name) for name in names_of(source)] == ["etc/passwd", "root/x"]
    assert spell_path("C:\\资料\\执照?.pdf") == "C_/资料/执照_.pdf"
    assert spell_path("..") == "file"


def test_what_is_no_zip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 no")
    with pytest.raises(CaseError) as refused:
        list(gather_files(path))
    assert "zip" in refused.value.issues[0].text.zh


def test_a_broken_zip_or_entry_holds_up_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "坏.zip").write_bytes(b"PK\x03\x04 no")
    (tmp_path / "营业执照.pdf").write_bytes(b"a")
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        source = tmp_path / f"{method}.zip"
        with zipfile.ZipFile(source, "w", method) as packed:
            packed.writestr("坏.pdf", b"bad" * 99)
            packed.writestr("好.pdf", b"good" * 99)
        raw = bytearray(source.read_bytes())
        at = raw.index("坏.pdf".encode()) + len("坏.pdf".encode())
        raw[at : at + 6] = b"\xff" * 6
        source.write_bytes(raw)
    given = {file.name: file for file in gather_files(tmp_path)}
    broken = {name for name, each in given.items() if each.problem is not None}
    assert broken == {"坏.zip", "8/坏.pdf", "12/坏.pdf", "14/坏.pdf"}
    assert given["营业执照.pdf"].content == b"a"
    assert given["14/好.pdf"].content == b"good" * 99


def test_too_many_files_and_too_large_ones_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = pack(tmp_path / "a.zip", {"a": b"12345", "b": b"1"})
    monkeypatch.setattr(gather, "MAX_PAPER_BYTES", 3)
    given = {file.name: file for file in gather_files(source)}
    assert given["a"].problem is not None
    assert given["a"].content == b""
    assert given["b"].content == b"1"
    monkeypatch.setattr(gather, "MOST_FILES", 1)
    with pytest.raises(CaseError):
        list(gather_files(source))


def test_what_is_no_plain_file_is_named_and_holds_up_no_other(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "营业执照.pdf").mkdir(parents=True)
    (source / "营业执照.pdf/正本.txt").write_bytes(b"a")
    (source / "空.pdf").write_bytes(b"")
    (source / "别处.pdf").symlink_to(tmp_path / "secret.pdf")
    (source / "断了.zip").symlink_to(tmp_path / "nowhere")
    (source / "绕回来").symlink_to(source)
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    os.mkfifo(source / "管道.pdf")
    given = {file.name: file for file in gather_files(source)}
    assert {name for name, file in given.items() if file.problem is None} == {
        *("营业执照.pdf/正本.txt", "空.pdf")
    }
    assert {name for name, file in given.items() if file.problem is not None} == {
        *("别处.pdf", "断了.zip", "绕回来", "管道.pdf")
    }
    assert all(b"secret" not in file.content for file in given.values())


def test_a_name_in_the_old_encoding_of_a_disk_is_read(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "测.txt".encode("gbk")
    Path(os.fsdecode(raw)).write_bytes(b"a")
    assert names_of(tmp_path) == ["测.txt"]


def test_too_many_files_are_refused_before_the_first_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "MOST_FILES", 3)
    for number in range(4):
        (tmp_path / f"{number}.txt").write_bytes(b"a")
    with pytest.raises(CaseError) as refused:
        next(gather_files(tmp_path))
    assert "4个文件" in refused.value.issues[0].text.zh
    (tmp_path / "3.txt").rename(tmp_path / ".DS_Store")
    assert len(names_of(tmp_path)) == 3


def test_a_folder_without_files_says_what_to_put_there(tmp_path: Path) -> None:
    (tmp_path / "证照").mkdir()
    (tmp_path / "证照/.DS_Store").write_bytes(b"a")
    with pytest.raises(CaseError) as refused:
        list(gather_files(tmp_path))
    (issue,) = refused.value.issues
    assert issue.text.zh == "里面没有文件"
    assert issue.hint is not None
    assert "营业执照" in issue.hint.zh
