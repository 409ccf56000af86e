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

from changqing.documents.signing_pages import CODE_MARK, pick_pages
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
from changqing.sandbox.pool import get_shared_pool
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.readers.capture import Progress
    from changqing.readers.marks import Frame

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
_TURNS: Final = re.compile(r"[\d不无未非否没免万亿]")
"""Signs that make of a sentence another one: not one of them may go unread."""
_LIKE: Final = 0.5
"""The least share of a printed line that must stand in what is taken for it."""
_NUMBER_GOES_ON: Final = frozenset(".,")
"""After NFKC: signs inside a number."""
_SHOWN: Final = 40
_ASKS_SIGNATURE: Final = re.compile(r"[（(]签字[）)]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPage:
    """One page of a scan: which printed page it is, and how it compares.

    `altered` surely differs, each as printed and as read; `unread` are printed words
    that were not found, `added` few signs that were not printed; `share` is of the
    printed letters that were found.
    """

    scan_page: int
    document: str
    page: int
    by_code: bool
    share: float
    altered: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]
    added: tuple[str, ...]
    has_seal: bool
    has_signature: bool


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
        faults = [Text(f"缺第{at}页", f"page {at} is missing") for at in self.missing]
        faults += [
            Text(
                f"第{page.page}页与打印的不一样：打印的是“{before}”，"
                f"扫描件上是“{after}”",
                f"page {page.page} is not as printed: “{before}” was printed, "
                f"“{after}” is on the scan",
            )
            for page in self.pages
            for before, after in page.altered
        ]
        return tuple(faults)

    @property
    def untold(self) -> tuple[Text, ...]:
        """What could not be told, and a person has to look at."""
        doubts: list[Text] = []
        for page in self.pages:
            at = page.page
            if not page.by_code:
                doubts.append(
                    Text(
                        f"第{at}页的方码没有读到，是按文字认出的",
                        f"page {at}: its code could not be read; it is known by its "
                        "words alone",
                    )
                )
            doubts += [
                Text(
                    f"第{at}页没有读到“{words}”",
                    f"page {at}: “{words}” could not be read",
                )
                for words in page.unread
            ]
            doubts += [
                Text(
                    f"第{at}页有打印时没有的“{words}”",
                    f"page {at}: “{words}” was not printed",
                )
                for words in page.added
            ]
            if page.share < _READ and not page.unread:
                doubts.append(Text(f"第{at}页看不清", f"page {at} cannot be made out"))
        signed = [page for page in self.pages if page.page == self.printed.sign_page]
        for page in signed:
            if not page.has_seal:
                doubts.append(
                    Text(
                        f"第{page.page}页没有看到印章",
                        f"page {page.page}: no seal seen",
                    )
                )
            if not page.has_signature:
                doubts.append(
                    Text(
                        f"第{page.page}页没有看到签字",
                        f"page {page.page}: no signature seen",
                    )
                )
        return tuple(doubts)

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
    pool = get_shared_pool(
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
        pdf = get_shared_pool().run(
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
        match = _find_printed(page, printed)
        if match is None:
            strange.append(page.number)
            continue
        of, at, by_code = match
        compared = _compare_page(page, of, at, by_code=by_code, signed=signed)
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
        if any(of == document for document, _ in best)
    )
    return ScanMatch(documents=documents, strange=tuple(strange))


def _find_printed(
    page: PaperPage, printed: Sequence[PrintedDocument]
) -> tuple[PrintedDocument, int, bool] | None:
    """Which printed page it is: by its code, else by its words if they are its own."""
    code_texts = [mark.text for mark in page.marks if mark.kind is MarkKind.CODE]
    codes = {text for text in code_texts if text.startswith(CODE_MARK)}
    if codes:
        coded = [
            (of, at, True)
            for of in printed
            for at in range(1, len(of.pages) + 1)
            if of.find_code(at) in codes
        ]
        # Of a print that this case does not know, or of two pages at once.
        return coded[0] if len(coded) == len(codes) == 1 else None
    words = _squeeze_text("".join(span.text for span in page.spans))
    alike = sorted(
        (
            (_share_found(_squeeze_text(text), words), number, at)
            for number, of in enumerate(printed)
            for at, text in enumerate(of.pages, start=1)
        ),
        reverse=True,
    )
    if not alike or alike[0][0] < _ALIKE:
        return None
    _, number, at = alike[0]
    return printed[number], at, False


def _compare_page(
    page: PaperPage, of: PrintedDocument, at: int, *, by_code: bool, signed: bool
) -> ScannedPage:
    """Compare a scanned page with the print: what was altered, added or not read."""
    seals = [mark.box for mark in page.marks if mark.kind is MarkKind.SEAL]
    words = _ScannedWords()
    for span in page.spans:
        covered = span.box is not None and any(_touch(span.box, seal) for seal in seals)
        words.add(span.text, sure=span.confidence >= _SURE and not covered)
    # A table is read in another order than it was printed in: line by line, each
    # wherever it is found, the long ones first.
    pieces = sorted(filter(None, map(_squeeze_text, of.pages[at - 1].split())), key=len)
    unmatched = [piece for piece in reversed(pieces) if not words.take(piece)]
    altered: list[tuple[str, str]] = []
    unread: list[str] = []
    lost = 0
    for piece in unmatched:
        compared = words.take_similar(piece)
        if compared is None:
            lost += len(piece)
            if len(piece) > 1 or _TURNS.search(piece):
                unread.append(piece[:_SHOWN])
            continue
        altered += compared.altered
        unread += compared.unread
        lost += compared.lost
    # What was read badly may be what is printed.
    more = [] if unread else words.list_left()
    if at == of.sign_page:  # the day and a name are filled in by hand
        more = [part for part in more if len(part) >= _ADDED]
        more = [part for part in more if not _FILLED_IN.fullmatch(part)]
    altered += [("", part[:_SHOWN]) for part in more if len(part) >= _ADDED]
    added = tuple(part for part in more if len(part) < _ADDED and _TURNS.search(part))
    return ScannedPage(
        scan_page=page.number,
        document=of.document,
        page=at,
        by_code=by_code,
        share=1 - lost / max(sum(map(len, pieces)), 1),
        altered=tuple(altered),
        unread=tuple(unread),
        added=added,
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
        self._breaks: set[int] = set()  # where a number ends, though a figure follows

    def add(self, text: str, *, sure: bool) -> None:
        """Add words that stand together."""
        letters = _squeeze_text(text)
        begin = len(self._letters)
        self._starts.add(begin)
        self._breaks |= {begin, *(begin + at for at in _find_breaks(text))}
        self._letters += letters
        self._sure += [sure] * len(letters)
        self._taken += [False] * len(letters)

    def take(self, piece: str) -> bool:
        """Take a printed line as it stands, if it stands somewhere.

        Where it stands by itself comes before where it is a part of other words.
        """
        places = list(self._find_piece(piece))
        if not places:
            return False
        apart = [at for at in places if self._stands_apart(at, at + len(piece))]
        at = (apart or places)[0]
        self._taken[at : at + len(piece)] = [True] * len(piece)
        return True

    def _find_piece(self, piece: str) -> Iterator[int]:
        """Where a line stands and is not taken, without cutting a number in two."""
        at = self._letters.find(piece)
        while at >= 0:
            end = at + len(piece)
            if not (
                any(self._taken[at:end])
                or self._is_in_number(at)
                or self._is_in_number(end)
            ):
                yield at
            at = self._letters.find(piece, at + 1)

    def _is_in_number(self, at: int) -> bool:
        """Whether a number goes on from before this place to behind it."""
        around = self._letters[max(at - 1, 0) : at + 1]
        return len(around) == 2 and around.isdigit() and at not in self._breaks

    def _stands_apart(self, begin: int, end: int) -> bool:
        ends = {*self._starts, len(self._letters)}
        return begin in ends and end in ends

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
                now = self._find_number_beside(start + k, start + m, at_end=i > 0)
                if not now:
                    continue
            before, after = piece[max(i - 6, 0) : i], piece[j : j + 6]
            if now and sure and _are_different(was, now):
                altered.append((f"{before}{was}{after}", f"{before}{now}{after}"))
            elif not was and sure and len(now) >= _ADDED:
                altered.append(("", now[:_SHOWN]))
            else:
                lost += len(was)
                if len(was) >= _LOST:
                    unread.append(was[:_SHOWN])
                elif _TURNS.search(was + now):
                    unread.append(f"{before}{was}{after}"[:_SHOWN])
        end = min(max(end, start + last.b + last.size), len(self._letters))
        self._taken[begin:end] = [True] * (end - begin)
        return _Similar(altered=tuple(altered), unread=tuple(unread), lost=lost)

    def _find_number_beside(self, begin: int, end: int, *, at_end: bool) -> str:
        """The figures beside a line that its first or last number goes on with."""
        at = begin if at_end else end
        while self._is_in_number(at) and begin <= at <= end:
            at += 1 if at_end else -1
        return self._letters[begin:at] if at_end else self._letters[at:end]

    def list_left(self) -> list[str]:
        """List words that nothing printed accounts for, and that were surely read."""
        return [
            run
            for start, run in self._list_runs()
            if all(self._sure[start : start + len(run)])
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


def _are_different(was: str, now: str) -> bool:
    """Tell whether surely read letters say another thing: a figure, or whole words.

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
    matched = sum(block.size for block in matcher.get_matching_blocks())
    return matched / max(len(before), 1)


def _squeeze_text(text: str) -> str:
    """Only letters and figures, wide ones made plain: what OCR can be held to."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for sign in plain if sign.isalnum())


def _find_breaks(text: str) -> Iterator[int]:
    """Where in the squeezed words something stood that ends a number."""
    at = 0
    for sign in unicodedata.normalize("NFKC", text):
        if sign.isalnum():
            at += 1
        elif sign not in _NUMBER_GOES_ON:
            yield at


def _touch(first: Box, second: Box) -> bool:
    return (
        first.left < second.right
        and second.left < first.right
        and first.top < second.bottom
        and second.top < first.bottom
    )


def list_outcome(filed_scan: FiledScan, language: Language) -> Iterator[str]:
    """Say of each document of a scan what became of it, and why."""
    joint = "：" if language is Language.ZH else ": "
    for document in filed_scan.match.documents:
        state = _say_state(document, is_filed=document in filed_scan.filed)
        yield f"{document.printed.title}{joint}{state.say(language)}"
        for text in (*document.wrong, *document.untold):
            yield f"    {text.say(language)}"
    if filed_scan.match.strange:
        pages = "、".join(map(str, filed_scan.match.strange))
        yield Text(
            f"扫描件第{pages}页认不出是哪一页",
            f"page {pages} of the scan is none that was printed",
        ).say(language)
    if not filed_scan.match.documents:
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
    """Tell of each page whether something is written where a signature is asked for.

    Runs in a child process: the scan is a stranger's file.
    """
    import numpy as np

    from changqing.readers.marks import find_signatures
    from changqing.readers.page_view import find_page_picture

    is_signed: list[bool] = []
    for page in pages:
        asks = [
            span.box
            for span in page.spans
            if span.box is not None and _ASKS_SIGNATURE.search(span.text)
        ]
        picture = find_page_picture(content, name, page.number) if asks else None
        if picture is None:
            is_signed.append(False)
            continue
        upright = np.ascontiguousarray(np.rot90(picture, -(page.turned // 90)))
        height, width = upright.shape[:2]
        words = [
            _to_pixels(span.box, width, height)
            for span in page.spans
            if span.box is not None and span.confidence >= _SURE
        ]
        labels = [_to_pixels(box, width, height) for box in asks]
        is_signed.append(any(True for _ in find_signatures(upright, words, labels)))
    return tuple(is_signed)


def _to_pixels(box: Box, width: int, height: int) -> Frame:
    return (
        box.left * width // WHOLE,
        box.top * height // WHOLE,
        box.right * width // WHOLE,
        box.bottom * height // WHOLE,
    )


_NEVER_PRINTED: Final = Text(
    "这个项目还没有打印过盖章包", "nothing of this case was printed to be signed"
)
_PRINT_FIRST: Final = Text(
    "先用 changqing dossier 项目 stamp 生成盖章包",
    "make the pack first with changqing dossier CASE stamp",
)
