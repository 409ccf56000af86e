"""The case folder itself: out as a zip, and in."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Final

from django.conf import settings
from django.http import FileResponse, HttpRequest
from ninja import File, Form, Router, Status, UploadedFile

from changqing.text import Text
from changqing_web.api.archive import pack_folder, unpack_folder
from changqing_web.api.cases import CaseLine
from changqing_web.api.door import REFUSED, enter_case, enter_workspace
from changqing_web.api.dossier import ZIPPED
from changqing_web.cases import assess
from changqing_web.index import refresh_case
from changqing_web.models import PaperAccess, Role
from changqing_web.new.views import free_folder
from changqing_web.papers.access import list_personal_files, note_access
from changqing_web.record import add_case_event
from changqing_web.walls import Here, find_cases_folder

router = Router(tags=["folders"])
_NAME: Final = r"^[a-z0-9][a-z0-9_-]{0,59}$"


@router.get(
    "/cases/{case}/folder",
    response=REFUSED,
    operation_id="exportFolder",
    openapi_extra=ZIPPED,
)
def export_folder(request: HttpRequest, case: str) -> FileResponse:
    """Give everything in the case folder as a zip: evidence, papers, log."""
    here = enter_case(request, case, Role.EDITOR)
    note_access(here, PaperAccess.Way.FOLDER, list_personal_files(here, copies=True))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    pack_folder(here.folder, file)
    file.seek(0)
    add_case_event(here, "export", Text("接口导出项目文件夹", "Folder exported by API"))
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{here.row.folder}.zip",
        content_type="application/zip",
    )


@router.post(
    "/folders", response={201: CaseLine, **REFUSED}, operation_id="importFolder"
)
def import_folder(
    request: HttpRequest,
    archive: File[UploadedFile],
    name: Annotated[str, Form(pattern=_NAME, description="of the folder")],
) -> Status[Any]:
    """Make a case of a zip of its folder; a name that is taken gets a number.

    Nothing is written unless the zip opens as a case and its log is whole: 409 where
    the log was changed, 422 otherwise.
    """
    here = enter_workspace(request, Role.EDITOR)
    folder = free_folder(here, name)
    beside = Path(settings.HOME) / "imports" / here.workspace.slug
    unpack_folder(archive, find_cases_folder(here.workspace) / folder, beside=beside)
    row = refresh_case(here.workspace, folder)
    new_case = Here(user=here.user, workspace=here.workspace, role=here.role, case=row)
    add_case_event(
        new_case, "import", Text("接口导入项目文件夹", "Folder imported by API")
    )
    assess(new_case)
    row.refresh_from_db()
    return Status(201, row)
