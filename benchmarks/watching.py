"""What a round of watching costs: many services on loopback, a share of them down.

Counts requests that are open at one moment, so that the bound is seen to hold. The same
round is then run again as a second process would after a kill: nothing is due, nothing
is told twice.

Run as `python -m benchmarks.watching [--cases N] [--services N] [--at-once N]`.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from changqing.law.compiled import load_compiled
from changqing.net.model import NetSettings
from changqing.notices.outbox import Outbox
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import serve_app
from changqing.watch.watch import Round, watch

_PAGE = (
    "<html><body><h1>青禾</h1><a href='/complaint'>投诉</a>"
    "<footer>客服电话 0571-88880000 浙ICP备2025000001号</footer></body></html>"
)
_CASE = """\
applicant: {{name: 杭州青禾里生活服务有限公司}}
application: {{licence: B25, scope: intra_province, region: '33', stage: apply,
  submit_on: 2026-12-10}}
declared_on: 2026-11-20
services:
{services}
"""
_DOWN_EACH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One round over all services, and the round after it."""

    services: int
    seconds: float
    again_seconds: float
    most_open: int
    looked: int
    looked_again: int
    troubled: int
    told: int
    megabytes: int


def write_cases(folder: Path, *, cases: int, services: int) -> list[Path]:
    """So many small cases, each with so many services on names of their own."""
    found = []
    for number in range(cases):
        path = folder / f"case{number:04d}"
        path.mkdir(parents=True)
        listed = "\n".join(
            f"  - {{id: s{each}, kind: website, "
            f"url: 'http://s{number * services + each}.example/'}}"
            for each in range(services)
        )
        (path / "case.yaml").write_text(_CASE.format(services=listed), "utf-8")
        found.append(path)
    return found


@contextmanager
def served(count: int) -> Iterator[tuple[NetSettings, list[int]]]:
    """Serve so many names from a thread; every fiftieth answers with 503."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opened, most, ready = 0, [0], threading.Event()
    stop, told = asyncio.Event(), []

    async def answer(request: web.Request) -> web.Response:
        nonlocal opened
        opened += 1
        most[0] = max(most[0], opened)
        await asyncio.sleep(0.002)
        opened -= 1
        name = request.host.partition(".")[0].removeprefix("s")
        down = name.isdigit() and int(name) % _DOWN_EACH == _DOWN_EACH - 1
        return web.Response(
            status=503 if down else 200, text=_PAGE, content_type="text/html"
        )

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        names = [f"s{number}.example" for number in range(count)] + ["ok.example"]
        zone = {(name, "A"): ["127.0.0.1"] for name in names}
        async with serve_app(app) as server, serve_dns(zone) as nameserver:
            ports = {(name, 80): server.port for name in names}
            told.append(
                NetSettings(
                    nameservers=(nameserver,),
                    opened=frozenset(ports),
                    ports=ports,
                    controls=("http://ok.example/",),
                    pause_seconds=0.0,
                    retries=0,
                    connect_seconds=2.0,
                    total_seconds=5.0,
                )
            )
            ready.set()
            await stop.wait()

    serving = asyncio.run_coroutine_threadsafe(serve(), loop)
    try:
        if not ready.wait(20):
            serving.result(1)
        yield told[0], most
    finally:
        loop.call_soon_threadsafe(stop.set)
        serving.result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def measure(folder: Path, *, cases: int, services: int, at_once: int) -> Measured:
    """Watch all of them once, and at once again."""
    paths = write_cases(folder, cases=cases, services=services)
    outbox = Outbox(folder)
    with served(cases * services) as (net, most):
        how = Round(
            catalogue=load_compiled(),
            clock=lambda: datetime.now(UTC),
            key=folder / "key",
            hand=outbox.add,
            net=net,
            at_once=at_once,
            every=timedelta(hours=2),
            due_only=True,
        )
        begun = time.perf_counter()
        first = list(watch(paths, how))
        between = time.perf_counter()
        second = list(watch(paths, how))
        end = time.perf_counter()
    return Measured(
        services=cases * services,
        seconds=between - begun,
        again_seconds=end - between,
        most_open=most[0],
        looked=sum(standing.looked for standing in first),
        looked_again=sum(standing.looked for standing in second),
        troubled=sum(standing.problem is not None for standing in (*first, *second)),
        told=len(outbox.list_all()),
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def main() -> None:
    """Print what a round cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--services", type=int, default=10)
    parser.add_argument("--at-once", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(
            Path(folder),
            cases=options.cases,
            services=options.services,
            at_once=options.at_once,
        )
    print(
        f"{measured.services} services in {measured.looked} cases: "
        f"{measured.seconds:.1f} s"
    )
    print(f"{measured.services / measured.seconds:.0f} services a second")
    print(
        f"again, nothing due ({measured.looked_again}): {measured.again_seconds:.2f} s"
    )
    print(f"requests open at one moment: {measured.most_open} at most")
    print(f"{measured.troubled} cases in trouble, {measured.told} notices")
    print(f"{measured.megabytes} MB at most")


if __name__ == "__main__":
    main()
