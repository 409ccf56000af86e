"""A mail server that greets, and takes no mail (RFC 5321)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def serve_mail(greeting: str = "220 mx ESMTP ready") -> AsyncIterator[int]:
    """Say `greeting`, then 221 to QUIT and 502 to all else; yields the port."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(f"{greeting}\r\n".encode())
        while line := await reader.readline():
            if line.strip().upper() == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            writer.write(b"502 not here\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
