"""What a file of `licences/` must look like."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from changqing.law.shapes import Citations, Id, ScopeName, TextShape
from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Refusal, Words


def _licence(value: str) -> str:
    if not re.fullmatch(r"[AB][0-9]{2}(-[0-9])?|N[0-9]{2,3}", value):
        raise Refusal("应为 B25 这样的业务代码", "must be a business class like B25")
    return value


class SubClassShape(Shape):
    """A part of a class, or a form in which it is granted."""

    id: Id
    label: TextShape
    says: TextShape


class LicenceShape(Shape):
    """`licences/<id>.yaml`."""

    id: Annotated[str, AfterValidator(_licence)]
    label: TextShape
    known_as: list[Words] = Field(default_factory=list)
    group: Literal["first", "second", "basic_managed", "numbers"] = Field(alias="class")
    definition: TextShape
    who_needs: TextShape
    not_needed_for: TextShape
    differs: TextShape
    sub_classes: list[SubClassShape] = Field(default_factory=list)
    variants: list[SubClassShape] = Field(default_factory=list)
    scopes: Annotated[list[ScopeName], Field(min_length=1)]
    approver: dict[ScopeName, TextShape]
    capital: Words | None = None
    term: Words | None = None
    law: Annotated[list[Words], Field(min_length=1)]
    pre_approvals: list[Words] = Field(default_factory=list)
    tests: list[Words] = Field(default_factory=list)
    foreign: list[Words] = Field(default_factory=list)
    dispute: TextShape | None = None
    citations: Citations

    @model_validator(mode="after")
    def _every_scope_has_an_approver(self) -> Self:  # an instance's
        if set(self.approver) != set(self.scopes):
            raise Refusal(
                "应与 scopes 一一对应",
                "must name who approves each scope",
                at="approver",
            )
        return self
