"""What a company can write itself proves what it plans, and nothing of the world."""

from __future__ import annotations

from changqing.law.kinds.material import Issuer
from changqing.law.kit import Grade, GradeGroup
from tests.shipped import CATALOGUE

OWN = {
    name
    for name, material in CATALOGUE.materials.items()
    if material.issuer is Issuer.COMPANY
}
OF_THE_WORLD = {
    *("cash_on_hand", "paid_in_capital", "revenue_12m", "committed_funding"),
    *("drill_held", "complaint_closed_through", "incident_reported", "headcount"),
    *("oldest_log_on", "longest_reply_days", "has_served", "stop_aftercare_done"),
}


def proven_by_own_papers() -> set[str]:
    """The facts that the best papers of the company's own hand could prove."""
    return {
        fact.id
        for fact in CATALOGUE.facts.values()
        if fact.proof <= Grade.UNDERTAKEN
        and any(f"paper:{name}" in fact.sources for name in OWN)
    }


def test_no_paper_of_the_company_proves_cash_staff_or_drills() -> None:
    own = proven_by_own_papers()
    staff = {"insured", "full_time", "si_payer_is_applicant", "employer_is_applicant"}
    assert not own & (OF_THE_WORLD | staff)
    known = {name for _, name in CATALOGUE.facts}
    assert known >= OF_THE_WORLD | staff
    for (_, name), fact in CATALOGUE.facts.items():
        if name in OF_THE_WORLD | staff:
            assert fact.proof.group is GradeGroup.PROVEN


def test_a_plan_proves_what_it_plans() -> None:
    own = proven_by_own_papers()
    assert own >= {
        "plan_months",
        "schedule_until",
        "monthly_cost",
        "has_emergency_plan",
    }
    assert own >= {"states_dated_items", "complaint_reply_days", "log_retention_months"}
