"""Many cases in one folder: who must act, clients in and out, what came of it.

Each command needs a part of it: it is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from changqing.agency._choose import Order, Wanted, choose
    from changqing.agency._desk import Deed, DeskJournal, Note, owner_of
    from changqing.agency._example import make_example
    from changqing.agency._index import INDEX, Board, board, case_folders, stamp_of
    from changqing.agency._outcomes import Outcomes, Took, count_outcomes
    from changqing.agency._request import Request, record_request, request_papers
    from changqing.agency._rows import Read, Row, When, read_row, read_summary
    from changqing.agency._workbook import (
        Client,
        Fault,
        Preview,
        export_rows,
        make_clients,
        read_clients,
        write_template,
    )

__all__ = [
    "INDEX",
    "Board",
    "Client",
    "Deed",
    "DeskJournal",
    "Fault",
    "Note",
    "Order",
    "Outcomes",
    "Preview",
    "Read",
    "Request",
    "Row",
    "Took",
    "Wanted",
    "When",
    "board",
    "case_folders",
    "choose",
    "count_outcomes",
    "export_rows",
    "make_clients",
    "make_example",
    "owner_of",
    "read_clients",
    "read_row",
    "read_summary",
    "record_request",
    "request_papers",
    "stamp_of",
    "write_template",
]

_HOMES = {
    "Client": "_workbook",
    "Fault": "_workbook",
    "Preview": "_workbook",
    "export_rows": "_workbook",
    "make_clients": "_workbook",
    "read_clients": "_workbook",
    "write_template": "_workbook",
    "Outcomes": "_outcomes",
    "Took": "_outcomes",
    "count_outcomes": "_outcomes",
    "Request": "_request",
    "record_request": "_request",
    "request_papers": "_request",
    "make_example": "_example",
    "INDEX": "_index",
    "Board": "_index",
    "Deed": "_desk",
    "DeskJournal": "_desk",
    "Note": "_desk",
    "Order": "_choose",
    "Read": "_rows",
    "Row": "_rows",
    "Wanted": "_choose",
    "When": "_rows",
    "board": "_index",
    "case_folders": "_index",
    "choose": "_choose",
    "owner_of": "_desk",
    "read_row": "_rows",
    "read_summary": "_rows",
    "stamp_of": "_index",
}


def __getattr__(name: str) -> object:
    """Import a part when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(name)
    value: object = getattr(import_module(f"changqing.agency.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
