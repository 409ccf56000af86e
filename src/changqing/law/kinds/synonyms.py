"""Words that mean the same to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from changqing.law.entry import YamlEntry
from changqing.law.kit import BothLanguages, Id
from changqing.yamlfile.values import Count, Words


class Names(StrEnum):
    """What the words of a group name, where an answer hangs on it."""

    LICENCE = "licence"
    REGION = "region"
    ELSEWHERE = "elsewhere"
    """Another trade, or a thing of daily life, which no answer is about."""
    COUNTRY = "country"
    """Another country: where capital comes from, or else whose law is asked for."""
    PERMIT = "permit"
    """The permit of another authority, of which only what names it can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(YamlEntry):
    """Words that mean something only together: 开 … 公司, and 上周 … 通报.

    One of `first` stands before one of `then`, at most `within` characters between
    them. Where one of `unless` stands anywhere, they mean nothing.
    """

    first: tuple[Words, ...]
    then: tuple[Words, ...]
    within: Count = 4
    unless: tuple[Words, ...] = ()


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
    together: tuple[Together, ...] = ()
