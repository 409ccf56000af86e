"""The life of a case: in which stage it is, and what may be recorded in it.

One table says which act leads from which stage to which, each with its guard. A state
is the sum of the events: nothing else is kept, so that it can always be reckoned again.
How long anything takes stands in the catalogue's procedures, never here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.casework.events import Act, CaseStage, Event, NoticeLine
from changqing.errors import CaseError, Issue
from changqing.evidence.records import records_of
from changqing.law.kit import Grade
from changqing.law.lookup import is_after_licence
from changqing.law.model import Catalogue
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """What the events add up to.

    `matter` is the procedure that runs, `days` its days that are known, by the names
    it gives them. `licensed_on` is the day of the newest licence, `licensed_since` of
    the first, where that was applied for in this case. `reports` has the day each
    report was handed in, by the end of the year reported on. `corrections` counts
    notices since the application was handed in first. `lines` are those of the last
    notice; `papers`, `sections` and `declared` are the digests of what was handed in
    last. `renewed` counts the licences that came out of a renewal.
    """

    stage: CaseStage
    matter: str
    since: date | None = None
    days: Mapping[str, date] = field(default_factory=dict)
    licensed_on: date | None = None
    licensed_since: date | None = None
    valid_until: date | None = None
    reports: Mapping[date, date] = field(default_factory=dict)
    refused_on: date | None = None
    corrections: int = 0
    lines: tuple[NoticeLine, ...] = ()
    notice: Event | None = None
    papers: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    declared: str | None = None
    renewed: int = 0
    ended: bool = False

    @property
    def years_reported(self) -> frozenset[date]:
        """Return the ends of the years reported on."""
        return frozenset(self.reports)

    @property
    def open_lines(self) -> tuple[NoticeLine, ...]:
        """Lines of the last notice that nobody has settled."""
        return tuple(line for line in self.lines if not line.is_settled)

    @property
    def is_handed_in(self) -> bool:
        """Tell whether what runs was handed in, and no decision has been recorded."""
        return bool(_HANDED_IN & self.days.keys()) and "decide" not in self.days


MATTERS: Final[Mapping[CaseStage, tuple[str, ...]]] = MappingProxyType(
    {
        CaseStage.PREPARE: ("apply", "number_apply"),
        CaseStage.ANNUAL_REPORT: ("annual_report", "number_report"),
        CaseStage.AMENDMENT: (
            "amend_registration",
            "amend_operator_or_scope",
            "amend_site_or_item",
            "number_contact",
        ),
        CaseStage.RENEWAL: ("renew", "number_renew"),
        CaseStage.STOPPED: ("stop", "leave_at_expiry", "number_withdrawal"),
    }
)
"""The procedures that run in each stage which a person begins."""

_BEGUN_AS: Final[Mapping[str, CaseStage]] = MappingProxyType(
    {
        "prepare": CaseStage.PREPARE,
        "apply": CaseStage.PREPARE,
        "operate": CaseStage.LICENSED,
        "annual_report": CaseStage.ANNUAL_REPORT,
        "amend": CaseStage.AMENDMENT,
        "renew": CaseStage.RENEWAL,
        "stop": CaseStage.STOPPED,
    }
)
_HANDED_IN: Final = frozenset({"hand_in", "tell", "report", "object"})
_RENEW: Final = "renew"
_LICENCE_END: Final = "licence_valid_until"
_NEED_END: Final = frozenset({_RENEW, "leave_at_expiry"})
"""The procedures of a licence that count from the day on which it ends."""
_BEFORE_LICENCE: Final = frozenset(
    {
        CaseStage.PREPARE,
        CaseStage.SUBMITTED,
        CaseStage.CORRECTION,
        CaseStage.EXAMINATION,
    }
)


def matters(catalogue: Catalogue, case: Case, stage: CaseStage) -> tuple[str, ...]:
    """The procedures of a stage that concern the case’s licence."""
    application = case.application
    return tuple(
        name
        for name in MATTERS.get(stage, ())
        if catalogue.procedures[name].covers(
            licence=application.licence,
            scope=application.scope,
            region=application.region,
        )
    )


def first_state(catalogue: Catalogue, case: Case) -> CaseState:
    """The state of a case of which nothing was recorded: what `case.yaml` is for."""
    stage = _BEGUN_AS[case.application.stage]
    possible = matters(catalogue, case, stage) or matters(
        catalogue, case, CaseStage.RENEWAL
    )
    return _open_state(catalogue, case, stage, possible[0])


def _open_state(
    catalogue: Catalogue, case: Case, stage: CaseStage, matter: str
) -> CaseState:
    """The state in which a record begins: a licence held ends on the day it says."""
    until = None
    if stage not in _BEFORE_LICENCE and _RENEW in matters(
        catalogue, case, CaseStage.RENEWAL
    ):
        until = find_licence_end(case)
    days = {} if until is None or matter not in _NEED_END else {"valid_until": until}
    return CaseState(stage=stage, matter=matter, days=days, valid_until=until)


def find_licence_end(case: Case) -> date | None:
    """The last day of the licence as the folder has it; None where nothing says it.

    The newest paper or look is taken before the word of `case.yaml`.
    """
    if not any(statement.fact == _LICENCE_END for statement in case.statements()):
        return None  # most cases: their records are costly to collect
    told = [
        record
        for record in records_of(case)
        if (record.subject, record.fact) == (APPLICANT, _LICENCE_END)
        and isinstance(record.value, date)
    ]
    newest = max(
        told,
        key=lambda record: (record.grade > Grade.DECLARED, record.observed_at),
        default=None,
    )
    value = None if newest is None else newest.value
    return value if isinstance(value, date) else None


# Guards: each says what is wrong, or nothing.


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEvent:
    """An event that somebody wants to record, and all that a guard may look at."""

    catalogue: Catalogue
    case: Case
    state: CaseState
    event: Event


Guard = Callable[[AskedEvent], Text | None]


def _free(asked: AskedEvent) -> Text | None:
    return None


def _guard_handed_in(asked: AskedEvent) -> Text | None:
    if asked.state.is_handed_in:
        return None
    return Text(
        zh="还没有记下递交，或者已经有了决定",
        en="no handing in is recorded, or it was decided already",
    )


def _not_handed_in(asked: AskedEvent) -> Text | None:
    if not _HANDED_IN & asked.state.days.keys():
        return None
    return Text(zh="这件事已经递交过", en="it was handed in already")


def _due_after(asked: AskedEvent) -> Text | None:
    until = asked.event.until
    if until is None or until >= asked.event.on:
        return None
    return Text(
        zh=f"补正期限{until}早于收到通知的{asked.event.on}",
        en=f"the day set, {until}, is before the notice came, {asked.event.on}",
    )


def _correction(asked: AskedEvent) -> Text | None:
    return _guard_handed_in(asked) or _due_after(asked)


def _report_returned(asked: AskedEvent) -> Text | None:
    """Under a licence nothing comes back but the report that was handed in last."""
    if (
        find_stage_of(asked.state.matter) is CaseStage.ANNUAL_REPORT
        and asked.state.years_reported
    ):
        return _due_after(asked)
    return Text(
        zh="手上没有递交过、可以补正的事", en="nothing that was handed in can come back"
    )


def _lines_settled(asked: AskedEvent) -> Text | None:
    numbers = [str(line.number) for line in asked.state.open_lines]
    if not numbers:
        return None
    return Text(
        zh=f"补正通知还有没答的：第{'、'.join(numbers)}条；每条写明办结日和答复",
        en=f"lines of the notice are open: {', '.join(numbers)}; give each its day and "
        "answer",
    )


def _term(asked: AskedEvent) -> Text | None:
    until = asked.event.until or asked.state.valid_until
    if until is None:
        return Text(
            zh="要写明许可证有效期届满日", en="the day the licence expires is missing"
        )
    if until > asked.event.on:
        return None
    return Text(
        zh=f"有效期届满日{until}不晚于发证的{asked.event.on}",
        en=f"the licence would expire on {until}, not after {asked.event.on}",
    )


def _guard_grant(asked: AskedEvent) -> Text | None:
    if not asked.state.is_handed_in and "decide" not in asked.state.days:
        return _guard_handed_in(asked)
    return _term(asked)


def _begins(asked: AskedEvent) -> Text | None:
    stage = find_stage_of(asked.event.matter)
    wanted = matters(asked.catalogue, asked.case, stage) if stage else ()
    if asked.event.matter not in wanted:
        fit = [
            name
            for each in MATTERS
            if each is not CaseStage.PREPARE
            for name in matters(asked.catalogue, asked.case, each)
        ]
        return Text(
            zh=f"{asked.event.matter}不是这张许可证能办的事，可以办：{'、'.join(fit)}",
            en=f"{asked.event.matter} is nothing to be done with this licence; there "
            f"are {', '.join(fit)}",
        )
    return None


def _begins_otherwise(asked: AskedEvent) -> Text | None:
    """Another procedure of the same stage, or the same with other days."""
    if find_stage_of(asked.event.matter) is not asked.state.stage:
        return Text(
            zh="手上的事还没有办完；不办了先记撤回",
            en="something else is under way; record its withdrawal first",
        )
    return _not_handed_in(asked) or _begins(asked)


def _guard_known_line(asked: AskedEvent) -> Text | None:
    (line,) = asked.event.lines
    if line.number in {each.number for each in asked.state.lines}:
        return None
    count = len(asked.state.lines)
    return Text(
        zh=f"补正通知没有第{line.number}条，共{count}条",
        en=f"the notice has no line {line.number}; it has {count}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One way on: `target` None stays, or goes back to where the matter waits."""

    origin: CaseStage
    act: Act
    target: CaseStage | None
    guard: Guard


