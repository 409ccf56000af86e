"""Facts: the words of the vocabulary, and what a value of each can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, ClassVar, Final, Literal

from changqing.law.entry import NOT_IN_FILE, YamlEntry, make_file_names
from changqing.law.kit import (
    BothLanguages,
    Dimension,
    Freshness,
    Grade,
    Id,
    Knower,
    QuestionGroup,
    SubjectName,
    UnitName,
    Validity,
    check_freshness,
    find_grade,
)
from changqing.rules.types import Kind, ValueType
from changqing.yamlfile.values import Count, MadeBy, NotEmpty, Refusal, Words


def _parse_end(value: object) -> int | date:
    if isinstance(value, bool) or not isinstance(value, int | date | str):
        raise Refusal("应为整数或日期", "must be a whole number or a date")
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Refusal(
                "应为整数或日期", "must be a whole number or a date"
            ) from None
    return value


End = Annotated[int | date, MadeBy(_parse_end)]


_KNOWER: Final = {
    "paper": Knower.PAPER,
    "probe": Knower.PROBE,
    "guided": Knower.LOOKUP,
}
"""Who is heard by a kind of source."""
_NEGATIVE: Final = re.compile("未|不得|不再|无|没")
"""A no to a question that holds one of these says nothing clear."""


def make_type(kind: str) -> ValueType:
    """Make the type of a kind of value as files name it."""
    return ValueType(Kind(kind))


def _check_range(least: int | date | None, most: int | date | None, of: Kind) -> None:
    """Refuse ends that are not of the type `of`, and a range that holds nothing."""
    kind = {Kind.NUMBER: int, Kind.DATE: date}.get(of)
    for name, end in (("at_least", least), ("at_most", most)):
        if end is None:
            continue
        if kind is None:
            raise Refusal(
                f"为 {of}，不能有 {name}", f"{of} cannot have {name}", at="type"
            )
        if not isinstance(end, kind):
            raise Refusal(f"应为 {of}", f"must be a {of}", at=name)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        raise Refusal("大于 at_most", "is above at_most", at="at_least")
    if isinstance(least, date) and isinstance(most, date) and least > most:
        raise Refusal("晚于 at_most", "comes after at_most", at="at_least")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRange(YamlEntry):
    """An entry of `ranges.yaml`: what a number of a unit can be."""

    at_least: End | None = None
    at_most: End | None = None

    def check(self) -> None:
        """Refuse what is no range of numbers."""
        _check_range(self.at_least, self.at_most, Kind.NUMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange(YamlEntry):
    """The entry of `ranges.yaml` for dates."""

    at_least: End | None = None
    at_most: End | None = None

    def check(self) -> None:
        """Refuse what is no range of dates."""
        _check_range(self.at_least, self.at_most, Kind.DATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(YamlEntry):
    """How a person is asked for a fact, beside its question.

    `order` is the place within the group; `why` says what the answer is for. It is
    asked only once `after`, another fact of the same subject, was answered with a yes
    or with more than nothing. What stands `in_form` is asked of an applicant although
    no criterion reads it. `which` asks once, of all that a list has, of whom it is so.
    """

    group: QuestionGroup
    order: Count
    after: Words | None = None
    in_form: bool = False
    which: BothLanguages | None = None
    why: BothLanguages
    example: BothLanguages


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(YamlEntry):
    """`facts/<subject>/<id>.yaml`: what may be known of one subject.

    `sources` are form, derived, paper:<material>, probe:<name>, guided:<target>. No
    `at_least` or `at_most`: whatever the type can hold. A `generated` fact has no file;
    it comes with a material. `who` can know it, first who should be asked; nobody is
    where it follows from other facts or from how the case lists its subjects.
    """

    __pydantic_config__: ClassVar = make_file_names(value_labels="values")

    id: Id
    subject: SubjectName
    dimension: Dimension
    label: BothLanguages
    type: Annotated[
        ValueType,
        MadeBy(
            make_type, Literal["boolean", "number", "date", "category", "text", "set"]
        ),
    ]
    unit: UnitName | None = None
    value_labels: Mapping[str, BothLanguages] = field(default_factory=dict)
    text_kind: (
        Literal[
            "company_name",
            "person",
            "domain",
            "address",
            "phone",
            "email",
            "credit_code",
            "plain",
        ]
        | None
    ) = None
    proof: Annotated[
        Grade,
        MadeBy(
            find_grade,
            Literal["declared", "undertaken", "documented", "observed", "attested"],
        ),
    ]
    validity: Validity
    freshness: Freshness | None = None
    tolerance: Count = 0
    at_least: End | None = None
    at_most: End | None = None
    sources: Annotated[tuple[Words, ...], NotEmpty]
    who: tuple[Knower, ...] = ()
    question: BothLanguages | None = None
    ask: Asking | None = None
    generated: bool = field(default=False, metadata=NOT_IN_FILE)

    @property
    def is_of_plan(self) -> bool:
        """Whether it is about what the company plans or undertakes, not about today."""
        return self.proof <= Grade.UNDERTAKEN

    def __post_init__(self) -> None:
        """A type whose values are listed can have no other."""
        if self.value_labels and self.type.values is None:
            listed = ValueType(self.type.kind, frozenset(self.value_labels))
            object.__setattr__(self, "type", listed)

    def check(self) -> None:
        """Refuse what the type cannot have, and a type without what it needs."""
        kind = self.type.kind
        _check_range(self.at_least, self.at_most, kind)
        if kind is Kind.CATEGORY and not self.value_labels:
            raise Refusal(
                "为 category，应列出 values", "category needs values", at="type"
            )
        if self.value_labels and kind not in {Kind.CATEGORY, Kind.SET}:
            raise _refuse_field("values", kind)
        if kind is Kind.TEXT and self.text_kind is None:
            raise Refusal(
                "为 text，应写明 text_kind", "text needs a text_kind", at="type"
            )
        if self.text_kind is not None and kind is not Kind.TEXT:
            raise _refuse_field("text_kind", kind, "a ")
        if self.unit is not None and kind is not Kind.NUMBER:
            raise _refuse_field("unit", kind, "a ")
        if self.tolerance and kind not in {Kind.NUMBER, Kind.DATE}:
            raise _refuse_field("tolerance", kind, "a ")
        check_freshness(self.freshness, self.validity.days)
        self._check_who()
        self._check_asking()

    def _check_who(self) -> None:
        """Refuse a knower whom no source answers to, and a source left out."""
        heard = {
            knower
            for source in self.sources
            if (knower := _KNOWER.get(source.partition(":")[0]))
        }
        # A person may write what a form takes without being asked for it, and whoever
        # looks at a paper sees what it looks like.
        others = (
            {Knower.APPLICANT, Knower.REVIEWER} if "form" in self.sources else set()
        )
        if self.subject == "paper":
            others.add(Knower.PAPER)
        for knower in self.who:
            if knower not in heard | others:
                raise Refusal(
                    f"有 {knower}，而 sources 里没有",
                    f"names {knower}, which no source stands for",
                    at="who",
                )
        for knower in sorted(heard - set(self.who)):
            raise Refusal(
                f"缺 {knower}，而 sources 里有",
                f"lacks {knower}, for which there is a source",
                at="who",
            )
        if len(set(self.who)) < len(self.who):
            raise Refusal("有重复的", "names one twice", at="who")

    def _check_asking(self) -> None:
        """Refuse a fact that a person is asked without all that a question needs."""
        if Knower.APPLICANT not in self.who:
            if self.ask is not None:
                raise Refusal(
                    "不问 applicant，不能有",
                    "is for what the applicant is asked",
                    at="ask",
                )
            return
        if self.question is None:
            raise Refusal(
                "有 applicant，应写明 question", "asks, and has no question", at="who"
            )
        if self.ask is None:
            raise Refusal("有 applicant，应写明 ask", "asks, and has no ask", at="who")
        if negative := _NEGATIVE.search(self.question.zh):
            raise Refusal(
                f"不能用否定的问法（{negative.group()}）",
                f"must not ask in the negative ({negative.group()})",
                at="question",
            )
        if not self.question.zh.endswith("？"):
            raise Refusal("应为问句", "must be a question", at="question")


def _refuse_field(name: str, kind: Kind, article: str = "") -> Refusal:
    return Refusal(
        f"为 {kind}，不能有 {name}", f"{kind} cannot have {article}{name}", at="type"
    )
