"""The schedule of the watch, run by a real queue in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_LOOK = """
import sys
from pathlib import Path
from rich.console import Console
from changqing.watch.schedule import keep_looking, open_queue

def look():
    for _ in range(9_999):
        {says}

keep_looking(open_queue(None, Path(sys.argv[1])), look)
"""


@pytest.mark.parametrize(
    "says", ["print('looked', flush=True)", "Console().print('looked')"]
)
def test_a_watch_that_nobody_reads_any_more_ends_without_a_word(
    says: str, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _LOOK.format(says=says), str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watch:
        try:
            assert watch.stdout is not None
            assert watch.stderr is not None
            assert watch.stdout.readline() == "looked\n"  # as head -1 does
            watch.stdout.close()
            assert watch.wait(timeout=30) == 0
            assert watch.stderr.read() == ""
        finally:
            watch.kill()
