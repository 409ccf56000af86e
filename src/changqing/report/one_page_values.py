"""What is said of a point of the one page and by whom: the applicant, then papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from changqing.evidence.model import SourceKind
from changqing.law.kit import Grade, find_grade
from changqing.report.model import CaseReport, EvidenceView, FindingView, SideView
from changqing.report.one_page import SourcedValue, clip_sentence, trim_sentence
from changqing.report.outlook_model import SubjectView
from changqing.text import Text, both

_STATEMENTS: Final = 3
_LONGEST_QUOTE: Final = 55


class SourcedValues:
    """The values that a report holds of its findings, each with its source."""

    def __init__(self, report: CaseReport) -> None:
        self._report = report
        self._evidence = {row.number: row for row in report.evidence if row.number}

    def name_subject(self, subject: SubjectView | None) -> Text | None:
        """Name a subject where it is not plain who is meant."""
        if subject is None or subject.id is None:
            return None
        if subject.type == "service" and len(self._report.case.services) == 1:
            return None
        return subject.name

    def _name_value(
        self, label: Text, subject: SubjectView | None, value: Text
    ) -> Text:
        """A value with what it is of: 孟行舟，专职：否."""
        text = _join_value(label, value)
        whom = self.name_subject(subject)
        if subject is None or subject.type == "paper" or whom is None:
            return text
        return Text(f"{whom.zh}，{text.zh}", f"{whom.en}, {text.en}")

    def list_people(self, finding: FindingView) -> Iterator[Text]:
        """Name the people that a finding is about, or whose facts decided it."""
        subjects = [finding.subject, *(r.subject for r in self._list_rows(finding))]
        for subject in subjects:
            if subject is None or subject.type != "person":
                continue
            if subject.name is not None:
                yield subject.name

    def list_values(self, finding: FindingView) -> Sequence[SourcedValue]:
        """List what is said of a finding and by whom: the applicant first, then papers.

        Of each comparison that decided, all that is on record of the same fact of the
        same subject; and of sources at odds, each of them.
        """
        sourced_values: dict[tuple[Text, Text], SourcedValue] = {}
        for row in self._list_rows(finding):
            text = self._name_value(row.label, row.subject, row.value)
            grade = find_grade(row.grade)
            value = SourcedValue(
                claimed=grade is Grade.DECLARED,
                text=clip_sentence(text),
                source=_name_source(row.source),
                quote=_quote_words(row.quote, row.source),
                evidence=row.number,
            )
            sourced_values.setdefault((value.text, value.source), value)
        for conflict in self._report.conflicts:
            if finding.criterion not in conflict.criteria or not _is_about(
                conflict.subject, finding.subject
            ):
                continue
            for conflicting in (conflict.one, conflict.other):
                text = self._name_value(
                    conflict.label, conflict.subject, conflicting.value
                )
                value = SourcedValue(
                    claimed=find_grade(conflicting.grade) is Grade.DECLARED,
                    text=clip_sentence(text),
                    source=_name_source(conflicting.source),
                    quote=None,
                    evidence=conflicting.evidence,
                )
                sourced_values.setdefault((value.text, value.source), value)
        if not sourced_values:
            for value in _list_unlogged(finding):
                sourced_values.setdefault((value.text, value.source), value)
        ordered = sorted(sourced_values.values(), key=lambda value: not value.claimed)
        return ordered[:_STATEMENTS]

    def _list_rows(self, finding: FindingView) -> Iterator[EvidenceView]:
        """The records of what failed; where nothing did, of what decided."""
        deciding = [
            (term, side)
            for term in finding.terms
            for side in (term.proven, term.claimed)
            if side.decides
        ]
        failing = [pair for pair in deciding if pair[1].holds is not True]
        decided = [
            row
            for _, side in failing or deciding
            if (row := self._evidence.get(side.evidence or ""))
        ]
        about = {(row.label, row.subject) for row in decided}
        yield from decided
        for number in finding.evidence:
            row = self._evidence.get(number)
            if row is not None and (row.label, row.subject) in about:
                yield row


def say_with_reason(finding: FindingView) -> Text:
    """Say what is asked, and which comparison fails where one does."""
    title, reason = finding.title, finding.reason
    if reason is None:
        return title
    return Text(f"{title.zh}（{reason.zh}）", f"{title.en} ({reason.en})")


def _join_value(label: Text, value: Text) -> Text:
    label = Text(label.zh.replace("：", ""), label.en.replace(": ", " "))
    return Text(f"{label.zh}：{value.zh}", f"{label.en}: {value.en}")


def _name_source(source: Text) -> Text:
    """A source without the word that a title in its marks says already."""
    kind = SourceKind.PAPER.text
    return clip_sentence(
        Text(
            source.zh.removeprefix(f"{kind.zh}："),
            source.en.removeprefix(f"{kind.en}: "),
        )
    )


def _quote_words(quote: str | None, source: Text) -> str | None:
    """The words of a paper, unless they are only its title."""
    if quote is None or quote in source.zh:
        return None
    return trim_sentence(" ".join(quote.split()), _LONGEST_QUOTE)


def _is_about(subject_view: SubjectView | None, whom: SubjectView) -> bool:
    """Whether a conflict is about whom a finding is about; the applicant has all."""
    return (
        subject_view is None or whom.type == "applicant" or subject_view.id == whom.id
    )


def _list_unlogged(finding: FindingView) -> Iterator[SourcedValue]:
    """Both answers of what decided, where nothing has been logged yet."""
    for term in finding.terms:
        for side in (term.claimed, term.proven):
            if side.decides and side.source is not None:
                yield _build_side_value(term.label, side)


def _build_side_value(label: Text, side: SideView) -> SourcedValue:
    return SourcedValue(
        claimed=side.grade == Grade.DECLARED.code,
        text=clip_sentence(_join_value(label, side.value)),
        source=_name_source(side.source or both("")),
        quote=None,
        evidence=side.evidence,
    )
