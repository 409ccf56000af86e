"""A registry that answers on a line protocol (RFC 3912)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager


@asynccontextmanager
async def serve_whois(
    answers: Mapping[str, str], *, otherwise: str = "No matching record.\r\n"
) -> AsyncIterator[int]:
    """Answer each question from `answers`; yields the port on 127.0.0.1."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        question = (await reader.readline()).decode("utf-8", "replace").strip()
        writer.write(answers.get(question.lower(), otherwise).encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