def _rows() -> Iterable[Transition]:
    def row(
        origin: CaseStage, act: Act, target: CaseStage | None, guard: Guard = _free
    ) -> Transition:
        return Transition(origin=origin, act=act, target=target, guard=guard)

    yield row(CaseStage.PREPARE, Act.SUBMIT, CaseStage.SUBMITTED)
    yield row(CaseStage.SUBMITTED, Act.CORRECTION, CaseStage.CORRECTION, _due_after)
    yield row(CaseStage.SUBMITTED, Act.ACCEPTANCE, CaseStage.EXAMINATION)
    yield row(CaseStage.SUBMITTED, Act.NON_ACCEPTANCE, CaseStage.PREPARE)
    yield row(CaseStage.SUBMITTED, Act.WITHDRAW, CaseStage.PREPARE)
    yield row(CaseStage.CORRECTION, Act.LINE, None, _guard_known_line)
    yield row(CaseStage.CORRECTION, Act.SUBMIT, None, _lines_settled)
    yield row(CaseStage.CORRECTION, Act.CORRECTION, CaseStage.CORRECTION, _due_after)
    yield row(CaseStage.CORRECTION, Act.WITHDRAW, None)
    yield row(CaseStage.CORRECTION, Act.NON_ACCEPTANCE, None)
    yield row(CaseStage.CORRECTION, Act.REFUSAL, None)
    yield row(CaseStage.EXAMINATION, Act.CORRECTION, CaseStage.CORRECTION, _due_after)
    yield row(CaseStage.EXAMINATION, Act.GRANT, None, _guard_handed_in)
    yield row(CaseStage.EXAMINATION, Act.REFUSAL, CaseStage.PREPARE, _guard_handed_in)
    yield row(CaseStage.EXAMINATION, Act.LICENCE, CaseStage.LICENSED, _term)
    yield row(CaseStage.EXAMINATION, Act.WITHDRAW, CaseStage.PREPARE, _guard_handed_in)
    yield row(CaseStage.LICENSED, Act.BEGIN, None, _begins)
    yield row(CaseStage.LICENSED, Act.LICENCE, CaseStage.LICENSED, _term)
    yield row(
        CaseStage.LICENSED, Act.CORRECTION, CaseStage.CORRECTION, _report_returned
    )
    yield row(CaseStage.LICENSED, Act.DEREGISTRATION, CaseStage.STOPPED)
    yield row(CaseStage.ANNUAL_REPORT, Act.SUBMIT, CaseStage.LICENSED)
    yield row(CaseStage.ANNUAL_REPORT, Act.WITHDRAW, CaseStage.LICENSED)
    yield row(CaseStage.ANNUAL_REPORT, Act.BEGIN, None, _begins_otherwise)
    for stage in (CaseStage.AMENDMENT, CaseStage.RENEWAL, CaseStage.STOPPED):
        yield row(stage, Act.BEGIN, None, _begins_otherwise)
        yield row(stage, Act.SUBMIT, None, _not_handed_in)
        yield row(stage, Act.CORRECTION, CaseStage.CORRECTION, _correction)
        yield row(stage, Act.ACCEPTANCE, None, _guard_handed_in)
        yield row(stage, Act.NON_ACCEPTANCE, CaseStage.LICENSED, _guard_handed_in)
        yield row(stage, Act.GRANT, None, _guard_handed_in)
        yield row(stage, Act.REFUSAL, CaseStage.LICENSED, _guard_handed_in)
        yield row(stage, Act.WITHDRAW, CaseStage.LICENSED)
    for stage in (CaseStage.AMENDMENT, CaseStage.RENEWAL):
        yield row(stage, Act.LICENCE, CaseStage.LICENSED, _guard_grant)
    yield row(CaseStage.RENEWAL, Act.DEREGISTRATION, CaseStage.STOPPED)
    yield row(CaseStage.STOPPED, Act.DEREGISTRATION, None)


