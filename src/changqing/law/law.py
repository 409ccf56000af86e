"""Facts of law and of practice: what a rule says, and the numbers it says it with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from changqing.law.model import Citation, InForce, Parameter
from changqing.law.parts import (
    Data,
    citations_of,
    day_of,
    in_force_of,
    maybe_text,
    text_of,
)
from changqing.law.said import say_number
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.law.model import Catalogue

PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?\}")
"""Where a text has a value filled in: `{name}`, or `{fact.name}` from elsewhere."""

_NOT_STATED: Final = Text("没有规定", "not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterPlace:
    """Which value of a parameter; what is not named is taken as it comes first."""

    parameter: str
    licence: str | None = None
    scope: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LawValue:
    """One value a rule states: a number, a parameter's value, a day, or words.

    All None: the rule is known to state no number.
    """

    number: int | None = None
    unit: str | None = None
    parameter: ParameterPlace | None = None
    day: date | None = None
    month_day: str | None = None  # MM-DD
    words: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFact:
    """One fact of law or of practice in our own words, dated and cited.

    `says` and `note` have `{name}` where a value of `values` is filled in; ask
    `say_law`. Empty `licences` and no `scope` or `region`: everywhere.
    """

    id: str
    topic: str
    licences: tuple[str, ...]
    scope: str | None
    region: str | None
    says: Text
    values: Mapping[str, LawValue]
    no_rule: bool  # says that no national rule exists
    citations: tuple[Citation, ...]
    in_force: InForce | None
    succeeds: str | None
    note: Text | None


def law_fact(data: Data) -> LawFact:
    """One file of `law/`."""
    force = data.get("in_force")
    return LawFact(
        id=data["id"],
        topic=data["topic"],
        licences=tuple(data.get("licences") or ()),
        scope=data.get("scope"),
        region=data.get("region"),
        says=text_of(data["says"]),
        values={
            name: _value(value) for name, value in (data.get("values") or {}).items()
        },
        no_rule=bool(data.get("no_rule")),
        citations=citations_of(data["citations"]),
        in_force=None if force is None else in_force_of(force),
        succeeds=data.get("succeeds"),
        note=maybe_text(data, "note"),
    )


def _value(data: Mapping[str, Any]) -> LawValue:
    named = data.get("parameter")
    day = data.get("date")
    return LawValue(
        number=data.get("number"),
        unit=data.get("unit"),
        parameter=None
        if named is None
        else ParameterPlace(
            parameter=named,
            licence=data.get("licence"),
            scope=data.get("scope"),
            region=data.get("region"),
        ),
        day=None if day is None else day_of(day),
        month_day=data.get("month_day"),
        words=maybe_text(data, "words"),
    )


def law_number(
    catalogue: Catalogue, value: LawValue, *, on: date
) -> tuple[int | None, str | None]:
    """The number of a value on a day and its unit; None where none is stated."""
    place = value.parameter
    if place is None:
        return value.number, value.unit
    parameter = catalogue.parameters[place.parameter]
    return _of_parameter(parameter, place, on), parameter.unit


def _of_parameter(parameter: Parameter, place: ParameterPlace, on: date) -> int | None:
    for value in parameter.values:
        if (
            value.region == place.region
            and value.in_force.covers(on)
            and (place.scope is None or not value.scopes or place.scope in value.scopes)
            and (
                place.licence is None
                or not value.licences
                or place.licence in value.licences
            )
        ):
            return value.value
    return None


def say_value(catalogue: Catalogue, value: LawValue, *, on: date) -> Text:
    """A value as a person writes it: 90天, 3月31日, 100万元."""
    if value.words is not None:
        return value.words
    if value.day is not None:
        day = value.day
        return Text(
            f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}"
        )
    if value.month_day is not None:
        return _say_month_day(value.month_day)
    number, unit = law_number(catalogue, value, on=on)
    return _NOT_STATED if number is None else say_number(number, unit)


def _say_month_day(written: str) -> Text:
    day = date.fromisoformat(f"2000-{written}")
    return Text(f"{day.month}月{day.day}日", f"{day.day} {day:%B}")


def fill(
    catalogue: Catalogue,
    text: Text,
    *,
    on: date,
    own: Mapping[str, LawValue] | None = None,
) -> Text:
    """A text with every `{fact.name}`, and every `{name}` of `own`, filled in."""

    def found(place: re.Match[str]) -> Text:
        values = own or {} if place[2] is None else catalogue.law[place[1]].values
        return say_value(catalogue, values[place[2] or place[1]], on=on)

    return Text(
        PLACE.sub(lambda place: found(place).zh, text.zh),
        PLACE.sub(lambda place: found(place).en, text.en),
    )


def say_law(catalogue: Catalogue, fact: LawFact, *, on: date) -> Text:
    """What a fact of law says, with its numbers."""
    return fill(catalogue, fact.says, on=on, own=fact.values)


def law_on(catalogue: Catalogue, name: str, on: date) -> LawFact:
    """The fact of that name, or the one that preceded or replaced it on a day."""
    fact = catalogue.law[name]
    while (
        fact.in_force is not None
        and on < fact.in_force.start
        and fact.succeeds is not None
    ):
        fact = catalogue.law[fact.succeeds]
    return fact
