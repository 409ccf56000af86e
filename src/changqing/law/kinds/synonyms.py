"""Words that mean the same to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from changqing.law.entry import YamlEntry
from changqing.law.kit import BothLanguages, Id
from changqing.yamlfile.values import Words


class Names(StrEnum):
    """What the words of a group name, where an answer hangs on it."""

    LICENCE = "licence"
    REGION = "region"
    ELSEWHERE = "elsewhere"
    """Another trade, or a thing of daily life, which no answer is about."""
    COUNTRY = "country"
    """Another country: where capital comes from, or else whose law is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonyms(YamlEntry):
    """`synonyms/<id>.yaml`: 年检 is asked for, 年报 is what there is.

    `handled_by` says which authority a matter is of, where it is none of ours.
    """

    id: Id
    names: Names | None = None
    handled_by: BothLanguages | None = None
    zh: tuple[Words, ...] = ()
    en: tuple[Words, ...] = ()
