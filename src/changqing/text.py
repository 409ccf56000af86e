"""The two languages a user may read, and words said in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Language(StrEnum):
    """A language the product is complete in."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """The same thing said in Chinese and in English."""

    zh: str
    en: str

    def say(self, language: Language) -> str:
        """Return the wording in `language`."""
        return self.zh if language is Language.ZH else self.en

    @property
    def capitalised(self) -> Text:
        """The same, to stand alone or at the head of a line."""
        return Text(zh=self.zh, en=self.en[:1].upper() + self.en[1:])


def both(word: str) -> Text:
    """Make a text of a name or number that reads the same in both languages."""
    return Text(zh=word, en=word)


def count_in_english(number: int, one: str, many: str) -> str:
    """Write a number with its noun: `1 case`, `2 cases`."""
    return f"{number} {one if number == 1 else many}"


def guard_formula(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


class WordedEnum(StrEnum):
    """An enum that carries its words, as they stand within a sentence.

    A member is written `MET = "met", Text("已证实", "met")`; it equals its code, and
    `Verdict("met")` finds it.
    """

    _value_: str
    text: Text

    # The words are optional for type checkers alone, who take `Verdict("met")`, which
    # finds a member, for the call that makes one.
    def __new__(cls, code: str, text: Text | None = None) -> Self:
        """Make the member of a code and its words. TypeError without words."""
        if text is None:
            raise TypeError(f"{code} has no words")
        member = str.__new__(cls, code)
        member._value_ = code
        member.text = text
        return member


def map_words_by_code(kind: type[WordedEnum]) -> Mapping[str, Text]:
    """Map each code of an enum to its words, capitalised, in the order of the enum."""
    return {member.value: member.text.capitalised for member in kind}
