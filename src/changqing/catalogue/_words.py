"""How each enum of the catalogue is said to a user, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from changqing.catalogue._classification import Need, Outcome
from changqing.catalogue._licences import LicenceClass
from changqing.catalogue._model import (
    Confidence,
    Dimension,
    Grade,
    Route,
    Standing,
    Verdict,
    Weight,
)
from changqing.catalogue._topics import Certainty
from changqing.text import Text

DIMENSION_WORDS: Final[Mapping[Dimension, Text]] = MappingProxyType(
    {
        Dimension.ENTITY: Text("主体资格", "Legal entity"),
        Dimension.FUNDING: Text("资金保障", "Funding"),
        Dimension.TEAM: Text("团队配置", "Team"),
        Dimension.PLANNING: Text("业务规划", "Business planning"),
        Dimension.INFRASTRUCTURE: Text("域名与服务器", "Domain and servers"),
        Dimension.CONTENT: Text("内容更新", "Content updates"),
        Dimension.MAINTENANCE: Text("技术维护", "Technical maintenance"),
        Dimension.USER_SERVICE: Text("用户服务与投诉", "User service and complaints"),
        Dimension.SECURITY: Text("网络与信息安全", "Network and information security"),
    }
)

STANDING_WORDS: Final[Mapping[Standing, Text]] = MappingProxyType(
    {
        Standing.CONDITION: Text("法定", "required by law"),
        Standing.PUBLISHED: Text("公布", "published by an authority"),
        Standing.DUTY: Text("义务", "duty"),
        Standing.PRACTICE: Text("实务", "practice"),
    }
)

STANDING_MEANINGS: Final[Mapping[Standing, Text]] = MappingProxyType(
    {
        Standing.CONDITION: Text(
            "法律规定的本次许可条件", "a condition of this grant, in law"
        ),
        Standing.PUBLISHED: Text(
            "受理机关公开的办事指南要求", "asked for by an authority's own guide"
        ),
        Standing.DUTY: Text(
            "其他法律或以后阶段的义务，不影响本次申报条件",
            "a duty of another law or a later stage; does not decide this application",
        ),
        Standing.PRACTICE: Text(
            "代办机构反映的做法，仅供参考", "reported by agencies; advice only"
        ),
    }
)

GRADE_WORDS: Final[Mapping[Grade, Text]] = MappingProxyType(
    {
        Grade.DECLARED: Text("自述", "declared"),
        Grade.DOCUMENTED: Text("书证", "documented"),
        Grade.OBSERVED: Text("实测", "observed"),
        Grade.ATTESTED: Text("第三方证明", "attested by a third party"),
    }
)

CONFIDENCE_WORDS: Final[Mapping[Confidence, Text]] = MappingProxyType(
    {
        Confidence.TEXT_VERIFIED: Text("条文已核读", "text read and checked"),
        Confidence.SECONDARY: Text(
            "转录，未见官方原文", "from a copy; official text not seen"
        ),
        Confidence.RECALLED: Text(
            "凭一般了解，未见文本", "from general knowledge; text not seen"
        ),
        Confidence.PRACTICE_HIGH: Text(
            "代办经验（多源一致）", "agency practice (several sources agree)"
        ),
        Confidence.PRACTICE_MEDIUM: Text("代办经验", "agency practice"),
        Confidence.PRACTICE_LOW: Text(
            "代办经验（单一来源，仅供参考）",
            "agency practice (a single source, for reference only)",
        ),
    }
)

CERTAINTY_WORDS: Final[Mapping[Certainty, Text]] = MappingProxyType(
    {
        Certainty.ANSWERED: Text("法规有明确答案", "The law answers this"),
        Certainty.PARTLY: Text(
            "法规回答了一部分，其余看当地或个案",
            "The law answers part of this; the rest depends on the place or the case",
        ),
        Certainty.NO_NATIONAL_RULE: Text(
            "没有全国性规定", "No national rule decides this"
        ),
    }
)

ROUTE_WORDS: Final[Mapping[Route, Text]] = MappingProxyType(
    {
        Route.STANDING: Text("信誉", "standing"),
        Route.ABILITY: Text("能力", "ability"),
    }
)

WEIGHT_WORDS: Final[Mapping[Weight, Text]] = MappingProxyType(
    {
        Weight.CORE: Text("核心", "core"),
        Weight.SUPPORTING: Text("佐证", "supporting"),
    }
)

VERDICT_WORDS: Final[Mapping[Verdict, Text]] = MappingProxyType(
    {
        Verdict.MET: Text("已证实", "met"),
        Verdict.CONTRADICTED: Text("矛盾", "contradicted"),
        Verdict.UNMET: Text("不满足", "unmet"),
        Verdict.UNPROVEN: Text("待证", "unproven"),
        Verdict.UNDETERMINED: Text("缺证", "undetermined"),
        Verdict.NOT_APPLICABLE: Text("不适用", "not applicable"),
    }
)

STATES: Final = Text("写明：", "states: ")
"""How the label of a fact begins that says what a paper states."""
SUBJECT_WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "applicant": Text("申请人", "applicant"),
        "service": Text("服务", "service"),
        "person": Text("人员", "person"),
        "paper": Text("材料", "paper"),
        "holder": Text("股东", "holder"),
        "offer": Text("业务项目", "offer"),
        "resource": Text("资源", "resource"),
        "report": Text("年报", "annual report"),
    }
)

UNIT_WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "fen": Text("元", "yuan"),
        "days": Text("天", "days"),
        "working_days": Text("个工作日", "working days"),
        "hours": Text("小时", "hours"),
        "minutes": Text("分钟", "minutes"),
        "weeks": Text("周", "weeks"),
        "months": Text("个月", "months"),
        "years": Text("年", "years"),
        "persons": Text("人", "persons"),
        "count": Text("个", ""),
        "basis_points": Text("%", "%"),
    }
)

SCOPE_WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "intra_province": Text("省内", "within one province"),
        "cross_province": Text("跨地区", "across provinces"),
    }
)

STAGE_WORDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "prepare": Text("筹备", "preparing"),
        "apply": Text("申请", "application"),
        "operate": Text("持证经营", "operating under the licence"),
        "annual_report": Text("年报", "annual report"),
        "amend": Text("变更", "amendment"),
        "renew": Text("延续", "renewal"),
        "stop": Text("停业注销", "stopping"),
    }
)

LICENCE_CLASS_WORDS: Final[Mapping[LicenceClass, Text]] = MappingProxyType(
    {
        LicenceClass.FIRST: Text(
            "第一类增值电信业务", "First class of value-added services"
        ),
        LicenceClass.SECOND: Text(
            "第二类增值电信业务", "Second class of value-added services"
        ),
        LicenceClass.BASIC_MANAGED: Text(
            "比照增值业务管理的基础电信业务",
            "Basic services managed like value-added ones",
        ),
        LicenceClass.NUMBERS: Text("码号资源", "Number resources"),
    }
)

OUTCOME_WORDS: Final[Mapping[Outcome, Text]] = MappingProxyType(
    {
        Outcome.LICENCE: Text("许可", "licence"),
        Outcome.FILING: Text("备案", "filing"),
        Outcome.SECTOR: Text("前置同意", "consent that comes first"),
        Outcome.NONE: Text("不需要什么", "nothing needed"),
        Outcome.REMARK: Text("提示", "remark"),
    }
)

NEED_WORDS: Final[Mapping[Need, Text]] = MappingProxyType(
    {
        Need.NEEDED: Text("需要", "Needed"),
        Need.DOUBTFUL: Text("说不准", "Open"),
        Need.REMARKED: Text("另请注意", "Also to know"),
        Need.NOT_NEEDED: Text("不需要", "Not needed"),
        Need.SILENT: Text("不涉及", "Not concerned"),
    }
)
