"""The questions of a case as fields: made from the catalogue, answered as typed.

An empty field means unknown. What is typed stays as typed until it is handed in; only
then does the core say what it means, or what is wrong with it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Final

from changqing.case.edit import CaseData, FieldChange, find_place
from changqing.case.subjects import Subject
from changqing.case.values import (
    NotAValueError,
    parse_value,
    spell_amount,
    spell_value,
)
from changqing.judge.questions import place_answer
from changqing.judge.verdict import URGENCY
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Dimension, QuestionGroup, find_grade
from changqing.law.model import Catalogue, Verdict
from changqing.law.subjects import SUBJECTS
from changqing.law.words import UNIT_WORDS
from changqing.report.counting import rank_urgency, select_asked
from changqing.report.model import CaseReport, FindingView, QuestionView, Tally
from changqing.rules.types import Kind
from changqing.text import Text
from changqing.yamlfile.edit import At

Get = Callable[[str], Sequence[str]]
"""The values that were typed under a name."""

UNCLEAR: Final = "unclear"
NONE_OF_THEM: Final = "none_of_them"
_SETTLED: Final = frozenset({Verdict.MET, Verdict.NOT_APPLICABLE})
_STRUCTURAL: Final = frozenset({"kind", "role", "name"})
_FOLLOWING: Final = frozenset(
    {"leaving", "offers_described", "needs_other_class", "offer_fits_licence"}
    | {"other_classes_needed"}
)
"""What follows from other answers, and is not asked beside them."""
_LEADING: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("applicant", "onsite_visited_on"): ("applicant", "onsite_matches"),
    ("applicant", "onsite_differs_in"): ("applicant", "onsite_matches"),
    ("paper", "found_false"): ("applicant", "paper_found_false"),
    ("paper", "found_false_on"): ("applicant", "paper_found_false"),
    ("paper", "found_false_by"): ("applicant", "paper_found_false"),
    ("offer", "activities"): ("applicant", "offers_described"),
    ("offer", "earns"): ("applicant", "offers_described"),
}
"""What is asked because another fact follows from it, and that fact."""
MONEY: Final[Mapping[str, Text]] = {
    "元": Text(zh="元", en="CNY"),
    "万元": Text(zh="万元", en="CNY 10,000"),
    "亿元": Text(zh="亿元", en="CNY 100 million"),
}


class EmptyError(ValueError):
    """Nothing was typed: the answer is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEvidence:
    """One piece of evidence for the answer."""

    grade: str
    value: Text
    source: Text
    observed_on: date
    number: str | None
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decides:
    """A criterion that reads the answer, and what was found of it."""

    criterion: str
    title: Text
    verdict: Verdict
    subject: str


