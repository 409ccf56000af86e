"""What takes a statement back, and what makes it a condition, a question or a rule.

专职 stands in 并不是本单位的专职人员, in 是否专职 and in 一旦专职, too: whoever looks
for phrases in a paper, compares what was typed or weighs a quotation asks here what
stands beside them. Texts are folded, as `squeeze` does it or sign by sign.
"""

from __future__ import annotations

import re
from typing import Final

from changqing.evidence.paper_text import strip_number

TICKED: Final = "☑✓✔√■☒◉●▣"
UNTICKED: Final = "□☐○◯▢"
"""Boxes before what may be chosen."""
NOT: Final = ("非", "不", "未", "无", "没有", "并非", "不是", "不再", "尚未", "没")
"""How a phrase begins that denies."""

# What stands somewhere before words in their clause.
_WHETHER: Final = r"是否|有无|能否|可否"
_SUPPOSABLE: Final = r"[甲乙丙双]方|本|该|其|有|未|不(?!可)|因|需|为|系|属|确|经"
_IF: Final = (
    r"如果|如需|如有必要|倘|假如|假若|假使|假设|假定|一旦|万一"
    r"|只有|除非|即使|即便|哪怕|或许|也许|(?<![尽不])可能"
    # 若 and 如 are parts of names as well: 若羌, 般若, 梁若安, 如意公司, 如实, 如期.
    r"|(?:^|[但而且])若(?![干羌尔])|[若如](?:[专兼全]职|发生|出现)"
    rf"|(?<![般宛])若(?={_SUPPOSABLE}|已|仍|无|能|可|被|将|要|继续)"
    rf"|(?<![例比诸譬犹正不])如(?={_SUPPOSABLE}|仍)"
    r"|(?:^|[但而且])如(?=若|遇|在)"
)
_SUPPOSED: Final = re.compile(f"{_WHETHER}|{_IF}")
_DENIED: Final = re.compile(
    r"不得|不能|不可(?!撤销)|不应|不允许|禁止|严禁|未经|不再|不予|不会|不属于|不存在|不提供"
    r"|不具备|不含|不包括|不视为|不是|并不|并非|并无|没有|从未|尚未|均未|未曾|未能|未被"
    r"|并未|仍未|还未|未[由从将]"
    r"|无需|无须|不必|免于|除外|拒绝|取消|[做达办]不到|没有?办法"
)
_DENIED_BESIDE: Final = re.compile(r"(?:不|未|非|无|勿|莫|没有|并未|停止|尚待|拟)$")
_DENIED_LIST: Final = re.compile(
    r"(?:以下|下列|如下)[^,。;:\t\n]{0,12}"
    r"(?:不予|不得|不能|不属于|不视为|不算|禁止|严禁|无效|除外)[^,。;:\t\n]{0,8}:"
    r"(?:(?!\n第[一二三四五六七八九十百\d]{1,4}条)[^。])*$"  # another clause ends it
)
_TURN: Final = re.compile(r"而是|而为|而系|而属于?")
"""After it a clause says the opposite of what it denied: 不是兼职而是专职.

改为 is none: 不再兼职改为专职 says what 尚未改为专职 denies.
"""
_WAS: Final = r"(?:为|是|系(?![统列数])|任(?![务何意]))"
# What was or is to be and need not be so today: 原为专职, 拟聘专职人员.
_FORMERLY: Final = re.compile(
    # 原 and 曾 are names of families as well (原志强, 曾志强, 曾为民), and 原 ends
    # names of places and what is put back: 太原, 还原为.
    rf"(?:(?<![中太平高草还复])(?:原(?:先|来)?(?:{_WAS}|属(?!性))|原$)"
    rf"|曾(?:(?!为[民国华])(?:经(?!纬)|{_WAS})|担任)"
    rf"|(?:此前|先前|过去|(?<![年月日])以前)(?:曾|{_WAS})"
    r")[^,。;\t\n]{0,14}$"
)
_PLANNED: Final = re.compile(
    # 虚拟设备, 模拟用户, 应急计划 and 计划部 plan nothing, and 按计划已配备 is done.
    r"(?:(?<![虚模])拟(?:聘|招|录|设|配|由|任|用|派|将|于|自|增(?!资)|安排|委派|改为|转为)"
    r"|(?<![急份训班])计划(?![部书科员处组已])|打算|预计"
    r")[^,。;\t\n]{0,14}$"
)
_NOW: Final = r"现[为系是任已]|目前|(?:^|[,;])现"
_IS_NOW: Final = re.compile(_NOW)
_BECAME: Final = re.compile(f"{_NOW}|改为|转为|变更为")
"""By 改为 what was so became another; of a plan it says what is planned."""
_MAY_BE: Final = re.compile(
    r"(?<![许认])可(?:以|能)?(?:[^,。;:\t\n]{1,6}(?:或者?|/))?$"
)
_OR: Final = re.compile(r"(?:或者?|/)(?=[一-龥])")

