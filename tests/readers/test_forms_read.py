"""What is proposed of forms: whose, which kind, which values, and what is left open."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.reading import (
    Box,
    Cell,
    PaperPage,
    Reading,
    Span,
)
from changqing.law.model import Catalogue
from changqing.readers.forms import (
    merge_proposals,
)
from changqing.readers.layout import Quote, SpanPart
from changqing.readers.proposal import (
    CaseNames,
    ProposedFact,
    ProposedPaper,
    SelfCheck,
    UnclearFact,
)
from changqing.readers.propose import propose_from
from changqing.readers.values import (
    read_plain_value,
    read_words,
    take_company,
    take_person,
)
from tests.readers.form_pages import (
    CODE,
    COMPANY,
    LICENCE,
    NAMES,
    propose,
    propose_raw,
    put,
    quote_words,
    values_of,
)


def test_a_licence_of_two_columns_is_read_whole(catalogue: Catalogue) -> None:
    paper = propose(catalogue, LICENCE)
    assert paper.kind == "business_licence"
    assert paper.another is None
    assert values_of(paper) == {
        "applicant.name": COMPANY,
        "applicant.credit_code": CODE,
        "applicant.legal_form": "limited_company",
        "applicant.registered_legal_rep": "张三",
        "applicant.registered_capital": 200_000_000,
        "applicant.business_scope": frozenset(
            {"value_added_telecom", "software", "advertising"}
        ),
        "paper.issued_on": date(2024, 3, 18),
    }


def test_a_code_is_checked_by_its_digit(catalogue: Catalogue) -> None:
    paper = propose(catalogue, LICENCE)
    (code,) = (fact for fact in paper.facts if fact.fact == "credit_code")
    assert SelfCheck.CHECK_DIGIT in code.checks
    assert code.box == Box(left=1000, top=1200, right=2800, bottom=1300)


def test_a_code_that_fails_its_check_is_unclear(catalogue: Catalogue) -> None:
    lines = [(text.replace(CODE, CODE[:-1] + "8"), *at) for text, *at in LICENCE]
    paper = propose(catalogue, lines)  # type: ignore[arg-type]
    assert "applicant.credit_code" not in values_of(paper)
    assert [unclear.fact for unclear in paper.unclear] == ["credit_code"]


def test_the_day_of_foundation_is_no_day_of_issue(catalogue: Catalogue) -> None:
    paper = propose(catalogue, LICENCE[:-1])
    assert "paper.issued_on" not in values_of(paper)


def test_words_and_figures_that_differ_are_unclear(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("单位存款余额证明", 3000, 500),
            (f"户名：{COMPANY}", 1000, 1000),
            ("账户余额：600,000.00元", 1000, 1300),
            ("金额（大写）：人民币壹佰陆拾万元整", 1000, 1600),
            ("2026年11月10日", 6000, 2500),
        ],
    )
    assert paper.kind == "bank_statement"
    assert [unclear.fact for unclear in paper.unclear] == ["cash_on_hand"]
    assert values_of(paper) == {"paper.issued_on": date(2026, 11, 10)}


def test_words_and_figures_that_agree_check_each_other(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("单位存款余额证明", 3000, 500),
            (f"户名：{COMPANY}", 1000, 1000),
            ("账户余额：1,600,000.00元", 1000, 1300),
            ("金额（大写）：人民币壹佰陆拾万元整", 1000, 1600),
        ],
    )
    (cash,) = paper.facts
    assert cash.value == 160_000_000
    assert SelfCheck.WORDS_AND_FIGURES in cash.checks
    assert cash.words == "1,600,000.00元"


def test_the_first_of_a_column_is_no_balance(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("单位活期存款对账单", 3000, 500),
            ("交易日期", 1000, 1000),
            ("余额", 5000, 1000),
            ("2026-10-03", 1000, 1150),
            ("5,100.00", 5000, 1150),
            ("2026-10-04", 1000, 1300),
            ("4,100.00", 5000, 1300),
        ],
    )
    assert "applicant.cash_on_hand" not in values_of(paper)


def test_a_term_gives_its_last_day_and_its_first(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("域名注册证书", 3000, 500),
            ("域名：example.cn", 1000, 1000),
            (f"域名持有者：{COMPANY}", 1000, 1300),
            ("注册日期：2024-04-02", 1000, 1600),
            ("到期日期：2028年4月2日", 1000, 1900),
        ],
    )
    assert values_of(paper) == {
        "service.domain": "example.cn",
        "service.domain_registrant": COMPANY,
        "service.domain_holder_relation": "applicant",
        "service.domain_registered_on": date(2024, 4, 2),
        "service.domain_expires_on": date(2028, 4, 2),
    }
    assert {fact.subject for fact in paper.facts} == {Subject("service", "site")}


def test_a_blank_field_proposes_nothing(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("域名注册证书", 3000, 500),
            ("域名：", 1000, 1000),
            ("域名持有者：", 1000, 1300),
            ("注册日期：", 1000, 1600),
            ("到期日期：", 1000, 1900),
        ],
    )
    assert paper.kind == "domain_cert"
    assert paper.facts == ()


def test_a_card_names_the_person_of_the_case(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("姓名 张三", 1000, 500),
            ("性别 男 民族 汉", 1000, 800),
            ("住址 某市某路1号", 1000, 1100),
            ("公民身份号码 990099199003030024", 1000, 1400),
            ("中华人民共和国", 3000, 3000),
            ("居民身份证", 3000, 3200),
            ("签发机关 某市公安局", 1000, 4000),
            ("有效期限 2016.05.12-2036.05.12", 1000, 4300),
        ],
    )
    assert paper.kind in {"legal_rep_id", "staff_id"}
    assert {fact.subject for fact in paper.facts} == {Subject("person", "zhang")}
    assert values_of(paper)["person.id_valid_until"] == date(2036, 5, 12)


def test_small_letters_of_a_picture_are_no_name(catalogue: Catalogue) -> None:
    page = PaperPage(
        number=1,
        width=300,
        height=300,
        spans=tuple(put(text, left, top, 96) for text, left, top in LICENCE),
    )
    reading = Reading(paper="0" * 64, reader="ocr", version="1", pages=(page,))
    proposal = propose_from(reading, CaseNames(), catalogue)
    assert "applicant.name" not in values_of(proposal.papers[0])
    known = propose_from(reading, NAMES, catalogue)
    assert values_of(known.papers[0])["applicant.name"] == COMPANY


def test_a_form_of_cells_is_read_by_its_cells(catalogue: Catalogue) -> None:
    cells = [("企业登记信息查询单", None), ("企业名称", (0, 0)), (COMPANY, (0, 1))]
    cells += [("统一社会信用代码", (1, 0)), (CODE, (1, 1))]
    spans = [
        Span(
            text=text,
            box=None,
            cell=None if at is None else Cell(table=0, row=at[0], column=at[1]),
        )
        for text, at in cells
    ]
    (paper,) = propose_raw(catalogue, *spans).papers
    assert paper.kind == "register_extract"
    assert values_of(paper) == {
        "applicant.name": COMPANY,
        "applicant.credit_code": CODE,
    }
    assert all(fact.subject == APPLICANT for fact in paper.facts)


def test_an_amount_is_held_against_its_words_in_a_sentence(
    catalogue: Catalogue,
) -> None:
    def report(words: str) -> ProposedPaper:
        return propose(
            catalogue,
            [
                ("验资报告", 3000, 500),
                (f"{COMPANY}：", 1000, 900),
                (
                    "贵公司已收到全体股东缴纳的实收资本合计人民币600,000.00元"
                    f"（大写：{words}），均以货币出资。",
                    1000,
                    1200,
                ),
            ],
        )

    differs = report("壹佰陆拾万元整")
    assert [unclear.fact for unclear in differs.unclear] == ["paid_in_capital"]
    assert differs.facts == ()
    (paid,) = report("陆拾万元整").facts
    assert paid.value == 60_000_000
    assert SelfCheck.WORDS_AND_FIGURES in paid.checks


def test_heads_of_a_table_read_as_one_are_still_two(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("ICP备案查询", 1000, 500),
            ("序号主办单位名称", 500, 1000),
            ("网站备案/许可证号", 3000, 1000),
            ("网站域名", 6000, 1000),
            ("1", 600, 1200),
            (COMPANY, 900, 1200),
            ("苏ICP备2024999001号-1", 3000, 1200),
            ("example.cn", 6000, 1200),
        ],
    )
    assert values_of(paper) == {
        "service.domain": "example.cn",
        "service.filing_subject": COMPANY,
        "service.filing_subject_is_applicant": True,
        "service.filing_covers_domain": True,
        "service.filing_found": True,
    }


def test_statements_side_by_side_keep_their_columns(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("资产负债表", 4000, 500),
            ("单位：万元", 8000, 800),
            ("年初余额", 1500, 1000),
            ("期末余额", 2500, 1000),
            ("年初余额", 6000, 1000),
            ("期末余额", 7500, 1000),
            ("货币资金", 300, 1200),
            ("10.00", 1500, 1200),
            ("20.00", 2500, 1200),
            ("实收资本", 4500, 1200),
            ("100.00", 6000, 1200),
            ("200.00", 7500, 1200),
        ],
    )
    assert values_of(paper) == {"applicant.paid_in_capital": 200_000_000}


def test_a_label_that_nobody_listed_ends_a_value(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("企业登记信息查询单", 3000, 500),
            (f"企业名称：{COMPANY}", 1000, 900),
            ("法定代表人：张三", 1000, 1200),
            ("企业状况：在业", 2000, 1200),
            ("住所", 1000, 1500),
            ("某省某市某区某路9号3幢", 2500, 1500),
            ("房产证号", 1000, 1650),
            ("某房权证第0012345号", 2500, 1650),
        ],
    )
    assert values_of(paper)["applicant.registered_legal_rep"] == "张三"
    assert values_of(paper)["applicant.address"] == "某省某市某区某路9号3幢"


def test_a_day_in_a_table_is_no_day_of_issue(catalogue: Catalogue) -> None:
    paper = propose(
        catalogue,
        [
            ("单位活期存款对账单", 3000, 500),
            (f"户名：{COMPANY}", 1000, 800),
            ("2026-10-31", 1000, 1150),
            ("房租", 2600, 1150),
            ("992,700.00", 7000, 1150),
        ],
    )
    assert paper.kind == "bank_statement"
    assert paper.facts == ()


def test_a_day_of_issue_may_be_read_in_pieces(catalogue: Catalogue) -> None:
    pieces = [("2024", 6500, 6400), ("年", 7000, 6400), ("03月18日", 7200, 6400)]
    paper = propose(catalogue, [*LICENCE[:-1], *pieces])
    assert values_of(paper)["paper.issued_on"] == date(2024, 3, 18)


def _propose(value: int, confidence: int) -> ProposedFact:
    span = Span(text=f"{value}元", box=None, confidence=confidence)
    quote = Quote(page=1, pieces=(SpanPart(span=span, start=0, end=len(span.text)),))
    return ProposedFact(
        subject=APPLICANT,
        fact="cash_on_hand",
        value=value,
        quote=quote,
        confidence=confidence,
    )


def test_of_two_values_read_alike_surely_nobody_chooses() -> None:
    (found,) = merge_proposals([_propose(100, 95), _propose(200, 95)])
    assert isinstance(found, UnclearFact)
    assert [quote.text for quote in found.quotes] == ["100元", "200元"]


def test_of_two_values_the_surer_is_kept_whichever_came_first() -> None:
    for proposals in ([(100, 95), (200, 80)], [(200, 80), (100, 95)]):
        (found,) = merge_proposals(_propose(*proposal) for proposal in proposals)
        assert isinstance(found, ProposedFact)
        assert found.value == 100


def read_facts(
    catalogue: Catalogue, words: list[tuple[str, int, int]]
) -> dict[str, ProposedFact]:
    return {fact.fact: fact for fact in propose(catalogue, words).facts}


@pytest.mark.parametrize("text", ["为甲方专职员工", "签字", "（签名）", "甲方", "姓名"])
def test_what_goes_on_with_a_sentence_is_no_name(text: str) -> None:
    assert take_person(quote_words(text)) is None


def test_a_company_ends_before_a_note_and_never_within_a_bracket() -> None:
    noted = take_company(quote_words("某某（上海）网络有限公司（许可证编号：B1-1）"))
    assert noted is not None
    assert noted.text == "某某（上海）网络有限公司"
    assert take_company(quote_words("（乙某某网络有限公司")) is None
    assert take_company(quote_words("序号")) is None


def test_an_address_does_not_begin_with_where_it_stands(catalogue: Catalogue) -> None:
    address = catalogue.facts["applicant", "address"]
    for said, value in (
        ("于浙江省杭州市某路1号", "浙江省杭州市某路1号"),
        ("于洪区某路1号", "于洪区某路1号"),
    ):
        read = read_plain_value(address, quote_words(said))
        assert read is not None
        assert read.value == value


def test_of_boxes_beside_a_label_the_ticked_one_counts(catalogue: Catalogue) -> None:
    use = catalogue.facts["applicant", "premises_use"]
    words = catalogue.materials["lease"].reads["applicant.premises_use"].words
    ticked = read_words(use, words, quote_words("☑办公 □商业 □成套住宅"))
    assert ticked is not None
    assert ticked.value == "office"
    assert read_words(use, words, quote_words("□办公 □商业 □住宅")) is None


def test_a_use_of_premises_is_read_beside_its_label(catalogue: Catalogue) -> None:
    facts = read_facts(
        catalogue,
        [
            ("房屋租赁合同", 4000, 500),
            ("承租方（乙方）", 1000, 1000),
            (COMPANY, 3000, 1000),
            ("规划用途", 1000, 1300),
            ("工业（研发）", 3000, 1300),
        ],
    )
    assert facts["premises_use"].value == "industrial"


def test_a_domain_that_goes_on_in_the_next_line_is_no_other_domain(
    catalogue: Catalogue,
) -> None:
    facts = read_facts(
        catalogue,
        [
            ("ICP备案查询", 4000, 300),
            ("主办单位名称", 1000, 600),
            (COMPANY, 3000, 600),
            ("网站首页地址", 1000, 900),
            ("www.exam-", 3000, 900),
            ("ple.cn", 3000, 1300),
        ],
    )
    assert "filing_covers_domain" not in facts


@pytest.mark.parametrize(
    ("name", "may"),
    [("尉迟靖", True), ("阿依古丽·买买提", True), ("性质", False), ("签收", False)],
)
def test_a_person_has_a_surname_or_a_dot_in_the_name(name: str, *, may: bool) -> None:
    assert (take_company(quote_words(name)) is not None) is may


def test_the_first_day_of_a_term_is_no_end_of_it(catalogue: Catalogue) -> None:
    facts = read_facts(
        catalogue,
        [
            ("房屋租赁合同", 4000, 500),
            ("承租方（乙方）", 1000, 1000),
            (COMPANY, 3000, 1000),
            ("租期", 1000, 1300),
            ("自2026年4月1日起", 3000, 1300),
        ],
    )
    assert "lease_until" not in facts


def test_a_day_of_points_is_a_day_and_no_amount(catalogue: Catalogue) -> None:
    facts = read_facts(
        catalogue,
        [
            ("存款证明", 4000, 500),
            ("户名", 1000, 1000),
            (COMPANY, 3000, 1000),
            ("某某银行", 6000, 3000),
            ("2026.11.05", 6000, 3300),
        ],
    )
    assert facts["issued_on"].value == date(2026, 11, 5)


def test_half_an_address_and_the_rest_of_a_name_are_none(catalogue: Catalogue) -> None:
    address = catalogue.facts["applicant", "address"]
    for part in ("某市某区某街道高新区社", "区某路12号某大厦", "A座20层2003室"):
        assert read_plain_value(address, quote_words(part)) is None
    assert take_company(quote_words("公司")) is None


def test_a_scope_that_a_sentence_speaks_of_lists_nothing(catalogue: Catalogue) -> None:
    facts = read_facts(
        catalogue,
        [
            ("营业执照", 4000, 500),
            ("名称", 1000, 1000),
            (COMPANY, 2000, 1000),
            (
                "1.某某主体的经营范围由章程确定。经营范围中属于应当经批准的项目，",
                1000,
                1600,
            ),
            ("取得许可审批文件后方可开展相关经营活动。", 1000, 1750),
        ],
    )
    assert "business_scope" not in facts


def test_how_to_tick_a_box_is_no_tick(catalogue: Catalogue) -> None:
    use = catalogue.facts["applicant", "premises_use"]
    words = catalogue.materials["lease"].reads["applicant.premises_use"].words
    said = quote_words("（请在□内打√，只可勾选一项）：☑办公 □商业 □住宅")
    read = read_words(use, words, said)
    assert read is not None
    assert read.value == "office"


@pytest.mark.parametrize(
    ("currency", "balance", "fen"),
    [
        ("人民币", "1,200,000.00", 120_000_000),
        ("美元", "1,200,000.00", None),
        ("USD", "1,200,000.00", None),
        ("美元", "人民币1,200,000.00元", 120_000_000),
        ("人民币", "1,200,000.00美元", None),
    ],
)
def test_a_balance_in_money_of_another_country_is_a_gap(
    catalogue: Catalogue, currency: str, balance: str, fen: int | None
) -> None:
    lines = [
        ("银行存款证明", 4000, 500),
        ("户名", 1000, 1000),
        (COMPANY, 2000, 1000),
        ("币种", 1000, 1400),
        (currency, 2000, 1400),
        ("账户余额", 1000, 1800),
        (balance, 2000, 1800),
    ]
    paper = propose(catalogue, lines)
    assert paper.kind == "bank_statement"
    assert values_of(paper).get("applicant.cash_on_hand") == fen


@pytest.mark.parametrize(
    ("units", "fen"),
    [
        (["单位：元"], 50_000),
        (["单位：万元"], 500_000_000),
        (["单位：亿元"], 5_000_000_000_000),
        (["单位：元", "单位：万元"], None),
        (["单位：万美元"], None),
        ([], 50_000),
    ],
)
def test_figures_count_in_the_one_unit_that_the_page_names(
    catalogue: Catalogue, units: list[str], fen: int | None
) -> None:
    lines = [
        ("利润表", 4000, 500),
        (f"编制单位：{COMPANY}", 1000, 800),
        *((unit, 1000 + 3000 * number, 1000) for number, unit in enumerate(units)),
        ("项目", 1000, 1400),
        ("本年累计金额", 4000, 1400),
        ("营业收入", 1000, 1800),
        ("500.00", 4000, 1800),
        ("营业成本", 1000, 2200),
        ("净利润", 1000, 2600),
    ]
    paper = propose(catalogue, lines)
    assert values_of(paper).get("applicant.revenue_12m") == fen


def test_a_label_says_in_what_its_amount_counts(catalogue: Catalogue) -> None:
    words = [
        ("营业执照", 3000, 300),
        ("统一社会信用代码：", 1000, 800),
        ("注册资本(万元)：1200.000000 人民币", 1000, 1200),
    ]
    facts = read_facts(catalogue, words)
    assert facts["registered_capital"].value == 12_000_000_00


def test_what_is_below_the_company_that_registers_is_not_of_its_name(
    catalogue: Catalogue,
) -> None:
    lines = [
        ("域名注册证书", 3000, 300),
        ("域名：example.cn", 1000, 1000),
        ("注册服务机构：某某科技股份有限公司", 1000, 1300),
        ("上述域名已在国家顶级域名数据库中记录", 1000, 1450),
    ]
    paper = propose(catalogue, lines)
    assert values_of(paper)["service.domain_registrar"] == "某某科技股份有限公司"


def test_who_is_beside_a_label_comes_before_who_is_below_a_head(
    catalogue: Catalogue,
) -> None:
    lines = [
        ("社会保险个人参保证明", 3000, 300),
        ("最近参保单位：甲山溪流信息技术有限公司", 1000, 700),
        ("姓名：王小明", 1000, 1000),
        ("参保单位", 1000, 1400),
        ("缴费月数", 6000, 1400),
        ("乙山旧示例贸易有限公司", 1000, 1600),
        ("68", 6000, 1600),
    ]
    names = CaseNames(applicant="甲山溪流信息技术有限公司")
    assert propose(catalogue, lines, names=names).another is None
