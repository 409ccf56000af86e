"""Whether a paper says what somebody typed beside it.

A pure function of the statement, of what its kind of paper prints (`reads` and `shows`
of the material) and of the reading. Found is proven; a value that differs at the very
label, or a phrase that says the opposite, is denied; anything else is not found, which
is a gap and never a no.
"""

from __future__ import annotations

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.papers.compare.elements import compare_element
from changqing.papers.compare.marks import compare_paper_itself
from changqing.papers.compare.outcome import (
    SAYS_BOTH,
    make_gap,
    make_unreadable,
    name_missing,
)
from changqing.papers.compare.phrases import compare_members, compare_phrases
from changqing.papers.compare.pointing import compare_pointing
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.values import compare_plain_value
from changqing.rules.types import Kind


def compare_value(sought: SoughtValue) -> Comparison:
    """Hold one typed value against the reading of its paper."""
    if sought.text.is_empty:
        return make_unreadable(sought.text.reading)
    if sought.said.words:
        pointed = compare_pointing(sought, sought.said.words)
        return make_gap(sought, SAYS_BOTH) if _is_denied(sought, pointed) else pointed
    if sought.is_element:
        return compare_element(sought)
    if sought.said.subject.type == "paper":
        comparison = compare_paper_itself(sought)
        if comparison is not None:
            return comparison
    lines = sought.find_lines()
    if lines is None:
        return make_gap(sought, name_missing(sought.names, sought.said.subject))
    match sought.fact.type.kind:
        case Kind.BOOLEAN | Kind.CATEGORY:
            return compare_phrases(sought, lines)
        case Kind.SET:
            return compare_members(sought, lines)
        case _:
            return compare_plain_value(sought, lines)


def _is_denied(sought: SoughtValue, comparison: Comparison) -> bool:
    """Whether the paper says another number or day at the very label than is quoted.

    上年参保人数：12人 is words of the paper as well as 参保人数：3人 below it.
    """
    kind = sought.fact.type.kind
    if comparison.outcome is not ReadOutcome.READ or kind not in (
        Kind.NUMBER,
        Kind.DATE,
    ):
        return False
    lines = sought.find_lines()
    if lines is None:
        return False
    return compare_plain_value(sought, lines).outcome is ReadOutcome.DENIED
