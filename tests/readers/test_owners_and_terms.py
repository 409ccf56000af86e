"""Who is named beside a duty, the longest of several terms, and columns without days."""

from __future__ import annotations

import pytest

from changqing.readers.classify import find_kind
from changqing.readers.layout import PageLayout
from changqing.readers.surnames import may_be_person
from tests.readers.table_pages import lay_table, write_lines
from tests.readers.table_pages import read as read_table
from tests.readers.test_prose import read
from tests.shipped import CATALOGUE

OWNER = ("", "states_owner")
DAYS = ("self", "complaint_reply_days")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("emergency_plan", "总指挥王小明；成员另列。"),
        ("complaint_rules", "王小明为投诉工作责任人。"),
        ("content_review_rules", "编辑初审，主编王小明终审签发。"),
        ("maintenance_plan", "王小明负责平台的日常维护。"),
        ("service_assurance", "王小明同志为本计划的第一责任人。"),
        ("service_assurance", "投诉由王小明负责。"),
    ],
)
def test_a_person_named_beside_a_duty_has_it(kind: str, sentence: str) -> None:
    assert read(kind, sentence)[OWNER] is True


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("emergency_plan", "王小明向总指挥报告。"),
        ("emergency_plan", "总指挥待定，王小明参加演练。"),
        ("complaint_rules", "王小明不是投诉工作责任人。"),
        ("complaint_rules", "原责任人王小明已离职。"),
        ("complaint_rules", "明确责任人和时限。"),
        ("complaint_rules", "王小明的直接负责人另行指定。"),
        ("content_review_rules", "稿件由王小明报主编审定。"),
        ("service_assurance", "王小明为负责人的助理。"),
        ("service_assurance", "王小明为负责人李四的助理。"),
    ],
)
def test_a_person_named_otherwise_has_no_duty(kind: str, sentence: str) -> None:
    assert OWNER not in read(kind, sentence)


def test_the_term_of_complaints_goes_before_that_of_other_matters() -> None:
    lines = ("门票纠纷5天内办结。", "投诉当天登记，7天内给游客书面答复。")
    assert read("service_assurance", *lines)[DAYS] == 7
    unread = "投诉在7天内由班长当面告诉用户。"  # in no listed words
    assert DAYS not in read("service_assurance", lines[0], unread)
    together = "投诉在7天内由班长当面答复。"
    assert read("service_assurance", lines[0], together)[DAYS] == 7


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("一般投诉3日内办结，情况复杂的15日内答复。", 15),
        ("15日内给出处理结论；特别复杂的经批准可延长，最长30日。", 30),
        ("一般工单2日内办结；投诉最迟7日内办结。", 7),
        ("退款3个工作日内处理完毕。投诉自受理之日起7日内书面答复。", 7),
        ("工程施工六十日内办结。投诉十五日内答复用户。", 15),
        ("自登记之日起12日内把处理结果书面告诉投诉人。", 12),
    ],
)
def test_the_term_of_what_takes_longest_is_the_term(sentence: str, days: int) -> None:
    assert read("complaint_rules", "投诉处理规定", sentence)[DAYS] == days


@pytest.mark.parametrize(
    "sentence",
    [
        "骚扰来电24小时内办结，其他投诉不得超过5个工作日办结。",
        "商品类投诉3日内办结，物流类投诉10日内答复。",
    ],
)
def test_of_terms_that_cannot_be_compared_none_is_chosen(sentence: str) -> None:
    assert not isinstance(
        read("complaint_rules", "投诉处理规定", sentence).get(DAYS), int
    )


def test_a_first_answer_in_working_days_is_no_term_of_settling() -> None:
    said = read(
        "complaint_rules", "投诉处理规定", "首次答复在1个工作日内给出，5日内办结。"
    )
    assert said[DAYS] == 5


PLAN = {600: "项目", 2500: "内容", 5000: "频次", 7500: "执行人"}


