"""Frozen values out of the plain data of checked files.

Both ways into the catalogue end here, from text and from the cache, so that they cannot
differ. Nothing is checked here: the shapes were, and the references will be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, overload

from changqing.law.classification import classification_of
from changqing.law.kind_folders import Entries
from changqing.law.kinds.fact import DateRange, Fact, NumberRange
from changqing.law.kinds.material import Material
from changqing.law.kinds.parameter import Parameter, Region
from changqing.law.kit import (
    Dimension,
    Grade,
    Standing,
    Validity,
)
from changqing.law.model import (
    Catalogue,
    Criterion,
    Example,
    LongTerm,
    Remedy,
    Route,
    Weight,
)
from changqing.law.parts import (
    Data,
    citations_of,
    in_force_of,
    maybe_text,
    text_of,
)
from changqing.law.recent_changes import recent_change_of
from changqing.law.words import STATES
from changqing.rules.expression import Expression
from changqing.rules.tree import And, Not, Or
from changqing.rules.types import Kind, Value, ValueType
from changqing.text import Text

Folders = Mapping[str, Mapping[str, Data]]
"""The files by folder and name; a fact's name is `<subject>/<id>`."""

EXAMPLE_FIELDS: Final = frozenset(
    {"given", "proven", "claimed", "agree", "closed", "then"}
)

_BOOLEAN: Final = ValueType(Kind.BOOLEAN)
_PAPER_STAYS: Final = Text(
    "材料本身的有效期另有规定，没有规定的不过期",
    "the paper says itself until when it counts; without a term it does not lapse",
)
_CASE_SAYS: Final = Text(
    "由申报人在案件中写明", "written in the case by whoever applies"
)


def build(
    folders: Folders,
    entries: Entries,
    expressions: Mapping[str, tuple[Expression, Expression]],
    *,
    tests: Mapping[str, Expression],
    edition: str,
    digest: str,
    program: Mapping[str, Any] | None = None,
) -> Catalogue:
    """Make the catalogue of the entries, and of the data of what is no entry yet.

    `expressions` gives (applies, test) of each criterion, `tests` the test of each
    rule of classification and, below `recent_changes/`, of each of those; what is in
    neither is left out.
    """
    materials = entries["materials"]
    facts = {
        (fact.subject, fact.id): with_usual_range(fact, entries["ranges"])
        for fact in entries["facts"].values()
    }
    for fact in generate_facts(materials):
        facts.setdefault((fact.subject, fact.id), fact)
    regions = entries["regions"]
    criteria = {
        name: _criterion(data, *expressions[name], facts=facts)
        for name, data in folders["criteria"].items()
        if name in expressions
    }
    return Catalogue(
        edition=edition,
        digest=digest,
        instruments=entries["instruments"],
        law=entries["law"],
        classification={
            name: classification_of(data, tests[name])
            for name, data in folders["classification"].items()
            if name in tests
        },
        procedures=entries["procedures"],
        looks=entries["looks"],
        topics=entries["topics"],
        synonyms=entries["synonyms"],
        facts=dict(sorted(facts.items())),
        materials=materials,
        parameters={
            name: with_regional_values(parameter, regions)
            for name, parameter in entries["parameters"].items()
        },
        criteria=criteria,
        errands=entries["errands"],
        commitments=entries["commitments"],
        recent_changes={
            name: recent_change_of(data, tests[f"recent_changes/{name}"])
            for name, data in folders["recent_changes"].items()
            if f"recent_changes/{name}" in tests
        },
        licences=entries["licences"],
        regions=regions,
        defects=entries["defects"],
        program=program,
    )


def with_usual_range(fact: Fact, ranges: Mapping[str, NumberRange | DateRange]) -> Fact:
    """Give a fact what its unit can be, else its type, where it says nothing itself."""
    least, most = fact.at_least, fact.at_most
    for name in (fact.unit, fact.type.kind):
        usual = ranges.get(name or "")
        if usual is not None:
            least = usual.at_least if least is None else least
            most = usual.at_most if most is None else most
    return replace(fact, at_least=least, at_most=most)


