"""Of a value of which only a part was found nothing is said, and no more is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from changqing.evidence.reading import Box, PaperPage, Reading, Span
from changqing.readers.classify import find_kind
from changqing.readers.layout import PageLayout
from changqing.readers.ocr import Corners, Letter, Ocr, Picture, ReadLine
from changqing.readers.propose import propose_from
from tests.readers.table_pages import APPLICANT, lay_table, write_lines
from tests.readers.table_pages import read as read_table
from tests.readers.test_forms_set_otherwise import Placed, read_page
from tests.readers.test_prose import read
from tests.readers.test_random_layouts import COMPANY, NAMES
from tests.shipped import CATALOGUE

LICENCE: list[Placed] = [
    (4000, 500, "营业执照"),
    (1200, 900, "名称"),
    (2600, 900, COMPANY),
    (1200, 1150, "营业期限"),
    (2600, 1150, "2022年11月30日至2052年11月29日"),
]


def set_scope(*lines: str, beside: int) -> list[Placed]:
    """Set a scope in lines as far apart as rows, its label beside one of them."""
    tops = [1400 + 250 * at for at in range(len(lines))]
    placed = [(2600, top, line) for top, line in zip(tops, lines, strict=True)]
    return [*LICENCE, (1200, tops[beside], "经营范围"), *placed]


def test_a_label_may_stand_beside_the_middle_line_of_a_list() -> None:
    lines = ("软件开发；", "广告发布；信息技术咨询服务；", "会议服务。")
    said = read_page("business_licence", set_scope(*lines, beside=1))
    assert {"software", "advertising", "information_technology"} <= said[
        "business_scope"
    ]  # type: ignore[operator]


@pytest.mark.parametrize(
    "placed",
    [
        pytest.param(
            set_scope("软件开发；", "广告发布；", "会议服务。", beside=2),
            id="its label is beside the last line",
        ),
        pytest.param(
            set_scope("开发；广告发布；会议服务（凭许可证）、代理）", beside=0),
            id="it closes brackets that nothing opens",
        ),
        pytest.param(
            set_scope("软件开发；广告发布（凭许可证经营；会议", beside=0),
            id="it opens brackets that nothing closes",
        ),
        pytest.param(
            set_scope("、注册资本等信息，请登录公示平台查询。", beside=0),
            id="its label is one of those that a sentence lists",
        ),
    ],
)
def test_a_part_of_a_list_is_no_list(placed: Sequence[Placed]) -> None:
    assert "business_scope" not in read_page("business_licence", placed)


def test_the_note_at_the_end_of_a_list_may_break_off() -> None:
    lines = ("软件开发；广告发布。（除依法须经批准的项目外，凭营业", "执照依法自主开展")
    said = read_page("business_licence", set_scope(*lines, beside=0))
    assert said["business_scope"] == frozenset({"software", "advertising"})


def test_a_value_ends_with_the_brackets_in_which_it_stands() -> None:
    said = read(
        "written_application",
        "增值电信业务经营许可申请书",
        "某某公司（住所：重庆市江北区建新北路65号19-6）现申请在重庆市经营信息服务业务。",
    )
    assert said["self", "address"] == "重庆市江北区建新北路65号19-6"


def test_an_address_may_end_with_a_part_of_its_unit() -> None:
    said = read(
        "business_licence", "营业执照", "住所：厦门市湖里区安岭路1009号8层801单元之三"
    )
    assert said["self", "address"] == "厦门市湖里区安岭路1009号8层801单元之三"


def test_what_was_there_before_is_no_balance_of_today() -> None:
    said = read(
        "bank_statement", "银行对账单", "上月余额：88,210.40", "本月余额：111,210.40"
    )
    assert said["self", "cash_on_hand"] == 11_121_040


def test_an_amount_in_words_has_its_jiao_too() -> None:
    sentence = "账户日终余额为人民币壹佰伍拾贰万叁仟玖佰元零肆角。"
    said = read("bank_statement", "账户余额证明", sentence)
    assert said["self", "cash_on_hand"] == 152_390_040


def test_a_day_may_stand_in_six_pieces() -> None:
    pieces = enumerate(("2023", "年", "11", "月", "07", "日"))
    day: list[Placed] = [(5000 + 600 * at, 2000, piece) for at, piece in pieces]
    said = read_page("business_licence", [*LICENCE, *day])
    assert said["issued_on"] == date(2023, 11, 7)


def test_the_longer_of_two_terms_for_an_answer_is_not_overlooked() -> None:
    said = read(
        "complaint_rules",
        "投诉处理制度",
        "一般投诉三日内处理完毕；情况复杂的，自受理之日起十五日内答复用户。",
    )
    assert said["self", "complaint_reply_days"] is not None
    assert said["self", "complaint_reply_days"] != 3


def test_a_row_of_holders_of_a_holder_names_no_holder() -> None:
    rows = [
        {600: "层级", 1500: "股东名称", 6000: "持股比例"},
        {600: "1", 1500: "王小明", 6000: "60%"},
        {600: "1", 1500: "甲山示例企业管理合伙企业（有限合伙）", 6000: "40%"},
        {600: "2", 1500: "甲山示例企业管理合伙企业（有限合伙）→李知夏", 6000: "100%"},
    ]
    said = read_table("equity_chart", lay_table(rows))
    assert said["王小明", "share"] == 6000
    assert not any("→" in str(subject) for subject, _ in said)


def test_a_list_of_insurances_says_what_is_paid_by_its_pension() -> None:
    rows = [
        {600: "姓名：王小明", 4500: f"参保单位：{APPLICANT}"},
        {600: "险种", 3400: "起始年月", 5000: "终止年月", 6600: "缴费月数"},
        {600: "基本养老保险", 3400: "2025-02", 5000: "2026-10", 6600: "21"},
        {600: "失业保险", 3400: "2025-03", 5000: "2026-10", 6600: "20"},
    ]
    said = read_table("social_insurance", lay_table(rows, above="个人权益记录"))
    assert said["wang", "si_months_unbroken"] == 21
    assert said["wang", "insured"] is True


def test_a_row_close_under_its_heads_is_none_of_them() -> None:
    heads = {600: "编号", 1500: "职工姓名", 3000: "身份证号码", 5000: "缴费起止"}
    row = {600: "01", 1500: "王小明", 3000: "410105****0036", 5000: "2021.01-2026.10"}
    spans = [
        Span(
            text=text,
            box=Box(left=left, top=top, right=left + 150 * len(text), bottom=top + 150),
        )
        for cells, top in (
            ({600: f"参保单位：{APPLICANT}"}, 300),
            (heads, 600),
            (row, 740),
        )
        for left, text in cells.items()
    ]
    page = PaperPage(number=1, width=600, height=850, spans=tuple(spans))
    assert read_table("social_insurance", page)["wang", "insured"] is True


def test_a_heading_may_be_parted_from_its_words_by_a_blank() -> None:
    said = read(
        "service_assurance", "长期服务保障措施", "六、责任人\t王小明对服务质量负总责。"
    )
    assert said["", "states_owner"] is True


@pytest.mark.parametrize("kind", ["网络与信息安全责任人", "信息安全负责人"])
def test_who_is_named_with_the_company_between_is_named(kind: str) -> None:
    said = read("infosec_measures", "信息安全管理制度", f"王小明为公司{kind}。")
    assert said["wang", "security_duty_assigned"] is True


@pytest.mark.parametrize(
    "sentence",
    [
        "王小明不是公司信息安全负责人。",
        "王小明曾为公司信息安全负责人。",
        "王小明为本公司信息安全负责人的配偶。",
        "王小明为本公司信息安全负责人赵四海的助理。",
    ],
)
def test_who_has_a_role_not_or_no_more_is_not_named(sentence: str) -> None:
    said = read("infosec_measures", "信息安全管理制度", sentence)
    assert ("wang", "security_duty_assigned") not in said


@pytest.mark.parametrize(
    "line", ["上年余额合计：3,000,000.00元", "上月账户余额为3,000,000.00元。"]
)
def test_the_balance_of_a_time_before_is_none_of_today(line: str) -> None:
    assert ("self", "cash_on_hand") not in read("bank_statement", "账户余额证明", line)


@pytest.mark.parametrize("period", ["2026年第三季度", "2026年上半年"])
def test_the_revenue_of_a_part_of_a_year_is_left_to_a_person(period: str) -> None:
    said = read("financial_statements", "利润表", period, "营业收入：3,000,000.00元")
    assert said["self", "revenue_12m"] == "unclear"


def test_who_is_named_by_another_is_not_the_one_named() -> None:
    said = read("business_licence", "营业执照", "法定代表人：王小明之妻张小红")
    assert ("self", "registered_legal_rep") not in said


def test_a_confirmation_of_an_order_and_an_agreement_to_rent_have_titles() -> None:
    for title, kind in (
        ("云产品服务订单确认书", "hosting_agreement"),
        ("租房协议", "lease"),
        ("联网备案", "police_filing_proof"),
    ):
        pages = [PageLayout(write_lines(title, "甲方：王小明"))]
        assert find_kind(pages, CATALOGUE.materials)[0][0] == kind


@pytest.mark.parametrize(
    ("kind", "element", "sentence"),
    [
        (
            "labour_contract",
            "term",
            "合同期限：固定期限，2025年3月1日至2027年2月28日。",
        ),
        ("hosting_agreement", "duties", "客户负责操作系统以上的安全与数据备份。"),
        (
            "privacy_policy",
            "handler",
            "本平台由甲山溪流信息技术有限公司（地址：某路）运营。",
        ),
        ("complaint_rules", "assignment", "客服主管在当日内将投诉转给相关部门办理。"),
        ("complaint_rules", "periodic_analysis", "每季度末对投诉进行汇总分析。"),
        ("operator_agreement", "fee", "月租费18,000元。"),
        ("operator_agreement", "term", "2026年1月1日起至2028年12月31日止。"),
        ("maintenance_plan", "frequency", "每日两次检查带宽。"),
        ("content_review_rules", "review_record", "审核意见、审核人留存在系统中。"),
        ("service_assurance", "owner", "王小明对服务质量负总责。"),
        ("business_plan", "coverage", "在贵州省范围内开展信息服务业务。"),
        ("company_profile", "security_post", "王小明专职负责网络与信息安全工作。"),
        ("annual_business_report", "revenue", "电信业务营业收入286万元。"),
        ("dispatch_papers", "dispatch_permit", "劳务派遣经营许可证编号：3300"),
    ],
)
def test_what_papers_say_in_other_words_is_stated(
    kind: str, element: str, sentence: str
) -> None:
    assert read(kind, sentence)["", f"states_{element}"] is True


@pytest.mark.parametrize(
    ("kind", "element", "sentence"),
    [
        ("maintenance_plan", "frequency", "短信验证码每日限发5次。"),
        ("maintenance_plan", "frequency", "页面每日被访问10万次。"),
        ("business_plan", "coverage", "注册资本在江苏省范围内处于中游。"),
        ("infosec_measures", "deidentification", "子网掩码为255.255.255.0。"),
        ("hosting_agreement", "duties", "客户负责人：李四，安全岗位。"),
        ("hosting_agreement", "duties", "用户方负责人：张三。"),
        ("hosting_agreement", "termination", "仲裁机构有权终止审理。"),
        ("operator_agreement", "term", "租期另行约定。"),
        ("operator_agreement", "term", "租期：待定"),
        ("labour_contract", "term", "本合同于双方协商一致时终止。"),
        ("complaint_rules", "complaint_channel", "该热线暂不受理投诉。"),
        ("complaint_rules", "periodic_analysis", "每月工资发放后不作分析。"),
        ("complaint_rules", "classification", "按公司章程进行部门划分。"),
        ("content_review_rules", "review_record", "审核意见无需留存。"),
        ("content_review_rules", "review_record", "审核后账号保存不少于3年。"),
        ("company_profile", "staff", "经有关部门工作人员核查，经营正常。"),
        ("service_assurance", "owner", "法定代表人对公司经营负总责。"),
        ("annual_business_report", "staff", "从业人数：无"),
        ("dispatch_papers", "dispatch_contract", "本公司未签订劳务派遣协议。"),
        ("premises_proof", "address", "兹证明该区块编号第3号。"),
    ],
)
def test_words_that_say_something_else_state_nothing(
    kind: str, element: str, sentence: str
) -> None:
    assert ("", f"states_{element}") not in read(kind, sentence)


def test_labels_that_a_sentence_lists_state_nothing() -> None:
    placed = [*LICENCE, (1200, 1400, "经营范围、注册资本等信息，请登录公示平台查询。")]
    spans = tuple(
        Span(
            text=text, box=Box(left=left, top=top, right=left + 2000, bottom=top + 131)
        )
        for left, top, text in placed
    )
    page = PaperPage(number=1, width=595, height=842, spans=spans)
    reading = Reading(paper="0" * 64, reader="text", version="1", pages=(page,))
    (paper,) = propose_from(reading, NAMES, CATALOGUE).papers
    stated = {element.element for element in paper.elements if element.stated}
    assert not stated & {"states_business_scope", "states_registered_capital"}


class _WiderReader(Ocr):
    """Sees two figures where lines are drawn wider, as the model does."""

    def __init__(self, wider: str) -> None:
        self.wider = wider

    def read_lines(
        self, picture: Picture, lines: Sequence[Corners], *, stretch: float = 1.0
    ) -> list[ReadLine]:
        return [make_line(self.wider) for _ in lines]


def make_line(text: str) -> ReadLine:
    letters = tuple(
        Letter(text=sign, at=(at + 0.5) / len(text), confidence=1.0)
        for at, sign in enumerate(text)
    )
    corners = np.array([[0, 0], [200, 0], [200, 20], [0, 20]], dtype=np.float32)
    return ReadLine(corners=corners, letters=letters)


@pytest.mark.parametrize(
    ("first", "wider", "text"),
    [
        ("2026年1月25日", "2026年11月25日", "2026年11月25日"),
        ("2026年1月1日", "2026年11月11日", "2026年11月11日"),
        ("2026年1月25日", "2026年1月25日", "2026年1月25日"),
        ("2026年1月25日", "2026年4月25日", "2026年1月25日"),
        ("2026年1月25日", "2026年11月26日", "2026年1月25日"),
        ("2026-1-02", "2026-11-02", "2026-11-02"),
    ],
)
def test_only_a_second_one_is_taken_from_a_line_drawn_wider(
    first: str, wider: str, text: str
) -> None:
    picture = np.full((20, 200, 3), 255, dtype=np.uint8)
    (line,) = _WiderReader(wider).mend_ones(picture, [make_line(first)])
    assert line.text == text


def test_a_body_with_a_word_of_a_label_in_front_is_a_value() -> None:
    placed: list[Placed] = [
        *LICENCE,
        (1200, 1400, "商事主体类型"),
        (2600, 1400, "法人商事主体【股份有限公司（非上市）】"),
    ]
    assert read_page("business_licence", placed)["legal_form"] == "joint_stock_company"
