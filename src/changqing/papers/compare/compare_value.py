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


def compare_value(target: SoughtValue) -> Comparison:
    """Hold one typed value against the reading of its paper."""
    if target.text.is_empty:
        return make_unreadable(target.text.reading)
    if target.said.words:
        pointed = compare_pointing(target, target.said.words)
        return make_gap(target, SAYS_BOTH) if _is_denied(target, pointed) else pointed
    if target.is_element:
        return compare_element(target)
    if target.said.subject.type == "paper":
        comparison = compare_paper_itself(target)
        if comparison is not None:
            return comparison
    lines = target.find_lines()
    if lines is None:
        return make_gap(target, name_missing(target.names, target.said.subject))
    match target.fact.type.kind:
        case Kind.BOOLEAN | Kind.CATEGORY:
            return compare_phrases(target, lines)
        case Kind.SET:
            return compare_members(target, lines)
        case _:
            return compare_plain_value(target, lines)


def _is_denied(target: SoughtValue, comparison: Comparison) -> bool:
    """Whether the paper says another number or day at the very label than is quoted.

    上年参保人数：12人 is words of the paper as well as 参保人数：3人 below it.
    """
    kind = target.fact.type.kind
    if comparison.outcome is not ReadOutcome.READ or kind not in (
        Kind.NUMBER,
        Kind.DATE,
    ):
        return False
    lines = target.find_lines()
    if lines is None:
        return False
    return compare_plain_value(target, lines).outcome is ReadOutcome.DENIED
