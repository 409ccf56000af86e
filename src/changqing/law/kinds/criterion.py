"""Criteria: one question each, dated and cited, with the examples that hold it to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from changqing.law.entry import NOT_IN_FILE, Ref, YamlEntry
from changqing.law.kit import (
    ALWAYS,
    BothLanguages,
    Citations,
    Dimension,
    ExampleRow,
    Id,
    InForce,
    OtherWays,
    Rule,
    Standing,
    SubjectName,
)
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum
from changqing.yamlfile.values import Count, Flag, MadeBy, Refusal, Words

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

CriterionRef = Annotated[Words, Ref("criteria")]


class Route(WordedEnum):
    """The two ways the law gives to show long-term service."""

    STANDING = "standing", Text("信誉", "standing")
    ABILITY = "ability", Text("能力", "ability")


class Weight(WordedEnum):
    """Whether a criterion carries a route or only speaks for it."""

    CORE = "core", Text("核心", "core")
    SUPPORTING = "supporting", Text("佐证", "supporting")


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTerm(YamlEntry):
    """How a criterion bears on long-term capability.

    With a `veto`, once it is certain that the criterion does not hold (the service is
    dead, nobody can complain, a paper was found false), neither route can show that the
    service lasts. While it is unknown the veto changes nothing.
    """

    route: Route
    weight: Weight
    veto: Flag = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy(YamlEntry):
    """What a person does when the criterion does not hold; takes working days."""

    errand: Annotated[Words, Ref("errands")]
    zh: Words
    en: Words
    lead_days: Count
    needs: tuple[CriterionRef, ...] = ()

    @property
    def text(self) -> Text:
        """What to do, in both languages."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example(YamlEntry):
    """A worked case of one criterion; `members` are rows of other subjects.

    In a file each subject stands beside `then`, and `claimed` is what is said beside or
    against what is proven; in a catalogue `claimed` also holds all that is proven, and
    values have their types. `agree` says whether the sources of a fact agree, where
    that is not simply so.
    """

    given: ExampleRow = field(default_factory=dict)
    proven: ExampleRow = field(default_factory=dict)
    claimed: ExampleRow = field(default_factory=dict)
    agree: Mapping[str, Flag] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    then: Literal["met", "unmet", "not_applicable"]
    members: Annotated[
        Mapping[str, Sequence[Mapping[str, Value | None]]], MadeBy(dict)
    ] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse members that are no list of rows."""
        for subject, rows in self.members.items():
            if not isinstance(rows, list):
                raise Refusal("应为列表", "must be a list", at=subject)
            if not all(isinstance(row, Mapping) for row in rows):
                raise Refusal("应为“键: 值”", "must be keys with values", at=subject)


EXAMPLE_FIELDS: Final = frozenset(
    field.name for field in fields(Example) if field.name != "members"
)
"""What an example says beside its members."""


def gather_members(data: Any) -> Any:
    """Put together what a file writes beside the fields of an example."""
    if not isinstance(data, Mapping):
        return data
    own = {name: value for name, value in data.items() if name in EXAMPLE_FIELDS}
    others = {name: rows for name, rows in data.items() if name not in EXAMPLE_FIELDS}
    return {**own, "members": others}


class _WithMembers:
    """An example as a file writes it."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Gather the members first."""
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(
            gather_members, handler(source)
        )


WrittenExamples = tuple[Annotated[Example, _WithMembers()], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion(YamlEntry):
    """`criteria/<dimension>/<id>.yaml`: one question, dated and cited.

    In a catalogue `applies` and `test` hold the `premise` as well, and the values of
    examples have their types; revived, they are made when first looked at. `headline`
    is said after the licence instead of a count. `asks` has the questions it answers.
    An `own` criterion is an agency's, not one of the shipped catalogue.
    """

    id: Id
    title: BothLanguages
    dimension: Dimension
    subject: SubjectName
    standing: Standing
    long_term: LongTerm | None = None
    citations: Citations
    in_force: InForce
    succeeds: CriterionRef | None = None
    applies: Rule = ALWAYS
    premise: Words | None = None
    test: Rule
    defects: tuple[Annotated[Words, Ref("defects")], ...] = ()
    remedy: Remedy
    doubt: BothLanguages | None = None
    headline: BothLanguages | None = None
    strength: BothLanguages | None = None
    examples: Annotated[Sequence[Example], MadeBy(tuple, WrittenExamples)]
    asks: OtherWays = field(default_factory=OtherWays)
    own: bool = field(default=False, metadata=NOT_IN_FILE)
