"""A correction notice, split into what it asks for one by one, and the day it sets."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from changqing.calendar import Reckoned, add_working_days
from changqing.case.page import UnreadablePageError, is_plain_text, read_page
from changqing.errors import CaseError, GivenUpError, Issue
from changqing.sandbox.pool import READING, get_shared_pool
from changqing.text import Text

_MAX_BYTES: Final = 20_000_000
_LONGEST: Final = 600  # characters of one line that are kept
_MOST: Final = 200  # lines of one notice
_MARKS: Final = (
    r"[一二三四五六七八九十]{1,3}[、.．]",
    r"[（(][一二三四五六七八九十]{1,3}[)）]",
    r"\d{1,2}[、.．)）](?!\d)",
    r"[（(]\d{1,2}[)）]",
    r"[①-⑳]",
)
_MARK: Final = re.compile(
    r"\s*(?:" + "|".join(f"({mark})" for mark in _MARKS) + r")\s*"
)
_INLINE: Final = re.compile(r"(?<=[。；;：:])\s*(?=" + "|".join(_MARKS) + r")")
_CLOSING: Final = re.compile(
    r"特此|逾期|联系人|联系电话|联系方式|附件|此致"
    r"|(?:请|望|应当?)(?:你|贵)?(?:公司|单位|司)?[^，。]{0,30}(?:前|内)"
    r"[^，。]{0,12}(?:补正|补齐|交回|提交|报送|重新|上传)"
    r"|\d{4}年\d{1,2}月\d{1,2}日$|.{2,20}(?:通信管理局|工业和信息化部)$"
)
_SENTENCES: Final = re.compile(r"(?<=[。！])")
_PARTS: Final = re.compile(r"[；;]")
_BY_DAY: Final = re.compile(
    r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:\d{1,2}时)?(?:之前|以前|前|止)"
)
_WITHIN: Final = re.compile(r"(\d{1,3})(?:个)?(工作日|日|天)(?:之内|以内|内)")
_DOCX_PART: Final = "word/document.xml"
_RUN: Final = re.compile(r"<w:t(?: [^<>]{0,200})?>([^<]*)</w:t>|<w:(?:tab|br)[ /]")


class NoticeItem(NamedTuple):
    """What one mark begins: which kind of mark, and the words after it."""

    kind: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """The words of a notice, and its lines: each one thing asked for.

    `is_plain` says that it came as plain text, which anybody may have typed.
    """

    words: str
    lines: tuple[str, ...]
    is_plain: bool


def read_notice(content: bytes, *, name: str) -> NoticeText:
    """Split text, HTML, PDF or Word into lines; `name` is what errors call it.

    Raises CaseError when no words can be read, or none of them ask for anything.
    """
    if len(content) > _MAX_BYTES:
        raise _make_unreadable_error(name, _TOO_LARGE)
    is_word = content.startswith(b"PK\x03\x04")
    if is_word:
        words = _read_docx_words_apart(content, name)
    else:
        try:
            words = _read_page_words(content)
        except UnreadablePageError as error:
            raise _make_unreadable_error(name, error.text) from error
    lines = split_notice(words)
    if not lines:
        raise _make_unreadable_error(name, _NOTHING_ASKED)
    return NoticeText(
        words=words, lines=lines, is_plain=not is_word and is_plain_text(content)
    )


def split_notice(words: str) -> tuple[str, ...]:
    """Split what a notice asks for: by its numbers, then by semicolons.

    Greeting, headings and the closing words are left out. Without numbers, each
    sentence is a line.
    """
    rows = [row.strip() for row in _INLINE.sub("\n", words).split("\n")]
    items = list(_split_numbered_items(rows)) or list(_split_sentences(rows))
    lines: list[str] = []
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        if _is_heading(item, following):
            continue
        lines += _split_halves(item.text)
    return tuple(line[:_LONGEST] for line in lines[:_MOST])


def find_due_day(words: str, noticed: date) -> Reckoned | None:
    """Find the day a notice sets: named, or days after it came; else None."""
    squeezed = "".join(words.split())
    named_day = _BY_DAY.search(squeezed)
    try:
        if named_day is not None:
            year, month, day = (int(part) for part in named_day.groups())
            return Reckoned(date(year, month, day), provisional=False)
        within = _WITHIN.search(squeezed)
        if within is None:
            return None
        count = int(within[1])
        if within[2] == "工作日":
            return add_working_days(noticed, count)
        return Reckoned(noticed + timedelta(days=count), provisional=False)
    except (ValueError, OverflowError):
        return None


def _split_numbered_items(rows: Sequence[str]) -> Iterator[NoticeItem]:
    """What each number begins; rows between two numbers belong to the first."""
    kind: int | None = None
    text = ""
    closed = False
    for row in rows:
        mark = _MARK.match(row)
        if mark is not None and mark.lastindex is not None:
            if kind is not None and text:
                yield NoticeItem(kind, text)
            kind, text, closed = mark.lastindex, row[mark.end() :], False
        elif kind is not None and not closed:
            if _CLOSING.match(row):
                closed = True
            else:
                text += row
    if kind is not None and text:
        yield NoticeItem(kind, _drop_closing(text))


def _split_sentences(rows: Sequence[str]) -> Iterator[NoticeItem]:
    """A notice without numbers: what follows the greeting, sentence by sentence."""
    for row in rows:
        for sentence in _SENTENCES.split(row):
            stripped = sentence.strip()
            asks = len(stripped) > 5 and not stripped.endswith((":", "："))
            if asks and not _CLOSING.match(stripped):
                yield NoticeItem(0, stripped)


def _drop_closing(text: str) -> str:
    first, *others = _SENTENCES.split(text)
    before_closing = [first]
    for sentence in others:
        if _CLOSING.match(sentence.strip()):
            break
        before_closing.append(sentence)
    return "".join(before_closing)


def _is_heading(item: NoticeItem, following: NoticeItem | None) -> bool:
    deeper = following is not None and following.kind > item.kind
    return deeper and (item.text.endswith((":", "：")) or len(item.text) <= 12)


def _split_halves(text: str) -> list[str]:
    """An item in its halves; a fragment stays with what it follows."""
    parts: list[str] = []
    for part in _PARTS.split(text):
        stripped = part.strip(" 　。")
        if parts and 0 < len(stripped) < 5:
            parts[-1] += f"；{stripped}"
        elif stripped:
            parts.append(stripped)
    return parts


def _read_page_words(content: bytes) -> str:
    return "\n".join(row.words for row in read_page(content).rows)


def _read_docx_words_apart(content: bytes, name: str) -> str:
    """The paragraphs of a Word file, read in a child process with limits."""
    try:
        return get_shared_pool().run(READING, _read_docx_words, content, name)
    except GivenUpError as error:
        raise _make_unreadable_error(name, error.issues[0].text) from error


def _read_docx_words(content: bytes, name: str) -> str:
    """The paragraphs of a Word file; what Word numbers by itself gets its number.

    Read as text, not as XML: nothing in it is expanded or fetched.
    """
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            archive.open(_DOCX_PART) as part,
        ):
            document = part.read(_MAX_BYTES + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _make_unreadable_error(name, _NO_WORD_FILE) from error
    if len(document) > _MAX_BYTES:
        raise _make_unreadable_error(name, _TOO_LARGE)
    rows: list[str] = []
    number = 0
    for paragraph in document.decode("utf-8", "replace").split("</w:p>"):
        text = html.unescape("".join(run[1] or " " for run in _RUN.finditer(paragraph)))
        if not text.strip():
            continue
        if "<w:numPr>" in paragraph and _MARK.match(text) is None:
            number += 1
            text = f"{number % 100}. {text}"
        rows.append(text)
    return "\n".join(rows)


def _make_unreadable_error(name: str, why: Text) -> CaseError:
    return CaseError(Issue(text=why, path=name, hint=_TYPE_IT))


_TOO_LARGE: Final = Text(
    f"文件超过{_MAX_BYTES // 10**6}MB，没有读",
    f"the file is over {_MAX_BYTES // 10**6} MB and was not read",
)
_NO_WORD_FILE: Final = Text(
    "不是Word文件（docx），或者已损坏", "is no Word file (docx), or is damaged"
)
_NOTHING_ASKED: Final = Text(
    "没有找到要补正的内容", "nothing that asks for a correction was found"
)
_TYPE_IT: Final = Text(
    "把通知原文存成文本，一条一行、写上编号，再试",
    "save the notice as text, one numbered line for each thing, and try again",
)
