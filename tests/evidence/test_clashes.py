"""Papers that cannot both be right are told with both quotations; the rest is asked."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

from changqing.case.subjects import APPLICANT
from changqing.documents.crosscheck import cross_check
from changqing.evidence.clashes import find_clashes
from changqing.evidence.records import list_gaps, list_records
from changqing.evidence.resolve import find_conflicts, resolve
from changqing.judge.doubt import make_doubt_line
from changqing.judge.model import DefectCertainty
from changqing.papers.keep_issuer_page import keep_issuer_page
from changqing.papers.open import open_case
from tests.documents.dossier_case import assessed
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
NAME = "杭州绿洲（浙江）网络科技有限公司"
CODE, OTHER_CODE = "91330106MA0EXAM0X1", "91330109MA0EXAM1YG"
ADDRESS = "浙江省杭州市西湖区文三路199号3幢2306、2307室"


class Sheet(NamedTuple):
    """A paper: its kind, what stands in it, and what somebody typed of it."""

    kind: str
    lines: dict[str, str]
    typed: dict[str, str]


LABELS = {
    "name": "名称", "credit_code": "统一社会信用代码", "address": "住所",
    "registered_capital": "注册资本",
}  # fmt: skip


def sheet(kind: str, read: str = "", **values: str) -> Sheet:
    """A paper in which all that is typed stands, but for a code `read` in its place."""
    lines = {LABELS[fact]: value for fact, value in values.items()}
    if read:
        lines[LABELS["credit_code"]] = read
    return Sheet(kind, lines, values)


def write_case(folder: Path, *sheets: Sheet) -> Path:
    (folder / "documents").mkdir(parents=True)
    lines = [
        *("applicant:", f"  name: {NAME}", "application:", "  licence: B25"),
        *("  scope: intra_province", "  region: '33'", "  stage: apply"),
        *("  submit_on: 2026-12-10", "declared_on: 2026-11-18", "services: []"),
        *("people: []", "papers:"),
    ]
    for number, (kind, said, typed) in enumerate(sheets):
        file = f"documents/{number}-{kind}.md"
        lines += [f"  - id: p{number}", f"    kind: {kind}", f"    file: {file}"]
        lines += ["    received_on: 2026-11-18"]
        lines += ["    backs:"]
        lines += [
            f"      - {{fact: {fact}, value: '{value}', place: {LABELS[fact]}}}"
            for fact, value in typed.items()
        ]
        (folder / file).write_text(
            "\n\n".join(f"{label}：{value}" for label, value in said.items())
            + "\n\n查询码：CX20261118\n",
            encoding="utf-8",
        )
    (folder / "case.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


LICENCE = sheet("business_licence", name=NAME, credit_code=CODE)
PAGE = """\
<html><head><title>核验结果</title></head><body><p>查询码：CX20261118</p><table>
<tr><td>名称</td><td>{name}</td></tr>
<tr><td>注册资本</td><td>{capital}</td></tr></table></body></html>
"""
CERTAIN, POSSIBLE, SOUND = DefectCertainty.CERTAIN, DefectCertainty.POSSIBLE, None


@pytest.mark.parametrize(
    ("sheets", "capital", "certainty", "quotations"),
    [
        pytest.param(
            (LICENCE, sheet("register_extract", name=NAME, credit_code=OTHER_CODE)),
            None, CERTAIN, (CODE, OTHER_CODE), id="two institutions",
        ),
        pytest.param(
            (LICENCE, sheet("register_extract", name=NAME, credit_code=CODE)),
            None, SOUND, (), id="two institutions agree",
        ),
        pytest.param(
            (LICENCE, sheet("company_profile", name=NAME, credit_code=OTHER_CODE)),
            None, POSSIBLE, (CODE, OTHER_CODE), id="the company's own paper",
        ),
        pytest.param(
            (LICENCE, sheet("register_extract", read=OTHER_CODE, credit_code=CODE)),
            None, POSSIBLE, (CODE, OTHER_CODE), id="read otherwise than typed",
        ),
        pytest.param(
            (sheet("business_licence", name=NAME, registered_capital="100万元"),),
            "1000万元", CERTAIN, ("100万元", "1000万元"), id="the issuer's page",
        ),
        pytest.param(
            (sheet("business_licence", name=NAME, registered_capital="100万元"),),
            "1,000,000.00元", SOUND, (), id="the issuer's page in other units",
        ),
    ],
)  # fmt: skip
def test_what_contradicts_for_sure_is_certain_and_the_rest_is_a_question(
    tmp_path: Path,
    sheets: tuple[Sheet, ...],
    capital: str | None,
    certainty: DefectCertainty | None,
    quotations: tuple[str, ...],
) -> None:
    folder = write_case(tmp_path / "case", *sheets)
    if capital is not None:
        page = PAGE.format(name=NAME, capital=capital).encode()
        case = open_case(folder, CATALOGUE)
        keep_issuer_page(case, "p0", page, named="核验.html", on=AS_OF, by="林晓")

    clashes = find_clashes(open_case(folder, CATALOGUE))
    findings = [
        finding
        for finding in assessed(folder).assessment.findings
        if finding.criterion.id == "no_papers_contradict"
    ]

    assert [clash.is_certain for clash in clashes] == (
        [] if certainty is SOUND else [certainty is CERTAIN]
    )
    for clash, (one, other) in zip(clashes, [quotations], strict=False):
        assert one in clash.one.words
        assert other in clash.other.words
        for quoted in (clash.one, clash.other):
            assert f"{quoted.title}第1页“{quoted.words}”" in str(clash)
        assert clash.one.file != clash.other.file
    (finding,) = findings
    assert finding.criterion.defects == ("FALSE_MATERIAL",)
    assert finding.certainty is certainty
    places = " ".join(record.source.place for record in finding.evidence)
    assert all(quotation in places for quotation in quotations)
    if certainty is CERTAIN:
        assert all(word in make_doubt_line(finding).zh for word in quotations)


NAMES = (NAME, "杭州绿洲(浙江)网络科技有限公司", "杭州绿洲浙江网络科技有限公司", "杭州绿洲（浙江） 网络科技有限公司")  # fmt: skip
ADDRESSES = (
    ADDRESS,
    "杭州市西湖区文三路199号3号楼2307、2306室",
    "浙江省杭州市西湖区文三路199号3栋2306-2307房",
    "浙江杭州西湖区文三路１９９号3幢23层2306室、07室",
    "浙江省杭州市西湖区文三路199号3幢23F 2306/2307",
    "浙江省杭州市西湖区文三路199号3幢2306室",
    f"{ADDRESS}（自主申报）",
)
CAPITALS = ("100万元", "1,000,000元", "1000000.00元", "壹佰万元整")
KINDS = ("business_licence", "register_extract")


def test_a_hundred_sound_papers_in_any_writing_contradict_nothing(
    tmp_path: Path,
) -> None:
    writings = list(product(NAMES, ADDRESSES, CAPITALS))[:104]
    for number in range(0, len(writings), 2):
        sheets = [
            sheet(
                kind,
                name=name,
                address=address,
                registered_capital=capital,
                credit_code=CODE,
            )
            for kind, (name, address, capital) in zip(
                KINDS, (writings[number], writings[-1 - number]), strict=True
            )
        ]
        case = open_case(write_case(tmp_path / str(number), *sheets), CATALOGUE)

        assert find_conflicts(list_records(case), CATALOGUE, AS_OF) == []
        assert find_clashes(case) == ()
        if number % 16 == 0:
            outcome = assessed(case.path)
            assert cross_check(outcome.case, outcome.situation, ()).found == ()


@pytest.mark.parametrize(
    ("fact", "planted"),
    [
        ("name", "杭州绿州（浙江）网络科技有限公司"),
        ("address", ADDRESS.replace("2307", "2308")),
        ("address", ADDRESS.replace("199", "198")),
        ("address", ADDRESS.replace("西湖", "上城")),
        ("registered_capital", "1000万元"),
        ("credit_code", OTHER_CODE),
    ],
)
@pytest.mark.parametrize("address", ADDRESSES[:3])
def test_each_planted_contradiction_is_found_with_both_places(
    tmp_path: Path, fact: str, planted: str, address: str
) -> None:
    values = {
        "name": NAME, "address": address, "registered_capital": "100万元",
        "credit_code": CODE,
    }  # fmt: skip
    sheets = (sheet(KINDS[0], **values), sheet(KINDS[1], **{**values, fact: planted}))
    case = open_case(write_case(tmp_path / "case", *sheets), CATALOGUE)
    records = list_records(case)

    conflicts = [
        conflict
        for conflict in find_conflicts(records, CATALOGUE, AS_OF)
        if conflict.fact == fact and conflict.one.source.name != "case.yaml"
    ]

    found = {
        (record.source.name, record.source.place, record.raw is not None)
        for conflict in conflicts
        for record in (conflict.one, conflict.other)
    }
    assert {("p0", LABELS[fact], True), ("p1", LABELS[fact], True)} <= found
    resolved = resolve(records, list_gaps(case), CATALOGUE, AS_OF)
    assert resolved[APPLICANT, fact].agree_proven is False


def test_nobody_can_type_away_that_papers_contradict_each_other(
    tmp_path: Path,
) -> None:
    other = sheet("register_extract", name=NAME, credit_code=OTHER_CODE)
    folder = write_case(tmp_path / "case", LICENCE, other)
    case = folder / "case.yaml"
    case.write_text(
        case.read_text().replace("  name:", "  papers_contradict: false\n  name:", 1)
    )

    (finding,) = (
        finding
        for finding in assessed(folder).assessment.findings
        if finding.criterion.id == "no_papers_contradict"
    )

    assert finding.certainty is CERTAIN
