"""`changqing screen`: a register judged on a day, what came of it, and two runs."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from changqing.cli.given import choose_day
from changqing.cli.help_page import TranslatedGroup
from changqing.cli.result_tables import (
    give_table,
    print_table,
    say_leads,
    seed_option,
    table_file_option,
)
from changqing.cli.screening_leads import MARKED, add_leads
from changqing.cli.shared import (
    NOT_YET,
    READY,
    as_of_option,
    find_own_key_path,
    language_option,
    make_folder_type,
    read_clock,
    say_help,
    spell_command,
    working,
)
from changqing.cli.sheet import Sheet
from changqing.text import Language

if TYPE_CHECKING:
    from changqing.screening.screen import ScreenRun

_RUN: Final = "run"
_MOST: Final = 20
_GROUPS: Final = ("licence", "region", "scope", "stage")


class _ScreenGroup(TranslatedGroup):
    """Commands about runs; with the folder of a register instead of one, it screens."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command that screens before what is no command and no option."""
        after = args[2:] if args[:1] == ["--lang"] else args
        first = next(
            (argument for argument in after if not argument.startswith("-")), None
        )
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
    _add_sql(command, language)
    _add_seal(command, language)
    _add_verify(command, language)
    add_leads(command, language)


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
    @click.argument("register", type=make_folder_type())
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
        "--on",
        "engine",
        metavar="ADDRESS",
        help=say_help(
            language,
            "交给已有的Spark或Ray去做：spark://主机:7077、ray://主机:10001；"
            "spark://local[4]、ray://local在本机启动一个。"
            "每台机器要能在同一路径看到登记册和结果文件夹。",
            "Have a Spark or a Ray do it: spark://HOST:7077, ray://HOST:10001; "
            "spark://local[4] and ray://local start one here. Every machine has to see "
            "the register and the results at the same path.",
        ),
    )
    @click.option(
        "--law",
        type=make_folder_type(),
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
        engine: str | None,
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

        if engine is not None:
            from changqing.screening.engines import find_engine

            map_buckets = find_engine(engine)
        else:
            map_buckets = run_in_process if workers == 1 else run_in_pool(workers)
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
                ScreenJob(register=register, out=out, as_of=choose_day(as_of), law=law),
                map_buckets=map_buckets,
                tell=tell,
            )
        _show_sentences(sheet, done, None)
        command = spell_command("screen", "show", out)
        sheet.print_gap()
        sheet.print_line(sheet.t(f"细看：{command}", f"For more: {command}"))
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
    @click.argument("run", type=make_folder_type())
    @click.option(
        "--criterion",
        help=say_help(language, "只看这一项判据。", "Only this criterion."),
    )
    @click.option(
        "--verdict",
        type=click.Choice(MARKED),
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
    @seed_option(language)
    @table_file_option(language)
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

        screening, sheet = read_run(run), Sheet(language)
        catalogue = load_compiled(screening.law)
        query = Asked(criterion=criterion, verdict=verdict, by=by)
        if sample is not None:
            table = draw_sample(screening, query, catalogue, size=sample, seed=seed)
        else:
            table = count_verdicts(screening, query, catalogue)
        if into is not None:
            give_table(sheet, table, into)
            say_leads(sheet)
            return READY
        if sample is None and criterion is None and verdict is None:
            _show_sentences(sheet, screening, by)
        else:
            say_leads(sheet)
        if sample is not None:
            sheet.print_heading(
                sheet.t(
                    f"随机抽出的{len(table.rows)}家（种子{seed}），供逐家核对",
                    f"{len(table.rows)} drawn by lot (seed {seed}), to be looked at",
                )
            )
        else:
            sheet.print_heading(
                sheet.t("没有证实的判据", "Criteria not shown to be met")
            )
        print_table(sheet, table if criterion or sample else table.take_first(_MOST))
        if sample is not None and len(table.rows):
            example = spell_command(
                "screen", "open", run, str(table.rows[0][0]), "--into", "case"
            )
            sheet.print_line(sheet.t(f"打开一家：{example}", f"To open one: {example}"))
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
    @click.argument("before", type=make_folder_type())
    @click.argument("after", type=make_folder_type())
    @language_option(language)
    def diff(*, before: Path, after: Path, lang: str | None) -> int:
        from changqing.screening.results import compare_sentences, compare_verdicts
        from changqing.screening.screen import read_run

        earlier, later, sheet = read_run(before), read_run(after), Sheet(language)
        for screening in (earlier, later):
            sheet.print_line(_describe_run(sheet, screening))
        say_leads(sheet)
        sheet.print_heading(sheet.t("两句话变了的", "Sentences that change"))
        print_table(sheet, compare_sentences(earlier, later))
        sheet.print_heading(
            sheet.t(
                "判据变了的",
                "Criteria that change",
            )
        )
        sheet.print_line(
            sheet.t(
                "变差：现在断定不成立，原来没有。不再断定：原来断定不成立，现在没有；"
                "可能改正了，也可能只是证据到期。",
                "Falls: certain not to hold now, and not before. No longer certain: "
                "certain before and not now; it may have been put right, or proof "
                "merely ran out.",
            )
        )
        print_table(sheet, compare_verdicts(earlier, later).take_first(_MOST))
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
    @click.argument("run", type=make_folder_type())
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

        screening, sheet = read_run(run), Sheet(language)
        register_case = find_case(screening, case, load_compiled(screening.law))
        key = load_key(find_own_key_path())
        write_extract(
            register_case, into, as_of=screening.as_of, key=key, now=read_clock()
        )
        sheet.print_line(
            sheet.t(f"已取到{into}。", f"Taken out to {into}."), style="bold"
        )
        say_leads(sheet)
        if screening.law is not None:
            sheet.print_line(
                sheet.t(
                    f"筛查用的是另一版规定（{screening.edition}），assess用随程序的这一版。",
                    "The run went by another edition of the law "
                    f"({screening.edition}); "
                    "assess goes by the one that comes with the program.",
                ),
                style="yellow",
            )
        command = spell_command("assess", into, "--why")
        sheet.print_line(sheet.t(f"看缘由：{command}", f"To see why: {command}"))
        return READY


def _add_sql(command: click.Group, language: Language) -> None:
    @command.command(
        "sql",
        help=say_help(
            language,
            "用一条SELECT查一次筛查的结果：表有sentences、reasons、verdicts_applicant等。",
            "Ask a run with one SELECT; its tables are sentences, reasons, "
            "verdicts_applicant and so on.",
        ),
    )
    @click.argument("run", type=make_folder_type())
    @click.argument("query")
    @table_file_option(language)
    @language_option(language)
    def sql(*, run: Path, query: str, into: Path | None, lang: str | None) -> int:
        from changqing.screening.query import MOST_ROWS, query_run
        from changqing.screening.screen import read_run

        sheet = Sheet(language)
        table = query_run(read_run(run), query)
        give_table(sheet, table, into)
        if len(table.rows) == MOST_ROWS:
            sheet.print_line(
                sheet.t(
                    f"最多{MOST_ROWS}行，可能还有。",
                    f"At most {MOST_ROWS} rows are given; there may be more.",
                )
            )
        say_leads(sheet)
        return READY


def _add_seal(command: click.Group, language: Language) -> None:
    @command.command(
        "seal",
        help=say_help(
            language,
            "把一次筛查封存成一个文件，谁都能重新筛查一遍来核验；可以只封随机抽出的几家。",
            "Seal a run into one file that anybody can verify by screening again; the "
            "whole of it, or cases drawn by lot.",
        ),
    )
    @click.argument("run", type=make_folder_type())
    @click.option(
        "-o",
        "--out",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help=say_help(language, "写成哪个文件。", "The file to write."),
    )
    @click.option(
        "--sample",
        type=click.IntRange(1),
        help=say_help(
            language, "随机抽几家；默认全部。", "Draw so many by lot; all by default."
        ),
    )
    @seed_option(language)
    @language_option(language)
    def seal(
        *, run: Path, out: Path, sample: int | None, seed: int, lang: str | None
    ) -> int:
        from changqing.evidence.ledger.note import load_key
        from changqing.law.compiled import load_compiled
        from changqing.screening.screen import read_run
        from changqing.screening.sealed_run import seal_run

        screening, sheet = read_run(run), Sheet(language)
        with working(sheet.t("封存…", "Sealing…")):
            cases = seal_run(
                screening,
                out,
                load_compiled(screening.law),
                size=sample,
                seed=seed,
                key=load_key(find_own_key_path()),
            )
        sheet.print_line(
            sheet.t(f"已封存{cases}家：{out}。", f"{cases} cases are sealed in {out}."),
            style="bold",
        )
        say_leads(sheet)
        command = spell_command("screen", "verify", out)
        sheet.print_line(sheet.t(f"核验：{command}", f"To verify it: {command}"))
        return READY


def _add_verify(command: click.Group, language: Language) -> None:
    @command.command(
        "verify",
        help=say_help(
            language,
            "把封存的筛查重新做一遍，逐行比对。",
            "Screen a sealed run again, and compare every row.",
        ),
    )
    @click.argument(
        "bundle", type=click.Path(path_type=Path, dir_okay=False, exists=True)
    )
    @click.option(
        "--law",
        type=make_folder_type(),
        help=say_help(
            language,
            "筛查用的那一版规定的文件夹；默认随程序的这一版。",
            "The folder of the edition of the law it went by; by default the one that "
            "comes with the program.",
        ),
    )
    @language_option(language)
    def verify(*, bundle: Path, law: Path | None, lang: str | None) -> int:
        from changqing.law.compiled import load_compiled
        from changqing.screening.sealed_run import verify_run

        sheet = Sheet(language)
        with working(sheet.t("重新筛查…", "Screening again…")):
            result = verify_run(bundle, load_compiled(law), law=law)
        is_sample = result.seed is not None
        sheet.print_line(
            sheet.t(
                f"截至{result.as_of}，规定{result.edition}版：{result.cases_of_run}家"
                f"{f'中按种子{result.seed}抽出' if is_sample else '，封存'}"
                f"{result.cases}家。",
                f"As of {result.as_of}, edition {result.edition}: {result.cases} of "
                f"{result.cases_of_run} cases"
                f"{f', drawn with seed {result.seed}' if is_sample else ''}.",
            )
        )
        sheet.print_line(
            sheet.t(
                f"签名的公钥：{result.signer}", f"Signed by the key {result.signer}"
            )
        )
        if result.differing:
            cases_named = sheet.join(result.differing[:_MOST])
            sheet.print_line(
                sheet.t(
                    f"{len(result.differing)}家与重新筛查的不一样：{cases_named}",
                    f"{len(result.differing)} cases come out otherwise: {cases_named}",
                ),
                style="bold red",
            )
            return NOT_YET
        sheet.print_line(
            sheet.t(
                "重新筛查，每一行都一样。", "Screened again, every row is the same."
            ),
            style="bold",
        )
        say_leads(sheet)
        return READY


def _describe_run(sheet: Sheet, run: ScreenRun) -> str:
    return sheet.t(
        f"{run.folder}：{run.cases}家，截至{run.as_of}，规定{run.edition}版",
        f"{run.folder}: {run.cases} cases, as of {run.as_of}, edition {run.edition}",
    )


def _show_sentences(sheet: Sheet, run: ScreenRun, by: str | None) -> None:
    from changqing.screening.results import count_sentences

    sheet.print_line(_describe_run(sheet, run), style="bold")
    say_leads(sheet)
    sheet.print_heading(sheet.t("两句话", "The two sentences"))
    print_table(sheet, count_sentences(run, by).take_first(_MOST))
