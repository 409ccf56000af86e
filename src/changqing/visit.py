"""Looking at the services of a case, and remembering what was seen.

`record_case` brings the log up to what the folder says, `record_look` adds what was
seen of one service, and `remember_looks` adds to the history what is compared over
time. Who assesses (`visit_services`) and who watches do all three, in one open `Store`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.day import find_day_start
from changqing.evidence.ledger.anchors import anchor_heads
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Attempt, Gap
from changqing.evidence.observations import Observation, ObservationKind, Observations
from changqing.evidence.sync import record_changes
from changqing.text import Text

if TYPE_CHECKING:
    from changqing.net.model import NetSettings
    from changqing.probes.evidence import SiteEvidence
    from changqing.probes.model import LookStep, Site, SiteLook

Progress = Callable[[Text], None]
_EPOCH: Final = date(1970, 1, 1)
_LAST_DAYS: Final[Mapping[str, ObservationKind]] = {
    "certificate_not_after": ObservationKind.CERTIFICATE,
    "domain_expires_on": ObservationKind.REGISTRATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceVisit:
    """What one visit cost, and what could not be seen."""

    requests: int
    bytes_kept: int
    unseen: tuple[Gap, ...]


def visit_services(
    case: Case,
    *,
    key: Path,
    clock: Callable[[], datetime],
    net: NetSettings | None,
    progress: Progress,
) -> ServiceVisit:
    """Look at every service of the case, and record all that was seen and said.

    What the folder says is recorded first: it stands in the log also when the look is
    broken off. Raises CaseError, TamperError and NetError.
    """
    from changqing.net.loop import run_with_progress

    with Store(case.path, load_key(key)) as store:
        record_case(store, case, now=clock())
        looks = run_with_progress(
            lambda tell: _look_at_sites(case, net, clock, tell), progress
        )
        evidence_by_look = [record_look(store, case, site_look) for site_look in looks]
        attempts = [
            attempt for evidence in evidence_by_look for attempt in evidence.attempts
        ]
        remember_looks(store, case, looks, attempts, now=clock())
    return ServiceVisit(
        requests=sum(
            len(capture.parts)
            for site_look in looks
            for capture in site_look.captures.values()
        ),
        bytes_kept=sum(
            len(data)
            for evidence in evidence_by_look
            for data in evidence.blobs.values()
        ),
        unseen=tuple(gap for evidence in evidence_by_look for gap in evidence.gaps),
    )


def list_sites(case: Case) -> list[Site]:
    """List what is looked at of a case: an app has no site of its own."""
    from changqing.probes.model import Site

    return [
        Site.from_url(service.subject.id, service.url)
        for service in case.services
        if service.url is not None
    ]


def record_case(store: Store, case: Case, *, now: datetime) -> None:
    """Record what the folder says that the log does not yet, and where files end."""
    record_changes(store, case, now)
    anchor_heads(store, case.path)


def record_look(
    store: Store, case: Case, site_look: SiteLook, *, observer: str = ""
) -> SiteEvidence:
    """Record what was seen of one service, with the bytes it rests on.

    `observer` is what this machine is called among those that see the case together.
    """
    from changqing.probes.evidence import OBSERVER, to_evidence

    evidence = to_evidence(
        site_look,
        _make_subject(site_look),
        case.catalogue,
        observer=f"{OBSERVER} {observer}".rstrip(),
    )
    store.append(
        (*evidence.records, *evidence.gaps, *evidence.attempts),
        blobs=evidence.blobs.values(),
    )
    return evidence


def remember_looks(
    store: Store,
    case: Case,
    looks: Sequence[SiteLook],
    attempts: Iterable[Attempt],
    *,
    now: datetime,
    blind: Iterable[Observation] = (),
) -> tuple[Observation, ...] | None:
    """Add looks to the history of a case; gives all that is known to be published.

    `attempts` are those that the history does not have yet, `blind` the times in which
    our own observer was not shown to work. None, and no history, without Polars.
    """
    if find_spec("polars") is None:
        return None
    history = Observations(case.path)
    publications = history.read(kind=ObservationKind.PUBLICATION)
    # A page shows the same items for months: each is kept once, by subject and day.
    have = {(row.subject, row.at) for row in publications}
    fresh = [
        row
        for site_look in looks
        for row in list_publications(site_look)
        if (row.subject, row.at) not in have
    ]
    last_days = (row for site_look in looks for row in list_last_days(site_look))
    rows = (*fresh, *list_checks(attempts), *last_days, *blind)
    history.append(rows, now=now, store=store)
    return (*publications, *fresh)


async def _look_at_sites(
    case: Case,
    settings: NetSettings | None,
    clock: Callable[[], datetime],
    progress: Progress,
) -> list[SiteLook]:
    from changqing.net.door import Net
    from changqing.net.model import NetSettings
    from changqing.probes.engine import look

    looks: list[SiteLook] = []
    async with Net(settings or NetSettings(), clock=clock) as door:
        for site in list_sites(case):
            progress(Text(zh=f"查看{site.url}", en=f"Looking at {site.url}"))
            site_look = await look(
                site,
                door,
                now=clock(),
                progress=lambda step: progress(_describe_step(step)),
            )
            looks.append(site_look)
    return looks


def _make_subject(site_look: SiteLook) -> Subject:
    return Subject("service", site_look.site.id)


def list_publications(site_look: SiteLook) -> Iterator[Observation]:
    """List the days with items that a look saw, each once."""
    from changqing.probes.kinds.publication import find_dated_items

    if "publication" not in site_look.captures:  # a look at the registration alone
        return
    places = {
        item.on: item.place
        for item in find_dated_items(site_look.captures["publication"])
    }
    for day, place in places.items():
        yield Observation(
            subject=_make_subject(site_look),
            kind=ObservationKind.PUBLICATION,
            at=find_day_start(day),
            source=place,
        )


def list_checks(attempts: Iterable[Attempt]) -> Iterator[Observation]:
    """List whether the service answered, where our own network was in no doubt."""
    for attempt in attempts:
        if attempt.control_ok and attempt.answered is not None:
            yield Observation(
                subject=attempt.subject,
                kind=ObservationKind.CHECK,
                at=attempt.at,
                source=attempt.url,
                value=int(attempt.answered),
            )


def list_last_days(site_look: SiteLook) -> Iterator[Observation]:
    """List the last days of certificate and domain, as days from 1970-01-01."""
    for observations in site_look.observations.values():
        for observation in observations:
            kind = _LAST_DAYS.get(observation.fact)
            if kind is not None and isinstance(observation.value, date):
                yield Observation(
                    subject=_make_subject(site_look),
                    kind=kind,
                    at=site_look.at,
                    source=observation.place,
                    value=(observation.value - _EPOCH).days,
                )


def _describe_step(step: LookStep) -> Text:
    """One finished probe in a line."""
    unseen_zh = f"，{step.gaps}项未能查看" if step.gaps else ""
    unseen_en = f", {step.gaps} not seen" if step.gaps else ""
    return Text(
        zh=f"  {step.done}/{step.total} {step.probe}：看到{step.facts}项{unseen_zh}",
        en=f"  {step.done}/{step.total} {step.probe}: {step.facts} seen{unseen_en}",
    )
