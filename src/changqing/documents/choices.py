"""The choices of the plans: which are asked, what was decided, what it would take."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from changqing.case.edit import CaseData, FieldChange, change, read
from changqing.case.model import Case, CaseChoice
from changqing.case.subjects import APPLICANT
from changqing.documents.document import Document
from changqing.errors import CaseError, Issue
from changqing.judge.model import Situation
from changqing.judge.words import say_value
from changqing.law.kinds.choice import PlanAnswer, PlanChoice
from changqing.law.model import Catalogue
from changqing.text import Text, both
from changqing.yamlfile.suggest import find_nearest, suggest_word

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_MOST_NEAR: Final = 5
"""Choices of like names that are listed to somebody who named none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedChoice:
    """One choice of an application, what was decided, and whether a document waits.

    None waits for what a paper of the case says, nor for what may be left out.
    """

    choice: PlanChoice
    made: CaseChoice | None
    is_open: bool

    @property
    def answer(self) -> PlanAnswer | None:
        """The answer that was taken; None for own words, and where nothing is."""
        decision = self.made
        return (
            None if decision is None else self.choice.find_answer(decision.answer or "")
        )


def list_choices(
    case: Case, catalogue: Catalogue, documents: Sequence[Document]
) -> tuple[AskedChoice, ...]:
    """List the choices that are asked of this application, in the order of the plans.

    `documents` are its documents as they are now: what belongs to a plan that this
    application does without is not asked, unless it was decided before.
    """
    licence = case.application.licence
    plans = {document.id for document in documents}
    waited = {blank.choice for document in documents for blank in document.blanks}
    used = waited | {name for document in documents for name in document.drafted}
    return tuple(
        AskedChoice(
            choice=choice,
            made=case.choices.get(choice.id),
            is_open=choice.id in waited,
        )
        for choice in catalogue.choices.values()
        if choice.is_asked(licence)
        and (choice.document in plans or choice.id in used or choice.id in case.choices)
    )


def list_promises(case: Case) -> Iterator[Text]:
    """Say each promise that the company chose for its plans, in the order of the plans.

    Own words are said as they are.
    """
    for choice in case.catalogue.choices.values():
        decision = case.choices.get(choice.id)
        if decision is None or not (
            choice.promise and choice.is_asked(case.application.licence)
        ):
            continue
        answer = choice.find_answer(decision.answer or "")
        promise = both(decision.words or "") if answer is None else answer.label
        if promise.zh:
            yield Text(
                f"{choice.title.zh}：{promise.zh}", f"{choice.title.en}: {promise.en}"
            )


def warn_of(
    answer: PlanAnswer, situation: Situation, catalogue: Catalogue
) -> Iterator[Text]:
    """Say what the case lacks for an answer to be kept, and what it says against it.

    A promise that nothing supports, or that another line of the same papers denies, is
    found out by the first reviewer who looks.
    """
    if answer.because is None:
        return
    why = answer.because
    for denied in list_denied(answer, situation, catalogue):
        yield Text(
            f"{why.zh}；项目里写的是，{denied.zh}",
            f"{why.en}; the case says, {denied.en}",
        )
    for name, least in answer.needs.items():
        fact = catalogue.facts["applicant", name]
        resolved_fact = situation.resolved.get((APPLICANT, name))
        value = None if resolved_fact is None else resolved_fact.best
        needed = say_value(least, fact)
        if value is None:
            yield Text(
                f"{why.zh}；项目里还没有写{fact.label.zh}（至少要{needed.zh}）",
                f"{why.en}; the case does not say {fact.label.en} "
                f"(at least {needed.en})",
            )
        elif isinstance(value, int) and value < least:
            has = say_value(value, fact)
            yield Text(
                f"{why.zh}；项目里的{fact.label.zh}是{has.zh}，至少要{needed.zh}",
                f"{why.en}; {fact.label.en} of the case is {has.en}, and must be "
                f"{needed.en} at least",
            )


