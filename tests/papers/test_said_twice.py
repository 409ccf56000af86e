"""Of two values that an entry gives one fact of its paper, neither counts as read."""

from __future__ import annotations

from pathlib import Path

from changqing.case.comparison import ReadOutcome
from changqing.case.subjects import Subject
from changqing.evidence.records import list_records
from changqing.law.kit import Grade
from tests.papers.settling_sample import NAME, STATEMENT, make_case
from tests.papers.test_compare_kind import LEASE, OTHER, RENTED

END = "有效期至2026年12月31日\n"
SAID = """\
    valid_until: {end}
    backs:
      - {{fact: valid_until, subject: 'paper:cash', value: 2026-12-31, place: 第1页}}
      - {{fact: cash_on_hand, value: 1863520.47元, place: 第1页}}
"""


def test_an_end_that_nobody_read_counts_no_longer_for_the_one_that_was(
    tmp_path: Path,
) -> None:
    case = make_case(tmp_path, cash=SAID.format(end="2039-01-01"), 存款=STATEMENT + END)
    cash = next(paper for paper in case.papers if paper.id == "cash")
    assert not case.was_read(cash, cash.subject, "valid_until")
    until = {
        (record.fact, record.grade): record.valid_until for record in list_records(case)
    }
    assert ("valid_until", Grade.DOCUMENTED) not in until
    counts_until = until["cash_on_hand", Grade.DOCUMENTED]
    assert counts_until is not None
    assert counts_until.year < 2039


def test_the_same_value_said_twice_is_read(tmp_path: Path) -> None:
    case = make_case(tmp_path, cash=SAID.format(end="2026-12-31"), 存款=STATEMENT + END)
    cash = next(paper for paper in case.papers if paper.id == "cash")
    assert case.was_read(cash, cash.subject, "valid_until")


def test_an_element_said_to_be_there_and_missing_is_neither(tmp_path: Path) -> None:
    both = "term: false\n      states_term: 第1页"
    entry = RENTED.replace("term: '{place}'", both).format()
    case = make_case(tmp_path, cash=entry, 租约=LEASE.replace(OTHER, NAME))
    stated = case.compared["lease"][Subject("paper", "lease"), "states_term"]
    assert stated.outcome is ReadOutcome.NOT_FOUND
