"""Whatever is done to a bundle, the verifier fails and names the part."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import pytest

from changqing.evidence.ledger.note import make_key
from changqing.sealing import verify
from changqing.sealing.bundle import pack
from tests.sealing.sealed_bundle import Files, Sealed, broken, edited, withhold


def _parts(files: Files) -> list[str]:
    """Every file, of the originals a few."""
    originals = [name for name in files if name.startswith("objects/")]
    return [name for name in files if name not in originals[3:]]


def test_one_flipped_bit_in_any_file_is_named(sealed: Sealed) -> None:
    files = sealed.files()
    for name in _parts(files):
        content = files[name]
        flipped = bytearray(content)
        flipped[len(content) // 2] ^= 1
        report = sealed.check({**files, name: bytes(flipped)})
        assert report.code == 4
        assert any(name in part for part in broken(report)), name


def test_what_was_altered_is_not_counted_among_what_agrees(sealed: Sealed) -> None:
    files = sealed.files()
    name = "assessment.json"
    report = sealed.check({**files, name: files[name] + b" "})
    said = next(zh for zh, _ in report.checked if "摘要一致" in zh)
    listed, agree = (int(number) for number in re.findall(r"\d+", said))
    assert agree == listed - 1


def test_one_flipped_bit_anywhere_in_the_container_is_refused(sealed: Sealed) -> None:
    content = sealed.bundle.read_bytes()
    places = random.Random(1)  # noqa: S311 - the same places in every run
    ends = [0, 7, 14, 20, 26, 28, len(content) - 1, len(content) - 10]
    for at in [*ends, *(places.randrange(len(content)) for _ in range(40))]:
        flipped = bytearray(content)
        flipped[at] ^= 1 << places.randrange(8)
        assert sealed.check_bytes(bytes(flipped)).code == 4, at


def test_a_removed_file_is_named(sealed: Sealed) -> None:
    files = sealed.files()
    for name in _parts(files):
        report = sealed.check({file: files[file] for file in files if file != name})
        assert broken(report) == [name]


def test_an_added_file_is_named(sealed: Sealed) -> None:
    report = sealed.check({**sealed.files(), "objects/extra": b"more"})
    assert broken(report) == ["objects/extra"]


def test_files_out_of_order_or_doubled_are_refused(sealed: Sealed) -> None:
    files = sorted(sealed.files().items())
    for listed in ([files[1], files[0], *files[2:]], [files[0], *files]):
        report = sealed.check_bytes(_packed(listed))
        assert broken(report) == ["bundle.zip"]
        assert "out of order" in report.damaged[0][1][1]


def _packed(listed: list[tuple[str, bytes]]) -> bytes:
    """As `packed`, in the order given."""
    import zlib

    body, directory = b"", b""
    for name, content in listed:
        size, crc = len(content), zlib.crc32(content)
        directory += verify.make_central_header(name, size, crc, len(body))
        body += verify.make_local_header(name, size, crc) + content
    return (
        body
        + directory
        + verify.make_end_record(len(listed), len(directory), len(body))
    )


def test_something_hidden_between_files_is_refused(sealed: Sealed) -> None:
    content = sealed.bundle.read_bytes()
    assert broken(sealed.check_bytes(content + b"x")) == ["bundle.zip"]
    assert broken(sealed.check_bytes(b"x" + content)) == ["bundle.zip"]


def _entries(files: Files) -> list[bytes]:
    return files["log/entries.jsonl"].splitlines(keepends=True)


def _turned(lines: list[bytes]) -> list[bytes]:
    """The lines with the first TRUE among them turned."""
    at = next(i for i, line in enumerate(lines) if b'"boolean":true' in line)
    turned = lines[at].replace(b'"boolean":true', b'"boolean":false')
    return [*lines[:at], turned, *lines[at + 1 :]]


@pytest.mark.share
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda lines: lines[:-1], "log/entries.jsonl"),
        (lambda lines: lines[1:], "证0001"),
        (lambda lines: [*lines, lines[-1]], "log/entries.jsonl 证"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "证0001"),
        (_turned, "log/entries.jsonl 证"),
    ],
    ids=["last one lost", "first one lost", "doubled", "swapped", "altered"],
)
def test_a_sealer_who_edits_the_log_is_found_out(
    full: Sealed, change: Any, named: str
) -> None:
    files = full.files()
    files["log/entries.jsonl"] = b"".join(change(_entries(files)))
    report = full.check(full.resealed(files))
    assert report.code == 4
    assert any(named in part for part in broken(report)), broken(report)


def test_a_sealer_who_swaps_two_originals_is_found_out(sealed: Sealed) -> None:
    files = sealed.files()
    originals = [
        name
        for name in sorted(files)
        if name.startswith("objects/") and not files[name].startswith(b'{"form"')
    ]  # a reading put in another's place is named a second time: it is malformed
    one, other = originals[:2]
    files[one], files[other] = files[other], files[one]
    assert broken(sealed.check(sealed.resealed(files))) == [one, other]


def test_a_sealer_who_leaves_out_an_original_is_found_out(sealed: Sealed) -> None:
    files = sealed.files()
    name = next(file for file in sorted(files) if file.startswith("objects/"))
    del files[name]
    assert broken(sealed.check(sealed.resealed(files))) == [name]


def test_a_sealer_who_edits_a_verdict_is_found_out(full: Sealed) -> None:
    def soften(data: Any) -> None:
        found = next(each for each in data["findings"] if each["verdict"] == "unmet")
        found.update(verdict="met", claimed=True, proven=True)
        changed.append(f"assessment.json {found['criterion']}")

    changed: list[str] = []
    files = full.files()
    files["assessment.json"] = edited(files["assessment.json"], soften)
    report = full.check(full.resealed(files))
    assert report.code == 4
    assert broken(report)[0].startswith(changed[0])


def test_a_sealer_who_drops_or_doubles_a_verdict_is_found_out(full: Sealed) -> None:
    files = full.files()
    for change in (
        lambda data: data["findings"].pop(),
        lambda data: data["findings"].append(data["findings"][0]),
    ):
        told = {**files, "assessment.json": edited(files["assessment.json"], change)}
        report = full.check(full.resealed(told))
        assert broken(report)[0].startswith("assessment.json")


def test_a_sealer_who_edits_a_sentence_is_found_out(full: Sealed) -> None:
    files = full.files()
    files["assessment.json"] = edited(
        files["assessment.json"], lambda data: data.update(readiness="not_ready")
    )
    assert set(broken(full.check(full.resealed(files)))) == {"assessment.json"}


def test_a_sealer_who_drops_a_person_is_found_out(full: Sealed) -> None:
    files = full.files()
    files["given.json"] = edited(
        files["given.json"],
        lambda data: data["subjects"].remove(
            next(e for e in data["subjects"] if e["id"] == "person:meng")
        ),
    )
    assert broken(full.check(full.resealed(files))) == ["given.json person:meng"]


def test_an_edited_rule_is_named(full: Sealed) -> None:
    files = full.files()
    files["rules/person.sql"] = files["rules/person.sql"].replace(b"NOT", b"   ", 1)
    assert broken(full.check(files)) == ["rules/person.sql"]


def test_a_rule_softened_and_sealed_afresh_is_unknown(full: Sealed) -> None:
    def soften(data: Any) -> None:
        for each in data.values():
            if each["standing"] == "condition":
                each["standing"] = "practice"

    files = full.files()
    files["rules/criteria.json"] = edited(files["rules/criteria.json"], soften)
    files["assessment.json"] = edited(
        files["assessment.json"],
        lambda data: data.update(
            readiness=verify.decide_sentences(
                data["findings"], json.loads(files["rules/criteria.json"])
            )[0]
        ),
    )
    report = full.check(full.resealed(files))
    assert ["unknown rules" in each for _, each in report.unchecked] == [True]
    # Nor does the undertaking bind them: whoever softens must make a new one.
    assert broken(report) == ["bound.json"]


def test_another_signer_is_unknown(full: Sealed) -> None:
    report = full.check(full.resealed(full.files(), make_key()))
    assert report.code == 1
    assert ["unknown signer" in each for _, each in report.unchecked] == [True]


def test_a_forged_verifier_is_named(full: Sealed) -> None:
    files = full.files()
    files["verify.py"] = b"print('verified')\n"
    assert broken(full.check(files)) == ["verify.py"]
    report = full.check(full.resealed(files))
    assert report.code == 1
    assert "verify.py" in report.unchecked[0][1]


def test_a_manifest_of_another_key_under_the_same_name_is_refused(
    full: Sealed,
) -> None:
    files = full.files()
    theirs = full.resealed(files, make_key())[verify.MANIFEST].decode()
    ours = files[verify.MANIFEST].decode()
    files[verify.MANIFEST] = (
        ours.rpartition("\n\n")[0] + "\n\n" + theirs.rpartition("\n\n")[2]
    ).encode()
    assert broken(full.check(files)) == [verify.MANIFEST]


def test_hiding_an_entry_without_saying_so_is_found_out(full: Sealed) -> None:
    files = full.files()
    lines = _entries(files)
    lines[2] = verify.encode_canonical(withhold(json.loads(lines[2]))) + b"\n"
    files["log/entries.jsonl"] = b"".join(lines)
    assert broken(full.check(full.resealed(files))) == ["withheld.json"]


def test_a_checkpoint_of_another_log_is_refused(full: Sealed) -> None:
    files = full.files()
    origin = files["log/checkpoint"].decode().split("\n")[0]
    files["log/checkpoint"] = files["log/checkpoint"].replace(
        origin.encode(), origin.encode()[::-1]
    )
    rest = {**full.resealed(full.files()), "log/checkpoint": files["log/checkpoint"]}
    assert broken(full.check(rest)) == ["log/checkpoint"]
    signed = full.key.sign(f"{origin}\n1\n{'A' * 43}=\n", origin).encode()
    told = full.resealed({**full.files(), "log/checkpoint": signed})
    assert broken(full.check(told))[0] == "log/entries.jsonl 证0001"


def test_a_bundle_that_is_left_alone_verifies(full: Sealed) -> None:
    report = full.check(full.files())
    assert (report.code, report.damaged, report.unchecked) == (0, [], [])
    assert pack(full.files()) == full.bundle.read_bytes()
