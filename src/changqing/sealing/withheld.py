"""What a bundle does not show: identity papers, salaries, personal numbers.

A leaf of the log commits to a salted digest, so that an entry can be left out and its
place still be proven; of version 2 its head stays, which says what it is about. What a
withheld paper said is left out with it: a digest of its bytes alone would let anybody
test guesses at a number.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from stdnum.cn import ric

from changqing.case.subjects import Subject
from changqing.evidence.ledger.entry import LogLine, withhold_entry
from changqing.evidence.ledger.items import (
    Blob,
    Confirmation,
    Item,
    KeptReading,
    UnknownEntry,
)
from changqing.evidence.model import OF_PAPERS, Attempt, Gap, Record
from changqing.evidence.screenshots import find_screenshots
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.material import Material, Personal
from changqing.masks import find_identity_numbers

ERASED: Final = "erased"
NOT_UNDERSTOOD: Final = "not_understood"
_AT_ONCE: Final = 1 << 20
_ACROSS: Final = 64
"""Characters around a place that decide whether a number stands there, and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An entry that was left out: whom and what it is about, and why.

    `reason` is one of `Personal`, or that it was erased and nobody has it any more, or
    that another release recorded it and this one cannot tell what it says. A `subject`
    that ends with its colon is of that kind, and nobody can say which any more.
    """

    number: int
    subject: str
    fact: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLog:
    """The log as a bundle shows it; `papers` are those whose bytes are left out."""

    lines: tuple[LogLine, ...]
    left: tuple[Left, ...] = ()
    papers: Mapping[str, Personal] = field(default_factory=dict)

    def is_unseen_by(self, criterion: Criterion, subject: Subject | None) -> bool:
        """Tell whether a verdict rests on a fact of which an entry was left out."""
        reads, counts = criterion.test.facts, criterion.test.quantified
        for withheld_entry in self.left:
            kind, _, name = withheld_entry.subject.partition(":")
            any_of = kind != criterion.subject or kind in counts or not name
            if (kind, withheld_entry.fact) in reads and (
                any_of or withheld_entry.subject == str(subject)
            ):
                return True
        return False


def hide_personal(
    lines: Sequence[LogLine],
    content_of: Callable[[str], bytes | None],
    materials: Mapping[str, Material],
) -> ShownLog:
    """Leave out what is personal, and tell what was left out and why.

    `content_of` gives the bytes of a digest (SHA-256 hex), if kept; `materials` say by
    kind of paper which are personal.
    """
    kinds = _list_kinds(lines)
    # By digest, not by entry: several entries name the bytes of one paper, and a single
    # one that is shown would give away the digest to test guesses with.
    why: dict[str, Personal] = {}
    papers: dict[str, Personal] = {}
    for line in lines:
        item = line.decode_item()
        reason = _find_reason_of_paper(item, kinds, materials)
        if reason is not None and isinstance(item, Record) and item.digest:
            why[item.digest] = reason
    for digest in sorted(_list_digests(lines) - why.keys()):
        if _has_number(content_of(digest) or b""):
            why[digest] = Personal.PERSONAL_NUMBER
    _share_fate(lines, why)
    _hide_screenshots(lines, content_of, why)
    shown_lines, withheld_entries = [], []
    names = _list_names(lines)
    for line in lines:
        if line.content is None:
            shown_lines.append(line)
            withheld_entries.append(_make_erased_left(line, names))
            continue
        item = line.decode_item()
        reason = _find_reason_of_paper(item, kinds, materials)
        if reason is None and isinstance(item, Record | Blob):
            reason = why.get(item.digest or "")
        if reason is None and isinstance(item, KeptReading | Confirmation):
            reason = why.get(item.paper)
        if reason is None and _has_number(str(line.content).encode()):
            reason = Personal.PERSONAL_NUMBER
        if reason is None and not isinstance(item, UnknownEntry):
            shown_lines.append(line)
            continue
        shown_lines.append(withhold_entry(line))
        withheld_entries.append(_make_left(line.number, item, reason or NOT_UNDERSTOOD))
        if isinstance(item, Record) and item.digest in why and reason is not None:
            papers[f"{item.source.kind}:{item.source.name}"] = reason
    return ShownLog(
        lines=tuple(shown_lines), left=tuple(withheld_entries), papers=papers
    )


def _share_fate(lines: Iterable[LogLine], why: dict[str, Personal]) -> None:
    """Withhold a reading with its paper, and a paper in whose reading a number stands.

    A scan shows no number among its bytes; its reading does.
    """
    pairs = [
        (item.paper, item.digest)
        for line in lines
        if isinstance(item := line.decode_item(), KeptReading)
    ]
    for paper, reading in pairs:
        if reading in why:
            why.setdefault(paper, why[reading])
    for paper, reading in pairs:
        if paper in why:
            why.setdefault(reading, why[paper])


def _hide_screenshots(
    lines: Iterable[LogLine],
    content_of: Callable[[str], bytes | None],
    why: dict[str, Personal],
) -> None:
    """Withhold the picture of a page on which a citizen's number stood, and its note.

    The picture shows no number among its bytes; whoever took it saw the page.
    """
    for item, screenshot in find_screenshots(
        [line.decode_item() for line in lines], content_of
    ):
        if screenshot.personal or item.digest in why:
            why.setdefault(item.digest, Personal.PERSONAL_NUMBER)
            why.setdefault(screenshot.digest, Personal.PERSONAL_NUMBER)


def show_whole_log(lines: Sequence[LogLine]) -> ShownLog:
    """Leave out nothing but what was erased and nobody has any more."""
    names = _list_names(lines)
    return ShownLog(
        lines=tuple(lines),
        left=tuple(
            _make_erased_left(line, names) for line in lines if line.content is None
        ),
    )


def find_opened_subjects(
    lines: Sequence[LogLine], shown_log: ShownLog, unnamed: Collection[str] = ()
) -> list[tuple[str, bytes]]:
    """Find the subjects of which everything is withheld, with the salts of their ids.

    By those a reader can tell whom the withheld entries are about, but for those who
    must stay `unnamed`. An entry that is shown says so itself.
    """
    hidden = {withheld_entry.number for withheld_entry in shown_log.left}
    hidden_subjects: set[tuple[str, bytes]] = set()
    told_subjects: set[tuple[str, bytes]] = set()
    for line in lines:
        if line.content is not None and line.salts and "subject" in line.salts:
            subject_and_salt = (str(line.content["subject"]), line.salts["subject"])
            (hidden_subjects if line.number in hidden else told_subjects).add(
                subject_and_salt
            )
    return sorted(
        subject_and_salt
        for subject_and_salt in hidden_subjects - told_subjects
        if subject_and_salt[0] not in unnamed
    )


def _list_names(lines: Iterable[LogLine]) -> Mapping[object, str]:
    """The subjects of entries, by their opaque ids."""
    names: dict[object, str] = {}
    for line in lines:
        if line.content is not None and line.salts and "subject" in line.salts:
            names[_find_opaque_id(line)] = str(line.content["subject"])
    return names


def _find_opaque_id(line: LogLine) -> object:
    head = line.find_head() or {}
    subject = head.get("subject")
    return subject["id"] if isinstance(subject, Mapping) else None


def _make_erased_left(line: LogLine, names: Mapping[object, str]) -> Left:
    """Tell what is left of an erased entry: of version 2 its head."""
    head = line.find_head() or {}
    subject = head.get("subject")
    whom = f"{subject['type']}:" if isinstance(subject, Mapping) else ""
    fact = head.get("fact")
    return Left(
        number=line.number,
        subject=names.get(_find_opaque_id(line), whom),
        fact=fact if isinstance(fact, str) else "",
        reason=ERASED,
    )


def _find_reason_of_paper(
    item: Item | None,
    kinds: Mapping[str, set[str]],
    materials: Mapping[str, Material],
) -> Personal | None:
    """Why what a paper says is withheld: for what the paper is."""
    if isinstance(item, Record | Gap) and item.source.kind in OF_PAPERS:
        for kind in sorted(kinds.get(item.source.name, ())):
            material = materials.get(kind)
            if material is not None and material.personal is not None:
                return material.personal
    return None


def withhold_entries(shown_log: ShownLog, numbers: Mapping[int, Personal]) -> ShownLog:
    """Leave out further entries, of which some may be left out already."""
    lines = tuple(
        withhold_entry(line) if line.number in numbers else line
        for line in shown_log.lines
    )
    already = {item.number for item in shown_log.left}
    withheld_entries = [
        *shown_log.left,
        *(
            _make_left(line.number, line.decode_item(), numbers[line.number])
            for line in shown_log.lines
            if line.number in numbers and line.number not in already
        ),
    ]
    return ShownLog(
        lines=lines,
        left=tuple(
            sorted(withheld_entries, key=lambda withheld_entry: withheld_entry.number)
        ),
        papers=shown_log.papers,
    )


def _make_left(number: int, item: Item | None, reason: str) -> Left:
    subject, fact = "", ""
    if isinstance(item, UnknownEntry):
        parts = [item.content.get(name) for name in ("subject", "fact")]
        subject, fact = (part if isinstance(part, str) else "" for part in parts)
    elif isinstance(item, Record | Gap | Attempt | Confirmation):
        subject = str(item.subject)
        fact = "" if isinstance(item, Attempt) else item.fact
    return Left(number=number, subject=subject, fact=fact, reason=reason)


def list_digests(lines: Iterable[LogLine]) -> frozenset[str]:
    """List the digests of bytes that entries name."""
    return frozenset(_list_digests(lines))


def _list_digests(lines: Iterable[LogLine]) -> set[str]:
    digests = set()
    for line in lines:
        item = line.decode_item()
        if isinstance(item, Record | Blob) and item.digest:
            digests.add(item.digest)
    return digests


def _list_kinds(lines: Iterable[LogLine]) -> Mapping[str, set[str]]:
    """What each paper has ever been listed as.

    Ever, or to list an identity paper as something else would bring it into the bundle.
    """
    kinds: dict[str, set[str]] = {}
    for line in lines:
        item = line.decode_item()
        if (
            isinstance(item, Record)
            and item.fact == "kind"
            and item.subject.type == "paper"
        ):
            kinds.setdefault(item.subject.id, set()).add(str(item.value))
    return kinds


def _has_number(content: bytes) -> bool:
    """Whether there is a citizen's number in it, by its check digit (GB 11643)."""
    encoding = "utf-8" if _is_utf_8(content) else "latin-1"
    decoder, text = codecs.getincrementaldecoder(encoding)(), ""
    for at in range(0, len(content), _AT_ONCE):
        begin = len(text) > _ACROSS
        # Some letters of the piece before: a number may stand across. One that touches
        # an end of what is looked at may be part of a longer one there.
        text = text[-_ACROSS:] + decoder.decode(content[at : at + _AT_ONCE])
        whole = at + _AT_ONCE >= len(content)
        for start, end, number in find_identity_numbers(text):
            inside = (start or not begin) and (end < len(text) or whole)
            if inside and ric.is_valid(number):
                return True
    return False


def _is_utf_8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(content), _AT_ONCE):
            decoder.decode(content[at : at + _AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
