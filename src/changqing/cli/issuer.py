"""`changqing issuer`: which papers carry a code their issuer answers, and its page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from changqing.cli.shared import (
    NOT_YET,
    READY,
    Day,
    json_option,
    language_option,
    print_json,
    read_clock,
    say_help,
    spell_command,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.papers.issuer_page import OfferedCheck, OfferedCheckData


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "issuer",
        help=say_help(
            language,
            "向出具方核实：列出带验证码或二维码的材料，该去哪里核验；"
            "把保存的核验页面加进来，与材料逐项比对。",
            "Check papers with their issuers: list those with a check code or QR code "
            "and where to look; add the page you saved, which is held against the "
            "paper.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path))
    @click.argument("paper", required=False)
    @click.option(
        "--page",
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(
            language,
            "出具方的核验页面，保存成网页、文本或PDF。",
            "The issuer’s page, saved as HTML, text or PDF.",
        ),
    )
    @click.option("--by", help=say_help(language, "谁查看的。", "Who looked."))
    @click.option(
        "--on",
        type=Day(),
        help=say_help(language, "哪天查看的，默认今天。", "The day; today by default."),
    )
    @json_option(language)
    @language_option(language)
    def issuer(
        *,
        case: Path,
        paper: str | None,
        page: Path | None,
        by: str | None,
        on: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        if page is not None:
            if paper is None or by is None or not by.strip():
                raise CaseError(Issue(text=_INCOMPLETE))
            _keep_page(case, paper, page, by, on)
        return _list_checks(case, paper, as_json=as_json, language=language)


def _keep_page(
    folder: Path, paper: str, page: Path, by: str, on: datetime | None
) -> None:
    from changqing.case.page import MAX_PAGE_BYTES
    from changqing.day import beijing_day
    from changqing.law.compiled import load_shipped
    from changqing.papers.keep_issuer_page import keep_issuer_page
    from changqing.papers.open import open_case

    today = beijing_day(read_clock())
    day = today if on is None else on.date()
    if day > today:
        raise CaseError(Issue(text=_TO_COME))
    try:
        with page.open("rb") as stream:
            content = stream.read(MAX_PAGE_BYTES + 1)
    except OSError as error:
        raise CaseError(Issue(text=_UNREADABLE, path=str(page))) from error
    case = open_case(folder, load_shipped())
    keep_issuer_page(case, paper, content, named=page.name, on=day, by=by)


class IssuerData(TypedDict):
    """What issuers offer to check of the papers of a case."""

    checks: Sequence[OfferedCheckData]


def _list_checks(
    folder: Path, paper: str | None, *, as_json: bool, language: Language
) -> int:
    from changqing.law.compiled import load_shipped
    from changqing.papers.issuer_page import IssuerAnswer, list_offered_checks
    from changqing.papers.keep_issuer_page import find_paper
    from changqing.papers.open import open_case

    case = open_case(folder, load_shipped())
    if paper is not None:
        find_paper(case, paper)
    offered = [
        check
        for check in list_offered_checks(case)
        if paper is None or check.paper.id == paper
    ]
    if as_json:
        from changqing.papers.issuer_page import encode_check

        data: IssuerData = {
            "checks": [
                encode_check(offered_check, language) for offered_check in offered
            ]
        }
        print_json(data)
    else:
        _show_offered(folder, offered, Sheet(language))
    settled = all(
        offered_check.result.answer is IssuerAnswer.AGREES for offered_check in offered
    )
    return READY if settled else NOT_YET


def _show_offered(folder: Path, offered: Sequence[OfferedCheck], sheet: Sheet) -> None:
    from changqing.papers.issuer_page import IssuerAnswer

    language = sheet.language
    if not offered:
        sheet.print_line(_NONE.say(language))
    for check in offered:
        answer = check.result.answer
        agrees = answer is IssuerAnswer.AGREES
        sheet.print_gap()
        sheet.print_title(
            check.look.title.say(language),
            check.paper.id,
            right=(answer.text.say(language), "" if agrees else "yellow"),
        )
        sheet.print_line(check.codes_text.say(language), indent=2)
        if check.result.why is not None:
            sheet.print_line(check.result.why.say(language), indent=2, style="yellow")
        for line in check.differences:
            sheet.print_line(line.say(language), indent=2, style="red")
        if not agrees:
            sheet.print_line(check.look.where.say(language), indent=2)
            for number, step in enumerate(check.look.steps, start=1):
                sheet.print_line(f"{number}. {step.say(language)}", indent=2)
            command = spell_command("issuer", folder, check.paper.id, "--page", "FILE")
            sheet.print_line(f"{command} --by NAME", indent=2, style="dim")
    if offered:
        sheet.print_gap()
        sheet.print_line(_NOTHING_FETCHED.say(language), style="dim")


_NONE = Text(
    zh="读过的材料里没有出具方可以核验的验证码或二维码",
    en="no paper that was read has a check code or QR code that its issuer answers",
)
_NOTHING_FETCHED = Text(
    zh="程序不打开二维码里的网址，也不代填验证码：请本人打开、看清网址、保存。",
    en="Nothing is fetched and no picture solved: open the address yourself, see whose "
    "it is, and save the page.",
)
_INCOMPLETE = Text(
    zh="加入页面要写明材料和查看的人：changqing issuer 项目 材料 --page 文件 --by 姓名",
    en="to add a page name the paper and who looked: changqing issuer CASE PAPER "
    "--page FILE --by NAME",
)
_TO_COME = Text(zh="查看的日子还没有到", en="the day of the look is still to come")
_UNREADABLE = Text(zh="读不出这个文件", en="the file cannot be read")
