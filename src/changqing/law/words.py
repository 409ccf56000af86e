"""How each enum of the catalogue is said to a user, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from changqing.text import Text

STATES: Final = Text("写明：", "states: ")
"""How the label of a fact begins that says what a paper states."""

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
        "prepare": Text("准备申请", "preparing to apply"),
        "apply": Text("首次申请", "first application"),
        "operate": Text("持证经营", "operating under the licence"),
        "annual_report": Text("年报", "annual report"),
        "amend": Text("变更", "amendment"),
        "renew": Text("延续", "renewal"),
        "stop": Text("停业注销", "stopping"),
    }
)
