"""Facts that stand in the columns of a table: people, months, schedules, shares."""

from __future__ import annotations

from collections.abc import Iterator

from changqing.readers.proposal import PaperPages, ProposedFact, UnclearFact


def find_in_tables(paper: PaperPages) -> Iterator[ProposedFact | UnclearFact]:
    """Find the facts for which `reads` lists columns."""
    _ = paper
    return iter(())
