"""Screenshots in the log: a picture, a note that says of what, and nothing more."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from changqing.evidence.ledger.items import Blob
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.screenshots import (
    Screenshot,
    list_screenshots,
    record_screenshot,
)
from changqing.law.compiled import load_compiled
from changqing.sealing.withheld import hide_personal
from tests.evidence.evidence_factory import make_record

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(100))


def make_screenshot(png: bytes = PNG, **changes: object) -> Screenshot:
    taken = Screenshot(
        digest=hashlib.sha256(png).hexdigest(),
        size=len(png),
        asked="https://www.example.cn/",
        shown="https://www.example.cn/首页",
        at=AT,
        view=(1280, 800),
        browser="Chromium 1.2",
    )
    return replace(taken, **changes)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "case").mkdir()
    return Store(tmp_path / "case", load_key(tmp_path / "key"))


def test_a_picture_is_kept_with_what_it_is_of(store: Store, tmp_path: Path) -> None:
    with store:
        first = record_screenshot(store, make_screenshot(), PNG)
        again = PNG + b"later"
        second = record_screenshot(
            store, make_screenshot(again, at=AT + timedelta(days=1)), again
        )
    kept = Evidence(tmp_path / "case")
    kept.verify()
    assert list_screenshots(kept) == [second, first]
    assert (first.number, second.number) == (2, 4)
    assert replace(first, number=0) == make_screenshot()
    assert kept.read_blob(first.digest) == PNG
    assert kept.list_records() == []


def test_the_same_picture_at_another_time_is_another_screenshot(store: Store) -> None:
    with store:
        for hours in range(3):
            taken = make_screenshot(at=AT + timedelta(hours=hours))
            record_screenshot(store, taken, PNG)
        assert len(list_screenshots(store)) == 3
        assert sum(isinstance(item, Blob) for item in store.list_items()) == 4


@pytest.mark.parametrize("png", [b"", PNG + b"x", b"<svg>"])
def test_what_is_not_the_picture_is_not_kept(store: Store, png: bytes) -> None:
    taken = make_screenshot(b"<svg>") if png == b"<svg>" else make_screenshot()
    with store:
        with pytest.raises(ValueError, match="not the picture"):
            record_screenshot(store, taken, png)
        assert not store.list_items()


def test_no_picture_is_kept_whose_note_could_not_be_read_again(store: Store) -> None:
    """Nobody would know of it that it is to be withheld."""
    endless = make_screenshot(shown="https://www.example.cn/?" + "a" * (64 << 10))
    with store:
        with pytest.raises(ValueError, match="too long"):
            record_screenshot(store, endless, PNG)
        assert not store.list_items()


@pytest.mark.parametrize(
    "note",
    [
        b"changqing screenshot 1\nno JSON",
        b"changqing screenshot 1\n{}",
        b"changqing screenshot 1\n[]",
        b'changqing screenshot 1\n{"asked":"","at":"2026-11-24T04:00:00","browser":"","digest":"x","height":1,"personal":false,"shown":"","size":1,"width":1}',
        b"changqing screenshot 2\n{}",
    ],
)
def test_a_note_that_cannot_be_read_is_none(store: Store, note: bytes) -> None:
    with store:
        store.append((), blobs=[note])
        assert list_screenshots(store) == []


def test_what_a_record_was_read_from_is_no_note(store: Store, tmp_path: Path) -> None:
    """A page of somebody else may begin as a note does."""
    with store:
        record_screenshot(store, make_screenshot(), PNG)
        note = next(
            item.digest
            for item in store.list_items()
            if isinstance(item, Blob) and item.what == "screenshot"
        )
        store.append([make_record("name", "甲", digest=note)])
        assert list_screenshots(store) == []


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({}, True),
        ({"personal": True}, False),
        ({"shown": "https://www.example.cn/?id=11010519491231002X"}, False),
    ],
)
def test_a_picture_with_a_citizens_number_is_withheld_with_its_note(
    store: Store, change: dict[str, object], shown: bool
) -> None:
    with store:
        record_screenshot(store, make_screenshot(PNG, **change), PNG)
        hidden = hide_personal(
            store.list_lines(), store.read_blob, load_compiled().materials
        )
    assert [line.content is not None for line in hidden.lines] == [shown, shown]
    assert len(hidden.left) == (0 if shown else 2)
