"""The report's drawings: SVG with x in percent and no viewBox.

Bars stretch with the page, text and strokes do not; the same markup serves a phone
and a printed page. What a drawing says, the numbers beside it say as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from changqing.report.counting import CLAIMED_FAILS, CLAIMED_HOLDS
from changqing.report.model import NumericView, Tally
from changqing.report.outlook_model import EnduranceView, SupportView
from changqing.report.words import is_on_paper

_CELLS_PER_LINE = 24
_LINE_HEIGHT = 18


def format_percent(part: float) -> str:
    """Format a length as SVG writes it."""
    return f"{100 * part:.2f}%"


# ── claimed against proven ───────────────────────────────────────────────────────────

_CELL_INSIDE: Mapping[str, str] = {
    "met": '<rect class="c-solid"/>',
    "unproven": '<rect class="c-half"/><rect class="c-outline"/>',
    "contradicted": '<rect class="c-solid"/><svg x="50%" y="8" overflow="visible">'
    '<path class="g-in" d="M-4-1.5h8M-4 1.5h8M1.8-4.2l-3.6 8.4" stroke-width="1.3"/>'
    "</svg>",
    "undetermined": '<rect class="c-dashed"/>',
    "unmet": '<rect class="c-solid"/><svg x="50%" y="8" overflow="visible">'
    '<path class="g-in" d="m-3-3 6 6m0-6-6 6" stroke-width="1.5"/></svg>',
}


def count_cells_per_line(totals: Iterable[int]) -> int:
    """Count the common number of places in a line, so that the rows can be compared."""
    longest = max(totals, default=0)
    return min(_CELLS_PER_LINE, max(12, longest + 1))


def draw_cells(tally: Tally, *, places: int, label: str) -> Markup:
    """Draw one cell a finding; the gap ends what holds as claimed."""
    holds = [code for code in CLAIMED_HOLDS for _ in range(tally.count(code))]
    fails = [code for code in CLAIMED_FAILS for _ in range(tally.count(code))]
    width = 1 / places
    shown_width = format_percent(width)
    shapes: list[str] = []
    line, column = 0, 0.0
    for block in (holds, fails):
        if block is fails and holds and fails:
            column += 0.45
        for verdict in block:
            if column + 1 > places + 0.001:
                line, column = line + 1, 0.0
            x = format_percent(column * width)
            shapes.append(
                f'<svg class="cell v-{verdict}" x="{x}" '
                f'y="{line * _LINE_HEIGHT}" width="{shown_width}" height="16">'
                f"{_CELL_INSIDE[verdict]}</svg>"
            )
            column += 1
    return Markup(
        '<svg class="cells" width="100%" height="{}" role="img" aria-label="{}">'
        "{}</svg>"
    ).format((line + 1) * _LINE_HEIGHT - 2, label, Markup("".join(shapes)))


def draw_key_cell(verdict: str) -> Markup:
    """Draw one cell for the line that explains them."""
    return Markup(
        f'<svg class="cell key v-{verdict}" width="20" height="16" aria-hidden="true">'
        f"{_CELL_INSIDE[verdict]}</svg>"
    )


# ── endurance ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """From the day of the assessment to the last day drawn."""

    start: date
    end: date
    band: tuple[date, date] | None
    mark: date | None

    def find_place(self, day: date) -> float:
        """Find where a day stands, from 0 to 1."""
        whole = max(1, (self.end - self.start).days)
        return min(1.0, max(0.0, (day - self.start).days / whole))

    @staticmethod
    def find_day_beyond(as_of: date, span: int) -> date:
        """Find a day a little after `span` days from `as_of`, where there is one."""
        last = as_of.toordinal() + round(span * 1.03)
        return date.fromordinal(min(last, date.max.toordinal()))

    @classmethod
    def make_scale(cls, as_of: date, endurance: EnduranceView) -> TimeScale:
        """Make a scale that holds the term and every end, and one month more."""
        term = endurance.term
        ends = [] if term is None else [term.end]
        for row in (*endurance.commitments, *endurance.renewals):
            ends += [day for day in (row.proven_until, row.claimed_until) if day]
        if not ends or max(ends) <= as_of:
            ends.append(date.fromordinal(as_of.toordinal() + 365))
        span = max(ends).toordinal() - as_of.toordinal()
        return cls(
            start=as_of,
            end=cls.find_day_beyond(as_of, span),
            band=None if term is None else (term.start, term.end),
            mark=endurance.committed_until,
        )


def _draw_band(scale: TimeScale) -> str:
    if scale.band is None:
        return ""
    left, right = (scale.find_place(day) for day in scale.band)
    x, width = format_percent(left), format_percent(right - left)
    return f'<rect class="t-band" x="{x}" width="{width}" height="100%"/>'


def _draw_ground(scale: TimeScale) -> str:
    shapes = _draw_band(scale)
    for year in _choose_years(scale):
        x = format_percent(scale.find_place(date(year, 1, 1)))
        shapes += f'<line class="t-year" x1="{x}" x2="{x}" y1="0" y2="100%"/>'
    return shapes


def _choose_years(scale: TimeScale) -> list[int]:
    years = range(scale.start.year + 1, scale.end.year + 1)
    step = 1 + len(years) // 9
    return [y for y in years if scale.find_place(date(y, 1, 1)) < 0.985][::step]


def _draw_bar(kind: str, left: float, right: float) -> str:
    if right <= left:
        return ""
    x, width = format_percent(left), format_percent(right - left)
    return f'<rect class="{kind}" x="{x}" width="{width}" height="11"/>'


def draw_axis(scale: TimeScale, *, now: str) -> Markup:
    """Draw the line of years over the rows."""
    shapes = _draw_band(scale)
    for year in _choose_years(scale):
        x = scale.find_place(date(year, 1, 1))
        if x > 0.07:
            place = format_percent(x)
            shapes += f'<text x="{place}" y="16" text-anchor="middle">{year}</text>'
    return Markup(
        '<svg class="axis" width="100%" height="24" aria-hidden="true">'
        '{}<text x="0" y="16">{}</text></svg>'
    ).format(Markup(shapes), now)


def draw_bar(row: SupportView, scale: TimeScale, *, shared: bool, label: str) -> Markup:
    """Draw one commitment or renewal: proven for all at once, alone, and only claimed.

    `shared` rows are dark up to the day to which all of them are proven.
    """
    proven, claimed = row.proven_until, row.claimed_until
    proven_at = 0.0
    if proven is not None:
        proven_at = scale.find_place(proven)
    elif row.open_ended and is_on_paper(row.grade):
        proven_at = 1.0
    claimed_at = scale.find_place(claimed) if claimed is not None else 0.0
    if row.open_ended:
        claimed_at = 1.0
    common = 0.0
    if shared and scale.mark is not None:
        common = min(proven_at, scale.find_place(scale.mark))
    shapes = _draw_ground(scale)
    shapes += _draw_bar("t-claimed", proven_at, claimed_at)
    shapes += _draw_bar("t-alone", common, proven_at)
    shapes += _draw_bar("t-all", 0.0, common)
    if not row.unknown and (ends := find_whisker(row)) is not None:
        shapes += _draw_whisker(scale, *ends)
    if shared and scale.mark is not None:
        x = format_percent(scale.find_place(scale.mark))
        shapes += f'<line class="t-mark" x1="{x}" x2="{x}" y1="0" y2="100%"/>'
    return Markup(
        '<svg class="bar" width="100%" role="img" aria-label="{}">{}</svg>'
    ).format(label, Markup(shapes))


def find_whisker(row: SupportView) -> tuple[date, date | None] | None:
    """Find the early and the late end of what is estimated; None where they are one."""
    early, late = row.early_until, row.late_until
    return None if early is None or early == late else (early, late)


def _draw_whisker(scale: TimeScale, early: date, late: date | None) -> str:
    """A line from the early to the late end; without a late end it runs on."""
    left = scale.find_place(early)
    right = 1.0 if late is None else scale.find_place(late)
    caps = [left] if late is None or late > scale.end else [left, right]
    x1, x2 = format_percent(left), format_percent(right)
    line = f'<line class="t-whisker" x1="{x1}" x2="{x2}" y1="17" y2="17"/>'
    return line + "".join(
        f'<line class="t-whisker" x1="{x}" x2="{x}" y1="13" y2="21"/>'
        for x in map(format_percent, caps)
    )


def mark_label(scale: TimeScale, text: str) -> Markup:
    """Set the words under the red line."""
    if scale.mark is None:
        return Markup("")
    x = scale.find_place(scale.mark)
    anchor = "start" if x < 0.5 else "end"
    return Markup(
        '<svg class="mark-label" width="100%" height="24" aria-hidden="true">'
        '<line class="t-mark" x1="{0}" x2="{0}" y1="0" y2="6"/>'
        '<text x="{0}" y="19" text-anchor="{1}">{2}</text></svg>'
    ).format(format_percent(x), anchor, text)


# ── one share with its range ─────────────────────────────────────────────────────────


def draw_interval(low: float, at: float | None, high: float, *, label: str) -> Markup:
    """Draw a share between nothing and all: a line for its range, a diamond for itself.

    Without a diamond where nothing but the range is known (`at` is None).
    """
    shapes = Markup(
        '<line class="n-axis" x1="0" x2="100%" y1="12" y2="12"/>'
        '<line class="p-range" x1="{0}" x2="{1}" y1="12" y2="12"/>'
        '<line class="p-range" x1="{0}" x2="{0}" y1="8" y2="16"/>'
        '<line class="p-range" x1="{1}" x2="{1}" y1="8" y2="16"/>'
    ).format(format_percent(low), format_percent(high))
    if at is not None:
        shapes += Markup(
            '<svg x="{}" y="12" overflow="visible"><path class="p-at" '
            'd="M0-5 5 0 0 5-5 0z"/></svg>'
        ).format(format_percent(at))
    return Markup(
        '<svg class="interval" width="100%" height="24" role="img" aria-label="{}">'
        "{}</svg>"
    ).format(label, shapes)


# ── one threshold ────────────────────────────────────────────────────────────────────


def draw_threshold_line(
    numeric: NumericView,
    *,
    labels: Mapping[str, str],
    met: bool,
    aria: str,
) -> Markup:
    """Draw claimed and proven on one axis from zero, with the threshold's right side.

    Empty when there is no threshold, nothing to compare, or a number below zero.
    """
    limit, claimed, proven = numeric.threshold, numeric.claimed, numeric.proven
    numbers = [number for number in (claimed, proven) if number is not None]
    if not numbers or min(*numbers, limit) < 0 or max(*numbers, limit) == 0:
        return Markup("")
    whole = 1.35 * max(*numbers, limit)
    at = limit / whole
    direction = numeric.direction
    zone = ""
    if direction in (">=", ">", "≥", "＞"):
        zone = _draw_zone(at, 1.0)
    elif direction in ("<=", "<", "≤", "＜"):
        zone = _draw_zone(0.0, at)
    shapes = Markup(zone + '<line class="n-axis" x1="0" x2="100%" y1="44" y2="44"/>')
    shapes += Markup(
        '<line class="n-limit" x1="{0}" x2="{0}" y1="24" y2="50"/>'
        '<text class="n-limit-text" x="{0}" y="17" text-anchor="{1}">{2}</text>'
        '<text class="n-zero" x="0" y="65">0</text>'
    ).format(format_percent(at), _choose_anchor(at), labels["threshold"])
    places = [None if n is None else n / whole for n in (claimed, proven)]
    shapes += _draw_point("claimed", places[0], 65, labels["claimed"], met=met)
    crowded = places[0] is not None and places[1] is not None
    crowded = crowded and abs((places[0] or 0) - (places[1] or 0)) < 0.5
    low = 83 if crowded else 65
    shapes += _draw_point("proven", places[1], low, labels["proven"], met=met)
    return Markup(
        '<svg class="threshold" width="100%" height="{}" role="img" aria-label="{}">'
        "{}</svg>"
    ).format(low + 7, aria, shapes)


def _draw_zone(left: float, right: float) -> str:
    return (
        f'<rect class="n-zone" x="{format_percent(left)}" y="32" '
        f'width="{format_percent(right - left)}" height="12"/>'
    )


def _choose_anchor(x: float) -> str:
    return "start" if x < 0.2 else "end" if x > 0.8 else "middle"


def _draw_point(kind: str, x: float | None, y: int, label: str, *, met: bool) -> Markup:
    if x is None:
        return Markup("")
    shape = (
        '<circle cx="0" cy="0" r="5"/>'
        if kind == "claimed"
        else '<path d="M0-7 7 0 0 7-7 0z"/>'
    )
    tone = " n-good" if kind == "proven" and met else ""
    anchor = _choose_anchor(x)
    shift = 0 if anchor == "middle" else -5 if anchor == "start" else 5
    # Beside the zero of the axis a label would cover it.
    dx = 14 if x < 0.05 and y == 65 else shift
    return Markup(
        '<g class="n-{0}{1}"><svg x="{2}" y="44" overflow="visible">{3}</svg>'
        '<text x="{2}" y="{4}" dx="{5}" text-anchor="{6}">{7}</text></g>'
    ).format(kind, tone, format_percent(x), Markup(shape), y, dx, anchor, label)
