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


def asks_layout(sought: SoughtValue, found: Comparison) -> bool:
    """Tell whether what the lines said leaves a question that the layout may answer.

    It may where nothing was found, where the lines deny it, and where a value stands
    somewhere else than it was said to. Of words that were pointed at, the layout knows
    by themselves what the lines do not: a share in its column, a month in its row; and
    what the paper says elsewhere. What it says both ways is for a person.
    """
    if sought.material is None:
        return False
    if sought.asks_for_all:
        return True
    if found.outcome is not ReadOutcome.READ:
        return found.why != SAYS_BOTH
    if sought.said.words:
        return sought.rule is not None
    measured = sought.fact.type.kind in (Kind.DATE, Kind.NUMBER)
    elsewhere = sought.place is not None and not found.at_place
    return measured and elsewhere and sought.rule is not None


def compare_proposed(
    sought: SoughtValue, found: Comparison, part: PaperPart
) -> Comparison:
    """Hold a typed value against what is proposed for its paper, where it says more.

    `found` is what the lines said: not found, or standing where nobody said it does.
    """
    if sought.asks_for_all and not sought.said.words:
        found = _leave_open(sought, found)
    if part.shown is None:
        return found
    if sought.said.words and not sought.asks_for_all:
        return _compare_quoted(sought, found, part.shown)
    if sought.is_element:
        for element in part.shown.elements:
            if element.element == sought.fact.id:
                return _compare_element(sought, found, element)
        return found
    for unclear in part.shown.unclear:
        if _is_of(sought, unclear):
            gap = make_gap(sought, unclear.why)
            return gap if sought.asks_for_all else _keep_answer(found, gap)
    for proposed in part.shown.facts:
        if _is_of(sought, proposed):
            return _compare_fact(sought, found, proposed)
    return found


def _compare_quoted(
    sought: SoughtValue, comparison: Comparison, proposed_paper: ProposedPaper
) -> Comparison:
    """Hold a value against what is read from the very words that were pointed at.

    A person looked at them and a program reads the same in them, however surely. Words
    from which it reads something else are for the lines to judge; where the paper says
    another value surely, its words somewhere else prove none: the day on which a
    deposit is paid back is in a lease too.
    """
    words = squeeze(sought.said.words or "")
    proposals = [fact for fact in proposed_paper.facts if _is_of(sought, fact)]
    values_read = [(proposed.value, proposed.quote) for proposed in proposals]
    if sought.is_element:
        values_read = [
            (element.stated, element.quote)
            for element in proposed_paper.elements
            if element.element == sought.fact.id and element.quote is not None
        ]
    for value, quote in values_read:
        if squeeze(quote.text) != words or not _says(sought, value):
            continue
        if comparison.outcome is ReadOutcome.DENIED:
            return make_gap(sought, SAYS_BOTH)
        return _make_comparison(sought, ReadOutcome.READ, quote)
    if comparison.outcome is ReadOutcome.READ and any(
        _is_sure(proposed)
        and not _says(sought, proposed.value)
        and (_denies(sought, proposed.value) or _is_cut(sought, proposed.value))
        for proposed in proposals
    ):
        return make_gap(sought, SAYS_BOTH)
    return comparison


def _is_cut(sought: SoughtValue, value: Value) -> bool:
    """Whether a name was typed of which the paper has more: 梁其 of 梁其安."""
    typed = sought.value
    if sought.fact.text_kind != "person" or not isinstance(value, str):
        return False
    return isinstance(typed, str) and squeeze(typed) in squeeze(value)


def _leave_open(sought: SoughtValue, comparison: Comparison) -> Comparison:
    """Leave open what only the whole of a table says, whatever its single lines say.

    That each person typed stands in a plan does not say that it names nobody else, nor
    that somebody who stands in a list of the insured is insured still. A line that the
    paper itself calls what is asked for, and that says it whole, does.
    """
    if comparison.outcome is not ReadOutcome.READ or _is_said_whole(sought):
        return comparison
    return make_gap(sought, None)


def _is_said_whole(sought: SoughtValue) -> bool:
    """Whether one line alone is called what is asked for, and gives just that.

    The head of a column does not do: 责任人 names who does one thing.
    """
    label = squeeze(sought.fact.label.zh)
    lines = (line.bare.partition(":") for line in sought.text.lines)
    labelled_words = [
        words.strip("。.") for name, colon, words in lines if colon and name == label
    ]
    if len(labelled_words) != 1:
        return False
    if isinstance(sought.value, frozenset):
        return set(_BETWEEN.split(labelled_words[0])) == sought.value
    unit = UNITS.get(sought.fact.unit or "count", "")
    return any(
        number == sought.value
        and begin == 0
        and re.fullmatch(f"(?:{unit})?", labelled_words[0][end:])
        for number, begin, end in find_counts(labelled_words[0])
    )