@dataclass(slots=True, kw_only=True)
class FactField:
    """One question about one subject, with what was typed and what was found."""

    subject: Subject
    fact: Fact
    at: At
    typed: dict[str, list[str]] = field(default_factory=dict)
    shown: object = None
    errors: list[Text] = field(default_factory=list)
    theirs: str | None = None  # what somebody else wrote meanwhile
    found: tuple[FieldEvidence, ...] = ()
    decides: tuple[Decides, ...] = ()
    asked: QuestionView | None = None  # where it is a question of the conversation
    among: tuple[tuple[str, Text], ...] = ()
    """Of whom one is chosen, by id; empty where it is asked of one alone."""

    @property
    def name(self) -> str:
        """By which the form sends it."""
        return f"{self.subject.type}.{self.subject.id}.{self.fact.id}"

    @property
    def was(self) -> str:
        """What the form was shown, for the form to send back."""
        return json.dumps(self.shown, ensure_ascii=False)

    @property
    def label(self) -> Text:
        """What is asked, in a few words."""
        return self.fact.label

    @property
    def widget(self) -> str:
        """Which kind of field it is."""
        if self.among:
            return "category"
        match self.fact.type.kind:
            case Kind.BOOLEAN:
                return "boolean"
            case Kind.DATE:
                return "date"
            case Kind.CATEGORY:
                return "category"
            case Kind.SET:
                return "set" if self.fact.type.values else "lines"
            case Kind.NUMBER:
                return "money" if self.fact.unit == "fen" else "number"
            case Kind.TEXT:
                return "text"

    @property
    def unit(self) -> Text | None:
        """What stands behind the field."""
        return None if self.fact.unit is None else UNIT_WORDS.get(self.fact.unit)

    @property
    def units(self) -> list[tuple[str, Text, bool]]:
        """The units an amount may be given in."""
        chosen = self._first("unit") or "万元"
        return [(code, label, code == chosen) for code, label in MONEY.items()]

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._first("")

    @property
    def unclear(self) -> bool:
        """Whether it was said that this is not known."""
        return UNCLEAR in self.typed.get("", ()) or bool(self._first("unclear"))

    @property
    def choices(self) -> list[tuple[str, Text, bool]]:
        """What may be chosen, in the order of the catalogue, and whether it is."""
        chosen = set(self.typed.get("", ()))
        if self.among:
            return [(code, name, code in chosen) for code, name in self.among]
        if self.fact.type.kind is Kind.BOOLEAN:
            words = {"true": Text("是", "Yes"), "false": Text("否", "No")}
            return [(code, label, code in chosen) for code, label in words.items()]
        values = self.fact.type.values or frozenset()
        order = [code for code in self.fact.value_labels if code in values]
        order += sorted(values - set(order))
        return [
            (
                code,
                self.fact.value_labels.get(code, Text(zh=code, en=code)),
                code in chosen,
            )
            for code in order
        ]

    @property
    def none_of_them(self) -> bool | None:
        """Whether none was chosen on purpose; None where it is a choice of its own."""
        if "none" in (self.fact.type.values or ()):
            return None
        return NONE_OF_THEM in self.typed.get("", ())

    @property
    def answered(self) -> bool:
        """Whether the file says anything."""
        return self.shown is not None

    @property
    def paper(self) -> str | None:
        """The kind of paper that would prove it, where one does."""
        return next(
            (s.removeprefix("paper:") for s in self.fact.sources if s[:6] == "paper:"),
            None,
        )

    @property
    def narrow(self) -> bool:
        """Whether a short field is enough."""
        return self.fact.text_kind in {"phone", "credit_code", "person", None}

    def _first(self, part: str) -> str:
        found = self.typed.get(part) or [""]
        return found[0]

    # What is typed, and what it means

    def take(self, get: Get) -> None:
        """Keep what was typed."""
        self.typed = {
            part: list(get(self.name + (f"~{part}" if part else "")))
            for part in ("", "unit", "unclear")
        }
        if self.among and self.text in dict(self.among):
            self.at = find_place(Subject(self.subject.type, self.text), self.fact.id)

    def take_shown(self) -> None:
        """Begin with what the file says."""
        self.typed = as_typed(self.fact, self.shown)

    def written(self) -> object:
        """What is typed, as `case.yaml` has it. EmptyError when that is nothing."""
        if self.among and self.text in dict(self.among):
            return True  # of who was chosen
        return as_written(self.fact, self.typed)

    def list_changes(self, value: object, shown: object) -> list[FieldChange]:
        """List what is written for a value; an answer may add a member to the case.

        Who was chosen among several is said to be it, and the others not to be.
        """
        if value is None or self.asked is None:
            return [FieldChange(at=self.at, value=value, shown=shown)]
        if self.among:
            kind = self.subject.type
            return [
                FieldChange(
                    at=find_place(Subject(kind, member), self.fact.id),
                    value=member == self.text,
                    shown=None,
                )
                for member, _ in self.among
            ]
        _, written = place_answer(
            self.subject, self.fact.id, value, adds=self.asked.adds
        )
        return [FieldChange(at=self.at, value=written, shown=shown)]

    def check(self) -> object:
        """What to write, None for unknown; NotAValueError in the core's words."""
        try:
            written = self.written()
        except EmptyError:
            return None
        parse_value(self.fact, written)
        written = spell_value(self.fact, written)
        if self.fact.id == "roles" and written == [self.shown]:
            return self.shown  # one post, as the file has it
        return written


