"""`changqing mcp`: what an assistant may ask, over stdio."""

from __future__ import annotations

from pathlib import Path

import click

from changqing import __version__
from changqing.cli.shared import (
    READY,
    find_own_key_path,
    language_option,
    read_clock,
    say_help,
)
from changqing.text import Language


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "mcp",
        help=say_help(
            language,
            "让智能助手查规定、看项目（MCP协议，标准输入输出）：只读，不设任何结论、"
            "事实和事件。CASES是放项目的文件夹，不写就只查规定。",
            "Let an assistant look up rules and read cases (MCP over stdio): read "
            "only, it sets no verdict, fact or event. CASES is the folder of cases; "
            "without it, the rules alone.",
        ),
    )
    @click.argument(
        "cases",
        required=False,
        type=click.Path(path_type=Path, file_okay=False, exists=True),
    )
    @language_option(language)
    def serve_assistant(*, cases: Path | None, lang: str | None) -> int:
        import mcp  # noqa: F401 - says which extra is missing before anything is read

        from changqing.assistant import CaseFolders, ReadingDesk, make_server
        from changqing.law.compiled import load_compiled
        from changqing.papers.cache import leave_folders_alone

        catalogue = load_compiled()
        folders = None
        if cases is not None:
            folders = CaseFolders(
                folder=cases,
                catalogue=catalogue,
                key=find_own_key_path(),
                clock=read_clock,
            )
        desk = ReadingDesk(
            catalogue=catalogue,
            cases=folders,
            bundles=folders,
            clock=read_clock,
            language=language,
        )
        with leave_folders_alone():
            make_server(desk, __version__).run("stdio")
        return READY
