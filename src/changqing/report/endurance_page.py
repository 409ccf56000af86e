"""The endurance chart as templates draw it: its axis, its mark and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from changqing.report import charts, words
from changqing.report.charts import TimeScale
from changqing.report.outlook_model import EnduranceView, SupportView
from changqing.report.spoken import Spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One line of the endurance chart."""

    row: SupportView
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
    def endurance(self) -> EnduranceView:
        """What the service rests on."""
        return self.report.outlook.endurance

    @property
    def scale(self) -> TimeScale | None:
        """The days from left to right; None: there is nothing to draw."""
        if not self.endurance.commitments and not self.endurance.renewals:
            return None
        return TimeScale.make_scale(self.report.as_of, self.endurance)

    @property
    def has_ends(self) -> bool:
        """Whether any end, even a claimed one, can be drawn."""
        return any(
            line.proven or line.row.claimed_until or line.row.open_ended
            for kind in ("commitments", "renewals")
            for line in self.build_rows(kind)
        )

    @property
    def axis(self) -> Markup:
        """The line of years under the bars."""
        scale = self.scale
        return charts.draw_axis(scale, now=self.t("今", "Now")) if scale else Markup("")

    @property
    def term(self) -> str:
        """The term of the licence, from and until."""
        term = self.endurance.term
        if term is None:
            return ""
        if term.assumed:
            zh = "许可期至{end}（假定{start}颁证）"
            en = "Licence term to {end} (grant assumed on {start})"
        else:
            zh, en = "许可期{start}至{end}", "Licence term {start} to {end}"
        return self.t(zh, en, start=term.start.isoformat(), end=term.end.isoformat())

    @property
    def mark_label(self) -> Markup:
        """What the upright line marks."""
        scale = self.scale
        if scale is None or scale.mark is None:
            return Markup("")
        carried = self.endurance.carried_by
        text = self.t(
            "{day} {carrier}最早到期",
            "{day} {carrier} ends first",
            day=scale.mark.isoformat(),
            carrier="" if carried is None else self.say(carried.label),
        )
        return charts.mark_label(scale, text)

    def build_rows(self, kind: str) -> list[_Row]:
        """Build the rows of one kind, earliest proven end first, unknown ones last."""
        scale = self.scale
        if scale is None:
            return []
        endurance = self.endurance
        listed = endurance.renewals if kind == "renewals" else endurance.commitments
        rows = [self._build_row(row, scale, kind=kind) for row in listed]
        return sorted(
            rows, key=lambda r: (not r.proven, r.row.proven_until or date.max)
        )

    def _build_row(self, row: SupportView, scale: TimeScale, *, kind: str) -> _Row:
        """Build the row of one support: its bar, its end, and what is missing."""
        until, claimed = row.proven_until, row.claimed_until
        carrier = self.endurance.carried_by
        if kind == "renewals":
            until = row.next_by or until
        proven = not row.unknown
        missing = ""
        if not proven:
            until_text = self._say_unproven_end(claimed)
        elif until is None:
            until_text = self.say_endless(row)
        else:
            until_text = self.say_end(until) + self.say_renewing(row)
            missing = self._word_missing(until, kind)
        return _Row(
            row=row,
            drawing=charts.draw_bar(
                row,
                scale,
                shared=kind == "commitments",
                label=f"{self.say(row.label)} {until_text}",
            ),
            until=until_text,
            proven=proven,
            carries=(
                kind == "commitments" and carrier is not None and row.id == carrier.id
            )
            or (until is not None and until < scale.start),
            missing=missing,
            note=self._say_renewals(row) if kind == "renewals" else "",
            blank=not proven and claimed is None,
            early=self._word_earliest(row, until) if proven else "",
        )

    def _word_earliest(self, row: SupportView, until: date | None) -> str:
        early = row.early_until
        if early is None or (until is not None and early >= until):
            return ""
        return self.t("最早{day}", "{day} at the earliest", day=early.isoformat())

    @property
    def has_ranges(self) -> bool:
        """Whether any end has a range to draw."""
        return any(
            charts.find_whisker(row) is not None for row in self.endurance.commitments
        )

    @property
    def endurance_notes(self) -> list[str]:
        """How much of the term is covered, and what to extend first."""
        extend = self.endurance.extend_first
        notes = (self.endurance.coverage, None if extend is None else extend.text)
        return [self.say(note) for note in notes if note is not None]

    def _say_unproven_end(self, claimed: date | None) -> str:
        if claimed is None:
            return self.t("未能证实，不计入", "not known, not counted")
        return self.t(
            "自述至{day}，不计入",
            "claimed to {day}, not counted",
            day=claimed.isoformat(),
        )

    def _word_missing(self, until: date, kind: str) -> str:
        term = self.endurance.term
        if kind != "commitments" or term is None or until >= term.end:
            return ""
        return words.say_span(
            words.count_months_between(until, term.end), self.language
        )

    def _say_renewals(self, row: SupportView) -> str:
        if not row.renewed_times:
            return ""
        return self.say_count(row.renewed_times, "{n}次", "once", "{n} times")
