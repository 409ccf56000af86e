"""What comes next in a case: which day, who acts, and what happens when it passes.

Every day is reckoned by a procedure of the catalogue from days that were recorded.
Where no rule sets a day, or the day it counts from is not known, that is said instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from changqing.case.model import Case
from changqing.casework.annual_duty import (
    ReportState,
    find_duty,
    find_licensed_since,
    find_year_due,
)
from changqing.casework.events import CaseStage
from changqing.casework.personal import is_personal
from changqing.casework.state import CaseState, list_matters
from changqing.guide.procedure import DatedStep, Givens, date_steps
from changqing.law.kinds.procedure import Actor, Bound
from changqing.law.kit import Citation
from changqing.law.model import Catalogue
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDue:
    """One thing that comes. Without `day`, `unset` says why there is none.

    `procedure` and `step` are empty for a day the applicant set itself.
    """

    procedure: str
    step: str
    actor: Actor
    title: Text
    does: Text
    day: date | None
    bound: Bound | None
    provisional: bool
    passed: bool
    unset: Text | None
    runs_out: Text | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A case on a day. `dues` are in order of their days, those without one last.

    `next` is the first that has not passed, else the first of all; None only when the
    case has ended and no paper about a person waits for its day.
    """

    state: CaseState
    today: date
    dues: tuple[CaseDue, ...]
    notes: tuple[Text, ...]

    @property
    def next(self) -> CaseDue | None:
        """What is to be done, or waited for, first."""
        # A day from which somebody may act is nothing to meet, and never over: it is
        # next only where nothing else is left.
        last_days = [due for due in self.dues if due.bound is not Bound.EARLIEST]
        ahead = [due for due in last_days if not due.passed]
        return next(iter(ahead or last_days or self.dues), None)

    @property
    def over(self) -> tuple[CaseDue, ...]:
        """What is over its last day, or the day it was expected."""
        return tuple(due for due in self.dues if due.passed)


def compute_status(
    catalogue: Catalogue, case: Case, state: CaseState, today: date
) -> Status:
    """Reckon where a case stands on `today`, a Beijing day, and all dates ahead.

    `state` is what the recorded events come to. A day that no rule sets, or whose start
    is not on record, is among `dues` without a day and with the reason.
    """
    case_dues = list(_list_deletion_due(catalogue, case, today))
    if not state.ended:
        case_dues += _list_dues(catalogue, case, state, today)
    dated_first = sorted(
        case_dues, key=lambda due: (due.day is None, due.day or date.max)
    )
    return Status(
        state=state,
        today=today,
        dues=tuple(dated_first),
        notes=tuple(_list_notes(catalogue, state)),
    )


def _list_dues(
    catalogue: Catalogue, case: Case, state: CaseState, today: date
) -> Iterator[CaseDue]:
    reckoner = _Reckoner(catalogue, case, today)
    match state.stage:
        case CaseStage.PREPARE:
            yield _plan_own_due(case, today)
        case CaseStage.SUBMITTED if state.corrections:
            yield from reckoner.list_dues("correct", {}, only=("accept",))
        case CaseStage.CORRECTION:
            yield from reckoner.list_dues(
                "correct", _list_notice_days(state), only=("answer",)
            )
        case CaseStage.LICENSED:
            yield from _list_licensed_dues(reckoner, catalogue, case, state, today)
        case _:
            yield from reckoner.list_dues(state.matter, state.days)
    has_licence = state.licensed_on is not None or state.valid_until is not None
    if has_licence and state.stage is not CaseStage.LICENSED:
        # The licence runs on, whatever else is under way.
        for due in _list_licensed_dues(reckoner, catalogue, case, state, today):
            if due.procedure != state.matter or state.stage is CaseStage.CORRECTION:
                yield due
    if state.refused_on is not None:
        # Both times run from the day of learning of the refusal (reconsideration.yaml,
        # litigation.yaml). On record is the day of the refusal, which is no later: the
        # last day shown may come too early, never too late.
        learned = {"learned": state.refused_on}
        yield from reckoner.list_dues("reconsideration", learned, only=("ask",))
        yield from reckoner.list_dues("litigation", learned, only=("sue",))
        if state.stage is CaseStage.PREPARE:
            refused = {"refused": state.refused_on}
            yield from reckoner.list_dues("reapply", refused, only=("plain",))


