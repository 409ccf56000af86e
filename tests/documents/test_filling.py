"""Nothing half-said is handed in, and what is open says who fills it by which task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.documents.document import Document, DocumentEdition, Section
from changqing.documents.filling import list_unfinished
from tests.documents.dossier_case import EXAMPLES, assessed, copied, text_of, written
from tests.documents.test_blanks_to_supply import forget
from tests.documents.test_licence_wording import write
from tests.documents.test_trade_of_each_licence import CATALOGUE, company
from tests.share import every_so_many

STAGES = ("prepare", "apply", "renew", "operate", "annual_report", "amend", "stop")


def list_wrong(document: Document) -> Iterator[str]:
    """What is said of no task, and what no mark says is open."""
    for blank in document.blanks:
        errand = CATALOGUE.errands[blank.errand or "none"]
        if blank.supply.endswith("写全，或者删去"):
            continue  # not marked, but listed
        text = next(s.markdown for s in document.sections if s.id == blank.section)
        said = f"谁办：{errand.who.zh}，要办的事：{errand.title.zh}〕"
        if said not in text:
            yield f"{document.id}/{blank.section} {blank.supply}: {said}"


def list_stated(case: Case) -> list[str]:
    """The facts that the example states anywhere, each of which may be missing."""
    members = (*case.people, *case.holders, *case.services)
    statements = [*case.facts, *(fact for member in members for fact in member.facts)]
    for paper in case.papers:
        statements += [*paper.backs, *paper.states]
    return sorted({statement.fact for statement in statements})


READY = assessed(EXAMPLES / "local-life").case


@pytest.mark.parametrize("edition", DocumentEdition)
def test_the_ready_case_has_nothing_half_said(edition: DocumentEdition) -> None:
    documents = written(assessed(EXAMPLES / "local-life"), edition=edition)
    for document in documents.values():
        assert document.complete, document.blanks
        if edition is DocumentEdition.CLEAN:
            assert "待补" not in text_of(document)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("licence", every_so_many(sorted(CATALOGUE.licences)))
def test_what_is_open_says_who_fills_it(licence: str, stage: str) -> None:
    for case in (READY, company(licence)):
        application = replace(case.application, licence=licence, stage=stage)
        documents = write(replace(case, application=application))
        assert not [line for doc in documents.values() for line in list_wrong(doc)]


@pytest.mark.parametrize("fact", every_so_many(list_stated(READY)))
def test_a_fact_that_is_missing_is_asked_of_somebody(fact: str) -> None:
    documents = write(replace(forget(READY, fact), looks=()))
    assert not [line for doc in documents.values() for line in list_wrong(doc)]


@pytest.mark.parametrize(
    ("markdown", "named"),
    [
        ("| 事项 | 内容 |\n|---|---|\n| 甲 | 乙 |\n|  |  |\n", ["表格里的空行"]),
        ("公司用{{ name }}。", ["“{{”", "“}}”"]),
        ("期限：None。上线：TODO", ["“None”", "“TODO”"]),
        (r"附上business\_plan。", ["“business_plan”"]),
        (r"按log\_format留存日志。", []),
        ("电话待补。", ["“待补”"]),
        ("见documents/01-business_plan.md，写信到help_me@qinghe.example。", []),
        ("网址https://qinghe.example/a_b，App名为Nonesuch。", []),
        ("![股权](chart:equity_one)", []),
        ("公司及时补正，〔待补：电话〕。", []),
    ],
)
def test_what_no_finished_document_has_is_a_blank(
    markdown: str, named: list[str]
) -> None:
    section = Section(id="1", title="", markdown=markdown, statements=())
    found = list(list_unfinished([section], {}, CATALOGUE, document="x"))
    assert [blank.section for blank in found] == ["1"] * len(found)
    assert len(found) == len(named)
    for blank, name in zip(found, named, strict=True):
        assert name in blank.supply


def test_own_words_left_to_be_replaced_hold_up_handing_in(tmp_path: Path) -> None:
    folder = copied("local-life", tmp_path)
    own = "own_text:\n  undertaking:\n    承诺内容: TODO\n"
    case_file = folder / "case.yaml"
    case_file.write_text(case_file.read_text(encoding="utf-8") + own, encoding="utf-8")
    outcome = assessed(folder)
    assert outcome.report.handing_in is not None
    assert not outcome.report.handing_in.ready
    document = written(outcome)["undertaking"]
    assert ["“TODO”" in blank.supply for blank in document.blanks] == [True]
