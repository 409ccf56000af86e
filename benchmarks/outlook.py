"""The outlook: fitted, held against other models, and scored on any folder.

    python -m benchmarks.outlook --fit DIR [--write FILE]
    python -m benchmarks.outlook --score DIR [--json]

DIR has the sub-folders `cadence` and `uptime`; see README.md. `--score` needs nothing
but the product; `--fit` needs the dependency group `bench`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import warnings
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from benchmarks.outlook_data import (
    TRANSFER,
    LayoutError,
    MonitorRow,
    Site,
    SiteRow,
    backtest,
    monitor_rows,
    read_sites,
    read_watched,
    transfer,
)
from benchmarks.outlook_figures import (
    NAMES,
    Figures,
    Judged,
    differences,
    figures,
    intervals,
    out_of_fold,
)
from benchmarks.outlook_levels import measure_coverage
from changqing.errors import ChangqingError
from changqing.outlook.availability import NEXT_DAYS, select_alike
from changqing.outlook.cadence import judge_cadence
from changqing.outlook.coefficients import (
    HORIZONS,
    SHIPPED,
    Coefficients,
    load_coefficients,
)
from changqing.text import Language

if TYPE_CHECKING:
    from benchmarks.outlook_fit import Json

_DAY = timedelta(days=1)
SHOWN = {"cadence180": "number", "cadence365": "number", "availability99": "range"}
"""How the product shows each: a chance with its range, or a range of counted cases."""
_LEAST_PAST = 150
"""Rows needed to fit on the past alone."""
Row = TypeVar("Row", SiteRow, MonitorRow)


def main() -> int:
    """Run it; 2 when the folder or the coefficients cannot be used, 3 without peers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--fit", type=Path, metavar="DIR")
    choice.add_argument("--score", type=Path, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="with --score")
    parser.add_argument("--write", type=Path, default=SHIPPED, metavar="FILE")
    parser.add_argument(
        "--fitted-on", type=date.fromisoformat, default=None, help="a day; else today"
    )
    options = parser.parse_args()
    try:
        if options.score is not None:
            scores = score(options.score, load_coefficients(SHIPPED))
            _print_scores(scores, as_json=options.json)
        else:
            _fit(options.fit, options.write, options.fitted_on or date.today())  # noqa: DTZ011
    except LayoutError as error:
        print(error, file=sys.stderr)
        return 2
    except ChangqingError as error:
        print("\n".join(error.lines(Language.EN)), file=sys.stderr)
        return 2
    except ImportError as error:
        print(
            f"{error}. --fit needs scikit-learn and lifelines:"
            " uv pip install --group bench",
            file=sys.stderr,
        )
        return 3
    return 0


# -- scoring what is shipped


def score(folder: Path, coefficients: Coefficients) -> dict[str, Figures]:
    """The coefficients on a folder, for what it holds. Raises LayoutError."""
    scores: dict[str, Figures] = {}
    if (folder / "cadence").is_dir():
        sites = read_sites(folder / "cadence")
        for horizon in HORIZONS:
            rows = _at_risk(backtest(folder / "cadence", sites, horizon))
            judged = _judge_sites(rows, coefficients)
            scores[f"cadence{horizon}"] = _with_count(judged)
    if (folder / "uptime").is_dir():
        watched = read_watched(folder / "uptime")
        judged = _judge_monitors(monitor_rows(folder / "uptime", watched), coefficients)
        scores["availability99"] = _with_count(judged)
    if not scores:
        raise LayoutError(f"{folder}: has neither cadence nor uptime in it")
    return scores


def _judge_sites(rows: Sequence[SiteRow], coefficients: Coefficients) -> Judged:
    """As the product would have judged on the eve of each cut."""
    chances = [
        (
            judge_cadence(
                row.days,
                watched_from=row.watched_from,
                as_of=row.cut - _DAY,
                coefficients=coefficients.cadence,
            ).chances.get(row.horizon),
            row,
        )
        for row in rows
    ]
    known = [(chance.probability, row) for chance, row in chances if chance is not None]
    return Judged(
        chances=[chance for chance, _ in known],
        truths=[row.published for _, row in known],
        groups=[row.site for _, row in known],
    )


