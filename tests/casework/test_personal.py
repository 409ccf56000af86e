"""Papers about persons: erased on their day, all of them, also after a crash."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.casework import personal as personal_module
from changqing.casework.copies import check_copies
from changqing.casework.dates import compute_status
from changqing.casework.erased import read_erasures
from changqing.casework.events import Act, Event, Journal
from changqing.casework.personal import (
    PersonalPaper,
    erase_due,
    erase_papers,
    find_deletion_day,
    find_personal,
    is_erasure_under_way,
    set_deletion_day,
)
from changqing.casework.record import record
from changqing.casework.stages import replay_events
from changqing.errors import CaseError
from changqing.evidence.ledger.note import SigningKey, load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.sync import compute_changes
from changqing.integrity import check_integrity
from changqing.papers.keep_issuer_page import keep_issuer_page
from changqing.papers.open import open_case
from changqing.yamlfile.plain import WritableItem
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
TODAY = date(2026, 11, 27)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return load_key(tmp_path / "key")


@pytest.fixture
def folder(tmp_path: Path, key: SigningKey) -> Path:
    """A case whose papers are on record."""
    target = tmp_path / "case"
    shutil.copytree(EXAMPLE, target)
    shutil.rmtree(target / "evidence", ignore_errors=True)
    case = open_case(target, CATALOGUE)
    with Store(target, key) as store:
        store.append(compute_changes(case, [], NOW))
    return target


def ids(folder: Path) -> set[str]:
    return {paper.id for paper in find_personal(CATALOGUE, folder)}


def files(papers: tuple[PersonalPaper, ...]) -> set[str]:
    return {file for paper in papers for file in paper.files}


def due(folder: Path, key: SigningKey, now: datetime = NOW) -> list[str]:
    done = erase_due(folder, catalogue=CATALOGUE, key=key, now=now, by="程序")
    return [erasure.paper for erasure in done]


def test_the_copies_in_the_dossier_of_the_case_go_too(
    folder: Path, key: SigningKey
) -> None:
    made = folder / "dossier" / "out"
    papers = made / "papers"
    papers.mkdir(parents=True)
    paper = find_personal(CATALOGUE, folder)[0]
    copies = [papers / "附件03身份证.md", papers / ".附件03身份证.md.part"]
    copies += [made / "整套.zip", made / ".整套.zip.part"]
    for copy in copies:
        copy.write_bytes((folder / paper.file).read_bytes())
    document = made / "clean" / "01申请书.pdf"
    document.parent.mkdir()
    document.write_bytes(b"%PDF-")
    erase_papers(folder, [paper.id], catalogue=CATALOGUE, key=key, now=NOW, by="me")
    assert not any(copy.exists() for copy in copies)
    assert document.exists()


def test_without_a_day_nothing_goes(folder: Path, key: SigningKey) -> None:
    before = ids(folder)
    assert {"legal_rep_id", "staff_id", "labour_contract"} <= before
    assert due(folder, key) == []
    assert ids(folder) == before


def test_nothing_goes_before_the_day_and_all_on_it(
    folder: Path, key: SigningKey
) -> None:
    papers = find_personal(CATALOGUE, folder)
    assert set_deletion_day(folder, date(2026, 11, 28), catalogue=CATALOGUE)
    assert not set_deletion_day(folder, date(2026, 11, 28), catalogue=CATALOGUE)
    assert due(folder, key) == []
    late = datetime(2026, 11, 27, 16, 1, tzinfo=UTC)  # past midnight in Beijing
    assert set(due(folder, key, late)) == {paper.id for paper in papers}
    assert not any((folder / file).exists() for file in files(papers))
    case = open_case(folder, CATALOGUE)
    assert not {paper.id for paper in papers} & {paper.id for paper in case.papers}
    assert case.papers  # those about no person stay
    assert due(folder, key, late) == []


def test_the_log_still_verifies_and_says_nothing_of_them(
    folder: Path, key: SigningKey
) -> None:
    names = ids(folder)
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    due(folder, key)
    log = Evidence(folder)
    verified = log.verify()
    assert verified is not None
    assert verified.withheld.entries
    told = {one.source.name for one in log.list_records()}
    told |= {
        one.subject.id for one in log.list_records() if one.subject.type == "paper"
    }
    assert not told & names
    check_integrity(folder, key=None)


@pytest.mark.long
def test_what_was_erased_is_written_down_with_day_and_reason(
    folder: Path, key: SigningKey
) -> None:
    erase_papers(folder, ["staff_id"], catalogue=CATALOGUE, key=key, now=NOW, by="林晓")
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    due(folder, key)
    first, *others = read_erasures(folder)
    assert (first.paper, first.by, first.due, first.files) == (
        *("staff_id", "林晓", False),
        1,
    )
    assert first.entries > 0
    assert first.at == NOW
    assert {other.due for other in others} == {True}


def test_only_papers_about_persons_are_erased(folder: Path, key: SigningKey) -> None:
    with pytest.raises(CaseError, match="lease"):
        erase_papers(
            folder,
            ["staff_id", "lease"],
            catalogue=CATALOGUE,
            key=key,
            now=NOW,
            by="林晓",
        )
    assert "staff_id" in ids(folder)
    assert not is_erasure_under_way(folder)


@pytest.mark.long
def test_files_that_were_replaced_or_taken_out_of_the_list_go_too(
    folder: Path, key: SigningKey
) -> None:
    written = edit.read(folder)
    [contract] = [
        one for one in written.list_items("papers") if one["id"] == "staff_id"
    ]
    new = "documents/new-id.md"
    (folder / new).write_text("另一份身份证\n", encoding="utf-8")
    change = edit.FieldChange(at=("papers", "staff_id", "file"), value=new)
    edit.change(folder, [change], version=written.version, catalogue=CATALOGUE)
    edit.remove_item(
        folder,
        "papers",
        "legal_rep_id",
        catalogue=CATALOGUE,
        version=edit.read(folder).version,
    )
    papers = {paper.id: paper for paper in find_personal(CATALOGUE, folder)}
    assert papers["staff_id"].files == (new, contract["file"])
    assert papers["legal_rep_id"].file == ""
    gone = files(tuple(papers.values()))
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    assert {"staff_id", "legal_rep_id"} <= set(due(folder, key))
    assert not any((folder / file).exists() for file in gone)
    assert Evidence(folder).verify() is not None


def _keep_page(folder: Path, paper: str, on: date) -> str:
    content = f"<p>核验结果 王小二 {on}</p>".encode()
    return keep_issuer_page(
        open_case(folder, CATALOGUE), paper, content, named="a.html", on=on, by="李四"
    )


def test_pages_that_the_issuer_showed_of_a_paper_go_with_it(
    folder: Path, key: SigningKey
) -> None:
    staying = _keep_page(folder, "business_licence", TODAY)
    before = _keep_page(folder, "social_insurance", date(2026, 11, 26))
    now = _keep_page(folder, "social_insurance", TODAY)
    (insurance,) = (
        paper
        for paper in find_personal(CATALOGUE, folder)
        if paper.id == "social_insurance"
    )
    assert set(insurance.files) == {insurance.file, before, now}
    erase_papers(
        folder, ["social_insurance"], catalogue=CATALOGUE, key=key, now=NOW, by="李四"
    )
    assert not any((folder / name).exists() for name in insurance.files)
    assert (folder / staying).exists()
    assert read_erasures(folder)[-1].files == 3


@pytest.mark.long
def test_a_page_named_beside_two_papers_goes_with_the_last_of_them(
    folder: Path, key: SigningKey
) -> None:
    page = _keep_page(folder, "social_insurance", TODAY)
    written = edit.read(folder)
    check = written.find_value(("papers", "social_insurance", "issuer_checked"))
    change = edit.FieldChange(at=("papers", "staff_id", "issuer_checked"), value=check)
    edit.change(folder, [change], version=written.version, catalogue=CATALOGUE)
    for paper, left in (("social_insurance", True), ("staff_id", False)):
        erase_papers(folder, [paper], catalogue=CATALOGUE, key=key, now=NOW, by="李四")
        assert (folder / page).exists() is left


@pytest.mark.long
def test_a_page_that_a_paper_about_nobody_names_as_well_stays_with_that(
    folder: Path, key: SigningKey
) -> None:
    page = _keep_page(folder, "social_insurance", TODAY)
    written = edit.read(folder)
    file = str(written.find_value(("papers", "social_insurance", "file")))
    check = written.find_value(("papers", "social_insurance", "issuer_checked"))
    at = ("papers", "business_licence", "issuer_checked")
    change = edit.FieldChange(at=at, value=check)
    edit.change(folder, [change], version=written.version, catalogue=CATALOGUE)
    edit.remove_item(
        folder,
        "papers",
        "social_insurance",
        catalogue=CATALOGUE,
        version=edit.read(folder).version,
    )
    (folder / file).unlink()
    assert "social_insurance" not in ids(folder)  # no file is its own any more
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    assert "staff_id" in due(folder, key)
    assert due(folder, key) == []
    assert (folder / page).exists()


@pytest.mark.long
def test_pages_of_a_paper_that_was_taken_out_of_the_list_go_too(
    folder: Path, key: SigningKey
) -> None:
    page = _keep_page(folder, "social_insurance", TODAY)
    edit.remove_item(
        folder,
        "papers",
        "social_insurance",
        catalogue=CATALOGUE,
        version=edit.read(folder).version,
    )
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    assert "social_insurance" in due(folder, key)
    assert not (folder / page).exists()


@pytest.mark.long
def test_copies_kept_at_handing_in_go_and_are_not_missed(
    folder: Path, key: SigningKey
) -> None:
    case = open_case(folder, CATALOGUE)
    event = Event(act=Act.SUBMIT, on=TODAY, by="林晓")
    record(CATALOGUE, case, event, now=NOW)
    [handed] = Journal(folder).list_events()
    copy = Journal(folder).find_handed_in_path(handed.papers["staff_id"])
    assert copy.exists()
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    due(folder, key)
    assert not copy.exists()
    assert check_copies(folder) == []
    assert {erasure.copies for erasure in read_erasures(folder)} == {1}


@pytest.mark.long
def test_a_closed_list_that_leans_on_one_of_them_is_no_hindrance(
    folder: Path, key: SigningKey
) -> None:
    written = edit.read(folder)
    closed = {"holders": {"on": "2026-11-01", "paper": "shareholder_proof"}}
    if "shareholder_proof" not in ids(folder):
        pytest.fail("the example has no proof of shareholders any more")
    change = edit.FieldChange(at=("closed",), value=closed)
    edit.change(folder, [change], version=written.version, catalogue=CATALOGUE)
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    assert "shareholder_proof" in due(folder, key)
    assert open_case(folder, CATALOGUE).closed["holder"].paper is None


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("step", ["_take_out", "_log_what_is_said", "erase_paper"])
@pytest.mark.parametrize("after", [False, True])
def test_what_a_crash_cut_short_is_ended_by_the_next_call(
    step: str,
    after: bool,
    folder: Path,
    key: SigningKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    papers = find_personal(CATALOGUE, folder)
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    real: Callable[..., object] = getattr(personal_module, step)

    def die(*given: object, **named: object) -> object:
        if after:
            real(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(personal_module, step, die)
        with pytest.raises(KeyboardInterrupt):
            due(folder, key)
    assert is_erasure_under_way(folder)
    due(folder, key)
    assert not is_erasure_under_way(folder)
    assert not any((folder / file).exists() for file in files(papers))
    assert {erasure.paper for erasure in read_erasures(folder)} == {
        paper.id for paper in papers
    }
    assert Evidence(folder).verify() is not None
    assert open_case(folder, CATALOGUE).papers


@pytest.mark.long
def test_a_paper_that_came_under_the_same_name_since_stays(
    folder: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*given: object, **named: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(personal_module, "_log_what_is_said", die)
    with pytest.raises(KeyboardInterrupt):
        erase_papers(
            folder, ["staff_id"], catalogue=CATALOGUE, key=key, now=NOW, by="林晓"
        )
    monkeypatch.undo()
    (folder / "documents" / "again.md").write_text("重新交的\n", encoding="utf-8")
    item: WritableItem = {
        "id": "staff_id",
        "kind": "staff_id",
        "file": "documents/again.md",
        "received_on": TODAY,
    }
    edit.set_item(folder, "papers", item, catalogue=CATALOGUE)
    due(folder, key)
    assert "staff_id" in ids(folder)
    assert (folder / "documents" / "again.md").exists()


def test_a_broken_plan_is_named_and_erases_nothing(
    folder: Path, key: SigningKey
) -> None:
    plan = folder / "casework" / "erasing.json"
    plan.parent.mkdir(exist_ok=True)
    plan.write_text('{"papers": 3}', encoding="utf-8")
    with pytest.raises(CaseError, match=r"erasing\.json"):
        due(folder, key)
    assert "staff_id" in ids(folder)


@pytest.mark.parametrize(
    "inside", ["../beside.md", "evidence/entries.jsonl", "case.yaml", "casework/x"]
)
def test_a_plan_reaches_nothing_but_papers(
    inside: str, folder: Path, key: SigningKey
) -> None:
    """A case folder may come from anybody, with a plan in it."""
    target = folder / inside
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        target.write_text("kept", encoding="utf-8")
    before = target.read_bytes()
    plan = folder / "casework" / "erasing.json"
    plan.parent.mkdir(exist_ok=True)
    paper = {"id": "x", "kind": "staff_id", "file": inside, "earlier": []}
    said = {"at": NOW.isoformat(), "by": "x", "due": True, "papers": [paper]}
    plan.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(CaseError):
        due(folder, key)
    assert target.read_bytes() == before


# -- what is said before


@pytest.mark.long
def test_the_day_is_a_date_of_the_case_while_there_are_papers(
    folder: Path, key: SigningKey
) -> None:
    set_deletion_day(folder, date(2026, 12, 5), catalogue=CATALOGUE)

    def told(today: date) -> list[tuple[date | None, bool]]:
        case = open_case(folder, CATALOGUE)
        found = compute_status(
            CATALOGUE, case, replay_events(CATALOGUE, case, ()), today
        )
        named = [due for due in found.dues if due.title.zh == "删除个人材料"]
        return [(due.day, due.passed) for due in named]

    assert told(TODAY) == [(date(2026, 12, 5), False)]
    assert told(date(2026, 12, 6)) == [(date(2026, 12, 5), True)]
    due(folder, key, datetime(2026, 12, 6, tzinfo=UTC))
    assert told(date(2026, 12, 6)) == []


def test_the_day_is_taken_back(folder: Path) -> None:
    set_deletion_day(folder, TODAY, catalogue=CATALOGUE)
    assert find_deletion_day(edit.read(folder)) == TODAY
    assert set_deletion_day(folder, None, catalogue=CATALOGUE)
    assert find_deletion_day(edit.read(folder)) is None


def test_what_is_no_day_is_refused_with_its_line(folder: Path) -> None:
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8") + "\ndelete_personal_on: soon\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match="delete_personal_on") as refused:
        open_case(folder, CATALOGUE)
    assert refused.value.issues[0].line == text.count("\n")
