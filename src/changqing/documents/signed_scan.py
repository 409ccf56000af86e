"""A scan of signed pages, held page by page against what was printed.

The words of the scan are read by OCR, which errs; so three things are told apart: what
is as printed, what surely is not, and what cannot be made out. Nobody is told that a
signature is genuine, only that something is written where one is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Final

from changqing.documents.signing_pages import pick_pages
from changqing.documents.stamping import (
    LIMITS,
    PrintedDocument,
    keep_signed,
    load_printed,
)
from changqing.errors import CaseError, Issue
from changqing.evidence.reading import (
    WHOLE,
    Box,
    MarkKind,
    PaperPage,
    Reading,
    ReadingProblem,
)
from changqing.sandbox.pool import shared_pool
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.readers.capture import Progress
    from changqing.readers.marks import Frame

_CODE: Final = re.compile(r"CQ1 ([a-z0-9_]{1,60}) (\d{1,3})/(\d{1,3}) ([0-9a-f]{12})")
_SURE: Final = 90
"""Of 100: words read with less are no ground to call a page altered."""
_ALIKE: Final = 0.6
"""The least share of a printed page that must be found to know it by its words."""
_READ: Final = 0.93
"""The share of the printed letters that must be found to call a page read."""
_LOST: Final = 6
"""Letters in a row that, when not found, are named."""
_ADDED: Final = 8
"""Letters on one line that were not printed, when surely read, are an addition."""
_FILLED_IN: Final = re.compile(r"[\d年月日]+")
_LIKE: Final = 0.5
"""The least share of a printed line that must stand in what is taken for it."""
_SHOWN: Final = 40
_ASKS_SIGNATURE: Final = re.compile(r"[（(]签字[）)]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPage:
    """One page of a scan: which printed page it is, and how it compares.

    `altered` surely differs, each as printed and as read; `unread` are printed words
    that were not found; `share` is of the printed letters that were.
    """

    scan_page: int
    document: str
    page: int
    by_code: bool
    share: float
    altered: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    has_seal: bool
    has_signature: bool

    @property
    def is_read(self) -> bool:
        """Whether enough was read to say that the page is as printed."""
        return self.share >= _READ and not self.unread


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """A printed document with the pages of it that came back, in its order."""

    printed: PrintedDocument
    pages: tuple[ScannedPage, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """Its pages that did not come back."""
        there = {page.page for page in self.pages}
        return tuple(
            at for at in range(1, len(self.printed.pages) + 1) if at not in there
        )

    @property
    def wrong(self) -> tuple[Text, ...]:
        """What forbids filing it: pages that are missing or altered."""
        found = [Text(f"缺第{at}页", f"page {at} is missing") for at in self.missing]
        found += [
            Text(
                f"第{page.page}页与打印的不一样：打印的是“{before}”，"
                f"扫描件上是“{after}”",
                f"page {page.page} is not as printed: “{before}” was printed, "
                f"“{after}” is on the scan",
            )
            for page in self.pages
            for before, after in page.altered
        ]
        return tuple(found)

    @property
    def untold(self) -> tuple[Text, ...]:
        """What could not be told, and a person has to look at."""
        found: list[Text] = []
        for page in self.pages:
            at = page.page
            found += [
                Text(
                    f"第{at}页没有读到“{words}”",
                    f"page {at}: “{words}” could not be read",
                )
                for words in page.unread
            ]
            if page.share < _READ and not page.unread:
                found.append(Text(f"第{at}页看不清", f"page {at} cannot be made out"))
        signed = [page for page in self.pages if page.page == self.printed.sign_page]
        for page in signed:
            if not page.has_seal:
                found.append(
                    Text(
                        f"第{page.page}页没有看到印章",
                        f"page {page.page}: no seal seen",
                    )
                )
            if not page.has_signature:
                found.append(
                    Text(
                        f"第{page.page}页没有看到签字",
                        f"page {page.page}: no signature seen",
                    )
                )
        return tuple(found)

    @property
    def is_complete(self) -> bool:
        """Whether it can be filed as it is."""
        return not self.wrong and not self.untold


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanMatch:
    """A whole scan: the documents in it, and pages that are of none."""

    documents: tuple[SignedDocument, ...]
    strange: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledScan:
    """What came of a scan: how it compares, and the documents that were filed."""

    match: ScanMatch
    filed: tuple[SignedDocument, ...]


def file_scan(
    case_dir: Path,
    content: bytes,
    name: str,
    *,
    accept: bool = False,
    progress: Progress | None = None,
) -> FiledScan:
    """Read a scan of signed pages, and file the documents that are in order.

    With `accept` a person has looked at what could not be told, and answers for it;
    what is missing or altered is never filed. Raises CaseError where nothing was ever
    printed or the file cannot be read, and GivenUpError where every reader is busy.
    """
    from changqing.readers.capture import capture_paper_apart, stay_in

    printed = load_printed(case_dir)
    if not printed:
        raise CaseError(Issue(text=_NEVER_PRINTED, hint=_PRINT_FIRST))
    reading = capture_paper_apart(content, name, progress=progress)
    if not any(page.spans for page in reading.pages):
        why = (reading.problem or ReadingProblem.BLANK).text
        raise CaseError(Issue(text=why, path=name))
    pool = shared_pool(
        "readers", prepare=f"{stay_in.__module__}:{stay_in.__name__}", patience=120.0
    )
    signed = pool.run(LIMITS, find_signed_pages, content, name, reading.pages)
    match = match_scan(reading, printed, signed)
    filed = tuple(
        document
        for document in match.documents
        if document.is_complete or (accept and not document.wrong)
    )
    for document in filed:
        pages = tuple(page.scan_page for page in document.pages)
        pdf = shared_pool().run(
            LIMITS, pick_pages, content, name, pages, document.printed.title
        )
        keep_signed(case_dir, document.printed, pdf)
    return FiledScan(match=match, filed=filed)


def match_scan(
    reading: Reading,
    printed: Sequence[PrintedDocument],
    signatures: Sequence[bool],
) -> ScanMatch:
    """Hold each page of a scan against what was printed.

    `signatures` says of each page whether something is written where a signature is
    asked for. A page that came twice counts as it was read better.
    """
    best: dict[tuple[PrintedDocument, int], ScannedPage] = {}
    strange: list[int] = []
    for page, signed in zip(reading.pages, signatures, strict=True):
        found = _find_printed(page, printed)
        if found is None:
            strange.append(page.number)
            continue
        of, at, by_code = found
        compared = _compare(page, of, at, by_code=by_code, signed=signed)
        before = best.get((of, at))
        if before is None or before.share < compared.share:
            best[of, at] = compared
    documents = tuple(
        SignedDocument(
            printed=of,
            pages=tuple(
                best[of, at] for at in range(1, len(of.pages) + 1) if (of, at) in best
            ),
        )
        for of in printed
        if any(of == one for one, _ in best)
    )
    return ScanMatch(documents=documents, strange=tuple(strange))


def _find_printed(
    page: PaperPage, printed: Sequence[PrintedDocument]
) -> tuple[PrintedDocument, int, bool] | None:
    """Which printed page it is: by its code, else by its words if they are its own."""
    for mark in page.marks:
        said = _CODE.fullmatch(mark.text) if mark.kind is MarkKind.CODE else None
        if said is None:
            continue
        for of in printed:
            known = of.document == said[1] and of.digest.startswith(said[4])
            if known and 1 <= int(said[2]) <= len(of.pages):
                return of, int(said[2]), True
        return None  # of a print that this case does not know
    words = _squeeze("".join(span.text for span in page.spans))
    alike = sorted(
        (
            (_share_found(_squeeze(text), words), number, at)
            for number, of in enumerate(printed)
            for at, text in enumerate(of.pages, start=1)
        ),
        reverse=True,
    )
    if not alike or alike[0][0] < _ALIKE:
        return None
    _, number, at = alike[0]
    return printed[number], at, False


def _compare(
    page: PaperPage, of: PrintedDocument, at: int, *, by_code: bool, signed: bool
) -> ScannedPage:
    seals = [mark.box for mark in page.marks if mark.kind is MarkKind.SEAL]
    words = _ScannedWords()
    for span in page.spans:
        covered = span.box is not None and any(_touch(span.box, seal) for seal in seals)
        words.add(span.text, sure=span.confidence >= _SURE and not covered)
    # A table is read in another order than it was printed in: line by line, each
    # wherever it is found, the long ones first.
    pieces = sorted(filter(None, map(_squeeze, of.pages[at - 1].split())), key=len)
    total = sum(map(len, pieces))
    left = [piece for piece in reversed(pieces) if not words.take(piece)]
    altered: list[tuple[str, str]] = []
    unread: list[str] = []
    lost = 0
    for piece in left:
        compared = words.take_similar(piece)
        if compared is None:
            lost += len(piece)
            if len(piece) >= _LOST or re.search(r"\d", piece):
                unread.append(piece[:_SHOWN])
            continue
        altered += compared.altered
        unread += compared.unread
        lost += compared.lost
    altered += [
        ("", added[:_SHOWN])
        for added in words.list_left()
        # The day is filled in by hand where one signs.
        if not left and not (at == of.sign_page and _FILLED_IN.fullmatch(added))
    ]
    return ScannedPage(
        scan_page=page.number,
        document=of.document,
        page=at,
        by_code=by_code,
        share=1 - lost / max(total, 1),
        altered=tuple(altered),
        unread=tuple(unread),
        has_seal=bool(seals),
        has_signature=signed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Similar:
    """How a printed line differs from the one of the scan that is most like it."""

    altered: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    lost: int


class _ScannedWords:
    """The letters of a scanned page, taken one printed line after the other."""

    def __init__(self) -> None:
        self._letters = ""
        self._sure: list[bool] = []
        self._taken: list[bool] = []
        self._starts: set[int] = set()

    def add(self, text: str, *, sure: bool) -> None:
        """Add words that stand together."""
        said = _squeeze(text)
        self._starts.add(len(self._letters))
        self._letters += said
        self._sure += [sure] * len(said)
        self._taken += [False] * len(said)

    def take(self, piece: str) -> bool:
        """Take a printed line as it stands, if it stands somewhere."""
        at = self._letters.find(piece)
        while at >= 0:
            if not any(self._taken[at : at + len(piece)]):
                self._taken[at : at + len(piece)] = [True] * len(piece)
                return True
            at = self._letters.find(piece, at + 1)
        return False

    def take_similar(self, piece: str) -> _Similar | None:
        """Take what is most like a printed line; None where nothing is like it."""
        best: tuple[float, int, SequenceMatcher[str]] | None = None
        for start, run in self._list_runs():
            matcher = SequenceMatcher(None, piece, run, autojunk=False)
            share = sum(block.size for block in matcher.get_matching_blocks())
            if best is None or share > best[0]:
                best = share, start, matcher
        if best is None or best[0] < _LIKE * len(piece):
            return None
        _, start, matcher = best
        blocks = [block for block in matcher.get_matching_blocks() if block.size]
        first, last = blocks[0], blocks[-1]
        # Beside the line there may stand another: only what lies within it differs.
        begin = start + max(first.b - first.a, 0)
        end = start + last.b + last.size + (len(piece) - last.a - last.size)
        altered: list[tuple[str, str]] = []
        unread: list[str] = []
        lost = 0
        for tag, i, j, k, m in matcher.get_opcodes():
            was = piece[i:j]
            k, m = max(k, begin - start), min(m, end - start)
            now = self._letters[start + k : start + max(m, k)]
            if tag == "equal":
                continue
            sure = all(self._sure[start + k : start + max(m, k)])
            if tag == "insert" and not (first.b < k < last.b + last.size):
                continue
            if now and sure and _differs(was, now):
                before, after = piece[max(i - 6, 0) : i], piece[j : j + 6]
                altered.append((f"{before}{was}{after}", f"{before}{now}{after}"))
            elif not was and sure and len(now) >= _ADDED:
                altered.append(("", now[:_SHOWN]))
            elif was:
                lost += len(was)
                if len(was) >= _LOST:
                    unread.append(was[:_SHOWN])
        end = min(max(end, start + last.b + last.size), len(self._letters))
        self._taken[begin:end] = [True] * (end - begin)
        return _Similar(altered=tuple(altered), unread=tuple(unread), lost=lost)

    def list_left(self) -> list[str]:
        """Words that nothing printed accounts for, and that were surely read."""
        return [
            run
            for start, run in self._list_runs()
            if len(run) >= _ADDED and all(self._sure[start : start + len(run)])
        ]

    def _list_runs(self) -> list[tuple[int, str]]:
        """What is not taken yet, in runs that end where words stand apart."""
        runs: list[tuple[int, str]] = []
        start = 0
        for at in range(len(self._letters) + 1):
            ends = at == len(self._letters) or self._taken[at] or at in self._starts
            if ends and start < at:
                runs.append((start, self._letters[start:at]))
            if ends:
                start = at + 1 if at < len(self._taken) and self._taken[at] else at
        return runs


def _differs(was: str, now: str) -> bool:
    """Whether surely read letters say another thing: a figure, or whole words.

    One letter of Chinese for another is what OCR errs in; a figure for a figure, or as
    many letters, it seldom does.
    """
    figures = re.sub(r"\D", "", was), re.sub(r"\D", "", now)
    if figures[0] != figures[1] and all(figures):
        return True
    words = re.sub(r"[\W\d_]", "", was), re.sub(r"[\W\d_]", "", now)
    return (
        len(words[0]) >= 2 and len(words[1]) >= 2 and not set(words[0]) & set(words[1])
    )


def _share_found(before: str, after: str) -> float:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found = sum(block.size for block in matcher.get_matching_blocks())
    return found / max(len(before), 1)


def _squeeze(text: str) -> str:
    """Only letters and figures, wide ones made plain: what OCR can be held to."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in plain if sign.isalnum())


