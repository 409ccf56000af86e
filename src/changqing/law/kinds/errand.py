"""Errands: visits and calls that settle what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from changqing.law.entry import Ref, YamlEntry
from changqing.law.kit import BothLanguages, Id
from changqing.yamlfile.values import Count, Flag, Positive, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand(YamlEntry):
    """`errands/<id>.yaml`: one visit or call that settles one or more criteria.

    `brings` names the kinds of paper that are fetched by it, `looks` the guided looks
    that are made by it, where that is all that is missing; it then takes `lead_days`
    working days. As a remedy it takes as long as the criterion says. What is fetched
    counts for `valid_days`, and is fetched last where there are any.
    """

    id: Id
    title: BothLanguages
    where: BothLanguages
    who: BothLanguages
    obtain: BothLanguages
    refused: tuple[BothLanguages, ...] = ()
    valid_days: Positive | None = None
    online: Flag
    brings: tuple[Annotated[Words, Ref("materials")], ...] = ()
    looks: tuple[Annotated[Words, Ref("looks")], ...] = ()
    lead_days: Count = 0
