"""What the front matter of a document's template must look like."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from changqing.law.shapes import Id
from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Words


class DocumentShape(Shape):
    """The head of `documents/<id>.md`."""

    id: Id
    number: Annotated[str, StringConstraints(pattern=r"\d+(-\d+)?")] | None = None
    title: Words
    order: Annotated[int, Field(ge=0)]
    materials: list[Id] = Field(default_factory=list)
    needs: Id | None = None
    unless: dict[Id, list[Id]] = Field(default_factory=dict)
    signature: bool = False
    made_from: Annotated[str, StringConstraints(pattern=r"[0-9a-f]{64}")] | None = None
