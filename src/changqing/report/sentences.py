"""The sentences over an assessment: each is the answer to one question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from changqing.judge.model import (
    Assessment,
    Compliance,
    ErrandPlan,
    LongTermState,
    Readiness,
)
from changqing.judge.verdict import (
    blocks,
    is_required,
    lacks_proof,
    stands_against,
)
from changqing.law.model import Catalogue
from changqing.outlook.endurance import Endurance
from changqing.report.model import FirstSentence
from changqing.report.words import (
    COMPLIANCE,
    KEY_POINTS,
    NOT_NEEDED,
    READINESS,
    REQUIREMENTS,
    HandingInState,
    say_rests_on,
)
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.report.handing_in import HandingIn

_ROUTES: Mapping[str, Text] = {
    "ability": Text(zh="能力", en="ability"),
    "standing": Text(zh="信誉", en="standing"),
}


def say_first_sentence(assessment: Assessment) -> FirstSentence:
    """Say the sentence that the stage of the case calls for."""
    if assessment.compliance is None:
        state = "" if assessment.readiness is None else assessment.readiness.value
        return FirstSentence(
            kind="readiness",
            state=state,
            title=Text(zh="申报条件", en="Readiness"),
            name=READINESS[state],
            says=_word_readiness(assessment),
            failing=Text(zh="什么挡住了", en="What blocks"),
            means=Text(
                zh="法定或公布的要求，不满足，或自述与查得的情况不符。",
                en="Conditions and published requirements that are unmet, or claimed "
                "otherwise than found.",
            ),
            nothing=_withhold_if_cautioned(
                assessment,
                Text(
                    zh="没有不满足或矛盾的要求。",
                    en="No requirement is unmet or contradicted.",
                ),
            ),
        )
    state = assessment.compliance.value
    return FirstSentence(
        kind="compliance",
        state=state,
        title=Text(zh="持证后义务", en="Duties under the licence"),
        name=COMPLIANCE[state],
        says=_word_compliance(assessment),
        failing=Text(zh="没有履行的义务", en="Duties not performed"),
        means=Text(
            zh="法律要求持证企业做到的，没有做到，或自述与查得的情况不符。",
            en="What the law asks of a licensee, and is not done, or claimed otherwise "
            "than found.",
        ),
        nothing=_withhold_if_cautioned(
            assessment,
            Text(zh="没有发现未履行的义务。", en="No duty is found unperformed."),
        ),
    )


def _withhold_if_cautioned(assessment: Assessment, words: Text) -> Text:
    """Nothing is said to be in order beside something that is certainly not."""
    return Text(zh="", en="") if assessment.cautions else words


def _word_readiness(assessment: Assessment) -> Text:
    """Whether the conditions are shown to hold, and how many are not."""
    if assessment.readiness is Readiness.NOT_READY:
        blocking = sum(blocks(finding) for finding in assessment.findings)
        state = HandingInState.NOT_YET.text.capitalised
        return Text(
            zh=f"{state.zh}：{blocking}项要求没有满足",
            en=f"{state.en}: {format_count(blocking, 'requirement')} not satisfied",
        )
    if assessment.readiness is Readiness.READY:
        rests = say_rests_on(assessment.rests_on, REQUIREMENTS)
        return Text(
            zh=f"申报条件已具备（{rests.zh}）",
            en=f"The conditions are met ({rests.en})",
        )
    if not any(is_required(finding) for finding in assessment.findings):
        return Text(
            zh="申报条件：没有核到这一步的法定或公布要求，须向受理机关确认",
            en="Readiness: no condition or published requirement of this step is on "
            "record; ask the authority",
        )
    waiting = count_waiting(assessment)
    state = HandingInState.UNPROVEN.text.capitalised
    return Text(
        zh=f"{state.zh}：{waiting}项要求还缺证据",
        en=f"{state.en}: {format_count(waiting, 'requirement')} without evidence",
    )


def _word_compliance(assessment: Assessment) -> Text:
    """Whether the duties of a licensee are performed; the gravest breach by name."""
    breached = [finding for finding in assessment.findings if blocks(finding)]
    for finding in breached:
        if finding.criterion.headline is not None:
            return finding.criterion.headline
    if breached:
        return Text(
            zh=f"持证后义务：{len(breached)}项未履行",
            en=f"Duties under the licence: {len(breached)} not performed",
        )
    if assessment.compliance is Compliance.IN_ORDER:
        return Text(
            zh="持证后义务均已履行",
            en="Every duty under the licence is performed",
        )
    waiting = count_waiting(assessment)
    return Text(
        zh=f"持证后义务：{waiting}项待核实",
        en=f"Duties under the licence: {waiting} to be verified",
    )


def count_waiting(assessment: Assessment) -> int:
    """Count the required findings that still lack proof."""
    return sum(
        lacks_proof(finding.verdict, required=finding.required)
        for finding in assessment.findings
    )


def say_long_term(assessment: Assessment) -> Text:
    """Tell whether the service is shown to last, and by which route."""
    long_term_view = assessment.long_term
    if long_term_view.state is LongTermState.SHOWN:
        by = _ROUTES["" if long_term_view.route is None else long_term_view.route.value]
        rests = say_rests_on(long_term_view.rests_on, KEY_POINTS)
        return Text(
            zh=f"长期服务能力有佐证，凭{by.zh}（{rests.zh}）",
            en=f"Long-term service is shown, by {by.en} ({rests.en})",
        )
    if long_term_view.state is LongTermState.IN_DOUBT:
        return Text(
            zh=f"长期服务能力存疑：{len(long_term_view.doubts)}处疑点",
            en="Long-term service is in doubt on "
            f"{format_count(len(long_term_view.doubts), 'point')}",
        )
    if not long_term_view.is_asked:
        return Text(
            zh="这一步不问长期服务能力",
            en="Long-term service is not asked about at this step",
        )
    points = long_term_view.cores[long_term_view.leading]
    failing = sum(stands_against(point.verdict, required=True) for point in points)
    lacking = long_term_view.rests_on.not_met - failing
    zh, en = [], []
    if lacking:
        zh.append(f"{lacking}个关键点还缺证据")
        en.append(f"{format_count(lacking, 'key point')} without evidence")
    if failing:
        zh.append(f"{failing}个关键点不满足")
        en.append(f"{format_count(failing, 'key point')} unmet")
    return Text(
        zh=f"长期服务能力佐证不足：{'，'.join(zh)}",
        en=f"Long-term service is still to be shown: {', '.join(en)}",
    )


def format_count(count: int, noun: str) -> str:
    """Format an English count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def say_endurance(endurance: Endurance, as_of: date) -> Text:
    """Say to which day everything is proven to last, and what carries it."""
    unknown = sum(support.unknown for support in endurance.commitments)
    not_counted = Text(zh="", en="")
    if unknown:
        not_counted = Text(
            zh=f"；另有{unknown}项期限未知，未计入",
            en=f"; {unknown} more without a known end, not counted",
        )
    if endurance.committed_until is None or endurance.carried_by is None:
        return Text(
            zh=f"到期事项里没有一项有证据证明期限{not_counted.zh}",
            en=f"Nothing that ends has an end in evidence{not_counted.en}",
        )
    day = endurance.committed_until
    label = endurance.carried_by.commitment.label
    if day < as_of:
        return Text(
            zh=f"{label.zh}已于{_say_day(day)}到期，不再有证据{not_counted.zh}",
            en=f"{label.en} ended on {day.isoformat()}; in evidence no longer"
            f"{not_counted.en}",
        )
    return Text(
        zh=f"有证据到{_say_day(day)}，最早到期的是{label.zh}{not_counted.zh}",
        en=f"In evidence until {day.isoformat()}; first to end: "
        f"{label.en}{not_counted.en}",
    )


