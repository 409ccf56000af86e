"""The letters of a line that OCR found as one, cut where a person sees a gap.

OCR says of each letter where about its middle is, to a sixth of the line's height. A
form sets a label and its value into one line, the label often stretched: 注 册 资 本
before 贰佰万元整. So a line is cut where a gap is wide, and where wide letters give way
to narrow ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from changqing.readers.lines import Glyph, Run, make_run
from changqing.readers.ocr import Corners, Letter, ReadLine, measure_line

_GAP: Final = 0.55
"""A gap of so many ems ends a run."""
_GAP_AT_MARK: Final = 0.85
"""Beside a punctuation mark, which fills only a part of its em."""
_STEP: Final = 1 / 6
"""How exactly a place is known, in heights of the line."""
_STRETCHED: Final = 1.12
_LONGEST_LABEL: Final = 8
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff〇]")
_MARK: Final = re.compile(r"[，。、；：！？·（）《》“”‘’,.;:!?()\[\]【】「」—-]")


def split_line(line: ReadLine, corners: Corners) -> list[Run]:
    """Make runs of a line whose frame is `corners`, letter by letter."""
    width, height = measure_line(corners)
    letters = [letter for letter in line.letters if letter.text.strip()]
    if not letters:
        return []
    blanks = {left.at for left, right in pairwise(line.letters) if right.text == " "}
    unit = width / height  # from shares of the width to heights
    end = _find_label_end(letters, unit)
    runs = []
    for part in (letters[:end], letters[end:]):
        if part:
            em = _measure_em(part, unit)
            for piece in _split_at_gaps(part, unit, em):
                runs.append(_place_letters(piece, corners, em * height, blanks))
    return runs


def _measure_advance(left: Letter, right: Letter) -> float:
    """Return the ems from the middle of one letter to that of the next."""
    return sum(0.5 if letter.text.isascii() else 1.0 for letter in (left, right)) / 2


def _find_label_end(letters: Sequence[Letter], unit: float) -> int:
    """Return how many letters at the begin of a line are set wider than the others."""
    steps = [(right.at - left.at) * unit for left, right in pairwise(letters)]
    ems = [_measure_advance(left, right) for left, right in pairwise(letters)]
    best, label_end = 1.0, 0
    for end in range(2, min(_LONGEST_LABEL, len(letters) - 2) + 1):
        if not all(_HAN.fullmatch(letter.text) for letter in letters[:end]):
            break
        if _MARK.fullmatch(letters[end].text):
            continue
        label, steps_after = steps[: end - 1], steps[end:]
        wide = (sum(label) - _STEP / 2) / (end - 1)
        narrow = (sum(steps_after) + _STEP / 2) / sum(ems[end:])
        even = max(label) - min(label) <= 2 * _STEP
        # The gap behind the label is as wide as those in it, or wider.
        apart = steps[end - 1] / ems[end - 1] > 1.05 * narrow
        if even and apart and wide > max(_STRETCHED * narrow, best * narrow):
            best, label_end = wide / narrow, end
    return label_end


def _measure_em(letters: Sequence[Letter], unit: float) -> float:
    """Return the width of a Chinese letter, in heights of the line's frame."""
    if len(letters) < 2:
        return 0.7
    sizes = np.array(
        [
            (right.at - left.at) * unit / _measure_advance(left, right)
            for left, right in pairwise(letters)
        ]
    )
    usual = sizes[sizes <= 1.3 * float(np.median(sizes)) + 1e-9]
    return float(np.clip(usual.mean(), 0.4, 3.0))


def _split_at_gaps(
    letters: Sequence[Letter], unit: float, em: float
) -> list[list[Letter]]:
    pieces = [[letters[0]]]
    for left, right in pairwise(letters):
        gap = (right.at - left.at) * unit / em - _measure_advance(left, right)
        mark = _MARK.fullmatch(left.text) or _MARK.fullmatch(right.text)
        if gap > (_GAP_AT_MARK if mark else _GAP):
            pieces.append([])
        pieces[-1].append(right)
    return pieces


def _place_letters(
    letters: Sequence[Letter], corners: Corners, em: float, blanks: Collection[float]
) -> Run:
    """Give each letter the part of the frame that it takes; `em` in pixels.

    After a letter of Latin script at one of `blanks` there is one.
    """
    width, height = measure_line(corners)
    left, top = (float(value) for value in (corners[0] + corners[3]) / 2)
    right, bottom = (float(value) for value in (corners[1] + corners[2]) / 2)
    half_height = 0.5 * height
    em = min(em, 0.8 * height)
    glyphs = []
    for letter in letters:
        half = (0.28 if letter.text.isascii() else 0.5) * em / width
        begin, end = max(letter.at - half, 0.0), min(letter.at + half, 1.0)
        middle = top + (bottom - top) * letter.at
        spaced = letter is not letters[-1] and letter.at in blanks
        glyphs.append(
            Glyph(
                text=letter.text + " " * (spaced and letter.text.isascii()),
                left=left + (right - left) * begin,
                top=middle - half_height,
                right=left + (right - left) * end,
                bottom=middle + half_height,
                confidence=100 * letter.confidence,
            )
        )
    return make_run(glyphs)
