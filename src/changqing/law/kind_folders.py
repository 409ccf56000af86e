"""Which kind of entry stands in which folder of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from changqing.law.entry import YamlEntry, revive
from changqing.law.kinds.law import LawFact

KINDS: Final[Mapping[str, type[YamlEntry]]] = {
    "law": LawFact,
}

Entries = Mapping[str, Mapping[str, Any]]
"""The entries of each folder, by name."""


def revive_entries(folders: Mapping[str, Mapping[str, Any]]) -> Entries:
    """Make the entries of data that were found right before, as `revive` does."""
    return {
        folder: {name: revive(kind, data) for name, data in folders[folder].items()}
        for folder, kind in KINDS.items()
    }
