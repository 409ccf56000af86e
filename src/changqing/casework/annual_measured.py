"""What stands behind a report's service figures, to be counted again by anybody.

Three tables: availability by service as checks from outside saw it, the time each
complaint took, and complaints by month. Each row carries the rule it was counted by and
how to count it again; the checks themselves are a fourth table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.casework.annual_ledgers import (
    COMPLAINT_RULE,
    FAULT_RULE,
    Ledgers,
    find_year_bounds,
)
from changqing.day import BEIJING
from changqing.errors import DocumentError, Issue
from changqing.evidence.model import Attempt
from changqing.evidence.observations import Observation, ObservationKind
from changqing.jsondata import write_day
from changqing.outlook.availability import RULE, Account, Blind, UpCheck, sum_account
from changqing.text import Language, Text, guard_formula

Cell = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One service over a year, by the checks that were made of it."""

    service: Subject
    checks: tuple[UpCheck, ...]
    account: Account

    @property
    def basis_points(self) -> int | None:
        """Time up over time observed, rounded down; None when nothing was observed."""
        account = self.account
        return account.up * 10_000 // account.observed if account.observed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of an export: its file name, its heads, its rows."""

    name: str
    title: Text
    heads: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]


def measure_year(
    case: Case,
    attempts: Iterable[Attempt],
    observations: Iterable[Observation],
    year: int,
    now: datetime,
) -> tuple[Measured, ...]:
    """Measure the availability of each service in a year, up to `now`.

    A look at which our own network was in doubt leaves the time up to the next one
    unobserved.
    """
    since, until = find_year_bounds(year)
    end = max(since, min(until, now))
    tried, all_observations = tuple(attempts), tuple(observations)
    measured = []
    for service in case.services:
        subject = service.subject
        mine = sorted(
            (attempt for attempt in tried if attempt.subject == subject),
            key=lambda attempt: attempt.at,
        )
        watched = [
            observation
            for observation in all_observations
            if observation.subject == subject
        ]
        checks = {
            *(UpCheck(at=o.at, up=o.answered) for o in mine if o.answered is not None),
            *(
                UpCheck(at=observation.at, up=observation.value == 1)
                for observation in watched
                if observation.kind is ObservationKind.CHECK
            ),
        }
        blind = [
            *(
                Blind(start=check.at, end=after.at)
                for check, after in pairwise(mine)
                if check.answered is None
            ),
            *(
                Blind(
                    start=observation.at,
                    end=observation.at + timedelta(seconds=observation.value or 0),
                )
                for observation in watched
                if observation.kind is ObservationKind.BLIND
            ),
        ]
        ordered = sorted(checks, key=lambda check: (check.at, check.up))
        measured.append(
            Measured(
                service=subject,
                checks=tuple(c for c in ordered if since <= c.at < end),
                account=sum_account(ordered, since, end, blind),
            )
        )
    return tuple(measured)


def make_tables(
    services: Sequence[Measured], ledgers: Ledgers, language: Language
) -> tuple[Table, ...]:
    """Make the tables of a year, each row with its rule and how to count it again."""
    rule, again = (
        _make_column("口径", "rule"),
        _make_column("怎样重算", "how to count again"),
    )
    tables = [
        Table(
            name="availability",
            title=Text("可用率", "Availability"),
            heads=(
                _make_column("来源", "source"),
                _make_column("起", "since"),
                _make_column("检查次数", "checks"),
                _make_column("有效观察秒数", "seconds observed"),
                _make_column("在线秒数", "seconds up"),
                _make_column("中断次数", "outages"),
                _make_column(
                    "可用率（万分比，向下取整）", "availability in ten-thousandths"
                ),
                rule,
                again,
            ),
            rows=tuple(_tabulate_availability(services, ledgers, language)),
        ),
        Table(
            name="replies",
            title=Text("投诉答复用时", "Time to answer complaints"),
            heads=(
                _make_column("台账位置", "place in the ledger"),
                _make_column("受理日", "received"),
                _make_column("答复日", "answered"),
                _make_column("用时（天）", "days"),
                rule,
                again,
            ),
            rows=tuple(
                (
                    complaint.place,
                    complaint.received.isoformat(),
                    write_day(complaint.answered),
                    complaint.days,
                    COMPLAINT_RULE.say(language),
                    _OF_A_ROW.say(language),
                )
                for complaint in ledgers.complaints or ()
            ),
        ),
        Table(
            name="complaints",
            title=Text("投诉件数", "Complaints"),
            heads=(
                _make_column("月份", "month"),
                _make_column("受理", "received"),
                _make_column("已答复", "answered"),
                _make_column("最长用时（天）", "longest, days"),
                _make_column("中位用时（天）", "median, days"),
                rule,
                again,
            ),
            rows=tuple(_tabulate_months(ledgers, language)),
        ),
        Table(
            name="checks",
            title=Text("检查记录", "Checks"),
            heads=(
                _make_column("服务", "service"),
                _make_column("时刻（UTC）", "at (UTC)"),
                _make_column("应答（1是0否）", "answered (1 yes, 0 no)"),
            ),
            rows=tuple(
                (
                    service.service.id,
                    check.at.astimezone(UTC).isoformat(),
                    int(check.up),
                )
                for service in services
                for check in service.checks
            ),
        ),
        Table(
            name="faults",
            title=Text("故障台账", "Fault ledger"),
            heads=(
                _make_column("台账位置", "place in the ledger"),
                _make_column("开始", "start"),
                _make_column("恢复", "end"),
            ),
            rows=tuple(
                (
                    fault.place,
                    fault.start.isoformat(),
                    write_day(fault.end),
                )
                for fault in ledgers.faults or ()
            ),
        ),
    ]
    return tuple(tables)


