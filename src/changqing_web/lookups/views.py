"""公开查询: the looks that are due, and the pages that a person saved of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.case.model import Case
from changqing.case.page import MAX_PAGE_BYTES
from changqing.case.subjects import Subject
from changqing.case.values import NotAValueError, parse_date
from changqing.errors import ChangqingError
from changqing.judge.due_looks import find_due_looks
from changqing.judge.words import say_value
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.look import GuidedLook
from changqing.law.lookup import find_settled
from changqing.papers.keep_look_page import SaidOfPage, TakenPage, take_look_page
from changqing.papers.open import open_case
from changqing.readers.saved_page import DueRecord
from changqing.rules.types import Kind
from changqing.text import Text
from changqing_web.cases import context, outcome
from changqing_web.errors import list_issues
from changqing_web.index import catalogue, refresh
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import record
from changqing_web.said import log_what_is_said
from changqing_web.walls import Here, PageRoute

_MOST_PAGES: Final = 40
"""How many saved pages are taken at once: a search for each person and holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFact:
    """What no program reads in a page: a person says it, and which words show it."""

    field: str
    about: Text
    fact: Fact

    @property
    def values(self) -> Sequence[tuple[str, Text]]:
        """What may be chosen; empty where it is typed."""
        match self.fact.type.kind:
            case Kind.BOOLEAN:
                return (("true", Text("是", "yes")), ("false", Text("否", "no")))
            case Kind.CATEGORY:
                listed = sorted(self.fact.type.values or ())
                return [(value, say_value(value, self.fact)) for value in listed]
            case _:
                return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLook:
    """A look that would settle something, and what it settles."""

    look: GuidedLook
    settles: Sequence[Text]
    judged: Sequence[JudgedFact]


