"""What a file of `looks/` must look like."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from changqing.law.shapes import Id, TextShape
from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Refusal, Words


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://\S+", value):
        raise Refusal(
            "应为 https:// 开头的网址", "must be a web address, such as https://…"
        )
    return value


class SaidByShape(Shape):
    """The words that say yes, and those that say no."""

    true: list[Words] = Field(default_factory=list)
    false: Annotated[list[Words], Field(min_length=1)]


class ReadingShape(Shape):
    """How the saved page shows one fact."""

    shown: TextShape
    by: Literal[
        "value",
        "first_day",
        "last_day",
        "codes",
        "words",
        "applicant",
        "domain",
        "number",
    ]
    labels: list[Words] = Field(default_factory=list)
    words: SaidByShape | None = None

    @model_validator(mode="after")
    def _worded(self) -> Self:  # an instance's
        if (self.by in ("words", "number")) is (self.words is None):
            raise Refusal(
                "by 为 words 或 number 时须写 words，否则不写",
                "must list words when by is words or number, and only then",
                at="words",
            )
        if self.words is not None and (self.by == "words") is not bool(self.words.true):
            raise Refusal(
                "by 为 words 时须写表示“是”的词，为 number 时不写",
                "must list the words for true when by is words, and none for a number",
                at="words",
            )
        return self


class BesideShape(Shape):
    """What else the page shows."""

    title: TextShape
    labels: Annotated[list[Words], Field(min_length=1)]


class LookShape(Shape):
    """`looks/<id>.yaml`."""

    id: Id
    title: TextShape
    where: TextShape
    address: Annotated[str, AfterValidator(_address)] | None = None
    steps: Annotated[list[TextShape], Field(min_length=1)]
    keep: TextShape
    grade: Literal["observed", "attested"]
    reads: dict[Id, ReadingShape] = Field(default_factory=dict)
    seeks: list[Id] = Field(default_factory=list)
    beside: list[BesideShape] = Field(default_factory=list)
