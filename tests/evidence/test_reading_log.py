"""Readings and what people settle of them stand in the log, and share their paper's fate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case.comparison import ReadOutcome
from changqing.case.subjects import APPLICANT, Subject
from changqing.errors import TamperError
from changqing.evidence.ledger.codec import decode, encode
from changqing.evidence.ledger.erase import erase_paper
from changqing.evidence.ledger.items import (
    Blob,
    Confirmation,
    ConfirmationKind,
    KeptReading,
)
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.reading import PaperPage, Reading, Span
from changqing.evidence.readings import KeptReadings, keep_readings
from changqing.evidence.sync import record_changes
from changqing.law.kinds.material import Personal
from changqing.papers.open import open_case
from changqing.sealing.withheld import hide_personal
from tests.evidence.evidence_factory import make_record, write_case
from tests.shipped import CATALOGUE

KEY = SigningKey(b"k" * 32)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
NUMBER = "110105199003070017"
CASE = """\
applicant:
  name: 杭州绿洲网络科技有限公司
application: {licence: B25, scope: intra_province, region: '33', stage: apply, submit_on: 2026-12-24}
declared_on: 2026-11-20
services: []
people: [{id: lin, name: 林晓, role: legal_representative}]
papers:
"""
PAPER = """\
  - id: legal_rep_id
    kind: legal_rep_id
    file: documents/id.md
    received_on: 2026-11-18
    backs:
      - {fact: id_valid_until, subject: 'person:lin', value: 2037-05-16, place: 第1页}
