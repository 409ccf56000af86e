"""What a file is proposed to be, and what is read in it: the one entry of reading.

A pure function of the reading, of what the case says and of the catalogue. What is not
found is a gap; nothing is guessed, and what cannot be read proposes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from changqing.evidence.paper_text import BLANK_LINES, has_gap
from changqing.evidence.reading import SURE, MarkKind, Reading, ReadingProblem
from changqing.law.kinds.material import FoundBy, Material
from changqing.law.model import Catalogue
from changqing.readers.caveats import weigh_caveats
from changqing.readers.classify import find_kind, find_titles, split_papers
from changqing.readers.column_sums import find_column_sums
from changqing.readers.flow import squeeze_signs
from changqing.readers.forms import (
    check_amount,
    find_in_forms,
    find_party,
    merge_proposals,
)
from changqing.readers.layout import PageLayout, squeeze
from changqing.readers.open_points import says_nothing
from changqing.readers.proposal import (
    CaseNames,
    PaperPages,
    PaperProposal,
    ProposedElement,
    ProposedFact,
    ProposedPaper,
    UnclearFact,
)
from changqing.readers.prose import find_in_prose, find_together
from changqing.readers.table import find_in_tables
from changqing.readers.whole_values import goes_on_in_sentence
from changqing.rules.types import Kind

_LEAST_LETTERS: Final = 12  # what has fewer is no paper, or cannot be made out
_REPRESENTATIVE: Final = "legal_representative"
_UNSURE: Final = 70  # of 100: words read less surely than that on the whole


def propose_from(
    reading: Reading, names: CaseNames, catalogue: Catalogue
) -> PaperProposal:
    """Propose what a file is, and what it says, from its reading.

    Several papers in one file are told apart. `names` may be empty: then whose a paper
    is cannot be told, and nothing that needs it is proposed.
    """
    pages = [PageLayout(page) for page in reading.pages]
    problem = _find_problem(reading, pages)
    if problem is not None:
        return PaperProposal(papers=(), problem=problem)
    papers = [
        _propose_paper(part, names, catalogue)
        for part in split_papers(pages, catalogue.materials)
    ]
    return PaperProposal(papers=tuple(papers))


def _find_problem(
    reading: Reading, pages: Sequence[PageLayout]
) -> ReadingProblem | None:
    """Find why nothing can be proposed from a reading, if nothing can."""
    letters = sum(len(page.text) for page in pages)
    if letters < _LEAST_LETTERS:
        # What a file says of itself is as clear as it will ever be.
        spans = [span for page in pages for span in page.spans]
        clear = spans and all(span.confidence == SURE for span in spans)
        short = ReadingProblem.SPARSE if clear else ReadingProblem.UNCLEAR
        return reading.problem or short
    weight = sum(
        span.confidence * len(span.text) for page in pages for span in page.spans
    )
    whole = sum(len(span.text) for page in pages for span in page.spans)
    return ReadingProblem.UNCLEAR if weight < _UNSURE * whole else None


def _propose_paper(
    pages: tuple[PageLayout, ...], names: CaseNames, catalogue: Catalogue
) -> ProposedPaper:
    numbers = tuple(dict.fromkeys(page.page.number for page in pages))
    ranked = find_kind(pages, catalogue.materials)
    if not ranked:
        return ProposedPaper(kind=None, pages=numbers, confidence=0)
    kind, worth = ranked[0]
    kind = _tell_twins(ranked, pages, names, catalogue)
    runner = next(
        (
            other_worth
            for other, other_worth in ranked
            if not look_alike(catalogue.materials[kind], catalogue.materials[other])
        ),
        0.0,
    )
    paper = PaperPages(
        pages=pages,
        material=catalogue.materials[kind],
        catalogue=catalogue,
        names=names,
    )
    facts, unclear, elements = read_paper(paper)
    another = find_another(paper) or find_named_instead(paper, facts)
    if another is not None and (against := _list_against(paper, facts)):
        # Whom an agency insures is about the case, and nothing else of it is.
        facts, unclear, elements, another = against, (), (), None
    return ProposedPaper(
        kind=kind,
        pages=numbers,
        confidence=min(99, round(100 * worth / (worth + runner + 0.5))),
        titled=any(True for _ in find_titles(pages[0], catalogue.materials)),
        facts=facts,
        elements=elements,
        unclear=unclear,
        another=another,
        sealed=_has_mark(pages, MarkKind.SEAL),
        # One on a scan is seldom told from print: none found is none told.
        signed=_has_mark(pages, MarkKind.SIGNATURE) or None,
    )


def _tell_twins(
    ranked: Sequence[tuple[str, float]],
    pages: tuple[PageLayout, ...],
    names: CaseNames,
    catalogue: Catalogue,
) -> str:
    """Of kinds that look alike, the one that belongs to whom the paper names."""
    best = ranked[0]
    twins = [
        kind
        for kind, worth in ranked
        if worth >= best[1] - 2.5
        and _find_belonging(catalogue.materials[kind]) is not None
    ]
    if _find_belonging(catalogue.materials[best[0]]) is None or len(twins) < 2:
        return best[0]
    for kind in twins:
        paper = PaperPages(
            pages=pages,
            material=catalogue.materials[kind],
            catalogue=catalogue,
            names=names,
        )
        if _belongs_to(paper):
            return kind
    return best[0]


def _belongs_to(paper: PaperPages) -> bool:
    """Whether the paper names whom its kind belongs to, where that can be told.

    The licence of a stranger that shows nothing of our service, such as one of a sister
    company, is of the applicant's kind: it is theirs, and no access provider's.
    """
    whose = _find_belonging(paper.material)
    if whose in ("applicant", "another"):
        party = find_party(paper, "applicant")
        mine = None if party is None else paper.names.is_applicant(party.text)
        if party is None or mine is None:
            return False
        providers = map(squeeze, paper.names.providers)
        named = squeeze(party.text) in providers
        of_use = not mine and (named or _tells_of_case(paper))
        return of_use is (whose == "another")
    party = find_party(paper, "person")
    person = None if party is None else paper.names.find("person", party.text)
    post = None if person is None else paper.names.roles.get(person)
    return post is not None and (post == whose) is (whose == _REPRESENTATIVE)


def _tells_of_case(paper: PaperPages) -> bool:
    """Whether something is read in a paper that is not about the paper itself."""
    return any(fact.subject.type != "paper" for fact in read_paper(paper)[0])


def look_alike(one: Material, other: Material) -> bool:
    """Tell whether two kinds are known by the same words: whose they are tells them."""
    if one.recognition is None or other.recognition is None:
        return one is other
    words = set(one.recognition.words)
    return 2 * len(words & set(other.recognition.words)) > len(words)


def _find_belonging(material: Material) -> str | None:
    return None if material.recognition is None else material.recognition.whose


def read_paper(
    paper: PaperPages,
) -> tuple[
    tuple[ProposedFact, ...], tuple[UnclearFact, ...], tuple[ProposedElement, ...]
]:
    """Read a paper whose kind is known: its facts, what is unclear, its elements."""
    readings: list[ProposedFact | UnclearFact] = []
    elements: dict[str, ProposedElement] = {}
    keys_found: set[str] = set()  # by the time that `find_together` asks
    for proposed in chain(_find_all(paper), find_together(paper, keys_found)):
        if not isinstance(proposed, ProposedElement):
            keys_found.add(f"{proposed.subject.type}.{proposed.fact}")
        if isinstance(proposed, ProposedElement):
            before = elements.get(proposed.element)
            if before is None or (before.stated and not proposed.stated):
                elements[proposed.element] = proposed
        else:
            readings.append(proposed)
    checked = merge_proposals(check_amount(paper, fact) for fact in readings)
    merged = list(weigh_caveats(paper, checked))
    if _is_blank_form(paper, merged):
        merged = []
        elements = {}
    facts = tuple(fact for fact in merged if isinstance(fact, ProposedFact))
    stating = [fact for fact in facts if not _is_denial(paper, fact)]
    for element in _find_elements(paper, stating):
        elements.setdefault(element.element, element)
    return (
        facts,
        tuple(fact for fact in merged if isinstance(fact, UnclearFact)),
        tuple(elements.values()),
    )


def _is_blank_form(
    paper: PaperPages, readings: Sequence[ProposedFact | UnclearFact]
) -> bool:
    """Whether a form has gaps, and nothing in it says who, when or how much.

    Then its printed terms are nobody's: a lease without parties renews for nobody.
    """
    if any(
        paper.catalogue.facts[key].type.kind in _FILLED_IN
        for key in _list_keys(readings)
    ):
        return False
    gaps = sum(has_gap(span.text) for page in paper.pages for span in page.spans)
    return gaps >= BLANK_LINES


def _list_keys(
    readings: Sequence[ProposedFact | UnclearFact],
) -> Iterator[tuple[str, str]]:
    return ((fact.subject.type, fact.fact) for fact in readings)


_FILLED_IN: Final = frozenset({Kind.TEXT, Kind.DATE, Kind.NUMBER, Kind.SET})
"""Types of what somebody writes into a form."""


def _is_denial(paper: PaperPages, fact: ProposedFact) -> bool:
    """Whether a paper says that there is nothing of it: such states nothing."""
    reading = paper.material.reads.get(f"{fact.subject.type}.{fact.fact}")
    denied = () if reading is None else reading.denied_by
    return fact.value is False and bool(denied)


def _find_all(
    paper: PaperPages,
) -> Iterator[ProposedFact | UnclearFact | ProposedElement]:
    yield from find_in_forms(paper)
    yield from find_in_tables(paper)
    yield from find_column_sums(paper)
    yield from find_in_prose(paper)


def _find_elements(
    paper: PaperPages, facts: Sequence[ProposedFact]
) -> Iterator[ProposedElement]:
    """Find the elements that follow from what was read, or stand beside a label."""
    by_key: Mapping[str, ProposedFact] = {
        f"{fact.subject.type}.{fact.fact}": fact for fact in facts
    }
    for name, paper_element in paper.material.shows.items():
        fact = next((by_key[key] for key in paper_element.facts if key in by_key), None)
        if fact is not None:
            yield ProposedElement(
                element=name,
                stated=True,
                quote=fact.quote,
                confidence=fact.confidence,
            )
            continue
        for page in paper.pages:
            beside = next(paper.find_beside(page, paper_element.labels), None)
            if (
                beside is not None
                and not goes_on_in_sentence(beside)
                and not says_nothing(squeeze_signs(beside.value.text))
            ):
                yield ProposedElement(
                    element=name, stated=True, quote=beside.value, confidence=90
                )
                break


def find_another(paper: PaperPages) -> str | None:
    """Find the company that the paper speaks of, where that is not the applicant."""
    party = find_party(paper, "applicant")
    if (
        party is None
        or paper.names.is_applicant(party.text, sure=party.confidence) is not False
    ):
        return None
    if squeeze(paper.names.applicant) in squeeze(party.text):
        return None  # with a seal's words, or its branch
    related = any(
        reading.by is FoundBy.RELATION for reading in paper.material.reads.values()
    )
    if related and paper.names.knows(party.text):
        return None  # a domain may be a shareholder's
    if paper.names.find("person", party.text) is not None:
        return None  # somebody of the case, who is no company
    if _find_belonging(paper.material) == "another":
        return None
    return party.text


def _list_against(
    paper: PaperPages, facts: Sequence[ProposedFact]
) -> tuple[ProposedFact, ...]:
    """List what a paper of another company says of whom of the case is theirs.

    With the dates of the paper; none where it ties nobody of the case to the other.
    """
    ours = {*paper.names.members.get("person", {}).values()}
    against = tuple(
        fact
        for fact in facts
        if fact.value is False
        and fact.subject in ours
        and (reading := paper.material.reads.get(f"{fact.subject.type}.{fact.fact}"))
        and reading.by is FoundBy.APPLICANT
    )
    dates = tuple(fact for fact in facts if fact.subject.type == "paper")
    return against and (*against, *dates)


def find_named_instead(paper: PaperPages, facts: Sequence[ProposedFact]) -> str | None:
    """Find the one company that stands wherever a paper would name the applicant.

    A proof in sentences names no party beside a label, but says of each person who
    pays; where that is somebody else each time, the paper is of theirs.
    """
    judged = [
        fact
        for fact in facts
        if fact.subject.type == "person"
        and (reading := paper.material.reads.get(f"{fact.subject.type}.{fact.fact}"))
        and reading.by is FoundBy.APPLICANT
    ]
    companies = {squeeze(fact.words) for fact in judged}
    if len(companies) != 1 or any(fact.value is not False for fact in judged):
        return None
    return judged[0].words


def _has_mark(pages: Sequence[PageLayout], kind: MarkKind) -> bool:
    return any(mark.kind is kind for page in pages for mark in page.page.marks)