# What stands behind words in their clause.
_SUPPOSED_AFTER: Final = re.compile(
    r"[^,。;:\t\n]{0,14}?(?:的?(?:情况|条件|前提|情形)下|的可能)"
)
_MATTER: Final = r"(?:的|这一?)?(?:说法|情形|情况|事实|记载|表述)?(?:均|并|都|系)?"
_UNTRUE: Final = r"不存在|不成立|不属实|不实"
_RULE_OF_FAILURE: Final = r"(?![^,。;:\t\n]{0,20}(?:不得|应|须|立即))"
"""未经甲方同意不得, 未能恢复的应: a rule of what is to be done takes nothing back."""
_DENIED_AFTER: Final = re.compile(
    rf"{_MATTER}(?:{_UNTRUE}|(?:没有|均无|并无)(?![一-龥])|除外|无效)"
    rf"|[^,。;:\t\n]{{0,20}}?(?:"
    rf"(?:{_UNTRUE}|没有|均无|并无|除外|无效|未)的?(?![一-龥])"
    rf"|(?:没有|均无|并无)(?:任何)?(?:事实|依据|根据|证据)"
    rf"|未(?:经|获|予|能|被|得|定|确定|确认|证实|核实|批准){_RULE_OF_FAILURE})"
    rf"|[:：]?\(?(?:否|无|没有|不|未)(?![一-龥])"
    r"|[^,。;:\t\n()]{0,6}\((?:否|无|没有|不是|待定|未定|待确认)\)"
)
_BLANK: Final = re.compile(r"[:：](?:\n|$)")

# Events: a contract ended, money frozen, nothing found.
_EVENT_SUPPOSED: Final = re.compile(
    r"如果?|若|倘|一旦|凡是?|假如|假使|可能|可以|有权|排除"
    r"|因[^,]{0,12}(?:被|导致|引起)|是否|任何|不因|或者?被|期间不|后续|此后|之后|以后"
)
_EVENT_CONDITION: Final = re.compile(
    r"^[^,。;:\n]{0,14}(?:的|时|后|前|之日|情形|情况|事由|条件)(?=[,。;:\n]|$)"
)
_EVENT_DENIED: Final = re.compile(
    r"(?:未(?!到期|来)|没有|不|无|并非)[^,。;:\t\n已]{0,14}$"
)
_RULE: Final = re.compile(r"^[^,。;:\t\n]{0,14}(?:不得|不应|应当?|须|禁止|不予)")

_STOPS: Final = re.compile(r"[,。;:!?\t\n]")
"""Where a clause ends."""
_CLAUSE: Final = 80
"""Letters before some words that are looked at."""
_OWN_DENIAL: Final = re.compile(
    r"没有|无(?!线|锡|固定)|不存在|未(?!来)|并无|再无|不得|不予|不应"
)
_DENIED_AGAIN: Final = re.compile(
    r"(?:不|非|未)(?:是|能|会|可能|必|见得|一定|代表|等于)$"
)
"""What turns a denial round: 并不是没有兼职."""


