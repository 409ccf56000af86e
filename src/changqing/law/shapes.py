"""What each file of the catalogue must look like; `_build` makes the values."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Count, Day, Refusal, Words


def _id(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
        raise Refusal(
            "只能用小写字母、数字和下划线，以字母开头",
            "must be small letters, digits and underscores, a letter first",
        )
    return value


Id = Annotated[str, AfterValidator(_id)]
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
