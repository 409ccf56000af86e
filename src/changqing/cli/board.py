"""`changqing board`: many cases in one folder, and who must act, by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from changqing.cli.given import GivenOptions, choose_day
from changqing.cli.help_page import TranslatedCommand
from changqing.cli.shared import (
    READY,
    as_of_option,
    json_option,
    language_option,
    print_json,
    say_help,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language, Text, count_in_english

if TYPE_CHECKING:
    from changqing.agency.choose import Wanted
    from changqing.agency.rows import BoardRow
    from changqing.law.model import Catalogue

_MOST: Final = 20
NOBODY: Final = "-"
"""Typed for a column that has no value."""


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "board",
        cls=BoardCommand,
        language=language,
        sortable=True,
        help=say_help(
            language,
            "一个文件夹里的全部项目：谁该办、办什么、还剩几天。",
            "All cases of a folder: who must act, on what, and how many days are left.",
        ),
    )
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    @click.option(
        "--all",
        "everything",
        is_flag=True,
        help=say_help(
            language,
            f"每一段都列全；否则每段最多{_MOST}件，过期的除外。",
            f"List everything; else at most {_MOST} a heading, but for overdue ones.",
        ),
    )
    @click.option(
        "--archived",
        is_flag=True,
        help=say_help(
            language,
            "只看归档的；平常不列。",
            "Those that were put away, which are not listed else.",
        ),
    )
    @as_of_option(
        language, "按这一天看，默认今天。", "As of this day; today by default."
    )
    @json_option(language)
    @language_option(language)
    def command(
        *,
        folder: Path,
        order: str,
        everything: bool,
        archived: bool,
        as_of: datetime | None,
        as_json: bool,
        lang: str | None,
        **options: str | None,
    ) -> int:
        from changqing.agency.choose import choose_rows
        from changqing.agency.index import build_board
        from changqing.agency.tabulate import make_row_data
        from changqing.law.compiled import load_compiled

        catalogue = load_compiled()
        today = choose_day(as_of)
        choice = replace(parse_wanted(options, catalogue, language), archived=archived)
        with working(say_help(language, "读取项目…", "Reading the cases…")):
            board = build_board(catalogue, folder, today)
        rows = choose_rows(board.rows, choice, order)
        total = sum(row.archived is archived for row in board.rows)
        if as_json:
            print_json([make_row_data(row, today) for row in rows])
            return READY
        sheet = _BoardSheet(Sheet(language), catalogue, today)
        sheet.show(rows, total=total, everything=everything, order=order)
        return READY


class BoardCommand(TranslatedCommand):
    """A command with an option for each column that filters, and for words.

    `sortable` adds `--sort`. The columns are read when the command is used: no other
    one waits for them.
    """

    def __init__(
        self,
        *arguments: Any,
        language: Language,
        sortable: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(*arguments, **settings)
        self._language = language
        self._sortable = sortable
        self._complete = False

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """List the parameters, those of the columns behind the arguments."""
        if not self._complete:
            self._complete = True
            place = sum(isinstance(param, click.Argument) for param in self.params)
            self.params[place:place] = self._list_column_options()
        return super().get_params(ctx)

    def _list_column_options(self) -> Iterator[click.Parameter]:
        from changqing.agency.rows import FILTERS, SORTS

        def make_option(*names: str, text: Text, **more: Any) -> click.Option:
            return click.Option(names, help=text.say(self._language), **more)

        for column in FILTERS:
            if column.filter is not None:
                yield make_option(column.option, text=column.filter.help)
        yield make_option("--text", text=_WITH_WORDS)
        if self._sortable:
            orders = [column.sort.option for column in SORTS if column.sort]
            yield make_option(
                *("--sort", "order"),
                text=_SORT_BY,
                type=click.Choice(orders),
                default="day",
            )


def parse_wanted(
    options: dict[str, str | None], catalogue: Catalogue, language: Language
) -> Wanted:
    """Parse the filter that was typed; `click.UsageError` for what does not exist."""
    from changqing.agency.choose import Wanted
    from changqing.agency.rows import FILTERS

    check = GivenOptions(catalogue, language)
    equal: dict[str, str] = {}
    for column in FILTERS:
        typed = options[column.name]
        if typed is None:
            continue
        if typed == NOBODY:
            typed = ""
        elif column.name == "licence":
            typed = check.parse_licence(typed)
        elif column.name == "region":
            typed = check.parse_region(typed) or ""
        elif column.values is not None:
            typed = check.parse_member(column.values, typed, option=column.option)
        equal[column.name] = typed
    return Wanted(equal=equal, text=options["text"] or "")


class _BoardSheet:
    """The board for a person."""

    def __init__(self, sheet: Sheet, catalogue: Catalogue, today: date) -> None:
        self._sheet = sheet
        self._catalogue = catalogue
        self._today = today

    def show(
        self, rows: Sequence[BoardRow], *, total: int, everything: bool, order: str
    ) -> None:
        from changqing.agency.rows import When

        sheet, fewer = self._sheet, len(rows) < total
        sheet.print_line(
            sheet.t(
                f"{self._today}：共{total}件" + (f"，列出{len(rows)}件" * fewer),
                f"{self._today}: {count_in_english(total, 'case', 'cases')}"
                + (f", {len(rows)} shown" * fewer),
            ),
            style="bold",
        )
        for when in When:
            members = [row for row in rows if row.when(self._today) is when]
            if not members:
                continue
            count = sheet.t(f"（{len(members)}件）", f" ({len(members)})")
            sheet.print_heading(when.text.capitalised.say(sheet.language) + count)
            most = len(members) if everything or when is When.OVERDUE else _MOST
            for row in members[:most]:
                self._print_row(row)
            if len(members) > most:
                left_out = len(members) - most
                sheet.print_line(
                    sheet.t(
                        f"还有{left_out}件，加--all列全", f"{left_out} more; add --all"
                    ),
                    indent=2,
                    style="dim",
                )

    def _print_row(self, row: BoardRow) -> None:
        from changqing.agency.rows import COLUMNS
        from changqing.agency.tabulate import format_cell

        sheet = self._sheet
        if row.broken is not None:
            sheet.print_title(row.folder, "")
            sheet.print_line(row.broken.say(sheet.language), indent=4)
            return
        stage = "" if row.stage_name is None else row.stage_name.say(sheet.language)
        day, style = self._format_day(row)
        sheet.print_title(row.name, f"{stage} · {row.licence}", right=(day, style))
        parts = []
        if row.next_what is not None:
            parts.append(row.next_what.say(sheet.language))
        parts.append(row.owner or sheet.t("未指派", "nobody assigned"))
        if row.lines:
            parts.append(
                sheet.t(
                    f"补正{row.lines}条，未办结{row.open_lines}条",
                    f"{row.open_lines} of {row.lines} correction lines open",
                )
            )
        parts.append(self._say_assessment(row))
        for column in COLUMNS:
            if column.printed:
                cell = format_cell(
                    column, row, self._today, sheet.language, self._catalogue
                )
                label = column.label.say(sheet.language)
                parts += (
                    [] if cell is None else [label + sheet.t("：", ": ") + str(cell)]
                )
        parts.append(row.folder)
        sheet.print_line(" · ".join(parts), indent=4, style="dim")
        for caution in row.cautions:
            sheet.print_line(
                sheet.t("提醒：", "Caution: ") + caution.say(sheet.language), indent=4
            )

    def _say_assessment(self, row: BoardRow) -> str:
        sheet = self._sheet
        state = row.state(self._today)
        if state is None or row.assessed_on is None:
            return sheet.t("未评估", "not assessed")
        text = state.say(sheet.language)
        if row.blocking:
            text += sheet.t(f"，{row.blocking}项不符", f", {row.blocking} blocking")
        if row.proven_until is not None:
            text += (
                sheet.t(
                    f"，证据已于{row.proven_until}到期",
                    f", proof ended on {row.proven_until}",
                )
                if row.proven_until < self._today
                else sheet.t(
                    f"，有证据到{row.proven_until}",
                    f", proven until {row.proven_until}",
                )
            )
        return text + sheet.t(
            f"（{row.assessed_on}评估）", f" (as of {row.assessed_on})"
        )

    def _format_day(self, row: BoardRow) -> tuple[str, str]:
        sheet = self._sheet
        days_left = row.days_left(self._today)
        if row.next_day is None or days_left is None:
            return "", ""
        mark = sheet.t("暂按 ", "provisional ") if row.provisional else ""
        if days_left < 0:
            return (
                f"{row.next_day} "
                + sheet.t(
                    f"过了{-days_left}天", f"{_count_days_in_words(-days_left)} over"
                ),
                "bold red",
            )
        text = sheet.t("今天", "today")
        if days_left:
            text = sheet.t(
                f"还有{days_left}天", f"{_count_days_in_words(days_left)} left"
            )
        return f"{mark}{row.next_day} {text}", "bold" if days_left <= 7 else ""


def _count_days_in_words(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


_WITH_WORDS: Final = Text(
    "名称、信用代码、文件夹或下一件事里有这几个字的。",
    "With these words in name, credit code, folder or next thing.",
)
_SORT_BY: Final = Text("按什么排序，默认按日子。", "Sort by this; by day else.")
