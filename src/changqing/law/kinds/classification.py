"""Which licence a business needs: rules over what is offered, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from changqing.law.entry import Ref, YamlEntry
from changqing.law.kit import (
    BothLanguages,
    Citations,
    Confidence,
    ExampleRow,
    FilledText,
    Id,
    InForce,
    LicenceRef,
    Rule,
)
from changqing.text import Text, WordedEnum
from changqing.yamlfile.values import NotEmpty, Refusal, Words


class ClassificationOutcome(WordedEnum):
    """What a rule calls for when its test is true."""

    LICENCE = "licence", Text("许可", "licence")
    FILING = "filing", Text("备案", "filing")
    # Another authority's consent comes first.
    SECTOR = "sector", Text("前置同意", "consent that comes first")
    # What another law asks beside the telecom licence; it precedes nothing here.
    OTHER_PERMIT = "other_permit", Text("电信以外的许可", "a permit beside telecom")
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


def decide_need(outcome: ClassificationOutcome, truth: bool | None) -> Need:  # noqa: FBT001 - a truth value
    """Decide what the truth of a rule's test means; unknown is always doubtful."""
    if truth is None:
        return Need.DOUBTFUL
    match outcome:
        case ClassificationOutcome.NONE:
            return Need.NOT_NEEDED if truth else Need.SILENT
        case ClassificationOutcome.REMARK:
            return Need.REMARKED if truth else Need.SILENT
        case _:
            return Need.NEEDED if truth else Need.NOT_NEEDED


_TRUTHS: Final = (True, False, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationExample(YamlEntry):
    """A worked case: answers as a file writes them, and what must come of it."""

    answers: ExampleRow
    then: Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification(YamlEntry):
    """`classification/<id>.yaml`: whether a business needs a licence, or what.

    It has a text for each answer the outcome can give but `silent`. `dispute` says
    where sources contradict one another.
    """

    id: Id
    licence: LicenceRef | None = None
    title: BothLanguages
    outcome: ClassificationOutcome
    test: Rule
    needed: FilledText | None = None
    not_needed: FilledText | None = None
    doubtful: FilledText | None = None
    remarked: FilledText | None = None
    citations: Citations
    in_force: InForce
    succeeds: Annotated[Words, Ref("classification")] | None = None
    dispute: FilledText | None = None
    examples: Annotated[tuple[ClassificationExample, ...], NotEmpty]

    def check(self) -> None:
        """Refuse an answer without its text, and a text that is no answer."""
        answers = {decide_need(self.outcome, truth) for truth in _TRUTHS}
        for need in Need:
            if need is Need.SILENT:
                continue
            if need in self.says and need not in answers:
                raise Refusal(
                    f"为 {self.outcome} 时不会有 {need}",
                    f"{self.outcome} never answers {need}",
                    at="outcome",
                )
            if need not in self.says and need in answers:
                raise Refusal(
                    f"为 {self.outcome} 时应写 {need}",
                    f"{self.outcome} must say {need}",
                    at="outcome",
                )
        if self.outcome is ClassificationOutcome.LICENCE and self.licence is None:
            raise Refusal(
                "为 licence 时应写明 licence",
                "licence must name the licence",
                at="outcome",
            )

    @property
    def says(self) -> Mapping[Need, Text]:
        """The text of each answer that has one."""
        texts = {
            Need.NEEDED: self.needed,
            Need.NOT_NEEDED: self.not_needed,
            Need.DOUBTFUL: self.doubtful,
            Need.REMARKED: self.remarked,
        }
        return {need: text for need, text in texts.items() if text is not None}

    @property
    def confidence(self) -> Confidence:
        """That of the source least well read: no answer is surer than its basis."""
        order = list(Confidence)
        return max(
            (citation.confidence for citation in self.citations), key=order.index
        )
