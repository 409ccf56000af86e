"""How the papers of a case compare with what was typed of them, found when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

from changqing.case.comparison import UNREAD, Comparison, Comparisons, ReadOutcome
from changqing.case.model import Case, Paper, Statement
from changqing.case.subjects import APPLICANT, Subject
from changqing.day import beijing_day
from changqing.evidence.ledger.items import Confirmation, ConfirmationKind
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.paper_text import PaperText
from changqing.evidence.reading import Reading
from changqing.evidence.readings import read_as_text
from changqing.latest import Latest
from changqing.law.model import Catalogue
from changqing.papers.cache import PaperCache
from changqing.papers.compare.compare_value import compare_value
from changqing.papers.compare.kind import (
    compare_presence,
    may_be_another,
    refuse_mismatched,
)
from changqing.papers.compare.objections import (
    find_void_reason,
    may_be_held,
    may_be_void,
    refuse_held,
    refuse_reading,
)
from changqing.papers.compare.proposed import asks_layout, compare_proposed
from changqing.papers.compare.quotations import may_be_unsaid, refuse_unsaid
from changqing.papers.compare.sought import (
    NamedSubjects,
    SoughtValue,
    list_case_names,
)
from changqing.papers.issuer_page import check_with_issuer
from changqing.papers.part import TextComparison
from changqing.rules.types import Value
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.papers.part import PaperPart
    from changqing.readers.proposal import CaseNames, PaperPages

PRESENCE: Final = "has_"
"""How the fact begins that a kind of paper is there."""


def make_presence_key(paper: Paper) -> tuple[Subject, str]:
    """Name the fact that says that a paper of this kind is there."""
    return APPLICANT, f"{PRESENCE}{paper.kind}"


SeenKey = tuple[str, Subject, str]
"""A fact in the bytes of a paper: its SHA-256, the subject and the fact."""


def compare_papers(
    case: Case,
    readings: Mapping[str, Reading],
    *,
    seen: Mapping[SeenKey, Confirmation] | None = None,
    cache: PaperCache | None = None,
) -> Case:
    """Hold what was typed of every paper against its reading.

    `readings` are those kept, by the SHA-256 of the paper. A paper that is text is read
    now, unless its reading was kept. `seen` is what a reviewer saw in the original,
    `cache` where what is found here is kept for the next process.
    """
    return replace(case, compared=_LazyComparisons(case, readings, seen or {}, cache))


def refuse_ambiguous(paper: Paper, comparisons: Comparisons) -> Comparisons:
    """Turn into gaps what the entry of a paper says in two ways, as of its own end.

    What was read of a fact would else prove both values, of which one was not read.
    """
    first: dict[tuple[Subject, str], Value | None] = {}
    refused = {}
    for statement in paper.list_statements():
        key = (statement.subject, statement.fact)
        if (
            key in comparisons
            and first.setdefault(key, statement.value) != statement.value
        ):
            refused[key] = Comparison(outcome=ReadOutcome.NOT_FOUND, why=_SAID_TWICE)
    return {**comparisons, **refused}


_SAID_TWICE: Final = Text(
    zh="同一份材料下填了两个不同的值，只留一个",
    en="two different values are typed of this paper; keep one of them",
)


def _is_element(statement: Statement) -> bool:
    return statement.fact.startswith("states_")


class SeenOriginals(Mapping[SeenKey, Confirmation]):
    """What reviewers last said that they saw in the originals, by a case's log.

    What was taken back, or settled otherwise since, is not among it.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._found: dict[SeenKey, Confirmation] | None = None

    def __getitem__(self, key: SeenKey) -> Confirmation:
        return self._list_confirmations()[key]

    def __iter__(self) -> Iterator[SeenKey]:
        return iter(self._list_confirmations())

    def __len__(self) -> int:
        return len(self._list_confirmations())

    def _list_confirmations(self) -> dict[SeenKey, Confirmation]:
        if self._found is None:
            last = {
                (item.paper, item.subject, item.fact): item
                for item in self._evidence.list_items()
                if isinstance(item, Confirmation)
            }
            self._found = {
                key: item
                for key, item in last.items()
                if item.what is ConfirmationKind.ORIGINAL_SEEN
            }
        return self._found