def _is_of(sought: SoughtValue, proposed: ProposedFact | UnclearFact) -> bool:
    subject = sought.said.subject
    if proposed.fact != sought.fact.id:
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
    sought: SoughtValue, comparison: Comparison, proposed: ProposedFact
) -> Comparison:
    confidence = min(proposed.confidence, proposed.quote.confidence)
    sure = _is_sure(proposed)
    if _says(sought, proposed.value):
        if comparison.outcome is ReadOutcome.READ:
            return comparison
        # Of two answers one is met by chance: a yes has to be read surely.
        chance = sought.fact.type.kind in (Kind.BOOLEAN, Kind.CATEGORY)
        if comparison.outcome is ReadOutcome.DENIED and chance:
            return make_gap(sought, SAYS_BOTH) if sure else comparison
        if sure or (confidence >= LEAST_SURE and not chance):
            return _make_comparison(sought, ReadOutcome.READ, proposed.quote)
        return comparison
    if sought.asks_for_all and comparison.outcome is ReadOutcome.READ:
        return make_gap(sought, SAYS_BOTH)
    if not sure or not _denies(sought, proposed.value):
        return comparison
    if comparison.outcome is ReadOutcome.READ:
        return make_gap(sought, SAYS_BOTH)
    if comparison.outcome is ReadOutcome.DENIED:
        return comparison
    denial = _make_comparison(sought, ReadOutcome.DENIED, proposed.quote)
    return replace(
        denial, stands=proposed.value, why=describe_denial(denial.words or "")
    )


def _compare_element(
    sought: SoughtValue, comparison: Comparison, element: ProposedElement
) -> Comparison:
    if element.quote is None or element.confidence < SURE_TO_DENY:
        return comparison
    if element.stated is sought.value:
        return _keep_answer(
            comparison, _make_comparison(sought, ReadOutcome.READ, element.quote)
        )
    if comparison.outcome is not ReadOutcome.NOT_FOUND:
        return comparison
    denial = _make_comparison(sought, ReadOutcome.DENIED, element.quote)
    return replace(
        denial, stands=element.stated, why=describe_denial(denial.words or "")
    )


def _says(sought: SoughtValue, value: Value) -> bool:
    """Whether a value that was read is what was typed, or holds it."""
    typed = sought.value
    if isinstance(typed, frozenset) and isinstance(value, frozenset):
        if sought.asks_for_all and sought.is_own_paper:
            return typed == value
        return bool(typed) and typed <= value
    if isinstance(typed, str) and isinstance(value, str):
        if sought.fact.text_kind in ("address", "company_name"):
            return squeeze(typed) in squeeze(value)
        return squeeze(typed) == squeeze(value)
    return sought.is_same(value)


def _denies(sought: SoughtValue, value: Value) -> bool:
    """Whether a value that was read cannot stand beside what was typed."""
    typed, kind = sought.value, sought.fact.text_kind
    if isinstance(typed, frozenset):
        # A paper need not list all, unless all are what is asked for.
        return sought.asks_for_all and sought.is_own_paper
    if sought.fact.type.kind is Kind.TEXT:
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
    sought: SoughtValue, outcome: ReadOutcome, quote: Quote
) -> Comparison:
    box = quote.box
    return Comparison(
        outcome=outcome,
        page=quote.page,
        box=None if box is None else (box.left, box.top, box.right, box.bottom),
        words=_quote_pieces(sought, quote),
        at_place=any(map(sought.is_at_place, _find_lines(sought, quote))),
    )


def _quote_pieces(sought: SoughtValue, quote: Quote) -> str:
    """The words of a quotation, in pieces where they do not stand together."""
    whole = quote.text
    page = "".join(line.bare for line in sought.text.lines if line.page == quote.page)
    if len(whole) <= MAX_WORDS and squeeze(whole) in page:
        return whole
    return join_quotes(piece.text for piece in quote.pieces if piece.text.strip())


def _find_lines(sought: SoughtValue, quote: Quote) -> list[int]:
    """Find the lines in which the pieces of a quotation stand."""
    spans = [piece.span for piece in quote.pieces]
    return [
        at
        for at, line in enumerate(sought.text.lines)
        if line.page == quote.page and any(part.span in spans for part in line.parts)
    ]
