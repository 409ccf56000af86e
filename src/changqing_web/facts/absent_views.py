"""Saying of one paper, or of one post, that there is none: no list need be complete."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.case.edit import StaleError
from changqing.errors import ChangqingError
from changqing.text import Text
from changqing_web.cases import load_report
from changqing_web.errors import CHECK_CHANGED, list_issues
from changqing_web.facts.said import check_log, settle_changes
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute


def say_absent(request: HttpRequest, here: Here, what: str, code: str) -> HttpResponse:
    """Write `absent` or `nobody` of one kind as of today, or take it out again."""
    label, back = _find_label_and_page(here, what, code)
    taken_back = request.POST.get("step") == "take_back"
    since = None if taken_back else timezone.localdate()
    answer = HttpResponseRedirect(back, status=303)
    case_data, before = edit.read(here.folder), load_report(here)
    try:
        check_log(here)
        edit.change(
            here.folder,
            [edit.say_without(case_data, what, code, since=since)],
            version=request.POST.get("version", ""),
            catalogue=catalogue(),
        )
    except StaleError:
        messages.error(request, CHECK_CHANGED.say(page_language()))
        return answer
    except ChangqingError as error:
        for message in list_issues(error):
            messages.error(request, message)
        return answer
    event_text = _describe_absence(what, label, taken_back=taken_back)
    add_case_event(here, "list", event_text)
    settle_changes(
        request, here, before, done=event_text.say(page_language()) + t("。", ".")
    )
    return answer


def _find_label_and_page(here: Here, absence_kind: str, code: str) -> tuple[Text, str]:
    """What the paper or the post is called, and the page on which it is shown."""
    at = [here.workspace.slug, here.row.folder]
    if absence_kind == "absent" and code in catalogue().materials:
        material = catalogue().materials[code]
        page = reverse("facts_of", args=[*at, material.dimension.value])
        return material.label, f"{page}#paper-{code}"
    posts = catalogue().facts["person", "roles"].value_labels
    if absence_kind == "nobody" and code in posts:
        return posts[code], reverse("facts_list", args=[*at, "people"])
    raise Http404


def _describe_absence(absence_kind: str, label: Text, *, taken_back: bool) -> Text:
    match absence_kind, taken_back:
        case ["absent", False]:
            return Text(zh=f"没有{label.zh}", en=f"{label.en}: there is none")
        case ["absent", True]:
            return Text(
                zh=f"不再说没有{label.zh}",
                en=f"{label.en}: no longer said to be none",
            )
        case [_, False]:
            return Text(zh=f"没有人任{label.zh}", en=f"{label.en}: nobody holds it")
    return Text(
        zh=f"不再说没有人任{label.zh}",
        en=f"{label.en}: no longer said to be held by nobody",
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/without/<slug:what>/<slug:code>/",
        view=say_absent,
        name="say_absent",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"what": "absent", "code": "social_insurance"},
    ),
)
