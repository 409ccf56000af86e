"""What is read does not hang on how a paper is set: the same facts in drawn layouts.

A layout that nobody made a reader for must not cost what the paper says, and must never
make it say anything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from changqing.case.subjects import Subject
from changqing.evidence.reading import Cell, PaperPage, Reading, Span
from changqing.readers.proposal import CaseNames
from changqing.readers.propose import propose_from
from tests.readers.random_papers import Lot, Said
from tests.shipped import CATALOGUE

COMPANY = "杭州拾光里信息技术有限公司"
PROVIDER = "福州海纳云计算有限公司"
DOMAIN = "shiguangli27.cn"
ADDRESS = "浙江省杭州市滨江区江晖路890号13楼2157室"
LEADER, STAFF = "廖景行", ("刘子衿", "陈嘉树", "许望舒")
PEOPLE = {name: Subject("person", name) for name in (LEADER, *STAFF)}
NAMES = CaseNames(
    applicant=COMPANY,
    members={
        "person": PEOPLE,
        "service": {DOMAIN: Subject("service", "site")},
    },
    roles={PEOPLE[LEADER]: "legal_representative"},
    region="33",
)
LAYOUTS = 40
LEAST = 0.96
"""The share of what papers say that is read, over all layouts of a kind."""

Made = tuple[str, PaperPage, Said]


def set_licence(lot: Lot) -> Made:
    sheet, code, wan = lot.sheet(), lot.credit_code(), lot.lot.choice((100, 200, 300))
    sheet.write(lot.pick("营业执照", "营业执照（副本）", "营 业 执 照"))
    sheet.fill_form(
        [
            (lot.pick("统一社会信用代码", "社会信用代码"), code),
            (lot.pick("名称", "企业名称", "公司名称"), COMPANY),
            (lot.pick("类型", "企业类型", "主体类型"), "有限责任公司（自然人独资）"),
            (lot.pick("法定代表人", "法定代表人姓名"), LEADER),
            (lot.pick("注册资本", "注册资金"), lot.spell_amount(wan)),
            (lot.pick("成立日期", "成立时间"), lot.spell_day(date(2023, 5, 6))),
            (lot.pick("住所", "企业住所", "营业场所"), ADDRESS),
            ("经营范围", "软件开发；信息技术咨询服务；第二类增值电信业务"),
        ]
    )
    said = {
        ("self", "name"): COMPANY,
        ("self", "credit_code"): code,
        ("self", "registered_legal_rep"): LEADER,
        ("self", "registered_capital"): wan * 1_000_000,
        ("self", "address"): ADDRESS,
    }
    return "business_licence", sheet.page, said


def set_lease(lot: Lot) -> Made:
    sheet = lot.sheet()
    sheet.write(lot.pick("房屋租赁合同", "写字楼租赁协议", "场地租赁合同"))
    term, end = lot.term(date(2026, 3, lot.lot.randint(2, 28)), lot.lot.choice((1, 2)))
    lessee = lot.pick("承租方（乙方）", "乙方（承租人）", "承租单位", "承租方名称")
    parties = [(lot.pick("出租方（甲方）", "出租单位"), "刘安然"), (lessee, COMPANY)]
    terms = [
        (lot.pick("租赁用途", "使用用途", "房屋用途"), lot.pick("办公", "商务办公")),
        (lot.pick("租赁期限", "租期", "租赁起止时间"), term),
    ]
    if lot.lot.random() < 0.5:
        where = lot.pick("租赁房屋地址", "房屋坐落", "物业地址")
        sheet.fill_form([*parties, (where, ADDRESS), *terms])
    else:
        sheet.fill_form(parties)
        sheet.write(
            lot.pick(
                f"第一条 甲方将坐落于{ADDRESS}的房屋出租给乙方使用。",
                f"第一条 甲方同意将其所有的{ADDRESS}出租给乙方，乙方同意承租。",
                f"一、乙方承租位于{ADDRESS}的办公用房，面积126平方米。",
            )
        )
        sheet.write("第二条 乙方仅将其用于办公，不得改变用途。")
        sheet.write(f"第三条 {lot.pick('租赁期限为', '本合同租期')}{term}。")
    sheet.write("第四条 月租金为人民币8,600元，按季支付，押金17,200元。")
    said = {
        ("self", "address"): ADDRESS,
        ("self", "premises_use"): "office",
        ("self", "lease_until"): end,
        ("self", "lessee_is_applicant"): True,
    }
    return "lease", sheet.page, said


def set_insurance(lot: Lot) -> Made:
    sheet, months = lot.sheet(), lot.lot.choice((3, 6, 8))
    sheet.write(lot.pick("社会保险参保缴费证明", "单位职工参保缴费情况表"))
    sheet.write(f"{lot.pick('单位名称', '参保单位', '缴费单位')}：{COMPANY}")
    way = lot.pick("%d-%02d", "%d%02d", "%d年%02d月", "%d/%02d", "%d.%02d")
    first, last = way % (2026, 11 - months), way % (2026, 10)
    name = lot.pick("姓名", "职工姓名", "参保人姓名")
    number = lot.pick("身份证号", "社会保障号码", "证件号码")
    numbers = [f"33010619900101{at}23X" for at in range(1, 4)]
    people = zip(STAFF, numbers, strict=True)
    state = lot.pick("正常缴费", "参保缴费", "正常参保")
    if lot.lot.random() < 0.5:
        heads = [
            name,
            number,
            lot.pick("缴费起始年月", "起始月份", "起缴月"),
            lot.pick("缴费截止年月", "最后缴费月份", "止缴月"),
            lot.pick("缴费状态", "参保情况"),
        ]
        rows = [[who, its, first, last, state] for who, its in people]
    else:
        heads = [
            name,
            number,
            lot.pick("缴费起止时间", "参保区间", "缴纳月份范围"),
            lot.pick("缴费状态", "参保情况"),
        ]
        joined = lot.pick(f"{first}至{last}", f"{first}~{last}")
        rows = [[who, its, joined, state] for who, its in people]
    sheet.set_table(heads, rows)
    sheet.write("以上信息以打印时系统数据为准。")
    said: dict[tuple[str, str], object] = {
        ("self", "insurance_paid_through"): date(2026, 10, 31),
        ("self", "insured_people"): frozenset(STAFF),
    }
    for who in STAFF:
        said |= {
            (who, "name"): who,
            (who, "insured"): True,
            (who, "si_months_unbroken"): months,
            (who, "si_payer_is_applicant"): True,
        }
    return "social_insurance", sheet.page, said


def set_statement(lot: Lot) -> Made:
    sheet = lot.sheet()
    sheet.write(lot.pick("对公账户对账单", "单位客户对账单", "银行对账单"))
    sheet.fill_form(
        [(lot.pick("户名", "账户名称"), COMPANY), ("账号", "1202267837478857759")]
    )
    left, rows, day = lot.lot.randint(10, 90) * 10_000, [], 0
    for at in range(lot.lot.randint(3, 6)):
        moved = lot.lot.randint(1, 9) * 1000 + at
        paid = lot.lot.random() < 0.5
        left += -moved if paid else moved
        day = min(30, day + lot.lot.randint(1, 5))
        amounts = [f"{moved:,}.00", ""] if paid else ["", f"{moved:,}.00"]
        rows.append([f"2026-10-{day:02d}", "往来款", *amounts, f"{left:,}.00"])
    heads = ["交易日期", "摘要", "支出", "收入", lot.pick("余额", "账面结余", "结存")]
    sheet.set_table(heads, rows, upright=True)
    return "bank_statement", sheet.page, {("self", "cash_on_hand"): left * 100}


def set_domain(lot: Lot) -> Made:
    sheet = lot.sheet()
    sheet.write(lot.pick("国家顶级域名注册证书", "域名注册证书", "国际域名注册证书"))
    begin, end = date(2025, 8, lot.lot.randint(1, 28)), date(2028, 8, 20)
    sheet.fill_form(
        [
            (lot.pick("域名", "域名名称", "注册域名"), DOMAIN),
            (lot.pick("域名所有者", "域名持有人", "注册人", "注册人/组织"), COMPANY),
            (lot.pick("注册服务机构", "域名注册商"), "成都西数域名服务有限公司"),
            (lot.pick("注册日期", "注册时间", "创建时间"), lot.spell_day(begin)),
            (
                lot.pick("到期日期", "到期时间", "有效期至", "截止时间"),
                lot.spell_day(end),
            ),
        ]
    )
    said = {
        ("site", "domain"): DOMAIN,
        ("site", "domain_registrant"): COMPANY,
        ("site", "domain_registered_on"): begin,
        ("site", "domain_expires_on"): end,
    }
    return "domain_cert", sheet.page, said


def set_roster(lot: Lot) -> Made:
    sheet = lot.sheet()
    sheet.write(lot.pick("公司人员情况表", "员工花名册", "团队结构表"))
    posts = [("技术总监", "technical"), ("客服主管", "customer_service")]
    heads = ["姓名", "学历", lot.pick("职务", "岗位"), "联系电话"]
    rows = [
        [who, "本科", post, f"1380000{at}123"]
        for at, (who, (post, _)) in enumerate(zip(STAFF, posts, strict=False))
    ]
    sheet.set_table(heads, rows)
    sheet.write(lot.pick("合计：2人", "公司现有员工2人。", "员工总数为2名"))
    said: dict[tuple[str, str], object] = {("self", "headcount"): 2}
    for who, (_, role) in zip(STAFF, posts, strict=False):
        said |= {(who, "name"): who, (who, "role"): role}
    return "team_structure", sheet.page, said


KINDS: tuple[Callable[[Lot], Made], ...] = (
    set_licence,
    set_lease,
    set_insurance,
    set_statement,
    set_domain,
    set_roster,
)
ALWAYS_KNOWN = frozenset({"name", "insured", "role", "share", "si_months_unbroken"})
"""Facts of which a subject that the paper does not name is an invention."""


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__[4:])
def test_facts_are_read_in_any_layout_and_none_is_made_up(
    make: Callable[[Lot], Made],
) -> None:
    count: Counter[str] = Counter()
    missed, wrong = [], []
    for seed in range(LAYOUTS):
        kind, page, said = make(Lot.draw(seed))
        reading = Reading(paper="0" * 64, reader="text", version="1", pages=(page,))
        (paper,) = propose_from(reading, NAMES, CATALOGUE).papers
        assert paper.kind == kind, seed
        read = {(fact.subject.id, fact.fact): fact.value for fact in paper.facts}
        for key, value in said.items():
            count["said"] += 1
            if key not in read:
                missed.append((seed, key))
            elif read[key] != value:
                wrong.append((seed, key, read[key]))
        wrong += [
            (seed, key, value)
            for key, value in read.items()
            if key[1] in ALWAYS_KNOWN and key not in said and key[0] != "self"
        ]
    assert wrong == []
    assert 1 - len(missed) / count["said"] >= LEAST, missed


def read_lines(kind: str, *lines: str) -> dict[str, object]:
    """What a paper of paragraphs says, by fact."""
    page = PaperPage(
        number=1,
        width=0,
        height=0,
        spans=tuple(Span(text=line, box=None) for line in lines),
    )
    reading = Reading(paper="0" * 64, reader="text", version="1", pages=(page,))
    (paper,) = propose_from(reading, NAMES, CATALOGUE).papers
    assert paper.kind == kind
    return {fact.fact: fact.value for fact in paper.facts}


def test_the_end_of_a_term_is_not_its_first_day() -> None:
    said = read_lines(
        "domain_cert",
        "域名注册证书",
        f"域名：{DOMAIN}",
        f"域名所有人：{COMPANY}",
        "有效期截止：2028年7月24日",
    )
    assert said["domain_expires_on"] == date(2028, 7, 24)
    assert "domain_registered_on" not in said


def test_a_side_may_be_called_in_short_in_its_label() -> None:
    said = read_lines(
        "lease",
        "房屋租赁协议书",
        "出租方（以下简称甲方）：刘安然",
        f"承租方（以下简称乙方）：{COMPANY}",
        "租赁期限：三年，自2025年5月20日起算",
    )
    assert said["lessee_is_applicant"] is True
    assert said["lease_until"] == date(2028, 5, 19)


def test_a_balance_that_does_not_follow_is_none() -> None:
    lines = ["对账单", f"户名：{COMPANY}"]
    rows = [("2026-10-05", "20,000.00", "845,000.00")]
    rows += [("2026-10-13", "15,000.00", "830,000.00")]
    rows += [("2026-10-21", "30,000.00", "861,000.00")]
    spans = [Span(text=line, box=None) for line in lines]
    spans += [
        Span(text=text, box=None, cell=Cell(table=0, row=row, column=column))
        for row, words in enumerate([("日期", "发生额", "结存"), *rows])
        for column, text in enumerate(words)
    ]
    page = PaperPage(number=1, width=0, height=0, spans=tuple(spans))
    reading = Reading(paper="0" * 64, reader="text", version="1", pages=(page,))
    (paper,) = propose_from(reading, NAMES, CATALOGUE).papers
    assert paper.kind == "bank_statement"
    assert all(fact.fact != "cash_on_hand" for fact in paper.facts)
