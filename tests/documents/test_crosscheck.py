from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from changqing.documents.cross_table import load_cross_table
from changqing.documents.cross_text import SHAPES
from changqing.documents.crosscheck import Compared, cross_check
from changqing.documents.document import Document, Section
from changqing.documents.documents import copy_to_edit
from changqing.errors import CatalogueError
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.reading import Reading
from changqing.evidence.readings import keep_readings
from changqing.evidence.text_reading import read_text_paper
from changqing.run import Outcome
from changqing.text import Language
from tests.documents.dossier_case import EXAMPLES, assessed, copied, moved, written

WRONG = {
    "credit_code": "91330106MA0EXAM999",
    "money": "9876万元",
    "persons": "987人",
    "machines": "987台",
    "days": "98日",
    "months": "98个月",
    "day": "2099年1月2日",
    "phone": "400-999-9999",
    "email": "elsewhere@other.example",
    "domain": "other.example",
    "company": "苏州别家科技有限公司",
    "person": "孙别人",
    "address": "江苏省苏州市别处路9号",
}


@cache
def example(name: str) -> Outcome:
    return assessed(EXAMPLES / name)


@pytest.fixture
def local_life() -> Outcome:
    return example("local-life")


def compared(outcome: Outcome, *documents: Document) -> Compared:
    return cross_check(outcome.case, outcome.situation, documents)


def page(id: str, *lines: str) -> Document:
    text = "\n\n".join(lines)
    section = Section(id="1", title="一节", markdown=text, statements=())
    return Document(
        id=id,
        number=None,
        title="文书",
        sections=(section,),
        complete=True,
        blanks=(),
        unsupported=(),
        file_name="x",
    )


@pytest.mark.parametrize("name", ["local-life", "newly-registered"])
def test_a_case_that_agrees_with_itself_has_no_contradiction(name: str) -> None:
    outcome = example(name)

    found = compared(outcome, *written(outcome).values())

    assert found.found == ()
    assert found.texts > 40


def test_there_are_at_least_forty_checks_and_each_says_how_to_mend() -> None:
    table = load_cross_table()

    assert len(table.checks) >= 40
    assert {check.fix for check in table.checks.values()} == set(table.fixes)


def test_every_check_reads_facts_papers_and_shapes_that_exist(
    local_life: Outcome,
) -> None:
    catalogue = local_life.case.catalogue
    posts = catalogue.facts["person", "role"].value_labels
    named = {*catalogue.materials, *written(local_life), "consent"}
    for check in load_cross_table().checks.values():
        read = [check.same, *(check.agree or ()), *(check.at_most or ())]
        if check.written is not None:
            read.append(check.written.fact)
            assert check.written.shape in SHAPES
            assert {*check.written.only_in, *check.written.not_in} <= named
        if check.role is not None:
            assert check.role.post in posts
        for fact in filter(None, read):
            kind, _, name = fact.partition(".")
            known = (kind, name) in catalogue.facts
            assert known or (kind == "person" and name in {*posts, "count"}), fact


def test_what_the_contradictory_example_says_of_its_domain_is_found() -> None:
    outcome = assessed(EXAMPLES / "contradictory")
    found = compared(outcome, *written(outcome).values()).found
    by_check: dict[str, set[str]] = {}
    for contradiction in found:
        by_check.setdefault(contradiction.check, set()).update(
            (contradiction.one.value.zh, contradiction.other.value.zh)
        )

    assert by_check["headcount"] == {"28人", "35人", "18人", "9人"}
    assert "南京远渡网络有限公司" in by_check["domain_registrant"]
    assert "南京远渡网络有限公司" in by_check["filing_subject"]
    assert by_check["insurance_payer"] == {"是", "否"}
    assert set(by_check) == {
        "headcount",
        "domain_registrant",
        "filing_subject",
        "insurance_payer",
    }


@pytest.mark.share
@pytest.mark.parametrize(
    "name", [name for name, one in load_cross_table().checks.items() if one.written]
)
def test_each_value_planted_in_a_text_is_found_with_its_two_places(
    local_life: Outcome, name: str
) -> None:
    check = load_cross_table().checks[name].written
    assert check is not None
    wrong = WRONG[check.shape]
    word = check.words[0]
    line = f"{wrong}{word}" if check.after else f"{word}：{wrong}。"
    pages = [page((check.only_in or ["emergency"])[0], line)]
    if not check.fact:
        pages.insert(0, page(check.only_in[0], f"{word}：{OTHER[check.shape]}。"))

    found = [
        contradiction
        for contradiction in compared(local_life, *pages).found
        if contradiction.check == name
    ]

    assert found
    assert all(
        contradiction.one.value != contradiction.other.value for contradiction in found
    )
    assert any(contradiction.other.value.zh == wrong for contradiction in found)
    assert all(
        contradiction.fix.zh and contradiction.fix.en and contradiction.label.en
        for contradiction in found
    )


