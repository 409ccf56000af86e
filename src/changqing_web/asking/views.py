"""Many clients asked at once: who is asked, how far it is, and the letters."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from changqing_web import jobs
from changqing_web.asking.letters import ASK_MANY, MOST, find_letters
from changqing_web.language import page_language, t
from changqing_web.models import Job, Role
from changqing_web.walls import Here, PageRoute


def ask_clients(request: HttpRequest, here: Here) -> HttpResponse:
    """Ask the clients whose cases were ticked, in the background.

    What it comes to is said first, and done once that page is answered.
    """
    ticked = request.POST.getlist("case")[: MOST + 1]
    rows = here.workspace.cases.filter(folder__in=ticked, ended=False, broken={})
    folders = list(rows.order_by("name").values_list("folder", flat=True))
    if not folders:
        messages.warning(request, t("没有选中项目。", "No case was chosen."))
        return redirect("board", workspace=here.workspace.slug)
    if len(ticked) > MOST:
        message = t(f"一次最多{MOST}家。", f"At most {MOST} at once.")
        messages.warning(request, message)
        return redirect("board", workspace=here.workspace.slug)
    if not request.POST.get("sure"):
        context = {"section": "board", "rows": list(rows.order_by("name"))}
        return render(request, "asking/sure.html", context)
    job = jobs.begin_job(
        here, ASK_MANY, folders=folders, language=page_language().value
    )
    if job.given.get("folders") != folders:
        message = t(
            "上一批还没有写完，等它写完再要。",
            "The last batch is still being written; ask again when it is done.",
        )
        messages.warning(request, message)
    return redirect("asked_many", workspace=here.workspace.slug, job=job.pk)


def show_batch(request: HttpRequest, here: Here, job: int) -> HttpResponse:
    """Show what came of asking many clients, or how far it is."""
    batch = _find_batch(here, job)
    more = {
        "section": "board",
        "job": batch,
        "there": find_letters(batch).is_file(),
        "asked": [line for line in batch.result.get("asked", []) if line["items"]],
        "nothing": [
            line for line in batch.result.get("asked", []) if not line["items"]
        ],
        "wrong": batch.result.get("wrong", []),
    }
    return render(request, "asking/asked.html", more)


def download_letters(request: HttpRequest, here: Here, job: int) -> FileResponse:
    """Give the letters of one batch as a zip."""
    path = find_letters(_find_batch(here, job))
    if not path.is_file():
        raise Http404
    name = t(f"材料清单-{job}.zip", f"letters-{job}.zip")
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _find_batch(here: Here, key: int) -> Job:
    batch = (
        here.workspace.jobs.filter(kind=ASK_MANY, pk=key)
        .select_related("workspace")
        .first()
    )
    if batch is None:
        raise Http404
    return batch


_SAMPLE: Final = {"job": 1}
ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/ask/",
        view=ask_clients,
        name="ask_many",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path="w/<slug:workspace>/ask/<int:job>/",
        view=show_batch,
        name="asked_many",
        least=Role.EDITOR,
        sample=_SAMPLE,
    ),
    PageRoute(
        path="w/<slug:workspace>/ask/<int:job>/letters.zip",
        view=download_letters,
        name="asked_letters",
        least=Role.EDITOR,
        sample=_SAMPLE,
    ),
)
