"""Documents say of a paper what it states, of the area what was said, and leave blanks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from changqing.documents.compose import fill_empty_cells
from changqing.evidence.model import SourceKind
from changqing.evidence.records import list_records
from changqing.law.documents import load_documents
from changqing.papers.open import open_case
from tests.documents.dossier_case import (
    EXAMPLES,
    assessed,
    copied,
    judge,
    text_of,
    written,
)

NAMES = ("contradictory", "local-life", "newly-registered")
_SAYS_OF_A_PAPER = re.compile(r"写明|载明|记载|所载")
_ITS_WORDS = ("stated(", "shown(", "paper(")


def edited(name: str, folder: Path, *changes: tuple[str, str]) -> Path:
    case = copied(name, folder)
    file = case / "case.yaml"
    content = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert re.search(old, content), old
        content = re.sub(old, new, content)
    file.write_text(content, encoding="utf-8")
    return case


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("", "要办的事：把还没回答的情况填清楚〕（跨地区）"),
        ("  coverage: 全国\n", "全国（跨地区）"),
        ("  coverage: [江苏, 浙江省, '51']\n", "江苏省、浙江省、四川省（跨地区）"),
    ],
)
def test_a_wide_area_is_the_nation_or_a_list_and_never_the_one_province(
    said: str, printed: str, tmp_path: Path
) -> None:
    case = edited(
        "contradictory",
        tmp_path,
        (r"(?m)^(  scope: cross_province.*\n)", rf"\g<1>{said}"),
    )

    documents = written(assessed(case))

    row = next(
        line
        for line in text_of(documents["written_application"]).splitlines()
        if line.startswith("| 业务覆盖范围")
    )
    assert printed in row.replace("^自述^", "")
    if not said:
        assert "江苏" not in row
        assert not documents["written_application"].complete
    assert "（跨地区）。" in text_of(documents["business_plan"])


def test_an_unknown_province_is_refused_with_its_line(tmp_path: Path) -> None:
    case = edited(
        "contradictory",
        tmp_path,
        (r"(?m)^(  scope: cross_province.*\n)", r"\g<1>  coverage: [江南]\n"),
    )
    with pytest.raises(Exception, match="江南"):
        open_case(case, judge().catalogue)


def test_one_province_is_named(tmp_path: Path) -> None:
    letter = text_of(written(assessed(EXAMPLES / "local-life"))["written_application"])
    assert "业务覆盖范围为浙江省（省内）。" in letter


def test_the_letter_carries_no_day_of_our_own_plan() -> None:
    outcome = assessed(EXAMPLES / "local-life")
    letter = text_of(written(outcome)["written_application"])
    assert "计划递交日" not in letter
    assert outcome.case.application.submit_on.isoformat() not in letter


def test_a_letter_without_a_contact_shows_the_blank(tmp_path: Path) -> None:
    case = edited(
        "local-life", tmp_path, ("named_contact: true", "named_contact: false")
    )
    document = written(assessed(case))["written_application"]
    assert "| 联系人 | 〔待补：" in text_of(document)
    assert any("联系人的姓名" in blank.supply for blank in document.blanks)


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_of_any_document_is_empty(name: str) -> None:
    for document in written(assessed(EXAMPLES / name)).values():
        for line in text_of(document).splitlines():
            if line.startswith("|"):
                assert not re.search(r"(?<!\\)\|\s*(?<!\\)\|", line), document.id


def test_an_empty_cell_is_named_by_its_row_or_its_column() -> None:
    table = "| 事项 | 内容 |\n|---|---|\n| 联系人 |  |\n\n| 姓名 | 岗位 | 社保 |\n|-|-|-|\n| 林 | | 有 |"
    assert fill_empty_cells(table) == (
        "| 事项 | 内容 |\n|---|---|\n| 联系人 | 〔待补：联系人〕 |\n\n"
        "| 姓名 | 岗位 | 社保 |\n|-|-|-|\n| 林 | 〔待补：林，岗位〕 | 有 |"
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_cited_from_a_paper_stands_in_that_paper(name: str) -> None:
    outcome = assessed(EXAMPLES / name)
    stated = {
        (record.source.name, str(record.subject), record.fact, record.value)
        for record in list_records(outcome.case)
        if record.source.kind is SourceKind.PAPER
    }
    titles = {
        f"《{outcome.case.catalogue.materials[paper.kind].label.zh}》": paper.id
        for paper in outcome.case.papers
    }
    cited = 0
    for document in written(outcome).values():
        for statement in document.statements:
            title = statement.source.partition("，")[0]
            if title in titles and statement.evidence is not None:
                cited += 1
                papers = {
                    paper.id
                    for paper in outcome.case.papers
                    if f"《{outcome.case.catalogue.materials[paper.kind].label.zh}》"
                    == title
                }
                assert any(
                    (
                        paper,
                        str(statement.subject),
                        statement.fact,
                        statement.value,
                    )
                    in stated
                    for paper in papers
                ), statement
    assert cited > 40


def test_where_a_template_says_what_a_paper_writes_the_paper_itself_is_asked() -> None:
    for template in load_documents().values():
        under = ""
        for line in template.body.splitlines():
            if line.startswith("## "):
                under = line
            if "{{" not in line:
                continue
            about = under if line.startswith("|") else line
            if _SAYS_OF_A_PAPER.search(re.sub(r"'[^']*'", "", about)):
                for call in re.findall(r"\{\{ (\w+\()", line):
                    assert call in _ITS_WORDS, f"{template.id}: {line}"


def test_how_long_the_cash_lasts_is_called_a_projection_and_is_the_one_day() -> None:
    outcome = assessed(EXAMPLES / "contradictory")
    document = written(outcome)["funds_and_runway"]
    text = text_of(document)
    until = outcome.outlook.runway.proven
    assert until is not None
    assert until.until is not None
    (said,) = [
        statement for statement in document.statements if statement.fact == "cash_until"
    ]
    assert said.value == until.until == outcome.outlook.endurance.committed_until
    assert said.source.startswith("到期日推算")
    assert "推算，收入没有计入，够用" in text
    assert "资金计划写明" not in text
    assert "2027年7月15日" not in text


def test_the_business_licence_gives_what_the_licence_states(tmp_path: Path) -> None:
    case = edited(
        "local-life",
        tmp_path,
        (
            r"(?s)(kind: business_licence\n.*?)      - \{fact: address[^\n]*\n",
            r"\g<1>",
        ),
        (
            r"(?s)(kind: business_licence\n.*?)      - \{fact: registered_capital, "
            r"value: '[^']*'",
            r"\g<1>      - {fact: registered_capital, value: '190万元'",
        ),
    )

    text = text_of(written(assessed(case))["business_licence"])

    assert "| 住所 | 〔待补：" in text
    assert "190万元" in text
