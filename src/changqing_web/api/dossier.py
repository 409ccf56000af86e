"""The dossier, the sealed bundle, and the check of one."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Form, Router, Schema, UploadedFile

from changqing.day import beijing_day
from changqing.documents.document import Document
from changqing.documents.package import render_package, zip_package
from changqing.documents.render import make_upload_name
from changqing.seal_case import LIMITS, seal_apart
from changqing.sealing import verify
from changqing.sealing.apart import check_apart
from changqing.sealing.bundle import digest_installed_rules
from changqing.text import Language, Text
from changqing_web import cases
from changqing_web.api.door import REFUSED, Json, enter_case, enter_workspace
from changqing_web.documents.written import load_writings
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language
from changqing_web.limits import make_page_limits
from changqing_web.models import PaperAccess, Role
from changqing_web.papers.access import list_personal_files, note_access
from changqing_web.papers.uploads import keep_on_disk
from changqing_web.record import add_case_event

router = Router(tags=["dossier"])
_ZIP: Final = "application/zip"
_RENDERING: Final = 90.0  # seconds for a whole dossier
_SEALING: Final = replace(LIMITS, seconds=90)
ZIPPED: Final = {
    "responses": {
        200: {
            "description": "a zip file",
            "content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


class Writing(Schema):
    """A document of the dossier; `unsupported` are its figures without evidence."""

    id: str
    number: str | None
    title: str
    file_name: str
    blanks: int
    unsupported: int


class BundleCheck(Schema):
    """What a bundle is worth: 0 all is as it says, others as `verify.py` gives them."""

    code: int
    lines: list[str]


@router.get(
    "/cases/{case}/dossier",
    response={200: list[Writing], **REFUSED},
    operation_id="listDossier",
)
def list_dossier(request: HttpRequest, case: str) -> list[Json]:
    """List the documents of the dossier, and how complete each is."""
    return [
        _describe_writing(document)
        for document in load_writings(enter_case(request, case)).documents
    ]


def _describe_writing(document: Document) -> Json:
    return {
        "id": document.id,
        "number": document.number,
        "title": document.title,
        "file_name": document.file_name,
        "blanks": len(document.blanks),
        "unsupported": len(document.unsupported),
    }


@router.post(
    "/cases/{case}/dossier",
    response=REFUSED,
    operation_id="buildDossier",
    openapi_extra=ZIPPED,
)
def build_dossier(request: HttpRequest, case: str) -> HttpResponse:
    """Write what is handed in, documents as PDF and Word, and papers: one zip."""
    here = enter_case(request, case, Role.EDITOR)
    writings = load_writings(here)
    outcome = writings.outcome
    package = render_package(
        writings.writing, outcome.case, outcome.situation, seconds=_RENDERING
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dossier.zip"
        with path.open("wb") as stream:
            zip_package(package, stream, case_dir=outcome.case.path)
        content = path.read_bytes()
    note_access(here, PaperAccess.Way.FOLDER, list_personal_files(here, copies=False))
    add_case_event(here, "dossier", Text("接口生成申报材料", "Dossier made by API"))
    return answer_zip(content, make_upload_name(outcome.case.name))


@router.post(
    "/cases/{case}/seal",
    response=REFUSED,
    operation_id="sealCase",
    openapi_extra=ZIPPED,
)
def seal_case(request: HttpRequest, case: str, *, full: bool = False) -> FileResponse:
    """Record what is new in the folder, and pack it for others to check.

    Papers about persons are left out unless `full`, which only an owner may ask.
    """
    here = enter_case(request, case, Role.OWNER if full else Role.EDITOR)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bundle.zip"
        seal_apart(
            here.folder,
            out=out,
            key=cases.find_key_path(),
            now=timezone.now(),
            full=full,
            limits=_SEALING,
        )
        bundle = out.open("rb")  # the answer closes it; the name is gone before
    refresh_case(here.workspace, here.row.folder)
    if full:
        note_access(
            here, PaperAccess.Way.BUNDLE, list_personal_files(here, copies=False)
        )
    add_case_event(here, "seal", Text("接口封存", "Sealed by API"))
    return FileResponse(
        bundle,
        as_attachment=True,
        filename=f"{here.row.folder}.zip",
        content_type=_ZIP,
    )


@router.post(
    "/verify", response={200: BundleCheck, **REFUSED}, operation_id="verifyBundle"
)
def verify_bundle(
    request: HttpRequest,
    bundle: File[UploadedFile],
    key: Annotated[str, Form(max_length=200)] = "",
) -> Json:
    """Check a bundle as `verify.py` does; `key` is a fingerprint that is known."""
    enter_workspace(request)
    english = int(page_language() is Language.EN)
    try:
        with keep_on_disk(bundle) as path:
            report, listed = check_apart(
                path,
                frozenset({key.lower()} if key else ()),
                digest_installed_rules(catalogue()),
                limits=make_page_limits(),
                today=beijing_day(timezone.now()),
            )
    except verify.NoBundleError:
        return {"code": 2, "lines": [f"{bundle.name}{verify.NO_BUNDLE[english]}"]}
    return {
        "code": report.code,
        "lines": list(verify.write_lines(report, listed, english)),
    }


def answer_zip(content: bytes, name: str) -> HttpResponse:
    """Answer with a zip to keep."""
    from django.utils.http import content_disposition_header

    answer = HttpResponse(content, content_type=_ZIP)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    answer.headers["Content-Disposition"] = disposition or "attachment"
    return answer
