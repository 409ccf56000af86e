"""Why "not there" cannot be said of a page that came back."""

from __future__ import annotations

from changqing.evidence.model import GapReason
from changqing.probes.document import PageDocument
from changqing.probes.model import LookFailure
from changqing.text import Text


def find_flaw(page: PageDocument) -> LookFailure:
    """Find the flaw of a page that has one, as a look that did not come about."""
    zh, en = page.flaw or ("无法读取", "cannot be read")
    return make_unreadable(page, zh=f"{page.url}{zh}", en=f"{page.url}: {en}")


def make_unreadable(page: PageDocument, *, zh: str, en: str) -> LookFailure:
    """Make the failure for what of a page only a person can see."""
    return LookFailure(
        target=page.url,
        at=page.at,
        reason=GapReason.UNREADABLE,
        detail=Text(zh=zh, en=en),
        transient=False,
    )
