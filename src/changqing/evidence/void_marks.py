"""By what marks a paper calls itself void, a draft, or the end of a contract."""

from __future__ import annotations

import re
from typing import Final

HEAD_ROWS: Final = 5
"""Rows from the top of a paper among which its title stands."""
_STAMP: Final = re.compile(
    r"(?:(?P<title>.{0,24})[(（【\[〔])?(?:此件|此证|本件|本合同|本证)?(?:已?作废|已?失效"
    r"|草案|草稿|初稿|讨论稿|送审稿|审议稿|征求意见稿|未定稿|非正式文本|DRAFT|VOID|CANCELLED)"
    r"[)）】\]〕]?(?:无效)?",
    re.IGNORECASE,
)
"""What is stamped on a paper that does not hold, or stands in brackets at its head."""
_ENDING: Final = re.compile(
    r".{0,20}(?:解除|终止|退租|解约)(?:、|或|或者|与|及)?[（(]?(?:解除|终止)?[)）]?(?:劳动|租赁|房屋租赁|服务|托管|本)?"
    r"(?:合同|协议|关系)?的?(?:协议|证明|通知|确认|说明)书?|离职证明书?"
    r"|.{0,20}(?:合同|协议)的?(?:解除|终止)的?(?:协议|证明|通知|确认|说明)书?"
)
"""The title of a paper by which a contract was ended."""


def is_stamped_void(words: str, *, in_head: bool) -> bool:
    """Tell whether folded words call their paper void or draft: 作废, 租赁(草案)."""
    stamp = _STAMP.fullmatch(words)
    return stamp is not None and (in_head or not stamp["title"])


def ends_contract(title: str) -> bool:
    """Tell whether a folded title is of a paper that ended a contract: 离职证明."""
    return _ENDING.fullmatch(title) is not None
