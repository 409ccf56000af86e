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


Sentence = Annotated[str, CheckedBy(_check_sentence)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceSentence(YamlEntry):
    """The same answer in the words of other services, named by their licences."""

    licences: tuple[Annotated[Words, Ref("licences")], ...]
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAnswer(YamlEntry):
    """One usual answer: how it is offered, and the sentence it writes.

    `sentence` is Chinese, as handed in, and may take facts as a document's template
    does; `sentences` has others for licences whose service needs other words: a call
    centre tells its clients where a site tells its visitors. `needs` names number facts
    of the applicant, each with the least at which the answer can be kept, and `because`
    says how that follows; where the case says less, or nothing, whoever chooses is
    warned. It is arithmetic, never a rule of law. `against` names yes-or-no facts of
    the applicant with the value that says the opposite of the answer.

    By what its choice is `kept`: a measured number up to `kept_up_to` keeps it and one
    above `broken_above` does not (without one, above the other); one from `kept_from`
    on keeps it; a last day further back than `silent_days` does not. `every_days` is
    how often a record of it is due.
    """

    id: Id
    label: BothLanguages
    sentence: Sentence
    sentences: tuple[LicenceSentence, ...] = ()
    needs: Mapping[Id, Positive] = field(default_factory=dict)
    against: Mapping[Id, Flag] = field(default_factory=dict)
    because: BothLanguages | None = None
    kept_up_to: Count | None = None
    broken_above: Count | None = None
    kept_from: Positive | None = None
    silent_days: Positive | None = None
    every_days: Positive | None = None

    def check(self) -> None:
        """Refuse what is needed, or speaks against it, without the reason for it."""
        if bool(self.needs or self.against) != (self.because is not None):
            raise Refusal("和 because 应一起写", "and because go together", at="needs")

    def write_for(self, licence: str) -> str:
        """Write the sentence that fits the service of this licence."""
        return next(
            (
                sentence.sentence
                for sentence in self.sentences
                if licence in sentence.licences
            ),
            self.sentence,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseMeasure(YamlEntry):
    """By what it is seen whether a promise is kept.

    `fact`, as `subject.fact`, is what was measured, a number or a yes; over `days`
    before it was seen where it counts what happened in them. `newest` is the fact that
    says when it last happened. `record` is the kind of paper in which the company
    itself notes that it did: it is asked for by its day, and proves nothing alone. What
    is promised for an `occasion` alone can be seen then, and no record is due before.
    """

    fact: Words | None = None
    days: Positive | None = None
    newest: Words | None = None
    record: Annotated[Words, Ref("materials")] | None = None
    occasion: BothLanguages | None = None

    def check(self) -> None:
        """Refuse a measure by which nothing is seen."""
        if not (self.fact or self.newest or self.record or self.occasion):
            raise Refusal(
                "应写 fact、newest、record 或 occasion",
                "must have fact, newest, record or occasion",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChoice(YamlEntry):
    """`choices/<id>.yaml`: a question an administrator can answer, for its plan.

    `element` is what the answer writes into a paper, as `material.states_…`: where
    nothing is chosen, the paper's own words stand in its place. `licences` says for
    which it is asked, `not_for` for which not; neither: for all. What is a `promise` is
    kept as one: `kept` says by what that is seen; without it, a record is asked for
    once a year. What is
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
    not_for: tuple[Annotated[Words, Ref("licences")], ...] = ()
    promise: Flag = False
    kept: PromiseMeasure | None = None
    optional: Flag = False
    answers: tuple[PlanAnswer, ...] = ()

    def check(self) -> None:
        """Refuse a measure of what promises nothing, and licences named twice over."""
        if self.licences and self.not_for:
            raise Refusal("和 not_for 只写一个", "or not_for, not both", at="licences")
        if self.kept is not None and not self.promise:
            raise Refusal("只用于承诺", "is for promises alone", at="kept")

    def is_asked(self, licence: str) -> bool:
        """Tell whether it is asked of an application for this licence."""
        if self.licences:
            return licence in self.licences
        return licence not in self.not_for

    def find_answer(self, name: str) -> PlanAnswer | None:
        """Find the answer of this id, or with this whole label in either language.

        A label that only begins so is none: an answer is a promise, and half of it may
        be all that was meant.
        """
        return next(
            (
                answer
                for answer in self.answers
                if name in (answer.id, answer.label.zh, answer.label.en)
            ),
            None,
        )
