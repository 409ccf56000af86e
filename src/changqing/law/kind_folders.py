"""Which kind of entry stands in which folder of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from changqing.jsondata import JsonObject
from changqing.law.entry import YamlEntry, revive
from changqing.law.kinds.choice import PlanChoice
from changqing.law.kinds.classification import Classification
from changqing.law.kinds.commitment import Commitment
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.defect import Defect
from changqing.law.kinds.errand import Errand
from changqing.law.kinds.fact import DateRange, Fact, NumberRange
from changqing.law.kinds.instrument import Instrument
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.licence import Licence
from changqing.law.kinds.look import GuidedLook
from changqing.law.kinds.material import Material
from changqing.law.kinds.parameter import Parameter, Region
from changqing.law.kinds.procedure import Procedure
from changqing.law.kinds.recent_change import RecentChange
from changqing.law.kinds.synonyms import Synonyms
from changqing.law.kinds.topic import Topic

WITH_RULES: Final = ("criteria", "classification", "recent_changes")
"""The folders whose entries have rules that have to be parsed."""

KINDS: Final[Mapping[str, type[YamlEntry]]] = {
    "instruments": Instrument,
    "law": LawFact,
    "facts": Fact,
    "materials": Material,
    "parameters": Parameter,
    "criteria": Criterion,
    "errands": Errand,
    "commitments": Commitment,
    "choices": PlanChoice,
    "recent_changes": RecentChange,
    "licences": Licence,
    "classification": Classification,
    "regions": Region,
    "procedures": Procedure,
    "looks": GuidedLook,
    "topics": Topic,
    "synonyms": Synonyms,
}
"""One file an entry."""

Entries = Mapping[str, Mapping[str, Any]]
"""The entries of each folder, and of `defects` and `ranges`, by name."""


def find_range_kind(name: str) -> type[DateRange | NumberRange]:
    """Find the kind of an entry of `ranges.yaml`."""
    return DateRange if name == "date" else NumberRange


def revive_entries(folder: str, data_by_name: JsonObject) -> dict[str, Any]:
    """Make the entries of a folder of data that were found right before: `revive`."""
    if folder == "defects":
        return {
            code: replace(revive(Defect, data), code=code)
            for code, data in data_by_name.items()
        }
    if folder == "ranges":
        return {
            name: revive(find_range_kind(name), data)
            for name, data in data_by_name.items()
        }
    kind = KINDS[folder]
    return {name: revive(kind, data) for name, data in data_by_name.items()}
