"""The fixed words of report and terminal, and how days and articles are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from changqing.text import Language, Text

DIMENSIONS: Mapping[str, Text] = {
    "entity": Text("主体资格", "Legal standing"),
    "funding": Text("资金保障", "Funding"),
    "team": Text("团队配置", "Team"),
    "planning": Text("业务规划", "Business plan"),
    "infrastructure": Text("域名与服务器", "Domain and servers"),
    "content": Text("内容更新", "Content"),
    "maintenance": Text("技术维护", "Maintenance"),
    "user_service": Text("用户服务与投诉", "User service"),
    "security": Text("网络与信息安全", "Security"),
}

STANDINGS: Mapping[str, Text] = {
    "condition": Text("法定", "Condition"),
    "published": Text("公布", "Published"),
    "duty": Text("义务", "Duty"),
    "practice": Text("实务", "Practice"),
}

STANDING_NOTES: Mapping[str, Text] = {
    "condition": Text("法律、法规、规章的条件", "conditions of this grant, in law"),
    "published": Text(
        "主管部门公开指南的要求", "asked for by an authority's own guide"
    ),
    "duty": Text(
        "其他法律或日后阶段的义务，不影响能否递交",
        "of another law or a later stage; does not affect handing in",
    ),
    "practice": Text(
        "代办经验，只作提示，不影响能否递交",
        "reported by agencies; advises only",
    ),
}

# What is said of an errand that is only advised: before a licence, and after it.
NOT_NEEDED: Mapping[bool, Text] = {
    False: Text("不影响能否递交", "do not affect handing in"),
    True: Text("不影响持证后义务", "do not affect the duties under the licence"),
}

# In the order of urgency, which is the order of every list.
VERDICTS: Mapping[str, Text] = {
    "contradicted": Text("矛盾", "Contradicted"),
    "unmet": Text("不满足", "Unmet"),
    "undetermined": Text("缺证", "Undetermined"),
    "unproven": Text("待证", "Unproven"),
    "met": Text("已证实", "Met"),
    "not_applicable": Text("不适用", "Not applicable"),
}

READINESS: Mapping[str, Text] = {
    "ready": Text("已具备", "Ready"),
    "open": Text("尚待证实", "Not yet proven"),
    "not_ready": Text("未具备", "Not ready"),
}

COMPLIANCE: Mapping[str, Text] = {
    "in_order": Text("均已履行", "In order"),
    "open": Text("待核实", "To be verified"),
    "breached": Text("有未履行的", "Breached"),
}


def name_state(readiness: str | None, compliance: str | None) -> Text | None:
    """What a list says of the first sentence; None where nothing was assessed."""
    if compliance:
        return COMPLIANCE.get(compliance)
    return READINESS.get(readiness or "")


LONG_TERM: Mapping[str, Text] = {
    "shown": Text("已能证实", "Shown"),
    "open": Text("尚待证实", "Not yet proven"),
    "in_doubt": Text("存疑", "In doubt"),
}

ROUTES: Mapping[str, Text] = {
    "standing": Text("信誉", "standing"),
    "ability": Text("能力", "ability"),
}

GRADES: Mapping[str, Text] = {
    "declared": Text("自述", "declared"),
    "documented": Text("书证", "documented"),
    "observed": Text("实测", "observed"),
    "attested": Text("第三方证明", "attested"),
}

CONFIDENCES: Mapping[str, Text] = {
    "text_verified": Text("条文已核读", "text read"),
    "secondary": Text("转录，未见官方原文", "transcript; official text not seen"),
    "recalled": Text("原文未核读", "text not read"),
    "practice_high": Text("代办经验，多处来源", "agency practice, many sources"),
    "practice_medium": Text("代办经验，少数来源", "agency practice, few sources"),
    "practice_low": Text("代办经验，单一来源", "agency practice, one source"),
}

SCOPES: Mapping[str, Text] = {
    "intra_province": Text("省内", "Within one province"),
    "cross_province": Text("跨地区", "Across provinces"),
}

STAGES: Mapping[str, Text] = {
    "prepare": Text("准备申请", "Preparing to apply"),
    "apply": Text("首次申请", "First application"),
    "operate": Text("持证经营", "Operating under the licence"),
    "annual_report": Text("年报", "Annual report"),
    "amend": Text("变更", "Amendment"),
    "renew": Text("延续", "Renewal"),
    "stop": Text("停业注销", "Stopping"),
}

SERVICE_KINDS: Mapping[str, Text] = {
    "website": Text("网站", "Website"),
    "app": Text("应用", "App"),
    "mini_program": Text("小程序", "Mini program"),
}

_WEEKDAYS = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def word(words: Mapping[str, Text], code: str, language: Language) -> str:
    """The words for `code`; an unknown code is shown as it is."""
    said = words.get(code)
    return code if said is None else said.say(language)


def long_day(day: date, language: Language) -> str:
    """A day within a sentence: 2026年11月24日, 24 November 2026."""
    if language is Language.ZH:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def weekday(day: date, language: Language) -> str:
    """The day of the week, short: 周四, Thu."""
    if language is Language.ZH:
        return "周" + _WEEKDAYS[day.weekday()]
    return _WEEKDAYS_EN[day.weekday()]


def months_between(start: date, end: date) -> int:
    """Whole months from `start` to `end`, none when it is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(0, months - (end.day < start.day))


def span(months: int, language: Language) -> str:
    """A length in years and months: 4年11个月, 4 y 11 m."""
    years, rest = divmod(months, 12)
    if language is Language.ZH:
        said = (f"{years}年" if years else "") + (f"{rest}个月" if rest else "")
        return said or "不足1个月"
    said = " ".join(
        part for part in (years and f"{years} y", rest and f"{rest} m") if part
    )
    return said or "under 1 m"


_ZH_CLAUSE = re.compile(r"[^，。；：、？]+[，。；：、？]*|[，。；：、？]+")
_EN_CLAUSE = re.compile(r"\S.*?(?:[,;:.](?=\s|$)|$)", re.DOTALL)


def clauses(sentence: str, language: Language) -> list[str]:
    """A headline cut after its punctuation, so that lines break between clauses."""
    pattern = _ZH_CLAUSE if language is Language.ZH else _EN_CLAUSE
    return pattern.findall(sentence)
