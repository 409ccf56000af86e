"""What is handed in bears no mark of ours, and refers to its attachments rightly."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from changqing.case.normalise import write_phone
from changqing.case.subjects import APPLICANT
from changqing.documents.attachments import list_attachments
from changqing.documents.cited import find_cited, group_read
from changqing.documents.document import CITED, Document, DocumentEdition
from changqing.documents.package import (
    Package,
    render_package,
    write_editions,
    write_package,
)
from changqing.documents.tree import Node, build_document_tree, extract_plain_text
from changqing.errors import CaseError
from changqing.evidence.records import list_records
from changqing.law.compiled import load_compiled
from changqing.law.kit import Grade
from changqing.run import Outcome, conclude, read_recorded
from changqing.seal_case import read_documents
from tests.documents.dossier_case import (
    AS_OF,
    EXAMPLES,
    assessed,
    judge,
    text_of,
    written,
)

OURS = re.compile(
    r"E-\d|自述|条文已核读|转录|未核对|存证|案卷|证据索引|齐备|情况截至|各项到期日|case\.yaml"
    r"|schedule\.yaml|changqing|长青|SHA-256|\{\{|\{%"
)
"""Numbers, grades, days and words that are ours and none of the authority's."""


@pytest.fixture(scope="module")
def local_life() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def _apply_for(outcome: Outcome, licence: str) -> Outcome:
    """The same company, as if it applied for another licence."""
    case = replace(
        outcome.case, application=replace(outcome.case.application, licence=licence)
    )
    known = read_recorded(case)
    return conclude(case, known, judge=judge(), as_of=AS_OF, assessed_at=None)


def _printed(document: Document) -> str:
    tree = build_document_tree(
        document, case_name="某公司", digest="ab" * 32, as_of=AS_OF
    )
    blocks: Node = {"kind": "section", "children": tree["blocks"]}
    words = (str(value) for name, value in tree.items() if name != "blocks")
    return "\n".join([*words, extract_plain_text(blocks)])


@pytest.mark.share
@pytest.mark.parametrize("licence", sorted(load_compiled().licences))
def test_no_mark_of_ours_stands_in_what_is_handed_in(
    local_life: Outcome, licence: str
) -> None:
    outcome = _apply_for(local_life, licence)

    for document in written(outcome, edition=DocumentEdition.CLEAN).values():
        found = OURS.search(_printed(document))
        assert found is None, f"{document.id}: {found}"
        assert all("^" not in section.markdown for section in document.sections)


def test_the_annotated_copy_keeps_its_marks(local_life: Outcome) -> None:
    copy = written(local_life, "user_service")["user_service"]

    assert OURS.search(_printed(copy))
    assert copy.file_stem == "06-7用户服务与投诉处理批注"


def test_an_attachment_is_named_by_its_number_and_place(local_life: Outcome) -> None:
    clean = written(local_life, edition=DocumentEdition.CLEAN)

    listed = "\n".join(section.markdown for section in clean["index"].sections)
    (number,) = re.findall(r"附件(\d+) \| 银行对账单", listed)
    funds = {
        section.id: section.markdown for section in clean["funds_and_runway"].sections
    }
    assert f"附件{number}《银行对账单》第2条 余额" in funds[CITED]
    assert "| 账上现金：263万元 |" in funds[CITED]


def test_our_copies_number_a_paper_as_the_copies_to_hand_in(
    local_life: Outcome,
) -> None:
    annotated = written(local_life).values()
    attachments = list_attachments(
        local_life.case, local_life.situation, local_life.case.catalogue
    )
    titles = {
        f"附件{attachment.number}": f"《{attachment.title}》"
        for attachment in attachments
    }
    said = [
        statement
        for document in annotated
        for statement in document.statements
        if statement.evidence is not None
    ]

    assert {document_statement.evidence for document_statement in said} & titles.keys()
    for statement in said:
        number = str(statement.evidence)
        if number in titles:
            assert titles[number] in statement.source
        else:
            assert number.startswith("E-")


def test_of_papers_that_agree_the_first_of_the_authority_is_cited(
    local_life: Outcome,
) -> None:
    profile = written(local_life, "company_profile", edition=DocumentEdition.CLEAN)
    proofs = profile["company_profile"].sections[-1]
    assert proofs.id == CITED
    address = next(
        line for line in proofs.markdown.splitlines() if line.startswith("| 公司地址")
    )
    assert "《营业执照》" in address

    # A paper that says otherwise, or no longer counts, is not put in its place.
    case = local_life.case
    (licence,) = (paper for paper in case.papers if paper.kind == "business_licence")
    found = local_life.situation.resolved[APPLICANT, "address"]
    assert found.proven_by is not None
    attachments = list_attachments(case, local_life.situation, case.catalogue)
    read = group_read(list_records(case))
    _, cited = find_cited(found, read, attachments, AS_OF)
    assert cited is not None
    assert cited.source.name == licence.id
    (own,) = (paper for paper in case.papers if paper.id == found.proven_by.source.name)
    _, kept = find_cited(found, read, attachments, AS_OF, own={own.kind})
    assert kept == found.proven_by
    key = (APPLICANT, "address")
    for change in (
        {"value": "别处"},
        {"grade": Grade.TRANSCRIBED},
        {"valid_until": AS_OF - timedelta(days=1)},
    ):
        changed = [
            replace(record, **change) if record.source.name == licence.id else record
            for record in read[key]
        ]
        _, kept = find_cited(found, {key: changed}, attachments, AS_OF)
        assert kept is not None
        assert kept.source.name != licence.id


