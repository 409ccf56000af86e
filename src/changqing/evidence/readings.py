"""The readings of a case's papers: those that were kept, and text read as it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from changqing.case.comparison import Comparison, Comparisons
from changqing.case.model import Case, Paper
from changqing.case.subjects import APPLICANT, Subject
from changqing.errors import Issue, TamperError
from changqing.evidence.compare import (
    NamedSubjects,
    compare,
    compare_presence,
    is_in_paper,
    list_names,
)
from changqing.evidence.ledger.entry import KeptReading
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.paper_text import PaperText
from changqing.evidence.reading import (
    BrokenReadingError,
    Reading,
    decode_reading,
    encode_reading,
)
from changqing.evidence.text_reading import is_text_paper, read_text_paper
from changqing.text import Text

PRESENCE: Final = "has_"
"""How the fact begins that a kind of paper is there."""


def presence_key(paper: Paper) -> tuple[Subject, str]:
    """The fact that says that a paper of this kind is there."""
    return APPLICANT, f"{PRESENCE}{paper.kind}"


def compare_papers(case: Case, kept: Mapping[str, Reading]) -> Case:
    """Hold what was typed of every paper against its reading.

    `kept` are readings by the SHA-256 of the paper. A paper that is text is read now,
    unless its reading was kept.
    """
    return replace(case, compared=_LazyComparisons(case, kept))


class _LazyComparisons(Mapping[str, Comparisons]):
    """How papers compare, worked out for a paper when somebody asks.

    A case is opened far more often than its papers are judged.
    """

    def __init__(self, case: Case, kept: Mapping[str, Reading]) -> None:
        self._case = case
        self._kept = kept
        self._papers = {paper.id: paper for paper in case.papers}
        self._found: dict[str, Comparisons | None] = {}
        self._names: NamedSubjects | None = None

    def __getitem__(self, paper: str) -> Comparisons:
        if paper not in self._papers:
            raise KeyError(paper)
        if paper not in self._found:
            self._found[paper] = self._compare(self._papers[paper])
        found = self._found[paper]
        if found is None:
            raise KeyError(paper)
        return found

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

    def _compare(self, paper: Paper) -> Comparisons | None:
        text = self._read(paper)
        if text is None:
            return None
        if self._names is None:
            self._names = list_case_names(self._case)
        catalogue = self._case.catalogue
        material = catalogue.materials.get(paper.kind)
        found: dict[tuple[Subject, str], Comparison] = {
            presence_key(paper): compare_presence(text, material)
        }
        for said in paper.statements():
            fact = catalogue.facts.get((said.subject.type, said.fact))
            if fact is None or said.value is None or not is_in_paper(said):
                continue
            found[said.subject, said.fact] = compare(
                said, fact=fact, material=material, text=text, names=self._names
            )
        return found

    def _read(self, paper: Paper) -> PaperText | None:
        reading = self._kept.get(paper.file.digest)
        if reading is None:
            reading = read_as_text(self._case, paper)
        return None if reading is None else PaperText(reading)


class KeptReadings(Mapping[str, Reading]):
    """The newest reading of each paper that a log names, by the SHA-256 of the paper.

    The log is gone through when the first is asked for, a reading decoded when it is.
    Raises TamperError where a reading is not what was recorded.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._digests: dict[str, str] | None = None

    def __getitem__(self, paper: str) -> Reading:
        return decode_kept(self._evidence.blob(self._list()[paper]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._list())

    def __len__(self) -> int:
        return len(self._list())

    def _list(self) -> dict[str, str]:
        if self._digests is None:
            self._digests = {
                item.paper: item.digest
                for item in self._evidence.items()
                if isinstance(item, KeptReading)
            }
        return self._digests


@lru_cache(maxsize=256)
def decode_kept(content: bytes) -> Reading:
    """Decode a reading that was kept, once for a while; TamperError if it is none."""
    try:
        return decode_reading(content)
    except BrokenReadingError as error:
        raise TamperError(_BROKEN) from error


def record_readings(store: Store, case: Case, now: datetime) -> None:
    """Keep the readings of text papers that the log does not have yet."""
    kept = KeptReadings(store)
    fresh = [
        reading
        for paper in case.papers
        if paper.file.digest not in kept
        and (reading := read_as_text(case, paper)) is not None
    ]
    keep_readings(store, fresh, now)


def keep_readings(store: Store, readings: Iterable[Reading], now: datetime) -> None:
    """Keep readings as evidence, and say in the log of which papers they are."""
    written = {
        reading.paper: (reading, encode_reading(reading)) for reading in readings
    }
    store.append(
        [
            KeptReading(
                paper=paper,
                digest=hashlib.sha256(content).hexdigest(),
                reader=reading.reader,
                version=reading.version,
                at=now,
                pages=len(reading.pages),
            )
            for paper, (reading, content) in written.items()
        ],
        blobs=[content for _, content in written.values()],
    )


def read_as_text(case: Case, paper: Paper) -> Reading | None:
    """Read a paper of the case that is text; None where it is not, or has changed."""
    if not is_text_paper(paper.file.path):
        return None
    try:
        content = case.read_file(paper.file.path)
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != paper.file.digest:
        return None  # it changed since the case was opened
    return read_text_paper(content, paper=paper.file.digest, path=paper.file.path)


def list_case_names(case: Case) -> NamedSubjects:
    """Collect whom a case is about, from what it lists."""
    return list_names(
        case.name, ((member.subject, member.name) for member in case.list_members())
    )


_BROKEN: Final = Issue(
    text=Text(
        zh="存证中的一份读取结果无法解析",
        en="a reading among the evidence cannot be parsed",
    ),
    hint=Text(zh="从备份恢复evidence文件夹", en="restore evidence from a backup"),
)
