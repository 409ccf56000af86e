"""How probabilities are judged in `benchmarks.outlook`, and the folder it reads."""

from __future__ import annotations

import gzip
import json
import math
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.outlook import score
from benchmarks.outlook_data import (
    LayoutError,
    backtest,
    monitor_rows,
    read_sites,
    read_watched,
    transfer,
)
from benchmarks.outlook_figures import Judged, differences, figures, folds, intervals
from benchmarks.outlook_levels import count_levels, measure_coverage
from changqing.outlook.coefficients import load_shipped
from tests.share import examples

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("CHANGQING_CORPUS", ROOT.parent / "shared" / "corpus"))

pairs = st.lists(
    st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.booleans()), min_size=1
)


def judged(rows: list[tuple[float, bool]]) -> Judged:
    return Judged(
        chances=[chance for chance, _ in rows],
        truths=[truth for _, truth in rows],
        groups=[str(place // 2) for place in range(len(rows))],
    )


@given(pairs)
def test_the_area_is_the_share_of_pairs_in_order(
    rows: list[tuple[float, bool]],
) -> None:
    true = [chance for chance, truth in rows if truth]
    false = [chance for chance, truth in rows if not truth]
    found = figures(judged(rows))["auc"]
    if not true or not false:
        assert math.isnan(found)
        return
    right = sum((t > f) + (t == f) / 2 for t in true for f in false)
    assert found == pytest.approx(right / len(true) / len(false))


def test_figures_by_hand() -> None:
    found = figures(judged([(0.8, True), (0.6, True), (0.3, False), (0.5, False)]))
    assert found["auc"] == 1
    assert found["brier"] == pytest.approx((0.04 + 0.16 + 0.09 + 0.25) / 4)
    loss = -math.log(0.8) - math.log(0.6) - math.log(0.7) - math.log(0.5)
    assert found["log_loss"] == pytest.approx(loss / 4)
    assert found["ece"] == pytest.approx((0.2 + 0.4 + 0.3 + 0.5) / 4)


def test_certainty_that_was_wrong_costs_much_but_not_everything() -> None:
    assert figures(judged([(1.0, False)]))["log_loss"] == pytest.approx(9.2103, 1e-4)


@settings(max_examples=examples(10))  # 500 draws each
@given(pairs)
def test_a_model_does_not_differ_from_itself(rows: list[tuple[float, bool]]) -> None:
    change, spread = differences(judged(rows[:6]), judged(rows[:6]))
    assert {v for v in change.values() if not math.isnan(v)} <= {0.0}
    assert {v for ends in spread.values() for v in ends if not math.isnan(v)} <= {0.0}


def test_the_interval_is_wider_when_rows_hang_together() -> None:
    rows = [(0.5, place % 40 < 20) for place in range(80)]
    apart = Judged(
        chances=[chance for chance, _ in rows],
        truths=[truth for _, truth in rows],
        groups=[str(place) for place in range(80)],
    )
    chances = [0.8] * 80
    together = Judged(
        chances=chances,
        truths=apart.truths,
        groups=[str(place // 20) for place in range(80)],
    )
    apart = Judged(chances=chances, truths=apart.truths, groups=apart.groups)
    wide, narrow = intervals(together)["brier"], intervals(apart)["brier"]
    assert wide[1] - wide[0] > narrow[1] - narrow[0]


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60))
def test_a_group_stands_in_one_fold_only(groups: list[str]) -> None:
    parts = folds(groups)
    assert sorted(place for part in parts for place in part) == [*range(len(groups))]
    names = [{groups[place] for place in part} for part in parts]
    assert sum(map(len, names)) == len(set(groups))


# -- the folder


def small_folder(folder: Path) -> Path:
    """Two sites, one of them of kind S4, and one monitored service."""
    cadence, uptime = folder / "cadence", folder / "uptime"
    cadence.mkdir()
    uptime.mkdir()
    (cadence / "sites.csv").write_text(
        "site_id,source,kind,watch_start,watch_end\n"
        "a,S2-x,site,2023-02-10,2026-08-22\nb,S4-x,blog,2022-01-01,2026-08-22\n"
    )
    days = ["2023-06-01", "2023-07-01", "2023-08-01", "2023-09-01"]
    lines = [f"{site},{day}" for site in "ab" for day in days]
    with gzip.open(cadence / "events.csv.gz", "wt") as file:
        file.write("\n".join(["site_id,date", *lines]) + "\n")
    for horizon in (180, 365):
        (cadence / f"backtest_h{horizon}.csv").write_text(
            "site_id,cut,at_risk,published_in_window\n"
            "a,2023-08-15,1,1\na,2024-02-15,1,0\na,2025-02-15,0,0\n"
        )
    with gzip.open(uptime / "checks.csv.gz", "wt") as file:
        file.write("site_id,time,status\nu,2025-01-01T00:00Z,up\n")
        file.write("u,2025-02-01T00:00Z,down\nu,2025-02-02T00:00Z,up\n")
    with gzip.open(uptime / "daily.csv.gz", "wt") as file:
        file.write("site_id,date\n")
        file.writelines(
            f"u,{date.fromordinal(date(2025, 1, 1).toordinal() + place)}\n"
            for place in range(200)
        )
    (uptime / "sites.csv").write_text(
        "site_id,monitor_id,observation_end\nu,m,2025-07-20T00:00Z\n"
    )
    (uptime / "backtest_h90.csv").write_text(
        "site_id,cut,avail_next90\nu,2025-04-01,1.0\n"
    )
    return folder


def test_any_folder_of_the_layout_is_scored(tmp_path: Path) -> None:
    scores = score(small_folder(tmp_path), load_shipped())
    assert {name: found["n"] for name, found in scores.items()} == {
        "cadence180": 2,
        "cadence365": 2,
        "availability99": 1,
    }
    assert scores["cadence180"]["auc"] == 1


def test_sources_for_the_transfer_check_have_rows_of_their_own(
    tmp_path: Path,
) -> None:
    folder = small_folder(tmp_path) / "cadence"
    sites = read_sites(folder)
    rows = transfer(sites, 180)
    assert [(row.site, row.cut.isoformat(), row.published) for row in rows] == [
        ("b", "2023-08-15", True),
        ("b", "2024-02-15", False),
        ("b", "2024-08-15", False),
    ]
    assert {row.site for row in backtest(folder, sites, 180)} == {"a"}


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("backtest_h180.csv", "site_id,cut\n", "backtest_h180.csv:1: needs at_risk"),
        (
            "backtest_h180.csv",
            "site_id,cut,at_risk,published_in_window\nz,2023-08-15,1,1\n",
            "backtest_h180.csv:2: KeyError",
        ),
        ("sites.csv", "site_id,source\n", "sites.csv:1: needs kind"),
        ("events.csv.gz", "no gzip", "events.csv.gz"),
    ],
)
def test_another_layout_is_refused_with_its_place(
    tmp_path: Path, file: str, text: str, says: str
) -> None:
    folder = small_folder(tmp_path)
    (folder / "cadence" / file).write_text(text)
    with pytest.raises(LayoutError, match=says):
        score(folder, load_shipped())


