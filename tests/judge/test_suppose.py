"""What if: a trial of remedies says what it settles, and leaves the rest as it is."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from changqing.judge.simulate import simulate_remedies
from changqing.judge.suppose import CaseStanding, try_remedies
from changqing.judge.verdict import decide_compliance
from changqing.law.model import Verdict
from tests.judge.assessment_world import JUDGE, World, empty_world, worlds
from tests.share import examples

_SETTLED = (Verdict.MET, Verdict.NOT_APPLICABLE)


def test_nothing_supposed_changes_nothing() -> None:
    found = empty_world().assess()
    tried = try_remedies(JUDGE, found, ["no_such_criterion"])
    assert tried.before == tried.after
    assert (tried.settled, tried.left) == ((), ())
    assert found.readiness is not None
    assert tried.before.state == found.readiness.value


@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_what_is_settled_counts_as_met_and_the_rest_stays(world: World) -> None:
    found = world.assess()
    wanted = {f.criterion.id for f in found.findings if f.verdict not in _SETTLED}
    tried = try_remedies(JUDGE, found, wanted)
    assert tried.left == tuple(sorted(simulate_remedies(JUDGE, found, sorted(wanted))))
    assert sorted((*tried.settled, *tried.left)) == sorted(wanted)
    gained = sum(
        f.asked and f.criterion.id in tried.settled and f.verdict not in _SETTLED
        for f in found.findings
    )
    assert tried.after.met == tried.before.met + gained
    assert tried.after.blocking <= tried.before.blocking
    assert tried.after.waiting <= tried.before.waiting


def test_after_the_licence_the_first_sentence_is_of_its_duties() -> None:
    findings = empty_world().assess().findings
    standing = CaseStanding.from_findings(findings, licensed=True)
    assert standing.readiness is None
    assert standing.state == standing.compliance == decide_compliance(findings).value
