"""A name server that finds every name on this machine, as cheaply as can be."""

from __future__ import annotations

import asyncio
from typing import Final, cast

_HEADER: Final = 12
_TYPE_A: Final = b"\x00\x01"
_FOUND: Final = b"\x85\x80\x00\x01\x00\x01\x00\x00\x00\x00"
_NO_DATA: Final = b"\x85\x80\x00\x01\x00\x00\x00\x00\x00\x00"
_LOOPBACK: Final = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"


class _Names(asyncio.DatagramProtocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        end = _HEADER
        while data[end]:
            end += data[end] + 1
        question = data[_HEADER : end + 5]
        if data[end + 1 : end + 3] == _TYPE_A:
            answer = data[:2] + _FOUND + question + _LOOPBACK
        else:
            answer = data[:2] + _NO_DATA + question
        self._transport.sendto(answer, addr)


async def _main() -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        _Names, local_addr=("127.0.0.1", 0)
    )
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
