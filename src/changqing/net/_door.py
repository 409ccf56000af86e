"""Asks for pages, names and certificates; each failure has a reason."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar, cast

import aiohttp
from protego import Protego
from yarl import URL

from changqing.errors import NetError
from changqing.net._address import (
    check_address,
    check_url,
    failure,
    is_public,
    parse_address,
)
from changqing.net._challenge import is_challenge
from changqing.net._model import (
    Answer,
    AnswerStatus,
    Dialogue,
    Exchange,
    Handshake,
    NetSettings,
)
from changqing.net._resolver import Names, PinnedResolver

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BLOCKED = frozenset({401, 403, 429, 451})
_CHUNK = 64 * 1024
_ROBOTS_BYTES = 500_000
_WHOIS_BYTES = 100_000
_WHOIS_PORT = 43
_IPV6 = 6
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)  # OpenSSL's X509_V_FLAG_NO_CHECK_TIME
_RESET = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class _Head:
    """What is known of a fetch while it runs; kept when the body breaks off."""

    at: datetime
    start: float
    hops: list[str]
    exchange: Exchange | None = None
    body: bytearray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dialled:
    """What a handshake came to."""

    certificate: bytes
    version: str
    protocol: str


class Net:
    """The door. Use as an async context manager, from one event loop.

    The same page, name or certificate is not asked for twice within
    `memory_seconds`; a politeness, and what makes several probes of one look cheap.
    """

    def __init__(self, settings: NetSettings, *, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock
        self._resolver = PinnedResolver()
        self._opened_sockets: set[tuple[str, int]] = set()
        self._connected: dict[int, str] = {}
        self._certificates: dict[tuple[str, int], bytes] = {}
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._last: dict[str, float] = {}
        self._memory: dict[tuple[str, ...], tuple[float, asyncio.Task[object]]] = {}
        self._context = self._make_context()
        self._names: Names | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open; must run inside the event loop that uses it."""
        self._names = Names(self.settings, self.clock)
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            use_dns_cache=False,
            ssl=self._context,
            happy_eyeballs_delay=None,
            socket_factory=self._make_socket,
            force_close=True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                "User-Agent": self.settings.user_agent,
                "Accept": "text/html,application/xhtml+xml,application/xml,*/*;q=0.5",
                "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
            },
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every socket and forget every page."""
        tasks = [task for _, task in self._memory.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._memory.clear()
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str) -> Exchange:
        """One whole page, if its robots.txt lets us; 404 and 410 are pages too.

        Raises NetError for everything else, a challenge page and a 403 included.
        """
        await self._ask_robots(url)
        exchange = await self.glance(url)
        for hop in exchange.hops[1:]:
            await self._ask_robots(hop)
        if is_challenge(exchange.status, exchange.headers, exchange.body):
            raise _blocked(exchange)
        if exchange.status in _BLOCKED:
            raise _blocked(exchange)
        if exchange.status >= 500:
            raise failure(
                "server_error",
                f"{url}返回{exchange.status}",
                f"{url} answered {exchange.status}",
            )
        if exchange.reason is not None:
            raise _broken(exchange)
        return exchange

    async def glance(self, url: str) -> Exchange:
        """Whatever answers at `url`: any status, the body perhaps not whole.

        Reads no robots.txt: it only asks whether somebody answers. Raises NetError
        when nobody does.
        """
        checked = check_url(url, self.settings.opened)
        return await self._remember(("get", str(checked)), lambda: self._fetch(checked))

    async def query(
        self, name: str, kind: str, *, server: str | None = None, signed: bool = False
    ) -> Answer:
        """What the name servers say of `name`; raises NetError if they do not.

        `server` asks one resolver for itself; `signed` keeps the signatures.
        """
        names, name = _opened(self._names), name.lower()
        key = ("dns", name, kind, server or "", "signed" if signed else "")
        return await self._remember(
            key, lambda: names.ask(name, kind, server=server, signed=signed)
        )

    async def whois(self, server: str, question: str) -> Dialogue:
        """One question to a WHOIS server, `host` or `host:port` (RFC 3912).

        Raises NetError when nobody answers; what breaks off is kept as far as it came.
        """
        key = ("whois", server, question)
        return await self._remember(key, lambda: self._converse(server, question))

    async def handshake(self, host: str, port: int) -> Handshake:
        """The certificate `host` shows, and whether its chain is trusted here."""
        key = ("tls", host, str(port))
        return await self._remember(key, lambda: self._shake(host, port))

    async def knock(self, host: str, port: int, *, version: int) -> Dialogue:
        """Connect to the first IPv4 or IPv6 address, and say nothing.

        Raises NetError when there is none, or nobody opens.
        """
        key = ("knock", host, str(port), str(version))
        return await self._remember(key, lambda: self._knock(host, port, version))

    async def control(self) -> bool:
        """Whether our own network works: one of the control targets answers."""
        for url in self.settings.controls:
            try:
                exchange = await self.glance(url)
            except NetError:
                continue
            if exchange.status < 500:
                return True
        return False

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the site's robots.txt names."""
        rules = await self._robots(check_url(url, self.settings.opened))
        return () if rules is None else tuple(rules.sitemaps)

    # -- politeness

    async def _ask_robots(self, url: str) -> None:
        checked = check_url(url, self.settings.opened)
        rules = await self._robots(checked)
        if rules is not None and not rules.can_fetch(
            str(checked), self.settings.user_agent
        ):
            raise failure(
                "robots",
                f"{url}的robots.txt不允许程序查看",
                f"robots.txt does not let programs look at {url}",
                transient=False,
            )

    async def _robots(self, url: URL) -> Protego | None:
        """The rules of the host, None when it has none; raises what kept us from it."""
        exchange = await self.glance(str(url.origin() / "robots.txt"))
        if is_challenge(exchange.status, exchange.headers, exchange.body):
            raise _blocked(exchange)
        if exchange.status >= 500:
            raise failure(
                "server_error",
                f"{exchange.url}返回{exchange.status}",
                f"{exchange.url} answered {exchange.status}",
            )
        if exchange.status != 200:
            return None
        text = exchange.body[:_ROBOTS_BYTES].decode("utf-8", "replace")
        return Protego.parse(text)

    async def _remember(
        self, key: tuple[str, ...], make: Callable[[], Awaitable[T]]
    ) -> T:
        now = asyncio.get_running_loop().time()
        limit = now - self.settings.memory_seconds
        for old in [k for k, (t, task) in self._memory.items() if t < limit]:
            if self._memory[old][1].done():
                del self._memory[old]
        known = self._memory.get(key)
        if known is None:

            async def run() -> object:
                return await make()

            known = (now, asyncio.create_task(run()))
            self._memory[key] = known
        return cast("T", await asyncio.shield(known[1]))

    async def _wait_for_turn(self, host: str) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        due = max(now, self._last.get(host, 0.0) + self.settings.pause_seconds)
        self._last[host] = due
        if due > now:
            await asyncio.sleep(due - now)

    # -- addresses

    async def _pin(self, host: str, port: int) -> tuple[str, ...]:
        """Resolve, check and pin the addresses of `host` for one port."""
        texts: list[str] = []
        if parse_address(host) is not None:
            texts.append(host)
        elif host == "localhost":
            texts.append("127.0.0.1")
        else:
            texts.extend(await self._addresses(host))
        fine: list[str] = []
        refusals: list[NetError] = []
        for text in texts:
            try:
                fine.append(
                    check_address(
                        text, host=host, port=port, opened=self.settings.opened
                    )
                )
            except NetError as error:
                refusals.append(error)
        if not fine:
            raise refusals[0]
        listens = self._port(host, port)
        for text in fine:
            address = parse_address(text)
            if address is not None and address.is_loopback:
                self._opened_sockets.add((text, listens))
        self._resolver.ports[host, port] = listens
        pinned = tuple(fine)
        self._resolver.pinned[host, port] = pinned
        return pinned

    def _port(self, host: str, port: int) -> int:
        """Where an opened pair listens; every other pair keeps its port."""
        opened = (host, port) in self.settings.opened
        return self.settings.ports.get((host, port), port) if opened else port

    async def _addresses(self, host: str) -> list[str]:
        four, six = await asyncio.gather(
            self.query(host, "A"), self.query(host, "AAAA"), return_exceptions=True
        )
        values: list[str] = []
        absent = False
        for answer in (four, six):
            if isinstance(answer, Answer):
                values.extend(answer.values)
                absent = absent or answer.status is AnswerStatus.NO_NAME
        if values:
            return values
        for answer in (four, six):
            if isinstance(answer, BaseException):
                raise answer
        raise failure(
            "dns_failure",
            f"域名{host}不存在" if absent else f"域名{host}没有地址记录",
            f"the name {host} does not exist" if absent else f"{host} has no address",
            transient=False,
        )

    def _make_socket(
        self, info: tuple[int, int, int, str, tuple[object, ...]]
    ) -> socket.socket:
        """The last check, on the very address that is about to be connected."""
        family, kind, protocol, _, target = info
        text, port = str(target[0]), int(str(target[1]))
        address = parse_address(text)
        if address is None or not (
            is_public(address) or (str(address), port) in self._opened_sockets
        ):
            raise failure(
                "own_network",
                f"{text}不是公网地址，未予访问",
                f"{text} is not a public address; not visited",
                transient=False,
            )
        made = socket.socket(family, kind, protocol)
        made.settimeout(0)
        return made

    def _make_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        for pem in self.settings.trust:
            context.load_verify_locations(cadata=pem)
        if self.settings.own_time:
            context.verify_flags |= _NO_CHECK_TIME
        return context

    # -- pages

    async def _fetch(self, url: URL) -> Exchange:
        host = url.host or ""
        turn = self._turns.setdefault(host, asyncio.Semaphore(self.settings.per_host))
        async with turn:
            await self._wait_for_turn(host)
            loop = asyncio.get_running_loop()
            head = _Head(at=self.clock(), start=loop.time(), hops=[], body=bytearray())
            reason: str | None = None
            try:
                async with asyncio.timeout(self.settings.total_seconds):
                    reason = await self._follow(url, head)
            except TimeoutError as error:
                if head.exchange is None:
                    raise failure(
                        "timeout", f"{url}没有及时应答", f"{url} did not answer in time"
                    ) from error
                reason = "timeout"
            except (aiohttp.ClientError, OSError, ValueError) as error:
                translated = _translate(error, str(url))
                if head.exchange is None:
                    raise translated from error
                reason = translated.reason
            return replace(
                _opened(head.exchange),
                body=bytes(head.body),
                seconds=loop.time() - head.start,
                reason=reason,
            )

    async def _follow(self, url: URL, head: _Head) -> str | None:
        """Ask, follow redirects, read to the end or the cap; why it is not whole."""
        while True:
            if str(url) in head.hops or len(head.hops) > self.settings.max_hops:
                raise failure(
                    "unreadable",
                    f"{head.hops[0]}一直跳转",
                    f"{head.hops[0]} redirects for ever",
                )
            head.hops.append(str(url))
            target = await self._ask(url, head)
            if isinstance(target, URL):
                url = target
                continue
            return target

    async def _ask(self, url: URL, head: _Head) -> URL | str | None:
        session = _opened(self._session)
        host, port = url.host or "", url.port or 0
        async with asyncio.timeout(self.settings.connect_seconds):
            addresses = await self._pin(host, port)
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=self.settings.connect_seconds
        )
        async with session.get(url, allow_redirects=False, timeout=timeout) as response:
            address = addresses[0]
            certificate = None
            if response.connection is not None:
                transport = response.connection.transport
                if transport is not None:
                    peer = transport.get_extra_info("peername")
                    address = str(peer[0]) if peer else address
                    secured = transport.get_extra_info("ssl_object")
                    if secured is not None:
                        certificate = secured.getpeercert(binary_form=True)
            head.body.clear()
            head.exchange = Exchange(
                url=head.hops[0],
                hops=tuple(head.hops),
                at=head.at,
                seconds=0.0,
                address=address,
                request_headers=tuple(response.request_info.headers.items()),
                status=response.status,
                phrase=response.reason or "",
                headers=_headers(response),
                body=b"",
                certificate=certificate,
            )
            location = response.headers.get("Location", "")
            if response.status in _REDIRECTS and location:
                head.exchange = None  # what counts is the end of the chain
                target = url.join(URL(location))
                return check_url(str(target), self.settings.opened)
            async for chunk in response.content.iter_chunked(_CHUNK):
                head.body.extend(chunk)
                if len(head.body) > self.settings.max_bytes:
                    del head.body[self.settings.max_bytes :]
                    return "too_large"
        return None

    # -- line protocols

    async def _converse(self, server: str, question: str) -> Dialogue:
        host, _, port_text = server.partition(":")
        port = int(port_text) if port_text.isdecimal() else _WHOIS_PORT
        other_port = port != _WHOIS_PORT and (host, port) not in self.settings.opened
        if other_port or not question.isprintable():
            raise failure(
                "unreadable",
                f"不能向{server}查询{question!r}",
                f"{question!r} cannot be asked of {server}",
                transient=False,
            )
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self.clock()
        address, received = "", bytearray()
        reason: str | None = None
        await self._wait_for_turn(host)
        try:
            async with asyncio.timeout(self.settings.total_seconds):
                address = (await self._pin(host, port))[0]
                async with asyncio.timeout(self.settings.connect_seconds):
                    reader, writer = await asyncio.open_connection(
                        address, self._port(host, port)
                    )
                try:
                    writer.write(f"{question}\r\n".encode())
                    while chunk := await reader.read(_CHUNK):
                        received.extend(chunk)
                        if len(received) > _WHOIS_BYTES:
                            reason = "too_large"
                            break
                finally:
                    writer.transport.abort()
        except OSError as error:  # TimeoutError is one
            translated = _translate(error, f"{host}:{port}")
            if not received:
                raise translated from error
            reason = translated.reason
        return Dialogue(
            host=host,
            port=port,
            at=at,
            seconds=loop.time() - start,
            address=address,
            sent=question,
            received=bytes(received[:_WHOIS_BYTES]).decode("utf-8", "replace"),
            reason=reason,
        )

    async def _knock(self, host: str, port: int, version: int) -> Dialogue:
        check_url(f"https://{host}:{port}/", self.settings.opened)
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self.clock()
        try:
            async with asyncio.timeout(self.settings.connect_seconds):
                address = next(
                    (
                        text
                        for text in await self._pin(host, port)
                        if (":" in text) is (version == _IPV6)
                    ),
                    None,
                )
                if address is None:
                    raise failure(
                        "dns_failure",
                        f"{host}没有IPv{version}地址",
                        f"{host} has no IPv{version} address",
                        transient=False,
                    )
                _, writer = await asyncio.open_connection(
                    address, self._port(host, port)
                )
                writer.transport.abort()
        except OSError as error:
            raise _translate(error, f"{host}:{port}") from error
        return Dialogue(
            host=host,
            port=port,
            at=at,
            seconds=loop.time() - start,
            address=address,
            sent="",
            received="",
        )

    # -- certificates

    async def _shake(self, host: str, port: int) -> Handshake:
        check_url(f"https://{host}:{port}/", self.settings.opened)
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self.clock()
        try:
            async with asyncio.timeout(self.settings.total_seconds):
                address = (await self._pin(host, port))[0]
                code, message = 0, ""
                context = self._make_context()
                context.check_hostname = False
                try:
                    dialled = await self._dial(address, host, port, context)
                except ssl.SSLCertVerificationError as error:
                    code, message = error.verify_code, error.verify_message
                    context = self._make_context()
                    context.check_hostname = False
                    context.verify_mode = ssl.CERT_NONE
                    dialled = await self._dial(address, host, port, context)
        except TimeoutError as error:
            raise failure(
                "timeout",
                f"{host}:{port}没有及时应答",
                f"{host}:{port} did not answer in time",
            ) from error
        except OSError as error:
            raise _translate(error, f"{host}:{port}") from error
        return Handshake(
            host=host,
            port=port,
            at=at,
            seconds=loop.time() - start,
            address=address,
            version=dialled.version,
            certificate=dialled.certificate,
            verify_code=code,
            verify_message=message,
            protocol=dialled.protocol,
        )

    async def _dial(
        self, address: str, host: str, port: int, context: ssl.SSLContext
    ) -> _Dialled:
        context.set_alpn_protocols(["h2", "http/1.1"])
        async with asyncio.timeout(self.settings.connect_seconds):
            _, writer = await asyncio.open_connection(
                address, self._port(host, port), ssl=context, server_hostname=host
            )
        try:
            secured = writer.get_extra_info("ssl_object")
            der = secured.getpeercert(binary_form=True)
            return _Dialled(
                certificate=bytes(der or b""),
                version=str(secured.version() or ""),
                protocol=str(secured.selected_alpn_protocol() or ""),
            )
        finally:
            writer.transport.abort()