def test_the_command_prints_json_and_refuses_an_empty_folder(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    folder = tmp_path / "full"
    folder.mkdir()
    small_folder(folder)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "benchmarks.outlook", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run("--score", str(folder), "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found.keys() == {"cadence180", "cadence365", "availability99"}
    assert found["cadence180"].keys() == {
        *("auc", "brier", "log_loss", "ece", "n", "shown")
    }
    assert found["cadence180"]["shown"] == "number"
    assert found["availability99"]["shown"] == "range"
    assert found["availability99"]["auc"] is None  # one row alone
    refused = run("--score", str(empty))
    assert refused.returncode == 2
    assert "neither cadence nor uptime" in refused.stderr
    assert "Traceback" not in refused.stderr


# -- the targets of the design, where the data lie beside the checkout


@pytest.mark.long
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus is not at {FOLDER}")
def test_what_is_shipped_reaches_its_targets() -> None:
    scores = score(FOLDER, load_shipped())
    for name, least, brier in (
        ("cadence180", 0.86, 0.123),
        ("cadence365", 0.85, 0.105),
        ("availability99", 0.85, 0.071),
    ):
        assert scores[name]["auc"] >= least
        assert scores[name]["brier"] <= brier
        assert scores[name]["ece"] <= 0.03
        assert scores[name]["n"] > 900
    assert scores["cadence180"]["log_loss"] <= 0.378


def test_the_five_fold_error_that_is_shipped_reaches_the_targets() -> None:
    error = load_shipped().cadence.fits[180].error
    assert error["auc"] >= 0.86
    assert error["brier"] <= 0.123
    assert error["log_loss"] <= 0.378
    assert error["ece"] <= 0.03


@pytest.mark.long
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the corpus is not at {FOLDER}")
def test_the_ranges_hold_for_monitors_that_were_not_counted() -> None:
    """Also for those whose services fare worst: what a number could not promise."""
    rows = monitor_rows(FOLDER / "uptime", read_watched(FOLDER / "uptime"))
    assert min(measure_coverage(rows).values()) >= 0.9
    shipped = load_shipped().availability.levels
    for level, counted in zip(shipped, count_levels(rows), strict=True):
        assert (level.reached.n, level.reached.count) == (
            counted.reached.n,
            counted.reached.count,
        )
        assert level.reached.low == pytest.approx(counted.reached.low, abs=1e-4)
        assert level.reached.high == pytest.approx(counted.reached.high, abs=1e-4)
