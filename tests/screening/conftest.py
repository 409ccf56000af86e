"""The small internet that registers are looked at in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.screening.look_world import SiteWorld, serve_sites


@pytest.fixture(name="world")
def _world() -> Iterator[SiteWorld]:
    with serve_sites() as world:
        yield world