def _opened(part: T | None) -> T:
    if part is None:
        raise failure("not_looked", "网络入口没有打开", "the door is not open")
    return part


def _headers(response: aiohttp.ClientResponse) -> tuple[tuple[str, str], ...]:
    return tuple(
        (key.decode("latin-1"), value.decode("utf-8", "replace"))
        for key, value in response.raw_headers
    )


def _blocked(exchange: Exchange) -> NetError:
    return failure(
        "blocked",
        f"{exchange.url}拒绝程序查看（{exchange.status}）",
        f"{exchange.url} does not let programs in ({exchange.status})",
    )


def _broken(exchange: Exchange) -> NetError:
    reason = exchange.reason or "unreadable"
    zh = {
        "timeout": "没有在时限内读完",
        "too_large": "过大，没有读完",
        "unreadable": "的内容无法读取",
    }.get(reason, "中途断开")
    en = {
        "timeout": "could not be read in time",
        "too_large": "is too large to read",
        "unreadable": "cannot be read",
    }.get(reason, "broke off")
    return failure(reason, f"{exchange.url}{zh}", f"{exchange.url} {en}")


def _translate(error: Exception, what: str) -> NetError:
    """The reason behind a foreign exception."""
    if isinstance(error, NetError):
        return error
    if isinstance(error, TimeoutError):
        return failure(
            "timeout", f"{what}没有及时应答", f"{what} did not answer in time"
        )
    if isinstance(error, ssl.SSLError | aiohttp.ClientSSLError):
        return failure(
            "tls",
            f"{what}的加密连接没有建立",
            f"no encrypted connection with {what}",
        )
    cause = getattr(error, "os_error", error)
    number = cause.errno if isinstance(cause, OSError) else None
    if isinstance(cause, ConnectionRefusedError) or number == errno.ECONNREFUSED:
        return failure("refused", f"{what}拒绝连接", f"{what} refuses connections")
    if number in _UNREACHABLE:
        return failure(
            "own_network", f"本机到{what}没有路由", f"no route from here to {what}"
        )
    if number in (errno.ETIMEDOUT, errno.EHOSTUNREACH):
        return failure(
            "timeout", f"{what}没有及时应答", f"{what} did not answer in time"
        )
    broke_off = isinstance(
        error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError
    )
    if number in _RESET or (broke_off and "decod" not in str(error).lower()):
        return failure("reset", f"{what}中途断开连接", f"{what} broke off")
    return failure("unreadable", f"{what}的应答无法读取", f"{what} answered nonsense")
