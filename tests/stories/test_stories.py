"""What companies tell, and what the product says of it first.

First sentences, long-term states and codes are those that an adviser gives from the
facts of a story. One in eight runs at a time, and always those that were once answered
wrongly (`once_wrong`); with CI=true all do.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.share import every_so_many
from tests.stories.story_case import (
    STORIES,
    WHOLE,
    assess,
    certain_codes,
    first_sentence,
)


def share_of_stories() -> list[ParameterSet]:
    kept = every_so_many(list(STORIES))
    return [
        pytest.param(
            name,
            marks=() if name in kept or story.get("once_wrong") else pytest.mark.long,
        )
        for name, story in STORIES.items()
    ]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """The whole case without and with what was seen of its site."""
    copied = tmp_path_factory.mktemp("stories")
    for name in ("unseen", "seen"):
        shutil.copytree(WHOLE, copied / name)
    shutil.rmtree(copied / "unseen" / "evidence")
    return {False: copied / "unseen", True: copied / "seen"}


@pytest.mark.parametrize("name", share_of_stories())
def test_a_story_comes_out_as_an_adviser_says(
    folders: dict[bool, Path], name: str
) -> None:
    story = STORIES[name]
    expected = story["expect"]
    outcome = assess(folders[not story.get("unseen", False)], story)
    assert set(certain_codes(outcome)) == set(expected["defects"])
    if "first" in expected:
        assert first_sentence(outcome) == expected["first"]
    if "long_term" in expected:
        assert outcome.assessment.long_term.state.value == expected["long_term"]
