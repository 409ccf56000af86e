"""Characters on a page, made into runs of words in the order in which one reads them.

A run is what a person takes in at once: characters of one line without a wide gap. Two
columns, or two cells of a table, are two runs of one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from changqing.evidence.reading import SURE, WHOLE, Box, Span

WIDE: Final = 0.55
"""A gap of so many heights of a line ends a run."""
_TOUCHING: Final = 0.3
"""Runs of one row as near as this many heights were only drawn in two goes."""
_SAME_ROW: Final = 0.5
"""Two runs are of one row if they share so much of the lower one's height."""
_SPREAD: Final = 6.0
"""Letters of one word stand apart by no more heights than this."""
_LABEL: Final = 10
"""Characters of the longest label to which others are stretched."""
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff〇]")


_GUESS: Final = 60
"""Of 100: a letter read with less is a guess between letters that look alike."""
_WITH_GUESS: Final = 89
"""The most of a line with a guess: below what may deny a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """One character, or words that came as one, and where it stands on an even page.

    Lengths are of any unit, the same along both sides; y grows downwards.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float = SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Characters of one line that stand together."""

    glyphs: tuple[Glyph, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def text(self) -> str:
        """The words, without blanks at the ends."""
        return "".join(glyph.text for glyph in self.glyphs).strip()

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    @property
    def confidence(self) -> int:
        """The mean over its characters, of 100; at most 89 with a guess among them.

        One letter makes another name or amount, so such a line denies nothing.
        """
        sure = [glyph.confidence for glyph in self.glyphs if glyph.text.strip()]
        mean = round(sum(sure) / len(sure)) if sure else 0
        guessed = min(sure, default=SURE) < _GUESS
        return min(mean, _WITH_GUESS) if guessed else mean


def make_run(glyphs: Sequence[Glyph]) -> Run:
    """Make a run of glyphs, of which there is at least one."""
    return Run(
        glyphs=tuple(glyphs),
        left=min(glyph.left for glyph in glyphs),
        top=min(glyph.top for glyph in glyphs),
        right=max(glyph.right for glyph in glyphs),
        bottom=max(glyph.bottom for glyph in glyphs),
    )


def split_at_gaps(glyphs: Iterable[Glyph], *, wide: float = WIDE) -> list[Run]:
    """Make runs of glyphs in the order in which they were written.

    A run ends where the next glyph stands in another line, or to the left, or beyond a
    gap of `wide` times the height.
    """
    runs: list[Run] = []
    run_glyphs: list[Glyph] = []
    last: Glyph | None = None
    for glyph in glyphs:
        if not glyph.text.strip():
            if run_glyphs:
                run_glyphs.append(glyph)
            continue
        if last is not None and _starts_anew(last, glyph, wide):
            runs.append(_trim_run(run_glyphs))
            run_glyphs = []
        run_glyphs.append(glyph)
        last = glyph
    if run_glyphs:
        runs.append(_trim_run(run_glyphs))
    return runs


def _trim_run(glyphs: Sequence[Glyph]) -> Run:
    """Make a run without the blanks at its end, which would make its box too wide."""
    end = len(glyphs)
    while not glyphs[end - 1].text.strip():
        end -= 1
    return make_run(glyphs[:end])


def _starts_anew(last: Glyph, glyph: Glyph, wide: float) -> bool:
    heights = last.bottom - last.top, glyph.bottom - glyph.top
    shared = min(last.bottom, glyph.bottom) - max(last.top, glyph.top)
    if shared < _SAME_ROW * min(heights):
        return True
    gap = glyph.left - last.right
    sizes = _measure_letter(last), _measure_letter(glyph)
    return gap > wide * min(sizes) or gap < -max(sizes)


def _measure_letter(glyph: Glyph) -> float:
    """Measure the height of a letter, or the width of one as flat as 一.

    Browsers print Chinese in fonts whose boxes are as low as what is drawn.
    """
    height = glyph.bottom - glyph.top
    return max(height, glyph.right - glyph.left) if len(glyph.text) == 1 else height


def order_runs(runs: Iterable[Run], *, touching: float = _TOUCHING) -> list[Run]:
    """Put runs in rows from the top, each from the left, and join those of one word.

    What touches was only drawn in two goes. Single characters that stand apart are one
    word where a title is spread, or where a label is stretched to the width of those
    above and below.
    """
    runs = list(runs)
    if not runs:
        return []
    page = _PageOfRuns(
        edges=[(run.left, run.right) for run in runs if 1 < len(run.text) <= _LABEL],
        height=median(run.height for run in runs),
    )
    ordered: list[Run] = []
    for row in find_rows(runs):
        row = _split_at_edges(_join_touching(row, touching), page)
        ordered.extend(_join_spread(row, page))
    return ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageOfRuns:
    """What a row is compared with: the edges of short runs, and the usual height."""

    edges: Sequence[tuple[float, float]]
    height: float

    def has_word(self, left: float, right: float, near: float) -> bool:
        """Tell whether another word begins and ends there."""
        return any(
            abs(left - begin) < near and abs(right - end) < near
            for begin, end in self.edges
        )


def _split_at_edges(row: Sequence[Run], page: _PageOfRuns) -> list[Run]:
    """Cut the last letter of a stretched label off the value that follows it closely.

    住 | 所四川省… below 经营范围 | …: the label ends where the labels beside it end.
    """
    parts: list[Run] = []
    for run in row:
        if parts and _is_letter(parts[-1]) and len(run.glyphs) > 1:
            first, second = run.glyphs[:2]
            near = 0.6 * (run.bottom - run.top)
            if (
                _HAN.fullmatch(first.text)
                and second.left >= first.right
                and page.has_word(parts[-1].left, first.right, near)
            ):
                parts.extend((make_run(run.glyphs[:1]), make_run(run.glyphs[1:])))
                continue
        parts.append(run)
    return parts


def _join_touching(row: Sequence[Run], touching: float) -> list[Run]:
    joined = [row[0]]
    for run in row[1:]:
        last_run = joined[-1]
        height = min(last_run.height, run.height)
        alike = max(last_run.height, run.height) < 1.6 * height
        if alike and run.left - last_run.right < touching * height:
            blank = list(_space_words(last_run, run))
            joined[-1] = make_run([*last_run.glyphs, *blank, *run.glyphs])
        else:
            joined.append(run)
    return joined


def _space_words(left: Run, right: Run) -> Iterator[Glyph]:
    """Give a blank between two words that are written with letters."""
    ends = left.text[-1:] + right.text[:1]
    if (
        ends.isascii()
        and ends.isalpha()
        and right.left - left.right > 0.1 * left.height
    ):
        yield Glyph(
            text=" ",
            left=left.right,
            top=left.top,
            right=right.left,
            bottom=left.bottom,
        )


def _join_spread(row: Sequence[Run], page: _PageOfRuns) -> list[Run]:
    joined: list[Run] = []
    at = 0
    while at < len(row):
        end = at
        while (
            end < len(row)
            and _is_letter(row[end])
            and _is_continued(row[at:end], row[end])
        ):
            end += 1
        letters = row[at:end]
        if len(letters) > 1 and _is_one_word(letters, row, page):
            joined.append(make_run([glyph for run in letters for glyph in run.glyphs]))
            at = end
        else:
            joined.append(row[at])
            at += 1
    return joined


def _is_letter(run: Run) -> bool:
    return _HAN.fullmatch(run.text) is not None


def _is_continued(letters: Sequence[Run], run: Run) -> bool:
    if not letters:
        return True
    last = letters[-1]
    gap = run.left - last.right
    steps = [after.left - before.left for before, after in pairwise(letters)]
    even = not steps or abs(run.left - last.left - steps[0]) < 0.35 * steps[0]
    low, high = sorted((last.height, run.height))
    return even and high < 1.5 * low and gap < _SPREAD * low


def _is_one_word(letters: Sequence[Run], row: Sequence[Run], page: _PageOfRuns) -> bool:
    """Whether letters that stand apart are one word, and not cells of a table."""
    if len({run.text for run in letters}) == 1:
        return False
    height = median(run.height for run in letters)
    if len(letters) == len(row) or (len(letters) > 2 and height > 1.4 * page.height):
        return True
    return page.has_word(letters[0].left, letters[-1].right, 0.6 * height)


def find_rows(runs: Iterable[Run]) -> list[list[Run]]:
    """Group runs that stand beside one another, from the top; each row from the left.

    A run joins the row whose nearest run shares at least half of its height with it.
    """
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda other: (other.top + other.bottom, other.left)):
        for row in reversed(rows[-6:]):
            beside = min(row, key=lambda other: _measure_gap(other, run))
            shared = min(beside.bottom, run.bottom) - max(beside.top, run.top)
            over = min(beside.right, run.right) - max(beside.left, run.left)
            low = min(beside.height, run.height)
            if shared >= _SAME_ROW * low and over < 0.5 * low:
                row.append(run)
                break
        else:
            rows.append([run])
    for row in rows:
        row.sort(key=lambda other: other.left)
    return rows


def _measure_gap(first: Run, second: Run) -> float:
    return max(first.left - second.right, second.left - first.right, 0.0)


def make_box(
    left: float, top: float, right: float, bottom: float, width: float, height: float
) -> Box:
    """Make a box in ten-thousandths of a page, kept within it."""

    def share(value: float, whole: float) -> int:
        return min(WHOLE, max(0, round(value / whole * WHOLE)))

    return Box(
        left=share(left, width),
        top=share(top, height),
        right=share(right, width),
        bottom=share(bottom, height),
    )


def make_spans(runs: Iterable[Run], width: float, height: float) -> tuple[Span, ...]:
    """Make spans of runs on a page of that size."""
    return tuple(
        Span(
            text=run.text,
            box=make_box(run.left, run.top, run.right, run.bottom, width, height),
            confidence=run.confidence,
        )
        for run in runs
    )
