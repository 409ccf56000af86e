"""Which licence a business needs: rules over what is offered, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from changqing.law.kit import Citation, Confidence, InForce
from changqing.law.parts import Data, citations_of, in_force_of, maybe_text, text_of
from changqing.rules.expression import Expression
from changqing.text import Text, WordedEnum


class ClassificationOutcome(WordedEnum):
    """What a rule calls for when its test is true."""

    LICENCE = "licence", Text("许可", "licence")
    FILING = "filing", Text("备案", "filing")
    # Another authority's consent comes first.
    SECTOR = "sector", Text("前置同意", "consent that comes first")
    # Nothing: says why not.
    NONE = "none", Text("不需要什么", "nothing needed")
    # Nothing to obtain, but to be known.
    REMARK = "remark", Text("提示", "remark")


class Need(WordedEnum):
    """What a rule answers. `silent`: it does not concern this business."""

    NEEDED = "needed", Text("需要", "Needed")
    NOT_NEEDED = "not_needed", Text("不需要", "Not needed")
    DOUBTFUL = "doubtful", Text("说不准", "Open")
    REMARKED = "remarked", Text("另请注意", "Also to know")
    SILENT = "silent", Text("不涉及", "Not concerned")


def need_of(outcome: ClassificationOutcome, truth: bool | None) -> Need:  # noqa: FBT001 - a truth value
    """What the truth of a rule's test means; unknown is always doubtful."""
    if truth is None:
        return Need.DOUBTFUL
    match outcome:
        case ClassificationOutcome.NONE:
            return Need.NOT_NEEDED if truth else Need.SILENT
        case ClassificationOutcome.REMARK:
            return Need.REMARKED if truth else Need.SILENT
        case _:
            return Need.NEEDED if truth else Need.NOT_NEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationExample:
    """A worked case: answers as a file writes them, and what must come of it."""

    answers: Mapping[str, object]
    then: Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """One rule: whether a business needs a licence, a filing, a consent, or nothing.

    `says` has a text for each answer the outcome can give but `silent`; it may have
    `{fact.value}` places. `dispute` says where sources contradict one another.
    """

    id: str
    licence: str | None
    title: Text
    outcome: ClassificationOutcome
    test: Expression
    says: Mapping[Need, Text]
    citations: tuple[Citation, ...]
    in_force: InForce
    examples: tuple[ClassificationExample, ...]
    succeeds: str | None = None
    dispute: Text | None = None

    @property
    def confidence(self) -> Confidence:
        """That of the source least well read: no answer is surer than its basis."""
        order = list(Confidence)
        return max((each.confidence for each in self.citations), key=order.index)


def classification_of(data: Data, test: Expression) -> Classification:
    """One file of `classification/`, with its test already parsed."""
    return Classification(
        id=data["id"],
        licence=data.get("licence"),
        title=text_of(data["title"]),
        outcome=ClassificationOutcome(data["outcome"]),
        test=test,
        says={
            need: text_of(data[need.value])
            for need in Need
            if data.get(need.value) is not None
        },
        citations=citations_of(data["citations"]),
        in_force=in_force_of(data["in_force"]),
        examples=tuple(
            ClassificationExample(answers=each["answers"], then=Need(each["then"]))
            for each in data["examples"]
        ),
        succeeds=data.get("succeeds"),
        dispute=maybe_text(data, "dispute"),
    )
