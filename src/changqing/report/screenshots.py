"""The screenshots that a report shows: the newest, each with its top in small."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from changqing.day import beijing_day
from changqing.errors import GivenUpError
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.screenshots import Screenshot, list_screenshots
from changqing.sandbox.pool import READING, get_shared_pool

_MOST: Final = 6
_WIDTH: Final = 640  # pixels
_TOP: Final = 960
"""Pixels of a screenshot that are shown in small, from its top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenshotView:
    """A screenshot, and its top in small: a JPEG.

    No picture where a citizen's number stands on the page, where the bytes are gone,
    and where what reads pictures is not installed.
    """

    taken: Screenshot
    picture: bytes | None


def view_screenshots(folder: Path, *, as_of: date) -> list[ScreenshotView]:
    """View the newest screenshots of a case that were taken until a Beijing day."""
    evidence = Evidence(folder)
    until_then = [s for s in list_screenshots(evidence) if beijing_day(s.at) <= as_of]
    return [
        ScreenshotView(
            taken=screenshot, picture=_shrink_screenshot(evidence, screenshot)
        )
        for screenshot in until_then[:_MOST]
    ]


def _shrink_screenshot(evidence: Evidence, screenshot: Screenshot) -> bytes | None:
    if screenshot.personal or find_spec("PIL") is None:
        return None
    try:
        png = evidence.read_blob(screenshot.digest)
        return get_shared_pool().run(READING, draw_top, png)
    except (GivenUpError, OSError, ValueError):  # a picture less; the rest is shown
        return None


def draw_top(png: bytes) -> bytes:
    """Draw the top of a picture in small, as JPEG. Raises OSError where it is none."""
    from PIL import Image

    with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
        top = picture.convert("RGB").crop((0, 0, picture.width, _TOP))
        height = max(1, round(top.height * _WIDTH / top.width))
        stream = io.BytesIO()
        top.resize((_WIDTH, height)).save(stream, "JPEG", quality=75)
    return stream.getvalue()
