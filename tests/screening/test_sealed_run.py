"""A run sealed into one file: whoever has it screens again and finds the same."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from changqing.errors import CaseError
from changqing.evidence.ledger.note import SigningKey
from changqing.screening.layout import write_register
from changqing.screening.make import RegisterMaker
from changqing.screening.screen import ScreenJob, ScreenRun, run_in_process, screen
from changqing.screening.sealed_run import seal_run, verify_run
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
KEY, OTHER_KEY = SigningKey(bytes(range(32))), SigningKey(bytes(range(1, 33)))
CASES = 8


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> ScreenRun:
    folder = tmp_path_factory.mktemp("made")
    with write_register(folder / "register", CATALOGUE, cases=5_000) as writer:
        list(RegisterMaker(CATALOGUE, seed=5, as_of=AS_OF).make_all(CASES, writer))
    job = ScreenJob(register=folder / "register", out=folder / "run", as_of=AS_OF)
    return screen(job, map_buckets=run_in_process)


def read_parts(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def write_parts(bundle: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(bundle, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def sign_again(parts: dict[str, bytes], **told: object) -> None:
    """Sign what was changed, as somebody does who has a key, but not the sealer's."""
    seal = {**json.loads(parts["seal.json"]), **told}
    seal["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in parts.items()
        if not name.startswith("seal.")
    }
    seal["signer"] = str(OTHER_KEY.make_verifier("changqing-screening"))
    body = json.dumps(seal) + "\n"
    parts["seal.json"] = body.encode()
    signed = OTHER_KEY.sign(body, "changqing-screening")
    parts["seal.sig"] = signed[len(body) + 1 :].encode()


@pytest.mark.long
def test_the_whole_of_a_run_is_screened_again_and_the_same(
    run: ScreenRun, tmp_path: Path
) -> None:
    bundle = tmp_path / "run.zip"
    assert seal_run(run, bundle, CATALOGUE, size=None, seed=1, key=KEY) == CASES
    told = verify_run(bundle, CATALOGUE, law=None)
    assert (told.cases, told.cases_of_run, told.seed) == (CASES, CASES, None)
    assert told.differing == ()
    assert told.signer == str(KEY.make_verifier("changqing-screening"))
    with pytest.raises(CaseError, match="there already"):
        seal_run(run, bundle, CATALOGUE, size=None, seed=1, key=KEY)


@pytest.mark.long
def test_a_sample_is_the_same_for_its_seed_and_holds_nobody_else(
    run: ScreenRun, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    for bundle in (one, other):
        assert seal_run(run, bundle, CATALOGUE, size=3, seed=9, key=KEY) == 3
    assert one.read_bytes() == other.read_bytes()
    told = verify_run(one, CATALOGUE, law=None)
    assert (told.cases, told.cases_of_run, told.seed) == (3, CASES, 9)
    assert told.differing == ()
    parts = read_parts(one)
    drawn = {*pl.read_parquet(BytesIO(parts["results/sentences.parquet"]))["case"]}
    for name, content in parts.items():
        if name.endswith(".parquet"):
            assert {*pl.read_parquet(BytesIO(content))["case"]} <= drawn


@pytest.mark.long
def test_a_result_that_was_changed_and_signed_again_is_found_by_its_case(
    run: ScreenRun, tmp_path: Path
) -> None:
    bundle = tmp_path / "run.zip"
    seal_run(run, bundle, CATALOGUE, size=None, seed=1, key=KEY)
    parts = read_parts(bundle)
    name = "results/sentences.parquet"
    frame = pl.read_parquet(BytesIO(parts[name])).sort("case")
    changed = frame["case"][0]
    out = BytesIO()
    frame.with_columns(
        pl.when(pl.col("case") == changed)
        .then(pl.lit("nobody"))
        .otherwise("long_term")
        .alias("long_term")
    ).write_parquet(out)
    parts[name] = out.getvalue()
    write_parts(bundle, parts)
    with pytest.raises(CaseError, match="was changed"):
        verify_run(bundle, CATALOGUE, law=None)
    sign_again(parts)
    write_parts(bundle, parts)
    told = verify_run(bundle, CATALOGUE, law=None)
    assert told.differing == (changed,)


@pytest.mark.long
def test_what_was_not_compared_does_not_pass_for_verified(
    run: ScreenRun, tmp_path: Path
) -> None:
    bundle, changed = tmp_path / "run.zip", tmp_path / "changed.zip"
    seal_run(run, bundle, CATALOGUE, size=2, seed=1, key=KEY)
    for more, told in (
        ({"results/penalties.parquet": b"x"}, {}),
        ({"results/verdicts/nobody.parquet": b"x"}, {}),
        ({}, {"edition": "2099-01-01"}),
    ):
        parts = {**read_parts(bundle), **more}
        sign_again(parts, **told)
        write_parts(changed, parts)
        with pytest.raises(CaseError, match="was changed"):
            verify_run(changed, CATALOGUE, law=None)
    parts = read_parts(bundle) | {"results/reasons.parquet": b"no table"}
    sign_again(parts)
    write_parts(changed, parts)
    assert len(verify_run(changed, CATALOGUE, law=None).differing) == 2


@pytest.mark.long
def test_a_file_that_is_no_sealed_run_is_told(run: ScreenRun, tmp_path: Path) -> None:
    bundle = tmp_path / "run.zip"
    for parts in ({}, {"../out.json": b"{}"}, {"seal.json": b"{}"}):
        write_parts(bundle, parts)
        with pytest.raises(CaseError, match="damaged"):
            verify_run(bundle, CATALOGUE, law=None)
    bundle.write_bytes(b"PK")
    with pytest.raises(CaseError, match="damaged"):
        verify_run(bundle, CATALOGUE, law=None)
    assert not (tmp_path.parent / "out.json").exists()


@pytest.mark.long
def test_a_register_that_is_another_by_now_is_not_sealed(tmp_path: Path) -> None:
    register = tmp_path / "register"
    maker = RegisterMaker(CATALOGUE, seed=5, as_of=AS_OF)
    with write_register(register, CATALOGUE, cases=1) as writer:
        writer.add([maker.make(1)])
    job = ScreenJob(register=register, out=tmp_path / "run", as_of=AS_OF)
    done = screen(job, map_buckets=run_in_process)
    with write_register(register, CATALOGUE, cases=1) as writer:
        writer.add([maker.make(2)])
    with pytest.raises(CaseError, match="no longer"):
        seal_run(done, tmp_path / "run.zip", CATALOGUE, size=None, seed=1, key=KEY)
