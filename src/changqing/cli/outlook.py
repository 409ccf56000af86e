"""`changqing outlook`: how long it will last, each answer beside the others."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from changqing.cli.shared import (
    READY,
    Day,
    find_own_key_path,
    json_option,
    language_option,
    open_terminal,
    print_json,
    read_clock,
    say_help,
)
from changqing.text import Language

if TYPE_CHECKING:
    from changqing.report.model import CaseReport


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "outlook",
        help=say_help(
            language,
            "这项服务能做多久：各项到期日、更新、在线、资金、递交前的变化，各看各的。"
            "不查看网站，不写入证据。",
            "How long the service lasts: endurance, cadence, availability, runway and "
            "recent changes, each by itself. Looks at nothing, writes no evidence.",
        ),
    )
    @click.argument("case", type=click.Path(path_type=Path))
    @click.option(
        "--as-of",
        type=Day(),
        help=say_help(language, "按这一天推算。", "Work out as of this day."),
    )
    @json_option(language)
    @language_option(language)
    def outlook(
        *, case: Path, as_of: datetime | None, as_json: bool, lang: str | None
    ) -> int:
        report = _build_report(case, as_of)
        if as_json:
            from changqing.report.codec import write_outlook

            print_json(write_outlook(report))
        else:
            from changqing.report.outlook import print_outlook

            print_outlook(report, open_terminal(), language)
        return READY


def _build_report(folder: Path, as_of: datetime | None) -> CaseReport:
    from changqing.judge.assess import find_judge
    from changqing.law.compiled import load_compiled
    from changqing.run import run

    outcome = run(
        folder,
        judge=find_judge(load_compiled()),
        clock=read_clock,
        key=find_own_key_path(),
        as_of=None if as_of is None else as_of.date(),
        offline=True,
    )
    return outcome.report
