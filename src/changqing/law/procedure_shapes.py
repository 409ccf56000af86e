"""What a file of `procedures/` must look like."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from changqing.law.lookup import STAGES
from changqing.law.shapes import (
    Citations,
    CitationShape,
    Id,
    InForceShape,
    RegionCode,
    ScopeName,
    StandingName,
    TextShape,
)
from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Day, Refusal, Words


class _Placed(Shape):
    """Whom it concerns; nothing written is everyone."""

    licences: list[Words] = Field(default_factory=list)
    scopes: list[ScopeName] = Field(default_factory=list)
    regions: list[RegionCode] = Field(default_factory=list)


class AmountShape(Shape):
    """A parameter, or one value of a fact of law; never a number."""

    parameter: Words | None = None
    law: Words | None = None
    value: Words | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:  # an instance's
        named = self.model_fields_set
        if named not in ({"parameter"}, {"law", "value"}):
            raise Refusal(
                "应写 parameter，或写 law 和 value",
                "must have parameter, or law and value",
            )
        return self


class ClockShape(_Placed):
    """A bound on the day of a step."""

    start: Id = Field(alias="from")
    direction: Literal["before", "after"]
    kind: Literal["latest", "earliest", "expected"]
    amount: AmountShape | None = None
    days: Literal["calendar", "unstated"] = "calendar"
    because: TextShape | None = None


class StepShape(_Placed):
    """One thing done by one side."""

    id: Id
    actor: Literal["applicant", "authority", "both", "public"]
    title: TextShape
    does: TextShape
    clocks: list[ClockShape] = Field(default_factory=list)
    runs_out: TextShape | None = None
    standing: StandingName = "condition"
    law: list[Words] = Field(default_factory=list)
    citations: list[CitationShape] = Field(default_factory=list)


class GivenShape(Shape):
    """Who applies, on which day the law is read, and the days that are known."""

    licence: Words
    scope: ScopeName
    region: RegionCode | None = None
    as_of: Day
    days: dict[Id, Day]


class ProcedureExampleShape(Shape):
    """Days given, and the days that follow."""

    given: GivenShape
    then: Annotated[dict[Id, Day | None], Field(min_length=1)]
    provisional: list[Id] = Field(default_factory=list)


class ProcedureShape(_Placed):
    """`procedures/<id>.yaml`."""

    id: Id
    stage: Words
    title: TextShape
    about: TextShape | None = None
    starts: Annotated[dict[Id, TextShape], Field(min_length=1)]
    steps: Annotated[list[StepShape], Field(min_length=1)]
    citations: Citations
    in_force: InForceShape
    examples: Annotated[list[ProcedureExampleShape], Field(min_length=1)]

    @model_validator(mode="after")
    def _known_stage(self) -> Self:  # an instance's
        if self.stage not in STAGES:
            raise Refusal(
                f"应为 {'、'.join(STAGES)} 之一",
                f"must be one of {', '.join(STAGES)}",
                at="stage",
            )
        return self
