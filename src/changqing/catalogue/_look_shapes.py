"""What a file of `looks/` must look like."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from changqing.catalogue._shapes import Id, TextShape
from changqing.yamlfile import Shape, Words, refusal


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://\S+", value):
        raise refusal(
            "应为 https:// 开头的网址", "must be a web address, such as https://…"
        )
    return value


class SaidByShape(Shape):
    """The words that say yes, and those that say no."""

    true: Annotated[list[Words], Field(min_length=1)]
    false: Annotated[list[Words], Field(min_length=1)]


class ReadingShape(Shape):
    """How the saved page shows one fact."""

    shown: TextShape
    by: Literal["value", "words", "applicant", "domain", "number"]
    words: SaidByShape | None = None

    @model_validator(mode="after")
    def _worded(self) -> Self:  # an instance's
        if (self.by == "words") is (self.words is None):
            raise refusal(
                "by 为 words 时须写 words，否则不写",
                "must list words when by is words, and only then",
                at="words",
            )
        return self


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
