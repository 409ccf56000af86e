"""The file of coefficients: what it promises, and what is refused."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.errors import ChangqingError
from changqing.outlook.chances import (
    compute_logistic,
    compute_wilson_interval,
    say_share,
)
from changqing.outlook.coefficients import SHIPPED, load_coefficients, load_shipped
from changqing.text import Language


def changed(tmp_path: Path, place: tuple[str | int, ...], value: object) -> Path:
    """The shipped file with one value replaced; `...` takes it out."""
    data: Any = json.loads(SHIPPED.read_text("utf-8"))
    part = data
    for step in place[:-1]:
        part = part[step]
    if value is ...:
        del part[place[-1]]
    else:
        part[place[-1]] = value
    path = tmp_path / "coefficients.json"
    path.write_text(json.dumps(data), "utf-8")
    return path


def test_what_is_shipped_says_what_it_rests_on() -> None:
    found = load_shipped()
    for fit in found.cadence.fits.values():
        assert fit.rows > 900
        assert fit.error["ece"] < 0.03
    for population in (found.cadence.population, found.availability.population):
        assert population.sites > 100
        assert population.first < population.last <= found.fitted_on
        assert str(population.last.year) in population.text.zh


def test_the_share_that_came_back_falls_with_the_silence() -> None:
    for horizon in (180, 365):
        shares = [row.within[horizon].value for row in load_shipped().cadence.table]
        assert shares[0] > 0.9
        assert shares[-1] < 0.2
        assert all(later < sooner + 0.05 for sooner, later in pairwise(shares))


CADENCE_WEIGHTS = ("cadence", "within", "180", "weights")
LEVELS = ("availability", "levels")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ((*CADENCE_WEIGHTS, "log_silence"), 0.01),
        ((*CADENCE_WEIGHTS, "fresh_weeks"), -0.01),
    ],
)
def test_a_wrong_sign_is_refused(
    tmp_path: Path, place: tuple[str, ...], value: float
) -> None:
    path = changed(tmp_path, place, value)
    with pytest.raises(ChangqingError) as refused:
        load_coefficients(path)
    (line,) = refused.value.lines(Language.EN)
    assert line.startswith(f"{path} {'.'.join(place)} has the wrong sign")
    assert "python -m benchmarks.outlook --fit" in line


@pytest.mark.parametrize("name", ["log_silence", "fresh_weeks"])
def test_no_influence_at_all_is_no_wrong_sign(tmp_path: Path, name: str) -> None:
    load_coefficients(changed(tmp_path, (*CADENCE_WEIGHTS, name), 0))


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (("fitted_on",), "soon", "fitted_on 须是日期"),
        (("cadence", "within", "365"), ..., "cadence.within 缺少365"),
        ((*CADENCE_WEIGHTS, "constant"), "high", "须是数"),
        ((*CADENCE_WEIGHTS, "constant"), math.nan, "须是数"),
        ((*CADENCE_WEIGHTS, "constant"), True, "须是数"),
        (("cadence", "within", "180", "covariance"), [[1.0]], "须是3行3列"),
        (("cadence", "within", "180", "drift"), -1, "方差不得为负"),
        (("cadence", "within", "180", "base"), 1.5, "须在0与1之间"),
        (("cadence", "population", "zh"), " ", "cadence.population.zh 须有文字"),
        (("cadence", "table", 0, "first"), 1, "须从0天起相接"),
        (("cadence", "table", 1, "last"), 99, "须从0天起相接"),
        (("cadence", "table", 0, "within", "180", "n"), 0, "count ≤ n"),
        (("cadence", "table", 0, "within", "180", "n"), -1, "须是非负整数"),
        (("cadence", "table", 0, "within", "180", "high"), 0.1, "比例不在区间内"),
        (("cadence", "table"), {}, "cadence.table 须是列表"),
        ((*LEVELS, 0, "is_down"), 1, "须是true或false"),
        ((*LEVELS, 0, "is_down"), False, "须先是中断的一行"),
        ((*LEVELS, 1, "least"), 0.5, "须先是中断的一行"),
        ((*LEVELS, 2, "least"), 0.9995, "在线率与比例须递增"),
        ((*LEVELS, 2, "reached", "count"), 20, "比例不在区间内"),
        ((*LEVELS,), [], "须先是中断的一行"),
        (("availability", "returns"), [], "小时数须递增"),
        (("availability", "returns", 0, "hours"), 24, "小时数须递增"),
    ],
)
def test_a_bad_shape_is_refused_with_its_place(
    tmp_path: Path, place: tuple[str | int, ...], value: object, says: str
) -> None:
    path = changed(tmp_path, place, value)
    with pytest.raises(ChangqingError) as refused:
        load_coefficients(path)
    (line,) = refused.value.lines(Language.ZH)
    assert line.startswith(f"{path} ")
    assert says in line


@pytest.mark.parametrize("text", ["", "[1", "[]", "null"])
def test_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "coefficients.json"
    path.write_text(text)
    with pytest.raises(ChangqingError):
        load_coefficients(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChangqingError, match="coefficients"):
        load_coefficients(tmp_path / "coefficients.json")


@given(st.floats(min_value=-2000, max_value=2000))
def test_no_log_odds_overflow(log_odds: float) -> None:
    assert 0 <= compute_logistic(log_odds) <= 1
    assert compute_logistic(log_odds) + compute_logistic(-log_odds) == pytest.approx(1)


@given(st.floats(min_value=0, max_value=1), st.integers(min_value=1, max_value=10**6))
def test_more_looks_narrow_the_interval(share: float, n: int) -> None:
    low, high = compute_wilson_interval(share, n)
    assert 0 <= low <= share <= high <= 1
    less, more = compute_wilson_interval(share, n + 1)
    assert more - less <= high - low + 1e-12


def test_wilson_as_published() -> None:
    assert compute_wilson_interval(0.9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert compute_wilson_interval(0.5, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("share", "zh", "en"),
    [
        (0.04, "几乎没有", "hardly any"),
        (0.08, "约一成", "about one in ten"),
        (0.52, "约半数", "about half"),
        (0.88, "约九成", "about nine in ten"),
        (0.977, "几乎全部", "nearly all"),
    ],
)
def test_shares_as_people_say_them(share: float, zh: str, en: str) -> None:
    assert (say_share(share).zh, say_share(share).en) == (zh, en)
