"""Bundles that are large, and evidence that is empty."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest

from changqing.case.subjects import APPLICANT
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Gap, GapReason, Source, SourceKind
from changqing.sealing import verify
from changqing.text import both
from tests.sealing.sealed_bundle import ROOT, Sealed, changqing, unpacked

BENCHMARK = ROOT / "benchmarks" / "seal_memory.py"


@pytest.mark.long
def test_a_thousand_entries_and_an_empty_blob_verify_in_five_seconds(
    full: Sealed, desk: Path, tmp_path: Path
) -> None:
    case, bundle = tmp_path / "case", tmp_path / "b.zip"
    shutil.copytree(full.case, case)
    source = Source(kind=SourceKind.PROBE, name="tls")
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    with Store(case, full.key) as store:
        empty = store.keep(b"")
        store.append(
            Gap(
                fact=f"unseen_{number}",
                subject=APPLICANT,
                source=source,
                reason=GapReason.TIMEOUT,
                detail=both(str(number)),
                at=at,
            )
            for number in range(1_000)
        )
    done = changqing("seal", case, "-o", bundle, "--full", config=desk / "config")
    assert done.returncode == 0, done.stderr
    content = bundle.read_bytes()
    assert unpacked(content)[f"objects/{empty}"] == b""
    begin = process_time()
    report = full.check_bytes(content)
    assert process_time() - begin < 5
    assert (report.code, report.damaged) == (0, [])


@pytest.mark.skipif(sys.platform == "win32", reason="no peak of a child's memory")
def test_sealing_and_checking_do_not_hold_the_papers_together() -> None:
    """What 30 MB more of papers take: with whole bundles in memory it was 160 MB.

    One paper at a time is held, and what was read in the newest texts.
    """

    def list_peaks(megabytes: int, small: int) -> list[float]:
        command = [sys.executable, str(BENCHMARK), str(megabytes), str(small)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [float(line.split()[1]) for line in done.stdout.splitlines()]

    base, many = list_peaks(1, 0), list_peaks(31, 30)
    assert len(base) == len(many) == 3
    assert all(peak - least < 115 for least, peak in zip(base, many, strict=True))


@pytest.mark.long
def test_a_log_of_several_chunks_seals_and_verifies(
    full: Sealed, desk: Path, tmp_path: Path
) -> None:
    case, bundle = tmp_path / "case", tmp_path / "b.zip"
    shutil.copytree(full.case, case)
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    with Store(case, full.key) as store:
        store.append(
            Gap(
                fact=f"unseen_{number}",
                subject=APPLICANT,
                source=Source(kind=SourceKind.PROBE, name="tls"),
                reason=GapReason.TIMEOUT,
                detail=both(f"{number} " * 2_000),
                at=at,
            )
            for number in range(300)
        )
    assert (case / "evidence" / "entries.jsonl").stat().st_size > 3 * verify.CHUNK
    done = changqing("seal", case, "-o", bundle, "--full", config=desk / "config")
    assert done.returncode == 0, done.stderr
    report = full.check_bytes(bundle.read_bytes())
    assert (report.code, report.damaged) == (0, [])
