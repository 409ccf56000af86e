"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from changqing.text import Text


def find_nearest(word: str, names: Iterable[str]) -> str | None:
    """Find the known word most like this one; None if none is like it."""
    from difflib import get_close_matches  # slow to import, and only faults need it

    close = get_close_matches(word, list(names), n=1, cutoff=0.6)
    return close[0] if close else None


def suggest_word(word: str, names: Iterable[str]) -> Text | None:
    """Ask `是否指 x？` when some known word is near."""
    close = find_nearest(word, names)
    if close is None:
        return None
    return Text(f"是否指 {close}？", f"did you mean {close}?")
