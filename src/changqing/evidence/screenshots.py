"""Screenshots of pages: evidence of its own kind, which no rule reads.

The picture is kept as bytes, and beside it a note that says of what it is, so that a
checker of any release accepts both entries. What a picture shows proves nothing: the
words of a page are proven by what a probe or a person read of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from changqing.errors import TamperError
from changqing.evidence.ledger.entry import encode_canonical
from changqing.evidence.ledger.items import Blob, Item
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Record

KIND: Final = "screenshot"
"""What the entry of a note says of itself, also where it is withheld."""
_NOTE: Final = f"changqing {KIND} 1\n".encode()
_MOST_NOTE: Final = 64 << 10  # bytes
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenshot:
    """A picture of a page, as a browser showed it.

    `asked` is the address that was asked for, `shown` the one that the browser ended
    at. `view` is the window in CSS pixels, width and height; the picture may be higher.
    `personal`: a citizen's number stands on the page.
    """

    digest: str  # SHA-256 hex of the PNG
    size: int  # bytes
    asked: str
    shown: str
    at: datetime  # aware, UTC
    view: tuple[int, int]
    browser: str
    personal: bool = False
    number: int = 0  # of the note, in the case's evidence


def record_screenshot(store: Store, taken: Screenshot, png: bytes) -> Screenshot:
    """Keep a picture with its note; gives it with its number.

    Raises ValueError where the bytes are not those of the digest, or no PNG, or the
    note would be too long to be read again, and CaseError when the disk refuses.
    """
    if not png.startswith(_PNG) or hashlib.sha256(png).hexdigest() != taken.digest:
        raise ValueError("that is not the picture")
    note = _write_note(taken)
    if len(note) >= _MOST_NOTE:
        raise ValueError("the addresses are too long")
    store.append((), blobs=[png, note])
    return next(
        screenshot
        for screenshot in list_screenshots(store)
        if screenshot.at == taken.at
    )


def list_screenshots(evidence: Evidence) -> list[Screenshot]:
    """List the screenshots whose picture is there, the newest first."""
    pairs = find_screenshots(
        evidence.list_items(), lambda digest: _read_picture(evidence, digest)
    )
    return sorted((screenshot for _, screenshot in pairs), key=_get_time, reverse=True)


def find_screenshots(
    items: Iterable[Item | None], content_of: Callable[[str], bytes | None]
) -> list[tuple[Blob, Screenshot]]:
    """Find the screenshots among entries, each with the entry of its note.

    `content_of` gives the bytes of a digest, if kept. What a record was read from is
    somebody's page, and speaks for itself alone.
    """
    items = list(items)
    record_digests = {item.digest for item in items if isinstance(item, Record)}
    blobs = {item.digest for item in items if isinstance(item, Blob)}
    pairs = []
    for item in items:
        if (
            not isinstance(item, Blob)
            or item.what != KIND
            or item.digest in record_digests
        ):
            continue
        content = content_of(item.digest) if item.size < _MOST_NOTE else None
        screenshot = None if content is None else _read_note(content)
        if screenshot is not None and screenshot.digest in blobs - record_digests:
            pairs.append((item, replace(screenshot, number=item.number)))
    return pairs


def _get_time(screenshot: Screenshot) -> datetime:
    return screenshot.at


def _read_picture(evidence: Evidence, digest: str) -> bytes | None:
    try:
        return evidence.read_blob(digest) if evidence.has_blob(digest) else None
    except (OSError, TamperError):  # `Evidence.verify` names it
        return None


def _write_note(screenshot: Screenshot) -> bytes:
    width, height = screenshot.view
    return _NOTE + encode_canonical(
        {
            "asked": screenshot.asked,
            "at": screenshot.at.astimezone(UTC).isoformat(),
            "browser": screenshot.browser,
            "digest": screenshot.digest,
            "height": height,
            "personal": screenshot.personal,
            "shown": screenshot.shown,
            "size": screenshot.size,
            "width": width,
        }
    )


def _read_note(content: bytes) -> Screenshot | None:
    """Read a note; None where it is none that this release can read."""
    if not content.startswith(_NOTE):
        return None
    try:
        fields = json.loads(content.removeprefix(_NOTE))
        at = datetime.fromisoformat(str(fields["at"]))
        digest = str(fields["digest"])
        if at.tzinfo is None or not _DIGEST.fullmatch(digest):
            return None
        return Screenshot(
            digest=digest,
            size=int(fields["size"]),
            asked=str(fields["asked"]),
            shown=str(fields["shown"]),
            at=at.astimezone(UTC),
            view=(int(fields["width"]), int(fields["height"])),
            browser=str(fields["browser"]),
            personal=fields["personal"] is True,
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
