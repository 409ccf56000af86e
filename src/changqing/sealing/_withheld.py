"""What a bundle does not show: identity papers, salaries, personal numbers.

A leaf of the log commits to a salted digest, so that an entry can be left out and its
place still be proven. What a withheld paper said is left out with it: a digest of its
bytes alone would let anybody test guesses at a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from stdnum.cn import ric

from changqing.catalogue import Criterion
from changqing.evidence import (
    Blob,
    Gap,
    Item,
    Line,
    Record,
    SourceKind,
    Subject,
    withheld,
)


class Reason(StrEnum):
    """Why something is withheld."""

    IDENTITY = "identity"
    SALARY = "salary"
    PERSONAL_NUMBER = "personal_number"


PERSONAL: Final[Mapping[str, Reason]] = {
    "legal_rep_id": Reason.IDENTITY,
    "staff_id": Reason.IDENTITY,
    "shareholder_proof": Reason.IDENTITY,
    "labour_contract": Reason.SALARY,
    "dispatch_papers": Reason.SALARY,
    "social_insurance": Reason.PERSONAL_NUMBER,
    "credit_report": Reason.PERSONAL_NUMBER,
    "staff_qualification": Reason.PERSONAL_NUMBER,
}
"""Papers by material that are about a person and not about the company."""

_NUMBER: Final = re.compile(rb"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An entry that was left out: whom and what it is about, and why."""

    number: int
    subject: str
    fact: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The log as a bundle shows it; `papers` are those whose bytes are left out."""

    lines: tuple[Line, ...]
    left: tuple[Left, ...] = ()
    papers: Mapping[str, Reason] = field(default_factory=dict)

    def unseen_by(self, criterion: Criterion, subject: Subject | None) -> bool:
        """Whether a verdict rests on a fact of which an entry was left out."""
        reads, counts = criterion.test.facts, criterion.test.quantified
        for left in self.left:
            kind = left.subject.partition(":")[0]
            whose = kind != criterion.subject or kind in counts
            if (kind, left.fact) in reads and (whose or left.subject == str(subject)):
                return True
        return False


def hide(lines: Sequence[Line], content_of: Callable[[str], bytes | None]) -> Shown:
    """Leave out what is personal; `content_of` gives the bytes of a digest, if kept."""
    kinds = _kinds(lines)
    why: dict[str, Reason] = {}
    papers: dict[str, Reason] = {}
    for line in lines:
        item = line.item()
        reason = _by_paper(item, kinds)
        if reason is not None and isinstance(item, Record) and item.digest:
            why[item.digest] = reason
    for digest in sorted(_digests(lines) - why.keys()):
        if _has_number(content_of(digest) or b""):
            why[digest] = Reason.PERSONAL_NUMBER
    shown, left = [], []
    for line in lines:
        item = line.item()
        reason = _by_paper(item, kinds)
        if reason is None and isinstance(item, Record | Blob):
            reason = why.get(item.digest or "")
        if reason is None and _has_number(str(line.content).encode()):
            reason = Reason.PERSONAL_NUMBER
        if reason is None:
            shown.append(line)
            continue
        shown.append(withheld(line))
        left.append(_left(line.number, item, reason))
        if isinstance(item, Record) and item.digest in why:
            papers[f"{item.source.kind}:{item.source.name}"] = reason
    return Shown(lines=tuple(shown), left=tuple(left), papers=papers)


def _by_paper(item: Item | None, kinds: Mapping[str, set[str]]) -> Reason | None:
    """Why what a paper says is withheld: for what the paper is."""
    if isinstance(item, Record | Gap) and item.source.kind is SourceKind.PAPER:
        for kind in sorted(kinds.get(item.source.name, ())):
            if kind in PERSONAL:
                return PERSONAL[kind]
    return None


def _left(number: int, item: Item | None, reason: Reason) -> Left:
    subject = "" if item is None or isinstance(item, Blob) else str(item.subject)
    fact = item.fact if isinstance(item, Record | Gap) else ""
    return Left(number=number, subject=subject, fact=fact, reason=reason)


def digests_of(lines: Iterable[Line]) -> frozenset[str]:
    """The digests of bytes that entries name."""
    return frozenset(_digests(lines))


def _digests(lines: Iterable[Line]) -> set[str]:
    found = set()
    for line in lines:
        item = line.item()
        if isinstance(item, Record | Blob) and item.digest:
            found.add(item.digest)
    return found


def _kinds(lines: Iterable[Line]) -> Mapping[str, set[str]]:
    """What each paper has ever been listed as."""
    kinds: dict[str, set[str]] = {}
    for line in lines:
        item = line.item()
        if (
            isinstance(item, Record)
            and item.fact == "kind"
            and item.subject.type == "paper"
        ):
            kinds.setdefault(item.subject.id, set()).add(str(item.value))
    return kinds


def _has_number(content: bytes) -> bool:
    """Whether there is a citizen's number in it, by its check digit (GB 11643)."""
    return any(ric.is_valid(each[0].decode()) for each in _NUMBER.finditer(content))
