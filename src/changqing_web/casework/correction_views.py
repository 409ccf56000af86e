"""补正: the lines of a notice, the letter that answers them, the notice itself."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from changqing.casework.events import Journal, NoticeLine
from changqing.casework.handed import find_differences, list_passages, write_reissue
from changqing.casework.letter import answer_letter
from changqing.documents.letters import render_letters
from changqing.errors import ChangqingError
from changqing.plainfile import check_plain
from changqing_web.cases import make_case_context
from changqing_web.casework import forms
from changqing_web.casework.correction import record_settled_line
from changqing_web.casework.forms import EventForm, Wrong
from changqing_web.casework.views import render_casework, return_to_casework
from changqing_web.documents.prose import render_prose
from changqing_web.documents.written import load_writings, read_case, replay_case
from changqing_web.errors import list_issues
from changqing_web.facts import drafts
from changqing_web.facts.drafts import Typed
from changqing_web.index import catalogue
from changqing_web.language import t
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute


def settle_line(request: HttpRequest, here: Here, number: int) -> HttpResponse:
    """Confirm or change what a line is about, whose it is, and how it is answered."""
    typed = Typed.from_post(request.POST)
    name = f"casework:line:{number}"
    case = read_case(here)
    state = replay_case(here, case, date.max)
    before = next(
        (line for line in state.lines if line.number == number),
        NoticeLine(number=number),  # of which the record says why there is none
    )
    drafts.save_draft(here, name, typed)
    wrong: Wrong = {}
    after = _read_line(number, typed, wrong)
    by = forms.read_who(typed, wrong)
    errors: list[str] = []
    if not wrong:
        try:
            recorded = record_settled_line(here, case, before, after, by=by)
        except ChangqingError as error:
            errors = list_issues(error)
        else:
            drafts.drop_draft(here, name)
            open_count = len(recorded.state.open_lines)
            messages.success(
                request,
                t(
                    f"第{number}条已记下，还有{open_count}条没有办结。",
                    f"Line {number} is recorded; {open_count} are open.",
                ),
            )
            return return_to_casework(here, f"#line-{number}")
    form = EventForm(
        line=number,
        typed={n: typed.get_one(n) for n in typed.data},
        codes=after.codes,
        wrong=wrong,
        errors=errors,
    )
    return render_casework(request, here, form, code=422)


def _read_line(number: int, typed: Typed, wrong: Wrong) -> NoticeLine:
    """Read what was typed of a line; what is wrong goes to its field."""
    law = catalogue()
    day_done = forms.parse_day(typed.get_one("done"), "done", wrong)
    if day_done is not None and day_done > timezone.localdate():
        wrong["done"] = t("这一天还没有到", "this day is still to come")
    for field, among in (
        ("criterion", law.criteria.keys()),
        ("material", law.materials.keys()),
    ):
        if typed.get_one(field) and typed.get_one(field) not in among:
            wrong[field] = t("目录里没有这一项", "the catalogue has no such entry")
    return NoticeLine(
        number=number,
        codes=tuple(code for code in typed.get_all("code") if code in law.defects),
        criterion=typed.get_one("criterion") or None,
        material=typed.get_one("material") or None,
        owner=typed.get_one("owner").strip() or None,
        done=day_done,
        answer=typed.get_one("answer").strip() or None,
        paper=typed.get_one("paper") or None,
    )


def show_letter(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the answer letter; with `as`, give it as a file to print or edit."""
    case = read_case(here)
    state = replay_case(here, case, date.max)
    try:
        letter = answer_letter(catalogue(), case, state, on=timezone.localdate())
    except ChangqingError as error:
        raise Http404 from error
    match request.GET.get("as"):
        case "docx" | "pdf" | "txt" as suffix:
            files = render_letters(
                [letter.make_document()], case_name=case.name, as_of=letter.written
            )
            name = next(name for name in files if name.endswith(f".{suffix}"))
            return _make_download(files[name], name, "application/octet-stream")
        case "md":
            return _make_download(
                letter.render_markdown(), "补正说明.md", "text/markdown"
            )
        case "html":
            return _make_download(letter.write_page(), "补正说明.html", "text/html")
        case "sections":
            differences = find_differences(
                case, state, list_passages(case, load_writings(here).documents)
            )
            return _make_download(
                write_reissue(differences), "补正后的章节.md", "text/markdown"
            )
    more = {"letter": letter, "text": render_prose(letter.render_markdown())}
    return render(
        request, "casework/letter.html", make_case_context(here, "casework", **more)
    )


def download_notice(request: HttpRequest, here: Here) -> FileResponse:
    """Give the notice as it was received; never shown in the browser."""
    case = read_case(here)
    state = replay_case(here, case, date.max)
    digest = None if state.notice is None else state.notice.digest
    if digest is None:
        raise Http404
    path = Journal(here.folder).find_notice_path(digest)
    if not check_plain(path, inside=here.folder):
        raise Http404
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"notice-{digest[:12]}",
        content_type="application/octet-stream",
    )


def _make_download(content: str | bytes, name: str, kind: str) -> HttpResponse:
    body = content if isinstance(content, bytes) else content.encode()
    answer = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(name)}"
    )
    return answer


_CASE: Final = "w/<slug:workspace>/c/<str:case>/casework/"
ROUTES = (
    PageRoute(
        path=f"{_CASE}line/<int:number>/",
        view=settle_line,
        name="casework_line",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"number": 1},
    ),
    PageRoute(
        path=f"{_CASE}answer/",
        view=show_letter,
        name="casework_answer",
        least=Role.EDITOR,
    ),
    PageRoute(
        path=f"{_CASE}notice/",
        view=download_notice,
        name="casework_notice",
        least=Role.EDITOR,
    ),
)
