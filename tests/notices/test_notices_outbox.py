"""The outbox: nothing twice, nothing lost, failures with growing pauses."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from changqing.disk import Disk
from changqing.errors import TamperError
from changqing.notices.outbox import Notice, Outbox, make_notice_id
from changqing.text import Text, both

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = date(2026, 12, 1)


def notice(about: str = "hand-in", **overrides: object) -> Notice:
    case = str(overrides.get("case", "alpha"))
    person = str(overrides.get("person", "李敏"))
    fields: dict[str, object] = {
        "id": make_notice_id(case, person, DAY, "due", about),
        "case": case,
        "person": person,
        "day": DAY,
        "kind": "due",
        "title": Text(zh=f"递交{about}", en=f"hand in {about}"),
        "body": both("…"),
    }
    return Notice(**{**fields, **overrides})  # type: ignore[arg-type]


def test_the_same_notice_is_put_and_sent_once(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    assert box.add([notice(), notice()], NOW) == (notice(),)
    assert box.add([notice()], NOW + timedelta(days=1)) == ()
    box.record_sent(notice().id, "post", NOW)
    before = box.path.read_bytes()
    box.record_sent(notice().id, "post", NOW)
    assert box.path.read_bytes() == before
    assert box.list_pending("post") == box.list_pending() == ()
    assert box.list_pending("group") == (notice(),)


def test_what_failed_is_tried_again_later_and_later_and_never_dropped(
    tmp_path: Path,
) -> None:
    box = Outbox(tmp_path)
    box.add([notice()], NOW)
    at, pauses = NOW, []
    for _ in range(12):
        box.record_failed(notice().id, "post", both("busy"), at)
        (failure,) = box.list_failures().values()
        assert box.list_pending("post", at) == ()
        assert (
            box.list_pending("post", failure.again) == box.list_pending() == (notice(),)
        )
        pauses.append(failure.again - at)
        at = failure.again
    assert pauses[:3] == [timedelta(minutes=m) for m in (5, 10, 20)]
    assert pauses[-1] == timedelta(hours=12)
    box.record_sent(notice().id, "post", at)
    assert box.list_failures() == {}


def test_only_what_was_put_can_be_sent(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unheard-of"):
        Outbox(tmp_path).record_sent("unheard-of", "post", NOW)


def test_an_altered_line_is_named(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.add([notice("a"), notice("b")], NOW)
    lines = box.path.read_text().splitlines()
    box.path.write_text(f"{lines[0]}\n{{}}\n")
    with pytest.raises(TamperError, match=r"outbox\.jsonl:2"):
        box.list_pending()


class Died(BaseException):
    """The process ended here."""


def deadly(step: int) -> Disk:
    """A disk whose process dies at a step."""
    left = iter(range(step))

    def go_on(_: str) -> None:
        if next(left, None) is None:
            raise Died

    return Disk(step=go_on, chunk=50)


def test_a_writer_that_dies_at_any_step_loses_nothing_and_repeats_nothing(
    tmp_path: Path,
) -> None:
    for step in range(100):
        folder = tmp_path / str(step)
        box = Outbox(folder, disk=deadly(step))
        told: list[Notice] = []
        with suppress(Died):
            for name in ("a", "b"):
                box.add([notice(name)], NOW)
                told.append(notice(name))
        again = Outbox(folder)
        assert list(again.list_all())[: len(told)] == told
        again.add([notice("a"), notice("b"), notice("c")], NOW)
        assert list(again.list_all()) == [notice("a"), notice("b"), notice("c")]
        if len(told) == 2:
            break
    assert 5 < step < 99
