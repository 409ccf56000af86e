"""The last entry is taken back as a further one, and nothing recorded is lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.casework.copies import check_copies
from changqing.casework.events import Act, CaseStage, Journal, NoticeLine
from changqing.casework.record import record, undo_last
from changqing.casework.stages import make_first_state, replay_events
from changqing.casework.state import CaseState
from changqing.errors import CaseError, TamperError
from tests.casework.casework_sample import NOW, catalogue, make_case, make_event

SUBMIT = make_event(Act.SUBMIT, "2026-02-09")
LINE = NoticeLine(number=1, text="补社保", owner="林晓")
NOTICE = make_event(Act.CORRECTION, "2026-02-13", until=date(2026, 3, 6), lines=(LINE,))


def state(case: Case) -> CaseState:
    return replay_events(catalogue(), case, Journal(case.path).list_events())


def undo(case: Case, **more: object) -> CaseState:
    return undo_last(catalogue(), case, by="林晓", now=NOW, **more).state  # type: ignore[arg-type]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = make_case(tmp_path)
    record(catalogue(), case, SUBMIT, now=NOW)
    record(catalogue(), case, NOTICE, now=NOW, notice=b"notice")
    return case


def test_what_was_undone_never_happened_and_stays_on_record(case: Case) -> None:
    before = state(case)
    settled = NoticeLine(number=1, done=date(2026, 2, 20), answer="已补")
    line = make_event(Act.LINE, "2026-02-20", lines=(settled,))
    record(catalogue(), case, line, now=NOW)
    assert undo(case) == state(case) == before
    assert undo(case).stage is CaseStage.SUBMITTED
    assert undo(case) == make_first_state(catalogue(), case)
    kept = Journal(case.path).list_entries()
    assert [entry.act for entry in kept[:3]] == [Act.SUBMIT, Act.CORRECTION, Act.LINE]
    assert [entry.undoes for entry in kept[3:]] == [3, 2, 1]
    assert Journal(case.path).list_events() == ()
    # The notice, and what was handed in, are kept as they were.
    assert check_copies(case.path) == []
    assert kept[1].digest is not None
    assert Journal(case.path).find_notice_path(kept[1].digest).read_bytes() == b"notice"


def test_it_is_recorded_again_after_it_was_undone(case: Case) -> None:
    undo(case, number=2)
    undo(case, number=1)
    again = record(catalogue(), case, make_event(Act.SUBMIT, "2026-02-08"), now=NOW)
    assert again.event.number == 5
    assert again.state.since == state(case).since == date(2026, 2, 8)
    notice = record(catalogue(), case, NOTICE, now=NOW, notice=b"notice")
    assert notice.state.corrections == 1
    assert check_copies(case.path) == []


def test_only_the_entry_that_was_seen_as_the_last_is_undone(case: Case) -> None:
    with pytest.raises(CaseError, match="entry 1 is not the last any more; that is 2"):
        undo(case, number=1)
    with pytest.raises(CaseError, match="who did it is missing"):
        undo_last(catalogue(), case, by=" ", now=NOW)
    undo(case)
    undo(case)
    with pytest.raises(CaseError, match="there is no entry to undo"):
        undo(case)
    assert len(Journal(case.path).list_entries()) == 4


def test_an_undoing_can_only_be_recorded_as_such(case: Case) -> None:
    with pytest.raises(CaseError, match="cannot be recorded in stage"):
        record(catalogue(), case, make_event(Act.UNDO, "2026-02-14"), now=NOW)


@pytest.mark.parametrize("undoes", [None, 2, 0])
def test_an_undoing_of_what_does_not_stand_before_it_is_named(
    tmp_path: Path, undoes: int | None
) -> None:
    with Journal(tmp_path) as journal:
        journal.append(SUBMIT, now=NOW)
        wrong = make_event(Act.UNDO, "2026-02-14", undoes=undoes)
        journal.append(wrong, now=NOW)
    with pytest.raises(TamperError, match=r"events\.jsonl:2 "):
        Journal(tmp_path).list_events()
