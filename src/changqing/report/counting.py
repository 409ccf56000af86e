"""Counting and grouping what a report holds: one place for each count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final, Protocol

from changqing.judge.model import Aim, Finding
from changqing.judge.verdict import URGENCY, lacks_proof, stands_against
from changqing.law.kinds.criterion import Route, Weight
from changqing.law.kit import GradeGroup, Standing
from changqing.law.model import Verdict
from changqing.report import words
from changqing.report.model import (
    CaseReport,
    CautionView,
    ErrandView,
    FindingView,
    GapView,
    OpenPoint,
    Tally,
)
from changqing.report.outlook_model import SubjectView
from changqing.text import Text

NEAR_END: Final = timedelta(days=90)
"""What ends within it is said to end soon."""
CLAIMED_HOLDS: Final = (Verdict.MET, Verdict.UNPROVEN, Verdict.CONTRADICTED)
CLAIMED_FAILS: Final = (Verdict.UNDETERMINED, Verdict.UNMET)
_GAP_SORTS: Final = {
    "conflicting": "counting",
    "expired": "counting",
    "weak_grade": "counting",
    "older_than_claim": "counting",
    "not_enough_attempts": "counting",
    "no_record": "none",
    "list_open": "none",
}
_PLACES: Final = {verdict: place for place, verdict in enumerate(URGENCY)}


class Ordered(Protocol):
    """What stands in a list by its verdict."""

    @property
    def verdict(self) -> Verdict:
        """The verdict."""


class Point(Protocol):
    """What is said of one criterion and one subject."""

    @property
    def criterion(self) -> str:
        """The criterion."""

    @property
    def subject(self) -> SubjectView | None:
        """Whom it is about."""


def count_verdicts(findings: Iterable[Finding | FindingView]) -> Tally:
    """Count findings by verdict, and how many of those that apply hold.

    Used for whatever is counted anywhere: all, a dimension, a standing, a page.
    """
    counted = list(findings)
    verdicts = Counter(finding.effective_verdict for finding in counted)
    applying = [f for f in counted if f.effective_verdict is not Verdict.NOT_APPLICABLE]
    return Tally(
        **{verdict.value: verdicts[verdict] for verdict in URGENCY},
        claimed=sum(finding.claimed is True for finding in applying),
        proven=sum(finding.proven is True for finding in applying),
        total=len(applying),
        met_written=sum(f.rests_on is GradeGroup.WRITTEN for f in applying),
        met_said=sum(f.rests_on is GradeGroup.SAID for f in applying),
    )


def list_counts(tally: Tally) -> list[tuple[str, Text, int]]:
    """List the verdicts of what applies with their words and counts.

    What is met is told apart by what it rests on: proven, written down, or stated.
    """
    rests = {
        GradeGroup.PROVEN: tally.met - tally.met_written - tally.met_said,
        GradeGroup.WRITTEN: tally.met_written,
        GradeGroup.SAID: tally.met_said,
    }
    met = [
        (Verdict.MET.value, group.met.capitalised, number)
        for group, number in rests.items()
        if number or group is GradeGroup.PROVEN
    ]
    others = (v for v in (*CLAIMED_HOLDS, *CLAIMED_FAILS) if v is not Verdict.MET)
    return met + [
        (verdict.value, words.VERDICTS[verdict.value], tally.count(verdict))
        for verdict in others
    ]


def is_settled(finding: Finding | FindingView) -> bool:
    """Tell whether a person has nothing left to do about it."""
    return finding.effective_verdict in (Verdict.MET, Verdict.NOT_APPLICABLE)


def select_asked(findings: Iterable[FindingView]) -> tuple[FindingView, ...]:
    """Leave out those that licence, scope, region or stage rule out for everybody."""
    return tuple(finding for finding in findings if finding.asked)


def select_blocking(findings: Iterable[FindingView]) -> list[FindingView]:
    """Select what decides against the first sentence, contradictions first."""
    against = (f for f in findings if stands_against(f.verdict, required=f.required))
    return sorted(against, key=rank_urgency)


def count_awaiting(findings: Iterable[FindingView]) -> int:
    """Count what the first sentence rests on and still lacks proof."""
    return sum(lacks_proof(f.verdict, required=f.required) for f in findings)


def say_whose_measure(findings: Iterable[FindingView]) -> Text | None:
    """Say whose measure the key points are held to; the law gives none of its own.

    None where no key point is asked about.
    """
    key_points = [
        finding
        for finding in findings
        if finding.weight is Weight.CORE
        and finding.asked
        and finding.verdict is not Verdict.NOT_APPLICABLE
    ]
    if not key_points:
        return None
    practice = sum(point.standing is Standing.PRACTICE for point in key_points)
    return Text(
        f"法律只说“信誉或者能力”，没有给出衡量办法：两条路径的{len(key_points)}个关键点中，"
        f"{practice}个的尺度出自实务，不是法定。",
        "The law says standing or ability and gives no measure: of the "
        f"{len(key_points)} key points on both routes, the measure of {practice} is "
        "from practice and not from law.",
    )


def rank_finding(finding: FindingView) -> int:
    """Tell where a finding stands among all: what does not arise comes last."""
    return _PLACES[finding.effective_verdict]


def rank_urgency(finding: Ordered) -> int:
    """Tell where a finding stands in the order of every list."""
    return _PLACES[finding.verdict]


def select_unnamed_cautions(report: CaseReport) -> list[CautionView]:
    """Select the cautions that stand neither among what blocks nor among the doubts."""
    named_points = {
        identify_point(point)
        for points in (select_blocking(report.findings), report.long_term.doubts)
        for point in points
    }
    return [
        caution
        for caution in report.cautions
        if identify_point(caution) not in named_points
    ]


def identify_point(point: Point) -> tuple[str, str, str | None]:
    """Tell by which criterion and of whom a point is."""
    if point.subject is None:
        return point.criterion, "", None
    return point.criterion, point.subject.type, point.subject.id


def format_key(finding: FindingView) -> str:
    """Write the name by which a finding is addressed: its criterion, and of whom."""
    return join_key(finding.criterion, finding.subject.type, finding.subject.id)


def join_key(criterion: str, subject_type: str, subject: str | None) -> str:
    """Join the name of a finding; `subject` is None where nobody is on record."""
    if subject_type == "applicant" or not subject:
        return criterion
    return f"{criterion}@{subject_type}:{subject}"


def group_errands(report: CaseReport) -> list[tuple[Text, list[ErrandView]]]:
    """Group the errands that are needed by aim; those only advised come last."""
    licensed = report.compliance is not None
    needed = [errand for errand in report.errands if errand.required]
    advised = [errand for errand in report.errands if not errand.required]
    beside = words.NOT_NEEDED[licensed]
    groups = [
        (
            aim.text if licensed else _word_before_handing_in(aim),
            [errand for errand in needed if errand.aim is aim],
        )
        for aim in Aim
    ]
    groups.append((Text(f"{beside.zh}的", f"Tasks that {beside.en}"), advised))
    return [
        (title, sorted(errands, key=lambda errand: errand.start))
        for title, errands in groups
        if errands
    ]


def _word_before_handing_in(aim: Aim) -> Text:
    return Text(f"递交前{aim.text.zh}", f"Before handing in: {aim.text.en.lower()}")


def group_open_points(report: CaseReport) -> list[tuple[Text, Sequence[OpenPoint]]]:
    """Group the key points not shown under a title for each route, gravest first."""
    groups: list[tuple[Text, Sequence[OpenPoint]]] = []
    for route in Route:
        points = [point for point in report.long_term.open if point.route is route]
        if points:
            title = Text(
                f"凭{route.text.zh}，关键点还缺{len(points)}项",
                f"By {route.text.en}, key points still to be proven: {len(points)}",
            )
            groups.append((title, sorted(points, key=rank_urgency)))
    return groups


def group_gaps(gaps: Iterable[GapView]) -> dict[str, list[GapView]]:
    """Group gaps by their matter: not seen, seen but not counted, nothing yet."""
    sorts: dict[str, list[GapView]] = {"looking": [], "counting": [], "none": []}
    for gap in gaps:
        sorts[_GAP_SORTS.get(gap.reason, "looking")].append(gap)
    return sorts
