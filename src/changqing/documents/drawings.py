"""The drawings of the dossier: SVG of a fixed size, for paper.

Each says what the tables beside it say: who answers to whom, who holds what, until when
what the service rests on is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from html import escape
from typing import Final

from changqing.case.model import Case, Member
from changqing.documents.naming import widen_brackets
from changqing.judge.model import Situation
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.outlook.endurance import Endurance, Support
from changqing.report.charts import TimeScale
from changqing.rules.types import WHOLE_SHARE

CHARTS: Final[Mapping[str, str]] = {
    "organisation": "公司组织结构图",
    "equity": "股权结构图",
    "endurance": "期限图",
}

_ENDS: Final = frozenset({"person", "state", "listed"})
"""Holders above whom nobody is asked for."""

_SHARE: Final = "basis_points"
_WIDTH = 640
_BOX, _GAP = 50, 34  # heights of a box and of what is between two levels
_SIDE, _TRUNK = 12, 4  # where boxes begin, and the line that joins lines of a level
_LEAST_SIZE = 9.5  # points: a name is not set smaller
_ABOVE = ("legal_representative", "manager")
_INK, _SOFT, _GOOD, _PALE = "#1d2733", "#6b7682", "#2f6b4f", "#b9c9bf"


def draw_chart(
    name: str,
    case: Case,
    catalogue: Catalogue,
    situation: Situation,
    endurance: Endurance,
) -> str | None:
    """Draw a chart of `CHARTS` as SVG; None where nothing is known to draw."""
    match name:
        case "organisation":
            return draw_organisation(case, catalogue)
        case "equity":
            return draw_equity(case, situation)
        case "endurance":
            return draw_endurance(endurance, situation.as_of)
    raise ValueError(name)


def draw_organisation(case: Case, catalogue: Catalogue) -> str | None:
    """Draw legal representative, managers, then the posts with who holds them."""
    if not case.people:
        return None
    labels = catalogue.facts["person", "roles"].value_labels
    levels: list[list[tuple[str, str]]] = []
    for role in _ABOVE:
        holders = [person for person in case.people if role in person.roles]
        if holders:
            levels.append([(labels[role].zh, person.name) for person in holders])
    posts: dict[str, list[Member]] = {}
    for member in case.people:
        for role in member.roles:
            if role not in _ABOVE:
                posts.setdefault(role, []).append(member)
    if posts:
        levels.append(
            [
                (labels[kind].zh, "、".join(person.name for person in people))
                for kind, people in posts.items()
            ]
        )
    return _draw_tree([[(case.name, "")], *levels])


def find_end(holder: Member, situation: Situation) -> str | None:
    """Find in what the line of a holder ends; None where layers above are left open."""
    ends = situation.resolved.get((holder.subject, "ends_in"))
    end = holder.kind if ends is None else ends.best or holder.kind
    return str(end) if end in _ENDS else None


def draw_equity(case: Case, situation: Situation) -> str | None:
    """Draw every holder and share over the company; dashed where a line is open.

    What the shares leave of the whole stands in a box of its own.
    """
    if not case.holders:
        return None
    top: list[tuple[str, str]] = []
    dashed: set[int] = set()
    left: int | None = WHOLE_SHARE
    ends_in = case.catalogue.facts["holder", "ends_in"]
    for place, holder in enumerate(case.holders):
        share_fact = situation.resolved.get((holder.subject, "share"))
        share = None if share_fact is None else share_fact.best
        if isinstance(share, int):
            caption = say_number(share, _SHARE).zh
            left = None if left is None else left - share
        else:
            caption, left = "比例待补", None
        end = find_end(holder, situation)
        if end is None:
            dashed.add(place)
            caption += "，其股东待列明"
        else:
            caption += f"，{ends_in.value_labels[end].zh}"
        top.append((widen_brackets(holder.name), caption))
    if left is not None and left > len(case.holders):
        dashed.add(len(top))
        top.append(("其余股东", f"{say_number(left, _SHARE).zh}，待列明"))
    return _draw_tree([top, [(case.name, "申请公司")]], dashed=frozenset(dashed))


def draw_endurance(endurance: Endurance, as_of: date) -> str | None:
    """Draw until when each commitment and renewal is proven, against the term."""
    rows = [*endurance.commitments, *endurance.renewals]
    ends = [day for row in rows for day in (row.proven_until, row.claimed_until) if day]
    if not ends:
        return None
    term = endurance.term
    last = max([*ends, *([] if term is None else [term.end])])
    span = max(365, last.toordinal() - as_of.toordinal())
    scale = TimeScale(
        start=as_of,
        end=TimeScale.find_day_beyond(as_of, span),
        band=None if term is None else (term.start, term.end),
        mark=endurance.committed_until,
    )
    right, line = _WIDTH - 12, 30
    names = max(_measure_text(row.commitment.label.zh) for row in rows)
    left = min(300.0, max(150.0, 12 * names + 20))
    height = 34 + line * len(rows) + 26

    def scale_day(day: date) -> float:
        return left + (right - left) * scale.find_place(day)

    shapes: list[str] = []
    if scale.band is not None:
        first, end = (scale_day(day) for day in scale.band)
        shapes.append(
            f'<rect x="{first:.1f}" y="24" width="{end - first:.1f}" '
            f'height="{line * len(rows) + 6}" fill="#eef2f0"/>'
        )
    for year in range(as_of.year + 1, scale.end.year + 1):
        x = scale_day(date(year, 1, 1))
        if x < right - 14:
            shapes.append(_draw_line(x, 24, x, 30 + line * len(rows), "#d5dbd8"))
            shapes.append(_draw_text(x, 17, str(year), size=11, fill=_SOFT))
    if scale.mark is not None:
        x = scale_day(scale.mark)
        shapes.append(_draw_line(x, 24, x, 34 + line * len(rows), "#a33b2e"))
        anchor = "start" if x < _WIDTH * 0.6 else "end"
        shapes.append(
            _draw_text(
                x,
                height - 8,
                f"有材料证明的最早到期 {scale.mark.isoformat()}",
                size=11,
                fill="#a33b2e",
                anchor=anchor,
            )
        )
    for place, row in enumerate(rows):
        shapes += _draw_row(row, 32 + line * place, left, right, scale_day)
    return _wrap_svg(height, shapes)


def _draw_row(
    row: Support, y: float, left: float, right: float, at: Callable[[date], float]
) -> list[str]:
    """Draw how long one support lasts: claimed in pale, proven over it, a caption."""
    name = row.commitment.label.zh
    size = min(12, (left - 16) / max(1.0, _measure_text(name)))
    shapes = [_draw_text(left - 10, y + 14, name, size=size, anchor="end")]
    if row.open_ended or (row.claimed_open_ended and row.proven_until is None):
        bar, ink = (_GOOD, "#ffffff") if row.open_ended else (_PALE, _INK)
        shapes.append(_draw_bar(left, y, right - left, bar))
        endless = row.commitment.endless
        caption = "没有期限" if endless is None else endless.zh
        caption += "" if row.open_ended else " 公司申报"
        shapes.append(
            _draw_text(left + 6, y + 14, caption, size=11, fill=ink, anchor="start")
        )
        return shapes
    if row.claimed_until is not None:
        shapes.append(_draw_bar(left, y, at(row.claimed_until) - left, _PALE))
    if row.proven_until is not None:
        x = at(row.proven_until)
        shapes.append(_draw_bar(left, y, x - left, _GOOD))
        caption = row.proven_until.isoformat()
        if row.commitment.kind != "commitment":
            caption = f"现至{caption}"
        if row.early_until is not None and row.early_until < row.proven_until:
            caption += f"，最早{row.early_until.isoformat()}"
    elif row.claimed_until is not None:
        caption, x = f"{row.claimed_until.isoformat()} 公司申报", at(row.claimed_until)
    else:
        caption, x = "期限待补", left
    outside = x + 6.2 * len(caption) + 20 < right
    shapes.append(
        _draw_text(
            x + 6 if outside else x - 6,
            y + 14,
            caption,
            size=11,
            fill=_INK if outside else "#ffffff",
            anchor="start" if outside else "end",
            halo=outside,
        )
    )
    return shapes


def _draw_tree(
    levels: list[list[tuple[str, str]]], *, dashed: frozenset[int] = frozenset()
) -> str:
    """Draw boxes in levels, every level joined to the next by one rail.

    A level of several lines has a rail for each, and a line at the side joins them.
    """
    shapes: list[str] = []
    y = 6.0
    joints: list[float] = []  # where the level above lets its lines down
    for depth, level in enumerate(levels):
        goes_on = depth + 1 < len(levels)
        lines = _split_lines(level)
        rails: list[float] = []
        count = 0
        for index, line in enumerate(lines):
            step = (_WIDTH - 2 * _SIDE) / len(line)
            wide = max(196, _measure_longest(level) * _LEAST_SIZE + 12)
            width = min(300 if len(line) == 1 else wide, step - 12)
            middles = [_SIDE + step * (place + 0.5) for place in range(len(line))]
            ends = [*middles, _TRUNK] if len(lines) > 1 else middles
            rail = y + _GAP / 2
            if depth > 0:
                reached = [*ends, *joints] if index == 0 else ends
                rails.append(rail)
                shapes.append(_draw_line(min(reached), rail, max(reached), rail, _SOFT))
                shapes += [_draw_line(x, rail, x, y + _GAP, _SOFT) for x in middles]
            if depth > 0 or index > 0:
                y += _GAP
            for x, (name, below) in zip(middles, line, strict=True):
                broken = depth == 0 and count in dashed
                shapes += _draw_box(x, y, width, _BOX, name, below, dashed=broken)
                count += 1
            y += _BOX
            rail = y + _GAP / 2
            if goes_on and depth == 0:
                rails.append(rail)
                shapes.append(_draw_line(min(ends), rail, max(ends), rail, _SOFT))
            if goes_on and (depth == 0 or index + 1 == len(lines)):
                shapes += [_draw_line(x, y, x, rail, _SOFT) for x in middles]
                joints = ends if depth == 0 else middles
        if len(rails) > 1:
            shapes.append(_draw_line(_TRUNK, rails[0], _TRUNK, rails[-1], _SOFT))
    return _wrap_svg(y + 6, shapes)


def _split_lines(level: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Split a level into lines of like length, in which every name can be read."""
    needed = _measure_longest(level) * _LEAST_SIZE + 24
    most = max(1, int((_WIDTH - 2 * _SIDE) // needed))
    count = -(-len(level) // most)
    size = -(-len(level) // count)
    return [level[i : i + size] for i in range(0, len(level), size)]


def _measure_longest(level: list[tuple[str, str]]) -> float:
    return max(_measure_text(words) for box in level for words in box)


def _draw_box(
    x: float,
    y: float,
    width: float,
    height: float,
    name: str,
    below: str,
    *,
    dashed: bool,
) -> list[str]:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    size = min(13.0, (width - 10) / max(1.0, _measure_text(name)))
    shapes = [
        f'<rect x="{x - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}" rx="2" fill="#ffffff" stroke="{_INK}"{dash}/>',
        _draw_text(x, y + (21 if below else 30), name, size=size, anchor="middle"),
    ]
    if below:
        small = min(11.0, (width - 10) / max(1.0, _measure_text(below)))
        shapes.append(
            _draw_text(x, y + 39, below, size=small, fill=_SOFT, anchor="middle")
        )
    return shapes


def _measure_text(text: str) -> float:
    """How wide a text is, in Chinese characters: a Latin letter is some six tenths."""
    return sum(0.6 if sign.isascii() else 1.0 for sign in text)


def _draw_bar(x: float, y: float, width: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="18" '
        f'fill="{fill}"/>'
    )


def _draw_line(x1: float, y1: float, x2: float, y2: float, stroke: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{stroke}"/>'
    )


def _draw_text(
    x: float,
    y: float,
    text: str,
    *,
    size: float = 12,
    fill: str = _INK,
    anchor: str = "middle",
    halo: bool = False,
) -> str:
    # Words that a line crosses keep white around them.
    around = ' stroke="#ffffff" stroke-width="3" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="Noto Sans SC" '
        f'font-size="{size:.1f}" fill="{fill}" text-anchor="{anchor}"{around}>'
        f"{escape(text)}</text>"
    )


def _wrap_svg(height: float, shapes: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" '
        f'width="{_WIDTH}" height="{height:.0f}">{"".join(shapes)}</svg>\n'
    )
