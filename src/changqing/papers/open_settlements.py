"""What is left of the papers of a case, and what a person settles with one look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from changqing.papers.settle import (
    ReadPaper,
    Settlement,
    SettlementState,
)


def list_open(papers: Sequence[ReadPaper]) -> list[Settlement]:
    """List what a person is asked about: what is in the case already is not.

    Nor is what no criterion reads, unless the case says otherwise.
    """
    return [settlement for settlement in _list_left(papers) if is_asked(settlement)]


def list_unasked(papers: Sequence[ReadPaper]) -> list[Settlement]:
    """List what was read surely and no criterion reads: good for documents alone."""
    return [
        settlement
        for settlement in _list_left(papers)
        if settlement.is_plain and not (is_asked(settlement) or settlement.in_bulk)
    ]


def _list_left(papers: Sequence[ReadPaper]) -> Iterator[Settlement]:
    for about in papers:
        for settlement in about.settlements:
            if (
                settlement.state is not SettlementState.SETTLED
                and settlement.follows is None
            ):
                yield settlement


def is_asked(settlement: Settlement) -> bool:
    """Tell whether a person is asked about it.

    A criterion reads it, or the case differs.
    """
    telling_states = (
        SettlementState.CONFLICT,
        SettlementState.UNFOUND,
        SettlementState.SURE,
    )
    return settlement.asked or settlement.state in telling_states


def group_by_look(open_settlements: Iterable[Settlement]) -> list[list[Settlement]]:
    """Put together what one look settles of the `open_settlements` of a paper.

    That is what is plain on a page; what a page says of one person or holder on whom
    something depends, for a line of a list names somebody once; and what the very same
    words say. Any other key point, and what is unsure or in conflict, stands alone.
    What may be taken in bulk, or was not taken before, is in none of them.
    """
    settlements = [
        settlement
        for settlement in open_settlements
        if not (settlement.in_bulk or settlement.rejected)
    ]
    key_words = {
        (settlement.page, settlement.words)
        for settlement in settlements
        if settlement.key and settlement.is_new and settlement.words
    }
    groups: dict[object, list[Settlement]] = {}
    for settlement in settlements:
        look: object = settlement.name
        if settlement.is_of_member:
            look = settlement.page, settlement.subject
        elif settlement.is_new and (settlement.page, settlement.words) in key_words:
            look = settlement.page, settlement.words
        elif settlement.is_plain:
            look = settlement.page
        groups.setdefault(look, []).append(settlement)
    return list(groups.values())


def holds_key_point(look: Iterable[Settlement]) -> bool:
    """Tell whether something depends on what one look settles."""
    return any(settlement.key for settlement in look)
