"""`changqing rehearse`: the example companies, served on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from changqing.cli.shared import (
    READY,
    language_option,
    open_terminal,
    program,
    read_clock,
    say_help,
)
from changqing.rehearsal.shipped import find_examples
from changqing.text import Language


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "rehearse",
        help=say_help(
            language,
            "在本机演练三个虚构案例：起站、查看、评估、出报告，然后自行结束。",
            "Rehearse three fictional cases on this machine, then end.",
        ),
    )
    @click.option(
        "--examples",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        default=find_examples,
        help=say_help(
            language,
            "案例文件夹；不写就用随程序安装的。",
            "Folder of the examples; without it, those that came with the program.",
        ),
    )
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        default="build/rehearsal",
        show_default=True,
        help=say_help(language, "副本和报告写到这里。", "Copies and reports go here."),
    )
    @language_option(language)
    def rehearse(examples: Path, out: Path, lang: str | None) -> int:
        return _rehearse_examples(examples, out, language=language)


def _rehearse_examples(examples: Path, out: Path, *, language: Language) -> int:
    from changqing.judge.assess import find_judge
    from changqing.law.compiled import load_compiled
    from changqing.rehearsal.rehearse import rehearse_examples

    rehearse_examples(
        examples,
        out,
        judge=find_judge(load_compiled()),
        clock=read_clock,
        console=open_terminal(),
        language=language,
        program=program(),
    )
    return READY
