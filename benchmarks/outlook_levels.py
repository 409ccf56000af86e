"""Counted cases of availability, with ranges for monitors that were not counted.

The standard library alone, so that `--score` needs nothing installed.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

from benchmarks.outlook_data import MonitorRow
from changqing.outlook.chances import compute_wilson_interval
from changqing.outlook.coefficients import LevelRow, Share

LEVELS = (0.0, 0.99, 0.999)
"""Where the rows of those not down begin."""
MONITORS_A_CASE = 3
"""So many monitors are taken for one case of the range.

Rows of one monitor hang together, and monitors differ far more than their rows. With
every monitor a case, the ranges of the two middle kinds held the share of eight
monitors left out in three quarters of the draws; with this in nine tenths.
"""
_DRAWS, _LEFT_OUT, _SEED = 400, 8, 20261130


def is_of_level(row: MonitorRow, level: LevelRow) -> bool:
    """Whether a row is one of those counted; being down takes no account of the level.

    Every row of the backtest that was down had been so for more than a day.
    """
    is_down, up = row.past.down is not None, row.past.level
    return level.is_down is is_down and up is not None and up >= level.least


def count_levels(rows: Sequence[MonitorRow]) -> list[LevelRow]:
    """Count the rows of each kind; a kind without rows is left out."""
    kinds: list[tuple[bool, float, float | None]] = [(True, 0.0, None)]
    kinds += [
        (False, least, above)
        for least, above in zip(LEVELS, (*LEVELS[1:], None), strict=True)
    ]
    levels = []
    for is_down, least, above in kinds:
        part = [
            row
            for row in rows
            if (row.past.down is not None) is is_down
            and row.past.level is not None
            and row.past.level >= least
            and (above is None or row.past.level < above)
        ]
        if part:
            levels.append(
                LevelRow(is_down=is_down, least=least, reached=_count_reached(part))
            )
    return levels


def _count_reached(rows: Sequence[MonitorRow]) -> Share:
    groups = len({row.monitor for row in rows})
    count = sum(row.reached for row in rows)
    share = count / len(rows)
    low, high = compute_wilson_interval(share, max(1, groups // MONITORS_A_CASE))
    return Share(n=len(rows), groups=groups, count=count, low=low, high=high)


def is_covered(level: LevelRow, rows: Sequence[MonitorRow]) -> bool | None:
    """Whether the range holds the share of these rows; None without any."""
    if not rows:
        return None
    share = sum(row.reached for row in rows) / len(rows)
    return level.reached.low <= share <= level.reached.high


def measure_coverage(rows: Sequence[MonitorRow]) -> dict[str, float]:
    """How often the ranges hold the share of monitors that were left out, by kind.

    400 draws of eight monitors; then the eight whose services fared worst, the eight
    with the most rows and the twelve with the fewest, of which the ranges were not to
    know. Shares of the kinds judged.
    """
    monitors = sorted({row.monitor for row in rows})
    of = {name: [row for row in rows if row.monitor == name] for name in monitors}
    dice = random.Random(_SEED)  # noqa: S311 – the same draws each time
    drawn = [set(dice.sample(monitors, _LEFT_OUT)) for _ in range(_DRAWS)]
    worst = sorted(monitors, key=lambda m: sum(r.reached for r in of[m]) / len(of[m]))
    by_count = sorted(monitors, key=lambda name: len(of[name]))
    divisions = {
        "400 draws of 8": drawn,
        "the 8 worst": [set(worst[:_LEFT_OUT])],
        "the 8 largest": [set(by_count[-_LEFT_OUT:])],
        "the 12 smallest": [set(by_count[:12])],
    }
    return {
        name: sum(is_held) / len(is_held)
        for name, parts in divisions.items()
        if (is_held := [ok for part in parts for ok in _judge(rows, part)])
    }


def _judge(rows: Sequence[MonitorRow], left_out: Collection[str]) -> list[bool]:
    levels = count_levels([row for row in rows if row.monitor not in left_out])
    judged = [row for row in rows if row.monitor in left_out]
    covered_rows = []
    for place, level in enumerate(levels):
        above = levels[place + 1 :]
        part = [
            row
            for row in judged
            if is_of_level(row, level) and not any(is_of_level(row, a) for a in above)
        ]
        covered = is_covered(level, part)
        covered_rows += [] if covered is None else [covered]
    return covered_rows
