"""What strangers wrote is opened in no page request: the pages have no library for it."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.case import edit
from changqing.sandbox.pool import Limits
from changqing_web.api import dossier
from changqing_web.models import Job, Role
from tests.web.api.api_caller import Caller, make_token
from tests.web.web_world import Place, read_sealed_example

_NONE = ("docx", "openpyxl", "PIL", "pypandoc", "pypdf", "typst")


@pytest.fixture
def blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _NONE:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture
def call(place: Place) -> Caller:
    return Caller(place=place, secret=make_token(place))


@pytest.mark.long
def test_the_job_and_the_api_set_documents_elsewhere(
    place: Place,
    call: Caller,
    blocked: None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        place.editor.post(place.url("dossier/make"), {"only": "emergency"})
    assert Job.objects.latest("pk").state == Job.State.DONE
    answer = call("post", call.case("/dossier"))
    assert answer.status_code == 200
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert sum(name.startswith("PDF/") for name in names) > 5
    assert sum(name.startswith("Word/") for name in names) > 5


@pytest.mark.long
def test_the_api_seals_elsewhere_and_says_what_ended_it(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("conclude", "seal", "Store"):  # this process must not get there
        monkeypatch.delattr(f"changqing.seal_case.{name}")
    sealed = call("post", call.case("/seal"))
    assert b"".join(sealed.streaming_content).startswith(b"PK")
    short = Limits(seconds=0.01, memory=3 << 30, output=1 << 30)
    monkeypatch.setattr(dossier, "_SEALING", short)
    told = call("post", call.case("/seal")).json()
    assert told["code"] == "given_up"
    assert "超过0.01秒" in told["issues"][0]["text"]["zh"]


@pytest.mark.long
def test_bundles_and_zips_are_opened_elsewhere(
    call: Caller, monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    folder = b"".join(call("get", call.case("/folder")).streaming_content)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened here")

    monkeypatch.setattr("changqing.sealing.verify.check", refuse)
    monkeypatch.setattr("changqing.sealing.verify.Bundle", refuse)
    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    bundle = {"bundle": SimpleUploadedFile("b", read_sealed_example())}
    assert call("post", "/verify", data=bundle).json()["code"] in {0, 1}
    archive = SimpleUploadedFile("case.zip", folder)
    answer = call("post", "/folders", data={"archive": archive, "name": "again"})
    assert answer.status_code == 201, answer.content


@pytest.mark.long
def test_an_office_file_of_a_million_parts_costs_the_page_nothing(
    place: Place,
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("[Content_Types].xml", "")
    content = made.getvalue()
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    listed = content[start:end]
    count = 19_000_000 // len(listed)
    tail = bytearray(content[end:])
    tail[12:16] = (len(listed) * count).to_bytes(4, "little")
    hostile = content[:start] + listed * count + bytes(tail)
    file = SimpleUploadedFile("营业执照.docx", hostile)
    answer = place.people[Role.EDITOR].post(
        place.url("evidence/upload/"), {"file": file, "kind": "business_licence"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("form", ["link", "pipe"])
def test_a_file_that_is_none_of_the_case_is_not_handed_out(
    place: Place, tmp_path: Path, form: str, django_capture_on_commit_callbacks: Any
) -> None:
    outside = tmp_path / "own"
    outside.write_text("secret of the server", encoding="utf-8")
    papers = edit.read(place.folder).list_items("papers")
    paper = next(paper for paper in papers if paper["kind"] == "company_profile")
    made = place.folder / "dossier" / "out"
    made.mkdir(parents=True)
    for path in (place.folder / str(paper["file"]), made / "01.pdf"):
        path.unlink(missing_ok=True)
        if form == "link":
            path.symlink_to(outside)
        else:
            os.mkfifo(path)
    for rest in (f"papers/{paper['id']}/file", "dossier/files/01.pdf"):
        answer = place.people[Role.OWNER].get(place.url(rest))
        assert answer.status_code == 404
    for rest in ("evidence/", "dossier/"):
        answer = place.people[Role.OWNER].get(place.url(rest))
        assert b"secret of the server" not in answer.content
        assert answer.status_code < 500
    with django_capture_on_commit_callbacks(execute=True):
        place.editor.post(place.url("seal/begin/"))
    job = Job.objects.latest("pk")
    assert (job.kind, job.state) == ("seal", Job.State.FAILED)
    assert "company-profile" in str(job.result["error"]["zh"])
