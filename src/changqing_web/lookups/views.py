"""公开查询: the looks that are due, and the pages that a person saved of them."""

from __future__ import annotations

import time
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
from changqing.case.subjects import APPLICANT, Subject
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
from changqing_web.cases import judge_case, load_report, make_case_context
from changqing_web.errors import list_issues
from changqing_web.facts.fact_field import say_mistake
from changqing_web.facts.said import check_log, settle_changes
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.papers import uploads
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_MOST_PAGES: Final = 40
"""How many saved pages are taken at once: a search for each person and holder."""
_MOST_SECONDS: Final = 30.0
"""After which no further page of the same upload is read; a page takes 8 at most."""


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
                codes = (("true", True), ("false", False))
                return [(code, say_value(value, self.fact)) for code, value in codes]
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


def show_lookups(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the looks that are due, in the order of how much each settles."""
    outcome = judge_case(here)
    labels = outcome.situation.labels
    due = [
        _make_due(record, labels)
        for record in find_due_looks(outcome.assessment, catalogue())
    ]
    more = {"due": due, "today": timezone.localdate()}
    return render(
        request, "lookups/lookups.html", make_case_context(here, "evidence", **more)
    )


def add_looked_pages(request: HttpRequest, here: Here, look: str) -> HttpResponse:
    """Keep the pages that a person saved of a look, and say what each shows."""
    about = catalogue().looks.get(look)
    if about is None:
        raise Http404
    place = [here.workspace.slug, here.row.folder]
    answer = HttpResponseRedirect(
        f"{reverse('lookups', args=place)}#{look}", status=303
    )
    pages = request.FILES.getlist("page")
    try:
        on = _read_day(request)
    except NotAValueError as error:
        messages.error(request, say_mistake(error).say(page_language()))
        return answer
    if uploads.is_over_upload_limit(here):
        messages.error(request, uploads.TOO_MANY.say(page_language()))
    elif not pages:
        messages.error(request, _NO_PAGE.say(page_language()))
    elif len(pages) > _MOST_PAGES:
        messages.error(request, _TOO_MANY_PAGES.say(page_language()))
    else:
        _take_pages(request, here, about, pages, on)
    return answer


def _read_day(request: HttpRequest) -> date:
    """On which day somebody looked: today where none is sent; NotAValueError."""
    today = timezone.localdate()
    on = parse_date(request.POST.get("on", today.isoformat()))
    if on > today:
        raise NotAValueError(_TO_COME)
    return on


def _make_due(due: DueRecord, labels: Mapping[Subject, Text]) -> DueLook:
    judged = [
        JudgedFact(
            field=f"{subject}.{fact.id}",
            about=_name_subject(subject, labels),
            fact=fact,
        )
        for subject, fact in due.settles
        if fact.id not in due.look.reads
    ]
    return DueLook(
        look=due.look,
        settles=tuple(
            _join_labels(_name_subject(subject, labels), fact.label)
            for subject, fact in due.settles
        ),
        judged=judged,
    )


def _name_subject(subject: Subject, labels: Mapping[Subject, Text]) -> Text:
    """How a subject is called; the applicant needs no name on its own pages."""
    if subject.type == "applicant":
        return Text("", "")
    return labels.get(subject, Text(str(subject), str(subject)))


def _join_labels(name: Text, label: Text) -> Text:
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
    check_log(here)
    before, kept_count = load_report(here), 0
    values_said = list(
        _read_said(request.POST, open_case(here.folder, catalogue()), look)
    )
    values_shown: set[SaidOfPage] = set()
    end = time.monotonic() + _MOST_SECONDS
    for page in pages:
        name = page.name or ""
        if time.monotonic() > end:
            messages.error(request, f"{name}：{_NO_TIME.say(page_language())}")
            continue
        try:
            taken_page = take_look_page(
                open_case(here.folder, catalogue()),
                look,
                page.read(MAX_PAGE_BYTES + 1),  # one byte too many is told as such
                named=PurePath(name or "page.html"),
                by=here.name,
                on=on,
                said=values_said,
                quoted_only=True,
            )
        except ChangqingError as error:
            for line in list_issues(error):
                messages.error(request, f"{name}：{line}")
            continue
        kept_count += taken_page.file is not None
        values_shown |= set(values_said) - set(taken_page.not_quoted)
        _report_page(request, taken_page, name)
    for value in values_said:
        if value not in values_shown:
            _tell_not_quoted(request, value)
    if not kept_count:
        return
    done_text = Text(
        zh=f"加入保存的页面：{look.title.zh}", en=f"Added saved pages: {look.title.en}"
    )
    add_case_event(here, "read", done_text, look=look.id)
    settle_changes(
        request, here, before, done=done_text.say(page_language()) + t("。", ".")
    )


def _read_said(
    form: Mapping[str, str], case: Case, look: GuidedLook
) -> Iterator[SaidOfPage]:
    """Read what a person says of the pages: values, and the words that show them."""
    for subject in case.list_subjects():
        for fact in find_settled(case.catalogue, look.id):
            field = f"{subject}.{fact.id}"
            value = form.get(field, "").strip()
            if fact.subject == subject.type and value:
                words = form.get(f"{field}~words", "").strip()
                yield SaidOfPage(
                    fact=fact.id, value=value, words=words, subject=subject
                )


def _tell_not_quoted(request: HttpRequest, value_said: SaidOfPage) -> None:
    """Say that what a person judged was not recorded, since no page shows it."""
    subject = value_said.subject or APPLICANT
    fact = catalogue().facts[subject.type, value_said.fact]
    zh, en = f"“{fact.label.zh}”没有记录", f"“{fact.label.en}” was not recorded"
    if value_said.words:
        message = t(
            f"{zh}：原话、所查的是谁和所填的数要在一页上，哪一页上都没有：{value_said.words}",
            f"{en}: no page has these words beside whom it is about and the value "
            f"that was typed: {value_said.words}",
        )
    else:
        message = t(
            f"{zh}：要写上页面上的原话。",
            f"{en}: give the words of the page that show it.",
        )
    messages.error(request, message)


def _report_page(request: HttpRequest, taken_page: TakenPage, name: str) -> None:
    """Say what a page showed, what it shows two ways, and if it was kept."""
    labels = {
        member.subject: Text(member.name, member.name)
        for member in taken_page.case.list_members()
    }
    lines = []
    for value in taken_page.found:
        about = _join_labels(_name_subject(value.subject, labels), value.fact.label)
        value_text, grade = say_value(value.value, value.fact), value.backed.grade.text
        message = t(
            f"{about.zh}：{value_text.zh}（{grade.zh}）",
            f"{about.en}: {value_text.en} ({grade.en})",
        )
        if value.backed.words is not None:
            words = value.backed.words
            message += t(f"，页面上写的：{words}", f"; the page says: {words}")
        elif value.backed.why is not None:
            message += t(f"，{value.backed.why.zh}", f"; {value.backed.why.en}")
        lines.append(message)
    if lines:
        messages.success(request, "\n".join(lines))
    for subject, fact, values in taken_page.reading.unclear:
        about = _join_labels(_name_subject(subject, labels), fact.label)
        several = " / ".join(dict.fromkeys(value_shown.words for value_shown in values))
        messages.warning(
            request,
            t(
                f"{name}里“{about.zh}”有不止一种说法，没有记录：{several}",
                f"{name} says more than one thing of “{about.en}”, which was not "
                f"recorded: {several}",
            ),
        )
    if not taken_page.found:
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
    zh="请选保存下来的页面（网页、文本或PDF）或导出的表格（CSV、Excel），一个或几个。",
    en="Choose the pages you saved (HTML, text or PDF) or tables you exported "
    "(CSV, Excel), one or several.",
)
_TOO_MANY_PAGES: Final = Text(
    zh=f"一次最多{_MOST_PAGES}个页面，这次一个也没有收；请分几次加。",
    en=f"At most {_MOST_PAGES} pages at once: none was taken; add them in several "
    "goes.",
)
_NO_TIME: Final = Text(
    zh="前面的页面读得太久，这一页还没有读，请再加一次。",
    en="The pages before it took too long: it was not read, add it once more.",
)
_TO_COME: Final = Text(
    zh="查看的日子还没有到", en="the day of the look is still to come"
)

ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/lookups/",
        view=show_lookups,
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
