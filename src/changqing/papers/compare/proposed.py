"""What the layout of a paper says of a value that its lines were not found to say.

A month in a matrix, a count of rows, a term reckoned from its first day: what `readers`
propose for a paper is held against what was typed. The same is read; another value that
was read surely denies it; what is unclear stays a gap.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.normalise import are_comparable
from changqing.case.page import squeeze
from changqing.papers.compare.outcome import (
    SAYS_BOTH,
    describe_denial,
    make_gap,
)
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import (
    MAX_WORDS,
    UNITS,
    find_counts,
    join_quotes,
)
from changqing.rules.types import Kind, Value

if TYPE_CHECKING:
    from changqing.papers.part import PaperPart
    from changqing.readers.layout import Quote
    from changqing.readers.proposal import (
        ProposedElement,
        ProposedFact,
        ProposedPaper,
        UnclearFact,
    )

LEAST_SURE: Final = 70
"""Of 100: a value read less surely says nothing, be it the very one that was typed."""
SURE_TO_DENY: Final = 90
"""Of 100: a value read less surely denies nothing."""
_DENIED: Final = frozenset({"company_name", "credit_code", "domain", "person"})
"""Kinds of text of which another one is surely another, however it is written."""
_BETWEEN: Final = re.compile(r"[、,;]")
_NEARLY: Final = 0.6  # of the letters: two names of which one may be the other, misread


def asks_layout(target: SoughtValue, comparison: Comparison) -> bool:
    """Tell whether what the lines said leaves a question that the layout may answer.

    It may where nothing was found, where the lines deny it, and where a value stands
    somewhere else than it was said to. Of words that were pointed at, the layout knows
    by themselves what the lines do not: a share in its column, a month in its row; and
    what the paper says elsewhere. What it says both ways is for a person.
    """
    if target.material is None:
        return False
    if target.asks_for_all:
        return True
    if comparison.outcome is not ReadOutcome.READ:
        return comparison.why != SAYS_BOTH
    if target.said.words:
        return target.rule is not None
    measured = target.fact.type.kind in (Kind.DATE, Kind.NUMBER)
    elsewhere = target.place is not None and not comparison.at_place
    return measured and elsewhere and target.rule is not None


def compare_proposed(
    target: SoughtValue, comparison: Comparison, part: PaperPart
) -> Comparison:
    """Hold a typed value against what is proposed for its paper, where it says more.

    `comparison` is what the lines said: not found, or standing where nobody said it
    does.
    """
    if target.asks_for_all and not target.said.words:
        comparison = _leave_open(target, comparison)
    if part.shown is None:
        return comparison
    if target.said.words and not target.asks_for_all:
        return _compare_quoted(target, comparison, part.shown)
    if target.is_element:
        for element in part.shown.elements:
            if element.element == target.fact.id:
                return _compare_element(target, comparison, element)
        return comparison
    for unclear in part.shown.unclear:
        if _is_of(target, unclear):
            gap = make_gap(target, unclear.why)
            return gap if target.asks_for_all else _keep_answer(comparison, gap)
    for proposed in part.shown.facts:
        if _is_of(target, proposed):
            return _compare_fact(target, comparison, proposed)
    return comparison


def _compare_quoted(
    target: SoughtValue, comparison: Comparison, proposed_paper: ProposedPaper
) -> Comparison:
    """Hold a value against what is read from the very words that were pointed at.

    A person looked at them and a program reads the same in them, however surely. Words
    from which it reads something else are for the lines to judge; where the paper says
    another value surely, its words somewhere else prove none: the day on which a
    deposit is paid back is in a lease too.
    """
    words = squeeze(target.said.words or "")
    proposals = [fact for fact in proposed_paper.facts if _is_of(target, fact)]
    values_read = [(proposed.value, proposed.quote) for proposed in proposals]
    if target.is_element:
        values_read = [
            (element.stated, element.quote)
            for element in proposed_paper.elements
            if element.element == target.fact.id and element.quote is not None
        ]
    for value, quote in values_read:
        if squeeze(quote.text) != words or not _says(target, value):
            continue
        if comparison.outcome is ReadOutcome.DENIED:
            return make_gap(target, SAYS_BOTH)
        return _make_comparison(target, ReadOutcome.READ, quote)
    if comparison.outcome is ReadOutcome.READ and any(
        _is_sure(proposed)
        and not _says(target, proposed.value)
        and (_denies(target, proposed.value) or _is_cut(target, proposed.value))
        for proposed in proposals
    ):
        return make_gap(target, SAYS_BOTH)
    return comparison


def _is_cut(target: SoughtValue, value: Value) -> bool:
    """Whether a name was typed of which the paper has more: 梁其 of 梁其安."""
    typed = target.value
    if target.fact.text_kind != "person" or not isinstance(value, str):
        return False
    return isinstance(typed, str) and squeeze(typed) in squeeze(value)


def _leave_open(target: SoughtValue, comparison: Comparison) -> Comparison:
    """Leave open what only the whole of a table says, whatever its single lines say.

    That each person typed stands in a plan does not say that it names nobody else, nor
    that somebody who stands in a list of the insured is insured still. A line that the
    paper itself calls what is asked for, and that says it whole, does.
    """
    if comparison.outcome is not ReadOutcome.READ or _is_said_whole(target):
        return comparison
    return make_gap(target, None)


def _is_said_whole(target: SoughtValue) -> bool:
    """Whether one line alone is called what is asked for, and gives just that.

    The head of a column does not do: 责任人 names who does one thing.
    """
    label = squeeze(target.fact.label.zh)
    lines = (line.bare.partition(":") for line in target.text.lines)
    labelled_words = [
        words.strip("。.") for name, colon, words in lines if colon and name == label
    ]
    if len(labelled_words) != 1:
        return False
    if isinstance(target.value, frozenset):
        return set(_BETWEEN.split(labelled_words[0])) == target.value
    unit = UNITS.get(target.fact.unit or "count", "")
    return any(
        number == target.value
        and begin == 0
        and re.fullmatch(f"(?:{unit})?", labelled_words[0][end:])
        for number, begin, end in find_counts(labelled_words[0])
    )


def _is_of(target: SoughtValue, proposed: ProposedFact | UnclearFact) -> bool:
    subject = target.said.subject
    if proposed.fact != target.fact.id:
        return False
    # The paper itself has no id before it is taken in.
    return proposed.subject == subject or (
        subject.type == proposed.subject.type == "paper"
    )


def _keep_answer(comparison: Comparison, other: Comparison) -> Comparison:
    return other if comparison.outcome is ReadOutcome.NOT_FOUND else comparison


def _is_sure(proposed: ProposedFact) -> bool:
    """Whether a value was read surely enough to deny another."""
    confidence = min(proposed.confidence, proposed.quote.confidence)
    checked = any(check.name != "KNOWN" for check in proposed.checks)
    return confidence >= SURE_TO_DENY or checked


def _compare_fact(
    target: SoughtValue, comparison: Comparison, proposed: ProposedFact
) -> Comparison:
    """Let what was read by the layout confirm, deny or unsettle a comparison."""
    confidence = min(proposed.confidence, proposed.quote.confidence)
    sure = _is_sure(proposed)
    if _says(target, proposed.value):
        if comparison.outcome is ReadOutcome.READ:
            return comparison
        # Of two answers one is met by chance: a yes has to be read surely.
        chance = target.fact.type.kind in (Kind.BOOLEAN, Kind.CATEGORY)
        if comparison.outcome is ReadOutcome.DENIED and chance:
            return make_gap(target, SAYS_BOTH) if sure else comparison
        if sure or (confidence >= LEAST_SURE and not chance):
            return _make_comparison(target, ReadOutcome.READ, proposed.quote)
        return comparison
    if target.asks_for_all and comparison.outcome is ReadOutcome.READ:
        return make_gap(target, SAYS_BOTH)
    if not sure or not _denies(target, proposed.value):
        return comparison
    if comparison.outcome is ReadOutcome.READ:
        return make_gap(target, SAYS_BOTH)
    if comparison.outcome is ReadOutcome.DENIED:
        return comparison
    denial = _make_comparison(target, ReadOutcome.DENIED, proposed.quote)
    return replace(
        denial, stands=proposed.value, why=describe_denial(denial.words or "")
    )


def _compare_element(
    target: SoughtValue, comparison: Comparison, element: ProposedElement
) -> Comparison:
    if element.quote is None or element.confidence < SURE_TO_DENY:
        return comparison
    if element.stated is target.value:
        return _keep_answer(
            comparison, _make_comparison(target, ReadOutcome.READ, element.quote)
        )
    if comparison.outcome is not ReadOutcome.NOT_FOUND:
        return comparison
    denial = _make_comparison(target, ReadOutcome.DENIED, element.quote)
    return replace(
        denial, stands=element.stated, why=describe_denial(denial.words or "")
    )


def _says(target: SoughtValue, value: Value) -> bool:
    """Whether a value that was read is what was typed, or holds it."""
    typed = target.value
    if isinstance(typed, frozenset) and isinstance(value, frozenset):
        if target.asks_for_all and target.is_own_paper:
            return typed == value
        return bool(typed) and typed <= value
    if isinstance(typed, str) and isinstance(value, str):
        if target.fact.text_kind in ("address", "company_name"):
            return squeeze(typed) in squeeze(value)
        return squeeze(typed) == squeeze(value)
    return target.is_same(value)


def _denies(target: SoughtValue, value: Value) -> bool:
    """Whether a value that was read cannot stand beside what was typed."""
    typed, kind = target.value, target.fact.text_kind
    if isinstance(typed, frozenset):
        # A paper need not list all, unless all are what is asked for.
        return target.asks_for_all and target.is_own_paper
    if target.fact.type.kind is Kind.TEXT:
        if not isinstance(typed, str) or not isinstance(value, str):
            return False
        if kind not in _DENIED or not are_comparable(kind, value, typed):
            return False
        if typed in value or value in typed:
            return False
        return kind in ("credit_code", "domain") or not _is_nearly(typed, value)
    return True


def _is_nearly(first: str, second: str) -> bool:
    return SequenceMatcher(None, first, second).ratio() > _NEARLY


def _make_comparison(
    target: SoughtValue, outcome: ReadOutcome, quote: Quote
) -> Comparison:
    box = quote.box
    return Comparison(
        outcome=outcome,
        page=quote.page,
        box=None if box is None else (box.left, box.top, box.right, box.bottom),
        words=_quote_pieces(target, quote),
        at_place=any(map(target.is_at_place, _find_lines(target, quote))),
    )


def _quote_pieces(target: SoughtValue, quote: Quote) -> str:
    """The words of a quotation, in pieces where they do not stand together."""
    whole = quote.text
    page = "".join(line.bare for line in target.text.lines if line.page == quote.page)
    if len(whole) <= MAX_WORDS and squeeze(whole) in page:
        return whole
    return join_quotes(piece.text for piece in quote.pieces if piece.text.strip())


def _find_lines(target: SoughtValue, quote: Quote) -> list[int]:
    """Find the lines in which the pieces of a quotation stand."""
    spans = [piece.span for piece in quote.pieces]
    return [
        at
        for at, line in enumerate(target.text.lines)
        if line.page == quote.page and any(part.span in spans for part in line.parts)
    ]
