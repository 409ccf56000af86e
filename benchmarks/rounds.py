"""Ratios that survive a shared machine: contestants take turns, round after round."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Times = Mapping[str, Sequence[float]]
"""Seconds of CPU by contestant, one for each round; equal places are one round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How many times longer one contestant took than another."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:6.1f} × ({self.least:.1f}–{self.most:.1f})"


def take_turns(
    contestants: Mapping[str, Callable[[], object]], *, rounds: int, least: float
) -> Times:
    """Run A B C A B C …; the first round is dropped.

    A turn repeats its contestant until `least` seconds have passed, and counts the mean
    CPU time of one call.
    """
    if rounds < 1:
        raise ValueError(rounds)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for place in range(rounds + 1):
        for name, call in contestants.items():
            spent = _turn(call, least)
            if place:
                times[name].append(spent)
    return times


def _turn(call: Callable[[], object], least: float) -> float:
    last_answer: object = None  # or each call would also pay for giving its memory back
    gc.collect()
    gc.disable()
    try:
        calls = 0
        start = time.process_time()
        while (spent := time.process_time() - start) < least or not calls:
            last_answer = call()
            calls += 1
    finally:
        gc.enable()
    del last_answer
    return spent / calls


def ratio(times: Times, slow: str, fast: str) -> Ratio:
    """The median of the ratios within each round, with the least and the greatest."""
    ratios = [
        slow_time / other
        for slow_time, other in zip(times[slow], times[fast], strict=True)
    ]
    return Ratio(median=statistics.median(ratios), least=min(ratios), most=max(ratios))


def milliseconds(times: Times, name: str) -> float:
    """The median time of one call."""
    return 1000 * statistics.median(times[name])