TRANSITIONS: Final[Mapping[tuple[CaseStage, Act], Transition]] = MappingProxyType(
    {(row.origin, row.act): row for row in _rows()}
)
"""Every way on, by where it begins and what is recorded."""


def find_stage_of(matter: str | None) -> CaseStage | None:
    """Find the stage in which a procedure runs that a licensed company begins."""
    for stage, names in MATTERS.items():
        if matter in names and stage is not CaseStage.PREPARE:
            return stage
    return None


def advance(
    catalogue: Catalogue, case: Case, state: CaseState, event: Event
) -> CaseState:
    """The state after an event; CaseError says why it cannot be recorded now."""
    asked = AskedEvent(catalogue=catalogue, case=case, state=state, event=event)
    wrong = _find_refusal(asked)
    if wrong is not None:
        raise CaseError(Issue(text=wrong, hint=_hint(state)))
    return _after(catalogue, TRANSITIONS[state.stage, event.act], state, event)


def replay(catalogue: Catalogue, case: Case, events: Sequence[Event]) -> CaseState:
    """The state all events lead to.

    What was recorded was allowed when it was, and is not held against the guards
    again: `case.yaml` may be about the next application by now. CaseError for a
    procedure that the catalogue does not know any more.
    """
    state = None
    for _, _, after in steps(catalogue, case, events):
        state = after
    return state or first_state(catalogue, case)


