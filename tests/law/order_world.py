"""For a licence and a stage, a case in which all that is asked is in order; and its flaws.

`case_in_order` lists a member of every kind that some rule asks of, and finds facts that
make each rule true. `flaws_of` then finds, for each rule, one fact whose opposite makes
that rule certainly fail, starting from a case in which all is in order.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, lru_cache
from itertools import islice, product

from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.model import GapReason, Resolved
from changqing.judge.assess import (
    Judge,
    decide_verdicts,
    list_givens,
    make_rows,
)
from changqing.judge.model import (
    Assessment,
    Caution,
    Compliance,
    Finding,
    LongTermView,
    Readiness,
    Situation,
)
from changqing.judge.verdict import (
    blocks,
    decide_compliance,
    decide_long_term,
    decide_readiness,
    list_cautions,
)
from changqing.law.kinds.criterion import Criterion, Weight
from changqing.law.kit import Grade, Standing
from changqing.law.lookup import STAGES, is_after_licence
from changqing.law.model import Verdict
from changqing.rules.rows import MemberRow, Stance
from changqing.rules.tree import Literal
from changqing.rules.types import Kind, Value
from changqing.text import both
from tests.judge.assessment_factory import record
from tests.law.order_questions import (
    _GIVENS,
    _NOBODY,
    AS_OF,
    Ask,
    Questions,
    criterion_of,
)
from tests.law.order_solver import (
    GaveUpError,
    Goal,
    Search,
    Slot,
    Values,
    group_goals,
)
from tests.rules.expression_language import Reader
from tests.shipped import CATALOGUE

JUDGE = Judge(CATALOGUE)
WAYS = 6
"""Ways for a rule to fail that are tried for one that hangs on a given fact."""
TRIES = 4
"""Cases that are tried for one in which all else is in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A case in order, and the one fact whose other value makes a rule fail."""

    goal: Goal
    slot: Slot
    good: Value
    bad: Value
    values: Values  # with the good value

    @property
    def criterion(self) -> Criterion:
        """The rule that fails."""
        return criterion_of(self.goal)


class NoSuchCaseError(AssertionError):
    """Rules that cannot all be met at once."""


class Order:
    """A case in which all that is asked is in order, every fact being known.

    `waived` are the rules that nothing can meet, for no law sets a number they need.
    With `papers`, these kinds of paper are there, and no others.
    """

    def __init__(self, ask: Ask, *, papers: frozenset[str] | None = None) -> None:
        self.asked = Questions(ask, papers=papers)
        search = self.asked.search()
        pins = {} if papers is None else self._presence(search, papers)
        self._groups = group_goals(search, self.asked.goals)
        self._group_of = {
            slot: number
            for number, group in enumerate(self._groups)
            for goal in group
            for slot in search.slots_read(goal.node, goal.subject)
        }
        self._unset: set[int] = set()  # groups that need a number which no rule sets
        values: Values = {}
        for number, group in enumerate(self._groups):
            mine = {s: v for s, v in pins.items() if self._group_of[s] == number}
            found = self._solved(number, mine)
            if found is None and any(self._reads_unset(goal) for goal in group):
                self._unset.add(number)
                found = self._solved(number, mine)
            if found is None:
                names = sorted({criterion_of(goal).id for goal in group})
                raise NoSuchCaseError(f"{ask}: {', '.join(names)}")
            values |= found
        self.values = self._filled(values)
        search = self.asked.search(self.values)
        self.waived = tuple(
            goal
            for number in sorted(self._unset)
            for goal in self._groups[number]
            if search.truth(goal.node, goal.subject) is None
        )

    def _presence(self, search: Search, papers: frozenset[str]) -> Values:
        """Whether each kind of paper that a rule asks for is there."""
        return {
            slot: slot.fact.removeprefix("has_") in papers
            for goal in self.asked.goals
            for slot in search.slots_read(goal.node, goal.subject)
            if not slot.agreement
            and slot.subject == APPLICANT
            and slot.fact.removeprefix("has_") in CATALOGUE.materials
        }

    def with_values(self, pins: Values) -> Values | None:
        """A case in order with these values, as like this one as can be; or None."""
        touched = sorted({self._group_of[slot] for slot in pins})
        values = {
            slot: value
            for slot, value in self.values.items()
            if self._group_of.get(slot) not in touched
        }
        for number in touched:
            mine = {s: v for s, v in pins.items() if self._group_of[s] == number}
            found = self._solved(number, mine)
            if found is None:
                return None
            values |= found
        return self._filled(values)

    def _solved(self, number: int, pins: Values) -> Values | None:
        """Facts for one group; what no rule sets is taken to be one where it must be."""
        group = self._groups[number]
        unset = 1 if number in self._unset else None
        key = self.asked.name_search(group, pins, unset=unset)
        if key not in _found:
            _found[key] = _search_once(self.asked.search(pins, unset=unset), group)
        found = _found[key]
        return None if found is None else self.asked.structure() | found

    def _reads_unset(self, goal: Goal) -> bool:
        needed = criterion_of(goal).test.parameters
        return any(self.asked.parameters[name] is None for name in needed)

    def _filled(self, values: Values) -> Values:
        """With a value for all that is read: the one that helps least."""
        search = self.asked.search(values)
        known = search.values()
        read = {
            slot
            for goal in self.asked.goals
            for slot in search.slots_read(goal.node, goal.subject)
        }
        return known | {slot: _unhelpful(slot) for slot in read - known.keys()}


_found: dict[Hashable, Values | None] = {}
"""What searches came to: most groups of rules are asked of one licence as of the next."""


def _search_once(search: Search, group: Sequence[Goal]) -> Values | None:
    try:
        for _ in search.solve(search.prepare(group)):
            return search.assigned()
    except GaveUpError:
        pass
    return None


def _unhelpful(slot: Slot) -> Value:
    if slot.agreement:
        return False
    fact = CATALOGUE.facts[slot.subject.type, slot.fact]
    match fact.type.kind:
        case Kind.BOOLEAN:
            return False
        case Kind.NUMBER:
            return 0
        case Kind.DATE:
            return AS_OF - timedelta(days=2000)
        case Kind.SET:
            return frozenset()
        case Kind.CATEGORY | Kind.TEXT:
            return max(fact.type.values or {"丙公司"})


@lru_cache(maxsize=512)
def order(ask: Ask) -> Order:
    """Found once for each application. NoSuchCaseError."""
    return Order(ask)


def flaws_of(found: Order, goal: Goal, *, elsewhere: bool = True) -> Iterator[Flaw]:
    """For each fact that a rule reads, a case in order that one value of it spoils.

    Of members that are counted, the first by which it works speaks for all. Where this
    case does not hang on a fact, one that does is looked for `elsewhere`: such facts
    are left out that cannot spoil a rule while all others hold.
    """
    asked = found.asked
    search = asked.search(found.values)
    slots = sorted(search.slots_read(goal.node, goal.subject))
    done: set[tuple[str, str, bool]] = set()
    for slot in slots:
        if _name_of(slot) not in done and (flaw := _flaw(found, goal, slot)):
            done.add(_name_of(slot))
            yield flaw
    for slot in slots if elsewhere else ():
        if _name_of(slot) not in done and (flaw := _flaw_elsewhere(found, goal, slot)):
            done.add(_name_of(slot))
            yield flaw


def _name_of(slot: Slot) -> tuple[str, str, bool]:
    return slot.subject.type, slot.fact, slot.agreement


def _flaw(found: Order, goal: Goal, slot: Slot) -> Flaw | None:
    """The case in order itself, spoilt by another value of `slot`; if it can be."""
    good = found.values[slot]
    search = found.asked.search(found.values)
    for bad in search.candidates(slot, goal.node):
        search.set(slot, bad)
        if search.truth(goal.node, goal.subject) is False:
            return Flaw(goal=goal, slot=slot, good=good, bad=bad, values=found.values)
    return None


def _flaw_elsewhere(found: Order, goal: Goal, slot: Slot) -> Flaw | None:
    """Another case in order, in which the rule hangs on `slot`; if there is one."""
    for pins, good, bad in islice(hanging_on(found.asked, goal, slot), TRIES):
        values = found.with_values(pins)
        if values is not None:
            return Flaw(goal=goal, slot=slot, good=good, bad=bad, values=values)
    return None


def hanging_on(
    asked: Questions, goal: Goal, slot: Slot
) -> Iterator[tuple[Values, Value, Value]]:
    """Facts of a rule alone with which it holds, but for one other value of `slot`.

    Each with the value with which it holds, and the one with which it fails.
    """
    for bad in asked.search().candidates(slot, goal.node):
        failing = asked.search({slot: bad}, once=True)
        failing.prepare([goal])
        for _ in islice(failing.solve([replace(goal, truth=False)]), WAYS):
            rest = failing.assigned()
            tried = asked.search(rest)
            for good in failing.candidates(slot, goal.node):
                if good == bad:
                    continue
                tried.set(slot, good)
                if tried.truth(goal.node, goal.subject) is False:
                    continue  # no other fact that is still open makes it hold
                holding = asked.search({**rest, slot: good}, once=True)
                holding.prepare([goal])
                for _ in holding.solve([goal]):
                    yield holding.assigned(), good, bad
                    break
                else:
                    continue
                break


def situation_of(asked: Questions, values: Values) -> Situation:
    """The case with each value claimed and proven, every list closed."""
    keys = {(slot.subject, slot.fact) for slot in values}
    return Situation(
        as_of=AS_OF,
        application=asked.ask.application,
        subjects=asked.subjects,
        labels={subject: both(str(subject)) for subject in asked.subjects},
        resolved={key: _resolved(*key, values, values) for key in sorted(keys)},
        conflicts=(),
        open_claimed=frozenset(),
        open_proven=frozenset(),
    )


def told_otherwise(
    situation: Situation,
    values: Values,
    *,
    claimed: Mapping[Slot, Value | None],
    proven: Mapping[Slot, Value | None],
) -> Situation:
    """The case of `values`, but for what is claimed and proven here instead."""
    changed = {(slot.subject, slot.fact) for slot in claimed.keys() | proven.keys()}
    one, other = {**values, **claimed}, {**values, **proven}
    resolved = {key: _resolved(*key, one, other) for key in changed}
    return replace(situation, resolved={**situation.resolved, **resolved})


def _resolved(
    subject: Subject,
    fact: str,
    claimed: Mapping[Slot, Value | None],
    proven: Mapping[Slot, Value | None],
) -> Resolved:
    slot, agree = Slot(subject, fact), Slot(subject, fact, agreement=True)
    claim, proof = claimed.get(slot), proven.get(slot)
    grade = max(CATALOGUE.facts[subject.type, fact].proof, Grade.DOCUMENTED)
    agreed = [row.get(agree) for row in (claimed, proven)]
    return Resolved(
        fact=fact,
        subject=subject,
        claimed=claim,
        claimed_by=None
        if claim is None
        else record(subject, fact, claim, Grade.DECLARED),
        proven=proof,
        proven_by=None if proof is None else record(subject, fact, proof, grade),
        gap=GapReason.NO_RECORD if proof is None else None,
        gap_detail=both("no record") if proof is None else None,
        agree_claimed=None if agreed[0] is None else bool(agreed[0]),
        agree_proven=None if agreed[1] is None else bool(agreed[1]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The verdicts of a situation and what follows, without the explanations.

    Made by the functions of the product, a good deal quicker than a whole assessment.
    """

    findings: tuple[Finding, ...]
    readiness: Readiness | None
    compliance: Compliance | None
    long_term: LongTermView
    cautions: tuple[Caution, ...]

    def finding(self, goal: Goal) -> Finding:
        """The finding of one rule for one subject."""
        criterion = criterion_of(goal)
        return next(
            finding
            for finding in self.findings
            if finding.criterion is criterion and finding.subject == goal.subject
        )

    @property
    def on_first_screen(self) -> frozenset[tuple[str, Subject | None]]:
        """What the first screen names: what blocks, the doubts, the cautions."""
        named = (
            *(finding for finding in self.findings if blocks(finding)),
            *self.long_term.doubts,
            *(caution.finding for caution in self.cautions),
        )
        return frozenset((finding.criterion.id, finding.subject) for finding in named)