def _tabulate_availability(
    services: Sequence[Measured], ledgers: Ledgers, language: Language
) -> Iterable[tuple[Cell, ...]]:
    for service in services:
        account = service.account
        yield (
            service.service.id,
            account.since.astimezone(BEIJING).isoformat(),
            account.checks,
            round(account.observed.total_seconds()),
            round(account.up.total_seconds()),
            len(account.outages),
            service.basis_points,
            RULE.say(language),
            _OF_CHECKS.say(language),
        )
    if ledgers.down is not None and ledgers.fault_paper is not None:
        since, until = find_year_bounds(ledgers.year)
        whole = until - since
        yield (
            ledgers.fault_paper.file.path,
            since.isoformat(),
            None,
            round(whole.total_seconds()),
            round((whole - ledgers.down).total_seconds()),
            len(ledgers.faults or ()),
            ledgers.availability,
            FAULT_RULE.say(language),
            _OF_FAULTS.say(language),
        )


def _tabulate_months(
    ledgers: Ledgers, language: Language
) -> Iterable[tuple[Cell, ...]]:
    every = ledgers.complaints
    if every is None:
        return
    groups: list[tuple[str, list[int]]] = [
        (f"{ledgers.year}-{month:02}", [month]) for month in range(1, 13)
    ]
    groups.append((Text("全年", "whole year").say(language), list(range(1, 13))))
    for name, months in groups:
        mine = [complaint for complaint in every if complaint.received.month in months]
        days = [complaint.days for complaint in mine if complaint.days is not None]
        yield (
            name,
            len(mine),
            len(days),
            max(days, default=None),
            int(median(days)) if days else None,
            COMPLAINT_RULE.say(language),
            _OF_MONTHS.say(language),
        )


def write_csv(table: Table, language: Language) -> str:
    """Write a table as CSV that spreadsheets read as text, never as a formula."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow([head.say(language) for head in table.heads])
    for row in table.rows:
        write.writerow([_format_cell(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def write_workbook(every: Sequence[Table], language: Language) -> bytes:
    """Write all tables as one XLSX file; DocumentError without the `office` extra."""
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise DocumentError(Issue(text=_NO_OPENPYXL)) from error
    book = Workbook()
    book.remove(book.active)
    for table in every:
        sheet = book.create_sheet(table.title.say(language))
        for place, head in enumerate(table.heads, start=1):
            sheet.cell(row=1, column=place, value=head.say(language))
        for line, row in enumerate(table.rows, start=2):
            for place, cell in enumerate(row, start=1):
                filled = sheet.cell(row=line, column=place, value=cell)
                if isinstance(cell, str):
                    filled.data_type = "s"
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def make_tables_data(
    every: Sequence[Table], language: Language
) -> Mapping[str, Sequence[Mapping[str, Cell]]]:
    """Make the tables as JSON: rows by the heads in English, whatever the language."""
    return {
        table.name: [
            {head.en: cell for head, cell in zip(table.heads, row, strict=True)}
            for row in table.rows
        ]
        for table in every
    }


def _format_cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return guard_formula(cell)
    return "" if cell is None else cell


def _make_column(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


_OF_CHECKS: Final = Text(
    "取checks表中该服务的记录，按口径逐段相加：在线秒数 ÷ 有效观察秒数。",
    "Take the rows of the service in the table checks and add them up by the rule: "
    "seconds up ÷ seconds observed.",
)
_OF_FAULTS: Final = Text(
    "取faults表，合并重叠的时段相加，再按口径计算。",
    "Take the table faults, join what overlaps, add up, and apply the rule.",
)
_OF_A_ROW: Final = Text("答复日减受理日。", "Day of reply less day received.")
_OF_MONTHS: Final = Text(
    "按受理日的月份数replies表；中位数舍去小数。",
    "Count the rows of replies by the month received; the median is rounded down.",
)
_NO_OPENPYXL: Final = Text(
    "写XLSX要装office一组：pip install 'changqing[office]'",
    "XLSX needs the office extra: pip install 'changqing[office]'",
)
