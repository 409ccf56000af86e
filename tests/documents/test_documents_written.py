from __future__ import annotations

import re
from pathlib import Path

import pytest

from changqing.documents.documents import copy_to_edit
from changqing.documents.markup import escape
from changqing.errors import CaseError, CatalogueError
from changqing.law.documents import check_documents, load_documents
from changqing.law.folders import CATALOGUE_ROOT
from changqing.run import Outcome
from changqing.text import Language
from tests.documents.dossier_case import (
    EXAMPLES,
    assessed,
    copied,
    moved,
    text_of,
    written,
)


@pytest.fixture(scope="module")
def local_life() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def test_the_nine_papers_stand_in_the_order_and_numbers_of_the_law(
    local_life: Outcome,
) -> None:
    numbers = [document.number for document in written(local_life).values()]
    papers = dict.fromkeys(n.partition("-")[0] for n in numbers if n is not None)

    assert list(papers)[:9] == [str(n) for n in range(1, 10)]
    assert numbers[0] is None  # the index comes first


def test_every_statement_carries_its_number_or_says_that_it_is_only_declared(
    local_life: Outcome,
) -> None:
    said = 0
    for document in written(local_life).values():
        for section in document.sections:
            for statement in section.statements:
                said += 1
                mark = "自述" if statement.evidence is None else statement.evidence
                assert f"{escape(statement.text)}^{mark}^" in section.markdown
                assert (statement.grade.name == "DECLARED") is (
                    statement.evidence is None
                )
    assert said > 150


def test_a_figure_agrees_with_its_paper_in_the_index_of_evidence(
    local_life: Outcome,
) -> None:
    documents = written(local_life)
    cash = next(
        statement
        for statement in documents["funds_and_runway"].statements
        if statement.fact == "cash_on_hand"
    )
    row = next(
        line
        for line in text_of(documents["evidence_index"]).splitlines()
        if line.startswith(f"| {cash.evidence} ")
    )

    assert cash.text == "263万元"
    assert "银行" in row


def test_what_is_missing_is_a_blank_that_says_what_to_supply(
    tmp_path: Path,
) -> None:
    case = copied("local-life", tmp_path)
    file = case / "case.yaml"
    content = file.read_text(encoding="utf-8")
    content = re.sub(r"(?m)^  monthly_cost: .*\n", "", content)
    content = re.sub(r" *- \{fact: monthly_cost.*\n", "", content)
    file.write_text(content, encoding="utf-8")

    document = written(assessed(case))["funds_and_runway"]

    blank = next(one for one in document.blanks if one.fact == "monthly_cost")
    assert "每月成本" in blank.supply
    assert f"：{blank.text}〕" in text_of(document)
    assert not document.complete


def test_a_figure_that_differs_from_the_declaration_is_marked() -> None:
    documents = written(assessed(EXAMPLES / "contradictory"))

    assert "〔须核实：" in text_of(documents["company_profile"])
    assert not documents["company_profile"].complete


def test_the_profile_lists_those_who_have_a_post_in_the_business(
    tmp_path: Path,
) -> None:
    case = copied("local-life", tmp_path)
    text = (case / "case.yaml").read_text(encoding="utf-8")
    extra = (
        "people:\n  - {id: zhou_er, name: 周二, role: other}\n"
        "  - {id: wu_san, name: 吴三, role: [technical, other]}\n"
    )
    (case / "case.yaml").write_text(text.replace("people:\n", extra, 1), "utf-8")
    profile = text_of(written(assessed(case))["company_profile"])
    assert "| 周二" not in profile
    assert "| 吴三" in profile
    assert "| 唐砚" in profile


def test_the_index_says_which_papers_are_complete(local_life: Outcome) -> None:
    documents = written(local_life)
    rows = text_of(documents["index"]).splitlines()

    for document in documents.values():
        if document.number is None:
            continue
        row = next(line for line in rows if line.startswith(f"| {document.number} |"))
        state = "齐备" if document.complete else f"待补{len(document.blanks)}处"
        assert f"| {state} |" in row