def _list_licensed_dues(
    reckoner: _Reckoner, catalogue: Catalogue, case: Case, state: CaseState, today: date
) -> Iterator[CaseDue]:
    """Reckon the renewal, and the report that comes next.

    Who is stopping still owes the report on a year that is over, and plans no other.
    """
    days_known = {} if state.valid_until is None else {"valid_until": state.valid_until}
    for name in list_matters(catalogue, case, CaseStage.RENEWAL)[:1]:
        yield from reckoner.list_dues(name, days_known, only=("hand_in", "stop_if_not"))
    licensed, _ = find_licensed_since(case, state)
    year = find_year_due(catalogue, case, state, today)
    if not licensed or (state.stage is CaseStage.STOPPED and year >= today.year):
        return
    year_end = date(year, 12, 31)
    duty = find_duty(catalogue, case, state, today, year=year)
    for name in list_matters(catalogue, case, CaseStage.ANNUAL_REPORT)[:1]:
        for due in reckoner.list_dues(name, {"year_end": year_end}, only=("hand_in",)):
            if duty.state is ReportState.UNRECORDED:
                # To find out is for today: nobody knows that anything is overdue.
                yield replace(
                    due, title=_find_out(year), does=duty.text, day=today, passed=False
                )
            else:
                yield due


def _find_out(year: int) -> Text:
    """What to do about a report of which nothing is on record: it may be there."""
    return Text(
        f"查明{year}年度年报报没报",
        f"Find out whether the report on {year} was handed in",
    )


def _list_notice_days(state: CaseState) -> Mapping[str, date]:
    notice = state.notice
    if notice is None or notice.until is None:
        return {}
    return {"noticed": notice.on, "due": notice.until}


def _plan_own_due(case: Case, today: date) -> CaseDue:
    day = case.application.submit_on
    return CaseDue(
        procedure="",
        step="",
        actor=Actor.APPLICANT,
        title=Text("递交申请", "Hand in the application"),
        does=Text(
            "自己定的递交日。",
            "The day you set yourselves for handing in.",
        ),
        day=day,
        bound=Bound.EXPECTED,
        provisional=False,
        passed=day < today,
        unset=None,
        runs_out=Text(
            "自己定的日子，过了没有法律后果；材料会过期，请重新评估。",
            "Your own day: nothing in law follows, but papers run out; assess again.",
        ),
        citations=(),
    )


def _list_deletion_due(
    catalogue: Catalogue, case: Case, today: date
) -> Iterator[CaseDue]:
    """The day on which papers about persons go, while there are any."""
    day = case.delete_personal_on
    count = sum(is_personal(catalogue, paper.kind) for paper in case.papers)
    if day is None or not count:
        return
    yield CaseDue(
        procedure="",
        step="",
        actor=Actor.APPLICANT,
        title=Text("删除个人材料", "Delete the papers about persons"),
        does=Text(
            f"身份证件、劳动合同、参保证明等{count}份，到这一天删除。还要用的，先改日子。",
            f"{count} papers about persons, such as identity papers, go on this day. "
            "Set another day first if they are still needed.",
        ),
        day=day,
        bound=None,
        provisional=False,
        passed=day < today,
        unset=None,
        runs_out=Text(
            "网页上由程序按时删除；文件夹里的项目运行changqing case 项目 erase --due。",
            "On the pages the program deletes them in time; for a folder run "
            "changqing case CASE erase --due.",
        ),
        citations=(),
    )


