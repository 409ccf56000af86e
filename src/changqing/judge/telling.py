"""One comparison in the words of a clerk: what is so, and what it has to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from changqing.judge.model import JudgedTerm, Side
from changqing.judge.words import NO, YES
from changqing.law.words import STATES
from changqing.text import Text

_IN_BRACKETS: Final = re.compile(r"^(?P<name>[^（(]+?) ?[（(](?P<value>.+)[）)]$")
_ALIKE: Final = "一致"
_LIMITS: Final[Mapping[str, Text]] = {
    "≥": Text(zh="至少要{limit}", en="at least {limit} is asked"),
    "≤": Text(zh="最多{limit}", en="at most {limit} is allowed"),
    "＞": Text(zh="要多于{limit}", en="more than {limit} is asked"),
    "＜": Text(zh="要少于{limit}", en="less than {limit} is asked"),
    "＝": Text(zh="应为{limit}", en="it should be {limit}"),
    "≠": Text(zh="不能是{limit}", en="it must not be {limit}"),
    "∈": Text(zh="应为{limit}之一", en="it should be one of {limit}"),
}
_NAMED_LIMITS: Final[Mapping[str, Text]] = {
    "≥": Text(zh="要不少于{limit}", en="at least {limit} is asked"),
    "≤": Text(zh="要不超过{limit}", en="at most {limit} is allowed"),
}
_DAY_LIMITS: Final[Mapping[str, Text]] = {
    "≥": Text(zh="不能早于{limit}", en="it must not be before {limit}"),
    "≤": Text(zh="不能晚于{limit}", en="it must not be after {limit}"),
    "＞": Text(zh="要晚于{limit}", en="it must be after {limit}"),
    "＜": Text(zh="要早于{limit}", en="it must be before {limit}"),
}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def tell_value(term: JudgedTerm, side: Side) -> Text:
    """Say what is so: 没有写明责任人, 注册资本200万元, 企业类型是有限责任公司."""
    label, value = term.label, side.brief or side.value
    if value == YES:
        return _as_stated(label)
    if value == NO:
        return _deny_label(label)
    if side.brief is None and term.about is None:
        return _tell_several(label, value)
    name = label if side.brief is not None or term.about is None else term.about
    if side.number is not None:
        return Text(zh=f"{name.zh}{value.zh}", en=f"{name.en} {value.en}")
    return Text(zh=f"{name.zh}是{value.zh}", en=f"{name.en}: {value.en}")


def _tell_several(label: Text, value: Text) -> Text:
    """Of facts that are compared each value has its name; an agreement has it first."""
    if value.zh.endswith(_ALIKE) and label.zh.endswith(_ALIKE):
        return Text(
            zh=label.zh.removesuffix(_ALIKE) + value.zh, en=f"{label.en}: {value.en}"
        )
    return value


def tell_limit(term: JudgedTerm) -> Text | None:
    """Say what a value is held to: 至少要12个月; None where a yes or no is asked.

    Of a named limit its number is enough; a day keeps its name.
    """
    threshold = term.threshold
    if threshold in (YES, NO) or term.operator not in _LIMITS:
        return None
    limit = Text(zh=_find_limit_value(threshold.zh), en=_find_limit_value(threshold.en))
    special: Mapping[str, Text] = {}
    if _DAY.search(threshold.zh):
        limit, special = threshold, _DAY_LIMITS
    elif not re.search(r"\d", limit.zh):
        special = _NAMED_LIMITS
    text = special.get(term.operator, _LIMITS[term.operator])
    return Text(zh=text.zh.format(limit=limit.zh), en=text.en.format(limit=limit.en))


def _as_stated(label: Text) -> Text:
    return Text(zh=label.zh.replace("：", "", 1), en=label.en.replace(": ", " ", 1))


def _deny_label(label: Text) -> Text:
    """The opposite of a label, said plainly where the language makes it plainly."""
    if label.zh.startswith(STATES.zh):
        return Text(
            zh=f"没有{_as_stated(label).zh}",
            en=f"does not state {label.en.removeprefix(STATES.en)}",
        )
    zh = f"{label.zh}：否"
    if label.zh.startswith("有"):
        zh = f"没{label.zh}"
    elif "没有" in label.zh:
        zh = label.zh.replace("没有", "有", 1)
    return Text(zh=zh, en=f"{label.en}: no")


def _find_limit_value(limit: str) -> str:
    match = _IN_BRACKETS.match(limit)
    return limit if match is None else match["value"]