def as_typed(fact: Fact, shown: object) -> dict[str, list[str]]:
    """What a field shows for what the file says; nothing where it says nothing."""
    match shown:
        case None:
            return {"": []}
        case bool():
            return {"": ["true" if shown else "false"]}
        case list():
            said = [str(part) for part in shown]
            if fact.type.values:
                return {"": said or [NONE_OF_THEM]}
            return {"": ["\n".join(said)]}
        case str() if fact.unit == "fen":
            for unit in ("亿元", "万元", "元"):
                if shown.endswith(unit):
                    return {"": [shown.removesuffix(unit).strip()], "unit": [unit]}
        case str() if fact.unit == "basis_points":
            return {"": [shown.strip().removesuffix("%").strip()]}
    return {"": [str(shown)]}


def as_written(fact: Fact, typed: Mapping[str, Sequence[str]]) -> object:
    """What was typed, as `case.yaml` has it. EmptyError when that is nothing."""
    said = [part.strip() for part in typed.get("", ()) if part.strip()]
    if not said or UNCLEAR in said or any(typed.get("unclear", ())):
        raise EmptyError
    text = said[0]
    match fact.type.kind:
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text, text)
        case Kind.SET if fact.type.values:
            if NONE_OF_THEM in said and len(said) == 1:
                return []
            return [part for part in said if part != NONE_OF_THEM]
        case Kind.SET:
            return [line.strip() for line in text.splitlines() if line.strip()]
        case Kind.NUMBER:
            return _number(fact, text, (typed.get("unit") or ["万元"])[0])
        case _:
            return text


def _number(fact: Fact, text: str, unit: str) -> object:
    folded = unicodedata.normalize("NFKC", text).replace(" ", "")
    if fact.unit == "fen":
        spelled = spell_amount(folded)  # 1000万 says its unit, whatever is chosen
        return spelled if spelled.endswith("元") else f"{spelled}{unit}"
    if fact.unit == "basis_points":
        return folded if folded.endswith("%") else f"{folded}%"
    bare = folded.replace(",", "")
    return int(bare) if bare.removeprefix("-").isdecimal() else text


def words(fact: Fact, shown: object) -> Text:
    """What the file says, as people say it."""
    match shown:
        case None:
            return Text(zh="未填", en="not said")
        case bool():
            return Text("是", "Yes") if shown else Text("否", "No")
        case list() if not shown:
            return Text(zh="以上都没有", en="none of them")
        case list():
            labels = [_label(fact, part) for part in shown]
            return Text(
                zh="、".join(label.zh for label in labels),
                en=", ".join(label.en for label in labels),
            )
        case int():
            unit = UNIT_WORDS.get(fact.unit or "", Text("", ""))
            return Text(zh=f"{shown}{unit.zh}", en=f"{shown} {unit.en}".strip())
    return _label(fact, shown)


def _label(fact: Fact, code: object) -> Text:
    return fact.value_labels.get(str(code), Text(zh=str(code), en=str(code)))


# Which questions there are


def find_list_of(subject_type: str) -> str:
    """The list of the file in which subjects of a type stand."""
    return SUBJECTS[subject_type].listed


def may_be_written(catalogue: Catalogue, subject_type: str) -> list[Fact]:
    """The facts of a type of subject that a form may ask."""
    return [
        fact
        for (of, name), fact in catalogue.facts.items()
        if of == subject_type
        and not fact.generated
        and name not in _STRUCTURAL | _FOLLOWING
    ]


