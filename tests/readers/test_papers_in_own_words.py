"""Papers that a company wrote in words and layouts of its own."""

from __future__ import annotations

import pytest

from changqing.evidence.reading import Cell, PaperPage, Span
from changqing.readers.classify import find_kind
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import PaperPages
from changqing.readers.propose import read_paper
from tests.readers.table_pages import lay_table, write_lines
from tests.readers.table_pages import read as read_table
from tests.readers.test_joint_facts import read_together
from tests.readers.test_prose import NAMES, read
from tests.shipped import CATALOGUE

CONTACTS = ("self", "emergency_contacts")


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (
            "emergency_plan",
            ("七、联系方式", "王小明 13900990001；李知夏 13900990002。"),
        ),
        ("company_profile", ("应急联系人：王小明13900990001、李知夏13900990002",)),
    ],
)
def test_people_with_a_mobile_each_are_contacts(
    kind: str, lines: tuple[str, ...]
) -> None:
    assert read(kind, *lines)[CONTACTS] == 2


def test_people_of_a_table_are_contacts() -> None:
    rows = [
        {600: "姓名", 3000: "任务", 6000: "电话"},
        {600: "王小明", 3000: "指挥", 6000: "13900990001"},
        {600: "李知夏", 3000: "安全", 6000: "139-0099-0002"},
        {600: "西山机房", 3000: "值班", 6000: "13900990003"},
    ]
    pages = (PageLayout(lay_table(rows)),)
    material = CATALOGUE.materials["emergency_plan"]
    paper = PaperPages(pages=pages, material=material, catalogue=CATALOGUE, names=NAMES)
    facts, _, _ = read_paper(paper)
    assert [fact.value for fact in facts if fact.fact == CONTACTS[1]] == [2]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("emergency_plan", ("联系电话：0571-55500000，值班室",)),
        ("emergency_plan", ("设备供应商联系人：王大明13900990001",)),
        ("company_profile", ("销售电话：王小明13900990001",)),
        ("emergency_plan", ("王小明13900990001登记了一次升级。",)),
    ],
)
def test_other_numbers_are_no_contacts(kind: str, lines: tuple[str, ...]) -> None:
    assert CONTACTS not in read(kind, *lines)


def test_what_sentences_say_of_the_team_is_read() -> None:
    lines = (
        "王小明——法定代表人，管全局。",
        "网站的日常维护由李知夏来做。",
        "公司一共五个人。",
    )
    said = read("team_structure", *lines)
    assert said["wang", "role"] == "legal_representative"
    assert said["wang", "name"] == "王小明"
    assert said["self", "headcount"] == 5
    duty = "person.maintains_service"
    assert read_together("team_structure", duty, *lines) == ["li"]


@pytest.mark.parametrize(
    "sentence",
    [
        "李知夏请假时网站的日常维护由王小明代管。",
        "王小明协助网站的日常维护。",
        "王小明不负责网站的日常维护。",
        "王小明和李知夏中的一人负责网站的日常维护。",
        "王小明的网站日常维护工作已于去年移交。",
        "王小明的配偶负责网站的日常维护。",
        "王小明向网站日常维护的人报告。",
        "王小明参加日常维护的培训。",
        "王小明负责日常维护协会的联络。",
    ],
)
def test_who_only_helps_or_stands_in_maintains_nothing(sentence: str) -> None:
    assert read_together("team_structure", "person.maintains_service", sentence) == []


@pytest.mark.parametrize(
    "sentence",
    ["正常缴费职工5人", "在册5人，均已参保", "目前有员工5名", "公司一共五个人"],
)
def test_a_head_count_stands_in_other_words(sentence: str) -> None:
    assert read("team_structure", sentence)["self", "headcount"] == 5


def test_what_somebody_does_tells_the_post() -> None:
    rows = [
        {600: "姓名", 3000: "主要干什么", 7000: "不在时谁顶"},
        {600: "王小明", 3000: "客服，处理投诉", 7000: "李知夏"},
        {600: "李知夏", 3000: "网站日常维护，技术", 7000: "王小明"},
    ]
    said = read_table("team_structure", lay_table(rows))
    assert said["wang", "role"] == "customer_service"
    assert said["li", "maintains_service"] is True
    for element in ("post_duties", "stand_in"):
        assert said["paper", f"states_{element}"] is True


@pytest.mark.parametrize(
    ("kind", "element", "lines"),
    [
        ("service_assurance", "owner", ("问：谁负责？", "答：总经理王小明。")),
        (
            "service_assurance",
            "exit_arrangement",
            ("不做了怎么办？", "提前九十天公告。"),
        ),
        ("content_review_rules", "owner", ("王小明对本细则的执行负责。",)),
        ("content_review_rules", "review_before", ("稿件一律先看后放。",)),
        ("complaint_rules", "periodic_analysis", ("每个季度末归拢投诉原因。",)),
        ("emergency_plan", "drill", ("每年3月、9月各演一遍。",)),
        ("tech_plan", "capacity", ("规模：设计日活3万，并发3000。",)),
        ("user_agreement", "ending_terms", ("4解除。会员可随时注销账号。",)),
    ],
)
def test_elements_stand_in_other_words(
    kind: str, element: str, lines: tuple[str, ...]
) -> None:
    assert read(kind, *lines)["", f"states_{element}"] is True


