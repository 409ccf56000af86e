"""One request and its answer over HTTP/1.1, to an address that has been checked.

The connection is made to the address itself, so what was checked is what is asked. The
parser is llhttp's (httptools); bodies are unpacked no further than the limit.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from dataclasses import dataclass, field
from typing import Final, cast

import httptools

_MOST_HEAD: Final = 64 * 1024  # bytes of status line and headers
_GZIP_OR_ZLIB: Final = 47  # zlib.decompressobj: whichever of the two it is
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})
_PLAIN: Final = frozenset({"", "identity"})
_MEMBER: Final = b"\x1f\x8b"  # how every member of a gzip file begins (RFC 1952)
_NO_BODY: Final = frozenset({204, 304})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_FINAL: Final = 200  # below it an answer is only provisional


class HttpError(Exception):
    """The answer cannot be read, or broke off; `reason` is a gap reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True, kw_only=True)
class HttpReply:
    """An answer as far as it has come; `reason` tells why the body is not whole."""

    address: str = ""
    certificate: bytes | None = None
    status: int = 0
    phrase: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    begun: bool = False  # the headers are complete
    reason: str | None = None

    def find_header(self, name: str) -> str:
        """Find the first header of that name, which is in small letters; or nothing."""
        return next((v for k, v in self.headers if k.lower() == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect, and what to ask there."""

    address: str
    port: int
    host: str  # as in the certificate
    authority: str  # as in the Host header
    path: str  # with its query, encoded
    sent: bytes | None = None  # what a POST carries; without it, a GET


async def ask(
    target: Target,
    headers: tuple[tuple[str, str], ...],
    *,
    tls: ssl.SSLContext | None,
    connect_seconds: float,
    max_bytes: int,
    reply: HttpReply,
) -> None:
    """Send a request and fill `reply` while the answer comes, cut off at `max_bytes`.

    Raises HttpError, OSError or TimeoutError (connecting) when no answer begins; once
    it has, what is missing is told by `reply.reason`. The caller bounds the whole time.
    """
    loop = asyncio.get_running_loop()
    verb = "GET" if target.sent is None else "POST"
    lines = [f"{verb} {target.path} HTTP/1.1", f"Host: {target.authority}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if target.sent is not None:
        lines.append(f"Content-Length: {len(target.sent)}")
    head = "\r\n".join((*lines, "", "")).encode("latin-1")
    request = head + (target.sent or b"")
    talk = _Talk(request, reply, max_bytes, loop.create_future())
    async with asyncio.timeout(connect_seconds):
        transport, _ = await loop.create_connection(
            lambda: talk,
            target.address,
            target.port,
            ssl=tls,
            server_hostname=target.host if tls is not None else None,
        )
    try:
        await talk.ended
    finally:
        transport.abort()


def is_redirect(reply: HttpReply) -> bool:
    """Tell whether an answer leads elsewhere; what it says beside that is not read."""
    return reply.status in _REDIRECTS and bool(reply.find_header("location"))


class _Talk(asyncio.Protocol):
    """Bytes to a reply; the names of its methods are httptools' and asyncio's."""

    def __init__(
        self,
        request: bytes,
        reply: HttpReply,
        max_bytes: int,
        ended: asyncio.Future[None],
    ) -> None:
        self.ended = ended
        self._request = request
        self._reply = reply
        self._most = max_bytes
        self._parser = httptools.HttpResponseParser(self)
        self._head = 0
        self._unpacker: zlib._Decompress | None = None
        self._fed = False  # the unpacker has been given something
        self._after = b""  # what came after the end of a member
        self._measured = False  # the answer says itself where it ends

    # -- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        peer = transport.get_extra_info("peername")
        self._reply.address = str(peer[0]) if peer else ""
        secured = transport.get_extra_info("ssl_object")
        if secured is not None:
            self._reply.certificate = secured.getpeercert(binary_form=True)
        cast("asyncio.WriteTransport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        if self.ended.done():
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._end_talk("unreadable")
        if not self._reply.begun:
            self._head += len(data)
            if self._head > _MOST_HEAD:
                self._end_talk("unreadable")

    def connection_lost(self, exc: Exception | None) -> None:
        if self.ended.done():
            return
        whole = self._reply.begun and not self._measured and exc is None
        if isinstance(exc, ssl.SSLError):
            self.ended.set_exception(exc)
        else:
            self._end_talk(None if whole else "reset")

    # -- httptools

    def on_status(self, status: bytes) -> None:
        self._reply.phrase += status.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._reply.headers.append(
            (name.decode("latin-1"), value.decode("utf-8", "replace"))
        )

    def on_headers_complete(self) -> None:
        reply, status = self._reply, self._parser.get_status_code()
        if status < _FINAL:
            return
        reply.status, reply.begun = status, True
        self._measured = bool(
            reply.find_header("content-length")
            or reply.find_header("transfer-encoding")
        )
        if is_redirect(reply):
            self._end_talk(None)  # what counts is where it leads
        packing = reply.find_header("content-encoding").strip().lower()
        if packing in _PACKED:
            self._unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
        elif packing not in _PLAIN and status not in _NO_BODY:
            self._end_talk("unreadable")

    def on_body(self, body: bytes) -> None:
        if self.ended.done():
            return
        room = self._most + 1 - len(self._reply.body)
        try:
            self._reply.body += self._unpack_body(body, room)
        except zlib.error:
            self._end_talk("unreadable")
            return
        if len(self._reply.body) > self._most:
            del self._reply.body[self._most :]
            self._end_talk("too_large")

    def on_message_complete(self) -> None:
        if self._reply.begun:
            self._end_talk(None)
        else:  # provisional: the answer is still to come
            self._reply.headers.clear()
            self._reply.phrase = ""

    def _unpack_body(self, body: bytes, room: int) -> bytes:
        """Unpack what came, up to `room` bytes; a gzip file may have many members."""
        if self._unpacker is None:
            return body[:room]
        unpacked = bytearray()
        packed, self._after = self._after + body, b""
        while packed and len(unpacked) < room:
            if self._unpacker.eof:
                # Zeros may follow a member as padding; what else follows is another.
                packed = packed.lstrip(b"\x00")
                if len(packed) < len(_MEMBER) and _MEMBER.startswith(packed):
                    self._after = packed
                    break
                if not packed.startswith(_MEMBER):
                    raise zlib.error("something follows the packed page")
                self._unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
            unpacked += self._inflate_bytes(
                self._unpacker, packed, room - len(unpacked)
            )
            packed = self._unpacker.unused_data
        return bytes(unpacked)

    def _inflate_bytes(
        self, unpacker: zlib._Decompress, packed: bytes, room: int
    ) -> bytes:
        self._fed = True
        try:
            return unpacker.decompress(packed, room)
        except zlib.error:
            if self._reply.body:
                raise
            # Some servers send deflate without zlib's two bytes before it.
            self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._unpacker.decompress(packed, room)

    def _is_unpacked(self) -> bool:
        """Whether a packed body came to its end, which its length does not tell."""
        if self._unpacker is None or not self._fed:
            return True
        return self._unpacker.eof and not self._after

    def _end_talk(self, reason: str | None) -> None:
        if self.ended.done():
            return
        if self._reply.begun:
            if reason is None and not self._is_unpacked():
                reason = "reset"
            self._reply.reason = reason
            self.ended.set_result(None)
        else:
            self.ended.set_exception(HttpError(reason or "unreadable"))
