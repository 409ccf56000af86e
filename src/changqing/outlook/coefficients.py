"""The numbers that were fitted, with what they were fitted on, checked when loaded.

`coefficients.json` is written by `python -m benchmarks.outlook --fit DIR`. The signs of
the weights are part of what it promises: an item published can only help, an outage can
only harm. A file that breaks this, or any part of its shape, is refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from changqing.errors import ChangqingError, Issue
from changqing.outlook.chances import Chance, compute_chance
from changqing.text import Text

SHIPPED = Path(__file__).with_name("coefficients.json")
CADENCE_SIGNS: Mapping[str, int] = {"log_silence": -1, "fresh_weeks": 1}
HORIZONS = (180, 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Whom the numbers were fitted on; they hold for nobody else unasked."""

    text: Text
    sites: int
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A logistic model: weights (constant first), their covariance, how good it was.

    `rows` of `sites` were used, a share `base` of them came true. `error` holds auc,
    brier, log_loss and ece, five-fold by group, on the rows it was fitted on.
    """

    weights: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    drift: float
    rows: int
    sites: int
    base: float
    error: Mapping[str, float]

    def compute_chance(self, *features: float) -> Chance:
        """Compute chance and range, for features in the order of the weights."""
        return compute_chance(
            self.weights, (1.0, *features), self.covariance, self.drift
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of `n` cases of `groups` sites or monitors, `count` came true; 95 % range."""

    n: int
    groups: int
    count: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.count / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRow:
    """Sites silent for `first` to `last` days (None: or longer): who came back."""

    first: int
    last: int | None
    within: Mapping[int, Share]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """Services by their last 90 days: how many were up 99 % of the next 90.

    `is_down`: down by then for a day or longer, whatever the level; else not down, and
    up `least` of the time or more. The range of `reached` is for services of monitors
    that were not counted, and wider than that of the count.
    """

    is_down: bool
    least: float
    reached: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """Outages that had lasted `hours` or longer: which ended within 90 days."""

    hours: int
    ended: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceCoefficients:
    """A fit for each horizon in days, and the reference table from short to long."""

    population: Population
    fits: Mapping[int, Fit]
    table: tuple[SilenceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityCoefficients:
    """Who was up 99 % over 90 days, levels rising, and how outages ended."""

    population: Population
    levels: tuple[LevelRow, ...]
    returns: tuple[ReturnRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """All that was fitted, on `fitted_on`."""

    fitted_on: date
    cadence: CadenceCoefficients
    availability: AvailabilityCoefficients


@cache
def load_shipped() -> Coefficients:
    """Load the coefficients that come with this release."""
    return load_coefficients(SHIPPED)


def load_coefficients(path: Path) -> Coefficients:
    """Read and check a file. Raises ChangqingError, naming the field."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _make_refusal(
            path, "", Text(zh=f"读不出 JSON（{error}）", en=f"is no JSON ({error})")
        ) from error
    file = _Node(path, "", data)
    cadence, availability = file["cadence"], file["availability"]
    table = tuple(_read_silence_row(row) for row in cadence["table"].read_items())
    _check_table(cadence["table"], table)
    returns = tuple(
        ReturnRow(hours=row["hours"].read_whole(), ended=_read_share(row["ended"]))
        for row in availability["returns"].read_items()
    )
    if not returns or any(a.hours >= b.hours for a, b in pairwise(returns)):
        raise availability["returns"].make_refusal("小时数须递增", "hours must rise")
    levels = tuple(
        LevelRow(
            is_down=row["is_down"].read_answer(),
            least=row["least"].read_share(),
            reached=_read_share(row["reached"]),
        )
        for row in availability["levels"].read_items()
    )
    _check_levels(availability["levels"], levels)
    return Coefficients(
        fitted_on=file["fitted_on"].read_day(),
        cadence=CadenceCoefficients(
            population=_read_population(cadence["population"]),
            fits={
                days: _read_fit(cadence["within"][str(days)], CADENCE_SIGNS)
                for days in HORIZONS
            },
            table=table,
        ),
        availability=AvailabilityCoefficients(
            population=_read_population(availability["population"]),
            levels=levels,
            returns=returns,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Node:
    """A value of the file that knows where it stands."""

    path: Path
    place: str
    value: object

    def __getitem__(self, name: str) -> _Node:
        if not isinstance(self.value, dict) or name not in self.value:
            raise self.make_refusal(f"缺少{name}", f"needs {name}")
        return _Node(self.path, f"{self.place}.{name}".strip("."), self.value[name])

    def read_items(self) -> tuple[_Node, ...]:
        if not isinstance(self.value, list):
            raise self.make_refusal("须是列表", "must be a list")
        return tuple(
            _Node(self.path, f"{self.place}[{place}]", value)
            for place, value in enumerate(self.value)
        )

    def read_number(self) -> float:
        if type(self.value) not in (int, float) or not math.isfinite(
            number := float(str(self.value))
        ):
            raise self.make_refusal("须是数", "must be a number")
        return number

    def read_share(self) -> float:
        if not 0 <= (number := self.read_number()) <= 1:
            raise self.make_refusal("须在0与1之间", "must lie between 0 and 1")
        return number

    def read_whole(self) -> int:
        if type(self.value) is not int or self.value < 0:
            raise self.make_refusal(
                "须是非负整数", "must be a whole number, not negative"
            )
        return self.value

    def read_answer(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.make_refusal("须是true或false", "must be true or false")
        return self.value

    def read_day(self) -> date:
        try:
            return date.fromisoformat(str(self.value))
        except ValueError as error:
            raise self.make_refusal("须是日期", "must be a day, YYYY-MM-DD") from error

    def read_words(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.make_refusal("须有文字", "must be words")
        return self.value

    def make_refusal(self, zh: str, en: str) -> ChangqingError:
        return _make_refusal(self.path, self.place, Text(zh=zh, en=en))


def _make_refusal(path: Path, place: str, text: Text) -> ChangqingError:
    where = f"{place} " if place else ""
    return ChangqingError(
        Issue(
            text=Text(zh=f"{where}{text.zh}", en=f"{where}{text.en}"),
            path=str(path),
            hint=Text(
                zh="请用 python -m benchmarks.outlook --fit 重新生成",
                en="write it again with python -m benchmarks.outlook --fit",
            ),
        )
    )


def _read_population(node: _Node) -> Population:
    return Population(
        text=Text(zh=node["zh"].read_words(), en=node["en"].read_words()),
        sites=node["sites"].read_whole(),
        first=node["first"].read_day(),
        last=node["last"].read_day(),
    )


def _read_fit(node: _Node, signs: Mapping[str, int]) -> Fit:
    """Read a fit; refuse signs and variances that cannot be."""
    weights = node["weights"]
    for name, sign in signs.items():
        if sign * weights[name].read_number() < 0:
            raise weights[name].make_refusal(
                "的符号反了：" + ("不得为负" if sign > 0 else "不得为正"),
                "has the wrong sign: it must not be "
                + ("negative" if sign > 0 else "positive"),
            )
    names = ("constant", *signs)
    covariance = tuple(
        tuple(cell.read_number() for cell in row.read_items())
        for row in node["covariance"].read_items()
    )
    if {len(covariance), *map(len, covariance)} != {len(names)}:
        raise node["covariance"].make_refusal(
            f"须是{len(names)}行{len(names)}列",
            f"must have {len(names)} rows and columns",
        )
    drift = node["drift"].read_number()
    if drift < 0 or any(covariance[i][i] < 0 for i in range(len(names))):
        raise node.make_refusal("的方差不得为负", "has a negative variance")
    return Fit(
        weights=tuple(weights[name].read_number() for name in names),
        covariance=covariance,
        drift=drift,
        rows=node["rows"].read_whole(),
        sites=node["sites"].read_whole(),
        base=node["base"].read_share(),
        error={
            name: node["error"][name].read_number()
            for name in ("auc", "brier", "log_loss", "ece")
        },
    )


def _read_share(node: _Node) -> Share:
    share = Share(
        n=node["n"].read_whole(),
        groups=node["groups"].read_whole(),
        count=node["count"].read_whole(),
        low=node["low"].read_share(),
        high=node["high"].read_share(),
    )
    if not share.n or share.count > share.n:
        raise node.make_refusal("须有0 < n 且 count ≤ n", "needs 0 < n and count ≤ n")
    if not share.low <= share.value <= share.high:
        raise node.make_refusal("的比例不在区间内", "has its share outside its range")
    return share


def _read_silence_row(node: _Node) -> SilenceRow:
    last = node["last"]
    return SilenceRow(
        first=node["first"].read_whole(),
        last=None if last.value is None else last.read_whole(),
        within={days: _read_share(node["within"][str(days)]) for days in HORIZONS},
    )


def _check_table(node: _Node, table: tuple[SilenceRow, ...]) -> None:
    joined = all(
        row.last is not None and row.last + 1 == following.first
        for row, following in pairwise(table)
    )
    if not table or table[0].first != 0 or table[-1].last is not None or not joined:
        raise node.make_refusal(
            "须从0天起相接，末行不设上限",
            "must start at 0 days, leave no hole and end open",
        )


def _check_levels(node: _Node, levels: tuple[LevelRow, ...]) -> None:
    """One row of those down, then the others from 0 on; more up, more reached it."""
    others = levels[1:]
    in_order = [row.is_down for row in levels] == [True, *(False for _ in others)]
    if not (in_order and others and levels[0].least == others[0].least == 0):
        raise node.make_refusal(
            "须先是中断的一行，其余从0起",
            "must begin with the row of those down, and the others at 0",
        )
    if any(
        level.least >= next_level.least
        or level.reached.value > next_level.reached.value
        for level, next_level in pairwise(others)
    ):
        raise node.make_refusal(
            "在线率与比例须递增", "must rise in level and in the share that reached it"
        )
