"""Procedures: what is done, by whom, and the clocks that law sets on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from changqing.law.kit import Citation, InForce, Standing
from changqing.law.parts import (
    Data,
    citations_of,
    day_of,
    in_force_of,
    maybe_text,
    text_of,
)
from changqing.text import Text, WordedEnum


class Actor(WordedEnum):
    """Who takes a step."""

    APPLICANT = "applicant", Text("申请人", "applicant")
    AUTHORITY = "authority", Text("机关", "authority")
    BOTH = "both", Text("双方", "both sides")
    PUBLIC = "public", Text("社会公众", "the public")


class Bound(WordedEnum):
    """What the day of a clock is: a last day, a first day, or what to reckon with."""

    LATEST = "latest", Text("最晚", "by")
    EARLIEST = "earliest", Text("最早", "from")
    EXPECTED = "expected", Text("预计", "about")


class Direction(StrEnum):
    """Which way a clock runs from its start."""

    BEFORE = "before"
    AFTER = "after"


class Days(StrEnum):
    """Whether a rule that says days says which."""

    CALENDAR = "calendar"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whom a procedure, a step or a clock concerns; an empty list is everyone."""

    licences: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def covers(self, *, licence: str, scope: str, region: str) -> bool:
        """Whether an application stands here."""
        return (
            (not self.licences or licence in self.licences)
            and (not self.scopes or scope in self.scopes)
            and (not self.regions or region in self.regions)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ByParameter:
    """As long as a parameter says."""

    parameter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByLaw:
    """As long as one value of a fact of law says, or until the day it names."""

    law: str
    value: str


Amount = ByParameter | ByLaw
"""How long a clock runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A bound on the day of a step. Without `amount` it is the very day of `start`.

    `start` is the id of a start or of an earlier step. `because` tells what this clock
    rests on where a step has several that do not agree.
    """

    start: str
    direction: Direction
    bound: Bound
    amount: Amount | None
    days: Days
    place: Place
    because: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing done by one side. Without clocks no rule we know sets a time."""

    id: str
    actor: Actor
    title: Text
    does: Text
    clocks: tuple[Clock, ...]  # the main one first
    runs_out: Text | None  # what happens when the time has passed
    standing: Standing
    law: tuple[str, ...]
    citations: tuple[Citation, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureExample:
    """Days given and the days that follow; `provisional` names steps that are 暂按."""

    licence: str
    scope: str
    region: str  # empty: none in particular
    as_of: date
    days: Mapping[str, date]
    then: Mapping[str, date | None]
    provisional: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """What is done from one end to the other; `starts` are days a person may give."""

    id: str
    stage: str
    title: Text
    about: Text | None
    place: Place
    starts: Mapping[str, Text]  # the main one first
    steps: tuple[Step, ...]
    citations: tuple[Citation, ...]
    in_force: InForce
    examples: tuple[ProcedureExample, ...]


def procedure(data: Data) -> Procedure:
    """One file of `procedures/`."""
    return Procedure(
        id=data["id"],
        stage=data["stage"],
        title=text_of(data["title"]),
        about=maybe_text(data, "about"),
        place=_place(data),
        starts={name: text_of(said) for name, said in data["starts"].items()},
        steps=tuple(map(_step, data["steps"])),
        citations=citations_of(data["citations"]),
        in_force=in_force_of(data["in_force"]),
        examples=tuple(map(_example, data["examples"])),
    )


def _place(data: Data) -> Place:
    return Place(
        licences=tuple(data.get("licences") or ()),
        scopes=tuple(data.get("scopes") or ()),
        regions=tuple(data.get("regions") or ()),
    )


def _step(data: Data) -> Step:
    return Step(
        id=data["id"],
        actor=Actor(data["actor"]),
        title=text_of(data["title"]),
        does=text_of(data["does"]),
        clocks=tuple(map(_clock, data.get("clocks") or ())),
        runs_out=maybe_text(data, "runs_out"),
        standing=Standing(data.get("standing", Standing.CONDITION)),
        law=tuple(data.get("law") or ()),
        citations=citations_of(data.get("citations") or ()),
        place=_place(data),
    )


def _clock(data: Data) -> Clock:
    amount = data.get("amount")
    return Clock(
        start=data["from"],
        direction=Direction(data["direction"]),
        bound=Bound(data["kind"]),
        amount=None if amount is None else _amount(amount),
        days=Days(data.get("days", Days.CALENDAR)),
        place=_place(data),
        because=maybe_text(data, "because"),
    )


def _amount(data: Data) -> Amount:
    parameter = data.get("parameter")
    if parameter is not None:
        return ByParameter(parameter=parameter)
    return ByLaw(law=data["law"], value=data["value"])


def _example(data: Data) -> ProcedureExample:
    given = data["given"]
    return ProcedureExample(
        licence=given["licence"],
        scope=given["scope"],
        region=given.get("region", ""),
        as_of=day_of(given["as_of"]),
        days={name: day_of(day) for name, day in given["days"].items()},
        then={
            name: None if day is None else day_of(day)
            for name, day in data["then"].items()
        },
        provisional=frozenset(data.get("provisional") or ()),
    )