def with_regional_values(
    parameter: Parameter, regions: Mapping[str, Region]
) -> Parameter:
    """Put the values of the regions' files behind the national ones."""
    return replace(
        parameter,
        values=(
            *parameter.values,
            *(
                replace(value, region=code)
                for code, region in regions.items()
                for value in region.parameters.get(parameter.id, ())
            ),
        ),
    )


def under_premise(
    applies: Expression, premise: Expression | None, test: Expression
) -> tuple[Expression, Expression]:
    """`applies` and `test` of a criterion that asks only where its premise holds.

    Where the premise is false the criterion does not apply; where it is unknown, the
    test is "if the premise, then the test", so that nothing is met for want of a
    question: a visit that was not made has found nothing in order.
    """
    if premise is None:
        return applies, test
    asked = And((applies.root, premise.root))
    judged = Or((Not(premise.root), test.root))
    subject = test.subject
    return (
        Expression(f"({applies.text}) AND ({premise.text})", subject, asked),
        Expression(f"NOT ({premise.text}) OR ({test.text})", subject, judged),
    )


def generate_facts(materials: Mapping[str, Material]) -> Iterator[Fact]:
    """Generate the facts that materials give: kind, presence, what they state.

    An element that several materials have is one fact; it bears the label of the first.
    """
    forever = Validity(days=None, reason=_PAPER_STAYS)
    yield Fact(
        id="kind",
        subject="paper",
        dimension=Dimension.ENTITY,
        label=Text("材料种类", "kind of paper"),
        type=ValueType(Kind.CATEGORY, frozenset(materials)),
        unit=None,
        text_kind=None,
        value_labels={name: material.label for name, material in materials.items()},
        proof=Grade.DECLARED,
        validity=Validity(days=None, reason=_CASE_SAYS),
        tolerance=0,
        sources=("form",),
        generated=True,
    )
    elements: dict[str, list[Material]] = {}
    for name, material in materials.items():
        yield Fact(
            id=f"has_{name}",
            subject="applicant",
            dimension=material.dimension,
            label=Text(f"有{material.label.zh}", f"{material.label.en}: at hand"),
            type=_BOOLEAN,
            unit=None,
            text_kind=None,
            value_labels={},
            proof=Grade.DOCUMENTED,
            validity=forever
            if material.validity_days is None
            else Validity(days=material.validity_days),
            tolerance=0,
            sources=("form", f"paper:{name}"),
            generated=True,
            freshness=material.freshness,
        )
        for element in material.elements:
            elements.setdefault(element, []).append(material)
    for element, holders in elements.items():
        said = holders[0].elements[element]
        yield Fact(
            id=element,
            subject="paper",
            dimension=holders[0].dimension,
            label=Text(STATES.zh + said.zh, STATES.en + said.en),
            type=_BOOLEAN,
            unit=None,
            text_kind=None,
            value_labels={},
            proof=Grade.DOCUMENTED,
            validity=forever,
            tolerance=0,
            sources=("form", *(f"paper:{holder.id}" for holder in holders)),
            generated=True,
        )


def value_of(kind: ValueType, written: object) -> Value | None:
    """A value as a file writes it; None when it is not of the type."""
    match kind.kind:
        case Kind.BOOLEAN:
            return written if isinstance(written, bool) else None
        case Kind.NUMBER:
            if isinstance(written, int) and not isinstance(written, bool):
                return written if abs(written) <= 9_000_000_000_000_000 else None
        case Kind.DATE:
            if isinstance(written, str) and len(written) == 10:
                try:
                    return date.fromisoformat(written)
                except ValueError:
                    return None
        case Kind.CATEGORY | Kind.TEXT:
            if isinstance(written, str) and (
                kind.values is None or written in kind.values
            ):
                return written
        case Kind.SET:
            if (
                isinstance(written, list)
                and all(isinstance(each, str) for each in written)
                and (kind.values is None or kind.values.issuperset(written))
            ):
                return frozenset(written)
    return None


