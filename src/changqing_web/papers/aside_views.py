"""Taking a paper out of the case, putting it back, saying which kind it really is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit, set_aside
from changqing.case.edit import StaleError
from changqing.errors import ChangqingError
from changqing.text import Text
from changqing_web import jobs
from changqing_web.cases import load_report
from changqing_web.errors import CHECK_CHANGED, list_issues
from changqing_web.facts import drafts
from changqing_web.facts.said import settle_changes
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.papers.original_views import find_item
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute


def take_paper_out(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """Take a paper out of the case; its file and what the log says of it stay."""
    item = find_item(edit.read(here.folder), paper)
    label = _name_kind(str(item.get("kind")))
    event_text = Text(
        zh=f"移出《{label.zh}》{item.get('file')}",
        en=f"Took {label.en} out: {item.get('file')}",
    )
    done_text = t(
        f"已移出《{label.zh}》，不再作数；文件和日志都在，可以在这一页放回。",
        f"{label.en} is out and counts no longer; file and log are kept, and it can be "
        "put back on this page.",
    )

    def write() -> str:
        set_aside.set_paper_aside(
            here.folder,
            paper,
            on=timezone.localdate(),
            by=here.name,
            catalogue=catalogue(),
        )
        drafts.drop_draft(here, f"paper:{paper}")
        return _find_address(here)

    return _carry_out(request, here, write, event_text, done_text)


def take_paper_back(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """List a paper again that was taken out."""
    papers_aside = set_aside.list_set_aside(edit.read(here.folder))
    if paper not in {removed.id for removed in papers_aside}:
        raise Http404

    def write() -> str:
        name = set_aside.take_paper_back(here.folder, paper, catalogue=catalogue())
        return _find_address(here, name)

    event_text = Text(zh=f"放回材料{paper}", en=f"Put back the paper {paper}")
    done_text = t("已放回，重新作数。", "It is back and counts again.")
    return _carry_out(request, here, write, event_text, done_text)


def change_paper_kind(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """List a paper as another kind, and read it as that."""
    item = find_item(edit.read(here.folder), paper)
    kind = request.POST.get("kind", "")
    if kind not in catalogue().materials or kind == item.get("kind"):
        message = t("请选择它其实是哪种材料。", "Choose which paper it really is.")
        messages.error(request, message)
        return HttpResponseRedirect(_find_address(here, paper), status=303)
    old, new = _name_kind(str(item.get("kind"))), _name_kind(kind)
    event_text = Text(
        zh=f"《{old.zh}》其实是《{new.zh}》：{item.get('file')}",
        en=f"{old.en} is really {new.en}: {item.get('file')}",
    )
    done_text = t(
        f"已改为《{new.zh}》，按它重新读取。",
        f"It is {new.en} now, and read as such.",
    )

    def write() -> str:
        name = set_aside.change_paper_kind(
            here.folder, paper, kind, catalogue=catalogue()
        )
        drafts.drop_draft(here, f"paper:{paper}")
        return _find_address(here, name)

    answer = _carry_out(request, here, write, event_text, done_text)
    jobs.begin_job(here, "read")
    return answer


def _carry_out(
    request: HttpRequest,
    here: Here,
    write: Callable[[], str],
    event_text: Text,
    done_text: str,
) -> HttpResponse:
    """Write, record, judge again and tell; `write` gives the page to go to."""
    try:
        before = load_report(here)
        to = write()
    except StaleError:
        message = CHECK_CHANGED.say(page_language())
        messages.error(request, message)
        return HttpResponseRedirect(_find_address(here), status=303)
    except ChangqingError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return HttpResponseRedirect(_find_address(here), status=303)
    add_case_event(here, "paper", event_text)
    settle_changes(request, here, before, done=done_text)
    return HttpResponseRedirect(to, status=303)


def _name_kind(kind: str) -> Text:
    material = catalogue().materials.get(kind)
    return Text(kind, kind) if material is None else material.label


def _find_address(here: Here, paper: str | None = None) -> str:
    at = [here.workspace.slug, here.row.folder]
    if paper is None:
        return reverse("evidence", args=at)
    return reverse("paper", args=[*at, paper])


_ONE = "w/<slug:workspace>/c/<str:case>/papers/<slug:paper>/"
_PAPER: Final = {"paper": "business_licence"}
ROUTES = (
    PageRoute(
        path=f"{_ONE}out/",
        view=take_paper_out,
        name="paper_out",
        least=Role.EDITOR,
        methods=("POST",),
        sample=_PAPER,
    ),
    PageRoute(
        path=f"{_ONE}back/",
        view=take_paper_back,
        name="paper_back",
        least=Role.EDITOR,
        methods=("POST",),
        sample=_PAPER,
    ),
    PageRoute(
        path=f"{_ONE}kind/",
        view=change_paper_kind,
        name="paper_kind",
        least=Role.EDITOR,
        methods=("POST",),
        sample=_PAPER,
    ),
)
