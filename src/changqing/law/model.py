"""What the catalogue holds, once loaded and checked: frozen values, no YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from changqing.law.classification import Classification
from changqing.law.kinds.commitment import Commitment
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
from changqing.law.kinds.synonyms import Synonyms
from changqing.law.kinds.topic import Topic
from changqing.law.kit import (
    Citation,
    Dimension,
    InForce,
    Standing,
)
from changqing.law.recent_changes import RecentChange
from changqing.rules.expression import Expression
from changqing.text import Text, WordedEnum


class Verdict(WordedEnum):
    """What is found of one criterion, from its proven and its claimed value."""

    MET = "met", Text("已证实", "met")
    CONTRADICTED = "contradicted", Text("矛盾", "contradicted")
    UNMET = "unmet", Text("不满足", "unmet")
    UNPROVEN = "unproven", Text("待证", "unproven")
    UNDETERMINED = "undetermined", Text("缺证", "undetermined")
    NOT_APPLICABLE = "not_applicable", Text("不适用", "not applicable")


class Route(WordedEnum):
    """The two ways the law gives to show long-term service."""

    STANDING = "standing", Text("信誉", "standing")
    ABILITY = "ability", Text("能力", "ability")


class Weight(WordedEnum):
    """Whether a criterion carries a route or only speaks for it."""

    CORE = "core", Text("核心", "core")
    SUPPORTING = "supporting", Text("佐证", "supporting")


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTerm:
    """How a criterion bears on long-term capability.

    With a `veto`, once it is certain that the criterion does not hold (the service is
    dead, nobody can complain, a paper was found false), neither route can show that the
    service lasts. While it is unknown the veto changes nothing.
    """

    route: Route
    weight: Weight
    veto: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What a person does when the criterion does not hold."""

    errand: str
    text: Text
    lead_days: int  # working days
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked case of one criterion; `members` are rows of other subjects.

    `claimed` holds all that is proven and what is said beside or against it. `agree`
    says whether the sources of a fact agree, where that is not simply so.
    """

    given: Mapping[str, object]
    claimed: Mapping[str, object]
    proven: Mapping[str, object]
    members: Mapping[str, tuple[Mapping[str, object], ...]]
    closed: frozenset[str]
    then: str
    agree: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One question, dated and cited."""

    id: str
    title: Text
    dimension: Dimension
    subject: str
    standing: Standing
    long_term: LongTerm | None
    citations: tuple[Citation, ...]
    in_force: InForce
    applies: Expression
    test: Expression
    defects: tuple[str, ...]
    remedy: Remedy
    examples: Sequence[Example]  # decoded when first asked for
    strength: Text | None = None
    doubt: Text | None = None
    headline: Text | None = None  # after the licence, said instead of a count
    succeeds: str | None = None
    own: bool = False  # an agency's own rule, not one of the shipped catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that is asked. `facts` is keyed by (subject, fact id).

    `program` is the SQLite program of all criteria as plain data, when it was kept
    with the compiled catalogue; ask `sqlite_program` for it.
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
    defects: Mapping[str, Defect] = field(default_factory=dict)
    law: Mapping[str, LawFact] = field(default_factory=dict)
    classification: Mapping[str, Classification] = field(default_factory=dict)
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    looks: Mapping[str, GuidedLook] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    synonyms: Mapping[str, Synonyms] = field(default_factory=dict)
    recent_changes: Mapping[str, RecentChange] = field(default_factory=dict)
    program: Mapping[str, object] | None = field(
        default=None, repr=False, compare=False
    )
