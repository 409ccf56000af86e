"""Killed anywhere, the watch goes on: no notice is lost, none is told twice."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from changqing.notices.outbox import Outbox
from changqing.watch.journal import Watchbook
from tests.watch.watch_victim import keep_watching


def run(folder: Path, die_at: int) -> int:
    """Let a process of its own watch, and die before its `die_at`th step; its end."""
    child = os.fork()
    if child == 0:
        try:
            keep_watching(folder, die_at)
        except BaseException:  # noqa: BLE001 - nothing of the child may go on
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, -signal.SIGKILL)
    return code


@pytest.mark.long
def test_killed_at_many_points_no_notice_is_lost_or_repeated(tmp_path: Path) -> None:
    whole = tmp_path / "whole" / "case"
    assert run(whole, 0) == 0
    expected = [notice.id for notice in Outbox(whole.parent).list_all()]
    assert len(expected) == len(set(expected)) == 4
    folder = tmp_path / "killed" / "case"
    kills = 0
    for die_at in (*range(1, 120, 2), 0):
        kills += run(folder, die_at) != 0
    assert kills >= 10
    assert [notice.id for notice in Outbox(folder.parent).list_all()] == expected
    lines = (folder.parent / "notices" / "outbox.jsonl").read_text().splitlines()
    assert len(lines) == len(expected)
    one, other = Watchbook(whole).compute_state(), Watchbook(folder).compute_state()
    assert (other.looks, other.unsent) == (one.looks, [])
    assert other.incidents == one.incidents
