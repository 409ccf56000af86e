"""A proxy for a browser: it reaches what the door would, and nothing else.

The browser resolves no name and connects to nobody but this proxy, so that each address
that a page, its pictures or its scripts ask for passes the guard of the door, and the
one that was checked is the one that is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from yarl import URL

from changqing.errors import NetError
from changqing.net.address import check_url
from changqing.net.door import Net
from changqing.net.failures import make_failure

_MOST_HEAD: Final = 64 << 10  # bytes
_CHUNK: Final = 64 << 10
_MOST_BYTES: Final = 64 << 20
"""Bytes of one page with all that it loads."""
_REFUSED: Final = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
_ESTABLISHED: Final = b"HTTP/1.1 200 Connection established\r\n\r\n"
_HOP_BY_HOP: Final = ("connection:", "keep-alive:", "proxy-")


class GuardedProxy:
    """An HTTP proxy on loopback; use it as an async context manager.

    `refused` holds what was not let through, in order.
    """

    def __init__(self, door: Net) -> None:
        self.port = 0
        self.refused: list[NetError] = []
        self._door = door
        self._left = _MOST_BYTES
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen at a free port."""
        self._server = await asyncio.start_server(
            self._serve_client, "127.0.0.1", 0, limit=_MOST_HEAD
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Break off whatever is still under way."""
        if self._server is not None:
            self._server.close()
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _serve_client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        talk = asyncio.current_task()
        if talk is not None:
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)
        try:
            await self._pass_on(reader, writer)
        except NetError as error:
            self.refused.append(error)
            with suppress(OSError):
                writer.write(_REFUSED)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the browser learns it by the connection that ends
        finally:
            writer.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *headers = head.removesuffix("\r\n\r\n").split("\r\n")
        method, _, after_method = request.partition(" ")
        target, _, _ = after_method.partition(" ")
        tunnel = method == "CONNECT"
        url = check_url(
            f"https://{target}/" if tunnel else target, self._door.settings.opened
        )
        if not tunnel and url.scheme != "http":  # such a request is none of a browser's
            raise make_failure(
                "unreadable", f"不能访问{url}", f"{url} cannot be visited"
            )
        server_reader, server_writer = await self._connect_to_host(url)
        try:
            if tunnel:
                writer.write(_ESTABLISHED)
            else:
                server_writer.write(_write_head(method, url, headers))
            async with asyncio.TaskGroup() as both:
                both.create_task(_copy_bytes(reader, server_writer, lambda _: True))
                both.create_task(_copy_bytes(server_reader, writer, self._may_take))
        except* OSError:
            pass
        finally:
            server_writer.close()

    async def _connect_to_host(
        self, url: URL
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the first address of a host that lets us; each was checked."""
        seconds = self._door.settings.connect_seconds
        refusal: OSError | None = None
        for address, port in await self._door.locate(url):
            try:
                async with asyncio.timeout(seconds):
                    return await asyncio.open_connection(address, port)
            except OSError as error:  # TimeoutError is one
                refusal = error
        raise refusal or OSError("no address")

    def _may_take(self, size: int) -> bool:
        """Whether so many more bytes are taken from outside."""
        self._left -= size
        return self._left >= 0


def _write_head(method: str, url: URL, headers: list[str]) -> bytes:
    """The head of a request as its server gets it; one request for each connection."""
    headers_passed_on = [
        line for line in headers if not line.lower().startswith(_HOP_BY_HOP)
    ]
    lines = [
        f"{method} {url.raw_path_qs} HTTP/1.1",
        *headers_passed_on,
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _copy_bytes(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    may_take: Callable[[int], bool],
) -> None:
    """Hand on bytes until one side ends, or no more may be taken."""
    try:
        while (chunk := await reader.read(_CHUNK)) and may_take(len(chunk)):
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()