def steps(
    catalogue: Catalogue, case: Case, events: Sequence[Event]
) -> Iterator[tuple[Event, CaseState, CaseState]]:
    """Each event with the state before and after it, as `replay` has them."""
    state = first_state(catalogue, case)
    for event in events:
        if event.matter is not None and event.matter not in catalogue.procedures:
            raise CaseError(Issue(text=_unknown_matter(event)))
        if event.number == 1 and event.stage is not None:
            matter = event.matter or state.matter
            state = _open_state(catalogue, case, event.stage, matter)
        transition = TRANSITIONS.get((state.stage, event.act))
        if transition is None:
            raise CaseError(Issue(text=_out_of_place(state, event)))
        before, state = state, _after(catalogue, transition, state, event)
        yield event, before, state


def awaits_submission(
    catalogue: Catalogue, case: Case, events: Sequence[Event]
) -> bool:
    """Whether what `case.yaml` asks for is still to be handed in, after the events.

    A company that holds its licence hands in nothing while it operates. Where it
    renews, changes or stops, what happened on or after the planned day is about that.
    """
    stage = case.application.stage
    if is_after_licence(stage):
        return False
    state, begun = replay(catalogue, case, events), _BEGUN_AS[stage]
    if state.stage is begun:
        return not (state.is_handed_in or state.ended)
    planned = case.application.submit_on
    return begun is not CaseStage.PREPARE and all(
        event.on < planned for event in events
    )


