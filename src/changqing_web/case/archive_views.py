"""Putting a case away, out of the lists, and taking it out again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from changqing.agency.desk import archive_case
from changqing.errors import ChangqingError
from changqing.text import Text
from changqing_web.errors import list_issues
from changqing_web.index import refresh_case
from changqing_web.language import t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute


def archive_or_restore(request: HttpRequest, here: Here) -> HttpResponse:
    """Put the case away; with `step` restore, list it again."""
    restore = request.POST.get("step") == "restore"
    workspace, folder = here.workspace.slug, here.row.folder
    back = redirect("case", workspace=workspace, case=folder)
    back.status_code = 303
    try:
        moved = archive_case(
            here.folder, by=here.name, now=timezone.now(), restore=restore
        )
    except ChangqingError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return back
    refresh_case(here.workspace, folder)
    if moved:
        event_text = (
            Text("从归档放回列表", "Took it out of the archive")
            if restore
            else Text("归档", "Archived it")
        )
        add_case_event(here, "archive", event_text)
    if restore:
        messages.success(request, t("已放回列表。", "It is listed again."))
        return back
    messages.success(
        request,
        t(
            f"“{here.row.name}”已归档，不再列出，也不再提醒。什么也没有删：在“已归档”里打开它，可以放回。",
            f"“{here.row.name}” is archived: listed no longer, nothing deleted. Open "
            "it under “Archived” to take it out again.",
        ),
    )
    answer = redirect("board", workspace=workspace)
    answer.status_code = 303
    return answer


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/archive/",
        view=archive_or_restore,
        name="archive",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
