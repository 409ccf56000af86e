"""盖章: print what is signed and sealed, and send the scan back."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import Final

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.urls import reverse

from changqing.documents.stamping import FOLDER, PACK
from changqing.plainfile import check_plain, open_plain, write_plain
from changqing.text import Text
from changqing_web import jobs
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.papers import uploads
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_BIGGEST: Final = 100 << 20
_TAKEN: Final = frozenset({".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff"})


def make_pack(request: HttpRequest, here: Here) -> HttpResponse:
    """Make the pack to print, in the background."""
    job = jobs.begin_job(here, "stamp")
    add_case_event(here, "dossier", Text("打印盖章包", "Printing to sign"), job=job.pk)
    return _return_to_pack(here)


def download_pack(request: HttpRequest, here: Here) -> FileResponse:
    """Give the pack as it was last made."""
    path = here.folder / FOLDER / PACK
    if not check_plain(path, inside=here.folder):
        raise Http404
    answer = FileResponse(
        open_plain(path, inside=here.folder), content_type="application/pdf"
    )
    answer.headers["Content-Disposition"] = (
        "attachment; filename*=UTF-8''%E7%9B%96%E7%AB%A0%E5%8C%85.pdf"
    )
    return answer


def take_back_scan(request: HttpRequest, here: Here) -> HttpResponse:
    """Take a scan of signed pages; with `again`, one that a person has looked at."""
    again = PurePosixPath(request.POST.get("again", "")).name
    accept = request.POST.get("accept") == "1"
    if again:
        if not check_plain(_find_scan_path(here, again), inside=here.folder):
            raise Http404
        name = again
    else:
        file = request.FILES.get("scan")
        suffix = "" if file is None else PurePosixPath(str(file.name)).suffix.lower()
        if file is None or suffix not in _TAKEN or (file.size or 0) > _BIGGEST:
            message = t(
                "选择一个PDF或图片，不超过100 MB",
                "choose a PDF or a picture, of at most 100 MB",
            )
            messages.error(request, message)
            return _return_to_pack(here)
        if uploads.is_over_upload_limit(here):
            message = uploads.TOO_MANY.say(page_language())
            messages.error(request, message)
            return _return_to_pack(here)
        content = file.read()
        name = f"{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
        write_plain(_find_scan_path(here, name), content, inside=here.folder)
    job = jobs.begin_job(here, "stamped", file=name, accept=accept)
    add_case_event(
        here,
        "dossier",
        Text("检查盖章扫描件", "Checking a signed scan"),
        job=job.pk,
        file=name,
        accept=accept,
    )
    return _return_to_pack(here)


def _find_scan_path(here: Here, name: str) -> Path:
    return here.folder / FOLDER / "returned" / name


def _return_to_pack(here: Here) -> HttpResponse:
    address = reverse("dossier", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(f"{address}#stamp", status=303)


_AT: Final = "w/<slug:workspace>/c/<str:case>/stamp/"
ROUTES = (
    PageRoute(
        path=f"{_AT}make",
        view=make_pack,
        name="dossier_stamp",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}pack", view=download_pack, name="dossier_pack", least=Role.EDITOR
    ),
    PageRoute(
        path=f"{_AT}scan",
        view=take_back_scan,
        name="dossier_stamped",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