def judged(like: Assessment, situation: Situation) -> Judged:
    """Judge a situation that has the subjects and the application of `like`."""
    truths = JUDGE.evaluate_rules(
        make_rows(situation), situation.application, situation.as_of
    )
    templates = {
        (finding.criterion.id, finding.subject): finding for finding in like.findings
    }
    asked = {finding.criterion.id for finding in like.findings if finding.asked}
    findings = [
        _answered(templates[criterion.id, subject], verdict, claimed, proven)
        for criterion in CATALOGUE.criteria.values()
        if criterion.id in asked
        for subject, verdict, claimed, proven in decide_verdicts(
            criterion, situation.subjects, truths
        )
    ]
    after = is_after_licence(situation.application.stage)
    return Judged(
        findings=tuple(findings),
        readiness=None if after else decide_readiness(findings),
        compliance=decide_compliance(findings) if after else None,
        long_term=decide_long_term(findings),
        cautions=list_cautions(findings, situation.labels),
    )


def _answered(
    like: Finding, verdict: Verdict, claimed: bool | None, proven: bool | None
) -> Finding:
    """One fault changes a few findings: the others are as they were."""
    if (like.verdict, like.claimed, like.proven) == (verdict, claimed, proven):
        return like
    return replace(like, verdict=verdict, claimed=claimed, proven=proven)


