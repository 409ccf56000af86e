"""Observations over time: nothing lost, nothing twice, and the log knows each batch."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from changqing.case.subjects import Subject
from changqing.disk import Disk
from changqing.errors import TamperError
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.observations import Observation, ObservationKind, Observations

KEY = SigningKey(bytes(32))
SITE = Subject("service", "site")
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def row(hour: int, **overrides: object) -> Observation:
    fields: dict[str, object] = {
        "subject": SITE,
        "kind": ObservationKind.CHECK,
        "at": NOW - timedelta(hours=hour),
        "value": 1,
        "source": "https://example.com/",
    }
    return Observation(**{**fields, **overrides})  # type: ignore[arg-type]


def test_what_was_appended_is_read_in_order_whatever_was_left_out(
    tmp_path: Path,
) -> None:
    rows = (
        row(3),
        row(2, value=None, detail="超时", digest="ab" * 32),
        row(1, kind=ObservationKind.BLIND, value=600),
        row(1, subject=Subject("applicant", "self"), kind=ObservationKind.CASH),
    )
    kept = Observations(tmp_path)
    kept.append(rows[2:], now=NOW)
    kept.append(rows[:2], now=NOW)
    assert set(kept.read()) == set(rows)
    assert kept.read(SITE, ObservationKind.CHECK) == (row(3), rows[1])
    assert kept.read(SITE, since=row(2).at, until=row(1).at) == (rows[1],)
    assert kept.read(Subject("service", "other")) == ()


def test_nothing_was_observed_in_a_new_case(tmp_path: Path) -> None:
    kept = Observations(tmp_path)
    assert kept.read() == ()
    assert kept.append((), now=NOW) is None
    assert kept.merge_batches(now=NOW) is None
    assert kept.list_batches() == ()


def test_a_history_is_parsed_again_only_when_its_bytes_changed(tmp_path: Path) -> None:
    kept = Observations(tmp_path)
    kept.append([row(2)], now=NOW)
    before = kept.read()
    assert kept.read() is before
    assert Observations(tmp_path).read() is before
    kept.append([row(1)], now=NOW)
    assert kept.read() == (row(2), row(1))
    (path, *_) = sorted(kept.folder.glob("*.parquet"))
    whole, times = path.read_bytes(), path.stat()
    path.write_bytes(b"\0" * len(whole))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(TamperError):
        kept.read()
    path.write_bytes(whole)
    assert kept.read() == (row(2), row(1))


def test_the_same_row_twice_is_one_before_and_after_merging(tmp_path: Path) -> None:
    kept = Observations(tmp_path)
    kept.append([row(1), row(1), row(2)], now=NOW)
    kept.append([row(2), row(3)], now=NOW)
    before = kept.read()
    assert before == (row(3), row(2), row(1))
    first = kept.merge_batches(now=NOW)
    assert kept.list_batches() == (first,)
    assert kept.read() == before
    assert kept.merge_batches(now=NOW + timedelta(days=1)) == first


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="2026"):
        row(1, at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_log_has_every_batch_and_what_was_merged(tmp_path: Path) -> None:
    kept = Observations(tmp_path)
    with Store(tmp_path, KEY) as store:
        kept.append([row(1)], now=NOW, store=store)
        kept.append([row(2)], now=NOW)
        assert len(kept.verify(store)) == 1
        kept.append((), now=NOW, store=store)
        assert kept.verify(store) == ()
        kept.merge_batches(now=NOW, store=store)
        assert kept.verify(store) == ()
        size = len(store.list_items())
        kept.append((), now=NOW, store=store)
        assert len(store.list_items()) == size == 3
    assert Evidence(tmp_path).verify() is not None


def test_an_altered_file_and_a_missing_one_are_tampering(tmp_path: Path) -> None:
    kept = Observations(tmp_path)
    with Store(tmp_path, KEY) as store:
        digest = kept.append([row(1)], now=NOW, store=store)
    path = kept.folder / f"{digest}.parquet"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"?")
    with pytest.raises(TamperError, match="altered"):
        kept.verify(Evidence(tmp_path))
    with pytest.raises(TamperError, match="altered"):
        kept.read()
    path.unlink()
    with pytest.raises(TamperError, match="missing"):
        kept.verify(Evidence(tmp_path))


class Died(BaseException):
    """The process ended here: nothing after this step reached the disk."""


@pytest.mark.long
@pytest.mark.parametrize("logs", [True, False])
def test_a_writer_that_dies_at_any_step_loses_nothing_and_doubles_nothing(
    tmp_path: Path, *, logs: bool
) -> None:
    deadly = 0
    while True:
        deadly += 1
        folder = tmp_path / str(deadly)
        died, told = life(folder, deadly, logs=logs)
        kept = Observations(folder)
        left = kept.read()
        assert len(left) == len(set(left))
        assert set(left) >= told
        with Store(folder, KEY) as store:
            kept.append([row(9)], now=NOW, store=store)
            assert kept.verify(store) == ()
            kept.merge_batches(now=NOW, store=store)
            assert kept.verify(store) == ()
        assert kept.read() == (row(9), *left)
        if not died:
            break
    assert deadly > 12


def life(folder: Path, deadly: int, *, logs: bool) -> tuple[bool, set[Observation]]:
    """Append and merge until the step that is deadly; what was told to be written."""
    told: set[Observation] = set()
    steps = 0

    def step(_: str) -> None:
        nonlocal steps
        steps += 1
        if steps == deadly:
            raise Died

    kept = Observations(folder, disk=Disk(step=step, chunk=4096))
    try:
        with ExitStack() as held:
            store = None
            if logs:
                store = held.enter_context(Store(folder, KEY))
            for hour in range(2):
                rows = [row(hour), row(hour + 1)]
                kept.append(rows, now=NOW, store=store)
                told |= set(rows)
            kept.merge_batches(now=NOW, store=store)
    except Died:
        return True, told
    return False, told


@pytest.mark.long
def test_many_batches_become_one_and_all_are_logged(tmp_path: Path) -> None:
    kept = Observations(tmp_path)
    rows = [row(hour) for hour in range(70)]
    with Store(tmp_path, KEY) as store:
        for observation in rows:
            kept.append([observation], now=NOW, store=store)
            assert len(kept.list_batches()) <= 64
    assert set(kept.read()) == set(rows)
    assert kept.verify(Evidence(tmp_path)) == ()
