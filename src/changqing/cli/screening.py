"""`changqing screen`: a register judged on a day, what came of it, and two runs."""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.given import day_of
from changqing.cli.help_page import TranslatedGroup
from changqing.cli.shared import (
    READY,
    as_of_option,
    clock,
    language_option,
    own_key,
    say_help,
    spell_command,
    terminal,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language, guard_formula

if TYPE_CHECKING:
    from changqing.screening.results import ResultTable
    from changqing.screening.screen import ScreenRun

_RUN: Final = "run"
_MOST: Final = 20
_GROUPS: Final = ("licence", "region", "scope", "stage")
_VERDICTS: Final = ("unmet", "contradicted", "unproven", "undetermined")


class _ScreenGroup(TranslatedGroup):
    """Commands about runs; with the folder of a register instead of one, it screens."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command that screens before what is no command and no option."""
        after = args[2:] if args[:1] == ["--lang"] else args
        first = next((each for each in after if not each.startswith("-")), None)
        if first is not None and first not in self.commands:
            args = [_RUN, *args]
        return super().parse_args(ctx, args)


def add_screen(group: click.Group, language: Language) -> None:
    """Add the command and those below it."""

    @group.group(
        "screen",
        cls=_ScreenGroup,
        language=language,
        help=say_help(
            language,
            "一次筛查整个登记册：changqing screen 登记册 --as-of 日期 --out 文件夹。"
            "得到的是线索，不是认定。",
            "Screen a whole register: changqing screen REGISTER --as-of DAY --out "
            "FOLDER. What comes of it are leads, not findings of fact.",
        ),
    )
    @language_option(language)
    def command(*, lang: str | None) -> None:
        pass

    _add_run(command, language)
    _add_show(command, language)
    _add_diff(command, language)
    _add_open(command, language)


def _make_folder_type() -> click.Path:
    return click.Path(path_type=Path, file_okay=False, exists=True)


def _add_run(command: click.Group, language: Language) -> None:
    @command.command(
        _RUN,
        help=say_help(
            language,
            "筛查一个登记册；中断了再用同一条命令，会接着做。run可以不写。",
            "Screen a register; after a stop the same command goes on. The word run "
            "may be left out.",
        ),
    )
    @click.argument("register", type=_make_folder_type())
    @as_of_option(
        language, "按这一天判断，默认今天。", "Judge as of this day; today by default."
    )
    @click.option(
        "--out",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(language, "结果放在哪里。", "Where the results go."),
    )
    @click.option(
        "--workers",
        type=click.IntRange(1, 256),
        default=1,
        show_default=True,
        help=say_help(language, "同时用几个进程。", "How many processes at once."),
    )
    @click.option(
        "--law",
        type=_make_folder_type(),
        help=say_help(
            language,
            "另一版规定的文件夹，用来试算改了会怎样；默认随程序的这一版。",
            "A folder with another edition of the law, to try a reform; by default the "
            "one that comes with the program.",
        ),
    )
    @language_option(language)
    def run(
        *,
        register: Path,
        as_of: datetime | None,
        out: Path,
        workers: int,
        law: Path | None,
        lang: str | None,
    ) -> int:
        if workers > 1:
            # One thread in each of several processes; read when Polars is imported.
            os.environ.setdefault("POLARS_MAX_THREADS", "1")
        from changqing.screening.screen import (
            BucketDone,
            ScreenJob,
            run_in_pool,
            run_in_process,
            screen,
        )

        sheet = Sheet(language)
        cases = buckets = 0
        with working(sheet.t("筛查…", "Screening…")) as status:

            def tell(done: BucketDone, total: int) -> None:
                nonlocal cases, buckets
                cases, buckets = cases + done.cases, buckets + 1
                status.update(
                    sheet.t(
                        f"{buckets}/{total}批，{cases}家",
                        f"{buckets} of {total} buckets, {cases} cases",
                    )
                )

            done = screen(
                ScreenJob(register=register, out=out, as_of=day_of(as_of), law=law),
                map_buckets=run_in_process if workers == 1 else run_in_pool(workers),
                tell=tell,
            )
        _show_sentences(sheet, done, None)
        command = spell_command("screen", "show", out)
        sheet.gap()
        sheet.line(sheet.t(f"细看：{command}", f"For more: {command}"))
        return READY


def _add_show(command: click.Group, language: Language) -> None:
    @command.command(
        "show",
        help=say_help(
            language,
            "一次筛查的结果：按判据、结论、省份、业务种类计数，或者抽几家来看。",
            "What a run says, counted by criterion, verdict, province or licence, or a "
            "few cases drawn by lot.",
        ),
    )
    @click.argument("run", type=_make_folder_type())
    @click.option(
        "--criterion",
        help=say_help(language, "只看这一项判据。", "Only this criterion."),
    )
    @click.option(
        "--verdict",
        type=click.Choice(_VERDICTS),
        help=say_help(language, "只看这一种结论。", "Only this verdict."),
    )
    @click.option(
        "--by",
        type=click.Choice(_GROUPS),
        help=say_help(language, "再按这一列分开数。", "Count by this column as well."),
    )
    @click.option(
        "--sample",
        type=click.IntRange(1, 10_000),
        help=say_help(
            language,
            "从数到的里面随机抽几家，逐家核对。",
            "Draw so many of those counted by lot, to be looked at one by one.",
        ),
    )
    @click.option(
        "--seed",
        type=click.IntRange(0),
        default=1,
        show_default=True,
        help=say_help(
            language, "抽样用的数，写进记录。", "The seed of the draw, for the record."
        ),
    )
    @click.option(
        "--csv",
        "into",
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(language, "写成CSV文件。", "Write it as CSV."),
    )
    @language_option(language)
    def show(
        *,
        run: Path,
        criterion: str | None,
        verdict: str | None,
        by: str | None,
        sample: int | None,
        seed: int,
        into: Path | None,
        lang: str | None,
    ) -> int:
        from changqing.law.compiled import load_compiled
        from changqing.screening.results import Asked, count_verdicts, draw_sample
        from changqing.screening.screen import read_run

        done, sheet = read_run(run), Sheet(language)
        catalogue = load_compiled(done.law)
        asked = Asked(criterion=criterion, verdict=verdict, by=by)
        if sample is not None:
            table = draw_sample(done, asked, catalogue, size=sample, seed=seed)
        else:
            table = count_verdicts(done, asked, catalogue)
        if into is not None:
            _write_csv(into, table, language)
            sheet.line(sheet.t(f"已写入{into}。", f"Written to {into}."))
            _say_leads(sheet)
            return READY
        if sample is None and criterion is None and verdict is None:
            _show_sentences(sheet, done, by)
        else:
            _say_leads(sheet)
        if sample is not None:
            sheet.heading(
                sheet.t(
                    f"随机抽出的{len(table.rows)}家（种子{seed}），供逐家核对",
                    f"{len(table.rows)} drawn by lot (seed {seed}), to be looked at",
                )
            )
        else:
            sheet.heading(sheet.t("没有证实的判据", "Criteria not shown to be met"))
        _print_table(sheet, table if criterion or sample else table.take_first(_MOST))
        if sample is not None and len(table.rows):
            example = spell_command(
                "screen", "open", run, str(table.rows[0][0]), "--into", "case"
            )
            sheet.line(sheet.t(f"打开一家：{example}", f"To open one: {example}"))
        return READY


def _add_diff(command: click.Group, language: Language) -> None:
    @command.command(
        "diff",
        help=say_help(
            language,
            "两次筛查相比：两个日子，或者两版规定，各有多少家变了。",
            "Two runs side by side: two days, or two editions of the law, and how many "
            "cases change.",
        ),
    )
    @click.argument("before", type=_make_folder_type())
    @click.argument("after", type=_make_folder_type())
    @language_option(language)
    def diff(*, before: Path, after: Path, lang: str | None) -> int:
        from changqing.screening.results import compare_sentences, compare_verdicts
        from changqing.screening.screen import read_run

        one, other, sheet = read_run(before), read_run(after), Sheet(language)
        for done in (one, other):
            sheet.line(_describe_run(sheet, done))
        _say_leads(sheet)
        sheet.heading(sheet.t("两句话变了的", "Sentences that change"))
        _print_table(sheet, compare_sentences(one, other))
        sheet.heading(
            sheet.t(
                "判据变了的（falls变差，rises变好）",
                "Criteria that change (falls, rises)",
            )
        )
        _print_table(sheet, compare_verdicts(one, other).take_first(_MOST))
        return READY


def _add_open(command: click.Group, language: Language) -> None:
    @command.command(
        "open",
        help=say_help(
            language,
            "把一家取成项目文件夹，assess在里面说的与筛查一样，并说明缘由。",
            "Take one case out as a folder, in which assess says what the run said, "
            "and why.",
        ),
    )
    @click.argument("run", type=_make_folder_type())
    @click.argument("case")
    @click.option(
        "--into",
        required=True,
        type=click.Path(path_type=Path, file_okay=False),
        help=say_help(language, "新的项目文件夹。", "The new case folder."),
    )
    @language_option(language)
    def open_one(*, run: Path, case: str, into: Path, lang: str | None) -> int:
        from changqing.evidence.ledger.note import load_key
        from changqing.law.compiled import load_compiled
        from changqing.screening.extract import find_case, write_extract
        from changqing.screening.screen import read_run

        done, sheet = read_run(run), Sheet(language)
        found = find_case(done, case, load_compiled(done.law))
        key = load_key(own_key())
        write_extract(found, into, as_of=done.as_of, key=key, now=clock())
        sheet.line(sheet.t(f"已取到{into}。", f"Taken out to {into}."), style="bold")
        _say_leads(sheet)
        if done.law is not None:
            sheet.line(
                sheet.t(
                    f"筛查用的是另一版规定（{done.edition}），assess用随程序的这一版。",
                    f"The run went by another edition of the law ({done.edition}); "
                    "assess goes by the one that comes with the program.",
                ),
                style="yellow",
            )
        command = spell_command("assess", into)
        sheet.line(sheet.t(f"看缘由：{command}", f"To see why: {command}"))
        return READY


def _describe_run(sheet: Sheet, run: ScreenRun) -> str:
    return sheet.t(
        f"{run.folder}：{run.cases}家，截至{run.as_of}，规定{run.edition}版",
        f"{run.folder}: {run.cases} cases, as of {run.as_of}, edition {run.edition}",
    )


def _say_leads(sheet: Sheet) -> None:
    from changqing.screening.screen import LEADS

    sheet.line(LEADS.say(sheet.language), style="yellow")


def _show_sentences(sheet: Sheet, run: ScreenRun, by: str | None) -> None:
    from changqing.screening.results import count_sentences

    sheet.line(_describe_run(sheet, run), style="bold")
    _say_leads(sheet)
    sheet.heading(sheet.t("两句话", "The two sentences"))
    _print_table(sheet, count_sentences(run, by).take_first(_MOST))


def _print_table(sheet: Sheet, table: ResultTable) -> None:
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
}


def _name_column(name: str, sheet: Sheet) -> str:
    return sheet.t(*_COLUMNS[name])


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


def _write_csv(path: Path, table: ResultTable, language: Language) -> None:
    """Write a table as CSV; every row says that it is a lead."""
    from changqing.screening.screen import LEADS

    # With a mark at its beginning, as spreadsheets want it for Chinese.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*table.columns, "leads_only"])
        for row in table.rows:
            cells = [guard_formula(c) if isinstance(c, str) else c for c in row]
            writer.writerow([*cells, LEADS.say(language)])
