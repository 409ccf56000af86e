"""Kinds of paper, and who asks for which of them, where and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from changqing.law.entry import Ref, YamlEntry
from changqing.law.kit import (
    BothLanguages,
    Citations,
    Dimension,
    FilledText,
    Freshness,
    Id,
    InForce,
    LicenceRef,
    RegionRef,
    Scope,
    Stage,
    Standing,
    check_freshness,
)
from changqing.text import Text, WordedEnum
from changqing.yamlfile.values import CheckedBy, MadeBy, Positive, Refusal, Words


class Personal(WordedEnum):
    """Why a paper is about a person, and left out of what others are given."""

    IDENTITY = "identity", Text("身份证件", "identity paper")
    SALARY = "salary", Text("劳动合同、工资", "employment, salary")
    PERSONAL_NUMBER = "personal_number", Text("个人号码", "personal number")


def _check_element(value: str) -> None:
    if not re.fullmatch(r"states_[a-z0-9_]+", value):
        raise Refusal("应以 states_ 开头", "must begin with states_")


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRequest(YamlEntry):
    """What one source asks of a paper: of whom, where, when, and what it must show.

    An empty tuple means all of them: no `regions`, the whole country. No `licences`
    means every permit; number resources are no permit and are named where meant. An
    entry of a region stands beside the national ones, or instead of them where it
    `replaces`.
    """

    licences: tuple[LicenceRef, ...] = ()
    scopes: tuple[Scope, ...] = ()
    regions: tuple[RegionRef, ...] = ()
    stages: tuple[Stage, ...] = ()
    requirement: FilledText
    accepts: tuple[FilledText, ...] = ()
    refuses: tuple[FilledText, ...] = ()
    standing: Standing
    citations: Citations
    in_force: InForce | None = None
    replaces: Annotated[bool, MadeBy(bool, Literal[True])] = False
    note: FilledText | None = None

    def check(self) -> None:
        """Refuse what replaces nothing, and agencies' word for more than practice."""
        if self.replaces and not self.regions:
            raise Refusal(
                "只能用于写明 regions 的要求",
                "needs regions: a national entry has nothing to replace",
                at="replaces",
            )
        if self.standing is not Standing.PRACTICE and all(
            citation.confidence.startswith("practice_") for citation in self.citations
        ):
            raise Refusal(
                "只有代办经验作依据，应为 practice",
                "rests on agencies alone and must be practice",
                at="standing",
            )

    def concerns(
        self, *, licence: str, scope: str, region: str | None, stage: str, on: date
    ) -> bool:
        """Whether it is asked of such an application on a day; no `region`: national.

        A region's entry concerns that region alone, a national one every region.
        """
        return (
            (licence in self.licences if self.licences else is_permit(licence))
            and (not self.scopes or scope in self.scopes)
            and (not self.regions or region in self.regions)
            and (not self.stages or stage in self.stages)
            and (self.in_force is None or self.in_force.covers(on))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialFreshness(Freshness):
    """`facts`, which are read in the paper, have to be recent like itself."""

    facts: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Material(YamlEntry):
    """`materials/<id>.yaml`: a kind of paper.

    Gives the facts `applicant.has_<id>` and `paper.states_<element>`. A lease
    `satisfies` what is asked for as proof of premises. `order` is its place in a list
    of papers; without one it comes after those that have one. What is `personal` is
    about a person and not about the company.

    A paper counts as being there for `validity_days` from the day it was received; one
    that has to be recent (`freshness`) from its day of issue. `own_end` is the fact
    that says until when it runs: what is read in it counts until then.
    """

    id: Id
    label: BothLanguages
    dimension: Dimension
    order: Positive | None = None
    satisfies: tuple[Annotated[Words, Ref("materials")], ...] = ()
    validity_days: Positive | None = None
    freshness: MaterialFreshness | None = None
    own_end: Id | None = None
    personal: Personal | None = None
    elements: Mapping[Annotated[str, CheckedBy(_check_element)], BothLanguages] = field(
        default_factory=dict
    )
    asked: tuple[MaterialRequest, ...] = ()

    def check(self) -> None:
        """Refuse a freshness of no number of days."""
        check_freshness(self.freshness, self.validity_days)

    def find_asked(
        self, *, licence: str, scope: str, region: str | None, stage: str, on: date
    ) -> tuple[MaterialRequest, ...]:
        """Find what is asked of such an application on a day: national, then local."""
        requests = [
            request
            for request in self.asked
            if request.concerns(
                licence=licence, scope=scope, region=region, stage=stage, on=on
            )
        ]
        local = [request for request in requests if request.regions]
        if any(request.replaces for request in local):
            return tuple(local)
        return (*(request for request in requests if not request.regions), *local)


def is_permit(licence: str) -> bool:
    """Whether a code is a permit's; those of number resources begin with N."""
    return not licence.startswith("N")


def kinds_for(materials: Mapping[str, Material], asked: str) -> Iterator[str]:
    """The kinds of paper that do for what is asked: itself, and what satisfies it."""
    for name, material in materials.items():
        if name == asked or asked in material.satisfies:
            yield name
