"""`changqing screen sample, precision, list, lead`: what is done with what is marked.

Nobody is listed because a rule marked them: that takes samples people looked through.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.result_tables import (
    give_table,
    print_table,
    say_leads,
    table_file_option,
)
from changqing.cli.shared import (
    READY,
    Command,
    Day,
    language_option,
    make_folder_type,
    read_clock,
    say_help,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language

if TYPE_CHECKING:
    from changqing.law.model import Catalogue
    from changqing.screening.screen import ScreenRun

MARKED: Final = ("unmet", "contradicted", "unproven", "undetermined")
"""The verdicts by which a criterion marks a case."""
STEPS: Final = ("opened", "answered", "confirmed", "refuted", "closed", "passed_on")
"""As `LeadStep`, which is loaded with Polars and only where a lead is taken on."""


def add_leads(command: click.Group, language: Language) -> None:
    """Add the commands that go from a signal to a lead."""
    _add_sample(command, language)
    _add_precision(command, language)
    _add_list(command, language)
    _add_lead(command, language)


def _signal_options(language: Language) -> Callable[[Command], Command]:
    """`--criterion` and `--verdict`: a signal."""

    def add(decorated: Command) -> Command:
        for option in (
            click.option(
                "--verdict",
                type=click.Choice(MARKED),
                required=True,
                help=say_help(language, "哪一种结论。", "Which verdict."),
            ),
            click.option(
                "--criterion",
                required=True,
                help=say_help(language, "哪一项判据。", "Which criterion."),
            ),
        ):
            decorated = option(decorated)
        return decorated

    return add


def _open_run(folder: Path) -> tuple[ScreenRun, Catalogue]:
    from changqing.law.compiled import load_compiled
    from changqing.screening.screen import read_run

    run = read_run(folder)
    return run, load_compiled(run.law)


def _add_sample(command: click.Group, language: Language) -> None:
    @command.command(
        "sample",
        help=say_help(
            language,
            "随机抽出一个信号标出的若干家，写成表，供人逐家核对后填写是否属实。",
            "Draw cases of a signal by lot into a table, in which people write of each "
            "whether it was right.",
        ),
    )
    @click.argument("run", type=make_folder_type())
    @_signal_options(language)
    @click.option(
        "--size",
        type=click.IntRange(1, 10_000),
        default=60,
        show_default=True,
        help=say_help(language, "抽几家。", "How many."),
    )
    @click.option(
        "--seed",
        type=click.IntRange(0),
        required=True,
        help=say_help(
            language, "抽样用的数，写进文件名。", "The seed; it is in the file's name."
        ),
    )
    @language_option(language)
    def sample(
        *,
        run: Path,
        criterion: str,
        verdict: str,
        size: int,
        seed: int,
        lang: str | None,
    ) -> int:
        from changqing.screening.lead_journal import ScreenSignal
        from changqing.screening.signals import write_sample

        screening, catalogue = _open_run(run)
        signal = ScreenSignal(criterion=criterion, verdict=verdict)
        path = write_sample(screening, signal, catalogue, size=size, seed=seed)
        sheet = Sheet(language)
        sheet.print_line(sheet.t(f"抽样在{path}。", f"The sample is in {path}."))
        sheet.print_line(
            sheet.t(
                "逐家核对，在right一列填“是”或“否”；整份填完才计入准确率。",
                "Look at each and write yes or no under right; it counts once the "
                "whole sample is filled in.",
            )
        )
        say_leads(sheet)
        return READY


def _add_precision(command: click.Group, language: Language) -> None:
    @command.command(
        "precision",
        help=say_help(
            language,
            "每个信号标出几家、看过几家、属实几家；不够准的只计数，不列企业。",
            "Of each signal how many it marks, how many were looked at and right. One "
            "that is not right often enough is counted, and lists nobody.",
        ),
    )
    @click.argument("run", type=make_folder_type())
    @language_option(language)
    def precision(*, run: Path, lang: str | None) -> int:
        from changqing.screening.results import ResultTable
        from changqing.screening.signals import measure_signals

        screening, catalogue = _open_run(run)
        sheet = Sheet(language)
        rows = tuple(
            (
                *(signal.signal.criterion, signal.signal.verdict, signal.cases),
                *(signal.looked, signal.right, signal.waiting),
                *(signal.second_looks, signal.refuted),
                None if signal.precision is None else f"{signal.precision:.1%}",
                sheet.t("是", "yes") if signal.is_listed else sheet.t("否", "no"),
            )
            for signal in measure_signals(screening, catalogue)
        )
        print_table(
            sheet,
            ResultTable(
                columns=(
                    *("criterion", "verdict", "cases", "looked", "right", "waiting"),
                    *("second_looks", "refuted", "precision", "listed"),
                ),
                rows=rows,
                numbers=frozenset(
                    {
                        *("cases", "looked", "right", "waiting"),
                        *("second_looks", "refuted"),
                    }
                ),
            ),
        )
        say_leads(sheet)
        return READY


def _add_list(command: click.Group, language: Language) -> None:
    @command.command(
        "list",
        help=say_help(
            language,
            "列出一个信号标出的企业；只在核对过的抽样足以说明它准的时候才列。",
            "List the companies a signal marks, where the samples that were looked "
            "through show it to be right.",
        ),
    )
    @click.argument("run", type=make_folder_type())
    @_signal_options(language)
    @table_file_option(language)
    @language_option(language)
    def list_them(
        *, run: Path, criterion: str, verdict: str, into: Path | None, lang: str | None
    ) -> int:
        from changqing.screening.lead_journal import ScreenSignal
        from changqing.screening.leads import list_companies

        screening, catalogue = _open_run(run)
        sheet = Sheet(language)
        signal = ScreenSignal(criterion=criterion, verdict=verdict)
        table = list_companies(screening, signal, catalogue)
        give_table(sheet, table, into)
        say_leads(sheet)
        return READY


def _add_lead(command: click.Group, language: Language) -> None:
    @command.command(
        "lead",
        help=say_help(
            language,
            "一条线索走到哪一步：opened开始并写好告知书，answered企业已答复，"
            "confirmed或refuted由另一人复核，closed办结，passed_on移交。",
            "Take a lead one step on: opened, with a notice to the company; answered; "
            "confirmed or refuted by another person; closed; passed_on.",
        ),
    )
    @click.argument("run", type=make_folder_type())
    @click.argument("step", type=click.Choice(STEPS))
    @click.argument("case")
    @_signal_options(language)
    @click.option(
        "--by", required=True, help=say_help(language, "谁办的。", "Who did it.")
    )
    @click.option(
        "--deadline",
        type=Day(),
        help=say_help(
            language,
            "企业答复的期限，opened时要写。",
            "Until when the company may answer; opened wants it.",
        ),
    )
    @click.option("--note", default="", help=say_help(language, "备注。", "A note."))
    @language_option(language)
    def lead(
        *,
        run: Path,
        step: str,
        case: str,
        criterion: str,
        verdict: str,
        by: str,
        deadline: datetime | None,
        note: str,
        lang: str | None,
    ) -> int:
        from changqing.screening.lead_journal import LeadStep, ScreenSignal
        from changqing.screening.leads import (
            go_on_with_lead,
            open_lead,
        )

        screening, catalogue = _open_run(run)
        sheet = Sheet(language)
        signal = ScreenSignal(criterion=criterion, verdict=verdict)
        if step == LeadStep.OPENED:
            if deadline is None:
                raise click.UsageError(
                    sheet.t("要写--deadline", "--deadline is wanted")
                )
            path = open_lead(
                screening,
                case,
                signal,
                catalogue,
                deadline=deadline.date(),
                by=by,
                now=read_clock(),
                note=note,
            )
            sheet.print_line(
                sheet.t(f"告知书在{path}。", f"The notice to the company is {path}.")
            )
        else:
            go_on_with_lead(
                screening,
                case,
                signal,
                LeadStep(step),
                by=by,
                now=read_clock(),
                note=note,
            )
            sheet.print_line(sheet.t("已记下。", "Recorded."))
        say_leads(sheet)
        return READY
