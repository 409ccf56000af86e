"""What each file of the catalogue must look like; `_build` makes the values."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Count, Day, Refusal, Words


def _id(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
        raise Refusal(
            "只能用小写字母、数字和下划线，以字母开头",
            "must be small letters, digits and underscores, a letter first",
        )
    return value


def element(value: str) -> str:
    """The name of something a paper states."""
    if not re.fullmatch(r"states_[a-z0-9_]+", value):
        raise Refusal("应以 states_ 开头", "must begin with states_")
    return value


def _region(value: str) -> str:
    if not re.fullmatch(r"[1-8][0-9]", value):
        raise Refusal("应为两位的省级代码", "must be the two digits of a province")
    return value


Id = Annotated[str, AfterValidator(_id)]
RegionCode = Annotated[str, AfterValidator(_region)]
DimensionName = Literal[
    "entity",
    "funding",
    "team",
    "planning",
    "infrastructure",
    "content",
    "maintenance",
    "user_service",
    "security",
]
SubjectName = Literal[
    "applicant", "service", "person", "paper", "holder", "offer", "resource", "report"
]
StandingName = Literal["condition", "published", "duty", "practice"]
ScopeName = Literal["intra_province", "cross_province"]
StageName = Literal[
    "prepare", "apply", "operate", "annual_report", "amend", "renew", "stop"
]
UnitName = Literal[
    "fen",
    "days",
    "working_days",
    "hours",
    "minutes",
    "weeks",
    "months",
    "years",
    "persons",
    "count",
    "basis_points",
]


class TextShape(Shape):
    """The same in both languages."""

    zh: Words
    en: Words


class InForceShape(Shape):
    """First and last day in force."""

    start: Day = Field(alias="from")
    to: Day | None = None
    precision: Literal["day", "month", "year"] = "day"

    @model_validator(mode="after")
    def _forward(self) -> Self:  # an instance's
        if self.to is not None and self.to < self.start:
            raise Refusal("早于 from", "comes before from", at="to")
        return self


class CitationShape(Shape):
    """Where a rule stands."""

    instrument: Words
    article: Words | None = None
    confidence: Literal[
        "text_verified",
        "secondary",
        "recalled",
        "practice_high",
        "practice_medium",
        "practice_low",
    ]
    says: TextShape | None = None


Citations = Annotated[list[CitationShape], Field(min_length=1)]


class EditionShape(Shape):
    """`edition.yaml`."""

    edition: Words


def _end(value: object) -> int | date:
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


End = Annotated[int | date, BeforeValidator(_end)]


class NumberRangeShape(Shape):
    """One entry of `ranges.yaml`: what a number of a unit can be."""

    at_least: End | None = None
    at_most: End | None = None

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:  # an instance's
        check_range(self.at_least, self.at_most, of="number")
        return self


class DateRangeShape(Shape):
    """The entry of `ranges.yaml` for dates."""

    at_least: End | None = None
    at_most: End | None = None

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:  # an instance's
        check_range(self.at_least, self.at_most, of="date")
        return self


def check_range(least: int | date | None, most: int | date | None, *, of: str) -> None:
    """Refuse ends that are not of the type `of`, and a range that holds nothing."""
    kind = {"number": int, "date": date}.get(of)
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


class AmendmentShape(Shape):
    """The first day of an amended text, and what changed that day."""

    on: Day
    adopted: Day | None = None
    says: TextShape
    confidence: Literal["text_verified", "secondary", "recalled"]


class InstrumentShape(Shape):
    """`instruments/<id>.yaml`."""

    id: Words
    title: TextShape
    number: Words | None = None
    issuer: TextShape | None = None
    in_force: InForceShape | None = None
    read: Literal["full", "partial", "secondary-only", "none"]
    sources: list[Words] = Field(default_factory=list)
    amendments: list[AmendmentShape] = Field(default_factory=list)
    note: TextShape | None = None


class ValidityShape(Shape):
    """So many days, or for ever with a reason."""

    days: Annotated[int, Field(ge=1)] | None = None
    forever: TextShape | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:  # an instance's
        if (self.days is None) is (self.forever is None):
            raise Refusal(
                "应写 days，或写 forever 并说明理由",
                "must say days, or forever with a reason",
            )
        return self


class FreshnessShape(Shape):
    """Why days count from the day of issue, and who says so."""

    because: TextShape
    citations: Citations | None = None


def check_freshness(freshness: FreshnessShape | None, days: int | None) -> None:
    """Refuse a freshness of no number of days."""
    if freshness is not None and days is None:
        raise Refusal(
            "须有天数：写明从出具日起算几天",
            "needs a number of days to count from the day of issue",
            at="freshness",
        )


class FactShape(Shape):
    """`facts/<subject>/<id>.yaml`."""

    id: Id
    subject: SubjectName
    dimension: DimensionName
    label: TextShape
    type: Literal["boolean", "number", "date", "category", "text", "set"]
    unit: UnitName | None = None
    values: dict[str, TextShape] | None = None
    text_kind: (
        Literal[
            "company_name",
            "person",
            "domain",
            "address",
            "phone",
            "credit_code",
            "plain",
        ]
        | None
    ) = None
    proof: Literal["declared", "documented", "observed", "attested"]
    validity: ValidityShape
    freshness: FreshnessShape | None = None
    tolerance: Count = 0
    at_least: End | None = None
    at_most: End | None = None
    sources: Annotated[list[Words], Field(min_length=1)]
    question: TextShape | None = None

    @model_validator(mode="after")
    def _has_a_range_of_its_type(self) -> Self:  # an instance's
        check_range(self.at_least, self.at_most, of=self.type)
        return self

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:  # an instance's
        if self.type == "category" and not self.values:
            raise Refusal(
                "为 category，应列出 values", "category needs values", at="type"
            )
        if self.values is not None and self.type not in {"category", "set"}:
            raise Refusal(
                f"为 {self.type}，不能有 values",
                f"{self.type} cannot have values",
                at="type",
            )
        if self.type == "text" and self.text_kind is None:
            raise Refusal(
                "为 text，应写明 text_kind", "text needs a text_kind", at="type"
            )
        if self.text_kind is not None and self.type != "text":
            raise Refusal(
                f"为 {self.type}，不能有 text_kind",
                f"{self.type} cannot have a text_kind",
                at="type",
            )
        if self.unit is not None and self.type != "number":
            raise Refusal(
                f"为 {self.type}，不能有 unit",
                f"{self.type} cannot have a unit",
                at="type",
            )
        if self.tolerance and self.type not in {"number", "date"}:
            raise Refusal(
                f"为 {self.type}，不能有 tolerance",
                f"{self.type} cannot have a tolerance",
                at="type",
            )
        check_freshness(self.freshness, self.validity.days)
        return self


class ParameterValueShape(Shape):
    """One dated value, of a parameter's file or of a region's."""

    licences: list[Words] = Field(default_factory=list)
    scopes: list[ScopeName] = Field(default_factory=list)
    in_force: InForceShape
    value: Annotated[
        int, Field(ge=-9_000_000_000_000_000, le=9_000_000_000_000_000)
    ] | (None)
    standing: StandingName
    citations: Citations
    note: TextShape | None = None


class ParameterShape(Shape):
    """`parameters/<id>.yaml`."""

    id: Id
    label: TextShape
    type: Literal["number"] = "number"
    unit: Words | None = None
    values: Annotated[list[ParameterValueShape], Field(min_length=1)]


class RegionShape(Shape):
    """`regions/<code>.yaml`."""

    code: RegionCode
    label: TextShape
    authority: TextShape
    parameters: dict[str, Annotated[list[ParameterValueShape], Field(min_length=1)]] = (
        Field(default_factory=dict)
    )


class ErrandShape(Shape):
    """`errands/<id>.yaml`."""

    id: Id
    title: TextShape
    where: TextShape
    who: TextShape
    obtain: TextShape
    refused: list[TextShape] = Field(default_factory=list)
    valid_days: Annotated[int, Field(ge=1)] | None = None
    online: bool
    brings: list[Words] = Field(default_factory=list)
    looks: list[Words] = Field(default_factory=list)
    lead_days: Count = 0


class CommitmentShape(Shape):
    """`commitments/<id>.yaml`."""

    id: Id
    label: TextShape
    subject: SubjectName
    until: Words
    kind: Literal["commitment", "renewal"]
    open_ended: Words | None = None
    endless: TextShape | None = None
    renews: Words | None = None
    detail: Words | None = None
    grace_days: Count = 0
    only: Words | None = None


class DefectShape(Shape):
    """One entry of `defects.yaml`."""

    zh: Words
    en: Words
    standing: StandingName
    stages: Annotated[list[StageName], Field(min_length=1)]
    licences: list[Words] = Field(default_factory=list)
    words: list[Words] = Field(default_factory=list)
    note: TextShape | None = None


class LongTermShape(Shape):
    """How a criterion bears on long-term capability."""

    route: Literal["standing", "ability"]
    weight: Literal["core", "supporting"]
    veto: bool = False


class RemedyShape(Shape):
    """What a person does."""

    errand: Words
    zh: Words
    en: Words
    lead_days: Count
    needs: list[Words] = Field(default_factory=list)


class ExampleShape(Shape):
    """A worked case; whatever else it names are members of other subjects."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, list[dict[str, object]]]

    given: dict[str, object] = Field(default_factory=dict)
    proven: dict[str, object] = Field(default_factory=dict)
    claimed: dict[str, object] = Field(default_factory=dict)
    agree: dict[str, bool] = Field(default_factory=dict)
    closed: list[str] = Field(default_factory=list)
    then: Literal["met", "unmet", "not_applicable"]


class CriterionShape(Shape):
    """`criteria/<dimension>/<id>.yaml`."""

    id: Id
    title: TextShape
    dimension: DimensionName
    subject: SubjectName
    standing: StandingName
    long_term: LongTermShape | None = None
    citations: Citations
    in_force: InForceShape
    succeeds: Words | None = None
    applies: Words | None = None
    premise: Words | None = None
    test: Words
    defects: list[Words] = Field(default_factory=list)
    remedy: RemedyShape
    doubt: TextShape | None = None
    headline: TextShape | None = None
    strength: TextShape | None = None
    examples: list[ExampleShape]
