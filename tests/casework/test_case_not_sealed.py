"""What came from the authority, and copies of what was handed in, are never sealed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from changqing.casework.events import Act, Journal
from changqing.casework.record import record
from changqing.papers.open import open_case
from tests.casework.casework_sample import NOW, catalogue, make_event
from tests.sealing.sealed_bundle import changqing, copied

NOTICE = "你公司的材料需要补正：一、营业执照不清晰。".encode()


@pytest.mark.long
def test_no_event_notice_or_copy_goes_into_a_sealed_bundle(tmp_path: Path) -> None:
    folder = copied("newly-registered", tmp_path)
    for event, notice in (
        (make_event(Act.SUBMIT, "2026-02-09"), b""),
        (make_event(Act.CORRECTION, "2026-02-13"), NOTICE),
    ):
        case = open_case(folder, catalogue())
        record(catalogue(), case, event, now=NOW, notice=notice)
    journal = Journal(folder)
    (digest,) = (one.digest for one in journal.list_events() if one.digest)
    assert journal.find_notice_path(digest).read_bytes() == NOTICE
    assert list((folder / "casework" / "handed_in").iterdir())
    bundle = tmp_path / "bundle.zip"
    done = changqing("seal", folder, "-o", bundle, "--full", config=tmp_path / "config")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(bundle) as archive:
        names = archive.namelist()
        contents = [archive.read(name) for name in names]
    assert names
    assert not [name for name in names if "casework" in name or "handed_in" in name]
    assert not [one for one in contents if NOTICE in one]
