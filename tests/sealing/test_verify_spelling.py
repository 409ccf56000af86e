"""What a log says has one spelling: every checker, of any Python, reads the same."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.evidence.ledger.codec import decode
from changqing.evidence.ledger.items import BrokenEntryError
from changqing.evidence.ledger.note import BrokenNoteError, SignedCheckpoint
from changqing.sealing import verify
from changqing.sealing.bundle import pack
from tests.sealing.sealed_bundle import Sealed, broken
from tests.share import examples

TIMES = [
    "20261124T090000+0000",
    "2026-11-24T09:00:00Z",
    "2026-11-24 09:00:00+00:00",
    "2026-11-24T17:00:00+08:00",
    "2026-11-24T09:00+00:00",
    "2026-11-24T09:00:00.5+00:00",
    "2026-11-24T09:00:00.000000+00:00",
    "2026-11-24T09:00:00,000001+00:00",
    "2026-W48-2T09:00:00+00:00",
    "2026-11-24T09:00:00",
]
DAYS = ["20261124", "2026-W48-2", "2026-11-24T00:00:00", "2026-11-24 ", "2026-1-24"]


@given(st.datetimes(timezones=st.just(UTC)))
@settings(max_examples=examples(200))
def test_a_time_as_it_is_written_is_read(at: datetime) -> None:
    assert verify.read_time(at.isoformat()) == at


@given(st.dates())
@settings(max_examples=examples(100))
def test_a_day_as_it_is_written_is_read(day: date) -> None:
    assert verify.read_day(day.isoformat()) == day


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(-23, 23).filter(bool).map(lambda hours: timedelta(hours=hours)),
)
@settings(max_examples=examples(100))
def test_no_time_of_another_zone_is_read(at: datetime, shift: timedelta) -> None:
    try:
        shifted = at.astimezone(timezone(shift))
    except OverflowError:
        return
    with pytest.raises(ValueError, match=r"."):
        verify.read_time(shifted.isoformat())


RECORD: dict[str, Any] = {
    "type": "record",
    "fact": "cash_on_hand",
    "subject": "applicant:self",
    "value": {"number": 1},
    "source": {"kind": "form", "name": "case.yaml", "place": ""},
    "observer": "x",
    "grade": "declared",
    "digest": None,
    "observed_at": "2026-11-24T09:00:00+00:00",
    "received_at": "2026-11-24T09:00:00+00:00",
    "valid_until": None,
    "raw": None,
}


@pytest.mark.parametrize(
    "change",
    [
        *({"observed_at": time} for time in TIMES),
        *({"received_at": time} for time in TIMES),
        *({"valid_until": day} for day in DAYS),
        *({"value": {"date": day}} for day in DAYS),
    ],
    ids=str,
)
def test_program_and_verifier_refuse_the_same_spellings(change: dict[str, Any]) -> None:
    content = {**RECORD, **change}
    with pytest.raises((ValueError, TypeError)):
        verify.read_record(content, 1)
    with pytest.raises(BrokenEntryError):
        decode(content, 1)


@pytest.mark.parametrize("field", ["answered", "control_ok"])
def test_one_is_not_true_in_an_attempt(field: str) -> None:
    content = {
        "subject": "service:site", "url": "https://a.example/", "answered": True,
        "at": "2026-11-24T09:00:00+00:00", "control_ok": True,
    }  # fmt: skip
    assert verify.read_attempt(content, 1).answered is True
    with pytest.raises(TypeError):
        verify.read_attempt({**content, field: 1}, 1)


def _numbered_true(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "number": True} if entry["number"] == 1 else entry


def _spaced(entry: dict[str, Any]) -> dict[str, Any]:
    salt = entry["salt"]
    return {**entry, "salt": f"{salt[:2]} {salt[2:]}"}


def _upper(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "salt": entry["salt"].upper()}


@pytest.mark.share
@pytest.mark.parametrize("spell", [_numbered_true, _spaced, _upper])
def test_the_same_leaf_in_another_spelling_is_refused(spell: Any, full: Sealed) -> None:
    files = full.relogged(
        full.files(),
        lambda entries: None,
        lambda entry: verify.encode_canonical(spell(entry)),
    )
    report = full.check(files)
    assert broken(report) == ["log/entries.jsonl 证0001"]


@pytest.mark.long
@pytest.mark.parametrize("spelled", [str.upper, lambda text: f" {text}"])
def test_a_commitment_in_another_spelling_is_refused(
    spelled: Any, sealed: Sealed
) -> None:
    def write(entry: dict[str, Any]) -> bytes:
        if "rest" in entry:
            entry = {**entry, "rest": spelled(entry["rest"])}
        return verify.encode_canonical(entry)

    files = sealed.relogged(sealed.files(), lambda entries: None, write)
    assert broken(sealed.check(files))[0].startswith("log/entries.jsonl 证")


@pytest.mark.long
def test_a_log_made_anew_in_the_right_spelling_verifies(full: Sealed) -> None:
    report = full.check(full.relogged(full.files(), lambda entries: None))
    assert (report.code, report.damaged) == (0, [])


def test_a_time_in_another_spelling_is_damage_in_a_log(full: Sealed) -> None:
    def respell(entries: list[dict[str, Any]]) -> None:
        content = next(
            entry["content"]
            for entry in entries
            if entry["content"]["type"] == "record"
        )
        at = datetime.fromisoformat(content["received_at"])
        content["received_at"] = at.strftime("%Y%m%dT%H%M%S+0000")

    report = full.check(full.relogged(full.files(), respell))
    assert report.code == 4
    assert broken(report)[0].startswith("log/entries.jsonl 证")


def test_base64_with_bits_to_spare_is_refused(full: Sealed) -> None:
    files = full.files()
    proofs = files["log/proofs.txt"].decode()
    first = proofs.split()[0]
    assert first.endswith("=")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = letters[letters.index(first[-2]) ^ 1]
    files["log/proofs.txt"] = proofs.replace(first, f"{first[:-2]}{other}=", 1).encode()
    assert broken(full.check(full.resealed(files)))[0].startswith("log/")


def test_a_signature_with_bits_to_spare_is_refused_by_core_and_verifier(
    full: Sealed,
) -> None:
    note = full.files()["log/checkpoint"].decode()
    assert note.endswith("=\n")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    respelt = f"{note[:-3]}{letters[letters.index(note[-3]) ^ 1]}=\n"
    with pytest.raises(verify.DamageError):
        verify.read_note(respelt.encode(), "")
    with pytest.raises(BrokenNoteError):
        SignedCheckpoint.parse(respelt)


@pytest.mark.share
@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("field", ["as_of", "submit_on"])
def test_a_day_in_another_spelling_is_damage_in_what_is_given(
    field: str, day: str, full: Sealed
) -> None:
    given = json.loads(full.files()["given.json"])
    (given if field == "as_of" else given["application"])[field] = day
    files = {"given.json": json.dumps(given, ensure_ascii=False).encode()}
    with pytest.raises(ValueError, match=r"."):
        verify.read_given(verify.Bundle(io.BytesIO(pack(files))))
