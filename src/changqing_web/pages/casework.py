"""办件: stage, days, what to record; a correction line by line, its answer and diff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.casework import (
    ACT_NAMES,
    CHANGE_WORDS,
    MATTERS,
    STAGE_NAMES,
    Act,
    Difference,
    Event,
    Journal,
    Line,
    Proposer,
    Stage,
    State,
    Status,
    answer_letter,
    differences,
    due_day,
    passages,
    possible_acts,
    read_notice,
    reissued,
    status,
)
from changqing.casework import record as write_event
from changqing.catalogue import ACTOR_WORDS, BOUND_WORDS, say_citation
from changqing.dossier import DIMENSIONS
from changqing.errors import ChangqingError
from changqing.evidence import Case
from changqing.text import Text
from changqing_web import drafts
from changqing_web.cases import assess, context
from changqing_web.drafts import Typed
from changqing_web.errors import issues_of
from changqing_web.index import catalogue, refresh
from changqing_web.language import spoken, t
from changqing_web.models import Role
from changqing_web.prose import prose
from changqing_web.record import record
from changqing_web.walls import Here, Route
from changqing_web.written import case_of, state_of, writings

_DATED: Final = frozenset({Act.CORRECTION, Act.LICENCE})  # acts that set a last day
_NOTICE_LIMIT: Final = 20 * 1024 * 1024
Wrong = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was typed in one of the forms of the page, and what is wrong with it."""

    act: Act | None = None
    line: int | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[str] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a list."""

    code: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One line of the notice, with what it is about in words."""

    line: Line
    defects: tuple[str, ...]
    criterion: str
    material: str
    proof: str


def casework(request: HttpRequest, here: Here) -> HttpResponse:
    """Where the case stands, and all that can be recorded of it."""
    form = Form(
        act=_act(request.GET.get("act", "")),
        line=_number(request.GET.get("line", "")),
        typed={"matter": request.GET.get("matter", "")},
    )
    name = _form_name(form)
    kept = drafts.load(here, name) if name else None
    if kept is not None:
        typed, at = kept
        form = Form(
            act=form.act,
            line=form.line,
            typed={n: typed.one(n) for n in typed.data} | _chosen(form, typed),
            codes=tuple(typed.all("code")),
            kept=drafts.said(at).say(spoken()),
        )
    return _page(request, here, form)


def _chosen(form: Form, typed: Typed) -> dict[str, str]:
    """The matter of the address wins over that of a draft."""
    return {"matter": form.typed["matter"] or typed.one("matter")}


def _form_name(form: Form) -> str:
    if form.line is not None:
        return f"casework:line:{form.line}"
    return "" if form.act is None else f"casework:{form.act.value}"


def record_act(request: HttpRequest, here: Here) -> HttpResponse:
    """Write an event into the folder of the case."""
    typed = Typed.of(request.POST)
    act = _act(typed.one("act"))
    if act is None or act is Act.LINE:
        raise Http404
    name = f"casework:{act.value}"
    drafts.save(here, name, typed)
    wrong: Wrong = {}
    on = _day(typed.one("on"), "on", wrong) or timezone.localdate()
    until = _day(typed.one("until"), "until", wrong)
    by = _said_by(typed, wrong)
    days = {
        key.removeprefix("start."): day
        for key in typed.data
        if key.startswith("start.") and (day := _day(typed.one(key), key, wrong))
    }
    notice = _notice_of(request, typed, wrong) if act is Act.CORRECTION else b""

    def again(errors: Sequence[str], code: int = 422) -> HttpResponse:
        form = Form(
            act=act,
            typed={n: typed.one(n) for n in typed.data},
            wrong=wrong,
            errors=errors,
        )
        return _page(request, here, form, code=code)

    if wrong:
        return again([])
    try:
        case = case_of(here)
        event = Event(
            act=act,
            on=on,
            by=by,
            paper=typed.one("paper") or None,
            until=until,
            matter=typed.one("matter") or None,
            days=days,
        )
        if act is Act.CORRECTION:
            event = _with_lines(event, case, notice)
        written = write_event(
            catalogue(),
            case,
            event,
            now=timezone.now(),
            notice=notice,
            documents=writings(here).documents if act is Act.SUBMIT else (),
        )
    except ChangqingError as error:
        return again(issues_of(error))
    drafts.drop(here, name)
    if written.torn is not None:
        messages.warning(request, written.torn.say(spoken()))
    title = ACT_NAMES[act]
    _noted(
        here,
        Text(zh=f"记下“{title.zh}”，{on}", en=f"Recorded “{title.en}”, {on}"),
        number=written.event.number,
    )
    told = Text(
        zh=f"已记下：{title.zh}，{on}。现在是“{STAGE_NAMES[written.state.stage].zh}”。",
        en=f"Recorded: {title.en}, {on}. The stage is now "
        f"“{STAGE_NAMES[written.state.stage].en}”.",
    )
    messages.success(request, told.say(spoken()))
    if act is Act.CORRECTION and typed.one("until") == "" and event.until is not None:
        messages.warning(
            request,
            t(
                f"补正期限{event.until}取自通知的文字，请核对；不对的，用同一份通知写上期限再记一次。",
                f"The day set, {event.until}, was taken from the words of the notice: "
                "check it; if it is wrong, record the same notice again with the day.",
            ),
        )
    return _back(here, "#lines" if act is Act.CORRECTION else "")


