"""The papers in a bundle read once more, by the reader that is installed here.

What was read at the time of sealing stands in the records; what the papers say today is
what this reader finds in the same bytes. Where the two differ a person is told, and
nothing else happens: no verdict is computed anew, and the bundle stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from changqing.case.comparison import APART, Comparison, ReadOutcome
from changqing.case.model import Statement
from changqing.case.page import squeeze
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.ledger.entry import read_line
from changqing.evidence.ledger.items import KeptReading
from changqing.evidence.model import Record, SourceKind
from changqing.evidence.paper_text import PaperText
from changqing.evidence.parse import normalise_text
from changqing.evidence.reading import Reading, ReadingProblem, decode_reading
from changqing.law.kit import GradeGroup
from changqing.law.model import Catalogue
from changqing.papers.compare.compare_value import compare_value
from changqing.papers.compare.sought import NamedSubjects, SoughtValue, list_names
from changqing.readers.capture import capture_paper_apart
from changqing.readers.proposal import CaseNames, ProposedFact
from changqing.readers.propose import propose_from
from changqing.rules.types import Value
from changqing.sandbox.pool import get_shared_pool
from changqing.sealing import verify
from changqing.sealing.apart import LIMITS
from changqing.text import Text, WordedEnum

Progress = Callable[[str, int, int], None]
"""Called with the name of a paper, how many of its pages were read, and of how many."""


class RereadState(WordedEnum):
    """What became of a value when its paper was read once more."""

    SAME = "same", Text("相同", "same")
    DIFFERENT = "different", Text("不同", "different")
    UNREADABLE = "unreadable", Text("读不到了", "no longer readable")
    FOUND = "found", Text("当时没有读到，现在读到了", "not read then, read now")
    UNSEEN = "unseen", Text("未能重读", "could not be read again")


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadValue:
    """One value that was taken from a paper, and what the paper is read to say now.

    `now` is None where the paper says nothing that could be taken instead; `words` are
    those that it is read to say now.
    """

    subject: Subject
    fact: str
    then: Value
    state: RereadState
    now: Value | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadPaper:
    """A paper of a bundle as it is read now; `reader` and `reader_then` did it.

    `changed` counts the lines that the two readings do not share; None where none was
    kept. `problem` says why nothing, or not everything, could be read.
    """

    id: str
    name: str
    reader: str
    reader_then: str | None
    changed: int | None
    problem: ReadingProblem | None
    values: tuple[RereadValue, ...]

    def count(self, state: RereadState) -> int:
        """Count the values of which that became."""
        return sum(value.state is state for value in self.values)

    @property
    def is_same(self) -> bool:
        """Whether every value is read as it was."""
        return self.count(RereadState.SAME) == len(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadPapers:
    """The papers of a bundle that were read again; `withheld` were left out of it.

    `names` are what the case calls its subjects.
    """

    papers: tuple[RereadPaper, ...]
    withheld: int
    names: Mapping[Subject, str]

    def count(self, state: RereadState) -> int:
        """Count the values of all papers of which that became."""
        return sum(paper.count(state) for paper in self.papers)

    @property
    def is_same(self) -> bool:
        """Whether every value of every paper is read as it was."""
        return all(paper.is_same for paper in self.papers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPaper:
    """A paper whose bytes are in a bundle, and what was taken from it."""

    id: str
    kind: str
    file: str
    digest: str
    kept: KeptReading | None
    records: tuple[Record, ...]
    denied: frozenset[tuple[Subject, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPapers:
    """What a bundle holds of papers, and whom its case names."""

    papers: tuple[SealedPaper, ...]
    withheld: int
    applicant: str
    region: str
    names: Mapping[Subject, str]

    @property
    def names_to_compare(self) -> NamedSubjects:
        """Whom the case names, to compare what was typed."""
        return list_names(self.applicant, self.names.items())

    @property
    def names_to_propose(self) -> CaseNames:
        """Whom the case names, to propose what a paper says."""
        members: dict[str, dict[str, Subject]] = {}
        for subject, name in self.names.items():
            kind = "domain" if subject.type == "service" else "company_name"
            spelled = normalise_text(kind, name)
            if spelled is not None and subject != APPLICANT:
                members.setdefault(subject.type, {})[spelled] = subject
        return CaseNames(applicant=self.applicant, members=members, region=self.region)


def reread_papers(
    bundle: Path, catalogue: Catalogue, *, progress: Progress
) -> RereadPapers:
    """Read the papers of a verified bundle again, and hold its values against them.

    Raises NoBundleError when it is no bundle, DamageError when it was altered, and
    GivenUpError where every child that could read stays busy.
    """
    pool, path = get_shared_pool(), bundle.absolute()
    sealed = pool.run(LIMITS, _list_papers, path)
    papers = []
    for paper in sealed.papers:
        content = pool.run(LIMITS, _load_object, path, paper.digest)
        name = PurePosixPath(paper.file).name

        def tell(pages_read: int, total: int, name: str = name) -> None:
            progress(name, pages_read, total)

        reading = capture_paper_apart(content, name, progress=tell)
        kept_reading = None
        if paper.kept is not None:
            kept_reading = decode_reading(
                pool.run(LIMITS, _load_object, path, paper.kept.digest)
            )
        papers.append(_compare_reading(paper, reading, kept_reading, sealed, catalogue))
    return RereadPapers(
        papers=tuple(papers),
        withheld=sealed.withheld,
        names=sealed.names,
    )


# In the child: a bundle may be hostile

_Key = tuple[str, SourceKind, Subject, str]
"""A paper by its name, how it was taken, the subject and the fact."""


def _list_papers(path: Path) -> SealedPapers:
    """List the papers whose bytes are in a bundle, in the order of the log."""
    with verify.open_bundle(path) as stream:
        bundle = verify.Bundle(stream)
        items = [
            read_line(line + b"\n").decode_item()
            for line in verify.read_lines(bundle, verify.ENTRIES)
        ]
        given_data = bundle.json("given.json")
        withheld = len(bundle.json("withheld.json")["papers"])
        objects = {name for name in bundle.files if name.startswith("objects/")}
    readings = {item.paper: item for item in items if isinstance(item, KeptReading)}
    records = [item for item in items if isinstance(item, Record)]
    kinds = {
        record.subject.id: str(record.value)
        for record in records
        if record.subject.type == "paper" and record.fact == "kind"
    }
    last: dict[_Key, Record] = {
        (record.source.name, record.source.kind, record.subject, record.fact): record
        for record in records
        if record.source.kind in (SourceKind.PAPER, SourceKind.READING)
    }
    files: dict[str, tuple[str, str]] = {}
    for record in last.values():
        if record.fact.startswith(verify.PRESENT) and record.digest:
            files[record.source.name] = (record.raw or "", record.digest)
    papers = [
        SealedPaper(
            id=paper,
            kind=kinds.get(paper, ""),
            file=file,
            digest=digest,
            kept=_find_kept(readings.get(digest), objects),
            records=tuple(_list_typed(last, paper, digest)),
            denied=frozenset(
                (subject, fact)
                for (name, kind, subject, fact), record in last.items()
                if (name, kind) == (paper, SourceKind.READING)
                and record.digest == digest
            ),
        )
        for paper, (file, digest) in files.items()
        if f"objects/{digest}" in objects
    ]
    return SealedPapers(
        papers=tuple(papers),
        withheld=withheld,
        applicant=str(given_data["case"]["name"]),
        region=str(given_data["application"]["region"]),
        names={
            Subject(*str(subject["id"]).split(":", 1)): str(subject["name"]["zh"])
            for subject in given_data["subjects"]
        },
    )


def _find_kept(
    kept_reading: KeptReading | None, objects: set[str]
) -> KeptReading | None:
    return (
        None
        if kept_reading is None or f"objects/{kept_reading.digest}" not in objects
        else kept_reading
    )


def _list_typed(
    last: Mapping[_Key, Record], paper: str, digest: str
) -> Iterator[Record]:
    for (name, kind, _, fact), record in last.items():
        if (
            (name, kind) == (paper, SourceKind.PAPER)
            and record.digest == digest
            and record.value is not None
            and not fact.startswith(verify.PRESENT)
        ):
            yield record


def _load_object(path: Path, digest: str) -> bytes:
    with verify.open_bundle(path) as stream:
        return b"".join(verify.Bundle(stream).chunks(f"objects/{digest}"))


# What is said now, against what was said then


def _compare_reading(
    paper: SealedPaper,
    reading: Reading,
    kept_reading: Reading | None,
    sealed: SealedPapers,
    catalogue: Catalogue,
) -> RereadPaper:
    text, names = PaperText(reading), sealed.names_to_compare
    values = []
    proposed: dict[tuple[Subject, str], ProposedFact] | None = None
    for record in paper.records:
        statement = Statement(
            subject=record.subject,
            fact=record.fact,
            value=record.value,
            raw=record.raw,
            place=record.source.place,
        )
        fact = catalogue.facts.get((record.subject.type, record.fact))
        if fact is None or not statement.is_in_paper or record.value is None:
            continue
        comparison = compare_value(
            SoughtValue(
                said=statement,
                fact=fact,
                material=catalogue.materials.get(paper.kind),
                text=text,
                names=names,
            )
        )
        value = _tell_value(paper, record, record.value, comparison, reading)
        if value.state is RereadState.UNREADABLE:
            if proposed is None:
                proposed = _propose_facts(paper, reading, sealed, catalogue)
            value = _take_proposal(value, proposed.get((record.subject, record.fact)))
        values.append(value)
    return RereadPaper(
        id=paper.id,
        name=paper.file,
        reader=_name_reader(reading),
        reader_then=None if kept_reading is None else _name_reader(kept_reading),
        changed=None if kept_reading is None else _count_changed(kept_reading, reading),
        problem=reading.problem,
        values=tuple(values),
    )


def _tell_value(
    paper: SealedPaper,
    record: Record,
    then: Value,
    comparison: Comparison,
    reading: Reading,
) -> RereadValue:
    """Say what became of one value.

    Words that somebody pointed at prove what no rule finds: where they still stand, and
    nothing denies them, the value does too.
    """
    was_denied = (record.subject, record.fact) in paper.denied
    # Before papers were read, what somebody typed beside one was called documented.
    was_read = paper.kept is not None and record.grade.group is not GradeGroup.SAID
    outcome = comparison.outcome
    state = RereadState.SAME
    if reading.problem is ReadingProblem.NO_READER:
        state = RereadState.UNSEEN
    elif outcome is ReadOutcome.DENIED:
        state = RereadState.SAME if was_denied else RereadState.DIFFERENT
    elif outcome is ReadOutcome.READ:
        state = RereadState.SAME if was_read else RereadState.FOUND
    elif was_denied or (
        was_read and not _stands_on_one_page(record.raw or "", reading)
    ):
        state = RereadState.UNREADABLE
    return RereadValue(
        subject=record.subject,
        fact=record.fact,
        then=then,
        state=state,
        now=comparison.stands if outcome is ReadOutcome.DENIED else None,
        words=comparison.words or "",
    )


def _propose_facts(
    paper: SealedPaper, reading: Reading, sealed: SealedPapers, catalogue: Catalogue
) -> dict[tuple[Subject, str], ProposedFact]:
    """Propose what the paper says now, as for one that is new."""
    proposal = propose_from(reading, sealed.names_to_propose, catalogue)
    return {
        (fact.subject, fact.fact): fact
        for part in proposal.papers
        if part.kind == paper.kind and part.another is None
        for fact in part.facts
    }


def _take_proposal(value: RereadValue, proposed: ProposedFact | None) -> RereadValue:
    """Say of a value that is not found what is read in its place."""
    if proposed is None or proposed.value == value.then:
        return value
    return replace(
        value,
        state=RereadState.DIFFERENT,
        now=proposed.value,
        words=proposed.words,
    )


def _stands_on_one_page(words: str, reading: Reading) -> bool:
    """Whether all pieces of a quotation stand on one page of a reading."""
    pieces = [squeeze(piece) for piece in words.split(APART)]
    pages = (
        squeeze("".join(span.text for span in page.spans)) for page in reading.pages
    )
    return any(all(piece in page for piece in pieces) for page in pages)


def _name_reader(reading: Reading) -> str:
    return f"{reading.reader} {reading.version}"


def _count_changed(reading: Reading, other: Reading) -> int:
    """Count the pieces of text that stand in one of two readings and not the other."""
    first, second = _count_pieces(reading), _count_pieces(other)
    return ((first - second) + (second - first)).total()


def _count_pieces(reading: Reading) -> Counter[str]:
    return Counter(squeeze(span.text) for page in reading.pages for span in page.spans)
