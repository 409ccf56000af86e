"""The places in papers that say the values of key points, for the page of a bundle.

A key point is what the first sentence rests on, or what carries a route. Beside each
value that was read there stand the words of the paper, and where it has pages and its
bytes are in the bundle, a picture of the place. A picture is made of those bytes alone,
so that it shows nothing that the bundle does not hold anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePosixPath
from typing import Final

from changqing.case.comparison import UNREAD, Comparison, ReadOutcome
from changqing.case.model import Case, Paper
from changqing.evidence.model import OF_PAPERS, Record
from changqing.evidence.reading import Reading
from changqing.judge.model import Assessment, Finding
from changqing.law.kinds.criterion import Criterion
from changqing.papers.places import Place, crop_places, find_place
from changqing.readers.page_view import has_drawer, is_drawn
from changqing.sealing import verify

MOST_CROPS: Final = 400
"""Pictures in one bundle; of further values the words alone are shown."""
Read = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedValue:
    """A value of key points, and the place in a paper that says it, or denies it.

    `crop` is a JPEG. `drawn` says that the paper has pages and might have been drawn.
    """

    record: Record
    criteria: tuple[Criterion, ...]
    paper: Paper
    found: Comparison
    drawn: bool = False
    crop: bytes | None = None

    @property
    def path(self) -> str:
        """Where the bundle has the picture."""
        digest = hashlib.sha256(self.crop or b"").hexdigest()
        return f"{verify.CROPS}{digest}.jpg"


def quote_key_points(
    case: Case,
    assessment: Assessment,
    *,
    shown: Collection[int],
    originals: Collection[str],
    read: Read,
    readings: Mapping[str, Reading],
) -> tuple[QuotedValue, ...]:
    """Quote the values of key points from papers, by the numbers of their records.

    `shown` are the numbers of the entries that the bundle shows, `originals` the
    digests of the bytes that it holds; `read` gives those bytes, `readings` what was
    read in them, by the digest of the paper.
    """
    quoted = [
        value
        for value in _list_quoted_values(case, assessment, shown)
        if value.paper.file.digest in originals
    ]
    files = {
        value.paper.file.digest: PurePosixPath(value.paper.file.path).name
        for value in quoted
    }
    contents = {digest: read(digest) or b"" for digest in files}
    drawn_papers = {
        digest for digest in files if is_drawn(contents[digest], files[digest])
    }
    quoted = [
        replace(value, drawn=value.paper.file.digest in drawn_papers)
        for value in quoted
    ]
    if not drawn_papers or not has_drawer():
        return tuple(quoted)
    places = dict.fromkeys(
        place for value in quoted if (place := _find_drawn(value)) is not None
    )
    clips = crop_places(
        list(places)[:MOST_CROPS], contents=contents, names=files, readings=readings
    )
    return tuple(
        replace(value, crop=None if place is None else clips.get(place))
        for value in quoted
        for place in [_find_drawn(value)]
    )


def _list_quoted_values(
    case: Case, assessment: Assessment, shown_numbers: Collection[int]
) -> Iterator[QuotedValue]:
    papers = {paper.id: paper for paper in case.papers}
    records: dict[int, Record] = {}
    criteria: dict[int, dict[str, Criterion]] = {}
    for finding in _list_key_points(assessment):
        for record in finding.evidence:
            if record.number in shown_numbers and _is_of_paper(record, papers):
                records[record.number] = record
                about = criteria.setdefault(record.number, {})
                about[finding.criterion.id] = finding.criterion
    for number, record in sorted(records.items()):
        paper = papers[record.source.name]
        comparison = case.compared.get(paper.id, {}).get(
            (record.subject, record.fact), UNREAD
        )
        if comparison.outcome in (ReadOutcome.READ, ReadOutcome.DENIED):
            yield QuotedValue(
                record=record,
                criteria=tuple(criteria[number].values()),
                paper=paper,
                found=comparison,
            )


def _list_key_points(assessment: Assessment) -> Sequence[Finding]:
    """List the findings of the first sentence and those that carry a route."""
    core = {id(finding) for finding in chain(*assessment.long_term.cores.values())}
    return [
        finding
        for finding in assessment.findings
        if finding.required or id(finding) in core
    ]


def _is_of_paper(record: Record, papers: Mapping[str, Paper]) -> bool:
    """Whether a record is of a paper as its file is now."""
    paper = papers.get(record.source.name)
    return (
        record.source.kind in OF_PAPERS
        and paper is not None
        and record.digest == paper.file.digest
    )


def _find_drawn(value: QuotedValue) -> Place | None:
    """Find the place of a value that can be drawn."""
    return find_place(value.paper, value.found) if value.drawn else None
