"""Recorded evidence: numbered, kept by digest, one writer, and any tampering named."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from changqing.day import find_day_start
from changqing.errors import CaseError, TamperError
from changqing.evidence.ledger.entry import withhold_entry, write_line
from changqing.evidence.ledger.items import WithheldEntries
from changqing.evidence.ledger.merkle import hash_leaf, verify_inclusion
from changqing.evidence.ledger.note import (
    SigningKey,
    find_default_key_path,
    load_key,
    make_key,
)
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Record
from changqing.evidence.records import list_records
from changqing.evidence.sync import compute_changes, merge_records
from changqing.papers.open import open_case
from changqing.rules.types import Value
from tests.evidence.evidence_factory import (
    AS_OF,
    CASE,
    make_attempt,
    make_catalogue,
    make_gap,
    make_record,
    write_case,
)

KEY = SigningKey(bytes(32))
VALUES: list[Value | None] = [
    True,
    7,
    "文字",
    date(2026, 1, 2),
    frozenset({"a", "b"}),
    None,
]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    with Store(tmp_path, KEY) as store:
        store.append([make_record(value=value, raw="x") for value in VALUES])
        store.append([make_gap(), make_attempt(1, None)], blobs=[b"page", b"page"])
    return tmp_path


def test_what_was_recorded_is_read_again_with_its_number(case: Path) -> None:
    evidence = Evidence(case)
    assert [record.value for record in evidence.list_records()] == VALUES
    assert [record.number for record in evidence.list_records()] == [1, 2, 3, 4, 5, 6]
    assert [gap.number for gap in evidence.list_gaps()] == [8]
    assert [attempt.number for attempt in evidence.list_attempts()] == [9]
    verified = evidence.verify()
    assert verified is not None
    assert (verified.size, verified.blobs, verified.pending) == (9, 1, 0)
    proof = evidence.load_tiles().prove_inclusion(2)
    leaf = hash_leaf(evidence.list_lines()[2].commitment)
    assert verify_inclusion(leaf, 2, 9, proof, verified.root)


def test_a_log_that_grew_is_parsed_from_where_it_ended(
    case: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Saving a case adds a few lines to thousands, and each page reads them all."""
    before = Evidence(case).list_items()
    other = tmp_path_factory.mktemp("other")
    with Store(other, KEY) as store:
        store.append([make_gap()])
    assert len(Evidence(other).list_items()) == 1
    with Store(case, KEY) as store:
        store.append([make_gap()])
    after = Evidence(case).list_items()
    assert len(after) == len(before) + 1
    assert all(new is old for new, old in zip(after, before, strict=False))


def test_what_was_parsed_before_hides_no_altered_line(case: Path) -> None:
    file = case / "evidence" / "entries.jsonl"
    content = file.read_bytes()
    assert len(Evidence(case).list_items()) == 9
    file.write_bytes(content.replace("文字".encode(), "别字".encode()))
    with pytest.raises(TamperError):
        Evidence(case).verify()
    file.write_bytes(content)
    assert Evidence(case).verify() is not None


def test_bytes_are_kept_once_by_their_digest(case: Path) -> None:
    with Store(case, KEY) as store:
        digest = store.keep(b"page")
        assert store.read_blob(digest) == b"page"
        assert len(store.list_items()) == 9
        assert store.append([]) == ()


def test_an_empty_case_has_no_evidence_and_none_damaged(tmp_path: Path) -> None:
    assert Evidence(tmp_path).verify() is None
    assert Evidence(tmp_path).list_items() == ()
    assert Evidence(tmp_path).load_tiles().size == 0


def test_a_second_writer_is_told_to_wait(case: Path) -> None:
    with Store(case, KEY), pytest.raises(CaseError) as refused:
        Store(case, KEY)
    assert "另一个 changqing 正在写" in refused.value.issues[0].text.zh


def test_another_key_may_go_on_and_is_listed(case: Path) -> None:
    other = make_key()
    with Store(case, other) as store:
        store.append([make_gap()])
        mine = store.verifier
    verified = Evidence(case).verify()
    assert verified is not None
    assert verified.signer == mine
    with pytest.raises(TamperError, match="signature of a signer"):
        Evidence(case).verify(trusted=[KEY.make_verifier(verified.origin)])


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def tamper(case: Path) -> None:
        path = case / "evidence" / name
        path.write_bytes(change(path.read_bytes()))

    return tamper


def other(byte: int) -> bytes:
    """A byte that is not this one."""
    return bytes([byte ^ 1])


def remove(name: str) -> Callable[[Path], None]:
    return lambda case: (case / "evidence" / name).unlink()


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    return edit(
        "entries.jsonl", lambda text: b"".join(change(text.splitlines(keepends=True)))
    )


