"""What a reader of whole packages found is found in no package of any licence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from changqing.case.model import Member
from changqing.case.subjects import Subject
from changqing.documents.document import CITED, INDEX, Document
from changqing.rules.types import Value
from tests.documents.dossier_case import EXAMPLES, assessed, judge, text_of
from tests.documents.test_licence_wording import declare, state, write

_SERVICE_LICENCES = tuple(
    code for code in judge().catalogue.licences if re.fullmatch(r"B[12]\d", code)
)
PACKAGES = (*_SERVICE_LICENCES, "foreign")
_OF_ITS_OWN = {  # words of one service that stand in no document of another
    "B11": r"坐席|座席|呼入|外呼|交易流程",
    "B21": r"坐席|座席|呼入|外呼|机房面积|机房与网络",
    "B24": r"座席|机房(?!运行)|交易流程|交易纠纷|域名持有者",
    "B25": r"坐席|座席|呼入|外呼|机房面积|交易流程",
}
_OURS = re.compile(
    r"只是草稿|框线不断|追到终点|\b(?:None|True|False)\b|https?://[^|]*："
)
_RUN_ON = re.compile(r"。。|见附件\d+《[^》]+》[^。|（）]*\n|；。|：。")


@cache
def package(name: str) -> Mapping[str, Document]:
    """The documents of the example company for another service."""
    case = assessed(EXAMPLES / "local-life").case
    licence = "B25" if name == "foreign" else name
    case = replace(case, application=replace(case.application, licence=licence))
    if name == "foreign":
        return write(declare(case, foreign_route_taken=True, foreign_share=3500))
    if name in {"B11", "B24"}:  # who has no licence has not served, and needs no site
        case = declare(case, has_served=False)
        papers = (p for p in case.papers if p.kind not in _SITE_PAPERS)
        case = replace(case, services=(), papers=tuple(papers), resources=resources())
    return write(case)


_SITE_PAPERS = {
    *("content_schedule", "content_review_rules", "domain_cert", "hosting_agreement"),
    *("site_screenshots", "police_filing_proof", "hosting_provider_licence"),
}


def resources() -> tuple[Member, ...]:
    return (
        resource("number", "number", 1, "示例电信公司"),
        resource("trunk", "line", 3, "示例电信公司"),
    )


def resource(name: str, kind: str, quantity: int, operator: str) -> Member:
    subject = Subject("resource", name)
    said: dict[str, Value] = {"quantity": quantity, "operator": operator}
    facts = tuple(state(subject, fact, value) for fact, value in said.items())
    return Member(subject=subject, name=f"示例{name}", kind=kind, facts=facts)


def tables(document: Document) -> Iterator[list[list[str]]]:
    for section in document.sections:
        for block in re.findall(r"(?:^\|.*\n?)+", section.markdown, re.MULTILINE):
            rows = [
                [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
                for line in block.splitlines()
            ]
            yield [rows[0], *rows[2:]]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_heading_has_text_and_every_column_something_in_it(name: str) -> None:
    for document in package(name).values():
        for section in document.sections:
            assert section.markdown.strip(), (document.id, section.title)
        for head, *rows in tables(document):
            assert rows, (document.id, head)
            for place, title in enumerate(head):
                assert {row[place] for row in rows} - {"–", ""}, (document.id, title)


@pytest.mark.parametrize("name", PACKAGES)
def test_no_sentence_stands_twice_in_a_row_or_runs_into_another(name: str) -> None:
    for document in package(name).values():
        assert not _RUN_ON.search(text_of(document)), document.id
        for _, *rows in tables(document):
            for above, below in pairwise(rows):
                if "。" in above[-1] and "〔" not in above[-1]:
                    assert above[-1] != below[-1], (document.id, above)


@pytest.mark.parametrize("name", PACKAGES)
def test_no_word_of_ours_and_no_address_for_a_name(name: str) -> None:
    for document in package(name).values():
        found = _OURS.search(text_of(document))
        assert found is None, (document.id, found)
        assert not any("http" in section.title for section in document.sections)


@pytest.mark.parametrize("name", _OF_ITS_OWN)
def test_a_document_has_the_words_of_its_own_service(name: str) -> None:
    for document in package(name).values():
        if document.id == INDEX:
            continue  # it names whoever issued a paper, as the list of proofs does
        sections = (section for section in document.sections if section.id != CITED)
        ours = "\n".join(f"{section.title}\n{section.markdown}" for section in sections)
        found = re.search(_OF_ITS_OWN[name], re.sub(r"《[^》]*》[^|]*", "", ours))
        assert found is None, (document.id, found)


@pytest.mark.share
@pytest.mark.parametrize("name", PACKAGES)
def test_one_fact_has_one_value_in_all_documents(name: str) -> None:
    values: dict[tuple[str, str], set[str]] = {}
    for document in package(name).values():
        for said in document.statements:
            values.setdefault((str(said.subject), said.fact), set()).add(
                str(said.value)
            )
    assert not {fact: told for fact, told in values.items() if len(told) > 1}


@pytest.mark.share
@pytest.mark.parametrize("name", PACKAGES)
def test_letters_go_to_who_decides(name: str) -> None:
    made = package(name)
    authority = "工业和信息化部" if name == "foreign" else "浙江省通信管理局"
    assert text_of(made["written_application"]).startswith(f"{authority}：")
    assert text_of(made["undertaking"]).startswith(f"{authority}：")
    assert f"受理机关：{authority}" in text_of(made["index"])


def test_numbers_of_the_case_are_not_asked_for_again() -> None:
    plan = package("B24")["technical_plan"]
    assert "| 接入码号 | 示例number（1个，由示例电信公司提供） |" in text_of(plan)
    assert "坐席、码号与线路" in [section.title for section in plan.sections]
    assert "期限未知" not in package("B24")["domain_and_hosting"].charts["endurance"]


def test_articles_of_one_text_of_law_are_named_under_its_title_once() -> None:
    told = text_of(package("B25")["technical_plan"]).splitlines()
    basis = next(line for line in told if line.startswith("依据："))
    titles = re.findall(r"《[^》]+》", basis)
    assert len(titles) == len(set(titles))
    assert "、" in basis


def test_what_the_service_rests_on_is_said_with_its_days() -> None:
    told = text_of(package("B25")["service_assurance"])

    assert "服务器托管到2028-09-14；" in told
    assert "域名到2029-05-12，见材料6-2 |" in told
    assert "期限见材料" not in told


def test_a_sentence_that_answers_two_questions_stands_once() -> None:
    told = text_of(package("B25")["business_plan"])

    assert "| 服务对象、市场 |" in told


def test_a_drawing_explains_only_what_is_drawn() -> None:
    made = package("B25")

    assert "虚线框" not in text_of(made["articles_and_equity"])
    assert "浅色" not in text_of(made["domain_and_hosting"])


def test_no_draft_is_called_as_the_licence_beside_it() -> None:
    assert package("B25")["business_licence"].title == "营业执照登记事项"
