"""A line in which OCR guessed one letter is not sure, however sure the others are."""

from __future__ import annotations

import pytest

from changqing.papers.compare.proposed import SURE_TO_DENY
from changqing.readers.lines import Glyph, make_run


def make_line(*confidences: float) -> int:
    """How sure a line of letters is, each read so surely."""
    glyphs = [
        Glyph(text="字", left=at, top=0, right=at + 1, bottom=1, confidence=sure)
        for at, sure in enumerate(confidences)
    ]
    return make_run(glyphs).confidence


@pytest.mark.parametrize("letters", [2, 5, 20, 60])
def test_one_guess_keeps_a_line_from_denying_anything(letters: int) -> None:
    assert make_line(*[99.0] * letters) == 99
    guessed = make_line(*[99.0] * (letters - 1), 45.0)
    assert guessed < SURE_TO_DENY
    assert guessed >= 70 or letters == 2


def test_a_line_of_letters_that_are_fairly_sure_stays_as_sure() -> None:
    assert make_line(99.0, 99.0, 80.0, 98.0) == 94
