"""A paper that nobody knows by its title is known by what it says, if that is clear."""

from __future__ import annotations

import pytest

from changqing.readers.classify import find_kind, split_papers
from changqing.readers.contents import rank_by_content
from changqing.readers.layout import PageLayout
from tests.readers.table_pages import write_lines
from tests.shipped import CATALOGUE

_FAULTS = (
    "网站打不开了怎么办",
    "一、事件分级",
    "分为一般、较大、重大三级。",
    "二、处置流程",
    "发现故障后十分钟内报告总指挥王小明。",
    "三、恢复时限",
    "两小时内恢复服务。",
    "四、应急联系人",
    "总指挥：王小明 13800000000",
    "五、备份与恢复",
)
_ANSWERS = (
    "用户有意见时我们这样做",
    "受理：客服统一登记，登记编号。",
    "分类：按业务类、收费类、内容类分类处理。",
    "派单：一小时内转责任部门。",
    "办结时限：七日内办结并答复用户。",
    "回访：办结后两日内回访。",
    "责任人：何晚晴",
)
_HOURS = (
    "关于工作时间的若干规定",
    "一、上下班时间为九点到十八点，中午休息一小时。",
    "二、迟到三次记旷工半天，请假须部门经理批准。",
    "三、年假按工龄计算，当年未休的顺延到次年三月。",
    "四、加班由部门负责人确认，按规定调休。",
    "五、本规定自发布之日起执行，由人事部解释。",
)


def _read_kind(*lines: str) -> str | None:
    ranked = find_kind([PageLayout(write_lines(*lines))], CATALOGUE.materials)
    return ranked[0][0] if ranked else None


@pytest.mark.parametrize(
    ("lines", "kind"), [(_FAULTS, "emergency_plan"), (_ANSWERS, "complaint_rules")]
)
def test_what_a_paper_says_tells_its_kind_without_a_title(
    lines: tuple[str, ...], kind: str
) -> None:
    assert _read_kind(*lines) == kind
    assert _read_kind(*lines[1:]) == kind


@pytest.mark.parametrize("lines", [_HOURS, _FAULTS[:3], _ANSWERS[:2], ("",)])
def test_a_paper_that_says_little_of_any_kind_is_of_none(
    lines: tuple[str, ...],
) -> None:
    assert _read_kind(*lines) is None


def test_a_paper_that_says_as_much_of_two_kinds_is_left_to_a_person() -> None:
    page = PageLayout(write_lines(*_FAULTS[1:], *_ANSWERS[1:4]))
    assert not rank_by_content([page], CATALOGUE.materials)


def test_a_title_goes_before_all_that_is_said() -> None:
    assert _read_kind("投诉处理制度", *_FAULTS[1:5]) == "complaint_rules"


@pytest.mark.parametrize(
    ("title", "kind"),
    [("数据备份情况登记", "backup_record"), ("情况登记", None)],
)
def test_a_title_like_those_of_a_kind_speaks_for_it(
    title: str, kind: str | None
) -> None:
    said = ("恢复测试：已完成恢复测试，恢复成功", "备份内容：数据库全量备份")
    assert _read_kind(title, *said) == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("用户意见与不满的处理规程", "complaint_rules"),
        ("异议申请受理细则", "complaint_rules"),
        ("断网演练登记", "drill_record"),
        ("主备切换演习小结", "drill_record"),
        ("平台经营设想（2027—2029）", "business_plan"),
        ("信息服务业务计划", "business_plan"),
        ("业务培训计划", None),
        ("员工满意度调查表", None),
    ],
)
def test_a_title_may_say_its_matter_and_its_form_in_other_words(
    title: str, kind: str | None
) -> None:
    assert _read_kind(title, "内容见下。") == kind


def test_a_tender_for_hosting_is_no_agreement() -> None:
    wanted = ("需求：机柜1架、带宽50Mbps、IP地址2个，服务期一年", "故障4小时内恢复")
    assert (
        _read_kind("服务器托管服务采购招标公告", *wanted, "投标人须报价，评标看价格")
        is None
    )


_RENT_INVOICE = (
    "发票号码：26310000000000000001　开票日期：2026年10月08日",
    "*经营租赁*房屋租金　间　1　6,450.00",
    "备注：租赁期 2026年10月1日至2026年12月31日 坐落：某某路8号701室",
)


@pytest.mark.parametrize(
    "lines",
    [
        ("电子发票（普通发票）", *_RENT_INVOICE),
        _RENT_INVOICE,
        (
            "租金收据",
            "今收到乙方租金6,450.00元，租赁期至2026年12月31日，坐落：某某路8号",
        ),
    ],
)
def test_what_bills_or_receipts_a_contract_is_no_contract(
    lines: tuple[str, ...],
) -> None:
    assert _read_kind(*lines, "承租方：某某公司，房屋用途：办公") is None


def test_a_contract_may_speak_of_invoices() -> None:
    rent = "出租方开具发票并写明发票号码，租金按季支付，房屋坐落：某某路8号"
    assert _read_kind("房屋租赁合同", rent) == "lease"


def test_an_invoice_behind_a_contract_is_no_page_of_it() -> None:
    lease = PageLayout(write_lines("房屋租赁合同", "租赁期至2028年6月30日止"))
    invoice = PageLayout(write_lines(*_RENT_INVOICE))
    assert split_papers([lease, invoice], CATALOGUE.materials) == [(lease,), (invoice,)]
