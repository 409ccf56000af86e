"""审查一页: the points on which a case stands or falls, for a reviewer to go through.

Nothing is judged here: the points are those of the report, each with what is said of it
and by whom, the words of the papers, and where in which paper they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from changqing.case.comparison import UNREAD
from changqing.case.model import Case, Paper
from changqing.casework.personal import is_personal
from changqing.evidence.model import Record
from changqing.judge.model import Assessment
from changqing.law.kinds.criterion import Weight
from changqing.law.model import Verdict
from changqing.papers.places import Place, find_place
from changqing.report.counting import (
    format_key,
    identify_point,
    rank_urgency,
    select_asked,
    select_blocking,
    select_unnamed_cautions,
)
from changqing.report.model import CaseReport, FindingView
from changqing.report.one_page import SourcedValue, trim_sentence
from changqing.report.one_page_values import SourcedValues, say_with_reason
from changqing.report.sources import find_number
from changqing.text import Text, WordedEnum

_LONGEST_QUOTE: Final = 120
_UNNAMED: Final = Text("", "")


class PointGroup(WordedEnum):
    """Why a point stands on the sheet."""

    DOUBT = "doubt", Text("疑点", "doubts")
    AGAINST = "against", Text("没有满足的要求", "requirements not satisfied")
    RETURNED = "returned", Text("常因此被退回", "what cases come back with")
    OPEN = "open", Text("还没有证据的关键点", "key points not shown yet")
    SHOWN = "shown", Text("有证据的关键点", "key points that are shown")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointSource:
    """What one source says of a point.

    `paper` is the paper that says it, `label` its kind, and `place` where it stands on
    a page of it; None where it is no paper, or has no pages that were read.
    """

    value: SourcedValue
    paper: Paper | None = None
    label: Text = _UNNAMED
    place: Place | None = None
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPoint:
    """One point: why it is there, what is concluded of it, and what that rests on."""

    key: str
    group: PointGroup
    finding: FindingView
    whom: Text | None
    text: Text
    sources: tuple[PointSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """The points of a case in the order in which to go through them."""

    points: tuple[ReviewPoint, ...]

    def find(self, key: str) -> ReviewPoint | None:
        """Find the point of this key; None where there is none."""
        return next((point for point in self.points if point.key == key), None)

    def find_source(self, number: str) -> PointSource | None:
        """Find the source that is cited by a number; None where none is."""
        return next(
            (
                source
                for point in self.points
                for source in point.sources
                if source.value.evidence == number
            ),
            None,
        )

    def group_points(self) -> list[tuple[PointGroup, list[ReviewPoint]]]:
        """Group the points under what each of them is there for."""
        groups = [
            (group, [point for point in self.points if point.group is group])
            for group in PointGroup
        ]
        return [(group, points) for group, points in groups if points]


def build_review_sheet(
    case: Case, assessment: Assessment, report: CaseReport
) -> ReviewSheet:
    """Build the sheet of a case that was assessed."""
    return _SheetBuilder(case, assessment, report).build()


class _SheetBuilder:
    def __init__(self, case: Case, assessment: Assessment, report: CaseReport) -> None:
        self._case = case
        self._report = report
        self._values = SourcedValues(report)
        self._findings = {identify_point(f): f for f in select_asked(report.findings)}
        self._papers = {paper.id: paper for paper in case.papers}
        self._records: Mapping[str, Record] = {
            number: record
            for record in _list_records(assessment)
            if (number := find_number(record)) is not None
        }

    def build(self) -> ReviewSheet:
        points: dict[str, ReviewPoint] = {}
        for group, finding, text in self._list_points():
            key = format_key(finding)
            if key in points:  # it stands where it was named first
                continue
            points[key] = ReviewPoint(
                key=key,
                group=group,
                finding=finding,
                whom=self._values.name_subject(finding.subject),
                text=text,
                sources=tuple(map(self._find_source, self._list_values(finding))),
            )
        return ReviewSheet(points=tuple(points.values()))

    def _list_points(self) -> Iterator[tuple[PointGroup, FindingView, Text]]:
        for doubt in self._report.long_term.doubts:
            if (finding := self._findings.get(identify_point(doubt))) is not None:
                yield PointGroup.DOUBT, finding, doubt.text
        for finding in select_blocking(tuple(self._findings.values())):
            yield PointGroup.AGAINST, finding, say_with_reason(finding)
        for caution in select_unnamed_cautions(self._report):
            if (finding := self._findings.get(identify_point(caution))) is not None:
                yield PointGroup.RETURNED, finding, caution.says
        key_points = [
            finding
            for finding in self._findings.values()
            if finding.weight is Weight.CORE
            and finding.verdict is not Verdict.NOT_APPLICABLE
        ]
        for finding in sorted(key_points, key=rank_urgency):
            met = finding.verdict is Verdict.MET
            group = PointGroup.SHOWN if met else PointGroup.OPEN
            yield group, finding, say_with_reason(finding)

    def _list_values(self, finding: FindingView) -> list[SourcedValue]:
        return [self._quote_words(value) for value in self._values.list_values(finding)]

    def _quote_words(self, value: SourcedValue) -> SourcedValue:
        """Give the words of the paper where they were read and not given yet."""
        record = self._records.get(value.evidence or "")
        if value.quote is not None or record is None:
            return value
        compared = self._case.compared.get(record.source.name, {})
        words = compared.get((record.subject, record.fact), UNREAD).words
        if words is None or words in value.source.zh:
            return value
        return replace(
            value, quote=trim_sentence(" ".join(words.split()), _LONGEST_QUOTE)
        )

    def _find_source(self, value: SourcedValue) -> PointSource:
        record = self._records.get(value.evidence or "")
        paper = None if record is None else self._papers.get(record.source.name)
        if record is None or paper is None:
            return PointSource(value=value)
        compared = self._case.compared.get(paper.id, {})
        place = find_place(paper, compared.get((record.subject, record.fact), UNREAD))
        same = record.digest == paper.file.digest
        return PointSource(
            value=value,
            paper=paper,
            label=self._case.catalogue.materials[paper.kind].label,
            place=place if same else None,
            personal=is_personal(self._case.catalogue, paper.kind),
        )


def _list_records(assessment: Assessment) -> Iterator[Record]:
    """Every record that a finding or a conflict may cite."""
    for finding in assessment.findings:
        yield from finding.evidence
    for conflict in assessment.situation.conflicts:
        yield from (conflict.one, conflict.other)
