"""The table of cross-checks: what is compared, under which words, how it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from changqing.errors import CatalogueError
from changqing.text import Text
from changqing.yamlfile.shape import Shape, read_shape
from changqing.yamlfile.values import Refusal, Words

TABLE: Final = Path(__file__).with_name("cross_checks.yaml")
KINDS: Final = (
    *("same", "written", "promised", "agree", "at_most", "role", "host", "shares"),
    *("licence", "foreign"),
)


class CrossWords(Shape):
    """Words in both languages."""

    zh: Words
    en: Words

    def make_text(self) -> Text:
        """Make a text of it, as of everything a user reads."""
        return Text(self.zh, self.en)


class ValueCheck(Shape):
    """A value that stands in a text after (or before) certain words.

    `only_in` and `not_in` name materials and documents. `one_is_enough` asks that one
    of the values of a text be right, not all of them. `own_papers`: of papers that
    others issue nothing is asked, such as a contract that the other side sealed.
    """

    fact: str = ""
    words: list[Words]
    shape: Words
    only_in: list[Words] = Field(default_factory=list)
    not_in: list[Words] = Field(default_factory=list)
    after: bool = False
    one_is_enough: bool = False
    own_papers: bool = False

    def concerns(self, page: str) -> bool:
        """Tell whether a paper or document of this id is read."""
        return page not in self.not_in and (not self.only_in or page in self.only_in)


class PromiseCheck(Shape):
    """What plans promise of one thing, by the words that name it.

    `unit` is how it is measured: a share (99.5%), a time (24 hours) or a pace (every
    half year). A part of a sentence with one of `without` promises another thing; with
    `beside`, only a part that has one of these words counts. `kinds` tells amounts
    apart that are for different things (faults by their level).
    """

    words: list[Words]
    unit: Literal["share", "time", "pace"]
    beside: list[Words] = Field(default_factory=list)
    without: list[Words] = Field(default_factory=list)
    kinds: Mapping[str, list[Words]] = Field(default_factory=dict)


class PlaceRole(Shape):
    """A post by its words in texts, and what the case calls it."""

    post: Words
    words: list[Words]


class CrossCheck(Shape):
    """One cross-check: exactly one of its kinds is given."""

    fix: Words
    label: CrossWords | None = None
    same: Words | None = None
    written: ValueCheck | None = None
    promised: PromiseCheck | None = None
    agree: list[Words] | None = None
    at_most: list[Words] | None = None
    role: PlaceRole | None = None
    host: bool | None = None
    shares: bool | None = None
    licence: bool | None = None
    foreign: bool | None = None

    @model_validator(mode="after")
    def _check_one_kind(self) -> CrossCheck:
        kinds_set = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(kinds_set) != 1:
            raise Refusal(
                f"应当在{'、'.join(KINDS)}里恰好写一种",
                f"must have exactly one of {', '.join(KINDS)}",
            )
        for pair in (self.agree, self.at_most):
            if pair is not None and len(pair) != 2:
                raise Refusal("应当写两项", "must name two facts")
        return self


class CrossTable(Shape):
    """All cross-checks, and the ways to mend what they find.

    `plans` are the papers in which a company promises, `not_promised` words of headings
    and sentences that tell what was, or what others owe.
    """

    plans: list[Words] = Field(default_factory=list)
    not_promised: list[Words] = Field(default_factory=list)
    fixes: Mapping[str, CrossWords]
    checks: Mapping[str, CrossCheck]

    @model_validator(mode="after")
    def _check_fixes(self) -> CrossTable:
        for name, check in self.checks.items():
            if check.fix not in self.fixes:
                raise Refusal(
                    f"{name}的fix没有写在fixes里",
                    f"of {name}: its fix is not among fixes",
                    at="checks",
                )
        return self


@cache
def load_cross_table(path: Path = TABLE) -> CrossTable:
    """Load the table that ships; CatalogueError where it is wrong."""
    return read_shape(path, CrossTable, error=CatalogueError)[1]
