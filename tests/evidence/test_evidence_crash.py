"""A writer that dies at any step loses nothing it had recorded.

Each time a process of its own is really killed, before some change of the disk.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from changqing.disk import Disk
from changqing.errors import CaseError, TamperError
from changqing.evidence.ledger import intent
from changqing.evidence.ledger.entry import withhold_entry, write_line
from changqing.evidence.ledger.items import Item
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from tests.evidence.evidence_factory import make_attempt, make_gap, make_record
from tests.share import every_so_many, stride

KEY = SigningKey(bytes(32))
BATCHES = 4


def write(
    folder: Path,
    step: Callable[[str], None],
    told: Callable[[int], None],
    chunk: int = 101,
) -> None:
    """A writer's life: a few batches of items with bytes, each told when recorded."""
    with Store(folder, KEY, disk=Disk(step=step, chunk=chunk)) as store:
        told(len(store.list_items()))
        for batch in range(BATCHES):
            items: list[Item] = [
                make_record(value=batch),
                make_gap(),
                make_attempt(batch, answered=True),
            ]
            store.append(items, blobs=[f"page {batch}".encode()])
            told(len(store.list_items()))


def killed_writer(folder: Path, deadly: int, how: int) -> tuple[bool, int]:
    """Let a process write until it dies at a step; how many entries it said it had."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        steps = 0

        def step(_: str) -> None:
            nonlocal steps
            steps += 1
            if steps == deadly:
                os.kill(os.getpid(), how)

        try:
            write(folder, step, lambda count: print_to(writing, count))
            os._exit(0)
        finally:
            os._exit(70)
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = [int(line) for line in stream]
    _, status = os.waitpid(child, 0)
    died = os.WIFSIGNALED(status)
    assert died or os.WEXITSTATUS(status) == 0
    return died, said[-1] if said else 0


def print_to(descriptor: int, count: int) -> None:
    os.write(descriptor, f"{count}\n".encode())


def check_survival(folder: Path, recorded: int) -> None:
    """All that must hold of a folder after a crash, before and after its repair."""
    before = Evidence(folder).verify()
    with Store(folder, KEY) as store:
        items = store.list_items()
        assert len(items) >= recorded
        assert [item.number for item in items] == list(range(1, len(items) + 1))
        verified = store.verify()
        assert verified is not None
        assert verified.size == len(items)
        assert verified.pending == 0
        if before is not None:
            assert verified.size == before.size + before.pending
        store.append([make_record(value=99)])
    final = Evidence(folder).verify()
    assert final is not None
    assert final.size == len(items) + 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_crash_at_any_step_loses_nothing_recorded(
    tmp_path: Path, how: signal.Signals
) -> None:
    deadly, died = 0, True
    step = stride(1 if how is signal.SIGKILL else 5)
    while died:
        deadly += step
        folder = tmp_path / str(deadly)
        folder.mkdir()
        died, recorded = killed_writer(folder, deadly, how)
        check_survival(folder, recorded)
    assert deadly > 150


@pytest.mark.long
@pytest.mark.parametrize("held", [252, 255])
def test_a_crash_while_a_tile_fills_loses_nothing_recorded(
    tmp_path: Path, held: int
) -> None:
    deadly, died = 0, True
    while died:
        deadly += stride(9)
        folder = tmp_path / str(deadly)
        folder.mkdir()
        with Store(folder, KEY) as store:
            store.append([make_gap(f"held_{number}") for number in range(held)])
        died, recorded = killed_writer(folder, deadly, signal.SIGKILL)
        assert recorded == 0 or recorded >= held
        check_survival(folder, max(recorded, held))
    assert deadly > 150


@pytest.mark.long
def test_a_crash_while_repairing_a_crash_loses_nothing_recorded(tmp_path: Path) -> None:
    for first in every_so_many(range(60, 150, 4)):
        folder = tmp_path / str(first)
        folder.mkdir()
        died, recorded = killed_writer(folder, first, signal.SIGKILL)
        assert died
        for again in (1, 2, 4, 7, 11):
            _, later = killed_writer(folder, again, signal.SIGKILL)
            recorded = max(recorded, later)
        check_survival(folder, recorded)


class PowerCut(BaseException):
    """Nothing reaches the disk any more."""


class Flushed:
    """What a power cut leaves: of files and folders only what was flushed for sure."""

    def __init__(self) -> None:
        self._contents: dict[int, bytes] = {}
        self._names: dict[int, dict[str, int]] = {}
        self._flush = os.fsync

    def flush(self, descriptor: int) -> None:
        """Flush, and remember what the disk has for certain."""
        self._flush(descriptor)
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):
            self._names[about.st_ino] = {
                path.name: path.stat().st_ino for path in place.iterdir()
            }
        else:
            self._contents[about.st_ino] = place.read_bytes()

    def copy_what_is_left(self, folder: Path, to: Path, how: str) -> None:
        """Copy a folder as the cut leaves it.

        Names and bytes that were not flushed are `lost`, or the names are there, and of
        the bytes half (`torn`) or zeros alone (`zeros`).
        """
        to.mkdir()
        names = {path.name: path.stat().st_ino for path in folder.iterdir()}
        if how == "lost":
            names = self._names.get(folder.stat().st_ino, {})
        for name, number in names.items():
            path = folder / name
            if path.is_dir():
                self.copy_what_is_left(path, to / name, how)
                continue
            flushed = self._contents.get(number, b"")
            content = path.read_bytes() if path.exists() else flushed
            if how == "lost":
                content = flushed
            elif content != flushed:
                kept = flushed if content.startswith(flushed) else b""
                rest = content[len(kept) :]
                content = kept + (
                    rest[: len(rest) // 2] if how == "torn" else b"\0" * len(rest)
                )
            (to / name).write_bytes(content)


@pytest.mark.parametrize("how", ["lost", "torn", "zeros"])
def test_a_power_cut_at_any_step_loses_nothing_recorded(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly, cut = 0, True
    while cut:
        deadly += stride(1)
        folder = tmp_path / str(deadly)
        folder.mkdir()
        flushed, recorded, steps = Flushed(), [0], 0

        def step(name: str, deadly: int = deadly) -> None:
            nonlocal steps
            steps += 1
            if steps >= deadly:
                raise PowerCut(name)

        left = tmp_path / f"{deadly}-left"
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", flushed.flush)
            try:
                with Store(folder, KEY) as store:
                    store.append([make_gap(), make_gap()])
                write(folder, step, recorded.append, chunk=400)
                cut = False
            except PowerCut:
                flushed.copy_what_is_left(folder, left, how)
        if cut:
            check_survival(left, max(recorded[-1], 2))
    assert deadly > 50


def test_the_torn_end_of_a_write_is_set_aside_and_not_deleted(tmp_path: Path) -> None:
    with Store(tmp_path, KEY) as store:
        store.append([make_record()])
    entries = tmp_path / "evidence/entries.jsonl"
    whole = entries.read_bytes()
    for place, torn in enumerate((b'{"content":{"at', b"\0\0\0\n\0\0"), start=1):
        entries.write_bytes(whole + torn)
        assert len(Evidence(tmp_path).list_items()) == 1
        Store(tmp_path, KEY).close()
        assert entries.read_bytes() == whole
        aside = tmp_path / f"evidence/set_aside/after-0001-{place}"
        assert aside.read_bytes() == torn


def test_what_is_taken_out_of_an_entry_that_is_not_folded_is_named(
    tmp_path: Path,
) -> None:
    case, left = tmp_path / "case", tmp_path / "left"
    with Store(case, KEY) as store:
        store.append([make_record(value=number) for number in range(3)])
        shutil.copytree(case, left)  # as a crash leaves it
    lines = [
        write_line(withhold_entry(line) if line.number == 2 else line)
        for line in Evidence(left).list_lines()
    ]
    (left / "evidence/entries.jsonl").write_bytes(b"".join(lines))
    with pytest.raises(TamperError, match="0002 was taken out"):
        Evidence(left).verify()


def test_what_cannot_be_folded_is_recorded_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intent, "_MOST_BATCHES", 2)
    full = True

    def step(name: str) -> None:
        if full and name == "rename checkpoint":
            raise OSError(28, "No space left on device", name)

    Store(tmp_path, KEY).close()
    with Store(tmp_path, KEY, disk=Disk(step=step)) as store:
        for value in range(2):
            assert store.append([make_record(value=value)])
        full = False
        store.append([make_gap()])
        assert len(store.list_items()) == 3
    verified = Evidence(tmp_path).verify()
    assert verified is not None
    assert (verified.size, verified.pending) == (3, 0)


def test_a_tile_that_cannot_be_removed_stops_nobody(tmp_path: Path) -> None:
    with Store(tmp_path, KEY) as store:
        store.append([make_record(value=number) for number in range(2)])
    (tmp_path / "evidence/log/tile/0/000.p/1/read").mkdir(parents=True)
    with Store(tmp_path, KEY) as store:
        store.append([make_gap()])
    assert len(Evidence(tmp_path).list_items()) == 3


def test_a_disk_that_fails_leaves_the_store_usable(tmp_path: Path) -> None:
    failing = {"at": -1}
    steps = 0

    def step(name: str) -> None:
        nonlocal steps
        steps += 1
        if steps == failing["at"]:
            raise OSError(28, "No space left on device", name)

    with Store(tmp_path, KEY, disk=Disk(step=step, chunk=101)) as store:
        store.append([make_record(value=0)])
        said = 1
        for later in range(1, 60):
            failing["at"] = steps + later
            with suppress(CaseError):
                store.append([make_record(value=later), make_gap()])
            failing["at"] = -1
            (last,) = store.append([make_record(value=-later)])
            assert last.number > said
            said = last.number
        verified = store.verify()
        assert verified is not None
        assert verified.size == said == len(store.list_items())
