"""The one place where a failure of the network becomes part of a capture."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from changqing.errors import NetError
from changqing.evidence.model import GapReason
from changqing.net.door import Net
from changqing.probes.model import LookFailure
from changqing.text import Language, Text

T = TypeVar("T")

_KNOWN = {reason.value: reason for reason in GapReason}


async def attempt(net: Net, target: str, doing: Awaitable[T]) -> T | LookFailure:
    """Await what `doing` brings, or say why it brought nothing."""
    try:
        return await doing
    except NetError as error:
        return make_failure(net, target, error)


def make_failure(net: Net, target: str, error: NetError) -> LookFailure:
    """Make the failure that a NetError tells of; an unknown reason is unreadable."""
    return LookFailure(
        target=target,
        at=net.clock(),
        reason=_KNOWN.get(error.reason, GapReason.UNREADABLE),
        detail=Text(
            zh="；".join(error.lines(Language.ZH)),
            en="; ".join(error.lines(Language.EN)),
        ),
        transient=error.transient,
    )
