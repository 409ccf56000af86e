"""Where all that is asked is in order, the case is ready and shown; one fault is named.

The cases are found by a search over the rules of the catalogue (`order_world`): a rule
that contradicts another, or that nothing can meet at its stage, fails here.
"""

from __future__ import annotations

from functools import lru_cache
from random import Random

import pytest

from changqing.case.subjects import APPLICANT, Subject
from changqing.judge.model import (
    Assessment,
    Compliance,
    DefectCertainty,
    LongTermState,
    Readiness,
    Situation,
)
from changqing.law.kinds.criterion import Criterion, Weight
from changqing.law.kinds.licence import LicenceClass
from changqing.law.kit import Grade, Standing
from changqing.law.lookup import STAGES
from changqing.law.model import Verdict
from changqing.rules.types import Value
from tests.law.order_questions import Ask, criterion_of
from tests.law.order_solver import Goal, Slot
from tests.law.order_world import (
    JUDGE,
    Flaw,
    Judged,
    applies_to,
    flaws_of,
    is_core,
    is_required,
    judged,
    list_every_ask,
    order,
    own_rules,
    situation_of,
    told_otherwise,
)
from tests.share import CI
from tests.shipped import CATALOGUE

SAMPLE = (
    Ask(licence="B25", stage="apply"),
    Ask(licence="B24", stage="annual_report"),
    Ask(licence="B11", stage="operate"),
    Ask(licence="B13", stage="amend", scope="cross_province"),
    Ask(licence="B21", stage="renew"),
    Ask(licence="B12", stage="stop"),
    Ask(licence="N106", stage="operate"),
    Ask(licence="N95", stage="renew", scope="cross_province"),
)
EVERY = list_every_ask()
FIRST_SCOPE = [
    ask for ask in EVERY if ask.scope == CATALOGUE.licences[ask.licence].scopes[0]
]
ASKS = (*FIRST_SCOPE, *own_rules()) if CI else SAMPLE[::2]
"""With which faults are tried: no rule is asked across provinces alone."""
BESIDE = 2 if CI else 16
"""Rules a licence shares with others that are tried once more with it, by chance."""
PAIRS = 4 if CI else 30
"""Pairs of faults tried with each application."""


@pytest.mark.parametrize("ask", (*EVERY, *own_rules()) if CI else SAMPLE, ids=str)
def test_all_in_order_is_ready_and_shown(ask: Ask) -> None:
    found = order(ask)
    assessment = assessed(ask)
    waived = {(criterion_of(goal).id, goal.subject) for goal in found.waived}
    failing = {
        (finding.criterion.id, finding.subject): finding.verdict
        for finding in assessment.findings
        if finding.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
    }
    # What no rule sets a number for is never said to be met, and stands in no way.
    assert failing == dict.fromkeys(waived, Verdict.UNDETERMINED)
    assert not assessment.cautions
    assert not assessment.long_term.doubts
    asked = [finding.criterion for finding in assessment.findings if finding.asked]
    if assessment.readiness is None:
        assert assessment.compliance is Compliance.IN_ORDER
    elif any(is_required(criterion) for criterion in asked):
        assert assessment.readiness is Readiness.READY
    else:
        assert ask.licence in NUMBERS
        assert ask.stage != "renew"
        assert assessment.readiness is Readiness.OPEN
    if any(is_core(criterion) for criterion in asked):
        assert assessment.long_term.state is LongTermState.SHOWN
    else:
        assert ask.stage in ("amend", "stop") or ask.licence in NUMBERS
        assert assessment.long_term.state is LongTermState.OPEN


NUMBERS = frozenset(
    licence.id
    for licence in CATALOGUE.licences.values()
    if licence.group is LicenceClass.NUMBERS
)
"""Numbers: no text is read that makes anything a condition of them."""


