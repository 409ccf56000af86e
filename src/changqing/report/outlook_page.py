"""The chances ahead as templates draw them, each with its basis in words."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from changqing.report import charts
from changqing.report.outlook_model import (
    AvailabilityView,
    CadenceView,
    SilenceView,
)
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

    def build_chances(self, cadence: CadenceView) -> list[_Chance]:
        """Build the chance of an item within each horizon.

        None where the table leads.
        """
        if cadence.leads == "table":
            return []
        return [
            self._build_chance(
                (chance.low, chance.probability, chance.high),
                self.t("{n}天内有更新", "An item within {n} days", n=days),
                self.t(
                    "依据{n}例，{sites}个站点",
                    "fitted on {n} cases of {sites} sites",
                    n=cadence.fitted_rows[days].n,
                    sites=cadence.fitted_rows[days].sites,
                ),
            )
            for days, chance in cadence.within.items()
        ]

    def build_levels(self, availability: AvailabilityView) -> list[_Chance]:
        """Build the level seen, and the range that like cases came to, where known."""
        last_month = availability.last_30_days
        ahead = availability.at_least_99_over_90_days
        chances = []
        if last_month.level is not None:
            chances.append(
                self._build_chance(
                    (last_month.low, last_month.level, last_month.high),
                    self.t("最近30天", "Last 30 days"),
                    self.say_count(
                        last_month.checks, "{n}次检查", "one check", "{n} checks"
                    ),
                )
            )
        if ahead is not None:
            name = self.t("今后90天不低于99%", "At least 99% over 90 days")
            words = self.t(
                "{low}–{high}%（{kind}：{m}个监测页上{n}例中有{count}例）",
                "{low}–{high}% ({kind}: {count} of {n} cases at {m} monitors)",
                low=_round_percent(ahead.low),
                high=_round_percent(ahead.high),
                kind=self.say(ahead.kind),
                count=ahead.reached,
                n=ahead.n,
                m=ahead.monitors,
            )
            label = f"{name}{'：' if self.zh else ': '}{words}"
            drawing = charts.draw_interval(ahead.low, None, ahead.high, label=label)
            chances.append(_Chance(name=name, said=words, drawing=drawing))
        return chances

    def _build_chance(
        self, span: tuple[float, float, float], name: str, basis: str
    ) -> _Chance:
        low, at, high = span
        words = self.t(
            "{p}%（{low}–{high}%），{basis}",
            "{p}% ({low}–{high}%), {basis}",
            p=_round_percent(at),
            low=_round_percent(low),
            high=_round_percent(high),
            basis=basis,
        )
        label = f"{name}{'：' if self.zh else ': '}{words}"
        return _Chance(
            name=name,
            said=words,
            drawing=charts.draw_interval(low, at, high, label=label),
        )

    def build_silences(self, cadence: CadenceView) -> list[_Silence]:
        """Build the reference table: after so many days of silence, who came back."""
        return [self._build_silence(line) for line in cadence.table]

    def _build_silence(self, line: SilenceView) -> _Silence:
        more = self.t("{n}以上", "{n} or more", n=line.from_)
        return _Silence(
            days=more if line.to is None else f"{line.from_}–{line.to}",
            count=line.count,
            n=line.n,
            share=self.t(
                "{p}%（{low}–{high}%）",
                "{p}% ({low}–{high}%)",
                p=_round_percent(line.count / line.n if line.n else 0.0),
                low=_round_percent(line.low),
                high=_round_percent(line.high),
            ),
            here=line.here,
        )


def _round_percent(share: float) -> str:
    """Whole per cent, never 0 or 100 unless it is so, rounded down at the top."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".rstrip("%")
    return str(min(99, max(1, round(100 * share))))