def lookups(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the looks that are due, in the order of how much each settles."""
    found = outcome(here)
    labels = found.situation.labels
    due = [
        _make_due(record, labels)
        for record in find_due_looks(found.assessment, catalogue())
    ]
    more = {"due": due, "today": timezone.localdate()}
    return render(request, "lookups/lookups.html", context(here, "evidence", **more))


def add_looked_pages(request: HttpRequest, here: Here, look: str) -> HttpResponse:
    """Keep the pages that a person saved of a look, and say what each shows."""
    about = catalogue().looks.get(look)
    if about is None:
        raise Http404
    place = [here.workspace.slug, here.row.folder]
    answer = HttpResponseRedirect(
        f"{reverse('lookups', args=place)}#{look}", status=303
    )
    pages = request.FILES.getlist("page")[:_MOST_PAGES]
    typed, today = request.POST.get("on", "").strip(), timezone.localdate()
    try:
        on = parse_date(typed) if typed else today
    except NotAValueError as wrong:
        messages.error(request, wrong.text.say(page_language()))
        return answer
    if not pages:
        messages.error(request, _NO_PAGE.say(page_language()))
    elif on > today:
        messages.error(request, _TO_COME.say(page_language()))
    else:
        _take_pages(request, here, about, pages, on)
    return answer


def _make_due(due: DueRecord, labels: Mapping[Subject, Text]) -> DueLook:
    judged = [
        JudgedFact(
            field=f"{subject}.{fact.id}", about=_name(subject, labels), fact=fact
        )
        for subject, fact in due.settles
        if fact.id not in due.look.reads
    ]
    return DueLook(
        look=due.look,
        settles=tuple(
            _join(_name(subject, labels), fact.label) for subject, fact in due.settles
        ),
        judged=judged,
    )


def _name(subject: Subject, labels: Mapping[Subject, Text]) -> Text:
    """How a subject is called; the applicant needs no name on its own pages."""
    if subject.type == "applicant":
        return Text("", "")
    return labels.get(subject, Text(str(subject), str(subject)))


def _join(name: Text, label: Text) -> Text:
    if not name.zh:
        return label
    return Text(f"{name.zh}：{label.zh}", f"{name.en}: {label.en}")


def _take_pages(
    request: HttpRequest,
    here: Here,
    look: GuidedLook,
    pages: Sequence[UploadedFile[Any]],
    on: date,
) -> None:
    kept, several = False, len(pages) > 1
    missed: dict[tuple[Subject | None, str], SaidOfPage] = {}
    found: set[tuple[Subject | None, str]] = set()
    for page in pages:
        try:
            case = open_case(here.folder, catalogue())
            said = list(_read_said(request.POST, case, look))
            taken = take_look_page(
                case,
                look,
                page.read(MAX_PAGE_BYTES + 1),  # one byte too many is told as such
                named=PurePath(page.name or "page.html"),
                by=here.name,
                on=on,
                said=said,
                may_stand_elsewhere=several,
            )
        except ChangqingError as error:
            for line in list_issues(error):
                messages.error(request, f"{page.name}：{line}")
            continue
        kept = kept or taken.file is not None
        missed |= {(each.subject, each.fact): each for each in said}
        found |= {(value.subject, value.fact.id) for value in taken.found}
        _tell(request, taken, page.name or "")
    for key, each in missed.items():
        if key not in found:
            messages.warning(
                request,
                t("这句话哪一页上都没有：{}", "No page has these words: {}").format(
                    each.words
                ),
            )
    if not kept:
        return
    record(
        here,
        "read",
        Text(
            zh=f"加入保存的页面：{look.title.zh}",
            en=f"Added saved pages: {look.title.en}",
        ),
        look=look.id,
    )
    log_what_is_said(here)
    refresh(here.workspace, here.row.folder)


def _read_said(
    form: Mapping[str, str], case: Case, look: GuidedLook
) -> Iterator[SaidOfPage]:
    """Read what a person says of a page: the value, and the words that show it."""
    for subject in case.list_subjects():
        for fact in find_settled(case.catalogue, look.id):
            field = f"{subject}.{fact.id}"
            value = form.get(field, "").strip()
            if fact.subject == subject.type and value:
                words = form.get(f"{field}~words", "").strip()
                yield SaidOfPage(
                    fact=fact.id, value=value, words=words, subject=subject
                )


def _tell(request: HttpRequest, taken: TakenPage, name: str) -> None:
    """Say what a page showed, what it shows two ways, and if it was kept."""
    labels = {
        member.subject: Text(member.name, member.name)
        for member in taken.case.list_members()
    }
    for value in taken.found:
        about = _join(_name(value.subject, labels), value.fact.label)
        said, grade = say_value(value.value, value.fact), value.backed.grade.text
        told = t(
            f"{about.zh}：{said.zh}（{grade.zh}）",
            f"{about.en}: {said.en} ({grade.en})",
        )
        if value.backed.words is not None:
            words = value.backed.words
            told += t(f"，页面上写的：{words}", f"; the page says: {words}")
        elif value.backed.why is not None:
            told += t(f"，{value.backed.why.zh}", f"; {value.backed.why.en}")
        messages.success(request, told)
    for subject, fact, values in taken.reading.unclear:
        about = _join(_name(subject, labels), fact.label)
        several = " / ".join(dict.fromkeys(shown.words for shown in values))
        messages.warning(
            request,
            t(
                f"{name}里“{about.zh}”有不止一种说法，没有记录：{several}",
                f"{name} says more than one thing of “{about.en}”, which was not "
                f"recorded: {several}",
            ),
        )
    if not taken.found:
        messages.error(
            request,
            t(
                f"{name}上没有读出可以记录的内容，没有保存。保存的要是查询结果页，"
                "看得到所查的名字和结果；要由人判断的，选好再写上页面上的话。",
                f"Nothing to record was read in {name}, and it was not kept. Save the "
                "page of results, with the name searched for; what a person judges is "
                "chosen, with the words of the page.",
            ),
        )


_NO_PAGE: Final = Text(
    zh="请选保存下来的页面：网页、文本或PDF，一个或几个。",
    en="Choose the pages you saved: HTML, text or PDF, one or several.",
)
_TO_COME: Final = Text(
    zh="查看的日子还没有到", en="the day of the look is still to come"
)

ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/lookups/",
        view=lookups,
        name="lookups",
        least=Role.EDITOR,
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/lookups/<slug:look>/",
        view=add_looked_pages,
        name="add_looked_pages",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"look": "dishonesty_list"},
    ),
)
