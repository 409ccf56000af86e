"""What all commands share: languages, the console, the clock, exit codes."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from changqing.text import Language, Text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

READY, NOT_YET, MISUSED, UNFINISHED = 0, 1, 2, 3
JSON_VERSION: Final = 1
"""Of every object that `--json` prints; keys are added under the same number."""

Command = TypeVar("Command", bound=Callable[..., Any])


def say_help(language: Language, zh: str, en: str) -> str:
    """Say a help text in the language of the user."""
    return Text(zh=zh, en=en).say(language)


def language_option(language: Language) -> Callable[[Command], Command]:
    """Add `--lang`, read before the command line is parsed, and `--help` in it."""
    lang = click.option(
        "--lang",
        type=click.Choice([choice.value for choice in Language]),
        help=say_help(language, "输出语言。", "Language of the output."),
    )
    help_shown = click.help_option(
        help=say_help(language, "显示用法。", "Show the usage.")
    )
    return lambda command: lang(help_shown(command))


def json_option(language: Language) -> Callable[[Command], Command]:
    """Add `--json`, as `as_json`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=say_help(language, "以JSON输出。", "Print JSON."),
    )


class Day(click.DateTime):
    """A day, as `datetime`; one that lies in no case's years is refused."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Show how a day is written, in the help."""
        return "YYYY-MM-DD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse the day that was typed."""
        from changqing.case.values import NotAValueError, parse_date

        day: datetime = super().convert(value, param, ctx)
        try:
            parse_date(day.date())
        except NotAValueError as error:
            self.fail(error.text.en, param, ctx)
        return day


def as_of_option(language: Language, zh: str, en: str) -> Callable[[Command], Command]:
    """Add `--as-of`: the day by whose law a command goes."""
    return click.option("--as-of", type=Day(), help=say_help(language, zh, en))


def region_option(language: Language, zh: str, en: str) -> Callable[[Command], Command]:
    """Add `--region`, and what it means to leave it out."""
    return click.option(
        "--region",
        help=say_help(
            language,
            f"省份，名称或者两位代码（GB/T 2260），如四川、51{zh}。",
            f"Province, by name or two digits of GB/T 2260, such as 51{en}.",
        ),
    )


def make_folder_type() -> click.Path:
    """Make the type of an argument that is a folder which is there."""
    return click.Path(path_type=Path, file_okay=False, exists=True)


def print_json(data: object) -> None:
    """Print data for another program; an object carries the version of its shape."""
    if isinstance(data, Mapping) and "version" not in data:
        data = {"version": JSON_VERSION, **data}
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def open_terminal() -> Console:
    """Open the terminal where a person reads."""
    from changqing.cli.screen import Terminal

    return Terminal(highlight=False, emoji=False)


def open_terminal_beside() -> Console:
    """Open the terminal where a person reads what is no part of the output."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False)


def escape_markup(text: str) -> str:
    """Write a text so that a terminal of Rich takes no word of it for a style."""
    from rich.markup import escape

    return escape(text)


@contextmanager
def working(on: str) -> Iterator[Status]:
    """Show in a terminal, beside the output, what is being worked on."""
    with open_terminal_beside().status(on) as status:
        yield status


def program() -> str:
    """Name this program as it was called, so that a command can be typed as printed."""
    called, path = Path(sys.argv[0]), Path.cwd()
    if called.name != "changqing":
        return "changqing"
    return str(called.relative_to(path) if called.is_relative_to(path) else called)


def spell_command(*words: str | Path) -> str:
    """Spell a command of this program so that it can be copied as it stands."""
    return shlex.join([program(), *(str(word) for word in words)])


def read_clock() -> datetime:
    """Read the one clock of the command line."""
    return datetime.now(UTC)


def find_own_key_path() -> Path:
    """Find where the signing key of this user lies, and what was seen is remembered."""
    from changqing.evidence.ledger.note import find_default_key_path

    return find_default_key_path(os.environ, Path.home())


def ask(question: str) -> str:
    """Ask for one answer typed by a person; empty when they only press Enter."""
    return str(click.prompt(question, default="", show_default=False))
