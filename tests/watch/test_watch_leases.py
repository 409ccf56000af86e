"""Leases: who looks at a case, and who takes over from whoever was killed."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from benchmarks.watching import served, write_cases
from changqing.case.folder import REMADE_FOLDER
from changqing.errors import BusyError
from changqing.notices.outbox import Outbox
from changqing.shard import Shard
from changqing.watch.lease import LENGTH, LeaseHolder, give_lease_back, take_lease
from changqing.watch.schedule import is_due
from changqing.watch.watch import Round, watch
from tests.watch.lease_victim import take_until_killed
from tests.watch.watch_sample import NOW, Clock, make_round

ELSEWHERE = LeaseHolder(machine="elsewhere", process=1)


def list_looked(paths: list[Path], how: Round) -> list[Path]:
    """Who was looked at; two are looked at together, and either may be done first."""
    return sorted(standing.folder for standing in watch(paths, how) if standing.looked)


def test_one_alone_holds_a_lease_until_it_is_given_back(tmp_path: Path) -> None:
    one, other = LeaseHolder(), LeaseHolder()
    assert take_lease(tmp_path, one, NOW)
    assert take_lease(tmp_path, one, NOW)
    assert not take_lease(tmp_path, other, NOW)
    give_lease_back(tmp_path, other, NOW)  # it is not its own
    assert not take_lease(tmp_path, other, NOW)
    assert take_lease(tmp_path, LeaseHolder(observer="guangzhou"), NOW)
    give_lease_back(tmp_path, one, NOW)
    assert take_lease(tmp_path, other, NOW)


def test_a_lease_of_another_machine_ends_by_itself(tmp_path: Path) -> None:
    assert take_lease(tmp_path, ELSEWHERE, NOW)
    almost = NOW + LENGTH - timedelta(seconds=1)
    assert not take_lease(tmp_path, LeaseHolder(), almost)
    assert take_lease(tmp_path, LeaseHolder(), NOW + LENGTH)


def test_what_a_killed_process_held_is_taken_over_at_once(tmp_path: Path) -> None:
    context = get_context("spawn")
    taken = context.Event()
    victim = context.Process(target=take_until_killed, args=(tmp_path, NOW, taken))
    victim.start()
    assert taken.wait(30)
    assert not take_lease(tmp_path, LeaseHolder(), NOW)
    victim.kill()
    victim.join()
    assert victim.exitcode == -signal.SIGKILL
    assert take_lease(tmp_path, LeaseHolder(), NOW)


def test_a_former_process_of_the_same_number_holds_nothing(tmp_path: Path) -> None:
    assert take_lease(tmp_path, LeaseHolder(name="before the restart"), NOW)
    assert take_lease(tmp_path, LeaseHolder(), NOW)


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"holder": "x"}'])
def test_half_a_lease_is_none(tmp_path: Path, torn: str) -> None:
    assert take_lease(tmp_path, ELSEWHERE, NOW)
    (lease,) = (tmp_path / REMADE_FOLDER / "watch").glob("*.json")
    lease.write_text(torn, encoding="utf-8")
    assert take_lease(tmp_path, LeaseHolder(), NOW)


def test_a_case_that_another_looks_at_is_left_to_it(tmp_path: Path) -> None:
    paths = write_cases(tmp_path, cases=2, services=1)
    clock = Clock()
    assert take_lease(paths[0], ELSEWHERE, clock.now)
    with served(2) as (net, _):
        how = make_round(
            clock, tmp_path / "key", Outbox(tmp_path).add, net, due_only=True
        )
        assert list_looked(paths, how) == [paths[1]]
        [first, _] = watch(paths, replace(how, due_only=False))
        assert isinstance(first.problem, BusyError)
        clock.wait(minutes=11)  # it never came back
        assert list_looked(paths, how) == [paths[0]]
        # Nothing is left behind that would keep the next one waiting.
        assert list_looked(paths, replace(how, holder=ELSEWHERE)) == []
        clock.wait(hours=2)
        assert list_looked(paths, replace(how, holder=ELSEWHERE)) == paths


def test_observers_of_a_case_that_names_none_take_turns(tmp_path: Path) -> None:
    [path] = write_cases(tmp_path, cases=1, services=1)
    clock = Clock()
    assert take_lease(path, ELSEWHERE, clock.now)
    with served(1) as (net, _):
        how = make_round(
            clock,
            tmp_path / "key",
            Outbox(tmp_path).add,
            net,
            due_only=True,
            holder=LeaseHolder(observer="beijing"),
        )
        assert list_looked([path], how) == []
        give_lease_back(path, ELSEWHERE, clock.now)
        assert list_looked([path], how) == [path]
    assert take_lease(path, ELSEWHERE, clock.now)


def test_shares_look_at_every_case_once(tmp_path: Path) -> None:
    paths = write_cases(tmp_path, cases=5, services=1)
    with served(5) as (net, _):
        how = make_round(Clock(), tmp_path / "key", Outbox(tmp_path).add, net)
        looked = [
            list_looked(paths, replace(how, shard=Shard(number=number, count=2)))
            for number in (1, 2)
        ]
    assert sorted([*looked[0], *looked[1]]) == paths


@pytest.mark.long
def test_checks_are_spread_over_the_interval() -> None:
    names = [f"case-{number}" for number in range(300)]
    every, minute = timedelta(hours=2), timedelta(minutes=1)
    last = dict.fromkeys(names, NOW)  # all at the first start
    gaps: list[timedelta] = []
    at_once: Counter[int] = Counter()
    for tick in range(1, 8 * 60):
        now = NOW + tick * minute
        for name in names:
            if is_due(name, last[name], now, every=every, spread=True):
                gaps.append(now - last[name])
                last[name] = now
                at_once[tick] += 1
    assert max(at_once.values()) <= 12  # of 300 within 120 minutes
    assert min(gaps) >= every / 2
    assert max(gaps) <= every * 3 / 2 + minute
    assert Counter(gaps)[every] >= 2 * len(names)  # once spread, it is regular


def test_a_round_by_the_hour_comes_as_before() -> None:
    every = timedelta(hours=2)
    due = [
        is_due("a", NOW, NOW + timedelta(minutes=wait), every=every, spread=False)
        for wait in (0, 107, 108, 120)
    ]
    assert due == [False, False, True, True]
    assert is_due("a", None, NOW, every=every, spread=True)
