"""The four questions of the one page, each with what its answer rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from changqing.judge.explain import COUNTS
from changqing.law.kinds.criterion import Weight
from changqing.law.kit import Dimension, Grade, find_grade
from changqing.law.model import Verdict
from changqing.law.subjects import SUBJECTS
from changqing.report import words
from changqing.report.answers import say_answers
from changqing.report.counting import NEAR_END, identify_point, select_asked
from changqing.report.model import CaseReport, FindingView
from changqing.report.one_page import (
    AnsweredQuestion,
    FourQuestions,
    QuestionAnswer,
    clip_sentence,
    limit_list,
)
from changqing.report.outlook_model import SupportView
from changqing.text import Language, Text, both

_PARTS: Final = 3
_ASKED_IN: Final[Mapping[FourQuestions, frozenset[Dimension]]] = {
    FourQuestions.SERVERS: frozenset({Dimension.INFRASTRUCTURE}),
    FourQuestions.CONTENT: frozenset({Dimension.CONTENT}),
    FourQuestions.MAINTAINERS: frozenset({Dimension.TEAM, Dimension.MAINTENANCE}),
    FourQuestions.USERS: frozenset({Dimension.USER_SERVICE}),
}
_SUPPORTS: Final[Mapping[FourQuestions, frozenset[str]]] = {
    FourQuestions.SERVERS: frozenset({"domain", "hosting"}),
}


def answer_questions(report: CaseReport) -> tuple[AnsweredQuestion, ...]:
    """Answer the four questions by the key points of their dimensions."""
    answerer = _Answerer(report)
    return tuple(map(answerer.answer, FourQuestions))


class _Answerer:
    def __init__(self, report: CaseReport) -> None:
        self._report = report
        self._as_of = report.as_of
        self._findings = select_asked(report.findings)
        self._evidence = {row.number: row for row in report.evidence if row.number}
        self._doubts = {
            identify_point(point): point for point in report.long_term.doubts
        }

    def answer(self, question: FourQuestions) -> AnsweredQuestion:
        """Answer one question by its findings, with the gravest ground first."""
        findings = self._list_asked(question)
        failing = [
            finding
            for finding in findings
            if finding.verdict in (Verdict.UNMET, Verdict.CONTRADICTED)
        ]
        lacking = [f for f in findings if f not in failing and f.verdict != Verdict.MET]
        met = [f for f in findings if f.verdict is Verdict.MET]
        if failing:
            answer = QuestionAnswer.NO
        elif (
            any(map(self._has_ended, self._list_supports(question)))
            or lacking
            or not met
        ):
            answer = QuestionAnswer.UNKNOWN
        elif self._ends_soon(question):
            answer = QuestionAnswer.ENDING
        else:
            answer = QuestionAnswer.YES
        holds = [self._say_met(finding) for finding in _sort_strongest_first(met)]
        basis = [
            *(self._say_failing(finding) for finding in failing),
            *self._say_supports(question, ended=True),
            *_say_lacking(lacking),
            *self._say_supports(question, ended=False),
            *self._say_cadence(question, is_known=True),
            *holds[:1],
            *self._say_cadence(question, is_known=False),
            *holds[1:],
        ]
        if not basis:
            basis = [Text("这一步没有问到", "not asked about at this step")]
        return AnsweredQuestion(
            question=question,
            title=question.text.capitalised,
            answer=answer,
            basis=limit_list(map(clip_sentence, dict.fromkeys(basis)), _PARTS),
            until=self._find_until(question, met),
        )

    def _list_asked(self, question: FourQuestions) -> list[FindingView]:
        """The key points of a question, its doubts, and what no route survives.

        Where a stage asks about no key point, what it requires.
        """
        findings = [
            finding
            for finding in self._findings
            if finding.dimension in _ASKED_IN[question]
            and finding.verdict is not Verdict.NOT_APPLICABLE
        ]
        key_points = [
            finding
            for finding in findings
            if finding.weight is Weight.CORE or self._fails(finding)
        ]
        return key_points or [finding for finding in findings if finding.required]

    def _fails(self, finding: FindingView) -> bool:
        """Whether a question fails by it: a key point, a veto, what staff must be."""
        certain = finding.verdict in (Verdict.UNMET, Verdict.CONTRADICTED)
        about_staff = finding.required and finding.dimension is Dimension.TEAM
        counts = finding.weight is Weight.CORE or finding.veto or about_staff
        return certain and counts

    def _say_failing(self, finding: FindingView) -> Text:
        doubt, title = self._doubts.get(identify_point(finding)), finding.title
        if doubt is not None and title.zh not in doubt.text.zh:
            return doubt.text
        return Text(f"没有做到：{title.zh}", f"not so: {title.en}")

    def _say_met(self, finding: FindingView) -> Text:
        """A key point that holds, with what proves it."""
        title, value = finding.title, _say_counted(finding)
        answers = say_answers(finding, Language.ZH)
        parts = [value] if value is not None else []
        if answers.grade:
            grade = find_grade(answers.grade)
            row = self._evidence.get(answers.evidence)
            day = ""
            if row is not None and grade in (Grade.OBSERVED, Grade.ATTESTED):
                day = row.observed_at.isoformat()
            parts.append(grade.text)
            parts += [both(day)] if day else []
        if not parts:
            return title
        return Text(
            f"{title.zh}（{'，'.join(part.zh for part in parts)}）",
            f"{title.en} ({', '.join(part.en for part in parts)})",
        )

    def _say_supports(self, question: FourQuestions, *, ended: bool) -> Iterator[Text]:
        """Until when domain and servers are there, or were."""
        for support in self._list_supports(question):
            if self._has_ended(support) is ended:
                yield _say_support(support, ended=ended)

    def _list_supports(self, question: FourQuestions) -> Iterator[SupportView]:
        for support in self._report.outlook.endurance.commitments:
            if support.id in _SUPPORTS.get(question, ()):
                yield support

    def _has_ended(self, support: SupportView) -> bool:
        return support.proven_until is not None and support.proven_until < self._as_of

    def _ends_soon(self, question: FourQuestions) -> bool:
        """Whether what it rests on has to be renewed soon, or all of it stops."""
        last_near = self._as_of + NEAR_END
        return any(
            support.proven_until is not None
            and support.proven_until <= last_near
            and not support.renews
            for support in self._list_supports(question)
        )

    def _say_cadence(
        self, question: FourQuestions, *, is_known: bool
    ) -> Iterator[Text]:
        """How steadily it is published, or why that is unknown."""
        if question is not FourQuestions.CONTENT:
            return
        title = words.HEADINGS["cadence"]
        for cadence in self._report.outlook.cadence:
            if cadence.words and (cadence.unknown is None) is is_known:
                text = cadence.words[0]
                yield Text(
                    f"{title.zh}：{text.zh.rstrip('。')}",
                    f"{title.en}: {text.en.rstrip('.')}",
                )

    def _find_until(
        self, question: FourQuestions, met: Iterable[FindingView]
    ) -> date | None:
        """The day on which the first proof of an answer ends; None: none is known."""
        supports = list(self._list_supports(question))
        if supports:
            known_days = [day for s in supports if (day := s.proven_until) is not None]
        else:
            rows = (
                self._evidence.get(term.proven.evidence or "")
                for finding in met
                for term in finding.terms
                if term.proven.decides
            )
            known_days = [
                row.valid_until
                for row in rows
                if row is not None and row.valid_until is not None
            ]
        return min(known_days, default=None)


def _say_lacking(lacking: Sequence[FindingView]) -> Iterator[Text]:
    """Name what has no evidence; that it has none is said before the first alone."""
    for number, finding in enumerate(lacking):
        named = Text(f"“{finding.title.zh}”", f"“{finding.title.en}”")
        if number:
            yield named
        else:
            yield Text(f"还缺证据：{named.zh}", f"without evidence: {named.en}")


def _say_counted(finding: FindingView) -> Text | None:
    """Of a count of people who was counted, which says more than that it holds."""
    people = SUBJECTS["person"].text
    if not any(
        term.op == COUNTS and term.label == people and term.proven.decides
        for term in finding.terms
    ):
        return None
    zh, en = (say_answers(finding, language).proven for language in Language)
    return Text(zh, en) if zh and en else None


def _sort_strongest_first(findings: Iterable[FindingView]) -> Sequence[FindingView]:
    """Order findings by the proof that is named beside them."""
    return sorted(findings, key=_rank_proof, reverse=True)


def _rank_proof(finding: FindingView) -> int:
    grade = say_answers(finding, Language.ZH).grade
    return find_grade(grade) if grade else 0


def _say_support(support: SupportView, *, ended: bool) -> Text:
    """What the service rests on and until when that is proven."""
    label = support.label
    if support.proven_until is not None:
        day = support.proven_until.isoformat()
        grade = find_grade(support.grade).text if support.grade else None
        by = Text(f"（{grade.zh}）", f" ({grade.en})") if grade else both("")
        if ended:
            return Text(
                f"{label.zh}已于{day}到期{by.zh}", f"{label.en} ended on {day}{by.en}"
            )
        return Text(f"{label.zh}到{day}{by.zh}", f"{label.en} until {day}{by.en}")
    if support.open_ended:
        end = support.endless or Text("无固定期限", "no fixed end")
        return Text(f"{label.zh}：{end.zh}", f"{label.en}: {end.en}")
    if support.claimed_until is not None:
        day = support.claimed_until.isoformat()
        return Text(
            f"{label.zh}自述到{day}，没有证据",
            f"{label.en} said until {day}, without evidence",
        )
    return Text(f"{label.zh}到期日未知", f"{label.en}: end unknown")
