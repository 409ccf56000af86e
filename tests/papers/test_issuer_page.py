"""The page an issuer shows of a paper counts where page and paper say the same."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.cli.main import main
from changqing.errors import CaseError
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import GapReason, Resolved
from changqing.evidence.readings import KeptReadings
from changqing.evidence.records import list_gaps, list_records
from changqing.evidence.resolve import find_conflicts, resolve
from changqing.evidence.sync import record_changes
from changqing.judge.assess import Judge
from changqing.law.kit import Grade
from changqing.papers.issuer_page import (
    IssuerAnswer,
    OfferedCheck,
    encode_check,
    list_offered_checks,
)
from changqing.papers.keep_issuer_page import keep_issuer_page
from changqing.papers.open import open_case
from changqing.seal_case import seal_case
from changqing.sealing import verify
from changqing.text import Language
from tests.sealing.sealed_bundle import unpacked
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
ON = date(2026, 11, 20)
CASE = """\
applicant:
  name: 杭州绿洲网络科技有限公司
  registered_capital: 100万元
application:
  licence: B25
  scope: intra_province
  region: '33'
  stage: apply
  submit_on: 2026-12-10
declared_on: 2026-11-18
services: []
people:
  - {id: lin, name: 林晓, role: technical}
papers:
  - id: licence
    kind: business_licence
    file: documents/licence.md
    received_on: 2026-11-18
    backs:
      - {fact: name, value: 杭州绿洲网络科技有限公司, place: 名称}
      - {fact: registered_capital, value: 100万元, place: 注册资本}
  - id: social
    kind: social_insurance
    file: documents/social.md
    received_on: 2026-11-18
    backs:
      - {fact: insured, subject: 'person:lin', value: true, place: 人员}
"""
LICENCE = """\
营业执照
名称：杭州绿洲网络科技有限公司
注册资本：100万元
查询码：CX20261118
"""
SOCIAL = """\
社会保险参保证明
单位名称：杭州绿洲网络科技有限公司
验证码：AB12CD34EF

