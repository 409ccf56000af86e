"""`changqing dossier CASE check`: what stands in the way before it is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.dossier_case import assess_recorded, write_documents
from changqing.cli.shared import (
    NOT_YET,
    READY,
    as_of_option,
    escape_markup,
    json_option,
    language_option,
    open_terminal,
    print_json,
    say_help,
)
from changqing.jsondata import WordsData, write_words
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.documents.crosscheck import Compared, Contradiction, PlaceRead
    from changqing.documents.document import Document
    from changqing.law.model import Catalogue


def add_check(command: click.Group, language: Language) -> None:
    """Add the command below `changqing dossier`."""

    @command.command(
        "check",
        help=say_help(
            language,
            "递交前检查：文书、材料和项目之间说法不一的地方、留空的地方、只有自述的地方。"
            "有矛盾或者留空时退出码为1。",
            "Check before handing in: where documents, papers and the case contradict "
            "each other, what is blank, and what is only declared. Exit code 1 while "
            "something contradicts or is blank.",
        ),
    )
    @as_of_option(
        language, "按这一天检查，默认今天。", "As of this day; today by default."
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def check(
        case: Path, *, as_of: datetime | None, as_json: bool, lang: str | None
    ) -> int:
        from changqing.documents.crosscheck import cross_check

        outcome = assess_recorded(case, as_of)
        documents = write_documents(outcome).annotated
        compared = cross_check(outcome.case, outcome.situation, documents)
        if as_json:
            print_json(_encode_check(compared, documents))
        else:
            console = open_terminal()
            for text in _list_lines(
                compared, documents, outcome.case.catalogue, language
            ):
                console.print(text, soft_wrap=True)
        blank = any(not document.complete for document in documents)
        return NOT_YET if compared.found or blank else READY


def _list_lines(
    compared: Compared,
    documents: Sequence[Document],
    catalogue: Catalogue,
    language: Language,
) -> Iterator[str]:
    """List contradictions, blanks, and what the applicant's word alone stands for."""
    blanks = [
        (document, blank.section, blank.text)
        for document in documents
        for blank in document.blanks
    ]
    joint = "：" if language is Language.ZH else ": "
    # A person answers for many lines of a plan, and is one statement all the same.
    declared = [
        (document, section, claim)
        for document in documents
        for section, claim in dict.fromkeys(
            (statement.section, f"{label.say(language)}{joint}{statement.text}")
            for statement in document.unsupported
            for label in (
                catalogue.facts[statement.subject.type, statement.fact].label,
            )
        )
    ]
    summary = _word_summary(compared, len(blanks), len(declared)).say(language)
    yield f"[bold]{summary}[/]"
    if compared.unread:
        yield _word_unread(compared.unread).say(language)
    if compared.found:
        yield f"\n[bold]{_CONTRADICTED.say(language)}[/]"
    for number, contradiction in enumerate(compared.found, start=1):
        yield from _list_contradiction_lines(number, contradiction, language)
    yield from _list_lacks(_BLANKS.say(language), blanks)
    yield from _list_lacks(_DECLARED.say(language), declared)


def _list_contradiction_lines(
    number: int, contradiction: Contradiction, language: Language
) -> Iterator[str]:
    yield f"{number:>3}  {escape_markup(contradiction.label.say(language))}"
    for place in (contradiction.one, contradiction.other):
        yield f"     {escape_markup(_word_place(place, language))}"
    fix = escape_markup(contradiction.fix.say(language))
    yield f"     [green]{_FIX.say(language)}{fix}[/]"


def _word_place(place: PlaceRead, language: Language) -> str:
    """《公司概况》第1条 人员 (documents/04-company-profile.md:5)：35人."""
    title = place.title.say(language)
    words = " ".join(filter(None, (title, place.place)))
    if place.file is not None and place.file != title:
        where = place.file if place.line is None else f"{place.file}:{place.line}"
        words += f"（{where}）" if language is Language.ZH else f" ({where})"
    joint = "：" if language is Language.ZH else ": "
    return words + joint + place.value.say(language)


