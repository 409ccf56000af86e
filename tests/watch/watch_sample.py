"""A clock that is moved by hand, cases on loopback, and somebody who takes notices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from changqing.law.compiled import load_compiled
from changqing.net.model import NetSettings
from changqing.notices.outbox import Notice
from changqing.watch.watch import Round

EXAMPLE = Path(__file__).parents[2] / "examples" / "local-life"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Taker:
    told: list[str] = field(default_factory=list)

    def __call__(self, notices: Sequence[Notice], now: datetime) -> None:
        self.told += [f"{n.kind} {n.title.zh}" for n in notices]


def make_round(
    clock: Callable[[], datetime],
    key: Path,
    hand: Callable[[Sequence[Notice], datetime], object],
    net: NetSettings,
    **others: object,
) -> Round:
    return Round(
        catalogue=load_compiled(),
        clock=clock,
        key=key,
        hand=hand,
        net=net,
        every=timedelta(hours=2),
        **others,  # type: ignore[arg-type]
    )
