"""Filing the saved page of a guided look in a case, with what it shows of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Final

from changqing.case.edit import add_look, keep_page, lock_if_logged
from changqing.case.model import Case
from changqing.case.page import ReadPage, UnreadablePageError, read_page, squeeze
from changqing.case.subjects import Subject
from changqing.errors import CaseError, Issue
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.look import GuidedLook
from changqing.readers.saved_page import (
    PageReading,
    PageValue,
    read_saved_page,
    say_so,
)
from changqing.rules.types import Kind, Value
from changqing.text import Text
from changqing.yamlfile.plain import Writable


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfPage:
    """What a person says that a page shows, and the words of the page that show it.

    `subject` None: whom the whole page is about.
    """

    fact: str
    value: str
    words: str
    subject: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPage:
    """A saved page that was read, and the file in the case that keeps it, if any.

    `not_quoted` is what a person says and the page does not show, if it was left out.
    """

    case: Case
    look: GuidedLook
    reading: PageReading
    found: Sequence[PageValue]
    not_quoted: Sequence[SaidOfPage]
    file: str | None


def take_look_page(
    case: Case,
    look: GuidedLook,
    content: bytes,
    *,
    named: PurePath,
    by: str,
    on: date,
    only: Subject | None = None,
    said: Sequence[SaidOfPage] = (),
    quoted_only: bool = False,
    dry_run: bool = False,
) -> TakenPage:
    """Read a saved page, and file it in the case if it shows something.

    `named` is how the file was called, `by` who looked. What a person says replaces
    what was read of the same; what the page does not show proves nothing, and with
    `quoted_only` it is left out, as is what comes without words of the page, but for
    names and other texts that stand in it. Nothing is written with `dry_run`. Raises
    CaseError where the page cannot be read or names nobody of the case, where what is
    said is no value of such a fact, and where the file of the case cannot be changed.
    """
    try:
        page = read_page(content)
    except UnreadablePageError as error:
        raise CaseError(
            Issue(text=error.text, path=str(named), hint=_SAVE_AGAIN)
        ) from error
    if not any(squeeze(row.words) for row in page.rows):
        raise CaseError(Issue(text=_NO_WORDS, path=str(named), hint=_SAVE_AGAIN))
    reading = read_saved_page(page, look, case, only=only)
    by_hand = {typed: _take_said(page, look, case, only, typed) for typed in said}
    not_quoted = [
        typed
        for typed, value_read in by_hand.items()
        if quoted_only and value_read.backed.words is None
    ]
    quoted_values = [
        value for typed, value in by_hand.items() if typed not in not_quoted
    ]
    merged = {
        (value.subject, value.fact.id): value
        for value in (*reading.found, *quoted_values)
    }
    values = list(merged.values())
    file = None
    if values and not dry_run:
        file = _write_page(case, look, content, named.name, values, by=by, on=on)
    return TakenPage(
        case=case,
        look=look,
        reading=reading,
        found=values,
        not_quoted=not_quoted,
        file=file,
    )


def _take_said(
    page: ReadPage,
    look: GuidedLook,
    case: Case,
    only: Subject | None,
    said_of_page: SaidOfPage,
) -> PageValue:
    about = said_of_page.subject or only
    return say_so(
        page,
        look,
        case,
        about,
        name=said_of_page.fact,
        written=said_of_page.value,
        place=said_of_page.words,
    )


def _write_page(
    case: Case,
    look: GuidedLook,
    content: bytes,
    file_name: str,
    page_values: Sequence[PageValue],
    *,
    by: str,
    on: date,
) -> str:
    item: dict[str, Writable] = {"id": look.id, "what": look.id, "on": on, "by": by}
    with lock_if_logged(case.path):
        file = keep_page(case.path, content, what=look.id, on=on, named=file_name)
        item["file"] = file
        if look.address is not None:
            item["url"] = look.address
        item["backs"] = [_write_back(value) for value in page_values]
        add_look(case.path, item)
    return file


def _write_back(page_value: PageValue) -> dict[str, Writable]:
    line: dict[str, Writable] = {"fact": page_value.fact.id}
    if page_value.subject.type != "applicant":
        line["subject"] = str(page_value.subject)
    line["value"] = _encode_value(page_value.fact, page_value.value, page_value.raw)
    if page_value.place:
        line["place"] = page_value.place
    return line


def _encode_value(fact: Fact, value: Value, raw: str) -> Writable:
    """Return a value as `case.yaml` has it."""
    match value:
        case bool() | date():
            return value
        case frozenset():
            return sorted(value)
        case int():
            return raw if fact.unit in ("fen", "basis_points") else value
        case _:
            return value if fact.type.kind is Kind.CATEGORY else raw


_NO_WORDS: Final = Text(
    zh="保存的页面里没有文字", en="there are no words on the saved page"
)
_SAVE_AGAIN: Final = Text(
    zh="在浏览器里另存为“网页，仅HTML”，或存成文本、PDF；导出的表格用CSV或Excel",
    en="save it from the browser as “Web page, HTML only”, or as text or PDF; "
    "export tables as CSV or Excel",
)
