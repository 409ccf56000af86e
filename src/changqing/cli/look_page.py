"""What one saved page of a guided look proves, and how it is filed in a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from changqing.errors import CaseError, Issue
from changqing.plainfile import open_plain
from changqing.rules.types import encode_plain
from changqing.text import Language, Text
from changqing.yamlfile.plain import Writable

if TYPE_CHECKING:
    from rich.console import Console

    from changqing.case.model import Case
    from changqing.case.page import ReadPage
    from changqing.case.subjects import Subject
    from changqing.law.kinds.fact import Fact
    from changqing.law.kinds.look import GuidedLook
    from changqing.law.model import Catalogue
    from changqing.readers.saved_page import PageReading, PageValue
    from changqing.rules.types import Value

_UNSEEN: Final = Text(zh="页面上没有", en="not in the page")
_UNSAID: Final = Text(
    zh="--says 写成 事实=值@页面上的话",
    en="write --says as FACT=VALUE@WORDS OF THE PAGE",
)
_SAVE_AGAIN: Final = Text(
    zh="在浏览器里另存为“网页，仅HTML”，或存成文本、PDF",
    en="save it from the browser as “Web page, HTML only”, or as text or PDF",
)


class FactOfSubject(TypedDict):
    """A fact of a subject."""

    subject: str
    fact: str


class RecordedValue(FactOfSubject):
    """A value that a saved page shows."""

    value: object
    place: str
    words: str | None
    grade: str
    not_shown: str | None


class UnclearValue(FactOfSubject):
    """A fact for which the page shows several values."""

    values: Sequence[object]


class LookedData(TypedDict):
    """What a saved page showed, and the file in the case that keeps it."""

    look: str
    file: str | None
    recorded: Sequence[RecordedValue]
    unclear: Sequence[UnclearValue]
    not_read: Sequence[FactOfSubject]
    beside: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPage:
    """A saved page that was read, and the file in the case that keeps it."""

    case: Case
    look: GuidedLook
    reading: PageReading
    found: Sequence[PageValue]
    written: str | None

    def encode(self, language: Language) -> LookedData:
        """Encode it for another program."""
        return _encode_look(self.look, self.reading, self.found, self.written, language)

    def show(self, console: Console, language: Language) -> None:
        """Show it to a person."""
        _show(console, self.case, self.reading, self.found, self.written, language)


def file_page(
    folder: Path,
    what: str,
    *,
    page: Path,
    content: bytes,
    by: str,
    on: date,
    subject: str | None,
    says: Sequence[str],
    dry_run: bool,
) -> TakenPage:
    """Read the `content` of a saved page, and file it unless `dry_run`."""
    from changqing.case.page import UnreadablePageError, read_page
    from changqing.law.compiled import load_compiled
    from changqing.papers.open import open_case
    from changqing.readers.saved_page import read_saved_page

    catalogue = load_compiled()
    look = find_look(catalogue, what)
    case = open_case(folder, catalogue)
    try:
        rows = read_page(content)
    except UnreadablePageError as error:
        raise CaseError(
            Issue(text=error.text, path=str(page), hint=_SAVE_AGAIN)
        ) from error
    only = None if subject is None else _find_subject(case, subject)
    reading = read_saved_page(rows, look, case, only=only)
    found = _merge_values(reading.found, _parse_said(rows, look, case, says, only))
    written = None
    if found and not dry_run:
        written = _write(case, look, content, page, found, by=by, on=on)
    return TakenPage(
        case=case, look=look, reading=reading, found=found, written=written
    )


def find_look(catalogue: Catalogue, what: str) -> GuidedLook:
    """Find a guided look by its name; CaseError names those there are."""
    found = catalogue.looks.get(what)
    if found is None:
        names = ", ".join(catalogue.looks)
        raise CaseError(
            Issue(
                text=Text(zh=f"没有“{what}”这种查看", en=f"there is no look “{what}”"),
                hint=Text(zh=f"可选：{names}", en=f"it may be: {names}"),
            )
        )
    return found


def read_page_bytes(page: Path, *, inside: Path | None = None) -> bytes:
    """Read a saved page, or one byte more than may be read of it.

    Of the folder `inside` only plain files are read; else what the user named.
    """
    from changqing.case.page import MAX_PAGE_BYTES

    try:
        with (
            page.open("rb")
            if inside is None
            else open_plain(page, inside=inside) as stream
        ):
            return stream.read(MAX_PAGE_BYTES + 1)
    except OSError as error:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"读不出这个文件（{error.strerror}）",
                    en=f"the file cannot be read ({error.strerror})",
                ),
                path=str(page),
            )
        ) from error


def _find_subject(case: Case, written: str) -> Subject:
    named = {str(subject): subject for subject in case.subjects()} | {
        "applicant": case.subjects()[0]
    }
    if written not in named:
        listed = "、".join(named)
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"“{written}”不在本项目中", en=f"“{written}” is not in the case"
                ),
                hint=Text(zh=f"可选：{listed}", en=f"it may be: {listed}"),
            )
        )
    return named[written]


def _parse_said(
    rows: ReadPage,
    look: GuidedLook,
    case: Case,
    says: Sequence[str],
    only: Subject | None,
) -> list[PageValue]:
    from changqing.readers.saved_page import say_so

    found = []
    for each in says:
        name, equals, rest = each.partition("=")
        value, _, place = rest.partition("@")
        if not equals or not value.strip():
            raise CaseError(Issue(text=_UNSAID))
        found.append(
            say_so(
                rows,
                look,
                case,
                only,
                name=name.strip(),
                written=value.strip(),
                place=place.strip(),
            )
        )
    return found


def _merge_values(
    read: Sequence[PageValue], by_hand: Sequence[PageValue]
) -> list[PageValue]:
    """What a person says replaces what was read of the same."""
    found = {(value.subject, value.fact.id): value for value in (*read, *by_hand)}
    return list(found.values())


def _write(
    case: Case,
    look: GuidedLook,
    content: bytes,
    page: Path,
    found: Sequence[PageValue],
    *,
    by: str,
    on: date,
) -> str:
    from changqing.case.edit import add_look, keep_page

    file = keep_page(case.path, content, what=look.id, on=on, named=page.name)
    item: dict[str, Writable] = {
        "id": look.id,
        "what": look.id,
        "on": on,
        "by": by,
        "file": file,
    }
    if look.address is not None:
        item["url"] = look.address
    item["backs"] = [_write_back(value) for value in found]
    add_look(case.path, item)
    return file


def _write_back(each: PageValue) -> dict[str, Writable]:
    line: dict[str, Writable] = {"fact": each.fact.id}
    if each.subject.type != "applicant":
        line["subject"] = str(each.subject)
    line["value"] = _encode_value(each.fact, each.value, each.raw)
    if each.place:
        line["place"] = each.place
    return line


def _encode_value(fact: Fact, value: Value, raw: str) -> Writable:
    """Return a value as `case.yaml` has it."""
    from changqing.rules.types import Kind

    match value:
        case bool() | date():
            return value
        case frozenset():
            return sorted(value)
        case int():
            return raw if fact.unit in ("fen", "basis_points") else value
        case _:
            return value if fact.type.kind is Kind.CATEGORY else raw


def _encode_look(
    look: GuidedLook,
    reading: PageReading,
    found: Sequence[PageValue],
    written: str | None,
    language: Language,
) -> LookedData:
    return {
        "look": look.id,
        "file": written,
        "recorded": [
            {
                "subject": str(page_value.subject),
                "fact": page_value.fact.id,
                "value": encode_plain(page_value.value),
                "place": page_value.place,
                "words": page_value.backed.words,
                "grade": page_value.backed.grade.code,
                "not_shown": None
                if page_value.backed.why is None
                else page_value.backed.why.say(language),
            }
            for page_value in found
        ],
        "unclear": [
            {
                "subject": str(subject),
                "fact": fact.id,
                "values": [encode_plain(value.value) for value in values],
            }
            for subject, fact, values in reading.unclear
        ],
        "not_read": [
            {"subject": str(subject), "fact": fact.id}
            for subject, fact in reading.unread
        ],
        "beside": {title.say(language): words for title, words in reading.beside},
    }


def _show(
    console: Console,
    case: Case,
    reading: PageReading,
    found: Sequence[PageValue],
    written: str | None,
    language: Language,
) -> None:
    from changqing.judge.words import say_value

    names = {member.subject: member.name for member in case.list_members()}
    for page_value in found:
        name = names.get(page_value.subject, case.name)
        grade = page_value.backed.grade.text
        value = say_value(page_value.value, page_value.fact)
        line = Text(
            zh=f"{name} {page_value.fact.label.zh}：{value.zh}（{grade.zh}）",
            en=f"{name}, {page_value.fact.label.en}: {value.en} ({grade.en})",
        )
        console.print(line.say(language), markup=False, soft_wrap=True)
        if page_value.backed.words is not None:
            quoted = Text(
                zh=f"  页面上写的：{page_value.backed.words}",
                en=f"  The page says: {page_value.backed.words}",
            )
            console.print(
                quoted.say(language), style="dim", markup=False, soft_wrap=True
            )
        else:
            why = page_value.backed.why or _UNSEEN
            console.print(f"  {why.say(language)}", markup=False, soft_wrap=True)
    for title, words in reading.beside:
        console.print(
            Text(zh=f"{title.zh}：{words}", en=f"{title.en}: {words}").say(language),
            style="dim",
            markup=False,
            soft_wrap=True,
        )
    for _, fact, values in reading.unclear:
        several = " / ".join(dict.fromkeys(value.words for value in values))
        unclear = Text(
            zh=f"“{fact.label.zh}”在页面上有不止一种说法，没有记录：{several}",
            en=f"the page says more than one thing of “{fact.label.en}”, which was not "
            f"recorded: {several}",
        )
        console.print(unclear.say(language), markup=False)
    if written is not None:
        done = Text(
            zh=f"已保存为{written}，已写进case.yaml。",
            en=f"Kept as {written}, and added to case.yaml.",
        )
        console.print(done.say(language), markup=False)
    elif not found:
        names_of = ", ".join(dict.fromkeys(fact.id for _, fact in reading.unread))
        nothing = Text(
            zh="页面上没有读出可以记录的内容，没有写入。由人判断的，用 "
            f"--says 事实=值@页面上的话 写明；可选：{names_of}",
            en="Nothing to record was read from the page, and nothing was written. "
            f"What a person judges is given with --says FACT=VALUE@WORDS: {names_of}",
        )
        console.print(nothing.say(language), markup=False)
