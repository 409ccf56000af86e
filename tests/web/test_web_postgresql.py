"""The same tests on PostgreSQL: what holds on SQLite holds there too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

_HERE = Path(__file__).parent
_ADDRESS = "CHANGQING_TEST_DATABASE"
_TESTS: Final = (
    *("members", "accounts", "api_tokens", "board", "case_jobs", "clients"),
    *("events", "jobs", "personal", "walls"),
    "api::test_another_workspace_gets_404_for_every_operation",
    "api::test_a_token_to_read_changes_nothing",
    "api::test_a_token_ends_with_its_membership_and_when_withdrawn",
    "api::test_the_result_is_what_the_command_prints",
    "api::test_work_in_the_background_is_told_of",
    "facts::test_two_people_are_told_of_both_values",
    "facts::test_drafts_save_themselves_and_say_when",
)
"""What is searched, sorted, counted or written by several at once. The other pages ask
the same questions of the database, and show what stands in folders: of the API and the
facts, these tests alone send a statement that no test of a whole file here sends. One
process runs all of them: to begin takes as long as a whole file."""


def _list_files(*names: str) -> list[str]:
    """The tests of files, or one test of a file."""
    found = []
    for name in names:
        file, colons, test = name.partition("::")
        (path,) = _HERE.rglob(f"test_web_{file}.py")
        found.append(f"{path}{colons}{test}")
    return found


@pytest.mark.long
@pytest.mark.postgresql
def test_the_pages_behave_the_same_on_postgresql(
    postgresql: Callable[[], str],
) -> None:
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-q", "-x", "-m", "not browser"),
            *("-k", "not never_ends"),  # what takes its time is no matter of a database
            *("-p", "no:cacheprovider", *_list_files(*_TESTS)),
        ],
        env={**os.environ, _ADDRESS: postgresql()},
        cwd=_HERE.parents[1],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-6000:]
