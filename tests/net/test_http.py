"""The transport against servers that speak HTTP in every way, and badly."""

from __future__ import annotations

import asyncio
import gzip
import zlib

import pytest

from changqing.errors import NetError
from changqing.net.door import Net
from changqing.net.model import Exchange, NetSettings
from tests.net.test_door import NOW

PAGE = b"<html>" + b"x" * 3000 + b"</html>"


def gzipped(content: bytes) -> bytes:
    """Pack, without the time of day: these bytes name tests."""
    return gzip.compress(content, mtime=0)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()


def sized(body: bytes, *lines: str) -> bytes:
    return head(f"Content-Length: {len(body)}", *lines) + body


def answered(*pieces: bytes, max_bytes: int = 100_000) -> tuple[Exchange, bytes]:
    """What the door makes of bytes sent piece by piece; and the request it sent."""
    asked = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.extend(await reader.readuntil(b"\r\n\r\n"))
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        writer.close()

    async def run() -> Exchange:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        settings = NetSettings(
            opened=frozenset({("127.0.0.1", port)}),
            total_seconds=1.0,
            back_off_seconds=0.0,
            max_bytes=max_bytes,
        )
        async with server, Net(settings, clock=lambda: NOW) as net:
            return await net.glance(f"http://127.0.0.1:{port}/a?b=c%20d")

    return asyncio.run(run()), bytes(asked)


@pytest.mark.parametrize(
    "answer",
    [
        sized(PAGE),
        head() + PAGE,  # ends with the connection
        head("Transfer-Encoding: chunked")
        + f"{len(PAGE):x}\r\n".encode()
        + PAGE
        + b"\r\n0\r\n\r\n",
        sized(gzipped(PAGE), "Content-Encoding: gzip"),
        sized(zlib.compress(PAGE), "Content-Encoding: deflate"),
        sized(raw_deflate(PAGE), "Content-Encoding: deflate"),
        head(status="103 Early Hints") + sized(PAGE),
        sized(
            gzipped(PAGE[:900]) + gzipped(PAGE[900:]),
            "Content-Encoding: gzip",
        ),
        head("Content-Encoding: gzip")
        + gzipped(PAGE[:9])
        + gzipped(b"")
        + gzipped(PAGE[9:])
        + bytes(20),
    ],
    ids=[
        *("sized", "closed", "chunked", "gzip", "zlib", "deflate", "provisional"),
        *("two members", "members and padding"),
    ],
)
def test_a_page_comes_whole_however_it_is_sent(answer: bytes) -> None:
    for pieces in ((answer,), [answer[at : at + 7] for at in range(0, len(answer), 7)]):
        exchange, _ = answered(*pieces)
        assert (exchange.status, exchange.reason) == (200, None)
        assert exchange.body == PAGE


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (sized(PAGE)[:-10], "reset"),
        (head("Transfer-Encoding: chunked") + b"5\r\nhello\r\n", "reset"),
        (head("Transfer-Encoding: chunked") + b"zz\r\nhello\r\n", "unreadable"),
        (sized(b"no gzip at all", "Content-Encoding: gzip"), "unreadable"),
        (sized(PAGE, "Content-Encoding: br"), "unreadable"),
        (sized(gzipped(PAGE)[:-1], "Content-Encoding: gzip"), "reset"),
        (head("Content-Encoding: gzip") + gzipped(PAGE)[:-9], "reset"),
        (sized(zlib.compress(PAGE)[:-2], "Content-Encoding: deflate"), "reset"),
        (sized(raw_deflate(PAGE)[:-2], "Content-Encoding: deflate"), "reset"),
        (
            sized(
                gzipped(PAGE) + gzipped(PAGE)[:-20],
                "Content-Encoding: gzip",
            ),
            "reset",
        ),
        (sized(gzipped(PAGE) + b"\x1f", "Content-Encoding: gzip"), "reset"),
        (sized(gzipped(PAGE) + PAGE, "Content-Encoding: gzip"), "unreadable"),
    ],
)
def test_what_is_not_whole_says_why(answer: bytes, reason: str) -> None:
    exchange, _ = answered(answer)
    assert exchange.status == 200
    assert exchange.reason == reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "reset"),
        (b"SSH-2.0-OpenSSH\r\n", "unreadable"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "reset"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Fill: " + b"a" * 200_000, "unreadable"),
        (head(status="103 Early Hints") * 5000, "unreadable"),
    ],
    ids=["nothing", "other protocol", "half a head", "endless head", "never final"],
)
def test_what_is_no_answer_is_none(answer: bytes, reason: str) -> None:
    with pytest.raises(NetError) as caught:
        answered(answer)
    assert caught.value.reason == reason


def test_a_body_is_unpacked_no_further_than_the_limit() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    exchange, _ = answered(sized(bomb, "Content-Encoding: gzip"), max_bytes=10_000)
    assert exchange.reason == "too_large"
    assert len(exchange.body) == 10_000


def test_the_request_says_who_asks_and_for_what() -> None:
    exchange, asked = answered(sized(PAGE))
    lines = asked.decode().split("\r\n")
    assert lines[0] == "GET /a?b=c%20d HTTP/1.1"
    assert lines[1].startswith("Host: 127.0.0.1:")
    assert any(line.startswith("User-Agent: Changqing/") for line in lines)
    assert ("Connection", "close") in exchange.request_headers
