"""The elements that a paper states in words: phrases, headings, names beside a duty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from changqing.evidence.reading import MarkKind
from changqing.law.kinds.material import PaperElement
from changqing.readers.joint_words import find_joint_words
from changqing.readers.layout import Quote
from changqing.readers.named_owners import find_named_owner
from changqing.readers.open_points import is_beside_service, is_left_open, is_not_done
from changqing.readers.phrases import Prose
from changqing.readers.proposal import PaperPages, ProposedElement


def find_element(
    paper: PaperPages, prose: Prose, element: str, paper_element: PaperElement
) -> Iterator[ProposedElement]:
    """Find whether a paper states an element: by its words, a heading, or seals."""
    denied = next(_find_words(prose, paper_element.denied, ()), None)
    if denied is not None:
        yield ProposedElement(
            element=element, stated=False, quote=denied, confidence=90
        )
        return
    quote = next(_find_words(prose, paper_element.words, paper_element.unless), None)
    if quote is None:
        joint = find_joint_words(
            prose,
            paper_element.together,
            paper_element.unless,
            tuple(paper.names.members.get("person", {})),
        )
        quote = next(joint, None)
    if quote is None:
        quote = next(prose.find_parts(paper_element.headings), None)
    if quote is None:
        quote = find_named_owner(paper, prose, paper_element.persons)
    if quote is not None:
        yield ProposedElement(
            element=element,
            stated=True,
            quote=quote,
            confidence=min(94, quote.confidence),
        )
        return
    if paper_element.seals is not None:
        seals = sum(
            mark.kind is MarkKind.SEAL
            for page in paper.pages
            for mark in page.page.marks
        )
        if seals >= paper_element.seals:
            yield ProposedElement(
                element=element, stated=True, quote=None, confidence=90
            )


def _find_words(
    prose: Prose, words: Iterable[str], unless: Sequence[str]
) -> Iterator[Quote]:
    listed = list(words)
    text = prose.flow.text
    for match in prose.find_phrases(listed, "[^。;\n]{1,40}?", unless):
        if (
            any(_NONE.match(text, *slot) for slot in match.slots)
            or is_beside_service(prose.read_sentence(match.start, match.end))
            or is_left_open(text, match.start, match.end)
            or is_not_done(text, match.start, match.end)
            or prose.is_bare_heading(match.start, match.end)
        ):
            continue
        yield prose.flow.quote(match.start, match.end)


_NONE: Final = re.compile(
    r"\(?(?:写明|列明|注明|填写|列表)|(?:\t?[一-龥]{2,8}|[^\t]{0,1}\t[一-龥]{0,7}):|[:\t]?[也均尚暂仍]{0,2}(?:无(?!锡|线|形)|没有|未(?!含|来|税)|待定|另行|不详)"
)
"""How what stands for … begins where it says that there is nothing: 从业人数：无."""
