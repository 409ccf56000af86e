"""Whatever a server sends as HTTP, and whatever its robots.txt says."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator

import pytest
from protego import Protego

from changqing.net.address import parse_address
from changqing.net.challenge import is_challenge
from changqing.net.http import HttpError, HttpReply, _Talk
from tests.fuzzing import fuzz

pytestmark = pytest.mark.fuzz
MOST = 200_000


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def answers() -> Iterator[bytes]:
    page = "<html><title>长青</title></html>".encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    yield head + b"Content-Length: %d\r\n\r\n" % len(page) + page
    packed = gzip.compress(page) + gzip.compress(page)
    yield head + b"Content-Encoding: gzip\r\n\r\n" + packed
    yield head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    yield b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n"


def test_an_answer(loop: asyncio.AbstractEventLoop, fuzz_seconds: float) -> None:
    def talk(content: bytes) -> None:
        reply = HttpReply()
        one = _Talk(b"", reply, MOST, loop.create_future())
        half = len(content) // 2
        one.data_received(content[:half])
        one.data_received(content[half:])
        one.connection_lost(None)
        error = one.ended.exception()
        assert error is None or isinstance(error, HttpError)
        assert len(reply.body) <= MOST
        is_challenge(reply.status, reply.headers, bytes(reply.body))

    fuzz(talk, answers(), fuzz_seconds)


def test_robots(fuzz_seconds: float) -> None:
    seed = b"User-agent: *\nDisallow: /a*b$\nCrawl-delay: 1\nSitemap: /s.xml\n"

    def look(content: bytes) -> None:
        robots = Protego.parse(content.decode("utf-8", "replace"))
        robots.can_fetch("/" + "a" * 200, "Changqing")

    fuzz(look, [seed], fuzz_seconds)


def test_an_address(fuzz_seconds: float) -> None:
    seeds = [b"127.0.0.1", b"::1", b"0x7f.1", b"2130706433", b"::ffff:10.0.0.1"]

    def look(content: bytes) -> None:
        parse_address(content.decode("utf-8", "replace"))

    fuzz(look, seeds, fuzz_seconds, declared=(ValueError,))