@cache
def list_every_ask() -> tuple[Ask, ...]:
    """List every licence at every stage in every scope, in one province."""
    return tuple(
        Ask(licence=licence.id, stage=stage, scope=scope)
        for stage in STAGES
        for licence in CATALOGUE.licences.values()
        for scope in licence.scopes
    )


@cache
def own_rules() -> tuple[Ask, ...]:
    """List where a province asks more or has its own numbers: each such once a stage."""
    return tuple(_find_own_rules())


def _find_own_rules() -> Iterator[Ask]:
    parameters = {
        (parameter.id, value.region)
        for parameter in CATALOGUE.parameters.values()
        for value in parameter.values
        if value.region is not None
    }
    provincial = [
        criterion
        for criterion in CATALOGUE.criteria.values()
        if "region" in criterion.applies.givens
    ]
    regions = {region for _, region in parameters} | {
        str(node.value)
        for criterion in provincial
        for node in criterion.applies.walk()
        if isinstance(node, Literal) and node.value in CATALOGUE.regions
    }
    seen: set[object] = set()
    for region, stage, licence in product(
        sorted(regions), STAGES, CATALOGUE.licences.values()
    ):
        for scope in licence.scopes:
            ask = Ask(licence=licence.id, stage=stage, scope=scope, region=region)
            own = (
                *(c.id for c in provincial if applies_to(c, ask)),
                *(name for name, where in parameters if where == region),
            )
            if own and (region, stage, own) not in seen:
                yield ask
            seen.add((region, stage, own))


def applies_to(criterion: Criterion, ask: Ask) -> bool:
    """Whether a criterion asks anything of anybody in an application."""
    givens = list_givens(ask.application, AS_OF)
    return _applies_to(
        criterion.id, tuple((name, givens[name]) for name in _GIVENS[criterion.id])
    )


@cache
def _applies_to(name: str, read: tuple[tuple[str, Value | None], ...]) -> bool:
    """Answer from the givens that its premise reads: few, and most asks share them."""
    reader = Reader(rows=_NOBODY, parameters={}, givens=dict(read))
    nobody = MemberRow(id="any", stance=Stance.PROVEN, values={})
    return reader.truth(CATALOGUE.criteria[name].applies.root, nobody) is not False


def is_required(criterion: Criterion) -> bool:
    return criterion.standing in (Standing.CONDITION, Standing.PUBLISHED)


def is_core(criterion: Criterion) -> bool:
    bearing = criterion.long_term
    return bearing is not None and bearing.weight is Weight.CORE
