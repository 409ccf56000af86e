"""Which annual report is due: since when there is a licence, and what was handed in.

Whoever holds a licence when a year ends reports on that year (law fact
`annual_report_who`). What was handed in is told by the events of the case, or by its
folder (`submitted` of a report). A report of which nothing is on record may have been
handed in all the same, and is never called late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.casework.events import CaseStage
from changqing.casework.state import CaseState, list_matters
from changqing.evidence.records import list_records
from changqing.guide.procedure import Givens, date_steps
from changqing.law.model import Catalogue
from changqing.text import Text

_HAND_IN: Final = "hand_in"
_NOT_LICENSED: Final = frozenset({"apply", "prepare"})
_KINDS: Final = {"annual_report": "annual", "number_report": "number"}
"""The kind of report that each procedure hands in, as `reports` of a case names it."""


class ReportState(StrEnum):
    """How the report on a year stands."""

    NO_LICENCE = "no_licence"
    NOT_OWED = "not_owed"  # there was no licence when the year ended
    FILED = "filed"
    AHEAD = "ahead"  # the year is not over
    OPEN = "open"
    LATE = "late"  # the case says that it was not handed in
    UNRECORDED = "unrecorded"  # the last day is over, and nothing is on record


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What is on record of one report; without `filed`, that it was not handed in."""

    filed: bool
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDuty:
    """The duty to report on `year`, as it stands on a day.

    `licensed_since` is None where no licence is on record, and where its first day is
    not. `opens` and `last_day` are None where no rule sets them.
    """

    year: int
    state: ReportState
    today: date
    licensed_since: date | None
    filed_on: date | None
    opens: date | None
    last_day: date | None

    @property
    def is_owed(self) -> bool:
        """Tell whether it is still to be handed in, now or when the year is over."""
        return self.state not in {
            ReportState.NO_LICENCE,
            ReportState.NOT_OWED,
            ReportState.FILED,
        }

    @property
    def days_left(self) -> int | None:
        """Days until the last day; negative when it has passed."""
        return None if self.last_day is None else (self.last_day - self.today).days

    @property
    def text(self) -> Text:
        """How it stands, in a sentence."""
        year, since, last = self.year, self.licensed_since, self.last_day
        days = self.days_left or 0
        until_zh = "" if last is None else f"，最迟{last}，{_say_days_left_zh(days)}"
        until_en = "" if last is None else f", by {last}: {_say_days_left_en(days)}"
        match self.state:
            case ReportState.NO_LICENCE:
                return Text(
                    "项目里没有许可证，没有年报要报。",
                    "No licence is on record in this case, so no report is due.",
                )
            case ReportState.NOT_OWED:
                return Text(
                    f"{since}才取得许可证，{year}年度没有年报要报。",
                    f"The licence was obtained on {since}: no report on {year} is due.",
                )
            case ReportState.FILED if self.filed_on is not None:
                return Text(
                    f"{year}年度年报已于{self.filed_on}报送。",
                    f"The report on {year} was handed in on {self.filed_on}.",
                )
            case ReportState.FILED:
                return Text(
                    f"{year}年度年报已报送，哪天没有记下。",
                    f"The report on {year} was handed in, on a day not recorded.",
                )
            case ReportState.AHEAD:
                return Text(
                    f"{year}年度年报从{self.opens}起填报{until_zh}。",
                    f"The report on {year} opens on {self.opens}{until_en}.",
                )
            case ReportState.OPEN:
                return Text(
                    f"{year}年度年报待报{until_zh}。",
                    f"The report on {year} is to be handed in{until_en}.",
                )
            case ReportState.LATE:
                return Text(
                    f"{year}年度年报没有报送，最迟应在{last}，已逾期{-days}天。",
                    f"The report on {year} was not handed in by {last}: {-days} days "
                    "late.",
                )
            case ReportState.UNRECORDED:
                return self._say_unrecorded(-days)

    def _say_unrecorded(self, days: int) -> Text:
        year, last = self.year, self.last_day
        zh = (
            f"没有记下{year}年度年报的报送，期限{last}已过{days}天。报过的，记下报送日；"
            "没有报的，尽快补报。"
        )
        en = (
            f"Nothing is on record of the report on {year}, and its last day, {last}, "
            f"was {days} days ago. If it was handed in, record the day; if not, report "
            "as soon as possible."
        )
        if self.licensed_since is None:
            zh += f"{year}年底还没有许可证的，不用报。"
            en += f" Without a licence at the end of {year} none is due."
        return Text(zh, en)


