"""Pages: time on the server and queries of each, then twenty people at once.

    python -m benchmarks.web [CASES [REQUESTS]]

An agency of CASES clients (10,000) and the examples are made once, and served with
SQLite and, where its programs are installed, with a PostgreSQL of its own. First each
page alone, in one process; then over HTTP from twenty threads, each with a session,
against the server that `make serve` starts: once to warm up, once as people who look at
each page for some seconds, and once without a pause; with REQUESTS also how much memory
the processes of the server hold while so many are answered. Exits with 1 when a page
asks the database more often than it may.
"""

from __future__ import annotations

import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_MOST_QUERIES = 25
_GOAL = 300.0  # milliseconds
_USERS, _EACH, _ALONE = 20, 12, 15
_READING = 3.0  # seconds that somebody looks at a page before the next
_BIND = "127.0.0.1:8437"
PAGES = {
    "board": "/w/agency/",
    "board, narrowed": "/w/agency/?view=month&sort=name&q=公司",
    "board, last page": "/w/agency/?page=last",
    "case": "/w/examples/c/local-life/",
    "findings": "/w/examples/c/local-life/findings/",
    "facts": "/w/examples/c/local-life/facts/team/",
    "evidence": "/w/examples/c/local-life/evidence/",
    "errands": "/w/examples/c/local-life/errands/",
}


def _prepare(cases: int) -> str:
    """Set up, make what is missing, read the index; the cookie of a session."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.utils import timezone

    from changqing.agency.example import make_example
    from changqing_web import examples
    from changqing_web.accounts import adapter as accounts
    from changqing_web.cases import open_case_memory
    from changqing_web.index import catalogue

    for command in ("migrate", "createcachetable"):
        call_command(command, verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    agency = settings.CASES / "agency"
    if not agency.exists():
        agency.parent.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        make_example(
            catalogue(),
            agency,
            now=timezone.now(),
            clients=cases,
            in_correction=cases * 2 // 15,
            memory=open_case_memory(),
        )
        print(f"{cases} cases made in {time.perf_counter() - began:.0f} s")
    began = time.perf_counter()
    examples.load_examples(_ROOT / "examples")
    print(f"index read in {time.perf_counter() - began:.0f} s", flush=True)
    user = User.objects.get(username=accounts.OWNER)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _alone(cookie: str) -> int:
    """Each page by itself; the most queries that any of them asked."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"cookie": cookie, "host": "127.0.0.1"})
    most = 0
    for name, address in PAGES.items():
        assert client.get(address).status_code == 200, address
        times, queries = [], 0
        for _ in range(_ALONE):
            with CaptureQueriesContext(connection) as captured:
                began = time.perf_counter()
                client.get(address)
                times.append((time.perf_counter() - began) * 1000)
            queries = len(captured)
        most = max(most, queries)
        middle, worst = statistics.median(times), max(times)
        print(f"  {name:<18}{middle:7.0f} ms (≤ {worst:.0f}), {queries:>2} queries")
    return most


@contextmanager
def _served() -> Iterator[int]:
    """The server as people start it; the group of its processes."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "changqing_web", "serve", "--bind", _BIND],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection(_BIND, timeout=5)
                connection.request("GET", "/account/login/")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def _together(cookie: str, *, reading: float) -> None:
    """Twenty people, each with a connection of their own, `reading` seconds a page."""
    took: dict[str, list[float]] = {name: [] for name in PAGES}
    wrong: list[str] = []
    names = list(PAGES)

    def person(number: int) -> None:
        connection = http.client.HTTPConnection(_BIND, timeout=60)
        time.sleep(reading * number / _USERS)
        for turn in range(_EACH):
            name = names[(number + turn) % len(names)]
            address = PAGES[name].replace("公司", "%E5%85%AC%E5%8F%B8")
            began = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            took[name].append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                wrong.append(f"{answer.status} {address}")
            if reading:
                connection.close()  # a browser opens another; this one may be let go of
                time.sleep(reading)

    people = [threading.Thread(target=person, args=(n,)) for n in range(_USERS)]
    began = time.perf_counter()
    for visitor in people:
        visitor.start()
    for visitor in people:
        visitor.join()
    span = time.perf_counter() - began
    every = sorted(time for times in took.values() for time in times)
    p95 = every[int(len(every) * 0.95)]
    print(
        f"  {_USERS} people, {reading:.0f} s a page:"
        f" {len(every)} pages in {span:.1f} s,"
        f" median {statistics.median(every):.0f} ms, p95 {p95:.0f} ms"
    )
    for name, times in took.items():
        ranked = sorted(times)
        print(f"    {name:<18}p95 {ranked[int(len(ranked) * 0.95)]:6.0f} ms")
    assert not wrong, wrong[:3]


def _list_memory(group: int) -> list[int]:
    """List what each process of a group holds in memory, in MB, the least first."""
    held = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[2]) == group:
            held.append(int(fields[21]) * os.sysconf("SC_PAGE_SIZE") // 1024**2)
    return sorted(held)


def _measure(cases: int, requests: int) -> int:
    import django

    django.setup()
    cookie = _prepare(cases)
    most = _alone(cookie)
    with _served() as group:
        for reading in (0.0, _READING, 0.0):  # the first warms up every thread
            _together(cookie, reading=reading)
        for _ in range(0, requests, _USERS * _EACH):
            print(f"  memory of the processes, MB: {_list_memory(group)}")
            _together(cookie, reading=0.0)
    print(f"  goal: p95 ≤ {_GOAL:.0f} ms for people who read")
    return int(most > _MOST_QUERIES)


def main(cases: int, requests: int = 0) -> int:
    """Measure with each database in a process of its own, on the same case folders."""
    from changqing_web.backup import find_postgresql_tool
    from tests.web.web_postgresql import cluster

    code = 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        environment = {
            **os.environ,
            "CHANGQING_HOME": str(home),
            "XDG_CONFIG_HOME": str(Path(folder, "config")),
            "DJANGO_SETTINGS_MODULE": "changqing_web.settings",
        }
        command = [sys.executable, "-m", "benchmarks.web", "--measure"]
        command += [str(cases), str(requests)]

        def measured(title: str, address: str) -> int:
            print(title, flush=True)
            shutil.rmtree(home / "results", ignore_errors=True)
            return subprocess.run(  # noqa: S603 - this very file
                command, env={**environment, "DATABASE_URL": address}, check=False
            ).returncode

        code |= measured("SQLite", "")
        if find_postgresql_tool("initdb"):
            with cluster() as address:
                code |= measured("PostgreSQL", address)
        else:
            print("PostgreSQL: not on this machine")
    return code


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--measure", cases, requests]:
            sys.exit(_measure(int(cases), int(requests)))
        case [cases, *requests]:
            sys.exit(main(int(cases), *map(int, requests)))
        case _:
            sys.exit(main(10_000))
