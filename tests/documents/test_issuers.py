"""Who issued a paper is read from the paper, and else said by its kind."""

from __future__ import annotations

import pytest

from changqing.documents.attachments import list_attachments
from changqing.documents.cross_text import TextLine, TextPage
from changqing.documents.issuers import find_issuer, load_issuer_table
from changqing.law.compiled import load_compiled
from changqing.law.kinds.material import Issuer
from changqing.text import both
from tests.documents.dossier_case import EXAMPLES, assessed

OWN = "杭州某某科技有限公司"


def page(*lines: str) -> TextPage:
    return TextPage(
        id="x",
        title=both("x"),
        file=None,
        lines=tuple(TextLine(number=None, place="", text=text) for text in lines),
    )


@pytest.mark.parametrize(
    ("issuer", "lines", "named"),
    [
        (Issuer.INSTITUTION, ["开户行：示例银行杭州分行"], "示例银行杭州分行"),
        (
            Issuer.INSTITUTION,
            ["| 登记机关 | 杭州市市场监督管理局 |"],
            "杭州市市场监督管理局",
        ),
        (
            Issuer.INSTITUTION,
            ["余额100元。", "示例银行股份有限公司（盖章）"],
            "示例银行股份有限公司",
        ),
        (
            Issuer.COUNTERPARTY,
            ["甲方：示例街道办事处", f"乙方：{OWN}"],
            "示例街道办事处",
        ),
        (
            Issuer.COUNTERPARTY,
            [f"东篱数据有限公司（盖章）、{OWN}（盖章）"],
            "东篱数据有限公司",
        ),
        # Nobody is named, several are, or only we: nothing is made up.
        (Issuer.INSTITUTION, ["登记机关（盖章）", "登记机关依法处理"], ""),
        (Issuer.COUNTERPARTY, ["甲方：甲有限公司", "乙方：丙有限公司"], ""),
        (Issuer.COUNTERPARTY, [f"承租人为{OWN}。", f"{OWN}（盖章）"], ""),
        (Issuer.COUNTERPARTY, ["甲方应当向丁有限公司付款。"], ""),
    ],
)
def test_an_issuer_is_named_as_the_paper_names_it(
    issuer: Issuer, lines: list[str], named: str
) -> None:
    assert find_issuer(page(*lines), issuer, own=OWN) == named


def test_every_kind_of_paper_that_others_issue_has_a_word_for_who() -> None:
    materials = load_compiled().materials
    others = {
        kind
        for kind, material in materials.items()
        if material.issuer is not Issuer.COMPANY
    }

    assert set(load_issuer_table().kinds) == others
    assert set(load_issuer_table().labels) == {"institution", "counterparty"}


def test_the_attachments_of_the_example_name_their_issuers() -> None:
    outcome = assessed(EXAMPLES / "local-life")
    found = {
        attachment.paper.kind: attachment.issued_by
        for attachment in list_attachments(
            outcome.case, outcome.situation, outcome.case.catalogue
        )
    }

    assert found["hosting_agreement"] == "浙江云麓数据服务有限公司"
    assert found["domain_cert"] == "东篱域名服务有限公司"
    assert found["business_contract"] == "西湖区示例街道办事处"
    assert found["bank_statement"] == "开户银行"
    assert found["business_plan"] == "本公司"
