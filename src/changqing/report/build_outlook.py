"""The outlook of a report, built from what the outlook found."""

from __future__ import annotations

from collections.abc import Callable

from changqing.case.subjects import Subject
from changqing.outlook.availability import (
    RULE,
    Availability,
    Outage,
    describe_level,
    say_availability,
)
from changqing.outlook.cadence import Cadence, say_cadence
from changqing.outlook.coefficients import HORIZONS, SilenceRow
from changqing.outlook.endurance import (
    Endurance,
    Support,
    say_coverage,
    say_extension,
)
from changqing.outlook.runway import Lasting, Runway, find_weakest_grade, say_runway
from changqing.report.outlook_model import (
    AlikeView,
    AvailabilityView,
    CadenceView,
    ChanceView,
    ComparableView,
    EnduranceView,
    ExtensionView,
    FittedSites,
    LabelledCode,
    LastingView,
    LevelView,
    OutageView,
    PastView,
    ReturnsView,
    RunwayView,
    ShareView,
    SilenceView,
    SubjectView,
    SupportView,
    TermOfLicence,
)
from changqing.report.sources import find_number

NameSubject = Callable[[Subject], SubjectView]


def build_cadence(cadence: Cadence, service: SubjectView | None = None) -> CadenceView:
    """Build what is shown of a cadence, with the whole reference table."""
    row, fitted = cadence.comparable, cadence.coefficients
    return CadenceView(
        service=service,
        as_of=cadence.as_of,
        stands_on=cadence.stands_on,
        observed_days=cadence.observed_days,
        dated_by_site_days=cadence.dated_by_site,
        published_days=cadence.published,
        silent_days=cadence.silent_days,
        unseen_days=cadence.unseen_days,
        active_weeks_52=cadence.weeks,
        unknown=cadence.unknown,
        leads="table" if cadence.table_leads else "number",
        within={
            str(days): _view_chance(chance.probability, chance.low, chance.high)
            for days, chance in cadence.chances.items()
        },
        comparable=None if row is None else _view_comparable(row),
        words=tuple(say_cadence(cadence)),
        population=fitted.population.text,
        fitted_rows={
            str(days): FittedSites(n=fit.rows, sites=fit.sites)
            for days, fit in fitted.fits.items()
        },
        table=tuple(_view_silence(line, here=line is row) for line in fitted.table),
    )


def _view_chance(probability: float, low: float, high: float) -> ChanceView:
    return ChanceView(
        probability=round(probability, 4), low=round(low, 4), high=round(high, 4)
    )


def _view_comparable(row: SilenceRow) -> ComparableView:
    return ComparableView(
        silent_from=row.first,
        silent_to=row.last,
        within={
            str(days): ShareView(
                n=share.n,
                sites=share.groups,
                published=share.count,
                low=share.low,
                high=share.high,
            )
            for days, share in row.within.items()
        },
    )


def _view_silence(row: SilenceRow, *, here: bool) -> SilenceView:
    share = row.within[HORIZONS[0]]
    return SilenceView(
        from_=row.first,
        to=row.last,
        here=here,
        n=share.n,
        count=share.count,
        low=round(share.low, 4),
        high=round(share.high, 4),
    )


def build_availability(
    availability: Availability, service: SubjectView | None = None
) -> AvailabilityView:
    """Build what is shown of an availability."""
    recent, past, row = availability.recent, availability.past, availability.returns
    low, high = availability.level_range
    return AvailabilityView(
        service=service,
        as_of=availability.as_of,
        last_30_days=LevelView(
            level=None if recent.level is None else round(recent.level, 6),
            low=round(low, 6),
            high=round(high, 6),
            checks=recent.checks,
            up_s=round(recent.up.total_seconds()),
            observed_s=round(recent.observed.total_seconds()),
        ),
        last_90_days=PastView(
            up_s=round(past.up.total_seconds()),
            observed_s=round(past.observed.total_seconds()),
            outages=len(past.outages),
        ),
        longest_outage=_view_outage(availability.longest),
        down=_view_outage(availability.down),
        returns=None
        if row is None
        else ReturnsView(
            hours=row.hours,
            n=row.ended.n,
            sites=row.ended.groups,
            ended=row.ended.count,
            low=row.ended.low,
            high=row.ended.high,
        ),
        at_least_99_over_90_days=_view_alike(availability),
        unknown=availability.unknown,
        rule=RULE,
        words=tuple(say_availability(availability)),
        population=availability.coefficients.population.text,
    )


def _view_alike(availability: Availability) -> AlikeView | None:
    if availability.alike is None:
        return None
    share = availability.alike.reached
    return AlikeView(
        shown="range",
        kind=describe_level(availability.alike, availability.coefficients),
        n=share.n,
        monitors=share.groups,
        reached=share.count,
        low=share.low,
        high=share.high,
    )


def _view_outage(outage: Outage | None) -> OutageView | None:
    if outage is None:
        return None
    return OutageView(
        start=outage.start,
        end=outage.end,
        observed_s=round(outage.observed.total_seconds()),
    )


def build_runway(runway: Runway) -> RunwayView:
    """Build what is shown of a runway."""
    return RunwayView(
        claimed=_view_lasting(runway.claimed),
        proven=_view_lasting(runway.proven),
        unknown_claimed=runway.unknown_claimed,
        unknown_proven=runway.unknown_proven,
        words=tuple(say_runway(runway)),
    )


def _view_lasting(lasting: Lasting | None) -> LastingView | None:
    if lasting is None:
        return None
    return LastingView(
        basis=lasting.basis.value,
        grade=find_weakest_grade(lasting).code,
        cash_fen=lasting.cash,
        cash_on=lasting.cash_on,
        result_fen_a_month=lasting.result,
        months_of_history=lasting.sampled,
        months=lasting.months,
        until=lasting.until,
        early=lasting.early,
        late=lasting.late,
        range_known=lasting.range_known,
        revenue_fen_a_month=lasting.revenue,
    )


def build_endurance(endurance: Endurance, name: NameSubject) -> EnduranceView:
    """Build what is shown of an endurance."""
    carried, term, extension = (
        endurance.carried_by,
        endurance.term,
        endurance.extension,
    )
    gain = say_extension(endurance)
    return EnduranceView(
        committed_until=endurance.committed_until,
        carried_by=None
        if carried is None
        else LabelledCode(id=carried.commitment.id, label=carried.commitment.label),
        term=None
        if term is None
        else TermOfLicence(start=term.start, end=term.end, assumed=True),
        covered_days=endurance.covered_days,
        term_days=endurance.term_days,
        coverage=say_coverage(endurance),
        extend_first=None
        if extension is None or gain is None
        else ExtensionView(
            ids=tuple(support.commitment.id for support in extension.supports),
            until=extension.until,
            gain_days=extension.gain_days,
            text=gain,
        ),
        commitments=tuple(_view_support(s, name) for s in endurance.commitments),
        renewals=tuple(_view_support(s, name) for s in endurance.renewals),
    )


def _view_support(support: Support, name: NameSubject) -> SupportView:
    record = support.record
    return SupportView(
        id=support.commitment.id,
        label=support.commitment.label,
        subject=name(support.subject),
        detail=support.detail,
        claimed_until=support.claimed_until,
        proven_until=support.proven_until,
        early_until=support.early_until,
        late_until=support.late_until,
        renewed_times=support.renewed_times,
        next_by=support.next_by,
        open_ended=support.open_ended,
        endless=support.commitment.endless,
        renews=support.renews,
        unknown=support.unknown,
        grade=None if record is None else record.grade.code,
        evidence=None if record is None else find_number(record),
    )
