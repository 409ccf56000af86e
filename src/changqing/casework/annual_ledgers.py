"""Faults and complaints of one year, from the ledgers among a case's papers.

A ledger is a paper of the kind `maintenance_record` or `complaint_record` kept as CSV.
Times are those of Beijing. Faults that overlap count once; one that is not over counts
to the end of the year. A ledger got before the year was over says nothing of the year
as a whole, and is passed over; nor does a fault ledger without a fault in it tell that
there was none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from changqing.case.model import Case, Paper
from changqing.day import BEIJING
from changqing.errors import CaseError, Issue
from changqing.text import Text

FAULT_RULE: Final = Text(
    zh="可用率 = 1 − 故障时长 ÷ 全年时长；重叠的故障只算一次，没有恢复的算到年末；"
    "不足万分之一的舍去。",
    en="Availability = 1 − time in faults ÷ time of the year; faults that overlap "
    "count once, one that is not over counts to the end of the year; rounded down.",
)
COMPLAINT_RULE: Final = Text(
    zh="按受理日期归入年度；有答复日期的算已答复；用时 = 答复日 − 受理日，按日历天。",
    en="A complaint belongs to the year it was received in; one with a day of reply is "
    "answered; the time is the day of reply less the day received, in calendar days.",
)
_FAULTS: Final = (("开始", "故障开始", "start"), ("恢复", "故障恢复", "end"))
_COMPLAINTS: Final = (
    ("受理日期", "收到", "received"),
    ("答复日期", "答复", "answered"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFault:
    """One entry of a fault ledger; `end` None: not over when it was written."""

    start: datetime
    end: datetime | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One entry of a complaint ledger."""

    received: date
    answered: date | None
    place: str

    @property
    def days(self) -> int | None:
        """How long the answer took; None while there is none."""
        return None if self.answered is None else (self.answered - self.received).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """The entries of one year; None where no ledger covers it."""

    year: int
    faults: tuple[ServiceFault, ...] | None
    fault_paper: Paper | None
    complaints: tuple[Complaint, ...] | None
    complaint_paper: Paper | None

    @property
    def down(self) -> timedelta | None:
        """Time in faults within the year."""
        return None if self.faults is None else time_down(self.faults, self.year)

    @property
    def availability(self) -> int | None:
        """Basis points of the year without a fault, rounded down."""
        return (
            None
            if self.faults is None
            else compute_availability(self.faults, self.year)
        )


def time_down(faults: Iterable[ServiceFault], year: int) -> timedelta | None:
    """Sum the time of a year in faults; those that overlap count once.

    None where the end of one was not written: nobody knows how long it went on.
    """
    start, end = find_year_bounds(year)
    spans: list[tuple[datetime, datetime]] = []
    for fault in faults:
        if fault.end is None:
            return None
        spans.append((max(fault.start, start), min(fault.end, end)))
    spans.sort()
    total, reached = timedelta(), start
    for since, until in spans:
        since = max(since, reached)
        if until > since:
            total += until - since
            reached = until
    return total


def compute_availability(faults: Iterable[ServiceFault], year: int) -> int | None:
    """Compute the share of a year without a fault in basis points, rounded down.

    None as `time_down`.
    """
    start, end = find_year_bounds(year)
    whole, down = end - start, time_down(faults, year)
    return None if down is None else (whole - down) * 10_000 // whole


def find_year_bounds(year: int) -> tuple[datetime, datetime]:
    """Find where a year in Beijing begins, and where the next does."""
    return (
        datetime(year, 1, 1, tzinfo=BEIJING),
        datetime(year + 1, 1, 1, tzinfo=BEIJING),
    )


def read_ledgers(case: Case, year: int, as_of: date) -> Ledgers:
    """Read what the ledgers of the case say of a year, as they were got by `as_of`.

    CaseError names the file and line of an entry that cannot be read.
    """
    faults = _find_newest_ledger(case, "maintenance_record", year, as_of)
    complaints = _find_newest_ledger(case, "complaint_record", year, as_of)
    return Ledgers(
        year=year,
        faults=None if faults is None else select_year(read_faults(case, faults), year),
        fault_paper=faults,
        complaints=None
        if complaints is None
        else tuple(_read_complaints(case, complaints, year, as_of)),
        complaint_paper=complaints,
    )


def list_fault_papers(case: Case) -> tuple[Paper, ...]:
    """List the papers of a case that are fault ledgers to be read."""
    return tuple(_list_ledgers(case, "maintenance_record"))


def find_newest_faults(case: Case, year: int, as_of: date) -> Paper | None:
    """Find the fault ledger that tells of a year, as far as it was got by `as_of`."""
    return _find_newest_ledger(case, "maintenance_record", year, as_of)


