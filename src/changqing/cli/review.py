"""`changqing case CASE review`: the points of a case, as a reviewer marks them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.desk import Desk
from changqing.cli.given import choose_day
from changqing.cli.shared import (
    READY,
    find_own_key_path,
    json_option,
    language_option,
    print_json,
    read_clock,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.jsondata import WordsData, write_day, write_words
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.casework.review import ReviewRemark
    from changqing.casework.review_sheet import ReviewPoint, ReviewSheet
    from changqing.run import Outcome

VERSION: Final = 1
_NONE: Final = "none"
_MARKS: Final = ("fine", "doubt", "supplement", _NONE)


def add_review(command: click.Group, language: Language) -> None:
    """Add the command of a reviewer."""

    @command.command(
        "review",
        help=say_help(
            language,
            "审查一页：疑点、没有满足的要求、每个关键点，各有材料上的原话；标记是审阅人自己的，"
            "不改变任何结论。--out写成补正通知（拟稿）。",
            "The review sheet: doubts, what is not satisfied and every key point, with "
            "the words of the papers. Marks are the reviewer's own and change no "
            "verdict; --out writes them as a draft notice of correction.",
        ),
    )
    @click.option(
        "--mark",
        nargs=2,
        type=(str, click.Choice(_MARKS)),
        metavar="POINT MARK",
        help=say_help(
            language,
            "标记一项：fine（✓）、doubt（疑）、supplement（补），none撤回；要写--by。",
            "Mark a point: fine, doubt, supplement; none takes it back. Needs --by.",
        ),
    )
    @click.option(
        "--words", default="", help=say_help(language, "意见。", "A remark with it.")
    )
    @click.option(
        "--by", help=say_help(language, "审阅人的名字。", "The name of the reviewer.")
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language,
            "把--by标了疑和补的写成补正通知，放进这个文件夹。",
            "Write what --by marked as a notice into this folder.",
        ),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def review(
        desk: Desk,
        *,
        mark: tuple[str, str] | None,
        words: str,
        by: str | None,
        out: Path | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        if (mark is not None or out is not None) and not by:
            raise CaseError(Issue(text=_NAME_YOURSELF))
        outcome, sheet = _build_sheet(desk)
        if mark is not None:
            _mark_point(desk, sheet, *mark, words=words, by=by or "")
        remarks = _list_remarks(desk)
        files = [] if out is None else _write_letter(outcome, sheet, remarks, by, out)
        if as_json:
            print_json(_write_json(desk, sheet, remarks, files))
        else:
            _show_sheet(sheet, remarks, files, language)
        return READY


def _build_sheet(desk: Desk) -> tuple[Outcome, ReviewSheet]:
    from changqing.casework.review_sheet import build_review_sheet
    from changqing.judge.assess import Judge
    from changqing.run import run

    judge = Judge(desk.opened.catalogue)
    outcome = run(
        desk.folder,
        judge=judge,
        clock=read_clock,
        key=find_own_key_path(),
        offline=True,
    )
    sheet = build_review_sheet(outcome.case, outcome.assessment, outcome.report)
    return outcome, sheet


def _list_remarks(desk: Desk) -> list[ReviewRemark]:
    from changqing.casework.review import ReviewJournal, select_current

    return list(select_current(ReviewJournal(desk.folder).list_remarks()).values())


def _mark_point(
    desk: Desk, sheet: ReviewSheet, key: str, mark: str, *, words: str, by: str
) -> None:
    from changqing.casework.review import (
        ReviewJournal,
        ReviewMark,
        ReviewRemark,
        shorten_remark,
    )

    point = sheet.find(key)
    if point is None:
        raise CaseError(
            Issue(
                text=Text(f"这一页上没有{key}", f"{key} is not on the sheet"),
                path=str(desk.folder),
                hint=_LIST_THEM,
            )
        )
    review_mark = None if mark == _NONE else ReviewMark(mark)
    remark = ReviewRemark(
        reviewer=f"name-{by}",
        by=by,
        point=key,
        mark=review_mark,
        words="" if review_mark is None else shorten_remark(words),
        verdict=point.finding.verdict.value,
    )
    with ReviewJournal(desk.folder) as journal:
        journal.append(remark, now=read_clock())


def _write_letter(
    outcome: Outcome,
    sheet: ReviewSheet,
    remarks: Sequence[ReviewRemark],
    by: str | None,
    out: Path,
) -> list[Path]:
    from changqing.casework.review_letter import write_correction_notice
    from changqing.documents.letters import render_letters
    from changqing.documents.render import write_files

    mine = {remark.point: remark for remark in remarks if remark.by == by}
    letter = write_correction_notice(outcome.case, sheet, mine, by=by or "")
    name = outcome.case.name
    files = render_letters([letter], case_name=name, as_of=choose_day(None))
    return list(write_files(files, out, case_dir=out))


class ReviewSource(TypedDict):
    """What a point rests on, and on which page of which paper."""

    text: WordsData
    evidence: str | None
    paper: str | None
    page: int | None


class ReviewMarkData(TypedDict):
    """What a reviewer marked at a point."""

    by: str
    mark: str | None
    words: str | None
    verdict: str | None
    recorded_at: str | None


class ReviewPointData(TypedDict):
    """One point of a review."""

    point: str
    group: str
    criterion: str
    subject: str | None
    verdict: str
    text: WordsData
    sources: Sequence[ReviewSource]
    marks: Sequence[ReviewMarkData]


class ReviewData(TypedDict):
    """The points to review, what was marked, and the files that were written."""

    version: int
    case: str
    points: Sequence[ReviewPointData]
    files: Sequence[str]


def _write_json(
    desk: Desk,
    sheet: ReviewSheet,
    remarks: Sequence[ReviewRemark],
    files: Sequence[Path],
) -> ReviewData:
    return {
        "version": VERSION,
        "case": desk.folder.name,
        "points": [
            {
                "point": point.key,
                "group": group.value,
                "criterion": point.finding.criterion,
                "subject": point.finding.subject.id,
                "verdict": point.finding.verdict.value,
                "text": write_words(point.text),
                "sources": [
                    {
                        "text": write_words(source.value.line),
                        "evidence": source.value.evidence,
                        "paper": None if source.paper is None else source.paper.id,
                        "page": None if source.place is None else source.place[1],
                    }
                    for source in point.sources
                ],
                "marks": [
                    {
                        "by": remark.by,
                        "mark": None if remark.mark is None else remark.mark.value,
                        "words": remark.words,
                        "verdict": remark.verdict,
                        "recorded_at": write_day(remark.recorded_at),
                    }
                    for remark in remarks
                    if remark.point == point.key
                ],
            }
            for group, points in sheet.group_points()
            for point in points
        ],
        "files": [path.name for path in files],
    }


def _show_sheet(
    review_sheet: ReviewSheet,
    remarks: Sequence[ReviewRemark],
    files: Sequence[Path],
    language: Language,
) -> None:
    sheet = Sheet(language)
    for group, points in review_sheet.group_points():
        count = sheet.t(f"（{len(points)}）", f" ({len(points)})")
        sheet.print_heading(group.text.capitalised.say(language) + count)
        for point in points:
            _show_point(sheet, point, remarks, language)
    for path in files:
        sheet.print_line(str(path))


def _show_point(
    sheet: Sheet,
    point: ReviewPoint,
    remarks: Sequence[ReviewRemark],
    language: Language,
) -> None:
    from changqing.report.words import name_verdict

    verdict = name_verdict(point.finding.verdict, point.finding.rests_on)
    sheet.print_title(
        point.text.say(language), point.key, right=(verdict.say(language), "")
    )
    for source in point.sources:
        number = "" if source.value.evidence is None else f" {source.value.evidence}"
        sheet.print_line(source.value.line.say(language) + number, indent=4)
    for remark in remarks:
        if remark.point == point.key and remark.mark is not None:
            line = f"{remark.mark.text.say(language)} {remark.words} — {remark.by}"
            sheet.print_line(line, indent=4, style="yellow")


_NAME_YOURSELF: Final = Text(
    "标记是审阅人自己的：用--by写明是谁",
    "a mark is its reviewer's own: say who with --by",
)
_LIST_THEM: Final = Text(
    "changqing case 项目 review列出各项和它们的代码",
    "changqing case CASE review lists the points with their codes",
)
