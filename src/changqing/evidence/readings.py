"""The readings of a case's papers: those that were kept, and text read as it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from changqing.case.model import Case, CaseFile, Paper
from changqing.case.page import UnreadablePageError, read_page
from changqing.errors import Issue, TamperError
from changqing.evidence.ledger.items import KeptReading
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.reading import (
    BrokenReadingError,
    Reading,
    decode_reading,
    encode_reading,
)
from changqing.evidence.text_reading import (
    is_text_paper,
    make_page_reading,
    read_text_paper,
)
from changqing.text import Text


class KeptReadings(Mapping[str, Reading]):
    """The newest reading of each paper that a log names, by the SHA-256 of the paper.

    The log is gone through when the first is asked for, a reading decoded when it is.
    Raises TamperError where a reading is not what was recorded.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._digests: dict[str, str] | None = None

    def __getitem__(self, paper: str) -> Reading:
        return decode_kept(self._evidence.read_blob(self._list_digests()[paper]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._list_digests())

    def __len__(self) -> int:
        return len(self._list_digests())

    def _list_digests(self) -> dict[str, str]:
        if self._digests is None:
            self._digests = {
                item.paper: item.digest
                for item in self._evidence.list_items()
                if isinstance(item, KeptReading)
            }
        return self._digests


@lru_cache(maxsize=256)
def decode_kept(content: bytes) -> Reading:
    """Decode a reading that was kept, once for a while; TamperError if it is none."""
    try:
        return decode_reading(content)
    except BrokenReadingError as error:
        raise TamperError(_BROKEN) from error


def record_readings(store: Store, case: Case, now: datetime) -> None:
    """Keep the readings of text papers that the log does not have yet.

    Those of pages that issuers showed are kept where such a page says otherwise than
    its paper: that is quoted from it, and shares the fate of what the paper says.
    """
    recorded = KeptReadings(store)
    fresh = [
        reading
        for paper in case.papers
        if paper.file.digest not in recorded
        and (reading := read_as_text(case, paper)) is not None
    ]
    pages = {
        check.page.digest: check.page
        for paper in case.papers
        if (check := paper.issuer_checked)
        and check.page
        and any(
            comparison.issuer for comparison in case.compared.get(paper.id, {}).values()
        )
    }
    fresh += [
        reading
        for digest, page in pages.items()
        if digest not in recorded
        and (reading := _read_saved_page(case, page)) is not None
    ]
    keep_readings(store, fresh, now)


def _read_saved_page(case: Case, file: CaseFile) -> Reading | None:
    """Read a saved page of the case; None where it cannot be read or has changed."""
    try:
        content = case.read_file(file.path)
        page = read_page(content)
    except (OSError, UnreadablePageError):
        return None
    if hashlib.sha256(content).hexdigest() != file.digest:
        return None
    return make_page_reading(page, paper=file.digest)


def keep_readings(store: Store, readings: Iterable[Reading], now: datetime) -> None:
    """Keep readings as evidence, and say in the log of which papers they are."""
    encoded = {
        reading.paper: (reading, encode_reading(reading)) for reading in readings
    }
    store.append(
        [
            KeptReading(
                paper=paper,
                digest=hashlib.sha256(content).hexdigest(),
                reader=reading.reader,
                version=reading.version,
                at=now,
                pages=len(reading.pages),
            )
            for paper, (reading, content) in encoded.items()
        ],
        blobs=[content for _, content in encoded.values()],
    )


def read_as_text(case: Case, paper: Paper) -> Reading | None:
    """Read a paper of the case that is text; None where it is not, or has changed."""
    if not is_text_paper(paper.file.path):
        return None
    try:
        content = case.read_file(paper.file.path)
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != paper.file.digest:
        return None  # it changed since the case was opened
    return read_text_paper(content, paper=paper.file.digest, path=paper.file.path)


_BROKEN: Final = Issue(
    text=Text(
        zh="证据日志中的一份读取结果无法解析",
        en="a reading among the evidence cannot be parsed",
    ),
    hint=Text(zh="从备份恢复evidence文件夹", en="restore evidence from a backup"),
)
