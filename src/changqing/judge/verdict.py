"""From truth values to verdicts, from verdicts to the two sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from changqing.case.subjects import APPLICANT, Subject
from changqing.judge.doubt import make_doubt_line
from changqing.judge.model import (
    Caution,
    Compliance,
    Finding,
    JudgedTerm,
    LongTermState,
    LongTermView,
    Readiness,
)
from changqing.law.kinds.criterion import Criterion, Route, Weight
from changqing.law.kit import Grade, GradeGroup, Standing
from changqing.law.lookup import is_after_licence
from changqing.law.model import Verdict
from changqing.text import Text

S = TypeVar("S", Readiness, Compliance)

URGENCY = (
    Verdict.CONTRADICTED,
    Verdict.UNMET,
    Verdict.UNDETERMINED,
    Verdict.UNPROVEN,
    Verdict.MET,
    Verdict.NOT_APPLICABLE,
)
"""The order of verdicts on every page."""
_URGENCY = {verdict: place for place, verdict in enumerate(URGENCY)}
_WEIGHTIEST = {standing: place for place, standing in enumerate(Standing)}
_REQUIRED = (Standing.CONDITION, Standing.PUBLISHED)
_ROUTES = (Route.ABILITY, Route.STANDING)


def is_asked_for(standing: Standing, stage: str) -> bool:
    """Tell whether criteria of this standing decide the first sentence of a stage.

    Before a licence they are what it depends on (法定 and 公布); after it, every duty
    of the licensee is among them.
    """
    return standing in _REQUIRED or (
        standing is Standing.DUTY and is_after_licence(stage)
    )


def is_required(finding: Finding) -> bool:
    """Tell whether the finding counts for the first sentence at this stage."""
    return finding.counts


def blocks(finding: Finding) -> bool:
    """Tell whether the finding alone makes the case not ready, or duties breached."""
    return stands_against(finding.verdict, required=finding.required)


def stands_against(verdict: Verdict, *, required: bool) -> bool:
    """Tell whether a verdict decides against the first sentence, where it counts."""
    return required and verdict in (Verdict.UNMET, Verdict.CONTRADICTED)


def lacks_proof(verdict: Verdict, *, required: bool) -> bool:
    """Tell whether a verdict leaves the first sentence open, where it counts for it."""
    return required and verdict in (Verdict.UNDETERMINED, Verdict.UNPROVEN)


def rank_by_urgency(finding: Finding) -> tuple[int, int, str, str]:
    """Give the sort key of a finding: verdict, then how binding, then name."""
    return (
        _URGENCY[finding.verdict],
        _WEIGHTIEST[finding.criterion.standing],
        finding.criterion.id,
        "" if finding.subject is None else finding.subject.id,
    )


def decide_readiness(findings: Sequence[Finding]) -> Readiness:
    """Decide 申报条件, from the findings that are required."""
    return _choose_first_sentence(
        findings, Readiness.NOT_READY, Readiness.READY, Readiness.OPEN
    )


def decide_compliance(findings: Sequence[Finding]) -> Compliance:
    """Decide 持证后义务, from the findings that are required."""
    return _choose_first_sentence(
        findings, Compliance.BREACHED, Compliance.IN_ORDER, Compliance.OPEN
    )


def _choose_first_sentence(
    findings: Sequence[Finding], failing: S, succeeded: S, still: S
) -> S:
    required = [finding for finding in findings if is_required(finding)]
    if any(finding.fails for finding in required):
        return failing
    # All of nothing is met: where no criterion asked anything, nothing was shown.
    if required and all(finding.verdict is Verdict.MET for finding in required):
        return succeeded
    return still


def list_cautions(
    findings: Sequence[Finding], labels: Mapping[Subject, Text]
) -> tuple[Caution, ...]:
    """List every defect of practice or duty that is seen, in the order of urgency.

    What only earns a strength is no defect where it is missing, unless a route rests
    on it; but to claim it against what was found is one.
    """
    return tuple(
        Caution(finding=finding, says=_say_caution(finding, labels))
        for finding in sorted(findings, key=rank_by_urgency)
        if finding.fails
        and finding.criterion.standing in (Standing.PRACTICE, Standing.DUTY)
        and not (
            finding.verdict is Verdict.UNMET and _is_mere_strength(finding.criterion)
        )
    )


def _is_mere_strength(criterion: Criterion) -> bool:
    bearing = criterion.long_term
    return (
        criterion.strength is not None
        and not criterion.defects
        and (bearing is None or bearing.weight is Weight.SUPPORTING)
    )


def _say_caution(finding: Finding, labels: Mapping[Subject, Text]) -> Text:
    """What is wrong, and of whom where it is not the applicant."""
    subject, says = finding.subject, make_doubt_line(finding)
    if subject is None or subject == APPLICANT or subject not in labels:
        return says
    label = labels[subject]
    return Text(zh=f"{label.zh}：{says.zh}", en=f"{label.en}: {says.en}")


def decide_long_term(findings: Sequence[Finding]) -> LongTermView:
    """Decide 长期服务能力, by the two routes the law gives (电信条例: 信誉或者能力).

    A contradicted core puts the case in doubt even where the other route is complete:
    what is said there was shown to be untrue. So does a veto that is certain not to
    hold: a dead service or a false paper is outweighed by nothing.
    """
    cores = {route: _select_core_findings(findings, route) for route in Route}

    def count_met(of: Route) -> int:
        return count_verdicts(cores[of])[Verdict.MET]

    vetoed = [
        finding
        for finding in findings
        if (bearing := finding.criterion.long_term) is not None
        and bearing.veto
        and finding.fails
    ]
    contradicted = [
        finding
        for route in Route
        for finding in cores[route]
        if finding.verdict is Verdict.CONTRADICTED
    ]
    unmet = {
        route: [f for f in cores[route] if f.verdict is Verdict.UNMET]
        for route in Route
    }
    complete = [
        route
        for route in _ROUTES
        if cores[route] and all(f.verdict is Verdict.MET for f in cores[route])
    ]
    routes_asked = [route for route in _ROUTES if cores[route]]
    state, route = LongTermState.OPEN, None
    # The law asks for one of the two (信誉或者能力): a core that is unmet counts
    # against the case only where the other route has one as well.
    if vetoed or contradicted or all(unmet.values()):
        state = LongTermState.IN_DOUBT
    elif complete:
        state, route = LongTermState.SHOWN, complete[0]
    doubts: list[Finding] = []
    if state is not LongTermState.SHOWN:
        unmet_cores = (finding for route in Route for finding in unmet[route])
        # A core may hold a veto too: each finding is one doubt.
        failing = {id(f): f for f in (*vetoed, *contradicted, *unmet_cores)}.values()
        doubts = sorted(failing, key=rank_by_urgency)
    return LongTermView(
        state=state,
        route=route,
        doubts=tuple(doubts),
        leading=route or max(routes_asked or _ROUTES, key=count_met),
        strengths=tuple(_list_strengths(findings)),
        cores=cores,
    )


def _select_core_findings(
    findings: Sequence[Finding], route: Route
) -> tuple[Finding, ...]:
    return tuple(
        finding
        for finding in findings
        if (bearing := finding.criterion.long_term) is not None
        and bearing.route is route
        and bearing.weight is Weight.CORE
        and finding.verdict is not Verdict.NOT_APPLICABLE
    )


def _list_strengths(findings: Sequence[Finding]) -> list[Finding]:
    """What is proven beyond what is asked: met criteria that name a strength."""
    return [
        finding
        for finding in findings
        if finding.verdict is Verdict.MET
        and finding.criterion.strength is not None
        and not is_required(finding)
    ]


def group_of(terms: Sequence[JudgedTerm]) -> GradeGroup:
    """Group by what a criterion is met at best.

    Written only if by company papers alone.
    What needs no record, such as the day of submission, is the applicant's own word.
    """
    grades = (t.proven.strongest for t in terms if t.proven.decides)
    return max((g for g in grades if g is not None), default=Grade.DECLARED).group


def count_verdicts(findings: Sequence[Finding]) -> Mapping[Verdict, int]:
    """Count the findings with each verdict; every verdict is named."""
    tally = dict.fromkeys(URGENCY, 0)
    for finding in findings:
        tally[finding.verdict] += 1
    return tally
