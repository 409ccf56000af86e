"""Instruments: the texts that rules stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from changqing.law.entry import YamlEntry
from changqing.law.kit import BothLanguages, Confidence, InForce
from changqing.yamlfile.values import Day, MadeBy, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment(YamlEntry):
    """A change of an instrument: `on` is the first day of the text as amended.

    `confidence` is how sure we are of that day and of what changed.
    """

    on: Day
    adopted: Day | None = None
    says: BothLanguages
    confidence: Annotated[
        Confidence,
        MadeBy(Confidence, Literal["text_verified", "secondary", "recalled"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument(YamlEntry):
    """`instruments/<id>.yaml`: a law, a guide, or a collection of practice.

    `sources` are the pages that were read, `official` the addresses at which a person
    finds the authority's own text where that was not.
    """

    id: Words
    title: BothLanguages
    number: Words | None = None
    issuer: BothLanguages | None = None
    in_force: InForce | None = None
    read: Literal["full", "partial", "secondary-only", "none"]
    sources: tuple[Words, ...] = ()
    official: tuple[Words, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    note: BothLanguages | None = None