def possible_acts(state: CaseState) -> tuple[Act, ...]:
    """What may be recorded in this stage, guards aside."""
    if state.ended:
        return ()
    return tuple(act for stage, act in TRANSITIONS if stage is state.stage)


def _find_refusal(asked: AskedEvent) -> Text | None:
    state, event = asked.state, asked.event
    if state.ended:
        return Text(zh="这个办件已经结束", en="this case has ended")
    transition = TRANSITIONS.get((state.stage, event.act))
    if transition is None:
        return _out_of_place(state, event)
    if state.since is not None and event.on < state.since:
        return Text(
            zh=f"{event.on}早于上一件事的{state.since}",
            en=f"{event.on} is before what was recorded last, {state.since}",
        )
    wrong = transition.guard(asked)
    if wrong is None and not event.by.strip():
        return Text(zh="没有写是谁办的", en="who did it is missing")
    return wrong


def _out_of_place(state: CaseState, event: Event) -> Text:
    return Text(
        zh=f"在“{state.stage.text.zh}”阶段不能记“{event.act.text.zh}”",
        en=f"“{event.act.text.en}” cannot be recorded in stage “{state.stage.text.en}”",
    )


def _unknown_matter(event: Event) -> Text:
    return Text(
        zh=f"第{event.number}条记录办的是{event.matter}，现在的目录里没有这项程序",
        en=f"event {event.number} is about {event.matter}, a procedure that the "
        "catalogue does not know any more",
    )


def _hint(state: CaseState) -> Text:
    acts = possible_acts(state)
    if not acts:
        return Text(zh="另开一个案卷", en="open another case")
    return Text(
        zh=f"现在可以记：{'、'.join(act.text.zh for act in acts)}",
        en=f"what can be recorded now: {', '.join(act.text.en for act in acts)}",
    )


_SETS: Final[Mapping[Act, tuple[str, ...]]] = MappingProxyType(
    {
        Act.SUBMIT: ("submitted", "hand_in", "tell", "report", "object"),
        Act.ACCEPTANCE: ("pre_acceptance", "check", "accept"),
        Act.GRANT: ("check", "accept", "publicity", "decide"),
        Act.LICENCE: ("check", "accept", "decide", "deliver"),
    }
)
"""The days of a procedure that an act makes known, where they were not before."""


def _after(
    catalogue: Catalogue, transition: Transition, state: CaseState, event: Event
) -> CaseState:
    target = transition.target or _stays(state, event)
    after = replace(state, stage=target, since=event.on)
    match event.act:
        case Act.BEGIN:
            return _begin_matter(after, event)
        case Act.LINE:
            return replace(after, since=state.since, lines=_settle_line(state, event))
        case Act.CORRECTION if _same_notice(state, event):
            return replace(after, notice=event)
        case Act.CORRECTION:
            days = state.days
            if state.stage is CaseStage.LICENSED:
                days = {"year_end": max(state.years_reported, default=event.on)}
            return replace(
                after,
                days=days,
                corrections=state.corrections + 1,
                lines=event.lines,
                notice=event,
            )
        case Act.SUBMIT:
            return _hand_in(catalogue, after, state, event)
        case Act.WITHDRAW:
            return _end_matter(after)
        case Act.REFUSAL | Act.NON_ACCEPTANCE:
            return replace(_end_matter(after), refused_on=event.on)
        case Act.LICENCE:
            return replace(
                _end_matter(after),
                licensed_on=event.on,
                licensed_since=_first_licensed(state, event),
                valid_until=event.until or state.valid_until,
                renewed=state.renewed + (state.stage is CaseStage.RENEWAL),
            )
        case Act.DEREGISTRATION:
            return replace(after, ended=True)
        case Act.ACCEPTANCE | Act.GRANT:
            after = replace(after, days=_with_days(catalogue, state, event))
            return _over(catalogue, after)


