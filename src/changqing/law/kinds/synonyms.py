"""Words that mean the same to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from changqing.law.entry import YamlEntry
from changqing.law.kit import Id
from changqing.yamlfile.values import Words


class Names(StrEnum):
    """What the words of a group name, where an answer hangs on it."""

    LICENCE = "licence"
    REGION = "region"
    ELSEWHERE = "elsewhere"
    """Another trade, or a thing of daily life, which no answer is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonyms(YamlEntry):
    """`synonyms/<id>.yaml`: 年检 is asked for, 年报 is what there is."""

    id: Id
    names: Names | None = None
    zh: tuple[Words, ...] = ()
    en: tuple[Words, ...] = ()