def test_a_column_without_days_states_its_element() -> None:
    rows = [
        PLAN,
        {600: "巡检", 2500: "检查磁盘", 5000: "每日", 7500: "王小明"},
        {600: "补丁", 2500: "更新系统", 5000: "每月", 7500: "李知夏"},
    ]
    said = read_table("maintenance_plan", lay_table(rows))
    assert said["paper", "states_frequency"] is True
    assert said["paper", "states_owner"] is True


def test_a_column_that_is_yet_to_be_filled_states_nothing() -> None:
    rows = [
        PLAN,
        {600: "巡检", 2500: "检查磁盘", 5000: "待定", 7500: "待定"},
        {600: "补丁", 2500: "更新系统", 5000: "待定", 7500: "待定"},
    ]
    said = read_table("maintenance_plan", lay_table(rows))
    assert ("paper", "states_frequency") not in said
    assert ("paper", "states_owner") not in said


def test_a_plan_without_its_days_states_none() -> None:
    rows = [
        {600: "工作内容", 4000: "启动", 6500: "牵头"},
        {600: "平台内测", 4000: "待定", 6500: "王小明"},
        {600: "会员上线", 4000: "待定", 6500: "李知夏"},
    ]
    said = read_table("business_plan", lay_table(rows))
    assert ("paper", "states_dated_steps") not in said


def test_a_word_of_a_title_is_no_person() -> None:
    assert not may_be_person("简介")
    assert may_be_person("简介之")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("客户投诉处理规定", "complaint_rules"),
        ("申请单位简介", "company_profile"),
        ("平台内容编排表", "content_schedule"),
        ("数据备份与恢复登记表", "backup_record"),
        ("关于申请增值电信业务经营许可的请示", "written_application"),
        ("关于任命网络与信息安全负责人的通知", "infosec_measures"),
        ("网络与信息安全事件应急处置方案", "emergency_plan"),
        ("长期服务与质量保障措施一览", "service_assurance"),
        ("电信业务经营信息年报承诺书", "annual_commitment"),
    ],
)
def test_papers_are_known_by_other_titles(title: str, kind: str) -> None:
    pages = [PageLayout(write_lines(title, "王小明"))]
    assert find_kind(pages, CATALOGUE.materials)[0][0] == kind


@pytest.mark.parametrize(
    ("kind", "element", "sentence"),
    [
        ("business_plan", "price", "未按时报送的，可收取罚款500元。"),
        ("business_plan", "coverage", "拟在四川省内注册商标。"),
        ("business_plan", "coverage", "竞争对手多在四川省范围内开展同类业务。"),
        ("business_plan", "service_object", "目前客户为零。"),
        ("written_application", "coverage", "公司纳税额在四川省范围内居前。"),
        ("complaint_rules", "time_limit", "四、保存期限：台账保存三年。"),
        ("complaint_rules", "assignment", "年终奖金分配给各部门。"),
        ("emergency_plan", "fault_levels", "公司分为三级管理层级。"),
        ("emergency_plan", "drill", "已演练0次。"),
        ("company_profile", "staff", "面向茶艺从业人员提供课程。"),
        ("company_profile", "premises", "周边写字楼众多。"),
        ("site_screenshots", "profit_model", "会员的主要收入不作统计。"),
        ("infosec_measures", "deidentification", "机房配备打码机一台。"),
    ],
)
def test_what_sounds_like_an_element_states_none(
    kind: str, element: str, sentence: str
) -> None:
    assert ("", f"states_{element}") not in read(kind, sentence)


def test_who_keeps_customers_maintains_no_service() -> None:
    said = read("maintenance_plan", "王小明负责平台用户关系维护。")
    assert ("wang", "maintains_service") not in said


def test_people_of_a_trade_are_no_staff() -> None:
    said = read("company_profile", "公司概况", "全省茶馆从业人员3万人。")
    assert ("self", "headcount") not in said
