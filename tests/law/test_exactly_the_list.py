"""Whoever holds exactly the papers that are listed, all in order, is ready.

The case is made from the list that `changqing materials` gives, what is handed in and
what is kept beside it: those kinds of paper and no others. All that can be true beside
the papers is made true (`order_world`).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import pytest

from changqing.guide.materials import Checklist, list_kept, make_checklist
from changqing.judge.model import Compliance, LongTermState, Readiness
from changqing.law.kinds.material import list_satisfying_kinds
from changqing.law.kit import Standing
from changqing.law.model import Verdict
from tests.law.order_questions import AS_OF, Ask, criterion_of
from tests.law.order_world import (
    JUDGE,
    Order,
    is_core,
    is_required,
    list_every_ask,
    situation_of,
)
from tests.share import CI
from tests.shipped import CATALOGUE

SAMPLE = (
    Ask(licence="B25", stage="apply"),
    Ask(licence="B11", stage="prepare", scope="cross_province"),
    Ask(licence="B24", stage="renew"),
    Ask(licence="N106", stage="apply"),
)


def listed(ask: Ask) -> Checklist:
    return make_checklist(
        CATALOGUE,
        licence=ask.licence,
        scope=ask.scope,
        region=ask.region,
        stage=ask.stage,
        on=AS_OF,
    )


@lru_cache(maxsize=4)
def papers_of(ask: Ask) -> frozenset[str]:
    """The kinds of paper on the list, a lease where proof of premises is asked for."""
    found = listed(ask)
    return frozenset(
        kind
        for paper in (*found.papers, *list_kept(CATALOGUE, found))
        for kind in list_satisfying_kinds(CATALOGUE.materials, paper.material.id)
    )


@pytest.mark.share
@pytest.mark.parametrize("ask", list_every_ask() if CI else SAMPLE, ids=str)
def test_exactly_the_list_is_ready_and_lacks_no_paper(ask: Ask) -> None:
    found = Order(ask, papers=papers_of(ask))
    assessment = JUDGE.assess(situation_of(found.asked, found.values))
    waived = {criterion_of(goal).id for goal in found.waived}
    failing = {
        finding.criterion.id
        for finding in assessment.findings
        if finding.asked
        and finding.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
    }
    assert failing <= waived
    assert not assessment.cautions
    asked = [finding.criterion for finding in assessment.findings if finding.asked]
    if assessment.readiness is None:
        assert assessment.compliance is Compliance.IN_ORDER
    elif any(is_required(criterion) for criterion in asked):
        assert assessment.readiness is Readiness.READY
    if any(is_core(criterion) for criterion in asked):
        assert assessment.long_term.state is LongTermState.SHOWN


def test_a_kept_paper_says_which_criterion_asks_for_it_and_how_binding_it_is() -> None:
    found = listed(Ask(licence="B24", stage="renew"))
    kept = {paper.material.id: paper for paper in list_kept(CATALOGUE, found)}
    plan = kept["emergency_plan"]
    assert not plan.handed_in
    assert plan.standing is Standing.DUTY
    criterion = CATALOGUE.criteria["emergency_plan_in_place"]
    assert [request.requirement for request in plan.asked] == [criterion.title]
    assert set(criterion.citations) <= set(plan.citations)
    assert not {paper.material.id for paper in found.papers} & set(kept)


def test_who_prepares_gathers_what_is_asked_of_an_application() -> None:
    apply = listed(Ask(licence="B25", stage="apply"))
    prepare = listed(Ask(licence="B25", stage="prepare"))
    assert [p.material.id for p in prepare.papers] == [
        p.material.id for p in apply.papers
    ]


def test_a_list_of_another_day_is_not_confused_with_todays() -> None:
    found = listed(Ask(licence="B25", stage="apply"))
    assert list_kept(CATALOGUE, found) == list_kept(CATALOGUE, found)
    before = make_checklist(
        CATALOGUE,
        licence="B25",
        scope="intra_province",
        region="33",
        stage="apply",
        on=date(2016, 1, 1),
    )
    assert list_kept(CATALOGUE, before) != list_kept(CATALOGUE, found)
