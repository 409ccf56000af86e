"""The cells of a workbook as text; their reader, a child process, knows no Django."""

from __future__ import annotations

from datetime import date, datetime


def spell_cell(value: object, shown_as: str | None) -> str:
    """Spell what a cell says; a share that is shown as 50% is kept as 0.5."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case int() | float() if "%" in (shown_as or ""):
            return f"{round(value * 100, 6):g}%"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()
