"""Every gap and finding has a way to mend it, and each way is a page that is there."""

from __future__ import annotations

import pytest

from changqing.evidence.model import GapReason
from changqing.report.counting import select_asked
from changqing.report.model import GapView
from changqing.report.outlook_model import SubjectView
from changqing.text import both
from changqing_web.cases import load_report
from changqing_web.findings.mending import find_gap_step, find_mending
from tests.web.web_world import Place, make_place


@pytest.fixture
def torn(db: None) -> Place:
    return make_place("here", "contradictory")


@pytest.mark.long
def test_every_address_of_every_finding_is_a_page(torn: Place) -> None:
    here = torn.here
    findings = select_asked(load_report(here).findings)
    ways = [find_mending(here, finding) for finding in findings if finding.remedy]
    assert ways
    for address in {
        address for way in ways for address in (way.say, way.prove) if address
    }:
        assert torn.editor.get(address.split("#")[0]).status_code == 200
    assert all(way.say or way.prove or way.look for way in ways)


@pytest.mark.share
@pytest.mark.parametrize("reason", list(GapReason))
@pytest.mark.parametrize(
    ("kind", "of", "fact"),
    [
        ("applicant", "self", "revenue_12m"),
        ("person", "lin", "si_payer_is_applicant"),
        ("service", "site", "police_filing_found"),
        ("applicant", "self", "no_such_fact"),
    ],
)
def test_every_reason_has_something_to_do(
    place: Place, reason: GapReason, kind: str, of: str, fact: str
) -> None:
    gap = GapView(
        fact=fact,
        label=both(fact),
        subject=SubjectView(type=kind, id=of, label=None),
        reason=reason.value,
        text=both(""),
        at=None,
        criteria=(),
    )
    step = find_gap_step(place.here, gap)
    assert step.todo.zh
    assert step.todo.en
