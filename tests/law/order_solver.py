"""Find facts that make rules true: a small search over the parsed expressions.

`Search` holds an assignment of values to facts of subjects, and walks a wanted truth down
the tree of a rule: AND, OR and NOT to their parts, quantifiers to the members of their
list, comparisons to candidate values of the facts they read. It goes back where it got
stuck. What it says of a rule is read by the plain `Reader`, not by the product's engines,
so that a case which it finds can be held against them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from changqing.case.subjects import Subject
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.tree import (
    Agree,
    And,
    Between,
    Compare,
    DaysBetween,
    GivenNode,
    Has,
    In,
    Literal,
    Name,
    Node,
    Not,
    Or,
    ParameterNode,
    Quantifier,
    SetLiteral,
    Truth,
    WholeMonths,
    Within,
    list_children,
    walk,
)
from changqing.rules.types import Kind, Value
from tests.rules.expression_language import Reader, later

STRUCTURAL = frozenset({"kind", "role", "roles"})
"""What always is known of a member, and is never looked for."""
PATIENCE = 60_000
"""Values tried for one group of rules before it is given up."""


class Slot(NamedTuple):
    """One fact of one subject; or, with `agreement`, whether its sources agree.

    A tuple, since millions are made, and asked for in sets and dictionaries.
    """

    subject: Subject
    fact: str
    agreement: bool = False


Values = dict[Slot, Value]


@dataclass(frozen=True, slots=True)
class Goal:
    """A rule, the subject it is asked of, and the truth that it shall have."""

    node: Truth
    subject: Subject
    truth: bool = True


class GaveUpError(Exception):
    """The search used up its patience: neither found nor refuted."""


Part = tuple[int, str]
"""A part of a rule, by its identity, and the row of whom it is read."""


@dataclass(slots=True)
class Known:
    """What searches with the same subjects, structure and givens need not find again.

    `reads` are the slots that a part reads, in order, `readers` the parts whose truth
    may turn with a slot, `fixed` the truths of what hangs on no slot and no parameter,
    as `kind = 'lease'` does. Parts have to outlive it: they go by their identity.
    """

    walks: dict[int, tuple[Node, ...]] = field(default_factory=dict)
    reads: dict[tuple[int, Subject], tuple[Slot, ...]] = field(default_factory=dict)
    readers: dict[Slot, list[Part]] = field(default_factory=dict)
    noted: set[Part] = field(default_factory=set)
    fixed: dict[Part, bool | None] = field(default_factory=dict)

    def walk(self, node: Node) -> tuple[Node, ...]:
        """A part and all below it, in reading order."""
        parts = self.walks.get(id(node))
        if parts is None:
            parts = self.walks[id(node)] = tuple(walk(node))
        return parts


class RememberingReader(Reader):
    """The plain reader, which reads a part anew only if what it reads has changed."""

    def __init__(self, search: Search, known: Known, rows: Rows) -> None:
        super().__init__(rows=rows, parameters=search.parameters, givens=search.givens)
        self.__dict__.update(search=search, known=known, truths={})

    search: Search
    known: Known
    truths: dict[Part, bool | None]

    def truth(self, node: Node, member: MemberRow) -> bool | None:
        """What a part says of a member, as things are assigned."""
        part = (id(node), member.id)
        if part in self.truths:
            return self.truths[part]
        known = self.known
        if part in known.fixed:
            return known.fixed[part]
        truth = super().truth(node, member)
        if part in known.noted or self._note(node, part):
            self.truths[part] = truth
        else:
            known.fixed[part] = truth
        return truth

    def forget(self, slot: Slot) -> None:
        """Read anew whatever reads a slot that gets another value."""
        if self.truths:
            for part in self.known.readers.get(slot, ()):
                self.truths.pop(part, None)

    def _note(self, node: Node, part: Part) -> bool:
        """Note what a part hangs on, and say if it hangs on anything."""
        slots = self.search.slots_in_order(node, self.search.subject_of(part[1]))
        if not slots and not any(
            isinstance(one, ParameterNode) for one in self.known.walk(node)
        ):
            return False
        self.known.noted.add(part)
        for slot in slots:
            self.known.readers.setdefault(slot, []).append(part)
        return True


class Members(Mapping[str, Sequence[MemberRow]]):
    """The rows of a search by type of subject, made when they are asked for."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._rows: dict[str, Sequence[MemberRow]] = {}

    def __getitem__(self, subject_type: str) -> Sequence[MemberRow]:
        rows = self._rows.get(subject_type)
        if rows is None:
            rows = self._rows[subject_type] = [
                self._search.row_of(subject)
                for subject in self._search.subjects
                if subject.type == subject_type
            ]
        return rows

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(subject.type for subject in self._search.subjects))

    def __len__(self) -> int:
        return len(list(iter(self)))