class _LazyComparisons(Mapping[str, Comparisons]):
    """How papers compare, worked out for a paper when somebody asks.

    A case is opened far more often than its papers are judged.
    """

    def __init__(
        self,
        case: Case,
        readings: Mapping[str, Reading],
        confirmations: Mapping[SeenKey, Confirmation],
        cache: PaperCache | None,
    ) -> None:
        self._case = case
        self._cache = cache
        self._kept = readings
        self._seen = confirmations
        self._papers = {paper.id: paper for paper in case.papers}
        self._found: dict[str, Comparisons | None] = {}
        self._names: NamedSubjects | None = None
        self._proposed_names: CaseNames | None = None
        self._about = (case.name, case.application.region, *case.list_members())

    def __getitem__(self, paper: str) -> Comparisons:
        if paper not in self._papers:
            raise KeyError(paper)
        if paper not in self._found:
            about = self._papers[paper]
            compared = self._compare_paper(about)
            self._found[paper] = compared and refuse_ambiguous(about, compared)
        comparisons = self._found[paper]
        if comparisons is None:
            raise KeyError(paper)
        return comparisons

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._papers if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, paper: object) -> bool:
        try:
            self[str(paper)]
        except KeyError:
            return False
        return True

    def _compare_paper(self, paper: Paper) -> Comparisons | None:
        reading = self._read_paper(paper)
        if reading is None:
            return self._list_seen(paper, {}) or None
        catalogue = self._case.catalogue
        statements = tuple(paper.list_statements())
        # Neither a reading nor a catalogue ever changes: they are known by identity,
        # and kept with what was found, so that nothing else comes to be known by it.
        key = (id(reading), id(catalogue), paper.kind, statements, self._about)
        text_comparison = _LATEST.find_or_make(
            key,
            lambda: _ComparedText(
                reading=reading,
                catalogue=catalogue,
                text=self._compare_text(paper, reading),
            ),
        ).text
        comparisons = dict(text_comparison.found)
        for place, issuer_comparison in self._find_shown_by_issuer(paper, reading):
            if place in comparisons:
                comparisons[place] = replace(
                    comparisons[place],
                    attested=issuer_comparison.outcome is ReadOutcome.READ,
                    issuer=issuer_comparison
                    if issuer_comparison.outcome is ReadOutcome.DENIED
                    else None,
                )
        if text_comparison.may_be_another:
            part = self._find_part(paper, reading)
            comparisons = refuse_mismatched(
                comparisons, part, paper.kind, catalogue.materials
            )
        return {**comparisons, **self._list_seen(paper, comparisons)}

    def _compare_text(self, paper: Paper, reading: Reading) -> TextComparison:
        """Hold what was typed of a paper against what was read in it, or look it up."""
        if self._cache is None:
            return self._compare_anew(paper, reading)
        return self._cache.find_or_make(
            "typed",
            paper.kind,
            reading,
            tuple(paper.list_statements()),
            lambda: self._compare_anew(paper, reading),
        )

    def _compare_anew(self, paper: Paper, reading: Reading) -> TextComparison:
        """Compare all that a paper is said to prove with its reading."""
        text = PaperText(reading)
        if self._names is None:
            self._names = list_case_names(self._case)
        catalogue = self._case.catalogue
        material = catalogue.materials.get(paper.kind)

        @cache
        def list_pages() -> PaperPages:
            return self._list_pages(paper, reading)

        void = None
        if material is not None and may_be_void(text, material):
            void = find_void_reason(list_pages())
        comparisons: dict[tuple[Subject, str], Comparison] = {
            make_presence_key(paper): refuse_reading(compare_presence(text), void)
        }
        facts_read: set[str] = set()
        # What is read shows elements, which therefore come last.
        for statement in sorted(paper.list_statements(), key=_is_element):
            fact = catalogue.facts.get((statement.subject.type, statement.fact))
            if fact is None or statement.value is None or not statement.is_in_paper:
                continue
            sought = SoughtValue(
                said=statement,
                fact=fact,
                material=material,
                text=text,
                names=self._names,
                read=facts_read,
            )
            compared = compare_value(sought)
            if may_be_unsaid(sought):
                compared = refuse_unsaid(sought, compared, list_pages())
            if asks_layout(sought, compared):
                part = self._find_part(paper, reading)
                compared = compare_proposed(sought, compared, part)
            if sought.is_element or statement.subject.type != "paper":
                compared = refuse_reading(compared, void)
            if may_be_held(sought):
                compared = refuse_held(sought, compared, list_pages())
            comparisons[statement.subject, statement.fact] = compared
            if compared.outcome is ReadOutcome.READ:
                facts_read.add(f"{statement.subject.type}.{statement.fact}")
        return TextComparison(
            found=comparisons,
            may_be_another=not text.is_empty
            and may_be_another(text, paper.kind, catalogue, self._names),
        )

    def _find_part(self, paper: Paper, reading: Reading) -> PaperPart:
        """Find what is proposed for a paper; the readers are loaded when it is asked.

        Nearly all of what is typed stands in the lines, which costs far less to see.
        """
        from changqing.papers.parts import find_part

        return find_part(
            paper.kind,
            reading,
            self._name_case(),
            self._case.catalogue,
            cache=self._cache,
        )

    def _list_pages(self, paper: Paper, reading: Reading) -> PaperPages:
        """List the pages of a paper, to ask what it says against its own values."""
        from changqing.papers.parts import list_pages

        return list_pages(
            paper.kind,
            reading,
            self._name_case(),
            self._case.catalogue,
            cache=self._cache,
        )

    def _name_case(self) -> CaseNames:
        from changqing.readers.proposal import collect_names

        if self._proposed_names is None:
            self._proposed_names = collect_names(self._case)
        return self._proposed_names

    def _list_seen(
        self, paper: Paper, comparisons: Comparisons
    ) -> dict[tuple[Subject, str], Comparison]:
        """What a reviewer saw in the original and no program found in the file.

        A paper that a program read to say otherwise stays a conflict.
        """
        seen_comparisons = {}
        for statement in paper.list_statements():
            confirmation = self._seen.get(
                (paper.file.digest, statement.subject, statement.fact)
            )
            before = comparisons.get((statement.subject, statement.fact), UNREAD)
            if (
                confirmation is not None
                and confirmation.value == statement.value
                and before.outcome not in (ReadOutcome.READ, ReadOutcome.DENIED)
            ):
                seen_comparisons[statement.subject, statement.fact] = replace(
                    before,
                    outcome=ReadOutcome.READ,
                    page=confirmation.page,
                    words=confirmation.words,
                    seen_by=confirmation.by,
                    seen_on=beijing_day(confirmation.at),
                    why=None,
                )
        return seen_comparisons

    def _find_shown_by_issuer(
        self, paper: Paper, reading: Reading
    ) -> Iterator[tuple[tuple[Subject, str], Comparison]]:
        """What the page of an issuer says of a paper too, and what otherwise."""
        if paper.issuer_checked is None:
            return
        names = self._names or list_case_names(self._case)
        checked = check_with_issuer(self._case, paper, PaperText(reading), names)
        yield from checked.values.items()

    def _read_paper(self, paper: Paper) -> Reading | None:
        reading = self._kept.get(paper.file.digest)
        return read_as_text(self._case, paper) if reading is None else reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _ComparedText:
    """How what was typed of a paper compares, and what that was made of."""

    reading: Reading
    catalogue: Catalogue
    text: TextComparison


