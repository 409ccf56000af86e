"""What an assessment's pages say in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from changqing.catalogue import say_article
from changqing.dossier import _words
from changqing.dossier._reading import Reading
from changqing.text import Language, Text

_OPERATORS = {
    "<=": Text("≤", "≤"),
    ">=": Text("≥", "≥"),
    "<>": Text("≠", "≠"),
    "∈": Text("属于", "is one of"),
}


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """An assessment and the language in which it is read."""

    read: Reading
    language: Language

    @property
    def zh(self) -> bool:
        return self.language is Language.ZH

    def t(self, zh: str, en: str, **values: object) -> str:
        return (zh if self.zh else en).format(**values)

    def n(self, number: int, zh: str, one: str, many: str) -> str:
        return self.t(zh, one if number == 1 else many, n=number)

    def name(self, kind: str, code: str) -> str:
        words: Mapping[str, Mapping[str, Text]] = {
            "dimension": _words.DIMENSIONS,
            "standing": _words.STANDINGS,
            "verdict": _words.VERDICTS,
            "readiness": _words.READINESS,
            "compliance": _words.COMPLIANCE,
            "long_term": _words.LONG_TERM,
            "route": _words.ROUTES,
            "grade": _words.GRADES,
            "confidence": _words.CONFIDENCES,
            "scope": _words.SCOPES,
            "stage": _words.STAGES,
            "service": _words.SERVICE_KINDS,
        }
        return _words.word(words[kind], code, self.language)

    def clauses(self, sentence: str) -> list[str]:
        return _words.clauses(sentence, self.language)

    def say_day(self, day: date) -> str:
        return _words.long_day(day, self.language)

    def weekday(self, day: date) -> str:
        return _words.weekday(day, self.language)

    def article(self, reference: str) -> str:
        return say_article(reference).say(self.language)

    def operator(self, written: str) -> str:
        """A comparison in signs, or in words where few know the sign."""
        return _words.word(_OPERATORS, written, self.language)

    def listed(self, parts: Iterable[str]) -> str:
        return ("、" if self.zh else ", ").join(parts)
