"""Lists of companies, one of them alone, and the case that it becomes."""

from __future__ import annotations

import csv
import html
import io
import shutil
from functools import cache
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest
from openpyxl import load_workbook

from changqing.jsondata import JsonObject
from changqing.screening.extract import write_extract
from changqing.screening.lead_journal import ScreenSignal
from changqing.screening.leads import list_companies
from changqing.screening.results import compare_certain, compare_verdicts
from changqing.screening.screen import LEADS, read_run, scan_results
from changqing.screening.signals import write_sample
from changqing_web.cases import load_report
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Role
from changqing_web.register import opening, views
from changqing_web.walls import Here
from tests.web.register.register_world import CASES, LATER, make_run, put_run
from tests.web.web_world import Place, make_place


@cache
def _find_signal() -> ScreenSignal:
    """The signal that marks most of the made companies with certainty."""
    reasons = scan_results(make_run(), "reasons").filter(pl.col("verdict") == "unmet")
    counts = reasons.group_by("criterion").agg(pl.col("case").n_unique())
    criterion = counts.sort("case", "criterion").collect()["criterion"][-1]
    return ScreenSignal(criterion=criterion, verdict="unmet")


def _make_query() -> str:
    signal = _find_signal()
    return f"criterion={signal.criterion}&verdict={signal.verdict}"


@pytest.fixture
def run(place: Place) -> Path:
    return put_run(place.workspace, "november")


def _get_page(place: Place, rest: str) -> str:
    answer = place.editor.get(f"/w/here/register/november/{rest}")
    assert answer.status_code == 200, rest
    return html.unescape(answer.content.decode())


def _names_in(page: str) -> list[str]:
    shown = page.split("<table", 1)[-1]
    return [
        f"made-{number:07d}"
        for number in range(1, CASES + 1)
        if f"made-{number:07d}</span>" in shown
    ]


def _look_through(run: Path, *, wrong: int = 0) -> list[str]:
    """Fill in a sample of all that the signal marks; the first few are wrong."""
    path = write_sample(read_run(run), _find_signal(), catalogue(), size=10_000, seed=1)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(rows):
        row["right"] = "否" if number < wrong else "是"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return sorted(row["case"] for row in rows)


def test_a_signal_names_nobody_before_people_have_looked(
    place: Place, run: Path
) -> None:
    page = _get_page(place, f"companies/?{_make_query()}")
    marked = scan_results(make_run(), "reasons").filter(
        pl.col("criterion") == _find_signal().criterion,
        pl.col("verdict") == _find_signal().verdict,
    )
    count = marked.collect()["case"].n_unique()
    assert count > 1
    assert f"这一信号标出{count}家" in page
    assert "还不能按企业列出" in page
    assert "made-" not in page
    for kind in ("csv", "xlsx"):
        answer = place.editor.get(
            f"/w/here/register/november/companies.{kind}?{_make_query()}"
        )
        assert answer.status_code == 409
        assert "made-" not in answer.content.decode()


def test_a_measured_signal_lists_whom_the_command_line_lists(
    place: Place, run: Path
) -> None:
    cases = _look_through(run)
    page = _get_page(place, f"companies/?{_make_query()}")
    assert _names_in(page) == cases
    listed = list_companies(read_run(run), _find_signal(), catalogue())
    assert [row[0] for row in listed.rows] == cases
    assert LEADS.zh in page
    # Somebody says no meanwhile: the page goes by the sample as it is now.
    shutil.rmtree(run / "leads")
    _look_through(run, wrong=len(cases))
    assert "还不能按企业列出" in _get_page(place, f"companies/?{_make_query()}")


