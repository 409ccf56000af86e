"""Whether the service answers now; one attempt of the several that are judged.

What follows from attempts is derived, not seen; seen is how the answer came.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from changqing.evidence.model import Attempt, GapReason
from changqing.net.challenge import is_challenge
from changqing.net.door import Net
from changqing.net.model import Answer, Dialogue, Exchange
from changqing.probes.attempt import attempt
from changqing.probes.model import (
    Capture,
    Control,
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    make_service_subject,
    observe,
    report_unseen,
)
from changqing.probes.served import FACTS as SERVED_FACTS
from changqing.probes.served import is_announced, observe_served

FACTS: tuple[str, ...] = (
    *("answer_milliseconds", "redirect_count", "ipv6_answers"),
    *SERVED_FACTS,
)

_SAYS_NO = frozenset({GapReason.REFUSED, GapReason.TIMEOUT, GapReason.SERVER_ERROR})
_SERVER_ERROR = 500


async def capture(site: Site, net: Net) -> Capture:
    """Knock once, and check our own network in the same minute."""
    at = net.clock()
    answer: Part = await attempt(net, site.url, net.glance(site.url))
    control = Control(at=net.clock(), ok=await net.is_network_working())
    parts: list[Part] = [answer, control]
    six = await attempt(net, f"AAAA {site.host}", net.query(site.host, "AAAA"))
    if isinstance(six, Answer) and six.values:
        port = urlsplit(site.url).port or (443 if site.url[:6] == "https:" else 80)
        knocking = net.knock(site.host, port, version=6)
        parts.append(await attempt(net, f"tcp6://{site.host}:{port}", knocking))
    return Capture(probe="reach", site=site, at=at, parts=tuple(parts))


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Read how the answer came; that it came is an attempt, see `read_attempts`."""
    answer, _, *knocks = capture.parts
    if isinstance(answer, Exchange):
        place, raw = answer.url, " → ".join(answer.hops)
        spent = round(answer.seconds * 1000)
        yield observe("answer_milliseconds", value=spent, place=place)
        hops = len(answer.hops) - 1
        yield observe("redirect_count", value=hops, place=place, raw=raw)
        yield from observe_served(answer, capture.site)
    elif isinstance(answer, LookFailure):
        unseen = ["answer_milliseconds", "redirect_count", *SERVED_FACTS]
        yield from report_unseen(unseen, answer)
    for knock in knocks:
        if isinstance(knock, Dialogue):
            yield observe("ipv6_answers", value=True, place=knock.address)
        elif isinstance(knock, LookFailure) and knock.reason is GapReason.REFUSED:
            yield observe(
                "ipv6_answers", value=False, place=knock.target, raw="refused"
            )
        elif isinstance(knock, LookFailure):
            # A time-out may be our own want of IPv6, which no control shows.
            yield from report_unseen(["ipv6_answers"], knock)


def read_attempts(capture: Capture) -> Iterator[Attempt]:
    """Read the attempt: answered, not answered, or, in doubt of ourselves, unknown.

    NXDOMAIN, a refusal, a time-out and 5xx mean no; 200, 403, 429 and a challenge
    page mean yes, for somebody was there to say it. A maintenance that is announced to
    end is neither.
    """
    answer, control = capture.parts[:2]
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
            if is_announced(answer, capture.site):
                answered = None  # while it lasts, it is neither an answer nor none
    elif isinstance(answer, LookFailure):
        reason = answer.reason
        no_such_name = reason is GapReason.DNS_FAILURE and not answer.transient
        if reason in _SAYS_NO or no_such_name:
            answered = False
    if not control_ok and answered is not None:
        answered, reason = None, GapReason.OWN_NETWORK
    yield Attempt(
        subject=make_service_subject(capture.site),
        url=capture.site.url,
        at=capture.at,
        answered=answered,
        reason=reason,
        status=status,
        control_ok=control_ok,
    )
