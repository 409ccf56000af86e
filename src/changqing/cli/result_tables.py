"""Tables of what a run says: in the terminal, as CSV, as a workbook."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.shared import Command, say_help, terminal
from changqing.cli.sheet import Sheet
from changqing.text import Language, guard_formula

if TYPE_CHECKING:
    from changqing.screening.results import ResultTable


def say_leads(sheet: Sheet) -> None:
    """Say that these are leads: it stands on whatever comes out of a run."""
    from changqing.screening.screen import LEADS

    sheet.line(LEADS.say(sheet.language), style="yellow")


def print_table(sheet: Sheet, table: ResultTable) -> None:
    """Print a table with its names in the words of the reader."""
    from rich.table import Table
    from rich.text import Text as Styled

    if not table.rows:
        sheet.line(sheet.t("没有。", "None."))
        return
    shown = Table(box=None, pad_edge=False)
    for name in table.columns:
        number = name in table.numbers
        shown.add_column(
            _name_column(name, sheet), justify="right" if number else "left"
        )
    for row in table.rows:
        named = zip(table.columns, row, strict=True)
        # Not as markup: a name may hold brackets.
        shown.add_row(
            *(Styled(_write_cell(name, value, sheet)) for name, value in named)
        )
    terminal().print(shown)


_COLUMNS: Final = {
    "readiness": ("申报条件", "conditions"),
    "compliance": ("持证后义务", "duties"),
    "long_term": ("长期服务能力", "long-term"),
    "criterion": ("判据", "criterion"),
    "verdict": ("结论", "verdict"),
    "cases": ("家数", "cases"),
    "verdicts": ("处数", "verdicts"),
    "case": ("编号", "case"),
    "company": ("企业", "company"),
    "licence": ("业务种类", "licence"),
    "region": ("省份", "province"),
    "scope": ("范围", "coverage"),
    "stage": ("阶段", "stage"),
    "sentence": ("哪一句", "sentence"),
    "before": ("原来", "before"),
    "after": ("现在", "after"),
    "falls": ("变差", "falls"),
    "rises": ("变好", "rises"),
    "other": ("其他变化", "other"),
    "looked": ("看过", "looked at"),
    "right": ("属实", "right"),
    "waiting": ("待看", "to look at"),
    "precision": ("准确率", "precision"),
    "listed": ("可列出", "may be listed"),
    "step": ("到哪一步", "step"),
    "by": ("经办", "by"),
    "deadline": ("答复期限", "deadline"),
    "note": ("备注", "note"),
}


def _name_column(name: str, sheet: Sheet) -> str:
    return sheet.t(*_COLUMNS[name]) if name in _COLUMNS else name


def _write_cell(name: str, value: object, sheet: Sheet) -> str:
    from changqing.law.compiled import load_shipped
    from changqing.law.words import SCOPE_WORDS, STAGE_WORDS

    catalogue, language = load_shipped(), sheet.language
    text = str(value)
    match name:
        case _ if value is None:
            return "–"
        case "case" | "company":
            return text  # never a word of ours, even where it is spelt like one
        case "region" if text in catalogue.regions:
            return catalogue.regions[text].label.say(language)
        case "stage" if text in STAGE_WORDS:
            return STAGE_WORDS[text].say(language)
        case "scope" if text in SCOPE_WORDS:
            return SCOPE_WORDS[text].say(language)
        case "criterion" if text in catalogue.criteria:
            return f"{catalogue.criteria[text].title.say(language)}  {text}"
        case _:
            return _say_word(text, sheet)


def _say_word(text: str, sheet: Sheet) -> str:
    """Say a word of a verdict or a sentence; anything else stands as it is."""
    from changqing.judge.model import Compliance, LongTermState, Readiness
    from changqing.law.model import Verdict

    for words in (Verdict, Readiness, Compliance, LongTermState):
        for word in words:
            if word.value == text:
                return word.text.say(sheet.language)
    if text in _COLUMNS:
        return _name_column(text, sheet)
    return text


def seed_option(language: Language) -> Callable[[Command], Command]:
    """`--seed`: from which number cases are drawn by lot."""
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
    """`--csv` or `--xlsx`: the file that a table is written to."""
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
        sheet.line(sheet.t(f"已写入{into}。", f"Written to {into}."))


def write_table(path: Path, table: ResultTable, language: Language) -> None:
    """Write a table as CSV, or as a workbook where the name says .xlsx.

    Every row says that it is a lead.
    """
    from changqing.screening.screen import LEADS

    heads = [*table.columns, "leads_only"]
    said = LEADS.say(language)
    if path.suffix.lower() == ".xlsx":
        from changqing.report.workbook import write_workbook

        cells = [[*map(_to_cell, row), said] for row in table.rows]
        path.write_bytes(write_workbook("线索 leads", heads, cells))
        return
    # With a mark at its beginning, as spreadsheets want it for Chinese.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heads)
        for row in table.rows:
            guarded = [guard_formula(c) if isinstance(c, str) else c for c in row]
            writer.writerow([*guarded, said])


def _to_cell(value: object) -> str | int | None:
    return value if isinstance(value, str | int) or value is None else str(value)
