"""A case file is read to its last field, and all that is wrong is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.errors import CaseError
from changqing.evidence.model import GapReason
from changqing.evidence.records import list_gaps, list_records
from changqing.evidence.resolve import resolve
from changqing.papers.open import open_case
from changqing.text import Language
from tests.evidence.evidence_factory import (
    AS_OF,
    CASE,
    SITE,
    make_catalogue,
    write_case,
)

CATALOGUE = make_catalogue()


def opened(folder: Path, text: str = CASE) -> Case:
    return open_case(write_case(folder, text), CATALOGUE)


def test_a_case_becomes_records(tmp_path: Path) -> None:
    case = opened(tmp_path)
    found = resolve(list_records(case), list_gaps(case), CATALOGUE, AS_OF)
    values = {(str(k[0]), k[1]): (v.claimed, v.proven) for k, v in found.items()}
    assert values["applicant:self", "registered_capital"] == (100_000_000, 100_000_000)
    assert values["applicant:self", "has_business_licence"] == (True, True)
    assert values["applicant:self", "has_register_extract"] == (False, False)
    assert values["paper:hosting", "states_ip"] == (True, True)
    assert values["paper:hosting", "states_room"] == (False, False)
    assert values["service:site", "domain"] == ("oasis.com.cn", None)
    assert values["service:site", "filing_found"] == (True, True)
    assert values["holder:chen", "share"] == (5100, None)
    assert values["person:lin", "role"] == ("technical", "technical")
    assert ("paper:hosting", "states_term") not in values
    assert case.find_closed_by_word(AS_OF) == {"paper", "person", "service"}
    assert case.find_closed_by_proof(AS_OF) == {"paper", "person", "service"}


def test_a_paper_that_does_for_what_is_asked_counts_as_that(tmp_path: Path) -> None:
    lease = CASE.replace("kind: hosting_agreement", "kind: lease")
    lease = lease.replace("    states: {ip: 第3条 服务器与IP地址, room: false}\n", "")
    for text, there in ((CASE, False), (lease, True)):
        case = opened(tmp_path / str(there), text)
        found = resolve(list_records(case), list_gaps(case), CATALOGUE, AS_OF)
        assert found[APPLICANT, "has_premises_proof"].proven is there


def test_an_open_list_makes_nothing_missing(tmp_path: Path) -> None:
    case = opened(tmp_path, CASE.replace("papers: 2026-11-20, ", ""))
    found = resolve(list_records(case), (), CATALOGUE, AS_OF)
    assert (APPLICANT, "has_register_extract") not in found


def test_a_checked_issuer_attests_and_a_withheld_name_is_a_gap(tmp_path: Path) -> None:
    check = "{on: 2026-11-19, how: 官网查验, file: documents/page.html}"
    text = CASE.replace("    sealed: true\n", f"    issuer_checked: {check}\n").replace(
        "      - {fact: filing_found, subject: 'service:site', value: true, "
        "place: 备案号}",
        "      - {fact: domain_registrant, subject: 'service:site', "
        "value: REDACTED FOR PRIVACY}",
    )
    page = write_case(tmp_path, text) / "documents" / "page.html"
    page.write_text("<p>杭州绿洲网络科技有限公司 注册资本：100万元", encoding="utf-8")
    case = opened(tmp_path, text)
    found = resolve(list_records(case), list_gaps(case), CATALOGUE, AS_OF)
    by = found[APPLICANT, "registered_capital"].proven_by
    assert by is not None
    assert by.grade.name == "ATTESTED"
    assert found[SITE, "domain_registrant"].gap is GapReason.HIDDEN


@pytest.mark.parametrize(
    ("old", "new", "line", "zh"),
    [
        ("staff_insured", "staff_insurd", 5, "是否指 staff_insured？"),
        ("staff_insured: 12", "staff_insured: many", 5, "不是整数"),
        ("company_type: limited", "company_type: 公司", 6, "有限责任公司"),
        ("00037341L", "00037341X", 3, "不是有效的统一社会信用代码"),
        ("100万元", "1000000", 4, "没有写明单位"),
        ("'51%'", "51", 25, "没有写百分号"),
        ("declared_on: 2026-11-20", "declared_on: 20/11", 13, "不是日期"),
        ("declared_on: 2026-11-20", "declared_on: 11月20日", 13, "不是日期"),
        ("2026-12-24", "2026-02-30", 12, "日历上没有"),
        ("kind: business_licence", "kind: busines_licence", 28, "business_licence"),
        ("documents/licence.md", "documents/licences.md", 29, "不存在"),
        ("documents/licence.md", "../licence.pdf", 29, "之外"),
        ("documents/licence.md", "/etc/hosts", 29, "之外"),
        ("'service:site'", "'service:sit'", 46, "是否指 service:site？"),
        ("id: hosting", "id: licence_copy", 35, "重复"),
        ("region: '33'", "region: '99'", 10, "不在可选值中"),
        ("region: '33'", "region: 华东", 10, "（33）"),
        ("licence: B25", "licence: B99", 8, "B25"),
        ("ip: 第3条 服务器与IP地址", "ip: true", 39, "没有写明在哪一页"),
        ("room: false", "rom: false", 39, "是否指 room？"),
        ("issued_on: 2026-11-01", "issued_on: 2026-11-19", 30, "早于"),
        ("is_employed: true", "is_employed: 也许", 24, "不是是或否"),
        ("url: https://www.oasis.com.cn/home", "url: oasis", 17, "不是网址"),
        ("  scope: ", "  coverage: ", 7, "缺少“业务覆盖范围”（scope）"),
        ("staff_insured: 12", "staff_insured: many", 5, "（staff_insured）："),
        (
            "    received_on: ",
            "    issued_on: ",
            27,
            "材料第1项（papers[1]）缺少“收到日期”",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line_in_both_languages(
    tmp_path: Path, old: str, new: str, line: int, zh: str
) -> None:
    with pytest.raises(CaseError) as refused:
        opened(tmp_path, CASE.replace(old, new, 1))
    (issue,) = [one for one in refused.value.issues if zh in one.say(Language.ZH)]
    assert abs((issue.line or 0) - line) <= 2
    assert issue.say(Language.EN)
    assert (issue.path or "").endswith("case.yaml")


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = CASE.replace("100万元", "100").replace("'51%'", "51").replace("B25", "B9")
    with pytest.raises(CaseError) as refused:
        opened(tmp_path, text)
    assert len(refused.value.issues) == 3


@pytest.mark.parametrize(
    "text", ["", "[]", "applicant: 3", "a: [", "\0", "papers: [1, ~]"]
)
def test_no_file_however_broken_is_more_than_an_error(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(CaseError):
        opened(tmp_path, text)


def test_a_folder_without_case_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        open_case(tmp_path, CATALOGUE)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "case")
    (tmp_path / "secret").write_bytes(b"x")
    (folder / "documents/licence.md").unlink()
    (folder / "documents/licence.md").symlink_to(tmp_path / "secret")
    with pytest.raises(CaseError, match="outside the case folder"):
        open_case(folder, CATALOGUE)
