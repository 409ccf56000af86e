"""The write-ahead file: what it holds is recorded, and proves no less than tiles do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from changqing.errors import TamperError
from changqing.evidence.ledger import intent
from changqing.evidence.ledger.intent import read_announced
from changqing.evidence.ledger.merkle import hash_leaf, verify_inclusion
from changqing.evidence.ledger.note import Checkpoint, SigningKey, make_key
from changqing.evidence.ledger.ownership import make_seen_log
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.run import count_entries
from tests.evidence.evidence_factory import make_gap, make_record

KEY = SigningKey(bytes(32))
FOLDED = 3


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A case as a crash leaves it: three entries folded, batches of two and one not."""
    folder = tmp_path / "case"
    folder.mkdir()
    with Store(folder, KEY) as store:
        store.append([make_record(value=value) for value in range(FOLDED)])
    with Store(folder, KEY) as store:
        store.append([make_record(value=3), make_gap()])
        store.append([make_record(value=5)])
        shutil.copytree(folder, tmp_path / "left")
    return tmp_path / "left"


def sizes(folder: Path) -> tuple[int, int]:
    """How far a log reaches, and how far it is folded."""
    tip = Evidence(folder).read_checkpoint()
    folded = Evidence(folder).read_folded_checkpoint()
    assert tip is not None
    assert folded is not None
    return tip.size, folded.size


def test_what_is_announced_is_read_and_proven_before_it_is_folded(left: Path) -> None:
    evidence = Evidence(left)
    assert sizes(left) == (6, FOLDED)
    assert len(evidence.list_items()) == 6
    verified = evidence.verify()
    assert verified is not None
    assert (verified.size, verified.pending) == (6, 0)
    tiles = evidence.load_tiles()
    for number, line in enumerate(evidence.list_lines()):
        proof = tiles.prove_inclusion(number)
        leaf = hash_leaf(line.commitment)
        assert verify_inclusion(leaf, number, 6, proof, verified.root)


def test_closing_folds_what_was_announced(left: Path) -> None:
    unfolded = Evidence(left).verify()
    note = Evidence(left).read_checkpoint_note()
    Store(left, KEY).close()
    assert sizes(left) == (6, 6)
    assert Evidence(left).verify() == unfolded
    assert Evidence(left).read_log("checkpoint") == note
    assert Evidence(left).read_checkpoint_note() == note


def test_a_log_is_the_same_however_often_it_was_folded(tmp_path: Path) -> None:
    def make_store(folder: Path) -> Store:
        numbers = count()
        entropy = lambda size: next(numbers).to_bytes(size, "big")  # noqa: E731
        return Store(folder, KEY, entropy=entropy)

    def read_files(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != "intent"
        }

    batches = [
        [make_record(value=number) for number in range(length)]
        for length in (200, 100, 1, 300)
    ]
    folders = tmp_path / "at_once", tmp_path / "each_time"
    for folder in folders:
        folder.mkdir()
        with make_store(folder) as store:
            for batch in batches:
                store.append(batch)
                if folder is folders[1]:
                    store._log.fold()
    assert read_files(folders[0]) == read_files(folders[1])
    assert sizes(folders[0]) == (601, 601)


def test_a_long_session_is_folded_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intent, "_MOST_BATCHES", 3)
    monkeypatch.setattr(intent, "_MOST_ENTRIES", 10)
    with Store(tmp_path, KEY) as store:
        seen = []
        for length in (1, 1, 1, 1, 9, 1):
            store.append([make_gap()] * length)
            seen.append(sizes(tmp_path))
    assert seen == [(1, 0), (2, 0), (3, 3), (4, 3), (13, 13), (14, 13)]
    assert Evidence(tmp_path).verify() is not None


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def tamper(case: Path) -> None:
        path = case / "evidence" / name
        content = path.read_bytes()
        assert change(content) != content
        path.write_bytes(change(content))

    return tamper


def cut_lines(keep: int) -> Callable[[Path], None]:
    return edit(
        "entries.jsonl", lambda text: b"".join(text.splitlines(keepends=True)[:keep])
    )


def drop_first_batch(content: bytes) -> bytes:
    end = content.index(b"\n", content.index("— ".encode())) + 1
    return content[end:]