class Examples(Sequence[Example]):
    """The examples of a criterion, made from their data when first looked at."""

    __slots__ = ("_facts", "_made", "_subject", "_written")

    def __init__(
        self,
        written: Sequence[Data],
        subject: str,
        facts: Mapping[tuple[str, str], Fact],
    ) -> None:
        self._written = written
        self._subject = subject
        self._facts = facts
        self._made: tuple[Example, ...] | None = None

    def _all(self) -> tuple[Example, ...]:
        if self._made is None:
            self._made = tuple(self._example(data) for data in self._written)
        return self._made

    def _example(self, data: Data) -> Example:
        proven = self._row(self._subject, data.get("proven", {}))
        claimed = {**proven, **self._row(self._subject, data.get("claimed", {}))}
        return Example(
            given={
                name: date.fromisoformat(value)
                if name in {"as_of", "submit_on"} and isinstance(value, str)
                else value
                for name, value in data.get("given", {}).items()
            },
            claimed=claimed,
            proven=proven,
            members={
                subject: tuple(self._row(subject, row) for row in rows)
                for subject, rows in data.items()
                if subject not in EXAMPLE_FIELDS
            },
            closed=frozenset(data.get("closed", ())),
            then=data["then"],
            agree=dict(data.get("agree", {})),
        )

    def _row(self, subject: str, written: Data) -> dict[str, object]:
        row: dict[str, object] = {}
        for name, value in written.items():
            fact = self._facts.get((subject, name))
            known = None if fact is None else value_of(fact.type, value)
            if known is not None:
                row[name] = known
        return row

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Example, ...]: ...
    def __getitem__(self, index: int | slice) -> Example | tuple[Example, ...]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Examples):
            return NotImplemented
        return self._all() == other._all()

    def __hash__(self) -> int:
        return hash(self._subject)

    def __repr__(self) -> str:
        return f"Examples({self._all()!r})"


def own_criterion(
    data: Data,
    applies: Expression,
    test: Expression,
    *,
    facts: Mapping[tuple[str, str], Fact],
    mark: Text,
) -> Criterion:
    """A criterion that is an agency's own, and says so in its title."""
    made = _criterion(data, applies, test, facts=facts)
    title = Text(mark.zh + made.title.zh, mark.en + made.title.en)
    return replace(made, title=title, own=True)


def _criterion(
    data: Data,
    applies: Expression,
    test: Expression,
    *,
    facts: Mapping[tuple[str, str], Fact],
) -> Criterion:
    long_term, remedy = data.get("long_term"), data["remedy"]
    return Criterion(
        id=data["id"],
        title=text_of(data["title"]),
        dimension=Dimension(data["dimension"]),
        subject=data["subject"],
        standing=Standing(data["standing"]),
        long_term=None
        if long_term is None
        else LongTerm(
            route=Route(long_term["route"]),
            weight=Weight(long_term["weight"]),
            veto=long_term.get("veto", False),
        ),
        citations=citations_of(data["citations"]),
        in_force=in_force_of(data["in_force"]),
        applies=applies,
        test=test,
        defects=tuple(data.get("defects") or ()),
        remedy=Remedy(
            errand=remedy["errand"],
            text=text_of(remedy),
            lead_days=remedy["lead_days"],
            needs=tuple(remedy.get("needs") or ()),
        ),
        examples=Examples(data["examples"], data["subject"], facts),
        strength=maybe_text(data, "strength"),
        doubt=maybe_text(data, "doubt"),
        headline=maybe_text(data, "headline"),
        succeeds=data.get("succeeds"),
    )