@lru_cache(maxsize=1)
def _readers(catalogue_digest: str) -> dict[tuple[str, str], list[str]]:
    from changqing_web.index import catalogue

    del catalogue_digest
    found: dict[tuple[str, str], list[str]] = {}
    for name, criterion in catalogue().criteria.items():
        for key in criterion.test.facts | criterion.applies.facts:
            found.setdefault(key, []).append(name)
    for key, follows in _LEADING.items():
        found.setdefault(key, []).extend(found.get(follows, ()))
    return found


def readers(catalogue: Catalogue) -> Mapping[tuple[str, str], Sequence[str]]:
    """The criteria that read each fact."""
    return _readers(catalogue.digest)


def list_fields(
    catalogue: Catalogue,
    written: CaseData,
    report: CaseReport,
    dimension: Dimension,
    *,
    every: bool = False,
) -> list[FactField]:
    """The questions of a dimension, in the order of the catalogue.

    Those of the applicant and of each service that decide something here, and those
    that are answered; with `every`, all there are.
    """
    subjects = (Subject("applicant", "self"), *services(written))
    found = fields_about(catalogue, written, report, subjects, every=every)
    return [
        fact_field for fact_field in found if fact_field.fact.dimension is dimension
    ]


def fields_about(
    catalogue: Catalogue,
    written: CaseData,
    report: CaseReport,
    subjects: Sequence[Subject],
    *,
    every: bool = False,
) -> list[FactField]:
    """The questions about some subjects, as `list_fields` chooses them."""
    asked = {finding.criterion for finding in select_asked(report.findings)}
    reading = readers(catalogue)
    evidence, findings = by_label(report), by_criterion(report)
    found: list[FactField] = []
    for subject in subjects:
        for fact in may_be_written(catalogue, subject.type):
            at = find_place(subject, fact.id)
            shown = written.find_value(at)
            deciding = [
                name
                for name in reading.get((subject.type, fact.id), ())
                if name in asked
            ]
            if not (every or deciding or shown is not None):
                continue
            one = FactField(
                subject=subject,
                fact=fact,
                at=at,
                shown=shown,
                found=tuple(evidence.get((str(subject), fact.label.zh), ())),
                decides=tuple(find_decided(findings, deciding, subject)),
            )
            one.take_shown()
            found.append(one)
    return found


def fields_asked(
    catalogue: Catalogue,
    written: CaseData,
    report: CaseReport,
    group: QuestionGroup | None = None,
) -> list[FactField]:
    """The questions of the conversation as fields, in its order; of one group or all.

    What was answered since the assessment is left out.
    """
    findings = by_criterion(report)
    found: list[FactField] = []
    for view in report.questions:
        if group is not None and view.group.id != group.value:
            continue
        kind, _, name = view.subject.partition(":")
        subject = Subject(kind, name)
        at, _ = place_answer(subject, view.fact, None, adds=view.adds)
        if written.find_value(at) is None:
            fact = catalogue.facts[kind, view.fact]
            which = None if fact.ask is None else fact.ask.which
            if which is not None and any(other.fact is fact for other in found):
                continue  # asked once of all
            one = FactField(
                subject=subject,
                fact=fact,
                at=at,
                decides=tuple(find_decided(findings, view.criteria, subject)),
                asked=view if which is None else replace(view, asks=which, whose=None),
                among=() if which is None else _list_untold(written, subject, fact),
            )
            one.take_shown()
            found.append(one)
    return found


