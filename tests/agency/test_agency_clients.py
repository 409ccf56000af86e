"""Clients in from a workbook, out to one, and asked for papers."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from changqing.agency.desk import DeskJournal, find_owner
from changqing.agency.request import record_request, request_papers
from changqing.agency.rows import BoardRow
from changqing.agency.workbook import (
    export_rows,
    make_clients,
    make_template,
    read_clients,
)
from changqing.casework.events import NoticeLine
from changqing.errors import CaseError
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import find_default_key_path
from changqing.judge.assess import Judge
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from changqing.report.model import CaseReport
from changqing.run import run
from changqing.text import Language, Text
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "local-life"
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
TODAY = date(2026, 11, 24)
MEMORY = Memory.open_beside(find_default_key_path(os.environ, Path.home()))
HEADS = ("公司名称", "统一社会信用代码", "许可证", "省份", "计划递交日", "负责人")
GOOD = ("南京甲乙科技有限公司", "91320105MA0EXAM2XG", "ICP", "江苏", "2027-01-15", "陆")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


def _book(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "客户"
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("language", list(Language))
def test_the_template_is_read_back(
    catalogue: Catalogue, tmp_path: Path, language: Language
) -> None:
    (tmp_path / "t.xlsx").write_bytes(make_template(language))
    found = read_clients(tmp_path / "t.xlsx", catalogue, tmp_path / "in", today=TODAY)
    assert (found.clients, found.faults) == ((), ())


def test_a_good_row_becomes_a_case_that_opens(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    into = tmp_path / "in"
    found = read_clients(
        _book(tmp_path / "c.xlsx", HEADS, GOOD), catalogue, into, today=TODAY
    )
    assert found.faults == ()
    assert not into.exists()
    assert make_clients(found.clients, into, by="甲", now=NOW, memory=MEMORY) == 1
    case = open_case(into / "91320105ma0exam2xg", catalogue)
    assert (case.application.licence, case.application.region) == ("B25", "32")
    assert case.application.submit_on == date(2027, 1, 15)
    assert find_owner(DeskJournal(case.path).list_notes()) == "陆"


def test_a_second_import_leaves_what_is_there(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    into, book = tmp_path / "in", _book(tmp_path / "c.xlsx", HEADS, GOOD)
    first = read_clients(book, catalogue, into, today=TODAY)
    make_clients(first.clients, into, by="甲", now=NOW, memory=MEMORY)
    file = into / "91320105ma0exam2xg" / "case.yaml"
    file.write_text("# mine", encoding="utf-8")
    again = read_clients(book, catalogue, into, today=TODAY)
    assert again.clients[0].there
    assert make_clients(again.clients, into, by="甲", now=NOW, memory=MEMORY) == 0
    assert make_clients(first.clients, into, by="甲", now=NOW, memory=MEMORY) == 0
    assert file.read_text(encoding="utf-8") == "# mine"


@pytest.mark.parametrize(
    ("place", "value", "cell"),
    [
        (0, None, "A2"),
        (1, "91320105MA0EXAM2X1", "B2"),
        (2, "B99", "C2"),
        (3, "火星", "D2"),
        (4, "明年", "E2"),
        (4, "2026-11-23", "E2"),  # has passed
    ],
)
def test_a_wrong_cell_is_named_with_what_to_do(
    catalogue: Catalogue, tmp_path: Path, place: int, value: object, cell: str
) -> None:
    row: list[object] = [*GOOD]
    row[place] = value
    book = _book(tmp_path / "c.xlsx", HEADS, tuple(row))
    found = read_clients(book, catalogue, tmp_path, today=TODAY)
    assert found.clients == ()
    (fault,) = found.faults
    assert fault.say(Language.ZH).startswith(f"客户!{cell} ")
    assert "，" in fault.say(Language.ZH)
    assert "; " in fault.say(Language.EN)


def test_who_holds_a_licence_has_no_day_of_handing_in_to_come(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    row = (*GOOD[:4], "2024-03-01", GOOD[5], "持证经营")
    heads = (*HEADS, "阶段")
    (client,) = read_clients(
        _book(tmp_path / "c.xlsx", heads, row), catalogue, tmp_path, today=TODAY
    ).clients
    assert (client.stage, client.submit_on) == ("operate", date(2024, 3, 1))


@pytest.mark.parametrize(
    ("shown", "stage"),
    [
        *(("准备", "prepare"), ("补正", "apply"), ("已递交", "apply")),
        *(("审查", "apply"), ("持证", "operate"), ("停止", "stop")),
        *(("延续", "renew"), ("preparing", "prepare"), ("correction", "apply")),
    ],
)
def test_the_words_that_the_list_of_cases_shows_are_understood(
    catalogue: Catalogue, tmp_path: Path, shown: str, stage: str
) -> None:
    heads = ("企业", "统一社会信用代码", "业务", "注册地", "计划递交日", "经办", "阶段")
    row = (*GOOD[:2], "B25信息服务业务", *GOOD[3:], shown)
    book = _book(tmp_path / "c.xlsx", heads, row)
    found = read_clients(book, catalogue, tmp_path / "in", today=TODAY)
    assert [fault.say(Language.ZH) for fault in found.faults] == []
    (client,) = found.clients
    assert (client.licence, client.stage, client.owner) == ("B25", stage, GOOD[5])
    # What came since is recorded with its days: the preview says so.
    under_way = shown in ("补正", "已递交", "审查", "correction")
    assert bool(found.notes) is under_way
    if under_way:
        assert f"客户!G2 写着“{shown}”" in found.notes[0].say(Language.ZH)


def test_a_company_given_twice_is_a_fault(catalogue: Catalogue, tmp_path: Path) -> None:
    book = _book(tmp_path / "c.xlsx", HEADS, GOOD, (None,), GOOD)
    found = read_clients(book, catalogue, tmp_path, today=TODAY)
    assert len(found.clients) == 1
    assert [fault.row for fault in found.faults] == [4]


@pytest.mark.parametrize(
    "day",
    [
        datetime(2027, 2, 1),  # noqa: DTZ001 - as Excel has it
        "2027/2/1",
        "2027年2月1日",
        "２０２７.２.１",
        20270201,
    ],
)
def test_a_day_may_be_a_cell_of_a_day_or_typed_as_people_do(
    catalogue: Catalogue, tmp_path: Path, day: object
) -> None:
    row = (*GOOD[:4], day, GOOD[5])
    found = read_clients(
        _book(tmp_path / "c.xlsx", HEADS, row), catalogue, tmp_path, today=TODAY
    )
    assert found.clients[0].submit_on == date(2027, 2, 1)


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(
    catalogue: Catalogue, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "c.xlsx").write_bytes(content)
    with pytest.raises(CaseError, match="xlsx"):
        read_clients(tmp_path / "c.xlsx", catalogue, tmp_path, today=TODAY)


def test_missing_columns_are_named(catalogue: Catalogue, tmp_path: Path) -> None:
    book = _book(tmp_path / "c.xlsx", HEADS[:3])
    with pytest.raises(CaseError, match="province"):
        read_clients(book, catalogue, tmp_path, today=TODAY)


def test_an_export_never_holds_a_formula(catalogue: Catalogue) -> None:
    row = BoardRow(folder="a\x1b[31m", name="=1+1", next_what=Text("递交", "hand in"))
    content = export_rows([row], date(2026, 11, 24), Language.ZH, catalogue)
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")
    assert sheet["A2"].value == "a\ufffd[31m"  # a workbook takes no such character


@pytest.fixture(scope="module")
def report(
    catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> CaseReport:
    """What is assessed of a company that says much and proves nothing."""
    case = tmp_path_factory.mktemp("client") / "case"
    shutil.copytree(EXAMPLE, case)
    shutil.rmtree(case / "evidence")
    said = (case / "case.yaml").read_text(encoding="utf-8")
    said = re.sub(r"\npapers:\n.*?(?=\n\w)", "\npapers: []\n", said, flags=re.DOTALL)
    said = re.sub(r"\n(closed|looks):.*?(?=\n\w|\Z)", "", said, flags=re.DOTALL)
    (case / "case.yaml").write_text(said, encoding="utf-8")
    return run(
        case,
        judge=Judge(catalogue),
        clock=lambda: NOW,
        key=case / "key",
        as_of=TODAY,
    ).report


@pytest.mark.parametrize("language", list(Language))
def test_a_request_asks_then_names_papers_and_invents_no_act(
    report: CaseReport, catalogue: Catalogue, language: Language
) -> None:
    sent = request_papers(report, [], language).markdown
    remedies = [rule.remedy.text.say(language) for rule in catalogue.criteria.values()]
    assert not [remedy for remedy in remedies if remedy in sent]
    assert "case.yaml" not in sent
    labels = [fact.label.say(language) for fact in catalogue.facts.values()]
    bullets = [line.removeprefix("- [ ] ") for line in sent.splitlines()]
    assert not set(bullets) & set(labels)
    headings = [line for line in sent.splitlines() if line.startswith("## ")]
    wanted = {
        Language.ZH: ["## 请告诉我们", "## 请提供的材料"],
        Language.EN: ["## Please tell us", "## Papers to send us"],
    }
    assert headings == wanted[language]
    paper = {Language.ZH: "《营业执照》", Language.EN: "“Business licence”"}
    assert paper[language] in sent


def test_a_request_is_kept_with_the_lines_of_the_notice_first(
    tmp_path: Path, report: CaseReport
) -> None:
    lines = [NoticeLine(number=2, text="补社保证明")]
    request = request_papers(report, lines, Language.ZH)
    assert request.items[0] == "补社保证明"
    assert "不收：没有档案查询章的复印件" in request.markdown
    note = record_request(tmp_path, request, by="甲", now=NOW)
    desk = DeskJournal(tmp_path)
    assert desk.list_notes()[0] == note
    assert note.digest is not None
    kept = desk.find_request_path(note.digest).read_text(encoding="utf-8")
    assert kept == request.markdown
    for mark in ("#", "- [", "**"):
        assert mark not in request.plain
    assert "不收：没有档案查询章的复印件" in request.plain
