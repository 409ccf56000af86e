"""What a file of `classification/` must look like."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from changqing.law.shapes import Citations, Id, InForceShape, TextShape
from changqing.yamlfile.shape import Shape
from changqing.yamlfile.values import Refusal, Words

_TEXTS: Final = {
    "licence": ("needed", "not_needed", "doubtful"),
    "filing": ("needed", "not_needed", "doubtful"),
    "sector": ("needed", "not_needed", "doubtful"),
    "none": ("not_needed", "doubtful"),
    "remark": ("remarked", "doubtful"),
}


class ClassificationExampleShape(Shape):
    """Answers to questions, and what must come of them."""

    answers: dict[str, object]
    then: Literal["needed", "not_needed", "doubtful", "remarked", "silent"]


class ClassificationShape(Shape):
    """`classification/<id>.yaml`."""

    id: Id
    licence: Words | None = None
    title: TextShape
    outcome: Literal["licence", "filing", "sector", "none", "remark"]
    test: Words
    needed: TextShape | None = None
    not_needed: TextShape | None = None
    doubtful: TextShape | None = None
    remarked: TextShape | None = None
    citations: Citations
    in_force: InForceShape
    succeeds: Words | None = None
    dispute: TextShape | None = None
    examples: Annotated[list[ClassificationExampleShape], Field(min_length=1)]

    @model_validator(mode="after")
    def _says_every_answer(self) -> Self:  # an instance's
        wanted = _TEXTS[self.outcome]
        for name in ("needed", "not_needed", "doubtful", "remarked"):
            said = getattr(self, name) is not None
            if said and name not in wanted:
                raise Refusal(
                    f"为 {self.outcome} 时不会有 {name}",
                    f"{self.outcome} never answers {name}",
                    at="outcome",
                )
            if not said and name in wanted:
                raise Refusal(
                    f"为 {self.outcome} 时应写 {name}",
                    f"{self.outcome} must say {name}",
                    at="outcome",
                )
        if self.outcome == "licence" and self.licence is None:
            raise Refusal(
                "为 licence 时应写明 licence",
                "licence must name the licence",
                at="outcome",
            )
        return self
