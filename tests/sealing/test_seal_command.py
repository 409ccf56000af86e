"""How a bundle comes to be, whatever happens meanwhile, and how it is checked."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path

import pytest

from changqing.disk import Disk
from changqing.errors import CaseError
from changqing.evidence.ledger.note import make_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.sealing import bundle as sealing_bundle
from tests.sealing.sealed_bundle import (
    Sealed,
    changqing,
    copied,
    unpacked,
    verified,
)


def test_the_verifier_alone_checks_a_bundle(full: Sealed) -> None:
    keys = [part for key in full.signers() for part in ("--key", key)]
    (rules,) = full.rules()
    done = verified(full.bundle, *keys, "--rules", rules, "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Could not be checked" not in done.stdout
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Key: ")
    assert lines[1:3] == [
        "Case: “杭州初棠信息科技有限公司”, 91330109MA0EXAM1YG",
        "Applies for: B25, within one province, region 33, first application",
    ]
    sentences = next(line for line in lines if line.startswith("readiness"))
    assert sentences == "readiness: ready; long-term capability: in doubt"
    assert done.stdout.endswith("Verified.\n")


def test_without_keys_it_says_what_it_cannot_know(sealed: Sealed) -> None:
    done = verified(sealed.bundle)
    assert done.returncode == 1
    for words in ("不认识的签名者", "隐去的", "没有外来的时间见证"):
        assert words in done.stdout


@pytest.mark.long
def test_the_command_line_knows_the_rules_installed_here(
    full: Sealed, desk: Path
) -> None:
    keys = [part for key in full.signers() for part in ("--key", key)]
    done = changqing("verify", full.bundle, *keys, config=desk / "config")
    assert (done.returncode, done.stderr) == (0, "")
    assert "the rules are those of changqing" in done.stdout


def test_wrong_usage_and_a_missing_bundle_are_2(tmp_path: Path) -> None:
    assert verified().returncode == 2
    assert verified(tmp_path / "none.zip").returncode == 2


@pytest.mark.long
@pytest.mark.parametrize(
    "example", [pytest.param("local-life", marks=pytest.mark.long), "contradictory"]
)
def test_every_verdict_of_every_example_is_reached_again(
    example: str, tmp_path: Path
) -> None:
    case, bundle = copied(example, tmp_path), tmp_path / "bundle.zip"
    done = changqing("seal", case, "-o", bundle, "--full", config=tmp_path)
    assert done.returncode == 0, done.stderr
    assert verified(bundle).returncode == 1  # signer and rules are not known


@pytest.mark.long
def test_sealing_again_and_elsewhere_gives_the_same_bytes(
    sealed: Sealed, desk: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(sealed.case, moved)
    done = changqing("seal", moved, "-o", tmp_path / "b.zip", config=desk / "config")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b.zip").read_bytes() == sealed.bundle.read_bytes()


@dataclass
class _Dies:
    """A disk that dies before its n-th step."""

    left: int

    def __call__(self, step: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt(step)


def test_a_killed_seal_leaves_the_old_bundle_or_the_new(
    sealed: Sealed, tmp_path: Path
) -> None:
    new, target = sealed.bundle.read_bytes(), tmp_path / "bundle.zip"
    for steps in range(20):
        target.write_bytes(b"old")
        try:
            Disk(step=_Dies(steps), chunk=1 << 19).replace(target, new)
        except KeyboardInterrupt:
            assert target.read_bytes() in (b"old", new)
        else:
            break
    else:
        pytest.fail("it never ended")
    assert target.read_bytes() == new
    assert [path.name for path in tmp_path.iterdir()] == ["bundle.zip"]


@pytest.mark.long
def test_a_seal_that_is_killed_at_any_moment_leaves_the_log_and_no_half_bundle(
    sealed: Sealed, desk: Path, tmp_path: Path
) -> None:
    case, bundle = tmp_path / "case", tmp_path / "b.zip"
    shutil.copytree(sealed.case, case)
    command = "from changqing.cli.main import main; main()"
    for moment in (0.4, 0.8, 1.2):
        child = subprocess.Popen(
            [sys.executable, "-c", command, "seal", str(case), "-o", str(bundle)],
            env={**os.environ, "XDG_CONFIG_HOME": str(desk / "config")},
            stdout=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(moment)
        child.kill()
        child.wait()
        whole = sealed.bundle.read_bytes()
        assert not bundle.exists() or bundle.read_bytes() == whole
        assert Evidence(case).verify() is not None
    done = changqing("seal", case, "-o", bundle, config=desk / "config")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "case"]


def test_a_full_disk_leaves_nothing_behind(sealed: Sealed, tmp_path: Path) -> None:
    def full(step: str) -> None:
        if step.startswith("sync"):
            raise OSError(ENOSPC, "No space left on device")

    with pytest.raises(CaseError, match="cannot be written"):
        sealing_bundle._write_bundle(
            tmp_path / "b.zip", sealed.bundle.read_bytes(), Disk(step=full)
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_a_full_disk_is_no_wrong_usage(sealed: Sealed, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(sealed.case, case)
    before = Evidence(case).list_lines()
    config = {"XDG_CONFIG_HOME": str(tmp_path / "config")}

    def seal(at_most: int) -> subprocess.CompletedProcess[str]:
        words = ["seal", str(case), "-o", str(tmp_path / "b.zip"), "--lang", "en"]
        return subprocess.run(
            [sys.executable, "-m", "changqing", *words],
            env={**os.environ, **config, "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_FSIZE, (at_most, at_most)
            ),
            capture_output=True,
            text=True,
            check=False,
        )

    done = seal(100_000)
    assert done.returncode == 3, done.stderr
    assert "cannot be written" in done.stderr
    assert not (tmp_path / "b.zip").exists()
    assert Evidence(case).list_lines() == before


@pytest.mark.long
def test_a_log_signed_by_one_key_after_another_verifies(
    sealed: Sealed, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(sealed.case, case)
    for content in (b"", b"one", b"two"):  # bytes of no length are bytes too
        with Store(case, make_key()) as store:
            store.keep(content)
    done = changqing("seal", case, "-o", tmp_path / "b.zip", config=tmp_path)
    assert done.returncode == 0, done.stderr
    history = unpacked((tmp_path / "b.zip").read_bytes())["log/signers"]
    assert len(history.splitlines()) >= 4
    assert verified(tmp_path / "b.zip").returncode == 1


@pytest.mark.long
def test_a_place_that_cannot_be_written_is_said(sealed: Sealed, desk: Path) -> None:
    done = changqing(
        "seal", sealed.case, "-o", "/proc/none/b.zip", config=desk / "config"
    )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_a_case_with_a_damaged_log_is_not_sealed(
    sealed: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(sealed.case, case)
    entries = case / "evidence" / "entries.jsonl"
    entries.write_bytes(
        entries.read_bytes().replace(b'"boolean":true', b'"boolean":false', 1)
    )
    done = changqing("seal", case, "-o", tmp_path / "b.zip", config=desk / "config")
    assert done.returncode == 4
    assert not (tmp_path / "b.zip").exists()


@pytest.mark.long
def test_originals_that_were_not_kept_are_said(
    sealed: Sealed, desk: Path, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(sealed.case, case)
    paper = case / "documents" / "13-lease.md"
    paper.write_text(paper.read_text(encoding="utf-8") + "\n补一行\n", encoding="utf-8")
    done = changqing("seal", case, "-o", tmp_path / "b.zip", config=desk / "config")
    assert done.returncode == 0, done.stderr
    assert "originals not kept" in done.stdout
    assert "没有保存" in verified(tmp_path / "b.zip").stdout


@pytest.mark.long
def test_a_log_rebuilt_overnight_has_no_witness_and_another_signer(
    full: Sealed, tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree(full.case, case)
    shutil.rmtree(case / "evidence")
    done = changqing("seal", case, "-o", tmp_path / "b.zip", "--full", config=tmp_path)
    assert done.returncode == 0, done.stderr
    report = full.check_bytes((tmp_path / "b.zip").read_bytes())
    assert report.code == 1
    assert sum("unknown signer" in each for _, each in report.unchecked) == 1
    assert any("no outside witness" in each for _, each in report.notes)
