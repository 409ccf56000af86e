"""Folders of cases go out and come in through the API, and hostile ones do not."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from changqing_web.api import archive
from changqing_web.walls import find_cases_folder
from tests.web.api.api_caller import Caller


def _list_names(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.namelist()


@pytest.mark.long
def test_a_folder_goes_out_and_comes_in_again(call: Caller) -> None:
    found = call.place.folder / ".changqing" / "papers" / "found.json"
    found.parent.mkdir(parents=True, exist_ok=True)
    found.write_text("张伟", encoding="utf-8")  # what only saves time goes nowhere
    out = call("get", call.case("/folder"))
    content = b"".join(out.streaming_content)
    file = SimpleUploadedFile("case.zip", content)
    back = call("post", "/folders", data={"archive": file, "name": "copied"})
    assert back.status_code == 201, back.content
    assert back.json()["name"] == call.place.case.name
    made = find_cases_folder(call.place.workspace) / "copied"

    def files(folder: Any) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
            and path.name not in {"assessment.json", ".lock"}
            and ".changqing" not in path.parts  # each folder makes its own
        }

    assert not any(".changqing" in name for name in _list_names(content))
    assert files(made) == files(call.place.folder)
    packed = io.BytesIO(content)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.write(found, ".changqing/papers/found.json")
    file = SimpleUploadedFile("c.zip", packed.getvalue())
    taken = call("post", "/folders", data={"archive": file, "name": "copied"})
    assert taken.json()["folder"] == "copied-2"
    second = made.with_name("copied-2")
    assert files(second) == files(made)
    assert not (second / found.relative_to(call.place.folder)).exists()


def _make_zip(fill: Callable[[zipfile.ZipFile], None], case: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("case.yaml", case)
        fill(file)
    return packed.getvalue()


def _link(file: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("documents/link.pdf")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    file.writestr(entry, "/etc/passwd")


_HOSTILE: dict[str, Callable[[zipfile.ZipFile], None]] = {
    "parent": lambda file: file.writestr("../outside.txt", "x"),
    "deep parent": lambda file: file.writestr("documents/../../outside.txt", "x"),
    "absolute": lambda file: file.writestr("/var/outside.txt", "x"),
    "backslash": lambda file: file.writestr("documents\\..\\outside.txt", "x"),
    "drive": lambda file: file.writestr("C:outside.txt", "x"),
    "link": _link,
    "bomb": lambda file: file.writestr("documents/big.bin", b"\0" * 40_000_000),
    "twice": lambda file: file.writestr("CASE.yaml", "x"),
    "control": lambda file: file.writestr("documents/a\nb", "x"),
    "a file as a folder": lambda file: file.writestr("case.yaml/x", "x"),
}


@pytest.mark.share
@pytest.mark.parametrize("kind", _HOSTILE)
def test_a_hostile_archive_is_refused_and_leaves_nothing(
    call: Caller, kind: str
) -> None:
    case = (call.place.folder / "case.yaml").read_bytes()
    file = SimpleUploadedFile("case.zip", _make_zip(_HOSTILE[kind], case))
    answer = call("post", "/folders", data={"archive": file, "name": "bad"})
    assert answer.status_code == 422
    assert not (find_cases_folder(call.place.workspace) / "bad").exists()
    assert not list((settings.HOME / "imports" / "here").iterdir())
    assert not list(settings.HOME.rglob("outside.txt"))


def test_an_archive_with_too_many_files_is_refused(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_FILES", 1)
    case = (call.place.folder / "case.yaml").read_bytes()
    packed = _make_zip(lambda file: file.writestr("documents/a", "x"), case)
    file = SimpleUploadedFile("case.zip", packed)
    answer = call("post", "/folders", data={"archive": file, "name": "bad"})
    assert answer.status_code == 422


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_case_is_refused(call: Caller, content: bytes) -> None:
    file = SimpleUploadedFile("case.zip", content)
    answer = call("post", "/folders", data={"archive": file, "name": "bad"})
    assert answer.status_code == 422


@pytest.mark.long
def test_a_changed_log_does_not_come_in(call: Caller) -> None:
    call("post", call.case("/seal")).close()
    out = b"".join(call("get", call.case("/folder")).streaming_content)
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(out)) as old,
        zipfile.ZipFile(packed, "w") as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            if "tile" in entry.filename and data:
                data = bytes([data[0] ^ 1]) + data[1:]
            new.writestr(entry.filename, data)
    file = SimpleUploadedFile("case.zip", packed.getvalue())
    answer = call("post", "/folders", data={"archive": file, "name": "bad"})
    assert answer.status_code == 409
    assert not (find_cases_folder(call.place.workspace) / "bad").exists()
