"""A case's casework in words: what is due and whose, what was asked, what changed."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.urls import reverse

from changqing.case.model import Case
from changqing.casework.dates import CaseDue, Status
from changqing.casework.event_papers import EventCheck
from changqing.casework.events import (
    Act,
    CaseStage,
    Event,
    NoticeLine,
    find_undone,
    list_standing,
    name_act,
)
from changqing.casework.handed import Difference, Differences
from changqing.casework.state import CaseState
from changqing.law.cited import say_citation
from changqing.text import Text
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.walls import Here

_ON: Final = (Act.SUBMIT, Act.ACCEPTANCE, Act.GRANT, Act.LICENCE)
"""The way of a matter when nothing goes wrong."""
_DONE_BY: Final = {Act.ACCEPTANCE: "accept", Act.GRANT: "decide"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInWords:
    """One line of the notice, with what it is about in words."""

    line: NoticeLine
    defects: tuple[str, ...]
    criterion: str
    material: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The one thing to do next on this page, and where."""

    label: Text
    href: str


def find_next_step(here: Here, status: Status, acts: Sequence[Act]) -> Step | None:
    """Find what the stage asks for.

    None where there is nothing to do but wait or end.
    """
    state, at = status.state, [here.workspace.slug, here.row.folder]
    if state.stage is CaseStage.CORRECTION:
        return _lead_to_letter(state, reverse("casework_answer", args=at))
    report = Step(
        label=Text("看年报", "Open the annual report"), href=reverse("annual", args=at)
    )
    if state.stage is CaseStage.ANNUAL_REPORT:
        return report
    if state.stage is CaseStage.LICENSED:
        matter = "" if status.next is None else status.next.procedure
        if matter == "annual_report":
            return report
        if matter and Act.BEGIN in acts:
            title = catalogue().procedures[matter].title
            return Step(
                label=Text(f"开始办：{title.zh}", f"Begin: {title.en}"),
                href=f"?act=begin&matter={matter}#record",
            )
        return None
    for act in _ON:
        if act in acts and _DONE_BY.get(act) not in state.days:
            name = name_act(act, state.stage)
            return Step(
                label=Text(f"记下：{name.zh}", f"Record: {name.en}"),
                href=f"?act={act.value}#record",
            )
    return None


