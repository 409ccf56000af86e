"""Names to addresses through the chosen name servers; checked, then pinned."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from datetime import datetime

import aiodns
import pycares
from aiohttp.abc import AbstractResolver, ResolveResult

from changqing.errors import NetError
from changqing.net._address import failure, parse_address
from changqing.net._model import Answer, AnswerStatus, NetSettings

_ABSENT = {
    pycares.errno.ARES_ENOTFOUND: AnswerStatus.NO_NAME,
    pycares.errno.ARES_ENODATA: AnswerStatus.NO_DATA,
}


class Names:
    """Asks the name servers; "no such name" and "no such record" are answers."""

    def __init__(self, settings: NetSettings, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._seconds = settings.dns_seconds
        self._resolver = aiodns.DNSResolver(
            nameservers=list(settings.nameservers) or None,
            timeout=settings.dns_seconds / 2,
            tries=2,
        )

    async def close(self) -> None:
        """Let go of the sockets."""
        await self._resolver.close()

    async def ask(self, name: str, kind: str) -> Answer:
        """The records of one type; raises NetError(dns_failure) if nobody answers."""
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self._clock()
        values: tuple[str, ...] = ()
        status = AnswerStatus.FOUND
        try:
            async with asyncio.timeout(self._seconds * 2):
                result = await self._resolver.query_dns(name, kind)
            values = tuple(sorted(_values(result.answer, kind)))
            if not values:
                status = AnswerStatus.NO_DATA
        except TimeoutError as error:
            raise _unanswered(name, kind, "timeout") from error
        except aiodns.error.DNSError as error:
            known = _ABSENT.get(error.args[0])
            if known is None:
                raise _unanswered(name, kind, str(error.args[-1])) from error
            status = known
        return Answer(
            name=name,
            kind=kind,
            at=at,
            seconds=loop.time() - start,
            status=status,
            values=values,
        )


def _values(records: Iterable[pycares.DNSRecord], kind: str) -> Iterable[str]:
    for record in records:
        data = record.data
        match data:  # a CNAME on the way stands among the records
            case pycares.ARecordData() | pycares.AAAARecordData():
                yield data.addr
            case pycares.NSRecordData() if kind == "NS":
                yield data.nsdname.rstrip(".").lower()
            case pycares.MXRecordData() if kind == "MX":
                yield data.exchange.rstrip(".").lower()


def _unanswered(name: str, kind: str, why: str) -> NetError:
    return failure(
        "dns_failure",
        f"域名服务器没有给出{name}的{kind}记录（{why}）",
        f"the name server gave no answer for the {kind} records of {name} ({why})",
    )


class PinnedResolver(AbstractResolver):
    """Hands aiohttp the addresses that were checked, and no others."""

    def __init__(self) -> None:
        self.pinned: dict[tuple[str, int], tuple[str, ...]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The pinned addresses of `host`."""
        results: list[ResolveResult] = []
        for text in self.pinned.get((host, port), ()):
            address = parse_address(text)
            is_six = address is not None and address.version == 6
            results.append(
                ResolveResult(
                    hostname=host,
                    host=text,
                    port=port,
                    family=socket.AF_INET6 if is_six else socket.AF_INET,
                    proto=0,
                    flags=socket.AI_NUMERICHOST,
                )
            )
        if not results:
            raise OSError(host, port)  # was never checked
        return results

    async def close(self) -> None:
        """Nothing to let go of."""
