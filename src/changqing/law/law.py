"""What a fact of law says, with its numbers, on a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from changqing.law.kinds.law import PLACE, LawFact, LawValue
from changqing.law.kinds.parameter import Parameter
from changqing.law.model import Catalogue
from changqing.law.said import count_in_words, say_period
from changqing.text import Text

# Levels, grades and places are counted in words: 两级, 四地.
_MEASURES: Final = ("级", "档", "地")
_NOT_STATED: Final = Text("没有规定", "not stated")


def find_law_number(
    catalogue: Catalogue, value: LawValue, *, on: date
) -> tuple[int | None, str | None]:
    """Find the number of a value on a day and its unit; None where none is stated."""
    if value.parameter is None:
        return value.number, value.unit
    parameter = catalogue.parameters[value.parameter]
    return _find_parameter_number(parameter, value, on), parameter.unit


def _find_parameter_number(
    parameter: Parameter, place: LawValue, on: date
) -> int | None:
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
    """Say a value as a person writes it: 90日, 3月31日, 100万元."""
    if value.words is not None:
        return value.words
    if value.day is not None:
        day = value.day
        return Text(
            f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}"
        )
    if value.month_day is not None:
        return _say_month_day(value.month_day)
    number, unit = find_law_number(catalogue, value, on=on)
    return _NOT_STATED if number is None else say_period(number, unit)


def _say_month_day(month_day: str) -> Text:
    day = date.fromisoformat(f"2000-{month_day}")
    return Text(f"{day.month}月{day.day}日", f"{day.day} {day:%B}")


def fill(
    catalogue: Catalogue,
    text: Text,
    *,
    on: date,
    own: Mapping[str, LawValue] | None = None,
) -> Text:
    """Fill in every `{fact.name}` of a text, and every `{name}` of `own`."""

    def find_value(place: re.Match[str]) -> LawValue:
        values = own or {} if place[2] is None else catalogue.law[place[1]].values
        return values[place[2] or place[1]]

    def say_zh(place: re.Match[str]) -> str:
        value = find_value(place)
        if place.string[place.end() :].startswith(_MEASURES):
            number, unit = find_law_number(catalogue, value, on=on)
            if number is not None and unit in (None, "count"):
                return count_in_words(number)
        return say_value(catalogue, value, on=on).zh

    return Text(
        PLACE.sub(say_zh, text.zh),
        PLACE.sub(
            lambda place: say_value(catalogue, find_value(place), on=on).en, text.en
        ),
    )


def say_law(catalogue: Catalogue, fact: LawFact, *, on: date) -> Text:
    """Say what a fact of law says, with its numbers."""
    return fill(catalogue, fact.says, on=on, own=fact.values)


def find_law_on(catalogue: Catalogue, name: str, on: date) -> LawFact:
    """Find the fact of that name, or the one that preceded or replaced it on a day."""
    fact = catalogue.law[name]
    while (
        fact.in_force is not None
        and on < fact.in_force.start
        and fact.succeeds is not None
    ):
        fact = catalogue.law[fact.succeeds]
    return fact
