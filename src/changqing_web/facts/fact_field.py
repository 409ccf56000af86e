"""One question about one subject as a field: what is typed in it, and what it means.

An empty field means unknown. What is typed stays as typed until it is handed in; only
then does the core say what it means, or what is wrong with it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from changqing.case.edit import FieldChange, find_place
from changqing.case.subjects import Subject
from changqing.case.values import (
    NotAValueError,
    parse_value,
    spell_amount,
    spell_value,
)
from changqing.judge.questions import place_answer
from changqing.law.kinds.fact import Fact
from changqing.law.model import Verdict
from changqing.law.words import UNIT_WORDS
from changqing.report.model import QuestionView
from changqing.rules.types import Kind
from changqing.text import Text
from changqing.yamlfile.edit import At

Get = Callable[[str], Sequence[str]]
"""The values that were typed under a name."""

UNCLEAR: Final = "unclear"
NONE_OF_THEM: Final = "none_of_them"
MONEY: Final[Mapping[str, Text]] = {
    "元": Text(zh="元", en="CNY"),
    "万元": Text(zh="万元", en="CNY 10,000"),
    "亿元": Text(zh="亿元", en="CNY 100 million"),
}


class EmptyError(ValueError):
    """Nothing was typed: the answer is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEvidence:
    """One piece of evidence for the answer."""

    grade: str
    value: Text
    source: Text
    observed_on: date
    number: str | None
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decides:
    """A criterion that reads the answer, and what was found of it."""

    criterion: str
    title: Text
    verdict: Verdict
    subject: str


@dataclass(slots=True, kw_only=True)
class FactField:
    """One question about one subject, with what was typed and what was found."""

    subject: Subject
    fact: Fact
    at: At
    typed: dict[str, list[str]] = field(default_factory=dict)
    shown: object = None
    errors: list[Text] = field(default_factory=list)
    theirs: str | None = None  # what somebody else wrote meanwhile
    found: tuple[FieldEvidence, ...] = ()
    decides: tuple[Decides, ...] = ()
    asked: QuestionView | None = None  # where it is a question of the conversation
    among: tuple[tuple[str, Text], ...] = ()
    """Of whom one is chosen, by id; empty where it is asked of one alone."""

    @property
    def name(self) -> str:
        """By which the form sends it."""
        return f"{self.subject.type}.{self.subject.id}.{self.fact.id}"

    @property
    def was(self) -> str:
        """What the form was shown, for the form to send back."""
        return json.dumps(self.shown, ensure_ascii=False)

    @property
    def label(self) -> Text:
        """What is asked, in a few words."""
        return self.fact.label

    @property
    def widget(self) -> str:
        """Which kind of field it is."""
        if self.among:
            return "category"
        match self.fact.type.kind:
            case Kind.BOOLEAN:
                return "boolean"
            case Kind.DATE:
                return "date"
            case Kind.CATEGORY:
                return "category"
            case Kind.SET:
                return "set" if self.fact.type.values else "lines"
            case Kind.NUMBER:
                return "money" if self.fact.unit == "fen" else "number"
            case Kind.TEXT:
                return "text"

    @property
    def unit(self) -> Text | None:
        """What stands behind the field."""
        return None if self.fact.unit is None else UNIT_WORDS.get(self.fact.unit)

    @property
    def units(self) -> list[tuple[str, Text, bool]]:
        """The units an amount may be given in."""
        chosen_unit = self._get_first("unit") or "万元"
        return [(code, label, code == chosen_unit) for code, label in MONEY.items()]

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._get_first("")

    @property
    def unclear(self) -> bool:
        """Whether it was said that this is not known."""
        return UNCLEAR in self.typed.get("", ()) or bool(self._get_first("unclear"))

    @property
    def choices(self) -> list[tuple[str, Text, bool]]:
        """What may be chosen, in the order of the catalogue, and whether it is."""
        chosen_codes = set(self.typed.get("", ()))
        if self.among:
            return [(code, name, code in chosen_codes) for code, name in self.among]
        if self.fact.type.kind is Kind.BOOLEAN:
            words = {"true": Text("是", "Yes"), "false": Text("否", "No")}
            return [
                (code, label, code in chosen_codes) for code, label in words.items()
            ]
        values = self.fact.type.values or frozenset()
        order = [code for code in self.fact.value_labels if code in values]
        order += sorted(values - set(order))
        return [
            (
                code,
                self.fact.value_labels.get(code, Text(zh=code, en=code)),
                code in chosen_codes,
            )
            for code in order
        ]

    @property
    def none_of_them(self) -> bool | None:
        """Whether none was chosen on purpose; None where it is a choice of its own."""
        if "none" in (self.fact.type.values or ()):
            return None
        return NONE_OF_THEM in self.typed.get("", ())

    @property
    def answered(self) -> bool:
        """Whether the file says anything."""
        return self.shown is not None

    @property
    def paper(self) -> str | None:
        """The kind of paper that would prove it, where one does."""
        return next(
            (s.removeprefix("paper:") for s in self.fact.sources if s[:6] == "paper:"),
            None,
        )

    @property
    def narrow(self) -> bool:
        """Whether a short field is enough."""
        return self.fact.text_kind in {"phone", "credit_code", "person", None}

    def _get_first(self, part: str) -> str:
        parts = self.typed.get(part) or [""]
        return parts[0]

    # What is typed, and what it means

    def take_typed(self, get: Get) -> None:
        """Keep what was typed."""
        self.typed = {
            part: list(get(self.name + (f"~{part}" if part else "")))
            for part in ("", "unit", "unclear")
        }
        if self.among and self.text in dict(self.among):
            self.at = find_place(Subject(self.subject.type, self.text), self.fact.id)

    def take_shown(self) -> None:
        """Begin with what the file says."""
        self.typed = format_as_typed(self.fact, self.shown)

    def parse_written(self) -> object:
        """Parse what is typed, as `case.yaml` has it; EmptyError when it is nothing."""
        if self.among and self.text in dict(self.among):
            return True  # of who was chosen
        return parse_typed(self.fact, self.typed)

    def list_changes(self, value: object, shown_value: object) -> list[FieldChange]:
        """List what is written for a value; an answer may add a member to the case.

        Who was chosen among several is said to be it, and the others not to be.
        """
        if value is None or self.asked is None:
            return [FieldChange(at=self.at, value=value, shown=shown_value)]
        if self.among:
            kind = self.subject.type
            return [
                FieldChange(
                    at=find_place(Subject(kind, member), self.fact.id),
                    value=member == self.text,
                    shown=None,
                )
                for member, _ in self.among
            ]
        _, placed_value = place_answer(
            self.subject, self.fact.id, value, adds=self.asked.adds
        )
        return [FieldChange(at=self.at, value=placed_value, shown=shown_value)]

    def parse_answer(self) -> object:
        """Parse what to write, None for unknown; NotAValueError in the core's words."""
        try:
            value = self.parse_written()
        except EmptyError:
            return None
        parse_value(self.fact, value)
        value = spell_value(self.fact, value)
        if self.fact.id == "roles" and value == [self.shown]:
            return self.shown  # one post, as the file has it
        return value