PAGE = "objects/cc/56a64fe5f7ba8d2b2c01f8df0e10ea95ee2ee82bab0df73bc6ae7a6d3f0f4f"


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (
            edit("entries.jsonl", lambda t: t.replace(b'"number":7}', b'"number":8}')),
            "0002",
        ),
        (lines(lambda all_: [b"garbage\n", *all_[1:]]), "0001 was altered"),
        (lines(lambda all_: [all_[1], all_[0], *all_[2:]]), "no. 0002 stands where"),
        (lines(lambda all_: all_[1:]), "no. 0002 stands where no. 0001"),
        (lines(lambda all_: all_[:-1]), "0009 to 0009 are missing"),
        (
            lines(lambda all_: [*all_, all_[0].replace(b'"number":1', b'"number":10')]),
            "0010",
        ),
        (remove("entries.jsonl"), "0001 to 0009 are missing"),
        (remove("log/checkpoint"), "no checkpoint"),
        (edit("log/checkpoint", lambda t: t[:-9]), "checkpoint is damaged|damaged"),
        (edit("log/checkpoint", lambda t: b"\xff" + t), "damaged"),
        (edit("log/checkpoint", lambda t: t.replace(b"\n9\n", b"\n8\n")), "signature"),
        (remove("log/signers"), "signers"),
        (edit("log/signers", lambda t: t.replace(b"+", b"-")), "signers"),
        (edit("log/tile/0/000.p/9", lambda t: t[:-1] + other(t[-1])), "tile/0/000.p/9"),
        (remove("log/tile/0/000.p/9"), "tile/0/000.p/9"),
        (
            edit("log/tile/entries/000.p/9", lambda t: t[:-1] + other(t[-1])),
            "root|0009",
        ),
        (
            edit("log/tile/entries/000.p/9", lambda t: other(t[0]) + t[1:]),
            "entries/000.p/9",
        ),
        (remove("log/tile/entries/000.p/9"), "entries/000.p/9"),
    ],
)
def test_whatever_is_altered_removed_or_moved_is_named(
    case: Path, tamper: Callable[[Path], None], named: str
) -> None:
    tamper(case)
    with pytest.raises(TamperError, match=named) as found:
        Evidence(case).verify()
    assert found.value.exit_code == 4


def test_what_stands_behind_a_removed_entry_is_not_told_one_by_one(case: Path) -> None:
    lines(lambda all_: [all_[0], *all_[2:]])(case)
    with pytest.raises(TamperError) as found:
        Evidence(case).verify()
    told = [issue.text.en for issue in found.value.issues]
    assert sum("stands where" in words for words in told) == 1
    assert not any("was altered" in words for words in told)


@pytest.mark.parametrize("content", [None, b"other"])
def test_altered_or_missing_bytes_are_named(case: Path, content: bytes | None) -> None:
    (path,) = [one for one in (case / "evidence/objects").rglob("*") if one.is_file()]
    digest = path.parent.name + path.name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TamperError, match=path.name):
        Evidence(case).verify()
    allowed = WithheldEntries(blobs=frozenset({digest}))
    if content is None:
        assert Evidence(case).verify(withheld=allowed) is not None
    else:
        with pytest.raises(TamperError, match="altered"):
            Evidence(case).verify(withheld=allowed)


def test_an_entry_can_be_withheld_and_the_log_still_verifies(case: Path) -> None:
    kept = Evidence(case).list_lines()
    text = [
        write_line(withhold_entry(line) if line.number == 3 else line) for line in kept
    ]
    (case / "evidence/entries.jsonl").write_bytes(b"".join(text))
    with pytest.raises(TamperError, match="0003 was taken out"):
        Evidence(case).verify()
    evidence = Evidence(case)
    assert evidence.verify(withheld=WithheldEntries(entries=frozenset({3}))) is not None
    assert [record.number for record in evidence.list_records()] == [1, 2, 4, 5, 6]


@pytest.mark.parametrize(
    "tamper",
    [
        lines(lambda all_: all_[:-1]),
        lines(lambda all_: [b"garbage\n", *all_[1:]]),
        lines(lambda all_: [*all_, all_[0].replace(b'"number":1', b'"number":10')]),
        edit("log/tile/0/000.p/9", lambda t: t[:-1] + other(t[-1])),
        remove("log/tile/0/000.p/9"),
        remove("log/checkpoint"),
        edit("log/checkpoint", lambda t: t.replace(b"\n9\n", b"\n8\n")),
    ],
)
def test_nobody_adds_to_tampered_evidence(
    case: Path, tamper: Callable[[Path], None]
) -> None:
    tamper(case)
    with pytest.raises(TamperError):
        Store(case, KEY)


def test_the_same_case_is_recorded_once_and_changes_are(tmp_path: Path) -> None:
    now = find_day_start(AS_OF)
    catalogue = make_catalogue()
    case = open_case(write_case(tmp_path), catalogue)
    with Store(tmp_path, KEY) as store:
        first = store.append(compute_changes(case, store.list_items(), now))
        assert len(first) == len(list_records(case))
        assert compute_changes(case, store.list_items(), now) == []
        text = CASE.replace("  staff_insured: 12\n", "").replace("100万元", "200万元")
        edited = open_case(write_case(tmp_path, text), catalogue)
        fresh = store.append(compute_changes(edited, store.list_items(), now))
        told = {item.fact: item.value for item in fresh if isinstance(item, Record)}
        assert told == {"staff_insured": None, "registered_capital": 200_000_000}
        assert compute_changes(edited, store.list_items(), now) == []
        offline = merge_records(edited, store.list_records())
        assert {record.fact for record in offline} >= {"registered_capital"}
        assert all(record.number for record in offline)
        assert "staff_insured" not in {record.fact for record in offline}


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = find_default_key_path(
        {"XDG_CONFIG_HOME": str(tmp_path / "c")}, Path("/nowhere")
    )
    key = load_key(path)
    assert load_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "seed" not in repr(key)
    assert find_default_key_path({}, Path("/h")) == Path(
        "/h/.config/changqing/signing-key"
    )
    for damaged in (b"???", b"AAAA", b"\xff\xff"):
        path.write_bytes(damaged)
        with pytest.raises(CaseError, match="signing key"):
            load_key(path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("evidence", "is no folder"),
        ("evidence/log/checkpoint", "is no plain file and was not opened"),
    ],
)
def test_evidence_that_cannot_be_read_is_told_as_such(
    tmp_path: Path, name: str, said: str
) -> None:
    place = tmp_path / name
    if name == "evidence":
        place.write_text("no folder", encoding="utf-8")
    else:
        place.mkdir(parents=True)
    with pytest.raises(CaseError, match=f"{place} {said}"):
        Evidence(tmp_path).verify()
