"""Which part of a file is the paper that a case lists, and what is proposed of it.

Pure functions of reading, names and catalogue, whose outcomes are kept in memory by the
digest of the paper: a comparison asks again whenever a case is saved.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from changqing.case.subjects import Subject
from changqing.evidence.reading import Reading
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue
from changqing.papers.cache import PaperCache
from changqing.papers.part import PaperPart
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import (
    CaseNames,
    PaperPages,
    PaperProposal,
    ProposedFact,
    ProposedPaper,
    UnclearFact,
)
from changqing.text import Text

SURE: Final = 90
"""Of 100: a value read less surely contradicts nothing and is asked about as unsure."""


def find_part(
    kind: str,
    reading: Reading,
    names: CaseNames,
    catalogue: Catalogue,
    *,
    cache: PaperCache | None = None,
) -> PaperPart:
    """Find the part of a file that is a paper of a kind, and what is read in it.

    `cache` is that of the case whose names these are.
    """

    def find() -> PaperPart:
        return _find_part(kind, reading, names, catalogue)

    return _find_or_work_out(
        kind,
        (reading, names, catalogue),
        find
        if cache is None
        else lambda: cache.find_or_make("part", kind, reading, (), find),
    )


def list_pages(
    kind: str,
    reading: Reading,
    names: CaseNames,
    catalogue: Catalogue,
    *,
    cache: PaperCache | None = None,
) -> PaperPages:
    """List the pages of the part of a file that is a paper of a kind; else all.

    `cache` as for `find_part`.
    """
    proposed_paper = find_part(kind, reading, names, catalogue, cache=cache).shown
    numbers = () if proposed_paper is None else proposed_paper.pages
    return PaperPages(
        pages=tuple(
            PageLayout(page)
            for page in reading.pages
            if not numbers or page.number in numbers
        ),
        material=catalogue.materials[kind],
        catalogue=catalogue,
        names=names,
    )


def propose_once(
    reading: Reading, names: CaseNames, catalogue: Catalogue
) -> PaperProposal:
    """Propose what a file is and says; what was proposed of it lately is kept."""
    # Here, as below: where all is kept beside the case, nothing of reading is needed.
    from changqing.readers.propose import propose_from

    return _find_or_work_out(
        "",
        (reading, names, catalogue),
        lambda: propose_from(reading, names, catalogue),
    )


def _find_part(
    kind: str, reading: Reading, names: CaseNames, catalogue: Catalogue
) -> PaperPart:
    proposal = propose_once(reading, names, catalogue)
    if proposal.problem is not None:
        return PaperPart(shown=None, problem=proposal.problem)
    doing = {kind, *list_kinds_for(catalogue, kind)}
    parts = merge_parts(proposal.papers)
    mine = next((part for part in parts if part.kind in doing), None)
    if mine is None:
        likely = _find_likely(kind, proposal, catalogue)
        read_paper = _read_as(kind, reading, names, catalogue)
        return PaperPart(
            shown=read_paper if likely is None else None,
            looks_like=likely,
            another=read_paper.another,
        )
    beside = tuple(
        (part.kind, min(part.pages, default=1))
        for part in parts
        if part is not mine and part.kind is not None
    )
    return PaperPart(
        shown=mine if mine.another is None else None,
        another=mine.another,
        beside=beside,
    )


def merge_parts(papers: Sequence[ProposedPaper]) -> list[ProposedPaper]:
    """Put the papers of one kind in a file together: three persons' proofs are one.

    A fact of which two of them say different values is unclear, and of another company
    none is put with those of the applicant.
    """
    parts: dict[tuple[str | None, str | None], list[ProposedPaper]] = {}
    for paper in papers:
        parts.setdefault((paper.kind, paper.another), []).append(paper)
    return [
        same[0] if len(same) == 1 else _merge_parts(same[0], same)
        for same in parts.values()
    ]


def _merge_parts(first: ProposedPaper, same: Sequence[ProposedPaper]) -> ProposedPaper:
    """Merge the parts of one paper; what they say differently is unclear."""
    facts: dict[tuple[Subject, str], ProposedFact] = {}
    unclear = {
        (unclear_fact.subject, unclear_fact.fact): unclear_fact
        for part in same
        for unclear_fact in part.unclear
    }
    for part in same:
        for fact in part.facts:
            key = (fact.subject, fact.fact)
            before = facts.setdefault(key, fact)
            if before.value != fact.value:
                unclear[key] = UnclearFact(
                    subject=fact.subject,
                    fact=fact.fact,
                    why=_DIFFERENT,
                    quotes=(before.quote, fact.quote),
                )
    elements = {
        element.element: element for part in reversed(same) for element in part.elements
    }
    return replace(
        first,
        pages=tuple(dict.fromkeys(page for part in same for page in part.pages)),
        confidence=max(part.confidence for part in same),
        titled=any(part.titled for part in same),
        facts=tuple(fact for key, fact in facts.items() if key not in unclear),
        unclear=tuple(unclear.values()),
        elements=tuple(elements.values()),
    )


_DIFFERENT: Final = Text(
    zh="同一个文件里有几份，写得不同",
    en="there are several in the file, and they say different things",
)


def _find_likely(
    kind: str, proposal: PaperProposal, catalogue: Catalogue
) -> str | None:
    """The other kind that a file is taken for as a whole, if one is likely.

    One that is known by the same words is no other: whose it is, the case says.
    """
    from changqing.readers.propose import look_alike

    materials = catalogue.materials
    kinds = [
        paper.kind
        for paper in proposal.papers
        if paper.kind is not None and paper.confidence >= SURE
    ]
    likely = next(iter(kinds), None)
    if likely is None or look_alike(materials[kind], materials[likely]):
        return None
    return likely


def _read_as(
    kind: str, reading: Reading, names: CaseNames, catalogue: Catalogue
) -> ProposedPaper:
    """Read a file as the kind of paper that the case says it is."""
    from changqing.readers.propose import read_paper

    pages = tuple(PageLayout(page) for page in reading.pages)
    facts, unclear, elements = read_paper(
        PaperPages(
            pages=pages,
            material=catalogue.materials[kind],
            catalogue=catalogue,
            names=names,
        )
    )
    return ProposedPaper(
        kind=kind,
        pages=tuple(page.page.number for page in pages),
        confidence=0,
        facts=facts,
        elements=elements,
        unclear=unclear,
    )


_Basis = tuple[Reading, CaseNames, Catalogue]
_Outcome = TypeVar("_Outcome")
_MOST_KEPT: Final = 1_024
_KEPT: Final[OrderedDict[tuple[str, str, str], tuple[_Basis, object]]] = OrderedDict()
"""What came out lately, by digest, kind and applicant, with what it was made from."""


def _find_or_work_out(
    kind: str, basis: _Basis, work_out: Callable[[], _Outcome]
) -> _Outcome:
    """Give what was worked out before from the very same; else work it out.

    The reading is compared too, not its digest alone: a paper may be read again.
    """
    reading, names, catalogue = basis
    key = (reading.paper, kind, names.applicant)
    cached = _KEPT.get(key)
    if cached is not None:
        before = cached[0]
        if before[2] is catalogue and before[:2] == (reading, names):
            return cached[1]  # type: ignore[return-value]  # one kind, one type
    outcome = work_out()
    _KEPT[key] = (basis, outcome)
    while len(_KEPT) > _MOST_KEPT:
        _KEPT.popitem(last=False)
    return outcome
