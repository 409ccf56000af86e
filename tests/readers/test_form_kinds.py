"""Which papers a reading holds: how many, of which kind, and whose they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from changqing.evidence.reading import (
    ReadingProblem,
)
from changqing.law.model import Catalogue
from changqing.readers.proposal import (
    CaseNames,
)
from changqing.readers.propose import propose_from
from tests.readers.form_pages import (
    COMPANY,
    LICENCE,
    NAMES,
    propose,
    propose_raw,
    put,
    read_pages,
    values_of,
)


def test_a_licence_of_another_company_is_said_to_be_so(catalogue: Catalogue) -> None:
    names = CaseNames(applicant="另一家有限公司")
    assert propose(catalogue, LICENCE, names=names).another == COMPANY


def test_without_a_case_nothing_is_said_of_whose_it_is(catalogue: Catalogue) -> None:
    paper = propose(catalogue, LICENCE, names=CaseNames())
    assert paper.another is None
    assert values_of(paper)["applicant.name"] == COMPANY


def test_a_licence_to_host_belongs_to_somebody_else(catalogue: Catalogue) -> None:
    def licence(holder: str) -> list[tuple[str, int, int]]:
        return [
            ("中华人民共和国增值电信业务经营许可证", 2000, 500),
            ("经营许可证编号：B1-20230001", 1000, 900),
            (f"公司名称：{holder}", 1000, 1200),
            ("业务种类：互联网数据中心业务、互联网接入服务业务", 1000, 1500),
            ("有效期限：自2023年05月18日至2028年05月17日", 1000, 1800),
        ]

    other = propose(catalogue, licence("云某数据有限公司"))
    assert other.kind == "hosting_provider_licence"
    assert values_of(other)["service.hosting_provider_licensed"] is True
    assert values_of(other)["paper.valid_until"] == date(2028, 5, 17)
    own = propose(catalogue, licence(COMPANY))
    assert own.kind == "existing_licence"
    assert values_of(own)["applicant.licence_valid_from"] == date(2023, 5, 18)


def test_a_strangers_licence_that_hosts_nothing_is_no_providers(
    catalogue: Catalogue,
) -> None:
    sister = "某某文化传播有限公司"
    licence = [
        ("中华人民共和国增值电信业务经营许可证", 2000, 500),
        ("经营许可证编号：B2-20230001", 1000, 900),
        (f"公司名称：{sister}", 1000, 1200),
        ("业务种类：信息服务业务", 1000, 1500),
        ("有效期限：自2023年05月18日至2028年05月17日", 1000, 1800),
    ]
    paper = propose(catalogue, licence)
    assert (paper.kind, paper.another) == ("existing_licence", sister)
    named = replace(NAMES, providers=frozenset({sister}))
    paper = propose(catalogue, licence, names=named)
    assert (paper.kind, paper.another) == ("hosting_provider_licence", None)


def test_several_papers_in_one_file_are_told_apart(catalogue: Catalogue) -> None:
    notice = [("域名注册证书", 3000, 500), ("域名：example.cn", 1000, 1000)]
    more = [("（续）附件说明及其他登记事项，共一页", 1000, 1000)]
    proposal = propose_from(read_pages(LICENCE, notice, more), NAMES, catalogue)
    assert [(paper.kind, paper.pages) for paper in proposal.papers] == [
        ("business_licence", (1,)),
        ("domain_cert", (2, 3)),
    ]


def test_what_nothing_speaks_for_is_no_paper(catalogue: Catalogue) -> None:
    paper = propose(catalogue, [("今天天气很好，我们一起去公园散步吧", 1000, 1000)])
    assert paper.kind is None
    assert paper.facts == ()


def test_a_title_may_stand_on_two_lines(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("信息系统安全等级保护", 3000, 500),
            ("备案证明", 4000, 700),
            ("证书编号：11010001885-00001", 5000, 1000),
        ],
    )
    assert paper.kind == "security_level_record"


def test_what_cannot_be_made_out_proposes_nothing(catalogue: Catalogue) -> None:
    blurred = [put(text, left, top, 40) for text, left, top in LICENCE]
    proposal = propose_raw(catalogue, *blurred)
    assert proposal.papers == ()
    assert proposal.problem is ReadingProblem.UNCLEAR


def test_an_empty_reading_proposes_nothing(catalogue: Catalogue) -> None:
    assert propose_raw(catalogue).problem is ReadingProblem.UNCLEAR


def test_a_short_text_is_said_to_be_short_and_not_to_be_unclear(
    catalogue: Catalogue,
) -> None:
    assert (
        propose_raw(catalogue, put("已收到", 1000, 500)).problem
        is ReadingProblem.SPARSE
    )
    blurred = propose_raw(catalogue, put("已收到", 1000, 500, 90))
    assert blurred.problem is ReadingProblem.UNCLEAR


def test_every_kind_of_paper_says_by_what_it_is_known(catalogue: Catalogue) -> None:
    folder = Path(__file__).parents[2] / "src/changqing/law/data/materials"
    assert len(catalogue.materials) == len(list(folder.glob("*.yaml")))
    assert all(
        material.recognition is not None for material in catalogue.materials.values()
    )


def contract(person: str) -> list[tuple[str, int, int]]:
    return [
        ("劳动合同书", 3000, 500),
        (f"甲方（用人单位）：{COMPANY}", 1000, 900),
        (f"乙方（劳动者）：{person}", 1000, 1200),
        ("双方根据劳动合同法订立本合同，合同期限为固定期限，试用期两个月。", 500, 1500),
        ("工作内容和工作地点由双方约定，劳动报酬按月支付。", 500, 1800),
    ]


def test_the_same_form_once_more_is_another_paper(catalogue: Catalogue) -> None:
    reading = read_pages(contract("张三"), contract("李四"))
    papers = propose_from(reading, NAMES, catalogue).papers
    assert [(paper.kind, paper.pages) for paper in papers] == [
        ("labour_contract", (1,)),
        ("labour_contract", (2,)),
    ]


def test_a_page_that_says_it_is_the_second_goes_on(catalogue: Catalogue) -> None:
    second = [*contract("张三"), ("第2页 共2页", 4000, 9500)]
    reading = read_pages(contract("张三"), second)
    (paper,) = propose_from(reading, NAMES, catalogue).papers
    assert paper.pages == (1, 2)


def test_statements_of_an_audit_are_parts_of_it(catalogue: Catalogue) -> None:
    audit = [("审计报告", 4000, 500), (f"{COMPANY}全体股东：", 1000, 900)]
    profit = [("利润表", 4000, 500), ("一、营业收入", 1000, 900)]
    reading = read_pages(audit, profit)
    (paper,) = propose_from(reading, NAMES, catalogue).papers
    assert paper.kind == "audit_report"
    assert paper.pages == (1, 2)


def test_a_title_may_be_said_in_another_way(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("公安机关互联网站备案信息", 3000, 500),
            (f"开办者名称：{COMPANY}", 1000, 900),
            ("备案编号：苏公网安备 32011302320999号", 1000, 1200),
            ("开通日期：2024年7月1日", 1000, 1500),
        ],
    )
    assert paper.kind == "police_filing_proof"
    assert paper.confidence >= 90
    assert values_of(paper) == {
        "service.police_filing_found": True,
        "service.service_opened_on": date(2024, 7, 1),
    }


def test_kinds_that_look_alike_do_not_make_each_other_unsure(
    catalogue: Catalogue,
) -> None:
    paper = propose(
        catalogue,
        [
            ("中华人民共和国增值电信业务经营许可证", 2000, 500),
            ("经营许可证编号：B1-20230001", 1000, 900),
            ("公司名称：云某数据有限公司", 1000, 1200),
            ("业务种类：互联网数据中心业务", 1000, 1500),
        ],
    )
    assert paper.kind == "hosting_provider_licence"
    assert paper.confidence >= 90


def test_a_proof_of_another_company_is_theirs_but_for_whom_of_ours_it_names(
    catalogue: Catalogue,
) -> None:
    lines = [
        ("参保缴费证明", 4000, 300),
        ("兹证明乙山人力资源有限公司为下列人员缴纳了社会保险费：", 1000, 600),
        ("姓名", 1000, 900),
        ("身份证号", 2500, 900),
        ("缴费险种", 5000, 900),
        ("已缴至", 7000, 900),
        ("张三", 1000, 1200),
        ("320***", 2500, 1200),
        ("养老、工伤", 5000, 1200),
        ("2026年10月", 7000, 1200),
    ]
    strangers = replace(NAMES, members={**NAMES.members, "person": {}})
    assert propose(catalogue, lines, names=strangers).another == "乙山人力资源有限公司"
    paper = propose(catalogue, lines)
    assert paper.another is None
    said = {
        (str(fact.subject), fact.fact): fact.value
        for fact in paper.facts
        if fact.subject.type != "paper"
    }
    assert said == {("person:zhang", "si_payer_is_applicant"): False}
    assert paper.elements == ()


def test_who_of_the_case_rents_is_no_other_company(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("房屋租赁合同", 4000, 500),
            ("承租方", 1000, 1000),
            ("张三", 3000, 1000),
            ("房屋地址", 1000, 1300),
            ("某省某市某路100号", 3000, 1300),
        ],
    )
    assert paper.kind == "lease"
    assert paper.another is None


def test_a_proof_of_insurance_may_be_called_a_voucher(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("某省社会保险单位参保缴费凭证", 3500, 300),
            ("姓名", 1000, 900),
            ("身份证件号码", 2500, 900),
            ("张三", 1000, 1200),
            ("320***", 2500, 1200),
        ],
    )
    assert paper.kind == "social_insurance"


def test_a_page_without_a_title_is_known_by_its_labels(catalogue: Catalogue) -> None:
    lines = [
        ("基本信息", 1000, 300),
        ("注册人：甲山溪流信息技术有限公司", 1000, 800),
        ("创建日期：2024-03-05", 1000, 1100),
        ("域名服务商：某某网络有限公司", 1000, 1400),
        ("到期日：2028-03-05", 1000, 1700),
    ]
    paper = propose(catalogue, lines)
    assert paper.kind == "domain_cert"
    assert values_of(paper)["service.domain_expires_on"] == date(2028, 3, 5)


def test_a_register_that_names_cards_and_penalties_is_neither(
    catalogue: Catalogue,
) -> None:
    # The lower half of an extract, which a picture of two papers would be cut at.
    lines = [
        "股东及出资信息",
        "证照/证件类型",
        "中华人民共和国居民身份证",
        "(非公示项)",
        "行政处罚信息",
        "暂无行政处罚信息",
    ]
    paper = propose(
        catalogue, [(text, 1000, 500 + 400 * at) for at, text in enumerate(lines)]
    )
    assert paper.kind not in ("legal_rep_id", "staff_id", "misconduct_decision")
