"""The edition of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from changqing.law.entry import YamlEntry
from changqing.yamlfile.values import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(YamlEntry):
    """`edition.yaml`."""

    edition: Words
