"""Forms that are set in ways no sample had say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from changqing.evidence.reading import Box, PaperPage, Reading, Span
from changqing.readers.propose import propose_from
from tests.readers.test_prose import read
from tests.readers.test_random_layouts import ADDRESS, COMPANY, DOMAIN, NAMES
from tests.shipped import CATALOGUE

Placed = tuple[int, int, str]


def read_page(kind: str, placed: Sequence[Placed]) -> dict[str, object]:
    """What a page says by fact: words with their left edge and their top."""
    spans = tuple(
        Span(
            text=text,
            box=Box(left=left, top=top, right=left + 184 * len(text), bottom=top + 131),
        )
        for left, top, text in placed
    )
    page = PaperPage(number=1, width=595, height=842, spans=spans)
    reading = Reading(paper="0" * 64, reader="text", version="1", pages=(page,))
    (paper,) = propose_from(reading, NAMES, CATALOGUE).papers
    assert paper.kind == kind
    return {fact.fact: fact.value for fact in paper.facts}


def test_colons_may_stand_in_a_column_of_their_own() -> None:
    rows = [("域名", DOMAIN), ("域名持有者", COMPANY), ("到期时间", "2028年8月20日")]
    placed: list[Placed] = [(1200, 500, "域名注册证书")]
    for at, (label, value) in enumerate(rows):
        top = 800 + 250 * at
        placed += [(1200, top, label), (3000, top, "："), (3400, top, value)]
    said = read_page("domain_cert", placed)
    assert said["domain"] == DOMAIN
    assert said["domain_registrant"] == COMPANY
    assert said["domain_expires_on"] == date(2028, 8, 20)


def test_a_colon_may_stand_before_the_value() -> None:
    placed = [
        (1200, 500, "域名注册证书"),
        (1200, 800, "域名"),
        (3000, 800, f"：{DOMAIN}"),
        (1200, 1050, "域名持有者"),
        (3000, 1050, f"：{COMPANY}"),
    ]
    assert read_page("domain_cert", placed)["domain_registrant"] == COMPANY


def test_a_label_may_stand_between_the_two_lines_of_its_value() -> None:
    placed = [
        (1200, 500, "不动产权证书"),
        (1200, 800, "权利人"),
        (2600, 800, COMPANY),
        (2600, 1100, ADDRESS[:14]),
        (1200, 1205, "坐落"),
        (2600, 1310, ADDRESS[14:]),
        (1200, 1650, "用途"),
        (2600, 1650, "办公"),
    ]
    assert read_page("property_certificate", placed)["address"] == ADDRESS


def test_a_day_may_go_on_in_the_next_line() -> None:
    placed = [
        (1200, 500, "云服务器采购合同"),
        (1200, 740, "客户名称"),
        (5200, 740, "乙方（供应商）"),
        (1200, 960, COMPANY),
        (5200, 960, "福州海纳云计算有限公司"),
        (1200, 1360, "公网IP"),
        (5200, 1360, "服务期限"),
        (1200, 1580, "118.122.33.106"),
        (5200, 1580, "自2026年9月6日起至2028年9"),
        (5200, 1800, "月5日止"),
    ]
    said = read_page("hosting_agreement", placed)
    assert said.get("hosting_until") in (date(2028, 9, 5), None)


def test_a_label_may_name_an_alternative_or_what_it_names() -> None:
    said = read(
        "domain_cert",
        "域名注册证书",
        f"域名名称 {DOMAIN}",
        f"注册人/组织 {COMPANY}",
        "截止时间 2028-08-20",
        names=NAMES,
    )
    assert said["site", "domain_registrant"] == COMPANY
    assert str(said["site", "domain_expires_on"]) == "2028-08-20"
    said = read(
        "lease", "房屋租赁合同", f"承租方名称 {COMPANY}", "租期 三年", names=NAMES
    )
    assert said["self", "lessee_is_applicant"] is True
    said = read(
        "business_licence",
        "营业执照",
        f"名称 {COMPANY}",
        f"住所（经营场所） {ADDRESS}",
        names=NAMES,
    )
    assert said["self", "address"] == ADDRESS


def test_a_longer_label_is_no_part_of_its_value() -> None:
    said = read("lease", "房屋租赁合同", f"租赁标的物：{ADDRESS}", names=NAMES)
    assert said["self", "address"] == ADDRESS
    said = read("lease", "房屋租赁合同", f"租赁场地处：{ADDRESS}", names=NAMES)
    assert said.get(("self", "address"), ADDRESS) == ADDRESS


def test_a_statement_is_not_issued_before_the_day_it_speaks_of() -> None:
    lines = ("单位存款余额证明", f"户名：{COMPANY}", "账户余额：1,000,000.00元")
    up_to = "兹证明截至2026年11月10日营业终了的余额如上。"
    said = read("bank_statement", *lines, up_to, "出具日期：2020年11月10日")
    assert said["?", "issued_on"] == "unclear"
    said = read("bank_statement", *lines, up_to, "出具日期：2026年11月11日")
    assert str(said["?", "issued_on"]) == "2026-11-11"


def test_a_form_that_nobody_filled_in_says_nothing() -> None:
    blanks = (
        "房屋租赁合同",
        "出租方（甲方）：",
        "承租方（乙方）：",
        "租赁期为      个月，自      年      月     日起至      年     月     日止。",
        "押金人民币            元。",
        "甲方账户名称：       ，开户行：         。",
        "本合同到期后，如续签需要重新签订租房合同。",
    )
    facts = {fact for about, fact in read("lease", *blanks) if about}
    assert facts == set()
    lessee, term = f"承租方（乙方）：{COMPANY}", "租赁期限：2026年3月1日至2027年2月28日"
    said = read("lease", *blanks[:2], lessee, *blanks[3:], term, names=NAMES)
    assert said["self", "lease_renews"] is False
