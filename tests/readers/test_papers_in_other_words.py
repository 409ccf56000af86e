"""Papers of institutions that say what they say in words or places of their own."""

from __future__ import annotations

from datetime import date

from changqing.evidence.parse import find_days
from changqing.evidence.reading import Box, PaperPage, Span
from changqing.readers.classify import find_kind, split_papers
from changqing.readers.layout import PageLayout
from tests.readers.form_pages import COMPANY, propose, values_of
from tests.readers.table_pages import APPLICANT, fill_cells, lay_table
from tests.readers.table_pages import read as read_table
from tests.shipped import CATALOGUE


def test_the_end_of_a_month_is_its_last_day() -> None:
    assert [day.value for day in find_days("有效期至2029年2月底")] == [
        date(2029, 2, 28)
    ]
    assert not find_days("2029年13月底")


def test_the_day_under_the_seal_is_no_month_of_a_column() -> None:
    table = lay_table(
        [
            {1000: "姓名", 3000: "起始年月", 6000: "缴至年月"},
            {1000: "王小明", 3000: "2026年2月", 6000: "2026年10月"},
            {1000: "李小红", 3000: "2026年3月", 6000: "2026年10月"},
        ],
        above=f"单位名称：{APPLICANT}",
    )
    seal = [
        Span(
            text=text,
            box=Box(left=5900, top=top, right=5900 + 150 * len(text), bottom=top + 140),
        )
        for text, top in (("某市社会保险征缴中心", 1900), ("2026年11月15日", 2050))
    ]
    page = PaperPage(number=1, width=600, height=850, spans=(*table.spans, *seal))
    values = read_table("social_insurance", page)
    assert values["self", "insurance_paid_through"] == date(2026, 10, 31)


def test_a_list_of_who_is_insured_is_known_by_its_own_heads() -> None:
    page = fill_cells(
        [
            ["某省单位人员参保缴费情况"],
            [f"单位名称：{APPLICANT}"],
            [
                "人员姓名",
                "证件号",
                "参保日期",
                "最近缴费所属期",
                "本单位连续缴费（月）",
            ],
            ["王小明", "320***********1110", "2024-03-01", "202610", "32"],
        ]
    )
    ranked = find_kind([PageLayout(page)], CATALOGUE.materials)
    assert ranked[0][0] == "social_insurance"
    assert read_table("social_insurance", page)["wang", "si_months_unbroken"] == 32


def test_holders_that_a_letter_of_the_register_names_are_read() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("企业登记信息查询证明", 400, 100),
            (
                f"经查询，{COMPANY}的股东为：张三，认购600万股，占60%；"
                "某某控股示例有限公司，认购400万股，占40%。",
                100,
                400,
            ),
            ("法定代表人为张三，注册资本为人民币1000万元。", 100, 700),
        ],
    )
    assert paper.kind == "register_extract"
    shares = {fact.value for fact in paper.facts if fact.fact == "share"}
    assert shares == {6000, 4000}
    assert values_of(paper)["applicant.registered_legal_rep"] == "张三"


def test_a_licence_in_a_sentence_says_what_it_is_for() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("增值电信业务经营许可证", 400, 100),
            ("编号：浙B1-20249911", 100, 300),
            (
                "准许某某云示例有限公司在某省经营第一类增值电信业务中的互联网数据中心业务。",
                100,
                500,
            ),
            ("许可证有效期至：2029年3月底", 100, 700),
        ],
    )
    values = values_of(paper)
    assert values["service.hosting_provider_licensed"] is True
    assert values["paper.valid_until"] == date(2029, 3, 31)


def test_a_registrant_and_the_registrar_of_one_sentence_are_told_apart() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("域名注册证书", 400, 100),
            (
                f"域名example.cn已由{COMPANY}通过注册服务机构某某示例域名有限公司完成注册。",
                100,
                400,
            ),
            ("有效至：2028年6月8日", 100, 700),
        ],
    )
    values = values_of(paper)
    assert values["service.domain_registrant"] == COMPANY
    assert values["service.domain_registrar"] == "某某示例域名有限公司"
    assert values["service.domain_expires_on"] == date(2028, 6, 8)


def test_the_english_of_a_label_is_no_part_of_its_value() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("营业执照", 400, 100),
            ("名称Name", 100, 300),
            (COMPANY, 100, 450),
            ("注册资本RegisteredCapital", 100, 700),
            ("1000万元人民币", 100, 850),
            ("住所Domicile", 100, 1100),
            ("某省某市某区某某路66号某某大厦B座1903", 100, 1250),
            ("经营范围BusinessScope", 100, 1500),
            ("一般项目：软件开发。", 100, 1650),
        ],
    )
    values = values_of(paper)
    assert values["applicant.address"] == "某省某市某区某某路66号某某大厦B座1903"
    assert values["applicant.registered_capital"] == 10_000_000_00


def test_a_level_beside_its_result_is_read() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("网络安全等级保护备案证明", 400, 100),
            (f"备案单位：{COMPANY}", 100, 300),
            ("定级结果：三级", 100, 500),
        ],
    )
    assert values_of(paper)["applicant.level_three_system"] is True


def test_premises_may_be_let_in_other_words() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("写字楼租赁合同", 400, 100),
            (f"甲方：某某置业示例有限公司　乙方：{COMPANY}", 100, 300),
            ("甲方同意将某省某市某区某某路66号某某大厦B座1903租与乙方。", 100, 500),
        ],
    )
    values = values_of(paper)
    assert values["applicant.lessee_is_applicant"] is True
    assert values["applicant.address"] == "某省某市某区某某路66号某某大厦B座1903"


def test_a_technical_title_is_no_degree_of_the_same_field() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("专业技术职称证书", 400, 100),
            ("姓名：张三", 100, 300),
            ("资格名称：工程师", 100, 500),
            ("专业名称：通信工程", 100, 700),
        ],
    )
    assert "person.qualification" not in values_of(paper)


def test_a_renewal_is_known_as_a_lease() -> None:
    paper = propose(
        CATALOGUE,
        [
            ("续租补充协议", 400, 100),
            (f"乙方（承租方）：{COMPANY}", 100, 300),
            ("续租期限为两年，即自2026年7月1日至2028年6月30日。", 100, 500),
        ],
    )
    assert paper.kind == "lease"
    assert values_of(paper)["applicant.lease_until"] == date(2028, 6, 30)


def test_a_list_of_holders_within_a_report_of_the_register_is_no_paper() -> None:
    words = [
        ("企业机读档案", 4000, 300),
        (f"企业名称：{COMPANY}", 500, 900),
        ("法定代表人：张三　登记状态：存续", 500, 1300),
        ("股东名册", 500, 4000),
        ("股东名称　认缴出资　持股比例", 500, 4400),
        ("张三　100万元　100%", 500, 4800),
    ]
    spans = tuple(
        Span(
            text=text,
            box=Box(left=left, top=top, right=left + 150 * len(text), bottom=top + 150),
            confidence=95,
        )
        for text, left, top in words
    )
    page = PageLayout(PaperPage(number=1, width=1200, height=1700, spans=spans))
    papers = split_papers([page], CATALOGUE.materials)
    assert len(papers) == 1
