"""A paper is taken out, put back and listed as another kind; nothing of it is lost."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.set_aside import (
    change_paper_kind,
    list_set_aside,
    set_paper_aside,
    take_paper_back,
)
from changqing.casework.personal import erase_papers, find_personal
from changqing.errors import CaseError
from changqing.evidence.ledger.note import load_key
from changqing.papers.open import open_case
from changqing.yamlfile.plain import WritableItem
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
TODAY = date(2026, 11, 27)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "case"
    ignored = shutil.ignore_patterns("evidence", "dossier")
    shutil.copytree(EXAMPLE, target, ignore=ignored)
    return target


def take_out(folder: Path, paper: str) -> None:
    set_paper_aside(folder, paper, on=TODAY, by="林晓", catalogue=CATALOGUE)


def papers(folder: Path) -> dict[str, str]:
    return {paper.id: paper.kind for paper in open_case(folder, CATALOGUE).papers}


def test_a_paper_that_is_put_back_is_what_it_was(folder: Path) -> None:
    before = edit.read(folder).find_value(("papers", "lease"))
    take_out(folder, "lease")
    assert "lease" not in papers(folder)
    (aside,) = list_set_aside(edit.read(folder))
    assert (aside.on, aside.by, aside.kind) == ("2026-11-27", "林晓", "lease")
    assert (folder / aside.file).is_file()
    assert take_paper_back(folder, aside.id, catalogue=CATALOGUE) == "lease"
    assert edit.read(folder).find_value(("papers", "lease")) == before
    assert list_set_aside(edit.read(folder)) == []


@pytest.mark.long
def test_a_paper_comes_back_beside_the_one_that_took_its_place(folder: Path) -> None:
    take_out(folder, "lease")
    another = {"id": "lease", "kind": "lease", "file": "documents/13-lease.md"}
    item: WritableItem = {**another, "received_on": TODAY}
    edit.set_item(folder, "papers", item, catalogue=CATALOGUE)
    take_out(folder, "lease")
    assert [paper.id for paper in list_set_aside(edit.read(folder))] == [
        "lease_2",
        "lease",
    ]
    assert take_paper_back(folder, "lease_2", catalogue=CATALOGUE) == "lease"
    assert take_paper_back(folder, "lease", catalogue=CATALOGUE) == "lease_2"


def test_a_paper_of_another_kind_keeps_its_file_and_days(folder: Path) -> None:
    before = edit.read(folder).find_value(("papers", "lease"))
    name = change_paper_kind(folder, "lease", "hosting_agreement", catalogue=CATALOGUE)
    assert papers(folder)[name] == "hosting_agreement"
    assert "lease" not in papers(folder)
    after = edit.read(folder).find_value(("papers", name))
    assert (after["file"], after["received_on"]) == (
        before["file"],
        before["received_on"],
    )
    assert "backs" not in after
    assert change_paper_kind(folder, name, "hosting_agreement", catalogue=CATALOGUE)
    with pytest.raises(CaseError, match="there is no kind of paper letter"):
        change_paper_kind(folder, name, "letter", catalogue=CATALOGUE)


def test_what_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(CaseError, match="there is no paper nothing; there are"):
        take_out(folder, "nothing")
    with pytest.raises(CaseError, match="there is no paper lease; there are none"):
        take_paper_back(folder, "lease", catalogue=CATALOGUE)
    path = folder / "case.yaml"
    wrong = "set_aside:\n  - {id: a, on: 2026-11-27, why: x, paper: {id: a, kind: b}}\n"
    path.write_text(path.read_text("utf-8") + wrong, "utf-8")
    with pytest.raises(CaseError) as refused:
        open_case(folder, CATALOGUE)
    told = [issue.text.en for issue in refused.value.issues]
    assert len(told) == 3
    assert any("has no field why" in text for text in told)


def test_a_paper_about_a_person_is_erased_though_it_was_taken_out(
    folder: Path, tmp_path: Path
) -> None:
    (person,) = [
        paper
        for paper in find_personal(CATALOGUE, folder)
        if paper.kind == "labour_contract"
    ]
    take_out(folder, person.id)
    found = {paper.id: paper.files for paper in find_personal(CATALOGUE, folder)}
    assert found[person.id] == (person.file,)
    erase_papers(
        folder,
        [person.id],
        catalogue=CATALOGUE,
        key=load_key(tmp_path / "key"),
        now=datetime(2026, 11, 27, 3, tzinfo=UTC),
        by="林晓",
    )
    assert not (folder / person.file).exists()
    assert list_set_aside(edit.read(folder)) == []
