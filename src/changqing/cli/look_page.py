"""What one saved page of a guided look proves, and how it is filed in a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from changqing.errors import CaseError, Issue, say_reason
from changqing.plainfile import open_plain
from changqing.rules.types import encode_plain
from changqing.text import Language, Text
from changqing.yamlfile.suggest import suggest_word

if TYPE_CHECKING:
    from rich.console import Console

    from changqing.case.model import Case
    from changqing.case.subjects import Subject
    from changqing.law.kinds.look import GuidedLook
    from changqing.law.model import Catalogue
    from changqing.papers.keep_look_page import SaidOfPage, TakenPage

_UNSEEN: Final = Text(zh="页面上没有", en="not in the page")
_UNSAID: Final = Text(
    zh="--says 写成 事实=值@页面上的话",
    en="write --says as FACT=VALUE@WORDS OF THE PAGE",
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
    from changqing.law.compiled import load_compiled
    from changqing.papers.keep_look_page import take_look_page
    from changqing.papers.open import open_case

    catalogue = load_compiled()
    look = find_look(catalogue, what)
    case = open_case(folder, catalogue)
    return take_look_page(
        case,
        look,
        content,
        named=page,
        by=by,
        on=on,
        only=None if subject is None else _find_subject(case, subject),
        said=[_parse_said(said_text) for said_text in says],
        dry_run=dry_run,
    )


def find_look(catalogue: Catalogue, what: str) -> GuidedLook:
    """Find a guided look by its name; CaseError names those there are."""
    guided_look = catalogue.looks.get(what)
    if guided_look is None:
        raise CaseError(
            Issue(
                text=Text(zh=f"没有“{what}”这种查看", en=f"there is no look “{what}”"),
                hint=suggest_word(what, catalogue.looks) or _list_looks(catalogue),
            )
        )
    return guided_look


def _list_looks(catalogue: Catalogue) -> Text:
    """List the looks there are, each with what it is called."""
    looks = catalogue.looks.values()
    zh = "、".join(f"{look.id}（{look.title.zh}）" for look in looks)
    en = ", ".join(f"{look.id} ({look.title.en})" for look in looks)
    return Text(f"可选：{zh}", f"it may be: {en}")


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
        reason = say_reason(error)
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"读不出这个文件（{reason.zh}）",
                    en=f"the file cannot be read ({reason.en})",
                ),
                path=str(page),
            )
        ) from error


def _find_subject(case: Case, typed: str) -> Subject:
    by_name = {str(subject): subject for subject in case.list_subjects()} | {
        "applicant": case.list_subjects()[0]
    }
    if typed not in by_name:
        listed = "、".join(by_name)
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"“{typed}”不在本项目中", en=f"“{typed}” is not in the case"
                ),
                hint=Text(zh=f"可选：{listed}", en=f"it may be: {listed}"),
            )
        )
    return by_name[typed]


def _parse_said(typed: str) -> SaidOfPage:
    """Split FACT=VALUE@WORDS."""
    from changqing.papers.keep_look_page import SaidOfPage

    name, equals, value_and_words = typed.partition("=")
    value, _, words = value_and_words.partition("@")
    if not equals or not value.strip():
        raise CaseError(Issue(text=_UNSAID))
    return SaidOfPage(fact=name.strip(), value=value.strip(), words=words.strip())


def encode_page(taken_page: TakenPage, language: Language) -> LookedData:
    """Encode what a saved page showed, for another program."""
    return {
        "look": taken_page.look.id,
        "file": taken_page.file,
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
            for page_value in taken_page.found
        ],
        "unclear": [
            {
                "subject": str(subject),
                "fact": fact.id,
                "values": [encode_plain(value.value) for value in values],
            }
            for subject, fact, values in taken_page.reading.unclear
        ],
        "not_read": [
            {"subject": str(subject), "fact": fact.id}
            for subject, fact in taken_page.reading.unread
        ],
        "beside": {
            title.say(language): words for title, words in taken_page.reading.beside
        },
    }


def show_page(console: Console, taken_page: TakenPage, language: Language) -> None:
    """Show a person what a saved page showed, and where it is kept."""
    from changqing.judge.words import say_value

    case, reading = taken_page.case, taken_page.reading
    names = {member.subject: member.name for member in case.list_members()}
    for page_value in taken_page.found:
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
    if taken_page.file is not None:
        confirmation = Text(
            zh=f"已保存为{taken_page.file}，已写进case.yaml。",
            en=f"Kept as {taken_page.file}, and added to case.yaml.",
        )
        console.print(confirmation.say(language), markup=False)
    elif not taken_page.found:
        names_of = ", ".join(dict.fromkeys(fact.id for _, fact in reading.unread))
        nothing = Text(
            zh="页面上没有读出可以记录的内容，没有写入。由人判断的，用 "
            f"--says 事实=值@页面上的话 写明；可选：{names_of}",
            en="Nothing to record was read from the page, and nothing was written. "
            f"What a person judges is given with --says FACT=VALUE@WORDS: {names_of}",
        )
        console.print(nothing.say(language), markup=False)
