"""Where a person reads. Apart from what commands share: help is shown without Rich."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from changqing.cli.orders import replace_controls


class Terminal(Console):
    """A console on which only its own styles are orders."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """Render what is shown in segments, with plain texts."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else replace_controls(text), style, control)
