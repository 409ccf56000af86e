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
        ("emergency_plan", "steps", ["2.处置流程：暂无，拟于明年一季度起草。"]),
        ("emergency_plan", "recovery_time", ["4.恢复时限：视情况而定，目前不作规定。"]),
        ("emergency_plan", "drill", ["5.演练：现阶段不安排，条件成熟时再议。"]),
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
        ("infosec_measures", "tool", ["未部署防火墙的主机不得上线。"]),
        ("infosec_measures", "confidentiality", ["没有签订保密协议的员工不得上岗。"]),
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
    ("kind", "element", "line"),
    [
        # It is named as what is not done, or no longer.
        ("content_review_rules", "review_before", "本平台不实行先审后发。"),
        ("infosec_measures", "encryption", "我公司未对数据加密。"),
        ("infosec_measures", "deidentification", "本公司不做脱敏处理。"),
        ("emergency_plan", "drill", "公司未组织过应急演练。"),
        ("emergency_plan", "recovery_time", "恢复时限无法保证。"),
        ("complaint_rules", "complaint_channel", "投诉电话已停用。"),
        ("complaint_rules", "complaint_channel", "公司不设投诉热线。"),
        ("complaint_rules", "complaint_channel", "投诉增多时可考虑设立投诉渠道。"),
        ("complaint_rules", "periodic_analysis", "每月复盘销售，不涉及投诉。"),
        ("complaint_rules", "time_limit", "投诉不在3日内答复。"),
        ("complaint_rules", "time_limit", "原制度规定3日内答复，现已废止。"),
        ("backup_record", "restore_tested", "恢复演练未成功。"),
        ("funding_plan", "funding_source", "银行贷款已被拒绝。"),
        ("tech_plan", "software", "不使用MySQL。"),
        ("privacy_policy", "user_rights", "您无权查询他人信息。"),
        ("business_plan", "transaction_flow", "下单后无法支付，该功能已下线。"),
        ("service_assurance", "service_promise", "平台不作任何承诺。"),
        ("complaint_rules", "complaint_channel", "公司曾设有投诉热线，现无人接听。"),
        ("service_assurance", "exit_arrangement", "如停止服务，是否公告另议。"),
        ("service_assurance", "exit_arrangement", "不支持退款，停止服务不公告。"),
        ("service_assurance", "quality_targets", "满意度未达到90%。"),
        ("emergency_plan", "recovery_time", "2小时内恢复不作承诺。"),
        ("emergency_plan", "drill", "本公司无应急演练计划。"),
        ("infosec_measures", "encryption", "HTTPS证书已过期。"),
        ("infosec_measures", "confidentiality", "未与员工签订保密协议。"),
        ("infosec_measures", "confidentiality", "保密协议没有签过。"),
        ("infosec_measures", "site_security", "网站未部署防火墙。"),
        ("infosec_measures", "tool", "服务器也没有做过漏洞扫描。"),
        ("content_review_rules", "review_record", "审核记录不留存。"),
        ("content_review_rules", "review_before", "发布后再审核。"),
        ("maintenance_plan", "monitoring", "监控系统已拆除。"),
        ("backup_record", "restore_tested", "未见恢复测试成功记录。"),
        ("backup_record", "restore_tested", "恢复成功率不明。"),
        ("funding_plan", "funding_source", "股东出资未到位。"),
        ("hosting_agreement", "backup", "本合同不含备份服务，备份由甲方自行完成。"),
        # It is of the house, of goods or of somebody else.
        ("complaint_rules", "complaint_channel", "消费者协会受理投诉。"),
        ("complaint_rules", "time_limit", "甲方应在收到货物后3日内书面答复质量异议。"),
        ("complaint_rules", "time_limit", "员工辞职申请3日内答复。"),
        ("complaint_rules", "time_limit", "法院三十日内答复。"),
        ("complaint_rules", "time_limit", "乙公司设有投诉专员，三日内办结投诉。"),
        ("complaint_rules", "time_limit", "样例：三日内答复用户。"),
        ("complaint_rules", "time_limit", "理想情况下投诉三日内办结。"),
        ("service_assurance", "support_channels", "合作方的客服热线为400-111-2222。"),
        ("emergency_plan", "drill", "上级单位每年组织演练。"),
        ("service_assurance", "quality_targets", "竞品可用率99.9%。"),
        ("drill_record", "drill_date", "原定于2026年3月5日演练，后取消。"),
        ("complaint_rules", "intake", "报名表收到后录入系统编号。"),
        ("complaint_rules", "classification", "文件按密级分为三级。"),
        ("complaint_rules", "assignment", "发票单据交财务部门。"),
        ("complaint_rules", "owner", "王小明是人事主管。"),
        ("service_assurance", "owner", "王小明负责保洁。"),
        ("service_assurance", "support_channels", "招聘专线：400-820-0000"),
        ("service_assurance", "service_promise", "员工承诺全年无休。"),
        ("emergency_plan", "owner", "王小明任工会主席。"),
        ("emergency_plan", "drill", "公司每年组织消防演练。"),
        ("maintenance_plan", "frequency", "灭火器每月检查一次。"),
        ("maintenance_plan", "backup", "合同一式三份，备份一份。"),
        ("maintenance_plan", "backup", "财务每月导出报表一份。"),
        ("infosec_measures", "encryption", "加密货币属于高风险投资。"),
        ("content_review_rules", "review_before", "公章使用须经审核。"),
        ("content_review_rules", "review_record", "合同审批单保存三年。"),
        ("topology", "nodes", "公司租用机柜存放档案。"),
        ("business_plan", "price", "竞争对手甲公司会员每月收费39元。"),
        ("business_plan", "investment_return", "同行2025年净利润约3000万元。"),
        ("business_plan", "dated_steps", "2026年7月1日至7月5日放假。"),
        ("business_plan", "market_analysis", "据公司统计，员工平均年龄为29岁。"),
        ("business_plan", "service_object", "客户是上帝，用户是朋友，员工为企业主人。"),
        ("business_plan", "service_items", "我公司为员工提供培训服务。"),
    ],
)
def test_what_is_not_done_or_of_another_matter_is_not_stated(
    kind: str, element: str, line: str
) -> None:
    stated = read(kind, line)
    assert ("", f"states_{element}") not in stated
    assert ("self", "complaint_reply_days") not in stated


@pytest.mark.parametrize(
    ("kind", "element", "line"),
    [
        ("service_assurance", "exit_arrangement", "未使用的预付费用按比例退还。"),
        ("maintenance_plan", "frequency", "机房空调每月检查一次。"),
        ("content_review_rules", "review_before", "未对外公开的稿件须先审后发。"),
        (
            "emergency_plan",
            "recovery_time",
            "国家法定节假日轮流值班，2小时内恢复服务。",
        ),
        ("service_assurance", "first_response", "合作方发生故障时，30分钟内响应。"),
        ("infosec_measures", "encryption", "电话号码加密入库。"),
        ("infosec_measures", "encryption", "昵称、生日等单独加密。"),
        ("complaint_rules", "classification", "普通单、加急单、重大单三级。"),
        ("complaint_rules", "assignment", "主管不在岗时由客服派单。"),
        ("funding_plan", "funding_source", "自有资金不足部分由股东投入。"),
        ("complaint_rules", "time_limit", "热线无法确定的，三日内答复用户。"),
    ],
)
def test_words_like_a_denial_deny_nothing_else(
    kind: str, element: str, line: str
) -> None:
    assert read(kind, line)["", f"states_{element}"] is True


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
