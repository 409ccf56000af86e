"""What a file of `topics/` and of `synonyms/` must look like."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from changqing.law.shapes import Id, TextShape
from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Words


class AsksShape(Shape):
    """Other ways to put a question."""

    zh: list[Words] = Field(default_factory=list)
    en: list[Words] = Field(default_factory=list)


class TopicShape(Shape):
    """`topics/<id>.yaml`."""

    id: Id
    title: TextShape
    answer: TextShape
    differs: TextShape | None = None
    law: Annotated[list[Words], Field(min_length=1)]
    certainty: Literal["answered", "partly", "no-national-rule"]
    asks: AsksShape


class SynonymsShape(Shape):
    """`synonyms/<id>.yaml`."""

    id: Id
    names: Literal["licence", "region"] | None = None
    zh: list[Words] = Field(default_factory=list)
    en: list[Words] = Field(default_factory=list)
