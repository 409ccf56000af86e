"""What a probe is given and what it brings back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlsplit

from changqing.case.subjects import Subject
from changqing.case.suffix import find_registrable_domain
from changqing.day import beijing_day
from changqing.evidence.model import Attempt, GapReason
from changqing.net.door import Net
from changqing.net.model import Answer, Dialogue, Exchange, Handshake
from changqing.rules.types import Value
from changqing.text import Text


def find_registrable(host: str) -> str:
    """Find the part of a host name that somebody registers; else the host itself."""
    return find_registrable_domain(host) or host


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A service to look at: its id in the case and the address users type."""

    id: str
    url: str
    domain: str  # registrable

    @classmethod
    def from_url(cls, id: str, url: str, *, domain: str | None = None) -> Site:
        """Make a site by its address; the domain is read from it when not given."""
        return cls(id=id, url=url, domain=domain or find_registrable(_parse_host(url)))

    @property
    def host(self) -> str:
        """The name in the address."""
        return _parse_host(self.url)

    def owns(self, url: str) -> bool:
        """Tell whether an address stands under the site's own domain."""
        host = _parse_host(url)
        return host == self.host or find_registrable(host) == self.domain


def _parse_host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFailure:
    """A look that did not come about."""

    target: str
    at: datetime
    reason: GapReason
    detail: Text
    transient: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Whether our own network worked in the same minute."""

    at: datetime
    ok: bool


Part = Exchange | Answer | Handshake | Dialogue | LookFailure | Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """All that one probe saw of one site; `read` needs nothing else, years later."""

    probe: str
    site: Site
    at: datetime
    parts: tuple[Part, ...]

    @property
    def day(self) -> date:
        """The Beijing day of the look."""
        return beijing_day(self.at)

    def find_page(self, url: str) -> Exchange | LookFailure | None:
        """Find what came of asking for one address; None when it was not asked for."""
        for part in self.parts:
            if isinstance(part, Exchange) and part.url == url:
                return part
            if isinstance(part, LookFailure) and part.target == url:
                return part
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeObservation:
    """One fact seen (`value`), or one that could not be seen (`reason`); never both."""

    fact: str
    value: Value | None = None
    raw: str | None = None
    place: str = ""
    reason: GapReason | None = None
    detail: Text | None = None


def observe(
    fact: str, value: Value, *, place: str, raw: str | None = None
) -> ProbeObservation:
    """Make the observation of how it is. `False` means looked and not there."""
    return ProbeObservation(fact=fact, value=value, raw=raw, place=place)


def report_unseen(
    facts: Iterable[str], failure: LookFailure
) -> Iterator[ProbeObservation]:
    """Report that we could not look: each of `facts` stays unknown, with the reason."""
    for fact in facts:
        yield ProbeObservation(
            fact=fact,
            place=failure.target,
            reason=failure.reason,
            detail=failure.detail,
        )


def report_withheld(
    fact: str, reason: GapReason, *, place: str, zh: str, en: str
) -> ProbeObservation:
    """Report that we looked, and what was there does not answer the question."""
    return ProbeObservation(
        fact=fact, place=place, reason=reason, detail=Text(zh=zh, en=en)
    )


class Probe(Protocol):
    """What every file of this folder offers."""

    FACTS: tuple[str, ...]

    async def capture(self, site: Site, net: Net) -> Capture:
        """Talk, judge nothing, keep the bytes."""

    def read(self, capture: Capture) -> Iterator[ProbeObservation]:
        """Read facts from bytes; pure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLook:
    """One visit to one site: what each probe kept and what was read from it."""

    site: Site
    at: datetime
    captures: Mapping[str, Capture]
    observations: Mapping[str, tuple[ProbeObservation, ...]]
    attempts: tuple[Attempt, ...]

    @property
    def without_internet(self) -> bool:
        """Whether every control failed, of names and of pages: we could see nothing."""
        controls = [
            part.ok
            for capture in self.captures.values()
            for part in capture.parts
            if isinstance(part, Control)
        ]
        return bool(controls) and not any(controls)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookStep:
    """One probe has finished: how many of how many, and how it went."""

    probe: str
    done: int
    total: int
    facts: int
    gaps: int


def make_service_subject(site: Site) -> Subject:
    """Make the subject that a site is in its case."""
    return Subject("service", site.id)
