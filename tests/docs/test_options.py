"""An option that a command takes is told of on a page, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from changqing.cli.main import _make_group
from changqing.text import Language

ROOT = Path(__file__).resolve().parents[2]


def list_options(command: click.Command, name: str = "") -> Iterator[tuple[str, str]]:
    """List the commands of the tree below one, each with the options it takes."""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            yield name, max(parameter.opts, key=len)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            yield from list_options(below, f"{name} {word}".strip())


@pytest.mark.parametrize("chinese", [False, True], ids=["English", "Chinese"])
def test_every_option_stands_on_a_page(chinese: bool) -> None:
    pages = [
        page
        for page in [*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")]
        if page.name.endswith(".zh-CN.md") is chinese
    ]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    options = set(list_options(_make_group(Language.EN)))
    assert len(options) > 300
    assert {option for option in options if option[1] not in text} == set()
