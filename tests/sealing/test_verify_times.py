"""The times of a log, against one another and against the tokens over it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.errors import CaseError
from changqing.evidence.ledger.entry import (
    encode_canonical,
    read_line,
    withhold_entry,
    write_line,
)
from changqing.net.model import NetSettings
from changqing.sealing import verify
from changqing.sealing.times import ask_time
from tests.sealing.made_entry import AT, made_attempt, made_gap, made_record
from tests.sealing.made_token import (
    DIGEST_ALONE,
    INTEGER,
    MOMENT,
    OCTETS,
    SEQUENCE,
    der,
    make_token,
    stamped,
    wrap_token,
)
from tests.sealing.sealed_bundle import (
    ROOT,
    Files,
    Sealed,
    broken,
    edited,
    entry_of,
)
from tests.sealing.time_authority import make_authority, serving
from tests.share import examples

Entries = list[dict[str, Any]]
MEASURED = [made_record, made_gap, made_attempt]
"""What the program dates by its own clock."""


def _with(full: Sealed, *contents: dict[str, Any]) -> Files:
    """The bundle with these entries at the end of its log."""

    def add(entries: Entries) -> None:
        entries += [entry_of(content) for content in contents]

    return full.relogged(full.files(), add)


def _size(files: Files) -> int:
    return len(files["log/entries.jsonl"].splitlines())


def _said(report: verify.Report) -> list[str]:
    return [en for _, en in report.unchecked]


@pytest.fixture(scope="module")
def log(full: Sealed) -> verify.Log:
    """The log of the example."""
    stream = io.BytesIO(full.bundle.read_bytes())
    found = verify.check_bundle(stream, full.signers(), full.rules()).log
    assert found is not None
    return found


def _ordered(
    log: verify.Log,
    contents: Sequence[dict[str, Any]],
    tokens: Sequence[tuple[int, datetime]] = (),
) -> verify.Report:
    """What is said of the times of the log with these entries at its end.

    A token covers the log up to so many of its entries: 0 is the last one.
    """
    longer = log._replace(
        size=log.size + len(contents),
        records=[*log.records],
        attempts=[*log.attempts],
        gaps=[*log.gaps],
    )
    for number, content in enumerate(contents, start=log.size + 1):
        verify._read_entry(content, number, longer)
    stamps = [
        verify.Stamp(f"times/{n:04d}.tsr", longer.size + size, at, vouched=True)
        for n, (size, at) in enumerate(tokens, start=1)
    ]
    report = verify.Report()
    verify.check_order(longer, stamps, report)
    return report


def _place(log: verify.Log, number: int) -> str:
    return f"log/entries.jsonl 证{log.size + number:04d}"


@pytest.mark.parametrize("make", MEASURED)
@pytest.mark.parametrize("hours", [-24 * 2000, -26, -2])
def test_what_was_measured_after_a_token_was_not_measured_before_it(
    make: Callable[[datetime], dict[str, Any]], hours: int, log: verify.Log
) -> None:
    report = _ordered(log, [make(AT + timedelta(hours=hours))], [(-1, AT)])
    assert broken(report) == [_place(log, 1)]


@pytest.mark.parametrize("make", MEASURED)
def test_what_was_measured_before_a_token_was_not_measured_after_it(
    make: Callable[[datetime], dict[str, Any]], log: verify.Log
) -> None:
    report = _ordered(log, [make(AT + timedelta(minutes=11))], [(0, AT)])
    assert broken(report) == [_place(log, 1)]


@pytest.mark.parametrize("make", MEASURED)
@pytest.mark.parametrize("minutes", [-50, 0, 9])
@pytest.mark.parametrize("covered", [-1, 0])
def test_a_look_under_way_while_a_token_is_taken_is_no_fault(
    covered: int,
    minutes: int,
    make: Callable[[datetime], dict[str, Any]],
    log: verify.Log,
) -> None:
    report = _ordered(log, [make(AT + timedelta(minutes=minutes))], [(covered, AT)])
    assert (report.damaged, report.unchecked) == ([], [])


DAYS = st.lists(st.integers(0, 9), min_size=1, max_size=6)
TOKENS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), max_size=4)


@given(days=DAYS, tokens=TOKENS)
@settings(max_examples=examples(200))
def test_of_several_tokens_each_holds_what_is_before_and_after_it(
    log: verify.Log, days: list[int], tokens: list[tuple[int, int]]
) -> None:
    """Against the rule said plainly: every entry with every token."""
    told = [AT + timedelta(days=day) for day in days]
    stamps = [
        (min(size, len(days)) - len(days), AT + timedelta(days=day))
        for size, day in tokens
    ]
    wrong = {
        _place(log, number)
        for number, at in enumerate(told, start=1)
        for size, moment in stamps
        if (at > moment if number - len(days) <= size else at < moment)
    }
    report = _ordered(log, [made_record(at) for at in told], stamps)
    assert {part for part in broken(report) if "证" in part} == wrong


@pytest.mark.share
@pytest.mark.parametrize("kind", ["paper", "look"])
@pytest.mark.parametrize("grade", ["documented", "observed", "attested"])
def test_a_day_of_receipt_before_an_earlier_token_is_said(
    kind: str, grade: str, log: verify.Log
) -> None:
    listed = [made_record(AT - timedelta(days=200), kind, grade)]
    report = _ordered(log, listed, [(-1, AT)])
    assert report.damaged == []
    (said,) = _said(report)
    assert f"from no. {log.size + 1:04d} on" in said
    assert _ordered(log, listed, [(0, AT)]).unchecked == []


@pytest.mark.long
def test_a_paper_of_the_day_of_the_token_is_not_doubted(log: verify.Log) -> None:
    day = verify.beijing_day(AT)
    morning = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    listed = [made_record(morning, "paper", "documented")]
    assert _ordered(log, listed, [(-1, AT)]).unchecked == []


def test_what_is_only_declared_and_what_is_withdrawn_is_not_doubted(
    log: verify.Log,
) -> None:
    old = AT - timedelta(days=200)
    listed = [
        made_record(old, "form", "declared"),
        {**made_record(old, "paper", "documented"), "value": None},
    ]
    assert _ordered(log, listed, [(-2, AT)]).unchecked == []


@pytest.mark.parametrize("make", MEASURED)
def test_a_last_entry_of_2020_is_said(
    make: Callable[[datetime], dict[str, Any]], log: verify.Log
) -> None:
    report = _ordered(log, [make(datetime(2020, 1, 1, tzinfo=UTC))])
    assert report.damaged == []
    (said,) = _said(report)
    assert "the times of 1 entries go back" in said
    assert "2020-01-01 00:00:00 UTC" in said


def test_papers_listed_later_than_they_came_are_no_clock_that_went_back(
    log: verify.Log,
) -> None:
    old = made_record(datetime(2020, 1, 1, tzinfo=UTC), "paper", "documented")
    assert _ordered(log, [old]).unchecked == []


@pytest.mark.long
def test_a_whole_bundle_is_held_to_its_tokens_and_times(full: Sealed) -> None:
    late = AT + timedelta(hours=2)
    files = _with(full, made_record(AT - timedelta(hours=2)), made_record(late))
    size = _size(files)
    place = f"log/entries.jsonl 证{size - 1:04d}"
    assert broken(full.check(stamped(full, files, (size - 2, AT)))) == [place]
    younger = f"log/entries.jsonl 证{size:04d}"
    assert broken(full.check(stamped(full, files, (size, AT)))) == [younger]
    report = full.check(_with(full, made_gap(datetime(2020, 1, 1, tzinfo=UTC))))
    assert (report.code, report.damaged) == (1, [])
    assert any("go back" in en for en in _said(report))


@pytest.mark.long
def test_a_withheld_look_is_held_to_the_tokens_by_its_head(full: Sealed) -> None:
    """Its head is bound, and says when it was received."""
    salts = dict.fromkeys(("subject", "source"), "5a" * 16)
    entry = {**entry_of(made_record(AT - timedelta(days=9))), "salts": salts}
    line = read_line(encode_canonical({**entry, "version": 2}) + b"\n")

    def add(entries: Entries) -> None:
        entries.append(json.loads(write_line(withhold_entry(line))))

    files = full.relogged(full.files(), add)
    size = _size(files)
    listed = edited(
        files["withheld.json"],
        lambda told: told["entries"].append(
            {"number": size, "subject": "applicant:", "fact": "unheard_of"}
            | {"reason": "identity"}
        ),
    )
    files = full.resealed({**files, "withheld.json": listed})
    assert full.check(files).damaged == []
    report = full.check(stamped(full, files, (size - 1, AT)))
    assert broken(report) == [f"log/entries.jsonl 证{size:04d}"]


def _honest_logs() -> dict[str, bytes]:
    """The logs of the examples, and those that an earlier release left."""
    logs = {
        path.parent.parent.name: path.read_bytes()
        for path in (ROOT / "examples").glob("*/evidence/entries.jsonl")
    }
    with tarfile.open(ROOT / "tests" / "upgrade" / "made_by_6297284.tar.xz") as kept:
        for member in kept.getmembers():
            stream = kept.extractfile(member)
            if member.name.endswith("entries.jsonl") and stream is not None:
                logs[member.name] = stream.read()
    return logs


def test_no_honest_log_of_before_is_doubted(log: verify.Log) -> None:
    logs = _honest_logs()
    assert len(logs) == 6
    for name, content in logs.items():
        old = log._replace(records=[], attempts=[], gaps=[], notes={}, made={})
        for number, line in enumerate(content.splitlines(), start=1):
            verify._read_entry(json.loads(line)["content"], number, old)
        report = verify.Report()
        verify.check_order(old._replace(size=number), [], report)
        assert (report.damaged, report.unchecked) == ([], []), name
        assert len(verify.list_moments(old)) > 400


@pytest.mark.long
def test_nothing_that_is_no_token_silences_that_there_is_no_witness(
    full: Sealed,
) -> None:
    files = full.files()
    size = _size(files)
    report = full.check(stamped(full, files, (size, DIGEST_ALONE)))
    assert verify.NO_WITNESS in report.notes
    assert any("cannot be read as a time token" in en for en in _said(report))
    report = full.check(stamped(full, files, (size, AT)))
    assert verify.NO_WITNESS not in report.notes


NOTE = b"a note\n"
IMPRINT = der(OCTETS, hashlib.sha256(NOTE).digest())


@pytest.mark.parametrize("at", [AT, AT.replace(month=1), AT + timedelta(days=4000)])
def test_the_time_of_a_token_is_read(at: datetime) -> None:
    assert verify.read_token_time(make_token(NOTE, at), NOTE) == at
    assert verify.read_token_time(make_token(NOTE, at), NOTE + b"x") is None


@pytest.mark.parametrize(
    "token",
    [
        b"",
        IMPRINT,
        wrap_token(IMPRINT),
        # Right after the digest there is a time, but in no place of a token.
        make_token(b"other", AT, status=IMPRINT + der(INTEGER, b"\x07"))
        + der(MOMENT, b"20200101000000Z"),
        wrap_token(der(SEQUENCE, IMPRINT, der(MOMENT, b"20200101000000Z"))),
        make_token(NOTE, AT).replace(b"20261125", b"20261325"),
        make_token(NOTE, AT)[:-1],
        b"\x30\x84\xff\xff\xff\xff",
    ],
)
def test_what_is_no_token_says_no_time(token: bytes) -> None:
    assert verify.read_token_time(token, NOTE) is None


def test_what_stands_beside_the_time_of_a_token_is_not_taken_for_it() -> None:
    beside = IMPRINT + der(INTEGER, b"\x07") + der(MOMENT, b"20200101000000Z")
    assert verify.read_token_time(make_token(NOTE, AT, status=beside), NOTE) == AT


@given(st.data())
@settings(max_examples=examples(300))
def test_no_bytes_are_more_than_a_token_that_cannot_be_read(
    data: st.DataObject,
) -> None:
    token = bytearray(make_token(NOTE, AT))
    for _ in range(data.draw(st.integers(1, 3))):
        token[data.draw(st.integers(0, len(token) - 1))] = data.draw(
            st.integers(0, 255)
        )
    said = verify.read_token_time(bytes(token[: data.draw(st.integers(0, 400))]), NOTE)
    assert said is None or isinstance(said, datetime)


@given(st.integers(0, 70))
@settings(max_examples=examples(30))
def test_the_roots_of_each_beginning_are_found_in_one_pass(size: int) -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(size)]
    roots = verify.compute_roots(leaves, range(size + 1))
    assert roots == {n: verify.compute_root(leaves[:n]) for n in range(size + 1)}


def test_a_crowd_of_tokens_is_not_followed(full: Sealed) -> None:
    some = {f"times/{n:04d}.tsr": b"x" for n in range(2 * verify.MOST_TOKENS + 1)}
    report = full.check(full.resealed({**full.files(), **some}))
    assert report.code == 3


@pytest.mark.parametrize("minutes", [-11, 11, 60 * 24 * 400])
def test_no_token_is_taken_while_the_clock_is_wrong(
    minutes: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    now, day = datetime.now(UTC), timedelta(days=1)
    folder = tmp_path_factory.mktemp("tsa") / "a"
    with serving(make_authority(folder, now - day, now + day)) as url:
        port = int(url.split(":")[2].split("/")[0])
        settings = NetSettings(opened=frozenset({("127.0.0.1", port)}))

        def ask(shift: timedelta) -> bytes:
            return ask_time(
                url, NOTE, net=settings, clock=lambda: datetime.now(UTC) + shift
            )

        with pytest.raises(CaseError) as refused:
            ask(timedelta(minutes=minutes))
        assert "clock" in refused.value.issues[0].text.en
        assert verify.read_token_time(ask(timedelta(minutes=-9)), NOTE) is not None


def test_a_file_beside_a_token_is_no_part_of_it(full: Sealed) -> None:
    files = stamped(full, full.files(), (_size(full.files()), AT))
    report = full.check(full.resealed({**files, "times/0001.html": b"x"}))
    assert report.damaged == []
    said = "1 files are unknown here and were not compared (times/0001.html)"
    assert said in _said(report)
