"""The content schedule as the dossier prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from changqing.documents.markup import escape

if TYPE_CHECKING:
    from pathlib import Path

    from changqing.documents.schedule import ContentSchedule

INSERT = "schedule"


def make_schedule_inserts(folder: Path) -> Mapping[str, str]:
    """Write what stands in the place kept for the schedule; nothing without one."""
    from changqing.documents.schedule import load_schedule

    schedule = load_schedule(folder)
    return {} if schedule is None else {INSERT: write_schedule_markdown(schedule)}


def write_schedule_markdown(schedule: ContentSchedule) -> str:
    """Write two tables, by day and by month; who is missing is a visible blank.

    Nobody has to name a column (栏目): without one a dash says that none is meant.
    """
    parts: list[str] = []
    if schedule.items:
        rows = "\n".join(
            f"| {item.on.isoformat()} | {escape(item.topic)} "
            f"| {escape(item.column) or '–'} "
            f"| {_format_person(item.owner, '责任人')} "
            f"| {_format_person(item.reviewer, '审核人')} |"
            for item in schedule.items
        )
        parts.append(
            f"| 日期 | 题材 | 栏目 | 责任人 | 审核人 |\n"
            f"|----|-------|---|---|---|\n{rows}"
        )
    if schedule.months:
        rows = "\n".join(
            f"| {month.month} | {month.items} | {escape(month.topic)} "
            f"| {_format_person(month.owner, '责任人')} "
            f"| {_format_person(month.reviewer, '审核人')} |"
            for month in schedule.months
        )
        parts.append(
            f"| 月份 | 条数 | 题材 | 责任人 | 审核人 |\n"
            f"|---|--|-------|---|---|\n{rows}"
        )
    return "\n\n".join(parts)


def _format_person(name: str, post: str) -> str:
    return escape(name) if name.strip() else f"〔待补：{post}〕"
