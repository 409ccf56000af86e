"""The words of what was read, and the name that test papers bear."""

from __future__ import annotations

from changqing.evidence.reading import (
    PaperPage,
    Reading,
)

NAME = "北京某某科技有限公司"


def list_words(reading: Reading | PaperPage) -> list[str]:
    pages = reading.pages if isinstance(reading, Reading) else (reading,)
    return [span.text for page in pages for span in page.spans]


def join_words(reading: Reading | PaperPage) -> str:
    return "".join(list_words(reading))
