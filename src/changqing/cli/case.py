"""`changqing case`: where a case stands, what happened, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from changqing.cli.annual import add_annual
from changqing.cli.correct import add_correcting
from changqing.cli.desk import Desk
from changqing.cli.erase import add_erasing
from changqing.cli.given import choose_day
from changqing.cli.help_page import TranslatedGroup
from changqing.cli.papers import add_papers
from changqing.cli.reasons import show_reasons
from changqing.cli.review import add_review
from changqing.cli.shared import (
    READY,
    Command,
    Day,
    as_of_option,
    json_option,
    language_option,
    say_help,
)
from changqing.text import Language

_WHO: Final = ("谁办的。", "Who did it.")
_RECEIVED: Final = (
    "correction",
    "acceptance",
    "non_acceptance",
    "grant",
    "refusal",
    "licence",
    "deregistration",
)


class _StatusUnlessSaid(TranslatedGroup):
    """A case alone, options or not, is a question about its status."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = [arg.startswith("-") for arg in args[:2]]
        if options in ([False], [False, True]):
            args = [args[0], "status", *args[1:]]
        return super().parse_args(ctx, args)


def add(group: click.Group, language: Language) -> None:
    """Add the command and those below it."""

    @group.group(
        "case",
        cls=_StatusUnlessSaid,
        invoke_without_command=True,
        help=say_help(
            language,
            "办理：走到哪一步、下一个日子、该谁办；递交、补正、受理、决定都记在项目里。",
            "A case: how far it has come, the next day, who must act; handing in, "
            "corrections and decisions are recorded in its folder.",
        ),
    )
    @click.argument(
        "case", required=False, type=click.Path(path_type=Path, file_okay=False)
    )
    @click.option(
        "--reasons",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help=say_help(
            language,
            "数一数这个文件夹里各项目被要求补正的原因。",
            "Count why papers came back over the cases of this folder.",
        ),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_context
    def command(
        context: click.Context,
        *,
        case: Path | None,
        reasons: Path | None,
        as_json: bool,
        lang: str | None,
    ) -> None:
        if reasons is not None:
            show_reasons(reasons, language, as_json=as_json)
            context.exit(READY)
        if case is None:
            raise click.UsageError(
                say_help(language, "要写明项目文件夹", "name the folder of the case"),
                context,
            )
        context.obj = Desk(case, language)
        if context.invoked_subcommand is None:
            context.obj.show(choose_day(None), as_json=as_json)

    _add_reading(command, language)
    _add_recording(command, language)
    add_correcting(command, language)
    add_annual(command, language)
    add_erasing(command, language)
    add_papers(command, language)
    add_review(command, language)


def _add_reading(command: click.Group, language: Language) -> None:
    @command.command(
        "status",
        help=say_help(
            language,
            "阶段、起始日、下一个日子、该谁办、过了会怎样。",
            "Stage, since when, the next day, who acts, what happens after it.",
        ),
    )
    @as_of_option(
        language, "按这一天看，默认今天。", "As of this day; today by default."
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def status(
        desk: Desk, *, as_of: datetime | None, as_json: bool, lang: str | None
    ) -> int:
        desk.show(choose_day(as_of), as_json=as_json)
        return READY

    @command.command(
        "events",
        help=say_help(language, "记过的事，按先后。", "What was recorded, in order."),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def events(desk: Desk, *, as_json: bool, lang: str | None) -> int:
        desk.list_events(as_json=as_json)
        return READY


def _add_recording(command: click.Group, language: Language) -> None:
    @command.command(
        "submit",
        help=say_help(
            language,
            "记下递交：申请、补正材料、年报、变更、延续或者终止。",
            "Record that something was handed in: the application, a correction, the "
            "report, an amendment, a renewal or the end.",
        ),
    )
    @_add_recording_options(language)
    @click.pass_obj
    def submit(desk: Desk, /, *, lang: str | None, **options: Any) -> int:
        return desk.record("submit", **options)

    @command.command(
        "receive",
        help=say_help(
            language,
            "记下机关来的文书。\n\nWHAT写：correction 补正通知，acceptance 受理，"
            "non_acceptance 不予受理，grant 准予，refusal 不予许可，licence 许可证，"
            "deregistration 注销。",
            "Record what came from the authority.\n\n"
            f"WHAT is one of: {', '.join(_RECEIVED)}.",
        ),
    )
    @click.argument("what", type=click.Choice(_RECEIVED), metavar="WHAT")
    @click.option(
        "--until",
        type=Day(),
        help=say_help(
            language,
            "补正通知写明的期限，或者许可证的有效期届满日。",
            "The day a correction notice sets, or the last day of a licence.",
        ),
    )
    @click.option(
        "--number",
        "licence_number",
        help=say_help(
            language,
            "许可证编号，照许可证写；只和licence一起写。",
            "The number on the licence; with licence alone.",
        ),
    )
    @_add_recording_options(language)
    @click.pass_obj
    def receive(desk: Desk, /, *, what: str, lang: str | None, **options: Any) -> int:
        if options["licence_number"] and what != "licence":
            raise click.UsageError(
                say_help(
                    language,
                    "--number只和licence一起写",
                    "--number goes with licence alone",
                )
            )
        return desk.record(what, **options)

    @command.command(
        "begin",
        help=say_help(
            language,
            "持证期间开始办一件事，如annual_report、amend_registration、renew、stop。",
            "Begin something under a licence: annual_report, amend_registration, "
            "renew, stop and others.",
        ),
    )
    @click.argument("matter")
    @click.option(
        "--start",
        "starts",
        multiple=True,
        metavar="KEY=DATE",
        help=say_help(
            language,
            "程序起算的日子，如planned=2026-12-31；名称见changqing procedure。",
            "A day the procedure counts from, such as planned=2026-12-31; changqing "
            "procedure lists them.",
        ),
    )
    @_add_recording_options(language)
    @click.pass_obj
    def begin(desk: Desk, /, *, lang: str | None, **options: Any) -> int:
        return desk.record("begin", **options)

    @command.command(
        "withdraw",
        help=say_help(language, "撤回正在办的事。", "Withdraw what is under way."),
    )
    @_add_recording_options(language)
    @click.pass_obj
    def withdraw(desk: Desk, /, *, lang: str | None, **options: Any) -> int:
        return desk.record("withdraw", **options)

    @command.command(
        "operate",
        help=say_help(
            language,
            "许可证已收到：把case.yaml的阶段从申请改为持证经营，并写明凭哪条记录。",
            "The licence was received: set the stage in case.yaml from applying to "
            "operate, and say by which entry.",
        ),
    )
    @language_option(language)
    @click.pass_obj
    def operate(desk: Desk, /, *, lang: str | None) -> int:
        return desk.start_operating()

    @command.command(
        "archive",
        help=say_help(
            language,
            "归档：不再列出，文件夹里什么也不少；--back放回列表。",
            "Put the case away: it is listed no longer, and nothing in its folder is "
            "gone; --back lists it again.",
        ),
    )
    @click.option(
        "--back", is_flag=True, help=say_help(language, "放回列表。", "List it again.")
    )
    @click.option("--by", required=True, help=say_help(language, *_WHO))
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def archive(
        desk: Desk, /, *, back: bool, by: str, as_json: bool, lang: str | None
    ) -> int:
        return desk.archive(by, restore=back, as_json=as_json)

    @command.command(
        "undo",
        help=say_help(
            language,
            "撤销最后一条记录：记错了用。再撤销一次，撤的是前一条；撤销也留在记录里。",
            "Take back the last entry, recorded by mistake; once more, and the one "
            "before it is taken back. Nothing is deleted.",
        ),
    )
    @click.option("--by", required=True, help=say_help(language, *_WHO))
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def undo(desk: Desk, /, *, by: str, as_json: bool, lang: str | None) -> int:
        return desk.undo(by, as_json=as_json)


def _add_recording_options(language: Language) -> Callable[[Command], Command]:
    """The options of every command that records: when, by whom, with which paper."""
    options = [
        click.option(
            "--on",
            type=Day(),
            help=say_help(language, "哪一天，默认今天。", "The day; today by default."),
        ),
        click.option("--by", required=True, help=say_help(language, *_WHO)),
        click.option(
            "--paper",
            help=say_help(
                language,
                "凭哪份材料：case.yaml里papers的id。",
                "The paper for it: its id under papers in case.yaml.",
            ),
        ),
        json_option(language),
        language_option(language),
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
