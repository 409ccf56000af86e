"""Erasing a paper about a person: the log stays whole, and what it said is gone."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.case.folder import CASE_FILE
from changqing.case.subjects import Subject
from changqing.disk import Disk
from changqing.errors import CaseError, TamperError
from changqing.evidence.ledger.erase import erase_paper, find_replaced_files
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Gap, GapReason, Source, SourceKind
from changqing.evidence.sync import compute_changes
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from changqing.text import Text

EXAMPLES = Path(__file__).parents[2] / "examples"
KEY = SigningKey(b"k" * 32)
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
PAPER, FILE = "staff_id", "documents/10-staff-id.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case whose papers are recorded, and which lists the identity paper no more."""
    target = tmp_path / "case"
    shutil.copytree(EXAMPLES / "contradictory", target)
    shutil.rmtree(target / "evidence", ignore_errors=True)
    _record(target)
    text = (target / CASE_FILE).read_text(encoding="utf-8")
    start = text.index(f"  - id: {PAPER}\n")
    end = text.index("  - id: ", start + 1)
    (target / CASE_FILE).write_text(text[:start] + text[end:], encoding="utf-8")
    _record(target)
    return target


def _record(folder: Path) -> None:
    case = open_case(folder, load_compiled())
    with Store(folder, KEY) as store:
        store.append(compute_changes(case, store.list_items(), NOW))


def _of_the_paper(folder: Path) -> list[object]:
    return [
        record
        for record in Evidence(folder).list_records()
        if record.source.name == PAPER or record.subject.id == PAPER
    ]


def test_what_it_said_is_gone_and_the_log_recomputes(folder: Path) -> None:
    before = Evidence(folder).verify()
    assert before is not None
    assert _of_the_paper(folder)
    gone = erase_paper(folder, KEY, PAPER, FILE, NOW)
    after = Evidence(folder).verify()
    assert after is not None
    assert (after.size, after.root) == (before.size, before.root)
    assert len(after.withheld.entries) == gone > 0
    assert _of_the_paper(folder) == []
    assert not (folder / FILE).exists()
    text = (folder / "evidence" / "entries.jsonl").read_text(encoding="utf-8")
    assert "2034-05-15" not in text


def test_what_could_not_be_read_of_it_is_gone_too(folder: Path) -> None:
    source = Source(kind=SourceKind.PAPER, name=PAPER)
    gap = Gap(
        fact="valid_until",
        subject=Subject("person", "he"),
        source=source,
        reason=GapReason.UNREADABLE,
        detail=Text("看不清：何晚晴", "cannot be read: He Wanqing"),
        at=NOW,
    )
    with Store(folder, KEY) as store:
        store.append([gap])
    erase_paper(folder, KEY, PAPER, FILE, NOW)
    assert Evidence(folder).verify() is not None
    text = (folder / "evidence" / "entries.jsonl").read_text(encoding="utf-8")
    assert "He Wanqing" not in text


def test_what_a_crash_tore_of_it_is_gone_too(folder: Path) -> None:
    with (folder / "evidence" / "entries.jsonl").open("ab") as stream:
        stream.write(b'{"content":{"value":"2034-05-15"')
    erase_paper(folder, KEY, PAPER, FILE, NOW)
    assert list((folder / "evidence" / "set_aside").iterdir()) == []


def test_the_log_goes_on_growing_afterwards(folder: Path) -> None:
    erase_paper(folder, KEY, PAPER, FILE, NOW)
    case = open_case(folder, load_compiled())
    with Store(folder, KEY) as store:
        assert compute_changes(case, store.list_items(), NOW) == []
        store.keep(b"something more")
    assert Evidence(folder).verify() is not None


def test_without_its_note_an_erased_entry_is_tampering(folder: Path) -> None:
    erase_paper(folder, KEY, PAPER, FILE, NOW)
    note = folder / "evidence" / "log" / "erased"
    signed = note.read_text(encoding="utf-8")
    note.unlink()
    with pytest.raises(TamperError):
        Evidence(folder).verify()
    note.write_text(signed.replace("[", "[1,"), encoding="utf-8")
    with pytest.raises(TamperError):
        Evidence(folder).verify()


def test_a_file_outside_the_case_is_left_alone(folder: Path) -> None:
    outside = folder.parent / "outside.md"
    outside.write_text("of somebody else", encoding="utf-8")
    with pytest.raises(CaseError):
        erase_paper(folder, KEY, PAPER, "../outside.md", NOW)
    assert outside.exists()


@pytest.mark.long
def test_after_a_crash_it_verifies_and_can_be_finished(folder: Path) -> None:
    class Death(BaseException):
        pass

    steps: list[str] = []
    kept = folder.parent / "kept"
    shutil.copytree(folder, kept)
    erase_paper(folder, KEY, PAPER, FILE, NOW, disk=Disk(step=steps.append))
    for last in range(len(steps)):
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        left = last

        def die(_: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Death

        with pytest.raises(Death):
            erase_paper(folder, KEY, PAPER, FILE, NOW, disk=Disk(step=die))
        assert Evidence(folder).verify() is not None
        erase_paper(folder, KEY, PAPER, FILE, NOW)
        assert _of_the_paper(folder) == []
        assert not (folder / FILE).exists()


def test_what_a_paper_was_before_is_found_by_its_digest_and_erased_with_it(
    folder: Path,
) -> None:
    old = folder / FILE
    old.rename(old.with_name("old-scan.md"))
    (folder / "documents" / "letter.md").write_text("never listed", encoding="utf-8")
    (folder / FILE).write_text("another scan", encoding="utf-8")
    listed = {paper.file.path for paper in open_case(folder, load_compiled()).papers}
    found = find_replaced_files(folder, listed=listed)
    assert found == {PAPER: ["documents/old-scan.md"]}
    earlier = found[PAPER]
    assert find_replaced_files(folder, listed={*listed, *earlier}) == {}
    erase_paper(folder, KEY, PAPER, FILE, NOW, earlier=earlier)
    assert not (folder / earlier[0]).exists()
    assert not (folder / FILE).exists()
    assert (folder / "documents" / "letter.md").exists()
    assert Evidence(folder).verify() is not None
