"""`changqing case CASE erase`: papers about persons, the day they go, and their end."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.desk import Desk
from changqing.cli.shared import (
    READY,
    Day,
    find_own_key_path,
    json_option,
    language_option,
    print_json,
    read_clock,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.jsondata import write_day
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.casework.erased import Erasure


def add_erasing(command: click.Group, language: Language) -> None:
    """Add the command that keeps the day of deletion."""

    @command.command(
        "erase",
        help=say_help(
            language,
            "个人材料（身份证件、劳动合同、参保证明等）：有哪些、定在哪天删除、删过什么。\n\n"
            "写PAPER（case.yaml里papers的id）和--yes，现在就抹去；--due只在删除日到了才抹。"
            "日志只留摘要和它关于什么，仍可复核。",
            "Papers about persons (identity papers, contracts, insurance): which there "
            "are, on which day they go, what went.\n\nPAPER (its id under papers in "
            "case.yaml) with --yes erases it now; --due erases when the day has come. "
            "The log keeps their digests and what they are about, and still verifies.",
        ),
    )
    @click.argument("papers", nargs=-1, metavar="[PAPER]...")
    @click.option(
        "--due",
        is_flag=True,
        help=say_help(
            language,
            "删除日到了就抹去全部个人材料，没到什么也不做；交给cron用。",
            "Erase all papers about persons if their day has come, else do nothing; "
            "for cron.",
        ),
    )
    @click.option(
        "--on",
        "day",
        type=Day(),
        help=say_help(
            language,
            "定下删除日，写进case.yaml的delete_personal_on。",
            "Set the day of deletion: delete_personal_on in case.yaml.",
        ),
    )
    @click.option(
        "--never",
        is_flag=True,
        help=say_help(language, "不再定删除日。", "Set no day of deletion any more."),
    )
    @click.option(
        "--yes",
        is_flag=True,
        help=say_help(
            language, "确认抹去，不能撤回。", "Erase them; it cannot be undone."
        ),
    )
    @click.option(
        "--by",
        help=say_help(language, "谁办的，默认登录名。", "Who does it; you else."),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def erase(
        desk: Desk,
        *,
        papers: tuple[str, ...],
        due: bool,
        day: datetime | None,
        never: bool,
        yes: bool,
        by: str | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        if sum((bool(papers), due, day is not None, never)) > 1:
            raise CaseError(Issue(text=_ONE_AT_A_TIME))
        if papers and not yes:
            raise CaseError(Issue(text=_SURE, hint=_SAY_YES))
        if day is not None or never:
            _set_day(desk, None if day is None else day.date())
        erasures = _erase_papers(desk, papers, due=due, by=by)
        _show_erasures(desk, erasures, as_json=as_json)
        return READY


def _set_day(desk: Desk, day: date | None) -> None:
    from changqing.case.edit import StaleError
    from changqing.casework.personal import set_deletion_day

    try:
        set_deletion_day(desk.folder, day, catalogue=desk.opened.catalogue)
    except StaleError as error:
        raise CaseError(Issue(text=_STALE)) from error
    del desk.opened


def _erase_papers(
    desk: Desk, papers: Sequence[str], *, due: bool, by: str | None
) -> tuple[Erasure, ...]:
    from changqing.case.edit import StaleError
    from changqing.casework.personal import erase_due, erase_papers
    from changqing.evidence.ledger.note import load_key

    if not papers and not due:
        return ()
    desk.check()
    from changqing.law.compiled import load_compiled

    catalogue, key, now = load_compiled(), load_key(find_own_key_path()), read_clock()
    who = by or _find_user()
    try:
        if papers:
            return erase_papers(
                desk.folder, papers, catalogue=catalogue, key=key, now=now, by=who
            )
        return erase_due(desk.folder, catalogue=catalogue, key=key, now=now, by=who)
    except StaleError as error:
        raise CaseError(Issue(text=_STALE)) from error


def _find_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


class PersonalPaperData(TypedDict):
    """A paper about persons that is there."""

    id: str
    kind: str
    files: Sequence[str]


class ErasureData(TypedDict):
    """What was erased: how many files, kept copies and entries of the log."""

    paper: str
    kind: str
    at: str
    by: str
    due: bool
    files: int
    copies: int
    entries: int


class ErasingData(TypedDict):
    """The papers about persons: which there are, when they go, which went."""

    version: int
    delete_personal_on: str | None
    papers: Sequence[PersonalPaperData]
    erased_now: Sequence[ErasureData]
    erased: Sequence[ErasureData]
    out_of_reach: Sequence[str]


def _show_erasures(desk: Desk, erasures: Sequence[Erasure], *, as_json: bool) -> None:
    """What went just now, what there is, on which day it goes, what went before."""
    from changqing.case import edit
    from changqing.casework.erased import read_erasures
    from changqing.casework.personal import (
        NOT_REACHED,
        REACHED,
        find_deletion_day,
        find_personal,
    )
    from changqing.law.compiled import load_compiled

    catalogue = load_compiled()
    there = find_personal(catalogue, desk.folder)
    day = find_deletion_day(edit.read(desk.folder))
    before = read_erasures(desk.folder)
    if as_json:
        data: ErasingData = {
            "version": 1,
            "delete_personal_on": write_day(day),
            "papers": [
                {
                    "id": personal_paper.id,
                    "kind": personal_paper.kind,
                    "files": list(personal_paper.files),
                }
                for personal_paper in there
            ],
            "erased_now": [_encode_erasure(erasure) for erasure in erasures],
            "erased": [_encode_erasure(erasure) for erasure in before],
            "out_of_reach": [place.say(desk.language) for place in NOT_REACHED],
        }
        print_json(data)
        return
    sheet = Sheet(desk.language)

    def name_kind_of_paper(kind: str) -> str:
        material = catalogue.materials.get(kind)
        return kind if material is None else material.label.say(desk.language)

    if erasures:
        sheet.print_heading(sheet.t("刚刚抹去", "Erased just now"))
        for erasure in erasures:
            sheet.print_title(
                name_kind_of_paper(erasure.kind),
                sheet.t(
                    f"{erasure.files}个文件、{erasure.copies}份留存副本，"
                    f"日志{erasure.entries}条只留摘要和它关于什么",
                    f"{erasure.files} files, {erasure.copies} kept copies, "
                    f"{erasure.entries} log entries keep their digest "
                    "and what they are about",
                ),
            )
    sheet.print_heading(sheet.t("个人材料", "Papers about persons"))
    for paper in there:
        sheet.print_title(
            name_kind_of_paper(paper.kind), f"{paper.id} · {', '.join(paper.files)}"
        )
    if not there:
        sheet.print_line(sheet.t("没有。", "None."))
    on = sheet.t("没有定", "none set") if day is None else day.isoformat()
    sheet.print_line(sheet.t(f"删除日：{on}", f"Day of deletion: {on}"))
    if before:
        sheet.print_heading(sheet.t("抹去过", "Erased"))
        for erasure in before:
            why = (
                sheet.t("到了删除日", "its day had come") if erasure.due else erasure.by
            )
            sheet.print_title(
                name_kind_of_paper(erasure.kind),
                f"{erasure.paper} · {erasure.at:%Y-%m-%d} · {why}",
            )
    sheet.print_heading(sheet.t("抹去够得到什么", "What erasing reaches"))
    sheet.print_line(REACHED.say(desk.language))
    for place in NOT_REACHED:
        sheet.print_line(place.say(desk.language))


def _encode_erasure(erasure: Erasure) -> ErasureData:
    return {
        "paper": erasure.paper,
        "kind": erasure.kind,
        "at": erasure.at.isoformat(),
        "by": erasure.by,
        "due": erasure.due,
        "files": erasure.files,
        "copies": erasure.copies,
        "entries": erasure.entries,
    }


_ONE_AT_A_TIME: Final = Text(
    zh="PAPER、--due、--on、--never一次只写一样",
    en="PAPER, --due, --on and --never: one of them at a time",
)
_SURE: Final = Text(
    zh="抹去不能撤回，还没有动", en="erasing cannot be undone; nothing was touched"
)
_SAY_YES: Final = Text(zh="确定的话加上--yes", en="add --yes if you mean it")
_STALE: Final = Text(
    zh="别人刚改过case.yaml，再运行一次",
    en="somebody has just changed case.yaml; run this again",
)
