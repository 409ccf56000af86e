"""`changqing register`: many cases brought together, to be screened at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.given import choose_day
from changqing.cli.register_look import add_look
from changqing.cli.shared import (
    NOT_YET,
    READY,
    Command,
    as_of_option,
    find_own_key_path,
    language_option,
    read_clock,
    say_help,
    spell_command,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language, count_in_english

if TYPE_CHECKING:
    from changqing.screening.from_table import TableReading

_MOST_TOLD: Final = 20


def add(group: click.Group, language: Language) -> None:
    """Add this command and `screen`, which reads what it makes."""
    from changqing.cli.screening import add_screen

    @group.group(
        "register",
        help=say_help(
            language,
            "登记册：把许多项目放进一处，供screen一次筛查。",
            "A register: many cases in one place, to be screened at once.",
        ),
    )
    @language_option(language)
    def command(*, lang: str | None) -> None:
        pass

    _add_make(command, language)
    _add_from(command, language)
    _add_take(command, language)
    add_look(command, language)
    _add_erase(command, language)
    add_screen(group, language)


def _add_make(command: click.Group, language: Language) -> None:
    @command.command(
        "make",
        help=say_help(
            language,
            "造一个虚构的登记册，供试用：有失联的，停更的，投诉无门的，承诺落空的。",
            "Make a register of companies that do not exist, for trials: some gone "
            "dark, some stopped publishing, some without a way to complain, some with "
            "promises not kept.",
        ),
    )
    @click.argument("count", type=click.IntRange(1, 4_000_000))
    @_into_option(language)
    @click.option(
        "--seed",
        type=int,
        default=1,
        show_default=True,
        help=say_help(
            language,
            "同一个数造出同一个登记册。",
            "The same number, the same register.",
        ),
    )
    @as_of_option(
        language,
        "造到这一天的情形，默认今天。",
        "As things are then; today by default.",
    )
    @language_option(language)
    def make(
        *, count: int, into: Path, seed: int, as_of: datetime | None, lang: str | None
    ) -> int:
        from changqing.law.compiled import load_compiled
        from changqing.screening.layout import read_head, write_register
        from changqing.screening.make import RegisterMaker

        catalogue, day = load_compiled(), choose_day(as_of)
        sheet = Sheet(language)
        with (
            write_register(into, catalogue, cases=count) as writer,
            working(sheet.t("造登记册…", "Making the register…")) as status,
        ):
            maker = RegisterMaker(catalogue, seed=seed, as_of=day)
            for made_so_far in maker.make_all(count, writer):
                status.update(sheet.t(f"已造{made_so_far}家", f"{made_so_far} made"))
        _tell_register(sheet, into, read_head(into).cases)
        sheet.print_line(
            sheet.t(
                "其中的企业都是虚构的，编号以made开头。",
                "None of these companies exists; their ids begin with made.",
            )
        )
        _tell_next(sheet, into, day.isoformat())
        return READY


def _add_from(command: click.Group, language: Language) -> None:
    @command.command(
        "from",
        help=say_help(
            language,
            "把表（CSV、XLSX、Parquet，或者.sql文件里的一条查询）按映射收进登记册；"
            "空格是没有记录，不是没有。",
            "Take tables (CSV, XLSX, Parquet, or a query in a .sql file) into a "
            "register by a map; an empty cell is no record, never a no.",
        ),
    )
    @click.argument(
        "tables",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
    )
    @click.option(
        "--map",
        "mapped",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help=say_help(
            language,
            "哪一列是哪一项事实，来源、等级和日子（YAML）。",
            "Which column is which fact, from where, how well proven, and when (YAML).",
        ),
    )
    @click.option(
        "--postgresql",
        help=say_help(
            language,
            "查询用的数据库，如 service=名称；密码放在~/.pgpass，不要写在命令里。",
            "The database of a query, such as service=NAME; a password belongs into "
            "~/.pgpass and not here.",
        ),
    )
    @_into_option(language)
    @language_option(language)
    def from_(
        *,
        tables: tuple[Path, ...],
        mapped: Path,
        postgresql: str | None,
        into: Path,
        lang: str | None,
    ) -> int:
        from changqing.law.compiled import load_compiled
        from changqing.screening.from_table import read_table
        from changqing.screening.layout import read_head, write_register
        from changqing.screening.table_map import read_map

        catalogue = load_compiled()
        table, sheet = read_map(mapped, catalogue), Sheet(language)
        with working(sheet.t("读表…", "Reading…")):
            readings = [
                read_table(path, table, catalogue, database=postgresql)
                for path in tables
            ]
            cases = [case for table_reading in readings for case in table_reading.cases]
            with write_register(into, catalogue, cases=len(cases)) as writer:
                writer.add(cases)
        _tell_register(sheet, into, read_head(into).cases)
        for path, reading in zip(tables, readings, strict=True):
            _tell_reading(sheet, path, reading)
        return (
            NOT_YET
            if any(table_reading.faults for table_reading in readings)
            else READY
        )


def _tell_reading(sheet: Sheet, path: Path, reading: TableReading) -> None:
    sheet.print_line(
        sheet.t(
            f"{path}：收进{len(reading.cases)}家，空格{reading.empty}处（按没有记录计）。",
            f"{path}: {count_in_english(len(reading.cases), 'case', 'cases')}; "
            f"{count_in_english(reading.empty, 'empty cell', 'empty cells')}, taken "
            "as not on record.",
        )
    )
    if reading.unmapped:
        columns = sheet.join(reading.unmapped)
        sheet.print_line(
            sheet.t(
                f"映射里没有、没有收的列：{columns}", f"Columns not taken: {columns}"
            ),
            style="yellow",
        )
    if reading.faults:
        count = len(reading.faults)
        sheet.print_heading(sheet.t(f"认不出的：{count}处", f"Not understood: {count}"))
    for issue in reading.faults[:_MOST_TOLD]:
        sheet.print_line(issue.say(sheet.language))


def _add_take(command: click.Group, language: Language) -> None:
    @command.command(
        "take",
        help=say_help(
            language,
            "把一个文件夹里的各个项目收进登记册；每个项目的证据日志先核验。",
            "Take the cases of a folder into a register; the log of each is checked "
            "first.",
        ),
    )
    @click.argument(
        "cases", type=click.Path(path_type=Path, file_okay=False, exists=True)
    )
    @_into_option(language)
    @language_option(language)
    def take(*, cases: Path, into: Path, lang: str | None) -> int:
        from changqing.law.compiled import load_compiled
        from changqing.papers.cache import leave_folders_alone
        from changqing.screening.layout import read_head, write_register
        from changqing.screening.take import take_folders

        catalogue = load_compiled()
        sheet = Sheet(language)
        refused = []
        with (
            leave_folders_alone(),  # they may be what others handed over
            write_register(into, catalogue, cases=1) as writer,
            working(sheet.t("读取项目…", "Reading the cases…")),
        ):
            for taken_case in take_folders(cases, catalogue, key=find_own_key_path()):
                if taken_case.case is None:
                    refused.append(taken_case)
                else:
                    writer.add([taken_case.case])
        _tell_register(sheet, into, read_head(into).cases)
        if refused:
            sheet.print_heading(
                sheet.t(
                    f"没有收进的项目：{len(refused)}",
                    f"Not taken: {len(refused)} cases",
                )
            )
        for taken_case in refused[:_MOST_TOLD]:
            why = taken_case.why[0].text.say(language) if taken_case.why else ""
            sheet.print_line(f"{taken_case.folder.name}{sheet.colon}{why}")
        return NOT_YET if refused else READY


def _add_erase(command: click.Group, language: Language) -> None:
    @command.command(
        "erase",
        help=say_help(
            language,
            "从登记册里删除一家，或者其中一名人员、一个股东等；删除了什么、由谁删除，"
            "记在erased.jsonl。",
            "Erase a case from a register, or one person, holder or the like of it; "
            "what was erased, and by whom, stands in erased.jsonl.",
        ),
    )
    @click.argument(
        "register", type=click.Path(path_type=Path, file_okay=False, exists=True)
    )
    @click.argument("case")
    @click.option(
        "--member",
        metavar="ID",
        help=say_help(
            language,
            "只删除这一个，例如person:lin；默认整家。",
            "Only this one, such as person:lin; by default the whole case.",
        ),
    )
    @click.option(
        "--by",
        required=True,
        help=say_help(language, "由谁删除。", "Who erases it."),
    )
    @language_option(language)
    def erase(
        *, register: Path, case: str, member: str | None, by: str, lang: str | None
    ) -> int:
        from changqing.law.compiled import load_compiled
        from changqing.screening.erase import erase_from_register
        from changqing.screening.layout import read_head

        sheet = Sheet(language)
        erasure = erase_from_register(
            register, case, load_compiled(), member=member, by=by, now=read_clock()
        )
        erased = case if erasure.member is None else f"{case} {erasure.member}"
        sheet.print_line(
            sheet.t(
                f"已删除{erased}：{erasure.rows}行。",
                f"Erased {erased}: {erasure.rows} rows.",
            ),
            style="bold",
        )
        _tell_register(sheet, register, read_head(register).cases)
        sheet.print_line(
            sheet.t(
                "以前的筛查结果里还有它：重新筛查，再删掉旧的结果文件夹和抽样、封存的文件。",
                "Runs made before still speak of it: screen again, then remove their "
                "folders, and what was drawn or sealed of them.",
            )
        )
        return READY


def _into_option(language: Language) -> Callable[[Command], Command]:
    return click.option(
        "--into",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(
            language,
            "登记册的文件夹；已有的就往里加，编号相同的替换。",
            "The folder of the register; what is there stays, but for the same ids.",
        ),
    )


def _tell_register(sheet: Sheet, into: Path, cases: int) -> None:
    sheet.print_line(
        sheet.t(
            f"{into}里现在有{cases}家。",
            f"{into} holds {count_in_english(cases, 'case', 'cases')} now.",
        ),
        style="bold",
    )


def _tell_next(sheet: Sheet, into: Path, day: str) -> None:
    command = spell_command("screen", into, "--as-of", day, "--out", "run")
    sheet.print_line(sheet.t(f"接着筛查：{command}", f"To screen it: {command}"))