def _with_lines(event: Event, case: Case, notice: bytes) -> Event:
    """The notice's lines, each with what it is probably about, and the day it sets."""
    found = read_notice(notice, name=t("补正通知", "the notice"))
    proposer = Proposer(catalogue(), case, event.on)
    named = due_day(found.words, event.on) if event.until is None else None
    return Event(
        act=event.act,
        on=event.on,
        by=event.by,
        paper=event.paper,
        until=event.until if named is None else named.day,
        lines=tuple(
            proposer.line(number, text, owner=event.by)
            for number, text in enumerate(found.lines, start=1)
        ),
    )


def settle_line(request: HttpRequest, here: Here, number: int) -> HttpResponse:
    """Confirm or change what a line is about, whose it is, and how it is answered."""
    typed = Typed.of(request.POST)
    name = f"casework:line:{number}"
    wrong: Wrong = {}
    case, state = case_of(here), None
    state = state_of(here, case, date.max)
    if number not in {line.number for line in state.lines}:
        raise Http404
    drafts.save(here, name, typed)
    done = _day(typed.one("done"), "done", wrong)
    if done is not None and done > timezone.localdate():
        wrong["done"] = t("这一天还没有到", "this day is still to come")
    by = _said_by(typed, wrong)
    known = catalogue()
    for field_name, among in (
        ("criterion", known.criteria.keys()),
        ("material", known.materials.keys()),
    ):
        if typed.one(field_name) and typed.one(field_name) not in among:
            wrong[field_name] = t("目录里没有这一项", "the catalogue has no such entry")
    codes = tuple(code for code in typed.all("code") if code in known.defects)
    errors: list[str] = []
    if not wrong:
        change = Line(
            number=number,
            codes=codes,
            criterion=typed.one("criterion") or None,
            material=typed.one("material") or None,
            owner=typed.one("owner").strip() or None,
            done=done,
            answer=typed.one("answer").strip() or None,
            paper=typed.one("paper") or None,
        )
        event = Event(act=Act.LINE, on=timezone.localdate(), by=by, lines=(change,))
        try:
            written = write_event(known, case, event, now=timezone.now())
        except ChangqingError as error:
            errors = issues_of(error)
        else:
            drafts.drop(here, name)
            left = len(written.state.open_lines)
            _noted(
                here,
                Text(zh=f"补正第{number}条已更新", en=f"Line {number} of the notice"),
                number=written.event.number,
            )
            messages.success(
                request,
                t(
                    f"第{number}条已记下，还有{left}条没有办结。",
                    f"Line {number} is recorded; {left} are open.",
                ),
            )
            return _back(here, f"#line-{number}")
    form = Form(
        line=number,
        typed={n: typed.one(n) for n in typed.data},
        codes=codes,
        wrong=wrong,
        errors=errors,
    )
    return _page(request, here, form, code=422)


def letter(request: HttpRequest, here: Here) -> HttpResponse:
    """The answer letter: on a page, or as a file to print or edit."""
    case = case_of(here)
    state = state_of(here, case, date.max)
    try:
        written = answer_letter(catalogue(), case, state, on=timezone.localdate())
    except ChangqingError as error:
        raise Http404 from error
    match request.GET.get("as"):
        case "md":
            return _file(written.markdown(), "补正说明.md", "text/markdown")
        case "html":
            return _file(written.page(), "补正说明.html", "text/html")
        case "sections":
            found = differences(case, state, passages(case, writings(here).documents))
            return _file(reissued(found), "补正后的章节.md", "text/markdown")
    more = {"letter": written, "text": prose(written.markdown())}
    return render(request, "casework_letter.html", context(here, "casework", **more))