"""


def write(folder: Path, papers: str = PAPER) -> Path:
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    paper = folder / "documents" / "id.md"
    if papers:
        paper.write_text("林晓，有效期至2037-05-16。\n", encoding="utf-8")
    (folder / "case.yaml").write_text(CASE + (papers or "  []\n"), encoding="utf-8")
    return folder


def record(folder: Path) -> None:
    case = open_case(folder, CATALOGUE)
    with Store(folder, KEY) as store:
        record_changes(store, case, NOW)


def make_confirmation(**overrides: object) -> Confirmation:
    fields: dict[str, object] = {
        "what": ConfirmationKind.POINT,
        "by": "林晓",
        "fact": "id_valid_until",
        "subject": Subject("person", "lin"),
        "value": date(2037, 5, 16),
        "paper": "ab" * 32,
        "at": NOW,
        "digest": "cd" * 32,
        "words": "有效期至2037-05-16",
        "page": 1,
    }
    return Confirmation(**(fields | overrides))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "item",
    [
        KeptReading(
            paper="ab" * 32,
            digest="cd" * 32,
            reader="ocr",
            version="rapidocr-3.10",
            at=NOW,
            pages=2,
            number=7,
        ),
        make_confirmation(number=7),
        make_confirmation(
            what=ConfirmationKind.UNDO,
            value=None,
            digest=None,
            words=None,
            page=None,
            number=7,
        ),
    ],
)
def test_an_entry_survives_its_encoding(item: KeptReading | Confirmation) -> None:
    assert decode(encode(item), 7) == item


def test_a_text_paper_is_read_and_its_reading_kept_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "case")
    record(folder)
    record(folder)
    evidence = Evidence(folder)
    assert evidence.verify() is not None
    (entry,) = [one for one in evidence.list_items() if isinstance(one, KeptReading)]
    case = open_case(folder, CATALOGUE)
    assert entry.paper == case.papers[0].file.digest
    assert (entry.reader, entry.pages, entry.at) == ("text", 1, NOW)
    reading = KeptReadings(evidence)[entry.paper]
    assert [span.text for span in reading.pages[0].spans] == [
        "林晓，有效期至2037-05-16。"
    ]


def test_a_reading_ends_when_the_paper_changes(tmp_path: Path) -> None:
    folder = write(tmp_path / "case")
    record(folder)
    before = open_case(folder, CATALOGUE).papers[0].file.digest
    (folder / "documents" / "id.md").write_text("林晓。\n", encoding="utf-8")
    record(folder)
    after = open_case(folder, CATALOGUE).papers[0].file.digest
    kept = KeptReadings(Evidence(folder))
    assert before != after
    assert kept[after].pages[0].spans[0].text == "林晓。"
    assert len(kept) == 2  # what was read of the file before is of that file


def test_a_reading_that_was_altered_is_tampering(tmp_path: Path) -> None:
    folder = write(tmp_path / "case")
    record(folder)
    evidence = Evidence(folder)
    (digest,) = [
        one.digest for one in evidence.list_items() if isinstance(one, KeptReading)
    ]
    evidence.find_blob_path(digest).write_bytes(b"{}")
    with pytest.raises(TamperError):
        KeptReadings(evidence)[open_case(folder, CATALOGUE).papers[0].file.digest]


def test_erasing_a_paper_erases_what_was_read_and_settled_of_it(
    tmp_path: Path,
) -> None:
    folder = write(tmp_path / "case")
    record(folder)
    paper = open_case(folder, CATALOGUE).papers[0].file.digest
    reading = next(
        one for one in Evidence(folder).list_items() if isinstance(one, KeptReading)
    )
    with Store(folder, KEY) as store:
        store.append([make_confirmation(paper=paper, digest=reading.digest)])
    write(folder, papers="")
    record(folder)
    erase_paper(folder, KEY, "legal_rep_id", "documents/id.md", NOW)
    evidence = Evidence(folder)
    assert evidence.verify() is not None
    left = [
        one
        for one in evidence.list_items()
        if isinstance(one, KeptReading | Confirmation | Blob)
    ]
    assert left == []
    assert not evidence.has_blob(reading.digest)
    # A digest may hold these four digits by chance; the day it tells none can.
    assert "2037-05-16" not in (folder / "evidence" / "entries.jsonl").read_text()


def outcome_of(folder: Path) -> ReadOutcome:
    case = open_case(folder, CATALOGUE)
    key = (Subject("person", "lin"), "id_valid_until")
    return case.compared["legal_rep_id"][key].outcome


def test_a_reviewer_may_have_seen_in_the_original_what_no_program_found(
    tmp_path: Path,
) -> None:
    folder = write(tmp_path / "case")
    (folder / "documents" / "id.md").write_text(
        "林晓，有效期看不清\n", encoding="utf-8"
    )
    assert outcome_of(folder) is ReadOutcome.NOT_FOUND
    paper = open_case(folder, CATALOGUE).papers[0].file.digest
    seen = make_confirmation(what=ConfirmationKind.ORIGINAL_SEEN, paper=paper)
    with Store(folder, KEY) as store:
        store.append([seen])
    assert outcome_of(folder) is ReadOutcome.READ
    with Store(folder, KEY) as store:
        store.append([replace(seen, what=ConfirmationKind.UNDO, value=None)])
    assert outcome_of(folder) is ReadOutcome.NOT_FOUND


def test_what_a_reviewer_saw_is_of_that_file_and_value_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "case")
    paper = open_case(folder, CATALOGUE).papers[0].file.digest
    (folder / "documents" / "id.md").write_text("林晓，看不清\n", encoding="utf-8")
    changed = open_case(folder, CATALOGUE).papers[0].file.digest
    other = date(2030, 1, 1)
    with Store(folder, KEY) as store:
        kind = ConfirmationKind.ORIGINAL_SEEN
        store.append([make_confirmation(what=kind, paper=paper)])
        store.append([make_confirmation(what=kind, paper=changed, value=other)])
    assert outcome_of(folder) is ReadOutcome.NOT_FOUND


def kept_lines(folder: Path, text: str) -> Store:
    """A log with one paper, the reading of it, and what somebody settled of it."""
    paper = "ef" * 32
    store = Store(write_case(folder), KEY)
    page = PaperPage(number=1, width=0, height=0, spans=(Span(text=text, box=None),))
    reading = Reading(paper=paper, reader="ocr", version="1", pages=(page,))
    store.append([make_record(subject=APPLICANT, digest=paper)])
    keep_readings(store, [reading], NOW)
    store.append([make_confirmation(paper=paper, subject=APPLICANT)])
    return store


def test_a_scan_in_whose_reading_a_number_stands_is_withheld_with_it(
    tmp_path: Path,
) -> None:
    with kept_lines(tmp_path, f"身份证号 {NUMBER}") as store:
        contents = {
            one.digest: store.read_blob(one.digest)
            for one in store.list_items()
            if isinstance(one, Blob)
        }
        shown = hide_personal(store.list_lines(), contents.get, {})
    assert [line.content for line in shown.lines] == [None] * 4
    assert {left.reason for left in shown.left} == {Personal.PERSONAL_NUMBER}


def test_a_reading_is_shown_where_its_paper_is(tmp_path: Path) -> None:
    with kept_lines(tmp_path, "余额88万元") as store:
        shown = hide_personal(store.list_lines(), lambda _: None, {})
    assert all(line.content is not None for line in shown.lines)
