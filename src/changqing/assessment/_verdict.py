"""From truth values to verdicts, from verdicts to the two sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from changqing.assessment._model import (
    Finding,
    LongTermState,
    LongTermView,
    Readiness,
)
from changqing.catalogue import Route, Standing, Verdict, Weight

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


def is_required(finding: Finding) -> bool:
    """Whether the finding counts for readiness at this stage."""
    return (
        finding.criterion.standing in _REQUIRED
        and finding.verdict is not Verdict.NOT_APPLICABLE
    )


def blocks(finding: Finding) -> bool:
    """Whether the finding by itself makes the case not ready."""
    return is_required(finding) and finding.verdict in (
        Verdict.UNMET,
        Verdict.CONTRADICTED,
    )


def by_urgency(finding: Finding) -> tuple[int, int, str, str]:
    """Sort key: verdict, then how binding, then name."""
    return (
        _URGENCY[finding.verdict],
        _WEIGHTIEST[finding.criterion.standing],
        finding.criterion.id,
        "" if finding.subject is None else finding.subject.id,
    )


def readiness_of(findings: Sequence[Finding]) -> Readiness:
    """申报条件, from the condition and published findings alone."""
    required = [finding for finding in findings if is_required(finding)]
    if any(blocks(finding) for finding in required):
        return Readiness.NOT_READY
    if required and all(finding.verdict is Verdict.MET for finding in required):
        return Readiness.READY
    return Readiness.OPEN


def long_term_of(findings: Sequence[Finding]) -> LongTermView:
    """长期服务能力, by the two routes the law gives (电信条例: 信誉或者能力).

    A contradicted core puts the case in doubt even where the other route is complete:
    what is said there was shown to be untrue.
    """
    cores = {route: _cores(findings, route) for route in Route}
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
        for route in (Route.ABILITY, Route.STANDING)
        if cores[route] and all(f.verdict is Verdict.MET for f in cores[route])
    ]
    state, route = LongTermState.OPEN, None
    if contradicted or all(unmet.values()):
        state = LongTermState.IN_DOUBT
    elif complete:
        state, route = LongTermState.SHOWN, complete[0]
    doubts: list[Finding] = []
    if state is not LongTermState.SHOWN:
        failing = [*contradicted, *(f for route in Route for f in unmet[route])]
        doubts = sorted(failing, key=by_urgency)
    return LongTermView(
        state=state,
        route=route,
        doubts=tuple(doubts),
        strengths=tuple(_strengths(findings)),
        cores=cores,
    )


def _cores(findings: Sequence[Finding], route: Route) -> tuple[Finding, ...]:
    return tuple(
        finding
        for finding in findings
        if (bearing := finding.criterion.long_term) is not None
        and bearing.route is route
        and bearing.weight is Weight.CORE
        and finding.verdict is not Verdict.NOT_APPLICABLE
    )


def _strengths(findings: Sequence[Finding]) -> list[Finding]:
    """What is proven beyond what is asked: met criteria that name a strength."""
    return [
        finding
        for finding in findings
        if finding.verdict is Verdict.MET
        and finding.criterion.strength is not None
        and not is_required(finding)
    ]


def count(findings: Sequence[Finding]) -> Mapping[Verdict, int]:
    """How many findings have each verdict; every verdict is named."""
    tally = dict.fromkeys(URGENCY, 0)
    for finding in findings:
        tally[finding.verdict] += 1
    return tally
