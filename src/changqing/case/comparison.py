"""What became of a value that somebody typed beside a paper, once the paper is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.case.subjects import Subject
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum


class ReadOutcome(WordedEnum):
    """Whether a paper was found to say what was typed from it."""

    READ = "read", Text("已读到", "read")
    DENIED = "denied", Text("与材料不符", "the paper says otherwise")
    NOT_FOUND = "not_found", Text("没有读到", "not found in the paper")
    UNREADABLE = "unreadable", Text("读不出", "the paper cannot be read")
    UNREAD = "unread", Text("材料未读取", "the paper was not read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One typed value held against the reading of its paper.

    `words` are those of the paper that say the value, or deny it; pieces that stand
    apart are parted by `APART`. `page` counts from 1, `box` is left, top, right and
    bottom in ten-thousandths of the page; None where a file has no pages of its own.
    `at_place`: they stand where it was said that they do. `attested`: the page that
    the issuer showed of the paper says so too; `issuer` is what that page says where it
    says otherwise. `seen_by` and `seen_on`: a reviewer
    saw it in the original, where no program found it in the file. `stands` is the value
    that the paper gives instead, where it denies the typed one by another.
    """

    outcome: ReadOutcome
    page: int | None = None
    box: tuple[int, int, int, int] | None = None
    words: str | None = None
    at_place: bool = False
    attested: bool = False
    seen_by: str | None = None
    seen_on: date | None = None
    issuer: Comparison | None = None
    stands: Value | None = None
    why: Text | None = None


APART: Final = " … "
"""Between pieces of a quotation that do not stand together."""

UNREAD: Final = Comparison(
    outcome=ReadOutcome.UNREAD,
    why=Text(zh="材料还没有读取", en="the paper has not been read yet"),
)

Comparisons = Mapping[tuple[Subject, str], Comparison]
"""How the statements of one paper compare, by subject and fact."""