def list_denied(
    answer: PlanAnswer, situation: Situation, catalogue: Catalogue
) -> Iterator[Text]:
    """Say each fact of the case that speaks against an answer."""
    for name, denied in answer.against.items():
        fact = catalogue.facts["applicant", name]
        resolved_fact = situation.resolved.get((APPLICANT, name))
        if resolved_fact is not None and resolved_fact.best is denied:
            value = say_value(denied, fact)
            yield Text(f"{fact.label.zh}：{value.zh}", f"{fact.label.en}: {value.en}")


def record_choice(
    case: Case, choice: str, *, answer: str | None = None, words: str | None = None
) -> CaseData:
    """Write one decision into `case.yaml`: an answer, own words, or neither: undecided.

    Choice and answer are named by id or title, as people read them. Raises CaseError
    for a choice or answer that does not exist, and as `case.edit.change` does.
    """
    plan_choice = find_choice(case, choice)
    plan_answer = None if answer is None else plan_choice.find_answer(answer)
    if answer is not None and plan_answer is None:
        raise CaseError(
            _refuse_answer(answer, [possible.label for possible in plan_choice.answers])
        )
    case_data = read(case.path)
    value = {"words": words} if words else plan_answer and plan_answer.id
    at: tuple[str, ...] = ("choices", plan_choice.id)
    if value is None and set(case.choices) <= {plan_choice.id}:
        at = ("choices",)  # nothing is left in it
    return change(
        case.path,
        [FieldChange(at=at, value=value, shown=case_data.find_value(at))],
        version=case_data.version,
        catalogue=case.catalogue,
    )


def find_choice(case: Case, name: str) -> PlanChoice:
    """Find a choice by id or title; raises CaseError with what there is."""
    for choice in case.catalogue.choices.values():
        if name in (choice.id, choice.title.zh, choice.title.en):
            return choice
    titles = {
        choice.id: choice.title
        for choice in case.catalogue.choices.values()
        if choice.is_asked(case.application.licence)
    }
    near = _list_near(name, titles)
    every = Text(
        f"共有{len(titles)}项，choose不带参数就列出来",
        f"there are {len(titles)}; choose without arguments lists them",
    )
    raise CaseError(_make_unknown_issue(name, near or every))


def _list_near(typed: str, titles: Mapping[str, Text]) -> Text | None:
    """List the few whose id or title is like what was given, or holds it."""
    needle = typed.casefold().strip()
    near = [
        (name, title)
        for name, title in titles.items()
        if needle
        and any(needle in word.casefold() for word in (name, title.zh, title.en))
    ]
    if not near:
        by_word = {
            word: (name, title)
            for name, title in titles.items()
            for word in (name, title.zh, title.en)
        }
        closest = find_nearest(typed, by_word)
        near = [] if closest is None else [by_word[closest]]
    if not near:  # of two characters one may be mistyped
        characters = set(_HAN.findall(typed))
        near = [(n, title) for n, title in titles.items() if characters & set(title.zh)]
        near.sort(key=lambda pair: len(pair[1].zh))
        near = near[:_MOST_NEAR]
    if not near or len(near) > _MOST_NEAR:
        return None
    zh = "、".join(f"{name}（{title.zh}）" for name, title in near)
    en = ", ".join(f"{name} ({title.en})" for name, title in near)
    return Text(f"是否指 {zh}？", f"did you mean {en}?")


def _refuse_answer(typed: str, labels: Sequence[Text]) -> Issue:
    zh, en = [text.zh for text in labels], [text.en for text in labels]
    near = suggest_word(typed, zh) or suggest_word(typed, en)
    every = Text(f"有：{'；'.join(zh)}", f"there are: {'; '.join(en)}")
    return _make_unknown_issue(typed, near or every)


def _make_unknown_issue(typed: str, hint: Text) -> Issue:
    return Issue(text=Text(f"没有“{typed}”这一项", f"there is no “{typed}”"), hint=hint)
