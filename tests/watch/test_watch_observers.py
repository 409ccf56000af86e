"""Several observers: an incident takes as many of them as the settings say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from changqing.errors import CaseError
from changqing.evidence.ledger.recorded import Evidence
from changqing.net.model import NetSettings
from changqing.rehearsal.live import stage
from changqing.text import both
from changqing.watch.journal import Watchbook
from changqing.watch.lease import LeaseHolder
from changqing.watch.machine import advance_view, decide_together
from changqing.watch.model import Lapse, ObserverView, Watched, WatchReading
from changqing.watch.settings import WatchRule, load_settings
from changqing.watch.standing import WatchStanding
from changqing.watch.watch import watch
from tests.watch.test_watch_live import dead
from tests.watch.watch_sample import EXAMPLE, NOW, Clock, Taker, make_round

HOLDS = ObserverView(watched=Watched(fails=2, since=NOW, incident="i"))
SEES_WELL = ObserverView(good=True)
SAW_NOTHING = ObserverView()
RULE = "stopped_answering: {fails: 1, passes: 1}\n"
THREE = RULE + "observers: {names: [beijing, guangzhou, 上海], needed: 2}\n"


@pytest.mark.parametrize(
    ("views", "is_open", "needed", "decided"),
    [
        ([HOLDS, SEES_WELL, SEES_WELL], False, 2, None),
        ([HOLDS, HOLDS, SEES_WELL], False, 2, True),
        ([HOLDS, HOLDS, SEES_WELL], True, 2, None),
        ([HOLDS, SEES_WELL, SEES_WELL], True, 2, False),
        ([HOLDS, SEES_WELL, SAW_NOTHING], True, 2, None),
        ([HOLDS, SEES_WELL], True, 2, None),  # the third has not looked lately
        ([SAW_NOTHING] * 3, True, 2, None),
        ([SAW_NOTHING] * 3, False, 1, None),
        ([HOLDS, SEES_WELL, SEES_WELL], False, 1, True),
        ([HOLDS, SEES_WELL, SEES_WELL], True, 1, None),
        ([SEES_WELL] * 3, True, 1, False),
        ([HOLDS, HOLDS, SEES_WELL], False, 3, None),
        ([HOLDS, HOLDS, SEES_WELL], True, 3, False),
    ],
)
def test_so_many_open_and_too_few_are_left_closes(
    views: list[ObserverView], is_open: bool, needed: int, decided: bool | None
) -> None:
    assert decide_together(views, is_open=is_open, needed=needed, of=3) is decided


def test_an_observer_counts_as_one_alone_does() -> None:
    rule = WatchRule(fails=2, passes=2)

    def read(good: bool | None) -> WatchReading:
        return WatchReading(
            lapse=Lapse.NO_REDRESS, key="k", good=good, text=both("x"), at=NOW
        )

    view, seen = ObserverView(), []
    for good in (False, None, False, True, None, True, False):
        view = advance_view(view, read(good), rule)
        seen.append((view.watched.incident is not None, view.good))
    assert seen == [
        *[(False, False)] * 2,
        *[(True, False)] * 3,
        (False, True),
        (False, False),  # wrong again: nobody calls it in order, though it may pass
    ]


class Watchers:
    """Looks at one case as whichever observer, an hour after the last."""

    def __init__(self, folder: Path, net: NetSettings) -> None:
        self.folder, self.net, self.clock = folder, net, Clock()
        self.taker = Taker()

    def set(self, settings: str) -> None:
        (self.folder / "watch").mkdir(exist_ok=True)
        path = self.folder / "watch" / "settings.yaml"
        path.write_text(settings, encoding="utf-8")

    def look(self, observer: str, *, down: bool = False) -> WatchStanding:
        how = make_round(
            self.clock,
            self.folder.parent / "key",
            self.taker,
            dead(self.net) if down else self.net,
            holder=LeaseHolder(observer=observer),
        )
        (standing,) = watch([self.folder], how)
        self.clock.wait(hours=1)
        return standing


@pytest.fixture
def watchers(tmp_path: Path) -> Iterator[Watchers]:
    with stage(EXAMPLE, tmp_path / "case", now=NOW) as world:
        yield Watchers(world.folder, world.settings)


def list_down(standing: WatchStanding) -> list[str]:
    assert standing.problem is None, standing.problem
    return [
        incident.text.zh
        for incident in standing.open
        if incident.lapse is Lapse.STOPPED_ANSWERING
    ]


@pytest.mark.long
def test_an_outage_that_one_alone_sees_is_no_incident(watchers: Watchers) -> None:
    watchers.set(THREE)
    assert list_down(watchers.look("beijing", down=True)) == []
    assert list_down(watchers.look("guangzhou")) == []
    one_alone = watchers.look("beijing", down=True)
    assert list_down(one_alone) == []
    assert (one_alone.failing > 0, one_alone.well_since) == (True, None)

    [said] = list_down(watchers.look("上海", down=True))
    assert said.endswith("；看到的有：beijing、上海")
    # Beijing has it back; that Guangzhou does too was seen too long ago to count.
    watchers.clock.wait(minutes=90)
    assert list_down(watchers.look("beijing")) == [said]
    assert list_down(watchers.look("guangzhou")) == []
    assert watchers.taker.told == ["lapse 服务中断", "recovered 服务中断：已恢复"]
    observers = {record.observer for record in Evidence(watchers.folder).list_records()}
    assert {"changqing beijing", "changqing 上海"} <= observers


@pytest.mark.long
def test_who_has_not_looked_lately_is_not_heard(watchers: Watchers) -> None:
    watchers.set(THREE)
    watchers.look("beijing", down=True)
    watchers.clock.wait(hours=5)
    assert list_down(watchers.look("guangzhou", down=True)) == []
    assert list_down(watchers.look("beijing", down=True)) != []


@pytest.mark.long
def test_an_incident_outlives_a_change_of_who_observes(watchers: Watchers) -> None:
    watchers.set(RULE)
    [said] = list_down(watchers.look("", down=True))
    watchers.set(THREE)
    assert list_down(watchers.look("beijing", down=True)) == [said]
    assert list_down(watchers.look("guangzhou")) == [said]
    watchers.set(RULE)
    assert list_down(watchers.look("", down=True)) == [said]
    assert list_down(watchers.look("")) == []
    watchers.set(THREE)
    watchers.look("beijing", down=True)
    assert list_down(watchers.look("上海", down=True)) != []
    watchers.set(RULE)
    assert list_down(watchers.look("")) == []
    assert (
        watchers.taker.told
        == [
            "lapse 服务中断",
            "recovered 服务中断：已恢复",
        ]
        * 2
    )
    assert Watchbook(watchers.folder).compute_state().observers == {}


@pytest.mark.parametrize("observer", ["", "shenzhen"])
def test_who_is_not_named_is_told_before_anything_is_looked_at(
    watchers: Watchers, observer: str
) -> None:
    watchers.set(THREE)
    problem = watchers.look(observer).problem
    assert isinstance(problem, CaseError)
    [issue] = problem.issues
    assert issue.hint is not None
    assert "beijing、guangzhou、上海" in issue.hint.zh
    assert Watchbook(watchers.folder).compute_state().looks == 0


@pytest.mark.parametrize(
    "observers",
    [
        "{names: [a, b], needed: 3}",
        "{names: [a, a], needed: 1}",
        "{names: [../a], needed: 1}",
        "{needed: 2}",
    ],
)
def test_observers_that_cannot_be_are_refused_by_line(
    tmp_path: Path, observers: str
) -> None:
    (tmp_path / "watch").mkdir()
    path = tmp_path / "watch" / "settings.yaml"
    path.write_text(f"observers: {observers}\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"settings\.yaml:1") as refused:
        load_settings(tmp_path)
    assert "value_error" not in str(refused.value)
