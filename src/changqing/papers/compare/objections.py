"""What a paper itself holds against a value that was found in it.

Frozen money stands in a statement as any other does, and the term of a lease in its
draft: that a value stands there proves nothing where the paper takes it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.page import squeeze
from changqing.evidence.paper_text import PaperText
from changqing.evidence.void_marks import HEAD_ROWS, ends_contract, is_stamped_void
from changqing.law.kinds.material import Material
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import compile_phrases
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.readers.proposal import PaperPages


def may_be_void(text: PaperText, material: Material) -> bool:
    """Tell whether to ask if a paper was ended or is a draft.

    Words of it stand there.
    """
    for at, line in enumerate(text.lines):
        head = at < HEAD_ROWS
        for part in line.parts:
            if is_stamped_void(part.bare, in_head=head):
                return True
            if head and material.void and ends_contract(part.bare):
                return True
    return _has_any(text, material.void)


def may_be_held(target: SoughtValue) -> bool:
    """Tell whether to ask what the paper says against a value.

    Words of it stand there.
    """
    rule = target.rule
    return rule is not None and (
        rule.of_year
        or _has_any(
            target.text, (*rule.doubted_by, *rule.held, *rule.free, *rule.denied_by)
        )
    )


def _has_any(text: PaperText, phrases: tuple[str, ...]) -> bool:
    # A label and its value stand in two cells, with no colon between them.
    words = tuple(squeeze(phrase).replace(":", "") for phrase in phrases)
    whole = "".join(line.bare for line in text.lines).replace(":", "")
    return bool(words) and compile_phrases(words).search(whole) is not None


def find_void_reason(paper: PaperPages) -> Text | None:
    """Find why a paper shows nothing any more: it was ended, or is a draft."""
    from changqing.readers.caveats import find_void

    void = find_void(paper)
    return None if void is None else void.why


def refuse_reading(comparison: Comparison, why: Text | None) -> Comparison:
    """Turn into a gap what was read, where there is a reason against it."""
    if why is None or comparison.outcome is not ReadOutcome.READ:
        return comparison
    return Comparison(outcome=ReadOutcome.NOT_FOUND, why=why)


def refuse_held(
    target: SoughtValue, comparison: Comparison, paper: PaperPages
) -> Comparison:
    """Turn into a gap what was read, and the paper does not let count.

    So too where somebody points at it: a quotation cannot leave out what is beside it.
    Who saw the original may judge otherwise.
    """
    from changqing.readers.caveats import find_objection

    if comparison.outcome is not ReadOutcome.READ or target.rule is None:
        return comparison
    assert target.value is not None  # noqa: S101 - a cleared field is no statement
    against = find_objection(paper, target.rule, target.value)
    return refuse_reading(comparison, None if against is None else against.why)