def is_taken_back(text: str, start: int, end: int) -> bool:
    """Tell whether “not”, “if”, “whether” or an empty box stands beside some words.

    Of words that are a “not” themselves one further off says nothing:
    不存在代持且没有其他层级, 未经甲方同意不得转租.
    """
    return (
        is_supposed(text, start, end)
        or is_denied(text, start, end)
        or _is_unfilled(text, start, end)
    )


def is_supposed(text: str, start: int, end: int) -> bool:
    """Tell whether some words are asked, supposed, or one of several that may be so."""
    clause = _find_clause(text, start)
    # 若 alone is an “if” by what follows it, which may be the first of the words.
    if any(
        match.start() < len(clause)
        for match in _SUPPOSED.finditer(clause + text[start:end])
    ) or _SUPPOSED_AFTER.match(text, end):
        return True
    maybe = _MAY_BE.search(clause)
    if maybe is None:
        return False
    return maybe[0].endswith(("或", "者", "/")) or _OR.match(text, end) is not None


def is_of_another_time(text: str, start: int, end: int) -> bool:
    """Tell whether some words tell what was or is to be, which only a plan may."""
    clause = _find_clause(text, start)
    for past_or_planned, today in ((_FORMERLY, _BECAME), (_PLANNED, _IS_NOW)):
        match = past_or_planned.search(clause)
        if match and not today.search(clause + text[start:end], match.start()):
            return True
    return False


def is_denied(text: str, start: int, end: int) -> bool:
    """Tell whether a “not” stands before or behind some words in their clause."""
    clause = _find_clause(text, start)
    turns = _TURN.finditer(clause + text[start:end])
    clause = clause[
        max((turn.end() for turn in turns if turn.start() <= len(clause)), default=0) :
    ]
    if _DENIED_BESIDE.search(clause) or _DENIED_AFTER.match(text, end):
        return True
    if _DENIED_LIST.search(text[max(0, start - _CLAUSE) : start]):
        return True
    own = _OWN_DENIAL.match(text, start) is not None
    return (_DENIED_AGAIN if own else _DENIED).search(clause) is not None


def is_negated(words: str, at: int, phrase: str) -> bool:
    """Tell whether a phrase is denied by what stands right before it: 非专职."""
    if phrase.startswith(NOT):
        return False
    before = words[max(0, at - 2) : at]
    return before.endswith(NOT)


def is_denied_twice(text: str, start: int, end: int) -> bool:
    """Tell whether the “not” right before some words is denied itself: 不是没有兼职."""
    before = text[max(0, start - 2) : start]
    longest = max((len(word) for word in NOT if before.endswith(word)), default=0)
    return longest > 0 and is_denied(text, start - longest, end)


def is_event_supposed(before: str, after: str = "") -> bool:
    """Tell whether an event may happen, or is a condition, by the words beside it.

    `before` is the sentence up to them, `after` what follows them.
    """
    return (
        _EVENT_SUPPOSED.search(before) is not None
        or _EVENT_CONDITION.match(after) is not None
    )


def is_event_denied(before: str) -> bool:
    """Tell whether an event did not happen: 未被冻结."""
    return _EVENT_DENIED.search(before) is not None


def is_rule(after: str) -> bool:
    """Tell whether what follows words says what is to be done: 未备案的不得开通."""
    return _RULE.match(after) is not None


def _find_clause(text: str, start: int) -> str:
    """Find what stands before some words in their clause, without its number."""
    stop = 0
    for match in _STOPS.finditer(text, max(0, start - _CLAUSE), start):
        stop = match.end()
    if not stop and start > _CLAUSE:  # its beginning is further off
        return "…" + text[start - _CLAUSE : start]
    return strip_number(text[stop:start])


def _is_unfilled(text: str, start: int, end: int) -> bool:
    """Whether some words are a label beside which nothing stands, or have no tick."""
    if _BLANK.match(text, end):
        first = max(text.rfind("\n", 0, start), text.rfind("\t", 0, start)) + 1
        if not strip_number(text[first:start].strip()):
            return True
    before = text[max(0, start - 2) : start].strip()
    return before[-1:] != "" and before[-1:] in UNTICKED
