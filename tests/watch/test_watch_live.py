"""A rehearsal site that goes down and comes back, loses a number, stops publishing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from changqing.net.model import NetSettings
from changqing.rehearsal.live import stage
from changqing.watch.journal import Watchbook
from changqing.watch.model import Lapse, Sight
from changqing.watch.standing import WatchStanding
from changqing.watch.watch import watch
from tests.watch.watch_sample import EXAMPLE, NOW, Clock, Taker, make_round


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Watcher:
    def __init__(self, folder: Path, net: NetSettings, clock: Clock) -> None:
        self.folder, self.net, self.clock = folder, net, clock
        self.taker = Taker()

    def look(self, *, net: NetSettings | None = None) -> WatchStanding:
        how = make_round(
            self.clock, self.folder.parent / "key", self.taker, net or self.net
        )
        (standing,) = watch([self.folder], how)
        assert standing.problem is None, standing.problem
        self.clock.wait(hours=2)
        return standing


def unreachable(net: NetSettings, *names: str) -> NetSettings:
    """The same world, where what bears these names leads to nobody."""
    ports = {
        pair: 1 if any(name in pair[0] for name in names) else port
        for pair, port in net.ports.items()
    }
    return replace(
        net,
        ports=ports,
        retries=0,
        back_off_seconds=0.0,
        connect_seconds=0.5,
        dns_seconds=0.5,
        total_seconds=1.0,
    )


def dead(net: NetSettings) -> NetSettings:
    return unreachable(net, "qinghe")


def blinded(net: NetSettings) -> NetSettings:
    return unreachable(net, "qinghe", "registry")


@pytest.mark.long
def test_a_site_that_goes_down_and_comes_back_is_told_once_each(
    tmp_path: Path, clock: Clock
) -> None:
    with stage(EXAMPLE, tmp_path / "case", now=NOW) as world:
        one = Watcher(world.folder, world.settings, clock)
        first = one.look()
        assert [incident.lapse for incident in first.open] == []
        assert first.well_since == NOW
        (world.folder / "watch" / "settings.yaml").write_text(
            "stopped_answering: {fails: 2, passes: 1}\n", encoding="utf-8"
        )
        off = dead(world.settings)
        doubted = one.look(net=off)
        assert doubted.opened == ()
        assert (doubted.well_since, doubted.failing > 0) == (None, True)
        lapsed = one.look(net=off)
        assert [incident.lapse for incident in lapsed.opened] == [
            Lapse.STOPPED_ANSWERING
        ]
        assert one.look(net=off).opened == ()
        back = one.look()
        assert [incident.lapse for incident in back.closed] == [Lapse.STOPPED_ANSWERING]
        assert back.open == ()
        assert one.taker.told == ["lapse 服务中断", "recovered 服务中断：已恢复"]
        assert Watchbook(world.folder).compute_state().looks == 5


@pytest.mark.long
def test_our_own_blindness_opens_nothing_and_is_shown_apart(
    tmp_path: Path, clock: Clock
) -> None:
    with stage(EXAMPLE, tmp_path / "case", now=NOW) as world:
        one = Watcher(world.folder, world.settings, clock)
        seen = one.look()
        assert seen.sights[Lapse.STOPPED_ANSWERING] is Sight.WELL
        for _ in range(2):
            blind = one.look(net=blinded(world.settings))
            assert (blind.open, blind.well_since) == ((), None)
            assert [each.why.zh for each in blind.blind] == ["本机网络存疑，这次不算"]
            assert set(blind.sights.values()) == {Sight.UNKNOWN}
        clock.wait(days=3)
        late = one.look()
        assert [each.why.zh for each in late.blind] == ["这段时间没有按时查看"]
        assert one.taker.told == []


@pytest.mark.long
def test_what_is_taken_from_the_pages_is_missed(tmp_path: Path, clock: Clock) -> None:
    with stage(EXAMPLE, tmp_path / "case", now=NOW) as world:
        one = Watcher(world.folder, world.settings, clock)
        one.look()
        (world.folder / "site" / "complaint.html").unlink()
        for page in (world.folder / "site").rglob("*.html"):
            text = page.read_text(encoding="utf-8")
            page.write_text(text.replace("ICP备", ""), encoding="utf-8")

        found = [one.look() for _ in range(3)]

        assert [len(standing.opened) for standing in found[:2]] == [0, 0]
        opened = {
            incident.key.partition(":")[0]: incident.lapse
            for incident in found[2].opened
        }
        assert opened == {
            "shows_filing_number": Lapse.NUMBER_GONE,
            "complaint_page_answers": Lapse.NO_REDRESS,
        }
