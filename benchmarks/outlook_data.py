"""The folders `cadence` and `uptime`: sites, what was seen of them, and what followed.

Rows and outcomes are those of `backtest_h*.csv`; what the models read is counted here
from `events.csv.gz` and `checks.csv.gz`, by the functions that the product uses.
Sources of kind S4 stand in no backtest: their rows are made here, for the transfer
check alone.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from changqing.outlook.availability import (
    PAST_DAYS,
    TARGET_PER_CENT,
    Account,
    Blind,
    UpCheck,
    sum_account,
)
from changqing.outlook.cadence import count_active_weeks

CUTS = tuple(date(year, month, 15) for year in range(2023, 2027) for month in (2, 8))[
    1:7
]
TRANSFER = "S4"
_LEAST_DAYS, _LEAST_WATCHED, _AT_RISK, _TAIL = 3, 180, 365, 8
_DAY = timedelta(days=1)
EVER = timedelta(days=36_500)
"""A monitor's daily trace shows that it worked, and it writes down changes alone."""


class LayoutError(Exception):
    """The folder is not as benchmarks/README.md describes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One site on the day `cut`: what was seen before, and whether it went on.

    `days` are the days with an item in [watched_from, cut), in order; `silence` is the
    number of days from the last one to `cut`.
    """

    site: str
    cut: date
    horizon: int
    watched_from: date
    days: tuple[date, ...]
    at_risk: bool
    published: bool

    @property
    def silence(self) -> int:
        """Days from the last item to the cut, 1 or more."""
        return (self.cut - self.days[-1]).days

    @property
    def weeks(self) -> int:
        """Calendar weeks of the last 52 with an item."""
        return count_active_weeks(self.days, self.cut - _DAY)

    def bins(self, days: int) -> int:
        """Distinct bins of seven days, counted back from the cut, with an item."""
        ago = ((self.cut - day).days for day in self.days)
        return len({(past - 1) // 7 for past in ago if past <= days})

    @property
    def gaps(self) -> tuple[int, ...]:
        """Days between one item and the next."""
        following = zip(self.days, self.days[1:], strict=False)
        return tuple((later - day).days for day, later in following)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorRow:
    """One service on the day `cut`: its last 90 days and whether it reached 99 %."""

    site: str
    monitor: str
    cut: date
    past: Account
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One service: its checks in order, the days without trace, when watching ended."""

    site: str
    monitor: str
    checks: tuple[UpCheck, ...]
    blind: tuple[Blind, ...]
    until: datetime


def read_rows(path: Path, *columns: str) -> Iterator[Mapping[str, str]]:
    """The rows of a CSV file, plain or gzipped. Raises LayoutError."""
    opening = gzip.open if path.suffix == ".gz" else open
    try:
        with opening(path, "rt", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise LayoutError(f"{path}:1: needs {', '.join(sorted(missing))}")
            yield from reader
    except (OSError, EOFError, csv.Error, UnicodeDecodeError) as error:
        raise LayoutError(f"{path}: {error}") from error


# -- cadence


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site of `sites.csv` with the days it published."""

    id: str
    source: str
    kind: str
    watched_from: date
    watched_to: date
    days: tuple[date, ...]


def read_sites(folder: Path) -> dict[str, Site]:
    """The sites of `DIR/cadence`. Raises LayoutError."""
    days: dict[str, set[date]] = defaultdict(set)
    events = folder / "events.csv.gz"
    sites = folder / "sites.csv"
    needed = ("site_id", "source", "kind", "watch_start", "watch_end")
    try:
        for row in read_rows(events, "site_id", "date"):
            days[row["site_id"]].add(date.fromisoformat(row["date"]))
        return {
            row["site_id"]: Site(
                id=row["site_id"],
                source=row["source"],
                kind=row["kind"],
                watched_from=date.fromisoformat(row["watch_start"]),
                watched_to=date.fromisoformat(row["watch_end"]),
                days=tuple(sorted(days[row["site_id"]])),
            )
            for row in read_rows(sites, *needed)
        }
    except ValueError as error:
        raise LayoutError(f"{folder}: {error}") from error


def backtest(folder: Path, sites: Mapping[str, Site], horizon: int) -> list[SiteRow]:
    """The rows of `backtest_h180.csv` or `backtest_h365.csv`. Raises LayoutError."""
    path = folder / f"backtest_h{horizon}.csv"
    rows = []
    for number, row in enumerate(
        read_rows(path, "site_id", "cut", "at_risk", "published_in_window"), start=2
    ):
        try:
            site, cut = sites[row["site_id"]], date.fromisoformat(row["cut"])
        except (KeyError, ValueError) as error:
            raise LayoutError(f"{path}:{number}: {error!r}") from error
        site_row = _site_row(site, cut, horizon)
        if not site_row.days:
            raise LayoutError(f"{path}:{number}: no item of this site before the cut")
        rows.append(
            replace(
                site_row,
                at_risk=row["at_risk"] == "1",
                published=row["published_in_window"] == "1",
            )
        )
    return rows


def transfer(sites: Mapping[str, Site], horizon: int) -> list[SiteRow]:
    """Rows of sources that no backtest holds, by the same protocol."""
    rows = []
    for site in sites.values():
        if not site.source.startswith(TRANSFER):
            continue
        for cut in CUTS:
            watched = site.watched_from <= cut - _LEAST_WATCHED * _DAY
            followed = site.watched_to >= cut + (horizon - _TAIL) * _DAY
            row = _site_row(site, cut, horizon)
            if watched and followed and len(row.days) >= _LEAST_DAYS and row.at_risk:
                rows.append(row)
    return rows


def _site_row(site: Site, cut: date, horizon: int) -> SiteRow:
    before = tuple(day for day in site.days if site.watched_from <= day < cut)
    end = cut + horizon * _DAY
    return SiteRow(
        site=site.id,
        cut=cut,
        horizon=horizon,
        watched_from=site.watched_from,
        days=before,
        at_risk=bool(before) and (cut - before[-1]).days <= _AT_RISK,
        published=any(cut <= day < end for day in site.days),
    )


# -- availability


def read_watched(folder: Path) -> dict[str, Watched]:
    """The services of `DIR/uptime`. Raises LayoutError."""
    checks: dict[str, list[UpCheck]] = defaultdict(list)
    traces: dict[str, set[date]] = defaultdict(set)
    try:
        for row in read_rows(folder / "checks.csv.gz", "site_id", "time", "status"):
            checks[row["site_id"]].append(
                UpCheck(at=_moment(row["time"]), up=row["status"] != "down")
            )
        for row in read_rows(folder / "daily.csv.gz", "site_id", "date"):
            traces[row["site_id"]].add(date.fromisoformat(row["date"]))
        needed = ("site_id", "monitor_id", "observation_end")
        return {
            row["site_id"]: _watched(
                row, checks[row["site_id"]], traces[row["site_id"]]
            )
            for row in read_rows(folder / "sites.csv", *needed)
            if checks[row["site_id"]]
        }
    except ValueError as error:
        raise LayoutError(f"{folder}: {error}") from error


def _watched(
    row: Mapping[str, str], checks: list[UpCheck], traces: set[date]
) -> Watched:
    checks.sort(key=lambda check: check.at)
    until = _moment(row["observation_end"])
    first = checks[0].at.date()
    days = (until.date() - first).days + 1
    blind = [
        Blind(start=_midnight(day), end=_midnight(day + _DAY))
        for day in (first + place * _DAY for place in range(days))
        if day not in traces
    ]
    return Watched(
        site=row["site_id"],
        monitor=row["monitor_id"],
        checks=tuple(checks),
        blind=tuple(blind),
        until=until,
    )


def monitor_rows(folder: Path, watched: Mapping[str, Watched]) -> list[MonitorRow]:
    """The rows of `backtest_h90.csv`. Raises LayoutError."""
    path = folder / "backtest_h90.csv"
    rows = []
    for number, row in enumerate(
        read_rows(path, "site_id", "cut", "avail_next90"), start=2
    ):
        try:
            service = watched[row["site_id"]]
            cut = date.fromisoformat(row["cut"])
            following = float(row["avail_next90"])
        except (KeyError, ValueError) as error:
            raise LayoutError(f"{path}:{number}: {error!r}") from error
        rows.append(
            MonitorRow(
                site=service.site,
                monitor=service.monitor,
                cut=cut,
                past=_past(service, cut),
                reached=100 * following >= TARGET_PER_CENT,
            )
        )
    return rows


def _past(service: Watched, cut: date) -> Account:
    """The 90 days up to `cut`."""
    until = _midnight(cut)
    since = until - PAST_DAYS * _DAY
    return sum_account(service.checks, since, until, service.blind, hold=EVER)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