def test_a_document_alone_is_the_same_as_among_the_others(
    local_life: Outcome,
) -> None:
    alone = written(local_life, "company_profile")

    assert list(alone) == ["company_profile"]
    assert alone["company_profile"] == written(local_life)["company_profile"]


def test_an_unknown_document_is_refused_with_those_there_are(
    local_life: Outcome,
) -> None:
    with pytest.raises(CaseError) as caught:
        written(local_life, "profile")

    (line,) = caught.value.lines(Language.ZH)
    assert "profile" in line
    assert "company_profile" in line


def test_the_own_copy_wins_and_its_blanks_count(tmp_path: Path) -> None:
    case = moved(assessed(EXAMPLES / "newly-registered"), tmp_path)
    path, made = copy_to_edit(case.case, "written_application")
    assert made
    content = path.read_text(encoding="utf-8")
    content = content.replace("{{ cell('contact_email') }}", "zhou@qinghe.example")
    path.write_text(content, encoding="utf-8")

    document = written(case)["written_application"]

    assert document.origin == "own"
    assert not document.stale
    assert "zhou@qinghe.example" in text_of(document)
    assert len(document.blanks) == 2
    assert copy_to_edit(case.case, "written_application") == (path, False)


def test_a_copy_of_an_older_template_is_told(
    local_life: Outcome, tmp_path: Path
) -> None:
    case = moved(local_life, tmp_path)
    path, _ = copy_to_edit(case.case, "emergency")
    content = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub("made_from: .*", f"made_from: {'0' * 64}", content), encoding="utf-8"
    )

    assert written(case)["emergency"].stale


@pytest.mark.parametrize(
    ("written_there", "told"),
    [
        ("{{ ''.__class__.__mro__ }}", "dossier/emergency.md:8"),
        ("{{ revenue }}", "revenue"),
        ("{{ say('no_such_fact') }}", "no_such_fact"),
        ("{% if %}", "dossier/emergency.md:8"),
    ],
)
def test_a_copy_that_cannot_be_used_is_refused_with_its_line(
    local_life: Outcome, tmp_path: Path, written_there: str, told: str
) -> None:
    case = moved(local_life, tmp_path)
    (tmp_path / "dossier").mkdir()
    (tmp_path / "dossier" / "emergency.md").write_text(
        f"---\nid: emergency\ntitle: 应急预案\norder: 1\n---\n## 一\n\n{written_there}\n",
        encoding="utf-8",
    )

    with pytest.raises(CaseError) as caught:
        written(case)

    (line,) = caught.value.lines(Language.ZH)
    assert told in line
    assert "dossier/emergency.md:8" in line


def test_front_matter_is_checked_with_its_line(
    local_life: Outcome, tmp_path: Path
) -> None:
    case = moved(local_life, tmp_path)
    (tmp_path / "dossier").mkdir()
    (tmp_path / "dossier" / "emergency.md").write_text(
        "---\nid: emergency\ntitel: 应急预案\norder: 1\n---\n", encoding="utf-8"
    )

    with pytest.raises(CaseError) as caught:
        written(case)

    assert any("emergency.md:3" in line for line in caught.value.lines(Language.ZH))


def test_words_of_the_case_are_never_markup() -> None:
    assert escape("A|B ^c^ [x](y)\n# <b>") == ("A\\|B \\^c\\^ \\[x\\](y) \\# \\<b\\>")
    assert escape("\ue000s1\ue001") == "s1"


def test_the_templates_that_ship_are_in_order() -> None:
    assert len(load_documents()) >= 20


def test_law_written_in_a_template_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    ours = (CATALOGUE_ROOT / "documents" / "emergency.md").read_text(encoding="utf-8")
    (folder / "emergency.md").write_text(
        ours + "\n依照办法第八条。\n", encoding="utf-8"
    )

    (issue,) = check_documents(
        tmp_path,
        materials={"emergency_plan": 1, "drill_record": 1},
        facts={},
        licences={},
    )

    assert issue.path == "documents/emergency.md"
    assert issue.line == len(ours.splitlines()) + 2


def test_a_file_without_front_matter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "x.md").write_text("## 一\n", encoding="utf-8")

    with pytest.raises(CatalogueError, match=r"documents/x\.md:1"):
        load_documents(tmp_path)
