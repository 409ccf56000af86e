"""What sources agree on becomes columns at once, and says what resolving alone says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from changqing.case.subjects import APPLICANT
from changqing.casework.derived import Past
from changqing.day import find_day_start
from changqing.evidence.model import Gap, GapReason, Record, Source, SourceKind
from changqing.law.kit import Grade
from changqing.law.lookup import list_vocabulary
from changqing.rules.parse import parse
from changqing.rules.types import LARGEST, Value
from changqing.screening.agreed import split_agreed
from changqing.screening.bucket_columns import collect_bucket
from changqing.screening.judging import RegisterCase, RegisterJudge
from changqing.screening.layout import (
    read_bucket,
    read_head,
    read_tables,
    write_register,
)
from changqing.screening.make import RegisterMaker
from changqing.text import both
from tests.judge.assessment_world import AS_OF, World, any_world, dice, empty_world
from tests.shipped import CATALOGUE

JUDGE = RegisterJudge(CATALOGUE, AS_OF)


def keep(folder: Path, worlds: Sequence[World]) -> None:
    with write_register(folder, CATALOGUE, cases=len(worlds)) as writer:
        writer.add(
            RegisterCase(
                id=f"world-{place}",
                case=world.case,
                known=replace(world.known, past=Past()),
            )
            for place, world in enumerate(worlds)
        )


def number(world: World) -> World:
    """The same world with numbers in a log for most of its records and gaps."""
    known = replace(
        world.known,
        records=tuple(
            replace(each, number=place % 7)
            for place, each in enumerate(world.known.records)
        ),
        gaps=tuple(
            replace(each, number=100 + place % 3 if place % 3 else 0)
            for place, each in enumerate(world.known.gaps)
        ),
    )
    return World(world.case, known, world.seed)


def check_alike(folder: Path, judge: RegisterJudge = JUDGE) -> None:
    """Both ways from the tables of a bucket to columns come to the same."""
    head = read_head(folder)
    for bucket in head.folders:
        alone = judge.collect_columns(read_bucket(folder, head, bucket, CATALOGUE))
        together = collect_bucket(judge, folder, head, bucket, at_once=2)
        one, other = alone.build(), together.build()
        for subject, frame in one.members.items():
            assert_frame_equal(frame, other.members[subject])
        assert_frame_equal(one.given, other.given)
        assert_frame_equal(one.lists, other.lists)
        assert_frame_equal(one.values, other.values)
        assert one.empty == other.empty
        order = ["case", "subject", "id", "fact"]
        assert_frame_equal(one.facts.sort(order), other.facts.sort(order))


def count_agreed(folder: Path) -> int:
    head = read_head(folder)
    (bucket,) = head.folders
    told = split_agreed(
        read_tables(folder, head, bucket),
        CATALOGUE,
        AS_OF,
        facts_read=JUDGE.facts_read,
        facts_taken=JUDGE.facts_taken,
    )
    return told.facts.height


def say(
    fact: str, value: Value | None, grade: Grade, source: str = "a", **more: object
) -> Record:
    at = find_day_start(AS_OF - timedelta(days=9))
    kind = SourceKind.FORM if grade is Grade.DECLARED else SourceKind.LOOK
    record = Record(
        fact=fact,
        subject=APPLICANT,
        value=value,
        source=Source(kind=kind, name=source),
        observer="somebody",
        grade=grade,
        digest=None,
        observed_at=at,
        received_at=at,
        valid_until=None,
    )
    return replace(record, **more)  # type: ignore[arg-type]


def test_random_cases_become_the_same_columns_both_ways(tmp_path: Path) -> None:
    worlds = [number(any_world(dice(seed), told=0.4, seed=seed)) for seed in range(3)]
    keep(tmp_path, [*worlds, empty_world()])
    assert count_agreed(tmp_path) > 300
    check_alike(tmp_path)


@pytest.mark.long
def test_many_random_cases_become_the_same_columns_both_ways(tmp_path: Path) -> None:
    worlds = [any_world(dice(seed), seed=seed) for seed in range(100, 150)]
    keep(tmp_path, worlds)
    check_alike(tmp_path)


@pytest.mark.long
def test_a_made_register_becomes_the_same_columns_both_ways(tmp_path: Path) -> None:
    with write_register(tmp_path, CATALOGUE, cases=60) as writer:
        list(RegisterMaker(CATALOGUE, seed=5, as_of=AS_OF).make_all(60, writer))
    check_alike(tmp_path)


def test_what_decides_between_records_decides_alike(tmp_path: Path) -> None:
    world = empty_world()
    yes, no = "rectification_ordered", "misconduct_list_clear"
    over = AS_OF - timedelta(days=1)
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    gap = Gap(
        fact=no,
        subject=APPLICANT,
        source=Source(kind=SourceKind.LOOK, name="a"),
        reason=GapReason.NOT_LOOKED,
        detail=both("nobody looked"),
        at=find_day_start(AS_OF),
    )
    told: list[tuple[list[Record], list[Gap]]] = [
        ([say(yes, True, Grade.DECLARED)], []),
        ([say(yes, True, Grade.DECLARED), say(yes, True, Grade.ATTESTED, "b")], []),
        ([say(yes, True, Grade.DECLARED), say(yes, False, Grade.ATTESTED, "b")], []),
        ([say(yes, True, Grade.ATTESTED), say(yes, False, Grade.ATTESTED)], []),
        ([say(yes, True, Grade.ATTESTED, valid_until=over)], []),
        ([say(yes, True, Grade.DECLARED, valid_until=over)], []),
        ([say(yes, None, Grade.ATTESTED)], []),
        ([say(yes, True, Grade.ATTESTED, received_at=never)], []),
        ([say(no, True, Grade.DECLARED)], [gap]),
        ([], [gap]),
        ([], [gap, replace(gap, reason=GapReason.HIDDEN)]),
        ([], [replace(gap, at=find_day_start(AS_OF + timedelta(days=1)))]),
        *(
            ([say("headcount", 9, grade, source) for source, grade in several], [])
            for several in (
                (("a", Grade.DECLARED), ("b", Grade.DECLARED)),
                (("a", Grade.DECLARED), ("b", Grade.DOCUMENTED)),
                (("a", Grade.UNDERTAKEN), ("b", Grade.DOCUMENTED)),
                (("a", Grade.UNDERTAKEN), ("b", Grade.UNDERTAKEN)),
                (("a", Grade.ATTESTED), ("b", Grade.DOCUMENTED)),
            )
        ),
        ([say("registered_capital", LARGEST, Grade.ATTESTED)], []),
    ]
    worlds = [
        World(world.case, replace(world.known, records=tuple(r), gaps=tuple(g)))
        for r, g in told
    ]
    keep(tmp_path, worlds)
    check_alike(tmp_path)


def test_a_rule_that_reads_what_looking_ahead_tells_is_told_it(tmp_path: Path) -> None:
    fact = "runway_months"
    assert ("applicant", fact) not in JUDGE.facts_read
    criterion = next(each for each in CATALOGUE.criteria.values())
    test = parse(
        f"{fact} >= 6", subject="applicant", vocabulary=list_vocabulary(CATALOGUE)
    )
    criteria = {criterion.id: replace(criterion, subject="applicant", test=test)}
    judge = RegisterJudge(replace(CATALOGUE, criteria=criteria), AS_OF)
    told = [say("cash_on_hand", 900, Grade.ATTESTED)]
    told.append(say("monthly_cost", 100, Grade.ATTESTED))
    keep(tmp_path, [empty_world().with_records(*told), empty_world()])
    check_alike(tmp_path, judge)
    head = read_head(tmp_path)
    (bucket,) = head.folders
    members = collect_bucket(judge, tmp_path, head, bucket).build().members["applicant"]
    assert members[fact].to_list() == [9, 9, None, None]


def test_a_record_that_was_never_logged_gives_no_entry(tmp_path: Path) -> None:
    told = say("rectification_ordered", True, Grade.ATTESTED)
    world = empty_world()
    keep(
        tmp_path,
        [world.with_records(replace(told, number=number)) for number in (0, 7)],
    )
    head = read_head(tmp_path)
    (bucket,) = head.folders
    facts = collect_bucket(JUDGE, tmp_path, head, bucket).build().facts
    entries = facts.filter(pl.col("fact") == told.fact).sort("case")
    assert entries["proven_by"].to_list() == [None, 7]