@pytest.mark.parametrize("ask", ASKS, ids=str)
def test_each_single_fault_is_named_and_a_lost_proof_is_open(ask: Ask) -> None:
    for flaw in flaws_tried(ask):
        for claimed in (flaw.bad, flaw.good, None):
            check_certain(ask, flaw, claimed=claimed)
        fact = CATALOGUE.facts[flaw.slot.subject.type, flaw.slot.fact]
        if fact.proof is not Grade.DECLARED:
            check_open(ask, flaw, claimed=flaw.good, verdict=Verdict.UNPROVEN)
        check_open(ask, flaw, claimed=None, verdict=Verdict.UNDETERMINED)
    check_pairs(ask)


def check_pairs(ask: Ask) -> None:
    """A second fault makes nothing better."""
    chance = Random(str(ask))  # noqa: S311 - which pairs are tried
    base, like = order(ask).values, assessed(ask)
    flaws = [flaw for flaw in flaws_tried(ask) if flaw.values is base]
    pairs = [
        tuple(chance.sample(flaws, 2)) for _ in range(PAIRS if len(flaws) > 1 else 0)
    ]
    for one, other in pairs:
        if one.slot == other.slot:
            continue
        first = spoilt(ask, one, claimed=one.bad, proven=one.bad)
        two = {one.slot: one.bad, other.slot: other.bad}
        second = told_otherwise(unspoilt(ask), base, claimed=two, proven=two)
        before, after = judged(like, first), judged(like, second)
        mended = before.on_first_screen - after.on_first_screen
        # What the second fault mends reads it: a rule with several ways to hold.
        assert all(reads(ask, name, other.slot) for name in mended), (one, other)
        if not mended:
            assert rank(after) >= rank(before), (one, other)


def test_a_foreign_marketplace_outside_the_pilot_areas_can_be_ready() -> None:
    """Its class has no cap, and the reply of the pilot is not for it to get."""
    ask = Ask(licence="B21", stage="apply", region="44")
    found = order(ask)
    holder = next(
        subject for subject in found.asked.subjects if subject.type == "holder"
    )
    values = found.with_values(
        {
            Slot(holder, "is_foreign"): True,
            Slot(APPLICANT, "foreign_share"): 10_000,
            Slot(APPLICANT, "foreign_route_taken"): True,
            Slot(APPLICANT, "in_pilot_area"): False,
            Slot(APPLICANT, "has_foreign_approval"): False,
        }
    )
    assert values is not None
    assessment = JUDGE.assess(situation_of(found.asked, values))
    assert assessment.readiness is Readiness.READY
    assert assessment.long_term.state is LongTermState.SHOWN


def check_certain(ask: Ask, flaw: Flaw, *, claimed: Value | None) -> None:
    """The fault is certain, whatever is said of it, named, and blocks nothing else."""
    after = judged(assessed(ask), spoilt(ask, flaw, claimed=claimed, proven=flaw.bad))
    finding = after.finding(flaw.goal)
    criterion = finding.criterion
    said = claimed == flaw.good
    assert finding.verdict is (Verdict.CONTRADICTED if said else Verdict.UNMET), flaw
    named = after.on_first_screen
    if says_nothing_where_missing(criterion) and not said:
        assert (criterion.id, finding.subject) not in named
    else:
        assert (criterion.id, finding.subject) in named, flaw
    assert all(reads(ask, name, flaw.slot) for name in named), flaw
    if finding.required:
        assert after.readiness in (None, Readiness.NOT_READY), flaw
        assert after.compliance in (None, Compliance.BREACHED), flaw
    bearing = criterion.long_term
    if bearing is not None and (
        bearing.veto or (said and bearing.weight is Weight.CORE)
    ):
        assert after.long_term.state is LongTermState.IN_DOUBT, flaw
        assert finding in after.long_term.doubts


def says_nothing_where_missing(criterion: Criterion) -> bool:
    """A mere strength: to be without it is no defect."""
    bearing = criterion.long_term
    return (
        criterion.strength is not None
        and criterion.standing in (Standing.PRACTICE, Standing.DUTY)
        and not criterion.defects
        and (bearing is None or bearing.weight is Weight.SUPPORTING)
    )


