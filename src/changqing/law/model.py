"""What the catalogue holds, once loaded and checked: frozen values, no YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from changqing.law.kit import (
    Citation,
    Confidence,
    Dimension,
    Freshness,
    Grade,
    InForce,
    Standing,
    Validity,
)
from changqing.text import Text, WordedEnum

if TYPE_CHECKING:
    from changqing.law.classification import Classification
    from changqing.law.kinds.law import LawFact
    from changqing.law.licences import Licence
    from changqing.law.looks import GuidedLook
    from changqing.law.materials import Material
    from changqing.law.procedures import Procedure
    from changqing.law.recent_changes import RecentChange
    from changqing.law.topics import Synonyms, Topic
    from changqing.rules.expression import Expression
    from changqing.rules.types import ValueType


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
class Amendment:
    """A change of an instrument: `on` is the first day of the text as amended.

    `confidence` is how sure we are of that day and of what changed.
    """

    on: date
    adopted: date | None
    says: Text
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A legal text, a published guide, or a collection of reported practice."""

    id: str
    title: Text
    number: str | None
    issuer: Text | None
    in_force: InForce | None
    read: str  # full | partial | secondary-only | none
    sources: tuple[str, ...]
    amendments: tuple[Amendment, ...] = ()
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One word of the vocabulary: what may be known of one subject."""

    id: str
    subject: str
    dimension: Dimension
    label: Text
    type: ValueType
    unit: str | None  # fen | days | months | years | persons | count | basis_points
    # company_name | person | domain | address | phone | credit_code | plain
    text_kind: str | None
    value_labels: Mapping[str, Text]
    proof: Grade
    validity: Validity
    tolerance: int
    sources: tuple[str, ...]  # form | paper:<material> | probe:<name> | guided:<target>
    question: Text | None = None
    at_least: int | date | None = None  # None: whatever the type can hold
    at_most: int | date | None = None
    generated: bool = False
    freshness: Freshness | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """One dated value of a parameter for some licences and scopes (empty: all)."""

    value: int | None
    licences: tuple[str, ...]
    scopes: tuple[str, ...]
    region: str | None
    in_force: InForce
    standing: Standing
    citations: tuple[Citation, ...]
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number set by law, by a province or by reported practice."""

    id: str
    label: Text
    type: ValueType
    unit: str | None
    values: tuple[ParameterValue, ...]


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
class Errand:
    """One visit or call that settles one or more criteria.

    `brings` names the kinds of paper that are fetched by it, `looks` the guided looks
    that are made by it, where that is all that is missing; it then takes `lead_days`
    working days. As a remedy it takes as long as the criterion says.
    """

    id: str
    title: Text
    where: Text
    who: Text
    obtain: Text
    refused: tuple[Text, ...]
    valid_days: int | None  # what is fetched counts this long; fetched last
    online: bool
    brings: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    lead_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What the service rests on, and the date facts that say until when."""

    id: str
    label: Text
    subject: str
    until: str  # a date fact
    kind: str  # commitment | renewal
    open_ended: str | None = None  # a boolean fact: has no end
    endless: Text | None = None  # how "has no end" is said of it
    renews: str | None = None  # a boolean fact: goes on by itself unless given up
    detail: str | None = None  # a text fact shown beside the label
    grace_days: int = 0  # how long after a renewal's end its successor usually shows
    only: str | None = None  # the kind of subject that rests on it; None: every kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A province, by its two digits of GB/T 2260."""

    code: str
    label: Text
    authority: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A reason for which papers come back, or a licence is lost.

    `standing` is that of the strongest criterion which detects it, `stages` where it
    occurs. No `licences` means every class of business. `words` are what a notice says
    of it: of each entry, the parts between blanks all stand in one line.
    """

    code: str
    label: Text
    standing: Standing
    stages: tuple[str, ...]
    licences: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    note: Text | None = None


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
