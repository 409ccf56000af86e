"""Whether the service answers now; one attempt of the several that are judged."""

from __future__ import annotations

from collections.abc import Iterator

from changqing.evidence import Attempt, GapReason
from changqing.net import Exchange, Net, is_challenge
from changqing.probes._attempt import attempt
from changqing.probes._model import (
    Capture,
    Control,
    Failure,
    Observation,
    Part,
    Site,
    service,
)

FACTS: tuple[str, ...] = ()  # what follows from attempts is derived, not seen

_SAYS_NO = frozenset({GapReason.REFUSED, GapReason.TIMEOUT, GapReason.SERVER_ERROR})
_SERVER_ERROR = 500


async def capture(site: Site, net: Net) -> Capture:
    """Knock once, and check our own network in the same minute."""
    at = net.clock()
    answer: Part = await attempt(net, site.url, net.glance(site.url))
    control = Control(at=net.clock(), ok=await net.control())
    return Capture(probe="reach", site=site, at=at, parts=(answer, control))


def read(capture: Capture) -> Iterator[Observation]:
    """Nothing: an attempt is an observation of its own, see `attempts`."""
    del capture
    yield from ()


def attempts(capture: Capture) -> Iterator[Attempt]:
    """The attempt: answered, not answered, or, when in doubt of ourselves, unknown.

    NXDOMAIN, a refusal, a time-out and 5xx mean no; 200, 403, 429 and a challenge
    page mean yes, for somebody was there to say it.
    """
    answer, control = capture.parts
    control_ok = isinstance(control, Control) and control.ok
    status: int | None = None
    reason: GapReason | None = None
    answered: bool | None = None
    if isinstance(answer, Exchange):
        status = answer.status
        walled = is_challenge(answer.status, answer.headers, answer.body)
        answered = walled or answer.status < _SERVER_ERROR
        if not answered:
            reason = GapReason.SERVER_ERROR
    elif isinstance(answer, Failure):
        reason = answer.reason
        no_such_name = reason is GapReason.DNS_FAILURE and not answer.transient
        if reason in _SAYS_NO or no_such_name:
            answered = False
    if not control_ok and answered is not None:
        answered, reason = None, GapReason.OWN_NETWORK
    yield Attempt(
        subject=service(capture.site),
        url=capture.site.url,
        at=capture.at,
        answered=answered,
        reason=reason,
        status=status,
        control_ok=control_ok,
    )
