"""The times of a log, against one another and against the tokens over it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.errors import CaseError
from changqing.net import NetSettings
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
from tests.sealing.sealed_bundle import Files, Sealed, broken, entry_of
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


@pytest.mark.parametrize("make", MEASURED)
@pytest.mark.parametrize("hours", [-24 * 2000, -26, -2])
def test_what_was_measured_after_a_token_was_not_measured_before_it(
    make: Callable[[datetime], dict[str, Any]], hours: int, full: Sealed
) -> None:
    files = _with(full, make(AT + timedelta(hours=hours)))
    size = _size(files)
    report = full.check(stamped(full, files, (size - 1, AT)))
    assert report.code == 4
    assert f"log/entries.jsonl 证{size:04d}" in broken(report)


@pytest.mark.parametrize("make", MEASURED)
def test_what_was_measured_before_a_token_was_not_measured_after_it(
    make: Callable[[datetime], dict[str, Any]], full: Sealed
) -> None:
    files = _with(full, make(AT + timedelta(minutes=11)))
    report = full.check(stamped(full, files, (_size(files), AT)))
    assert broken(report) == [f"log/entries.jsonl 证{_size(files):04d}"]


@pytest.mark.parametrize("make", MEASURED)
@pytest.mark.parametrize("minutes", [-50, 0, 9])
def test_a_look_under_way_while_a_token_is_taken_is_no_fault(
    make: Callable[[datetime], dict[str, Any]], minutes: int, full: Sealed
) -> None:
    files = _with(full, make(AT + timedelta(minutes=minutes)))
    size = _size(files)
    for covered in (size - 1, size):
        assert full.check(stamped(full, files, (covered, AT))).damaged == []


def test_of_several_tokens_each_is_held_to_the_strictest(full: Sealed) -> None:
    days = [AT + timedelta(days=n) for n in range(4)]
    files = _with(full, *(made_record(at) for at in days))
    size = _size(files)
    tokens = [(size - 3 + n, at) for n, at in enumerate(days)]
    assert full.check(stamped(full, files, *tokens)).damaged == []
    for place in range(3):
        swapped = [(n, days[-1 - place]) for n, _ in tokens]
        assert full.check(stamped(full, files, *swapped)).code == 4


@pytest.mark.parametrize("kind", ["paper", "look"])
@pytest.mark.parametrize("grade", ["documented", "observed", "attested"])
def test_a_day_of_receipt_before_an_earlier_token_is_said(
    kind: str, grade: str, full: Sealed
) -> None:
    files = _with(full, made_record(AT - timedelta(days=200), kind, grade))
    size = _size(files)
    report = full.check(stamped(full, files, (size - 1, AT)))
    assert report.damaged == []
    assert [f"from no. {size:04d} on" in en for en in _said(report)].count(True) == 1
    covered = full.check(stamped(full, files, (size, AT)))
    assert not any("day of receipt" in en for en in _said(covered))


def test_a_paper_of_the_day_of_the_token_is_not_doubted(full: Sealed) -> None:
    morning = verify.beijing_day(AT)
    at = datetime(morning.year, morning.month, morning.day, tzinfo=UTC)
    files = _with(full, made_record(at - timedelta(hours=8), "paper", "documented"))
    report = full.check(stamped(full, files, (_size(files) - 1, AT)))
    assert not any("day of receipt" in en for en in _said(report))


@pytest.mark.parametrize("make", MEASURED)
def test_a_last_entry_of_2020_is_said(
    make: Callable[[datetime], dict[str, Any]], full: Sealed
) -> None:
    report = full.check(_with(full, make(datetime(2020, 1, 1, tzinfo=UTC))))
    assert (report.code, report.damaged) == (1, [])
    (said,) = [en for en in _said(report) if "go back" in en]
    assert "the times of 1 entries go back" in said
    assert "2020-01-01 00:00:00 UTC" in said


def test_papers_listed_later_than_they_came_are_no_clock_that_went_back(
    full: Sealed,
) -> None:
    old = datetime(2020, 1, 1, tzinfo=UTC)
    report = full.check(_with(full, made_record(old, "paper", "documented")))
    assert not any("go back" in en for en in _said(report))


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
    assert verify.token_time(make_token(NOTE, at), NOTE) == at
    assert verify.token_time(make_token(NOTE, at), NOTE + b"x") is None


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
    assert verify.token_time(token, NOTE) is None


def test_what_stands_beside_the_time_of_a_token_is_not_taken_for_it() -> None:
    beside = IMPRINT + der(INTEGER, b"\x07") + der(MOMENT, b"20200101000000Z")
    assert verify.token_time(make_token(NOTE, AT, status=beside), NOTE) == AT


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
    said = verify.token_time(bytes(token[: data.draw(st.integers(0, 400))]), NOTE)
    assert said is None or isinstance(said, datetime)


@given(st.integers(0, 70))
@settings(max_examples=examples(30))
def test_the_roots_of_each_beginning_are_found_in_one_pass(size: int) -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(size)]
    roots = verify.roots_at(leaves, range(size + 1))
    assert roots == {n: verify.root_of(leaves[:n]) for n in range(size + 1)}


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
        assert verify.token_time(ask(timedelta(minutes=-9)), NOTE) is not None
