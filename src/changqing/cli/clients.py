"""`changqing clients`: an agency's clients, in and out, and what is done for many."""

from __future__ import annotations

from pathlib import Path

import click

from changqing.cli._shared import READY, clock, language_option, said, working
from changqing.cli._sheet import Sheet
from changqing.text import Language


def add(group: click.Group, language: Language) -> None:
    """Add the command and those below it."""

    @group.group(
        "clients",
        help=said(
            language,
            "代办机构的客户：导入、指派、索要材料、再查看、导出、统计结果。",
            "An agency’s clients: import, assign, ask, look again, export, outcomes.",
        ),
    )
    @language_option(language)
    def command(*, lang: str | None) -> None:
        pass

    _add_example(command, language)


def _add_example(command: click.Group, language: Language) -> None:
    @command.command(
        "example",
        help=said(
            language,
            "造一个演示用的机构：全部虚构的客户，各个阶段都有。",
            "Make an agency to try things with: invented clients in every stage.",
        ),
    )
    @click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
    @click.option(
        "--clients",
        "count",
        type=click.IntRange(1, 20_000),
        default=300,
        show_default=True,
        help=said(language, "客户数。", "How many clients."),
    )
    @click.option(
        "--in-correction",
        type=click.IntRange(0, 20_000),
        default=40,
        show_default=True,
        help=said(language, "其中补正中的。", "How many of them in correction."),
    )
    @language_option(language)
    def example(
        *, folder: Path, count: int, in_correction: int, lang: str | None
    ) -> int:
        from changqing.agency import make_example
        from changqing.catalogue import load_compiled

        with working(said(language, "生成客户…", "Making the clients…")):
            made = make_example(
                load_compiled(),
                folder,
                now=clock(),
                clients=count,
                in_correction=in_correction,
            )
        sheet = Sheet(language)
        sheet.line(
            sheet.t(
                f"在{folder}里造了{made}家虚构的客户。看板：changqing board {folder}",
                f"Made {made} invented clients in {folder}. "
                f"The board: changqing board {folder}",
            )
        )
        return READY
