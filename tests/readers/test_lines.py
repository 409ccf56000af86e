"""Characters are put into runs: what a person takes in at once."""

from __future__ import annotations

from changqing.readers.lines import Glyph, split_at_gaps


def write_line(text: str, *, flat: str = "") -> list[Glyph]:
    """Set letters side by side; those of `flat` are as low as a stroke."""
    return [
        Glyph(
            text=letter,
            left=200 * at + 10,
            top=90 if letter in flat else 0,
            right=200 * at + 190,
            bottom=108 if letter in flat else 200,
        )
        for at, letter in enumerate(text)
    ]


def test_a_letter_that_is_one_flat_stroke_ends_no_run() -> None:
    # As browsers print it: a day of 31 that breaks before its 一 is read as the 30th.
    runs = split_at_gaps(write_line("二〇二八年五月三十一日止", flat="一二"))
    assert [run.text for run in runs] == ["二〇二八年五月三十一日止"]


def test_a_wide_gap_after_a_flat_letter_ends_the_run() -> None:
    first, second = write_line("合一", flat="一"), write_line("计")
    moved = [
        Glyph(text=glyph.text, left=800, top=0, right=980, bottom=200)
        for glyph in second
    ]
    assert [run.text for run in split_at_gaps([*first, *moved])] == ["合一", "计"]
