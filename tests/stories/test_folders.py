"""What a folder of papers comes to, and what must not be said of it.

Each line that is expected names the criterion it rests on. A story that is not told
right yet says why (`not_yet`), and fails when it is.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.share import every_so_many
from tests.stories.folder_story import FOLDERS, list_faults, tell_folder


def list_stories() -> list[ParameterSet]:
    kept = every_so_many(list(FOLDERS))
    marked = []
    for name, story in FOLDERS.items():
        marks = [] if name in kept else [pytest.mark.long]
        if reason := story.get("not_yet"):
            marks.append(pytest.mark.xfail(reason=reason, strict=True))
        marked.append(pytest.param(name, marks=marks))
    return marked


@pytest.mark.parametrize("name", list_stories())
def test_a_folder_comes_to_what_a_consultant_says(tmp_path: Path, name: str) -> None:
    story = FOLDERS[name]
    assert list_faults(tell_folder(tmp_path, story), story["expect"]) == []
