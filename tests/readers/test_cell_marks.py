"""Ticks and dashes in the cells of a list of months, drawn by lot."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from changqing.readers.cell_marks import DASH, TICK, has_month_heads, mark_cells
from changqing.readers.ocr import Corners, Letter, Picture, ReadLine
from tests.readers.paper_files import find_font

LEFT, TOP, WIDE = 60, 120, 110


def read_line(
    text: str, left: float, top: float, high: int, sure: float = 0.99
) -> ReadLine:
    """A line as OCR would have read it."""
    right = left + 0.6 * high * len(text)
    corners = np.array(
        [[left, top], [right, top], [right, top + high], [left, top + high]],
        dtype=np.float32,
    )
    letters = tuple(Letter(text=sign, at=0.5, confidence=sure) for sign in text)
    return ReadLine(corners=corners, letters=letters)


def draw_matrix(
    lot: Random, rows: list[list[str]], *, letter: int, tilt: float = 0.0
) -> tuple[Picture, list[ReadLine], list[Corners]]:
    """Draw a ruled table of signs, and what OCR reads of it: its heads alone."""
    high = round(letter * lot.uniform(1.7, 2.4))
    size = (LEFT * 2 + WIDE * len(rows[0]), TOP * 2 + high * (len(rows) + 1))
    page = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(find_font()), letter)
    heads = [f"2026.{month + 1:02}" for month in range(len(rows[0]))]
    rule = lot.choice((1, 2, 3))
    for down, cells in enumerate([heads, *rows]):
        for across, text in enumerate(cells):
            x, y = LEFT + across * WIDE, TOP + down * high
            pen.rectangle([x, y, x + WIDE, y + high], outline="black", width=rule)
            middle = x + (WIDE - pen.textlength(text, font=font)) / 2
            pen.text((middle, y + (high - letter) / 2 - 2), text, "black", font)
    page = page.rotate(tilt, fillcolor="white", resample=Image.Resampling.BICUBIC)
    page = page.filter(ImageFilter.GaussianBlur(lot.uniform(0.3, 1.0)))
    shade = np.linspace(lot.uniform(0.6, 1.0), 1.0, size[0])[None, :, None]
    noise = np.random.default_rng(lot.randint(0, 1 << 20)).normal(
        0, 4, (*size[::-1], 3)
    )
    pixels = np.clip(np.asarray(page)[:, :, ::-1] * shade + noise, 0, 255)
    read = [
        read_line(head, LEFT + at * WIDE + 15, TOP + (high - letter) / 2, letter)
        for at, head in enumerate(heads)
    ]
    return pixels.astype(np.uint8), read, [line.corners for line in read]


def list_signs(made: list[ReadLine], rows: list[list[str]]) -> list[str]:
    """The signs that were added, row by row, by where they stand."""
    signs = [line for line in made if line.text in (TICK, DASH)]
    signs.sort(key=lambda line: float(line.corners[:, 1].mean()))
    across = len(rows[0])
    columns = [int((float(line.corners[:, 0].mean()) - LEFT) // WIDE) for line in signs]
    assert all(0 <= column < across for column in columns)
    return [line.text for line in signs]


@pytest.mark.parametrize("seed", range(5))
def test_ticks_and_dashes_are_told_by_their_shape(seed: int) -> None:
    lot = Random(seed)  # noqa: S311
    paid, unpaid = "√", lot.choice(("—", "-"))
    rows = [[lot.choice((paid, paid, unpaid)) for _ in range(6)] for _ in range(4)]
    picture, read, frames = draw_matrix(
        lot, rows, letter=lot.choice((20, 24, 30)), tilt=lot.uniform(-0.25, 0.25)
    )
    made = mark_cells(picture, read, frames)
    ticks = sum(sign == "√" for row in rows for sign in row)
    signs = list_signs(made, rows)
    assert signs.count(TICK) == ticks
    dashes = signs.count(DASH)
    assert dashes == 24 - ticks if unpaid == DASH else dashes <= 24 - ticks


@pytest.mark.share
@pytest.mark.parametrize("sign", ["5", "7", "V", "/", "×", "○", "1", "正", "N"])
def test_no_other_sign_is_taken_for_a_tick(sign: str) -> None:
    for seed in range(2):
        lot = Random(seed)  # noqa: S311
        picture, read, frames = draw_matrix(
            lot, [[sign] * 6, [sign] * 6], letter=lot.choice((20, 24, 30))
        )
        assert list_signs(mark_cells(picture, read, frames), [[sign] * 6]) == []


def test_a_word_in_a_cell_stays_and_a_guess_gives_way() -> None:
    lot = Random(3)  # noqa: S311
    rows = [["√", "√", "√", "√"], ["√", "√", "√", "√"]]
    picture, read, frames = draw_matrix(lot, rows, letter=24)
    high = (picture.shape[0] - 2 * TOP) / 3
    first = read_line("5", LEFT + 40, TOP + 1.3 * high, 20, sure=0.6)
    whole = read_line("已缴费", LEFT + WIDE + 20, TOP + 1.3 * high, 20)
    made = mark_cells(
        picture, [*read, first, whole], [*frames, first.corners, whole.corners]
    )
    assert first not in made
    assert whole in made
    assert list_signs(made, rows).count(TICK) == 7


def test_only_a_list_of_months_is_looked_at() -> None:
    months = [read_line(f"2026.{month:02}", 0, 0, 20) for month in (5, 6, 7)]
    assert has_month_heads(months)
    assert has_month_heads([read_line(f"{month}月", 0, 0, 20) for month in (5, 6, 7)])
    assert not has_month_heads(months[:2])
    assert not has_month_heads([read_line("2026年10月31日", 0, 0, 20)] * 5)
