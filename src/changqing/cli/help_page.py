"""Help pages in the language of the reader, folded to fit the terminal.

click measures a text in characters and breaks it at spaces: a Chinese line has none,
and each of its characters is two cells wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import click
from click.formatting import wrap_text

from changqing.text import Language, Text
from changqing.wrap import wrap

_HEADINGS: Final = {
    "Options": Text("选项", "Options"),
    "Commands": Text("命令", "Commands"),
}
_USAGE: Final = Text("用法：", "Usage: ")
_AS_IT_IS: Final = "\b\n"
"""Before a paragraph that click shall not break again."""
_SENTENCE: Final = re.compile(r"(?<=。)|(?<=\.)\s")


class HelpPage(click.HelpFormatter):
    """A help page; `language` is that of its headings."""

    def __init__(self, *, language: Language, **sizes: int | None) -> None:
        super().__init__(**sizes)  # type: ignore[arg-type]  # named as click's are
        self.language = language

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        super().write_usage(prog, args, prefix or _USAGE.say(self.language))

    def write_heading(self, heading: str) -> None:
        """Write a heading of click's or of ours."""
        text = _HEADINGS.get(heading)
        super().write_heading(heading if text is None else text.say(self.language))

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        room = self.width - self.current_indent
        super().write_text(_AS_IT_IS + wrap(_join_lines(text), room))

    def write_dl(
        self,
        rows: Iterable[tuple[str, str]],
        col_max: int = 30,
        col_spacing: int = 2,
    ) -> None:
        """Write terms, each with its explanation beside it."""
        terms = list(rows)
        widest = min(max((len(term) for term, _ in terms), default=0), col_max)
        room = max(self.width - widest - col_spacing - self.current_indent, 10)
        super().write_dl(
            [(term, _AS_IT_IS + wrap(_join_lines(text), room)) for term, text in terms],
            col_max,
            col_spacing,
        )


def _join_lines(text: str) -> str:
    """Paragraphs with one line each."""
    return wrap_text(text, 10**6, preserve_paragraphs=True)


class _HelpContext(click.Context):
    def make_formatter(self) -> HelpPage:
        """Make an empty help page in the language of the program."""
        root = self.find_root().command
        return HelpPage(
            language=root.language
            if isinstance(root, TranslatedGroup)
            else Language.ZH,
            width=self.terminal_width,
            max_width=self.max_content_width,
        )


class TranslatedCommand(click.Command):
    """A command that a list of commands explains in its first sentence, never cut."""

    context_class = _HelpContext

    def get_short_help_str(self, limit: int = 45) -> str:
        """Tell what the command does."""
        return _take_first_sentence(self.help)


Sections = Sequence[tuple[Text, Sequence[str]]]
"""Headings of a list of commands, each with the names of those under it."""


class TranslatedGroup(click.Group):
    """Commands under one name; `language` counts for the outermost alone.

    With `sections` its commands are listed under headings, in that order; what stands
    in none of them comes last.
    """

    context_class = _HelpContext
    command_class = TranslatedCommand
    group_class: type[click.Group] | type[type] | None = type

    def __init__(
        self,
        *arguments: Any,
        language: Language = Language.ZH,
        sections: Sections = (),
        **settings: Any,
    ) -> None:
        super().__init__(*arguments, **settings)
        self.language = language
        self.sections = sections

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands under their headings, or under one."""
        listed = {name for _, names in self.sections for name in names}
        unlisted = [name for name in self.list_commands(ctx) if name not in listed]
        sections = [
            (heading.say(self.language), names) for heading, names in self.sections
        ]
        for heading, names in (*sections, ("Commands", unlisted)):
            commands = ((name, self.get_command(ctx, name)) for name in names)
            rows = [
                (name, command.get_short_help_str())
                for name, command in commands
                if command
            ]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Tell what the commands are about."""
        return _take_first_sentence(self.help)


def _take_first_sentence(text: str | None) -> str:
    return _SENTENCE.split((text or "").strip(), maxsplit=1)[0]
