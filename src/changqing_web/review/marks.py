"""A reviewer's marks: read out of a form, and kept beside the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from django.http import QueryDict
from django.utils import timezone

from changqing.casework.review import (
    ReviewJournal,
    ReviewMark,
    ReviewRemark,
    select_current,
    shorten_remark,
)
from changqing.casework.review_sheet import ReviewSheet
from changqing_web.papers.seen_views import name_reviewer
from changqing_web.walls import Here

_PREFIX: Final = "mark:"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedMark:
    """What the form has of a point. `was` numbers the entry that the page showed."""

    mark: str = ""
    words: str = ""
    was: int = 0

    @classmethod
    def from_remark(cls, remark: ReviewRemark | None) -> Self:
        """Make it as a page shows what was recorded."""
        if remark is None or remark.mark is None:
            return cls()
        return cls(mark=remark.mark.value, words=remark.words, was=remark.number)


def identify_reviewer(here: Here) -> str:
    """Tell reviewers apart: by the link that was followed, else by the account."""
    return f"user-{here.user.pk}" if here.link is None else f"link-{here.link.pk}"


def list_current(here: Here) -> list[ReviewRemark]:
    """List what all reviewers say now."""
    remarks = ReviewJournal(here.folder).list_remarks()
    return list(select_current(remarks).values())


def select_mine(here: Here, remarks: Sequence[ReviewRemark]) -> dict[str, ReviewRemark]:
    """Select what this reviewer says, by point."""
    me = identify_reviewer(here)
    return {remark.point: remark for remark in remarks if remark.reviewer == me}


def count_marks(remarks: Sequence[ReviewRemark]) -> dict[ReviewMark, int]:
    """Count how many points have each mark."""
    return {mark: sum(r.mark is mark for r in remarks) for mark in ReviewMark}


def read_form(sent: QueryDict) -> dict[str, TypedMark]:
    """Read what was sent of each point, by its key."""
    marks: dict[str, TypedMark] = {}
    for name in sent:
        if not name.startswith(_PREFIX):
            continue
        key = name.removeprefix(_PREFIX)
        was = sent.get(f"was:{key}", "")
        marks[key] = TypedMark(
            mark=sent.get(name, ""),
            words=shorten_remark(sent.get(f"words:{key}", "")),
            was=int(was) if was.isascii() and was.isdigit() and len(was) < 10 else 0,
        )
    return marks


def find_unmarked(typed: Mapping[str, TypedMark]) -> list[str]:
    """Find the points that have words and no mark to go with them."""
    return [
        key
        for key, typed_mark in typed.items()
        if typed_mark.words and not typed_mark.mark
    ]


def keep_marks(
    here: Here, sheet: ReviewSheet, typed: Mapping[str, TypedMark]
) -> list[ReviewRemark]:
    """Record what differs from what the page showed, and give it.

    What somebody changed elsewhere meanwhile, and this form did not touch, stays. Only
    points of the sheet and points that this reviewer marked before can be marked.
    """
    journal = ReviewJournal(here.folder)
    if not _list_changes(here, sheet, typed, journal.list_remarks()):
        return []
    with journal:  # what others wrote meanwhile counts
        changes = _list_changes(here, sheet, typed, journal.list_remarks())
        return [journal.append(change, now=timezone.now()) for change in changes]


def _list_changes(
    here: Here,
    sheet: ReviewSheet,
    typed: Mapping[str, TypedMark],
    every: Sequence[ReviewRemark],
) -> list[ReviewRemark]:
    me, by = identify_reviewer(here), name_reviewer(here)
    mine = select_mine(here, list(select_current(every).values()))
    by_number = {remark.number: remark for remark in every if remark.reviewer == me}
    changes = []
    for key, typed_mark in typed.items():
        point, before = sheet.find(key), mine.get(key)
        if point is None and before is None:
            continue
        showed = TypedMark.from_remark(by_number.get(typed_mark.was))
        if (typed_mark.mark, typed_mark.words) == (showed.mark, showed.words):
            continue
        mark = (
            ReviewMark(typed_mark.mark) if typed_mark.mark in set(ReviewMark) else None
        )
        change = ReviewRemark(
            reviewer=me,
            by=by,
            point=key,
            mark=mark,
            words=typed_mark.words if mark is not None else "",
            verdict="" if point is None else point.finding.verdict.value,
        )
        if not _is_same_mark(before, change):
            changes.append(change)
    return changes


def _is_same_mark(before: ReviewRemark | None, after: ReviewRemark) -> bool:
    if before is None:
        return after.mark is None
    return (before.mark, before.words) == (after.mark, after.words)