def format_as_typed(fact: Fact, shown_value: object) -> dict[str, list[str]]:
    """Show in a field what the file says; nothing where it says nothing."""
    match shown_value:
        case None:
            return {"": []}
        case bool():
            return {"": ["true" if shown_value else "false"]}
        case list():
            parts = [str(part) for part in shown_value]
            if fact.type.values:
                return {"": parts or [NONE_OF_THEM]}
            return {"": ["\n".join(parts)]}
        case str() if fact.unit == "fen":
            for unit in ("亿元", "万元", "元"):
                if shown_value.endswith(unit):
                    return {
                        "": [shown_value.removesuffix(unit).strip()],
                        "unit": [unit],
                    }
        case str() if fact.unit == "basis_points":
            return {"": [shown_value.strip().removesuffix("%").strip()]}
    return {"": [str(shown_value)]}


def parse_typed(fact: Fact, typed: Mapping[str, Sequence[str]]) -> object:
    """Parse what was typed, as `case.yaml` has it; EmptyError when it is nothing."""
    parts = [part.strip() for part in typed.get("", ()) if part.strip()]
    if not parts or UNCLEAR in parts or any(typed.get("unclear", ())):
        raise EmptyError
    text = parts[0]
    match fact.type.kind:
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text, text)
        case Kind.SET if fact.type.values:
            if NONE_OF_THEM in parts and len(parts) == 1:
                return []
            return [part for part in parts if part != NONE_OF_THEM]
        case Kind.SET:
            return [line.strip() for line in text.splitlines() if line.strip()]
        case Kind.NUMBER:
            return _spell_number(fact, text, (typed.get("unit") or ["万元"])[0])
        case _:
            return text


def _spell_number(fact: Fact, text: str, unit: str) -> object:
    folded = unicodedata.normalize("NFKC", text).replace(" ", "")
    if fact.unit == "fen":
        spelled = spell_amount(folded)  # 1000万 says its unit, whatever is chosen
        return spelled if spelled.endswith("元") else f"{spelled}{unit}"
    if fact.unit == "basis_points":
        return folded if folded.endswith("%") else f"{folded}%"
    bare = folded.replace(",", "")
    return int(bare) if bare.removeprefix("-").isdecimal() else text


def say_answer(fact: Fact, shown_value: object) -> Text:
    """Say what the file says, as people say it."""
    match shown_value:
        case None:
            return Text(zh="未填", en="not said")
        case bool():
            return Text("是", "Yes") if shown_value else Text("否", "No")
        case list() if not shown_value:
            return Text(zh="以上都没有", en="none of them")
        case list():
            labels = [_name_value(fact, part) for part in shown_value]
            return Text(
                zh="、".join(label.zh for label in labels),
                en=", ".join(label.en for label in labels),
            )
        case int():
            unit = UNIT_WORDS.get(fact.unit or "", Text("", ""))
            return Text(
                zh=f"{shown_value}{unit.zh}", en=f"{shown_value} {unit.en}".strip()
            )
    return _name_value(fact, shown_value)


def _name_value(fact: Fact, code: object) -> Text:
    return fact.value_labels.get(str(code), Text(zh=str(code), en=str(code)))


# Which questions there are


def say_mistake(error: NotAValueError) -> Text:
    """Say what is wrong with an answer and what to do, in one sentence."""
    if error.hint is None:
        return error.text
    return Text(
        zh=f"{error.text.zh}。{error.hint.zh}。",
        en=f"{error.text.en}: {error.hint.en}.",
    )
