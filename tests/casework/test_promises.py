"""A promise is kept as a promise: beside what others saw since it was made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case.model import Case, CaseChoice, Paper, Statement
from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.promises import (
    Promise,
    PromiseState,
    list_promises,
    promise_data,
)
from changqing.evidence.model import Record, Source, SourceKind
from changqing.evidence.resolve import resolve
from changqing.law.kit import Grade
from changqing.rules.types import Value
from changqing.run import Outcome
from changqing.text import Language, Text
from changqing.watch.model import Lapse
from changqing.watch.signs import read_promises
from tests.documents.dossier_case import assessed, copied
from tests.shipped import CATALOGUE

SITE = Subject("service", "site")
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The ready example, whose papers carry their days."""
    return assessed(copied("local-life", tmp_path_factory.mktemp("promises")))


def promise(
    outcome: Outcome,
    choice: str,
    answer: str,
    *,
    on: date = date(2026, 11, 24),
    **seen: tuple[Subject, Value, date],
) -> Promise:
    """The one promise of a case, on a day, with what was seen and when."""
    resolved = dict(outcome.situation.resolved)
    for fact, (subject, value, day) in seen.items():
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        record = Record(
            fact=fact,
            subject=subject,
            value=value,
            source=Source(kind=SourceKind.PROBE, name="publication"),
            observer="changqing",
            grade=Grade.OBSERVED,
            digest=None,
            observed_at=at,
            received_at=at,
            valid_until=None,
        )
        resolved.update(resolve([record], [], CATALOGUE, on))
    case: Case = replace(outcome.case, choices={choice: CaseChoice(answer=answer)})
    situation = replace(outcome.situation, resolved=resolved, as_of=on)
    (found,) = list_promises(case, situation, CATALOGUE)
    return found


def test_a_drill_before_the_promise_does_not_keep_it(outcome: Outcome) -> None:
    """The record is of September, the plan of November."""
    found = promise(outcome, "drill", "quarterly")
    assert found.state is PromiseState.NOT_SEEN
    assert found.since == date(2026, 11, 5)
    assert (found.document.zh, found.says.zh) == ("《故障应急预案》", "演练：每季度")
    assert found.asks_for is not None
    assert "演练记录" in found.asks_for.zh
    assert found.due == date(2027, 2, 5)


def test_a_record_of_the_company_is_on_record_and_never_kept(outcome: Outcome) -> None:
    found = promise(outcome, "inspection", "weekly")
    assert found.state is PromiseState.RECORDED
    assert found.on == date(2026, 11, 5)
    assert "公司自己记的" in found.seen.zh
    # Once the next is due and nobody gave it, nothing is known any more.
    late = promise(outcome, "inspection", "weekly", on=date(2027, 2, 6))
    assert late.state is PromiseState.NOT_SEEN
    assert promise_data(late, Language.ZH, as_of=date(2027, 2, 6))["overdue"] is True


def test_what_others_saw_since_keeps_or_breaks_it(outcome: Outcome) -> None:
    day = date(2026, 11, 20)
    kept = promise(
        outcome, "support_hours", "daily", hotline_answered=(SITE, True, day)
    )
    assert (kept.state, kept.on, kept.due) == (PromiseState.KEPT, day, None)
    broken = promise(
        outcome, "support_hours", "daily", hotline_answered=(SITE, False, day)
    )
    assert broken.state is PromiseState.BROKEN
    before = date(2026, 11, 1)
    old = promise(
        outcome, "support_hours", "daily", hotline_answered=(SITE, True, before)
    )
    assert old.state is PromiseState.NOT_SEEN


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        (3, PromiseState.KEPT),
        (30, PromiseState.NOT_SEEN),
        (73, PromiseState.BROKEN),
    ],
)
def test_a_time_that_may_be_of_a_lesser_fault_settles_nothing(
    outcome: Outcome, hours: int, state: PromiseState
) -> None:
    seen = (APPLICANT, hours, date(2026, 11, 20))
    found = promise(outcome, "recovery_time", "four_day", longest_fault_hours=seen)
    assert found.state in (state, PromiseState.RECORDED)
    assert (found.state is PromiseState.RECORDED) == (hours == 30)


def test_what_one_of_two_services_keeps_is_not_kept(outcome: Outcome) -> None:
    day = date(2026, 11, 20)
    other = Subject("service", "app")
    situation = replace(
        outcome.situation,
        subjects=(*outcome.situation.subjects, other),
        labels={**outcome.situation.labels, other: Text("一个应用", "an app")},
    )
    two = replace(outcome, situation=situation)
    found = promise(two, "support_hours", "daily", hotline_answered=(SITE, True, day))
    assert found.state is PromiseState.NOT_SEEN
    assert found.seen.zh.endswith("；一个应用还没有看到")
    silent = (other, False, day)
    broken = promise(two, "support_hours", "daily", hotline_answered=silent)
    assert broken.state is PromiseState.BROKEN