def _list_untold(
    written: CaseData, subject: Subject, fact: Fact
) -> tuple[tuple[str, Text], ...]:
    """List of whom it was not said yet, by id and name, in the order of the file."""
    return tuple(
        (member, Text(name, name))
        for item in written.list_items(SUBJECTS[subject.type].listed)
        if item.get(fact.id) is None
        for member, name in [(str(item.get("id")), str(item.get("name")))]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSide:
    """A group of questions in the list at the left, and how many are open."""

    group: QuestionGroup
    label: Text
    open: int


def group_sides(fields: Iterable[FactField]) -> list[GroupSide]:
    """The groups that still ask something, in the order of the conversation."""
    counts: dict[str, int] = {}
    for fact_field in fields:
        if fact_field.asked is not None:
            counts[fact_field.asked.group.id] = (
                counts.get(fact_field.asked.group.id, 0) + 1
            )
    return [
        GroupSide(group=group, label=group.text, open=counts[group.value])
        for group in QuestionGroup
        if group.value in counts
    ]


def services(written: CaseData) -> list[Subject]:
    """The services of the case, in the order of the file."""
    return [
        Subject("service", str(one["id"]))
        for one in written.list_items("services")
        if one.get("id")
    ]


def by_label(report: CaseReport) -> dict[tuple[str, str], list[FieldEvidence]]:
    """The evidence of an assessment by subject and by what the fact is called."""
    found: dict[tuple[str, str], list[FieldEvidence]] = {}
    for row in report.evidence:
        subject = row.subject
        about = "" if subject is None else f"{subject.type}:{subject.id}"
        found.setdefault((about, row.label.zh), []).append(
            FieldEvidence(
                grade=row.grade,
                value=row.value,
                source=row.source,
                observed_on=row.date,
                number=row.number,
                valid_until=row.valid_until,
            )
        )
    for rows in found.values():
        rows.sort(key=lambda row: (-find_grade(row.grade), row.observed_on))
    return found


def by_criterion(report: CaseReport) -> dict[str, list[FindingView]]:
    """The findings of an assessment by their criterion."""
    found: dict[str, list[FindingView]] = {}
    for finding in report.findings:
        found.setdefault(finding.criterion, []).append(finding)
    return found


def find_decided(
    findings: Mapping[str, Sequence[FindingView]],
    names: Iterable[str],
    subject: Subject,
) -> Iterator[Decides]:
    """The findings of some criteria that an answer about the subject decides."""
    rows = []
    for name in names:
        for finding in findings[name]:
            about = finding.subject
            if about.type == subject.type and about.id != subject.id:
                continue
            rows.append(
                Decides(
                    criterion=name,
                    title=finding.title,
                    verdict=finding.verdict,
                    subject=f"{about.type}:{about.id}",
                )
            )
    yield from sorted(rows, key=rank_urgency)[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionEntry:
    """A dimension in the list at the left; `known` counts what is said or shown."""

    dimension: Dimension
    label: Text
    known: int
    asked: int
    worst: Verdict | None


def sides(
    catalogue: Catalogue,
    written: CaseData,
    report: CaseReport,
    labels: Mapping[str, Text],
) -> list[DimensionEntry]:
    """The nine dimensions: how much is known, and the worst that was found."""
    evidence = by_label(report)
    asked = {finding.criterion for finding in select_asked(report.findings)}
    reading = readers(catalogue)
    counts: dict[Dimension, list[int]] = {dimension: [0, 0] for dimension in Dimension}
    for subject in (Subject("applicant", "self"), *services(written)):
        for fact in may_be_written(catalogue, subject.type):
            said = written.find_value(find_place(subject, fact.id)) is not None
            readers_ = reading.get((subject.type, fact.id), ())
            if said or any(name in asked for name in readers_):
                shown = (str(subject), fact.label.zh) in evidence
                counts[fact.dimension][0] += said or shown
                counts[fact.dimension][1] += 1
    tallies = report.counts.by_dimension
    return [
        DimensionEntry(
            dimension=dimension,
            label=labels[dimension.value],
            known=counts[dimension][0],
            asked=counts[dimension][1],
            worst=None if dimension not in tallies else _find_worst(tallies[dimension]),
        )
        for dimension in Dimension
    ]


def _find_worst(tally: Tally) -> Verdict | None:
    return next((v for v in URGENCY if v not in _SETTLED and tally.count(v)), None)


def wrong(error: NotAValueError) -> Text:
    """What is wrong with an answer and what to do, in one sentence."""
    if error.hint is None:
        return error.text
    return Text(
        zh=f"{error.text.zh}。{error.hint.zh}。",
        en=f"{error.text.en}: {error.hint.en}.",
    )
