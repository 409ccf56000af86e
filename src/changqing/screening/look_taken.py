"""Take what was looked at into the buckets of a register.

Taking it twice changes nothing: `taken.json`, which says how far each journal was
taken, may be older than the buckets. The journals hold every look that was made.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from changqing.disk import Disk
from changqing.errors import BusyError
from changqing.evidence.model import Attempt, Gap, Record
from changqing.jsondata import Json, read_object, read_text, read_whole
from changqing.law.model import Catalogue
from changqing.screening.codec import encode_cases
from changqing.screening.judging import RegisterCase
from changqing.screening.layout import (
    RegisterWriter,
    choose_bucket,
    read_bucket,
    read_head,
    write_register,
)
from changqing.screening.look_journal import (
    LOOKS,
    LookPlace,
    RegisterLook,
    list_journals,
    list_looks,
    read_look,
)
from changqing.screening.looked import SeenOfCase, merge_seen

TAKEN: Final = "taken.json"
_PATIENCE: Final = 600  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksTaken:
    """So many looks are in the buckets now; `without_case` stand in no case there."""

    looks: int
    without_case: int


def take_looks(
    register: Path,
    catalogue: Catalogue,
    *,
    disk: Disk | None = None,
    patience: float = _PATIENCE,
) -> LooksTaken:
    """Take the looks of all shards that are not in the buckets yet.

    Waits up to `patience` seconds for others who write to the register. Raises
    CaseError and BusyError.
    """
    used = Disk() if disk is None else disk
    until = time.monotonic() + patience
    while True:
        try:
            return _take_looks(register, catalogue, used)
        except BusyError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.5)


def _take_looks(register: Path, catalogue: Catalogue, disk: Disk) -> LooksTaken:
    cases = read_head(register).cases
    with write_register(register, catalogue, cases=cases, disk=disk) as writer:
        positions = _read_taken(register)
        by_bucket: dict[int, list[tuple[Path, LookPlace]]] = {}
        for journal in list_journals(register):
            name = f"{journal.parent.name}/{journal.name}"
            first = _digest_first_line(journal)
            before = positions.get(name)
            start = before.end if before is not None and before.first == first else 0
            for place in list_looks(journal, start):
                bucket = choose_bucket(place.case, writer.head.buckets)
                by_bucket.setdefault(bucket, []).append((journal, place))
                positions[name] = _Taken(end=place.end, first=first)
        without_case = 0
        for bucket, places in sorted(by_bucket.items()):
            looks = [read_look(journal, place) for journal, place in places]
            without_case += _add_looks(register, writer, catalogue, bucket, looks)
    # After the buckets count: between the two, a crash lets them be taken again.
    if by_bucket:
        encoded = {name: asdict(until) for name, until in positions.items()}
        content = json.dumps(encoded, indent=1, sort_keys=True) + "\n"
        disk.replace(register / LOOKS / TAKEN, content.encode())
    return LooksTaken(
        looks=sum(map(len, by_bucket.values())), without_case=without_case
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """How far a journal is taken; `first` is the SHA-256 (hex) of its first line.

    A damaged journal is moved away, and then another stands under its name.
    """

    end: int
    first: str


def _read_taken(register: Path) -> dict[str, _Taken]:
    try:
        data = read_object(json.loads((register / LOOKS / TAKEN).read_bytes()))
        return {name: _decode_taken(encoded) for name, encoded in data.items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # everything is taken again, which changes nothing


def _decode_taken(encoded: Json) -> _Taken:
    fields = read_object(encoded)
    return _Taken(end=read_whole(fields["end"]), first=read_text(fields["first"]))


def _digest_first_line(journal: Path) -> str:
    with journal.open("rb") as stream:
        return hashlib.sha256(stream.readline()).hexdigest()


def _add_looks(
    register: Path,
    writer: RegisterWriter,
    catalogue: Catalogue,
    bucket: int,
    looks: Sequence[RegisterLook],
) -> int:
    """Add looks to the cases of a bucket; gives how many stand in none of them."""
    by_case: dict[str, list[RegisterLook]] = {}
    for look in looks:
        by_case.setdefault(look.of.case, []).append(look)
    merged, added = [], 0
    for case in read_bucket(register, writer.head, bucket, catalogue):
        current = _select_current(case, by_case.get(case.id, ()))
        added += len(current)
        case_known = (
            merge_seen(case.known, _gather_looks(current)) if current else case.known
        )
        merged.append(replace(case, known=case_known))
    if added:
        writer.replace_bucket(bucket, encode_cases(merged, catalogue=catalogue))
    return len(looks) - added


def _select_current(
    case: RegisterCase, looks: Iterable[RegisterLook]
) -> list[RegisterLook]:
    """Select the looks at addresses that the case still has."""
    urls = {service.subject.id: service.url for service in case.case.services}
    return [look for look in looks if urls.get(look.of.site.id) == look.of.site.url]


def _gather_looks(looks: Iterable[RegisterLook]) -> SeenOfCase:
    ordered = sorted(looks, key=lambda look: (look.at, look.kind.value))
    items = [item for look in ordered for item in look.items]
    return SeenOfCase(
        records=[item for item in items if isinstance(item, Record)],
        gaps=[item for item in items if isinstance(item, Gap)],
        attempts=[item for item in items if isinstance(item, Attempt)],
        observed=[row for look in ordered for row in look.observed],
    )
