"""The day of handing in and the day of the statement, put right where they misfit."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.case.edit import FieldChange, StaleError
from changqing.case.fitting import check_declared_on, check_submit_on
from changqing.case.values import NotAValueError, parse_date
from changqing.errors import ChangqingError
from changqing.text import Text
from changqing_web.errors import LOOK_AT_CHANGED, list_issues, mend_days
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_DAYS: Final = {
    "submit_on": (
        ("application", "submit_on"),
        check_submit_on,
        Text("计划递交日", "Day of handing in"),
    ),
    "declared_on": (
        ("declared_on",),
        check_declared_on,
        Text("自述的日子", "Day of the statement"),
    ),
}


def change_days(request: HttpRequest, here: Here) -> HttpResponse:
    """Write the days that were sent, if they fit today; else say what does not."""
    today, wrong = timezone.localdate(), list[str]()
    changes: list[FieldChange] = []
    case_data = edit.read(here.folder)
    for name, (at, check, _) in _DAYS.items():
        typed = request.POST.get(name, "").strip()
        if not typed or typed == str(case_data.find_value(at) or ""):
            continue
        try:
            day: date = parse_date(typed)
            check(day, today)
        except NotAValueError as error:
            hint = "" if error.hint is None else error.hint.say(page_language())
            wrong.append(
                t("{}，{}", "{}; {}").format(error.text.say(page_language()), hint)
            )
        else:
            changes.append(
                FieldChange(at=at, value=day, shown=case_data.find_value(at))
            )
    if wrong:
        return mend_days(request, here, wrong, status=422)
    try:
        edit.change(
            here.folder,
            changes,
            version=request.POST.get("version", ""),
            catalogue=catalogue(),
        )
    except StaleError:
        message = LOOK_AT_CHANGED.say(page_language())
        return mend_days(request, here, [message], status=409)
    except ChangqingError as error:
        return mend_days(request, here, list_issues(error), status=409)
    for change in changes:
        label = _DAYS[change.at[-1]][2]
        add_case_event(
            here,
            "facts",
            Text(f"{label.zh}改为{change.value}", f"{label.en} is now {change.value}"),
            changed=[".".join(change.at)],
        )
    refresh_case(here.workspace, here.row.folder)
    address = reverse("case", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(address, status=303)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/days/",
        view=change_days,
        name="days",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
