"""Bundles that are large, and evidence that is empty."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pytest

from changqing.case.subjects import APPLICANT
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Gap, GapReason, Source, SourceKind
from changqing.sealing import verify
from changqing.text import both
from tests.sealing.sealed_bundle import Sealed, changqing, unpacked


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
