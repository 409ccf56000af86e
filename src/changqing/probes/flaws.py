"""Why "not there" cannot be said of a page that came back."""

from __future__ import annotations

from changqing.evidence.model import GapReason
from changqing.probes.document import Document
from changqing.probes.model import Failure
from changqing.text import Text


def flaw_of(page: Document) -> Failure:
    """The flaw of a page that has one, as a look that did not come about."""
    zh, en = page.flaw or ("无法读取", "cannot be read")
    return cannot_tell(page, zh=f"{page.url}{zh}", en=f"{page.url}: {en}")


def cannot_tell(page: Document, *, zh: str, en: str) -> Failure:
    """Something of a page that only a person can see."""
    return Failure(
        target=page.url,
        at=page.at,
        reason=GapReason.UNREADABLE,
        detail=Text(zh=zh, en=en),
        transient=False,
    )
