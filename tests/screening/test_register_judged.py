"""Many cases judged at once: what is said of each is what is said of it alone."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changqing.case.subjects import Subject
from changqing.judge.model import (
    Assessment,
    Compliance,
    Finding,
    KnownDerivation,
    LongTermState,
    Readiness,
)
from changqing.judge.verdict import (
    decide_compliance,
    decide_long_term,
    decide_readiness,
    is_asked_for,
)
from changqing.law.kinds.criterion import Criterion, Route
from changqing.law.lookup import STAGES, is_after_licence
from changqing.law.model import Verdict
from changqing.screening.judging import (
    NOBODY,
    VERDICTS,
    JudgedCases,
    RegisterCase,
    RegisterJudge,
    list_asked,
    say_sentences,
    weigh_criteria,
)
from changqing.screening.make import RegisterMaker
from changqing.screening.reasons import list_reasons
from changqing.text import both
from tests.judge.assessment_world import AS_OF, World, any_world, dice, empty_world
from tests.shipped import CATALOGUE

REGISTER = RegisterJudge(CATALOGUE, AS_OF)
Unmet = tuple[str, str, str, str]
Why = tuple[list[str], list[str], list[int]]
Asked = dict[tuple[str, Subject | None], str]


def judge(worlds: list[World]) -> JudgedCases:
    return REGISTER.judge_cases(
        RegisterCase(id=str(place), case=world.case, known=world.known)
        for place, world in enumerate(worlds)
    )


def verdicts_alone(assessment: Assessment) -> Asked:
    return {
        (finding.criterion.id, finding.subject): finding.verdict.value
        for finding in assessment.findings
        if finding.verdict is not Verdict.NOT_APPLICABLE
    }


def verdicts_together(judged: JudgedCases, place: int) -> Asked:
    return {
        (criterion, None if row["id"] == NOBODY else Subject(subject, row["id"])): said
        for subject, frame in judged.verdicts.items()
        for row in frame.filter(pl.col("case") == place).iter_rows(named=True)
        for criterion, said in row.items()
        if criterion not in ("case", "id") and said != Verdict.NOT_APPLICABLE.value
    }


def check_alike(worlds: list[World]) -> None:
    judged = judge(worlds)
    for place, world in enumerate(worlds):
        alone = world.assess()
        assert verdicts_together(judged, place) == verdicts_alone(alone), world
        said = judged.sentences.row(place, named=True)
        assert said["readiness"] == alone.readiness, world
        assert said["compliance"] == alone.compliance, world
        assert said["long_term"] == alone.long_term.state, world
        assert said["route"] == alone.long_term.route, world
        counted = verdicts_alone(alone).values()
        for verdict in set(Verdict) - {Verdict.NOT_APPLICABLE}:
            assert said[f"count_{verdict.value}"] == list(counted).count(verdict.value)


def reasons_alone(world: World) -> dict[Unmet, Why]:
    """Of each verdict that is not met: the facts unproven, the gaps, the entries."""
    resolved = world.situation().resolved
    reasons: dict[Unmet, Why] = {}
    for finding in world.assess().findings:
        if finding.verdict in (Verdict.MET, Verdict.NOT_APPLICABLE):
            continue
        name, subject = finding.criterion.id, finding.subject
        if subject is None:
            key = (finding.criterion.subject, NOBODY, name, finding.verdict.value)
            reasons[key] = ([], [], [])
            continue
        bare, gaps, entries = [], set(), set()
        for fact in REGISTER.read_facts[name]:
            found = resolved.get((subject, fact))
            if found is None or found.proven is None:
                bare.append(fact)
            if found is not None and found.proven is None and found.gap is not None:
                gaps.add(found.gap.value)
            for record in (found.proven_by, found.claimed_by) if found else ():
                if record is not None:
                    entries |= {*record.entries}
            if found is not None and found.proven is None:
                entries |= {*found.gap_entries}
        key = (subject.type, subject.id, name, finding.verdict.value)
        reasons[key] = (bare, sorted(gaps), sorted(entries))
    return reasons


def test_what_leaves_a_criterion_unmet_is_what_leaves_it_so_alone() -> None:
    worlds = [any_world(dice(seed), told=0.4, seed=seed) for seed in range(4)]
    # In a world nothing is logged: the entries are numbered here.
    worlds = [
        world.with_records(
            *(
                replace(record, number=number % 5)
                for number, record in enumerate(world.known.records)
            )
        )
        for world in worlds
    ]
    told = list_reasons(judge([*worlds, empty_world()]))
    for place, world in enumerate([*worlds, empty_world()]):
        rows = told.filter(pl.col("case") == place).drop("case").iter_rows()
        together = {(*row[:4],): (*row[4:],) for row in rows}
        assert together == reasons_alone(world)
    assert any(told["gaps"].list.len())
    assert any(told["entries"].list.len())


def test_a_site_that_has_gone_dark_is_told_with_the_looks_that_found_it_so() -> None:
    maker = RegisterMaker(CATALOGUE, seed=1, as_of=AS_OF)
    made = [
        case
        for case in map(maker.make, range(1, 60))
        if not all(attempt.answered for attempt in case.known.attempts)
    ]
    told = list_reasons(REGISTER.judge_cases(made)).filter(
        pl.col("criterion") == "service_reachable"
    )
    assert told.height == len(made) > 0
    for row in told.iter_rows(named=True):
        looks = [attempt.number for attempt in made[row["case"]].known.attempts]
        assert row["verdict"] == "unmet"
        assert row["entries"] == looks
        assert min(looks) > 0


@pytest.mark.long
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=4))
def test_many_cases_are_judged_as_each_alone(seeds: list[int]) -> None:
    check_alike([any_world(dice(seed), seed=seed) for seed in seeds])


def test_a_few_cases_are_judged_as_each_alone() -> None:
    check_alike([any_world(dice(seed), told=0.3, seed=seed) for seed in range(4)])


def test_a_case_without_any_member_says_what_it_says_alone() -> None:
    check_alike([empty_world(), any_world(dice(5), seed=5), empty_world()])


def test_no_case_at_all_says_nothing() -> None:
    judged = judge([])
    assert judged.sentences.is_empty()
    assert all(frame.is_empty() for frame in judged.verdicts.values())


def any_verdicts(chance: Random, cases: int) -> dict[str, pl.DataFrame]:
    """Verdicts of many cases of which most are good, so that each word can be said."""
    frames = {}
    for subject, criteria in REGISTER.by_subject.items():
        rows = []
        for case in range(cases):
            trouble = case % 4 * 0.01
            members = 1 if subject == "applicant" else chance.randint(1, 2)
            rows += [
                (
                    case,
                    str(member),
                    *(
                        chance.choice(list(Verdict)).value
                        if chance.random() < trouble
                        else chance.choice((Verdict.MET, Verdict.NOT_APPLICABLE)).value
                        for _ in criteria
                    ),
                )
                for member in range(members)
            ]
        schema = pl.Schema([("case", pl.Int64), ("id", pl.String)])
        schema.update({criterion.id: VERDICTS for criterion in criteria})
        frames[subject] = pl.DataFrame(rows, schema=schema, orient="row")
    return frames


def make_finding(criterion: Criterion, verdict: str, stage: str) -> Finding:
    return Finding(
        criterion=criterion,
        subject=None,
        verdict=Verdict(verdict),
        claimed=None,
        proven=None,
        derivation=KnownDerivation(explanation=both("")),
        required=is_asked_for(criterion.standing, stage),
    )


@pytest.mark.long
def test_columns_say_every_word_of_both_sentences_as_the_judge_says_it() -> None:
    stages = [STAGES[case % len(STAGES)] for case in range(96)]
    verdicts = any_verdicts(dice(3), len(stages))
    weights = weigh_criteria(REGISTER.criteria.values())
    said = say_sentences(stages, verdicts, list_asked(verdicts), weights)
    seen = set()
    for case, stage in enumerate(stages):
        findings = [
            make_finding(REGISTER.criteria[name], verdict, stage)
            for frame in verdicts.values()
            for row in frame.filter(pl.col("case") == case).iter_rows(named=True)
            for name, verdict in row.items()
            if name not in ("case", "id")
        ]
        after = is_after_licence(stage)
        view = decide_long_term(findings)
        row = said.row(case, named=True)
        assert row["readiness"] == (None if after else decide_readiness(findings))
        assert row["compliance"] == (decide_compliance(findings) if after else None)
        assert (row["long_term"], row["route"]) == (view.state, view.route)
        seen |= {row["readiness"], row["compliance"], row["long_term"], row["route"]}
    assert seen == {None, *Readiness, *Compliance, *LongTermState, *Route}