def _judge_monitors(rows: Sequence[MonitorRow], coefficients: Coefficients) -> Judged:
    """By the share of the counted cases: what is shown is their range."""
    alike_rows = [
        (select_alike(row.past, coefficients.availability), row) for row in rows
    ]
    known = [
        (alike.reached.value, row) for alike, row in alike_rows if alike is not None
    ]
    return Judged(
        chances=[share for share, _ in known],
        truths=[row.reached for _, row in known],
        groups=[row.monitor for _, row in known],
    )


def _with_count(judged: Judged) -> Figures:
    rounded = {name: round(value, 4) for name, value in figures(judged).items()}
    return rounded | {"n": len(judged.truths)}


def _print_scores(scores: dict[str, Figures], *, as_json: bool) -> None:
    if as_json:
        known = {
            name: {k: None if math.isnan(v) else v for k, v in measured.items()}
            | {"shown": SHOWN[name]}
            for name, measured in scores.items()
        }
        print(json.dumps(known, indent=2))
        return
    print(f"{'':16}" + "".join(f"{name:>10}" for name in (*NAMES, "n")))
    for name, measured in scores.items():
        print(f"{name:16}" + "".join(f"{measured[key]:>10}" for key in (*NAMES, "n")))


# -- fitting


def _fit(folder: Path, target: Path, fitted_on: date) -> None:
    """Print all models, then write what is shipped. Raises LayoutError, ImportError."""
    from benchmarks import outlook_fit as fitting

    warnings.simplefilter("ignore", RuntimeWarning)  # BG/NBD far from its optimum
    sites = read_sites(folder / "cadence")
    rows = {
        horizon: backtest(folder / "cadence", sites, horizon) for horizon in HORIZONS
    }
    for those in rows.values():
        _refuse_transfer(those, sites)
    fits = {
        horizon: fitting.cadence_fit(
            _at_risk(those), _compare_cadence(_at_risk(those), transfer(sites, horizon))
        )
        for horizon, those in rows.items()
    }
    table = fitting.silence_table(rows)
    _print_table(table)
    watched = read_watched(folder / "uptime")
    monitors = monitor_rows(folder / "uptime", watched)
    _compare_availability(monitors)
    returns = fitting.return_table(watched)
    _print_returns(returns)
    used = {row.site for row in _at_risk(rows[HORIZONS[0]])}
    data = fitting.coefficients(
        fitted_on=fitted_on,
        sites=[sites[name] for name in sorted(used)],
        cuts=sorted({row.cut for row in rows[HORIZONS[0]]}),
        cadence=fits,
        table=table,
        monitors=monitors,
        returns=returns,
    )
    target.write_text(fitting.written(data), "utf-8")
    load_coefficients(target)
    print(f"\nWritten and read back: {target}")


def _refuse_transfer(rows: Sequence[SiteRow], sites: dict[str, Site]) -> None:
    if any(sites[row.site].source.startswith(TRANSFER) for row in rows):
        raise LayoutError(f"sources of kind {TRANSFER} must not be fitted on")


def _at_risk(rows: Sequence[SiteRow]) -> list[SiteRow]:
    return [row for row in rows if row.at_risk]


def _compare_cadence(rows: list[SiteRow], moved: list[SiteRow]) -> Figures:
    """Print every model three ways and return the five-fold figures of ours."""
    from benchmarks.outlook_models import CADENCE, OURS, THREE

    horizon = rows[0].horizon
    base = sum(row.published for row in rows) / len(rows)
    print(
        f"\nAt least one item within {horizon} days: {len(rows)} rows of"
        f" {len({row.site for row in rows})} sites at risk, {base:.3f} published"
    )
    dev, forward, over = {}, {}, {}
    for name, predict in CADENCE.items():
        groups = [row.site for row in rows]
        dev[name] = _judged(rows, out_of_fold(rows, groups, predict))
        later, chances = _forward(rows, predict, horizon)
        forward[name] = _judged(later, chances)
        over[name] = _judged(moved, predict(rows, moved))
    _print_models("five-fold by site", dev)
    _print_models("forward in time: fitted on outcomes known by each cut", forward)
    _print_models(f"carried over to {TRANSFER}", over)
    _print_paired(OURS, THREE, {"five-fold": dev, "forward": forward, TRANSFER: over})
    return figures(dev[OURS])


