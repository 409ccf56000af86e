"""Facts and elements that stand in sentences, by phrases and their opposites."""

from __future__ import annotations

from collections.abc import Iterator

from changqing.readers.proposal import (
    PaperPages,
    ProposedElement,
    ProposedFact,
    UnclearFact,
)


def find_in_prose(
    paper: PaperPages,
) -> Iterator[ProposedFact | UnclearFact | ProposedElement]:
    """Find facts by `phrases` and `words` without labels, elements by their words."""
    _ = paper
    return iter(())
