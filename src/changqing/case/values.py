"""A value as somebody writes it in `case.yaml`, turned into one the rules can read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from changqing.case.normalise import Hidden, NotThisKindError, normalise
from changqing.law.kinds.fact import Fact
from changqing.law.said import say_number
from changqing.rules.types import Kind, Value
from changqing.text import Text, both

LARGEST = 9 * 10**15
YEARS = range(1900, 2200)
"""In which the days of a case lie; a register's 9999 is no day but “without end”."""
MAX_TEXT = 10_000
"""Characters of a text in which numbers are looked for."""

_MONEY = re.compile(
    r"(?:人民币|RMB|CNY|¥|￥)?\s*(-?[0-9][0-9,，]*(?:\.[0-9]+)?)\s*"
    r"(亿元|百万元|万元|元|yuan|RMB|CNY)(?:整|人民币)?",
    re.IGNORECASE,
)
_YUAN = {"亿元": 10**8, "百万元": 10**6, "万元": 10**4}
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY = re.compile(
    r"(?P<y>[0-9]{4})(?:[-/.年]\s*|(?=[0-9]{4}$))"
    r"(?P<m>[0-9]{1,2}?)(?:[-/.月]\s*|(?=[0-9]{2}$))(?P<d>[0-9]{1,2})日?"
)
_PERCENT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*%")
_COUNTED = re.compile(r"(-?[0-9][0-9,]*)\s*(\S+)")
_WHOLE = re.compile(r"(?<![\d.])\d[\d,]{0,20}(?![\d]|\.\d)")
_UNIT_WORDS = {
    "days": ("天", "日", "day", "days"),
    "months": ("个月", "月", "month", "months"),
    "years": ("年", "year", "years"),
    "persons": ("人", "名", "位", "person", "persons", "people"),
    "count": ("个", "次", "条", "份", "家", "台", "项", "篇"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What was written and what it means; `value` None when the source hides it."""

    value: Value | None
    raw: str
    hidden: Text | None = None


class NotAValueError(ValueError):
    """What was written is no value of its fact; `text` says why, `hint` what to do."""

    def __init__(self, text: Text, hint: Text | None = None) -> None:
        super().__init__(text.en)
        self.text = text
        self.hint = hint


class OutOfRangeError(NotAValueError):
    """What was written is a value that its fact cannot have; `parsed` is that value."""

    def __init__(self, text: Text, hint: Text, parsed: Parsed) -> None:
        super().__init__(text, hint)
        self.parsed = parsed


def nearest(word: str, words: Iterable[str]) -> Text | None:
    """A hint with the right name that is nearest to `word`, if any is near."""
    close = get_close_matches(word, sorted(words), n=1, cutoff=0.6)
    if not close:
        return None
    return Text(zh=f"是否指 {close[0]}？", en=f"did you mean {close[0]}?")


def parse_value(fact: Fact, written: object, *, beside: str | None = None) -> Parsed:
    """What `written`, as YAML gives it, means for `fact`.

    Money and shares need their unit in the text. Raises NotAValueError otherwise, and
    OutOfRangeError for what the fact cannot be: every border asks here, for the log
    that follows cannot be undone.
    """
    parsed = _parse(fact, written, beside)
    value = parsed.value
    if not _in_range(fact, value):
        allowed = _say_range(fact)
        raise OutOfRangeError(
            Text(
                zh=f"{fact.label.zh}：“{parsed.raw}”超出范围，{allowed.zh}",
                en=f"{fact.label.en}: “{parsed.raw}” is out of range: {allowed.en}",
            ),
            Text(
                zh="核对数字、正负号和单位",
                en="check the digits, the sign and the unit",
            ),
            parsed,
        )
    return parsed


def _in_range(fact: Fact, value: object) -> bool:
    for end, sign in ((fact.at_least, 1), (fact.at_most, -1)):
        distance = 0
        if isinstance(value, date) and isinstance(end, date):
            distance = (value - end).days
        elif isinstance(value, int) and isinstance(end, int):
            distance = value - end
        if distance * sign < 0:
            return False
    return True


def _say_range(fact: Fact) -> Text:
    """Between what it must lie, in its own unit."""

    def say(end: int | date) -> Text:
        return both(str(end)) if isinstance(end, date) else say_number(end, fact.unit)

    least = None if fact.at_least is None else say(fact.at_least)
    most = None if fact.at_most is None else say(fact.at_most)
    if least is not None and most is not None:
        return Text(
            zh=f"应在{least.zh}到{most.zh}之间",
            en=f"it must lie between {least.en} and {most.en}",
        )
    if least is not None:
        return Text(zh=f"不能小于{least.zh}", en=f"it must be at least {least.en}")
    return Text(
        zh=f"不能大于{'' if most is None else most.zh}",
        en=f"it must be at most {'' if most is None else most.en}",
    )


def _parse(fact: Fact, written: object, beside: str | None) -> Parsed:
    raw = _raw(written)
    match fact.type.kind:
        case Kind.BOOLEAN:
            return Parsed(value=_boolean(written, raw), raw=raw)
        case Kind.NUMBER:
            return Parsed(value=_number(fact, written, raw), raw=raw)
        case Kind.DATE:
            return Parsed(value=parse_date(written), raw=raw)
        case Kind.CATEGORY:
            return Parsed(value=_category(fact, written, raw), raw=raw)
        case Kind.SET:
            return Parsed(value=_set(fact, written, raw), raw=raw)
        case Kind.TEXT:
            return _text(fact, written, raw, beside)


def parse_date(written: object) -> date:
    """A day written as YYYY-MM-DD; raises NotAValueError for anything else."""
    if isinstance(written, date) and not isinstance(written, datetime):
        return _within_years(written)
    if isinstance(written, str) and _ISO_DAY.fullmatch(written.strip()):
        try:
            day = date.fromisoformat(written.strip())
        except ValueError as error:
            raise NotAValueError(
                Text(
                    zh=f"日历上没有“{written}”这一天",
                    en=f"there is no such day as “{written}”",
                ),
                Text(zh="核对年月日", en="check year, month and day"),
            ) from error
        return _within_years(day)
    raise NotAValueError(
        Text(
            zh=f"“{_raw(written)}”不是日期",
            en=f"“{_raw(written)}” is not a date",
        ),
        Text(zh="写成 2026-11-20 的样子", en="write it like 2026-11-20"),
    )


def spell_date(typed: str) -> str:
    """Spell a day typed into a form, a table or a terminal as YYYY-MM-DD.

    2026/1/5, 2026.1.5, 2026年1月5日, 20260105 and wide digits are understood; the year
    comes first, so that no order is guessed. Anything else is returned as it is.
    """
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        return typed
    year, month, day = found.group("y", "m", "d")
    return f"{year}-{month:0>2}-{day:0>2}"


def _within_years(day: date) -> date:
    if day.year in YEARS:
        return day
    first, last = YEARS[0], YEARS[-1]
    raise NotAValueError(
        Text(
            zh=f"“{day}”不在{first}年到{last}年之间",
            en=f"“{day}” is not between the years {first} and {last}",
        ),
        Text(
            zh="核对年份；长期有效、没有到期日的不填日期",
            en="check the year; what has no end gets no date",
        ),
    )


def _raw(written: object) -> str:
    match written:
        case bool():
            return "true" if written else "false"
        case date():
            return written.isoformat()
        case list():
            return ", ".join(_raw(part) for part in written)
        case dict():
            return "{…}"
        case _:
            return str(written)


def _boolean(written: object, raw: str) -> bool:
    if isinstance(written, bool):
        return written
    raise NotAValueError(
        Text(zh=f"“{raw}”不是 true 或 false", en=f"“{raw}” is neither true nor false"),
        Text(zh="是写 true，否写 false", en="write true for yes, false for no"),
    )


def _number(fact: Fact, written: object, raw: str) -> int:
    if fact.unit == "fen":
        number = _money(written, raw)
    elif fact.unit == "basis_points":
        number = _share(written, raw)
    else:
        number = _parse_count(fact, written, raw)
    if abs(number) > LARGEST:
        raise NotAValueError(
            Text(zh=f"“{raw}”超出范围", en=f"“{raw}” is out of range"),
            Text(zh="核对位数和单位", en="check the digits and the unit"),
        )
    return number


def _money(written: object, raw: str) -> int:
    folded = unicodedata.normalize("NFKC", raw).strip()
    found = _MONEY.fullmatch(folded) if isinstance(written, str) else None
    if found is None:
        raise NotAValueError(
            Text(
                zh=f"金额“{raw}”没有写明单位",
                en=f"the amount “{raw}” does not say its unit",
            ),
            Text(
                zh="写成 '100万元' 或 '2,500,000元' 的样子",
                en="write it like '100万元' or '2,500,000元'",
            ),
        )
    amount = Decimal(re.sub("[,，]", "", found[1])) * _YUAN.get(found[2], 1) * 100
    if amount != amount.to_integral_value():
        raise NotAValueError(
            Text(zh=f"金额“{raw}”不足一分", en=f"“{raw}” is not a whole number of fen"),
            Text(zh="最多写到分", en="write at most two decimals of a yuan"),
        )
    return int(amount)


def _share(written: object, raw: str) -> int:
    folded = unicodedata.normalize("NFKC", raw).strip()
    found = _PERCENT.fullmatch(folded) if isinstance(written, str) else None
    if found is None:
        raise NotAValueError(
            Text(
                zh=f"比例“{raw}”没有写百分号",
                en=f"the share “{raw}” has no per-cent sign",
            ),
            Text(zh="写成 '51%' 的样子", en="write it like '51%'"),
        )
    share = Decimal(found[1]) * 100
    if share != share.to_integral_value():
        raise NotAValueError(
            Text(zh=f"比例“{raw}”多于两位小数", en=f"“{raw}” has over two decimals"),
            Text(zh="保留两位小数", en="round it to two decimals"),
        )
    return int(share)


def numbers_in(fact: Fact, text: str) -> set[int]:
    """Every number in a text that could be a value of `fact`, in its own unit.

    Money and shares count only with their unit, as in `case.yaml`.
    """
    folded = unicodedata.normalize("NFKC", text)[:MAX_TEXT]
    if fact.unit == "fen":
        written = [found[0] for found in _MONEY.finditer(folded)]
    elif fact.unit == "basis_points":
        written = [found[0] for found in _PERCENT.finditer(folded)]
    else:
        return {_integer(found[0]) for found in _WHOLE.finditer(folded)}
    values: set[int] = set()
    for each in written:
        try:
            values.add(_number(fact, each, each))
        except NotAValueError:
            continue
    return values


def _parse_count(fact: Fact, written: object, raw: str) -> int:
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    if isinstance(written, str):
        found = _COUNTED.fullmatch(unicodedata.normalize("NFKC", written).strip())
        words = _UNIT_WORDS.get(fact.unit or "count", ())
        if found is not None and found[2] in words:
            return _integer(found[1])
    raise NotAValueError(
        Text(zh=f"“{raw}”不是整数", en=f"“{raw}” is not a whole number"),
        Text(zh="只写数字，如 12", en="write digits alone, such as 12"),
    )


def _integer(digits: str) -> int:
    try:
        return int(Decimal(digits.replace(",", "")))
    except InvalidOperation:  # pragma: no cover - the pattern admits digits alone
        return LARGEST + 1


def _category(fact: Fact, written: object, raw: str) -> str:
    allowed = fact.type.values or frozenset()
    if isinstance(written, str) and written in allowed:
        return written
    raise NotAValueError(
        Text(
            zh=f"“{raw}”不在可选值中",
            en=f"“{raw}” is not one of the values it may take",
        ),
        _hint_allowed(fact, raw, allowed),
    )


def _hint_allowed(fact: Fact, raw: str, allowed: frozenset[str]) -> Text:
    for code, label in fact.value_labels.items():
        if raw in (label.zh, label.en):
            return Text(zh=f"写作 {code}", en=f"write {code}")
    if raw in allowed:
        return Text(zh=f"加引号：'{raw}'", en=f"put it in quotes: '{raw}'")
    close = nearest(raw, allowed)
    if close is not None:
        return close
    listed = ", ".join(sorted(allowed))
    return Text(zh=f"可选：{listed}", en=f"it may be: {listed}")


def _set(fact: Fact, written: object, raw: str) -> frozenset[str]:
    if not isinstance(written, list):
        raise NotAValueError(
            Text(zh=f"“{raw}”不是列表", en=f"“{raw}” is not a list"),
            Text(zh="写成 [甲, 乙] 的样子", en="write it like [one, two]"),
        )
    members: set[str] = set()
    for part in written:
        if not isinstance(part, str) or "|" in part or not part.strip():
            raise NotAValueError(
                Text(
                    zh=f"列表中的“{_raw(part)}”不能用",
                    en=f"“{_raw(part)}” cannot stand in the list",
                ),
                Text(
                    zh="每项写一个不含竖线的文字",
                    en="each item is a text without a vertical bar",
                ),
            )
        if fact.type.values is not None and part not in fact.type.values:
            raise NotAValueError(
                Text(
                    zh=f"“{part}”不在可选值中",
                    en=f"“{part}” is not one of the values it may hold",
                ),
                _hint_allowed(fact, part, fact.type.values),
            )
        members.add(part.strip())
    return frozenset(members)


def _text(fact: Fact, written: object, raw: str, beside: str | None) -> Parsed:
    if not isinstance(written, str):
        raise NotAValueError(
            Text(zh=f"“{raw}”不是文字", en=f"“{raw}” is not a text"),
            Text(zh=f"加引号：'{raw}'", en=f"put it in quotes: '{raw}'")
            if isinstance(written, int | float)
            else both("text"),
        )
    try:
        value = normalise(fact.text_kind, written, beside=beside)
    except NotThisKindError as error:
        raise NotAValueError(error.text, error.hint) from error
    if isinstance(value, Hidden):
        return Parsed(value=None, raw=raw, hidden=value.detail)
    return Parsed(value=value, raw=raw)
