"""What happens to a page before it is read: scans, faxes and photographs of it."""

from __future__ import annotations

from io import BytesIO
from random import Random
from typing import Final

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter

SCAN: Final = "scan"
PHOTO: Final = "photo"
_DPI: Final = {SCAN: 150, PHOTO: 190}
_POINTS: Final = 72


def picture(pdf: bytes, form: str, dice: Random) -> bytes:
    """Make a picture of the first page: straight but noisy, or as a telephone takes it.

    Tilt stays within a degree and a half, so that a place on the page stays about where
    it was.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        image = page.render(scale=_DPI[form] / _POINTS).to_pil().convert("RGB")
    tilt = dice.uniform(-0.4, 0.4) if form == SCAN else dice.uniform(-1.5, 1.5)
    image = image.rotate(
        tilt, resample=Image.Resampling.BICUBIC, fillcolor=(250, 250, 248)
    )
    pixels = np.asarray(image, dtype=np.float64)
    noise = np.random.default_rng(dice.randrange(2**32))
    pixels = pixels + noise.normal(0, 5 if form == SCAN else 8, pixels.shape)
    if form == PHOTO:
        height, width = pixels.shape[:2]
        slope = np.linspace(dice.uniform(0.6, 0.85), 1.0, width)
        pixels = pixels * slope[None, :, None]
        pixels *= np.linspace(1.0, dice.uniform(0.8, 1.0), height)[:, None, None]
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if form == PHOTO:
        image = image.filter(ImageFilter.GaussianBlur(dice.uniform(0.2, 0.9)))
    stream = BytesIO()
    image.save(stream, "JPEG", quality=dice.randrange(45, 85))
    return stream.getvalue()