def _lead_to_letter(state: CaseState, letter: str) -> Step:
    if state.open_lines:
        number = state.open_lines[0].number
        return Step(
            label=Text(f"办理第{number}条", f"Deal with line {number}"),
            href=f"?line={number}#line-{number}",
        )
    return Step(label=Text("看补正说明", "Open the answer letter"), href=letter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the record: how it is said, its days checked, what took it back.

    `lines` are those of a notice, or how one of them was put right. `is_last` tells
    that it is the one that can be undone.
    """

    event: Event
    said: Text
    lines: tuple[str, ...]
    checks: tuple[EventCheck, ...]
    undone: Event | None
    is_last: bool


def list_entries(entries: Sequence[Event], checks: Sequence[EventCheck]) -> list[Entry]:
    """List what was recorded, newest first, also what was undone."""
    undone, standing = find_undone(entries), list_standing(entries)
    by_number = {event.number: event for event in entries}
    return [
        Entry(
            event=event,
            said=say_event(event)
            if event.undoes is None
            else say_undoing(by_number[event.undoes]),
            lines=tuple(
                f"{line.number} {line_text}"
                for line in event.lines
                if (line_text := line.text or line.answer)
            ),
            checks=tuple(c for c in checks if c.event == event.number),
            undone=undone.get(event.number),
            is_last=event in standing[-1:],
        )
        for event in reversed(entries)
    ]


def say_event(event: Event) -> Text:
    """Say what was recorded."""
    name = name_act(event.act, event.stage)
    matter = catalogue().procedures.get(event.matter or "")
    if event.act is Act.LINE:
        numbers = "、".join(str(line.number) for line in event.lines)
        return Text(f"办理补正第{numbers}条", f"settled line {numbers}")
    if matter is None or event.act not in {Act.BEGIN, Act.SUBMIT}:
        return name
    return Text(f"{name.zh}：{matter.title.zh}", f"{name.en}: {matter.title.en}")


def say_undoing(event: Event) -> Text:
    """Say which entry was taken back."""
    event_text = say_event(event)
    return Text(
        f"撤销记录：{event_text.zh}，{event.on}",
        f"undid the entry: {event_text.en}, {event.on}",
    )


def format_headline(status: Status) -> str:
    """Say what comes next, whose it is, and by when, in one sentence."""
    due = status.next
    if due is None:
        return t("办理已经结束", "The case has ended")
    actor, title = due.actor.text, due.title
    if due.day is None:
        unset = due.unset or Text("", "")
        return t(
            f"下一步由{actor.zh}：{title.zh}，{unset.zh}",
            f"Next, {actor.en}: {title.en}; {unset.en}",
        )
    days = (due.day - status.today).days
    days_left = (
        Text("今天", "today")
        if days == 0
        else Text(f"还有{days}天", f"{days} days left")
        if days > 0
        else Text(f"已过{-days}天", f"passed {-days} days ago")
    )
    mark = Text("，暂按", ", provisional") if due.provisional else Text("", "")
    return t(
        f"下一步由{actor.zh}：{title.zh}，{due.day}（{days_left.zh}{mark.zh}）",
        f"Next, {actor.en}: {title.en}, {due.day} ({days_left.en}{mark.en})",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """A day that comes: who acts, what kind of day it is, and what it rests on."""

    due: CaseDue
    actor: Text
    bound: Text | None
    next: bool
    sources: tuple[str, ...]


def list_dues(status: Status) -> list[DueLine]:
    """List every day that comes; `next` marks the first for which somebody acts."""
    return [
        DueLine(
            due=due,
            actor=due.actor.text,
            bound=None if due.bound is None else due.bound.text,
            next=due is status.next,
            sources=tuple(
                dict.fromkeys(
                    say_citation(catalogue(), citation).say(page_language())
                    for citation in due.citations
                )
            ),
        )
        for due in status.dues
    ]


def list_acts(
    acts: Sequence[Act], step: Step | None, stage: CaseStage
) -> list[tuple[str, Text]]:
    """List what can be recorded now: what the next step records first."""
    return [
        (act.value, name_act(act, stage))
        for act in sorted(
            (act for act in acts if act is not Act.LINE),
            key=lambda act: step is None or f"act={act.value}" not in step.href,
        )
    ]


def describe_line(case: Case, line: NoticeLine) -> LineInWords:
    """Describe a line of the notice with the labels of what it is about."""
    law = catalogue()
    criterion = law.criteria.get(line.criterion or "")
    material = law.materials.get(line.material or "")
    files = {paper.id: paper.file.path for paper in case.papers}
    return LineInWords(
        line=line,
        defects=tuple(
            law.defects[code].label.say(page_language())
            for code in line.codes
            if code in law.defects
        ),
        criterion="" if criterion is None else criterion.title.say(page_language()),
        material="" if material is None else material.label.say(page_language()),
        proof=files.get(line.paper or "", ""),
    )


def list_changes(
    differences: Differences, personal: Container[str]
) -> list[tuple[Text, list[tuple[Difference, Text]]]]:
    """List what differs from the last handing in, by kind, with a word for each change.

    Of `personal` papers no words are shown: who opens one does so on its own page,
    where that is noted.
    """
    papers = [_drop_personal_words(paper, personal) for paper in differences.papers]
    sections = [
        _drop_personal_words(section, personal) for section in differences.sections
    ]
    groups = (
        (Text("材料", "Papers"), papers),
        (
            Text("申报的事实", "Facts declared"),
            (differences.facts,) if differences.facts else (),
        ),
        (Text("文书的章节", "Sections of documents"), sections),
    )
    return [
        (name, [(difference, difference.change.text) for difference in differ])
        for name, differ in groups
        if differ
    ]


def _drop_personal_words(
    difference: Difference, personal: Container[str]
) -> Difference:
    """The difference, without its words where it is in a paper about a person."""
    if difference.name.partition("/")[0] not in personal:
        return difference
    return replace(difference, rows=(), content="", unread=_PERSONAL)


_PERSONAL: Final = Text(
    "涉及个人，内容不在这里显示；到材料页打开，会记入查阅记录",
    "about a person: its words are not shown here; open it on the page of the paper, "
    "where that is recorded",
)