def _first_licensed(state: CaseState, event: Event) -> date | None:
    """A licence that was applied for begins the first; any other follows an earlier."""
    applied_for = state.stage is CaseStage.EXAMINATION and state.licensed_on is None
    return event.on if applied_for else state.licensed_since


def _same_notice(state: CaseState, event: Event) -> bool:
    """Whether the notice at hand is recorded again, say with another last day."""
    return (
        state.stage is CaseStage.CORRECTION
        and state.notice is not None
        and event.digest is not None
        and event.digest == state.notice.digest
    )


def _stays(state: CaseState, event: Event) -> CaseStage:
    """Where a matter waits: for an application, with the authority or at home."""
    if event.act is Act.LINE or state.stage is not CaseStage.CORRECTION:
        return (find_stage_of(event.matter) if event.act is Act.BEGIN else None) or (
            state.stage
        )
    home = event.act is not Act.SUBMIT
    stage = find_stage_of(state.matter)
    if stage is None:
        return CaseStage.PREPARE if home else CaseStage.SUBMITTED
    return CaseStage.LICENSED if home else stage


def _begin_matter(after: CaseState, event: Event) -> CaseState:
    days = dict(event.days)
    counted = after.stage is CaseStage.RENEWAL or event.matter in _NEED_END
    if counted and after.valid_until is not None:
        days.setdefault("valid_until", after.valid_until)
    if after.stage is CaseStage.ANNUAL_REPORT:
        days.setdefault("year_end", date(event.on.year - 1, 12, 31))
    return replace(_end_matter(after), matter=event.matter or after.matter, days=days)


def _end_matter(after: CaseState) -> CaseState:
    """Drop what belonged to the matter that is over."""
    return replace(
        after,
        days={},
        refused_on=None,
        corrections=0,
        lines=(),
        notice=None,
        papers={},
        sections={},
        declared=None,
    )


def _settle_line(state: CaseState, event: Event) -> tuple[NoticeLine, ...]:
    (change,) = event.lines
    return tuple(
        line.merge(change) if line.number == change.number else line
        for line in state.lines
    )


def _hand_in(
    catalogue: Catalogue, after: CaseState, state: CaseState, event: Event
) -> CaseState:
    if find_stage_of(state.matter) is CaseStage.ANNUAL_REPORT:
        year_end = state.days.get("year_end", date(event.on.year - 1, 12, 31))
        return replace(
            _end_matter(after),
            stage=CaseStage.LICENSED,
            reports={**state.reports, year_end: event.on},
            papers=event.papers,
            sections=event.sections,
            declared=event.declared,
        )
    kept = {
        name: day for name, day in state.days.items() if name not in _AFTER_HANDING_IN
    }
    days = _with_days(catalogue, replace(state, days=kept), event)
    after = replace(
        after,
        days=days,
        refused_on=None,
        papers=event.papers,
        sections=event.sections,
        declared=event.declared,
    )
    return _over(catalogue, after)


def _over(catalogue: Catalogue, after: CaseState) -> CaseState:
    """An amendment of which no step is left is over."""
    last = catalogue.procedures[after.matter].steps[-1].id
    if after.stage is not CaseStage.AMENDMENT or last not in after.days:
        return after
    return replace(_end_matter(after), stage=CaseStage.LICENSED)


_AFTER_HANDING_IN: Final = frozenset(name for names in _SETS.values() for name in names)


def _with_days(catalogue: Catalogue, state: CaseState, event: Event) -> dict[str, date]:
    procedure = catalogue.procedures[state.matter]
    known = {*procedure.starts, *(step.id for step in procedure.steps)}
    days = dict(state.days)
    for name in _SETS[event.act]:
        if name in known:
            days.setdefault(name, event.on)
    return days