def check_open(
    ask: Ask, flaw: Flaw, *, claimed: Value | None, verdict: Verdict
) -> None:
    """What is not proven is open: it neither holds nor blocks."""
    after = judged(assessed(ask), spoilt(ask, flaw, claimed=claimed, proven=None))
    finding = after.finding(flaw.goal)
    assert finding.verdict is verdict, flaw
    assert finding.certainty is DefectCertainty.POSSIBLE
    assert not after.on_first_screen, flaw
    if finding.required:
        assert after.readiness in (None, Readiness.OPEN), flaw
        assert after.compliance in (None, Compliance.OPEN), flaw
    assert after.long_term.state is not LongTermState.IN_DOUBT, flaw


def rank(after: Judged) -> tuple[int, int]:
    """How bad it looks: the first sentence, and the second."""
    first = after.readiness or after.compliance
    ready = (Readiness.READY, Compliance.IN_ORDER)
    open_ = (Readiness.OPEN, Compliance.OPEN)
    states = (LongTermState.SHOWN, LongTermState.OPEN, LongTermState.IN_DOUBT)
    return (
        0 if first in ready else 1 if first in open_ else 2,
        states.index(after.long_term.state),
    )


def reads(ask: Ask, named: tuple[str, Subject | None], slot: Slot) -> bool:
    """Whether a rule reads a fact, of the subject it is asked of or of one it counts."""
    name, subject = named
    assert subject is not None
    return slot in order(ask).asked.slots_read(CATALOGUE.criteria[name], subject)


@lru_cache(maxsize=8)
def assessed(ask: Ask) -> Assessment:
    """The whole assessment of the case in order."""
    return JUDGE.assess(unspoilt(ask))


@lru_cache(maxsize=8)
def unspoilt(ask: Ask) -> Situation:
    found = order(ask)
    return situation_of(found.asked, found.values)


def spoilt(
    ask: Ask, flaw: Flaw, *, claimed: Value | None, proven: Value | None
) -> Situation:
    """The case in order in which the rule hangs on one fact, with another value of it."""
    base = order(ask).values
    here: dict[Slot, Value | None] = {
        slot: value for slot, value in flaw.values.items() if base[slot] != value
    }
    return told_otherwise(
        unspoilt(ask),
        base,
        claimed={**here, flaw.slot: claimed},
        proven={**here, flaw.slot: proven},
    )


@lru_cache(maxsize=8)
def flaws_tried(ask: Ask) -> tuple[Flaw, ...]:
    """The faults of the rules that are tried with one application.

    Each rule is tried with the first licence of a stage that it asks something of, at
    the first such stage by every fact that it reads: to look for a case that hangs on
    one takes long. With the others, a few by chance and by what is at hand.
    """
    found = order(ask)
    first = first_asked()
    goals = [goal for goal in found.asked.goals if goal not in found.waived]
    mine = [goal for goal in goals if first[ask.stage, criterion_of(goal).id] == ask]
    chance = Random(str(ask))  # noqa: S311 - which are tried
    if not CI:
        mine = []
    others = [goal for goal in goals if goal not in mine]
    few = chance.sample(others, min(BESIDE, len(others)))
    return (
        *(
            flaw
            for goal in mine
            for flaw in flaws_of(found, goal, elsewhere=first_of_all(goal) == ask)
        ),
        *(flaw for goal in few for flaw in flaws_of(found, goal, elsewhere=False)),
    )


def first_of_all(goal: Goal) -> Ask:
    """Tell the application with which a rule is tried by every fact that it reads."""
    name = criterion_of(goal).id
    asked = first_asked()
    return next(asked[stage, name] for stage in STAGES if (stage, name) in asked)


@lru_cache(maxsize=1)
def first_asked() -> dict[tuple[str, str], Ask]:
    """The application with which each rule is tried at each stage."""
    first: dict[tuple[str, str], Ask] = {}
    for ask in ASKS:
        for name, criterion in CATALOGUE.criteria.items():
            if (ask.stage, name) not in first and applies_to(criterion, ask):
                first[ask.stage, name] = ask
    return first
