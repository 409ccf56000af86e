"""Facts of sentences that nobody listed, by words that stand together in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from changqing.case.subjects import Subject
from changqing.evidence.reading import PaperPage, Span
from changqing.papers.parts import SURE
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import PaperPages
from changqing.readers.propose import read_paper
from tests.readers.test_prose import NAMES
from tests.shipped import CATALOGUE

_NAMES = replace(
    NAMES,
    members={
        **NAMES.members,
        "person": {
            "王小明": Subject("person", "wang"),
            "李知夏": Subject("person", "li"),
        },
    },
)
UNCLEAR = "unclear"


def read_together(kind: str, key: str, *lines: str, alone: bool = True) -> list[object]:
    """What a paper says of one fact; `alone`: by joint words and nothing else."""
    page = PaperPage(
        number=1,
        width=0,
        height=0,
        spans=tuple(Span(text=line, box=None, confidence=100) for line in lines),
        marks=(),
    )
    material = CATALOGUE.materials[kind]
    reading = material.reads[key]
    if alone:
        words = dict.fromkeys(reading.words, ()) if reading.words_together else {}
        reading = replace(
            reading,
            labels=(),
            columns=(),
            phrases=(),
            roles=(),
            sums_of=(),
            words=words or reading.words,
        )
    paper = PaperPages(
        pages=(PageLayout(page),),
        material=replace(material, reads={**material.reads, key: reading}),
        catalogue=CATALOGUE,
        names=_NAMES,
    )
    facts, unclear, _ = read_paper(paper)
    subject, _, name = key.partition(".")
    read_facts = [fact for fact in facts if fact.fact == name]
    assert not alone or all(fact.confidence < SURE for fact in read_facts)
    values = [
        fact.subject.id if subject == "person" else fact.value for fact in read_facts
    ]
    return [*values, *(UNCLEAR for fact in unclear if fact.fact == name)]


_REPLY = ("complaint_rules", "applicant.complaint_reply_days")
_SERVICE_REPLY = ("service_assurance", "applicant.complaint_reply_days")
_LOGS = ("infosec_measures", "applicant.log_retention_months")
_SECURITY = ("infosec_measures", "person.security_duty_assigned")
_MAINTAINS = ("maintenance_plan", "person.maintains_service")
_HEADCOUNT = ("company_profile", "applicant.headcount")
_TEAM = ("team_structure", "applicant.headcount")
_CAPITAL = ("capital_report", "applicant.paid_in_capital")
_COMMITTED = ("funding_commitment", "applicant.committed_funding")
_CONTACTS = ("emergency_plan", "applicant.emergency_contacts")
_SERVERS = ("tech_plan", "service.server_count")
_COST = ("funding_plan", "applicant.monthly_cost")
_HOSTING = ("hosting_agreement", "service.hosting_renews")
_LEASE = ("lease", "applicant.lease_renews")
_TERM = ("lease", "applicant.lease_until")
_FUNDS = ("funding_plan", "applicant.funds_until")


@pytest.mark.parametrize(
    ("place", "sentence", "value"),
    [
        (_REPLY, "接到诉求，由客服登记，9日内给出书面结论。", 9),
        (_REPLY, "投诉受理后24小时内响应、7日内办结。", 7),
        (_REPLY, "一般投诉8日办完，特殊的最长不超过12日。", 12),
        (_SERVICE_REPLY, "退款3日内到账，投诉7日内给结果。", 7),
        (_LOGS, "访问日志另存一台日志机，至少存9个月。", 9),
        (_LOGS, "日志存放期定为180天以上。", 6),
        (_SECURITY, "任王小明为公司网络信息安全总负责人。", "wang"),
        (_SECURITY, "网络安全工作由李知夏牵头，王小明协助。", "li"),
        (_MAINTAINS, "王小明主管服务器的日常维护，李知夏替补。", "wang"),
        (_MAINTAINS, "王小明负责客服、李知夏负责运维。", "li"),
        (_HEADCOUNT, "在岗职工总数为五十二人，其中研发二十人。", 52),
        (_TEAM, "公司在岗职工共计12人。", 12),
        (_CAPITAL, "贵公司已收到全体股东实缴的2,000,000.00元。", 200_000_000),
        (_COMMITTED, "我公司同意以不少于300万元向其追加资金。", 300_000_000),
        (_CONTACTS, "全天在线的联系人设2名。", 2),
        (_SERVERS, "机房共有服务器8台。", 8),
        (_COST, "支出9.4万元，即每月总费用9.4万元。", 9_400_000),
        (_HOSTING, "到期未续费的，服务自动停止。", False),
        (_HOSTING, "合同期满，双方无异议的，自动展延一年。", True),
        (_LEASE, "租期届满甲方收回房屋。", False),
        (_TERM, "入驻时间：2026.01.01—2027.12.31。", date(2027, 12, 31)),
        (_TERM, "租期自2026年1月1日起，届满日2028年6月30日。", date(2028, 6, 30)),
        (_SECURITY, "王小明分管信息安全，直接对总经理负责。", "wang"),
        (_MAINTAINS, "运维主管王小明统筹全部工作。", "wang"),
        (_MAINTAINS, "王小明（技术部）负责系统维护。", "wang"),
        (_LOGS, "系统日志存储在日志平台，保存10个月。", 10),
        (_TEAM, "团队现有15人。", 15),
        (_COMMITTED, "股东保证在必要时投入150万元。", 150_000_000),
        (_LEASE, "租赁期满后双方重新签订合同。", False),
        (_FUNDS, "按现有存款测算，可用至2028年3月31日。", date(2028, 3, 31)),
    ],
)
def test_a_value_is_read_beside_words_in_any_order(
    place: tuple[str, str], sentence: str, value: object
) -> None:
    assert read_together(*place, sentence) == [value]


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (_REPLY, "投诉受理后不在7日内答复。"),
        (_REPLY, "未在7日内办结的投诉，上报总经理。"),
        (_REPLY, "投诉是否在7日内答复？"),
        (_REPLY, "7日内答复投诉的安排待公司研究后确定。"),
        (_REPLY, "投诉办结后2日内回访，记录结果。"),
        (_REPLY, "供应商收到投诉后3日内给出结果。"),
        (_REPLY, "收到答复之日起10日内可申请复核结果。"),
        (_REPLY, "原规定收到投诉后10日内给出结果，现已废止。"),
        (_REPLY, "收到投诉后5个工作日内给出结果。"),
        (_SERVICE_REPLY, "投诉请拨打热线，故障2日内处理完。"),
        (_LOGS, "日志保存不足6个月的，立即整改。"),
        (_LOGS, "日志由专人每6个月核查一次并归档。"),
        (_LOGS, "日志每日备份一次，备份数据保存3个月。"),
        (_SECURITY, "信息安全负责人的助理为王小明。"),
        (_SECURITY, "王小明负责向信息安全负责人报告。"),
        (_SECURITY, "王小明不是公司信息安全负责人。"),
        (_MAINTAINS, "运维人员发现故障，向负责人王小明报告。"),
        (_MAINTAINS, "王小明原负责平台运维，现调任市场部。"),
        (_MAINTAINS, "是否由王小明负责平台日常维护待定。"),
        (_HEADCOUNT, "公司在职员工约5人。"),
        (_HEADCOUNT, "公司在职员工中党员5人。"),
        (_TEAM, "技术团队共计5人。"),
        (_TEAM, "参加培训的员工共计30人。"),
        (_TEAM, "在职员工家属合计8人。"),
        (_CAPITAL, "截至该日，尚未缴足注册资本人民币100万元。"),
        (_COMMITTED, "我公司承诺追加的资金不超过300万元。"),
        (_SERVERS, "后续将扩容到服务器共20台。"),
        (_COST, "每月收入合计5万元。"),
        (_HOSTING, "合同期满不自动延续。"),
        (_HOSTING, "保密期限届满后自动终止。"),
        (_LEASE, "押金于租期届满、乙方腾退房屋后退还。"),
        (_LEASE, "期满乙方继续使用而甲方未提异议的，合同继续有效，租期为不定期。"),
        (_TERM, "租用单编号为HT-20280915。"),
        (_TERM, "前任租户的租期到2025年12月31日。"),
        # An example, an aim, another year, somebody else.
        (_REPLY, "例如，某用户投诉后，我们在3日内答复了结果。"),
        (_REPLY, "同行一般在收到投诉后30日内答复。"),
        (_REPLY, "监管部门要求收到投诉后15日内答复。"),
        (_REPLY, "目标是投诉在3日内办结。"),
        (_REPLY, "去年平均投诉在2日内办结。"),
        (_REPLY, "投诉处理结果公示5日内无异议的，予以办结。"),
        (_SERVICE_REPLY, "投诉由第三方平台处理，对方承诺9日内答复。"),
        (_LOGS, "建议日志留存12个月。"),
        (_LOGS, "日志满6个月归档至磁带。"),
        (_LOGS, "日志最多保存1个月。"),
        (_SECURITY, "建议由王小明担任网络安全负责人。"),
        (_HEADCOUNT, "母公司现有员工3000人。"),
        (_COST, "三年后每月总成本将达20万元。"),
        (_FUNDS, "若融资到位，资金可用至2028年12月31日。"),
        (_REPLY, "标杆企业收到投诉1日内答复。"),
        (_REPLY, "本月受理投诉9件，均在2日内答复。"),
        (_REPLY, "收到投诉后7日内未给结果的，责任人写检讨。"),
        (_HEADCOUNT, "合作单位共有员工500人。"),
        (_SERVERS, "远期主机总数50台。"),
        (_FUNDS, "上一轮资金维持到2025年6月30日。"),
        # Something else stands between the words.
        (_LOGS, "日志存放目录6个月更换一次。"),
        (_LOGS, "入职满6个月的员工可查看归档日志。"),
        (_SECURITY, "信息安全负责人由王小明提名。"),
        (_SECURITY, "王小明的上级是信息安全负责人。"),
        (_SECURITY, "信息安全负责人签字后交王小明存档。"),
        (_MAINTAINS, "王小明负责运维人员的招聘。"),
        (_MAINTAINS, "王小明负责与运维公司对账。"),
        (_HEADCOUNT, "公司员工子女合计12人。"),
        (_HEADCOUNT, "技术部共有员工8人。"),
        (_TEAM, "员工退休合计2人。"),
        (_CAPITAL, "累计应实缴500万元，实际未缴。"),
        (_COMMITTED, "本人将向贵公司借入300万元并追加担保。"),
        (_CONTACTS, "拟增加应急联系人2名。"),
        (_SERVERS, "服务器访问终端合计30台。"),
        (_COST, "每月利润总计2万元。"),
        # Not the term or the renewal of the contract.
        (_HOSTING, "保函到期自动失效。"),
        (_LEASE, "担保责任到期自动终止。"),
        (_LEASE, "租期届满前收回房屋的，甲方赔偿。"),
        (_HOSTING, "协议约定的赠送流量到期自动失效。"),
        (_LEASE, "房屋保险合同到期自动续保。"),
        (_TERM, "出租方与业主的租期至2033年1月1日。"),
        (_TERM, "乙方迟至2026年2月1日入驻。"),
        (_TERM, "租期内保险有效期至2027年1月31日。"),
        (_TERM, "入驻手续办理时间为2026年1月5日至2026年1月9日。"),
        (_FUNDS, "定期存款至2027年1月1日可用。"),
    ],
)
def test_a_value_that_is_denied_put_off_or_of_something_else_is_none(
    place: tuple[str, str], sentence: str
) -> None:
    assert read_together(*place, sentence) == []


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        (_LOGS, ("网络日志至少存9个月。", "操作日志存满6个月。")),
        (_HEADCOUNT, ("在岗职工总数为52人。", "员工合计48人。")),
        (_HOSTING, ("到期未续费的，服务自动停止。", "期满无异议的自动展延。")),
    ],
)
def test_of_two_values_nobody_chooses(
    place: tuple[str, str], lines: tuple[str, ...]
) -> None:
    assert read_together(*place, *lines) == [UNCLEAR]


def test_words_of_two_sentences_say_no_value() -> None:
    assert read_together(*_LOGS, "本章讲日志。", "合同保存10年。") == []


def test_what_a_phrase_found_is_not_looked_for_again() -> None:
    lines = ("网络日志留存不少于6个月。", "访问记录存放期为9个月。")
    assert read_together(*_LOGS, *lines, alone=False) == [6]
