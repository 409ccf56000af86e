"""A name server that knows one small zone and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], Sequence[str]]
"""(name, type) to records: {("www.example.cn", "A"): ["127.0.0.1"]}.

An RRSIG is handed out with what it covers, to whoever wants signatures.
"""

_TTL = 60


class _Zone(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = {
            (dns.name.from_text(name), dns.rdatatype.from_text(kind)): list(values)
            for (name, kind), values in zone.items()
        }
        self._names = {name for name, _ in self._zone}
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            query = dns.message.from_wire(data)
        except dns.exception.DNSException:
            return
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA | dns.flags.RA
        question = query.question[0]
        values = self._zone.get((question.name, question.rdtype), [])
        if values:
            response.answer.append(_make_records(question, question.rdtype, values))
            signed = self._zone.get((question.name, dns.rdatatype.RRSIG), [])
            covered = dns.rdatatype.to_text(question.rdtype)
            signatures = [
                signature for signature in signed if signature.startswith(f"{covered} ")
            ]
            if signatures and query.ednsflags & dns.flags.DO:
                response.answer.append(
                    _make_records(question, dns.rdatatype.RRSIG, signatures)
                )
        elif question.name not in self._names:
            response.set_rcode(dns.rcode.NXDOMAIN)
        if self._transport is not None:
            self._transport.sendto(response.to_wire(), addr)


def _make_records(
    question: dns.rrset.RRset, kind: dns.rdatatype.RdataType, values: Sequence[str]
) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(
        question.name,
        _TTL,
        question.rdclass,
        kind,
        values,
        origin=dns.name.root,
        relativize=False,
    )


@asynccontextmanager
async def serve_dns(zone: Zone) -> AsyncIterator[str]:
    """Answer for `zone` alone; yields `127.0.0.1:port`. Other names do not exist."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Zone(zone), local_addr=("127.0.0.1", 0)
    )
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()
