"""The catalogue out of its entries.

Both ways into it end here, from text and from the cache, so that they cannot differ.
Nothing is checked here: pydantic did, and `references` will.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from changqing.jsondata import JsonObject
from changqing.law.examples import Examples
from changqing.law.kind_folders import Entries
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.fact import DateRange, Fact, NumberRange
from changqing.law.kinds.material import Material, list_satisfying_kinds
from changqing.law.kinds.parameter import Parameter, Region
from changqing.law.kit import Dimension, Grade, Validity
from changqing.law.model import PARTS, Catalogue
from changqing.law.words import STATES
from changqing.rules.expression import Expression
from changqing.rules.tree import And, Not, Or
from changqing.rules.types import Kind, ValueType
from changqing.text import Text

_BOOLEAN: Final = ValueType(Kind.BOOLEAN)
_PAPER_STAYS: Final = Text(
    "材料本身的有效期另有规定，没有规定的不过期",
    "the paper says itself until when it counts; without a term it does not run out",
)
_CASE_SAYS: Final = Text(
    "由申报人在项目中写明", "written in the case by whoever applies"
)


def build(
    entries: Entries,
    *,
    edition: str,
    digest: str,
    program: JsonObject | None = None,
) -> Catalogue:
    """Make the catalogue of entries whose rules are parsed."""
    parts = PartBuilder(entries)
    return Catalogue(
        edition=edition,
        digest=digest,
        program=program,
        **{name: parts.build_part(name) for name in PARTS},
    )


class PartBuilder:
    """Makes the parts of a catalogue, each of the folders of entries that it needs."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries

    def build_part(self, name: str) -> Mapping[Any, Any]:
        """Make the part of a catalogue that has this name there."""
        entries = self._entries[name]
        match name:
            case "facts":
                return self.load_facts()
            case "parameters":
                regions = self._entries["regions"]
                return {
                    name: add_regional_values(parameter, regions)
                    for name, parameter in entries.items()
                }
            case "criteria":
                return {
                    name: type_examples(criterion, self.load_facts)
                    for name, criterion in entries.items()
                }
            case "choices":
                return dict(sorted(entries.items(), key=lambda entry: entry[1].order))
            case _:
                return entries

    def load_facts(self) -> Mapping[tuple[str, str], Fact]:
        """Give the facts, made when they are first asked for."""
        return self._facts

    @cached_property
    def _facts(self) -> Mapping[tuple[str, str], Fact]:
        ranges = self._entries["ranges"]
        facts = {
            (fact.subject, fact.id): add_usual_range(fact, ranges)
            for fact in self._entries["facts"].values()
        }
        for fact in generate_facts(self._entries["materials"]):
            facts.setdefault((fact.subject, fact.id), fact)
        return dict(sorted(facts.items()))


def type_examples(
    criterion: Criterion, load_facts: Callable[[], Mapping[tuple[str, str], Fact]]
) -> Criterion:
    """Let the examples of a criterion have the values that facts have."""
    examples = Examples(criterion.examples, criterion.subject, load_facts)
    return replace(criterion, examples=examples)


def add_usual_range(fact: Fact, ranges: Mapping[str, NumberRange | DateRange]) -> Fact:
    """Give a fact what its unit can be, else its type, where it says nothing itself."""
    least, most = fact.at_least, fact.at_most
    for name in (fact.unit, fact.type.kind):
        usual = ranges.get(name or "")
        if usual is not None:
            least = usual.at_least if least is None else least
            most = usual.at_most if most is None else most
    if (least, most) == (fact.at_least, fact.at_most):
        return fact
    return replace(fact, at_least=least, at_most=most)


def add_regional_values(
    parameter: Parameter, regions: Mapping[str, Region]
) -> Parameter:
    """Put the values of the regions' files behind the national ones."""
    regional = tuple(
        replace(value, region=code)
        for code, region in regions.items()
        for value in region.parameters.get(parameter.id, ())
    )
    if not regional:
        return parameter
    return replace(parameter, values=(*parameter.values, *regional))


def apply_premise(
    applies: Expression, premise: Expression | None, test: Expression
) -> tuple[Expression, Expression]:
    """Build `applies` and `test` of a criterion that asks only where its premise holds.

    Where the premise is false the criterion does not apply; where it is unknown, the
    test is "if the premise, then the test", so that nothing is met for want of a
    question: a visit that was not made has found nothing in order.
    """
    if premise is None:
        return applies, test
    applies_to = And((applies.root, premise.root))
    tested = Or((Not(premise.root), test.root))
    subject = test.subject
    return (
        Expression(f"({applies.text}) AND ({premise.text})", subject, applies_to),
        Expression(f"NOT ({premise.text}) OR ({test.text})", subject, tested),
    )


def generate_facts(materials: Mapping[str, Material]) -> Iterator[Fact]:
    """Make the facts that materials give: a paper's kind, its presence, what it states.

    An element that several materials have is one fact; it bears the label of the first.
    That a paper is there, and what it states, is proven by the paper itself: of several
    kinds the one whose issuer proves least is enough, for a record keeps its own grade.
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
            proof=min(
                materials[kind].issuer.grade
                for kind in list_satisfying_kinds(materials, name)
            ),
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
        text = holders[0].elements[element]
        yield Fact(
            id=element,
            subject="paper",
            dimension=holders[0].dimension,
            label=Text(STATES.zh + text.zh, STATES.en + text.en),
            type=_BOOLEAN,
            unit=None,
            text_kind=None,
            value_labels={},
            proof=min(holder.issuer.grade for holder in holders),
            validity=forever,
            tolerance=0,
            sources=("form", *(f"paper:{holder.id}" for holder in holders)),
            generated=True,
        )