def find_licensed_since(case: Case, state: CaseState) -> tuple[bool, date | None]:
    """Tell whether a licence is on record, and its first day where that is known.

    A renewed licence begins anew: the first day of the one before is not known from it.
    """
    if state.licensed_on is None:
        if case.application.stage in _NOT_LICENSED:
            return False, None
        if _find_statement(case, "holds_telecom_licence") is False:
            return False, None
    since = state.licensed_since
    valid_from = _find_statement(case, "licence_valid_from")
    times = _find_statement(case, "renewed_times")
    renewed = state.renewed > 0 or (isinstance(times, int) and times > 0)
    if (
        isinstance(valid_from, date)
        and not renewed
        and (since is None or valid_from < since)
    ):
        since = valid_from
    return True, since


def find_filings(
    catalogue: Catalogue, case: Case, state: CaseState
) -> dict[int, Filing]:
    """Find what is on record of each year's report, in the events and in the folder."""
    filings: dict[int, Filing] = {}
    kinds = {
        _KINDS[name]
        for name in list_matters(catalogue, case, CaseStage.ANNUAL_REPORT)[:1]
    }
    years = {
        member.subject: fact.value
        for member in case.reports
        if member.kind in kinds
        for fact in member.facts
        if fact.fact == "year" and isinstance(fact.value, int)
    }
    records = list_records(case) if years else []
    values = {
        (record.subject, record.fact): record.value
        for record in sorted(records, key=lambda record: record.observed_at)
        if record.subject in years
    }
    for subject, year in years.items():
        filed = values.get((subject, "submitted"))
        on = values.get((subject, "submitted_on"))
        if isinstance(filed, bool):
            day = on if filed and isinstance(on, date) else None
            filings[int(year)] = Filing(filed=filed, on=day)
    for year_end, on in state.reports.items():
        filing_before = filings.get(year_end.year)
        # The company’s own no outweighs an event: the handing in did not count.
        if filing_before is None or filing_before.filed:
            filings[year_end.year] = Filing(filed=True, on=on)
    return filings


def find_year_due(
    catalogue: Catalogue, case: Case, state: CaseState, today: date
) -> int:
    """Find the year whose report comes next.

    Last year's, unless it is filed or not owed.
    """
    last = today.year - 1
    _, since = find_licensed_since(case, state)
    if since is not None and since.year > last:
        return today.year
    filing = find_filings(catalogue, case, state).get(last)
    return today.year if filing is not None and filing.filed else last


def find_duty(
    catalogue: Catalogue,
    case: Case,
    state: CaseState,
    today: date,
    *,
    year: int | None = None,
) -> ReportDuty:
    """Find how the report on a year stands on `today`.

    Without a year, that of what comes next.
    """
    if year is None:
        year = find_year_due(catalogue, case, state, today)
    licensed, since = find_licensed_since(case, state)
    filing = find_filings(catalogue, case, state).get(year)
    opens, last_day = _find_days(catalogue, case, year, today)
    over = last_day is not None and last_day < today
    if filing is not None and filing.filed:
        report_state = ReportState.FILED
    elif not licensed:
        report_state = ReportState.NO_LICENCE
    elif since is not None and since.year > year:
        report_state = ReportState.NOT_OWED
    elif year >= today.year:
        report_state = ReportState.AHEAD
    elif not over:
        report_state = ReportState.OPEN
    else:
        report_state = ReportState.UNRECORDED if filing is None else ReportState.LATE
    return ReportDuty(
        year=year,
        state=report_state,
        today=today,
        licensed_since=since,
        filed_on=None if filing is None else filing.on,
        opens=opens,
        last_day=last_day,
    )


def _find_days(
    catalogue: Catalogue, case: Case, year: int, today: date
) -> tuple[date | None, date | None]:
    """The first and the last day for handing in the report on a year."""
    application = case.application
    for name in list_matters(catalogue, case, CaseStage.ANNUAL_REPORT)[:1]:
        givens = Givens(
            licence=application.licence,
            scope=application.scope,
            region=application.region,
            as_of=today,
            days={"year_end": date(year, 12, 31)},
        )
        for step in date_steps(catalogue, catalogue.procedures[name], givens):
            if step.step.id == _HAND_IN:
                # The year must have ended: it opens on the day after.
                opens = None if step.opens is None else step.opens + timedelta(days=1)
                return opens, step.limit
    return None, None


def _find_statement(case: Case, fact: str) -> object:
    """What `case.yaml` itself says of the applicant."""
    statements = (
        statement
        for statement in case.facts
        if statement.subject == APPLICANT and statement.fact == fact
    )
    return next((statement.value for statement in statements), None)


def _say_days_left_zh(days: int) -> str:
    if days == 0:
        return "就是今天"
    return f"还有{days}天" if days > 0 else f"已过{-days}天"


def _say_days_left_en(days: int) -> str:
    if days == 0:
        return "today"
    many = "" if abs(days) == 1 else "s"
    return f"{days} day{many} left" if days > 0 else f"{-days} day{many} ago"
