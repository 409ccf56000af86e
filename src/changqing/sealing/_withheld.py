"""What a bundle does not show: identity papers, salaries, personal numbers.

A leaf of the log commits to a salted digest, so that an entry can be left out and its
place still be proven. What a withheld paper said is left out with it: a digest of its
bytes alone would let anybody test guesses at a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from stdnum.cn import ric

from changqing.assessment import say_value
from changqing.catalogue import Catalogue, Criterion, Material, Personal
from changqing.evidence import (
    Blob,
    Gap,
    Item,
    Line,
    Made,
    Record,
    SourceKind,
    Subject,
    withheld,
)

_TELLING: Final = 6
"""Characters a value must have to be searched for: a shorter one stands anywhere."""

_NUMBER: Final = re.compile(rb"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An entry that was left out: whom and what it is about, and why.

    Without a reason it was erased, and nobody has it any more.
    """

    number: int
    subject: str
    fact: str
    reason: Personal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The log as a bundle shows it; `papers` are those whose bytes are left out."""

    lines: tuple[Line, ...]
    left: tuple[Left, ...] = ()
    papers: Mapping[str, Personal] = field(default_factory=dict)

    def unseen_by(self, criterion: Criterion, subject: Subject | None) -> bool:
        """Whether a verdict rests on a fact of which an entry was left out."""
        reads, counts = criterion.test.facts, criterion.test.quantified
        for left in self.left:
            kind = left.subject.partition(":")[0]
            whose = kind != criterion.subject or kind in counts
            if (kind, left.fact) in reads and (whose or left.subject == str(subject)):
                return True
        return False


def hide(
    lines: Sequence[Line],
    content_of: Callable[[str], bytes | None],
    materials: Mapping[str, Material],
) -> Shown:
    """Leave out what is personal; `content_of` gives the bytes of a digest, if kept."""
    kinds = _kinds(lines)
    why: dict[str, Personal] = {}
    papers: dict[str, Personal] = {}
    for line in lines:
        item = line.item()
        reason = _by_paper(item, kinds, materials)
        if reason is not None and isinstance(item, Record) and item.digest:
            why[item.digest] = reason
    for digest in sorted(_digests(lines) - why.keys()):
        if _has_number(content_of(digest) or b""):
            why[digest] = Personal.PERSONAL_NUMBER
    shown, left = [], []
    for line in lines:
        if line.content is None:
            shown.append(withheld(line))
            left.append(_left(line.number, None, None))
            continue
        item = line.item()
        reason = _by_paper(item, kinds, materials)
        if reason is None and isinstance(item, Record | Blob):
            reason = why.get(item.digest or "")
        if reason is None and _has_number(str(line.content).encode()):
            reason = Personal.PERSONAL_NUMBER
        if reason is None:
            shown.append(line)
            continue
        shown.append(withheld(line))
        left.append(_left(line.number, item, reason))
        if isinstance(item, Record) and item.digest in why:
            papers[f"{item.source.kind}:{item.source.name}"] = reason
    return Shown(lines=tuple(shown), left=tuple(left), papers=papers)


def whole(lines: Sequence[Line]) -> Shown:
    """Leave out nothing but what was erased and nobody has any more."""
    return Shown(
        lines=tuple(lines),
        left=tuple(
            _left(line.number, None, None) for line in lines if line.content is None
        ),
    )


def _by_paper(
    item: Item | None,
    kinds: Mapping[str, set[str]],
    materials: Mapping[str, Material],
) -> Personal | None:
    """Why what a paper says is withheld: for what the paper is."""
    if isinstance(item, Record | Gap) and item.source.kind is SourceKind.PAPER:
        for kind in sorted(kinds.get(item.source.name, ())):
            material = materials.get(kind)
            if material is not None and material.personal is not None:
                return material.personal
    return None


def without(shown: Shown, numbers: Mapping[int, Personal]) -> Shown:
    """The same, with further entries left out."""
    lines = tuple(
        withheld(line) if line.number in numbers else line for line in shown.lines
    )
    left = [
        *shown.left,
        *(_left(number, None, reason) for number, reason in numbers.items()),
    ]
    return Shown(
        lines=lines,
        left=tuple(sorted(left, key=lambda each: each.number)),
        papers=shown.papers,
    )


def secrets_of(
    lines: Sequence[Line], shown: Shown, catalogue: Catalogue
) -> frozenset[str]:
    """How a page writes values that only withheld entries tell."""
    hidden = {each.number for each in shown.left}
    told: tuple[set[str], set[str]] = (set(), set())
    for line in lines:
        item = line.item()
        if not isinstance(item, Record) or isinstance(item.value, bool | None):
            continue
        fact = catalogue.facts.get((item.subject.type, item.fact))
        said = say_value(item.value, fact)
        for text in (str(item.value), said.zh, said.en, item.raw or ""):
            if len(text) >= _TELLING:
                told[line.number in hidden].add(text)
    return frozenset(told[1] - told[0])


def _left(number: int, item: Item | None, reason: Personal | None) -> Left:
    subject = "" if item is None or isinstance(item, Blob | Made) else str(item.subject)
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