@pytest.mark.parametrize("wrong", ["received later", "found false"])
def test_a_record_that_was_not_there_or_is_false_is_none(
    outcome: Outcome, wrong: str
) -> None:
    def spoil(paper: Paper) -> Paper:
        if paper.kind != "maintenance_record":
            return paper
        if wrong == "received later":
            return replace(paper, received_on=date(2026, 11, 25))
        false = Statement(
            subject=paper.subject, fact="found_false", value=True, raw="true", place=""
        )
        return replace(paper, facts=(*paper.facts, false))

    papers = tuple(map(spoil, outcome.case.papers))
    case = replace(outcome, case=replace(outcome.case, papers=papers))
    assert promise(outcome, "inspection", "weekly").state is PromiseState.RECORDED
    assert promise(case, "inspection", "weekly").state is PromiseState.NOT_SEEN


def promise_pace(outcome: Outcome, on: date, newest: date) -> Promise:
    """A weekly pace, with thirty items seen on a day, of which the newest is of one."""
    return promise(
        outcome,
        "content_pace",
        "weekly",
        on=on,
        items_last_180_days=(SITE, 30, on),
        newest_item_on=(SITE, newest, on),
    )


def test_a_pace_counts_only_days_on_which_it_was_promised(outcome: Outcome) -> None:
    early = promise_pace(outcome, date(2026, 11, 24), date(2026, 11, 20))
    assert early.state is PromiseState.NOT_SEEN
    later = date(2027, 6, 1)
    kept = promise_pace(outcome, later, date(2027, 5, 30))
    assert kept.state is PromiseState.KEPT
    silent = promise_pace(outcome, later, date(2027, 5, 1))
    assert silent.state is PromiseState.BROKEN
    assert "31天没有" in silent.seen.zh


def test_own_words_ask_for_a_record_within_a_year(outcome: Outcome) -> None:
    words = CaseChoice(words="每逢大促前演练一次。")
    case = replace(outcome.case, choices={"stand_in": words})
    (found,) = list_promises(case, outcome.situation, CATALOGUE)
    assert found.says.zh == "顶替：每逢大促前演练一次。"
    assert found.state is PromiseState.NOT_SEEN
    assert found.due == date(2027, 11, 5)


def test_what_is_promised_for_an_occasion_asks_for_no_record_before(
    outcome: Outcome,
) -> None:
    answer = CATALOGUE.choices["exit_notice"].answers[0].id
    found = promise(outcome, "exit_notice", answer)
    assert (found.state, found.due) == (PromiseState.NOT_SEEN, None)
    assert found.asks_for is None
    assert found.seen.zh == "停止服务时才看得到"


def test_watch_takes_a_promise_for_broken_or_kept_only_where_it_was_seen(
    outcome: Outcome,
) -> None:
    day = date(2026, 11, 20)
    promises = [
        promise(outcome, "support_hours", "daily", hotline_answered=(SITE, False, day)),
        promise(outcome, "drill", "quarterly"),
        promise(outcome, "inspection", "weekly"),
    ]
    (reading,) = read_promises(promises, NOW)
    assert (reading.lapse, reading.good) == (Lapse.PROMISE_BROKEN, False)
    assert reading.key == "promise:support_hours"
    assert "每天9点到21点" in reading.text.zh


def test_every_measure_names_a_fact_that_exists() -> None:
    for choice in CATALOGUE.choices.values():
        kept = choice.kept
        for name in () if kept is None else (kept.fact, kept.newest):
            if name is not None:
                kind, _, fact = name.partition(".")
                assert (kind, fact) in CATALOGUE.facts, choice.id


def test_the_example_tells_its_promises_in_the_report_of_a_year(
    outcome: Outcome, tmp_path: Path
) -> None:
    from changqing.casework.annual import build_annual_report
    from changqing.casework.annual_ledgers import read_ledgers
    from changqing.casework.annual_page import make_annual_data, write_annual_page

    case = outcome.case
    report = build_annual_report(
        case,
        outcome.assessment,
        CATALOGUE,
        year=2026,
        ledgers=read_ledgers(case, 2026, outcome.assessment.situation.as_of),
    )
    data = make_annual_data(case, report, (), CATALOGUE, Language.ZH)
    told = {each["choice"]: each for each in data["promises"]}
    assert set(told) == {
        name for name in case.choices if CATALOGUE.choices[name].promise
    }
    assert told["restore_test"]["state"] == "not_seen"
    page = write_annual_page(data, Language.ZH)
    assert "说了什么，做到没有" in page
    assert "恢复测试：每季度" in page
