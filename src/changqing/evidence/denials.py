"""Whether a sentence takes back, asks or supposes what words of it say.

专职 stands in 并不是本单位的专职人员 and in 是否专职, too: who looks for phrases in a
paper asks here what stands beside them.
"""

from __future__ import annotations

import re
from typing import Final

from changqing.evidence.paper_text import strip_number

TICKED: Final = "☑✓✔√■☒◉●▣"
UNTICKED: Final = "□☐○◯▢"
"""Boxes before what may be chosen."""
_STOPS: Final = re.compile(r"[,。;:!?\t\n]")
"""Where a clause ends."""
_NOT: Final = re.compile(r"(?:不|未|非|无|勿|莫|没有|并未|拒绝|取消|停止|尚待|拟)$")
_ASKED: Final = re.compile(
    "是否|有无|如需|如有必要|如果|倘若|假如|[如若](?=[甲乙丙双]方)"
)
_FORBIDDEN: Final = re.compile(
    r"不得|不能|不可(?!撤销)|不应|不允许|禁止|严禁|未经|不再|不予|不会|不属于|不存在|不提供|并非|"
    r"不是|并不|从未|尚未|均未|未曾|无需|无须|不必|免于|除外|" + _ASKED.pattern
)
_LATER_DENIAL: Final = re.compile(
    r"(?:的除外|除外|[:：]?\(?(?:否|无|没有|不|未)(?![一-龥]))"
)
_BLANK: Final = re.compile(r"[:：](?:\n|$)")
_CLAUSE: Final = 40
"""Letters before some words that are looked at."""


def is_taken_back(text: str, start: int, end: int, *, own: bool = False) -> bool:
    """Whether a “not”, an “if”, a “whether” or an empty box stands beside some words.

    `text` is folded, as `squeeze` does it or sign by sign.
    Of words that are a “not” themselves (`own`) one further off says nothing:
    不存在代持且没有其他层级.
    """
    stop = 0
    for match in _STOPS.finditer(text, max(0, start - _CLAUSE), start):
        stop = match.end()
    clause = text[max(stop, start - _CLAUSE) : start]
    forbidden = _ASKED if own else _FORBIDDEN
    if _NOT.search(clause) or forbidden.search(clause):
        return True
    if _LATER_DENIAL.match(text, end):
        return True
    if _BLANK.match(text, end):  # a label beside which nothing stands
        first = max(text.rfind("\n", 0, start), text.rfind("\t", 0, start)) + 1
        if not strip_number(text[first:start].strip()):
            return True
    before = text[max(0, start - 2) : start].strip()
    return before[-1:] != "" and before[-1:] in UNTICKED
