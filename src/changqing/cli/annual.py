"""`changqing case CASE report`: the annual report as far as the case has it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.cells import cell_len

from changqing.cli.desk import Desk
from changqing.cli.given import choose_day
from changqing.cli.promises_shown import show_promises
from changqing.cli.shared import (
    NOT_YET,
    READY,
    as_of_option,
    json_option,
    language_option,
    print_json,
    read_clock,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.errors import CaseError, Issue
from changqing.plainfile import find_folder_around, write_plain
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.casework.annual_data import (
        AnnualData,
        AnnualWithTables,
        FindingData,
        SectionData,
    )
    from changqing.casework.annual_measured import Table
    from changqing.evidence.observations import Observation


def add_annual(command: click.Group, language: Language) -> None:
    """Add the command that fills in the annual report."""

    @command.command(
        "report",
        help=say_help(
            language,
            "年报：六个部分填到哪一步、还差什么、哪天截止、先办哪些变更；写出可打印的"
            "底稿和服务数字。",
            "The annual report: how far its six sections are, what is missing, by "
            "when, what to amend first; writes a page to print and the figures.",
        ),
    )
    @click.option(
        "--year",
        type=click.IntRange(2000, 2100),
        help=say_help(
            language,
            "报告哪一年，默认按办理记录接下来该报的一年。",
            "The year reported on; by default the one that comes next by the events.",
        ),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language,
            "写到这个文件夹，默认项目的casework/annual-年份。",
            "Write into this folder; by default casework/annual-YEAR of the case.",
        ),
    )
    @as_of_option(
        language, "按这一天看，默认今天。", "As of this day; today by default."
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def report(
        desk: Desk,
        *,
        year: int | None,
        out: Path | None,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
    ) -> int:
        today = choose_day(as_of)
        return _print_report(desk, year, today, out=out, as_json=as_json)


def _print_report(
    desk: Desk, year_typed: int | None, today: date, *, out: Path | None, as_json: bool
) -> int:
    from changqing.casework.annual import build_annual_report, move_to_report_stage
    from changqing.casework.annual_duty import find_year_due
    from changqing.casework.annual_ledgers import read_ledgers
    from changqing.casework.annual_measured import (
        make_tables,
        make_tables_data,
        measure_year,
    )
    from changqing.casework.annual_page import make_annual_data
    from changqing.day import find_day_start
    from changqing.judge.assess import find_judge
    from changqing.run import make_situation, read_recorded

    catalogue, case = desk.opened.catalogue, desk.opened.case
    state = desk.compute_state(today)
    year = year_typed or find_year_due(catalogue, case, state, today)
    if year > today.year:
        raise CaseError(
            Issue(text=Text(zh=f"{year}年还没有到", en=f"{year} is still to come"))
        )
    recorded = read_recorded(case)
    ledgers = read_ledgers(case, year, today)
    situation = move_to_report_stage(make_situation(case, recorded, catalogue, today))
    report = build_annual_report(
        case,
        find_judge(catalogue).assess(situation),
        catalogue,
        year=year,
        ledgers=ledgers,
        events=() if recorded.past is None else recorded.past.events,
    )
    now = min(read_clock(), find_day_start(today + timedelta(days=1)))
    services = measure_year(
        case, recorded.attempts, _read_observations(case.path), year, now
    )
    data = make_annual_data(case, report, services, catalogue, desk.language)
    every = make_tables(services, ledgers, desk.language)
    nothing = not (report.duty.is_owed or report.listed)
    if as_json:
        whole: AnnualWithTables = {
            **data,
            "tables": make_tables_data(every, desk.language),
        }
        print_json(whole)
    elif nothing:
        _AnnualSheet(Sheet(desk.language)).show_duty(data)
    else:
        _AnnualSheet(Sheet(desk.language)).show(data)
    if out is not None or not (as_json or nothing):
        folder = out or case.path / "casework" / f"annual-{year}"
        paths = _write_files(folder, data, every, desk.language, case_dir=case.path)
        if not as_json:
            sheet = Sheet(desk.language)
            sheet.print_heading(sheet.t("写出的文件", "Files written"))
            for path in paths:
                click.echo(path)
    return READY if report.complete or not report.duty.is_owed else NOT_YET


def _read_observations(folder: Path) -> tuple[Observation, ...]:
    from changqing.evidence.observations import Observations

    observations = Observations(folder)
    return observations.read() if observations.folder.is_dir() else ()


def _write_files(
    folder: Path,
    data: AnnualData,
    every: tuple[Table, ...],
    language: Language,
    *,
    case_dir: Path,
) -> list[Path]:
    from changqing.casework.annual_measured import (
        make_tables_data,
        write_csv,
        write_workbook,
    )
    from changqing.casework.annual_page import write_annual_page

    whole = {**data, "tables": make_tables_data(every, language)}
    files: dict[str, bytes] = {
        "report.html": write_annual_page(data, language).encode(),
        "figures.xlsx": write_workbook(every, language),
        "report.json": json.dumps(whole, ensure_ascii=False, indent=2).encode(),
        **{f"{table.name}.csv": write_csv(table, language).encode() for table in every},
    }
    paths = []
    for name, content in files.items():
        path = folder / name
        try:
            write_plain(path, content, inside=find_folder_around(path, case_dir))
        except OSError as error:
            raise CaseError(Issue(text=_UNWRITABLE, path=str(path))) from error
        paths.append(path)
    return paths


class _AnnualSheet:
    """The report for a person at a terminal."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def show_duty(self, data: AnnualData) -> None:
        """Tell whether there is a report to hand in, and by when."""
        sheet = self._sheet
        sheet.print_title(
            sheet.t(f"{data['year']}年度年报", f"Annual report for {data['year']}"),
            f"{data['case']} · {data['licence']}",
            right=self._format_deadline(data),
        )
        sheet.print_line(data["duty"]["text"])

    def show(self, data: AnnualData) -> None:
        sheet = self._sheet
        t = sheet.t
        self.show_duty(data)
        sheet.print_line(data["headline"])
        if not data["listed"]:
            sheet.print_line(
                t(
                    f"case.yaml的reports里还没有这一年的年报。加一项：kind: annual，"
                    f"year: {data['year']}。",
                    "case.yaml lists no report on this year. Add one under reports: "
                    f"kind: annual, year: {data['year']}.",
                )
            )
        sheet.print_gap()
        for section in data["sections"]:
            self._print_glance(section)
        self._print_changes(data)
        self._print_trouble(data)
        if data["supply"]:
            sheet.print_heading(t("要补什么", "What to supply"))
        for entry in data["supply"]:
            sheet.print_line(f"{entry['section']}. {entry['label']}")
            sheet.print_line(entry["supply"] or "", indent=3, style="dim")
        for section in data["sections"]:
            self._print_values(section, data["year"])
        show_promises(sheet, data["promises"])
        self._print_season(data)
        sheet.print_gap()
        sheet.print_line(
            t(
                "这是填报的底稿，不是平台的表格，也不代表任何机关的意见。",
                "This is a draft to fill in from: not the platform’s form, and no "
                "authority’s opinion.",
            ),
            style="dim",
        )

    def _format_deadline(self, data: AnnualData) -> tuple[str, str]:
        deadline, t = data["deadline"], self._sheet.t
        duty = data["duty"]
        if duty["state"] == "filed":
            return t("已报送", "submitted"), "bold"
        days_left = None if deadline is None else deadline["days_left"]
        if (
            not duty["owed"]
            or deadline is None
            or deadline["day"] is None
            or days_left is None
        ):
            return "", ""
        day = deadline["day"] + (
            t("（暂按）", " (provisional)") if deadline["provisional"] else ""
        )
        if duty["state"] == "late":
            return t(
                f"{day} 逾期{-days_left}天", f"{day}, {-days_left} days late"
            ), "bold red"
        if days_left < 0:
            return t(f"{day} 没有记录", f"{day}, nothing on record"), "bold"
        return t(f"{day} 还有{days_left}天", f"{day}, {days_left} days left"), "bold"

    def _print_glance(self, section: SectionData) -> None:
        sheet = self._sheet
        styles = {"trouble": "red", "complete": "green", "own_word": "yellow"}
        style = styles.get(section["state"], "bold")
        mark = _MARKS[section["state"]]
        sheet.print_title(
            section["title"],
            "",
            number=section["number"],
            right=(f"{mark} {section['state_name']}", style),
        )
        if section["blanks"]:
            listed = sheet.join(section["blanks"])
            sheet.print_line(sheet.t(f"缺：{listed}", f"missing: {listed}"), indent=4)

    def _print_changes(self, data: AnnualData) -> None:
        sheet = self._sheet
        t = sheet.t
        if data["changes"]:
            sheet.print_heading(t("先变更，再报送", "Change first, then report"))
        for change in data["changes"]:
            day = change["day"] or ""
            if day and change["passed"] and change["open"]:
                day += t(" 已过", " passed")
            sheet.print_title(
                change["what"], "", right=(day, "red" if change["passed"] else "bold")
            )
            if change["on_licence"] and change["now"]:
                sheet.print_line(
                    t(
                        f"许可证上：{change['on_licence']}；现在：{change['now']}",
                        f"on the licence: {change['on_licence']}; now: {change['now']}",
                    ),
                    indent=2,
                )
            if not change["compared"]:
                text = t("未能比对", "could not be compared")
            elif change["handed_in"]:
                text = t(
                    f"已经递交：{change['title']}", f"handed in: {change['title']}"
                )
            else:
                text = change["title"]
                if change["procedure"]:
                    text += f" (changqing procedure {change['procedure']})"
            sheet.print_line(text, indent=2, style="dim")

    def _print_trouble(self, data: AnnualData) -> None:
        sheet = self._sheet
        findings: list[FindingData] = [
            *(
                finding
                for section in data["sections"]
                for finding in section["findings"]
            ),
            *data["other_findings"],
        ]
        if findings:
            sheet.print_heading(sheet.t("对不上的", "What does not fit"))
        for finding in findings:
            sheet.print_title(
                finding["title"],
                finding["standing"],
                right=(finding["verdict_name"], "red"),
            )
            sheet.print_rows(
                [
                    (sheet.t("依据", "Why"), finding["explanation"]),
                    (sheet.t("办法", "Do"), finding["remedy"]),
                ],
                label_width=5,
                indent=2,
            )

    def _print_values(self, section: SectionData, year: int) -> None:
        sheet = self._sheet
        t = sheet.t
        sheet.print_heading(f"{section['number']}. {section['title']}")
        widest = max(cell_len(entry["label"]) for entry in section["entries"])
        room = min(widest, sheet.width // 2 - 8)
        for entry in section["entries"]:
            value = entry["value"] or t("待补", "blank")
            parts = [value]
            if entry["own_word"]:
                parts.append(t("自述", "own word"))
            elif entry["grade_name"]:
                parts.append(entry["grade_name"])
            if entry["source"] and not entry["own_word"]:
                parts.append(entry["source"])
            if entry["apart"]:
                parts.append(
                    t(f"自述{entry['claimed']}", f"claimed {entry['claimed']}")
                )
            if entry["before"]:
                colon = sheet.colon
                parts.append(f"{year - 1}{colon}{entry['before']}")
            if entry["difference"]:
                parts.append(entry["difference"])
            text = " · ".join(parts)
            if cell_len(entry["label"]) > room:
                sheet.print_line(entry["label"], indent=3, style="dim")
                sheet.print_line(text, indent=room + 4)
            else:
                sheet.print_rows([(entry["label"], text)], label_width=room, indent=3)

    def _print_season(self, data: AnnualData) -> None:
        sheet = self._sheet
        t = sheet.t
        sheet.print_heading(t("年报季", "The season"))
        for step in data["season"]:
            day = "" if step["day"] is None else f"{step['kind']} {step['day']}"
            if step["provisional"]:
                day += t("（暂按）", " (provisional)")
            if step["passed"]:
                day += t(" 已过", " passed")
            sheet.print_title(step["title"], step["actor"], right=(day, "bold"))
            if step["opens"]:
                sheet.print_line(
                    t(f"{step['opens']}起", f"from {step['opens']}"), indent=2
                )
            if step["unset"]:
                sheet.print_line(step["unset"], indent=2, style="dim")


_MARKS: Final = {"trouble": "■", "blank": "○", "own_word": "◐", "complete": "●"}
_UNWRITABLE: Final = Text(
    zh="年报写不进这里，用--out换一个文件夹",
    en="the report cannot be written here; choose another folder with --out",
)
