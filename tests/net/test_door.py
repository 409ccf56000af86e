"""The door against real servers on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import cast

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from aiohttp import web

from changqing.errors import NetError
from changqing.net.challenge import is_challenge
from changqing.net.door import Net
from changqing.net.model import AnswerStatus, Exchange, NetSettings
from changqing.rehearsal.authority import make_authority
from changqing.rehearsal.broken import Trouble, serve_broken
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import Server, serve_app
from changqing.text import Language

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def settings(*servers: Server, **changes: object) -> NetSettings:
    made = NetSettings(
        opened=frozenset(server.address for server in servers),
        total_seconds=1.0,
        connect_seconds=0.8,
        dns_seconds=0.4,
        pause_seconds=0.0,
        back_off_seconds=0.0,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def door(made: NetSettings) -> Net:
    return Net(made, clock=lambda: NOW)


@asynccontextmanager
async def answering(
    status: int = 200, body: str = "<html>ok</html>", **headers: str
) -> AsyncIterator[Server]:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            raise web.HTTPNotFound
        return web.Response(
            status=status,
            text=body,
            content_type="text/html",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with serve_app(app) as server:
        yield server


def get_from(trouble: Trouble) -> Exchange:
    async def run() -> Exchange:
        async with serve_broken(trouble) as server, door(settings(server)) as net:
            return await net.glance(server.make_url())

    return asyncio.run(run())


def reason_of(status: int, body: str = "x", **headers: str) -> str:
    async def run() -> str:
        async with (
            answering(status, body, **headers) as server,
            door(settings(server)) as net,
        ):
            with pytest.raises(NetError) as caught:
                await net.get(server.make_url())
            return caught.value.reason

    return asyncio.run(run())


def test_a_page_comes_back_with_all_that_proves_it() -> None:
    async def run() -> None:
        async with answering() as server, door(settings(server)) as net:
            page = await net.get(server.make_url())
            assert (page.status, page.body) == (200, b"<html>ok</html>")
            assert page.address == "127.0.0.1"
            assert page.at == NOW
            assert page.find_header("content-type").startswith("text/html")
            agent = dict(page.request_headers)["User-Agent"]
            assert agent.startswith("Changqing/")

    asyncio.run(run())


def test_a_missing_page_is_a_page_too() -> None:
    async def run() -> None:
        async with answering(404, "gone") as server, door(settings(server)) as net:
            assert (await net.get(server.make_url())).status == 404

    asyncio.run(run())


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_being_turned_away_is_blocked(status: int) -> None:
    assert reason_of(status) == "blocked"


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_error_is_named_so(status: int) -> None:
    assert reason_of(status) == "server_error"


def test_a_challenge_page_is_blocked_though_its_status_is_fine() -> None:
    assert reason_of(200, "<script>var arg1='x';acw_sc__v2</script>") == "blocked"
    assert reason_of(521, "<script>", Set_Cookie="__jsluid_s=1") == "blocked"


def test_a_login_page_with_a_captcha_is_no_challenge() -> None:
    page = b"<html>" + b"<p>text</p>" * 900 + b"geetest.com</html>"
    assert not is_challenge(200, (), page)


def test_nobody_listening_is_refused() -> None:
    async def run() -> str:
        async with answering() as server:
            gone = server
        async with door(settings(gone)) as net:
            with pytest.raises(NetError) as caught:
                await net.get(gone.make_url())
            return caught.value.reason

    assert asyncio.run(run()) == "refused"


def test_silence_is_a_timeout() -> None:
    with pytest.raises(NetError) as caught:
        get_from(Trouble.SILENT)
    assert caught.value.reason == "timeout"


def test_a_drip_cannot_hold_the_door_open() -> None:
    started = perf_counter()
    page = get_from(Trouble.DRIP)
    assert (page.status, page.reason) == (200, "timeout")
    assert perf_counter() - started < 3


def test_fifty_megabytes_are_cut_off() -> None:
    page = get_from(Trouble.ENDLESS)
    assert page.reason == "too_large"
    assert len(page.body) == NetSettings().max_bytes


@pytest.mark.long
def test_a_small_body_that_unpacks_to_fifty_megabytes_is_cut_off() -> None:
    page = get_from(Trouble.BOMB)
    assert page.reason == "too_large"
    assert len(page.body) == NetSettings().max_bytes


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.GARBAGE, "unreadable"),
        (Trouble.RESET, "reset"),
        (Trouble.LOOP, "unreadable"),
    ],
)
def test_nonsense_has_its_reason(trouble: Trouble, reason: str) -> None:
    with pytest.raises(NetError) as caught:
        get_from(trouble)
    assert caught.value.reason == reason


def test_a_body_shorter_than_promised_is_not_whole() -> None:
    assert get_from(Trouble.CUT).reason == "reset"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]:80/",
    ],
)
def test_a_redirect_does_not_lead_into_our_own_network(target: str) -> None:
    async def run() -> str:
        async with (
            answering(302, Location=target) as server,
            door(settings(server)) as net,
        ):
            with pytest.raises(NetError) as caught:
                await net.get(server.make_url())
            return caught.value.reason

    # Port 9 of loopback was not opened, though another port of it was.
    assert asyncio.run(run()) in ("own_network", "unreadable")


def test_a_name_that_points_inside_is_not_visited() -> None:
    async def run() -> str:
        zone = {("inside.cn", "A"): ["192.168.0.1"]}
        async with (
            serve_dns(zone) as names,
            door(settings(nameservers=(names,))) as net,
        ):
            with pytest.raises(NetError) as caught:
                await net.get("http://inside.cn/")
            return caught.value.reason

    assert asyncio.run(run()) == "own_network"


@pytest.mark.parametrize(
    "name", ["ｗｗｗ.a.cn", "⛄.a.cn", "a b.cn", "-a-.例.cn", "a..cn"]
)
@pytest.mark.parametrize("kind", ["A", "AAAA", "MX"])
def test_what_no_name_can_be_is_not_answered_and_ends_nothing(
    name: str, kind: str
) -> None:
    async def run() -> str:
        async with (
            serve_dns({("a.cn", "A"): ["127.0.0.1"]}) as names,
            door(settings(nameservers=(names,))) as net,
        ):
            try:
                return (await net.query(name, kind)).status.value
            except NetError as error:  # in passing: the site may be there, or may not
                return f"{error.reason}, {error.transient}"

    assert asyncio.run(run()) in {"dns_failure, True", "no_name"}


def test_no_such_name_is_an_answer_but_silence_is_not() -> None:
    async def run() -> None:
        made = settings(controls=("https://a.cn/",))
        async with (
            serve_dns({("a.cn", "A"): ["127.0.0.1"]}) as names,
            door(replace(made, nameservers=(names,))) as net,
        ):
            assert (await net.query("b.cn", "A")).status is AnswerStatus.NO_NAME
            assert (await net.query("a.cn", "MX")).status is AnswerStatus.NO_DATA
            with pytest.raises(NetError) as caught:
                await net.get("http://b.cn/")
            assert caught.value.reason == "dns_failure"
            assert not caught.value.transient
        async with door(settings(nameservers=("127.0.0.1:9",))) as net:
            with pytest.raises(NetError) as caught:
                await net.query("a.cn", "A")
            assert caught.value.reason == "dns_failure"
            assert caught.value.transient

    asyncio.run(run())


def test_robots_are_asked_and_obeyed() -> None:
    async def run() -> None:
        asked: list[str] = []

        async def answer(request: web.Request) -> web.StreamResponse:
            asked.append(request.path)
            if request.path == "/robots.txt":
                return web.Response(text="User-agent: *\nDisallow: /private\n")
            return web.Response(text="<html>", content_type="text/html")

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        async with serve_app(app) as server, door(settings(server)) as net:
            assert (await net.get(server.make_url())).status == 200
            with pytest.raises(NetError) as caught:
                await net.get(server.make_url(path="/private/x"))
            assert caught.value.reason == "robots"
            assert asked == ["/robots.txt", "/"]

    asyncio.run(run())


def test_the_same_page_is_not_asked_for_twice_in_a_minute() -> None:
    async def run() -> int:
        asked: list[str] = []

        async def answer(request: web.Request) -> web.StreamResponse:
            asked.append(request.path)
            return web.Response(text="<html>", content_type="text/html")

        app = web.Application()
        app.router.add_get("/", answer)
        async with serve_app(app) as server, door(settings(server)) as net:
            await asyncio.gather(*(net.get(server.make_url()) for _ in range(5)))
        return len(asked)

    assert asyncio.run(run()) == 1


def test_a_page_that_is_forgotten_is_asked_for_again() -> None:
    async def run() -> tuple[int, int]:
        asked = 0

        async def answer(request: web.Request) -> web.StreamResponse:
            nonlocal asked
            del request
            asked += 1
            return web.Response(text="<html>")

        app = web.Application()
        app.router.add_get("/", answer)
        async with serve_app(app) as server, door(settings(server)) as net:
            await net.glance(server.make_url())
            await net.glance(server.make_url())
            before = asked
            net.forget("127.0.0.1")
            await net.glance(server.make_url())
            return before, asked

    assert asyncio.run(run()) == (1, 2)


@pytest.mark.parametrize(("breaks", "answers"), [(1, True), (2, False)])
def test_a_connection_that_broke_off_is_tried_once_more(
    breaks: int, *, answers: bool
) -> None:
    async def run() -> int:
        left = breaks

        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            nonlocal left
            await reader.readuntil(b"\r\n\r\n")
            if left:
                left -= 1
                writer.transport.abort()
                return
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        made = settings(opened=frozenset({("127.0.0.1", port)}))
        async with server, door(made) as net:
            return (await net.glance(f"http://127.0.0.1:{port}/")).status

    if answers:
        assert asyncio.run(run()) == 200
    else:
        with pytest.raises(NetError) as caught:
            asyncio.run(run())
        assert caught.value.reason == "reset"


def test_the_address_that_was_checked_is_the_one_that_is_asked() -> None:
    """A name whose address changes between two questions is not asked for twice."""

    async def run() -> tuple[int, int]:
        questions = 0

        class Changing(asyncio.DatagramProtocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                self.transport = cast("asyncio.DatagramTransport", transport)

            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                nonlocal questions
                query = dns.message.from_wire(data)
                response = dns.message.make_response(query)
                question = query.question[0]
                if question.rdtype == dns.rdatatype.A:
                    questions += 1
                    address = "127.0.0.1" if questions == 1 else "10.0.0.1"
                    response.answer.append(
                        dns.rrset.from_text(question.name, 0, "IN", "A", address)
                    )
                self.transport.sendto(response.to_wire(), addr)

        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            Changing, local_addr=("127.0.0.1", 0)
        )
        names = f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
        async with answering() as server:
            port = server.address[1]
            made = NetSettings(  # nothing here is about time
                nameservers=(names,), opened=frozenset({("changing.cn", port)})
            )
            async with door(made) as net:
                found = await net.glance(f"http://changing.cn:{port}/")
        transport.close()
        return found.status, questions

    assert asyncio.run(run()) == (200, 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://public.cn\\@127.0.0.1:{port}/",
        "http://public.cn#@127.0.0.1:{port}/",
        "http://public.cn&@127.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://１２７.0.0.1:{port}/",
        "http://127。0。0。1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://127.0.0.1%00.public.cn:{port}/",
    ],
)
def test_no_way_of_writing_an_address_leads_into_our_own_network(url: str) -> None:
    """Other readers of URLs would take these for 127.0.0.1, or for public.cn."""

    async def run() -> int:
        asked = 0

        async def answer(request: web.Request) -> web.StreamResponse:
            nonlocal asked
            del request
            asked += 1
            return web.Response(text="inside")

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        async with serve_app(app) as server, serve_dns({}) as names:
            made = settings(nameservers=(names,))
            async with door(made) as net:
                with pytest.raises(NetError):
                    await net.glance(url.format(port=server.address[1]))
        return asked

    assert asyncio.run(run()) == 0


@pytest.mark.parametrize("host", ["b.cn", "control.cn"])
def test_a_resolver_that_denies_every_name_makes_no_name_absent(host: str) -> None:
    async def run() -> NetError:
        made = settings(controls=("http://127.0.0.1:9/", "https://control.cn/"))
        async with (
            serve_dns({}) as names,
            door(replace(made, nameservers=(names,))) as net,
        ):
            with pytest.raises(NetError) as caught:
                await net.get(f"http://{host}/")
            return caught.value

    error = asyncio.run(run())
    if host == "b.cn":  # nobody vouches for a control site, and nobody is told of it
        assert error.reason == "own_network"
        assert "不能据此说它不存在" in "".join(error.lines(Language.ZH))


@pytest.mark.share
@pytest.mark.parametrize("kind", ["A", "AAAA", "NS", "MX"])
@pytest.mark.parametrize("code", [*range(1, 3), *range(4, 12), 16, "referral"])
def test_only_no_such_name_and_no_such_record_make_a_name_absent(
    kind: str, code: int | str
) -> None:
    class Refusing(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast("asyncio.DatagramTransport", transport)

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            response = dns.message.make_response(dns.message.from_wire(data))
            if isinstance(code, int):
                response.set_rcode(dns.rcode.Rcode(code))
            else:
                rows = ["ns1.other.cn.", "ns2.other.cn."]
                response.authority.append(
                    dns.rrset.from_text_list("cn.", 60, "IN", "NS", rows)
                )
            self.transport.sendto(response.to_wire(), addr)

    async def run() -> str:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            Refusing, local_addr=("127.0.0.1", 0)
        )
        server = f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
        try:
            async with door(settings(nameservers=(server,))) as net:
                with pytest.raises(NetError) as caught:
                    await net.query("a.cn", kind)
                return caught.value.reason
        finally:
            transport.close()

    assert asyncio.run(run()) == "dns_failure"


def test_a_host_is_not_pressed_by_many_requests_at_once() -> None:
    async def run() -> int:
        now, most = 0, 0

        async def answer(request: web.Request) -> web.StreamResponse:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.02)
            now -= 1
            return web.Response(text="x")

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        async with serve_app(app) as server, door(settings(server)) as net:
            urls = [server.make_url(path=f"/{n}") for n in range(8)]
            await asyncio.gather(*(net.glance(url) for url in urls))
        return most

    assert asyncio.run(run()) <= NetSettings().per_host


@pytest.mark.parametrize(
    ("certified", "days", "trusted", "code"),
    [
        ("a.cn", 30, "yes", 0),
        ("other.cn", 30, "yes", 0),  # the name is judged by the probe
        ("a.cn", -1, "yes", 10),
        ("a.cn", 30, "no", 19),
    ],
)
def test_a_handshake_keeps_the_certificate_whatever_is_wrong_with_it(
    certified: str, days: int, trusted: str, code: int
) -> None:
    async def run() -> None:
        now = datetime.now(UTC)
        authority = make_authority(now=now)
        context = authority.issue(
            certified,
            not_before=now - timedelta(days=40),
            not_after=now + timedelta(days=days),
        )
        app = web.Application()
        zone = {("a.cn", "A"): ["127.0.0.1"]}
        async with serve_app(app, context=context) as server, serve_dns(zone) as names:
            made = settings(
                nameservers=(names,),
                opened=frozenset({("a.cn", server.port)}),
                trust=(authority.pem,) if trusted == "yes" else (),
            )
            async with door(made) as net:
                shaken = await net.shake_hands("a.cn", server.port)
                assert shaken.certificate
                assert (shaken.verify_code == 0) is (code == 0)
                if code or certified != "a.cn":
                    with pytest.raises(NetError) as caught:
                        await net.get(f"https://a.cn:{server.port}/")
                    assert caught.value.reason == "tls"

    asyncio.run(run())


def test_control_tells_whether_our_own_network_works() -> None:
    async def run() -> None:
        async with answering() as server:
            made = settings(server, controls=("http://127.0.0.1:9/", server.make_url()))
            async with door(made) as net:
                assert await net.is_network_working()
        async with door(settings(controls=("http://127.0.0.1:9/",))) as net:
            assert not await net.is_network_working()

    asyncio.run(run())
