"""What a file of `materials/` must look like."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from changqing.law.shapes import (
    Citations,
    DimensionName,
    FreshnessShape,
    Id,
    InForceShape,
    RegionCode,
    ScopeName,
    StageName,
    StandingName,
    TextShape,
    check_freshness,
    element,
)
from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Refusal, Words


class AskedShape(Shape):
    """One entry of `asked`."""

    licences: list[Words] = Field(default_factory=list)
    scopes: list[ScopeName] = Field(default_factory=list)
    regions: list[RegionCode] = Field(default_factory=list)
    stages: list[StageName] = Field(default_factory=list)
    requirement: TextShape
    accepts: list[TextShape] = Field(default_factory=list)
    refuses: list[TextShape] = Field(default_factory=list)
    standing: StandingName
    citations: Citations
    in_force: InForceShape | None = None
    replaces: Literal[True] | None = None
    note: TextShape | None = None

    @model_validator(mode="after")
    def _fits_its_sources(self) -> Self:  # an instance's
        if self.replaces and not self.regions:
            raise Refusal(
                "只能用于写明 regions 的要求",
                "needs regions: a national entry has nothing to replace",
                at="replaces",
            )
        if self.standing != "practice" and all(
            each.confidence.startswith("practice_") for each in self.citations
        ):
            raise Refusal(
                "只有代办经验作依据，应为 practice",
                "rests on agencies alone and must be practice",
                at="standing",
            )
        return self


class MaterialFreshnessShape(FreshnessShape):
    """Which facts, read in the paper, have to be recent like itself."""

    facts: list[Id] = Field(default_factory=list)


class MaterialShape(Shape):
    """`materials/<id>.yaml`."""

    id: Id
    label: TextShape
    dimension: DimensionName
    order: Annotated[int, Field(ge=1)] | None = None
    satisfies: list[Words] = Field(default_factory=list)
    validity_days: Annotated[int, Field(ge=1)] | None = None
    freshness: MaterialFreshnessShape | None = None
    own_end: Id | None = None
    personal: Literal["identity", "salary", "personal_number"] | None = None
    elements: dict[Annotated[str, AfterValidator(element)], TextShape] = Field(
        default_factory=dict
    )
    asked: list[AskedShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_fresh_for_so_long(self) -> Self:  # an instance's
        check_freshness(self.freshness, self.validity_days)
        return self
