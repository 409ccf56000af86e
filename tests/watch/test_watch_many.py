"""Many services: bounded, a round cut short goes on where it stopped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.watching import measure, served, write_cases
from changqing.notices.outbox import Outbox
from changqing.watch.journal import Watchbook
from changqing.watch.watch import watch
from tests.watch.watch_sample import Clock, make_round


@pytest.mark.long
def test_a_round_is_bounded_and_not_repeated_when_nothing_is_due(
    tmp_path: Path,
) -> None:
    found = measure(tmp_path, cases=4, services=5, at_once=4)
    assert (found.looked, found.looked_again, found.troubled) == (4, 0, 0)
    # Two to a host; a server may not have seen yet that one of them is closed.
    assert found.most_open <= 4 * 3


def test_a_round_goes_on_with_the_cases_that_are_left(tmp_path: Path) -> None:
    paths = write_cases(tmp_path, cases=3, services=1)
    clock = Clock()
    with served(3) as (net, _):
        how = make_round(
            clock, tmp_path / "key", Outbox(tmp_path).add, net, due_only=True
        )
        assert [standing.looked for standing in watch(paths[:1], how)] == [True]
        clock.wait(minutes=5)
        looked = {standing.folder: standing.looked for standing in watch(paths, how)}
        assert looked == {paths[0]: False, paths[1]: True, paths[2]: True}
        (paths[1] / "case.yaml").write_text("[", encoding="utf-8")
        clock.wait(hours=3)
        after = {standing.folder: standing for standing in watch(paths, how)}
        assert after[paths[1]].problem is not None
        assert after[paths[0]].looked
        assert after[paths[2]].looked
    last = Watchbook(paths[0]).compute_state().last_look
    assert last is not None
    assert clock.now - last < timedelta(minutes=1)
