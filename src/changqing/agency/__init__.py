"""Many cases in one folder: who must act, clients in and out, what came of it.

Each command needs a part of it: it is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from changqing.agency._choose import Order, Wanted, choose
    from changqing.agency._desk import Deed, DeskJournal, Note, owner_of
    from changqing.agency._example import make_example
    from changqing.agency._index import INDEX, Board, board, case_folders
    from changqing.agency._rows import Row, When

__all__ = [
    "INDEX",
    "Board",
    "Deed",
    "DeskJournal",
    "Note",
    "Order",
    "Row",
    "Wanted",
    "When",
    "board",
    "case_folders",
    "choose",
    "make_example",
    "owner_of",
]

_HOMES = {
    "make_example": "_example",
    "INDEX": "_index",
    "Board": "_index",
    "Deed": "_desk",
    "DeskJournal": "_desk",
    "Note": "_desk",
    "Order": "_choose",
    "Row": "_rows",
    "Wanted": "_choose",
    "When": "_rows",
    "board": "_index",
    "case_folders": "_index",
    "choose": "_choose",
    "owner_of": "_desk",
}


def __getattr__(name: str) -> object:
    """Import a part when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(name)
    value: object = getattr(import_module(f"changqing.agency.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