def say_ready_day(
    assessment: Assessment, plan: ErrandPlan, handing_in: HandingIn | None = None
) -> Text:
    """Say the earliest day on which it can be handed in, or why there is none.

    Where every requirement is proven, what is left before handing in is said. Without
    `handing_in` there are no documents to write.
    """
    settled, is_asked = assessment.long_term.is_settled, assessment.long_term.is_asked
    if assessment.compliance is Compliance.IN_ORDER and settled:
        return Text(zh="现在没有要补办的。", en="Nothing is left to be done.")
    if assessment.readiness is Readiness.READY and settled:
        if handing_in is not None:
            return handing_in.text
        return Text(zh="现在就可以递交。", en="It can be submitted now.")
    before = _say_left(assessment, handing_in)
    if (reason := open_reason(assessment, plan)) is not None:
        return Text(zh=before.zh + reason.zh, en=before.en + reason.en)
    day = plan.ready_on or assessment.situation.as_of
    lasting = Text(
        zh="，长期服务能力也能证明" if is_asked else "",
        en=" and long-term service shown" if is_asked else "",
    )
    if assessment.compliance is not None:
        return Text(
            zh=f"从今天起依次办，最早{day.isoformat()}义务均已履行{lasting.zh}。",
            en=f"With every task begun today, every duty is performed{lasting.en} "
            f"on {day.isoformat()} at the earliest.",
        )
    mark = Text(zh="（节假日暂按）", en=" (holidays provisional)")
    late = assessment.situation.application.submit_on
    after = Text(zh="", en="")
    if day >= late:
        after = Text(
            zh=f"，赶不上计划的递交日{late.isoformat()}",
            en=f", too late for the planned submission on {late.isoformat()}",
        )
    elif plan.last_done is not None and plan.last_done > day:
        after = Text(
            zh=f"；照排定的日子办，{plan.last_done.isoformat()}前办齐",
            en=f"; as laid out, all is done by {plan.last_done.isoformat()}",
        )
    tail = Text(
        zh=f"{mark.zh if plan.provisional else ''}{after.zh}。",
        en=f"{mark.en if plan.provisional else ''}{after.en}.",
    )
    if assessment.readiness is Readiness.READY:
        return Text(
            zh=f"{before.zh}疑点和缺证从今天起依次办，最早{day.isoformat()}"
            f"能证明长期服务能力{tail.zh}",
            en=f"{before.en}With every task begun today, "
            f"long-term service is shown on {day.isoformat()} at the earliest{tail.en}",
        )
    return Text(
        zh=f"从今天起依次办，最早{day.isoformat()}条件具备{lasting.zh}{tail.zh}",
        en=f"With every task begun today, ready{' and shown' if is_asked else ''} on "
        f"{day.isoformat()} at the earliest{tail.en}",
    )


