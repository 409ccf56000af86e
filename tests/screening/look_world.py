"""A small internet of several companies on 127.0.0.1, and a register of them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from aiohttp import web
from warcio.archiveiterator import ArchiveIterator

from changqing.case.model import Case
from changqing.case.suffix import find_registrable_domain
from changqing.net.model import NetSettings
from changqing.probes.engine import read
from changqing.probes.warc import load
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import serve_app
from changqing.screening.judging import RegisterCase
from changqing.screening.layout import read_bucket, read_head, write_register
from changqing.screening.look import RegisterLookJob
from changqing.screening.look_journal import (
    LookJournal,
    LookKind,
    RegisterLook,
    list_journals,
    list_looks,
    read_capture,
    read_look,
)
from changqing.screening.look_plan import RegisterSite
from changqing.screening.make import RegisterMaker
from changqing.shard import Shard
from tests.probes.probes_world import HOME, RDAP
from tests.shipped import CATALOGUE

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
GOOD = ("www.one.cn", "www.two.cn", "shop.two.cn", "www.three.com", "www.four.com")
SLOW, DEAD, FORBIDDEN = "www.slow.cn", "www.dead.cn", "www.closed.cn"
QUICK = (*GOOD, DEAD, FORBIDDEN)
HOSTS = (*QUICK, SLOW)
WHOLE = 2 * len(HOSTS)  # the pages of each, and its registration
DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class SiteWorld:
    """The door into it, and what was asked of it: pages by host, domains, at once."""

    settings: NetSettings
    asked: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    open_now: Counter[str] = field(default_factory=Counter)
    most_open: Counter[str] = field(default_factory=Counter)
    refusing: bool = False
    """Whether the registry says that it was asked too often."""


@contextmanager
def serve_sites() -> Iterator[SiteWorld]:
    """Serve all hosts until the block ends, from a thread of their own."""
    ready: list[tuple[SiteWorld, asyncio.AbstractEventLoop]] = []
    begun, ended = threading.Event(), asyncio.Event()

    async def serve() -> None:
        world = SiteWorld(settings=NetSettings())
        zone = {(host, "A"): ["127.0.0.1"] for host in HOSTS}
        async with (
            serve_app(_make_app(world)) as site,
            serve_dns(zone) as names,
        ):
            ports = {(host, 80): site.port for host in HOSTS} | {(DEAD, 80): 1}
            world.settings = NetSettings(
                nameservers=(names,),
                opened=frozenset({*ports, site.address}),
                ports=ports,
                controls=(site.make_url(path="/control"),),
                rdap={"cn": site.make_url(path=""), "com": site.make_url(path="")},
                pause_seconds=0.0,
                back_off_seconds=0.0,
                total_seconds=2.0,
                connect_seconds=2.0,
                dns_seconds=2.0,
            )
            ready.append((world, asyncio.get_running_loop()))
            begun.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert begun.wait(10)
    [(world, loop)] = ready
    try:
        yield world
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def _make_app(world: SiteWorld) -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        host = request.host.partition(":")[0]
        world.asked[host] += 1
        world.open_now[host] += 1
        world.most_open[host] = max(world.most_open[host], world.open_now[host])
        try:
            if host == SLOW:
                await asyncio.sleep(60)
            return await _give_page(host, request.path)
        finally:
            world.open_now[host] -= 1

    async def tell(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        world.domains[name] += 1
        if world.refusing:
            raise web.HTTPTooManyRequests
        return web.json_response({**RDAP, "ldhName": name})

    app = web.Application()
    app.router.add_get("/domain/{name}", tell)
    app.router.add_get("/{path:.*}", answer)
    return app


async def _give_page(host: str, path: str) -> web.Response:
    await asyncio.sleep(0.01)  # long enough for others to come meanwhile
    if path == "/control":
        return web.Response(text="here")
    if path == "/robots.txt":
        if host == FORBIDDEN:
            return web.Response(text="User-agent: *\nDisallow: /\n")
        raise web.HTTPNotFound
    if path == "/":
        return web.Response(text=HOME, content_type="text/html")
    raise web.HTTPNotFound


def name_url(host: str) -> str:
    """Name the address of a host."""
    return f"http://{host}/"


def make_case(host: str) -> RegisterCase:
    """Make a company with one website, of which nothing is known yet."""
    made = RegisterMaker(CATALOGUE, seed=1, as_of=date(2026, 11, 24)).make(1)
    website = next(each for each in made.case.services if each.kind == "website")
    case: Case = replace(
        made.case, services=(replace(website, url=name_url(host)),), name=host
    )
    nothing = replace(made.known, records=(), gaps=(), attempts=(), observed=())
    return RegisterCase(id=host, case=case, known=nothing)


def make_register(folder: Path, hosts: tuple[str, ...] = HOSTS) -> Path:
    """Write a register with a case for each host."""
    with write_register(folder, CATALOGUE, cases=len(hosts)) as writer:
        writer.add([make_case(host) for host in hosts])
    return folder


def read_cases(register: Path) -> Mapping[str, RegisterCase]:
    """Read every case of a register by its id."""
    head = read_head(register)
    return {
        case.id: case
        for bucket in head.folders
        for case in read_bucket(register, head, bucket, CATALOGUE)
    }


def make_job(
    register: Path,
    world: SiteWorld,
    *,
    at: datetime = NOW,
    shard: Shard | None = None,
) -> RegisterLookJob:
    """Make the job of looking at a share, or all, with a clock that stands still."""
    return RegisterLookJob(
        register=register,
        shard=shard or Shard(),
        clock=StandingClock(at),
        net=world.settings,
        registry_seconds=0.0,
    )


@dataclass(frozen=True)
class StandingClock:
    """Always the same moment; another process can be handed it."""

    at: datetime

    def __call__(self) -> datetime:
        """Tell it."""
        return self.at


def list_domains(hosts: tuple[str, ...] = HOSTS) -> set[str]:
    """List what somebody registered of these hosts."""
    return {find_registrable_domain(host) or host for host in hosts}


def list_all_looks(register: Path) -> list[tuple[Path, RegisterLook]]:
    return [
        (journal, read_look(journal, place))
        for journal in list_journals(register)
        for place in list_looks(journal)
    ]


def count_looks(register: Path) -> Counter[tuple[str, LookKind]]:
    return Counter((seen.of.case, seen.kind) for _, seen in list_all_looks(register))


def append_look(journal: LookJournal, of: RegisterSite, *, at: datetime = NOW) -> None:
    journal.append(
        of,
        LookKind.PAGES,
        at=at,
        whole=True,
        items=(),
        observed=(),
        captures={"page": of.case.encode() * 1_000},
    )


def check_archives(register: Path) -> None:
    """Check that the bytes of each look are there, and every index fits."""
    for journal, seen in list_all_looks(register):
        for probe in seen.captures:
            capture = load(read_capture(journal, seen, probe))
            assert (capture.probe, capture.site.url) == (probe, seen.of.site.url)
            assert read(capture) is not None
    archives = sorted(register.glob("looks/*/*.warc.gz"))
    assert archives
    for archive in archives:
        index = archive.with_name(archive.name.replace(".warc.gz", ".cdxj"))
        lines = index.read_text(encoding="utf-8").splitlines()
        assert lines == sorted(lines)
        for line in lines:
            _, _, fields = line.split(" ", 2)
            told = json.loads(fields)
            start = int(told["offset"])
            data = archive.read_bytes()[start : start + int(told["length"])]
            [record] = ArchiveIterator(BytesIO(data))
            assert record.rec_headers.get_header("WARC-Target-URI") == told["url"]
