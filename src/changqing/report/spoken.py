"""What an assessment's pages say in the language of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from changqing.law.said import say_article
from changqing.report import words
from changqing.report.model import CaseReport
from changqing.report.outlook_model import SupportView
from changqing.text import Language, Text

_OPERATORS = {
    "<=": Text("≤", "≤"),
    ">=": Text("≥", "≥"),
    "<>": Text("≠", "≠"),
    "∈": Text("属于", "is one of"),
}


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A report and the language in which it is read."""

    report: CaseReport
    language: Language

    @property
    def zh(self) -> bool:
        """Whether Chinese is spoken."""
        return self.language is Language.ZH

    def t(self, zh: str, en: str, **values: object) -> str:
        """Say one of two texts."""
        return (zh if self.zh else en).format(**values)

    def say(self, text: Text | None) -> str:
        """Say a text of the report; nothing where there is none."""
        return "" if text is None else words.drop_controls(text.say(self.language))

    @property
    def applicant(self) -> str:
        """The name of the applicant."""
        name = words.drop_controls(self.report.case.name)
        return name or self.t("未具名", "Unnamed")

    def say_heading(self, part: str) -> str:
        """Say what heads a part of the report."""
        return words.HEADINGS[part].say(self.language)

    def say_count(self, number: int, zh: str, one: str, many: str) -> str:
        """Say how many there are."""
        return self.t(zh, one if number == 1 else many, n=number)

    def name(self, kind: str, code: str) -> str:
        """Say a code of one kind in words."""
        tables: Mapping[str, Mapping[str, Text]] = {
            "dimension": words.DIMENSIONS,
            "standing": words.STANDINGS,
            "verdict": words.VERDICTS,
            "long_term": words.LONG_TERM,
            "route": words.ROUTES,
            "grade": words.GRADES,
            "scope": words.SCOPES,
            "stage": words.STAGES,
            "service": words.SERVICE_KINDS,
        }
        return words.say_word(tables[kind], code, self.language)

    def say_endless(self, row: SupportView) -> str:
        """Say why something has no end."""
        return self.say(row.endless) or self.t("无固定期限", "no fixed end")

    def say_end(self, day: date) -> str:
        """Say a day on which something ends, and that it has where that is past."""
        over = self.t("，已过", ", over") if day < self.report.as_of else ""
        return day.isoformat() + over

    def say_renewing(self, row: SupportView) -> str:
        """Say that something goes on by itself; nothing where it does not."""
        if not row.renews:
            return ""
        return self.t("，写明自动续期，但不多计", ", renews by itself, not counted")

    def split_clauses(self, sentence: str) -> list[str]:
        """Break a sentence where its clauses end."""
        return words.split_clauses(sentence, self.language)

    def say_day(self, day: date) -> str:
        """Say a day in full."""
        return words.say_long_day(day, self.language)

    def say_weekday(self, day: date) -> str:
        """Say the day of the week."""
        return words.say_weekday(day, self.language)

    def say_article(self, reference: str) -> str:
        """Say which article is meant."""
        return say_article(reference).say(self.language)

    def say_operator(self, written: str) -> str:
        """Say a comparison in signs, or in words where few know the sign."""
        return words.say_word(_OPERATORS, written, self.language)

    def join_list(self, parts: Iterable[str]) -> str:
        """Join parts as a list."""
        return ("、" if self.zh else ", ").join(parts)