def test_companies_are_found_by_name_province_and_licence(
    place: Place, run: Path
) -> None:
    given = scan_results(make_run(), "sentences").collect()
    assert len(_names_in(_get_page(place, "companies/"))) == CASES
    region = given["region"][0]
    expected = given.filter(pl.col("region") == region)["case"].sort().to_list()
    assert _names_in(_get_page(place, f"companies/?region={region}")) == expected
    licence = given["licence"][0]
    both = given.filter(pl.col("region") == region, pl.col("licence") == licence)
    found = _names_in(_get_page(place, f"companies/?region={region}&licence={licence}"))
    assert found == both["case"].sort().to_list()
    row = given.row(0, named=True)
    assert row["case"] in _names_in(
        _get_page(place, f"companies/?q={quote(row['company'])}")
    )
    assert _names_in(_get_page(place, f"companies/?q={row['case']}")) == [row["case"]]
    assert _names_in(_get_page(place, "companies/?q=.*")) == []
    # A list of all says nothing of anybody.
    assert "v-unmet" not in _get_page(place, "companies/").split("<table", 1)[1]
    # What nobody knows is not taken for all.
    for unknown in ("criterion=nothing&verdict=unmet", "region=xx", "licence=xx"):
        for rest in ("companies/", "companies.csv"):
            address = f"/w/here/register/november/{rest}?{unknown}"
            assert place.editor.get(address).status_code == 404, address


def test_one_company_is_told_with_every_reason(place: Place, run: Path) -> None:
    reasons = scan_results(make_run(), "reasons").collect()
    case = reasons.filter(pl.col("verdict") == "unmet")["case"][0]
    page = _get_page(place, f"company/?id={case}")
    own = reasons.filter(pl.col("case") == case)
    for criterion in own["criterion"].unique():
        assert catalogue().criteria[criterion].title.zh in page
    assert page.count("<tr>") - page.count("<thead>") == own.height
    assert LEADS.zh in page
    english = _get_page(place, f"company/?id={case}&lang=en")
    assert LEADS.en in english
    missing = "/w/here/register/november/company/?id=nobody"
    assert place.editor.get(missing).status_code == 404


@pytest.mark.long
def test_a_company_becomes_a_case_that_says_the_same_once(
    place: Place, run: Path
) -> None:
    said = scan_results(make_run(), "sentences").collect().row(3, named=True)
    address = "/w/here/register/november/open/"
    answer = place.editor.post(address, {"id": said["case"]})
    assert answer.status_code == 303
    row = place.workspace.cases.get(folder=f"register-{said['case']}")
    assert answer["Location"] == f"/w/here/c/{row.folder}/"
    here = Here(
        user=place.workspace.memberships.get(role=Role.EDITOR).user,
        workspace=place.workspace,
        role=Role.EDITOR,
        case=row,
    )
    report = load_report(here)
    assert report is not None
    for name in ("readiness", "compliance"):
        assert getattr(report, name) == said[name]
    assert report.long_term.state == said["long_term"]
    seals = place.editor.get(f"/w/here/c/{row.folder}/seal/").content.decode()
    assert "从登记册里取出的项目不能封存" in seals
    assert "封存包会放进" not in seals
    overview = place.editor.get(f"/w/here/c/{row.folder}/").content.decode()
    assert "线索：从登记册的筛查里取出" in overview
    assert "先由人看过项目、听过企业的说明" in overview
    for advice in ("生成申报材料", "先办三件", "还要办别的许可证"):
        assert advice not in overview
    event = CaseEvent.objects.get(workspace=place.workspace, verb="new")
    detail: JsonObject = event.detail
    assert (detail["register_run"], detail["register_case"]) == (
        "november",
        said["case"],
    )
    # Asked for again, it is the same case.
    again = place.editor.post(address, {"id": said["case"]})
    assert again["Location"] == answer["Location"]
    assert place.workspace.cases.count() == 2
    assert "到已取出的项目" in _get_page(place, f"company/?id={said['case']}")


