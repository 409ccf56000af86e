"""The pages of a register say what `changqing screen` says, and to nobody else."""

from __future__ import annotations

import html
import re
from datetime import date

import polars as pl
import pytest

from changqing.law.model import Verdict
from changqing.screening.results import CaseGroup
from changqing.screening.screen import LEADS, scan_results
from changqing.watch.model import THREE
from changqing_web.index import catalogue
from changqing_web.models import Role
from changqing_web.register.figures import LAPSE_CRITERIA, make_overview
from changqing_web.register.runs import find_run
from tests.web.register.register_world import AS_OF, CASES, LATER, make_run, put_run
from tests.web.web_world import Place, make_place


def _get_page(place: Place, rest: str = "") -> str:
    answer = place.editor.get(f"/w/{place.workspace.slug}/register/{rest}")
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def test_each_lapse_has_its_criterion() -> None:
    assert tuple(LAPSE_CRITERIA) == THREE
    assert set(LAPSE_CRITERIA.values()) <= set(catalogue().criteria)


@pytest.mark.long
def test_runs_are_listed_newest_first_and_what_is_unfinished_apart(
    place: Place,
) -> None:
    assert "还没有筛查结果" in _get_page(place)
    assert "登记册" not in place.editor.get("/w/here/").content.decode()
    put_run(place.workspace, "november")
    later = put_run(place.workspace, "may") / "run.json"
    told = later.read_text("utf-8").replace(f"{AS_OF}", f"{LATER}")
    later.write_text(told, "utf-8")
    (put_run(place.workspace, "begun") / "run.json").unlink()
    put_run(place.workspace, "十一月")
    page = _get_page(place)
    assert re.findall(r'register/(\w+)/"', page) == ["may", "november"]
    assert LEADS.zh in page
    assert "这次筛查还没有做完" in page
    assert page.count("begun") == 1  # its name stands once beside why
    assert "1个文件夹的名称不能用" in page
    assert ">登记册</a>" in place.editor.get("/w/here/").content.decode()


def test_a_run_is_compared_with_the_one_before_it_first(place: Place) -> None:
    put_run(place.workspace, "november")
    for name, day in (("may", LATER), ("october", date(2026, 10, 31))):
        file = put_run(place.workspace, name) / "run.json"
        told = file.read_text("utf-8").replace(f"{AS_OF}", f"{day}")
        file.write_text(told, "utf-8")
    choices = r'<option value="(may|november|october)"'
    assert re.findall(choices, _get_page(place, "november/")) == ["october", "may"]
    assert re.findall(choices, _get_page(place, "may/")) == ["november", "october"]


@pytest.mark.parametrize("region", [None, "44"])
def test_the_overview_counts_what_the_run_says(
    place: Place, region: str | None
) -> None:
    put_run(place.workspace, "november")
    found = make_overview(
        find_run(place.workspace, "november"), CaseGroup(region=region)
    )
    given = scan_results(make_run(), "sentences").collect()
    if region is not None:
        given = given.filter(pl.col("region") == region)
    reasons = (
        scan_results(make_run(), "reasons")
        .collect()
        .join(given.select("case", "region"), on="case")
    )
    assert found.cases == given.height > 0
    for row in found.lapses:
        for mark in row.marks:
            marked = reasons.filter(
                (pl.col("criterion") == row.code) & (pl.col("verdict") == mark.verdict)
            )
            assert mark.cases == marked["case"].n_unique()
    if region is None:
        assert any(mark.cases for row in found.lapses for mark in row.marks)
    of_dimension = {
        criterion.id: criterion.dimension.value
        for criterion in catalogue().criteria.values()
    }
    for row in found.dimensions:
        unmet = reasons.filter(
            pl.col("criterion").is_in(
                [name for name, of in of_dimension.items() if of == row.code]
            ),
            pl.col("verdict") == Verdict.UNMET,
        )
        counted = {mark.verdict: mark.cases for mark in row.marks}
        assert counted[Verdict.UNMET] == unmet["case"].n_unique()
    assert sum(row.cases for row in found.regions) == found.cases
    assert sum(row.cases for row in found.licences) == found.cases
    for group in found.licences:
        label = catalogue().licences[group.code].label
        assert group.name.zh == f"{group.code} {label.zh}"
        assert group.name.en == f"{group.code} {label.en}"
    for sentence in found.sentences:
        counted_states = {code: count for code, _, count in sentence.states}
        for code, count in counted_states.items():
            assert count == given.filter(pl.col(sentence.code) == code).height


def test_a_run_made_without_counts_is_counted_alike(place: Place) -> None:
    import shutil

    put_run(place.workspace, "new")
    shutil.rmtree(put_run(place.workspace, "old") / "counts")
    one, other = (
        make_overview(find_run(place.workspace, name), CaseGroup())
        for name in ("new", "old")
    )
    assert one == other


def test_the_page_says_that_these_are_leads_in_both_languages(place: Place) -> None:
    put_run(place.workspace, "november")
    page = _get_page(place, "november/")
    assert LEADS.zh in page
    assert f"{CASES}家" in page
    for lapse in THREE:
        assert lapse.text.zh in page
    english = _get_page(place, "november/?lang=en")
    assert LEADS.en in english
    assert "made-" not in page  # counted, and nobody listed


def test_a_run_of_another_workspace_is_no_page(place: Place) -> None:
    other = make_place("there", "local-life")
    put_run(other.workspace, "november")
    assert other.editor.get("/w/there/register/november/").status_code == 200
    assert place.editor.get("/w/here/register/november/").status_code == 404
    assert place.editor.get("/w/there/register/november/").status_code == 404
    for role in (Role.REVIEWER, Role.RESPONDENT):
        address = "/w/there/register/november/"
        assert other.people[role].get(address).status_code == 404


def test_a_damaged_run_is_told_without_its_place(place: Place) -> None:
    folder = put_run(place.workspace, "november")
    (folder / "run.json").write_text("{", "utf-8")
    answer = place.editor.get("/w/here/register/november/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "筛查结果读不出" in page
    assert str(folder.parent) not in page


@pytest.mark.long
def test_a_run_by_other_rules_says_so(place: Place) -> None:
    told = put_run(place.workspace, "november") / "run.json"
    assert "不是本程序的这一版规定" not in _get_page(place, "november/")
    other = told.read_text("utf-8").replace(make_run().catalogue, "0" * 64)
    told.write_text(other, "utf-8")
    assert "不是本程序的这一版规定" in _get_page(place, "november/")
