"""A domain as its registry has it, whichever protocol said so, and what follows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.evidence.model import GapReason
from changqing.probes.model import ProbeObservation, observe, report_withheld

FACTS: Final = (
    "domain_registrant",
    "domain_registrar",
    "domain_registered_on",
    "domain_expires_on",
    "domain_status",
    "domain_in_hold_or_redemption",
    "domain_in_auto_renew_period",
)

_STOPPED: Final = frozenset(
    {
        "client_hold",
        "server_hold",
        "redemption_period",
        "pending_delete",
        "pending_restore",
        "inactive",
    }
)
_AUTO_RENEWED: Final = "auto_renew_period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The record of one domain. None: the record does not say.

    A day comes with the words it was read from; `status` as the registry writes it.
    """

    registrant: str | None
    registrar: str | None
    registered_on: tuple[date, str] | None
    expires_on: tuple[date, str] | None
    status: Sequence[str] | None


def observe_record(registered: Registered, place: str) -> Iterator[ProbeObservation]:
    """Tell the facts of a record; a withheld registrant is hidden, never "nobody"."""
    if registered.registrant is None:
        yield report_withheld(
            "domain_registrant",
            GapReason.HIDDEN,
            place=place,
            zh="注册局没有公开域名注册人",
            en="the registry does not publish the registrant",
        )
    else:
        yield observe(
            "domain_registrant",
            value=registered.registrant,
            place=place,
            raw=registered.registrant,
        )
    if registered.registrar is None:
        yield _report_silent("domain_registrar", place, zh="注册商", en="registrar")
    else:
        yield observe(
            "domain_registrar",
            value=registered.registrar,
            place=place,
            raw=registered.registrar,
        )
    days = (
        ("domain_registered_on", registered.registered_on),
        ("domain_expires_on", registered.expires_on),
    )
    for fact, day_and_words in days:
        if day_and_words is None:
            yield _report_silent(fact, place, zh="这个日期", en="such date")
        else:
            yield observe(
                fact, value=day_and_words[0], place=place, raw=day_and_words[1]
            )
    yield from _observe_status(registered.status, place)


def _observe_status(
    listed: Sequence[str] | None, place: str
) -> Iterator[ProbeObservation]:
    """Observe EPP's states (RFC 3915, RFC 5731) in either spelling (RFC 8056)."""
    if listed is None:
        for fact in (
            "domain_status",
            "domain_in_hold_or_redemption",
            "domain_in_auto_renew_period",
        ):
            yield _report_silent(fact, place, zh="域名状态", en="status")
        return
    raw = ", ".join(listed)
    states = frozenset(filter(None, map(_normalise_state, listed)))
    yield observe("domain_status", value=states, place=place, raw=raw)
    yield observe(
        "domain_in_hold_or_redemption",
        value=bool(states & _STOPPED),
        place=place,
        raw=raw,
    )
    yield observe(
        "domain_in_auto_renew_period",
        value=_AUTO_RENEWED in states,
        place=place,
        raw=raw,
    )


def _normalise_state(state: str) -> str:
    """Give one form: `clientHold`, `client hold`, `clientHold https://icann.org/…`."""
    words = state.replace("|", " ").split("http", 1)[0].split("(", 1)[0]
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words)
    return "_".join(spaced.lower().replace("-", " ").split())


def _report_silent(fact: str, place: str, *, zh: str, en: str) -> ProbeObservation:
    return report_withheld(
        fact,
        GapReason.NO_RECORD,
        place=place,
        zh=f"注册局的记录里没有{zh}",
        en=f"the registry's record has no {en}",
    )
