"""What a paper puts off, leaves blank or only names states nothing of it."""

from __future__ import annotations

import pytest

from changqing.readers.open_points import is_left_open, says_nothing
from tests.readers.test_prose import read


@pytest.mark.parametrize(
    ("kind", "element", "lines"),
    [
        ("complaint_rules", "complaint_channel", ["二、投诉渠道建设方案另行制定。"]),
        ("complaint_rules", "classification", ["三、分类标准视业务情况确定。"]),
        ("complaint_rules", "follow_up", ["五、回访：待人员到位后实施"]),
        (
            "complaint_rules",
            "owner",
            ["六、责任人待定。", "甲山溪流信息技术有限公司2026年11月"],
        ),
        ("complaint_rules", "periodic_analysis", ["每季度进行市场分析。"]),
        ("complaint_rules", "complaint_channel", ["订餐热线全天受理，欢迎来电。"]),
        ("service_assurance", "support_channels", ["一、客服渠道：正在建设中"]),
        ("service_assurance", "first_response", ["响应时限：根据问题复杂程度确定。"]),
        ("service_assurance", "quality_targets", ["三、质量指标：暂未设定量化指标。"]),
        ("business_plan", "price", ["2. 收费：暂无。"]),
        ("business_plan", "profit_model", ["7. 盈利模式：尚在论证。"]),
        (
            "business_plan",
            "market_analysis",
            ["3. 市场分析：每季度进行市场分析，分析报告另附。"],
        ),
        ("emergency_plan", "steps", ["三、处置流程", "（待补充）"]),
        ("emergency_plan", "steps", ["三、处置流程", "四、恢复时限：2小时内恢复"]),
        ("emergency_plan", "fault_levels", ["二、事件分级", "（此处按实际填写）"]),
        ("emergency_plan", "recovery_time", ["四、恢复时限：____小时内"]),
        ("emergency_plan", "owner", ["总指挥：____ 技术负责人：____ 电话：____"]),
        ("emergency_plan", "drill", ["五、演练：每____组织一次"]),
        ("emergency_plan", "steps", ["第三章 处置流程…………3", "第四章 附则…………5"]),
        ("backup_record", "restore_tested", ["恢复测试：另行安排"]),
        ("business_plan", "coverage", ["二、覆盖范围（写明省份）"]),
        ("maintenance_plan", "owner", ["维护人员：招聘中。备份：每日。"]),
        ("service_assurance", "exit_arrangement", ["停止服务的安置：届时研究。"]),
        ("emergency_plan", "recovery_time", ["恢复时限，参照主管部门文件执行。"]),
        ("complaint_rules", "follow_up", ["为什么要回访？回访能提高满意度。"]),
        ("complaint_rules", "time_limit", ["行业里有的公司3日内答复用户。"]),
        ("complaint_rules", "assignment", ["今后公司将制定受理、分类和派单办法。"]),
        (
            "emergency_plan",
            "fault_levels",
            ["《国家网络安全事件应急预案》将事件分为特别重大、重大、较大、一般四级。"],
        ),
        (
            "content_review_rules",
            "review_record",
            ["审核人员、审核记录等具体要求待制度修订时明确。"],
        ),
    ],
)
def test_what_is_put_off_or_left_blank_is_not_stated(
    kind: str, element: str, lines: list[str]
) -> None:
    assert ("", f"states_{element}") not in read(kind, *lines)


@pytest.mark.parametrize(
    ("kind", "element", "lines"),
    [
        ("complaint_rules", "complaint_channel", ["投诉渠道：热线、邮箱、站内信。"]),
        ("complaint_rules", "follow_up", ["五、回访。办结后三日内致电用户。"]),
        ("complaint_rules", "complaint_channel", ["客服热线受理投诉。"]),
        ("emergency_plan", "steps", ["三、处置流程", "（一）发现", "值班员确认告警。"]),
        ("emergency_plan", "steps", ["处置流程：发现、上报、隔离、恢复。"]),
        ("emergency_plan", "steps", ["怎么办 ①确认告警；②切到从库；③回切"]),
        ("emergency_plan", "drill", ["五、演练：每年组织一次"]),
        (
            "emergency_plan",
            "fault_levels",
            ["依据《网络安全法》，公司将事件分为特别重大、重大、较大、一般四级。"],
        ),
        ("business_plan", "price", ["2. 收费：会员每季39元，另行购买单篇3元。"]),
        ("business_plan", "coverage", ["区域：浙江省。"]),
        ("business_plan", "service_object", ["（三）服务对象　本地连锁药店和景区。"]),
        ("business_plan", "market_analysis", ["市场分析：待遇和物价推高了需求。"]),
    ],
)
def test_what_is_said_under_a_heading_is_stated(
    kind: str, element: str, lines: list[str]
) -> None:
    assert read(kind, *lines)["", f"states_{element}"] is True


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("待定", True),
        ("视素材情况而定", True),
        ("以届时签订的合同为准", True),
        ("按有关规定处理", True),
        ("负责人:电话:", True),
        ("按有关规定处理,并在3日内告知用户", False),
        ("接待用户并登记", False),
        ("不另行收费", False),
        ("视频栏目每周三更新", False),
    ],
)
def test_a_clause_says_nothing_that_only_puts_off(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing


def test_only_what_stands_right_behind_leaves_a_matter_open() -> None:
    text = "立即下架并保存记录,处罚办法另行制定。"
    assert not is_left_open(text, 0, len("立即下架"))
    end = text.index("另行")
    assert is_left_open(text, end - len("处罚办法"), end)
    assert is_left_open("适时组织演练。", 2, 6)
