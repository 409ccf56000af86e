"""The lines of one cell of a table on a page, which says nowhere what a cell is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from changqing.readers.flow import Token


def order_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """Give the words of a cell line by line: what stands under other words is lower."""
    lines: list[list[Token]] = []
    for token in sorted(tokens, key=lambda token: token.y):
        line = lines[-1] if lines else [token]
        beside = all(
            token.box.left >= other.box.right or other.box.left >= token.box.right
            for other in line
        )
        if lines and beside and token.y - line[0].y < 0.5 * token.height:
            line.append(token)
        else:
            lines.append([token])
    for line in lines:
        yield from sorted(line, key=lambda token: token.x)
