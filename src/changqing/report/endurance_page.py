"""The endurance chart as templates draw it: its axis, its mark and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from changqing.report import charts, words
from changqing.report.charts import TimeScale
from changqing.report.reading import Reading
from changqing.report.spoken import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line of the endurance chart."""

    row: Reading
    drawing: Markup
    until: str
    proven: bool
    carries: bool
    missing: str
    note: str
    blank: bool
    early: str = ""


@dataclass(frozen=True, kw_only=True)
class EndurancePage(Spoken):
    """How long what the service rests on is proven to last."""

    @property
    def scale(self) -> TimeScale | None:
        """The days from left to right; None: there is nothing to draw."""
        as_of = self.read.day("as_of")
        endurance = self.read.part("outlook").part("endurance")
        rows = (*endurance.parts("commitments"), *endurance.parts("renewals"))
        if as_of is None or not rows:
            return None
        return TimeScale.of(as_of, endurance, rows)

    @property
    def drawn(self) -> bool:
        """Whether any end, even a claimed one, can be drawn."""
        return any(
            line.proven or line.row.day("claimed_until") or line.row.truth("open_ended")
            for kind in ("commitments", "renewals")
            for line in self.rows(kind)
        )

    @property
    def axis(self) -> Markup:
        """The line of years under the bars."""
        scale = self.scale
        return charts.axis(scale, now=self.t("今", "Now")) if scale else Markup("")

    @property
    def term(self) -> str:
        """The term of the licence, from and until."""
        term = self.read.part("outlook").part("endurance").part("term")
        start, end = term.day("start"), term.day("end")
        if start is None or end is None:
            return ""
        if term.truth("assumed") is False:
            zh, en = "许可期{start}至{end}", "Licence term {start} to {end}"
        else:
            zh = "许可期至{end}（假定{start}颁证）"
            en = "Licence term to {end} (grant assumed on {start})"
        return self.t(zh, en, start=start.isoformat(), end=end.isoformat())

    @property
    def mark_label(self) -> Markup:
        """What the upright line marks."""
        scale = self.scale
        if scale is None or scale.mark is None:
            return Markup("")
        carrier = (
            self.read.part("outlook").part("endurance").part("carried_by").say("label")
        )
        text = self.t(
            "{day} {carrier}最早到头",
            "{day} {carrier} ends first",
            day=scale.mark.isoformat(),
            carrier=carrier,
        )
        return charts.mark_label(scale, text)

    def rows(self, kind: str) -> list[_Row]:
        """The rows of one kind, earliest proven end first, unknown ones last."""
        scale = self.scale
        if scale is None:
            return []
        endurance = self.read.part("outlook").part("endurance")
        carrier = endurance.part("carried_by").code("id")
        rows = [
            self._row(row, scale, kind=kind, carrier=carrier)
            for row in endurance.parts(kind)
        ]
        return sorted(
            rows, key=lambda r: (not r.proven, r.row.day("proven_until") or date.max)
        )

    def _row(self, row: Reading, scale: TimeScale, *, kind: str, carrier: str) -> _Row:
        until, claimed = row.day("proven_until"), row.day("claimed_until")
        if kind == "renewals":
            until = row.day("next_by") or until
        endless = row.truth("open_ended") is True
        proven = row.truth("unknown") is not True and (until is not None or endless)
        missing = ""
        if not proven:
            said = self._unproven_end(claimed, endless=endless)
        elif until is None:
            said = row.say("endless") or self.t("无固定期限", "no fixed end")
        else:
            said = until.isoformat()
            if row.truth("renews"):
                said += self.t(
                    "，写明自动续期，但不多计", ", renews by itself, not counted"
                )
            missing = self._missing(until, kind)
        return _Row(
            row=row,
            drawing=charts.bar(
                row,
                scale,
                shared=kind == "commitments",
                label=f"{row.say('label')} {said}",
            ),
            until=said,
            proven=proven,
            carries=(kind == "commitments" and row.code("id") == carrier != "")
            or (until is not None and until < scale.start),
            missing=missing,
            note=self._renewed(row) if kind == "renewals" else "",
            blank=not proven and claimed is None and not endless,
            early=self._early(row, until) if proven else "",
        )

    def _early(self, row: Reading, until: date | None) -> str:
        early = row.day("early_until")
        if early is None or (until is not None and early >= until):
            return ""
        return self.t("最早{day}", "{day} at the earliest", day=early.isoformat())

    @property
    def whiskered(self) -> bool:
        """Whether any end has a range to draw."""
        return any(
            charts.whisker(row)
            for row in self.read.part("outlook").part("endurance").parts("commitments")
        )

    @property
    def endurance_notes(self) -> list[str]:
        """How much of the term is covered, and what to extend first."""
        endurance = self.read.part("outlook").part("endurance")
        said = endurance.say("coverage"), endurance.part("extend_first").say("text")
        return [each for each in said if each]

    def _unproven_end(self, claimed: date | None, *, endless: bool) -> str:
        if claimed is not None:
            return self.t(
                "自述至{day}，不计入",
                "claimed to {day}, not counted",
                day=claimed.isoformat(),
            )
        if endless:
            return self.t(
                "自述无固定期限，不计入",
                "claimed without end, not counted",
            )
        return self.t("未能证实，不计入", "not known, not counted")

    def _missing(self, until: date, kind: str) -> str:
        term = self.read.part("outlook").part("endurance").part("term").day("end")
        if kind != "commitments" or term is None or until >= term:
            return ""
        return words.span(words.months_between(until, term), self.language)

    def _renewed(self, row: Reading) -> str:
        times = row.number("renewed_times")
        if not times:
            return ""
        return self.n(times, "{n}次", "once", "{n} times")
