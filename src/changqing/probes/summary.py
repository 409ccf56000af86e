"""A look as plain data: facts, gaps, and the attempts it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from changqing.evidence.model import Attempt
from changqing.probes.model import ProbeObservation, SiteLook
from changqing.rules.types import encode_plain
from changqing.text import Language


class SeenData(TypedDict):
    """A fact that was seen, the words it was read from, and where."""

    value: object
    raw: str | None
    place: str
    probe: str


class UnseenData(TypedDict):
    """Why a fact could not be seen."""

    reason: str | None
    detail: str | None
    place: str
    probe: str


class AttemptData(TypedDict):
    """An attempt to reach the service."""

    url: str
    at: str
    answered: bool | None
    reason: str | None
    status: int | None
    control_ok: bool | None


class SiteData(TypedDict):
    """What was seen of a site."""

    url: str
    at: str
    facts: Mapping[str, SeenData]
    gaps: Mapping[str, UnseenData]
    attempts: Sequence[AttemptData]
    without_internet: bool


def make_site_data(look: SiteLook, language: Language) -> SiteData:
    """Make the JSON of a look: `facts` and `gaps` by fact, `attempts` in order.

    `without_internet` says that no control site answered either.

    A fact has its value, the words it was read from and their place; a gap its reason
    and what it means. Days are ISO dates, sets are sorted lists.
    """
    return {
        "url": look.site.url,
        "at": look.at.isoformat(),
        "facts": {
            name: {
                "value": encode_plain(fact.value),
                "raw": fact.raw,
                "place": fact.place,
                "probe": probe,
            }
            for name, (probe, fact) in select_facts(look).items()
            if fact.value is not None
        },
        "gaps": {
            name: {
                "reason": None if gap.reason is None else gap.reason.value,
                "detail": None if gap.detail is None else gap.detail.say(language),
                "place": gap.place,
                "probe": probe,
            }
            for name, (probe, gap) in select_gaps(look).items()
        },
        "attempts": [_make_attempt_data(attempt) for attempt in look.attempts],
        "without_internet": look.without_internet,
    }


def select_facts(look: SiteLook) -> Mapping[str, tuple[str, ProbeObservation]]:
    """Select what was seen, by fact, each with the probe that saw it."""
    return {
        observation.fact: (probe, observation)
        for probe, observations in sorted(look.observations.items())
        for observation in observations
        if observation.value is not None
    }


def select_gaps(look: SiteLook) -> Mapping[str, tuple[str, ProbeObservation]]:
    """Select what could not be seen, by fact, each with the probe that tried."""
    return {
        observation.fact: (probe, observation)
        for probe, observations in sorted(look.observations.items())
        for observation in observations
        if observation.value is None and observation.reason is not None
    }


def _make_attempt_data(attempt: Attempt) -> AttemptData:
    return {
        "url": attempt.url,
        "at": attempt.at.isoformat(),
        "answered": attempt.answered,
        "reason": None if attempt.reason is None else attempt.reason.value,
        "status": attempt.status,
        "control_ok": attempt.control_ok,
    }
