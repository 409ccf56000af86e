"""The content schedule as a promise: read from `schedule.yaml`, checked, printed.

The days are the applicant's own word. What they are held against later is what was
seen to be published.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pydantic import Field, model_validator

from changqing.calendar import add_months, is_provisional, is_working_day
from changqing.errors import CaseError
from changqing.judge.assess import bound_parameters
from changqing.judge.model import Situation
from changqing.law.model import Catalogue
from changqing.plainfile import check_plain
from changqing.text import Text
from changqing.yamlfile.shape import Shape, read_shape
from changqing.yamlfile.values import Day, Refusal, Words

SCHEDULE_FILE: Final = "schedule.yaml"
DAILY_MONTHS: Final = "content_schedule_months"
WHOLE_MONTHS: Final = "content_schedule_year_months"
_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])\Z")
_SEEN_DAYS: Final = 180


class PlannedItem(Shape):
    """One item: the day, what it is about, who writes it and who reviews it."""

    on: Day
    topic: Words
    column: str = ""
    owner: str = ""
    reviewer: str = ""
    source: str = ""


class PlannedMonth(Shape):
    """A month that is not yet planned by day, and how many items it will have."""

    month: Words
    items: int = Field(ge=1, le=10_000)
    topic: Words
    owner: str = ""
    reviewer: str = ""

    @model_validator(mode="after")
    def _check_month(self) -> PlannedMonth:
        if not _MONTH.match(self.month):
            raise Refusal(
                "应为年和月，写作 2027-07 这样",
                "must be a year and month, written like 2027-07",
                at="month",
            )
        return self

    @property
    def first(self) -> date:
        """Its first day."""
        return date.fromisoformat(f"{self.month}-01")


class _File(Shape):
    items: list[PlannedItem] = Field(default_factory=list)
    months: list[PlannedMonth] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check_entries(self) -> _File:
        """Refuse a schedule with nothing in it, or with a month twice."""
        if not self.items and not self.months:
            raise Refusal("一项也没有", "has no item", at="items")
        counts = Counter(planned_month.month for planned_month in self.months)
        twice = [month for month, count in counts.items() if count > 1]
        if twice:
            raise Refusal(f"{twice[0]}写了两次", f"has {twice[0]} twice", at="months")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentSchedule:
    """The plan of a case: items by day, then months, in order."""

    items: tuple[PlannedItem, ...]
    months: tuple[PlannedMonth, ...]

    def list_days(self, first: date, last: date) -> Sequence[date]:
        """List the promised days from `first` to `last`, both included, each once."""
        return sorted({item.on for item in self.items if first <= item.on <= last})

    @property
    def until(self) -> date:
        """The last day it covers."""
        ends = [item.on for item in self.items]
        ends += [
            add_months(month.first, 1) - timedelta(days=1) for month in self.months
        ]
        return max(ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something about the plan that a reader would stumble over."""

    kind: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A promised day, and the day on which something came out for it, if any did."""

    on: date
    published: date | None


def load_schedule(folder: Path) -> ContentSchedule | None:
    """Load the schedule of the case in `folder`; None without one.

    CaseError names the lines that are wrong.
    """
    path = folder / SCHEDULE_FILE
    if not check_plain(path, inside=folder):
        return None
    _, schedule_file = read_shape(
        path, _File, shown=SCHEDULE_FILE, inside=folder, error=CaseError
    )
    return ContentSchedule(
        items=tuple(
            sorted(schedule_file.items, key=lambda entry: (entry.on, entry.topic))
        ),
        months=tuple(sorted(schedule_file.months, key=lambda entry: entry.month)),
    )


def find_concerns(
    schedule: ContentSchedule, situation: Situation, catalogue: Catalogue
) -> tuple[Concern, ...]:
    """Find what is wrong with a plan; empty where nothing is.

    How many months it should cover, and how many by day, comes from the catalogue.
    """
    numbers = bound_parameters(catalogue, situation.application, situation.as_of)
    start = situation.application.submit_on
    concerns = [
        *_check_span(schedule, start, numbers[DAILY_MONTHS], numbers[WHOLE_MONTHS]),
        *_find_gaps(schedule, start),
        *_find_people_issues(schedule),
        *_find_holidays(schedule),
        *_find_repeated_topics(schedule),
        *_check_rate(schedule, situation),
    ]
    return tuple(concerns)


def match_promises(
    promised: Iterable[date], published: Iterable[date], *, grace: int
) -> tuple[Kept, ...]:
    """Put each promised day beside the one on which something came out by its grace.

    A day of publication answers one promised day only, the earliest still open.
    """
    days_left = sorted(set(published))
    matches: list[Kept] = []
    for day in promised:
        fit = next(
            (day_left for day_left in days_left if 0 <= (day_left - day).days <= grace),
            None,
        )
        if fit is not None:
            days_left.remove(fit)
        matches.append(Kept(on=day, published=fit))
    return tuple(matches)


def _check_span(
    schedule: ContentSchedule, start: date, daily: int | None, whole: int | None
) -> Iterator[Concern]:
    by_day = max((item.on for item in schedule.items), default=None)
    if daily is not None:
        needed = add_months(start, daily)
        if by_day is None or by_day.replace(day=1) < needed.replace(day=1):
            zh_state = "没有逐日的安排" if by_day is None else f"逐日只排到{by_day}"
            en_state = (
                "nothing is by day" if by_day is None else f"by day until {by_day}"
            )
            yield Concern(
                kind="span_daily",
                text=Text(
                    f"{zh_state}，应当逐日排到{needed:%Y-%m}",
                    f"{en_state}; it should be by day until {needed:%Y-%m}",
                ),
            )
    if whole is not None:
        needed = add_months(start, whole) - timedelta(days=1)
        if schedule.until < needed:
            yield Concern(
                kind="span_whole",
                text=Text(
                    f"只排到{schedule.until}，排满要到{needed}",
                    f"it covers until {schedule.until}; the whole is until {needed}",
                ),
            )


def _find_gaps(schedule: ContentSchedule, start: date) -> Iterator[Concern]:
    """Find months between handing in and the end of the plan without anything."""
    planned = {f"{item.on:%Y-%m}" for item in schedule.items}
    planned |= {planned_month.month for planned_month in schedule.months}
    month, empty = add_months(start.replace(day=1), 1), []
    while month <= schedule.until:
        if f"{month:%Y-%m}" not in planned:
            empty.append(f"{month:%Y-%m}")
        month = add_months(month, 1)
    if empty:
        zh, en = _join_first(empty, "、"), _join_first(empty, ", ")
        yield Concern(
            kind="gap",
            text=Text(
                f"{len(empty)}个月没有安排：{zh}",
                f"nothing is planned in {len(empty)} months: {en}",
            ),
        )


def _find_people_issues(schedule: ContentSchedule) -> Iterator[Concern]:
    rows = [(item.on.isoformat(), item.owner, item.reviewer) for item in schedule.items]
    rows += [(month.month, month.owner, month.reviewer) for month in schedule.months]
    checks = (
        (
            "owner_missing",
            Text("没有责任人", "without a responsible person"),
            [at for at, owner, _ in rows if not owner.strip()],
        ),
        (
            "reviewer_missing",
            Text("没有审核人", "without a reviewer"),
            [at for at, _, reviewer in rows if not reviewer.strip()],
        ),
        (
            "own_review",
            Text("自己写自己审", "written and reviewed by one person"),
            [at for at, owner, reviewer in rows if owner.strip() and owner == reviewer],
        ),
    )
    for kind, label, places in checks:
        if places:
            yield Concern(
                kind=kind,
                text=Text(
                    f"{len(places)}项{label.zh}：{_join_first(places, '、')}",
                    f"{len(places)} {label.en}: {_join_first(places, ', ')}",
                ),
            )


def _find_holidays(schedule: ContentSchedule) -> Iterator[Concern]:
    days = sorted({item.on for item in schedule.items if not is_working_day(item.on)})
    if days:
        unsure = any(is_provisional(day) for day in days)
        places = [day.isoformat() for day in days]
        yield Concern(
            kind="holiday",
            text=Text(
                f"{len(days)}天是休息日{'（部分暂按）' if unsure else ''}，"
                f"要有人值班：{_join_first(places, '、')}",
                f"{len(days)} on days off{' (some provisional)' if unsure else ''}: "
                f"somebody must be on duty on {_join_first(places, ', ')}",
            ),
        )


def _find_repeated_topics(schedule: ContentSchedule) -> Iterator[Concern]:
    counts = Counter(item.topic.strip() for item in schedule.items)
    for topic, count in counts.items():
        if count > 1:
            yield Concern(
                kind="same_topic",
                text=Text(
                    f"题材“{topic}”排了{count}次",
                    f"the topic “{topic}” is planned {count} times",
                ),
            )


def _check_rate(schedule: ContentSchedule, situation: Situation) -> Iterator[Concern]:
    """The promised pace beside the one that was measured, where it was."""
    if len(schedule.items) < 2:
        return
    days = [item.on for item in schedule.items]
    span = (max(days) - min(days)).days + 1
    promised = len(days) * _SEEN_DAYS / span
    for (subject, fact), resolved in situation.resolved.items():
        if subject.type != "service" or fact != "items_last_180_days":
            continue
        measured = resolved.proven
        if isinstance(measured, int) and measured < promised / 2:
            yield Concern(
                kind="rate",
                text=Text(
                    f"计划{_SEEN_DAYS}天约{promised:.0f}条，"
                    f"过去{_SEEN_DAYS}天看到{measured}条，说明怎么做到",
                    f"about {promised:.0f} items are promised in {_SEEN_DAYS} days, "
                    f"and {measured} were seen in the last; say how this will be done",
                ),
            )


def _join_first(places: Sequence[str], joint: str) -> str:
    joined = joint.join(places[:5])
    return joined if len(places) <= 5 else f"{joined}…"
