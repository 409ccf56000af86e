"""What holds of every case, whatever is known of it, on the real catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changqing.case.subjects import Subject
from changqing.evidence.model import CLOSED_PAPERS, Record, Resolved, SourceKind
from changqing.evidence.records import list_records
from changqing.judge.model import Finding, Situation
from changqing.law.kit import Grade
from changqing.rules.tree import Quantifier, Quantity
from tests.judge.assessment_world import (
    AS_OF,
    JUDGE,
    STRUCTURAL,
    World,
    any_gap,
    any_value,
    any_world,
    dice,
    verdicts,
    worlds,
)
from tests.share import examples
from tests.shipped import CATALOGUE

Told = TypeVar("Told")
laws = settings(max_examples=examples(15), suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32 - 1)
RANK = {
    verdict: place
    for place, verdict in enumerate(
        ("met", "not_applicable", "unproven", "undetermined", "unmet", "contradicted")
    )
}


def reads(finding: Finding, subject: Subject, fact: str) -> bool:
    return (subject.type, fact) in finding.criterion.test.facts


def replaced(situation: Situation, *changed: Resolved) -> Situation:
    known = {(one.subject, one.fact): one for one in changed}
    return replace(situation, resolved={**situation.resolved, **known})


def some_resolved(chance: Random, situation: Situation) -> Resolved | None:
    free = [
        one
        for one in situation.resolved.values()
        if one.fact not in STRUCTURAL
        and (one.subject.type, one.fact) in CATALOGUE.facts
    ]
    return chance.choice(free) if free else None


@laws
@given(worlds, seeds)
def test_an_unrelated_fact_changes_no_verdict(world: World, seed: int) -> None:
    chance = dice(seed)
    situation = world.situation()
    chosen = some_resolved(chance, situation)
    if chosen is None:
        return
    subject, name = chosen.subject, chosen.fact
    fact = CATALOGUE.facts[subject.type, name]
    other = replace(
        chosen,
        claimed=chance.choice((None, any_value(chance, fact))),
        proven=chance.choice((None, any_value(chance, fact))),
        agree_claimed=chance.choice((None, True, False)),
        agree_proven=chance.choice((None, True, False)),
    )
    before = JUDGE.assess(situation)
    after = verdicts(JUDGE.assess(replaced(situation, other)))
    for finding in before.findings:
        if not reads(finding, subject, name) or (
            finding.subject is not None
            and finding.subject.type == subject.type
            and finding.subject != subject
        ):
            key = (finding.criterion.id, finding.subject)
            assert after[key] == finding.verdict, (key, name)


@laws
@given(worlds, seeds)
def test_taking_a_proof_away_never_makes_anything_absent(
    world: World, seed: int
) -> None:
    chance = dice(seed)
    situation = world.situation()
    proven = [
        one
        for one in situation.resolved.values()
        if one.proven is not None and one.fact not in STRUCTURAL
    ]
    taken = [one for one in proven if chance.random() < 0.3]
    bare = [replace(one, proven=None, proven_by=None) for one in taken]
    before = {
        (finding.criterion.id, finding.subject): finding
        for finding in JUDGE.assess(situation).findings
    }
    for one in JUDGE.assess(replaced(situation, *bare)).findings:
        was = before[one.criterion.id, one.subject]
        if one.verdict == "unmet" and was.verdict != "unmet":
            assert one.claimed is False
        if was.verdict == "not_applicable" and one.verdict != "not_applicable":
            continue  # its premise was proven false, and is not any longer
        assert one.claimed is was.claimed
        assert one.proven in (None, was.proven)
        if was.verdict in ("unproven", "undetermined"):
            assert one.verdict == was.verdict


@laws
@given(worlds, seeds)
def test_a_gap_changes_no_verdict_but_only_says_why(world: World, seed: int) -> None:
    chance = dice(seed)
    gaps = tuple(
        any_gap(chance, subject, fact)
        for subject in world.case.list_subjects()
        for (subject_type, _), fact in CATALOGUE.facts.items()
        if subject_type == subject.type and chance.random() < 0.3
    )
    filled = World(world.case, replace(world.known, gaps=world.known.gaps + gaps))
    assert verdicts(filled.assess()) == verdicts(world.assess())


@laws
@given(worlds, seeds)
def test_what_could_not_be_seen_today_is_not_thereby_absent(
    world: World, seed: int
) -> None:
    """All evidence of some facts gives way to gaps; only words can still say no."""
    chance = dice(seed)

    def lost(record: Record) -> bool:
        fact = CATALOGUE.facts.get((record.subject.type, record.fact))
        return (
            fact is not None
            and fact.proof > Grade.DECLARED
            and record.source.kind is not SourceKind.FORM
            and record.source.name != CLOSED_PAPERS
            and len(record.fact) % 3 != seed % 3
        )

    kept = tuple(one for one in world.known.records if not lost(one))
    gaps = tuple(
        any_gap(chance, one.subject, CATALOGUE.facts[one.subject.type, one.fact])
        for one in world.known.records
        if lost(one)
    )
    blind = World(
        world.case, replace(world.known, records=kept, gaps=world.known.gaps + gaps)
    )
    before = {
        (finding.criterion.id, finding.subject): finding
        for finding in world.assess().findings
    }
    touched = {(one.subject.type, one.fact) for one in world.known.records if lost(one)}
    for one in blind.assess().findings:
        was = before[one.criterion.id, one.subject]
        if one.verdict == "unmet" and not any(
            (subject_type, fact) in touched
            and CATALOGUE.facts[subject_type, fact].generated
            for subject_type, fact in one.criterion.test.facts
        ):
            words_said_no = was.claimed is False or one.claimed is False
            assert was.verdict in ("unmet", "contradicted") or words_said_no
        if one.claimed is None:
            assert one.proven is not False or was.proven is False


@laws
@given(worlds, seeds)
def test_strengthening_the_record_that_decides_never_worsens(
    world: World, seed: int
) -> None:
    chance = dice(seed)
    deciding = [
        one.proven_by
        for one in world.situation().resolved.values()
        if one.proven_by is not None
        and one.proven_by.grade < Grade.ATTESTED
        and one.proven_by in world.known.records
        and one.proven_by.source.kind is not SourceKind.FORM
    ]
    if not deciding:
        return
    chosen = chance.choice(deciding)
    higher = [grade for grade in Grade if grade > chosen.grade]
    stronger = replace(chosen, grade=chance.choice(higher))
    records = [
        stronger if record is chosen else record for record in world.known.records
    ]
    before = verdicts(world.assess())
    after = verdicts(world.with_records(*records).assess())
    for key, verdict in after.items():
        assert RANK[verdict] <= RANK[before[key]], (key, chosen)


@laws
@given(worlds)
def test_with_one_source_for_each_fact_proof_of_all_settles_all(world: World) -> None:
    """Attesting everything that is said leaves nothing merely said, or contradicted."""
    single = {(record.subject, record.fact): record for record in world.known.records}
    lasting = [replace(one, valid_until=None) for one in single.values()]
    attested = [replace(one, grade=Grade.ATTESTED) for one in lasting]
    alone = World(
        replace(world.case, closed={}), replace(world.known, gaps=(), attempts=())
    )
    said = verdicts(alone.with_records(*lasting).assess())
    shown = verdicts(alone.with_records(*attested).assess())
    assert not {"unproven", "contradicted"} & set(shown.values())
    for key, verdict in said.items():
        if verdict in ("unproven", "met"):
            # Not applicable where a premise that was said not to hold is proven so.
            assert shown[key] in ("met", "not_applicable"), key


@laws
@given(worlds)
def test_nothing_expired_proves_anything(world: World) -> None:
    for finding in world.assess().findings:
        for record in finding.evidence:
            assert record.valid_until is None or record.valid_until >= AS_OF
    ended = [
        one
        if one.fact in STRUCTURAL or one.source.name == CLOSED_PAPERS
        else replace(one, valid_until=AS_OF - timedelta(days=1))
        for one in world.known.records
    ]
    structure = [
        one
        for one in world.known.records
        if one.fact in STRUCTURAL or one.source.name == CLOSED_PAPERS
    ]
    silent = World(world.case, replace(world.known, gaps=(), attempts=()))
    assert verdicts(silent.with_records(*ended).assess()) == verdicts(
        silent.with_records(*structure).assess()
    )


@laws
@given(worlds)
def test_nothing_counts_before_it_is_true_and_received(world: World) -> None:
    later = AS_OF + timedelta(days=1)
    known = world.known.records
    structure = [record for record in known if record.fact in STRUCTURAL]
    future = [
        record
        if record.fact in STRUCTURAL
        else replace(
            record, received_at=record.received_at + (later - record.received_at.date())
        )
        for record in known
    ]
    silent = World(world.case, replace(world.known, gaps=(), attempts=()))
    assert verdicts(silent.with_records(*future).assess()) == verdicts(
        silent.with_records(*structure).assess()
    )


@laws
@given(worlds)
def test_an_open_list_never_makes_anything_missing(world: World) -> None:
    opened = replace(world.case, closed={})
    absences = [
        record for record in world.known.records if record.source.name == CLOSED_PAPERS
    ]
    records = [record for record in world.known.records if record not in absences]
    closed = {
        (finding.criterion.id, finding.subject): finding
        for finding in world.assess().findings
    }
    after = World(opened, world.known).with_records(*records).assess()
    for one in after.findings:
        was = closed[one.criterion.id, one.subject]
        root = one.criterion.test.root
        if isinstance(root, Quantifier) and root.quantity in (
            Quantity.SOME,
            Quantity.AT_LEAST,
        ):
            assert one.verdict not in ("unmet", "contradicted")
        if not one.criterion.test.facts & {
            ("applicant", fact.fact) for fact in absences
        }:
            assert one.claimed in (None, was.claimed)
            assert one.proven in (None, was.proven)


@laws
@given(worlds)
def test_without_a_closed_list_no_paper_is_said_to_be_missing(world: World) -> None:
    opened = replace(world.case, closed={})
    silent = replace(world.known, gaps=(), attempts=())
    case_alone = World(opened, silent).with_records(*list_records(opened))
    for (subject, fact), one in case_alone.situation().resolved.items():
        known = CATALOGUE.facts.get((subject.type, fact))
        if known is not None and known.generated:
            assert one.claimed is not False
            assert one.proven is not False
    for finding in case_alone.assess().findings:
        if any(fact.startswith("has_") for _, fact in finding.criterion.test.facts):
            assert finding.verdict not in ("unmet", "contradicted")


@laws
@given(worlds, seeds)
def test_the_order_of_records_never_matters(world: World, seed: int) -> None:
    chance = dice(seed)
    known = world.known

    def shuffled(things: tuple[Told, ...]) -> tuple[Told, ...]:
        return tuple(chance.sample(things, len(things)))

    other = World(
        world.case,
        replace(
            known,
            records=shuffled(known.records),
            gaps=shuffled(known.gaps),
            attempts=shuffled(known.attempts),
        ),
    )
    one, two = world.situation(), other.situation()
    differing = [key for key in one.resolved if one.resolved[key] != two.resolved[key]]
    assert differing == []
    assert list(one.resolved) == list(two.resolved)
    assert one.conflicts == two.conflicts
    first, second = JUDGE.assess(one).findings, JUDGE.assess(two).findings
    assert [
        was.criterion.id for was, now in zip(first, second, strict=True) if was != now
    ] == []


@laws
@given(worlds)
def test_only_required_findings_make_a_case_not_ready(world: World) -> None:
    assessment = world.assess()
    failing = {
        finding.criterion.standing.value
        for finding in assessment.findings
        if finding.verdict in ("unmet", "contradicted")
    }
    blocked = bool(failing & {"condition", "published"})
    assert (assessment.readiness == "not_ready") is blocked


@settings(max_examples=examples(15))
@given(seeds)
def test_filling_in_what_is_unknown_never_flips_what_is_known(seed: int) -> None:
    chance = dice(seed)
    situation = any_world(chance).situation()
    filled = [
        replace(
            one,
            claimed=any_value(chance, CATALOGUE.facts[one.subject.type, one.fact])
            if one.claimed is None
            else one.claimed,
            proven=any_value(chance, CATALOGUE.facts[one.subject.type, one.fact])
            if one.proven is None
            else one.proven,
        )
        for one in situation.resolved.values()
        if one.fact not in STRUCTURAL and chance.random() < 0.5
    ]
    after = {
        (finding.criterion.id, finding.subject): finding
        for finding in JUDGE.assess(replaced(situation, *filled)).findings
    }
    for was in JUDGE.assess(situation).findings:
        now = after[was.criterion.id, was.subject]
        if now.verdict == "not_applicable":
            continue  # its premise is known not to hold: nothing is asked any more
        assert was.claimed in (None, now.claimed)
        assert was.proven in (None, now.proven)
