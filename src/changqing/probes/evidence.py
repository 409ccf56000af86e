"""A look as evidence: records, gaps, attempts, and the bytes they rest on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from changqing.case.normalise import Hidden, NotThisKindError, normalise
from changqing.case.subjects import Subject
from changqing.evidence.model import Attempt, Gap, GapReason, Record, Source, SourceKind
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.probes.model import Capture, ProbeObservation, SiteLook
from changqing.probes.warc import dump
from changqing.rules.types import Kind, Value
from changqing.text import Text

OBSERVER = "changqing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvidence:
    """What a look adds to a case. `blobs` are WARC files by SHA-256, for the store."""

    records: tuple[Record, ...]
    gaps: tuple[Gap, ...]
    attempts: tuple[Attempt, ...]
    blobs: Mapping[str, bytes]


def to_evidence(
    look: SiteLook,
    subject: Subject,
    catalogue: Catalogue,
    *,
    observer: str = OBSERVER,
) -> SiteEvidence:
    """Turn a look into records and gaps, all of grade observed, seen by `observer`.

    A fact that the catalogue does not know is left out: nobody would ask for it.
    """
    records: list[Record] = []
    gaps: list[Gap] = []
    blobs: dict[str, bytes] = {}
    for name, capture in look.captures.items():
        data = dump(capture)
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        for observation in look.observations[name]:
            fact = catalogue.facts.get((subject.type, observation.fact))
            if fact is None:
                continue
            item = _make_evidence(observation, fact, subject, capture, digest, observer)
            if isinstance(item, Record):
                records.append(item)
            else:
                gaps.append(item)
    return SiteEvidence(
        records=tuple(records),
        gaps=tuple(gaps),
        attempts=tuple(replace(a, subject=subject) for a in look.attempts),
        blobs=blobs,
    )


def _make_evidence(
    observation: ProbeObservation,
    fact: Fact,
    subject: Subject,
    capture: Capture,
    digest: str,
    observer: str,
) -> Record | Gap:
    source = Source(
        kind=SourceKind.PROBE,
        name=f"{capture.probe} {capture.site.url}",
        place=observation.place,
    )
    value, reason, detail = observation.value, observation.reason, observation.detail
    if isinstance(value, str) and fact.type.kind is Kind.TEXT:
        value, reason, detail = _normalise_value(fact, value)
    if value is None:
        return Gap(
            fact=fact.id,
            subject=subject,
            source=source,
            reason=reason or GapReason.UNREADABLE,
            detail=detail or Text(zh="没有读出内容", en="nothing could be read"),
            at=capture.at,
        )
    days = fact.validity.days
    return Record(
        fact=fact.id,
        subject=subject,
        value=value,
        source=source,
        observer=observer,
        grade=Grade.OBSERVED,
        digest=digest,
        observed_at=capture.at,
        received_at=capture.at,
        valid_until=None if days is None else _find_last_day(capture.day, days),
        raw=observation.raw,
    )


def _normalise_value(
    fact: Fact, value: str
) -> tuple[Value | None, GapReason | None, Text | None]:
    try:
        text = normalise(fact.text_kind, value)
    except NotThisKindError as error:
        return None, GapReason.UNREADABLE, error.text
    if isinstance(text, Hidden):
        return None, GapReason.HIDDEN, text.detail
    return text, None, None


def _find_last_day(day: date, days: int) -> date:
    return day + timedelta(days=days)