class Search:
    """One assignment that grows and shrinks. All lists are closed.

    `structure` is what always is known of a subject, `known` what other searches with
    the same subjects, structure and givens have found of the rules.

    With `once`, a comparison is made true or false by the first values that do it: what
    `solve` then goes through are the parts of AND and OR, and the members.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        subjects: Sequence[Subject],
        *,
        parameters: Mapping[str, Value | None],
        givens: Mapping[str, Value | None],
        structure: Mapping[Subject, Mapping[str, Value]],
        known: Known,
        values: Values | None = None,
        once: bool = False,
    ) -> None:
        self._once = once
        self._known = known
        self.catalogue = catalogue
        self.subjects = tuple(subjects)
        self._structure = structure
        self.parameters = parameters
        self.givens = givens
        self._tries = 0
        self._leaves: dict[tuple[str, str], tuple[Node, ...]] = {}
        self._wanted: dict[Slot, list[Goal]] = {}
        self._facts: dict[Subject, dict[str, Value | None]] = {}
        self._agree: dict[Subject, dict[str, bool | None]] = {}
        self._rows: dict[Subject, MemberRow] = {}
        self._of_row: dict[str, Subject] = {}
        self._reader = RememberingReader(
            self, known, Rows(members=Members(self), open_lists={})
        )
        for slot, value in (values or {}).items():
            self._set(slot, value)

    def truth(self, node: Truth, subject: Subject) -> bool | None:
        """What the rule says of the subject as things are assigned."""
        return self._reader.truth(node, self.row_of(subject))

    def row_of(self, subject: Subject) -> MemberRow:
        """The row of a subject, which shows what is assigned at any time."""
        row = self._rows.get(subject)
        if row is None:
            row = self._rows[subject] = MemberRow(
                id=str(subject),
                stance=Stance.PROVEN,
                values=self._facts_of(subject),
                agree=self._agree.setdefault(subject, {}),
            )
            self._of_row[row.id] = subject
        return row

    def subject_of(self, row: str) -> Subject:
        """Whose a row is, by its id."""
        return self._of_row[row]

    def _facts_of(self, subject: Subject) -> dict[str, Value | None]:
        facts = self._facts.get(subject)
        if facts is None:
            facts = self._facts[subject] = dict(self._structure.get(subject, {}))
        return facts

    def assigned(self) -> Values:
        """A copy of the assignment, without what always is known."""
        found: Values = {}
        for subject in self.subjects:
            always = self._structure.get(subject, {})
            for fact, value in self._facts.get(subject, {}).items():
                if value is not None and fact not in always:
                    found[Slot(subject, fact)] = value
            for fact, agreed in self._agree.get(subject, {}).items():
                if agreed is not None:
                    found[Slot(subject, fact, agreement=True)] = agreed
        return found

    def values(self) -> Values:
        """All that is known: what is assigned, and what always is."""
        always = {
            Slot(subject, fact): value
            for subject, facts in self._structure.items()
            for fact, value in facts.items()
        }
        return always | self.assigned()

    def solve(self, goals: Sequence[Goal]) -> Iterator[None]:
        """Each way to reach all goals from the assignment; undone on going on.

        Raises GaveUpError.
        """
        if not goals:
            yield
            return
        first, *rest = goals
        for _ in self._want(first.node, first.subject, first.truth):
            yield from self.solve(rest)

    def prepare(self, goals: Sequence[Goal]) -> list[Goal]:
        """The goals in the order to take them: those that read least first.

        What their comparisons name is remembered, as values worth trying elsewhere,
        and that all of them have to be reached: what rules one out is not gone into.
        """
        self._wanted = {}
        for goal in () if self._once else goals:
            for slot in self.slots_in_order(goal.node, goal.subject):
                self._wanted.setdefault(slot, []).append(goal)
        leaves: dict[tuple[str, str], dict[Node, None]] = {}
        for goal in goals:
            for node in self._known.walk(goal.node):
                if isinstance(node, Compare | Between | In | Has | Within):
                    for name in self._known.walk(node):
                        if isinstance(name, Name):
                            leaves.setdefault((name.subject, name.fact), {})[node] = (
                                None
                            )
        self._leaves = {key: tuple(nodes) for key, nodes in leaves.items()}
        return sorted(
            goals, key=lambda goal: len(self.slots_in_order(goal.node, goal.subject))
        )

    def set(self, slot: Slot, value: Value) -> None:
        """Assign a value for good."""
        self._set(slot, value)

    def slots_read(self, node: Node, subject: Subject) -> frozenset[Slot]:
        """All slots a rule reads of the subject and of the members it counts."""
        return frozenset(self.slots_in_order(node, subject))

    def slots_in_order(self, node: Node, subject: Subject) -> tuple[Slot, ...]:
        """What `slots_read` gives, in the order in which slots are tried."""
        reads = self._known.reads
        kept = reads.get((id(node), subject))
        if kept is None:
            found = set(self._slots_read(node, (subject,)))
            kept = reads[id(node), subject] = tuple(sorted(found))
        return kept

    def _slots_read(self, node: Node, whom: Sequence[Subject]) -> Iterator[Slot]:
        if isinstance(node, Quantifier):
            whom = [
                subject for subject in self.subjects if subject.type == node.subject
            ]
        elif isinstance(node, Name | Agree) and node.fact not in STRUCTURAL:
            yield from (Slot(one, node.fact, isinstance(node, Agree)) for one in whom)
        for part in list_children(node):
            yield from self._slots_read(part, whom)

    def candidates(self, slot: Slot, *leaves: Node) -> Iterator[Value]:
        """Values worth trying for a slot, the plain ones first, none twice.

        `leaves` are comparisons that read it: the numbers and days in them tell where
        their answers turn.
        """
        if slot.agreement:
            yield from (True, False)
            return
        fact = self.catalogue.facts[slot.subject.type, slot.fact]
        tried: set[Value] = set()
        for value in chain.from_iterable(
            self._worth_trying(fact, slot, leaf) for leaf in leaves
        ):
            if value not in tried:
                tried.add(value)
                yield value

    # the search

    def _want(self, node: Truth, subject: Subject, truth: bool) -> Iterator[None]:
        now = self.truth(node, subject)
        if now is not None:
            if now is truth:
                yield
            return
        match node:
            case Not(part):
                yield from self._want(part, subject, not truth)
            case And(parts) | Or(parts):
                if isinstance(node, And) is truth:
                    yield from self.solve([Goal(p, subject, truth) for p in parts])
                else:
                    for part in parts:
                        yield from self._want(part, subject, truth)
            case Quantifier():
                yield from self._want_count(node, truth)
            case _:
                yield from self._want_leaf(node, subject, truth)

    def _want_count(self, node: Quantifier, truth: bool) -> Iterator[None]:
        members = [subject for subject in self.subjects if subject.type == node.subject]
        # A member counts when WHERE holds and the body does (for EVERY: does not).
        counts = node.quantity != "every"
        if node.quantity in ("every", "none"):
            least, reach = 1, not truth
        else:
            least, reach = self._least(node), truth
        if reach:
            yield from self._choose(node, members, least, counts, hit=True)
        else:
            yield from self._choose(
                node, members, len(members) - least + 1, counts, hit=False
            )

    def _least(self, node: Quantifier) -> int:
        if isinstance(node.least, ParameterNode):
            found = self.parameters[node.least.name]
            assert isinstance(found, int), f"no rule sets {node.least.name}"
            return found
        return node.least or 1

    def _choose(
        self,
        node: Quantifier,
        members: Sequence[Subject],
        wanted: int,
        counts: bool,
        *,
        hit: bool,
    ) -> Iterator[None]:
        """Each way to have `wanted` of the members count, or not count."""
        if wanted <= 0:
            yield
            return
        if len(members) < wanted:
            return
        first, *rest = members
        where = () if node.where is None else (Goal(node.where, first, truth=True),)
        body = () if node.body is None else (Goal(node.body, first, truth=counts),)
        if hit:
            for _ in self.solve([*where, *body]):
                yield from self._choose(node, rest, wanted - 1, counts, hit=hit)
        else:
            ways = [[replace(goal, truth=not goal.truth)] for goal in (*where, *body)]
            for way in reversed(ways):
                for _ in self.solve(way):
                    yield from self._choose(node, rest, wanted - 1, counts, hit=hit)
        yield from self._choose(node, rest, wanted, counts, hit=hit)

    def _want_leaf(self, leaf: Truth, subject: Subject, truth: bool) -> Iterator[None]:
        open_slots = [
            slot
            for slot in self.slots_in_order(leaf, subject)
            if self._get(slot) is None
        ]
        if not open_slots:
            return  # it rests on a number that no rule sets
        slot = open_slots[0]
        others = self._leaves_reading(slot)
        for value in self.candidates(slot, leaf, *others):
            self._tries += 1
            if self._tries > PATIENCE:
                raise GaveUpError
            self._set(slot, value)
            if self._is_ruled_out(slot):
                self._set(slot, None)
                continue
            reached = False
            for _ in self._want(leaf, subject, truth):
                reached = True
                yield
            self._set(slot, None)
            if reached and self._once:
                return

    def _is_ruled_out(self, slot: Slot) -> bool:
        """Whether a value makes a goal fail: more facts never make it hold again."""
        return any(
            self.truth(goal.node, goal.subject) is (not goal.truth)
            for goal in self._wanted.get(slot, ())
        )

    def _leaves_reading(self, slot: Slot) -> tuple[Node, ...]:
        return self._leaves.get((slot.subject.type, slot.fact), ())

    # values

    def _get(self, slot: Slot) -> Value | None:
        if slot.agreement:
            return self._agree.setdefault(slot.subject, {}).get(slot.fact)
        return self._facts_of(slot.subject).get(slot.fact)

    def _set(self, slot: Slot, value: Value | None) -> None:
        if slot.agreement:
            assert value is None or isinstance(value, bool)
            self._agree.setdefault(slot.subject, {})[slot.fact] = value
        else:
            self._facts_of(slot.subject)[slot.fact] = value
        self._reader.forget(slot)

    def _worth_trying(self, fact: Fact, slot: Slot, leaf: Node) -> Iterator[Value]:
        match fact.type.kind:
            case Kind.BOOLEAN:
                yield from (True, False)
            case Kind.NUMBER:
                yield from self._numbers(slot, leaf)
            case Kind.DATE:
                yield from self._days(slot, leaf)
            case Kind.CATEGORY | Kind.TEXT:
                named = [v for v in self._named(slot, leaf) if isinstance(v, str)]
                yield from named
                yield from sorted(fact.type.values or {"甲公司", "乙公司"})
            case Kind.SET:
                yield from self._sets(fact, slot, leaf)

    def _named(self, slot: Slot, leaf: Node) -> Iterator[Value]:
        """All values beside the slot in a comparison: literals, givens, other facts."""
        for part in self._known.walk(leaf):
            match part:
                case Literal(value):
                    yield value
                case ParameterNode(name) if (
                    bound := self.parameters[name]
                ) is not None:
                    yield bound
                case GivenNode(name) if (given := self.givens[name]) is not None:
                    yield given
                case Name(subject, name) if subject == slot.subject.type:
                    known = self._facts_of(slot.subject).get(name)
                    if known is not None:
                        yield known

    def _numbers(self, slot: Slot, leaf: Node) -> Iterator[int]:
        named = sorted(
            {
                number
                for number in self._named(slot, leaf)
                if isinstance(number, int) and not isinstance(number, bool)
            }
        )
        for number in named:
            yield from (number, number + 1)
        if len(named) > 1:  # where sums and products of what is named turn
            products = {a * b for a in named for b in named if a * b < 10**14}
            sums = {sum(named), *(abs(a - b) for a in named for b in named)}
            for number in sorted(products | sums):
                yield from (number, number + 1)
        yield from (0, 1, 2, 3, 100)
        yield from (number - 1 for number in named if number > 0)

    def _days(self, slot: Slot, leaf: Node) -> Iterator[date]:
        named = list(self._named(slot, leaf))
        as_of, submit_on = self.givens["as_of"], self.givens["submit_on"]
        assert isinstance(as_of, date)
        assert isinstance(submit_on, date)
        anchors = [d for d in named if isinstance(d, date)] or [as_of]
        counts = {
            abs(n)
            for n in named
            if isinstance(n, int) and not isinstance(n, bool) and abs(n) < 4000
        }
        months = any(isinstance(part, WholeMonths) for part in self._known.walk(leaf))
        steps = any(isinstance(part, DaysBetween) for part in self._known.walk(leaf))
        for anchor in dict.fromkeys([*anchors, as_of, submit_on]):
            yield anchor
            for count in sorted(counts if months else ()):
                for day in (later(anchor, count), later(anchor, -count)):
                    if day is not None:
                        yield from (day, day - timedelta(1), day + timedelta(1))
            for count in sorted(counts if steps else ()):
                for way in (1, -1):
                    day = anchor + way * timedelta(count)
                    yield from (day, day - timedelta(1), day + timedelta(1))
            yield from (anchor + timedelta(1), anchor - timedelta(1))
            yield from (anchor + timedelta(400), anchor - timedelta(400))

    def _sets(self, fact: Fact, slot: Slot, leaf: Node) -> Iterator[frozenset[str]]:
        all_of = fact.type.values or frozenset({"192.0.2.1", "192.0.2.2"})
        yield from (v for v in self._named(slot, leaf) if isinstance(v, frozenset))
        for part in self._known.walk(leaf):
            match part:
                case SetLiteral(members):
                    yield frozenset(members)
                case Has(_, member):
                    yield frozenset({member})
                    yield all_of - {member}
        yield all_of
        for member in sorted(all_of):
            yield frozenset({member})
        yield frozenset()


def group_goals(search: Search, goals: Sequence[Goal]) -> list[list[Goal]]:
    """The goals that share a slot, directly or through others, group by group."""
    of_slot: dict[Slot, int] = {}
    groups: dict[int, list[Goal]] = {}
    for number, goal in enumerate(goals):
        groups[number] = [goal]
        for slot in search.slots_read(goal.node, goal.subject):
            other = of_slot.get(slot)
            if other is not None and other != number:
                groups[number] = groups.pop(other) + groups[number]
                of_slot = {
                    s: number if home == other else home for s, home in of_slot.items()
                }
            of_slot[slot] = number
    return list(groups.values())
