"""The rows of a board as JSON, and as the cells of a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, TypedDict, cast

from changqing.agency.columns import BoardColumn
from changqing.agency.rows import COLUMNS, BoardRow, dump_row
from changqing.casework.events import CaseStage
from changqing.jsondata import Json, WordsData
from changqing.law.model import Catalogue
from changqing.report.workbook import Cell
from changqing.text import Language, Text, WordedEnum

_YES: Final = Text("是", "yes")
_OF_STEP: Final = "next."


def find_value(column: BoardColumn, row: BoardRow, today: date) -> Any:
    """Find what a row has in a column on a day."""
    value = getattr(row, column.name)
    return value if column.is_stored else value(today)


def format_cell(
    column: BoardColumn,
    row: BoardRow,
    today: date,
    language: Language,
    catalogue: Catalogue,
) -> Cell:
    """Say in words what a row has in a column; days and numbers stay what they are."""
    match find_value(column, row, today):
        case None | "" | ():
            return None
        case CaseStage():
            return None if row.stage_name is None else row.stage_name.say(language)
        case WordedEnum() as member:
            return member.text.say(language)
        case Text() as text:
            return text.say(language)
        case tuple() as texts:
            return "；".join(text.say(language) for text in texts)
        case bool() as flag:
            return _YES.say(language) if flag else None
        case str() as code if column.labels is not None:
            label = column.labels(catalogue).get(code)
            return code if label is None else label.say(language)
        case int() | date() | str() as plain:
            return plain
        case other:
            raise TypeError(other)


def tabulate_rows(
    rows: Iterable[BoardRow], today: date, language: Language, catalogue: Catalogue
) -> tuple[Sequence[str], Iterable[Sequence[Cell]]]:
    """Give the heads and the cells of the columns that are handed out."""
    columns = [column for column in COLUMNS if column.exported]
    cells = (
        [format_cell(column, row, today, language, catalogue) for column in columns]
        for row in rows
    )
    return [column.label.say(language) for column in columns], cells


class NextStepData(TypedDict):
    """The next step of a case."""

    day: str | None
    days_left: int | None
    provisional: bool
    kind: str | None
    what: WordsData
    actor: str | None


class BoardRowData(TypedDict):
    """A case on the board; what is unknown is null."""

    folder: str
    name: str | None
    credit_code: str | None
    licence: str | None
    scope: str | None
    region: str | None
    stage: str | None
    when: str
    owner: str | None
    next: NextStepData | None
    must_act: str | None
    readiness: str | None
    compliance: str | None
    handing_in: str | None
    cautions: Sequence[WordsData]
    long_term: str | None
    blocking: int | None
    claimed: int | None
    proven: int | None
    proven_until: str | None
    carried_by: WordsData | None
    assessed_on: str | None
    correction_lines: int
    open_correction_lines: int
    report_due: str | None
    delete_personal_on: str | None
    personal: int
    unread_papers: int | None
    open_findings: int | None
    ended: bool
    granted: bool
    archived: bool
    broken: WordsData | None


def make_row_data(row: BoardRow, today: date) -> BoardRowData:
    """Make a row as plain JSON: every column, whatever is unknown as null.

    What belongs to the next step stands in an object of its own, null without a step.
    """
    dumped = dump_row(row)
    data: dict[str, Json] = {}
    step: dict[str, Json] = {}
    for column in COLUMNS:
        if column.key is None:
            continue
        value: Json = (
            dumped[column.name] if column.is_stored else find_value(column, row, today)
        )
        key = column.key or column.name
        if key.startswith(_OF_STEP):
            step[key.removeprefix(_OF_STEP)] = value
            data["next"] = None if row.next_what is None else step
        else:
            data[key] = None if value == "" else value
    return cast("BoardRowData", data)
