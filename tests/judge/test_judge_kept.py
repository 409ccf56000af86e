"""A judge that judged others before says what a new one says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from changqing.judge.assess import Judge, find_judge
from changqing.law.lookup import STAGES
from tests.judge.assessment_world import AS_OF, any_world, dice
from tests.shipped import CATALOGUE


@pytest.mark.long
def test_what_was_judged_before_changes_no_word_on_any_day() -> None:
    used = Judge(CATALOGUE)
    situations = [any_world(dice(seed)).situation() for seed in range(3)]
    days = [AS_OF + timedelta(days=30 * number) for number in range(18)]
    for day in days:  # more than a judge keeps
        used.assess(replace(situations[0], as_of=day))
    for situation in situations:
        for day in (days[0], days[-1]):
            asked = replace(situation, as_of=day)
            assert used.assess(asked) == Judge(CATALOGUE).assess(asked)


def test_each_stage_is_judged_by_what_it_asks_itself() -> None:
    used, situation = Judge(CATALOGUE), any_world(dice(1)).situation()
    for stage in (*STAGES, *STAGES):
        application = replace(situation.application, stage=stage)
        asked = replace(situation, application=application)
        assert used.assess(asked) == Judge(CATALOGUE).assess(asked)


def test_a_thread_has_its_own_judge_and_keeps_it_while_the_rules_are_the_same() -> None:
    mine = find_judge(CATALOGUE)
    assert find_judge(CATALOGUE) is mine
    with ThreadPoolExecutor(1) as other:
        assert other.submit(find_judge, CATALOGUE).result() is not mine
    changed = replace(CATALOGUE)
    assert find_judge(changed).catalogue is changed
