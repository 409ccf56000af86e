"""What every test of the web application begins with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.today import move_to_today
from tests.web.web_world import Place, make_place

if TYPE_CHECKING:
    from tests.web.web_live import Live


@pytest.fixture(scope="package", autouse=True)
def day_of_the_pages() -> Iterator[None]:
    """Let pages in this process stand on the day of the tests."""
    now = timezone.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: move_to_today(now()))
        yield


@pytest.fixture
def place(db: None) -> Place:
    """A workspace with one case and somebody in each role."""
    return make_place("here")


@pytest.fixture(autouse=True)
def jobs_at_once() -> Iterator[None]:
    """Background work is done where it is asked for, but in browser tests."""
    from changqing_web.jobs import huey

    huey.immediate = True
    yield
    huey.immediate = False


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """No test is refused for what an earlier one did too often."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of its own with the examples and the agency, for all browser tests.

    The site of one example is served on this machine, for looks from the pages.
    """
    from changqing.rehearsal.live import serve_folder
    from tests.web.web_live import Live
    from tests.web.web_rehearsal import lead_to
    from tests.web.web_world import EXAMPLES

    with serve_folder(EXAMPLES / "newly-registered", now=datetime.now(UTC)) as world:
        live = Live(
            home=tmp_path_factory.mktemp("served") / "home",
            examples=True,
            settings=lead_to(world.settings),
        )
        live.start()
        yield live
        live.kill()


@pytest.fixture(autouse=True)
def connection_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection holds the test's transaction: closing an answer must not end it.

    Django closes a connection in a transaction at the end of a request; its test client
    prevents that, but not for an answer that a test closes itself, or a file in it.
    """
    from django.db.backends.base.base import BaseDatabaseWrapper

    monkeypatch.setattr(
        BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: None
    )
