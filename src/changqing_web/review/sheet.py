"""The review sheet of a case as its page shows it, and the pictures on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from changqing.casework.review import ReviewRemark
from changqing.casework.review_sheet import (
    PointGroup,
    PointSource,
    ReviewPoint,
    ReviewSheet,
    build_review_sheet,
)
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings
from changqing.latest import Latest
from changqing.law.model import Verdict
from changqing.masks import mask_numbers
from changqing.papers.places import Place, crop_places
from changqing.readers.page_view import has_drawer, is_drawn
from changqing.report.words import VERDICTS, name_verdict
from changqing.text import Text
from changqing_web.cases import judge_case
from changqing_web.language import page_language
from changqing_web.review.marks import TypedMark
from changqing_web.stamp import compute_stamp
from changqing_web.walls import Here

_kept: Final[Latest[str, ReviewSheet]] = Latest(most=4)
_crops: Final[Latest[Place, bytes]] = Latest(most=200)
"""Pictures held ready in a process, at most some 50 kB each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """What one source says of a point; `crop` names the picture of the place."""

    line: str
    evidence: str
    paper: str
    crop: int | None
    personal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """One point of the sheet with what this person typed or marked on it.

    `others` is what reviewers say of it, for who keeps the case.
    """

    number: int
    point: ReviewPoint
    text: str
    verdict: Text
    sources: tuple[SourceRow, ...]
    typed: TypedMark
    then: Text | None
    others: tuple[ReviewRemark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """The points that stand on the sheet for the same reason."""

    group: PointGroup
    rows: tuple[PointRow, ...]


def load_sheet(here: Here) -> ReviewSheet:
    """Load the sheet of the case as it is now; raises ChangqingError."""

    def build() -> ReviewSheet:
        outcome = judge_case(here)
        return build_review_sheet(outcome.case, outcome.assessment, outcome.report)

    return _kept.find_or_make(compute_stamp(here), build)


def make_rows(
    sheet: ReviewSheet,
    mine: Mapping[str, ReviewRemark],
    others: Sequence[ReviewRemark],
    *,
    typed: Mapping[str, TypedMark],
) -> list[RowGroup]:
    """Make the rows of a sheet, under why they are there."""
    number = 0
    groups: list[RowGroup] = []
    for group, points in sheet.group_points():
        rows = []
        for point in points:
            number += 1
            mark = mine.get(point.key)
            rows.append(
                PointRow(
                    number=number,
                    point=point,
                    text=mask_numbers(point.text.say(page_language())),
                    verdict=name_verdict(point.finding.verdict, point.finding.rests_on),
                    sources=tuple(map(_make_source, point.sources)),
                    typed=typed.get(point.key, TypedMark.from_remark(mark)),
                    then=_name_then(mark, point),
                    others=tuple(mark for mark in others if mark.point == point.key),
                )
            )
        groups.append(RowGroup(group=group, rows=tuple(rows)))
    return groups


def _make_source(source: PointSource) -> SourceRow:
    shows = source.place is not None and not source.personal and has_drawer()
    number = source.value.evidence or ""
    digits = number.lstrip("证")
    return SourceRow(
        line=mask_numbers(source.value.line.say(page_language())),
        evidence=number,
        paper="" if source.paper is None else source.paper.id,
        crop=int(digits) if shows and digits.isdecimal() else None,
        personal=source.personal,
    )


def _name_then(mark: ReviewRemark | None, point: ReviewPoint) -> Text | None:
    """What the verdict was when it was marked, where it is another now."""
    if mark is None or mark.verdict in ("", point.finding.verdict.value):
        return None
    return VERDICTS.get(Verdict(mark.verdict)) if mark.verdict in VERDICTS else None


def crop_source(here: Here, number: int) -> bytes | None:
    """Crop the picture of the place that a piece of evidence quotes; None without one.

    No picture is made of papers about persons.
    """
    source = load_sheet(here).find_source(f"证{number:04d}")
    if source is None or source.paper is None or source.place is None:
        return None
    if source.personal or not has_drawer():
        return None
    kept_crop = _crops.find(source.place)
    if kept_crop is not None:
        return kept_crop
    name = PurePosixPath(source.paper.file.path).name
    case = judge_case(here).case
    try:
        content = case.read_file(source.paper.file.path)
    except OSError:
        return None
    digest = source.place[0]
    if hashlib.sha256(content).hexdigest() != digest or not is_drawn(content, name):
        return None
    page = source.place[1]
    beside = [  # on the same page, which is drawn once for all of them
        point_source.place
        for point in load_sheet(here).points
        for point_source in point.sources
        if point_source.place is not None and point_source.place[:2] == (digest, page)
    ]
    crops = crop_places(
        dict.fromkeys(beside),
        contents={digest: content},
        names={digest: name},
        readings=KeptReadings(Evidence(here.folder)),
    )
    for place, picture in crops.items():
        _crops.keep(place, picture)
    return crops.get(source.place)
