"""What a machine makes for itself is not part of the repository."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

from tests.house.test_house import ROOT


def list_ignored_tracked() -> Sequence[str]:
    """List what is committed although `.gitignore` leaves it out.

    None in an exported tree or without git: CI refuses to skip, and there is nothing
    committed to look at.
    """
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return []
    listed = subprocess.run(
        [
            git,
            "ls-files",
            "--cached",
            "--ignored",
            "--exclude-per-directory=.gitignore",
        ],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return listed.stdout.splitlines()


def test_nothing_is_tracked_that_gitignore_leaves_out() -> None:
    assert list_ignored_tracked() == []
