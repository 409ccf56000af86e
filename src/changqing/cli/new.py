"""`changqing new`: twelve questions and a first verdict."""

from __future__ import annotations

from pathlib import Path

import click

from changqing.cli.shared import (
    NOT_YET,
    READY,
    ask,
    clock,
    language_option,
    own_key,
    program,
    say_help,
    terminal,
)
from changqing.errors import CaseError, Issue
from changqing.plainfile import write_plain
from changqing.text import Language, Text


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "new",
        help=say_help(
            language,
            "回答十二个问题，三分钟得到第一份结论，并写出case.yaml。",
            "Answer twelve questions, get a first verdict, write case.yaml.",
        ),
    )
    @click.argument("folder", type=click.Path(path_type=Path), default="my-case")
    @language_option(language)
    def new(folder: Path, lang: str | None) -> int:
        return _new(folder, language=language)


def _new(folder: Path, *, language: Language) -> int:
    from changqing.evidence.ledger.memory import Memory
    from changqing.guide.interview import interview
    from changqing.guide.write import write_case
    from changqing.judge.assess import Judge
    from changqing.law.compiled import load_compiled
    from changqing.report.html import render_report
    from changqing.report.terminal import print_summary
    from changqing.run import run

    catalogue = load_compiled()
    console = terminal()
    if (folder / "case.yaml").exists():
        raise CaseError(Issue(text=_EXISTS, path=str(folder / "case.yaml")))
    now = clock()
    answers = interview(catalogue, language, now=now, ask=ask, tell=click.echo)
    write_case(folder, answers, catalogue, now=now, language=language)
    Memory.beside(own_key()).forget(folder)
    outcome = run(
        folder,
        judge=Judge(catalogue),
        clock=clock,
        key=own_key(),
        offline=True,
    )
    target = folder / "report.html"
    page = render_report(outcome.report, language)
    write_plain(target, page.encode(), inside=folder)
    print_summary(outcome.report, console, language, path=target)
    console.print(
        Text(
            zh=f"案件写在{folder}/case.yaml，每一项都有说明。补上材料后运行："
            f"{program()} assess {folder}",
            en=f"The case is in {folder}/case.yaml, with notes on every field. "
            f"Add papers, then run: {program()} assess {folder}",
        ).say(language)
    )
    return READY if outcome.ready_and_shown else NOT_YET


_EXISTS = Text(
    zh="这里已经有一个案件，没有改动它。换一个文件夹名再试",
    en="there is a case here already, left as it is; choose another folder",
)
