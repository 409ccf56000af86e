"""Guided looks: a person looks, saves the page, and the page becomes evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final, Literal

from changqing.law.entry import YamlEntry
from changqing.law.kit import BothLanguages, Grade, Id, find_grade
from changqing.yamlfile.values import CheckedBy, MadeBy, NotEmpty, Refusal, Words

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


def _check_address(value: str) -> None:
    if not re.fullmatch(r"https?://\S+", value):
        raise Refusal(
            "应为 https:// 开头的网址", "must be a web address, such as https://…"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNoWords(YamlEntry):
    """The words of a page that say yes, and those that say no."""

    true: tuple[Words, ...] = ()
    false: Annotated[tuple[Words, ...], NotEmpty]

    def list_words(self) -> Iterator[tuple[str, bool]]:
        """Give every word and what it says."""
        for value, words in ((True, self.true), (False, self.false)):
            for word in words:
                yield word, value


@dataclass(frozen=True, slots=True, kw_only=True)
class LookReading(YamlEntry):
    """How the saved page shows one fact.

    Where the page has one of `labels`, what stands under it counts alone.
    """

    shown: BothLanguages
    by: ShownBy
    labels: tuple[Words, ...] = ()
    words: YesNoWords | None = None

    def check(self) -> None:
        """Refuse words where no word is looked for, and none where it is."""
        needed = self.by in {ShownBy.WORDS, ShownBy.NUMBER}
        allowed = needed or self.by is ShownBy.DOMAIN
        if (self.words is None) if needed else (self.words is not None and not allowed):
            raise Refusal(
                "by 为 words 或 number 时须写 words，为 domain 时可写，否则不写",
                "must list words when by is words or number, may when it is domain, "
                "and only then",
                at="words",
            )
        by_words = self.by is ShownBy.WORDS
        if self.words is not None and by_words is not bool(self.words.true):
            raise Refusal(
                "by 为 words 时须写表示“是”的词，为 number 时不写",
                "must list the words for true when by is words, and none for a number",
                at="words",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(YamlEntry):
    """What else the page shows that a person wants to see, and no rule asks for."""

    title: BothLanguages
    labels: Annotated[tuple[Words, ...], NotEmpty]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesOnPapers(YamlEntry):
    """The codes on papers by which their issuer shows, on a page, what it issued.

    `labels` are the words beside a code that is printed; QR codes need none.
    """

    materials: Annotated[tuple[Id, ...], NotEmpty]
    labels: Annotated[tuple[Words, ...], NotEmpty]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedLook(YamlEntry):
    """`looks/<id>.yaml`: what a person looks at, in which steps, and what to save.

    `grade` is what a value is worth that is found in the saved page: attested where
    somebody else keeps the register, observed where it is the applicant's own page.
    `reads` names the facts whose value a program can find there; of any other a person
    says where in the page it stands. `seeks` names the facts that hold what is looked
    up, where that is not the subject itself: a provider, say. `codes` are those on
    papers whose issuer is asked by this look; what its page shows is held against the
    paper.
    """

    id: Id
    title: BothLanguages
    where: BothLanguages
    # None where there is no web address
    address: Annotated[str, CheckedBy(_check_address)] | None = None
    steps: Annotated[tuple[BothLanguages, ...], NotEmpty]
    keep: BothLanguages
    grade: Annotated[Grade, MadeBy(find_grade, Literal["observed", "attested"])]
    reads: Mapping[Id, LookReading] = field(default_factory=dict)
    seeks: tuple[Id, ...] = ()
    beside: tuple[Beside, ...] = ()
    codes: CodesOnPapers | None = None
