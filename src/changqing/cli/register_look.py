"""`changqing register look`: the sites of a register looked at, a share of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli.shared import (
    NOT_YET,
    READY,
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
    from changqing.net.model import NetSettings
    from changqing.screening.look import LookProgress
    from changqing.screening.look_workers import RegisterLooked


def add_look(command: click.Group, language: Language) -> None:
    """Add the command to `register`."""

    @command.command(
        "look",
        help=say_help(
            language,
            "查看登记册里各家的网站：页面每天一次，域名注册每三十天一次；守robots.txt，"
            "同一网站不连着访问。中断后再用同一条命令，会接着看。",
            "Look at the sites of a register: pages once a day, registrations of "
            "domains once in thirty days; keeps to robots.txt, and presses no site. "
            "After a break the same command goes on.",
        ),
    )
    @click.argument("register", type=make_folder_type())
    @click.option(
        "--shard",
        "written",
        default="1/1",
        show_default=True,
        metavar="K/N",
        help=say_help(
            language,
            "分成N份，只看第K份；同一个域名的网站总在同一份里。",
            "Of N shares only the Kth; the sites of one domain are all in one share.",
        ),
    )
    @click.option(
        "--workers",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        help=say_help(language, "用几个进程。", "How many processes."),
    )
    @click.option(
        "--at-once",
        type=click.IntRange(1, 1024),
        default=64,
        show_default=True,
        help=say_help(
            language,
            "每个进程同时查看多少个网站。",
            "How many sites each process looks at at once.",
        ),
    )
    @language_option(language)
    def look(
        *, register: Path, written: str, workers: int, at_once: int, lang: str | None
    ) -> int:
        return look_at_sites(
            register, written, workers=workers, at_once=at_once, language=language
        )


def look_at_sites(
    register: Path,
    written: str,
    *,
    workers: int,
    at_once: int,
    language: Language,
    settings: NetSettings | None = None,
) -> int:
    """Look at a share, `written` like 3/16, and tell how it went."""
    from changqing.screening.look import RegisterLookJob
    from changqing.screening.look_workers import look_and_take
    from changqing.shard import parse_shard

    sheet = Sheet(language)
    job = RegisterLookJob(
        register=register,
        shard=parse_shard(written),
        clock=read_clock,
        net=settings,
        at_once=at_once,
    )
    with working(sheet.t("看哪些到期了…", "Which are due…")) as status:
        outcome = look_and_take(
            job,
            workers=workers,
            tell=lambda progress: status.update(_word_progress(sheet, progress)),
        )
    return _tell_outcome(sheet, register, outcome)


def _word_progress(sheet: Sheet, progress: LookProgress) -> str:
    return sheet.t(
        f"已看{progress.done}/{progress.due}处，{progress.silent}处没有应答",
        f"{progress.done} of {progress.due} looks done, {progress.silent} unanswered",
    )


def _tell_outcome(sheet: Sheet, register: Path, outcome: RegisterLooked) -> int:
    progress, taken_in = outcome.progress, outcome.taken
    current = taken_in.looks - taken_in.without_case
    sheet.print_line(
        sheet.t(
            f"看了{progress.done}处（网站和域名注册分开计），其中{progress.silent}处没有"
            f"应答；收进登记册{current}处。",
            f"{progress.done} looks done, sites and registrations each counted; "
            f"{progress.silent} did not answer. {current} came into the register.",
        ),
        style="bold",
    )
    if not progress.due:
        sheet.print_line(
            sheet.t(
                "今天该看的都看过了。",
                "All that is due today was looked at before.",
            )
        )
    if taken_in.without_case:
        sheet.print_line(
            sheet.t(
                f"{taken_in.without_case}处没有收：登记册里已经没有这一家，或者网址改了。",
                f"{taken_in.without_case} were not taken in: the case is not in the "
                "register any more, or its address has changed.",
            )
        )
    if progress.put_off:
        sheet.print_line(
            sheet.t(
                f"{progress.put_off}个域名没有问：注册局接连几次没有给出记录，明天再问。",
                f"{progress.put_off} registrations were not asked for: their registry "
                "gave no record several times in a row. Ask again tomorrow.",
            ),
            style="yellow",
        )
    if taken_in.looks:
        command = spell_command("screen", register, "--out", "run")
        sheet.print_line(sheet.t(f"接着筛查：{command}", f"To screen it: {command}"))
    return NOT_YET if progress.put_off else READY
