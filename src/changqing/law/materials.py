"""Kinds of paper, and who asks for which of them, where and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from changqing.law.kit import Citation, Dimension, Freshness, InForce, Standing
from changqing.law.model import Fact
from changqing.law.parts import (
    Data,
    citations_of,
    freshness_of,
    in_force_of,
    maybe_text,
    text_of,
    texts_of,
)
from changqing.text import Text, WordedEnum


class Personal(WordedEnum):
    """Why a paper is about a person, and left out of what others are given."""

    IDENTITY = "identity", Text("身份证件", "identity paper")
    SALARY = "salary", Text("劳动合同、工资", "employment, salary")
    PERSONAL_NUMBER = "personal_number", Text("个人号码", "personal number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one source asks of a paper: of whom, where, when, and what it must show.

    An empty tuple means all of them: no `regions`, the whole country. No `licences`
    means every permit; number resources are no permit and are named where meant. An
    entry of a region stands beside the national ones, or instead of them where it
    `replaces`. Texts may have `{fact.value}` where a value of law is filled in; see
    `fill`.
    """

    licences: tuple[str, ...]
    scopes: tuple[str, ...]
    regions: tuple[str, ...]
    stages: tuple[str, ...]
    requirement: Text
    accepts: tuple[Text, ...]
    refuses: tuple[Text, ...]
    standing: Standing
    citations: tuple[Citation, ...]
    in_force: InForce | None = None
    replaces: bool = False
    note: Text | None = None

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
class Material:
    """A kind of paper. Gives `applicant.has_<id>` and `paper.states_<element>`.

    A lease `satisfies` what is asked for as proof of premises. `order` is its place in
    a list of papers; without one it comes after those that have one. What is `personal`
    is about a person and not about the company.

    A paper counts as being there for `validity_days` from the day it was received; one
    that has to be recent (`freshness`) from its day of issue. `own_end` is the fact
    that says until when it runs: what is read in it counts until then.
    """

    id: str
    label: Text
    elements: Mapping[str, Text]
    validity_days: int | None
    asked: tuple[Asked, ...] = ()
    satisfies: tuple[str, ...] = ()
    order: int | None = None
    dimension: Dimension = Dimension.ENTITY
    personal: Personal | None = None
    freshness: Freshness | None = None
    own_end: str | None = None

    def asked_of(
        self, *, licence: str, scope: str, region: str | None, stage: str, on: date
    ) -> tuple[Asked, ...]:
        """What is asked of such an application on a day: national first, then local."""
        found = [
            each
            for each in self.asked
            if each.concerns(
                licence=licence, scope=scope, region=region, stage=stage, on=on
            )
        ]
        own = [each for each in found if each.regions]
        if any(each.replaces for each in own):
            return tuple(own)
        return (*(each for each in found if not each.regions), *own)


def is_permit(licence: str) -> bool:
    """Whether a code is a permit's; those of number resources begin with N."""
    return not licence.startswith("N")


def kinds_for(materials: Mapping[str, Material], asked: str) -> Iterator[str]:
    """The kinds of paper that do for what is asked: itself, and what satisfies it."""
    for name, material in materials.items():
        if name == asked or asked in material.satisfies:
            yield name


def say_days(days: int, freshness: Freshness | None) -> Text:
    """For how many days a paper counts, and from when."""
    if freshness is None:
        return Text(
            f"从收到那天起算{days}天", f"{days} days from the day it was received"
        )
    because = freshness.because
    return Text(
        f"从出具日起算{days}天（{because.zh}）",
        f"{days} days from the day of issue ({because.en})",
    )


def say_freshness(fact: Fact, materials: Mapping[str, Material]) -> tuple[Text, ...]:
    """How recent the papers have to be that a fact is read in; nothing if no matter."""
    days = fact.validity.days
    if days is None:
        return ()
    kinds = [name.removeprefix("paper:") for name in fact.sources]
    recent = [
        (materials[kind].label, freshness)
        for kind in kinds
        if kind in materials
        and (freshness := materials[kind].freshness) is not None
        and fact.id in (f"has_{kind}", *freshness.facts)
    ]
    if not recent and fact.freshness is not None:
        recent = [(fact.label, fact.freshness)]
    said = [(label, say_days(days, freshness)) for label, freshness in recent]
    return tuple(
        Text(f"{label.zh}：{counts.zh}", f"{label.en}: {counts.en}")
        for label, counts in said
    )


def material_of(data: Data) -> Material:
    """One file of `materials/`."""
    return Material(
        id=data["id"],
        label=text_of(data["label"]),
        elements={
            name: text_of(said) for name, said in (data.get("elements") or {}).items()
        },
        validity_days=data.get("validity_days"),
        asked=tuple(_asked(each) for each in data.get("asked") or ()),
        satisfies=tuple(data.get("satisfies") or ()),
        order=data.get("order"),
        dimension=Dimension(data["dimension"]),
        personal=None if data.get("personal") is None else Personal(data["personal"]),
        freshness=freshness_of(data.get("freshness")),
        own_end=data.get("own_end"),
    )


def _asked(data: Mapping[str, Any]) -> Asked:
    force = data.get("in_force")
    return Asked(
        licences=tuple(data.get("licences") or ()),
        scopes=tuple(data.get("scopes") or ()),
        regions=tuple(data.get("regions") or ()),
        stages=tuple(data.get("stages") or ()),
        requirement=text_of(data["requirement"]),
        accepts=texts_of(data.get("accepts")),
        refuses=texts_of(data.get("refuses")),
        standing=Standing(data["standing"]),
        citations=citations_of(data["citations"]),
        in_force=None if force is None else in_force_of(force),
        replaces=bool(data.get("replaces")),
        note=maybe_text(data, "note"),
    )
