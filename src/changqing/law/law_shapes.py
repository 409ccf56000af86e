"""What a file of `law/` must look like."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from changqing.law.shapes import (
    Citations,
    Id,
    InForceShape,
    RegionCode,
    ScopeName,
    TextShape,
    UnitName,
)
from changqing.yamlfile.shape import Day, Shape, Words, refusal


def _month_day(value: str) -> str:
    if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", value):
        raise refusal("应写成 03-31 这样的月和日", "must be month and day, like 03-31")
    return value


class LawValueShape(Shape):
    """One value of a fact of law: exactly one kind."""

    number: Annotated[int, Field(ge=0, le=9_000_000_000_000_000)] | None = None
    unit: UnitName | None = None
    parameter: Words | None = None
    licence: Words | None = None
    scope: ScopeName | None = None
    region: RegionCode | None = None
    date: Day | None = None
    month_day: Annotated[str, AfterValidator(_month_day)] | None = None
    words: TextShape | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:  # an instance's
        kinds = {"number", "parameter", "date", "month_day", "words"}
        if len(kinds & self.model_fields_set) != 1:
            raise refusal(
                "应恰好写 number、parameter、date、month_day、words 之一",
                "must have exactly one of number, parameter, date, month_day, words",
            )
        return self


class LawFactShape(Shape):
    """`law/<topic>/<id>.yaml`."""

    id: Id
    topic: Id
    licences: list[Words] = Field(default_factory=list)
    scope: ScopeName | None = None
    region: RegionCode | None = None
    says: TextShape
    values: dict[Id, LawValueShape] = Field(default_factory=dict)
    no_rule: Literal[True] | None = None
    citations: Citations
    in_force: InForceShape | None = None
    succeeds: Words | None = None
    note: TextShape | None = None