OTHER = {"phone": "400-888-8888", "email": "first@other.example"}


@pytest.mark.parametrize(
    ("line", "check"),
    [
        ("安全负责人：唐砚。", "post_security"),
        ("| 客服主管 | 许南枝 |", "post_customer_service"),
        ("唐砚任总经理，专职。", "post_manager"),
        ("技术负责人：孙别人", "post_technical"),
    ],
)
def test_a_post_given_to_another_person_is_found(
    local_life: Outcome, line: str, check: str
) -> None:
    found = compared(local_life, page("emergency", line)).found

    assert [contradiction.check for contradiction in found] == [check]


@pytest.mark.parametrize(
    "line",
    [
        "总经理：待定。",
        "安全负责人：书面任命",
        "财务负责人：任命书",
        "| 岗位 | 安全负责人 | 方案 |",
        "技术负责人唐砚，工程师陆闻溪。",
        "注册资本：二百万元",
        "公司共有12人^E-04^〔须核实：自述为98人〕",
        "统一社会信用代码：91330106 MA0EXAM0X1",
    ],
)
def test_what_is_no_other_value_is_no_contradiction(
    local_life: Outcome, line: str
) -> None:
    assert compared(local_life, page("emergency", line)).found == ()


def test_hostile_text_takes_no_time(local_life: Outcome) -> None:
    begun = time.process_time()
    lines = [
        "安全负责人" + "| " * 20_000,
        "中" * 50_000,
        "住所" + "中" * 50_000,
        "注册资本" * 10_000,
        "1" * 50_000,
        "a." * 20_000 + "@",
        "〔" * 20_000,
        "^" * 20_001,
        "\\" * 20_000,
    ]

    compared(local_life, page("emergency", *lines))

    assert time.process_time() - begun < 5


def test_an_edited_copy_is_read_with_its_line(
    tmp_path: Path, local_life: Outcome
) -> None:
    outcome = moved(local_life, copied("local-life", tmp_path))
    path, _ = copy_to_edit(outcome.case, "emergency")
    own = path.read_text(encoding="utf-8")
    path.write_text(own + "\n\n公司注册资本：500万元。\n", encoding="utf-8")

    (found,) = compared(outcome, *written(outcome).values()).found

    assert found.check == "capital_written"
    assert found.other.value.zh == "500万元"
    assert found.other.file == "dossier/emergency.md"
    assert found.other.line == len(path.read_text(encoding="utf-8").splitlines())
    assert found.one.title.zh == "case.yaml"


def test_a_paper_whose_text_says_otherwise_than_what_it_is_said_to_back_is_found(
    tmp_path: Path,
) -> None:
    case = copied("local-life", tmp_path)
    lease = case / "documents/13-lease.md"
    text = lease.read_text(encoding="utf-8")
    lease.write_text(
        text.replace("承租人为杭州青禾里生活服务有限公司", "承租人为苏州别家有限公司"),
        encoding="utf-8",
    )
    outcome = assessed(case)

    (found,) = compared(outcome).found

    assert found.check == "lessee_written"
    assert (found.other.file, found.other.line) == ("documents/13-lease.md", 9)


@pytest.mark.parametrize(
    ("paper", "found"),
    [("25-hosting-agreement", False), ("38-service-assurance", True)],
)
def test_another_seal_contradicts_a_paper_of_the_company_alone(
    tmp_path: Path, paper: str, found: bool
) -> None:
    case = copied("local-life", tmp_path)
    file = case / f"documents/{paper}.md"
    own = "杭州青禾里生活服务有限公司（盖章）"
    text = file.read_text(encoding="utf-8").replace(own, "")
    file.write_text(f"{text}\n浙江云麓数据服务有限公司（盖章）\n", encoding="utf-8")
    checks = [each.check for each in compared(assessed(case)).found]
    assert ("sealed_by" in checks) is found


