"""What to do by when: findings grouped by what a person does, laid out in working days.

What has to be found out comes first and starts today, for the rest depends on it.
Forward from the day of the assessment gives the earliest day; backward from the day of
submission, or from the end of what is renewed, gives the latest start. Papers that
count only for a short time are fetched last: no earlier than their validity allows on
the day of submission. After the licence nothing waits for such a day: all begins today,
and what ends a breach comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter

from changqing import calendar
from changqing.judge.advice import Advice, Adviser
from changqing.judge.model import (
    Aim,
    Assessment,
    ErrandPlan,
    Finding,
    LongTermState,
    PlannedErrand,
    Situation,
)
from changqing.judge.steps import AdviceStep, write_steps
from changqing.judge.verdict import blocks, is_required
from changqing.law.kinds.criterion import Route
from changqing.law.lookup import is_after_licence
from changqing.law.model import Catalogue, Verdict
from changqing.text import Text

_SETTLED = (Verdict.MET, Verdict.NOT_APPLICABLE)
_AIMS = tuple(Aim)
_MIXED = (Aim.ACT, Aim.CLEAR_UP, Aim.PAPERS)
"""Of several aims in one errand the first of these names it."""


@dataclass(slots=True, kw_only=True)
class _ErrandDraft:
    errand: str
    aim: Aim
    criteria: list[str] = field(default_factory=list)
    steps: list[AdviceStep] = field(default_factory=list)
    remedies: list[Text] = field(default_factory=list)
    lead_days: int = 0
    required: bool = False
    needs: set[str] = field(default_factory=set)


def plan_errands(
    assessment: Assessment,
    catalogue: Catalogue,
    *,
    unsettled: Callable[[Iterable[str]], Sequence[str]],
    adviser: Adviser | None = None,
) -> ErrandPlan:
    """Lay out the errands that settle every open finding, in working days.

    `unsettled` applies the remedies of the named criteria and returns those whose
    verdict is still not met (`simulate_remedies`); a plan promises nothing it did not
    try.
    """
    adviser = adviser or Adviser(catalogue, assessment.situation)
    advised = [
        (finding, adviser.advise(finding))
        for finding in assessment.findings
        if finding.verdict not in _SETTLED
    ]
    needed = _find_required(assessment)
    required = {finding.criterion.id for finding in needed}
    # Of an errand that several need, what handing in waits for is named first.
    advised.sort(key=lambda pair: pair[0].criterion.id not in required)
    drafts = _group_advice(advised, required)
    order = _order_drafts(drafts)
    as_of = assessment.situation.as_of
    submit_on = assessment.situation.application.submit_on
    licensed = is_after_licence(assessment.situation.application.stage)
    breached = {f.criterion.id for f in needed if licensed and blocks(f)}
    earliest, provisional_forward = _schedule_forward(drafts, order, as_of)
    ends = _find_ends(advised, catalogue, assessment.situation)
    latest, provisional_back = _schedule_backward(drafts, order, submit_on, ends)
    errands = []
    for name in order:
        draft = drafts[name]
        provisional = name in provisional_forward or name in provisional_back
        start, done_by = earliest[name]
        last_start, last_done = latest[name]
        late = done_by > last_done
        if not late:
            start, done_by = max(start, last_start), last_done
        valid_days = catalogue.errands[name].valid_days
        if valid_days is not None:
            # A paper counts from when it is had, not from when it was asked for.
            not_before = submit_on - timedelta(days=valid_days)
            if done_by < not_before <= ends.get(name, submit_on):
                day_before = not_before - timedelta(days=1)
                done_by, _ = calendar.add_working_days(day_before, 1)
                sent_on, _ = calendar.subtract_working_days(done_by, draft.lead_days)
                start = max(start, sent_on)
        if licensed or draft.aim is Aim.CLEAR_UP:
            start, done_by = earliest[name]
            late = False
        errands.append(
            PlannedErrand(
                errand=name,
                aim=draft.aim,
                steps=tuple(
                    dict.fromkeys((*write_steps(draft.steps), *draft.remedies))
                ),
                materials=tuple(
                    dict.fromkeys(m for step in draft.steps for m in step.materials)
                ),
                criteria=tuple(sorted(draft.criteria)),
                needs=tuple(sorted(draft.needs)),
                lead_days=draft.lead_days,
                start=start,
                done_by=done_by,
                earliest_done=earliest[name][1],
                required=draft.required,
                ends_breach=not breached.isdisjoint(draft.criteria),
                late=late,
                provisional=provisional,
            )
        )
    unsettled_criteria = tuple(
        unsettled(criterion for d in drafts.values() for criterion in d.criteria)
    )
    to_clear_up = tuple(
        dict.fromkeys(
            finding.criterion.id
            for finding in needed
            if finding.verdict is Verdict.UNDETERMINED
        )
    )
    ready_on = None
    if not to_clear_up and not required & set(unsettled_criteria):
        ready_on = max(
            (errand.earliest_done for errand in errands if errand.required),
            default=as_of,
        )
    return ErrandPlan(
        errands=tuple(
            sorted(
                errands,
                key=lambda e: (
                    _AIMS.index(e.aim),
                    e.start,
                    not e.required,
                    e.done_by,
                    e.errand,
                ),
            )
        ),
        ready_on=ready_on,
        provisional=any(e.provisional for e in errands if e.required),
        unsettled=unsettled_criteria,
        to_clear_up=to_clear_up,
    )


def _find_required(assessment: Assessment) -> list[Finding]:
    """Find open findings to settle to be ready, and shown by the shorter route."""
    needed = [
        finding
        for finding in assessment.findings
        if is_required(finding) and finding.verdict is not Verdict.MET
    ]
    view = assessment.long_term
    if view.state is not LongTermState.SHOWN:
        open_cores = {
            route: [f for f in cores if f.verdict is not Verdict.MET]
            for route, cores in view.cores.items()
            if cores
        }
        if open_cores:
            # A record of operation cannot be fetched: ability comes first.
            shortest = min(
                open_cores,
                key=lambda route: (route is Route.STANDING, len(open_cores[route])),
            )
            needed += open_cores[shortest]
        needed += [
            finding
            for finding in view.doubts
            if finding.verdict is Verdict.CONTRADICTED
        ]
    return needed


def _group_advice(
    advised: Sequence[tuple[Finding, Advice]], required: set[str]
) -> dict[str, _ErrandDraft]:
    """Group advice by errand, each with the errands that it waits for."""
    drafts: dict[str, _ErrandDraft] = {}
    settles: dict[str, str] = {}
    for finding, advice in advised:
        criterion = finding.criterion
        draft = drafts.setdefault(
            advice.errand, _ErrandDraft(errand=advice.errand, aim=advice.aim)
        )
        draft.aim = min(draft.aim, advice.aim, key=_MIXED.index)
        if advice.steps:
            draft.steps += advice.now
        else:
            draft.remedies.append(advice.text)
        settles[criterion.id] = draft.errand
        if criterion.id not in draft.criteria:
            draft.criteria.append(criterion.id)
        if draft.required and criterion.id not in required:
            continue  # advice must not delay what handing in waits for
        first = criterion.id in required and not draft.required
        lead_days = advice.lead_days
        draft.lead_days = lead_days if first else max(draft.lead_days, lead_days)
        draft.required = draft.required or criterion.id in required
    for finding, advice in advised:
        if advice.aim is not Aim.ACT:
            continue  # what is asked or fetched waits for nothing that is done first
        draft = drafts[advice.errand]
        for need in finding.criterion.remedy.needs:
            supplier = settles.get(need)
            if supplier is not None and supplier != draft.errand:
                draft.needs.add(supplier)
    return drafts


def _order_drafts(drafts: Mapping[str, _ErrandDraft]) -> list[str]:
    """Suppliers before those who need them; a circle is cut at its last edge."""
    needs = {name: set(draft.needs) for name, draft in sorted(drafts.items())}
    while True:
        try:
            return list(TopologicalSorter(needs).static_order())
        except CycleError as circle:
            # Criteria that need each other in no circle can do so once they are
            # grouped: one errand may supply a second and need it for another of its
            # criteria.
            supplier, needer = circle.args[1][0], circle.args[1][1]
            needs[needer].discard(supplier)
            drafts[needer].needs.discard(supplier)


def _schedule_forward(
    drafts: Mapping[str, _ErrandDraft], order: Sequence[str], as_of: date
) -> tuple[dict[str, tuple[date, date]], set[str]]:
    spans: dict[str, tuple[date, date]] = {}
    provisional = set()
    for name in order:
        draft = drafts[name]
        start = max((spans[need][1] for need in draft.needs), default=as_of)
        end, unsure = calendar.add_working_days(start, draft.lead_days)
        spans[name] = (start, end)
        if unsure:
            provisional.add(name)
    return spans, provisional


def _find_ends(
    advised: Iterable[tuple[Finding, Advice]],
    catalogue: Catalogue,
    situation: Situation,
) -> dict[str, date]:
    """Find when what an errand renews ends, where that is still to come.

    A domain that has lapsed by the day of handing in can be renewed by nobody.
    """
    ending = {(c.subject, c.until) for c in catalogue.commitments.values()}
    ends: dict[str, date] = {}
    for finding, advice in advised:
        if advice.aim is not Aim.ACT:
            continue
        for record in finding.evidence:
            if (record.subject.type, record.fact) in ending:
                end = situation.resolved[record.subject, record.fact].best
                if isinstance(end, date) and end >= situation.as_of:
                    ends[advice.errand] = min(end, ends.get(advice.errand, end))
    return ends


def _schedule_backward(
    drafts: Mapping[str, _ErrandDraft],
    order: Sequence[str],
    submit_on: date,
    ends: Mapping[str, date],
) -> tuple[dict[str, tuple[date, date]], set[str]]:
    spans: dict[str, tuple[date, date]] = {}
    provisional = set()
    for name in reversed(order):
        day = min(submit_on, ends.get(name, submit_on))
        eve, _ = calendar.subtract_working_days(day, 1)
        followers = [
            spans[follower][0] for follower in spans if name in drafts[follower].needs
        ]
        end = min([eve, *followers])
        start, unsure = calendar.subtract_working_days(end, drafts[name].lead_days)
        spans[name] = (start, end)
        if unsure:
            provisional.add(name)
    return spans, provisional