def _compare_availability(rows: list[MonitorRow]) -> None:
    """Print every model two ways, and how far the ranges hold for other monitors."""
    from benchmarks.outlook_models import AVAILABILITY, COUNTED, LEVEL

    base = sum(row.reached for row in rows) / len(rows)
    print(
        f"\nAt least 99 % over {NEXT_DAYS} days: {len(rows)} rows of"
        f" {len({row.monitor for row in rows})} monitors, {base:.3f} reached it"
    )
    dev, forward = {}, {}
    for name, predict in AVAILABILITY.items():
        groups = [row.monitor for row in rows]
        dev[name] = _judged(rows, out_of_fold(rows, groups, predict))
        later, chances = _forward(rows, predict, NEXT_DAYS)
        forward[name] = _judged(later, chances)
    _print_models("five-fold by monitor", dev)
    _print_models("forward in time: fitted on outcomes known by each cut", forward)
    _print_paired(COUNTED, LEVEL, {"five-fold": dev, "forward": forward})
    print("\n  Kinds of which the range held the share of monitors left out:")
    for words, share in measure_coverage(rows).items():
        print(f"  {words:20} {share:.2f}")


def _judged(rows: Sequence[SiteRow | MonitorRow], chances: Sequence[float]) -> Judged:
    return Judged(
        chances=chances,
        truths=[r.published if isinstance(r, SiteRow) else r.reached for r in rows],
        groups=[r.site if isinstance(r, SiteRow) else r.monitor for r in rows],
    )


def _forward(
    rows: Sequence[Row],
    predict: Callable[[Sequence[Row], Sequence[Row]], Sequence[float]],
    horizon: int,
) -> tuple[list[Row], list[float]]:
    """Each quarter's rows by what was known on its first cut."""
    later: list[Row] = []
    chances: list[float] = []
    for cuts in _quarters(sorted({row.cut for row in rows})):
        known = [row for row in rows if row.cut + horizon * _DAY <= cuts[0]]
        judged = [row for row in rows if row.cut in cuts]
        if len(known) >= _LEAST_PAST:
            later += judged
            chances += predict(known, judged)
    return later, chances


def _quarters(cuts: Sequence[date]) -> list[list[date]]:
    quarters: dict[tuple[int, int], list[date]] = {}
    for cut in cuts:
        quarters.setdefault((cut.year, (cut.month - 1) // 3), []).append(cut)
    return list(quarters.values())


# -- printing


def _print_models(title: str, models: dict[str, Judged]) -> None:
    count = len(next(iter(models.values())).truths)
    print(f"\n  {title} (n = {count})")
    for name, judged in models.items():
        print(f"  {name:42} {_line(figures(judged), intervals(judged))}", flush=True)


def _print_paired(ours: str, other: str, judged: dict[str, dict[str, Judged]]) -> None:
    print()
    for words, by_model in judged.items():
        change = differences(by_model[ours], by_model[other])
        print(f"  shipped − {other}, paired, {words}: {_line(*change, sign='+')}")


def _line(
    measured: Figures, spread: dict[str, tuple[float, float]], *, sign: str = ""
) -> str:
    return "  ".join(
        f"{name} {measured[name]:{sign}.4f}"
        f" ({spread[name][0]:{sign}.3f}…{spread[name][1]:{sign}.3f})"
        for name in NAMES
    )


def _print_table(table: Sequence[Json]) -> None:
    print("\nSilent for so many days: who published again")
    for row in table:
        print(f"  {row['first']:>4} to {row['last']}: {row['within']}")


def _print_returns(table: Sequence[Json]) -> None:
    print("\nOutages that had lasted so many hours: which ended within 90 days")
    for row in table:
        print(f"  {row['hours']:>4}: {row['ended']}")


if __name__ == "__main__":
    sys.exit(main())
