"""Line protocols: one question, and all that comes back (RFC 3912, RFC 5321)."""

from __future__ import annotations

import asyncio
from typing import Final

_CHUNK: Final = 16 * 1024
MOST_BYTES: Final = 100_000


async def hold_dialogue(
    address: str,
    port: int,
    question: str,
    received: bytearray,
    *,
    greeted: bool,
    connect_seconds: float,
) -> bool:
    """Ask, and fill `received` while the answer comes; whether it came to its end.

    `greeted`: the server speaks first, and a line of it is awaited before the question.
    Raises OSError when the connection fails. The caller bounds the whole time.
    """
    async with asyncio.timeout(connect_seconds):
        reader, writer = await asyncio.open_connection(address, port)
    try:
        if greeted:
            received.extend(await reader.readline())
        writer.write(f"{question}\r\n".encode())
        while chunk := await reader.read(_CHUNK):
            received.extend(chunk)
            if len(received) > MOST_BYTES:
                return False
    except ValueError:  # a line without end
        return False
    finally:
        writer.transport.abort()
    return True
