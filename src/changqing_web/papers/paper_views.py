"""One paper: what it is, what it proves and where, and the file itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse

from changqing.case import edit
from changqing.case.edit import CaseData, Clash, FieldChange, RefusedError, StaleError
from changqing.case.subjects import APPLICANT, Subject
from changqing.case.values import NotAValueError, parse_date
from changqing.casework.personal import is_personal
from changqing.errors import ChangqingError
from changqing.jsondata import JsonObject
from changqing.law.kinds.material import Material
from changqing.law.model import Catalogue, Verdict
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.masks import mask_numbers
from changqing.report.counting import select_asked
from changqing.report.model import CaseReport
from changqing.text import Text, both
from changqing.yamlfile.plain import to_plain
from changqing_web.cases import load_report, make_case_context
from changqing_web.errors import list_issues
from changqing_web.facts import drafts, questions
from changqing_web.facts.drafts import Typed
from changqing_web.facts.fact_field import FactField, say_answer, say_mistake
from changqing_web.facts.said import check_log, settle_changes
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.papers import intake
from changqing_web.papers.original_views import (
    find_item,
    find_path,
    list_earlier,
)
from changqing_web.papers.paper_form import (
    Back,
    ElementState,
    PaperForm,
    find_pointed,
)
from changqing_web.papers.seen_views import SeenRow, list_seen_rows
from changqing_web.papers.uploads import list_kinds
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_DAYS: Final = {
    "received_on": Text(zh="收到日期", en="Received on"),
    "issued_on": Text(zh="出具日期", en="Issued on"),
    "valid_until": Text(zh="有效至", en="Valid until"),
}


def show_paper(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """Show what a paper is and proves; a POST changes it."""
    case_data = edit.read(here.folder)
    item = find_item(case_data, paper)
    material = catalogue().materials.get(str(item.get("kind")))
    form = _make_form(catalogue(), here, case_data, item, material)
    name = f"paper:{paper}"
    if request.method == "POST":
        if not here.may(Role.EDITOR):
            raise Http404
        typed = Typed.from_post(request.POST)
        drafts.save_draft(here, name, typed)
        _keep_typed(form, typed)
        return _take_form(request, here, case_data, item, material, form, typed)
    draft = drafts.load_draft(here, name)
    if draft is not None:
        _keep_typed(form, draft[0])
        if changed := _say_changes(form, item, _read_shown(draft[0], item)):
            messages.warning(request, changed)
    return _render_page(
        request,
        here,
        case_data,
        item,
        material,
        form,
        restored=None if draft is None else drafts.say_when_kept(draft[1]),
    )


def _make_form(
    law: Catalogue,
    here: Here,
    case_data: CaseData,
    item: JsonObject,
    material: Material | None,
) -> PaperForm:
    """Make the form of a paper with what the file says and what is asked."""
    paper = Subject("paper", str(item["id"]))
    result = load_report(here)
    facts = [
        fact_field
        for fact_field in questions.list_fields_about(law, case_data, result, [paper])
        if fact_field.fact.id not in _DAYS
        and _is_asked(fact_field, str(item.get("kind")))
    ]
    backs = list(_list_choices(law, case_data, item, result))
    reading, deciding = questions.map_readers(law), _list_deciding(result)
    states = []
    stated = item.get("states")
    stated = stated if isinstance(stated, Mapping) else {}
    for name, label in (material.elements if material else {}).items():
        bare = name.removeprefix("states_")
        place = stated.get(bare, stated.get(name))
        pointed = find_pointed(place)
        place = place.get("place") if isinstance(place, Mapping) else place
        read_by = reading.get(("paper", name), ())
        if place is None and read_by and deciding.isdisjoint(read_by):
            continue  # other licences ask for it, or nothing here is of that sort
        states.append(
            ElementState(
                code=bare,
                label=label,
                place=place if isinstance(place, str) else "",
                absent=place is False,
                pointed=pointed,
            )
        )
    return PaperForm(
        days={name: str(item.get(name) or "") for name in _DAYS},
        facts=facts,
        backs=backs,
        states=states,
    )


def _is_asked(field: FactField, kind: str) -> bool:
    """Whether a paper of this kind is asked it: not what others alone can say."""
    papers = [s for s in field.fact.sources if s.startswith("paper:")]
    return field.answered or not papers or f"paper:{kind}" in papers


def _list_deciding(report: CaseReport) -> frozenset[str]:
    """List the criteria that can decide something here.

    Not those of other licences, nor those about what the company does not do.
    """
    return frozenset(
        finding.criterion
        for finding in select_asked(report.findings)
        if finding.effective_verdict is not Verdict.NOT_APPLICABLE
    )


def _list_choices(
    law: Catalogue, case_data: CaseData, item: JsonObject, report: CaseReport
) -> Sequence[Back]:
    """What such a paper may prove of whom, with what it is said to prove already.

    A fact that only criteria of other licences read is not asked for.
    """
    criteria_asked = _list_deciding(report)
    reading = questions.map_readers(law)
    kind = item.get("kind")
    backs_by_fact: dict[tuple[str, str], JsonObject] = {}
    backs = item.get("backs")
    for back in backs if isinstance(backs, Sequence) else ():
        if isinstance(back, Mapping):
            of, name = str(back.get("subject") or "applicant"), str(back.get("fact"))
            backs_by_fact[of, name] = back
    subjects = _list_subjects(case_data)
    choices = []
    for (of, name), fact in law.facts.items():
        if fact.generated or name in ("kind", "role", "roles"):
            continue
        read_by = reading.get((of, name), ())
        elsewhere = bool(read_by) and criteria_asked.isdisjoint(read_by)
        for subject, label in subjects:
            if subject.type != of:
                continue
            key = ("applicant" if subject == APPLICANT else str(subject), name)
            before = backs_by_fact.get(key)
            if before is None and (elsewhere or f"paper:{kind}" not in fact.sources):
                continue
            shown_value = None if before is None else before.get("value")
            about = FactField(
                subject=subject,
                fact=fact,
                at=("papers", str(item["id"]), "backs"),
                shown=shown_value,
            )
            about.take_shown()
            place = "" if before is None else str(before.get("place") or "")
            pointed = find_pointed(before)
            choices.append(Back(about=about, whose=label, place=place, pointed=pointed))
    choices.sort(key=lambda back: back.about.shown is None)
    return choices


def _list_subjects(case_data: CaseData) -> list[tuple[Subject, str]]:
    subjects = [(APPLICANT, "")]
    for subject_type in LISTED_SUBJECTS:
        if subject_type == "paper":
            continue
        for item in case_data.list_items(questions.find_list_name(subject_type)):
            if item.get("id"):
                name = item.get("name") or item.get("url") or item["id"]
                subjects.append((Subject(subject_type, str(item["id"])), str(name)))
    return subjects


def _keep_typed(form: PaperForm, typed: Typed) -> None:
    """Keep what was typed."""
    for name in form.days:
        if name in typed.data:
            form.days[name] = typed.get_one(name).strip()
    for fact in form.facts:
        if typed.get_all(f"was.{fact.name}"):
            fact.take_typed(typed.get_all)
    for back in form.backs:
        if typed.get_all(f"was.{back.about.name}"):
            back.about.take_typed(typed.get_all)
            back.place = typed.get_one(f"{back.about.name}~place").strip()
    for state in form.states:
        if f"states.{state.code}" in typed.data:
            state.place = typed.get_one(f"states.{state.code}").strip()
            state.absent = bool(typed.get_one(f"absent.{state.code}"))


def _list_changes(
    item: JsonObject, form: PaperForm, shown_item: JsonObject
) -> list[FieldChange]:
    """What to write that is not as `shown_item`; what is wrong is told in the form."""
    paper = str(item["id"])
    values: dict[str, object] = {}
    for name, day in form.days.items():
        value: object = None
        if day:
            try:
                value = parse_date(day)
            except NotAValueError as error:
                form.errors[name] = say_mistake(error).say(page_language())
                continue
        elif name == "received_on":
            form.errors[name] = t("收到日期须填", "The day it was received is needed")
            continue
        values[name] = value
    for fact in form.facts:
        try:
            value = fact.parse_answer()
        except NotAValueError as error:
            fact.errors.append(say_mistake(error))
            continue
        values[fact.fact.id] = value
    values["backs"] = _list_backs(form) or None
    values["states"] = {
        state.code: False if state.absent else _format_state(state)
        for state in form.states
        if state.absent or state.place
    } or None
    return [
        FieldChange(at=("papers", paper, name), value=value, shown=shown_item.get(name))
        for name, value in values.items()
        if to_plain(value) != shown_item.get(name)
    ]


def _format_state(state: ElementState) -> object:
    """Where an element stands, with the words pointed at while it stands there."""
    pointed = state.pointed
    words = {} if pointed is None else pointed.keep_for(state.place, pointed.value)
    return {"place": state.place, **words} if words else state.place


def _read_shown(typed: Typed, item: JsonObject) -> JsonObject:
    """What the file said of the paper when the form was made."""
    shown_item = typed.get_json("shown")
    return shown_item if isinstance(shown_item, dict) else item


_PARTS: Final = {
    **_DAYS,
    "backs": Text(zh="它证明什么", en="what it proves"),
    "states": Text(zh="必须写明的要素", en="what it must state"),
}


def _describe_clash(form: PaperForm, clash: Clash) -> str:
    """What somebody else has changed meanwhile, and to what where that is one value."""
    name, theirs = clash.at[-1], clash.theirs
    fact = next(
        (fact_field.fact for fact_field in form.facts if fact_field.fact.id == name),
        None,
    )
    label = _PARTS.get(name, Text(name, name)) if fact is None else fact.label
    if fact is not None:
        now = say_answer(fact, theirs)
    elif name in _DAYS:
        now = Text(str(theirs or "未填"), str(theirs or "not said"))
    else:
        message_zh = f"别人刚改过“{label.zh}”，请打开新页看一看"
        return t(
            message_zh, f"Somebody has just changed {label.en}: open it anew to compare"
        )
    return t(
        f"别人刚把“{label.zh}”改为“{now.zh}”",
        f"Somebody has just made {label.en} “{now.en}”",
    )


def _say_changes(form: PaperForm, item: JsonObject, shown_item: JsonObject) -> str:
    """What others changed after the draft was typed; empty where nothing."""
    labels = _PARTS | {fact.fact.id: fact.label for fact in form.facts}
    names = [n for n in labels if item.get(n) != shown_item.get(n)]
    if not names:
        return ""
    zh = "、".join(labels[name].zh for name in names)
    en = ", ".join(labels[name].en for name in names)
    return t(
        f"您起草之后，别人改过：{zh}。本页是您的草稿，提交前请检查。",
        f"After you typed this draft somebody changed: {en}. Compare before you keep "
        "it.",
    )


def carry_over(here: Here, paper: str, before: JsonObject) -> bool:
    """Put what an earlier file proved into the draft of the one that took its place.

    It counts for nothing until a person has compared it with the new file and kept it.
    False where the earlier file proved nothing.
    """
    case_data = edit.read(here.folder)
    item = find_item(case_data, paper)
    parts = {name: before[name] for name in ("backs", "states") if name in before}
    if not parts:
        return False
    material = catalogue().materials.get(str(item.get("kind")))
    form = _make_form(catalogue(), here, case_data, {**item, **parts}, material)
    typed = {name: [day] for name, day in form.days.items()}
    for back in form.backs:
        if back.about.answered:
            name = back.about.name
            typed[f"was.{name}"] = ["null"]
            typed[f"{name}~place"] = [back.place]
            for part, parts_typed in back.about.typed.items():
                typed[f"{name}~{part}" if part else name] = parts_typed
    for state in form.states:
        typed[f"states.{state.code}"] = [state.place]
        if state.absent:
            typed[f"absent.{state.code}"] = ["1"]
    return drafts.save_draft(here, f"paper:{paper}", Typed(typed)) is not None


def _list_backs(form: PaperForm) -> list[dict[str, object]]:
    backs = []
    for back in form.backs:
        try:
            value = back.about.parse_answer()
        except NotAValueError as error:
            back.errors.append(say_mistake(error))
            continue
        if value is None:
            continue
        if not back.place:
            back.errors.append(
                Text(
                    zh=f"{back.about.label.zh}：写明在第几页第几条，如“第2条 注册资本”",
                    en=f"{back.about.label.en}: say on which page and in which clause",
                )
            )
            continue
        back_data: dict[str, object] = {"fact": back.about.fact.id}
        if back.about.subject != APPLICANT:
            back_data["subject"] = str(back.about.subject)
        back_data |= {"value": value, "place": back.place}
        if back.pointed is not None:
            back_data |= back.pointed.keep_for(back.place, value)
        backs.append(back_data)
    return backs


def _take_form(
    request: HttpRequest,
    here: Here,
    case_data: CaseData,
    item: JsonObject,
    material: Material | None,
    form: PaperForm,
    typed: Typed,
) -> HttpResponse:
    changes = _list_changes(item, form, _read_shown(typed, item))
    error_lines: list[str] = []
    status = 422
    if not form.trouble:
        before = load_report(here)
        try:
            check_log(here)
            after = edit.change(
                here.folder,
                changes,
                version=typed.get_one("version"),
                catalogue=catalogue(),
            )
        except StaleError as stale:
            status, case_data = 409, stale.now
            item = find_item(case_data, str(item["id"]))
            error_lines = [_describe_clash(form, clash) for clash in stale.clashes]
            error_lines.append(
                t(
                    "您填的还在本页，再提交一次就按您填的改。",
                    "What you typed is still here: hand it in again to have yours.",
                )
            )
        except RefusedError as refused:
            error_lines = [i.say(page_language()) for i in refused.issues]
        except ChangqingError as error:
            error_lines = list_issues(error)
        else:
            changed = before if after != case_data else None
            return _show_kept(request, here, item, material, before=changed)
    return _render_page(
        request,
        here,
        case_data,
        item,
        material,
        form,
        errors=error_lines,
        status=status,
    )


def _show_kept(
    request: HttpRequest,
    here: Here,
    item: JsonObject,
    material: Material | None,
    *,
    before: CaseReport | None,
) -> HttpResponse:
    """Tell what came of it; `before` is the assessment before a change, or None."""
    name = str(item["id"])
    drafts.drop_draft(here, f"paper:{name}")
    if before is not None:
        label = material.label if material else Text(name, name)
        add_case_event(
            here,
            "paper",
            Text(
                zh=f"核对《{label.zh}》：日期、要素和证明的内容",
                en=f"Checked {label.en}: its days, elements and what it proves",
            ),
            paper=name,
        )
        done_text = t("已保存并重新评估。", "Kept, and assessed again.")
        settle_changes(request, here, before, done=done_text)
    else:
        messages.info(request, t("没有改动。", "Nothing was changed."))
    address = reverse("paper", args=[here.workspace.slug, here.row.folder, name])
    return HttpResponseRedirect(address, status=303)


def _render_page(
    request: HttpRequest,
    here: Here,
    case_data: CaseData,
    item: JsonObject,
    material: Material | None,
    form: PaperForm,
    *,
    restored: Text | None = None,
    errors: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    path = find_path(here, str(item.get("file") or ""))
    kind = intake.OTHER if path is None else intake.find_file_type(path)
    personal = is_personal(catalogue(), str(item.get("kind")))
    may_write = here.may(Role.EDITOR)
    may_see = not personal or may_write
    if not may_write:
        _mask_form(form)
    return render(
        request,
        "papers/paper.html",
        make_case_context(
            here,
            "evidence",
            paper=item,
            shown_file=item["file"] if may_write else mask_numbers(str(item["file"])),
            shown_json=json.dumps(item, ensure_ascii=False) if may_write else "",
            material=material,
            label=material.label if material else both(str(item["id"])),
            type=kind,
            here_on_disk=path is not None,
            size=0 if path is None else path.stat().st_size,
            form=form,
            days=[(n, _DAYS[n], v, form.errors.get(n)) for n, v in form.days.items()],
            personal=personal,
            may_see=may_see,
            shown=may_see
            and kind.inline
            and (not personal or request.GET.get("show") == "1"),
            earlier=[
                Path(path).name
                for path in _list_earlier_files(here, case_data, str(item["id"]))
            ],
            may_write=may_write,
            kinds=list_kinds() if may_write else (),
            may_vouch=here.role is Role.REVIEWER,
            seen_rows=(rows := _list_shown(here, str(item["id"]))),
            has_seen=any(row.seen for row in rows),
            may_erase=personal and here.may(Role.OWNER),
            version=case_data.version,
            errors=list(errors),
            restored=restored,
            draft_form=f"paper:{item['id']}",
        ),
        status=status,
    )


def _list_shown(here: Here, paper: str) -> Sequence[SeenRow]:
    """What a reviewer is shown of a paper, and who writes in it of what was seen."""
    rows = list_seen_rows(here, paper)
    return [row for row in rows if row.seen or not here.may(Role.EDITOR)]


def _mask_form(form: PaperForm) -> None:
    """Take personal numbers out of what is shown to somebody who changes nothing."""
    for back in form.backs:
        back.place = mask_numbers(back.place)
        for parts_typed in back.about.typed.values():
            parts_typed[:] = map(mask_numbers, parts_typed)
    for state in form.states:
        state.place = mask_numbers(state.place)


def _list_earlier_files(here: Here, case_data: CaseData, paper: str) -> list[str]:
    """Its earlier files; none where the log cannot be read, which other pages tell."""
    try:
        return list_earlier(here, case_data, paper)
    except ChangqingError:
        return []


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/papers/<slug:paper>/",
        view=show_paper,
        name="paper",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
        methods=("GET", "POST"),
        sample={"paper": "business_licence"},
    ),
)
