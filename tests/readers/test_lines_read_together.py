"""Which lines of a picture are read in one go, and which tell how it lies."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.readers.ocr import Corners, plan_batches
from changqing.readers.picture import choose_sample
from tests.share import examples


@given(st.lists(st.integers(min_value=8, max_value=2_400), max_size=40))
@settings(max_examples=examples(60), deadline=None)
def test_each_line_is_read_once_with_others_about_as_long(widths: list[int]) -> None:
    planned = list(plan_batches(widths))
    assert sorted(at for batch, _ in planned for at in batch) == list(
        range(len(widths))
    )
    for batch, width in planned:
        filled = [max(widths[at], 320) for at in batch]
        assert width == max(filled)
        assert width <= 1.3 * min(filled)
        assert len(batch) == 1 or len(batch) * width <= 1_920
        assert len(batch) <= 6


def make_line(wide: float, high: float) -> Corners:
    return np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)


def test_long_lines_tell_the_way_up_where_they_are_kept_and_short_ones_else() -> None:
    lines = [make_line(20 * heights, 20) for heights in (2, 7, 8, 10, 12, 30, 40, 50)]
    kept = choose_sample(lines, kept=True)
    assert [round(line[1, 0] / 20) for line in kept] == [50, 40, 30, 12]
    tried = choose_sample(lines, kept=False)
    assert sorted(round(line[1, 0] / 20) for line in tried) == [7, 8, 10, 12]
