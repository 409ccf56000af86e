"""How what was found in a paper is said: read, denied, not found, unreadable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.subjects import Subject
from changqing.evidence.paper_text import join_boxes
from changqing.evidence.reading import Reading, ReadingProblem
from changqing.papers.compare.sought import NamedSubjects, SoughtValue
from changqing.papers.compare.spelling import MAX_WORDS
from changqing.rules.types import Value
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueHit:
    """A value that the paper gives in a line; not `sure`: it may not deny anything."""

    value: Value
    at: int
    words: str
    sure: bool = True


def make_hit(target: SoughtValue, at: int, *, value: Value | None = None) -> ValueHit:
    """Quote a line in which the typed value stands, or another `value`."""
    value_quoted = target.value if value is None else value
    assert value_quoted is not None  # noqa: S101 - a cleared field is no statement
    return ValueHit(
        value=value_quoted, at=at, words=target.text.lines[at].words[:MAX_WORDS]
    )


def make_read(target: SoughtValue, hit: ValueHit) -> Comparison:
    """Say that the paper says what was typed."""
    return _make_comparison(target, hit, ReadOutcome.READ)


def make_denial(target: SoughtValue, hit: ValueHit) -> Comparison:
    """Say that the paper says otherwise, and what it says instead."""
    denial = _make_comparison(target, hit, ReadOutcome.DENIED)
    return replace(
        denial,
        stands=hit.value if hit.value != target.value else None,
        why=describe_denial(denial.words or ""),
    )


def describe_denial(quote: str) -> Text:
    """Say what the paper says instead."""
    return Text(zh=f"材料上写的是“{quote}”", en=f"the paper says “{quote}”")


def describe_missing(name: str) -> Text:
    """Say that one of several was not found."""
    return Text(zh=f"没有读到“{name}”", en=f"“{name}” was not found")


def make_gap(target: SoughtValue, why: Text | None) -> Comparison:
    """Say that the paper was not found to say it, which is a gap and never a no."""
    label = target.fact.label
    return Comparison(
        outcome=ReadOutcome.NOT_FOUND,
        why=why
        or Text(
            zh=f"材料上没有读到所填的“{label.zh}”；可用 words 指出原文",
            en=f"what was typed of “{label.en}” was not found in the paper; point "
            "at its words with words",
        ),
    )


def make_unreadable(reading: Reading) -> Comparison:
    """Say that nothing of the paper could be read, and why."""
    problem = reading.problem or ReadingProblem.BLANK
    return Comparison(
        outcome=ReadOutcome.UNREADABLE,
        why=Text(
            zh=f"材料读不出：{problem.text.zh}",
            en=f"the paper cannot be read: {problem.text.en}",
        ),
    )


def name_missing(names: NamedSubjects, subject: Subject) -> Text:
    """Say that the paper does not name whom it is about."""
    name = names.subjects.get(subject, subject.id)
    return Text(
        zh=f"材料上没有读到“{name}”", en=f"the paper was not found to name “{name}”"
    )


def _make_comparison(
    target: SoughtValue, hit: ValueHit, outcome: ReadOutcome
) -> Comparison:
    line = target.text.lines[hit.at]
    boxes = [part.span.box for part in line.parts if part.span.box is not None]
    around = join_boxes(boxes)
    return Comparison(
        outcome=outcome,
        page=line.page,
        box=None
        if around is None
        else (around.left, around.top, around.right, around.bottom),
        words=hit.words,
        at_place=target.is_at_place(hit.at),
    )


SAYS_BOTH: Final = Text(
    zh="材料上两种说法都有，须人工核对",
    en="the paper says both; a person must check",
)
NO_MARK: Final = Text(
    zh="程序没有看到，不等于没有，须人工核对",
    en="a program saw none, which proves nothing; a person must check",
)
NO_SUCH_WORDS: Final = Text(
    zh="材料上没有所引的原文", en="the words that were quoted do not stand in the paper"
)