def test_a_paper_is_quoted_in_its_own_words(local_life: Outcome) -> None:
    clean = written(local_life, edition=DocumentEdition.CLEAN)
    paper = EXAMPLES / "local-life" / "documents" / "38-service-assurance.md"

    text = text_of(clean["service_assurance"])

    quoted = "一般投诉3日、复杂投诉5日内办结并回访。"
    assert quoted in paper.read_text(encoding="utf-8")
    assert f"| 办结 | 何晚晴 | {quoted} |" in text


def test_papers_go_with_the_whole_package_alone(
    local_life: Outcome, tmp_path: Path
) -> None:
    given = (
        local_life.case,
        local_life.situation,
        local_life.assessment,
        local_life.outlook.endurance,
        local_life.case.catalogue,
    )
    whole, one = write_editions(*given), write_editions(*given, only=["emergency"])
    package = render_package(one, local_life.case, local_life.situation)

    files = write_package(
        replace(package, papers=dict(list(whole.papers.items())[:1])),
        tmp_path / "out",
        zip_name="全.zip",
        case_dir=local_life.case.path,
    )

    assert not one.papers
    assert len(whole.papers) == len(local_life.case.papers)
    assert [path.relative_to(tmp_path / "out").as_posix() for path in files] == [
        "clean/06-6应急预案.pdf",
        "clean/06-6应急预案.docx",
        "annotated/06-6应急预案批注.pdf",
        "annotated/06-6应急预案批注.docx",
        "papers/附件01书面申请.md",
        "全.zip",
    ]


@pytest.mark.parametrize(
    ("kept", "written_as"),
    [
        ("+864000000501", "400-000-0501"),
        ("+861087654321", "010-87654321"),
        ("+8613800138000", "13800138000"),
        ("+85223456789", "+85223456789"),
        ("95555", "95555"),
    ],
)
def test_a_number_is_written_as_people_write_it(kept: str, written_as: str) -> None:
    assert write_phone(kept) == written_as


def test_copies_of_papers_are_not_sealed_beside_the_documents(tmp_path: Path) -> None:
    out = tmp_path / "dossier" / "out"
    for name in ("clean/01申请书.pdf", "papers/附件01身份证.pdf", "全.zip"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"x")

    assert list(read_documents(out, tmp_path)) == ["clean/01申请书.pdf"]


def test_the_ready_example_leaves_no_blank(local_life: Outcome) -> None:
    documents = written(local_life, edition=DocumentEdition.CLEAN)

    assert not [blank for document in documents.values() for blank in document.blanks]
    assert documents["personal_information"].drafted


def _write(outcome: Outcome, papers: dict[str, Path], out: Path) -> None:
    """Write a whole package of no documents and these papers."""
    package = Package(clean=(), annotated=(), papers=papers)
    write_package(package, out, zip_name="全.zip", case_dir=outcome.case.path)


def test_no_paper_stays_under_the_number_of_another(
    local_life: Outcome, tmp_path: Path
) -> None:
    papers = local_life.case.path / "documents"
    out = tmp_path / "out"
    _write(local_life, {"附件01营业执照.md": papers / "03-business-licence.md"}, out)
    (out / "papers" / "我的笔记.txt").write_text("留下", encoding="utf-8")

    _write(local_life, {"附件01公司章程.md": papers / "13-lease.md"}, out)

    left = sorted(path.name for path in (out / "papers").iterdir())
    assert left == ["我的笔记.txt", "附件01公司章程.md"]


def test_a_package_is_not_written_through_a_link(
    local_life: Outcome, tmp_path: Path
) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.write_bytes(b"own")
    for name in (".全.zip.part", "全.zip"):
        (out / name).symlink_to(outside)
        with pytest.raises(CaseError):
            _write(local_life, {}, out)
        assert outside.read_bytes() == b"own"
        (out / name).unlink()


def test_what_visits_showed_is_not_said_to_follow_from_the_papers(
    local_life: Outcome,
) -> None:
    clean = written(local_life, "service_assurance", edition=DocumentEdition.CLEAN)[
        "service_assurance"
    ]
    rows = {
        line.split("|")[1].strip(): line
        for section in clean.sections
        if section.id == CITED
        for line in section.markdown.splitlines()
        if line.count("|") > 3
    }
    assert "历次访问" in rows["网站多次访问均能打开"]
    assert "推算" not in rows["网站多次访问均能打开"]
    (months,) = [row for what, row in rows.items() if "够用的整月数" in what]
    assert "按本材料所列的数据推算" in months
