"""Entries to put into a log, which change no verdict."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""After all that the example has recorded."""


def made_record(
    at: datetime, kind: str = "probe", grade: str = "observed"
) -> dict[str, Any]:
    """A record of a fact that no rule reads."""
    return {
        "type": "record", "fact": "unheard_of", "subject": "applicant:self",
        "value": {"boolean": True}, "grade": grade, "digest": None, "observer": "x",
        "source": {"kind": kind, "name": "x", "place": ""},
        "observed_at": at.isoformat(), "received_at": at.isoformat(),
        "valid_until": None, "raw": None,
    }  # fmt: skip


def made_gap(at: datetime) -> dict[str, Any]:
    """What could not be seen."""
    return {
        "type": "gap", "fact": "unheard_of", "subject": "applicant:self",
        "source": {"kind": "probe", "name": "x", "place": ""}, "reason": "timeout",
        "detail": {"zh": "x", "en": "x"}, "at": at.isoformat(),
    }  # fmt: skip


def made_attempt(at: datetime) -> dict[str, Any]:
    """A try at a service that is not in the case."""
    return {
        "type": "attempt", "subject": "service:none", "url": "https://a.example/",
        "at": at.isoformat(), "answered": True, "reason": None, "status": 200,
        "control_ok": True,
    }  # fmt: skip
