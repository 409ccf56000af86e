"""What the chosen name servers say of a name.

Addresses are asked for often and through c-ares (aiodns), which costs a fifth; the
other records seldom, through dnspython, which also keeps the bytes of a signed answer.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterable
from datetime import datetime

import aiodns
import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import pycares

from changqing.errors import NetError
from changqing.net.address import parse_address
from changqing.net.failures import make_failure
from changqing.net.model import Answer, AnswerStatus, NetSettings

_PORT = 53
_NAMES = frozenset({"A", "AAAA", "CNAME", "NS", "MX"})  # one name or address a record
_TRIES = 2
_ADDRESSES = frozenset({"A", "AAAA"})
_ABSENT = {
    aiodns.error.ARES_ENODATA: AnswerStatus.NO_DATA,
    aiodns.error.ARES_ENOTFOUND: AnswerStatus.NO_NAME,
}


class NameServers:
    """Asks the name servers; "no such name" and "no such record" are answers."""

    def __init__(self, settings: NetSettings, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._seconds = settings.dns_seconds
        self._servers = tuple(_list_servers(settings.nameservers))
        self._quick: aiodns.DNSResolver | None = None

    async def close(self) -> None:
        """Let go of every socket."""
        if self._quick is not None:
            await self._quick.close()
            self._quick = None

    async def ask(
        self, name: str, kind: str, *, server: str | None = None, signed: bool = False
    ) -> Answer:
        """Ask for the records of one type; NetError(dns_failure) if nobody answers.

        `server` asks one resolver instead of our own. `signed` asks for the
        signatures too (RFC 4035) and keeps the whole message.
        """
        if kind in _ADDRESSES and server is None and not signed:
            return await self._ask_addresses(name, kind)
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self._clock()
        try:
            query = dns.message.make_query(name, kind, want_dnssec=signed)
        except dns.exception.DNSException as error:
            raise _make_name_error(name) from error
        servers = self._servers if server is None else tuple(_list_servers([server]))
        response = await self._exchange_query(query, servers, name, kind)
        values = tuple(sorted(_list_values(response, kind)))
        status = AnswerStatus.FOUND if values else AnswerStatus.NO_DATA
        if response.rcode() == dns.rcode.NXDOMAIN:
            status = AnswerStatus.NO_NAME
        return Answer(
            name=name,
            kind=kind,
            at=at,
            seconds=loop.time() - start,
            status=status,
            values=values,
            server=server,
            wire=base64.b64encode(response.to_wire()).decode() if signed else "",
        )

    async def _ask_addresses(self, name: str, kind: str) -> Answer:
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self._clock()
        status, values = AnswerStatus.FOUND, tuple[str, ...]()
        try:
            response = await self._get_resolver().query_dns(name, kind)
        except aiodns.error.DNSError as error:
            code = error.args[0] if error.args else None
            if code not in _ABSENT:
                why = (
                    str(error.args[1]) if len(error.args) > 1 else type(error).__name__
                )
                raise _make_no_answer(name, kind, why) from error
            status = _ABSENT[code]
        except UnicodeError as error:  # letters that IDNA does not allow (RFC 5891)
            raise _make_name_error(name) from error
        else:
            values = tuple(
                sorted(
                    record.data.addr
                    for record in response.answer
                    if isinstance(
                        record.data, pycares.ARecordData | pycares.AAAARecordData
                    )
                )
            )
            if not values:  # an alias that leads nowhere
                status = AnswerStatus.NO_DATA
        if status is AnswerStatus.NO_DATA:
            await self._confirm_no_data(name, kind)
        return Answer(
            name=name,
            kind=kind,
            at=at,
            seconds=loop.time() - start,
            status=status,
            values=values,
        )

    async def _confirm_no_data(self, name: str, kind: str) -> None:
        """Raise NetError where "no such record" was not what the server said.

        c-ares takes every code that it does not know (NOTAUTH, YXDOMAIN …) for that.
        """
        query = dns.message.make_query(name, kind)
        await self._exchange_query(query, self._servers, name, kind)

    def _get_resolver(self) -> aiodns.DNSResolver:
        if self._quick is None:
            if not self._servers:
                raise _make_no_answer("", "A", "no server")
            port = self._servers[0][1]
            self._quick = aiodns.DNSResolver(
                nameservers=[
                    host for host, server_port in self._servers if server_port == port
                ],
                udp_port=port,
                tcp_port=port,
                timeout=self._seconds / _TRIES,
                tries=_TRIES,
            )
        return self._quick

    async def _exchange_query(
        self,
        query: dns.message.QueryMessage,
        servers: tuple[tuple[str, int], ...],
        name: str,
        kind: str,
    ) -> dns.message.Message:
        why = "no server"
        for address, port in servers * _TRIES:
            try:
                response, _ = await dns.asyncquery.udp_with_fallback(
                    query, address, timeout=self._seconds / _TRIES, port=port
                )
            except (dns.exception.DNSException, OSError, EOFError) as error:
                why = type(error).__name__
                continue
            if response.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
                if not _is_referral(response):
                    return response
                why = "referral"
                continue
            why = dns.rcode.to_text(response.rcode())
        raise _make_no_answer(name, kind, why)


def _list_servers(configured: Iterable[str]) -> Iterable[tuple[str, int]]:
    """`address` or `address:port`; those of the system when none is chosen."""
    texts = list(configured)
    if not texts:
        try:
            system = dns.resolver.Resolver().nameservers
        except dns.exception.DNSException:
            system = []
        texts = [server for server in system if isinstance(server, str)]
    for text in texts:
        address, colon, port = text.rpartition(":")
        if colon and port.isdecimal() and parse_address(address.strip("[]")):
            yield address.strip("[]"), int(port)
        else:
            yield text, _PORT


def _is_referral(response: dns.message.Message) -> bool:
    """Whether it only names servers that may know (RFC 2308, 2.2): no answer at all."""
    if response.answer or response.rcode() != dns.rcode.NOERROR:
        return False
    kinds = {rrset.rdtype for rrset in response.authority}
    return dns.rdatatype.NS in kinds and dns.rdatatype.SOA not in kinds


def _list_values(response: dns.message.Message, kind: str) -> Iterable[str]:
    """The records asked for; a CNAME on the way stands among the others."""
    record_type = dns.rdatatype.from_text(kind)
    for rrset in response.answer:
        if rrset.rdtype != record_type:
            continue
        for record in rrset:
            text = record.to_text()
            if kind == "MX":
                text = text.rpartition(" ")[2]  # after the preference
            yield text.rstrip(".").lower() if kind in _NAMES else text


def _make_name_error(name: str) -> NetError:
    return make_failure(
        "dns_failure",
        f"“{name}”不能作域名，检查网址的写法",
        f"“{name}” cannot be a domain name; check how the address is written",
    )


def _make_no_answer(name: str, kind: str, why: str) -> NetError:
    return make_failure(
        "dns_failure",
        f"域名服务器没有给出{name}的{kind}记录（{why}）",
        f"the name server gave no answer for the {kind} records of {name} ({why})",
    )
