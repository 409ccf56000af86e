"""What reading proposes: values with page, box and words, and what could not be told.

The model that the finders (`beside_labels`, `table`, `prose`) fill and `propose` hands
on. Nothing here is proven yet; that is for whoever compares it with what was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.parse import normalise_text
from changqing.evidence.reading import SURE, Box, ReadingProblem
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import Material, PaperFact
from changqing.law.model import Catalogue
from changqing.readers.flow import Flow, read_flow
from changqing.readers.label_spots import LabelledValue
from changqing.readers.labels import LabelledPage
from changqing.readers.layout import PageLayout, Quote
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum


class SelfCheck(WordedEnum):
    """By what a value was found to be read right, without anybody's look."""

    CHECK_DIGIT = "check_digit", Text("校验位相符", "its check digit agrees")
    WORDS_AND_FIGURES = (
        "words_and_figures",
        Text("大小写一致", "words and figures agree"),
    )
    TWO_PLACES = "two_places", Text("两处一致", "two places agree")
    SUM = "sum", Text("合计相符", "the sum agrees")
    ORDER = "order", Text("日期先后相符", "its dates are in order")
    KNOWN = "known", Text("与申报一致", "it is what the case says")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedFact:
    """A value that a paper shows.

    The `subject` has its id in the case where the case lists it; else, for a person or
    a holder, the name as it stands in the paper. `confidence` is of 100.
    """

    subject: Subject
    fact: str
    value: Value
    quote: Quote
    confidence: int
    checks: frozenset[SelfCheck] = frozenset()

    @property
    def page(self) -> int:
        """The page it stands on, from 1."""
        return self.quote.page

    @property
    def box(self) -> Box | None:
        """Where it stands; None where the file has no pages."""
        return self.quote.box

    @property
    def words(self) -> str:
        """The words that say it, as they were read."""
        return self.quote.text


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearFact:
    """A fact that the paper shows in a way nobody should choose from: both quotes."""

    subject: Subject
    fact: str
    why: Text
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedElement:
    """An element that a paper states (or, `stated` False, expressly denies)."""

    element: str
    stated: bool
    quote: Quote | None
    confidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedPaper:
    """One paper in a file: its kind, its pages, and what is read in it.

    `kind` None: no paper of the catalogue. `another`: the company it speaks of, where
    that is not the applicant. `titled`: it bears a title of papers of some kind; else
    what it says told the kind. `sealed` and `signed` None: it cannot be told.
    """

    kind: str | None
    pages: tuple[int, ...]
    confidence: int
    titled: bool = True
    facts: tuple[ProposedFact, ...] = ()
    elements: tuple[ProposedElement, ...] = ()
    unclear: tuple[UnclearFact, ...] = ()
    another: str | None = None
    sealed: bool | None = None
    signed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperProposal:
    """What one file is proposed to be: one paper or several.

    `problem` says why nothing can be proposed.
    """

    papers: tuple[ProposedPaper, ...]
    problem: ReadingProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNames:
    """Whom the case names, by which papers are told apart; all of it may be empty.

    `members` are its subjects by type and normalised name, services by domain; `roles`
    the first posts of its people, and `service` its only service, which may have no
    domain. `providers` are companies that the case names as somebody else's.
    `all_holders`: its holders are all there are, so that another company is none.
    """

    applicant: str = ""
    members: Mapping[str, Mapping[str, Subject]] = field(default_factory=dict)
    providers: frozenset[str] = frozenset()
    roles: Mapping[Subject, str] = field(default_factory=dict)
    region: str = ""
    service: Subject | None = None
    all_holders: bool = False

    def is_applicant(self, name: str, *, sure: int = SURE) -> bool | None:
        """Tell whether a name is the applicant's.

        None where the applicant is not known.
        Nor can it be told of a name that was read less than surely (`sure` of 100) and
        is nearly the applicant's, or that breaks off within it.
        """
        if not self.applicant:
            return None
        normalised = normalise_text("company_name", name)
        applicant = normalise_text("company_name", self.applicant)
        if normalised == applicant:
            return True
        if normalised and applicant and applicant.startswith(normalised):
            return None
        near = _NEARLY if sure < SURE else 1.0
        return (
            None
            if normalised
            and applicant
            and _compute_likeness(normalised, applicant) > near
            else False
        )

    def is_misread(self, subject: str, name: str, *, sure: int) -> bool:
        """Tell whether a name read unsurely is nearly one that the case lists."""
        if sure >= SURE or self.find(subject, name) is not None:
            return False
        normalised = normalise_text("company_name", name) or name
        return any(
            _compute_likeness(normalised, listed_name) > _NEARLY_NAMED
            for listed_name in self.members.get(subject, {})
        )

    def knows(self, name: str) -> bool:
        """Tell whether the case names somebody or something so."""
        spelled = normalise_text("company_name", name)
        return self.is_applicant(name) is True or any(
            spelled in members for members in self.members.values()
        )

    def find(self, subject: str, name: str) -> Subject | None:
        """Find the subject of a type whose name it is, if the case lists it."""
        kind = "domain" if subject == "service" else "company_name"
        return self.members.get(subject, {}).get(normalise_text(kind, name) or "")

    def find_or_make(self, subject: str, name: str) -> Subject:
        """Find the subject of that name, new ones by the name itself."""
        return self.find(subject, name) or Subject(subject, name)

    def find_only(self, subject: str) -> Subject | None:
        """Find the one subject of a type, if there is one alone."""
        members = {*self.members.get(subject, {}).values()}
        return members.pop() if len(members) == 1 else None


