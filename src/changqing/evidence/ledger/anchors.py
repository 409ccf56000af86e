"""The ends of a case's other files, written into its evidence log.

Whoever checks the case on any machine, or has a bundle of it, can tell by them that a
line of casework or watching, or a token of time, was taken away.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from changqing.errors import TamperError
from changqing.evidence.ledger.entry import encode_canonical
from changqing.evidence.ledger.heads import (
    Head,
    collect_heads,
    compare_heads,
    decode_heads,
    encode_heads,
)
from changqing.evidence.ledger.items import Blob
from changqing.evidence.ledger.recorded import SMALL, Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Record

ANCHOR: Final = b"changqing anchor 1\n"
_MOST: Final = 1 << 20  # bytes of an anchor


def anchor_heads(store: Store, case_dir: Path) -> None:
    """Record in the evidence log how far the other files reach, if that is news.

    The note is kept as bytes, so that a checker of any release accepts the entry.
    Raises TamperError where they no longer reach as far as the log says.
    """
    before, heads = read_anchor(store), collect_heads(case_dir)
    if issues := compare_heads(case_dir, before):
        raise TamperError(*issues)
    if heads and heads != before:
        store.append((), blobs=[ANCHOR + encode_canonical(encode_heads(heads))])


def read_anchor(evidence: Evidence) -> dict[str, Head]:
    """Read the heads that the log recorded last; empty where it never did."""
    items = evidence.list_items()
    record_digests = {item.digest for item in items if isinstance(item, Record)}
    for item in reversed(items):
        # What a record was read from is somebody's page, and speaks for itself alone.
        if (
            isinstance(item, Blob)
            and item.size < _MOST
            and item.digest not in record_digests
        ):
            try:
                if not _begins_anchor(evidence, item):
                    continue
            except (OSError, TamperError):
                continue  # `Evidence.verify` names it
            try:
                content = evidence.read_small(item.digest).removeprefix(ANCHOR)
                return decode_heads(json.loads(content))
            except (ValueError, KeyError, TypeError):
                continue
    return {}


def _begins_anchor(evidence: Evidence, blob: Blob) -> bool:
    """Whether some bytes begin like an anchor; of long ones only these are read."""
    if blob.size <= len(ANCHOR):
        return False
    if blob.size <= SMALL:
        return evidence.read_small(blob.digest).startswith(ANCHOR)
    with evidence.open_blob(blob.digest) as stream:
        return stream.read(len(ANCHOR)) == ANCHOR
