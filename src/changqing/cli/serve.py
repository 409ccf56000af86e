"""`changqing serve`: the web application, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from changqing.cli.shared import language_option, say_help
from changqing.errors import ChangqingError, Issue
from changqing.rehearsal.shipped import find_examples
from changqing.text import Language, Text


def add(group: click.Group, language: Language) -> None:
    """Add the command."""

    @group.command(
        "serve",
        help=say_help(
            language,
            "启动网页版：建好数据库，打印地址和一次性登录链接，Ctrl-C停止。"
            "数据放在CHANGQING_HOME。",
            "Start the web application: sets up the database, prints the address and "
            "a one-time sign-in link; Ctrl-C stops it. Data stay in CHANGQING_HOME.",
        ),
    )
    @click.option(
        "--bind",
        default="127.0.0.1:8000",
        show_default=True,
        help=say_help(language, "地址和端口。", "Address and port."),
    )
    @click.option(
        "--examples",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        is_flag=False,
        flag_value=str(find_examples()),
        help=say_help(
            language,
            "装入这个文件夹里的示例项目（不写文件夹就用随程序安装的），"
            "以及300件的示例代办机构。",
            "Load the example cases of this folder (without one, those that came with "
            "the program), and the example agency of 300.",
        ),
    )
    @click.option(
        "--seconds",
        type=click.FloatRange(min=0),
        help=say_help(
            language, "过这么多秒自行停止。", "End by itself after so many seconds."
        ),
    )
    @language_option(language)
    def serve(
        *, bind: str, examples: Path | None, seconds: float | None, lang: str | None
    ) -> int:
        if find_spec("changqing_web") is None or find_spec("django") is None:
            raise ChangqingError(Issue(text=_NOT_THERE))
        command = [sys.executable, "-m", "changqing_web", "serve", "--bind", bind]
        if examples is not None:
            command += ["--examples", str(examples.absolute())]
        if seconds is not None:
            command += ["--seconds", str(seconds)]
        return _become_program(command)


def _become_program(command: list[str]) -> int:
    """Run a program in the place of this one, so that a signal to us reaches it.

    As a child it would go on serving after this process was ended. Where a process
    cannot be replaced (Windows), it is a child of a console that ends both.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if hasattr(os, "fork"):
        os.execv(command[0], command)  # noqa: S606 - our own program
    return subprocess.call(command)  # noqa: S603 - our own program


_NOT_THERE = Text(
    zh="没有安装网页版。请安装：pip install 'changqing[web]'",
    en="the web application is not installed: pip install 'changqing[web]'",
)
