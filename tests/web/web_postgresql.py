"""A PostgreSQL of its own for tests and measurements: on a socket, gone afterwards."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from dj_database_url import parse

from changqing_web.backup import find_postgresql_tool

_USER = "changqing"
_NUMBERS = itertools.count(1)
_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def cluster() -> Iterator[str]:
    """A fresh server that only its socket reaches; the address of its database."""
    folder = Path(tempfile.mkdtemp(prefix="cq-pg-"))
    data, log = folder / "data", folder / "log"
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "nobody")
    try:
        _run("initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "-N")
        options = f"-k {folder} -c listen_addresses='' {_QUICK}"
        _run("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")
        try:
            _run("createdb", "-h", folder, "-U", _USER, "changqing")
            yield f"postgres://{_USER}@{quote(str(folder), safe='')}/changqing"
        finally:
            _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_database(address: str) -> str:
    """Make one more database on a server; its address."""
    import psycopg

    given = parse(address)
    name = f"made_{next(_NUMBERS)}"
    with psycopg.connect(
        host=given["HOST"], user=given["USER"], dbname=given["NAME"], autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{address.rpartition('/')[0]}/{name}"


def _run(name: str, *arguments: object) -> None:
    program = find_postgresql_tool(name)
    if program is None:
        raise FileNotFoundError(name)
    as_whom = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    subprocess.run(
        [*(as_whom if os.getuid() == 0 else ()), program, *map(str, arguments)],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        cwd="/",
        check=True,
        timeout=120,
        stdout=subprocess.DEVNULL,
    )
