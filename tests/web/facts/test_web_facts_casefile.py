"""Writing `case.yaml`: comments stay, two writers lose nothing, no bad file is kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.edit import FieldChange, RefusedError, StaleError
from changqing.case.folder import REMADE_FOLDER
from changqing.disk import Disk, only_writer
from changqing.errors import CaseError
from changqing_web.index import catalogue
from tests.web.web_world import EXAMPLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A case that nobody else has."""
    target = tmp_path / "case"
    shutil.copytree(EXAMPLES / "contradictory", target)
    return target


def _read_text(folder: Path) -> str:
    return (folder / "case.yaml").read_text(encoding="utf-8")


def _change(folder: Path, *changes: FieldChange, version: str | None = None) -> None:
    edit.change(
        folder,
        changes,
        version=version or edit.read(folder).version,
        catalogue=catalogue(),
    )


def test_one_fact_changes_one_line(folder: Path) -> None:
    before = _read_text(folder).splitlines()
    _change(folder, FieldChange(at=("applicant", "headcount"), value=41))
    after = _read_text(folder).splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [("  headcount: 28", "  headcount: 41")]


def test_items_of_lists_are_found_by_their_id(folder: Path) -> None:
    _change(
        folder,
        FieldChange(at=("people", "feng", "full_time"), value=False),
        FieldChange(
            at=("people", "new"),
            value={"id": "new", "name": "何新", "role": "content", "full_time": True},
        ),
    )
    people = {person["id"]: person for person in edit.read(folder).list_items("people")}
    assert people["feng"]["full_time"] is False
    assert people["new"]["name"] == "何新"
    assert "# 关键岗位五人" in _read_text(folder)
    _change(folder, FieldChange(at=("people", "new"), value=None))
    assert edit.read(folder).find_value(("people", "new")) is None


def test_somebody_whom_papers_name_is_not_taken_out(folder: Path) -> None:
    with pytest.raises(RefusedError, match="person:bai"):
        _change(folder, FieldChange(at=("people", "bai"), value=None))
    assert edit.read(folder).find_value(("people", "bai")) is not None


def test_a_list_that_was_not_there_is_made(folder: Path) -> None:
    item = {"id": "form", "name": "表单发布", "kind": "B25"}
    with pytest.raises(RefusedError):  # B25 is no kind of offer
        edit.set_item(folder, "offers", item, catalogue=catalogue())
    kinds = catalogue().facts[("offer", "kind")].type.values
    assert kinds
    good = {**item, "kind": sorted(kinds)[0]}
    edit.set_item(folder, "offers", good, catalogue=catalogue())
    assert edit.read(folder).list_items("offers") == [good]


def test_two_forms_that_change_different_things_both_go_in(folder: Path) -> None:
    version = edit.read(folder).version
    _change(folder, FieldChange(at=("applicant", "headcount"), value=41, shown=28))
    _change(
        folder,
        FieldChange(at=("applicant", "has_served"), value=False, shown=True),
        version=version,
    )
    said = edit.read(folder)
    assert said.find_value(("applicant", "headcount")) == 41
    assert said.find_value(("applicant", "has_served")) is False


def test_two_forms_that_change_the_same_are_told_of_both_values(folder: Path) -> None:
    version = edit.read(folder).version
    _change(folder, FieldChange(at=("applicant", "headcount"), value=41, shown=28))
    before = _read_text(folder)
    with pytest.raises(StaleError) as told:
        _change(
            folder,
            FieldChange(at=("applicant", "headcount"), value=36, shown=28),
            FieldChange(at=("applicant", "has_served"), value=False, shown=True),
            version=version,
        )
    (clash,) = told.value.clashes
    assert (clash.mine, clash.theirs) == (36, 41)
    assert _read_text(folder) == before


def test_a_file_that_would_not_be_valid_is_not_kept(folder: Path) -> None:
    before = _read_text(folder)
    with pytest.raises(RefusedError) as told:
        _change(
            folder,
            FieldChange(at=("applicant", "headcount"), value="many"),
            FieldChange(at=("applicant", "has_served"), value=False),
        )
    assert set(told.value.at) == {("applicant", "headcount")}
    assert _read_text(folder) == before
    left = {path.name for path in folder.iterdir() if path.name.startswith(".")}
    assert left <= {REMADE_FOLDER}


def test_while_another_writes_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit, "_WAIT", 0.0)
    (folder / "evidence").mkdir(exist_ok=True)
    before = _read_text(folder)
    with (
        only_writer(folder / "evidence" / "lock"),
        pytest.raises(CaseError, match="another changqing"),
    ):
        _change(folder, FieldChange(at=("applicant", "headcount"), value=41))
    assert _read_text(folder) == before


def test_a_crash_at_any_step_leaves_the_old_file_or_the_new(folder: Path) -> None:
    class Death(BaseException):
        pass

    start = _read_text(folder)
    for last in range(12):
        (folder / "case.yaml").write_text(start, encoding="utf-8")
        left = last

        def die(_: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Death

        version = edit.read(folder).version
        try:
            edit.change(
                folder,
                [FieldChange(at=("applicant", "headcount"), value=41)],
                version=version,
                catalogue=catalogue(),
                disk=Disk(step=die),
            )
        except Death:
            assert edit.read(folder).find_value(("applicant", "headcount")) in (28, 41)
        else:
            assert last > 3
            return
    pytest.fail("it never came to an end")
