"""The pictures of the places in papers that the one page quotes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from changqing.case.comparison import UNREAD
from changqing.case.model import Case
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record
from changqing.evidence.readings import KeptReadings
from changqing.judge.model import Assessment
from changqing.report.one_page import OnePage
from changqing.report.sources import find_number

if TYPE_CHECKING:
    from changqing.papers.places import Place


def crop_quotes(
    case: Case, assessment: Assessment, page: OnePage
) -> Mapping[str, bytes]:
    """Cut out the places that a page quotes: a JPEG each, by the number of evidence.

    None for papers without pages (text, tables), for those whose file is gone or is not
    what was read, and where what draws pages is not installed.
    """
    numbers_quoted = {
        value.evidence
        for point in (*page.doubts.shown, *page.blocking.shown)
        for value in point.says
        if value.quote is not None and value.evidence is not None
    }
    records = {
        number: record
        for finding in assessment.findings
        for record in finding.evidence
        if (number := find_number(record)) in numbers_quoted and number is not None
    }
    papers = {paper.id: paper for paper in case.papers}
    places: dict[str, Place] = {}
    names: dict[str, str] = {}
    for number, record in records.items():
        paper = papers.get(record.source.name)
        if paper is None or not _has_page(case, record):
            continue
        from changqing.papers.places import find_place

        place = find_place(paper, case.compared[paper.id][record.subject, record.fact])
        if place is not None and record.digest == paper.file.digest:
            places[number] = place
            names[paper.file.digest] = paper.file.path
    return _clip_files(case, places, names) if places else {}


def _has_page(case: Case, record: Record) -> bool:
    """Whether a value was read on a page; of text nothing has to be loaded to know."""
    compared = case.compared.get(record.source.name, {})
    comparison = compared.get((record.subject, record.fact), UNREAD)
    return comparison.page is not None and comparison.box is not None


def _clip_files(
    case: Case, places: Mapping[str, Place], names: Mapping[str, str]
) -> Mapping[str, bytes]:
    from changqing.papers.places import crop_places
    from changqing.readers.page_view import has_drawer, is_drawn

    if not has_drawer():
        return {}
    contents = {
        digest: content
        for digest, content in _read_files(case, names)
        if is_drawn(content, PurePosixPath(names[digest]).name)
    }
    cut = crop_places(
        (place for place in places.values() if place[0] in contents),
        contents=contents,
        names={digest: PurePosixPath(names[digest]).name for digest in contents},
        readings=KeptReadings(Evidence(case.path)),
    )
    return {number: cut[place] for number, place in places.items() if place in cut}


def _read_files(case: Case, names: Mapping[str, str]) -> Iterable[tuple[str, bytes]]:
    """Read the files that are still what was read."""
    for digest, name in names.items():
        try:
            content = case.read_file(name)
        except OSError:
            continue
        if hashlib.sha256(content).hexdigest() == digest:
            yield digest, content
