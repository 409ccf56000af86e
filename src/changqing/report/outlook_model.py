"""The outlook of a report: how long it lasts, publishes, answers and is paid for.

Days are Beijing days, probabilities stand between 0 and 1, money in fen; None where
nothing is known.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectView:
    """Whom something is about; without an `id`, a kind of which there is nobody."""

    type: str
    id: str | None
    label: Text | None

    @property
    def name(self) -> Text | None:
        """Its name where one has to be said: of the applicant it never has."""
        return None if self.type == "applicant" else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledCode:
    """An entry of the catalogue by its id and its name."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceView:
    """A probability with its range, between 0 and 1."""

    probability: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """How many of `n` cases, at so many sites, published again."""

    n: int
    sites: int
    published: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparableView:
    """The sites that had been silent for as long as this one."""

    silent_from: int
    silent_to: int | None
    within: Mapping[str, ShareView]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedSites:
    """How many cases of how many sites a chance was fitted on."""

    n: int
    sites: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceView:
    """A line of the reference table: sites that were silent `from` so many days."""

    __pydantic_config__: ClassVar[Mapping[str, Callable[[str], str]]] = {
        "alias_generator": lambda name: name.rstrip("_")
    }

    from_: int
    to: int | None
    here: bool
    n: int
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceView:
    """Whether a service goes on publishing. `leads` is `number` or `table`."""

    service: SubjectView | None
    as_of: datetime.date
    stands_on: datetime.date
    observed_days: int
    dated_by_site_days: int
    published_days: int
    silent_days: int | None
    unseen_days: int
    active_weeks_52: int
    unknown: Text | None
    leads: str
    within: Mapping[str, ChanceView]
    comparable: ComparableView | None
    words: tuple[Text, ...]
    population: Text
    fitted_rows: Mapping[str, FittedSites]
    table: tuple[SilenceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView:
    """The share of time that a service answered, with its range; times in seconds."""

    level: float | None
    low: float
    high: float
    checks: int
    up_s: int
    observed_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastView:
    """The last 90 days; times in seconds."""

    up_s: int
    observed_s: int
    outages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageView:
    """A time in which a service did not answer."""

    start: datetime.datetime
    end: datetime.datetime | None
    observed_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnsView:
    """How outages ended that had lasted for so many hours."""

    hours: int
    n: int
    sites: int
    ended: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeView:
    """Of `n` counted cases at so many monitors, how many were up 99 % of 90 days.

    `low` and `high` are what it may be for services that were not counted; a single
    probability is not given. `kind` says what the cases had in common.
    """

    shown: str
    kind: Text
    n: int
    monitors: int
    reached: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityView:
    """Whether a service goes on answering."""

    service: SubjectView | None
    as_of: datetime.datetime
    last_30_days: LevelView
    last_90_days: PastView
    longest_outage: OutageView | None
    down: OutageView | None
    returns: ReturnsView | None
    at_least_99_over_90_days: AlikeView | None
    unknown: Text | None
    rule: Text
    words: tuple[Text, ...]
    population: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class LastingView:
    """How long the cash lasts, by one of both answers; money in fen."""

    basis: str
    grade: str
    cash_fen: int
    cash_on: datetime.date
    result_fen_a_month: int
    months_of_history: int
    months: int | None
    until: datetime.date | None
    early: datetime.date | None
    late: datetime.date | None
    range_known: bool
    revenue_fen_a_month: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunwayView:
    """How long the cash lasts, as claimed and as proven."""

    claimed: LastingView | None
    proven: LastingView | None
    unknown_claimed: Text | None
    unknown_proven: Text | None
    words: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermOfLicence:
    """The term, from a day of grant that is `assumed`."""

    start: datetime.date
    end: datetime.date
    assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionView:
    """What to extend first, and what that gains."""

    ids: tuple[str, ...]
    until: datetime.date
    gain_days: int
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportView:
    """One thing the service rests on, and until when."""

    id: str
    label: Text
    subject: SubjectView | None
    detail: Text | None
    claimed_until: datetime.date | None
    proven_until: datetime.date | None
    early_until: datetime.date | None
    late_until: datetime.date | None
    renewed_times: int | None
    next_by: datetime.date | None
    open_ended: bool
    endless: Text | None
    renews: bool
    unknown: bool
    grade: str | None
    evidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnduranceView:
    """How long what the service rests on is proven to last."""

    committed_until: datetime.date | None
    carried_by: LabelledCode | None
    term: TermOfLicence | None
    covered_days: int | None
    term_days: int | None
    coverage: Text | None
    extend_first: ExtensionView | None
    commitments: tuple[SupportView, ...]
    renewals: tuple[SupportView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A change shortly before, on its day."""

    rule: str
    subject: SubjectView | None
    on: datetime.date
    text: Text
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedView:
    """A fact that follows from the outlook."""

    fact: str
    subject: SubjectView | None
    grade: str
    value: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookView:
    """Five answers side by side; they are never made into one."""

    cadence: tuple[CadenceView, ...]
    availability: tuple[AvailabilityView, ...]
    runway: RunwayView
    endurance: EnduranceView
    recent_changes: tuple[ChangeView, ...]
    derived: tuple[DerivedView, ...]
