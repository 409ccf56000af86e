"""What changed from one run to another: which sentences, and who falls and rises."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from changqing.screening.result_words import name_value
from changqing.screening.results import (
    ResultTable,
    compare_certain,
    compare_sentences,
)
from changqing.text import Text
from changqing_web.register.figures import read_count
from changqing_web.register.runs import RunStamp, ShownRun, stamp_run

_ABSENT: Final = Text("没有说", "not said")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceChange:
    """How many cases a sentence said one thing of and now says another; codes, words.

    A code is empty where it is said of nothing: another sentence is, or no case is
    there.
    """

    sentence: Text
    before: tuple[str, Text]
    after: tuple[str, Text]
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionChange:
    """In how many cases a criterion became certain not to hold, or is no longer so."""

    code: str
    name: Text
    falls: int
    rises: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChange:
    """All that changed; nothing where both are empty."""

    sentences: tuple[SentenceChange, ...]
    criteria: tuple[CriterionChange, ...]


def find_change(before: ShownRun, after: ShownRun) -> RunChange:
    """Compare two runs; what was compared once stays in memory."""
    return _find_change(before, after, stamp_run(before), stamp_run(after))


@lru_cache(maxsize=16)
def _find_change(
    before: ShownRun, after: ShownRun, _was: RunStamp, _is: RunStamp
) -> RunChange:
    return RunChange(
        sentences=tuple(_read_sentence(compare_sentences(before.run, after.run))),
        criteria=tuple(
            CriterionChange(
                code=str(code),
                name=name_value("criterion", code),
                falls=read_count(falls),
                rises=read_count(rises),
            )
            for code, falls, rises in compare_certain(before.run, after.run).rows
        ),
    )


def _read_sentence(table: ResultTable) -> list[SentenceChange]:
    return [
        SentenceChange(
            sentence=name_value("sentence", sentence),
            before=_read_state(sentence, before),
            after=_read_state(sentence, after),
            cases=read_count(cases),
        )
        for sentence, before, after, cases in table.rows
    ]


def _read_state(sentence: object, value: object) -> tuple[str, Text]:
    if value is None:
        return "", _ABSENT
    return str(value), name_value(str(sentence), value)
