"""A look as plain data: facts, gaps, and the attempts it made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from changqing.evidence.model import Attempt
from changqing.probes.model import SiteLook
from changqing.rules.types import Value
from changqing.text import Language


def summary(look: SiteLook, language: Language) -> Mapping[str, object]:
    """The look as JSON: `facts` and `gaps` by fact, `attempts` in order.

    `without_internet` says that no control site answered either.

    A fact has its value, the words it was read from and their place; a gap its reason
    and what it means. Days are ISO dates, sets are sorted lists.
    """
    facts: dict[str, object] = {}
    gaps: dict[str, object] = {}
    for probe, observations in sorted(look.observations.items()):
        for observation in observations:
            if observation.value is not None:
                facts[observation.fact] = {
                    "value": plain(observation.value),
                    "raw": observation.raw,
                    "place": observation.place,
                    "probe": probe,
                }
            elif observation.reason is not None:
                gaps[observation.fact] = {
                    "reason": observation.reason.value,
                    "detail": None
                    if observation.detail is None
                    else observation.detail.say(language),
                    "place": observation.place,
                    "probe": probe,
                }
    return {
        "url": look.site.url,
        "at": look.at.isoformat(),
        "facts": facts,
        "gaps": gaps,
        "attempts": [_attempt(attempt) for attempt in look.attempts],
        "without_internet": look.without_internet,
    }


def plain(value: Value) -> object:
    """A value as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def _attempt(attempt: Attempt) -> Mapping[str, object]:
    return {
        "url": attempt.url,
        "at": attempt.at.isoformat(),
        "answered": attempt.answered,
        "reason": None if attempt.reason is None else attempt.reason.value,
        "status": attempt.status,
        "control_ok": attempt.control_ok,
    }
