"""The life of a case: no way on without its guard, no stage without what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.case.model import Case
from changqing.casework.dates import compute_status
from changqing.casework.events import Act, CaseStage, Event, NoticeLine, name_act
from changqing.casework.stages import (
    advance_state,
    find_allowed_acts,
    list_sample_events,
    make_first_state,
    replay_events,
)
from changqing.casework.state import MATTERS, CaseState
from changqing.casework.transitions import TRANSITIONS
from changqing.errors import CaseError, Issue
from changqing.law.kinds.procedure import Actor
from changqing.papers.open import open_case
from tests.casework.casework_sample import (
    catalogue,
    make_case,
    make_event,
    walk,
    write_case,
)

KINDS = [
    {"licence": "B25", "region": "33"},
    {"licence": "B25", "region": "36"},
    {"licence": "B24", "region": "50", "stage": "operate"},
    {"licence": "A27", "scope": "cross_province", "region": "11"},
    {"licence": "N95", "scope": "cross_province", "region": "11"},
    {"licence": "N106", "region": "33", "stage": "renew"},
    {"licence": "B25", "region": "50", "stage": "renew"},
    {"licence": "B25", "region": "44", "stage": "annual_report"},
    {"licence": "B21", "region": "33", "stage": "amend"},
    {"licence": "B12", "region": "33", "stage": "stop"},
]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder = tmp_path_factory.mktemp("cases")
    return [make_case(folder / str(n), **kind) for n, kind in enumerate(KINDS)]


START = date(2025, 12, 1)
MATTER_IDS = [name for names in MATTERS.values() for name in names]


def draw_event(data: st.DataObject, act: Act, since: date) -> Event:
    on = since + timedelta(days=data.draw(st.integers(0, 200)))
    until = on + timedelta(days=data.draw(st.integers(-1, 2000)))
    line = NoticeLine(
        number=data.draw(st.integers(1, 2)),
        done=data.draw(st.none() | st.just(on)),
        answer=data.draw(st.none() | st.just("已补")),
    )
    return Event(
        act=act,
        on=on,
        by="林晓",
        until=data.draw(st.none() | st.just(until)),
        matter=data.draw(st.sampled_from(MATTER_IDS)) if act is Act.BEGIN else None,
        lines=(line,) if act in (Act.LINE, Act.CORRECTION) else (),
    )


@given(data=st.data())
def test_whatever_is_recorded_something_comes_next_or_the_case_has_ended(
    cases: list[Case], data: st.DataObject
) -> None:
    case = data.draw(st.sampled_from(cases))
    state = make_first_state(catalogue(), case)
    for _ in range(data.draw(st.integers(0, 15))):
        if state.ended:
            break
        act = data.draw(st.sampled_from(Act))
        event = draw_event(data, act, state.since or START)
        offered = find_allowed_acts(catalogue(), case, state, event.on)
        try:
            state = advance_state(catalogue(), case, state, event)
        except CaseError:
            continue
        assert act in offered
        found = compute_status(catalogue(), case, state, event.on)
        assert (found.next is None) == state.ended
        for due in found.dues:
            assert (due.day is None) == (due.unset is not None)


@given(data=st.data())
def test_nothing_is_recorded_that_the_table_does_not_know(
    cases: list[Case], data: st.DataObject
) -> None:
    case = data.draw(st.sampled_from(cases))
    stage = data.draw(st.sampled_from(CaseStage))
    state = replace(make_first_state(catalogue(), case), stage=stage)
    act = data.draw(st.sampled_from(Act))
    if (stage, act) not in TRANSITIONS:
        with pytest.raises(CaseError, match="cannot be recorded in stage"):
            advance_state(catalogue(), case, state, draw_event(data, act, START))


def list_asked_events(act: Act, state: CaseState, today: date) -> list[Event]:
    """What a person may try to record of an act, well or badly filled in."""
    bare = Event(act=act, on=today, by="林晓")
    sample_events = [
        replace(e, by="林晓") for e in list_sample_events(act, state, today)
    ]
    return [
        bare,
        *sample_events,
        replace(bare, on=date(2000, 1, 1)),
        replace(bare, by=" "),
    ]


def collect_states(case: Case) -> list[CaseState]:
    """All states a case can come to, told apart by what the table looks at."""
    begun = make_first_state(catalogue(), case)
    known: dict[object, CaseState] = {}
    to_visit = [begun]
    while to_visit:
        state = to_visit.pop(0)
        key = (
            *(state.stage, state.matter, state.is_handed_in, state.is_granted),
            *(state.ended, bool(state.lines), bool(state.open_lines)),
            *("decide" in state.days, bool(state.reports)),
        )
        if key in known:
            continue
        known[key] = state
        day = (state.since or START) + timedelta(days=1)
        lines = (NoticeLine(number=1),)
        done = (NoticeLine(number=1, done=day, answer="已补"),)
        for act in Act:
            for event in list_asked_events(act, state, day):
                more = {Act.CORRECTION: lines, Act.LINE: done}.get(act, ())
                try:
                    after = advance_state(
                        catalogue(), case, state, replace(event, lines=more)
                    )
                except CaseError:
                    continue
                to_visit.append(after)
    return list(known.values())


@pytest.mark.parametrize("place", range(len(KINDS)))
def test_each_refused_step_is_named_with_its_reason_and_a_step_that_is_accepted(
    cases: list[Case], place: int
) -> None:
    case = cases[place]
    states = collect_states(case)
    assert any(state.stage is CaseStage.LICENSED for state in states)
    for state in states:
        day = max(state.since or START, START)
        allowed = find_allowed_acts(catalogue(), case, state, day)
        assert bool(allowed) != state.ended
        for act in allowed:
            assert any(
                not refuse(case, state, event)
                for event in list_sample_events(act, state, day)
            ), (state.stage, act)
        for act in Act:
            refusals = [
                issue
                for event in list_asked_events(act, state, day)
                if (issue := refuse(case, state, event)) is not None
            ]
            assert act in allowed or len(refusals) >= 3
            for issue in refusals:
                assert issue.hint is not None
                name = name_act(act, state.stage)
                opening = f"在“{state.stage_name.zh}”阶段不能记“{name.zh}”："
                reason = issue.text.zh.removeprefix(opening)
                assert reason
                assert reason != issue.text.zh
                listed = [name_act(other, state.stage).zh for other in allowed]
                steps = f"现在可以记：{'、'.join(listed)}" if listed else "另开一个项目"
                assert issue.hint.zh == steps
                assert name.en in issue.text.en
                assert state.stage_name.en in issue.text.en


def refuse(case: Case, state: CaseState, event: Event) -> Issue | None:
    """What is said against an event; None where it is recorded."""
    try:
        advance_state(catalogue(), case, state, event)
    except CaseError as error:
        return error.issues[0]
    return None


@pytest.mark.parametrize("stage", CaseStage)
def test_every_stage_is_reached_and_led_out_of_but_the_last(stage: CaseStage) -> None:
    assert any(origin is stage for origin, _ in TRANSITIONS)
    reached = {CaseStage.PREPARE, CaseStage.LICENSED}
    reached |= {
        transition.target for transition in TRANSITIONS.values() if transition.target
    }
    reached |= set(MATTERS)  # by beginning what runs there
    assert stage in reached


def test_an_application_goes_through_a_correction_to_its_licence(
    tmp_path: Path,
) -> None:
    case = make_case(tmp_path / "case")
    asked = make_event(
        Act.CORRECTION,
        "2026-02-13",
        until=date(2026, 3, 6),
        lines=(NoticeLine(number=1),),
    )
    corrected = walk(case, make_event(Act.SUBMIT, "2026-02-09"), asked)
    assert corrected.stage is CaseStage.CORRECTION
    with pytest.raises(CaseError, match="lines of the notice are open: 1"):
        advance_state(
            catalogue(), case, corrected, make_event(Act.SUBMIT, "2026-03-02")
        )
    settled = NoticeLine(number=1, done=date(2026, 2, 28), answer="已补")
    through = [
        make_event(Act.SUBMIT, "2026-02-09"),
        asked,
        make_event(Act.LINE, "2026-02-28", lines=(settled,)),
        make_event(Act.SUBMIT, "2026-03-02"),
        make_event(Act.ACCEPTANCE, "2026-03-05"),
        make_event(Act.GRANT, "2026-04-20"),
        make_event(Act.LICENCE, "2026-04-25", until=date(2031, 4, 24)),
    ]
    stages = [walk(case, *through[:n]).stage for n in range(len(through) + 1)]
    assert stages == [
        CaseStage.PREPARE,
        CaseStage.SUBMITTED,
        CaseStage.CORRECTION,
        CaseStage.CORRECTION,
        CaseStage.SUBMITTED,
        CaseStage.EXAMINATION,
        CaseStage.EXAMINATION,
        CaseStage.LICENSED,
    ]
    licensed = walk(case, *through)
    assert licensed.valid_until == date(2031, 4, 24)
    assert licensed.lines == ()


LICENSED = make_event(Act.LICENCE, "2025-12-20", until=date(2026, 12, 31))


def test_what_runs_under_a_licence_ends_with_it_again(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    begun = make_event(Act.BEGIN, "2026-01-05", matter="annual_report")
    report = (LICENSED, begun, make_event(Act.SUBMIT, "2026-02-01"))
    reported = walk(case, *report)
    assert reported.stage is CaseStage.LICENSED
    assert reported.years_reported == {date(2025, 12, 31)}
    renewing = make_event(Act.BEGIN, "2026-08-01", matter="renew")
    state = walk(case, *report, renewing, make_event(Act.SUBMIT, "2026-09-16"))
    found = compute_status(catalogue(), case, state, date(2026, 9, 17))
    assert found.next is not None
    assert (found.next.step, found.next.day) == ("check", date(2026, 9, 22))
    renewed = advance_state(
        catalogue(),
        case,
        state,
        make_event(Act.LICENCE, "2026-12-28", until=date(2031, 12, 31)),
    )
    assert (renewed.stage, renewed.valid_until) == (
        CaseStage.LICENSED,
        date(2031, 12, 31),
    )


def test_a_report_may_come_back_after_it_was_handed_in(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    returned = make_event(
        Act.CORRECTION,
        "2026-04-10",
        until=date(2026, 4, 30),
        lines=(NoticeLine(number=1),),
    )
    with pytest.raises(CaseError, match="nothing that was handed in can come back"):
        walk(case, LICENSED, returned)
    settled = NoticeLine(number=1, done=date(2026, 4, 12), answer="已更正")
    reported = [
        LICENSED,
        make_event(Act.BEGIN, "2026-01-05", matter="annual_report"),
        make_event(Act.SUBMIT, "2026-02-01"),
        returned,
    ]
    state = walk(case, *reported)
    assert state.stage is CaseStage.CORRECTION
    due = compute_status(catalogue(), case, state, date(2026, 4, 11)).next
    assert due is not None
    assert (due.step, due.day) == ("answer", date(2026, 4, 30))
    again = walk(
        case,
        *reported,
        make_event(Act.LINE, "2026-04-12", lines=(settled,)),
        make_event(Act.SUBMIT, "2026-04-12"),
    )
    assert again.stage is CaseStage.LICENSED
    assert again.years_reported == {date(2025, 12, 31)}


def test_an_amendment_without_a_further_step_is_over_when_told(tmp_path: Path) -> None:
    case = make_case(
        tmp_path / "case", licence="N95", scope="cross_province", stage="operate"
    )
    begun = make_event(
        Act.BEGIN,
        "2026-02-12",
        matter="number_contact",
        days={"changed": date(2026, 2, 12)},
    )
    telling = walk(case, LICENSED, begun)
    found = compute_status(catalogue(), case, telling, date(2026, 2, 13))
    assert found.next is not None
    assert found.next.day == date(2026, 3, 4)
    assert (
        walk(case, LICENSED, begun, make_event(Act.SUBMIT, "2026-02-20")).stage
        is CaseStage.LICENSED
    )


def test_the_licence_runs_on_whatever_else_is_under_way(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    begun = make_event(
        Act.BEGIN,
        "2026-01-05",
        matter="amend_registration",
        days={"registered": date(2026, 1, 5)},
    )
    amending = walk(case, LICENSED, begun, make_event(Act.SUBMIT, "2026-01-20"))
    for state in (
        amending,
        advance_state(
            catalogue(), case, amending, make_event(Act.CORRECTION, "2026-01-22")
        ),
    ):
        dues = compute_status(catalogue(), case, state, date(2026, 1, 23)).dues
        days = {(due.procedure, due.step): due.day for due in dues}
        assert days["annual_report", "hand_in"] == date(2026, 3, 31)
        assert days["renew", "hand_in"] == date(2026, 10, 2)


def test_a_stop_ends_with_the_deregistration(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case", stage="stop")
    state = walk(
        case,
        make_event(
            Act.BEGIN, "2026-01-05", matter="stop", days={"planned": date(2026, 5, 12)}
        ),
        make_event(Act.SUBMIT, "2026-01-30"),
        make_event(Act.DEREGISTRATION, "2026-05-06"),
    )
    assert state.ended
    assert find_allowed_acts(catalogue(), case, state, date(2026, 5, 7)) == ()
    found = compute_status(catalogue(), case, state, date(2026, 5, 7))
    assert found.next is None
    assert next(note.en for note in found.notes) == "The case has ended."
    with pytest.raises(CaseError, match="has ended"):
        advance_state(catalogue(), case, state, make_event(Act.SUBMIT, "2026-06-01"))


def test_a_refusal_leads_back_and_shows_the_remedies(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    state = walk(
        case,
        make_event(Act.SUBMIT, "2026-02-09"),
        make_event(Act.ACCEPTANCE, "2026-02-11"),
        make_event(Act.REFUSAL, "2026-04-01"),
    )
    assert state.stage is CaseStage.PREPARE
    dues = compute_status(catalogue(), case, state, date(2026, 4, 2)).dues
    days = {due.procedure: due.day for due in dues}
    assert days["reconsideration"] == date(2026, 5, 31)
    assert days["litigation"] == date(2026, 10, 1)


@pytest.mark.parametrize("act", [Act.WITHDRAW, Act.REFUSAL, Act.NON_ACCEPTANCE])
def test_a_correction_that_comes_to_nothing_leads_back(
    tmp_path: Path, act: Act
) -> None:
    case = make_case(tmp_path / "one")
    over = [make_event(Act.CORRECTION, "2026-02-13"), make_event(act, "2026-03-30")]
    submit = make_event(Act.SUBMIT, "2026-02-09")
    assert walk(case, submit, *over).stage is CaseStage.PREPARE
    begun = make_event(Act.BEGIN, "2026-01-05", matter="renew")
    licensed = make_case(tmp_path / "two", stage="operate")
    state = walk(licensed, LICENSED, begun, submit, *over)
    assert state.stage is CaseStage.LICENSED
    assert state.days == {}


def test_an_answered_correction_of_a_renewal_waits_with_the_renewal(
    tmp_path: Path,
) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    state = walk(
        case,
        LICENSED,
        make_event(Act.BEGIN, "2026-01-05", matter="renew"),
        make_event(Act.SUBMIT, "2026-02-09"),
        make_event(Act.CORRECTION, "2026-02-13"),
        make_event(Act.SUBMIT, "2026-02-24"),
    )
    assert state.stage is CaseStage.RENEWAL
    assert state.days["hand_in"] == date(2026, 2, 24)


def test_leaving_at_expiry_counts_from_the_licence(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    begun = make_event(Act.BEGIN, "2026-01-05", matter="leave_at_expiry")
    state = walk(case, LICENSED, begun)
    assert state.stage is CaseStage.STOPPED
    assert state.days == {"valid_until": date(2026, 12, 31)}


def test_events_that_fit_no_stage_are_named_on_reading(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    with pytest.raises(CaseError, match="cannot be recorded in stage"):
        replay_events(
            catalogue(), case, [make_event(Act.GRANT, "2026-02-10", number=1)]
        )


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (make_event(Act.GRANT, "2026-02-10"), "cannot be recorded in stage"),
        (make_event(Act.ACCEPTANCE, "2026-02-08"), "is before what was recorded last"),
        (make_event(Act.ACCEPTANCE, "2026-02-10", by=" "), "who did it is missing"),
        (
            make_event(Act.CORRECTION, "2026-02-10", until=date(2026, 2, 9)),
            "is before the notice came",
        ),
    ],
)
def test_a_guard_says_what_is_in_the_way(
    tmp_path: Path, event: Event, said: str
) -> None:
    case = make_case(tmp_path / "case")
    with pytest.raises(CaseError, match=said):
        walk(case, make_event(Act.SUBMIT, "2026-02-09"), event)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (make_event(Act.LICENCE, "2026-01-05"), "the day the licence expires"),
        (
            make_event(Act.LICENCE, "2026-01-05", until=date(2026, 1, 5)),
            "not after 2026-01-05",
        ),
        (
            make_event(Act.BEGIN, "2026-01-05", matter="number_renew"),
            "nothing to be done with this licence; there are The annual ",
        ),
    ],
)
def test_a_licensed_company_is_told_what_it_can_do(
    tmp_path: Path, event: Event, said: str
) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    with pytest.raises(CaseError, match=said):
        walk(case, event)


def test_only_one_thing_runs_at_a_time(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    with pytest.raises(CaseError, match="is under way"):
        walk(
            case,
            LICENSED,
            make_event(Act.BEGIN, "2026-01-05", matter="annual_report"),
            make_event(Act.BEGIN, "2026-01-06", matter="renew"),
        )


# Clocks, across the days on which offices are closed


def next_after(case: Case, *events: Event, on: str) -> tuple[str, date | None, bool]:
    state = walk(case, *events)
    due = compute_status(catalogue(), case, state, date.fromisoformat(on)).next
    assert due is not None
    return due.step, due.day, due.provisional


def test_the_check_is_counted_across_the_new_year(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    handed_in = make_event(Act.SUBMIT, "2025-12-29")
    # 1 to 3 January off, Sunday the 4th worked.
    assert next_after(case, handed_in, on="2025-12-30") == (
        "check",
        date(2026, 1, 6),
        False,
    )


def test_the_check_is_counted_across_spring_festival(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    handed_in = make_event(Act.SUBMIT, "2026-02-11")
    # Saturday the 14th worked, 15 to 23 February off.
    assert next_after(case, handed_in, on="2026-02-12") == (
        "check",
        date(2026, 2, 25),
        False,
    )


def test_a_worked_weekend_counts(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    # Saturday 28 February is worked for the holiday.
    assert next_after(case, make_event(Act.SUBMIT, "2026-02-24"), on="2026-02-24") == (
        "check",
        date(2026, 3, 2),
        False,
    )


def test_past_the_published_year_a_day_is_provisional(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    assert next_after(case, make_event(Act.SUBMIT, "2026-12-28"), on="2026-12-28") == (
        "check",
        date(2027, 1, 5),
        True,
    )


def test_a_passed_day_stays_in_sight_with_what_follows(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    state = walk(case, make_event(Act.SUBMIT, "2026-02-11"))
    found = compute_status(catalogue(), case, state, date(2026, 2, 26))
    # What hangs on the check that was missed is no day to wait for.
    assert [due.step for due in found.over] == ["check"]
    assert found.over[0].runs_out is not None
    assert found.next is not None
    assert found.next.step == "decide"


def test_a_notice_without_a_day_says_that_no_rule_sets_one(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    state = walk(
        case,
        make_event(Act.SUBMIT, "2026-02-11"),
        make_event(Act.CORRECTION, "2026-02-14"),
    )
    due = compute_status(catalogue(), case, state, date(2026, 2, 14)).next
    assert due is not None
    assert (due.step, due.actor, due.day) == ("answer", Actor.APPLICANT, None)
    assert due.unset is not None


END = date(2027, 6, 14)
IN_FORM = "  licence_valid_until: 2027-06-14\n"


def _case_with_end(folder: Path, stage: str, **of: str) -> Case:
    write_case(folder, stage=stage, **of)
    path = folder / "case.yaml"
    name = "  name: 杭州长青网络科技有限公司\n"
    text = path.read_text(encoding="utf-8").replace(name, name + IN_FORM, 1)
    path.write_text(text, encoding="utf-8")
    return open_case(folder, catalogue())


@pytest.mark.parametrize("stage", ["operate", "annual_report", "amend", "renew"])
def test_the_renewal_counts_from_the_end_that_the_case_says(
    tmp_path: Path, stage: str
) -> None:
    case = _case_with_end(tmp_path / "case", stage)
    state = replay_events(catalogue(), case, ())
    found = compute_status(catalogue(), case, state, date(2026, 11, 27))
    (renewal,) = [
        due for due in found.dues if (due.procedure, due.step) == ("renew", "hand_in")
    ]
    assert renewal.day == END - timedelta(days=90)
    begun = make_event(Act.BEGIN, "2026-12-01", number=1, matter="renew")
    begun = replace(begun, stage=CaseStage.LICENSED)
    assert replay_events(catalogue(), case, [begun]).days == {"valid_until": END}


def test_a_licence_that_was_recorded_outweighs_the_end_in_the_case(
    tmp_path: Path,
) -> None:
    case = _case_with_end(tmp_path / "case", "operate")
    assert walk(case, LICENSED).valid_until == date(2026, 12, 31)


@pytest.mark.parametrize(
    "of", [{"stage": "apply"}, {"licence": "N95", "scope": "cross_province"}], ids=str
)
def test_the_end_of_another_licence_counts_for_nothing(
    tmp_path: Path, of: dict[str, str]
) -> None:
    case = _case_with_end(tmp_path / "case", **{"stage": "operate", **of})
    assert make_first_state(catalogue(), case).valid_until is None


def test_a_paper_tells_the_end_of_a_licence_before_the_form(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    _case_with_end(folder, "operate")
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8") + (
        "  - {id: licence, kind: existing_licence, file: documents/plan.md, "
        "received_on: 2024-01-02, backs: [{fact: licence_valid_until, "
        "value: 2029-03-14, place: 第1条}]}\n"
    )
    path.write_text(text, encoding="utf-8")
    case = open_case(folder, catalogue())
    assert make_first_state(catalogue(), case).valid_until == date(2029, 3, 14)