| 姓名 | 参保状态 | 缴费起止 |
| --- | --- | --- |
| 林晓 | 正常参保 | 2026-08至2026-10 |
"""
PAGE = """\
<html><head><title>核验结果</title></head><body><p>查询码：CX20261118</p><table>
<tr><td>名称</td><td>杭州绿洲网络科技有限公司</td></tr>
<tr><td>注册资本</td><td>{}</td></tr></table></body></html>
"""


def _write(folder: Path) -> Path:
    (folder / "documents").mkdir(parents=True)
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    (folder / "documents" / "licence.md").write_text(LICENCE, encoding="utf-8")
    (folder / "documents" / "social.md").write_text(SOCIAL, encoding="utf-8")
    return folder


def _open(folder: Path) -> Case:
    return open_case(folder, CATALOGUE)


def _keep(folder: Path, page: str, paper: str = "licence") -> None:
    keep_issuer_page(
        _open(folder), paper, page.encode(), named="核验.html", on=ON, by="林晓"
    )


def _offered(folder: Path) -> Mapping[str, OfferedCheck]:
    return {check.paper.id: check for check in list_offered_checks(_open(folder))}


def _resolve(folder: Path, fact: str = "registered_capital") -> Resolved:
    case = _open(folder)
    return resolve(list_records(case), list_gaps(case), CATALOGUE, AS_OF)[
        APPLICANT, fact
    ]


def test_a_code_on_a_paper_offers_a_look_and_nothing_is_fetched(
    tmp_path: Path,
) -> None:
    offered = _offered(_write(tmp_path / "c"))
    assert set(offered) == {"licence", "social"}
    licence, social = offered["licence"], offered["social"]
    assert licence.look.id == "electronic_licence_check"
    assert [code.text for code in licence.codes] == ["cx20261118"]
    assert social.look.id == "insurance_proof_check"
    assert [(code.label, code.text) for code in social.codes] == [
        ("验证码", "ab12cd34ef")
    ]
    assert {check.result.answer for check in offered.values()} == {IssuerAnswer.UNASKED}


def test_what_page_and_paper_both_say_is_checked_with_the_issuer(
    tmp_path: Path,
) -> None:
    folder = _write(tmp_path / "c")
    by = _resolve(folder).proven_by
    assert by is not None
    assert by.grade is Grade.DOCUMENTED
    _keep(folder, PAGE.format("100万元"))
    assert _offered(folder)["licence"].result.answer is IssuerAnswer.AGREES
    found = _resolve(folder)
    assert found.proven_by is not None
    assert (found.proven, found.proven_by.grade) == (100_000_000, Grade.ATTESTED)


def test_what_the_page_says_otherwise_is_a_conflict_with_both_places(
    tmp_path: Path,
) -> None:
    folder = _write(tmp_path / "c")
    _keep(folder, PAGE.format("50万元"))
    result = _offered(folder)["licence"].result
    assert result.answer is IssuerAnswer.DIFFERS
    case = _open(folder)
    places = [
        {conflict.one.source.place, conflict.other.source.place}
        for conflict in find_conflicts(list_records(case), CATALOGUE, AS_OF)
        if conflict.fact == "registered_capital"
    ]
    assert {"注册资本", f"documents/look-issuer-licence-{ON}.html"} in places
    found = _resolve(folder)
    assert (found.claimed, found.proven) == (100_000_000, 50_000_000)
    # The name, which both say, is checked with the issuer all the same.
    name = _resolve(folder, "name").proven_by
    assert name is not None
    assert name.grade is Grade.ATTESTED
    said = encode_check(_offered(folder)["licence"], Language.ZH)["differences"]
    assert "50万元" in str(said)


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (
            PAGE.format("100万元").replace("CX20261118", "CX99999999"),
            "没有材料上的验证码",
        ),
        (PAGE.format("100万元").replace("CX20261118", ""), "没有材料上的验证码"),
    ],
)
def test_a_page_of_another_paper_proves_nothing(
    tmp_path: Path, page: str, why: str
) -> None:
    folder = _write(tmp_path / "c")
    _keep(folder, page)
    result = _offered(folder)["licence"].result
    assert result.answer is IssuerAnswer.ANOTHER
    assert result.why is not None
    assert why in result.why.zh
    by = _resolve(folder).proven_by
    assert by is not None
    assert by.grade is Grade.DOCUMENTED


def test_a_page_that_names_nobody_of_the_paper_proves_nothing(tmp_path: Path) -> None:
    folder = _write(tmp_path / "c")
    bare = LICENCE.replace("查询码：CX20261118\n", "")
    (folder / "documents" / "licence.md").write_text(bare, encoding="utf-8")
    other = PAGE.format("100万元").replace("杭州绿洲", "杭州沙漠")
    _keep(folder, other)
    by = _resolve(folder).proven_by
    assert by is not None
    assert by.grade is Grade.DOCUMENTED
    assert "licence" not in _offered(folder)


def test_the_paper_itself_is_no_page_of_its_issuer(tmp_path: Path) -> None:
    folder = _write(tmp_path / "c")
    text = (folder / "case.yaml").read_text("utf-8")
    (folder / "case.yaml").write_text(
        text.replace(
            "    kind: business_licence\n",
            "    kind: business_licence\n    issuer_checked: {on: 2026-11-20, "
            "how: 官网, file: documents/licence.md}\n",
        ),
        "utf-8",
    )
    result = _offered(folder)["licence"].result
    assert (result.answer, result.values) == (IssuerAnswer.ANOTHER, {})
    by = _resolve(folder).proven_by
    assert by is not None
    assert by.grade is Grade.DOCUMENTED


@pytest.mark.parametrize(
    "copy",
    [
        LICENCE + "\n",
        LICENCE.replace("\n", "\r\n"),
        "".join(f"<p>{line}</p>" for line in LICENCE.splitlines()),
    ],
)
def test_a_copy_of_the_paper_is_no_page_of_its_issuer(
    tmp_path: Path, copy: str
) -> None:
    folder = _write(tmp_path / "c")
    _keep(folder, copy)
    assert _offered(folder)["licence"].result.answer is IssuerAnswer.ANOTHER
    by = _resolve(folder).proven_by
    assert by is not None
    assert by.grade is Grade.DOCUMENTED


def test_what_the_company_wrote_is_no_page_of_an_issuer(tmp_path: Path) -> None:
    folder = _write(tmp_path / "c")
    (folder / "documents" / "plan.md").write_text(PAGE.format("100万元"), "utf-8")
    text = (folder / "case.yaml").read_text("utf-8")
    check = "{on: 2026-11-20, how: 官网, file: documents/plan.md}"
    plan = "documents/plan.md\n    received_on: 2026-11-18\n"
    (folder / "case.yaml").write_text(
        text.replace(
            "    kind: business_licence\n",
            f"    kind: business_licence\n    issuer_checked: {check}\n",
        )
        + f"  - id: plan\n    kind: business_plan\n    file: {plan}",
        "utf-8",
    )
    result = _offered(folder)["licence"].result
    assert result.answer is IssuerAnswer.ANOTHER
    by = _resolve(folder).proven_by
    assert by is not None
    assert by.grade is Grade.DOCUMENTED


def test_a_page_without_the_values_is_silent_and_a_picture_is_refused(
    tmp_path: Path,
) -> None:
    folder = _write(tmp_path / "c")
    with pytest.raises(CaseError):
        keep_issuer_page(
            _open(folder), "licence", b"\x89PNG\r\n\x1a\n\x00\x00", named="a.png",
            on=ON, by="林晓",
        )  # fmt: skip
    _keep(folder, "<p>查询码：CX20261118 查询成功</p>")
    assert _offered(folder)["licence"].result.answer is IssuerAnswer.SILENT
    page = next((folder / "documents").glob("look-issuer-*"))
    page.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    assert _offered(folder)["licence"].result.answer is IssuerAnswer.UNREADABLE


def test_a_page_is_kept_only_beside_a_paper_that_was_there(tmp_path: Path) -> None:
    folder = _write(tmp_path / "c")
    with pytest.raises(CaseError, match="lease"):
        _keep(folder, PAGE.format("100万元"), "lease")
    with pytest.raises(CaseError):
        keep_issuer_page(
            _open(folder), "licence", b"<p>x", named="a.html",
            on=date(2026, 11, 17), by="林晓",
        )  # fmt: skip


def test_a_page_that_differs_is_kept_as_evidence_and_read(tmp_path: Path) -> None:
    folder = _write(tmp_path / "c")
    _keep(folder, PAGE.format("50万元"))
    case = _open(folder)
    (paper,) = (each for each in case.papers if each.id == "licence")
    assert paper.issuer_checked is not None
    assert paper.issuer_checked.page is not None
    with Store(folder, load_key(tmp_path / "key")) as store:
        record_changes(store, case, datetime(2026, 11, 24, tzinfo=UTC))
        kept = KeptReadings(store)
        assert paper.issuer_checked.page.digest in kept
    assert _resolve(folder, "registered_capital").gap is not GapReason.NOT_READ


def test_the_terminal_lists_the_codes_takes_the_page_and_says_what_came_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = _write(tmp_path / "c")
    saved = tmp_path / "核验.html"
    saved.write_text(PAGE.format("50万元"), encoding="utf-8")

    def run(*words: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--lang", "zh"])
        return ended.value.code, capsys.readouterr().out

    code, printed = run("issuer", str(folder))
    assert code == 1
    for said in (
        "核验社保证明的验证码",
        "ab12cd34ef",
        "还没有向出具方核实",
        "也不代填",
    ):
        assert said in printed
    page = ("--page", str(saved), "--by", "林晓", "--on", "2026-11-20")
    code, printed = run("issuer", str(folder), "licence", *page)
    assert code == 1
    assert "出具方的页面与材料不符" in printed
    assert "50万元" in printed
    saved.write_text(PAGE.format("100万元"), encoding="utf-8")
    code, printed = run("issuer", str(folder), "licence", *page, "--json")
    assert code == 0
    (check,) = json.loads(printed)["checks"]
    assert (check["answer"], check["differences"]) == ("agrees", [])
    code, _ = run("issuer", str(folder), "--page", str(saved))
    assert code == 2


SHOWN = """\
<html><body><p>验证码：AB12CD34EF</p><p>单位名称：杭州绿洲网络科技有限公司</p>
<table><tr><td>姓名</td><td>连续参保月数</td></tr>
<tr><td>林晓</td><td>1个月</td></tr></table></body></html>
"""


def test_a_page_about_persons_is_withheld_with_its_paper_and_the_rest_verifies(
    tmp_path: Path,
) -> None:
    folder = _write(tmp_path / "c")
    _keep(folder, PAGE.format("50万元"))
    text = (
        (folder / "case.yaml")
        .read_text("utf-8")
        .replace(
            "      - {fact: insured, subject: 'person:lin', value: true, place: 人员}\n",
            "      - {fact: si_months_unbroken, subject: 'person:lin', value: 3, "
            "place: 人员, words: '林晓 正常参保 2026-08至2026-10'}\n",
        )
    )
    (folder / "case.yaml").write_text(text, "utf-8")
    _keep(folder, SHOWN, "social")
    assert _offered(folder)["social"].result.answer is IssuerAnswer.DIFFERS
    out = tmp_path / "b.zip"
    seal_case(
        folder, out=out, judge=Judge(CATALOGUE), key=tmp_path / "key",
        now=datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip
    files = unpacked(out.read_bytes())
    pages = {
        paper.id: paper.issuer_checked.page.digest
        for paper in _open(folder).papers
        if paper.issuer_checked is not None and paper.issuer_checked.page is not None
    }
    assert f"objects/{pages['licence']}" in files
    assert f"objects/{pages['social']}" not in files
    assert not [name for name, data in files.items() if "林晓 1个月".encode() in data]
    report, _ = verify.check(io.BytesIO(out.read_bytes()), frozenset(), {})
    assert not report.damaged
    assert "50万元" in files["index.html"].decode()
