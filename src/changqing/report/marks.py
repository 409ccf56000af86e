"""Glyphs of verdict and grade, drawn once in each report and used by reference."""

from __future__ import annotations

from markupsafe import Markup

from changqing.law.kit import Grade, GradeGroup

_INSIDE = 'class="g-in" stroke-width'
_RING = 'cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6"'
_DRAWN = {
    "met": '<circle cx="8" cy="8" r="7" fill="currentColor"/>'
    f'<path {_INSIDE}="1.7" d="M4.8 8.3 7 10.5l4.3-4.7"/>',
    "unproven": f"<circle {_RING}/>"
    '<path d="M8 1.8a6.2 6.2 0 0 0 0 12.4z" fill="currentColor"/>',
    "undetermined": f'<circle {_RING} stroke-dasharray="2.43 2.44"/>',
    "unmet": '<rect x="1.5" y="1.5" width="13" height="13" rx="1.5" '
    'fill="currentColor"/>'
    f'<path {_INSIDE}="1.7" d="m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6"/>',
    "contradicted": '<path d="M8 0 16 8l-8 8-8-8z" fill="currentColor"/>'
    f'<path {_INSIDE}="1.3" d="M4.9 6.6h6.2M4.9 9.4h6.2M9.5 4.4l-3 7.2"/>',
    "not_applicable": '<path d="M3 8h10" stroke="currentColor" stroke-width="1.6"/>',
}
_CONIFER = (
    '<symbol id="g-mark" viewBox="0 0 24 24"><path fill="none" stroke="currentColor" '
    'stroke-width="2.2" d="M4 11 12 4l8 7M4 16l8-7 8 7M4 21l8-7 8 7"/></symbol>'
)
SYMBOLS = Markup(
    '<svg class="symbols" width="0" height="0" aria-hidden="true" focusable="false">'
    f"<defs>{_CONIFER}"
    + "".join(
        f'<symbol id="g-{verdict}" viewBox="0 0 16 16">{drawn}</symbol>'
        for verdict, drawn in _DRAWN.items()
    )
    + "</defs></svg>"
)
_STATE_GLYPHS = {
    "ready": "met",
    "in_order": "met",
    "shown": "met",
    "open": "unproven",
    "not_ready": "unmet",
    "breached": "unmet",
    "in_doubt": "unmet",
}
_HOLLOW = ' fill="none"'
_GROUP_STEPS = {group.value: step for step, group in enumerate(GradeGroup, start=1)}
_GRADE_STEPS = _GROUP_STEPS | {
    grade.code: _GROUP_STEPS[grade.group.value] for grade in Grade
}


def draw_glyph(verdict: str, size: int = 16) -> Markup:
    """Draw the shape of a verdict; the word stands beside it."""
    if verdict not in _DRAWN:
        return Markup("")
    return Markup(
        '<svg class="glyph v-{0}" width="{1}" height="{1}" aria-hidden="true">'
        '<use href="#g-{0}"/></svg>'
    ).format(verdict, size)


def state_glyph(state: str, size: int = 28) -> Markup:
    """Draw the shape of a state of either sentence, taken from the verdicts."""
    return draw_glyph(_STATE_GLYPHS.get(state, "undetermined"), size)


def draw_code(code: str, size: int) -> Markup:
    """Draw the shape of a verdict, or of a state of either sentence."""
    return draw_glyph(_STATE_GLYPHS.get(code, code), size)


def grade_steps(grade: str) -> Markup:
    """Draw three rising steps, filled from the left up to the group of the grade."""
    filled = _GRADE_STEPS.get(grade)
    if filled is None:
        return Markup("")
    steps = "".join(
        f'<rect x="{0.5 + 5 * step}" y="{6.5 - 3 * step}" width="4" '
        f'height="{3 * step + 3}"{"" if step < filled else _HOLLOW}/>'
        for step in range(len(GradeGroup))
    )
    return Markup(
        f'<svg class="steps" width="17" height="11" aria-hidden="true">{steps}</svg>'
    )
