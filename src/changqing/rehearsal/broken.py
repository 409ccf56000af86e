"""Servers that misbehave, each in one way, for rehearsing what a look makes of them."""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

from changqing.rehearsal.http import Server


class Trouble(StrEnum):
    """In which way a server misbehaves."""

    SILENT = "silent"  # accepts, and never says a word
    DRIP = "drip"  # one byte every now and then, for ever
    GARBAGE = "garbage"  # bytes that are no HTTP
    RESET = "reset"  # hangs up in the middle
    CUT = "cut"  # ends before the length it promised
    ENDLESS = "endless"  # 50 MB of a page
    LOOP = "loop"  # redirects to itself, by turns
    BOMB = "bomb"  # a small body that unpacks to 50 MB


_MEGABYTE = b"<p>" + b"x" * (1024 * 1024 - 3)
_DRIP_SECONDS = 0.05
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


@asynccontextmanager
async def serve_broken(
    trouble: Trouble, *, context: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Serve `trouble` on every path of a free port, until the block ends."""
    tasks: set[asyncio.Task[None]] = set()

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        with suppress(ConnectionError, asyncio.CancelledError, ssl.SSLError):
            request = await reader.readuntil(b"\r\n\r\n")
            await _ACTS[trouble](request, writer)
        with suppress(ConnectionError, ssl.SSLError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = int(server.sockets[0].getsockname()[1])
    try:
        yield Server(port=port, scheme="http" if context is None else "https")
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stay_silent(request: bytes, writer: asyncio.StreamWriter) -> None:
    del request, writer
    await asyncio.sleep(3600)


async def _drip_bytes(request: bytes, writer: asyncio.StreamWriter) -> None:
    del request
    writer.write(_HEAD + b"\r\n<html>")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(_DRIP_SECONDS)


async def _send_garbage(request: bytes, writer: asyncio.StreamWriter) -> None:
    del request
    writer.write(bytes(range(256)) * 40 + b"\r\n\r\n")
    await writer.drain()


async def _reset_connection(request: bytes, writer: asyncio.StreamWriter) -> None:
    del request
    writer.transport.abort()


async def _break_off(request: bytes, writer: asyncio.StreamWriter) -> None:
    del request
    writer.write(_HEAD + b"Content-Length: 5000\r\n\r\n<html><body>half")
    await writer.drain()


async def _send_without_end(request: bytes, writer: asyncio.StreamWriter) -> None:
    del request
    writer.write(_HEAD + b"Connection: close\r\n\r\n<html>")
    for _ in range(50):
        writer.write(_MEGABYTE)
        await writer.drain()


async def _redirect_in_a_loop(request: bytes, writer: asyncio.StreamWriter) -> None:
    turn = b"/a" if request.startswith(b"GET /b ") else b"/b"
    writer.write(
        b"HTTP/1.1 302 Found\r\nLocation: " + turn + b"\r\nContent-Length: 0\r\n"
        b"Connection: close\r\n\r\n"
    )
    await writer.drain()


async def _send_bomb(request: bytes, writer: asyncio.StreamWriter) -> None:
    del request
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(_MEGABYTE) for _ in range(50)) + packer.flush()
    length = str(len(packed)).encode()
    writer.write(
        _HEAD + b"Content-Encoding: gzip\r\nContent-Length: " + length + b"\r\n\r\n"
    )
    writer.write(packed)
    await writer.drain()


_ACTS: dict[Trouble, Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]] = {
    Trouble.SILENT: _stay_silent,
    Trouble.DRIP: _drip_bytes,
    Trouble.GARBAGE: _send_garbage,
    Trouble.RESET: _reset_connection,
    Trouble.CUT: _break_off,
    Trouble.ENDLESS: _send_without_end,
    Trouble.LOOP: _redirect_in_a_loop,
    Trouble.BOMB: _send_bomb,
}
