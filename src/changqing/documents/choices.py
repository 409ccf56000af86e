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
        made = self.made
        return None if made is None else self.choice.find_answer(made.answer or "")


def list_choices(
    case: Case, catalogue: Catalogue, written: Sequence[Document]
) -> tuple[AskedChoice, ...]:
    """List the choices that are asked of this application, in the order of the plans.

    `written` are its documents as they are now: what belongs to a plan that this
    application does without is not asked, unless it was decided before.
    """
    licence = case.application.licence
    plans = {document.id for document in written}
    waited = {blank.choice for document in written for blank in document.blanks}
    used = waited | {name for document in written for name in document.drafted}
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
        made = case.choices.get(choice.id)
        if made is None or not (
            choice.promise and choice.is_asked(case.application.licence)
        ):
            continue
        answer = choice.find_answer(made.answer or "")
        said = both(made.words or "") if answer is None else answer.label
        if said.zh:
            yield Text(f"{choice.title.zh}：{said.zh}", f"{choice.title.en}: {said.en}")


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
        found = situation.resolved.get((APPLICANT, name))
        known = None if found is None else found.best
        needed = say_value(least, fact)
        if known is None:
            yield Text(
                f"{why.zh}；项目里还没有写{fact.label.zh}（至少要{needed.zh}）",
                f"{why.en}; the case does not say {fact.label.en} "
                f"(at least {needed.en})",
            )
        elif isinstance(known, int) and known < least:
            has = say_value(known, fact)
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
        found = situation.resolved.get((APPLICANT, name))
        if found is not None and found.best is denied:
            said = say_value(denied, fact)
            yield Text(f"{fact.label.zh}：{said.zh}", f"{fact.label.en}: {said.en}")


def decide(
    case: Case, choice: str, *, answer: str | None = None, words: str | None = None
) -> CaseData:
    """Write one decision into `case.yaml`: an answer, own words, or neither: undecided.

    Choice and answer are named by id or title, as people read them. Raises CaseError
    for a choice or answer that does not exist, and as `case.edit.change` does.
    """
    asked = find_choice(case, choice)
    taken = None if answer is None else asked.find_answer(answer)
    if answer is not None and taken is None:
        raise CaseError(
            _refuse_answer(answer, [plan_answer.label for plan_answer in asked.answers])
        )
    now = read(case.path)
    value = {"words": words} if words else taken and taken.id
    at: tuple[str, ...] = ("choices", asked.id)
    if value is None and set(case.choices) <= {asked.id}:
        at = ("choices",)  # nothing is left in it
    return change(
        case.path,
        [FieldChange(at=at, value=value, shown=now.find_value(at))],
        version=now.version,
        catalogue=case.catalogue,
    )


def find_choice(case: Case, name: str) -> PlanChoice:
    """Find a choice by id or title; raises CaseError with what there is."""
    for choice in case.catalogue.choices.values():
        if name in (choice.id, choice.title.zh, choice.title.en):
            return choice
    asked = {
        choice.id: choice.title
        for choice in case.catalogue.choices.values()
        if choice.is_asked(case.application.licence)
    }
    near = _list_near(name, asked)
    every = Text(
        f"共有{len(asked)}项，choose不带参数就列出来",
        f"there are {len(asked)}; choose without arguments lists them",
    )
    raise CaseError(_make_unknown_issue(name, near or every))


def _list_near(given: str, known: Mapping[str, Text]) -> Text | None:
    """List the few whose id or title is like what was given, or holds it."""
    meant = given.casefold().strip()
    near = [
        (name, title)
        for name, title in known.items()
        if meant
        and any(meant in word.casefold() for word in (name, title.zh, title.en))
    ]
    if not near:
        by_word = {
            word: (name, title)
            for name, title in known.items()
            for word in (name, title.zh, title.en)
        }
        closest = find_nearest(given, by_word)
        near = [] if closest is None else [by_word[closest]]
    if not near:  # of two characters one may be mistyped
        typed = set(_HAN.findall(given))
        near = [(n, title) for n, title in known.items() if typed & set(title.zh)]
        near.sort(key=lambda pair: len(pair[1].zh))
        near = near[:_MOST_NEAR]
    if not near or len(near) > _MOST_NEAR:
        return None
    zh = "、".join(f"{name}（{title.zh}）" for name, title in near)
    en = ", ".join(f"{name} ({title.en})" for name, title in near)
    return Text(f"是否指 {zh}？", f"did you mean {en}?")


def _refuse_answer(given: str, known: Sequence[Text]) -> Issue:
    zh, en = [text.zh for text in known], [text.en for text in known]
    near = suggest_word(given, zh) or suggest_word(given, en)
    every = Text(f"有：{'；'.join(zh)}", f"there are: {'; '.join(en)}")
    return _make_unknown_issue(given, near or every)


def _make_unknown_issue(given: str, hint: Text) -> Issue:
    return Issue(text=Text(f"没有“{given}”这一项", f"there is no “{given}”"), hint=hint)