def _list_ledgers(case: Case, kind: str) -> Iterator[Paper]:
    for paper in case.papers:
        if paper.kind == kind and paper.file.path.lower().endswith(".csv"):
            yield paper


def _find_newest_ledger(case: Case, kind: str, year: int, as_of: date) -> Paper | None:
    """The last ledger that was got when the year was over."""
    fit = [
        paper
        for paper in _list_ledgers(case, kind)
        if date(year, 12, 31) < paper.true_on and paper.received_on <= as_of
    ]
    return max(fit, key=lambda paper: (paper.true_on, paper.received_on), default=None)


def select_year(
    faults: Iterable[ServiceFault], year: int
) -> tuple[ServiceFault, ...] | None:
    """Select those that touch a year; None without any: no year without a fault."""
    since, until = find_year_bounds(year)
    service_faults = (
        fault
        for fault in faults
        if fault.start < until and (fault.end is None or fault.end > since)
    )
    return tuple(service_faults) or None


def read_faults(case: Case, paper: Paper) -> tuple[ServiceFault, ...]:
    """Read every entry of a fault ledger.

    CaseError names the line that cannot be read.
    """
    return tuple(_read_faults(case, paper))


def _read_faults(case: Case, paper: Paper) -> Iterator[ServiceFault]:
    for place, (began, over) in _read_rows(case, paper, _FAULTS):
        start = _parse_moment(began, paper, place)
        end = _parse_moment(over, paper, place) if over else None
        if end is not None and end < start:
            raise _make_ledger_error(paper, place, _BACKWARDS)
        yield ServiceFault(start=start, end=end, place=f"{paper.file.path}:{place}")


def _read_complaints(
    case: Case, paper: Paper, year: int, as_of: date
) -> Iterator[Complaint]:
    for place, (received_text, answered_text) in _read_rows(case, paper, _COMPLAINTS):
        received = _parse_moment(received_text, paper, place).date()
        answered = (
            _parse_moment(answered_text, paper, place).date() if answered_text else None
        )
        if answered is not None and answered < received:
            raise _make_ledger_error(paper, place, _BACKWARDS)
        if answered is not None and answered > as_of:
            answered = None
        if received.year == year:
            yield Complaint(
                received=received,
                answered=answered,
                place=f"{paper.file.path}:{place}",
            )


def _read_rows(
    case: Case, paper: Paper, columns: Sequence[tuple[str, ...]]
) -> Iterator[tuple[int, tuple[str, str]]]:
    """Line and two cells of each entry, by the names of the columns."""
    try:
        text = case.read_file(paper.file.path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _make_ledger_error(paper, None, _UNREADABLE) from error
    lines = csv.DictReader(io.StringIO(text))
    names = [_find_column(lines.fieldnames or (), headings) for headings in columns]
    first, second = names
    if first is None or second is None:
        raise _make_ledger_error(paper, 1, _describe_missing_columns(columns))
    try:
        for row in lines:
            if any(_read_cell(row, name) for name in (first, second)):
                yield lines.line_num, (_read_cell(row, first), _read_cell(row, second))
    except csv.Error as error:
        raise _make_ledger_error(paper, lines.line_num, _UNREADABLE) from error


def _find_column(names: Iterable[str], headings: tuple[str, ...]) -> str | None:
    """Return the first column whose name is one of `headings`, or None."""
    return next((name for name in names if name.strip().lower() in headings), None)


def _read_cell(row: Mapping[str, str | None], name: str) -> str:
    return (row.get(name) or "").strip()


def _parse_moment(text: str, paper: Paper, line: int) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise _make_ledger_error(
            paper,
            line,
            Text(
                zh=f"“{text}”不是日期，应写成2025-03-01或者2025-03-01 14:30",
                en=f"“{text}” is no day; write 2025-03-01 or 2025-03-01 14:30",
            ),
        ) from None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=BEIJING)
    return moment.astimezone(BEIJING)


def _describe_missing_columns(columns: Sequence[tuple[str, ...]]) -> Text:
    zh, en = (" / ".join(names[place] for names in columns) for place in (0, -1))
    return Text(
        zh=f"台账第一行要有这两栏：{zh}",
        en=f"the first line of the ledger must have the columns {en}",
    )


def _make_ledger_error(paper: Paper, line: int | None, text: Text) -> CaseError:
    return CaseError(Issue(text=text, path=paper.file.path, line=line))


_BACKWARDS: Final = Text("结束早于开始", "it ends before it begins")
_UNREADABLE: Final = Text(
    "台账读不出来，请存成UTF-8的CSV", "the ledger cannot be read; save it as UTF-8 CSV"
)
