"""What a criterion would have to know before it can be answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from changqing.case.subjects import Subject
from changqing.judge.deciding import find_first_open, settle_truth
from changqing.judge.explain import ExplainInputs, make_inner_key, passes_over
from changqing.judge.model import JudgedTerm, Missing, Side
from changqing.law.kinds.criterion import Criterion
from changqing.law.model import Verdict
from changqing.rules.rows import Stance
from changqing.rules.tree import (
    Agree,
    And,
    Comparator,
    Compare,
    Has,
    In,
    Literal,
    Name,
    Or,
    ParameterNode,
    Quantifier,
    Quantity,
    Truth,
    list_judgements,
    walk,
)

_NOUNS = frozenset({"kind", "role", "roles"})
_OPEN: Mapping[Verdict, Stance] = {
    Verdict.UNDETERMINED: Stance.CLAIMED,
    Verdict.UNPROVEN: Stance.PROVEN,
}


def find_missing(
    criterion: Criterion,
    subject: Subject | None,
    verdict: Verdict,
    terms: Sequence[JudgedTerm],
    inputs: ExplainInputs,
) -> tuple[Missing, ...]:
    """Find the facts and the members whose absence leaves the criterion open.

    Of an undetermined criterion it is what nobody has said, of an unproven one what is
    said and not proven. A settled criterion lacks nothing.
    """
    stance = _OPEN.get(verdict)
    if stance is None:
        return ()
    if subject is None:
        kinds = _list_allowed_kinds(criterion.applies.root)
        return (Missing(type=criterion.subject, subject=None, fact=None, kinds=kinds),)
    search = _Search(criterion, subject, stance, inputs)
    by_place: dict[Missing, Missing] = {}
    for missing in search.search_terms(terms):
        key = replace(missing, later=False)
        before = by_place.get(key, missing)
        by_place[key] = replace(key, later=before.later and missing.later)
    return tuple(by_place.values())


@dataclass(frozen=True, slots=True)
class _Search:
    criterion: Criterion
    subject: Subject
    stance: Stance
    known: ExplainInputs

    def search_terms(self, terms: Sequence[JudgedTerm]) -> Iterator[Missing]:
        """Search the comparisons for what they lack that leaves the answer open."""
        sides = [self._select_side(term) for term in terms]
        places = [
            place
            for place, side in enumerate(sides)
            if side.decides and not _is_known(side)
        ]
        if self.stance is Stance.PROVEN:
            # What carries the claim is what has to be proven; the other branches of an
            # OR are other ways to be right, which nobody has claimed.
            carrying = [place for place in places if terms[place].claimed.decides]
            places = carrying or places
        atoms = tuple(self.criterion.test.list_judgements())
        first = find_first_open(
            self.criterion.test.root, [side.holds for side in sides]
        )
        for place in places:
            key = f"{self.criterion.id}#{place}"
            for missing in self._search_atom(key, atoms[place]):
                yield replace(missing, later=missing.later or place not in first)

    def _select_side(self, term: JudgedTerm) -> Side:
        return term.claimed if self.stance is Stance.CLAIMED else term.proven

    def _search_atom(self, key: str, atom: Truth) -> Iterator[Missing]:
        if isinstance(atom, Quantifier):
            yield from self._search_members(key, atom)
        else:
            yield from self._search_subject(self.subject, atom)

    def _search_members(self, key: str, atom: Quantifier) -> Iterator[Missing]:
        """Find the unknown facts of members; where none is unknown, further members."""
        members = [
            subject for subject in self.known.subjects if subject.type == atom.subject
        ]
        open_members = [
            member
            for member in members
            if not passes_over(key, member, self.known.truths, self.stance)
            and self.known.truths.get((f"{key}@", member.id, self.stance)) is None
        ]
        wanted_count = self._count_wanted(key, atom, members)
        unknown_facts = [
            replace(missing, later=missing.later or place >= wanted_count)
            for place, member in enumerate(open_members)
            for missing in self._search_member(key, atom, member)
        ]
        if unknown_facts:
            yield from unknown_facts
            return
        kinds = () if atom.where is None else _list_allowed_kinds(atom.where)
        yield Missing(type=atom.subject, subject=None, fact=None, kinds=kinds)

    def _count_wanted(
        self, key: str, atom: Quantifier, members: Sequence[Subject]
    ) -> int:
        """How many of the open members are to be asked about first."""
        if atom.quantity in (Quantity.EVERY, Quantity.NONE):
            return len(members)
        holding = sum(
            self.known.truths.get((f"{key}@", member.id, self.stance)) is True
            for member in members
        )
        least: int | None = 1
        if isinstance(atom.least, ParameterNode):
            least = self.known.parameters.get(atom.least.name)
        elif atom.least is not None:
            least = atom.least
        return max(1, (least or 1) - holding)

    def _search_member(
        self, key: str, atom: Quantifier, member: Subject
    ) -> Iterator[Missing]:
        """Find what is unknown of a member and settles whether it is one of those."""
        is_selected = atom.where is None or self.known.truths.get(
            (f"{key}?", member.id, self.stance)
        )
        if not is_selected and atom.where is not None:
            yield from self._search_subject(member, atom.where)
        if atom.body is None:
            return
        parts = list(list_judgements(atom.body))
        truths = [
            self.known.truths.get((make_inner_key(key, place), member.id, self.stance))
            for place in range(len(parts))
        ]
        _, places = settle_truth(atom.body, truths)
        first = find_first_open(atom.body, truths)
        waits = not is_selected and atom.quantity is Quantity.EVERY
        for place in places:
            if truths[place] is not None:
                continue
            for missing in self._search_subject(member, parts[place]):
                yield replace(missing, later=waits or place not in first)

    def _search_subject(self, subject: Subject, part: Truth) -> Iterator[Missing]:
        for node in walk(part):
            if not isinstance(node, Name | Agree) or node.subject != subject.type:
                continue
            resolved = self.known.resolved.get((subject, node.fact))
            value = None
            if resolved is not None and isinstance(node, Name):
                claimed = self.stance is Stance.CLAIMED
                value = resolved.claimed if claimed else resolved.proven
            if value is None:
                yield Missing(type=subject.type, subject=subject, fact=node.fact)


def _is_known(side: Side) -> bool:
    return side.holds is not None


def _list_allowed_kinds(condition: Truth) -> tuple[str, ...]:
    """The kinds or roles that a condition allows, as far as it names them."""
    match condition:
        case And(parts) | Or(parts):
            return tuple(
                dict.fromkeys(
                    kind for part in parts for kind in _list_allowed_kinds(part)
                )
            )
        case Compare(Comparator.EQUAL, Name(fact=fact), Literal(value=str(kind))):
            return (kind,) if fact in _NOUNS else ()
        case Has(Name(fact=fact), member) if fact in _NOUNS:
            return (member,)
        case In(Name(fact=fact), values) if fact in _NOUNS:
            return tuple(str(value.value) for value in values)
        case _:
            return ()
