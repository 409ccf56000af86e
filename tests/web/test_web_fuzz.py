"""What people send: tables, workbooks, folders in a zip, files, bodies of the API."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from changqing.case import edit
from changqing.errors import CaseError
from changqing.sheet import read_sheet
from changqing_web.backup import _unpack
from changqing_web.facts import tables
from changqing_web.facts.sheets import spell_cell
from changqing_web.models import Link, Role
from changqing_web.papers import intake
from changqing_web.papers.zips import unpack_case
from tests.fuzzing import fuzz, fuzz_json
from tests.shipped import CATALOGUE
from tests.web.web_world import EXAMPLES, Place

pytestmark = pytest.mark.fuzz


def test_a_pasted_table(fuzz_seconds: float) -> None:
    written = edit.read(EXAMPLES / "newly-registered")
    listed = next(iter(tables.LISTS.values()))
    seed = "姓名\t职务\t是否专职\n梁一\t技术负责人\t是\n周二\tmanager\t否\n"

    def look(content: bytes) -> None:
        cells = tables.read_pasted(content.decode("utf-8", "replace"))
        tables.parse_members(cells, CATALOGUE, listed, written)

    fuzz(look, [seed.encode(), seed.replace("\t", ",").encode()], fuzz_seconds)


def test_a_workbook(fuzz_seconds: float) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["姓名", "职务"])
    book.active.append(["梁一", 0.5])
    made = io.BytesIO()
    book.save(made)

    def look(content: bytes) -> None:
        read_sheet(content, tables.LIMITS, spell_cell)

    fuzz(look, [made.getvalue()], fuzz_seconds, slowest=5)


def test_a_folder_in_a_zip(tmp_path: Path, fuzz_seconds: float) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(EXAMPLES / "newly-registered" / "case.yaml", "case.yaml")
        archive.writestr("documents/a.md", "# 一")
    path, number = tmp_path / "case.zip", iter(range(10**9))

    def look(content: bytes) -> None:
        path.write_bytes(content)
        target = tmp_path / f"case{next(number)}"
        target.mkdir()
        unpack_case(path, target, most_files=100, most_bytes=1_000_000)
        inside = [path for path in target.rglob("*") if path.is_symlink()]
        assert not inside

    # In a child process with limits where people send it; here for what it raises.
    fuzz(look, [packed.getvalue()], fuzz_seconds)
    assert {
        path.name for path in tmp_path.iterdir() if not path.name.startswith("case")
    } == (set())


def test_what_a_file_is(tmp_path: Path, fuzz_seconds: float) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", "")
    seeds = [b"%PDF-1.7\n%%EOF\n", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, packed.getvalue()]
    path = tmp_path / "file.docx"

    def look(content: bytes) -> None:
        intake.sniff_type(content)
        path.write_bytes(content)
        intake.find_file_type(path)

    fuzz(look, seeds, fuzz_seconds)


BODIES: dict[str, tuple[str, Any]] = {
    "facts": (
        "put",
        {
            "values": [{"subject": "applicant", "fact": "headcount", "value": 5}],
            "absent": ["lease"],
            "nobody": ["technical"],
        },
    ),
    "casework/events": (
        "post",
        {"act": "submit", "on": "2026-11-01", "by": "林晓", "paper": None},
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_of_the_api(
    name: str, place: Place, monkeypatch: pytest.MonkeyPatch, fuzz_seconds: float
) -> None:
    monkeypatch.setattr("changqing_web.api.door.MOST_A_MINUTE", 10**9)
    _, secret = Link.make(
        Link.Purpose.TOKEN,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        user=User.objects.get(username="owner@here.example"),
        role=Role.OWNER,
    )
    client = Client(raise_request_exception=True)
    method, seed = BODIES[name]
    address = f"/api/v1/cases/{place.case.folder}/{name}"

    def look(data: Any) -> None:
        answer = getattr(client, method)(
            address,
            json.dumps(data),
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert answer.status_code < 500

    fuzz_json(look, [seed], fuzz_seconds, slowest=10, few=3)


def test_a_zip_whose_packing_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case.yaml", "applicant: {}\n" * 100)
        begin = archive.getinfo("case.yaml").header_offset + 30 + len("case.yaml")
    content = bytearray(path.read_bytes())
    content[begin : begin + 8] = b"\xff" * 8
    path.write_bytes(content)
    with pytest.raises(CaseError):
        unpack_case(path, tmp_path, most_files=10, most_bytes=10_000)


def test_the_manifest_of_a_backup(tmp_path: Path, fuzz_seconds: float) -> None:
    content = b"applicant: {}\n"
    name = "cases/here/a/case.yaml"
    seed = {
        "format": 1,
        "made_at": "2026-11-27T00:00:00+00:00",
        "files": {name: [len(content), hashlib.sha256(content).hexdigest()]},
    }
    path = tmp_path / "copy.tar.gz"

    def look(data: Any) -> None:
        with tarfile.open(path, "w:gz") as archive:
            for member, held in ((name, content), ("manifest.json", None)):
                told = json.dumps(data).encode() if held is None else held
                about = tarfile.TarInfo(member)
                about.size = len(told)
                archive.addfile(about, io.BytesIO(told))
        with TemporaryDirectory(dir=tmp_path) as staged:
            _unpack(path, Path(staged))

    fuzz_json(look, [seed], fuzz_seconds)
