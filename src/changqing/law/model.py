"""What the catalogue holds, once loaded and checked: frozen values, no YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from changqing.jsondata import JsonObject
from changqing.law.kinds.choice import PlanChoice
from changqing.law.kinds.classification import Classification
from changqing.law.kinds.commitment import Commitment
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.defect import Defect
from changqing.law.kinds.errand import Errand
from changqing.law.kinds.fact import Fact
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
from changqing.text import Text, WordedEnum


class Verdict(WordedEnum):
    """What is found of one criterion, from its proven and its claimed value."""

    MET = "met", Text("已证实", "met")
    CONTRADICTED = "contradicted", Text("矛盾", "contradicted")
    UNMET = "unmet", Text("不满足", "unmet")
    UNPROVEN = "unproven", Text("待证", "unproven")
    UNDETERMINED = "undetermined", Text("缺证", "undetermined")
    NOT_APPLICABLE = "not_applicable", Text("不适用", "not applicable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that is asked. `facts` is keyed by (subject, fact id).

    `program` is the SQLite program of all criteria as plain data, when it was kept
    with the compiled catalogue; ask `load_sqlite_program`. A catalogue of `defer` loads
    each part when it is first asked for: a question reads no criteria.
    """

    edition: str
    digest: str
    instruments: Mapping[str, Instrument]
    facts: Mapping[tuple[str, str], Fact]
    materials: Mapping[str, Material]
    parameters: Mapping[str, Parameter]
    criteria: Mapping[str, Criterion]
    errands: Mapping[str, Errand]
    commitments: Mapping[str, Commitment]
    licences: Mapping[str, Licence]
    regions: Mapping[str, Region]
    choices: Mapping[str, PlanChoice] = field(default_factory=dict)
    defects: Mapping[str, Defect] = field(default_factory=dict)
    law: Mapping[str, LawFact] = field(default_factory=dict)
    classification: Mapping[str, Classification] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    looks: Mapping[str, GuidedLook] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    synonyms: Mapping[str, Synonyms] = field(default_factory=dict)
    recent_changes: Mapping[str, RecentChange] = field(default_factory=dict)
    program: JsonObject | None = field(default=None, repr=False, compare=False)
    _load: Callable[[str], object] | None = field(
        default=None, init=False, repr=False, compare=False
    )

    @classmethod
    def defer(
        cls, load: Callable[[str], object], *, edition: str, digest: str
    ) -> Catalogue:
        """Make a catalogue whose other parts `load` gives by their names."""
        catalogue = object.__new__(cls)
        for name, value in {
            "edition": edition,
            "digest": digest,
            "_load": load,
        }.items():
            object.__setattr__(catalogue, name, value)
        return catalogue

    def load_all(self) -> None:
        """Load every part now, as before a process parts into several."""
        for name in PARTS:
            getattr(self, name)

    def __reduce__(
        self,
    ) -> tuple[Callable[[Mapping[str, Any]], Catalogue], tuple[Mapping[str, Any]]]:
        """Go to another process whole: what loads the parts stays in this one."""
        parts = {
            entry.name: getattr(self, entry.name)
            for entry in fields(self)
            if entry.init
        }
        return _make_whole, (parts,)

    if not TYPE_CHECKING:  # to mypy any name at all would be a part then

        def __getattr__(self, name: str) -> object:
            """Load a part that nobody has asked for yet, and keep it."""
            if name not in _DEFERRED:
                raise AttributeError(name)
            part = self._load(name)
            object.__setattr__(self, name, part)
            return part


def _make_whole(parts: Mapping[str, Any]) -> Catalogue:
    return Catalogue(**parts)


_DEFERRED: Final = frozenset(entry.name for entry in fields(Catalogue)) - {
    *("edition", "digest", "_load"),
}
PARTS: Final = tuple(
    entry.name
    for entry in fields(Catalogue)
    if entry.name in _DEFERRED and entry.name != "program"
)
"""The parts of a catalogue that are made of folders of entries."""
