"""Which act leads from which stage to which, each with its guard.

A guard says what is wrong, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from changqing.case.model import Case
from changqing.casework.events import Act, CaseStage, Event
from changqing.casework.state import (
    HANDED_IN,
    MATTERS,
    CaseState,
    find_stage_of,
    list_matters,
)
from changqing.law.model import Catalogue
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEvent:
    """An event that somebody wants to record, and all that a guard may look at."""

    catalogue: Catalogue
    case: Case
    state: CaseState
    event: Event


Guard = Callable[[AskedEvent], Text | None]


def _allow_always(request: AskedEvent) -> Text | None:
    return None


def _guard_handed_in(request: AskedEvent) -> Text | None:
    if request.state.is_handed_in:
        return None
    if "decide" in request.state.days:
        return Text(
            zh="准予的决定已经记下", en="the decision to grant it is recorded already"
        )
    return Text(zh="还没有记下递交", en="no handing in is recorded")


def _guard_not_handed_in(request: AskedEvent) -> Text | None:
    if not HANDED_IN & request.state.days.keys():
        return None
    return Text(zh="这件事已经递交过", en="it was handed in already")


def _guard_due_day(request: AskedEvent) -> Text | None:
    until = request.event.until
    if until is None or until >= request.event.on:
        return None
    return Text(
        zh=f"补正期限{until}早于收到通知的{request.event.on}",
        en=f"the day set, {until}, is before the notice came, {request.event.on}",
    )


def _guard_correction(request: AskedEvent) -> Text | None:
    return _guard_handed_in(request) or _guard_due_day(request)


def _report_returned(request: AskedEvent) -> Text | None:
    """Under a licence nothing comes back but the report that was handed in last."""
    if (
        find_stage_of(request.state.matter) is CaseStage.ANNUAL_REPORT
        and request.state.years_reported
    ):
        return _guard_due_day(request)
    return Text(
        zh="手上没有递交过、可以补正的事", en="nothing that was handed in can come back"
    )


def _guard_lines_settled(request: AskedEvent) -> Text | None:
    numbers = [str(line.number) for line in request.state.open_lines]
    if not numbers:
        return None
    return Text(
        zh=f"补正通知还有没答的：第{'、'.join(numbers)}条；每条写明办结日和答复",
        en=f"lines of the notice are open: {', '.join(numbers)}; give each its day and "
        "answer",
    )


def _guard_term(request: AskedEvent) -> Text | None:
    until = request.event.until or request.state.valid_until
    if until is None:
        return Text(
            zh="要写明许可证有效期届满日", en="the day the licence expires is missing"
        )
    if until > request.event.on:
        return None
    return Text(
        zh=f"有效期届满日{until}不晚于发证的{request.event.on}",
        en=f"the licence would expire on {until}, not after {request.event.on}",
    )


def _guard_grant(request: AskedEvent) -> Text | None:
    if not request.state.is_handed_in and "decide" not in request.state.days:
        return _guard_handed_in(request)
    return _guard_term(request)


def _guard_begin(request: AskedEvent) -> Text | None:
    stage = find_stage_of(request.event.matter)
    matters = list_matters(request.catalogue, request.case, stage) if stage else ()
    if request.event.matter in matters:
        return None
    fit = [
        name
        for matter in MATTERS
        if matter is not CaseStage.PREPARE
        for name in list_matters(request.catalogue, request.case, matter)
    ]
    titles = [request.catalogue.procedures[name].title for name in fit]
    zh = "、".join(f"{t.zh}（{n}）" for t, n in zip(titles, fit, strict=True))
    en = ", ".join(f"{t.en} ({n})" for t, n in zip(titles, fit, strict=True))
    if request.event.matter is None:
        return Text(
            zh=f"没有写办什么，可以办：{zh}",
            en=f"what is begun is missing; there are {en}",
        )
    return Text(
        zh=f"{request.event.matter}不是这张许可证能办的事，可以办：{zh}",
        en=f"{request.event.matter} is nothing to be done with this licence; there "
        f"are {en}",
    )


def _guard_begin_of_stage(request: AskedEvent) -> Text | None:
    """Another procedure of the same stage, or the same with other days."""
    unknown = _guard_begin(request)
    if unknown is not None:
        return unknown
    if find_stage_of(request.event.matter) is not request.state.stage:
        title = request.catalogue.procedures[request.state.matter].title
        return Text(
            zh=f"手上的“{title.zh}”还没有办完；不办了先记撤回",
            en=f"“{title.en}” is under way; record its withdrawal first",
        )
    return _guard_not_handed_in(request)


def _guard_known_line(request: AskedEvent) -> Text | None:
    count, asked = len(request.state.lines), request.event.lines
    if len(asked) != 1:
        return Text(
            zh=f"没有写是补正通知的第几条，共{count}条",
            en=f"which line of the notice is missing; it has {count}",
        )
    number = asked[0].number
    if number in {line.number for line in request.state.lines}:
        return None
    return Text(
        zh=f"补正通知没有第{number}条，共{count}条",
        en=f"the notice has no line {number}; it has {count}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One way on: `target` None stays, or goes back to where the matter waits."""

    origin: CaseStage
    act: Act
    target: CaseStage | None
    guard: Guard