_LATEST: Final[Latest[tuple[object, ...], _ComparedText]] = Latest(most=256)
"""Papers compared lately: a change of the case leaves nearly all as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCount:
    """How many values of a paper somebody saw in the original, and who did when last.

    Only what no program found in the file: these rest on a reviewer's word.
    """

    paper: Paper
    values: int
    by: str
    on: date


def count_seen(case: Case) -> tuple[SeenCount, ...]:
    """Count, by paper, what counts as read because a reviewer saw the original."""
    counts = []
    for paper in case.papers:
        compared = case.compared.get(paper.id, {}).values()
        seen_comparisons = [
            comparison
            for comparison in compared
            if comparison.seen_by and comparison.seen_on
        ]
        if seen_comparisons:
            last = max(
                seen_comparisons, key=lambda comparison: comparison.seen_on or date.min
            )
            counts.append(
                SeenCount(
                    paper=paper,
                    values=len(seen_comparisons),
                    by=last.seen_by or "",
                    on=last.seen_on or date.min,
                )
            )
    return tuple(counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderCount:
    """By whom the papers of a case were read: each is counted once, in the last place.

    `pointed` are those of which somebody pointed at words that no program had found,
    `seen` those of which a reviewer saw the original; of `unread` something that was
    typed was read by nobody.
    """

    program: int
    pointed: int
    seen: int
    unread: int


def count_readers(case: Case, accepted: Collection[SeenKey]) -> ReaderCount:
    """Count the papers of a case by who read in them all that was typed of them.

    Of what was `accepted` the words that stand beside it are those that a program read.
    """
    by: Counter[str] = Counter(
        _name_reader(case, paper, accepted) for paper in case.papers
    )
    return ReaderCount(
        program=by["program"],
        pointed=by["pointed"],
        seen=by["seen"],
        unread=by["unread"],
    )


def _name_reader(case: Case, paper: Paper, accepted: Collection[SeenKey]) -> str:
    compared = case.compared.get(paper.id)
    statements = list(_list_typed(case, paper))
    if compared is None:
        return "unread"
    typed_comparisons = [
        compared.get((statement.subject, statement.fact), UNREAD)
        for statement in statements
    ]
    if any(comparison.outcome not in _SETTLED for comparison in typed_comparisons):
        return "unread"
    if any(comparison.seen_by for comparison in typed_comparisons):
        return "seen"
    pointed = any(
        statement.words is not None
        and (paper.file.digest, statement.subject, statement.fact) not in accepted
        for statement in statements
    )
    return "pointed" if pointed else "program"


def _list_typed(case: Case, paper: Paper) -> Iterator[Statement]:
    """What was typed of a paper and should stand in it."""
    for statement in paper.list_statements():
        is_known = (statement.subject.type, statement.fact) in case.catalogue.facts
        if is_known and statement.is_in_paper and statement.value is not None:
            yield statement


_SETTLED: Final = frozenset({ReadOutcome.READ, ReadOutcome.DENIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCount:
    """How many typed values nobody read in their papers, and how many papers."""

    values: int
    papers: int


def count_unread(case: Case) -> UnreadCount:
    """Count what was typed of papers and not read there."""
    values = sum(
        case.compared.get(paper.id, {})
        .get((statement.subject, statement.fact), UNREAD)
        .outcome
        not in _SETTLED
        for paper in case.papers
        for statement in _list_typed(case, paper)
    )
    papers = sum(paper.id not in case.compared for paper in case.papers)
    return UnreadCount(values=values, papers=papers)
