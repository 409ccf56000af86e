"""What the files of `packaging/` say really starts here, without a container engine."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.packaging.clean_install import ROOT
from tests.shipped import KEPT
from tests.web.web_redis import server

FOLDER = ROOT / "packaging"
SERVE = ["changqing", "serve", "--bind", "0.0.0.0:8000"]


def read_services(name: str) -> dict[str, Any]:
    services: dict[str, Any] = YAML(typ="safe").load(FOLDER / name)["services"]
    return services


def test_all_files_start_the_same_command() -> None:
    dockerfile = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    assert f"CMD {SERVE}".replace("'", '"') in dockerfile
    for name in ("compose.yaml", "compose.postgresql.yaml"):
        assert read_services(name)["web"]["command"] == SERVE
    unit = (FOLDER / "changqing.service").read_text(encoding="utf-8")
    started = shlex.split(re.findall("^ExecStart=(.*)$", unit, re.MULTILINE)[0])
    assert [Path(started[0]).name, *started[1:3]] == SERVE[:3]


def test_the_image_runs_as_no_root_and_asks_for_its_health() -> None:
    dockerfile = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
    last = dockerfile.rpartition("\nFROM ")[2]
    assert re.search(r"^USER changqing$", last, re.MULTILINE)
    assert last.index("USER changqing") < last.index("\nCMD ")
    assert "/healthz" in last
    assert "--constraints requirements.lock" in dockerfile
    # What is not in the lock, such as Ray and Spark, is no part of the image.
    assert "-r pyproject.toml --extra all " in dockerfile


def test_each_setting_that_a_file_gives_is_one_that_the_settings_read() -> None:
    settings = (ROOT / "src/changqing_web/settings.py").read_text(encoding="utf-8")
    for name in ("compose.yaml", "compose.postgresql.yaml"):
        for setting in read_services(name)["web"]["environment"]:
            assert setting in settings, setting


@pytest.mark.long
@pytest.mark.postgresql
@pytest.mark.redis
def test_the_web_service_runs_on_postgresql_and_redis_and_ends_when_told(
    tmp_path: Path, postgresql: Callable[[], str]
) -> None:
    web = read_services("compose.postgresql.yaml")["web"]
    assert re.match(r"postgres://.*@db/", web["environment"]["DATABASE_URL"])
    with server() as queue:
        given = {"DATABASE_URL": postgresql(), "CHANGQING_QUEUE": queue}
        _serve_and_stop(web["command"], given, tmp_path)


@pytest.mark.long
def test_the_web_service_runs_on_sqlite_and_ends_when_told(tmp_path: Path) -> None:
    _serve_and_stop(read_services("compose.yaml")["web"]["command"], {}, tmp_path)


def _serve_and_stop(command: list[str], given: dict[str, str], home: Path) -> None:
    """Run a command of a file on a port of loopback, and end it as an engine does."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program, *arguments = command
    arguments[arguments.index("0.0.0.0:8000")] = f"127.0.0.1:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CHANGQING_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "data" / "config"),
        **KEPT,
        **given,
    }
    serving = subprocess.Popen(
        [Path(sys.executable).with_name(program), *arguments],
        env=environment,
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 240
        while True:
            try:
                address = f"http://127.0.0.1:{port}/healthz"
                with urllib.request.urlopen(address, timeout=5) as answer:
                    assert answer.read() == b"ok\n"
                break
            except OSError:
                assert serving.poll() is None
                assert time.monotonic() < until
                time.sleep(0.2)
        serving.send_signal(signal.SIGTERM)
        said, _ = serving.communicate(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(serving.pid, signal.SIGKILL)
    assert serving.returncode == 0, said
    assert "Traceback" not in said
