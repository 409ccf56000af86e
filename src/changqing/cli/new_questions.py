"""The questions that are still open, asked in the terminal; each answer is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.case import edit
from changqing.case.edit import FieldChange, RefusedError
from changqing.case.values import NotAValueError, parse_value, spell_value
from changqing.cli.shared import ask, find_own_key_path, read_clock
from changqing.guide.interview import BACK, parse_yes_or_no, say_wrong
from changqing.judge.questions import OpenQuestion, list_questions, place_answer
from changqing.law.kit import QuestionGroup
from changqing.rules.types import Kind
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.law.model import Catalogue

_BETWEEN: Final = re.compile(r"[\s,，、;；]+")
_NONE: Final = frozenset({"0", "无", "none"})
_PATIENCE: Final = 10  # tries at one question; a closed or empty input must end
Ask = Callable[[str], str]


def ask_on(
    folder: Path, catalogue: Catalogue, language: Language, *, ask: Ask = ask
) -> int:
    """Ask what is open, in the order of a conversation, and write each answer at once.

    An empty answer is unknown and is not asked again in this session; `<` goes back.

    Args:
        folder: Of the case; what is said there already is left as it is.
        catalogue: Says what is asked.
        language: Which is spoken.
        ask: Shows a prompt and returns what was typed.

    Returns:
        How many answers were written.
    """
    session = _Session(folder, catalogue, language, ask)
    while session.ask_group():
        pass
    return session.written


class _Session:
    """What was asked so far; a group at a time, for answers lead to questions."""

    def __init__(
        self, folder: Path, catalogue: Catalogue, language: Language, ask: Ask
    ) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self.language = language
        self.ask = ask
        self.written = 0
        self._put: set[tuple[str, str]] = set()

    def ask_group(self) -> bool:
        """Ask the first group that has anything new; False when none has."""
        questions = [
            q for q in self._list_open_questions() if self._make_key(q) not in self._put
        ]
        if not questions:
            return False
        group = questions[0].group
        mine = [question for question in questions if question.group is group]
        self._tell_group(group, len(mine), len(questions))
        place = 0
        while place < len(mine):
            went_on = self._ask_one(mine[place], place + 1, len(mine))
            place = place + 1 if went_on else max(place - 1, 0)
        self._put |= {self._make_key(question) for question in mine}
        return True

    def _list_open_questions(self) -> tuple[OpenQuestion, ...]:
        from changqing.judge.assess import find_judge
        from changqing.run import run

        outcome = run(
            self.folder,
            judge=find_judge(self.catalogue),
            clock=read_clock,
            key=find_own_key_path(),
            offline=True,
        )
        return list_questions(outcome.assessment, self.catalogue)

    def _make_key(self, question: OpenQuestion) -> tuple[str, str]:
        return str(question.subject), question.fact.id

    def _tell_group(self, group: QuestionGroup, count: int, remaining: int) -> None:
        text = Text(
            zh=f"{group.text.zh}：{count}题，连后面的共{remaining}题",
            en=f"{group.text.en}: {count} of {remaining} questions",
        )
        click.secho(f"\n{text.say(self.language)}", bold=True)

    def _ask_one(self, question: OpenQuestion, number: int, of: int) -> bool:
        """Put one question; False to go back to the one before."""
        language, asking = self.language, question.asking
        whose = f"（{question.whose.say(language)}）" if question.whose else ""
        click.echo(f"\n{number}/{of}  {question.asks.say(language)}{whose}")
        labels = [label for _, label in question.among]
        labels = labels or list(question.fact.value_labels.values())
        for option, label in enumerate(labels, start=1):
            click.echo(f"   {option:>2}  {label.say(language)}")
        example = Text(
            zh=f"例：{asking.example.zh}；不清楚直接回车",
            en=f"For example: {asking.example.en}; empty if unsure",
        )
        click.echo(f"      {example.say(language)}")
        why = Text(zh=f"为什么问：{asking.why.zh}", en=f"Why: {asking.why.en}")
        click.echo(f"      {why.say(language)}")
        for _ in range(_PATIENCE):
            typed = self.ask(">").strip()
            if typed in BACK:
                return False
            if not typed:
                return True
            try:
                self._write_answer(question, read_answer(question, typed))
            except NotAValueError as wrong:
                click.echo("      " + say_wrong(wrong, language))
            except RefusedError as refused:
                click.echo("      " + refused.issues[0].text.say(language))
            else:
                return True
        return True

    def _write_answer(self, question: OpenQuestion, value: object) -> None:
        if question.among:
            placed = [
                place_answer(subject, question.fact.id, str(subject) == value)
                for subject, _ in question.among
            ]
        else:
            placed = [
                place_answer(
                    question.subject, question.fact.id, value, adds=question.adds
                )
            ]
        now = edit.read(self.folder)
        edit.change(
            self.folder,
            [FieldChange(at=at, value=written) for at, written in placed],
            version=now.version,
            catalogue=self.catalogue,
        )
        self.written += 1


def read_answer(question: OpenQuestion, written: str) -> object:
    """Read what was typed as `case.yaml` spells it; options by number or by name.

    Of several members the one that was named, as a subject. Raises NotAValueError with
    what is wrong and what may be typed.
    """
    fact = question.fact
    if question.among:
        return _pick_member(question, written)
    if fact.type.kind is Kind.BOOLEAN:
        return parse_yes_or_no(written) == "true"
    value: object = written
    options = list(fact.value_labels)
    if fact.type.kind is Kind.SET:
        parts = [part for part in _BETWEEN.split(written) if part]
        nothing = len(parts) == 1 and parts[0] in _NONE and "none" not in options
        value = [] if nothing else [_pick_option(part, options) for part in parts]
    elif fact.type.kind is Kind.CATEGORY:
        value = _pick_option(written, options)
    elif fact.type.kind is Kind.NUMBER and fact.unit == "basis_points":
        value = written if written.endswith(("%", "％")) else f"{written}%"
    elif fact.type.kind is Kind.NUMBER and written.removeprefix("-").isdecimal():
        value = written if fact.unit == "fen" else int(written)
    value = spell_value(fact, value)
    parse_value(fact, value)
    return value


def _pick_member(question: OpenQuestion, typed: str) -> str:
    labels = {str(subject): label for subject, label in question.among}
    picked = _pick_option(typed, list(labels))
    for subject, label in labels.items():
        if picked in (subject, label.zh, label.en):
            return subject
    zh = "、".join(label.zh for label in labels.values())
    en = ", ".join(label.en for label in labels.values())
    raise NotAValueError(
        Text(zh=f"名单里没有“{typed}”", en=f"“{typed}” is not on the list"),
        Text(zh=f"写编号或姓名：{zh}", en=f"give a number or a name: {en}"),
    )


def _pick_option(typed: str, options: list[str]) -> str:
    if typed.isdecimal() and 1 <= int(typed) <= len(options):
        return options[int(typed) - 1]
    return typed