@pytest.mark.parametrize(
    ("kind", "element", "lines"),
    [
        ("emergency_plan", "drill", ("五、演练", "演练的办法和频次以后再定。")),
        ("service_assurance", "owner", ("问：谁负责？", "答：待定。")),
        ("service_assurance", "exit_arrangement", ("不做了怎么办？", "再行商定。")),
        ("service_assurance", "support_staff", ("电话每天9:00到18:00有人接。",)),
        ("content_review_rules", "owner", ("王小明对本细则的执行提出意见。",)),
        ("content_review_rules", "review_before", ("并非先看后放。",)),
        ("emergency_plan", "fault_levels", ("员工工资分成三档。",)),
        ("business_plan", "market_analysis", ("对手：待调研。",)),
        ("business_plan", "quality_targets", ("质量：争取用户满意。",)),
        ("business_plan", "coverage", ("先做好四川省的年检。",)),
        ("tech_plan", "capacity", ("规模：公司规模不大。",)),
        ("tech_plan", "serves_class", ("用途：办公。",)),
        ("infosec_measures", "tool", ("安装空调软件。",)),
    ],
)
def test_what_is_put_off_or_of_another_matter_is_not_stated(
    kind: str, element: str, lines: tuple[str, ...]
) -> None:
    assert ("", f"states_{element}") not in read(kind, *lines)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("线上课程项目商业计划", "business_plan"),
        ("有声读物项目发展方案", "business_plan"),
        ("平台技术说明", "tech_plan"),
        ("备用机切换练习记录", "drill_record"),
        ("全年上新表", "content_schedule"),
    ],
)
def test_papers_are_known_by_plain_titles(title: str, kind: str) -> None:
    pages = [PageLayout(write_lines(title, "王小明"))]
    assert find_kind(pages, CATALOGUE.materials)[0][0] == kind


def test_words_at_the_left_of_wide_columns_stand_under_their_own_heads() -> None:
    rows = [
        {2509: "负责什么", 6561: "姓名", 8652: "替补"},
        {164: "法定代表人", 5774: "王小明", 7864: "李知夏"},
        {164: "平台技术维护", 5774: "李知夏", 7864: "赵一"},
        {164: "客服主管", 5774: "赵一", 7864: "王小明"},
    ]
    said = read_table("team_structure", lay_table(rows))
    assert said["wang", "role"] == "legal_representative"
    assert said["li", "maintains_service"] is True
    assert said["zhao", "role"] == "customer_service"
    assert ("zhao", "maintains_service") not in said


def test_a_blank_parts_a_heading_from_its_words() -> None:
    said = read("user_agreement", "服务 本平台让您约号、查号。", "结束 提前30天公布。")
    assert said["", "states_service_scope"] is True
    assert said["", "states_ending_terms"] is True
    put_off = read("user_agreement", "服务 另行公布。", "服务员 站在门口迎客。")
    assert ("", "states_service_scope") not in put_off


def test_a_note_beneath_a_sheet_leaves_its_columns_filled() -> None:
    rows = (
        ("级别", "怎么处理", "多长时间恢复"),
        ("Ⅰ级", "切备机", "1小时"),
        ("Ⅱ级", "重启", "3小时"),
        ("本表由技术部负责解释。",),
    )
    spans = tuple(
        Span(
            text=text,
            box=None,
            confidence=100,
            cell=Cell(table=0, row=row, column=column),
        )
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    page = PaperPage(number=1, width=0, height=0, spans=spans, marks=())
    said = read_table("emergency_plan", page)
    assert said["paper", "states_steps"] is True
    assert said["paper", "states_recovery_time"] is True


@pytest.mark.parametrize(
    ("kind", "fact", "sentence", "value"),
    [
        ("tech_plan", ("site", "server_count"), "服务器：4台，放在本市。", 4),
        ("complaint_rules", ("self", "complaint_reply_days"), "办结：5天。", 5),
    ],
)
def test_a_short_label_gives_its_figure(
    kind: str, fact: tuple[str, str], sentence: str, value: int
) -> None:
    assert read(kind, sentence)[fact] == value


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("tech_plan", "服务器：4核8G。"), ("complaint_rules", "办结：5个工作日。")],
)
def test_a_short_label_without_its_figure_gives_none(kind: str, sentence: str) -> None:
    said = read(kind, sentence)
    assert not {("site", "server_count"), ("self", "complaint_reply_days")} & set(said)