def _list_lacks(title: str, rows: Iterable[tuple[Document, str, str]]) -> Iterator[str]:
    """List what documents lack, document by document and section by section."""
    last_shown: Document | None = None
    for document, section, text in rows:
        if last_shown is None:
            yield f"\n[bold]{title}[/]"
        if document is not last_shown:
            yield escape_markup(f"{document.number or ''} {document.title}".strip())
            last_shown = document
        heading = next(
            (listed.title for listed in document.sections if listed.id == section), ""
        )
        yield escape_markup("     " + " · ".join(filter(None, (heading, text))))


def _word_summary(compared: Compared, blanks: int, declared: int) -> Text:
    contradictions = len(compared.found)
    return Text(
        f"对照{compared.checks}项，读了{compared.texts}份文字："
        f"矛盾{contradictions}处，留空{blanks}处，只有自述{declared}处。",
        f"{compared.checks} cross-checks over {compared.texts} texts: {contradictions} "
        f"contradictions, {blanks} blanks, {declared} statements only declared.",
    )


def _word_unread(count: int) -> Text:
    return Text(
        f"{count}份材料还没有读取，只对照了case.yaml里写明的内容。"
        "读取：changqing read 项目",
        f"{count} papers are not read yet: only what case.yaml says of them was "
        "compared. To read them: changqing read CASE",
    )


class PlaceData(TypedDict):
    """Where something is said, and what."""

    title: WordsData
    place: str
    file: str | None
    line: int | None
    value: WordsData


class ContradictionData(TypedDict):
    """Two places that say otherwise, and how to correct it."""

    check: str
    label: WordsData
    subject: str | None
    places: Sequence[PlaceData]
    fix: WordsData


class BlankPlace(TypedDict):
    """A blank of a document, and what it waits for."""

    document: str
    section: str
    supply: str
    errand: str | None


class UnsupportedData(TypedDict):
    """A statement of a document that rests on the applicant's word alone."""

    document: str
    section: str
    fact: str
    subject: str
    text: str


class CheckedData(TypedDict):
    """The documents held against each other."""

    checks: int
    texts: int
    unread: int
    contradictions: Sequence[ContradictionData]
    blanks: Sequence[BlankPlace]
    unsupported: Sequence[UnsupportedData]


def _encode_check(compared: Compared, documents: Sequence[Document]) -> CheckedData:
    return {
        "checks": compared.checks,
        "texts": compared.texts,
        "unread": compared.unread,
        "contradictions": [
            {
                "check": contradiction.check,
                "label": write_words(contradiction.label),
                "subject": None
                if contradiction.subject is None
                else str(contradiction.subject),
                "places": [
                    _place_data(contradiction.one),
                    _place_data(contradiction.other),
                ],
                "fix": write_words(contradiction.fix),
            }
            for contradiction in compared.found
        ],
        "blanks": [
            {
                "document": document.id,
                "section": blank.section,
                "supply": blank.supply,
                "errand": blank.errand,
            }
            for document in documents
            for blank in document.blanks
        ],
        "unsupported": [
            {
                "document": document.id,
                "section": statement.section,
                "fact": statement.fact,
                "subject": str(statement.subject),
                "text": statement.text,
            }
            for document in documents
            for statement in document.unsupported
        ],
    }


def _place_data(place: PlaceRead) -> PlaceData:
    return {
        "title": write_words(place.title),
        "place": place.place,
        "file": place.file,
        "line": place.line,
        "value": write_words(place.value),
    }


_CONTRADICTED: Final = Text("说法不一", "Contradictions")
_BLANKS: Final = Text("留空", "Blanks")
_DECLARED: Final = Text("只有自述", "Only declared")
_FIX: Final = Text("改法：", "To correct: ")