def flip_last_byte(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (cut_lines(FOLDED), "0004 to 0005 are missing"),
        (cut_lines(FOLDED + 1), "0005 to 0005 are missing"),
        (cut_lines(FOLDED - 1), "0003 to 0003 are missing|0003 to 0005"),
        (
            edit(
                "entries.jsonl", lambda t: t.replace(b'"number":3}}', b'"number":4}}')
            ),
            "0004 is not signed",
        ),
        (edit("intent", lambda _: b""), "0004 is not signed"),
        (edit("intent", drop_first_batch), "0004 is not signed"),
        (edit("intent", lambda t: t.replace(b"\n6\n", b"\n7\n")), "0006 is not signed"),
        (edit("intent", lambda t: t.replace(b"a", b"b", 1)), "is not signed"),
        (edit("intent", lambda t: t[:200] + b"\0" * (len(t) - 200)), "is not signed"),
        (edit("log/tile/0/000.p/3", flip_last_byte), "root|tile/0/000.p/3"),
        (edit("log/tile/entries/000.p/3", lambda t: t[:-1]), "entries/000.p/3"),
    ],
)
def test_what_is_altered_before_it_is_folded_is_named(
    left: Path, tamper: Callable[[Path], None], named: str
) -> None:
    tamper(left)
    with pytest.raises(TamperError, match=named):
        Evidence(left).verify()
    with pytest.raises(TamperError):
        Store(left, KEY)


def test_a_batch_that_another_key_signed_is_not_believed(
    left: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(left, tmp_path / "other"))
    with Store(other, make_key()) as store:
        store.append([make_record(value=6)])
        content = (other / "evidence/intent").read_bytes()
        lines = (other / "evidence/entries.jsonl").read_bytes()
    Store(left, KEY).close()
    (left / "evidence/intent").write_bytes(content)
    (left / "evidence/entries.jsonl").write_bytes(lines)
    with pytest.raises(TamperError, match="0007 is not signed"):
        Evidence(left).verify()


def test_a_torn_tile_that_the_file_covers_is_written_again(left: Path) -> None:
    tiles = [left / f"evidence/log/tile/{name}/000.p/6" for name in ("0", "entries")]
    for tile in tiles:
        tile.write_bytes(b"\0" * 40)
    assert Evidence(left).verify() is not None
    Store(left, KEY).close()
    verified = Evidence(left).verify()
    assert verified is not None
    assert verified.size == 6
    # Now that it is folded, the same is tampering.
    tiles[1].write_bytes(b"\0" * 40)
    with pytest.raises(TamperError, match=r"entries/000\.p/6"):
        Evidence(left).verify()


def test_a_torn_batch_costs_nothing_that_was_recorded(left: Path) -> None:
    path = left / "evidence/intent"
    whole = path.read_bytes()
    batch = drop_first_batch(whole)
    for torn in (batch[:40], batch[:70], batch[:-1], b"\0" * 90, b"\0\n\n\0\n\n\0\n"):
        path.write_bytes(whole + torn)
        assert sizes(left) == (6, FOLDED)
        assert Evidence(left).verify() is not None
        again = Path(shutil.copytree(left, left.with_name("again")))
        with Store(again, KEY) as store:
            assert len(store.list_items()) == 6
            store.append([make_gap()])
        assert sizes(again) == (7, 7)
        assert Evidence(again).verify() is not None
        shutil.rmtree(again)


def test_after_a_torn_batch_the_one_before_it_is_all_there(left: Path) -> None:
    path = left / "evidence/intent"
    path.write_bytes(path.read_bytes() + b"\0")
    cut_lines(FOLDED + 2)(left)
    with pytest.raises(TamperError, match="0006 to 0006 are missing"):
        Evidence(left).verify()


def test_what_is_folded_is_not_read_again(left: Path) -> None:
    content = (left / "evidence/intent").read_bytes()
    after = Checkpoint("", 6, bytes(32))
    assert read_announced(content, after).batches == ()
    assert read_announced(b"", after).batches == ()


def test_what_is_not_folded_is_not_remembered(left: Path) -> None:
    """Another process may read entries that a power cut takes back a moment later."""
    assert make_seen_log(Evidence(left)).size == FOLDED
    assert count_entries(left) == FOLDED
