"""What is said of a paper as a thing: it is legible, sealed, signed, reaches so far."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from changqing.calendar import count_whole_months
from changqing.case.comparison import Comparison, ReadOutcome
from changqing.evidence.paper_text import PaperText
from changqing.evidence.parse import find_days
from changqing.evidence.reading import MarkKind
from changqing.papers.compare.outcome import (
    NO_MARK,
    make_gap,
    make_hit,
    make_read,
)
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import join_quotes

_SEALED: Final = re.compile(r"[（(](?:[^（）()]{0,12})?盖章|公章|电子章|印章|专用章")
_SIGNED: Final = re.compile(r"手签|签字|签名|签署|签章")


def compare_paper_itself(target: SoughtValue) -> Comparison | None:
    """Hold what is said of the paper itself against it; None: it is no such thing."""
    match target.said.fact:
        case "legible":
            if target.value is True and target.text.reading.problem is None:
                return make_read(target, make_hit(target, 0))
            return make_gap(target, None)
        case "sealed":
            return _compare_mark(target, MarkKind.SEAL, _SEALED)
        case "signed":
            return _compare_mark(target, MarkKind.SIGNATURE, _SIGNED)
        case "plan_months" | "schedule_until":
            return _compare_span(target)
        case _:
            return None


def find_seals(text: PaperText) -> tuple[int, int]:
    """Count the seals of a paper, by marks or else by words, and find the last line."""
    marks = sum(
        mark.kind is MarkKind.SEAL for page in text.reading.pages for mark in page.marks
    )
    lines = [at for at, line in enumerate(text.lines) if _SEALED.search(line.bare)]
    count = sum(len(_SEALED.findall(text.lines[at].bare)) for at in lines)
    return marks or count, lines[-1] if lines else 0


def _compare_mark(
    target: SoughtValue, kind: MarkKind, pattern: re.Pattern[str]
) -> Comparison:
    """Hold a seal or a signature against the marks on the pages, and what is said.

    That a program saw none proves nothing.
    """
    if target.value is not True:
        return make_gap(target, NO_MARK)
    for page in target.text.reading.pages:
        for mark in page.marks:
            if mark.kind is kind:
                box = mark.box
                return Comparison(
                    outcome=ReadOutcome.READ,
                    page=page.number,
                    box=(box.left, box.top, box.right, box.bottom),
                )
    for at in reversed(range(len(target.text.lines))):
        if pattern.search(target.text.lines[at].bare):
            return make_read(target, make_hit(target, at))
    return make_gap(target, None)


def _compare_span(target: SoughtValue) -> Comparison:
    """Hold how far the days of a plan reach: so many months, or until when."""
    lines = target.text.lines
    days = [
        (day.value, at)
        for at, line in enumerate(lines)
        for part in line.parts
        for day in find_days(part.bare)
        if line.is_row
    ]
    if not days:
        return make_gap(target, None)
    (first, start), (last, end) = min(days), max(days)
    if target.said.fact == "plan_months":
        # Whole months at least, months of the calendar at most.
        touched = count_whole_months(first.replace(day=1), last) + 1
        whole = count_whole_months(first, last + timedelta(days=1))
        fits = isinstance(target.value, int) and whole <= target.value <= touched
    else:
        fits = last == target.value
    if not fits:
        return make_gap(target, None)
    quote = join_quotes(lines[at].words for at in dict.fromkeys((start, end)))
    return make_read(target, replace(make_hit(target, start), words=quote))
