"""Reading an assessment's JSON: one language, and nothing missing is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from changqing.text import Language

# What a hostile name could steer a terminal or the order of a line with.
_UNSEEN = dict.fromkeys(
    character
    for span in ((0, 9), (11, 32), (127, 160), (0x202A, 0x202F), (0x2066, 0x206A))
    for character in range(*span)
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One object of the JSON. What is absent or of another type reads as empty.

    Control characters are dropped from whatever is read.
    """

    data: Mapping[str, object]
    language: Language

    def __bool__(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.data)

    def say(self, key: str, default: str = "") -> str:
        """The words under `key`: a pair of languages, or a text that is in neither."""
        value = self.data.get(key)
        if isinstance(value, Mapping):
            value = value.get(self.language.value)
        words = value.translate(_UNSEEN) if isinstance(value, str) else ""
        return words or default

    def code(self, key: str) -> str:
        """The plain text under `key`, or ""."""
        value = self.data.get(key)
        return value.translate(_UNSEEN) if isinstance(value, str) else ""

    def number(self, key: str) -> int | None:
        """The whole number under `key`."""
        value = self.data.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def truth(self, key: str) -> bool | None:
        """The yes, no or unknown under `key`."""
        value = self.data.get(key)
        return value if isinstance(value, bool) else None

    def day(self, key: str) -> date | None:
        """The day under `key`; of a time, its day as written."""
        try:
            return date.fromisoformat(self.code(key)[:10])
        except ValueError:
            return None

    def part(self, key: str) -> Reading:
        """The object under `key`, empty when there is none."""
        value = self.data.get(key)
        return Reading(value if isinstance(value, Mapping) else {}, self.language)

    def parts(self, key: str) -> tuple[Reading, ...]:
        """The objects listed under `key`."""
        value = self.data.get(key)
        if not isinstance(value, list | tuple):
            return ()
        return tuple(
            Reading(each, self.language) for each in value if isinstance(each, Mapping)
        )

    def codes(self, key: str) -> tuple[str, ...]:
        """The plain texts listed under `key`."""
        value = self.data.get(key)
        if not isinstance(value, list | tuple):
            return ()
        return tuple(each.translate(_UNSEEN) for each in value if isinstance(each, str))

    def sayings(self, key: str) -> tuple[str, ...]:
        """The words listed under `key`, each a pair of languages or plain text."""
        value = self.data.get(key)
        if not isinstance(value, list | tuple):
            return ()
        said = (Reading({"": each}, self.language).say("") for each in value)
        return tuple(words for words in said if words)
