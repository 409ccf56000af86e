"""Procedures: what is done, by whom, and the clocks that law sets on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar, get_args

from changqing.law.entry import Fault, Loc, YamlEntry, make_file_names
from changqing.law.kit import (
    BothLanguages,
    Citation,
    Citations,
    FilledText,
    Id,
    InForce,
    LawRef,
    LicenceRef,
    OtherWays,
    ParameterRef,
    RegionRef,
    Scope,
    Stage,
    Standing,
)
from changqing.text import Text, WordedEnum
from changqing.yamlfile.suggest import suggest_word
from changqing.yamlfile.values import CheckedBy, Day, NotEmpty, Refusal, Words


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


def _check_stage(value: str) -> None:
    stages = get_args(Stage)
    if value not in stages:
        raise Refusal(
            f"应为 {'、'.join(stages)} 之一", f"must be one of {', '.join(stages)}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience(YamlEntry):
    """Whom a procedure, a step or a clock concerns; an empty list is everyone."""

    licences: tuple[LicenceRef, ...] = ()
    scopes: tuple[Scope, ...] = ()
    regions: tuple[RegionRef, ...] = ()

    def covers(self, *, licence: str, scope: str, region: str) -> bool:
        """Tell whether it concerns such an application."""
        return (
            (not self.licences or licence in self.licences)
            and (not self.scopes or scope in self.scopes)
            and (not self.regions or region in self.regions)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(YamlEntry):
    """How long a clock runs: as a `parameter` says, or as a `value` of a fact of `law`.

    The value of law may be a day instead; the clock then runs until it. Never a number.
    """

    parameter: ParameterRef | None = None
    law: LawRef | None = None
    value: Words | None = None

    def check(self) -> None:
        """Refuse both ways, neither, and half a way."""
        by_law = self.law is not None and self.value is not None
        half = (self.law is None) is not (self.value is None)
        if half or by_law is (self.parameter is not None):
            raise Refusal(
                "应写 parameter，或写 law 和 value",
                "must have parameter, or law and value",
            )

    @property
    def by_law(self) -> tuple[str, str] | None:
        """The fact of law and its value; None where a parameter says it."""
        if self.law is None or self.value is None:
            return None
        return self.law, self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Audience):
    """A bound on the day of a step. Without `amount` it is the very day of `start`.

    `start` is the id of a start or of an earlier step. `because` tells what this clock
    rests on where a step has several that do not agree.
    """

    __pydantic_config__: ClassVar = make_file_names(start="from", bound="kind")

    start: Id
    direction: Direction
    bound: Bound
    amount: Amount | None = None
    days: Days = Days.CALENDAR
    because: FilledText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureStep(Audience):
    """One thing done by one side. Without clocks no rule we know sets a time."""

    id: Id
    actor: Actor
    title: BothLanguages
    does: FilledText
    clocks: tuple[Clock, ...] = ()  # the main one first
    runs_out: FilledText | None = None  # what happens when the time has passed
    standing: Standing = Standing.CONDITION
    law: tuple[LawRef, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureGiven(YamlEntry):
    """Who applies, on which day the law is read, and the days that are known."""

    licence: LicenceRef
    scope: Scope
    region: RegionRef | None = None
    as_of: Day
    days: Mapping[Id, Day]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureExample(YamlEntry):
    """Days given and the days that follow; `provisional` names steps that are 暂按."""

    given: ProcedureGiven
    then: Annotated[Mapping[Id, Day | None], NotEmpty]
    provisional: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Audience):
    """`procedures/<id>.yaml`: what is done from one end to the other.

    `starts` are days a person may give, the main one first. `asks` has the questions
    it answers.
    """

    id: Id
    stage: Annotated[Words, CheckedBy(_check_stage)]
    title: BothLanguages
    about: FilledText | None = None
    starts: Annotated[Mapping[Id, BothLanguages], NotEmpty]
    steps: Annotated[tuple[ProcedureStep, ...], NotEmpty]
    citations: Citations
    in_force: InForce
    examples: Annotated[tuple[ProcedureExample, ...], NotEmpty]
    asks: OtherWays = field(default_factory=OtherWays)

    def find_faults(self) -> Iterator[Fault]:
        """Find steps named twice, and clocks and examples that name no step."""
        earlier_names = list(self.starts)
        for place, step in enumerate(self.steps):
            loc: Loc = ("steps", place)
            for position, clock in enumerate(step.clocks):
                here = (*loc, "clocks", position)
                yield from _find_name_faults(
                    (*here, "from"), clock.start, earlier_names
                )
                if position and clock.because is None:
                    yield Fault(
                        here,
                        Text("不是第一个 clock，应写 because", "is no first clock"),
                        Text(
                            "写明这个期限从哪里来，与前一个有何不同",
                            "say in because where it comes from and how it differs",
                        ),
                    )
            if step.id in earlier_names:
                yield Fault(
                    (*loc, "id"),
                    Text(f"{step.id} 已用过", f"{step.id} is taken already"),
                    Text("请改名", "give it another name"),
                )
            earlier_names.append(step.id)
        steps = [step.id for step in self.steps]
        for place, example in enumerate(self.examples):
            loc = ("examples", place)
            for name in example.given.days:
                yield from _find_name_faults(
                    (*loc, "given", "days", name), name, earlier_names
                )
            names_used: list[tuple[Loc, str]] = [
                *((("then", name), name) for name in example.then),
                *(
                    (("provisional", position), name)
                    for position, name in enumerate(example.provisional)
                ),
            ]
            for named_at, name in names_used:
                if name not in steps:
                    yield Fault(
                        (*loc, *named_at),
                        Text(f"{name} 不是步骤", f"{name} is no step"),
                        suggest_word(name, steps),
                    )


def _find_name_faults(
    loc: Loc, name: str, earlier_names: Iterable[str]
) -> Iterator[Fault]:
    names = list(earlier_names)
    if name not in names:
        yield Fault(
            loc,
            Text(
                f"{name} 不是 starts 之一，也不是前面的步骤",
                f"{name} is no start and no earlier step",
            ),
            suggest_word(name, names)
            or Text(f"可用的有 {'、'.join(names)}", f"there are {', '.join(names)}"),
        )
