"""What the papers of a case say at the place a document refers to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from changqing.case.model import Case, Paper
from changqing.case.page import squeeze
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record
from changqing.evidence.paper_text import SURE_ENOUGH, PaperLine, PaperText
from changqing.evidence.reading import Reading
from changqing.evidence.readings import KeptReadings, read_as_text
from changqing.law.kit import Grade

_SENTENCE_ENDS: Final = ("。", "；", "！")
_LONGEST: Final = 200  # characters; more is read in the paper itself
_LEAST: Final = 4  # signs of a quotation: fewer stand in any sentence
_TITLE: Final = re.compile(
    r"[^。；;！，,：:、]{2,12}(?<![不未无没非的为至和及与或在于由])"
)
_HEAD_OF_PAGE: Final = 3  # lines: what a sheet repeats at its head stands in them
_FULL_LINE: Final = 6500  # ten-thousandths of a page: a line so long goes on below
_SEALED: Final = re.compile(r"[（(](?:盖章|公章|签章|手签|签字)[）)]")


class PaperQuotes:
    """Quotes the papers of a case, each read once.

    What was typed beside a paper is nobody's quotation, and a line that breaks off, or
    the heading above the words, says less than the place.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._readings = KeptReadings(Evidence(case.path))
        self._texts: dict[str, PaperText | None] = {}

    def find(self, paper: Paper, record: Record) -> str | None:
        """Find the sentences in which a paper says what a record took from it.

        The sentence that was read, where it stands at the place that is named; else the
        whole clause at that place, for a sentence of another clause is about another
        thing; on a page, the one sentence in which the words stand. None where none is
        there, or it is too long to quote.
        """
        if record.grade < Grade.UNDERTAKEN:
            return None
        words = (record.raw or "").strip()
        sentence = words if _is_whole(words) else None
        text = self._read_text(paper)
        lines = None if text is None else text.locate(record.source.place)
        if text is None or lines is None:
            return sentence
        squeezed = "".join(text.lines[at].bare for at in lines)
        if sentence is not None and squeeze(sentence) in squeezed:
            return _drop_title(text, lines, sentence)
        if text.is_heading(lines[0]):
            return _quote_clause(text, lines)
        return quote_around(text, lines, words)

    def _read_text(self, paper: Paper) -> PaperText | None:
        if paper.id not in self._texts:
            reading = read_as_text(self._case, paper) or self._find_kept(paper)
            self._texts[paper.id] = None if reading is None else PaperText(reading)
        return self._texts[paper.id]

    def _find_kept(self, paper: Paper) -> Reading | None:
        return self._readings.get(paper.file.digest)


def _is_whole(words: str) -> bool:
    return words.endswith(_SENTENCE_ENDS) and len(words) <= _LONGEST


def _drop_title(text: PaperText, lines: range, sentence: str) -> str:
    """Cut off a title that was read as the beginning of a sentence: 责任人何某负责。"""
    for first, last in text.find(squeeze(sentence), squeeze, "bare"):
        title = text.lines[first].words.strip()
        below = sentence.removeprefix(title)
        over = text.is_heading(first) or _TITLE.fullmatch(text.lines[first].bare)
        if first in lines and first < last and below and over:
            return below
    return sentence


def _quote_clause(text: PaperText, lines: range) -> str | None:
    """Quote the sentences of a clause; None for a table or what breaks off."""
    clause = _join_lines([text.lines[at] for at in lines[1:]])
    # A company seals and signs below its last clause; what follows a semicolon belongs
    # to its sentence, and without it the sentence says less than the paper.
    whole = clause[: max(map(clause.rfind, _SENTENCE_ENDS)) + 1]
    if whole.endswith("；") and whole != clause:
        return None
    return whole if _is_whole(whole) and not _SEALED.search(whole) else None


def quote_around(text: PaperText, lines: range, words: str) -> str | None:
    """Quote the sentence of a page in which words stand, or what stands below a title.

    None where they stand in several that differ: which of them was meant is not known.
    """
    needle = squeeze(words)
    if len(needle) < _LEAST:
        return None
    quotes = {
        _quote_lines(text, range(first, last + 1), needle)
        for first, last in text.find(needle, squeeze, "bare")
        if first in lines
    }
    return quotes.pop() if len(quotes) == 1 else None


def _quote_lines(text: PaperText, at: range, needle: str) -> str | None:
    """Quote the whole sentences around lines; None where they may not be whole."""
    first, last = at[0], at[-1]
    titled = first == last and _is_title(text, first)
    if titled:
        first = last = min(first + 1, len(text.lines) - 1)
    while not titled and first > 0 and not _is_sentence_end(text, first - 1):
        first -= 1
    while last < len(text.lines) - 1 and not _is_sentence_end(text, last):
        last += 1
    if _may_go_on(text, first) or text.lines[first].page != text.lines[last].page:
        return None  # what a sheet repeats at its foot and head may stand between
    joined = _join_lines(text.lines[first : last + 1])
    whole = "".join(
        sentence
        for sentence in re.findall(r"[^。！]*[。！]", joined)
        if titled or needle in squeeze(sentence)
    )
    return whole if _is_whole(whole) and not _SEALED.search(whole) else None


def _is_sentence_end(text: PaperText, at: int) -> bool:
    """Tell whether a sentence ends with a line: by its stop, or because it is a title.

    Of a list over several lines no item is quoted alone: what is said of all stands
    before the first.
    """
    return text.lines[at].words.strip().endswith(("。", "！")) or _is_title(text, at)


def _is_title(text: PaperText, at: int) -> bool:
    """Whether a line stands over others, and is not the beginning of what they say.

    The last line of 月可用率不 / 低于99.5% alone says the opposite of the whole.
    """
    line = text.lines[at]
    if text.is_heading(at) or line.is_row:
        return text.is_heading(at)
    if _may_go_on(text, at):
        return False
    right = max((p.span.box.right for p in line.parts if p.span.box), default=0)
    return right < _FULL_LINE and _TITLE.fullmatch(line.bare) is not None


def _may_go_on(text: PaperText, at: int) -> bool:
    """Whether a line is at the head of a further page, where a sentence may go on."""
    page = text.lines[at].page
    before = text.lines[max(0, at - _HEAD_OF_PAGE)].page
    return page > text.lines[0].page and before != page


def _join_lines(lines: Sequence[PaperLine]) -> str:
    """Join lines to running text; empty for a table, or what was read unsurely."""
    parts = [part for line in lines for part in line.parts]
    if any(line.is_row or len(line.parts) > 1 for line in lines):
        return ""
    if any(part.span.confidence < SURE_ENOUGH for part in parts):
        return ""
    return "".join(line.words.strip() for line in lines)