def _touch(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def list_outcome(found: FiledScan, language: Language) -> Iterator[str]:
    """Say of each document of a scan what became of it, and why."""
    joint = "：" if language is Language.ZH else ": "
    for document in found.match.documents:
        state = _say_state(document, is_filed=document in found.filed)
        yield f"{document.printed.title}{joint}{state.say(language)}"
        for text in (*document.wrong, *document.untold):
            yield f"    {text.say(language)}"
    if found.match.strange:
        pages = "、".join(map(str, found.match.strange))
        yield Text(
            f"扫描件第{pages}页认不出是哪一页",
            f"page {pages} of the scan is none that was printed",
        ).say(language)
    if not found.match.documents:
        yield Text("没有认出打印过的文书", "no printed document was found in it").say(
            language
        )


def _say_state(document: SignedDocument, *, is_filed: bool) -> Text:
    count = len(document.pages)
    if document.wrong:
        return Text("没有归入，要重新打印盖章或补扫", "not filed; print or scan again")
    if not is_filed:
        return Text("没有归入，要有人看过原件", "not filed; somebody has to look at it")
    return Text(f"已归入（{count}页）", f"filed ({count} pages)")


def find_signed_pages(
    content: bytes, name: str, pages: Sequence[PaperPage]
) -> tuple[bool, ...]:
    """Whether something is written beside the words that ask for a signature, by page.

    Runs in a child process: the scan is a stranger's file.
    """
    import numpy as np

    from changqing.readers.marks import find_signatures
    from changqing.readers.page_view import find_page_picture

    found: list[bool] = []
    for page in pages:
        asks = [
            span.box
            for span in page.spans
            if span.box is not None and _ASKS_SIGNATURE.search(span.text)
        ]
        picture = find_page_picture(content, name, page.number) if asks else None
        if picture is None:
            found.append(False)
            continue
        upright = np.ascontiguousarray(np.rot90(picture, -(page.turned // 90)))
        height, width = upright.shape[:2]
        words = [
            _to_pixels(span.box, width, height)
            for span in page.spans
            if span.box is not None and span.confidence >= _SURE
        ]
        labels = [_to_pixels(box, width, height) for box in asks]
        found.append(any(True for _ in find_signatures(upright, words, labels)))
    return tuple(found)


def _to_pixels(box: Box, width: int, height: int) -> Frame:
    return (
        box.left * width // WHOLE,
        box.top * height // WHOLE,
        box.right * width // WHOLE,
        box.bottom * height // WHOLE,
    )


_NEVER_PRINTED: Final = Text(
    "这个案卷还没有打印过盖章包", "nothing of this case was printed to be signed"
)
_PRINT_FIRST: Final = Text(
    "先用 changqing dossier 案卷 stamp 生成盖章包",
    "make the pack first with changqing dossier CASE stamp",
)