_NEARLY: Final = 0.8  # of the letters, above which OCR may have misread a company
_NEARLY_NAMED: Final = 0.6  # the same of a person: two letters of three


def _compute_likeness(first: str, second: str) -> float:
    return SequenceMatcher(None, first, second).ratio()


def collect_names(case: Case) -> CaseNames:
    """Collect the names that a case says."""
    members: dict[str, dict[str, Subject]] = {}
    providers = set()
    for member in case.list_members():
        kind = member.subject.type
        names = [member.name] if kind != "service" else []
        for statement in member.facts:
            if kind == "service" and statement.fact == "domain" and statement.value:
                names.append(str(statement.value))
            if statement.fact in {"hosting_provider", "operator"} and statement.value:
                providers.add(str(statement.value))
        for name in names:
            spelled = normalise_text(
                "domain" if kind == "service" else "company_name", name
            )
            if spelled is not None:
                members.setdefault(kind, {}).setdefault(spelled, member.subject)
    return CaseNames(
        applicant=case.name,
        members=members,
        providers=frozenset(providers),
        roles={person.subject: person.kind for person in case.people},
        region=case.application.region,
        service=case.services[0].subject if len(case.services) == 1 else None,
        all_holders=_has_all_holders(case),
    )


_WHOLE: Final = 10_000  # basis points


def _has_all_holders(case: Case) -> bool:
    """Whether the shares that the case says of its holders make up the whole."""
    shares = [
        statement.value
        for member in case.list_members()
        if member.subject.type == "holder"
        for statement in member.facts
        if statement.fact == "share" and isinstance(statement.value, int)
    ]
    return abs(sum(shares) - _WHOLE) <= len(shares)


@dataclass(frozen=True)
class PaperPages:
    """A paper in hand: its pages, the kind it is taken for, and whom the case names.

    What every finder is given.
    """

    pages: tuple[PageLayout, ...]
    material: Material
    catalogue: Catalogue
    names: CaseNames
    _found: dict[int, LabelledPage] = field(default_factory=dict, repr=False)

    def find_fact(self, key: str) -> Fact:
        """Find the fact of a key of `reads`, such as applicant.name."""
        subject, _, name = key.partition(".")
        return self.catalogue.facts[subject, name]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every label that may stand on it: where one begins, a value ends."""
        material = self.material
        lists = [
            *(reading.labels for reading in material.reads.values()),
            *(reading.sides for reading in material.reads.values()),
            *(reading.held for reading in material.reads.values()),
            *(reading.free for reading in material.reads.values()),
            *(element.labels for element in material.shows.values()),
            *material.parties.values(),
            material.labels_beside,
        ]
        return tuple(dict.fromkeys(label for labels in lists for label in labels))

    def find_beside(
        self, page: PageLayout, labels: Sequence[str], *, lines: int = 1
    ) -> Iterator[LabelledValue]:
        """Find what stands beside some of the labels of the paper on a page of it."""
        yield from self.find_labels(page).find(labels, lines=lines)

    def find_labels(self, page: PageLayout) -> LabelledPage:
        """Find the labels of the paper on a page of it, found once."""
        number = page.page.number
        if number not in self._found:
            self._found[number] = LabelledPage(page, self.labels)
        return self._found[number]

    def list_reads(self, field_name: str) -> Iterator[tuple[str, Fact, PaperFact]]:
        """Give the facts for which something is listed under a field of `reads`."""
        for key, reading in self.material.reads.items():
            if getattr(reading, field_name):
                yield key, self.find_fact(key), reading

    @cached_property
    def flow(self) -> Flow:
        """Its words in the order in which they are read."""
        return read_flow([page.page for page in self.pages])

    @cached_property
    def applicant(self) -> Subject:
        """The applicant."""
        return APPLICANT

    @cached_property
    def service(self) -> Subject:
        """The service that the paper is about: the only one, or whose domain it has."""
        alone = self.names.service or self.names.find_only("service")
        if alone is not None:
            return alone
        for domain, subject in self.names.members.get("service", {}).items():
            if any(domain in page.text for page in self.pages):
                return subject
        return Subject("service", "?")

    @cached_property
    def paper(self) -> Subject:
        """The paper itself, which has no id before it is taken in."""
        return Subject("paper", "?")
