"""`changqing case CASE paper`: taking a paper out, putting it back, its real kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypedDict

import click

from changqing.cli.desk import Desk
from changqing.cli.shared import (
    READY,
    json_option,
    language_option,
    print_json,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text


def add_papers(command: click.Group, language: Language) -> None:
    """Add the command that lists papers and moves them."""

    @command.command(
        "paper",
        help=say_help(
            language,
            "材料：有哪些、移出过哪些。放错的移出（--out，文件和日志都留着）、放回（--back）、"
            "改成其实是的种类（--kind）。",
            "Papers: which there are, which were taken out. Take out what is here by "
            "mistake (--out; file and log stay), put it back (--back), or say which "
            "kind it really is (--kind).",
        ),
    )
    @click.argument("paper", required=False)
    @click.option(
        "--out", is_flag=True, help=say_help(language, "移出。", "Take it out.")
    )
    @click.option(
        "--back",
        is_flag=True,
        help=say_help(language, "放回移出过的。", "Put back one that was taken out."),
    )
    @click.option(
        "--kind",
        help=say_help(
            language,
            "其实是哪种材料，写法见changqing materials --all --json。",
            "Which kind it really is; changqing materials --all --json names them.",
        ),
    )
    @click.option(
        "--by",
        help=say_help(language, "谁办的，移出时要写。", "Who takes it out."),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def paper(
        desk: Desk,
        /,
        *,
        paper: str | None,
        out: bool,
        back: bool,
        kind: str | None,
        by: str | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        actions = sum((out, back, kind is not None))
        if actions > 1 or (actions == 1) != (paper is not None):
            raise CaseError(Issue(text=_ONE_OF_THREE))
        if out and not (by or "").strip():
            raise CaseError(Issue(text=_BY_WHOM))
        if paper is not None:
            _move_paper(desk, paper, by=by or "", out=out, kind=kind)
        _show_papers(desk, as_json=as_json)
        return READY


def _move_paper(
    desk: Desk, paper: str, *, by: str, out: bool, kind: str | None
) -> None:
    from changqing.case import set_aside
    from changqing.case.edit import StaleError
    from changqing.cli.given import choose_day

    catalogue = desk.opened.catalogue
    try:
        if out:
            set_aside.set_paper_aside(
                desk.folder, paper, on=choose_day(None), by=by, catalogue=catalogue
            )
        elif kind is not None:
            set_aside.change_paper_kind(desk.folder, paper, kind, catalogue=catalogue)
        else:
            set_aside.take_paper_back(desk.folder, paper, catalogue=catalogue)
    except StaleError as error:
        raise CaseError(Issue(text=_STALE)) from error


class PaperData(TypedDict):
    """A paper of a case."""

    id: str
    kind: str
    file: str


class AsidePaper(PaperData):
    """A paper that was taken out: when, and by whom."""

    on: str
    by: str


class PapersData(TypedDict):
    """The papers of a case, and those that were taken out."""

    papers: Sequence[PaperData]
    set_aside: Sequence[AsidePaper]


def _show_papers(desk: Desk, *, as_json: bool) -> None:
    from changqing.case import edit
    from changqing.case.set_aside import list_set_aside

    case_data = edit.read(desk.folder)
    listed, aside = case_data.list_items("papers"), list_set_aside(case_data)
    if as_json:
        data: PapersData = {
            "papers": [
                {
                    "id": str(paper.get("id")),
                    "kind": str(paper.get("kind")),
                    "file": str(paper.get("file")),
                }
                for paper in listed
            ],
            "set_aside": [
                {
                    "id": paper.id,
                    "kind": paper.kind,
                    "file": paper.file,
                    "on": paper.on,
                    "by": paper.by,
                }
                for paper in aside
            ],
        }
        print_json(data)
        return
    sheet = Sheet(desk.language)
    materials = desk.opened.catalogue.materials

    def name_kind(kind: str) -> str:
        material = materials.get(kind)
        return kind if material is None else material.label.say(desk.language)

    sheet.print_heading(sheet.t("材料", "Papers"))
    for item in listed:
        sheet.print_title(name_kind(str(item.get("kind"))), str(item.get("id")))
        sheet.print_line(str(item.get("file")), indent=4, style="dim")
    if aside:
        sheet.print_heading(sheet.t("移出的", "Taken out"))
    for paper in aside:
        sheet.print_title(name_kind(paper.kind), paper.id)
        sheet.print_line(
            f"{paper.file} · {paper.on} · {paper.by}", indent=4, style="dim"
        )


_ONE_OF_THREE: Final = Text(
    zh="写明一份材料，并在--out、--back、--kind里选一个；都不写就列出材料",
    en="name one paper with one of --out, --back and --kind; with neither, they are "
    "listed",
)
_BY_WHOM: Final = Text(
    zh="移出要写--by：谁办的", en="--out needs --by: who takes it out"
)
_STALE: Final = Text(
    zh="文件刚被别人改过，再运行一次", en="the file has just changed; run it again"
)
