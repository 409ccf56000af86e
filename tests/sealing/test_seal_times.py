"""Tokens of time, keys that name their successors, and documents in a bundle."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from changqing.evidence.ledger.note import make_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.law.compiled import load_compiled
from changqing.sealing import bundle as sealing_bundle
from changqing.sealing import verify
from changqing.sealing.bundle import pack
from changqing.sealing.judged import encode_assessment
from changqing.sealing.rules import make_rule_files
from changqing.sealing.times import make_witness, read_authorities
from tests.sealing.sealed_bundle import (
    Sealed,
    broken,
    changqing,
    unpacked,
    verified,
)
from tests.sealing.time_authority import Authority, make_authority, serving


@pytest.fixture(scope="module", autouse=True)
def clock_of_the_machine() -> Iterator[None]:
    """Let commands go by the clock that the authority goes by."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("changqing.cli.shared.datetime", datetime)
        yield


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    now = datetime.now(UTC)
    day = timedelta(days=1)
    return make_authority(tmp_path_factory.mktemp("tsa") / "a", now - day, now + day)


@pytest.fixture(scope="module")
def stamped(
    full: Sealed,
    desk: Path,
    authority: Authority,
    tmp_path_factory: pytest.TempPathFactory,
) -> Sealed:
    folder = tmp_path_factory.mktemp("stamped")
    shutil.copytree(full.case, folder / "case")
    with serving(authority) as url:
        done = changqing(
            "seal", folder / "case", "-o", folder / "b.zip", "--full",
            "--time-authority", url, config=desk / "config",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Sealed(case=folder / "case", bundle=folder / "b.zip", key=full.key)


def _judged(bundle: bytes, of: Sealed, authority: Authority | None) -> verify.Report:
    roots = (
        []
        if authority is None
        else read_authorities(authority.root.read_bytes(), "root.pem")
    )
    report, _ = verify.check(
        io.BytesIO(bundle), of.signers(), of.rules(), make_witness(roots)
    )
    return report


def test_a_token_of_a_known_authority_is_a_witness(
    stamped: Sealed, authority: Authority
) -> None:
    report = _judged(stamped.bundle.read_bytes(), stamped, authority)
    assert (report.code, report.unchecked) == (0, [])
    assert any("outside witness of time: CN=Time" in en for _, en in report.checked)
    assert not any("no outside witness" in en for _, en in report.notes)


def test_an_unknown_authority_is_named(stamped: Sealed) -> None:
    report = _judged(stamped.bundle.read_bytes(), stamped, None)
    assert report.code == 1
    assert [("CN=Time" in en, "is unknown" in en) for _, en in report.unchecked] == [
        (True, True)
    ]


@pytest.mark.long
def test_the_verifier_alone_says_that_it_cannot_check_a_token(stamped: Sealed) -> None:
    done = verified(stamped.bundle, "--lang", "en")
    assert done.returncode == 1
    assert "the standard library alone cannot check the authority's signature" in (
        done.stdout
    )


@pytest.mark.long
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_token_whose_signature_fails_is_tampered_with_whoever_issued_it(
    known: bool, stamped: Sealed, authority: Authority
) -> None:
    files = stamped.files()
    token = files["times/0001.tsr"]
    at = verify.read_token_time(token, files["times/0001.checkpoint"])
    assert at is not None
    said = f"{at:%Y%m%d%H%M%S}".encode()
    for forged in (
        token.replace(said, f"{at + timedelta(days=300):%Y%m%d%H%M%S}".encode()),
        token[:-1] + bytes([token[-1] ^ 1]),
    ):
        assert forged != token
        files["times/0001.tsr"] = forged
        content = pack(stamped.resealed(files))
        report = _judged(content, stamped, authority if known else None)
        assert report.code == 4
        assert broken(report) == ["times"]


def test_a_record_that_says_it_is_younger_than_its_token_is_named(
    stamped: Sealed,
) -> None:
    files = stamped.files()
    token, note = files["times/0001.tsr"], files["times/0001.checkpoint"]
    at = verify.read_token_time(token, note)
    assert at is not None
    earlier = f"{at - timedelta(days=400):%Y%m%d%H%M%S}".encode()
    files["times/0001.tsr"] = token.replace(f"{at:%Y%m%d%H%M%S}".encode(), earlier)
    report = stamped.check(stamped.resealed(files))
    assert report.code == 4
    assert broken(report)[0].startswith("log/entries.jsonl 证")
    assert "covers it already" in report.damaged[0][1][1]


def test_a_token_of_another_authority_under_a_known_name_is_not_believed(
    stamped: Sealed, tmp_path: Path
) -> None:
    now, day = datetime.now(UTC), timedelta(days=1)
    other = make_authority(tmp_path / "other", now - day, now + day)
    report = _judged(stamped.bundle.read_bytes(), stamped, other)
    assert report.code == 1
    assert "is unknown" in report.unchecked[0][1]


@pytest.mark.long
def test_a_log_made_again_overnight_does_not_fit_its_old_token(
    stamped: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(stamped.case, case)
    shutil.rmtree(case / "evidence")
    done = changqing(
        "seal", case, "-o", tmp_path / "b.zip", "--full", config=desk / "config"
    )
    assert done.returncode == 0, done.stderr
    files, old = unpacked((tmp_path / "b.zip").read_bytes()), stamped.files()
    times = {name: old[name] for name in old if name.startswith("times/")}
    report = stamped.check(stamped.resealed({**files, **times}))
    assert report.code == 4
    assert broken(report)[0].startswith("times/0001")


@pytest.mark.long
def test_rules_softened_and_everything_made_again_are_unknown_rules(
    stamped: Sealed, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder of the key softens a rule, and makes log, verdicts and bundle anew."""
    judged = encode_assessment
    softened = dict(make_rule_files(load_compiled()))
    criteria = json.loads(softened["rules/criteria.json"])
    for criterion in criteria.values():
        criterion["standing"] = "practice"
    softened["rules/criteria.json"] = json.dumps(criteria).encode()

    def told(*given: Any) -> dict[str, Any]:
        data = judged(*given)
        findings = cast("list[verify.StatedFinding]", data["findings"])
        readiness, state, route = verify.decide_sentences(findings, criteria)
        long_term = {"state": state, "route": route}
        return {**data, "readiness": readiness, "long_term": long_term}

    monkeypatch.setattr(sealing_bundle, "make_rule_files", lambda _: softened)
    monkeypatch.setattr(sealing_bundle, "encode_assessment", told)
    case = tmp_path / "case"
    shutil.copytree(stamped.case, case)
    shutil.rmtree(case / "evidence")
    done = changqing(
        "seal", case, "-o", tmp_path / "b.zip", "--full", config=desk / "config"
    )
    assert done.returncode == 0, done.stderr
    files, old = unpacked((tmp_path / "b.zip").read_bytes()), stamped.files()
    report = stamped.check(files)
    assert (report.code, report.damaged) == (1, [])
    assert ["unknown rules" in en for _, en in report.unchecked] == [True]
    times = {name: old[name] for name in old if name.startswith("times/")}
    report = stamped.check(stamped.resealed({**files, **times}))
    assert report.code == 4
    assert broken(report)[0].startswith("times/0001")


def test_two_entries_that_changed_places_with_their_salts_are_found_out(
    full: Sealed,
) -> None:
    files = full.files()
    lines = [json.loads(line) for line in files["log/entries.jsonl"].splitlines()]
    lines[4], lines[5] = lines[5], lines[4]
    lines[4]["number"], lines[5]["number"] = 5, 6
    proofs = files["log/proofs.txt"].split(b"\n")
    proofs[4], proofs[5] = proofs[5], proofs[4]
    files["log/entries.jsonl"] = b"".join(
        verify.encode_canonical(e) + b"\n" for e in lines
    )
    for told in (files["log/proofs.txt"], b"\n".join(proofs)):
        report = full.check(full.resealed({**files, "log/proofs.txt": told}))
        assert broken(report)[:2] == [f"log/entries.jsonl 证000{n}" for n in (5, 6)]


@pytest.mark.parametrize("part", ["times/0001.tsr", "times/0001.checkpoint"])
def test_a_flipped_bit_in_a_token_is_found_out(
    part: str, stamped: Sealed, authority: Authority
) -> None:
    files = stamped.files()
    flipped = bytearray(files[part])
    flipped[-20] ^= 1
    files[part] = bytes(flipped)
    content = pack(stamped.resealed(files))
    report = _judged(content, stamped, authority)
    assert report.code == 4
    assert broken(report)[0].startswith("times")


def test_an_authority_that_answers_nonsense_leaves_no_bundle(
    full: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(full.case, case)

    class Nonsense(Authority):
        def answer(self, query: bytes) -> bytes:
            return b"nonsense"

    with serving(Nonsense(folder=tmp_path)) as url:
        done = changqing(
            "seal", case, "-o", tmp_path / "b.zip", "--time-authority", url,
            config=desk / "config",
        )  # fmt: skip
    assert done.returncode in (2, 3)
    assert "gave no usable time token" in done.stderr
    assert not (tmp_path / "b.zip").exists()
    assert Evidence(case).verify() is not None


@pytest.mark.long
def test_three_rotations_lead_back_to_the_first_key(
    full: Sealed, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(full.case, case)
    shutil.rmtree(case / "evidence")
    done = changqing("seal", case, "-o", tmp_path / "b.zip", "--full", config=tmp_path)
    first = next(
        line.rpartition(" ")[2]
        for line in done.stdout.splitlines()
        if line.startswith("Signer")
    )
    for _ in range(3):
        assert changqing("rotate-key", config=tmp_path).returncode == 0
    done = changqing("seal", case, "-o", tmp_path / "b.zip", "--full", config=tmp_path)
    assert done.returncode == 0, done.stderr
    (case / "documents" / "new.txt").write_text("x", encoding="utf-8")
    files = unpacked((tmp_path / "b.zip").read_bytes())
    assert len([name for name in files if name.startswith("log/rotations/")]) == 3
    report, _ = verify.check(
        io.BytesIO((tmp_path / "b.zip").read_bytes()), frozenset({first}), full.rules()
    )
    assert (report.code, report.unchecked) == (0, [])
    assert any("one key signing for the next" in en for _, en in report.checked)


def test_a_rotation_that_the_old_key_did_not_sign_is_refused(
    full: Sealed,
) -> None:
    from changqing.evidence.ledger.note import sign_rotation

    mallory, files = make_key(), full.files()
    note = sign_rotation(full.key, mallory)
    forged = sign_rotation(make_key(), mallory)
    body, _, _ = note.rpartition("\n\n")
    _, _, tail = forged.rpartition("\n\n")
    files["log/rotations/0001"] = f"{body}\n\n{tail}".encode()
    report = full.check(full.resealed(files, mallory))
    assert broken(report) == ["log/rotations/0001"]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "承诺书.md").write_text("我公司承诺依法经营。", encoding="utf-8")
    (folder / "团队.md").write_text("号码11010519491231002X。", encoding="utf-8")
    with zipfile.ZipFile(folder / "团队.docx", "w") as made:
        made.writestr("word/document.xml", "<w:t>11010519491231002X</w:t>")
    return folder


@pytest.mark.long
def test_documents_are_logged_and_those_that_print_numbers_are_masked(
    sealed: Sealed, papers: Path, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(sealed.case, case)
    bundle = tmp_path / "b.zip"
    done = changqing(
        "seal", case, "-o", bundle, "--documents", papers, config=desk / "config"
    )
    assert done.returncode == 0, done.stderr
    files = unpacked(bundle.read_bytes())
    assert all(b"11010519491231002X" not in data for data in files.values())
    kept = sorted(name for name in files if name.startswith("documents/"))
    masked = [name for name in kept if name.startswith("documents/masked-")]
    assert (len(kept), len(masked)) == (3, 2)
    told = json.loads(files["withheld.json"])["documents"]
    assert {each["name"] for each in told} == {"团队.md", "团队.docx"}
    report = sealed.check(files)
    assert report.code == 1, report.damaged
    again = changqing("seal", case, "--digest", config=desk / "config")
    bound = json.loads(files["bound.json"])["digest"]
    assert again.stdout.strip() == bound
    for name in kept:
        lost = {file: files[file] for file in files if file != name}
        code = sealed.check(sealed.resealed(lost)).code
        assert code == (4 if name in masked else 1)
        other = {**files, name: files[name] + b"x"}
        if name not in masked:
            assert sealed.check(sealed.resealed(other)).code == 4


def test_what_is_given_is_in_the_log(full: Sealed) -> None:
    files = full.files()
    given = json.loads(files["given.json"])
    given["open"]["claimed"] = ["people"]
    files["given.json"] = json.dumps(given, ensure_ascii=False).encode()
    assert "given.json" in broken(full.check(full.resealed(files)))


def test_the_digest_of_an_undertaking_is_computed_again(full: Sealed) -> None:
    files = full.files()
    bound = json.loads(files["bound.json"])
    bound["size"] -= 1
    files["bound.json"] = json.dumps(bound).encode()
    assert broken(full.check(full.resealed(files))) == ["bound.json"]


@pytest.mark.long
def test_the_undertaking_prints_the_digest_that_the_bundle_has(
    sealed: Sealed, desk: Path, tmp_path: Path
) -> None:
    case, out = tmp_path / "case", tmp_path / "case" / "dossier" / "out"
    shutil.copytree(sealed.case, case)
    config = desk / "config"
    done = changqing(
        "dossier", case, "--out", out, "--only", "undertaking", "--digest",
        config=config,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (word,) = out.glob("clean/*.docx")
    with zipfile.ZipFile(word) as opened:
        printed = opened.read("word/document.xml").decode()
    done = changqing("seal", case, "-o", tmp_path / "b.zip", config=config)
    assert done.returncode == 0, done.stderr
    files = unpacked((tmp_path / "b.zip").read_bytes())
    bound = json.loads(files["bound.json"])["digest"]
    assert bound in re.sub("<[^>]*>", "", printed)
    assert any(name.endswith(".docx") for name in files)
