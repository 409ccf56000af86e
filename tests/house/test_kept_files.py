"""The repository keeps what people wrote, and nothing that a machine makes anew."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_no_file_is_kept_that_gitignore_leaves_out() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("a copy without its history")
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
        text=True,
        check=True,
    ).stdout
    assert not listed, "git rm --cached, and do not add with --force"
