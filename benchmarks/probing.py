"""What one full probe costs, against a prober that does less.

Full: two DNS questions, the address checked and pinned, a TLS handshake with the chain
verified, a GET, the certificate's fields, the footer read. The peer, Debian's
prometheus-blackbox-exporter, does its bare HTTP probe of the same pages. All of it on
this machine: nginx with TLS, many virtual hosts, a name server.

Run as `python -m benchmarks.probing [--probes N] [--rounds N] [--load N]`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp
from cryptography import x509

from benchmarks.rounds import Ratio
from changqing.errors import NetError
from changqing.net.door import Net
from changqing.net.loop import run
from changqing.net.model import NetSettings
from changqing.probes.document import parse_page
from changqing.probes.page_facts import read_footer
from changqing.rehearsal.authority import make_authority
from changqing.rehearsal.broken import Trouble, serve_broken

_ZONE: Final = "probe.test"
_NGINX, _EXPORTER = "nginx", "prometheus-blackbox-exporter"
_DEADLINE: Final = 30.0
_PAGE: Final = """<!doctype html><html lang="zh"><head><meta charset="utf-8">
<title>示例网站</title></head><body><nav><a href="/">首页</a> <a href="/a">动态</a>
</nav>
{items}<footer><p>杭州示例信息科技有限公司 版权所有 © 2026</p>
<p><a href="https://beian.miit.gov.cn/">浙ICP备20261234号-1</a>
增值电信业务经营许可证：浙B2-20260001 浙公网安备33010602001234号</p>
<p>客服热线：400-123-4567 邮箱：kefu@{zone}</p>
<p><a href="/feedback">投诉与建议</a> <a href="/privacy">隐私政策</a></p></footer>
</body></html>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The servers that stand on this machine while the benchmark runs."""

    port: int
    nameserver: str
    authority: str  # PEM
    exporter: str
    exporter_pid: int

    def hosts(self, count: int, first: int) -> list[str]:
        """So many names that nobody has asked for yet."""
        return [f"s{first + number}.{_ZONE}" for number in range(count)]


# -- the servers


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    """Start nginx, the name server and the exporter; stop them whatever happens."""
    now = datetime.now(UTC)
    authority = make_authority(now=now)
    chain = folder / "chain.pem"
    chain.write_text(
        authority.certify(
            f"*.{_ZONE}",
            not_before=now - timedelta(days=1),
            not_after=now + timedelta(days=30),
        )
    )
    (folder / "authority.pem").write_text(authority.pem)
    pages = folder / "pages"
    pages.mkdir()
    items = "\n".join(
        f'<p><a href="/news/{number}">第{number}条动态，说明近期服务安排</a> '
        f"2026-11-{number:02}</p>"
        for number in range(1, 16)
    )
    (pages / "index.html").write_text(
        _PAGE.format(items=items, zone=_ZONE), encoding="utf-8"
    )
    port, exporter_port = _free_port(), _free_port()
    with (
        _nginx(folder, pages, chain, port),
        _names() as nameserver,
        _exporter(folder, exporter_port) as pid,
    ):
        _wait_for(port)
        _wait_for(exporter_port)
        yield Place(
            port=port,
            nameserver=nameserver,
            authority=authority.pem,
            exporter=f"http://127.0.0.1:{exporter_port}/probe",
            exporter_pid=pid,
        )


@contextmanager
def _nginx(folder: Path, pages: Path, chain: Path, port: int) -> Iterator[None]:
    conf = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # who else may read the folder?
    conf.write_text(
        f"""{user} daemon off; worker_processes 1; pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 4096; }}
http {{ access_log off; types {{ text/html html; }} client_body_temp_path {folder}/b;
proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port} ssl; server_name *.{_ZONE}; root {pages};
ssl_certificate {chain}; ssl_certificate_key {chain}; ssl_session_tickets off;
ssl_session_cache off; }} }}
"""
    )
    with _running([_NGINX, "-c", str(conf), "-p", str(folder)]):
        yield


@contextmanager
def _names() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.peer_names"]
    with _running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield f"127.0.0.1:{int(process.stdout.readline())}"


@contextmanager
def _exporter(folder: Path, port: int) -> Iterator[int]:
    conf = folder / "exporter.yml"
    conf.write_text(
        f"""modules:
  page:
    prober: http
    timeout: 10s
    http:
      tls_config: {{ca_file: {folder}/authority.pem}}
