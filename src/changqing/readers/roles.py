"""How sentences name who has a role, and how they say that somebody has it not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from changqing.evidence.denials import is_of_another_time, is_taken_back
from changqing.readers.phrases import PhraseMatch

_WAYS: Final = (
    *(
        f"{names}…{comrade}{to_be}R"
        for comrade in ("", "同志")
        for names in ("任命", "指定", "聘任", "聘请", "委派", "委任", "确定", "明确")
        for to_be in ("为", "担任", "任", "为公司", "担任公司", "为本公司", "作为")
    ),
    *(f"由…{acts}{our}R" for acts in ("担任", "任", "兼任") for our in ("", "公司")),
    *(f"R由…{acts}" for acts in ("担任", "兼任", "负责", "任")),
    *(f"由…{acts}R" for acts in ("负责", "主管", "分管", "牵头")),
    *(
        f"…{to_be}{our}R"
        for to_be in ("为", "是", "担任")
        for our in ("公司", "本公司")
    ),
    "R为…",
    "R是…",
    "R:…",
    "…担任R",
    "…兼任R",
    "…为R",
)
"""How a sentence names who has a role, R."""
_ONCE: Final = re.compile("[一-龥]{2}(?:曾经?|原先|原来)$")
OF_SOMEBODY_ELSE: Final = re.compile(
    "(?:[一-龥]{2,4}的|的?)(?:配偶|亲属|近亲属|家属|助理|助手|秘书|下属|上级|推荐人?|候选人?|代理人?)"
)
"""What behind a role makes of it the role of another: 为信息安全负责人李某的助理."""


@lru_cache(maxsize=64)
def write_roles(roles: tuple[str, ...]) -> tuple[str, ...]:
    """Write the ways in which sentences name who has one of some roles."""
    return tuple(
        way.replace("R", role) for way in _WAYS for role in sorted(roles, key=len)
    )


def gives_no_role(text: str, match: PhraseMatch, *, is_of_plan: bool) -> bool:
    """Tell whether who is named has the role not, no more, or is somebody else.

    王小明不是公司信息安全负责人: what denies it stands between name and role. With
    `is_of_plan` who is to have it counts as well.
    """
    for start, end in match.slots:
        of_role = end, match.end
        if is_taken_back(text, *of_role) or _ONCE.search(text[start:end]):
            return True
        if not is_of_plan and is_of_another_time(text, *of_role):
            return True
    return OF_SOMEBODY_ELSE.match(text, match.end) is not None
