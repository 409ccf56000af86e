"""Building the one page of a report. Nothing is judged here or counted otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from changqing.judge.model import LongTermState, Readiness
from changqing.law.kinds.criterion import Route, Weight
from changqing.law.kit import GradeGroup
from changqing.law.model import Verdict
from changqing.report import words
from changqing.report.counting import (
    group_gaps,
    identify_point,
    rank_urgency,
    say_whose_measure,
    select_asked,
    select_blocking,
    select_unnamed_cautions,
)
from changqing.report.four_questions import answer_questions
from changqing.report.model import CaseReport, ErrandView, FindingView
from changqing.report.one_page import (
    AnswerLine,
    NextStep,
    OnePage,
    RouteLeft,
    ShownPoint,
    clip_sentence,
    limit_list,
)
from changqing.report.one_page_values import SourcedValues, say_with_reason
from changqing.text import Text, both

_DOUBTS: Final = 5
_POINTS: Final = 4
_STEPS: Final = 3
_UNSEEN: Final = 3
_PEOPLE: Final = 3


def build_one_page(report: CaseReport) -> OnePage:
    """Build the one page of a report, for every face of it."""
    return _OnePageBuilder(report).build()


class _OnePageBuilder:
    def __init__(self, report: CaseReport) -> None:
        self._report = report
        self._findings = select_asked(report.findings)
        self._values = SourcedValues(report)
        self._doubts = {
            identify_point(point): point for point in report.long_term.doubts
        }
        self._by_id = {identify_point(finding): finding for finding in self._findings}

    def build(self) -> OnePage:
        report, case = self._report, self._report.case
        first = report.first_sentence
        after = first.kind == "compliance"
        return OnePage(
            name=case.name,
            licence=Text(
                f"{case.licence.id}{case.licence.label.zh}",
                f"{case.licence.id} {case.licence.label.en}",
            ),
            scope=self._say_scope(),
            stage=words.STAGES.get(case.stage, both(case.stage)),
            as_of=report.as_of,
            submit_on=case.submit_on,
            after_licence=after,
            first=AnswerLine(
                title=first.title, state=_find_state(report), text=say_first(report)
            ),
            long_term=AnswerLine(
                title=words.HEADINGS["long_term"],
                state=report.long_term.state,
                text=report.headline.long_term,
            ),
            notes=tuple(self._list_notes()),
            blocking_title=first.failing,
            blocking=limit_list(map(self._build_point, self._list_blocking()), _POINTS),
            blocking_in_doubt=len(select_blocking(self._findings))
            - len(self._list_blocking()),
            doubts=limit_list(map(self._build_doubt, self._doubts), _DOUBTS),
            questions=answer_questions(report),
            funds=self._say_funds(),
            routes=tuple(self._list_routes()),
            returned=limit_list(self._list_cautions(), _POINTS),
            proof_ends=report.outlook.endurance.committed_until,
            proof_text=report.headline.endurance,
            steps=limit_list(map(self._build_step, self._list_errands()), _STEPS),
            steps_text=self._say_ready_on(),
            promised=limit_list(self._list_promised(), _POINTS),
            unseen=limit_list(self._list_unseen(), _UNSEEN),
            readers=None if report.readers is None else report.readers.text,
            foot=Text(
                f"按{report.catalogue.edition}版条件复算；只核对材料所载，不鉴定真伪；"
                "不代表机关意见。",
                f"Recomputed by the conditions of edition {report.catalogue.edition}; "
                "only what papers say is checked, not whether they are genuine; no "
                "authority’s opinion.",
            ),
        )

    # ── the head ─────────────────────────────────────────────────────────────────────

    def _say_scope(self) -> Text:
        case = self._report.case
        scope = words.SCOPES.get(case.scope or "", both("–"))
        if case.region is None:
            return scope
        region = case.region.label
        return Text(f"{scope.zh}（{region.zh}）", f"{scope.en} ({region.en})")

    def _list_notes(self) -> Iterator[Text]:
        """What both sentences rest on, and whose measure the key points are held to."""
        long_term, rests = self._report.long_term, self._report.rests_on
        if self._report.first_sentence.state == Readiness.READY and rests is not None:
            yield words.say_rests_on(rests, words.REQUIREMENTS)
        is_shown = long_term.state is LongTermState.SHOWN
        if long_term.rests_on is not None and long_term.asked and not is_shown:
            yield words.say_rests_on(long_term.rests_on, words.KEY_POINTS)
        measure = say_whose_measure(self._findings)
        if measure is not None:
            yield measure

    # ── points ───────────────────────────────────────────────────────────────────────

    def _list_blocking(self) -> Sequence[FindingView]:
        """What decides against the first sentence and is not among the doubts."""
        against = select_blocking(self._findings)
        return [
            finding
            for finding in against
            if identify_point(finding) not in self._doubts
        ]

    def _build_point(self, finding: FindingView) -> ShownPoint:
        return ShownPoint(
            criterion=finding.criterion,
            subject=finding.subject,
            whom=self._values.name_subject(finding.subject),
            verdict=finding.verdict,
            text=clip_sentence(say_with_reason(finding)),
            says=tuple(self._values.list_values(finding)),
        )

    def _build_doubt(self, key: tuple[str, str, str | None]) -> ShownPoint:
        doubt, finding = self._doubts[key], self._by_id.get(key)
        return ShownPoint(
            criterion=doubt.criterion,
            subject=doubt.subject,
            whom=self._values.name_subject(doubt.subject),
            verdict=doubt.verdict,
            text=clip_sentence(doubt.text),
            says=() if finding is None else tuple(self._values.list_values(finding)),
        )

    def _list_cautions(self) -> Iterator[ShownPoint]:
        for caution in select_unnamed_cautions(self._report):
            yield ShownPoint(
                criterion=caution.criterion,
                subject=caution.subject,
                whom=None,  # its sentence names whom
                verdict=caution.verdict,
                text=clip_sentence(caution.says),
            )

    def _say_funds(self) -> Text:
        texts = self._report.outlook.runway.words
        if not texts:
            return Text("资金够用多久：未知", "How long the funds last: unknown")
        return clip_sentence(texts[0])

    # ── routes, steps, promises ──────────────────────────────────────────────────────

    def _list_routes(self) -> Iterator[RouteLeft]:
        for route in (Route.ABILITY, Route.STANDING):
            cores = [
                finding
                for finding in self._findings
                if finding.weight is Weight.CORE
                and finding.route is route
                and finding.verdict is not Verdict.NOT_APPLICABLE
            ]
            if not cores:
                continue
            open_points = sorted(
                (f for f in cores if f.verdict != Verdict.MET), key=rank_urgency
            )
            yield RouteLeft(
                route=route,
                text=_say_route(route, open_points=len(open_points), of=len(cores)),
                key_points=len(cores),
                left=limit_list(map(self._name_point, open_points), _POINTS),
            )

    def _name_point(self, finding: FindingView) -> ShownPoint:
        return ShownPoint(
            criterion=finding.criterion,
            subject=finding.subject,
            whom=self._values.name_subject(finding.subject),
            verdict=finding.verdict,
            text=clip_sentence(finding.title),
        )

    def _list_errands(self) -> Sequence[ErrandView]:
        """What handing in waits for, earliest first; then what is only advised.

        Nothing is advised to a company out of a register: nobody there applies.
        """
        if self._report.is_extract:
            return ()
        return sorted(
            self._report.errands, key=lambda errand: (not errand.required, errand.start)
        )

    def _build_step(self, errand: ErrandView) -> NextStep:
        text, whom = errand.title, self._name_people(errand)
        step = errand.steps[0] if errand.steps else None
        if whom is not None and (step is None or whom.zh not in step.zh):
            text = Text(f"{text.zh}（{whom.zh}）", f"{text.en} ({whom.en})")
        if step is not None:
            text = Text(f"{text.zh}：{step.zh}", f"{text.en}: {step.en}")
        return NextStep(
            errand=errand.errand,
            start=errand.start,
            done_by=errand.done_by,
            who=errand.who,
            whom=whom,
            text=clip_sentence(text),
            late=errand.late,
            required=errand.required,
        )

    def _name_people(self, errand: ErrandView) -> Text | None:
        """Name the people that an errand is about, as far as they are few."""
        names = dict.fromkeys(
            name
            for finding in self._findings
            if finding.criterion in errand.criteria and finding.verdict != Verdict.MET
            for name in self._values.list_people(finding)
        )
        if not 0 < len(names) <= _PEOPLE:
            return None
        return Text(
            "、".join(name.zh for name in names), ", ".join(name.en for name in names)
        )

    def _say_ready_on(self) -> Text:
        """When it is ready, without what the first sentence says already."""
        report = self._report
        if report.is_extract:
            return both("")
        when, handing_in = report.ready_on_text, report.handing_in
        if handing_in is None or handing_in.ready:
            return when
        return Text(
            when.zh.removeprefix(handing_in.says.zh).strip(),
            when.en.removeprefix(handing_in.says.en).strip(),
        )

    def _list_promised(self) -> Sequence[Text]:
        """What rests on the company's own papers alone, its promises first."""
        on_own_papers = [
            finding
            for finding in self._findings
            if finding.verdict is Verdict.MET
            and finding.rests_on is GradeGroup.WRITTEN
            and (finding.weight is Weight.CORE or finding.required)
        ]
        on_own_papers.sort(key=lambda finding: finding.weight is not Weight.CORE)
        titles = dict.fromkeys(finding.title for finding in on_own_papers)
        return [*self._report.promises, *titles]

    def _list_unseen(self) -> Iterator[Text]:
        """What could not be looked at, with the reason, and what nobody has yet."""
        for gap in group_gaps(self._report.gaps).get("looking", ()):
            label, why = gap.label, gap.text
            whom = None if gap.subject is None else gap.subject.name
            whose = Text("", "") if whom is None else whom
            zh = f"{whose.zh}{'，' if whose.zh else ''}{label.zh}"
            en = f"{whose.en}{', ' if whose.en else ''}{label.en}"
            reason = why if why.zh else both(gap.reason)
            yield clip_sentence(Text(f"{zh}（{reason.zh}）", f"{en} ({reason.en})"))
        for cadence in self._report.outlook.cadence:
            name = None if cadence.service is None else cadence.service.name
            if name is not None and not cadence.observed_days:
                yield Text(f"{name.zh}，还没有看过", f"{name.en}, not looked at yet")


def _find_state(report: CaseReport) -> str:
    """Find the mark of the first sentence: none is ready while papers are unwritten."""
    first, left = report.first_sentence, report.handing_in
    if first.state == Readiness.READY and left is not None and not left.ready:
        return Readiness.OPEN.value
    return first.state


def say_first(report: CaseReport) -> Text:
    """Say the first sentence as an answer: whether it can be handed in.

    After the licence it is the sentence on the duties. What is left of the documents is
    said by the one function that knows.
    """
    first = report.first_sentence
    if first.kind == "compliance" or first.state != Readiness.READY:
        return first.says
    handing_in = report.handing_in
    if handing_in is not None and not handing_in.ready:
        return handing_in.says
    if report.long_term.state is LongTermState.SHOWN or not report.long_term.asked:
        return Text("可以递交", "It can be handed in")
    return Text("形式上可以递交", "In form it can be handed in")


def _say_route(route: Route, *, open_points: int, of: int) -> Text:
    """Whether a route is shown, or how much it lacks."""
    by = route.text
    if not open_points:
        return Text(f"靠{by.zh}：走得通", f"By {by.en}: shown")
    return Text(
        f"靠{by.zh}：还差{open_points}项",
        f"By {by.en}: {open_points} of {of} still open",
    )
