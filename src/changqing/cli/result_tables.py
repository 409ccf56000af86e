"""Tables of what a run says: in the terminal, as CSV, as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli.shared import Command, open_terminal, say_help
from changqing.cli.sheet import Sheet
from changqing.text import Language

if TYPE_CHECKING:
    from changqing.screening.results import ResultTable


def say_leads(sheet: Sheet) -> None:
    """Say that these are leads: it stands on whatever comes out of a run."""
    from changqing.screening.screen import LEADS

    sheet.print_line(LEADS.say(sheet.language), style="yellow")


def print_table(sheet: Sheet, table: ResultTable) -> None:
    """Print a table with its names in the words of the reader."""
    from rich.table import Table
    from rich.text import Text as Styled

    from changqing.screening.result_words import name_column, name_row

    if not table.rows:
        sheet.print_line(sheet.t("没有。", "None."))
        return
    rich_table = Table(box=None, pad_edge=False)
    for name in table.columns:
        number = name in table.numbers
        rich_table.add_column(
            name_column(name).say(sheet.language),
            justify="right" if number else "left",
            overflow="fold",  # a name that is cut off names nobody
        )
    for row in table.rows:
        cells = zip(table.columns, row, name_row(table.columns, row), strict=True)
        # Not as markup: a name may hold brackets.
        rich_table.add_row(
            *(
                Styled(_write_cell(column, value, name.say(sheet.language)))
                for column, value, name in cells
            )
        )
    open_terminal().print(rich_table)


def _write_cell(column: str, value: object, words: str) -> str:
    from changqing.law.compiled import load_shipped

    is_criterion = column == "criterion" and str(value) in load_shipped().criteria
    return (
        f"{words}  {value}" if is_criterion else words
    )  # other commands take its code


def seed_option(language: Language) -> Callable[[Command], Command]:
    """Make the option `--seed`: from which number cases are drawn by lot."""
    return click.option(
        "--seed",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        help=say_help(
            language, "抽样用的数，写进记录。", "The seed of the draw, for the record."
        ),
    )


def table_file_option(language: Language) -> Callable[[Command], Command]:
    """Add `--csv` or `--xlsx`: the file that a table is written to."""
    return click.option(
        "--csv",
        "--xlsx",
        "into",
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(
            language,
            "写成CSV文件；文件名以.xlsx结尾就写成工作簿。",
            "Write it as CSV, or as a workbook where the name ends in .xlsx.",
        ),
    )


def give_table(sheet: Sheet, table: ResultTable, into: Path | None) -> None:
    """Print a table, or write it to a file and say so."""
    if into is None:
        print_table(sheet, table)
    else:
        write_table(into, table, sheet.language)
        sheet.print_line(sheet.t(f"已写入{into}。", f"Written to {into}."))


def write_table(path: Path, table: ResultTable, language: Language) -> None:
    """Write a table as CSV, or as a workbook where the name says .xlsx.

    Every row says that it is a lead.
    """
    from changqing.screening.result_files import encode_csv, encode_workbook

    encode = encode_workbook if path.suffix.lower() == ".xlsx" else encode_csv
    path.write_bytes(encode(table, language))
