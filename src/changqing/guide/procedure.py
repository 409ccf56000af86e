"""The days of a procedure: from what is given, by the clocks that law sets.

How days are counted: the day a clock starts from is not counted, so one day after the
first of May is the second; ninety days before a day leave eighty-nine whole days in
between. Months and years keep the number of the day, or take the last of the month.
Working days are those of `changqing.calendar`. A last day that is a day off is not
moved on; the working day before it is shown. Where a rule says days and not which,
calendar days are taken and the day by working days is shown beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from changqing.calendar import (
    Reckoned,
    add_months,
    add_working_days,
    is_provisional,
    is_working_day,
    subtract_working_days,
)
from changqing.errors import ChangqingError
from changqing.law.clock_words import say_clock
from changqing.law.kinds.law import LawValue
from changqing.law.kinds.parameter import ParameterValue
from changqing.law.kinds.procedure import (
    Actor,
    Amount,
    Audience,
    Bound,
    Clock,
    Days,
    Direction,
    Procedure,
    ProcedureStep,
)
from changqing.law.kit import Citation, Standing
from changqing.law.law import fill, find_law_on, say_value
from changqing.law.lookup import find_parameter_value
from changqing.law.model import Catalogue
from changqing.law.said import say_period
from changqing.text import Text

_MONTHS: Final = {"months": 1, "years": 12}
_DAYS: Final = {"days": 1, "weeks": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Givens:
    """Who applies, the day the law is read, and the days that are known.

    `days` are keyed by the ids of starts, and of steps that have been taken. No
    `region`: the national rules alone.
    """

    licence: str
    scope: str
    region: str
    as_of: date
    days: Mapping[str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """One clock on one case; `day` is None where its start or its amount is unknown.

    `by_working_days` is the other reading of a rule that says days and not which.
    """

    clock: Clock
    words: Text
    because: Text | None
    day: date | None
    provisional: bool
    by_working_days: Reckoned | None
    standing: Standing | None  # of the parameter it counts by
    note: Text | None  # of the parameter
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedStep:
    """A step with its days. `day` is when it was taken, else its limit.

    `limit` is the strictest last day for what the applicant does, otherwise what the
    main clock says; `opens` the first day, where one is set. `follows` is the earlier
    step whose own day is reckoned and not known.
    """

    step: ProcedureStep
    does: Text
    runs_out: Text | None
    day: date | None
    taken: bool
    bound: Bound | None  # what `limit` is
    limit: date | None
    opens: date | None
    provisional: bool
    follows: str | None
    reckonings: tuple[Reckoning, ...]
    citations: tuple[Citation, ...]

    @property
    def late(self) -> bool:
        """Whether it was taken after its last day."""
        return (
            self.taken
            and self.bound is Bound.LATEST
            and self.day is not None
            and self.limit is not None
            and self.day > self.limit
        )

    @property
    def at_odds(self) -> bool:
        """Whether one rule opens only after another has closed."""
        return (
            self.opens is not None
            and self.bound is Bound.LATEST
            and self.limit is not None
            and self.opens > self.limit
        )

    @property
    def office_day(self) -> Reckoned | None:
        """The last working day before a last day on which offices are closed.

        None where the step has been taken, or is the authority’s.
        """
        limit = self.limit
        if (
            limit is None
            or self.taken
            or self.bound is not Bound.LATEST
            or self.step.actor is Actor.AUTHORITY
            or is_working_day(limit)
        ):
            return None
        before = subtract_working_days(limit, 1)
        return Reckoned(before.day, before.provisional or is_provisional(limit))


def date_steps(
    catalogue: Catalogue, procedure: Procedure, givens: Givens
) -> tuple[DatedStep, ...]:
    """Date the steps that concern the applicant, in order, with all that follows.

    Raises ChangqingError for a day that is no start and no step of the procedure, and
    for a day too far away to count from.
    """
    _check_days(procedure, givens)
    names = {
        **procedure.starts,
        **{step.id: _quote_title(step.title) for step in procedure.steps},
    }
    known_days = {name: _KnownDay(day) for name, day in givens.days.items()}
    dated_steps: list[DatedStep] = []
    for step in procedure.steps:
        if not _is_concerned(step, givens):
            continue
        dated_step = _date_step(catalogue, step, givens, names, known_days)
        if dated_step.day is not None and not dated_step.taken:
            known_days[step.id] = _KnownDay(
                dated_step.day, step.id, dated_step.provisional
            )
        dated_steps.append(dated_step)
    return tuple(dated_steps)


def _quote_title(title: Text) -> Text:
    return Text(f"“{title.zh}”", f"“{title.en}”")


class _KnownDay(NamedTuple):
    """A day to count from; `reckoned` names the step when nobody has given it."""

    day: date
    reckoned: str | None = None
    provisional: bool = False


def _is_concerned(audience: Audience, givens: Givens) -> bool:
    return audience.covers(
        licence=givens.licence, scope=givens.scope, region=givens.region
    )


def _check_days(procedure: Procedure, givens: Givens) -> None:
    names = [*procedure.starts, *(step.id for step in procedure.steps)]
    for name in givens.days:
        if name not in names:
            raise ChangqingError.of(
                Text(
                    f"程序{procedure.id}没有{name}这个日子",
                    f"{procedure.id} has no day called {name}",
                ),
                hint=Text(
                    f"可用的有{'、'.join(names)}", f"there are {', '.join(names)}"
                ),
            )


def _date_step(
    catalogue: Catalogue,
    step: ProcedureStep,
    givens: Givens,
    names: Mapping[str, Text],
    known_days: Mapping[str, _KnownDay],
) -> DatedStep:
    try:
        reckonings = tuple(
            _make_reckoning(catalogue, clock, givens, names, known_days)
            for clock in step.clocks
            if _is_concerned(clock, givens)
        )
    except (OverflowError, ValueError):
        raise ChangqingError.of(
            Text(
                f"{step.title.zh}的日子超出了能算的范围",
                f"the day of “{step.title.en}” is out of range",
            ),
            hint=Text("请检查给出的日期", "check the days that were given"),
        ) from None
    bound, limit = _find_limit(step, reckonings)
    taken_on = givens.days.get(step.id)
    basis = next(
        (reckoning for reckoning in reckonings if limit and reckoning.day == limit),
        None,
    )
    start = None if basis is None else known_days.get(basis.clock.start)
    return DatedStep(
        step=step,
        does=fill(catalogue, step.does, on=givens.as_of),
        runs_out=_fill_text(catalogue, step.runs_out, givens.as_of),
        day=limit if taken_on is None else taken_on,
        taken=taken_on is not None,
        bound=bound,
        limit=limit,
        opens=_find_latest(reckonings, Bound.EARLIEST),
        provisional=taken_on is None and basis is not None and basis.provisional,
        follows=None if start is None else start.reckoned,
        reckonings=reckonings,
        citations=_list_sources(catalogue, step, givens, reckonings),
    )


def _fill_text(catalogue: Catalogue, text: Text | None, on: date) -> Text | None:
    return None if text is None else fill(catalogue, text, on=on)


def _find_limit(
    step: ProcedureStep, reckonings: Sequence[Reckoning]
) -> tuple[Bound | None, date | None]:
    """The day that counts: a last one before one to reckon with before a first one."""
    for bound in (Bound.LATEST, Bound.EXPECTED, Bound.EARLIEST):
        days = [
            reckoning.day
            for reckoning in reckonings
            if reckoning.clock.bound is bound and reckoning.day is not None
        ]
        if not days:
            continue
        if bound is Bound.EARLIEST:
            return bound, max(days)
        strict = bound is Bound.LATEST and step.actor is not Actor.AUTHORITY
        return bound, min(days) if strict else days[0]
    kinds = [reckoning.clock.bound for reckoning in reckonings]
    return (kinds[0] if kinds else None), None


def _find_latest(reckonings: Sequence[Reckoning], bound: Bound) -> date | None:
    days = [
        reckoning.day
        for reckoning in reckonings
        if reckoning.clock.bound is bound and reckoning.day is not None
    ]
    return max(days, default=None)


def _list_sources(
    catalogue: Catalogue,
    step: ProcedureStep,
    givens: Givens,
    reckonings: Sequence[Reckoning],
) -> tuple[Citation, ...]:
    """List each place once: of the clocks, the facts of law, the step itself."""
    citations: dict[tuple[str, str | None], Citation] = {}
    every = [
        *(citation for reckoning in reckonings for citation in reckoning.citations),
        *(
            citation
            for name in step.law
            for citation in find_law_on(catalogue, name, givens.as_of).citations
        ),
        *step.citations,
    ]
    for citation in every:
        citations.setdefault((citation.instrument, citation.article), citation)
    return tuple(citations.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Length:
    """An amount on a day: a number of units, or a day of the year, or one day.

    None of them: no number is set.
    """

    number: int | None = None
    unit: str | None = None
    month_day: str | None = None
    day: date | None = None
    until: Text | None = None  # the day of the year, or the one day, in words
    standing: Standing | None = None
    note: Text | None = None
    citations: tuple[Citation, ...] = ()

    @property
    def text(self) -> Text | None:
        """How long, in words."""
        return None if self.number is None else say_period(self.number, self.unit)


def _find_amount_length(
    catalogue: Catalogue, amount: Amount, givens: Givens
) -> _Length:
    if amount.parameter is not None:
        return _find_parameter_length(catalogue, amount.parameter, givens)
    if amount.by_law is None:
        return _Length()
    name, key = amount.by_law
    fact = find_law_on(catalogue, name, givens.as_of)
    in_force = fact.in_force is None or fact.in_force.covers(givens.as_of)
    value = fact.values.get(key)
    if value is None or not in_force:
        return _Length(citations=fact.citations)
    if value.parameter is not None:
        length = _find_parameter_length(catalogue, value.parameter, givens)
        return _Length(
            number=length.number,
            unit=length.unit,
            standing=length.standing,
            note=length.note,
            citations=(*fact.citations, *length.citations),
        )
    return _find_length(catalogue, value, fact.citations, givens)


def _find_length(
    catalogue: Catalogue,
    value: LawValue,
    citations: tuple[Citation, ...],
    givens: Givens,
) -> _Length:
    return _Length(
        number=value.number,
        unit=value.unit,
        month_day=value.month_day,
        day=value.day,
        until=None
        if value.day is None and value.month_day is None
        else say_value(catalogue, value, on=givens.as_of),
        citations=citations,
    )


def _find_parameter_length(catalogue: Catalogue, name: str, givens: Givens) -> _Length:
    parameter_value: ParameterValue | None = find_parameter_value(
        catalogue,
        name,
        licence=givens.licence,
        scope=givens.scope,
        region=givens.region,
        on=givens.as_of,
    )
    if parameter_value is None:
        return _Length()
    unit = catalogue.parameters[name].unit
    return _Length(
        number=parameter_value.value,
        unit=unit,
        standing=parameter_value.standing,
        note=parameter_value.note,
        citations=parameter_value.citations,
    )


def _make_reckoning(
    catalogue: Catalogue,
    clock: Clock,
    givens: Givens,
    names: Mapping[str, Text],
    known_days: Mapping[str, _KnownDay],
) -> Reckoning:
    """Reckon a day from its start, also by working days where the law is silent."""
    start = known_days.get(clock.start)
    base = names[clock.start]
    because = _fill_text(catalogue, clock.because, givens.as_of)
    if clock.amount is None:
        return Reckoning(
            clock=clock,
            words=say_clock(clock, base=base),
            because=because,
            day=None if start is None else start.day,
            provisional=start is not None and start.provisional,
            by_working_days=None,
            standing=None,
            note=None,
            citations=(),
        )
    length = _find_amount_length(catalogue, clock.amount, givens)
    forward = clock.direction is Direction.AFTER
    reckoned: Reckoned | None = None
    other: Reckoned | None = None
    if start is not None:
        reckoned = _count_from(start.day, length, forward=forward)
        if clock.days is Days.UNSTATED and length.number is not None:
            number = length.number if forward else -length.number
            other = add_working_days(start.day, number)
    return Reckoning(
        clock=clock,
        words=say_clock(clock, base=base, long=length.text, until=length.until),
        because=because,
        day=None if reckoned is None else reckoned.day,
        provisional=start is not None
        and reckoned is not None
        and (start.provisional or reckoned.provisional),
        by_working_days=other,
        standing=length.standing,
        note=length.note,
        citations=length.citations,
    )


def _count_from(start: date, length: _Length, *, forward: bool) -> Reckoned | None:
    """Count the day so long after `start`, or before it; None without a length."""
    if length.day is not None:
        near = start < length.day <= add_months(start, 12)
        return _make_sure_day(length.day) if near else None
    if length.month_day is not None:
        return _make_sure_day(_find_next(start, length.month_day, forward=forward))
    if length.number is None:
        return None
    number = length.number if forward else -length.number
    if length.unit == "working_days":
        return add_working_days(start, number)
    if length.unit in _MONTHS:
        return _make_sure_day(add_months(start, number * _MONTHS[length.unit]))
    return _make_sure_day(start + timedelta(days=number * _DAYS[length.unit or "days"]))


def _make_sure_day(day: date) -> Reckoned:
    """Make the answer of a day that no announcement moves."""
    return Reckoned(day, provisional=False)


def _find_next(start: date, month_day: str, *, forward: bool) -> date:
    """Find the nearest day of that name after `start`, or before it."""
    for year in (start.year, start.year + (1 if forward else -1)):
        day = _place_in_year(year, month_day)
        if (day > start) if forward else (day < start):
            return day
    return _place_in_year(start.year + (1 if forward else -1), month_day)


def _place_in_year(year: int, month_day: str) -> date:
    """29 February is the last of its month in other years."""
    month, day = (int(part) for part in month_day.split("-"))
    return add_months(date(year, 1, day), month - 1)
