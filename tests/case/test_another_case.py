"""A second licence of a company begins with what is known, and with its papers."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.another import bring_paper, list_other_papers, write_another_case
from changqing.case.model import Case
from changqing.case.set_aside import set_paper_aside
from changqing.errors import CaseError
from changqing.papers.open import open_case
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
TODAY = date(2026, 11, 27)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    target = tmp_path / "first"
    ignored = shutil.ignore_patterns("evidence", "dossier")
    shutil.copytree(EXAMPLE, target, ignore=ignored)
    return target


def begin(source: Path, licence: str = "B21", **more: str) -> Case:
    return write_another_case(
        source,
        source.with_name("second"),
        licence=licence,
        submit_on=date(2027, 3, 1),
        catalogue=CATALOGUE,
        **more,
    )


def test_what_is_known_and_the_papers_come_along(source: Path) -> None:
    first = open_case(source, CATALOGUE)
    set_paper_aside(source, "lease", on=TODAY, by="林晓", catalogue=CATALOGUE)
    before = (source / "case.yaml").read_bytes()
    second = begin(source)
    assert (second.application.licence, second.application.stage) == ("B21", "apply")
    assert second.application.submit_on == date(2027, 3, 1)
    assert second.application.region == first.application.region
    assert (second.name, second.facts) == (first.name, first.facts)
    assert (second.services, second.people) == (first.services, first.people)
    assert {paper.id for paper in second.papers} == {
        paper.id for paper in first.papers
    } - {"lease"}
    for paper in second.papers:
        content = (second.path / paper.file.path).read_bytes()
        assert content == (source / paper.file.path).read_bytes()
    assert edit.read(second.path).find_value(("set_aside",)) is None
    assert "paper" not in second.closed
    assert (source / "case.yaml").read_bytes() == before
    assert sorted(path.name for path in source.parent.iterdir()) == ["first", "second"]


def test_a_scope_that_the_licence_has_not_becomes_one_that_it_has(source: Path) -> None:
    assert begin(source, "N95").application.scope == "cross_province"


def test_nothing_is_left_behind_where_it_cannot_be(source: Path) -> None:
    with pytest.raises(CaseError, match="that very licence"):
        begin(source, "B25")
    (source / "documents" / "13-lease.md").unlink()
    with pytest.raises(CaseError):
        begin(source)
    assert [path.name for path in source.parent.iterdir()] == ["first"]


def test_a_case_that_is_there_is_left_alone(source: Path) -> None:
    begin(source)
    with pytest.raises(CaseError, match="is there already"):
        begin(source, "B11")


def test_a_paper_that_came_later_is_brought_over(source: Path) -> None:
    second = begin(source).path
    assert list_other_papers(source, second) == []
    (source / "documents" / "13-lease.md").write_text("新的租赁合同", "utf-8")
    (found,) = list_other_papers(source, second)
    assert (found.id, found.kind) == ("lease", "lease")
    name = bring_paper(source, second, "lease", catalogue=CATALOGUE)
    item = edit.read(second).find_value(("papers", name))
    assert (name, item["file"]) == ("lease_2", "documents/13-lease-2.md")
    was = edit.read(source).find_value(("papers", "lease", "received_on"))
    assert item["received_on"] == was
    assert (second / item["file"]).read_text("utf-8") == "新的租赁合同"
    assert list_other_papers(source, second) == []
    with pytest.raises(CaseError, match="not there any more"):
        bring_paper(source, second, "nothing", catalogue=CATALOGUE)
