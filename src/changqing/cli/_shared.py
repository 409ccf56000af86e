"""What all commands share: languages, the console, the clock, exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from changqing.text import Language, Text

READY, NOT_YET, MISUSED, UNFINISHED = 0, 1, 2, 3

Command = TypeVar("Command", bound=Callable[..., Any])


def said(language: Language, zh: str, en: str) -> str:
    """A help text in the language of the user."""
    return Text(zh=zh, en=en).say(language)


def language_option(language: Language) -> Callable[[Command], Command]:
    """`--lang`: read before the command line is parsed, shown here for `--help`."""
    return click.option(
        "--lang",
        type=click.Choice([each.value for each in Language]),
        help=said(language, "输出语言。", "Language of the output."),
    )


def terminal() -> Console:
    """Where a person reads."""
    return Console(highlight=False, emoji=False)


def program() -> str:
    """How this program was called, so that the next command can be typed as printed."""
    called, here = Path(sys.argv[0]), Path.cwd()
    if called.name != "changqing":
        return "changqing"
    return str(called.relative_to(here) if called.is_relative_to(here) else called)


def clock() -> datetime:
    """The one clock of the command line."""
    return datetime.now(UTC)


def ask(question: str) -> str:
    """One answer typed by a person; empty when they only press Enter."""
    return str(click.prompt(question, default="", show_default=False))
