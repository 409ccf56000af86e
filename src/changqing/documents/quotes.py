"""What the papers of a case say at the place a document refers to."""

from __future__ import annotations

import re
from typing import Final

from changqing.case.model import Case, Paper
from changqing.case.page import squeeze
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record
from changqing.evidence.paper_text import SURE_ENOUGH, PaperText
from changqing.evidence.reading import Reading
from changqing.evidence.readings import KeptReadings, read_as_text
from changqing.law.kit import Grade

_SENTENCE_ENDS: Final = ("。", "；", "！")
_LONGEST: Final = 200  # characters; more is read in the paper itself
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
        thing. None where neither is there, or it is too long to quote.
        """
        if record.grade < Grade.UNDERTAKEN:
            return None
        words = (record.raw or "").strip()
        sentence = words if _is_whole(words) else None
        text = self._read(paper)
        lines = None if text is None else text.locate(record.source.place)
        if text is None or lines is None:
            return sentence
        said = "".join(text.lines[at].bare for at in lines)
        if sentence is not None and squeeze(sentence) in said:
            return sentence
        return _quote_clause(text, lines)

    def _read(self, paper: Paper) -> PaperText | None:
        if paper.id not in self._texts:
            reading = read_as_text(self._case, paper) or self._find_kept(paper)
            self._texts[paper.id] = None if reading is None else PaperText(reading)
        return self._texts[paper.id]

    def _find_kept(self, paper: Paper) -> Reading | None:
        return self._readings.get(paper.file.digest)


def _is_whole(words: str) -> bool:
    return words.endswith(_SENTENCE_ENDS) and len(words) <= _LONGEST


def _quote_clause(text: PaperText, lines: range) -> str | None:
    """Quote the sentences of a clause; None for a page, a table or what breaks off."""
    if not text.is_heading(lines[0]):
        return None
    below = [text.lines[at] for at in lines[1:]]
    if not below or any(line.is_row or len(line.parts) > 1 for line in below):
        return None
    if any(part.span.confidence < SURE_ENOUGH for line in below for part in line.parts):
        return None
    said = "".join(line.words.strip() for line in below)
    # A company seals and signs below its last clause.
    whole = said[: max(map(said.rfind, _SENTENCE_ENDS)) + 1]
    return whole if _is_whole(whole) and not _SEALED.search(whole) else None