def notice(request: HttpRequest, here: Here) -> HttpResponse:
    """The notice as it was received; never shown in the browser."""
    case = case_of(here)
    state = state_of(here, case, date.max)
    kept = None if state.notice is None else state.notice.digest
    if kept is None:
        raise Http404
    path = Journal(here.folder).notice_path(kept)
    if not path.is_file():
        raise Http404
    answer = HttpResponse(path.read_bytes(), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="notice-{kept[:12]}"'
    return answer


# The page


def _page(
    request: HttpRequest, here: Here, form: Form, *, code: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    try:
        case = case_of(here)
        state = state_of(here, case, date.max)
    except ChangqingError as error:
        told = issues_of(error)
        return render(
            request,
            "casework_unreadable.html",
            context(here, "casework", errors=told),
            status=409,
        )
    found = status(catalogue(), case, state, today)
    known = writings(here)
    changed = differences(case, state, passages(case, known.documents))
    more: dict[str, object] = {
        "found": found,
        "state": state,
        "stage": STAGE_NAMES[state.stage],
        "headline": _headline(found),
        "dues": _dues(found),
        "acts": _acts(state),
        "form": form,
        "form_name": _form_name(form),
        "act_name": None if form.act is None else ACT_NAMES[form.act],
        "act_open": form.act in possible_acts(state),
        "with_until": form.act in _DATED,
        "papers": _papers(case),
        "matters": _matters(case, state, form),
        "starts": _starts(form),
        "who": here.name,
        "asked": [_asked(case, line) for line in state.lines],
        "open_line": _open_line(case, state, form, today),
        "changed": changed,
        "changes": _changes(changed.papers, changed.facts, changed.sections),
        "events": [
            (event, ACT_NAMES[event.act])
            for event in reversed(Journal(here.folder).events())
        ],
        "problem": known.problem and list(known.problem.lines(spoken())),
        "may_edit": here.may(Role.EDITOR),
    }
    return render(
        request, "casework.html", context(here, "casework", **more), status=code
    )


def _headline(found: Status) -> str:
    """What comes next, whose it is, and by when, in one sentence."""
    due = found.next
    if due is None:
        return t("办件已经结束", "The case has ended")
    actor, title = ACTOR_WORDS[due.actor], due.title
    if due.day is None:
        unset = due.unset or Text("", "")
        return t(
            f"下一步由{actor.zh}：{title.zh}，{unset.zh}",
            f"Next, {actor.en}: {title.en}; {unset.en}",
        )
    days = (due.day - found.today).days
    left = (
        Text(f"还有{days}天", f"{days} days left")
        if days >= 0
        else Text(f"已过{-days}天", f"passed {-days} days ago")
    )
    mark = Text("，暂按", ", provisional") if due.provisional else Text("", "")
    return t(
        f"下一步由{actor.zh}：{title.zh}，{due.day}（{left.zh}{mark.zh}）",
        f"Next, {actor.en}: {title.en}, {due.day} ({left.en}{mark.en})",
    )


def _dues(found: Status) -> list[dict[str, object]]:
    return [
        {
            "due": due,
            "actor": ACTOR_WORDS[due.actor],
            "bound": None if due.bound is None else BOUND_WORDS[due.bound],
            "next": due is found.next,
            "sources": list(
                dict.fromkeys(
                    say_citation(catalogue(), one).say(spoken())
                    for one in due.citations
                )
            ),
        }
        for due in found.dues
    ]


def _acts(state: State) -> list[tuple[str, Text]]:
    """What can be recorded now, in the order of the table, each once."""
    return [
        (act.value, ACT_NAMES[act])
        for act in dict.fromkeys(possible_acts(state))
        if act is not Act.LINE
    ]


def _matters(case: Case, state: State, form: Form) -> list[Choice]:
    if form.act is not Act.BEGIN:
        return []
    place, known = case.application, catalogue()
    return [
        Choice(
            code=name,
            label=known.procedures[name].title.say(spoken()),
            chosen=name == form.typed.get("matter"),
        )
        for stage, names in MATTERS.items()
        if stage is not Stage.PREPARE
        for name in names
        if name != state.matter
        and known.procedures[name].place.covers(
            licence=place.licence, scope=place.scope, region=place.region
        )
    ]


def _starts(form: Form) -> list[tuple[str, Text, str]]:
    """The days that the chosen matter counts from."""
    procedure = catalogue().procedures.get(form.typed.get("matter", ""))
    if form.act is not Act.BEGIN or procedure is None:
        return []
    return [
        (f"start.{name}", said, form.typed.get(f"start.{name}", ""))
        for name, said in procedure.starts.items()
    ]


def _papers(case: Case) -> list[Choice]:
    known = catalogue().materials
    return [
        Choice(
            code=paper.id,
            label=f"{known[paper.kind].label.say(spoken())} · {paper.file.path}",
        )
        for paper in case.papers
    ]


def _asked(case: Case, line: Line) -> Asked:
    known = catalogue()
    criterion = known.criteria.get(line.criterion or "")
    material = known.materials.get(line.material or "")
    files = {paper.id: paper.file.path for paper in case.papers}
    return Asked(
        line=line,
        defects=tuple(
            known.defects[code].label.say(spoken())
            for code in line.codes
            if code in known.defects
        ),
        criterion="" if criterion is None else criterion.title.say(spoken()),
        material="" if material is None else material.label.say(spoken()),
        proof=files.get(line.paper or "", ""),
    )


def _open_line(
    case: Case, state: State, form: Form, today: date
) -> dict[str, object] | None:
    """The line whose form is open: what is recorded or typed, and the choices."""
    line = next((one for one in state.lines if one.number == form.line), None)
    if line is None:
        return None
    known, language = catalogue(), spoken()
    hit = Proposer(known, case, today).hit(line.codes)
    recorded = {
        "criterion": line.criterion or "",
        "material": line.material or "",
        "owner": line.owner or "",
        "done": line.done.isoformat() if line.done else "",
        "answer": line.answer or "",
        "paper": line.paper or "",
    }
    value = recorded | {n: v for n, v in form.typed.items() if n in recorded}
    near = [c for c in dict.fromkeys((line.criterion, *hit.criteria)) if c]
    return {
        "line": line,
        "value": value,
        "codes": [
            Choice(
                code=code,
                label=defect.label.say(language),
                chosen=code in (form.codes or line.codes),
            )
            for code, defect in known.defects.items()
            if not defect.licences or case.application.licence in defect.licences
        ],
        "near": [
            Choice(code=c, label=known.criteria[c].title.say(language))
            for c in near
            if c in known.criteria
        ],
        "others": [
            (
                DIMENSIONS[dimension].say(language),
                [
                    Choice(code=c.id, label=c.title.say(language))
                    for c in known.criteria.values()
                    if c.dimension.value == dimension and c.id not in near
                ],
            )
            for dimension in DIMENSIONS
        ],
        "materials": [
            Choice(code=m.id, label=m.label.say(language))
            for m in known.materials.values()
        ],
    }


def _changes(
    papers: Sequence[Difference],
    facts: Difference | None,
    sections: Sequence[Difference],
) -> list[tuple[Text, list[tuple[Difference, Text]]]]:
    groups = (
        (Text("材料", "Papers"), papers),
        (Text("申报的事实", "Facts declared"), () if facts is None else (facts,)),
        (Text("文书的章节", "Sections of documents"), sections),
    )
    return [
        (name, [(one, CHANGE_WORDS[one.change]) for one in found])
        for name, found in groups
        if found
    ]


# What was typed


def _act(code: str) -> Act | None:
    return next((act for act in Act if act.value == code), None)


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() else None


def _day(written: str, name: str, wrong: Wrong) -> date | None:
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        wrong[name] = t("日期写成2026-12-31这样", "write the day as 2026-12-31")
        return None


def _said_by(typed: Typed, wrong: Wrong) -> str:
    by = typed.one("by").strip()
    if not by:
        wrong["by"] = t("写明谁办的", "say who did it")
    return by


def _notice_of(request: HttpRequest, typed: Typed, wrong: Wrong) -> bytes:
    """The file that was sent, else the words that were pasted."""
    file = request.FILES.get("notice")
    if file is not None:
        if (file.size or 0) > _NOTICE_LIMIT:
            wrong["notice"] = t("文件超过20 MB", "the file is over 20 MB")
            return b""
        return b"".join(file.chunks())
    words = typed.one("words")
    if not words.strip():
        wrong["notice"] = t(
            "选一个文件，或者粘贴通知的文字", "choose a file, or paste the words"
        )
    return words.encode()


def _noted(here: Here, what: Text, **detail: object) -> None:
    """After an event: everybody sees who did it, and the case is judged anew."""
    record(here, "casework", what, **detail)
    try:
        assess(here)
    except ChangqingError:
        refresh(here.workspace, here.row.folder)


def _back(here: Here, anchor: str) -> HttpResponse:
    address = reverse("casework", args=[here.workspace.slug, here.row.folder])
    answer = HttpResponseRedirect(f"{address}{anchor}")
    answer.status_code = 303
    return answer


def _file(text: str, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(text.encode(), content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(name)}"
    )
    return answer


_CASE: Final = "w/<slug:workspace>/c/<str:case>/casework/"
ROUTES = (
    Route(path=_CASE, view=casework, name="casework", least=Role.EDITOR),
    Route(
        path=f"{_CASE}record/",
        view=record_act,
        name="casework_record",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    Route(
        path=f"{_CASE}line/<int:number>/",
        view=settle_line,
        name="casework_line",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"number": 1},
    ),
    Route(
        path=f"{_CASE}answer/", view=letter, name="casework_answer", least=Role.EDITOR
    ),
    Route(
        path=f"{_CASE}notice/", view=notice, name="casework_notice", least=Role.EDITOR
    ),
)
