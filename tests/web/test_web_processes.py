"""Processes that another starts: what they find, and what is told of their faults."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from changqing.errors import ChangqingError
from changqing.text import Language, Text
from changqing_web import processes


@pytest.fixture(autouse=True)
def begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no fork is to be had; every server of the tests begins with forks."""
    monkeypatch.setattr(processes, "_CONTEXT", multiprocessing.get_context("spawn"))


@pytest.fixture
def stop() -> processes.Stop:
    """Nobody has asked; the signals of the tests stay as they are."""
    heard = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    made = processes.Stop()
    for name, handler in heard.items():
        signal.signal(name, handler)
    return made


def _greet(name: str) -> str:
    return f"{name} {os.getpid()}"


def _refuse() -> str:
    raise ChangqingError.of(
        Text(zh="满了", en="full"), hint=Text(zh="清理", en="clear")
    )


def _die() -> str:
    os._exit(7)


def _wait_on(file: Path) -> str:
    file.touch()
    time.sleep(60)
    return "too late"


def test_what_was_prepared_elsewhere_is_given(stop: processes.Stop) -> None:
    name, _, process = processes.prepare_apart(stop, _greet, "长青").partition(" ")
    assert name == "长青"
    assert int(process) != os.getpid()


def test_what_a_person_can_mend_is_told_as_it_was_said(stop: processes.Stop) -> None:
    with pytest.raises(ChangqingError) as told:
        processes.prepare_apart(stop, _refuse)
    assert "满了" in "".join(told.value.lines(Language.ZH))


def test_who_dies_while_preparing_ends_the_whole(stop: processes.Stop) -> None:
    with pytest.raises(SystemExit) as ended:
        processes.prepare_apart(stop, _die)
    assert ended.value.code == 7


def test_who_is_stopped_while_preparing_leaves_nothing_running(
    stop: processes.Stop, tmp_path: Path
) -> None:
    file = tmp_path / "began"

    def ask() -> None:
        while not file.exists():
            time.sleep(0.05)
        stop.asked = True

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        assert processes.prepare_apart(stop, _wait_on, file) == ""
    finally:
        asking.join()
    assert not multiprocessing.active_children()
