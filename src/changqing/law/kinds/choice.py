"""Choices of a plan: what a company decides, and the sentence each decision writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from changqing.law.entry import Ref, YamlEntry
from changqing.law.kit import BothLanguages, Id
from changqing.yamlfile.values import CheckedBy, Count, Flag, Positive, Refusal, Words


def _check_sentence(value: str) -> None:
    if not re.search(r"[。；]$", value):
        raise Refusal(
            "应为完整的句子，以句号结尾", "must be a sentence with its full stop"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAnswer(YamlEntry):
    """One usual answer: how it is offered, and the sentence it writes.

    `sentence` is Chinese, as handed in, and may take facts as a document's template
    does. `needs` names number facts of the applicant, each with the least at which the
    answer can be kept, and `because` says how that follows; where the case says less,
    or nothing, whoever chooses is warned. It is arithmetic, never a rule of law.
    """

    id: Id
    label: BothLanguages
    sentence: Annotated[str, CheckedBy(_check_sentence)]
    needs: Mapping[Id, Positive] = field(default_factory=dict)
    because: BothLanguages | None = None

    def check(self) -> None:
        """Refuse what is needed without the reason for it."""
        if bool(self.needs) != (self.because is not None):
            raise Refusal("和because应一起写", "and because go together", at="needs")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChoice(YamlEntry):
    """`choices/<id>.yaml`: a question an administrator can answer, for its plan.

    `element` is what the answer writes into a paper, as `material.states_…`: where
    nothing is chosen, the paper's own words stand in its place. `licences` says for
    which it is asked; none named: for all. What is a `promise` is kept as one. What is
    `optional`, such as what happened here so far, leaves no blank behind. Without
    `answers` only own words do; `example` shows some.
    """

    id: Id
    order: Count
    document: Id
    title: BothLanguages
    question: BothLanguages
    why: BothLanguages
    example: BothLanguages | None = None
    element: Words | None = None
    licences: tuple[Annotated[Words, Ref("licences")], ...] = ()
    promise: Flag = False
    optional: Flag = False
    answers: tuple[PlanAnswer, ...] = ()

    def is_asked(self, licence: str) -> bool:
        """Whether it is asked of an application for this licence."""
        return not self.licences or licence in self.licences

    def find_answer(self, name: str) -> PlanAnswer | None:
        """The answer of this id, or with this whole label in either language.

        A label that only begins so is none: an answer is a promise, and half of it may
        be all that was meant.
        """
        return next(
            (
                one
                for one in self.answers
                if name in (one.id, one.label.zh, one.label.en)
            ),
            None,
        )
