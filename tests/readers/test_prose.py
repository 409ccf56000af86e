"""What sentences say, and what a “not”, a question or an empty box leaves unsaid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changqing.case.subjects import Subject
from changqing.evidence.reading import Box, Mark, MarkKind, PaperPage, Span
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import (
    CaseNames,
    PaperPages,
    ProposedElement,
    ProposedFact,
    UnclearFact,
)
from changqing.readers.propose import read_paper
from tests.shipped import CATALOGUE

APPLICANT = "甲山溪流信息技术有限公司"
NAMES = CaseNames(
    applicant=APPLICANT,
    members={
        "person": {"王小明": Subject("person", "wang")},
        "service": {"example.cn": Subject("service", "site")},
    },
    region="32",
)


def read(
    kind: str,
    *lines: str,
    marks: tuple[Mark, ...] = (),
    confidence: int = 100,
    names: CaseNames = NAMES,
) -> dict[tuple[str, str], object]:
    """What a paper of these lines says, by subject ("" for elements) and fact."""
    page = PaperPage(
        number=1,
        width=0,
        height=0,
        spans=tuple(Span(text=line, box=None, confidence=confidence) for line in lines),
        marks=marks,
    )
    paper = PaperPages(
        pages=(PageLayout(page),),
        material=CATALOGUE.materials[kind],
        catalogue=CATALOGUE,
        names=names,
    )
    said: dict[tuple[str, str], object] = {}
    facts, unclear, elements = read_paper(paper)
    for one in (*facts, *unclear, *elements):
        match one:
            case ProposedFact():
                said[one.subject.id, one.fact] = one.value
            case UnclearFact():
                said[one.subject.id, one.fact] = "unclear"
            case ProposedElement():
                said["", one.element] = one.stated
    return said


def read_lease(*lines: str) -> dict[tuple[str, str], object]:
    return read("lease", "房屋租赁合同", *lines)


def test_a_lease_says_where_until_when_for_what_and_to_whom() -> None:
    said = read_lease(
        "出租方（甲方）：甲山示例物业有限公司",
        f"承租方（乙方）：{APPLICANT}",
        "甲方将坐落于甲山省甲山市某区文枢路9号3幢1206室的房屋出租给乙方使用。",
        "该房屋用途为办公，乙方不得擅自改变用途。",
        "租赁期自2024年3月1日起至2027年2月28日止。",
    )
    assert said["self", "address"] == "甲山省甲山市某区文枢路9号3幢1206室"
    assert str(said["self", "lease_until"]) == "2027-02-28"
    assert said["self", "lease_open_ended"] is False
    assert said["self", "premises_use"] == "office"
    assert said["self", "lessee_is_applicant"] is True


@pytest.mark.parametrize(
    ("sentence", "renews"),
    [
        ("期满前双方均未书面提出终止的，本合同自动续租一年。", True),
        ("期满后本合同不自动续租。", None),
        ("乙方需要续租的，应于期满前两个月书面提出。", False),
        ("租赁期满后，双方另行签订租赁合同。", False),
        ("租金按季支付。", None),
    ],
)
def test_whether_a_lease_renews_is_read_and_never_guessed(
    sentence: str, renews: bool | None
) -> None:
    said = read_lease(sentence).get(("self", "lease_renews"))
    assert said is renews or (renews is None and said is not True)


def test_a_term_of_years_ends_on_the_day_before_it_began() -> None:
    said = read_lease("租赁期限为叁年，自2025年1月1日起计算。")
    assert str(said["self", "lease_until"]) == "2027-12-31"
    said = read_lease("自2025年6月1日起租赁，租赁期限为18个月。")
    assert str(said["self", "lease_until"]) == "2026-11-30"


def test_two_ends_of_one_term_are_left_to_a_person() -> None:
    said = read_lease(
        "租赁期自2024年3月1日起至2027年2月28日止。",
        "租赁期自2024年3月1日起至2026年2月28日止。",
    )
    assert said["self", "lease_until"] == "unclear"


def test_blank_fields_of_a_form_say_nothing() -> None:
    said = read_lease(
        "出租方（甲方）：__________",
        "承租方（乙方）：__________",
        "该房屋用途为____，租赁期自____年__月__日起至____年__月__日止。",
    )
    assert not [key for key in said if key[0] == "self"]


@pytest.mark.parametrize(
    ("sentence", "full_time"),
    [
        ("乙方同意在运维工程师岗位（全日制、专职）工作。", True),
        ("本合同为非全日制劳动合同，每周工作时间累计不超过24小时。", False),
        ("乙方为非专职人员。", False),
        ("未经甲方同意，乙方不得在其他单位兼职。", None),
        ("乙方毕业于某大学，学历为全日制本科。", None),
        ("用工形式：□全日制 ☑非全日制", False),
        ("是否专职：", None),
    ],
)
def test_full_time_is_read_by_its_words_and_their_opposites(
    sentence: str, full_time: bool | None
) -> None:
    said = read(
        "labour_contract",
        f"甲方（用人单位）：{APPLICANT}",
        "乙方（劳动者）：王小明",
        sentence,
    )
    assert said.get(("wang", "full_time")) is full_time
    assert said["wang", "employer_is_applicant"] is True


def test_a_hosting_agreement_says_who_where_until_when_and_how_many() -> None:
    said = read(
        "hosting_agreement",
        f"甲方：{APPLICANT}",
        "乙方：甲山示例云数据有限公司",
        "托管服务器共4台，放置于江苏省南京市江宁区示例数据中心A3机房。",
        "分配公网IP地址：203.0.113.18、203.0.113.19，网关：203.0.113.1。",
        "本合同自2025年06月01日起至2027年05月31日止，期满自动顺延一年。",
    )
    assert said["site", "hosting_provider"] == "甲山示例云数据有限公司"
    assert said["site", "server_count"] == 4
    assert said["site", "server_location"] == "same_province"
    assert said["site", "hosting_addresses"] == {"203.0.113.18", "203.0.113.19"}
    assert str(said["site", "hosting_until"]) == "2027-05-31"
    assert said["site", "hosting_renews"] is True
    assert said["site", "hosting_open_ended"] is False


def test_both_seals_are_two_seals_on_the_page_and_no_words() -> None:
    box = Box(left=0, top=0, right=900, bottom=900)
    seal = Mark(kind=MarkKind.SEAL, box=box)
    lines = ["甲方（盖章）：", "乙方（盖章）："]
    one = read("hosting_agreement", *lines, marks=(seal,))
    two = read("hosting_agreement", *lines, marks=(seal, seal))
    assert ("", "states_both_seals") not in one
    assert two["", "states_both_seals"] is True


@pytest.mark.parametrize(
    ("sentence", "months"),
    [
        ("网络日志留存不少于六个月。", 6),
        ("系统日志保存期限不少于180天。", 6),
        ("日志留存不少于1年。", 12),
        ("日志不留存。", None),
    ],
)
def test_how_long_logs_are_kept(sentence: str, months: int | None) -> None:
    said = read("infosec_measures", "网络与信息安全保障措施", sentence)
    assert said.get(("self", "log_retention_months")) == months


def test_who_is_named_for_security_is_a_person_of_the_case() -> None:
    said = read("infosec_measures", "公司任命王小明为网络与信息安全负责人。")
    assert said["wang", "security_duty_assigned"] is True
    said = read("infosec_measures", "公司设网络与信息安全负责人一名。")
    assert ("wang", "security_duty_assigned") not in said


def test_an_element_that_is_denied_is_not_said() -> None:
    said = read("emergency_plan", "应急预案", "本年度未开展演练。", "处置流程见下图。")
    assert said.get(("", "states_drill")) is not True
    assert said["", "states_steps"] is True


def test_a_name_that_ocr_read_nearly_right_is_no_other_company() -> None:
    lines = ["甲方（用人单位）：甲山溪流信息技木有限公司", "乙方（劳动者）：王小明"]
    said = read("labour_contract", *lines, confidence=96)
    assert ("wang", "employer_is_applicant") not in said
    said = read("labour_contract", *lines)
    assert said["wang", "employer_is_applicant"] is False


def test_the_side_of_a_lease_that_the_words_mean_is_the_tenant() -> None:
    sides = [f"乙方：{APPLICANT}", "甲方：甲山众创空间管理有限公司"]
    said = read_lease(*sides, "甲方将甲山市某路99号A座1501室租赁给乙方作为办公使用。")
    assert said["self", "lessee_is_applicant"] is True
    assert said["self", "address"] == "甲山市某路99号A座1501室"
    assert said["self", "premises_use"] == "office"
    said = read_lease(*sides, "乙方将甲山市某路99号房屋租赁给甲方。")
    assert said["self", "lessee_is_applicant"] is False
    assert ("self", "lessee_is_applicant") not in read_lease(*sides)


def test_a_city_with_the_street_left_blank_is_no_address() -> None:
    said = read_lease("甲方同意将坐落于甲山省甲山市                 门面租赁给乙方。")
    assert ("self", "address") not in said


@pytest.mark.parametrize(
    ("room", "location"),
    [
        ("部署于华东2（上海）地域", "other_province"),
        ("托管于苏州太湖国际信息中心", "same_province"),
        ("放置于香港葵涌数据中心", "hong_kong_macao_taiwan"),
        ("放置于静安区南京西路100号", None),
    ],
)
def test_where_a_server_stands_is_told_by_province_or_city(
    room: str, location: str | None
) -> None:
    said = read("hosting_agreement", f"服务器3台，{room}。")
    assert said.get(("site", "server_location")) == location


def test_a_range_of_addresses_has_all_between_its_ends() -> None:
    for between in ("-", "至"):
        said = read("hosting_agreement", f"IP地址：203.0.113.10{between}203.0.113.12")
        assert said["site", "hosting_addresses"] == {
            "203.0.113.10",
            "203.0.113.11",
            "203.0.113.12",
        }
    assert ("site", "hosting_addresses") not in read(
        "hosting_agreement", "IP地址：203.0.113.0/24"
    )


def test_a_paper_about_several_people_is_read_a_sentence_each() -> None:
    names = replace(
        NAMES,
        members={
            "person": {
                "王小明": Subject("person", "wang"),
                "李知夏": Subject("person", "li"),
            }
        },
    )
    said = read(
        "labour_contract",
        f"用人单位：{APPLICANT}。王小明任行政（兼管技术），非专职。",
        f"用人单位：{APPLICANT}。李知夏任客服，专职。",
        names=names,
    )
    assert said["wang", "full_time"] is False
    assert said["li", "full_time"] is True
    assert said["li", "employer_is_applicant"] is True


def test_a_heading_with_words_under_it_states_an_element_and_an_empty_one_none() -> (
    None
):
    said = read("complaint_rules", "投诉处理制度", "第5条 回访", "办结后两日内致电。")
    assert said["", "states_follow_up"] is True
    said = read("complaint_rules", "投诉处理制度", "第5条 回访", "第6条 分类")
    assert ("", "states_follow_up") not in said
    said = read("complaint_rules", "投诉处理制度", "五、回访：暂无")
    assert ("", "states_follow_up") not in said


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("24小时首次答复，5日内办结。", 5),
        ("自接到投诉之日起十五日内答复。", 15),
        ("尽快答复。", None),
    ],
)
def test_within_how_many_days_complaints_are_settled(
    sentence: str, days: int | None
) -> None:
    said = read("complaint_rules", "投诉处理制度", sentence)
    assert said.get(("self", "complaint_reply_days")) == days


def test_what_a_provider_does_is_not_its_name() -> None:
    said = read("hosting_agreement", "服务商负责机房、网络和物理安全。")
    assert ("site", "hosting_provider") not in said
    said = read_lease(f"承租人为{APPLICANT}。")
    assert said["self", "lessee_is_applicant"] is True


def test_of_two_people_in_a_sentence_the_one_in_the_phrase_is_meant() -> None:
    names = replace(
        NAMES,
        members={
            "person": {
                "王小明": Subject("person", "wang"),
                "李知夏": Subject("person", "li"),
            }
        },
    )
    said = read("maintenance_plan", "王小明负责，李知夏顶替。", names=names)
    assert said["wang", "maintains_service"] is True
    assert ("li", "maintains_service") not in said


def test_a_lease_that_goes_on_where_nobody_objects_renews_itself() -> None:
    said = read_lease("续租：期满前60日乙方未书面提出异议的，本协议自动续展一年。")
    assert said["self", "lease_renews"] is True


def test_addresses_parted_by_a_slash_are_no_net() -> None:
    said = read("hosting_agreement", "IP地址：192.0.2.131/192.0.2.132")
    assert said["site", "hosting_addresses"] == {"192.0.2.131", "192.0.2.132"}


def test_an_address_may_stand_in_brackets_behind_what_it_is_of() -> None:
    said = read_lease("甲方将自有房屋（某省某市某路28号32-5）出租给乙方作为办公用房。")
    assert said["self", "address"] == "某省某市某路28号32-5"


@pytest.mark.parametrize(
    ("amount", "fen"),
    [
        ("1,200,000.00元", 120_000_000),
        ("1,200,000.00美元", None),
        ("1200000（USD）", None),
    ],
)
def test_a_balance_in_a_sentence_counts_where_it_is_of_yuan(
    amount: str, fen: int | None
) -> None:
    said = read("bank_statement", f"截至今日，该公司存款余额为{amount}。")
    assert said.get(("self", "cash_on_hand")) == fen


@pytest.mark.parametrize(
    "term",
    [
        "本协议有效期贰年，即2026年1月1日—2027年12月31日。",
        "服务周期为二十四个月，自2026年1月1日起算。",
        "自2026年1月1日零时至2027年12月31日，为服务期限。",
    ],
)
def test_a_term_is_read_however_its_sentence_puts_it(term: str) -> None:
    said = read("hosting_agreement", "主机托管服务协议书", term)
    assert str(said["site", "hosting_until"]) == "2027-12-31"
    assert said["site", "hosting_open_ended"] is False


def test_of_two_terms_that_differ_none_is_read() -> None:
    said = read(
        "hosting_agreement",
        "双方约定的服务周期为2026年1月1日—2026年6月30日。",
        "双方约定的服务周期为2026年7月1日—2027年12月31日。",
    )
    assert ("site", "hosting_until") not in said
