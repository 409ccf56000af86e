"""How far the wording of a question is that of questions about other things.

Every letter, pair and triple of letters (in English every word and pair of words)
weighs for or against: the weights were learnt from many questions that people ask about
anything, and from those that this catalogue answers (`benchmarks/outside.py`). They are
data, kept with the index: nothing is learnt or loaded beside when a question is asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Set
from typing import Final

from changqing.guide.words import detect_language, read_lines, simplify_text
from changqing.text import Language

_WEIGHTS: Final = "outside.txt"
_WORD: Final = re.compile(r"[a-z]+|[0-9]+|[^\W\da-z_]+")
_LONGEST: Final = 3
_ENDS: Final = "^"
_NUMBER: Final = "0"
BIAS: Final = "bias "
"""Before the name of a language: what a question in it weighs by itself."""


def list_marks(text: str) -> Set[str]:
    """List what a question is told by: its letters by one to three, its words."""
    english = detect_language(text) is Language.EN
    pieces: list[str] = []
    for piece in _WORD.findall(simplify_text(text)):
        if piece[0].isascii():
            pieces.append(_NUMBER if piece.isdecimal() else piece)
        else:
            pieces += piece
    pieces = [_ENDS, *pieces, _ENDS]
    gap = " " if english else ""
    most = _LONGEST - 1 if english else _LONGEST
    marks = {
        gap.join(pieces[start : start + size])
        for size in range(1, most + 1)
        for start in range(len(pieces) - size + 1)
    }
    return marks - {_ENDS}


def read_weights(language: Language) -> Mapping[str, float]:
    """Read what each mark of a language weighs; what is above 0 is for other things."""
    pairs = (line.rpartition("\t")[::2] for line in read_lines(_WEIGHTS))
    return {
        mark: int(weight) / 100
        for mark, weight in pairs
        if detect_language(mark) is language or mark.isascii()
    }


def tell_outside(weights: Mapping[str, float], text: str) -> float:
    """Tell how far a question is about other things: its odds, as a logarithm."""
    marks = list_marks(text)
    told = sum(weights.get(mark, 0.0) for mark in marks)
    bias = weights.get(f"{BIAS}{detect_language(text).value}", 0.0)
    return bias + told / math.sqrt(len(marks) or 1)
