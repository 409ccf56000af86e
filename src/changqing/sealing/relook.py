"""Every look of a bundle once more, from the reader's own desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from changqing.case.subjects import Subject
from changqing.evidence.ledger.entry import read_line
from changqing.evidence.model import Attempt, Record, SourceKind
from changqing.law.model import Catalogue
from changqing.net.door import Net
from changqing.net.model import NetSettings
from changqing.probes.engine import look
from changqing.probes.evidence import to_evidence
from changqing.probes.model import Site
from changqing.rules.types import Value
from changqing.sandbox.pool import get_shared_pool
from changqing.sealing import verify
from changqing.sealing.apart import LIMITS

_Key = tuple[Subject, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relooked:
    """One fact that was looked at again: what the bundle says, what is seen now.

    `unseen` says that it could not be seen now, which is no difference.
    """

    subject: Subject
    fact: str
    then: Value | None
    seen_at: datetime
    now: Value | None
    unseen: bool = False

    @property
    def differs(self) -> bool:
        """Whether something else is seen now."""
        return not self.unseen and self.then != self.now


def relook(
    bundle: Path,
    catalogue: Catalogue,
    *,
    net: NetSettings,
    clock: Callable[[], datetime],
) -> Sequence[Relooked]:
    """Look at every service of a verified bundle again, fact by fact.

    Asks the addresses that the bundle asked; nothing where it holds no look. Raises
    NoBundleError when it is no bundle, DamageError when it was altered.
    """
    records_then, places = get_shared_pool().run(LIMITS, _find_last_looks, bundle)
    values_now = asyncio.run(_look_at_places(places, catalogue, net, clock))
    return [
        Relooked(
            subject=subject,
            fact=fact,
            then=record.value,
            seen_at=record.observed_at,
            now=values_now.get((subject, fact)),
            unseen=(subject, fact) not in values_now,
        )
        for (subject, fact), record in sorted(records_then.items())
    ]


def _find_last_looks(path: Path) -> tuple[Mapping[_Key, Record], Mapping[Subject, str]]:
    """Find what the probes saw last, and where each service was tried first."""
    last_records: dict[_Key, Record] = {}
    places: dict[Subject, str] = {}
    with verify.open_bundle(path) as stream:
        lines = list(verify.read_lines(verify.Bundle(stream), verify.ENTRIES))
    for line in lines:
        item = read_line(line + b"\n").decode_item()
        if isinstance(item, Attempt):
            places.setdefault(item.subject, item.url)
        elif isinstance(item, Record) and item.source.kind is SourceKind.PROBE:
            last_records[item.subject, item.fact] = item
    return last_records, places


async def _look_at_places(
    places: Mapping[Subject, str],
    catalogue: Catalogue,
    net: NetSettings,
    clock: Callable[[], datetime],
) -> Mapping[_Key, Value | None]:
    values: dict[_Key, Value | None] = {}
    async with Net(net, clock=clock) as door:
        for subject, url in sorted(places.items()):
            capture = await look(Site.from_url(subject.id, url), door, now=clock())
            records = to_evidence(capture, subject, catalogue).records
            values.update(
                {(record.subject, record.fact): record.value for record in records}
            )
    return values
