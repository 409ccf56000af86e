"""Asks for pages, names and certificates; each failure has a reason."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from protego import Protego
from yarl import URL

from changqing.errors import NetError
from changqing.net.address import check_url, parse_address
from changqing.net.challenge import is_challenge
from changqing.net.failures import (
    find_reason,
    make_blocked,
    make_broken,
    make_failure,
    make_server_error,
)
from changqing.net.http import HttpError, HttpReply, Target, ask, is_redirect
from changqing.net.lines import MOST_BYTES, hold_dialogue
from changqing.net.memory import AnswerMemory
from changqing.net.model import (
    Answer,
    Dialogue,
    Exchange,
    Handshake,
    NetSettings,
    Posted,
)
from changqing.net.pinned import PinnedAddresses
from changqing.net.resolver import NameServers
from changqing.net.robots import parse_robots
from changqing.net.tls import ask_certificate, make_context
from changqing.net.turns import HostTurns

_BLOCKED = frozenset({401, 403, 429, 451})
_CHUNK = 64 * 1024
_WHOIS, _MAIL = 43, 25  # ports
_IPV6 = 6


@dataclass(slots=True, kw_only=True)
class _Fetch:
    """What is known of a fetch while it runs; kept when the body breaks off."""

    hops: list[str] = field(default_factory=list)
    reply: HttpReply = field(default_factory=HttpReply)


class Net:
    """The door. Use as an async context manager, from one event loop.

    The same page, name or certificate is not asked for twice within
    `memory_seconds`; a politeness, and what makes several probes of one look cheap.
    """

    def __init__(self, settings: NetSettings, *, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock
        self._request = (
            ("User-Agent", settings.user_agent),
            ("Accept", "text/html,application/xhtml+xml,application/xml,*/*;q=0.5"),
            ("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.5"),
            ("Accept-Encoding", "gzip, deflate"),
            ("Connection", "close"),
        )
        self._turns = HostTurns(
            at_once=settings.per_host, pause_seconds=settings.pause_seconds
        )
        self._memory = AnswerMemory(settings.memory_seconds)
        self._context = make_context(settings)
        self._names: NameServers | None = None
        self._addresses = PinnedAddresses(
            settings=settings,
            query=self.query,
            is_resolver_working=self.is_resolver_working,
        )

    async def __aenter__(self) -> Self:
        """Open; must run inside the event loop that uses it."""
        self._names = NameServers(self.settings, self.clock)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every socket and forget every page."""
        await self._memory.clear()
        if self._names is not None:
            await self._names.close()

    async def get(self, url: str) -> Exchange:
        """Fetch one whole page, if its robots.txt lets us; 404 and 410 are pages too.

        Raises NetError for everything else, a challenge page and a 403 included.
        """
        await self._ask_robots(url)
        exchange = await self.glance(url)
        for hop in exchange.hops[1:]:
            await self._ask_robots(hop)
        if is_challenge(exchange.status, exchange.headers, exchange.body):
            raise make_blocked(exchange)
        if exchange.status in _BLOCKED:
            raise make_blocked(exchange)
        if exchange.status >= 500:
            raise make_server_error(url, exchange.status)
        if exchange.reason is not None:
            raise make_broken(exchange)
        return exchange

    async def glance(self, url: str) -> Exchange:
        """Fetch whatever answers at `url`: any status, the body perhaps not whole.

        Reads no robots.txt: it only asks whether somebody answers. Raises NetError
        when nobody does.
        """
        checked = check_url(url, self.settings.opened)
        return await self._memory.remember(
            ("get", str(checked)), lambda: self._fetch_once(checked)
        )

    async def locate(self, url: URL) -> tuple[tuple[str, int], ...]:
        """Find the addresses, with the port, at which a checked host may be asked.

        For who connects to it without the door. Raises NetError when it points at no
        address that may be reached.
        """
        host, port = url.host or "", url.port or 0
        async with asyncio.timeout(self.settings.connect_seconds):
            addresses = await self._addresses.pin(host, port)
        return tuple(
            (address, self._addresses.choose_port(host, port)) for address in addresses
        )

    async def post(self, url: str, content: bytes, kind: str) -> bytes:
        """Send bytes of a media type, and give the whole answer to them.

        No redirect is followed and nothing is remembered. Raises NetError unless the
        answer is 200 and whole.
        """
        checked = check_url(url, self.settings.opened)
        await self._turns.wait(checked.host or "")
        visit = _Fetch(hops=[url])
        try:
            async with asyncio.timeout(self.settings.total_seconds):
                await self._ask_server(checked, visit, body=(kind, content))
        except (HttpError, OSError, ValueError) as error:
            raise find_reason(error, url) from error
        if visit.reply.status != 200 or visit.reply.reason is not None:
            raise make_server_error(url, visit.reply.status)
        return bytes(visit.reply.body)

    async def post_json(self, url: str, data: object) -> Posted:
        """Hand JSON to a service that asked for it; no redirect is followed.

        Names the host alone, in errors too: such addresses often hold a secret.
        """
        try:
            checked = check_url(url, self.settings.opened)
        except NetError:
            raise make_failure(
                "unreadable",
                "填的不是可以访问的网页地址",
                "what was given is not a web address that can be visited",
                transient=False,
            ) from None
        host = checked.host or ""
        body = json.dumps(data, ensure_ascii=False).encode()
        await self._turns.wait(host)
        visit = _Fetch()
        try:
            async with asyncio.timeout(self.settings.total_seconds):
                await self._ask_server(
                    checked, visit, body=("application/json; charset=utf-8", body)
                )
        except (HttpError, OSError, ValueError) as error:
            # `from None`: the traceback of the cause could show the secret address.
            raise find_reason(error, host) from None
        reply = visit.reply
        if reply.reason is not None:
            raise find_reason(HttpError(reply.reason), host)
        return Posted(host=host, status=reply.status, body=bytes(reply.body))

    async def query(
        self, name: str, kind: str, *, server: str | None = None, signed: bool = False
    ) -> Answer:
        """Ask the name servers for records of `name`; NetError if they do not answer.

        `server` asks one resolver for itself; `signed` keeps the signatures.
        """
        names, name = _require_open(self._names), name.lower()
        key = ("dns", name, kind, server or "", "signed" if signed else "")
        return await self._memory.remember(
            key, lambda: names.ask(name, kind, server=server, signed=signed)
        )

    async def ask_whois(self, server: str, question: str) -> Dialogue:
        """Ask a WHOIS server one question, `host` or `host:port` (RFC 3912).

        Raises NetError when nobody answers; what breaks off is kept as far as it came.
        """
        host, _, port = server.partition(":")
        place = (host, int(port) if port.isdecimal() else _WHOIS)
        return await self._memory.remember(
            ("whois", server, question), lambda: self._ask_line(place, question)
        )

    async def ask_mail_greeting(self, host: str) -> Dialogue:
        """Ask what a mail server says of itself before it is left again (RFC 5321).

        No mail is begun. Raises NetError when nobody answers.
        """
        return await self._memory.remember(
            ("mail", host),
            lambda: self._ask_line((host, _MAIL), "QUIT", greeted=True),
        )

    async def shake_hands(self, host: str, port: int) -> Handshake:
        """Ask for the certificate of `host`, and whether its chain is trusted here."""
        key = ("tls", host, str(port))
        return await self._memory.remember(
            key, lambda: self._ask_certificate(host, port)
        )

    async def knock(self, host: str, port: int, *, version: int) -> Dialogue:
        """Connect to the first IPv4 or IPv6 address, and say nothing.

        Raises NetError when there is none, or nobody opens.
        """
        key = ("knock", host, str(port), str(version))
        return await self._memory.remember(
            key, lambda: self._try_handshake(host, port, version)
        )

    async def is_network_working(self) -> bool:
        """Tell whether our own network works: one of the control targets answers."""
        for url in self.settings.controls:
            try:
                exchange = await self.glance(url)
            except NetError:
                continue
            if exchange.status < 500:
                return True
        return False

    async def is_resolver_working(self) -> bool:
        """Tell whether our resolver finds one of the control targets.

        One that finds nothing says nothing of other names by not finding them.
        """
        for url in self.settings.controls:
            host = URL(url).host or ""
            if parse_address(host) is not None:
                if await self.is_network_working():
                    return True
                continue
            try:
                answer = await self.query(host, "A")
            except NetError:
                continue
            if answer.values:
                return True
        return False

    async def list_sitemaps(self, url: str) -> tuple[str, ...]:
        """List the sitemaps that the site's robots.txt names."""
        rules = await self._fetch_robots(check_url(url, self.settings.opened))
        return () if rules is None else tuple(rules.sitemaps)

    def forget(self, host: str) -> None:
        """Let go of the pages of one host, which has been looked at."""
        self._memory.forget_pages(host)

    # -- politeness

    async def _ask_robots(self, url: str) -> None:
        checked = check_url(url, self.settings.opened)
        rules = await self._fetch_robots(checked)
        if rules is not None and not rules.can_fetch(
            str(checked), self.settings.user_agent
        ):
            raise make_failure(
                "robots",
                f"{url}的robots.txt不允许程序查看",
                f"robots.txt does not let programs look at {url}",
                transient=False,
            )

    async def _fetch_robots(self, url: URL) -> Protego | None:
        """The rules of the host, None when it has none; raises what kept us from it."""
        return parse_robots(await self.glance(str(url.origin() / "robots.txt")))

    # -- pages

    async def _fetch_once(self, url: URL) -> Exchange:
        async with self._turns.hold(url.host or ""):
            loop = asyncio.get_running_loop()
            at, start = self.clock(), loop.time()
            visit = _Fetch()
            try:
                async with asyncio.timeout(self.settings.total_seconds):
                    visit = await self._visit_address(url, visit, start)
            except TimeoutError as error:
                if not visit.reply.begun:
                    raise find_reason(error, str(url)) from error
                visit.reply.reason = "timeout"
            except (HttpError, OSError, ValueError) as error:
                raise find_reason(error, str(url)) from error
            reply = visit.reply
            return Exchange(
                url=visit.hops[0],
                hops=tuple(visit.hops),
                at=at,
                seconds=loop.time() - start,
                address=reply.address,
                request_headers=self._request,
                status=reply.status,
                phrase=reply.phrase,
                headers=tuple(reply.headers),
                body=bytes(reply.body),
                certificate=reply.certificate,
                reason=reply.reason,
            )

    async def _visit_address(self, url: URL, visit: _Fetch, start: float) -> _Fetch:
        """Follow `url`, and try again where a connection only broke off.

        Whoever refuses, keeps silent or answers nonsense is not pressed.
        """
        loop, until = asyncio.get_running_loop(), start + self.settings.total_seconds
        for attempt in range(self.settings.retries):
            pause = self.settings.back_off_seconds * 2**attempt
            try:
                await self._follow_redirects(url, visit)
            except (HttpError, OSError) as error:
                broke_off = find_reason(error, "").reason == "reset"
                if visit.reply.begun or not broke_off or loop.time() + pause > until:
                    raise
                await asyncio.sleep(pause)
                visit = _Fetch()
            else:
                return visit
        await self._follow_redirects(url, visit)
        return visit

    async def _follow_redirects(self, url: URL, visit: _Fetch) -> None:
        """Ask, and ask again where a redirect leads, each address checked anew."""
        while True:
            if str(url) in visit.hops or len(visit.hops) > self.settings.max_hops:
                raise make_failure(
                    "unreadable",
                    f"{visit.hops[0]}一直跳转",
                    f"{visit.hops[0]} redirects for ever",
                )
            visit.hops.append(str(url))
            visit.reply = HttpReply()
            await self._ask_server(url, visit)
            if not is_redirect(visit.reply):
                return
            # A public page may redirect to an address inside: the next hop passes the
            # same guard as the first. Its reply starts empty, or time running out
            # before it answers would hand on the redirect itself as the page.
            target = url.join(URL(visit.reply.find_header("location")))
            visit.reply = HttpReply()
            url = check_url(str(target), self.settings.opened)

    async def _ask_server(
        self, url: URL, visit: _Fetch, *, body: tuple[str, bytes] | None = None
    ) -> None:
        """Ask the first address that lets us connect."""
        host, port = url.host or "", url.port or 0
        async with asyncio.timeout(self.settings.connect_seconds):
            addresses = await self._addresses.pin(host, port)
        headers: tuple[tuple[str, str], ...] = self._request
        content = None
        if body is not None:
            headers, content = (*headers, ("Content-Type", body[0])), body[1]
        refusal: OSError | None = None
        for address in addresses:
            visit.reply = HttpReply()
            try:
                await ask(
                    Target(
                        address=address,
                        port=self._addresses.choose_port(host, port),
                        host=host,
                        authority=url.host_port_subcomponent or host,
                        path=url.raw_path_qs,
                        sent=content,
                    ),
                    headers,
                    tls=self._context if url.scheme == "https" else None,
                    connect_seconds=self.settings.connect_seconds,
                    max_bytes=self.settings.max_bytes,
                    reply=visit.reply,
                )
            except OSError as error:
                # On to the next address only where no connection came about: a refused
                # certificate is an answer, and nothing is sent twice.
                if visit.reply.begun or isinstance(error, ssl.SSLError):
                    raise
                refusal = error
            else:
                return
        if refusal is not None:
            raise refusal

    # -- line protocols

    async def _ask_line(
        self, place: tuple[str, int], question: str, *, greeted: bool = False
    ) -> Dialogue:
        host, port = place
        fine = port in (_WHOIS, _MAIL) or place in self.settings.opened
        if not fine or not question.isprintable():
            raise make_failure(
                "unreadable",
                f"不能向{host}:{port}查询{question!r}",
                f"{question!r} cannot be asked of {host}:{port}",
                transient=False,
            )
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self.clock()
        address, received = "", bytearray()
        reason: str | None = None
        await self._turns.wait(host)
        try:
            async with asyncio.timeout(self.settings.total_seconds):
                address = (await self._addresses.pin(host, port))[0]
                whole = await hold_dialogue(
                    address,
                    self._addresses.choose_port(host, port),
                    question,
                    received,
                    greeted=greeted,
                    connect_seconds=self.settings.connect_seconds,
                )
                reason = None if whole else "too_large"
        except OSError as error:  # TimeoutError is one
            translated = find_reason(error, f"{host}:{port}")
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
            received=bytes(received[:MOST_BYTES]).decode("utf-8", "replace"),
            reason=reason,
        )

    async def _try_handshake(self, host: str, port: int, version: int) -> Dialogue:
        check_url(f"https://{host}:{port}/", self.settings.opened)
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self.clock()
        try:
            async with asyncio.timeout(self.settings.connect_seconds):
                address = next(
                    (
                        text
                        for text in await self._addresses.pin(host, port)
                        if (":" in text) is (version == _IPV6)
                    ),
                    None,
                )
                if address is None:
                    raise make_failure(
                        "dns_failure",
                        f"{host}没有IPv{version}地址",
                        f"{host} has no IPv{version} address",
                        transient=False,
                    )
                _, writer = await asyncio.open_connection(
                    address, self._addresses.choose_port(host, port)
                )
                writer.transport.abort()
        except OSError as error:
            raise find_reason(error, f"{host}:{port}") from error
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

    async def _ask_certificate(self, host: str, port: int) -> Handshake:
        check_url(f"https://{host}:{port}/", self.settings.opened)
        loop = asyncio.get_running_loop()
        start, at = loop.time(), self.clock()
        try:
            async with asyncio.timeout(self.settings.total_seconds):
                address = (await self._addresses.pin(host, port))[0]
                certificate_shown = await ask_certificate(
                    address,
                    self._addresses.choose_port(host, port),
                    host,
                    self.settings,
                )
        except OSError as error:
            raise find_reason(error, f"{host}:{port}") from error
        return Handshake(
            host=host,
            port=port,
            at=at,
            seconds=loop.time() - start,
            address=address,
            version=certificate_shown.version,
            certificate=certificate_shown.certificate,
            verify_code=certificate_shown.verify_code,
            verify_message=certificate_shown.verify_message,
            protocol=certificate_shown.protocol,
        )


def _require_open(part: NameServers | None) -> NameServers:
    if part is None:
        raise make_failure("not_looked", "网络入口没有打开", "the door is not open")
    return part
