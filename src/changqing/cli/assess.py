"""`changqing assess`: look, judge, report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli.shared import (
    NOT_YET,
    READY,
    Day,
    find_own_key_path,
    language_option,
    open_terminal,
    open_terminal_beside,
    print_json,
    read_clock,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.jsondata import JsonObject
from changqing.plainfile import find_folder_around, write_plain
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.casework.reasons import Reasons
    from changqing.report.model import CaseReport


class _TopicParam(click.ParamType[str]):
    """One of the topics; what knows them is imported when one is named."""

    name = "topic"

    @property
    def choices(self) -> Sequence[str]:
        """All of them, for whoever wrote another."""
        return self._make_choice().choices

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """List all topics, for the help."""
        return self._make_choice().get_metavar(param, ctx)

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """Find the topic that was named."""
        return self._make_choice().convert(value, param, ctx)

    def _make_choice(self) -> click.Choice[str]:
        from changqing.report.topic import TOPICS

        return click.Choice(TOPICS)


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "assess",
        help=say_help(
            language,
            "评估一个项目文件夹：先查看网站，再逐项判断，写出报告。",
            "Assess a case folder: look at its site, judge, write the report.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path))
    @click.option(
        "--as-of",
        type=Day(),
        help=say_help(
            language,
            "按这一天评估；不查看网站，不写入证据。",
            "Assess as of this day; looks at nothing, writes no evidence.",
        ),
    )
    @click.option(
        "--offline",
        is_flag=True,
        help=say_help(
            language, "不查看网站，不写入证据。", "Look at nothing, write no evidence."
        ),
    )
    @click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=say_help(language, "以JSON输出全部结论。", "Print everything as JSON."),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language,
            "报告写到这个文件夹，默认写到项目文件夹。",
            "Write the report into this folder instead of the case folder.",
        ),
    )
    @click.option(
        "--pdf",
        "as_pdf",
        is_flag=True,
        help=say_help(
            language,
            "把一页结论另存为PDF，放在报告旁边。",
            "Save the answer on one page as PDF too, beside the report.",
        ),
    )
    @click.option(
        "--rules",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language,
            "加上这个文件夹里的自有规则；它们只提建议。",
            "Add the own rules of this folder; they only advise.",
        ),
    )
    @click.option(
        "--reasons",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help=say_help(
            language,
            "把这个文件夹里各项目被要求补正的原因，连同n列在相关的结论旁。",
            "Beside the findings they concern, how often papers of the cases in this "
            "folder came back for the same reason, with n.",
        ),
    )
    @click.option(
        "--about",
        type=_TopicParam(),
        help=say_help(
            language,
            "只看一个方面：逐条给出结论、来源和办法。",
            "Show one topic only: each verdict, its sources, what to do.",
        ),
    )
    @click.option(
        "--why",
        is_flag=True,
        help=say_help(
            language,
            "与--about同用：连同判断的经过，写出要求的全文、每一处比较和来源。",
            "With --about: how each verdict was derived, with every comparison.",
        ),
    )
    @language_option(language)
    def assess(
        *,
        case: Path,
        as_of: datetime | None,
        offline: bool,
        as_json: bool,
        out: Path | None,
        as_pdf: bool,
        rules: Path | None,
        reasons: Path | None,
        about: str | None,
        why: bool,
        lang: str | None,
    ) -> int:
        return _assess_folder(
            case,
            as_of=None if as_of is None else as_of.date(),
            offline=offline,
            as_json=as_json,
            out=out,
            as_pdf=as_pdf,
            rules=rules,
            reasons=reasons,
            about=about,
            why=why,
            language=language,
        )


def _assess_folder(
    folder: Path,
    *,
    as_of: date | None,
    offline: bool,
    as_json: bool,
    out: Path | None,
    as_pdf: bool,
    rules: Path | None,
    reasons: Path | None,
    about: str | None,
    why: bool,
    language: Language,
) -> int:
    """Assess a folder and write the reports asked for; gives the exit code."""
    from changqing.case.folder import CASE_FILE
    from changqing.judge.assess import find_judge
    from changqing.law.compiled import load_compiled
    from changqing.report.build_one_page import build_one_page
    from changqing.report.html import render_report
    from changqing.report.one_page_crops import crop_quotes
    from changqing.report.screenshots import view_screenshots
    from changqing.report.terminal import print_summary
    from changqing.report.topic import print_topic
    from changqing.run import keep_summary, run

    folder = folder.parent if folder.name == CASE_FILE else folder
    target = _find_report_path(folder if out is None else out)
    catalogue = load_compiled()
    if rules is not None:
        from changqing.law.own import add_own_rules  # reads and checks rules

        catalogue = add_own_rules(catalogue, rules)
    console = open_terminal()
    notes = open_terminal_beside() if as_json else console
    outcome = run(
        folder,
        judge=find_judge(catalogue),
        clock=read_clock,
        key=find_own_key_path(),
        as_of=as_of,
        offline=offline,
        progress=lambda step: notes.print(step.say(language), style="dim"),
    )
    for path in outcome.changed_papers:
        notes.print(
            Text(
                zh=f"{path}与记录时不同：这份材料的证据按现在的文件算，尚未记入日志。"
                "改回原件，或不带--offline和--as-of再评估一次，把新的存下来。",
                en=f"{path} is not what was recorded: what it proves is taken from the "
                "file as it is now, and not recorded yet. Put the original back, or "
                "assess without --offline and --as-of to record the new one.",
            ).say(language)
        )
    for notice in outcome.notices:
        notes.print(notice.say(language), style="dim", soft_wrap=True)
    one_page = build_one_page(outcome.report)
    crops = crop_quotes(outcome.case, outcome.assessment, one_page)
    screenshots = view_screenshots(folder, as_of=outcome.report.as_of)
    rendered = render_report(
        outcome.report, language, crops=crops, screenshots=screenshots
    )
    files = {target: rendered.encode()}
    if as_pdf:
        from changqing.documents.one_page_pdf import FILE_NAMES, render_one_page_pdf

        printed = target.with_name(FILE_NAMES.say(language))
        files[printed] = render_one_page_pdf(one_page, language, crops=crops)
    try:
        for file_path, content in files.items():
            write_plain(
                file_path, content, inside=find_folder_around(file_path, folder)
            )
        if as_of is None and out is None:
            turn = keep_summary(folder, outcome)
            if turn is not None:
                notes.print(turn.text.say(language), style="dim", soft_wrap=True)
    except OSError as error:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(target))) from error
    report = replace(outcome.report, evidence_notices=outcome.notices)
    counted: Reasons | None = None
    if reasons is not None:
        from changqing.casework.reasons import count_reasons

        counted = count_reasons(reasons).require_unchanged()
    if as_json:
        print_json(_write_data(report, counted))
    elif about is not None:
        print_topic(outcome.report, console, language, topic=about, why=why)
    else:
        print_summary(outcome.report, console, language, paths=tuple(files))
    if counted is not None and not as_json:
        _show_reasons(report, counted, language)
    return READY if outcome.ready_and_shown else NOT_YET


def _find_report_path(folder: Path) -> Path:
    """Where the report goes; CaseError, before anything is looked at, if it cannot."""
    if folder.suffix.lower() in (".html", ".htm", ".json") and not folder.is_dir():
        raise CaseError(Issue(text=_NO_FOLDER, path=str(folder), hint=_NAME_A_FOLDER))
    target = folder / "report.html"
    there = next(
        place for place in (folder, *folder.absolute().parents) if place.exists()
    )
    if target.is_dir() or not there.is_dir() or not os.access(there, os.W_OK):
        raise CaseError(Issue(text=_UNWRITABLE, path=str(target)))
    return target


def _write_data(report: CaseReport, reasons: Reasons | None) -> JsonObject:
    from changqing.casework.reasons import write_with_reasons
    from changqing.report.codec import write_json

    return (
        write_json(report) if reasons is None else write_with_reasons(report, reasons)
    )


def _show_reasons(report: CaseReport, reasons: Reasons, language: Language) -> None:
    """The findings that papers came back for elsewhere, the most frequent first."""
    from changqing.casework.reasons import count_defects

    sheet = Sheet(language)
    sheet.print_heading(sheet.t("各项目被要求补正过的", "What papers came back for"))
    sheet.print_line(
        sheet.t(
            f"项目n={reasons.cases}，补正通知共{reasons.lines}条",
            f"Cases n={reasons.cases}, lines of notices n={reasons.lines}",
        ),
        style="dim",
    )
    defects = {
        defect.reason.code: defect
        for finding in report.findings
        for defect in count_defects(finding, reasons)
    }
    if not defects:
        sheet.print_line(
            sheet.t(
                "本项目没有证实的各项，都还没有数到过。",
                "None of them concerns what is not proven here.",
            )
        )
    for code, defect in sorted(
        defects.items(), key=lambda pair: (-pair[1].reason.lines, pair[0])
    ):
        lines, cases = defect.reason.lines, defect.reason.cases
        count = sheet.t(f"{lines}条，{cases}个项目", f"lines {lines}, cases {cases}")
        sheet.print_title(defect.label.say(language), code, right=(count, ""))
        titles = (
            finding.title.say(language)
            for finding in report.findings
            if any(defect.code == code for defect in finding.defects)
        )
        sheet.print_line(sheet.join(dict.fromkeys(titles)), indent=2, style="dim")


_NO_FOLDER = Text(
    zh="--out要写文件夹，不是文件",
    en="--out takes a folder, not a file",
)
_NAME_A_FOLDER = Text(
    zh="报告写成其中的report.html",
    en="the report is written into it as report.html",
)
_UNWRITABLE = Text(
    zh="报告写不进这里，用--out换一个文件夹",
    en="the report cannot be written here; choose another folder with --out",
)