class _Reckoner:
    def __init__(self, catalogue: Catalogue, case: Case, today: date) -> None:
        self._catalogue = catalogue
        self._case = case
        self._today = today

    def list_dues(
        self, name: str, days: Mapping[str, date], *, only: tuple[str, ...] = ()
    ) -> Iterator[CaseDue]:
        """List what is still to be done in a procedure; all steps, or `only` some.

        What others would have done before the last step taken is past asking for, and
        what is reckoned from a step that should have been taken and was not is no day
        to wait for. Of the steps without a day, the first is told when no other has
        one.
        """
        procedure = self._catalogue.procedures[name]
        application = self._case.application
        givens = Givens(
            licence=application.licence,
            scope=application.scope,
            region=application.region,
            as_of=self._today,
            days=days,
        )
        steps = date_steps(self._catalogue, procedure, givens)
        last_taken = max((n for n, step in enumerate(steps) if step.taken), default=-1)
        steps_left = [
            step
            for place, step in enumerate(steps)
            if not step.taken
            and (not only or step.step.id in only)
            and (place > last_taken or step.step.actor is Actor.APPLICANT)
        ]
        later = self._select_computed_steps(steps_left)
        if not later:
            ordered = sorted(
                steps_left, key=lambda step: steps.index(step) < last_taken
            )
            later = [step for step in ordered if step.reckonings][:1] or ordered[:1]
        for step in later:
            yield self._make_due(name, step, days)

    def _select_computed_steps(self, steps: Sequence[DatedStep]) -> list[DatedStep]:
        """Select the steps with a day, less those that hang on one that was missed."""
        missed: set[str] = set()
        computed: list[DatedStep] = []
        for step in steps:
            if step.follows in missed:
                missed.add(step.step.id)
            elif step.day is not None:
                computed.append(step)
                if self._is_over(step):
                    missed.add(step.step.id)
        return computed

    def _is_over(self, step: DatedStep) -> bool:
        earliest = step.bound is Bound.EARLIEST
        return not earliest and step.day is not None and step.day < self._today

    def _make_due(
        self, name: str, step: DatedStep, days: Mapping[str, date]
    ) -> CaseDue:
        return CaseDue(
            procedure=name,
            step=step.step.id,
            actor=step.step.actor,
            title=step.step.title,
            does=step.does,
            day=step.day,
            bound=step.bound,
            provisional=step.provisional,
            passed=self._is_over(step),
            unset=None if step.day else self._explain_unset(name, step, days),
            runs_out=step.runs_out,
            citations=step.citations,
        )

    def _explain_unset(
        self, name: str, step: DatedStep, days: Mapping[str, date]
    ) -> Text:
        if not step.reckonings:
            return NO_RULE
        starts = self._catalogue.procedures[name].starts
        start = step.reckonings[0].clock.start
        text = starts.get(start)
        if text is None or start in days:
            return NO_NUMBER
        return Text(
            zh=f"不知道{text.zh}，补记后才能推算",
            en=f"{text.en} is not known; record it and the day can be worked out",
        )


def _list_notes(catalogue: Catalogue, state: CaseState) -> Iterator[Text]:
    if state.ended:
        yield Text("办理已经结束。", "The case has ended.")
    if state.corrections and state.stage is CaseStage.EXAMINATION:
        yield Text(
            f"补正过{state.corrections}次。审查期限从哪天重新起算，没有读到规定；"
            "这里按最后一次交回之日推算。",
            f"Corrected {state.corrections} times. From which day the examination then "
            "counts was not read in any rule; the last handing in is taken.",
        )
    if state.lines and state.stage is CaseStage.CORRECTION:
        count = len(state.open_lines)
        yield Text(
            f"补正共{len(state.lines)}条，还有{count}条没有办结。",
            f"{len(state.lines)} lines to correct, {count} of them open.",
        )
    if state.refused_on is not None:
        yield Text(f"{state.refused_on}被拒。", f"Refused on {state.refused_on}.")
    if state.stage in _RUNNING:
        title = catalogue.procedures[state.matter].title
        stage = state.stage.text
        yield Text(f"{stage.zh}：{title.zh}。", f"{stage.en}: {title.en}.")


_RUNNING: Final = frozenset(
    {CaseStage.ANNUAL_REPORT, CaseStage.AMENDMENT, CaseStage.RENEWAL, CaseStage.STOPPED}
)
NO_RULE: Final = Text("没有规定期限", "no rule sets a time")
NO_NUMBER: Final = Text(
    "没有规则定出日子，须向受理机关确认",
    "no rule sets the day; to be confirmed with the authority",
)
