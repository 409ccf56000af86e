"""The table of proofs says until when each paper counts, as the paper itself says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from changqing.case.model import Member
from changqing.case.subjects import Subject
from changqing.documents.attachments import list_attachments
from changqing.documents.document import CITED, Document, DocumentEdition
from changqing.run import Outcome
from tests.documents.dossier_case import EXAMPLES, assessed, text_of, written
from tests.documents.test_licence_wording import state, write


@cache
def local_life() -> Outcome:
    return assessed(EXAMPLES / "local-life")


@cache
def clean() -> dict[str, Document]:
    return written(local_life(), edition=DocumentEdition.CLEAN)


def rows(document: Document) -> list[list[str]]:
    text = next(
        section.markdown for section in document.sections if section.id == CITED
    )
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()[2:]
    ]


def test_what_was_looked_up_is_shown_by_the_certificate_too_with_its_end() -> None:
    (row,) = (
        one for one in rows(clean()["domain_and_hosting"]) if "域名到期日" in one[0]
    )

    assert "附件12《域名注册证书》第2条 有效期" in row[1]
    assert "域名登记" in row[1]
    assert row[2] == "东篱域名服务有限公司"
    assert row[3] == "2029-05-12"


def test_how_strong_evidence_is_is_said_of_what_the_document_cites() -> None:
    young = assessed(EXAMPLES / "newly-registered")
    funds = written(young, edition=DocumentEdition.ANNOTATED)["funds_and_runway"]
    cited: dict[str, set[str]] = {}
    for section in funds.sections:
        for statement in section.statements:
            if statement.evidence is not None:
                words = cited.setdefault(statement.evidence, set())
                words.add(statement.grade.text.zh)
    said = {row[0]: set(row[3].split("、")) for row in rows(funds)}
    assert said == cited
    (calculated,) = (words for number, words in said.items() if number[:2] == "E-")
    assert calculated == {"公司文件"}


def test_each_person_has_the_end_of_the_own_identity_paper() -> None:
    outcome = local_life()
    attachments = list_attachments(
        outcome.case, outcome.situation, outcome.case.catalogue
    )
    paper = next(
        attachment for attachment in attachments if attachment.paper.kind == "staff_id"
    )
    people = {person.name: person.subject for person in outcome.case.people}

    assert str(paper.find_end(people["周知白"])) == "2034-08-16"
    assert str(paper.find_end(people["唐砚"])) == "2033-06-20"


def test_what_a_room_is_let_until_stands_among_the_ends_under_its_name() -> None:
    room = Subject("resource", "room")
    facts = (state(room, "agreed_until", date(2028, 3, 31)),)
    case = local_life().case
    application = replace(case.application, licence="B11")
    rooms = (Member(subject=room, name="城北机房", kind="machine_room", facts=facts),)

    made = write(replace(case, application=application, resources=rooms))

    assert "| 城北机房（资源使用权） | 一次约定 |" in text_of(
        made["domain_and_hosting"]
    )


def test_an_income_that_nothing_proves_is_cited_from_the_paper_and_not_counted() -> (
    None
):
    document = clean()["funds_and_runway"]

    assert "| 最近十二个月收入 | 268万元 |" in text_of(document)
    assert (
        "按2026年11月10日的货币资金和每月成本推算，收入没有计入，够用14个月"
        in text_of(document)
    )
    (row,) = (one for one in rows(document) if "营业收入" in one[0])
    assert row[1:3] == ["附件34《财务报表》第2条 营业收入", "本公司"]