def _say_left(assessment: Assessment, handing_in: HandingIn | None) -> Text:
    """What is left before handing in, where every requirement is proven."""
    if assessment.readiness is not Readiness.READY:
        return Text(zh="", en="")
    if handing_in is None:
        return Text(zh="要求都有证据。", en="Every requirement is proven. ")
    return Text(zh=handing_in.text.zh, en=f"{handing_in.text.en} ")


def open_reason(assessment: Assessment, plan: ErrandPlan) -> Text | None:
    """Say why no day can be named on which it is ready.

    None where one can, or it is.
    """
    if plan.to_clear_up:
        count = len(plan.to_clear_up)
        possible = Text(zh="", en="")
        if assessment.readiness is Readiness.READY:
            possible = Text(zh="长期服务能力", en="On long-term service ")
        return Text(
            zh=f"{possible.zh}还有{count}项没有查清，哪天能办齐，要等查清以后才能定。",
            en=f"{possible.en}{format_count(count, 'point')} still to be found out: "
            "no day can be named until then.",
        )
    if plan.ready_on is None:
        return Text(
            zh="按现有办法补不齐，见下列各项。",
            en="The listed tasks do not settle everything; see below.",
        )
    return None


def plan_sentence(
    assessment: Assessment, plan: ErrandPlan, catalogue: Catalogue
) -> Text:
    """Say how many errands are needed, which of them comes first, and until when."""
    if plan.first is None or plan.last_done is None:
        return Text(zh="没有要办的事。", en="There is nothing to do.")
    count, others = len(plan.required), len(plan.errands) - len(plan.required)
    first = catalogue.errands[plan.first.errand].title
    days = Text(
        zh=f"最先开始的是“{first.zh}”，最晚{_say_day(plan.first.start)}开始；"
        f"最后一件{_say_day(plan.last_done)}前办结",
        en=f"first “{first.en}”, to be started by {plan.first.start.isoformat()}; "
        f"the last is done by {plan.last_done.isoformat()}",
    )
    licensed = assessment.compliance is not None
    before = Text(
        zh="" if licensed else "递交前", en="" if licensed else " before handing in"
    )
    beside = NOT_NEEDED[licensed]
    if not count:
        return Text(
            zh=f"有{others}件事可办，{beside.zh}：{days.zh}。",
            en=f"{format_count(others, 'task')} that {beside.en}: {days.en}.",
        )
    more = Text(zh="", en="")
    if others:
        more = Text(
            zh=f"；另有{others}件{beside.zh}", en=f"; {others} more that {beside.en}"
        )
    return Text(
        zh=f"{before.zh}要办{count}件事：{days.zh}{more.zh}。",
        en=f"{format_count(count, 'task')}{before.en}: {days.en}{more.en}.",
    )


def _say_day(day: date) -> str:
    """A day within a Chinese sentence."""
    return f"{day.year}年{day.month}月{day.day}日"
