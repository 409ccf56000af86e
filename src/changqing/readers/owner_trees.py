"""Owners drawn as a tree of text: ├─ before a holder, └─ before the last of several.

How deep a line stands is lost where blanks are. It follows from the shares: those who
hold one company make up the whole of it, and the last of them has the last branch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from changqing.evidence.parse import find_shares
from changqing.readers.flow import Flow, fold_signs
from changqing.rules.types import WHOLE_SHARE

_LINE: Final = re.compile(
    r"(?P<sign>[├┣┝└┗┕╰])[─━\-\s]*(?P<name>"
    r"[一-龥A-Za-z][一-龥A-Za-z0-9()]{1,39}?(?:公司|企业|基金|中心)(?:\([^()\n]{2,6}合伙\))?"
    r"|[一-龥·]{2,8})"
    r"(?P<words>(?![一-龥A-Za-z])[^├┣┝└┗┕╰\n]*)"
)
_GOES_ON: Final = frozenset("├┣┝")
_COMPANY: Final = re.compile(r"(?:公司|企业|基金|中心)(?:\(|$)")
_MOST_LINES: Final = 60  # of a tree; more could make too many readings


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLine:
    """A holder in a tree, and where its name and its share stand in the flow."""

    name: str
    share: int  # basis points
    name_span: tuple[int, int]
    share_span: tuple[int, int]
    goes_on: bool  # others follow who hold the same company

    @property
    def is_company(self) -> bool:
        """Whether it can have holders of its own."""
        return _COMPANY.search(self.name) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerTree:
    """Who holds the company itself; whether every company has its holders drawn."""

    holders: tuple[TreeLine, ...]
    is_whole: bool


_Group = tuple[tuple[TreeLine, ...], bool, int]  # holders, is whole, where it ends


def find_owner_tree(flow: Flow, company: str) -> OwnerTree | None:
    """Find the tree of those who hold the company, which is named right above it.

    None where it is not, a branch has no name or share, or the shares of those who
    hold one company do not make up the whole in exactly one way.
    """
    matches = list(_LINE.finditer(flow.text))
    if not matches or len(matches) > _MOST_LINES:
        return None
    if len(matches) != len(re.findall("[├┣┝└┗┕╰]", flow.text)):
        return None
    above = flow.text[: matches[0].start()].rstrip("\n\t │|").rsplit("\n", 1)[-1]
    if fold_signs(company) not in above:
        return None
    lines: list[TreeLine] = []
    for match in matches:
        shares = re.findall(r"\d[\d.]*%", match["words"])
        values = find_shares(match["words"])
        if len(shares) != 1 or len(values) != 1:
            return None
        start = match.start("words") + match["words"].index(shares[0])
        lines.append(
            TreeLine(
                name=match["name"],
                share=values[0],
                name_span=match.span("name"),
                share_span=(start, start + len(shares[0])),
                goes_on=match["sign"] in _GOES_ON,
            )
        )
    readings = {
        (holders, is_whole)
        for holders, is_whole, end in _read_group(lines, 0)
        if end == len(lines)
    }
    if len(readings) != 1:
        return None
    holders, is_whole = readings.pop()
    return OwnerTree(holders=holders, is_whole=is_whole)


def _read_group(lines: Sequence[TreeLine], start: int) -> Iterator[_Group]:
    """Read those who hold one company, from a line on, in every way there is."""
    yield from _read_rest(lines, start, (), is_whole=True)


def _read_rest(
    lines: Sequence[TreeLine],
    start: int,
    holders: tuple[TreeLine, ...],
    *,
    is_whole: bool,
) -> Iterator[_Group]:
    if start == len(lines):
        return
    line = lines[start]
    so_far = (*holders, line)
    below: list[tuple[bool, int]] = [(not line.is_company, start + 1)]
    if line.is_company:
        below += [(whole, end) for _, whole, end in _read_group(lines, start + 1)]
    total = sum(holder.share for holder in so_far)
    for whole, end in below:
        if line.goes_on and total < WHOLE_SHARE:
            yield from _read_rest(lines, end, so_far, is_whole=is_whole and whole)
        elif not line.goes_on and abs(total - WHOLE_SHARE) <= 1:
            yield so_far, is_whole and whole, end
