"""The sentences over an assessment: each is the answer to one question."""

from __future__ import annotations

from collections.abc import Mapping

from changqing.assessment import Assessment, LongTermState, Plan, Readiness, blocks
from changqing.catalogue import Standing, Verdict
from changqing.outlook import Endurance
from changqing.text import Text

_ROUTES: Mapping[str, Text] = {
    "ability": Text(zh="能力", en="ability"),
    "standing": Text(zh="信誉", en="standing"),
}


def readiness_sentence(assessment: Assessment) -> Text:
    """Whether the conditions are shown to hold, and how many are not."""
    blocking = sum(blocks(finding) for finding in assessment.findings)
    if assessment.readiness is Readiness.NOT_READY:
        return Text(
            zh=f"尚不具备申报条件：{blocking}项要求没有满足",
            en=f"Not ready to submit: {_many(blocking, 'requirement')} not satisfied",
        )
    if assessment.readiness is Readiness.READY:
        return Text(
            zh="申报条件已具备：各项要求均有凭据",
            en="Ready to submit: every requirement is proven",
        )
    waiting = sum(
        finding.criterion.standing in (Standing.CONDITION, Standing.PUBLISHED)
        and finding.verdict in (Verdict.UNPROVEN, Verdict.UNDETERMINED)
        for finding in assessment.findings
    )
    return Text(
        zh=f"申报条件尚待证明：{waiting}项要求还缺凭据",
        en=f"Still to be proven: {_many(waiting, 'requirement')} without proof",
    )


def long_term_sentence(assessment: Assessment) -> Text:
    """Whether the service is shown to last, and by which route."""
    said = assessment.long_term
    if said.state is LongTermState.SHOWN:
        by = _ROUTES["" if said.route is None else said.route.value]
        return Text(
            zh=f"长期服务能力已证明：凭{by.zh}",
            en=f"Long-term service is shown, by {by.en}",
        )
    if said.state is LongTermState.IN_DOUBT:
        return Text(
            zh=f"长期服务能力存疑：{len(said.doubts)}处疑点",
            en=f"Long-term service is in doubt on {_many(len(said.doubts), 'point')}",
        )
    left = sum(
        finding.verdict is not Verdict.MET
        for cores in said.cores.values()
        for finding in cores
    )
    return Text(
        zh=f"长期服务能力尚待证明：{left}个关键点还缺凭据",
        en="Long-term service is still to be shown: "
        f"{_many(left, 'key point')} without proof",
    )


def _many(count: int, noun: str) -> str:
    """An English count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def endurance_sentence(endurance: Endurance) -> Text:
    """To which day everything is proven to last, and what carries it."""
    unknown = sum(support.unknown for support in endurance.commitments)
    rest = Text(zh="", en="")
    if unknown:
        rest = Text(
            zh=f"；另有{unknown}项期限未知，未计入",
            en=f"; {unknown} more without a known end, not counted",
        )
    if endurance.committed_until is None or endurance.carried_by is None:
        return Text(
            zh=f"没有一项支撑证实了期限{rest.zh}",
            en=f"No support has a proven end{rest.en}",
        )
    day = endurance.committed_until
    label = endurance.carried_by.commitment.label
    return Text(
        zh=f"证实至{day.year}年{day.month}月{day.day}日，取决于{label.zh}{rest.zh}",
        en=f"Committed until {day.isoformat()}, carried by {label.en}{rest.en}",
    )


def ready_sentence(assessment: Assessment, plan: Plan) -> Text:
    """The earliest day on which it can be handed in, or why there is none."""
    done = (
        assessment.readiness is Readiness.READY
        and assessment.long_term.state is LongTermState.SHOWN
    )
    if done:
        return Text(zh="现在就可以递交。", en="It can be submitted now.")
    if plan.ready_on is None:
        return Text(
            zh="按现有办法补不齐，见下列各项。",
            en="The listed errands do not settle everything; see below.",
        )
    day = plan.ready_on
    mark = Text(zh="（节假日暂按）", en=" (holidays provisional)")
    late = assessment.situation.application.submit_on
    after = Text(zh="", en="")
    if day >= late:
        after = Text(
            zh=f"，赶不上计划的递交日{late.isoformat()}",
            en=f", too late for the planned submission on {late.isoformat()}",
        )
    tail = Text(
        zh=f"{mark.zh if plan.provisional else ''}{after.zh}。",
        en=f"{mark.en if plan.provisional else ''}{after.en}.",
    )
    if assessment.readiness is Readiness.READY:
        return Text(
            zh=f"条件已具备，可以递交；疑点和缺证按期办完，最早{day.isoformat()}"
            f"能证明长期服务能力{tail.zh}",
            en="Its conditions are proven. With every errand done on time, "
            f"long-term service is shown on {day.isoformat()} at the earliest{tail.en}",
        )
    return Text(
        zh=f"各项按期办完，最早{day.isoformat()}条件具备，"
        f"长期服务能力也能证明{tail.zh}",
        en=f"With every errand done on time, ready and shown on {day.isoformat()} "
        f"at the earliest{tail.en}",
    )
