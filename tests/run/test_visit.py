"""Assessing and watching remember alike what they saw of a service."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.observations import ObservationKind, Observations
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.rehearsal.live import stage
from changqing.run import run
from changqing.watch.watch import watch
from tests.watch.watch_sample import EXAMPLE, NOW, Clock, Taker, make_round


@pytest.mark.long
def test_a_watch_after_an_assessment_keeps_what_is_published_once(
    tmp_path: Path,
) -> None:
    clock = Clock()
    with stage(EXAMPLE, tmp_path / "case", now=NOW) as world:
        outcome = run(
            world.folder,
            judge=Judge(load_compiled()),
            clock=clock,
            key=tmp_path / "key",
            net=world.settings,
        )
        history = Observations(world.folder)
        published = history.read(kind=ObservationKind.PUBLICATION)
        checks = history.read(kind=ObservationKind.CHECK)
        clock.wait(hours=2)
        how = make_round(clock, tmp_path / "key", Taker(), world.settings)
        (standing,) = watch([world.folder], how)
    assert outcome.looked is not None
    assert outcome.looked.requests > 0
    assert standing.problem is None
    assert published
    assert history.read(kind=ObservationKind.PUBLICATION) == published
    again = history.read(kind=ObservationKind.CHECK)
    assert len(again) > len(checks)
    assert set(checks) < set(again)
    assert history.verify(Evidence(world.folder)) == ()
