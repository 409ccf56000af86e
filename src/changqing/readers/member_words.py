"""What words in the row of a person or holder say: a post, a duty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from changqing.case.subjects import Subject
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.grid import CellText, TableRow
from changqing.readers.layout import Quote
from changqing.readers.proposal import PaperPages
from changqing.readers.values import read_words
from changqing.rules.types import Kind, Value

_SURE: Final = 95


def find_duties(
    paper: PaperPages, row: TableRow, column_of: Mapping[str, str], fact: Fact
) -> CellText | None:
    """Find what somebody does, which tells a post that no column names."""
    if fact.type.kind is Kind.BOOLEAN:
        return None
    cells = (
        row.find_text(column_of[key])
        for key, reading in paper.material.reads.items()
        if key.startswith(f"{fact.subject}.")
        and key in column_of
        and reading.by is FoundBy.WORDS
    )
    return next((cell for cell in cells if cell is not None), None)


def read_member_words(
    paper: PaperPages, subject: Subject, fact: Fact, reading: PaperFact, cell: CellText
) -> tuple[Value, Quote, int] | None:
    """Read the value whose words stand in a cell, where it is, and how sure it is."""
    value_read = read_words(fact, reading.words, cell.quote)
    if value_read is None:
        return None
    # Directors and general managers are whom the register may have as legal
    # representative; which of them it is, the case says.
    role_in_case = paper.names.roles.get(subject)
    leads = value_read.value == "manager" and role_in_case == "legal_representative"
    value = "legal_representative" if leads else value_read.value
    return value, cell.quote, _SURE
