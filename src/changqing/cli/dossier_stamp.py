"""`changqing dossier CASE stamp` and `stamped`: print to be signed, take it back."""

from __future__ import annotations

from collections.abc import Sequence
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
    program,
    say_help,
    working,
)
from changqing.errors import CaseError, Issue
from changqing.plainfile import find_folder_around, write_plain
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.documents.signed_scan import FiledScan


def add_stamp(command: click.Group, language: Language) -> None:
    """Add the commands below `changqing dossier`."""
    _add_print(command, language)
    _add_take(command, language)


def _add_print(command: click.Group, language: Language) -> None:
    @command.command(
        "stamp",
        help=say_help(
            language,
            "盖章包：要签字盖章的文书，按打印的次序合成一份PDF，每页有方码，"
            "第一页写明在哪里签字盖章。",
            "What must be signed and sealed as one PDF in print order, a code on each "
            "page; its first page says where to sign and seal.",
        ),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(
            language,
            "写到这个文件；默认项目里的dossier/stamping/盖章包.pdf。",
            "Write this file; dossier/stamping/盖章包.pdf in the case by default.",
        ),
    )
    @as_of_option(
        language, "按这一天写，默认今天。", "As of this day; today by default."
    )
    @language_option(language)
    @click.pass_obj
    def stamp(
        case: Path, *, out: Path | None, as_of: datetime | None, lang: str | None
    ) -> int:
        from changqing.documents.filling import list_open_places
        from changqing.documents.render import render_documents
        from changqing.documents.stamping import FOLDER, PACK, print_for_signing

        outcome = assess_recorded(case, as_of)
        clean = [
            document
            for document in write_documents(outcome).clean
            if document.signature
        ]
        busy = Text("正在排版", "setting the pages").say(language)
        with working(busy):
            rendered = render_documents(
                clean,
                case_name=outcome.case.name,
                digest=outcome.case.digest,
                as_of=outcome.situation.as_of,
            )
            pack = print_for_signing(rendered, outcome.case, outcome.situation.as_of)
        path = case / FOLDER / PACK if out is None else out
        try:
            write_plain(path, pack.pdf, inside=find_folder_around(path, case))
        except OSError as problem:
            raise CaseError(Issue(text=_UNWRITABLE, path=str(path))) from problem
        console = open_terminal()
        console.print(
            Text(f"盖章包写在{path}", f"To print and sign: {path}").say(language),
            soft_wrap=True,
        )
        for printed in pack.documents:
            joint = "：" if language is Language.ZH else ": "
            line = f"  {printed.title}{joint}{printed.place.say(language)}"
            console.print(escape_markup(line), soft_wrap=True)
        blanks = [blank for document in clean for blank in document.blanks]
        blank = len(blanks)
        if blanks:
            for document in clean:
                for line in list_open_places(document):
                    console.print(escape_markup(line), soft_wrap=True)
            console.print(
                Text(
                    f"还有{blank}处待补：补好以后再打印，改过的要重新盖章。",
                    f"{blank} places are still to be filled: print when they are; "
                    "what is changed later has to be signed again.",
                ).say(language)
            )
        console.print(
            Text(
                f"签好以后全部扫描成一个文件：{program()} dossier {case} stamped 文件",
                "When signed, scan all into one file: "
                f"{program()} dossier {case} stamped FILE",
            ).say(language),
            soft_wrap=True,
        )
        return NOT_YET if blank else READY


def _add_take(command: click.Group, language: Language) -> None:
    @command.command(
        "stamped",
        help=say_help(
            language,
            "签好盖好的扫描件：逐页与打印的比对，齐的、没有改动的、有章有字的自动归入申请材料。",
            "The scan of the signed pages: each is held against what was printed; what "
            "is whole, unaltered, signed and sealed is filed into the dossier.",
        ),
    )
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    @click.option(
        "--accept",
        is_flag=True,
        help=say_help(
            language,
            "看不清的地方已有人看过原件，照样归入；缺页和改动的不归入。",
            "Somebody has looked at what could not be told; file it all the same. "
            "Missing or altered pages are never filed.",
        ),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def take_back_scan(
        case: Path, *, file: Path, accept: bool, as_json: bool, lang: str | None
    ) -> int:
        from changqing.documents.signed_scan import file_scan, list_outcome

        try:
            content = file.read_bytes()
        except OSError as problem:
            raise CaseError(Issue(text=_UNREADABLE, path=str(file))) from problem
        busy = Text("正在读扫描件", "reading the scan").say(language)
        with working(busy) as status:
            filed_scan = file_scan(
                case,
                content,
                file.name,
                accept=accept,
                progress=lambda pages_read, total: status.update(
                    f"{busy} {pages_read}/{total}"
                ),
            )
        if as_json:
            print_json(_encode_filed(filed_scan))
        else:
            console = open_terminal()
            for line in list_outcome(filed_scan, language):
                console.print(escape_markup(line), soft_wrap=True)
            if not accept and any(
                document not in filed_scan.filed and not document.wrong
                for document in filed_scan.match.documents
            ):
                console.print(_LOOKED.say(language), soft_wrap=True)
        whole = len(filed_scan.filed) == len(filed_scan.match.documents) and not (
            filed_scan.match.strange
        )
        return READY if whole and filed_scan.filed else NOT_YET


class StampedPage(TypedDict):
    """A page that was printed, and the page of the scan that is it."""

    page: int
    scan_page: int
    by_code: bool
    share: float
    has_seal: bool
    has_signature: bool


class StampedDocument(TypedDict):
    """A document of the scan, and whether it was filed."""

    document: str
    digest: str
    filed: bool
    missing: Sequence[int]
    wrong: Sequence[str]
    untold: Sequence[str]
    pages: Sequence[StampedPage]


class StampedData(TypedDict):
    """What was found in a scan of what was printed, signed and sealed."""

    version: int
    documents: Sequence[StampedDocument]
    strange: Sequence[int]


def _encode_filed(filed_scan: FiledScan) -> StampedData:
    return {
        "version": 1,
        "documents": [
            {
                "document": document.printed.document,
                "digest": document.printed.digest,
                "filed": document in filed_scan.filed,
                "missing": list(document.missing),
                "wrong": [text.zh for text in document.wrong],
                "untold": [text.zh for text in document.untold],
                "pages": [
                    {
                        "page": page.page,
                        "scan_page": page.scan_page,
                        "by_code": page.by_code,
                        "share": round(page.share, 3),
                        "has_seal": page.has_seal,
                        "has_signature": page.has_signature,
                    }
                    for page in document.pages
                ],
            }
            for document in filed_scan.match.documents
        ],
        "strange": list(filed_scan.match.strange),
    }


_LOOKED: Final = Text(
    "看过原件没有问题的，加--accept再运行一次",
    "when somebody has looked at the original, run it again with --accept",
)
_UNWRITABLE: Final = Text("写不进这里", "this cannot be written here")
_UNREADABLE: Final = Text("读不出这个文件", "the file cannot be read")
