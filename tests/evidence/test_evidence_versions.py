"""Both versions of an entry: what each commits to, and what is left of it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.case.subjects import Subject
from changqing.errors import TamperError
from changqing.evidence.ledger.codec import encode
from changqing.evidence.ledger.entry import (
    LogLine,
    encode_canonical,
    find_marked,
    make_line,
    read_line,
    withhold_entry,
    write_line,
)
from changqing.evidence.ledger.items import (
    Blob,
    Item,
    Made,
    MadeKind,
    UnknownEntry,
    WithheldEntries,
)
from changqing.evidence.ledger.merkle import hash_leaf, verify_inclusion
from changqing.evidence.ledger.note import SigningKey, load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Attempt, Gap, GapReason, Record, Source, SourceKind
from changqing.jsondata import Json
from changqing.law.kit import Grade
from changqing.sealing import verify
from changqing.text import Text
from tests.evidence.evidence_factory import make_gap, make_record
from tests.share import examples
from tests.upgrade.made_before import extract_case

KEY = SigningKey(bytes(32))
TIMES = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
WORDS = st.text(st.characters(codec="utf-8"), min_size=4, max_size=12)
SUBJECTS = st.builds(Subject, st.sampled_from(["person", "paper", "holder"]), WORDS)
SOURCES = st.builds(Source, kind=st.sampled_from(SourceKind), name=WORDS, place=WORDS)
ITEMS: st.SearchStrategy[Item] = st.one_of(
    st.builds(
        Record,
        fact=st.just("is_employed"),
        subject=SUBJECTS,
        value=st.none() | st.booleans() | WORDS | st.dates(),
        source=SOURCES,
        observer=WORDS,
        grade=st.sampled_from(Grade),
        digest=st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
        observed_at=TIMES,
        received_at=TIMES,
        valid_until=st.none() | st.dates(),
        raw=st.none() | WORDS,
        number=st.just(0),
    ),
    st.builds(
        Gap,
        fact=st.just("is_employed"),
        subject=SUBJECTS,
        source=SOURCES,
        reason=st.sampled_from(GapReason),
        detail=st.builds(Text, zh=WORDS, en=WORDS),
        at=TIMES,
        number=st.just(0),
    ),
    st.builds(
        Attempt,
        subject=SUBJECTS,
        url=WORDS,
        at=TIMES,
        answered=st.none() | st.booleans(),
        reason=st.none(),
        status=st.none(),
        control_ok=st.booleans(),
        number=st.just(0),
    ),
    st.builds(
        Made,
        what=st.sampled_from(MadeKind),
        name=WORDS,
        digest=WORDS,
        size=st.integers(0, 9),
        number=st.just(0),
    ),
    st.builds(Blob, digest=WORDS, size=st.integers(0, 9), number=st.just(0)),
)


def _line(item: Item) -> LogLine:
    content = encode(item)
    salts = {name: name.encode().ljust(16, b"!") for name in find_marked(content)}
    return make_line(content, 7, bytes(range(32)), salts)


@settings(max_examples=examples(200))
@given(ITEMS)
def test_a_line_is_read_as_it_was_written_and_the_verifier_makes_the_same_of_it(
    item: Item,
) -> None:
    line = _line(item)
    assert read_line(write_line(line)) == line
    assert line.decode_item() == replace(item, number=7)
    assert line.salts is not None
    assert line.content is not None
    head = verify.make_head(line.content, line.salts)
    assert head == line.find_head()
    left = withhold_entry(line)
    assert read_line(write_line(left)) == left
    assert left.rest is not None
    assert verify.commit(head, left.rest) == left.commitment == line.commitment
    assert withhold_entry(left) == left


@settings(max_examples=examples(200))
@given(ITEMS)
def test_what_is_left_of_an_entry_names_nobody_and_tells_no_value(item: Item) -> None:
    """Nor a salt, by which a guess at a name or a number could be tested."""
    line = _line(item)
    left = json.loads(write_line(withhold_entry(line)))
    allowed = {
        *("at", "cleared", "digest", "fact", "grade", "observed_at", "received_at"),
        *("source", "subject", "type", "valid_until", "version", "what"),
    }
    assert left.keys() == {"head", "number", "rest"}
    assert left["head"].keys() <= allowed
    assert line.content is not None
    source: Any = line.content.get("source", {})
    if source.get("kind") == "paper" and line.content.get("value") is not None:
        # A paper says of itself when it was issued and until when it holds.
        assert not {"observed_at", "valid_until"} & left["head"].keys()
    text = write_line(withhold_entry(line)).decode()
    assert line.salt is not None
    assert line.salts is not None
    salts = [line.salt.hex(), *(salt.hex() for salt in line.salts.values())]
    assert [salt for salt in salts if salt in text] == []
    # A word such as 0000 may stand in a digest or a day that tells nothing of it, one
    # such as fals or head in the words of JSON, in a key or in the name of the fact.
    told_of_all = rf"\b(?:true|false|null|{line.content.get('fact')})\b|\"\w+\":"
    text = re.sub(rf"[0-9a-f]{{32,}}|\d{{4}}-\d\d-\d\d[^\"]*|{told_of_all}", "", text)
    secrets = []
    for name in ("subject", "digest", "name", "url", "raw", "observer"):
        told = line.content.get(name)
        if isinstance(told, str) and len(told) > 3:
            secrets.append(json.dumps(told.partition(":")[2] or told)[1:-1])
    assert [secret for secret in secrets if len(secret) > 3 and secret in text] == []


def test_one_subject_has_one_id_in_one_log_and_another_in_another(
    tmp_path: Path,
) -> None:
    ids: list[bytes] = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for _ in range(2):  # it is found again by the next writer
            with Store(tmp_path / name, KEY) as store:
                store.append([make_record(), make_gap(), make_record(value=2)])
        lines = Evidence(tmp_path / name).list_lines()
        heads = [line.find_head() for line in lines]
        told = {encode_canonical(head["subject"]) for head in heads if head is not None}
        assert len(told) == 1
        ids += told
        sources = [head["source"] for head in heads if head is not None]
        assert sources[0] == sources[2] == sources[3] != sources[1]
    assert ids[0] != ids[1]


def _old_line(item: Item, number: int) -> LogLine:
    """As the first version wrote it: a salt, and the content."""
    salt, content = number.to_bytes(32, "big"), encode(item)
    told = hashlib.sha256(salt + encode_canonical(content)).digest()
    return LogLine(number=number, salt=salt, content=content, commitment=told)


def test_a_line_of_the_first_version_is_what_it_was() -> None:
    line = _old_line(make_record(), 3)
    assert json.loads(write_line(line)).keys() == {"content", "number", "salt"}
    assert read_line(write_line(line)) == line
    left = withhold_entry(line)
    assert json.loads(write_line(left)).keys() == {"commitment", "number"}
    assert read_line(write_line(left)) == left
    assert line.find_head() is None


def test_a_line_is_a_third_longer_at_most_than_the_first_version_had_it() -> None:
    """Of what a log mostly holds: records of probes and papers, with their words."""
    records = [
        make_record(
            "domain_registrant", "杭州绿洲网络科技有限公司", number=number, digest="a" * 64,
            raw="杭州绿洲网络科技有限公司", subject=Subject("service", "site"),
            source=Source(kind=SourceKind.PROBE, name="registration"),
        )
        for number in range(50)
    ]  # fmt: skip
    old = sum(len(write_line(_old_line(record, 7))) for record in records)
    new = sum(len(write_line(_line(record))) for record in records)
    assert new < 1.4 * old


@pytest.fixture
def begun_before(tmp_path: Path) -> Path:
    """A case whose log an earlier release wrote."""
    return extract_case("newly-registered", tmp_path)


def test_old_and_new_entries_stand_in_one_tree(begun_before: Path) -> None:
    before = Evidence(begun_before).list_lines()
    assert {len(line.commitment) for line in before} == {32}
    key = load_key(begun_before.parents[3] / "changqing" / "signing-key")
    with Store(begun_before, key) as store:
        store.append([make_record(number=0) for _ in range(300)])
    evidence = Evidence(begun_before)
    verified = evidence.verify()
    assert verified is not None
    lines = evidence.list_lines()
    assert lines[: len(before)] == before
    assert {len(line.commitment) for line in lines[len(before) :]} == {33}
    tiles = evidence.load_tiles()
    for line in (lines[0], lines[len(before) - 1], lines[len(before)], lines[-1]):
        at = line.number - 1
        proof = tiles.prove_inclusion(at)
        leaf = hash_leaf(line.commitment)
        assert verify_inclusion(leaf, at, verified.size, proof, verified.root)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fact", "is_insured"),
        ("grade", "declared"),
        ("received_at", "2020-01-01T00:00:00+00:00"),
        ("type", "gap"),
        ("subject", {"id": "0" * 64, "type": "person"}),
        ("version", 1),
        ("version", 3),
    ],
)
def test_a_head_that_was_altered_is_named(
    tmp_path: Path, name: str, value: object
) -> None:
    with Store(tmp_path, KEY) as store:
        store.append([make_record(), make_record(value=2)])
        lines = list(store.list_lines())
    left = json.loads(write_line(withhold_entry(lines[0])))
    allowed = WithheldEntries(entries=frozenset({1}))
    entries = tmp_path / "evidence" / "entries.jsonl"
    entries.write_bytes(encode_canonical(left) + b"\n" + write_line(lines[1]))
    assert Evidence(tmp_path).verify(withheld=allowed) is not None
    left["head"][name] = value
    entries.write_bytes(encode_canonical(left) + b"\n" + write_line(lines[1]))
    with pytest.raises(TamperError, match=r"no\. 0001 was altered"):
        Evidence(tmp_path).verify(withheld=allowed)


def test_an_entry_of_one_version_cannot_pass_as_one_of_the_other(
    tmp_path: Path,
) -> None:
    with Store(tmp_path, KEY) as store:
        store.append([make_record()])
        (line,) = store.list_lines()
    entries = tmp_path / "evidence" / "entries.jsonl"
    for told in (line.commitment, line.commitment[1:]):
        data = {"commitment": told.hex(), "number": 1}
        entries.write_bytes(encode_canonical(data) + b"\n")
        with pytest.raises(TamperError):
            Evidence(tmp_path).verify(withheld=WithheldEntries(entries=frozenset({1})))


def test_an_entry_of_a_type_of_later_is_kept_and_given_as_it_is(
    tmp_path: Path,
) -> None:
    content: dict[str, Json] = {
        "type": "event",
        "fact": "is_employed",
        "subject": "person:lin",
        "words": "专职",
    }
    with Store(tmp_path, KEY) as store:
        store.append([UnknownEntry(type="event", content=content), make_record()])
    evidence = Evidence(tmp_path)
    assert evidence.verify() is not None
    (found,) = evidence.list_unknown()
    assert (found.type, found.content, found.number) == ("event", content, 1)
    assert len(evidence.list_records()) == 1
    head = evidence.list_lines()[0].find_head()
    assert head is not None
    assert (head["type"], head["fact"]) == ("event", "is_employed")


def test_times_of_a_paper_that_withdraws_something_are_no_secret() -> None:
    gone = make_record(value=None, day=date(2026, 11, 20))
    head = _line(gone).find_head()
    assert head is not None
    assert head["cleared"] is True
    assert "observed_at" in head
