"""The chances ahead as templates draw them, each with its basis in words."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from changqing.report import charts
from changqing.report.reading import Reading
from changqing.report.spoken import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chance:
    """A share with its range: its name, its drawing, and the same in words."""

    name: str
    drawing: Markup
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silence:
    """One line of the reference table."""

    days: str
    count: int
    n: int
    share: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class OutlookPage(Spoken):
    """Whether it goes on publishing and answering, as far as was observed."""

    def chances(self, found: Reading) -> list[_Chance]:
        """The chance of an item within each horizon; none where the table leads."""
        if found.code("leads") == "table":
            return []
        return [
            self._chance(
                found.part("within").part(days),
                "probability",
                self.t("{n}天内有更新", "An item within {n} days", n=days),
                self.t(
                    "依据{n}例，{sites}个站点",
                    "fitted on {n} cases of {sites} sites",
                    n=found.part("fitted_rows").part(days).number("n"),
                    sites=found.part("fitted_rows").part(days).number("sites"),
                ),
            )
            for days in found.part("within").data
        ]

    def levels(self, found: Reading) -> list[_Chance]:
        """The level seen and the chance of holding it, each where it is known."""
        level, ahead = found.part("last_30_days"), "at_least_99_over_90_days"
        drawn = []
        if isinstance(level.data.get("level"), float):
            drawn.append(
                self._chance(
                    level,
                    "level",
                    self.t("最近30天", "Last 30 days"),
                    self.n(
                        level.number("checks") or 0,
                        "{n}次检查",
                        "one check",
                        "{n} checks",
                    ),
                )
            )
        if found.part(ahead):
            rows = found.part("fitted_rows")
            drawn.append(
                self._chance(
                    found.part(ahead),
                    "probability",
                    self.t("今后90天不低于99%", "At least 99% over 90 days"),
                    self.t(
                        "依据{n}例，{m}个监测对象",
                        "fitted on {n} cases of {m} monitors",
                        n=rows.number("n"),
                        m=rows.number("monitors"),
                    ),
                )
            )
        return drawn

    def _chance(self, found: Reading, key: str, name: str, basis: str) -> _Chance:
        low, at, high = (_share(found.data.get(k)) for k in ("low", key, "high"))
        said = self.t(
            "{p}%（{low}–{high}%），{basis}",
            "{p}% ({low}–{high}%), {basis}",
            p=_per_cent(at),
            low=_per_cent(low),
            high=_per_cent(high),
            basis=basis,
        )
        label = f"{name}{'：' if self.zh else ': '}{said}"
        return _Chance(
            name=name, said=said, drawing=charts.interval(low, at, high, label=label)
        )

    def silences(self, found: Reading) -> list[_Silence]:
        """The reference table: after so many days of silence, who came back."""
        lines = []
        for row in found.parts("table"):
            first, last = row.number("from") or 0, row.number("to")
            n, count = row.number("n") or 0, row.number("count") or 0
            low, high = (_share(row.data.get(key)) for key in ("low", "high"))
            more = self.t("{n}以上", "{n} or more", n=first)
            lines.append(
                _Silence(
                    days=more if last is None else f"{first}–{last}",
                    count=count,
                    n=n,
                    share=self.t(
                        "{p}%（{low}–{high}%）",
                        "{p}% ({low}–{high}%)",
                        p=_per_cent(count / n if n else 0.0),
                        low=_per_cent(low),
                        high=_per_cent(high),
                    ),
                    here=row.truth("here") is True,
                )
            )
        return lines


def _share(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _per_cent(share: float) -> str:
    """Whole per cent, never 0 or 100 unless it is so, rounded down at the top."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".rstrip("%")
    return str(min(99, max(1, round(100 * share))))
