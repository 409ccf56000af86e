"""A content schedule from a table: CSV or XLSX in, `schedule.yaml` out.

Every wrong cell is told with its row; nothing is written while one is wrong.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from changqing.case.values import NotAValueError, parse_date, spell_date
from changqing.disk import Disk
from changqing.documents.schedule import SCHEDULE_FILE
from changqing.errors import CaseError, Issue
from changqing.sheet import SheetLimits, read_sheet_apart
from changqing.text import Text
from changqing.yamlfile.edit import quote

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "on": ("日期", "date", "day", "on"),
    "topic": ("题材", "主题", "内容", "topic", "title"),
    "column": ("栏目", "column", "section"),
    "owner": ("责任人", "负责人", "owner"),
    "reviewer": ("审核人", "审核", "reviewer"),
    "source": ("来源", "内容来源", "source"),
}
_NEEDED: Final = ("on", "topic")


def import_schedule(table: Path, folder: Path, *, replace: bool) -> int:
    """Write the schedule of the case in `folder` from `table`; gives the items.

    Raises CaseError with every wrong row, and where there is a schedule already unless
    `replace`.
    """
    target = folder / SCHEDULE_FILE
    if target.exists() and not replace:
        raise CaseError(Issue(text=_THERE, path=str(target), hint=_REPLACE))
    rows = _read_rows(table)
    items = _read_items(table, rows)
    lines = [
        "# 由表格导入；可以直接改。Imported from a table; edit as you like.",
        "items:",
    ]
    lines += [
        "  - {" + ", ".join(f"{name}: {value}" for name, value in item.items()) + "}"
        for item in items
    ]
    try:
        Disk(inside=folder).replace(target, ("\n".join(lines) + "\n").encode())
    except OSError as problem:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(target))) from problem
    return len(items)


def _read_items(table: Path, rows: Sequence[Sequence[object]]) -> list[dict[str, str]]:
    """Read the items of a table; CaseError names every row at fault."""
    if not rows:
        raise CaseError(Issue(text=_EMPTY, path=str(table)))
    places = _read_heads(table, rows[0])
    items: list[dict[str, str]] = []
    issues: list[Issue] = []
    for number, cells in enumerate(rows[1:], start=2):
        row_values = {
            name: _read_word(cells[place]) if place < len(cells) else ""
            for name, place in places.items()
        }
        if not any(row_values.values()):
            continue
        item: dict[str, str] = {}
        for name, value in row_values.items():
            if name == "on":
                try:
                    item[name] = parse_date(spell_date(value)).isoformat()
                except NotAValueError:
                    issues.append(
                        Issue(
                            text=Text(f"日期“{value}”看不懂", f"“{value}” is no day"),
                            path=str(table),
                            line=number,
                            hint=Text(
                                "写成2027-01-15的样子", "write it like 2027-01-15"
                            ),
                        )
                    )
            elif name == "topic" and not value:
                issues.append(
                    Issue(
                        text=Text("没有题材", "has no topic"),
                        path=str(table),
                        line=number,
                        hint=Text("填上这一格", "fill in this cell"),
                    )
                )
            elif value:
                item[name] = quote(value)
        items.append(item)
    if issues:
        raise CaseError(*issues)
    if not items:
        raise CaseError(Issue(text=_EMPTY, path=str(table)))
    return items


def _read_heads(table: Path, cells: Sequence[object]) -> dict[str, int]:
    typed = [_read_word(cell).casefold() for cell in cells]
    places = {
        name: place
        for name, spellings in _COLUMNS.items()
        for place, head in enumerate(typed)
        if head in spellings
    }
    missing = [_COLUMNS[name][0] for name in _NEEDED if name not in places]
    if missing:
        raise CaseError(
            Issue(
                text=Text(
                    f"第一行没有这些列：{'、'.join(missing)}",
                    f"the first row lacks the columns {', '.join(missing)}",
                ),
                path=str(table),
                line=1,
                hint=Text(
                    "可用的列：日期、题材、栏目、责任人、审核人、来源",
                    "columns: date, topic, column, owner, reviewer, source",
                ),
            )
        )
    return places


def _read_word(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else " ".join(str(cell).split())


def _read_rows(table: Path) -> list[list[object]]:
    try:
        if table.stat().st_size > _LIMITS.packed:
            raise CaseError(Issue(text=_TOO_LARGE, path=str(table)))
        rows = (
            _read_sheet(table) if table.suffix.lower() == ".xlsx" else _read_csv(table)
        )
    except OSError as problem:
        raise CaseError(Issue(text=_UNREADABLE, path=str(table))) from problem
    if len(rows) > _LIMITS.rows + 1:
        raise CaseError(Issue(text=_TOO_LARGE, path=str(table)))
    return rows


def _read_csv(table: Path) -> list[list[object]]:
    content = table.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return [list(row) for row in csv.reader(io.StringIO(text), strict=True)]
        except csv.Error as problem:
            raise CaseError(
                Issue(text=_UNREADABLE, path=str(table), hint=_SAVE_AGAIN)
            ) from problem
    raise CaseError(Issue(text=_UNREADABLE, path=str(table), hint=_SAVE_AGAIN))


def _read_sheet(table: Path) -> list[list[object]]:
    try:
        return read_sheet_apart(table, _LIMITS)[1]
    except ImportError as problem:
        raise CaseError(
            Issue(text=_NO_OFFICE, path=str(table), hint=_INSTALL)
        ) from problem


_THERE: Final = Text("已经有了，没有改动", "is there already and was left as it is")
_REPLACE: Final = Text(
    "要换掉它，加--replace", "to put the new one in its place: --replace"
)
_EMPTY: Final = Text("表里没有内容", "the table has no rows")
_TOO_LARGE: Final = Text("表太大", "the table is too large")
_UNREADABLE: Final = Text("这张表读不了", "this table cannot be read")
_SAVE_AGAIN: Final = Text(
    "另存为CSV（UTF-8）或者xlsx再试", "save it as CSV (UTF-8) or xlsx"
)
_LIMITS: Final = SheetLimits(
    rows=5_000,
    columns=256,
    packed=5_000_000,
    unpacked=100_000_000,
    hint=_SAVE_AGAIN,
)
_NO_OFFICE: Final = Text("没有装读xlsx的部件", "the part that reads xlsx is missing")
_INSTALL: Final = Text(
    "请装 changqing[office]，或者另存为CSV",
    "install changqing[office], or save it as CSV",
)
_UNWRITABLE: Final = Text("写不进项目文件夹", "the case folder cannot be written to")
