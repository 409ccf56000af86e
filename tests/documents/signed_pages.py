"""Pages that were printed to be signed, as a scanner sees them when they are."""

from __future__ import annotations

import io
from contextlib import closing

import pypdfium2
from PIL import ImageDraw


def draw_signed(pdf: bytes, *, only: int | None = None) -> bytes:
    """The printed pages as a scanner sees them, the last signed and sealed in red.

    `only` takes one page alone, by its place from the end.
    """
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        pages = [
            page.render(scale=200 / 72).to_pil().convert("RGB") for page in document
        ]
        words = document[len(document) - 1].get_textpage()
        asked = words.search("（签字）")
        at, count = asked.get_next()
        _, _, right, top = words.get_charbox(at + count - 1)
        height = document[len(document) - 1].get_height()
    last = pages[-1]
    pen = ImageDraw.Draw(last)
    scale = 200 / 72
    x, y = right * scale + 40, (height - top) * scale
    stroke = [(x, y + 10), (x + 40, y - 20), (x + 60, y + 40), (x + 120, y - 10)]
    pen.line(stroke, fill=(30, 30, 60), width=5)
    pen.line([(x + 20, y + 35), (x + 110, y + 20)], fill=(30, 30, 60), width=5)
    centre = (x + 700, y + 160)
    for inset in range(7):
        pen.ellipse(
            [
                centre[0] - 155 + inset,
                centre[1] - 155 + inset,
                centre[0] + 155 - inset,
                centre[1] + 155 - inset,
            ],
            outline=(200, 30, 40),
        )
    pen.regular_polygon((*centre, 40), 5, fill=(200, 30, 40))
    packed = io.BytesIO()
    first, *others = pages if only is None else [pages[-only]]
    first.save(packed, "PDF", save_all=True, append_images=others, resolution=200)
    return packed.getvalue()
