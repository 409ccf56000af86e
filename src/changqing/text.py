"""The two languages a user may read, and words said in both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


def both(word: str) -> Text:
    """A name or number that reads the same in both languages."""
    return Text(zh=word, en=word)
