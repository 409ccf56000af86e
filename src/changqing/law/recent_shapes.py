"""What a file of `recent_changes/` must look like."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from changqing.law.shapes import Id, SubjectName, TextShape
from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Day, Words


class RecentExampleShape(Shape):
    """What is known on a day, and whether the rule speaks (null: cannot tell)."""

    as_of: Day
    known: dict[str, object]
    then: bool | None


class RecentChangeShape(Shape):
    """`recent_changes/<id>.yaml`."""

    id: Id
    subject: SubjectName
    test: Words
    says: TextShape
    dated: Words | None = None
    examples: Annotated[list[RecentExampleShape], Field(min_length=2)]
