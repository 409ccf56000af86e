"""A log that was verified is verified again: what was built then serves, if the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from changqing.errors import TamperError
from changqing.evidence.ledger import latest_logs, log
from changqing.evidence.ledger.log import Tiles
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from tests.evidence.evidence_factory import make_record

KEY = SigningKey(bytes(32))


def append(folder: Path, *values: int) -> None:
    with Store(folder, KEY) as store:
        store.append([make_record(value=value, raw="x") for value in values])


def verify(folder: Path) -> int:
    verified = Evidence(folder).verify()
    assert verified is not None
    return verified.size


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    append(folder, *range(300))
    assert verify(folder) == 300
    return folder


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries were hashed at each turn."""
    counts: list[int] = []
    whole = log.append_entries

    def grown(tiles: Tiles, entries: list[bytes]) -> tuple[Tiles, dict[str, bytes]]:
        counts.append(len(entries))
        return whole(tiles, entries)

    monkeypatch.setattr(latest_logs, "append_entries", grown)
    return counts


def test_only_what_was_added_is_hashed_again(case: Path, hashed: list[int]) -> None:
    assert verify(case) == 300
    assert hashed == []
    for size in (301, 302, 512, 513, 600):
        append(case, *range(verify(case), size))
        hashed.clear()
        assert verify(case) == size
        assert len(hashed) == 1
        assert 0 < hashed[0] < 220
    latest_logs._REBUILT._values.clear()
    hashed.clear()
    assert verify(case) == 600
    assert hashed == [600]


def spoil(path: Path, change: Callable[[bytes], bytes]) -> None:
    content = path.read_bytes()
    assert change(content) != content
    path.write_bytes(change(content))


def test_a_tile_that_changed_since_is_named(case: Path) -> None:
    for path in sorted((case / "evidence" / "log" / "tile").rglob("*")):
        if not path.is_file():
            continue
        before = path.read_bytes()
        spoil(path, lambda content: content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(TamperError):
            verify(case)
        path.write_bytes(before)
    assert verify(case) == 300


def test_an_entry_that_changed_since_is_named(case: Path) -> None:
    entries = case / "evidence" / "entries.jsonl"
    first = Evidence(case).list_items()
    assert Evidence(case).list_items()[0] is first[0]  # decoded once
    spoil(entries, lambda content: content.replace(b'"raw":"x"', b'"raw":"y"', 1))
    with pytest.raises(TamperError):
        verify(case)
    assert Evidence(case).list_items()[0] is not first[0]


def test_two_logs_that_began_alike_are_told_apart(case: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(case, tmp_path / "other"))
    append(case, 1, 2, 3)
    append(other, 4, 5)
    for _ in range(2):
        assert verify(case) == 303
        assert verify(other) == 302
    checkpoint = Path("evidence", "log", "checkpoint")
    shutil.copy(other / checkpoint, case / checkpoint)
    with pytest.raises(TamperError):
        verify(case)