def _list_transitions() -> Iterable[Transition]:
    def make_transition(
        origin: CaseStage,
        act: Act,
        target: CaseStage | None,
        guard: Guard = _allow_always,
    ) -> Transition:
        return Transition(origin=origin, act=act, target=target, guard=guard)

    yield make_transition(CaseStage.PREPARE, Act.SUBMIT, CaseStage.SUBMITTED)
    yield make_transition(
        CaseStage.SUBMITTED, Act.CORRECTION, CaseStage.CORRECTION, _guard_due_day
    )
    yield make_transition(CaseStage.SUBMITTED, Act.ACCEPTANCE, CaseStage.EXAMINATION)
    yield make_transition(CaseStage.SUBMITTED, Act.NON_ACCEPTANCE, CaseStage.PREPARE)
    yield make_transition(CaseStage.SUBMITTED, Act.WITHDRAW, CaseStage.PREPARE)
    yield make_transition(CaseStage.CORRECTION, Act.LINE, None, _guard_known_line)
    yield make_transition(CaseStage.CORRECTION, Act.SUBMIT, None, _guard_lines_settled)
    yield make_transition(
        CaseStage.CORRECTION, Act.CORRECTION, CaseStage.CORRECTION, _guard_due_day
    )
    yield make_transition(CaseStage.CORRECTION, Act.WITHDRAW, None)
    yield make_transition(CaseStage.CORRECTION, Act.NON_ACCEPTANCE, None)
    yield make_transition(CaseStage.CORRECTION, Act.REFUSAL, None)
    yield make_transition(
        CaseStage.EXAMINATION, Act.CORRECTION, CaseStage.CORRECTION, _guard_due_day
    )
    yield make_transition(CaseStage.EXAMINATION, Act.GRANT, None, _guard_handed_in)
    yield make_transition(
        CaseStage.EXAMINATION, Act.REFUSAL, CaseStage.PREPARE, _guard_handed_in
    )
    yield make_transition(
        CaseStage.EXAMINATION, Act.LICENCE, CaseStage.LICENSED, _guard_term
    )
    yield make_transition(
        CaseStage.EXAMINATION, Act.WITHDRAW, CaseStage.PREPARE, _guard_handed_in
    )
    yield make_transition(CaseStage.LICENSED, Act.BEGIN, None, _guard_begin)
    yield make_transition(
        CaseStage.LICENSED, Act.LICENCE, CaseStage.LICENSED, _guard_term
    )
    yield make_transition(
        CaseStage.LICENSED, Act.CORRECTION, CaseStage.CORRECTION, _report_returned
    )
    yield make_transition(CaseStage.LICENSED, Act.DEREGISTRATION, CaseStage.STOPPED)
    yield make_transition(CaseStage.ANNUAL_REPORT, Act.SUBMIT, CaseStage.LICENSED)
    yield make_transition(CaseStage.ANNUAL_REPORT, Act.WITHDRAW, CaseStage.LICENSED)
    yield make_transition(
        CaseStage.ANNUAL_REPORT, Act.BEGIN, None, _guard_begin_of_stage
    )
    for stage in (CaseStage.AMENDMENT, CaseStage.RENEWAL, CaseStage.STOPPED):
        yield make_transition(stage, Act.BEGIN, None, _guard_begin_of_stage)
        yield make_transition(stage, Act.SUBMIT, None, _guard_not_handed_in)
        yield make_transition(
            stage, Act.CORRECTION, CaseStage.CORRECTION, _guard_correction
        )
        yield make_transition(stage, Act.ACCEPTANCE, None, _guard_handed_in)
        yield make_transition(
            stage, Act.NON_ACCEPTANCE, CaseStage.LICENSED, _guard_handed_in
        )
        yield make_transition(stage, Act.GRANT, None, _guard_handed_in)
        yield make_transition(stage, Act.REFUSAL, CaseStage.LICENSED, _guard_handed_in)
        yield make_transition(stage, Act.WITHDRAW, CaseStage.LICENSED)
    for stage in (CaseStage.AMENDMENT, CaseStage.RENEWAL):
        yield make_transition(stage, Act.LICENCE, CaseStage.LICENSED, _guard_grant)
    yield make_transition(CaseStage.RENEWAL, Act.DEREGISTRATION, CaseStage.STOPPED)
    yield make_transition(CaseStage.STOPPED, Act.DEREGISTRATION, None)


TRANSITIONS: Final[Mapping[tuple[CaseStage, Act], Transition]] = MappingProxyType(
    {(row.origin, row.act): row for row in _list_transitions()}
)
"""Every way on, by where it begins and what is recorded."""