def test_facts_that_cannot_both_be_are_found(tmp_path: Path) -> None:
    case = copied("local-life", tmp_path)
    file = case / "case.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in (
        ("registered_capital: 200万元", "registered_capital: 100万元"),
        ("url: https://qinghe.example/", "url: https://elsewhere.example/"),
        ("headcount: 12", "headcount: 3"),
        ("share: '70%'", "share: '80%'"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    outcome = assessed(case)

    checks = {contradiction.check for contradiction in compared(outcome).found}

    assert {
        "paid_in_and_registered",
        "address_under_domain",
        "people_and_headcount",
        "shares_together",
        "registered_capital",
        "headcount",
        "holder_share",
    } <= checks


def scan(folder: Path, name: str, change: Callable[[str], str]) -> Path:
    """Put a file that is no text in the place of a paper; gives the text it was of."""
    paper = folder / f"documents/{name}.md"
    text = change(paper.read_text(encoding="utf-8"))
    paper.rename(paper.with_suffix(".pdf"))
    paper.with_suffix(".pdf").write_bytes(b"%PDF-1.7 " + text.encode())
    file = folder / "case.yaml"
    told = file.read_text(encoding="utf-8").replace(f"{name}.md", f"{name}.pdf")
    file.write_text(told, encoding="utf-8")
    return paper.with_suffix(".pdf")


def test_papers_that_nobody_read_are_counted(tmp_path: Path) -> None:
    case = copied("local-life", tmp_path)
    scan(case, "13-lease", str)

    assert compared(assessed(case)).unread == 1


def keep_as_scan(
    case: Path, stem: str, change: Callable[[str], str], confidence: int = 96
) -> None:
    """Make a paper a scan, and keep what was read in it: its changed text."""
    path = scan(case, stem, change)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    page = read_text_paper(path.read_bytes()[9:], paper=digest, path="a.md").pages[0]
    spans = tuple(replace(span, confidence=confidence) for span in page.spans)
    reading = Reading(
        paper=digest, reader="ocr", version="1", pages=(replace(page, spans=spans),)
    )
    with Store(case, load_key(case.parent / "key")) as store:
        keep_readings(store, [reading], datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize(("confidence", "told"), [(96, ["987人"]), (70, [])])
def test_a_scan_that_was_read_is_compared_as_text_is(
    tmp_path: Path, confidence: int, told: list[str]
) -> None:
    case = copied("local-life", tmp_path)
    keep_as_scan(
        case,
        "04-company-profile",
        lambda text: text.replace("员工12人", "员工987人"),
        confidence,
    )

    found = compared(assessed(case))

    assert found.unread == 0
    wrong = [
        contradiction
        for contradiction in found.found
        if contradiction.check == "headcount_written"
    ]
    assert [each.other.value.zh for each in wrong] == told
    for each in wrong:
        assert each.other.place == "第1页"
        assert each.other.file == "documents/04-company-profile.pdf"


@pytest.mark.long
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("住所：浙江省杭州市西湖区青禾路18号2幢\n501室", []),
        ("住所：浙江省杭州市西湖区青禾路19号2幢\n501室", ["19号2幢"]),
        # With less detail it may be the same place: a question, not a contradiction.
        ("住所：浙江省杭州市西湖区青禾路18号2幢，经营期限长期", []),
    ],
)
def test_an_address_that_the_end_of_a_line_cuts_off_is_no_other_address(
    tmp_path: Path, written: str, told: list[str]
) -> None:
    case = copied("local-life", tmp_path)
    keep_as_scan(case, "03-business-licence", lambda text: f"{text}\n{written}\n")

    found = compared(assessed(case)).found

    wrong = [
        contradiction
        for contradiction in found
        if contradiction.check == "address_written"
    ]
    assert [each.other.value.zh.partition("青禾路")[2] for each in wrong] == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("fixes: {}\nchecks:\n  x: {same: a.b, fix: y}\n", "fix"),
        (
            "fixes:\n  y: {zh: 改, en: mend}\n"
            "checks:\n  x: {same: a.b, host: true, fix: y}\n",
            "恰好写一种",
        ),
        (
            "fixes:\n  y: {zh: 改, en: mend}\nchecks:\n  x: {agree: [a.b], fix: y}\n",
            "两项",
        ),
    ],
)
def test_a_wrong_table_is_told_with_its_file(
    tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "cross_checks.yaml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(CatalogueError) as problem:
        load_cross_table(path)

    said = "\n".join(problem.value.lines(Language.ZH))
    assert told in said
    assert str(path) in said
