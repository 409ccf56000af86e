"""Guided looks: a person looks, saves the page, and the page becomes evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from changqing.law.kit import Grade
from changqing.law.parts import Data, text_of, texts_of
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.law.model import Catalogue, Fact

GUIDED: Final = "guided:"
"""How a source of a fact begins that is a guided look."""


class ShownBy(StrEnum):
    """What in a saved page says the value of a fact.

    `value`: the value itself. `words`: one of the words listed for the value.
    `applicant`: the applicant's name, for a fact that says whether it is the
    applicant's. `domain`: the service's domain. `number`: a filing number; words say
    that there is none. `first_day`, `last_day`: of the days that stand together.
    `codes`: the states of a registry, such as clientHold, as client_hold.
    """

    VALUE = "value"
    FIRST_DAY = "first_day"
    LAST_DAY = "last_day"
    CODES = "codes"
    WORDS = "words"
    APPLICANT = "applicant"
    DOMAIN = "domain"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the saved page shows one fact; `words` by the value they say.

    Where the page has one of `labels`, what stands under it counts alone.
    """

    shown: Text
    by: ShownBy
    labels: tuple[str, ...]
    words: Mapping[bool, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What else the page shows that a person wants to see, and no rule asks for."""

    title: Text
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedLook:
    """One target a person looks at: where, in which steps, and what to save.

    `grade` is what a value is worth that is found in the saved page: attested where
    somebody else keeps the register, observed where it is the applicant's own page.
    `reads` names the facts whose value a program can find there; of any other a person
    says where in the page it stands. `seeks` names the facts that hold what is looked
    up, where that is not the subject itself: a provider, say.
    """

    id: str
    title: Text
    where: Text
    address: str | None  # a web address; None where there is none
    steps: tuple[Text, ...]
    keep: Text
    grade: Grade
    reads: Mapping[str, Reading]
    seeks: tuple[str, ...]
    beside: tuple[Beside, ...]


def guided_look(data: Data) -> GuidedLook:
    """One file of `looks/`."""
    return GuidedLook(
        id=data["id"],
        title=text_of(data["title"]),
        where=text_of(data["where"]),
        address=data.get("address"),
        steps=texts_of(data["steps"]),
        keep=text_of(data["keep"]),
        grade=Grade[data["grade"].upper()],
        reads={
            name: _reading(written)
            for name, written in (data.get("reads") or {}).items()
        },
        seeks=tuple(data.get("seeks") or ()),
        beside=tuple(
            Beside(title=text_of(each["title"]), labels=tuple(each["labels"]))
            for each in data.get("beside") or ()
        ),
    )


def _reading(data: Data) -> Reading:
    return Reading(
        shown=text_of(data["shown"]),
        by=ShownBy(data["by"]),
        labels=tuple(data.get("labels") or ()),
        words={
            said == "true": tuple(words)
            for said, words in (data.get("words") or {}).items()
        },
    )


def settled_by(catalogue: Catalogue, look: str) -> Iterator[Fact]:
    """The facts a guided look can settle, of any subject, in their order."""
    source = f"{GUIDED}{look}"
    return (fact for fact in catalogue.facts.values() if source in fact.sources)


def looks_for(fact: Fact) -> tuple[str, ...]:
    """The guided looks that settle a fact."""
    return tuple(
        source.removeprefix(GUIDED)
        for source in fact.sources
        if source.startswith(GUIDED)
    )
