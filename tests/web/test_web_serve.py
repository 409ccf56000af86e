"""Starting to serve: said step by step, and refused where it cannot be."""

from __future__ import annotations

import html
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from changqing_web import commands
from tests.shipped import KEPT
from tests.web.web_live import Live


def _serve(home: Path, *given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "changqing_web", "serve", *given],
        env={**os.environ, "CHANGQING_HOME": str(home), "XDG_CONFIG_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,  # a start alone takes a minute where much else runs
        check=False,
    )


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize(
    ("bind", "zh", "en"),
    [
        ("8000", "不是地址和端口", "no address and port"),
        ("127.0.0.1:web", "不是地址和端口", "no address and port"),
        ("127.0.0.1:99999", "用不了", "cannot be used"),
    ],
)
def test_what_is_no_address_is_told_with_an_example(
    tmp_path: Path, bind: str, zh: str, en: str
) -> None:
    done = _serve(tmp_path, "--bind", bind)
    assert done.returncode == 2
    assert zh in done.stderr
    assert en in done.stderr
    assert "--bind 127.0.0.1:8001" in done.stderr
    assert not list(tmp_path.glob("*.db"))


@pytest.mark.long
def test_a_port_that_is_taken_is_told_before_anything_is_set_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _serve(tmp_path, "--bind", f"127.0.0.1:{port}")
    assert done.returncode == 2
    assert "已有程序在用这个端口" in done.stderr
    assert not list(tmp_path.glob("*.db"))


@pytest.mark.long
def test_who_is_locked_out_gets_a_command_that_works_as_printed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home = tmp_path / "数据 1"
    serving = subprocess.Popen(
        [sys.executable, "-m", "changqing_web", "serve", "--bind", f"127.0.0.1:{port}"],
        # Not the settings of the tests, but those of whoever installed it.
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "CHANGQING_HOME": str(home),
            **KEPT,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        page = _page(f"http://127.0.0.1:{port}/account/password/reset/")
        printed = html.unescape(
            page.split('<pre id="sign-in" tabindex="0">')[1].split("</pre>")[0]
        )
        done = subprocess.run(
            ["/bin/sh", "-c", printed],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        serving.terminate()
        serving.wait(30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"http://127.0.0.1:{port}/enter/")


def _page(address: str) -> str:
    """What the server answers, once it does."""
    until = time.monotonic() + 240  # a start alone takes a minute where much else runs
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - ours
                return str(answer.read().decode())
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.2)


@pytest.mark.long
def test_each_step_of_starting_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = _serve(tmp_path, "--bind", f"127.0.0.1:{port}", "--seconds", "1")
    assert done.returncode == 0, done.stderr
    said = [
        done.stdout.index(step)
        for step in ("准备数据库", "读入判据目录", f"http://127.0.0.1:{port}/enter/")
    ]
    assert said == sorted(said)


def test_what_takes_a_call_and_says_nothing_does_not_hold_up_the_link(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "_LONGEST_ANSWER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        assert not commands._is_answering(f"127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - began < 3


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server for the tests below, which leave it as it was."""
    found = Live(home=tmp_path_factory.mktemp("serve") / "home")
    found.start()  # waits for the link
    yield found
    found.kill()


@pytest.mark.long
def test_the_link_is_shown_when_its_page_is_answered(live: Live) -> None:
    asked = time.monotonic()
    with urllib.request.urlopen(live.link, timeout=10) as answer:  # noqa: S310 - ours
        assert answer.status == 200
    assert time.monotonic() - asked < 3


@pytest.mark.long
def test_pages_stay_and_work_begins_again_when_its_process_dies(live: Live) -> None:
    for _ in range(2):
        (died,) = _wait_for_workers(live)
        live.kill_worker()
        assert "<form" in _page(f"{live.url}/account/login/")
        (again,) = _wait_for_workers(live, other_than=died)
        assert again != died
    assert "<form" in _page(f"{live.url}/account/login/")


def _wait_for_workers(live: Live, other_than: int | None = None) -> list[int]:
    until = time.monotonic() + 240  # a start alone takes a minute where much else runs
    while not (found := [worker for worker in live.workers() if worker != other_than]):
        assert time.monotonic() < until
        time.sleep(0.1)
    return found
