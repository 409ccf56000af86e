"""Two bundles of one case tell one history, or show that somebody told two."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.evidence.ledger.merkle import hash_leaf
from changqing.evidence.ledger.note import make_key
from changqing.sealing import verify
from changqing.sealing.bundle import pack
from tests.sealing.made_entry import AT, made_record
from tests.sealing.sealed_bundle import (
    Files,
    Sealed,
    changqing,
    entry_of,
    verified,
)
from tests.share import examples


def _log(sealed: Sealed, files: Files) -> verify.Log:
    content = io.BytesIO(pack(files))
    checked = verify.check_bundle(content, sealed.signers(), sealed.rules())
    assert checked.report.damaged == []
    assert checked.log is not None
    return checked.log


def _grown(full: Sealed, *notes: str) -> Files:
    """The bundle with some more records at the end of its log."""

    def add(entries: list[dict[str, Any]]) -> None:
        entries += [entry_of({**made_record(AT), "raw": note}) for note in notes]

    return full.relogged(full.files(), add)


def _written(folder: Path, *bundles: Files) -> list[Path]:
    paths = [folder / f"{name}.zip" for name, _ in zip("ab", bundles, strict=False)]
    for path, files in zip(paths, bundles, strict=True):
        path.write_bytes(pack(files))
    return paths


def test_a_bundle_and_a_later_one_of_the_same_log_agree(full: Sealed) -> None:
    one, other = _log(full, full.files()), _log(full, _grown(full, "later"))
    for pair in ((one, other), (other, one)):
        code, said = verify.compare_logs(*pair)
        assert code == 0
        assert f"the first {one.size} entries are the same, one has 1 more" in said[1]
    code, said = verify.compare_logs(one, one)
    assert (code, "more" in said[1]) == (0, False)


@pytest.mark.long
def test_two_histories_under_one_key_are_named(full: Sealed) -> None:
    one, other = (_log(full, _grown(full, *w)) for w in (["x"], ["y", "z"]))
    for pair in ((one, other), (other, one)):
        code, said = verify.compare_logs(*pair)
        assert code == 4
        assert f"from no. {one.size:04d} on" in " ".join(said[1].split())


@pytest.mark.long
def test_two_histories_under_different_keys_are_one_of_a_stranger(
    full: Sealed,
) -> None:
    stranger = Sealed(case=full.case, bundle=full.bundle, key=make_key())
    files = _grown(stranger, "forged")
    code, said = verify.compare_logs(
        _log(full, _grown(full, "x")), _log(stranger, files)
    )
    assert code == verify.UNSURE
    assert "under different keys" in said[1]


def test_two_different_logs_are_not_compared(full: Sealed) -> None:
    log = _log(full, full.files())
    code, said = verify.compare_logs(log, log._replace(origin="changqing/case/x"))
    assert code == verify.UNSURE
    assert "two different logs" in said[1]


@pytest.fixture(scope="module")
def log(full: Sealed) -> verify.Log:
    return _log(full, full.files())


def _made_log(log: verify.Log, leaves: list[int]) -> verify.Log:
    hashed = [hash_leaf(bytes([leaf])) for leaf in leaves]
    return log._replace(leaves=hashed, size=len(hashed))


LEAVES = st.lists(st.integers(0, 1), max_size=12)


@given(one=LEAVES, other=LEAVES)
@settings(max_examples=examples(200))
def test_any_two_logs_agree_exactly_where_one_begins_the_other(
    log: verify.Log, one: list[int], other: list[int]
) -> None:
    size = min(len(one), len(other))
    code, _ = verify.compare_logs(_made_log(log, one), _made_log(log, other))
    assert code == (0 if one[:size] == other[:size] else 4)


@pytest.mark.long
def test_a_rotated_key_is_the_key_it_took_over_from(full: Sealed) -> None:
    one, other = (_log(full, _grown(full, note)) for note in "xy")
    new = verify.Key("x", b"n" * 32)
    rotated = other._replace(signer=new, before={new.public: one.signer.public})
    assert verify.compare_logs(one, rotated)[0] == 4


@pytest.mark.long
def test_the_verifier_compares_two_files(full: Sealed, tmp_path: Path) -> None:
    one, later = _written(tmp_path, full.files(), _grown(full, "later"))
    done = verified(one, later, "--lang", "en")
    assert (done.returncode, done.stderr) == (1, "")
    assert "a.zip\n" in done.stdout
    assert "b.zip\n" in done.stdout
    assert "✓ the two bundles have one log" in done.stdout


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_line_finds_a_split_view(
    language: str, full: Sealed, tmp_path: Path
) -> None:
    one, other = _written(tmp_path, _grown(full, "x"), _grown(full, "y"))
    keys = [part for key in full.signers() for part in ("--key", key)]
    done = changqing(
        "verify", one, other, *keys, "--lang", language, config=tmp_path
    )  # fmt: skip
    assert done.returncode == 4
    told = {
        "zh": "同一把钥匙给同一份日志签了两种历史",
        "en": "one key signed two histories",
    }
    assert told[language] in done.stdout
    assert done.stdout.rstrip().endswith(verify.RESULTS[4][int(language == "en")])


def test_two_logs_of_one_company_are_told_from_those_of_two(
    full: Sealed, log: verify.Log
) -> None:
    stream = io.BytesIO(full.bundle.read_bytes())
    one = verify.check_bundle(stream, frozenset(), {})
    assert one.given is not None
    anew = one._replace(log=log._replace(origin="changqing/case/x"))
    renamed = anew._replace(given=one.given._replace(name="x"))
    for other in (anew, renamed):
        compared = verify.compare_bundles(one, other)
        assert compared is not None
        assert compared[0] == verify.UNSURE
        assert "two different logs of one company" in compared[1][1]
    stranger = one.given._replace(name="x", credit_code=None)
    compared = verify.compare_bundles(one, anew._replace(given=stranger))
    assert compared is not None
    assert "have two different logs" in compared[1][1]


def test_a_damaged_bundle_is_named_and_not_compared(
    full: Sealed, tmp_path: Path
) -> None:
    files = full.files()
    broken = {**files, "given.json": files["given.json"] + b" "}
    one, other = _written(tmp_path, files, broken)
    done = verified(one, other, "--lang", "en")
    assert done.returncode == 4
    assert "given.json: it was altered" in done.stdout
    assert "the two bundles" not in done.stdout


@pytest.mark.long
def test_no_second_bundle_is_wrong_usage(full: Sealed, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"x")
    assert verified(full.bundle, tmp_path / "x.zip").returncode == 2
    assert verified(full.bundle, tmp_path / "none.zip").returncode == 2
    assert verified(full.bundle, full.bundle, full.bundle).returncode == 2


def test_how_rules_differ_from_those_installed_is_noted_before_what_holds(
    full: Sealed, tmp_path: Path
) -> None:
    files = full.files()
    softer = files["rules/criteria.json"].replace(b'"practice"', b'"duty"', 1)
    assert softer != files["rules/criteria.json"]
    (path,) = _written(
        tmp_path,
        full.relogged({**files, "rules/criteria.json": softer}, lambda _: None),
    )
    done = changqing("verify", path, "--lang", "en", config=tmp_path)
    assert done.returncode == 1, done.stdout
    lines = done.stdout.splitlines()
    noted = next(n for n, line in enumerate(lines) if "catalogue here compiles" in line)
    assert lines.index("Note") < noted < lines.index("Checked")
    assert lines[-1] == verify.RESULTS[1][1]
