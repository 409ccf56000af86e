"""Words that state a matter together, and near texts in which they do not."""

from __future__ import annotations

import pytest

from changqing.law.wordings import split_joint
from changqing.readers.terms import read_length
from changqing.yamlfile.values import Refusal
from tests.readers.table_pages import fill_cells
from tests.readers.table_pages import read as read_table
from tests.readers.test_prose import read


@pytest.mark.parametrize(
    ("kind", "element", "sentence"),
    [
        (
            "service_assurance",
            "exit_arrangement",
            "如确需停止服务，提前三个月在首页公示。",
        ),
        ("service_assurance", "first_response", "在线咨询60秒内应答。"),
        ("service_assurance", "quality_targets", "故障率控制在0.1%以下。"),
        ("complaint_rules", "intake", "来电、留言和转办件，当场建单。"),
        ("complaint_rules", "assignment", "30分钟内派给对应商家。"),
        ("complaint_rules", "periodic_analysis", "每月10日前汇总上月投诉。"),
        ("complaint_rules", "follow_up", "结案次日电话回访。"),
        ("emergency_plan", "steps", "先核实告警，再切换备份节点或回滚版本。"),
        ("emergency_plan", "recovery_time", "红色事件在3小时内修复。"),
        ("infosec_measures", "deidentification", "界面上身份证号只显示后四位。"),
        ("infosec_measures", "frequency", "每周一检查弱口令。"),
        ("content_review_rules", "review_before", "总编辑同意后才能发布。"),
        ("content_review_rules", "unlawful_handling", "发现谣言的，10分钟内撤下。"),
        ("maintenance_plan", "backup", "每晚1点自动导出一份，保留60份。"),
        ("maintenance_plan", "on_call", "早班8:00至16:00，其余电话待命。"),
        ("business_plan", "price", "高清件每件15元。"),
        ("business_plan", "profit_model", "前三年以会员收入为主。"),
        ("backup_record", "restore_tested", "还原后抽查50件均一致。"),
        ("business_plan", "step_owners", "2027年3月1日起题库上线（王小明）。"),
        ("business_plan", "market_analysis", "二、市场：全省学棋少儿约32万人。"),
        ("complaint_rules", "complaint_channel", "一　入口　网站右下角和电话。"),
    ],
)
def test_words_near_each_other_state_an_element(
    kind: str, element: str, sentence: str
) -> None:
    assert read(kind, sentence)["", f"states_{element}"] is True


@pytest.mark.parametrize(
    ("kind", "element", "sentence"),
    [
        ("service_assurance", "exit_arrangement", "平台停止服务前不另行公告。"),
        ("service_assurance", "exit_arrangement", "停止服务的安排另行公布。"),
        ("service_assurance", "first_response", "应答时间视咨询量而定。"),
        ("service_assurance", "first_response", "12月5日召开响应机制会议。"),
        (
            "service_assurance",
            "quality_targets",
            "增值税税率6%，满意度调查不定期开展。",
        ),
        ("complaint_rules", "periodic_analysis", "每季度进行市场分析。"),
        ("complaint_rules", "periodic_analysis", "每月汇总工资。"),
        ("complaint_rules", "assignment", "投诉不转给任何部门。"),
        ("emergency_plan", "drill", "适时组织演练。"),
        ("emergency_plan", "recovery_time", "尽快恢复。"),
        ("infosec_measures", "deidentification", "页面显示订单后四位客户。"),
        ("infosec_measures", "encryption", "口令未加密保存。"),
        ("content_review_rules", "review_before", "本站发布信息，欢迎审核部门指导。"),
        ("content_review_rules", "unlawful_handling", "下架商品须填写退货单。"),
        ("maintenance_plan", "backup", "备份方式以届时签订的合同为准。"),
        ("business_plan", "price", "每件成本15元。"),
        ("business_plan", "price", "会员制度正在论证，预算3000元。"),
        ("business_plan", "market_analysis", "市场监督管理局不足百米。"),
        ("backup_record", "restore_tested", "恢复后是否一致待核对。"),
        ("business_plan", "step_owners", "法定代表人：王小明　2026年11月26日"),
        ("business_plan", "market_analysis", "二、市场部：负责推广。"),
        ("business_plan", "price", "食堂收费标准为每餐12元。"),
        ("maintenance_plan", "on_call", "保安24小时值班。"),
        ("service_assurance", "service_promise", "平台承诺书模板见网盘。"),
        ("service_assurance", "support_channels", "前台电话0570-3021100仅供快递。"),
        ("complaint_rules", "time_limit", "工程施工六十日内办结。"),
        ("complaint_rules", "classification", "装修材料分三类堆放。"),
    ],
)
def test_words_of_something_else_or_put_off_state_nothing(
    kind: str, element: str, sentence: str
) -> None:
    assert ("", f"states_{element}") not in read(kind, sentence)


def test_words_of_two_sentences_state_nothing() -> None:
    lines = ("平台停止服务。", "公告见首页。")
    assert ("", "states_exit_arrangement") not in read("service_assurance", *lines)


@pytest.mark.parametrize("entry", ["停止", "停止 + ", "〈长度〉 + 答复"])
def test_joint_words_that_nobody_can_find_are_refused(entry: str) -> None:
    with pytest.raises(Refusal):
        split_joint(entry)


def test_a_column_of_people_under_an_unknown_head_is_of_owners() -> None:
    rows = [
        ["发布日期", "题目", "执笔"],
        ["2027-01-04", "客流盘点", "李知夏"],
        ["2027-02-08", "采购汇总", "赵一"],
    ]
    owners = ("paper", "states_item_owners")
    assert read_table("content_schedule", fill_cells(rows))[owners] is True
    rows = [["发布日期", "题目", "客户"], *rows[1:]]
    assert owners not in read_table("content_schedule", fill_cells(rows))


def test_half_a_year_is_six_months() -> None:
    assert read_length("半年", "months") == 6
    assert read_length("半年", "days") is None


def test_a_schedule_without_sources_states_none() -> None:
    rows = [["日期", "题材", "责任人"], ["2027-01-05", "政策解读", "李知夏"]]
    said = read_table("content_schedule", fill_cells(rows))
    assert said["paper", "states_item_owners"] is True
    assert ("paper", "states_sources") not in said
