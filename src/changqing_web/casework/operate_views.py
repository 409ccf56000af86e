"""The button of a case whose licence was received: its stage becomes operating."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from changqing.case.edit import StaleError
from changqing.casework.operating import say_operating, start_operating
from changqing.errors import ChangqingError
from changqing_web.casework.correction import record_and_judge
from changqing_web.documents.written import read_case
from changqing_web.errors import LOOK_AT_CHANGED, list_issues
from changqing_web.index import catalogue
from changqing_web.language import page_language
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute


def set_operating(request: HttpRequest, here: Here) -> HttpResponse:
    """Set the stage by the licence that was recorded, and judge the case anew."""
    try:
        event = start_operating(catalogue(), read_case(here))
    except StaleError:
        message = LOOK_AT_CHANGED.say(page_language())
        messages.error(request, message)
    except ChangqingError as error:
        for issue in list_issues(error):
            messages.error(request, issue)
    else:
        event_text = say_operating(event)
        record_and_judge(here, event_text, changed=["application.stage"])
        messages.success(request, event_text.say(page_language()))
    address = reverse("case", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(address, status=303)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/operate/",
        view=set_operating,
        name="operate",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