@pytest.mark.long
def test_one_company_that_two_take_out_at_once_is_one_case(
    place: Place, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = scan_results(make_run(), "sentences").collect().row(3, named=True)["case"]
    address = "/w/here/register/november/open/"
    answers = []

    def write_while_another_asks(*given: object, **named: object) -> None:
        monkeypatch.setattr(opening, "write_extract", write_extract)
        answers.append(place.editor.post(address, {"id": case}))
        write_extract(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "write_extract", write_while_another_asks)
    answers.append(place.editor.post(address, {"id": case}))
    assert [answer["Location"] for answer in answers] == [
        f"/w/here/c/register-{case}/"
    ] * 2
    assert place.workspace.cases.count() == 2
    assert {path.name for path in place.folder.parent.iterdir()} == {
        place.case.folder,
        f"register-{case}",
    }


def test_nobody_else_opens_or_takes_anything_away(place: Place, run: Path) -> None:
    other = make_place("there", "local-life")
    case = scan_results(make_run(), "sentences").collect()["case"][0]
    address = "/w/here/register/november/open/"
    for client in (
        other.editor,
        place.people[Role.REVIEWER],
        place.people[Role.RESPONDENT],
    ):
        assert client.post(address, {"id": case}).status_code == 404
        for rest in ("companies.csv", "criteria.xlsx", f"company/?id={case}"):
            found = client.get(f"/w/here/register/november/{rest}")
            assert found.status_code == 404
    assert place.editor.post(address, {"id": "nobody"}).status_code == 404
    there = "/w/there/register/november/open/"
    assert other.editor.post(there, {"id": case}).status_code == 404
    assert place.workspace.cases.count() == other.workspace.cases.count() == 1


def test_a_register_that_is_gone_is_told_and_nothing_is_made(
    place: Place, run: Path
) -> None:
    case = scan_results(make_run(), "sentences").collect()["case"][0]
    told = (run / "run.json").read_text("utf-8")
    register = str(make_run().register)
    (run / "run.json").write_text(told.replace(register, f"{register}-gone"), "utf-8")
    answer = place.editor.post(
        "/w/here/register/november/open/", {"id": case}, follow=True
    )
    page = answer.content.decode()
    assert "这里没有登记册" in page
    assert register not in page
    assert place.workspace.cases.count() == 1
    folder = place.folder.parent
    assert [path.name for path in folder.iterdir()] == [place.case.folder]


def test_files_to_take_away_run_no_formula_and_say_what_they_are(
    place: Place, run: Path
) -> None:
    sentences = next((run / "sentences").glob("*.parquet"))
    frame = pl.read_parquet(sentences)
    frame.with_columns(company=pl.lit("=HYPERLINK(1)")).write_parquet(sentences)
    (run / "run.json").touch()  # another run, put where one was
    answer = place.editor.get("/w/here/register/november/companies.csv")
    rows = list(
        csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    )
    assert len(rows) == CASES
    assert sum(row["企业"] == "'=HYPERLINK(1)" for row in rows) == frame.height
    assert all(row["leads_only"] == LEADS.zh for row in rows)
    for name in ("companies", "criteria"):
        answer = place.editor.get(f"/w/here/register/november/{name}.xlsx?lang=en")
        sheet = load_workbook(io.BytesIO(answer.content)).active
        cells = [cell for line in sheet.iter_rows() for cell in line]
        assert not any(cell.data_type == "f" for cell in cells)
        assert sheet.cell(2, sheet.max_column).value == LEADS.en
    assert place.editor.get("/w/here/register/november/criteria.exe").status_code == 404


def test_more_companies_than_a_workbook_takes_are_not_written(
    place: Place, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_MOST_IN_WORKBOOK", CASES - 1)
    address = "/w/here/register/november/companies"
    answer = place.editor.get(f"{address}.xlsx", follow=True)
    assert answer.redirect_chain == [(f"{address}/?", 303)]
    assert f"{CASES}家，一张表最多{CASES - 1}行" in answer.content.decode()
    assert place.editor.get(f"{address}.csv").status_code == 200


@pytest.mark.long
def test_the_change_is_what_the_command_line_counts(place: Place, run: Path) -> None:
    put_run(place.workspace, "may", LATER)
    before, after = make_run(), make_run(LATER)
    counted = {
        row[0]: row[1:3]
        for row in compare_verdicts(before, after).rows
        if any(row[1:3])
    }
    assert {row[0]: row[1:] for row in compare_certain(before, after).rows} == counted
    assert counted
    answer = place.editor.get("/w/here/register/may/change/?before=november")
    page = html.unescape(answer.content.decode())
    for criterion in counted:
        assert catalogue().criteria[str(criterion)].title.zh in page
    assert "佐证不足" in page
    assert LEADS.zh in page
    same = place.editor.get("/w/here/register/may/change/?before=may")
    assert same.content.decode().count("没有变") == 2
    for wrong in ("", "nothing", "../november"):
        address = f"/w/here/register/may/change/?before={wrong}"
        assert place.editor.get(address).status_code == 404