"""
    )
    command = [
        _EXPORTER,
        f"--config.file={conf}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    environment = {**os.environ, "GOMAXPROCS": "1"}
    with _running(command, env=environment) as process:
        yield process.pid


@contextmanager
def _running(
    command: Sequence[str],
    *,
    stdout: int = subprocess.DEVNULL,
    env: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - commands of this file
        command, stdout=stdout, stderr=subprocess.DEVNULL, text=True, env=env
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=_DEADLINE)
        if process.stdout is not None:
            process.stdout.close()


def _free_port() -> int:
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    import socket

    end = time.monotonic() + _DEADLINE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"nothing listens on port {port}")


# -- the contestants


async def probe(net: Net, host: str, port: int) -> str | None:
    """One full probe; why it failed, or None."""
    try:
        exchange = await net.glance(f"https://{host}:{port}/")
    except NetError as error:
        return error.reason
    assert exchange.certificate is not None
    certificate = x509.load_der_x509_certificate(exchange.certificate)
    if certificate.not_valid_after_utc < exchange.at:
        return "expired"
    footer = read_footer(parse_page(exchange))
    return None if footer.filings and footer.owner else "nothing read"


async def ours(here: Place, hosts: Sequence[str], at_once: int) -> Counter[str]:
    """Probe every host, so many at once; the failures."""
    pairs = {(host, here.port) for host in hosts}
    settings = NetSettings(
        nameservers=(here.nameserver,),
        opened=frozenset(pairs),
        trust=(here.authority,),
        memory_seconds=1.0,
    )
    failures: Counter[str] = Counter()
    waiting = iter(hosts)
    async with Net(settings, clock=lambda: datetime.now(UTC)) as net:

        async def work() -> None:
            for host in waiting:
                why = await probe(net, host, here.port)
                if why is not None:
                    failures[why] += 1

        await asyncio.gather(*(work() for _ in range(at_once)))
    return failures


async def theirs(here: Place, count: int, at_once: int) -> Counter[str]:
    """Have the exporter probe as many times."""
    failures: Counter[str] = Counter()
    waiting = iter(range(count))
    target = f"https://127.0.0.1:{here.port}/"
    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work() -> None:
            for number in waiting:
                query = {
                    "module": "page",
                    "target": target,
                    "hostname": f"p{number}.{_ZONE}",
                }
                async with session.get(here.exporter, params=query) as response:
                    if "probe_success 1" not in await response.text():
                        failures["probe"] += 1

        await asyncio.gather(*(work() for _ in range(at_once)))
    return failures


# -- measuring


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print milliseconds a probe, and the ratio."""
    options = _options()
    for command in (_NGINX, _EXPORTER):
        if shutil.which(command) is None:
            raise SystemExit(f"install {command} (Debian has it) and run again")
    with (
        tempfile.TemporaryDirectory(prefix="probing-") as name,
        place(Path(name)) as here,
    ):
        rounds: list[tuple[float, float]] = []
        first = 0
        for number in range(options.rounds + 1):
            hosts = here.hosts(options.probes, first)
            first += options.probes
            start = _own_cpu()
            failed = run(ours(here, hosts, options.at_once))
            own = (_own_cpu() - start) / options.probes
            start = _cpu_of(here.exporter_pid)
            failed += run(theirs(here, options.probes, options.at_once))
            other = (_cpu_of(here.exporter_pid) - start) / options.probes
            if number:  # the first warms caches up
                rounds.append((own, other))
            if failed:
                raise SystemExit(f"probes failed: {dict(failed)}")
        ratios = sorted(own / other for own, other in rounds)
        print(
            f"full probe, ours      {_middle([own for own, _ in rounds]):6.2f} ms CPU"
        )
        print(
            f"bare probe, exporter  {_middle([cost for _, cost in rounds]):6.2f} ms CPU"
        )
        ratio = Ratio(
            median=statistics.median(ratios), least=ratios[0], most=ratios[-1]
        )
        print(f"ours ÷ exporter       {ratio}   (goal ≤ 1.3)")
        deadline = 2.0
        held = run(bad_servers(deadline))
        worst = max(held, key=held.__getitem__)
        print(
            f"bad servers: {len(held)} kinds, the worst ({worst}) held "
            f"{held[worst]:.2f} s of {deadline} s (goal ≤ {deadline + 0.5} s)"
        )
        if options.load:
            start, clock = _own_cpu(), time.monotonic()
            failed = run(ours(here, here.hosts(options.load, first), 256))
            spent, took = _own_cpu() - start, time.monotonic() - clock
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{options.load} probes, 256 at once: {sum(failed.values())} failed, "
                f"{1000 * spent / options.load:.2f} ms CPU each, {took:.0f} s, "
                f"{most:.0f} MB at most"
            )


async def bad_servers(deadline: float) -> dict[str, float]:
    """How long each kind of bad server held the door open, in seconds."""
    held: dict[str, float] = {}
    for trouble in Trouble:
        async with serve_broken(trouble) as server:
            settings = NetSettings(
                opened=frozenset({server.address}),
                total_seconds=deadline,
                connect_seconds=deadline,
                pause_seconds=0.0,
            )
            start = time.monotonic()
            async with Net(settings, clock=lambda: datetime.now(UTC)) as net:
                with suppress(NetError):
                    await net.glance(server.make_url())
            held[trouble.name.lower()] = time.monotonic() - start
    return held


def _middle(seconds: Sequence[float]) -> float:
    return 1000 * statistics.median(seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probes", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--load", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
