"""The life of a case: in which stage it is, and what may be recorded in it.

One table says which act leads from which stage to which, each with its guard. A state
is the sum of the events: nothing else is kept, so that it can always be reckoned again.
How long anything takes stands in the catalogue's procedures, never here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from types import MappingProxyType
from typing import Final

from changqing.case.model import Case
from changqing.casework.events import Act, CaseStage, Event, NoticeLine, name_act
from changqing.casework.state import (
    MATTERS,
    CaseState,
    find_licence_end,
    find_stage_of,
    list_matters,
)
from changqing.casework.transitions import TRANSITIONS, AskedEvent, Transition
from changqing.errors import CaseError, Issue
from changqing.law.lookup import is_after_licence
from changqing.law.model import Catalogue
from changqing.text import Text

NOBODY_NAMED: Final = Text(zh="没有写是谁办的", en="who did it is missing")
_ENDED: Final = Text(zh="这个项目的办理已经结束", en="this case has ended")
_RENEW: Final = "renew"
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


def make_first_state(catalogue: Catalogue, case: Case) -> CaseState:
    """Make the state of a case without records: what `case.yaml` is for."""
    stage = _BEGUN_AS[case.application.stage]
    possible = list_matters(catalogue, case, stage) or list_matters(
        catalogue, case, CaseStage.RENEWAL
    )
    return _open_state(catalogue, case, stage, possible[0])


def _open_state(
    catalogue: Catalogue, case: Case, stage: CaseStage, matter: str
) -> CaseState:
    """The state in which a record begins: a licence held ends on the day it says."""
    until = None
    if stage not in _BEFORE_LICENCE and _RENEW in list_matters(
        catalogue, case, CaseStage.RENEWAL
    ):
        until = find_licence_end(case)
    days = {} if until is None or matter not in _NEED_END else {"valid_until": until}
    return CaseState(stage=stage, matter=matter, days=days, valid_until=until)


def advance_state(
    catalogue: Catalogue, case: Case, state: CaseState, event: Event
) -> CaseState:
    """Compute the state after an event.

    CaseError says why it cannot be recorded now.
    """
    wrong = find_refusal(catalogue, case, state, event)
    if wrong is not None:
        raise CaseError(wrong)
    return _apply_event(catalogue, TRANSITIONS[state.stage, event.act], state, event)


def replay_events(
    catalogue: Catalogue, case: Case, events: Sequence[Event]
) -> CaseState:
    """Replay all events; return the state they lead to.

    What was recorded was allowed when it was, and is not held against the guards
    again: `case.yaml` may be about the next application by now. CaseError for a
    procedure that the catalogue does not know any more.
    """
    state = None
    for _, _, after in list_states_around(catalogue, case, events):
        state = after
    return state or make_first_state(catalogue, case)


def list_states_around(
    catalogue: Catalogue, case: Case, events: Sequence[Event]
) -> Iterator[tuple[Event, CaseState, CaseState]]:
    """List each event with the states before and after it (see `replay_events`)."""
    if not events:
        return
    state = make_first_state(catalogue, case)
    for place, event in enumerate(events):
        if event.matter is not None and event.matter not in catalogue.procedures:
            raise CaseError(Issue(text=_describe_unknown_matter(event)))
        if place == 0 and event.stage is not None:
            matter = event.matter or state.matter
            state = _open_state(catalogue, case, event.stage, matter)
        transition = TRANSITIONS.get((state.stage, event.act))
        if transition is None:
            wrong = _ENDED if state.ended else _name_origins(event.act)
            raise CaseError(Issue(text=_word_refusal(state, event.act, wrong)))
        before, state = state, _apply_event(catalogue, transition, state, event)
        yield event, before, state


def awaits_submission(
    catalogue: Catalogue, case: Case, events: Sequence[Event]
) -> bool:
    """Tell whether what `case.yaml` asks for is still to be handed in.

    A company that holds its licence hands in nothing while it operates. Where it
    renews, changes or stops, what happened on or after the planned day is about that.
    """
    stage = case.application.stage
    if is_after_licence(stage):
        return False
    state, begins_with = replay_events(catalogue, case, events), _BEGUN_AS[stage]
    if state.stage is begins_with:
        return not (state.is_handed_in or state.ended)
    planned = case.application.submit_on
    return begins_with is not CaseStage.PREPARE and all(
        event.on < planned for event in events
    )


def find_licence_passed_over(
    catalogue: Catalogue, case: Case, events: Sequence[Event]
) -> date | None:
    """Find the day a licence was received that `case.yaml` still applies for.

    Until somebody writes there that the company operates, its case is judged as an
    application, and nothing is asked of what a licensee has to do. None where it has
    stopped since.
    """
    if _BEGUN_AS[case.application.stage] is not CaseStage.PREPARE:
        return None
    state = replay_events(catalogue, case, events)
    return None if state.stage is CaseStage.STOPPED else state.licensed_on


def find_allowed_acts(
    catalogue: Catalogue, case: Case, state: CaseState, today: date
) -> tuple[Act, ...]:
    """Find the acts of which an event could be recorded, in the order of the table."""

    def is_allowed(act: Act) -> bool:
        return any(
            _find_reason(catalogue, case, state, event) is None
            for event in list_sample_events(act, state, today)
        )

    return tuple(
        act for stage, act in TRANSITIONS if stage is state.stage and is_allowed(act)
    )


def list_sample_events(act: Act, state: CaseState, today: date) -> Iterable[Event]:
    """List events that a person might record of an act, none before the last one.

    One that fits is enough to offer the act.
    """
    sample = Event(act=act, on=max(today, state.since or today), by="?")
    if act is Act.LINE:
        return [replace(sample, lines=(line,)) for line in state.lines]
    if act is Act.BEGIN:
        names = chain.from_iterable(MATTERS.values())
        return [replace(sample, matter=name) for name in names]
    return [replace(sample, until=date.max)]


def find_refusal(
    catalogue: Catalogue, case: Case, state: CaseState, event: Event
) -> Issue | None:
    """Find why an event cannot be recorded now; None where it can."""
    reason = _find_reason(catalogue, case, state, event)
    if reason is None:
        return None
    return refuse_act(catalogue, case, state, event.act, reason, on=event.on)


def refuse_act(
    catalogue: Catalogue,
    case: Case,
    state: CaseState,
    act: Act,
    reason: Text,
    *,
    on: date,
) -> Issue:
    """Say which act is refused in which stage and why, and what can be recorded."""
    allowed = find_allowed_acts(catalogue, case, state, on)
    names = [name_act(other, state.stage) for other in allowed]
    hint = Text(zh="另开一个项目", en="open another case")
    if names:
        hint = Text(
            zh=f"现在可以记：{'、'.join(name.zh for name in names)}",
            en=f"what can be recorded now: {', '.join(name.en for name in names)}",
        )
    return Issue(text=_word_refusal(state, act, reason), hint=hint)


def _word_refusal(state: CaseState, act: Act, reason: Text) -> Text:
    name, stage = name_act(act, state.stage), state.stage_name
    return Text(
        zh=f"在“{stage.zh}”阶段不能记“{name.zh}”：{reason.zh}",
        en=f"“{name.en}” cannot be recorded in stage “{stage.en}”: {reason.en}",
    )


def _find_reason(
    catalogue: Catalogue, case: Case, state: CaseState, event: Event
) -> Text | None:
    """Find what is in the way of an event: the table first, then day, guard and name.

    Where several things are, the one that no other words of the event would mend.
    """
    if state.ended:
        return _ENDED
    transition = TRANSITIONS.get((state.stage, event.act))
    if transition is None:
        return _name_origins(event.act)
    if state.since is not None and event.on < state.since:
        return Text(
            zh=f"{event.on}早于上一件事的{state.since}",
            en=f"{event.on} is before what was recorded last, {state.since}",
        )
    request = AskedEvent(catalogue=catalogue, case=case, state=state, event=event)
    return transition.guard(request) or (None if event.by.strip() else NOBODY_NAMED)


def _name_origins(act: Act) -> Text:
    """Say in which stages an act is recorded: those from which the table leads on."""
    stages = [stage.text for stage, known in TRANSITIONS if known is act]
    if not stages:
        return Text(
            zh="撤销另外办，从最后一条记录撤起",
            en="undoing is done apart, from the last entry on",
        )
    return Text(
        zh=f"这一步只在{'、'.join(f'“{stage.zh}”' for stage in stages)}阶段记",
        en="that step belongs to stage "
        f"{' or '.join(f'“{stage.en}”' for stage in stages)}",
    )


def _describe_unknown_matter(event: Event) -> Text:
    return Text(
        zh=f"第{event.number}条记录办的是{event.matter}，现在的目录里没有这项程序",
        en=f"event {event.number} is about {event.matter}, a procedure that the "
        "catalogue does not know any more",
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


def _apply_event(
    catalogue: Catalogue, transition: Transition, state: CaseState, event: Event
) -> CaseState:
    target = transition.target or _find_waiting_stage(state, event)
    after = replace(state, stage=target, since=event.on)
    match event.act:
        case Act.BEGIN:
            return _begin_matter(after, event)
        case Act.LINE:
            return replace(after, since=state.since, lines=_settle_line(state, event))
        case Act.CORRECTION if _is_same_notice(state, event):
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
                licensed_since=_find_first_licensed(state, event),
                valid_until=event.until or state.valid_until,
                renewed=state.renewed + (state.stage is CaseStage.RENEWAL),
            )
        case Act.DEREGISTRATION:
            return replace(after, ended=True)
        case Act.ACCEPTANCE | Act.GRANT:
            after = replace(after, days=_merge_days(catalogue, state, event))
            return _close_amendment(catalogue, after)
        case Act.UNDO:
            raise ValueError(
                event
            )  # no transition leads here: it is counted out before


def _find_first_licensed(state: CaseState, event: Event) -> date | None:
    """A licence that was applied for begins the first; any other follows an earlier."""
    applied_for = state.stage is CaseStage.EXAMINATION and state.licensed_on is None
    return event.on if applied_for else state.licensed_since


def _is_same_notice(state: CaseState, event: Event) -> bool:
    """Whether the notice at hand is recorded again, say with another last day."""
    return (
        state.stage is CaseStage.CORRECTION
        and state.notice is not None
        and event.digest is not None
        and event.digest == state.notice.digest
    )


def _find_waiting_stage(state: CaseState, event: Event) -> CaseStage:
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
    days_kept = {
        name: day for name, day in state.days.items() if name not in _AFTER_HANDING_IN
    }
    days = _merge_days(catalogue, replace(state, days=days_kept), event)
    after = replace(
        after,
        days=days,
        refused_on=None,
        papers=event.papers,
        sections=event.sections,
        declared=event.declared,
    )
    return _close_amendment(catalogue, after)


def _close_amendment(catalogue: Catalogue, after: CaseState) -> CaseState:
    """An amendment of which no step is left is over."""
    last = catalogue.procedures[after.matter].steps[-1].id
    if after.stage is not CaseStage.AMENDMENT or last not in after.days:
        return after
    return replace(_end_matter(after), stage=CaseStage.LICENSED)


_AFTER_HANDING_IN: Final = frozenset(name for names in _SETS.values() for name in names)


def _merge_days(
    catalogue: Catalogue, state: CaseState, event: Event
) -> dict[str, date]:
    procedure = catalogue.procedures[state.matter]
    day_names = {*procedure.starts, *(step.id for step in procedure.steps)}
    days = dict(state.days)
    for name in _SETS[event.act]:
        if name in day_names:
            days.setdefault(name, event.on)
    return days
