"""A value as somebody writes it in `case.yaml`, turned into one the rules can read.

`spell_value` gives the one spelling of what people write in many (是, 技术, 1000万,
2027年1月15日), `parse_value` what it means. Files, forms and imported tables ask here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from changqing.case.normalise import Hidden, NotThisKindError, normalise
from changqing.case.numerals import HAN_NUMERALS, parse_han_number
from changqing.law.kinds.fact import Fact
from changqing.law.said import say_number
from changqing.rules.types import Kind, Value
from changqing.text import Text, both
from changqing.yamlfile.plain import Writable
from changqing.yamlfile.suggest import find_nearest, suggest_word

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
_NO_YUAN = re.compile(r"(.*[0-9]\s*(?:亿|百万|万))(人民币)?", re.IGNORECASE)
_HAN_YUAN = re.compile(
    r"(?:人民币)?(?![万萬亿億])"
    rf"(?:([{HAN_NUMERALS}]+)[元圆](?:整|正)?|([{HAN_NUMERALS}]+[万萬亿億]))"
)
_YES = frozenset({"是", "有", "要", "对", "true", "yes", "y", "√"})
_NO = frozenset({"否", "无", "不", "不是", "没有", "不要", "false", "no", "n", "×"})
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


def parse_value(fact: Fact, written: object, *, beside: str | None = None) -> Parsed:
    """Parse what `written`, as YAML gives it, means for `fact`.

    Money and shares need their unit in the text. Raises NotAValueError otherwise, and
    OutOfRangeError for what the fact cannot be: every border asks here, for the log
    that follows cannot be undone.
    """
    parsed = _parse_by_kind(fact, written, beside)
    value = parsed.value
    if not _is_in_range(fact, value):
        allowed = _say_range(fact)
        raise OutOfRangeError(
            Text(
                zh=f"{fact.label.zh}：“{parsed.raw}”超出范围，{allowed.zh}",
                en=f"{fact.label.en}: “{parsed.raw}” is out of range: {allowed.en}",
            ),
            Text(
                zh="检查数字、正负号和单位",
                en="check the digits, the sign and the unit",
            ),
            parsed,
        )
    return parsed


def _is_in_range(fact: Fact, value: object) -> bool:
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


def _parse_by_kind(fact: Fact, typed: object, beside: str | None) -> Parsed:
    raw, spelled = _spell_raw(typed), spell_value(fact, typed)
    match fact.type.kind:
        case Kind.BOOLEAN:
            return Parsed(value=_parse_boolean(spelled, raw), raw=raw)
        case Kind.NUMBER:
            return Parsed(value=_parse_whole_number(fact, spelled, raw), raw=raw)
        case Kind.DATE:
            return Parsed(value=parse_date(typed), raw=raw)
        case Kind.CATEGORY:
            return Parsed(value=_parse_category(fact, spelled, raw), raw=raw)
        case Kind.SET:
            return Parsed(value=_parse_set(fact, spelled, raw), raw=raw)
        case Kind.TEXT:
            return _parse_text(fact, typed, raw, beside)


def spell_value(fact: Fact, written: object) -> object:
    """Spell what somebody wrote as the case file has it.

    是 becomes true, 技术 the code of what begins so, 2027年1月15日 2027-01-15,
    1000万 1000万元. What is unclear, or already spelled so, is returned as it is.
    """
    match fact.type.kind, written:
        case [Kind.BOOLEAN, str()]:
            truth = parse_yes_no(written)
            return written if truth is None else truth
        case [Kind.DATE, str()]:
            return spell_date(written)
        case [Kind.NUMBER, str()] if fact.unit == "fen":
            return spell_amount(written)
        case [Kind.CATEGORY, str()]:
            return _spell_code(fact, written)
        case [Kind.SET, list()] if fact.type.values:
            return [_spell_code(fact, part) for part in written]
    return written


def spell_for_file(fact: Fact, value: Value | None) -> Writable:
    """Spell a value that was read as `case.yaml` has it, with its unit."""
    match value:
        case frozenset():
            return sorted(value)
        case int() if not isinstance(value, bool) and fact.unit == "fen":
            for unit, fen in (("亿元", 10**10), ("万元", 10**6)):
                if value and value % (fen // 100) == 0 and abs(value) >= fen:
                    return f"{Decimal(value) / fen:f}{unit}"
            return f"{Decimal(value) / 100:f}元"
        case int() if not isinstance(value, bool) and fact.unit == "basis_points":
            return f"{Decimal(value) / 100:f}%"
    return value


def parse_yes_no(written: str) -> bool | None:
    """Parse a person's yes or no; None for any other word."""
    word = unicodedata.normalize("NFKC", written).strip().casefold()
    return True if word in _YES else False if word in _NO else None


def spell_amount(written: str) -> str:
    """Spell 1000万 with the 元 that everybody leaves out, and 一千万 in figures."""
    folded = unicodedata.normalize("NFKC", written).strip()
    match = _NO_YUAN.fullmatch(folded)
    if match is not None:
        return f"{match[1]}元"
    words = _HAN_YUAN.fullmatch(folded)
    yuan = None if words is None else parse_han_number(words[1] or words[2])
    return written if yuan is None else f"{yuan}元"


def find_codes(written: str, labels: Mapping[str, Text]) -> list[str]:
    """Find the codes that a word may stand for: itself, a label, or how one begins.

    A whole label is meant before one that only begins so. More than one code: the
    word is ambiguous.
    """
    word = unicodedata.normalize("NFKC", written).strip().casefold()
    whole = [
        code
        for code, label in labels.items()
        if word in (code.casefold(), label.zh.casefold(), label.en.casefold())
    ]
    if whole or len(word) < 2:
        return whole
    return [
        code for code, label in labels.items() if label.zh.casefold().startswith(word)
    ]


_SHOWN_WHOLE = 12
"""As many choices are read in a message; of more, those nearest to what was written."""


def hint_choices(
    written: str, codes: Collection[str], labels: Mapping[str, Text]
) -> Text:
    """Tell what may be written instead: what it could mean, what is near, or all."""
    possible = find_codes(written, labels)
    close = None if possible else suggest_word(written, codes)
    if close is not None:
        return close
    ordered = [code for code in labels if code in codes]
    ordered += sorted(set(codes) - set(ordered))
    near = (
        [] if possible or len(ordered) <= _SHOWN_WHOLE else _find_near(written, labels)
    )
    listed = [
        (code, labels.get(code, both(code))) for code in possible or near or ordered
    ]
    # People write the label. The code of a licence or a province they know as well.
    spelled_codes = {code for code in codes if not code.islower()}
    zh = "、".join(
        f"{label.zh}（{code}）"
        if code in spelled_codes and label.zh != code
        else label.zh
        for code, label in listed
    )
    en = ", ".join(
        f"{label.en} ({code})"
        if code in spelled_codes and label.en != code
        else label.en
        for code, label in listed
    )
    if possible:
        return Text(zh=f"写明是哪一个：{zh}", en=f"say which: {en}")
    if near:
        return Text(zh=f"最接近的是：{zh}", en=f"the nearest are: {en}")
    return Text(zh=f"可选：{zh}", en=f"it may be: {en}")


def _find_near(typed: str, labels: Mapping[str, Text]) -> list[str]:
    """Find the few whose label holds what was written, or looks like it."""
    word = typed.strip().casefold()
    holding = [
        code
        for code, label in labels.items()
        if len(word) > 1 and (word in label.zh or word in label.en.casefold())
    ]
    if holding:
        return holding
    code_by_label = {label.zh: code for code, label in labels.items()}
    alike = find_nearest(word, code_by_label)
    return [] if alike is None else [code_by_label[alike]]


def _spell_code(fact: Fact, typed: object) -> object:
    values = fact.type.values or frozenset()
    if not isinstance(typed, str) or typed in values:
        return typed
    codes = find_codes(typed, fact.value_labels)
    return codes[0] if len(codes) == 1 and codes[0] in values else typed


def parse_date(written: object) -> date:
    """Parse a day, as `spell_date` spells it; NotAValueError for what is none."""
    if isinstance(written, str):
        written = spell_date(written)
    if isinstance(written, date) and not isinstance(written, datetime):
        return _check_year(written)
    if isinstance(written, str) and _ISO_DAY.fullmatch(written.strip()):
        try:
            day = date.fromisoformat(written.strip())
        except ValueError as error:
            raise NotAValueError(
                Text(
                    zh=f"日历上没有“{written}”这一天",
                    en=f"there is no such day as “{written}”",
                ),
                Text(zh="检查年月日", en="check year, month and day"),
            ) from error
        return _check_year(day)
    raise NotAValueError(
        Text(
            zh=f"“{_spell_raw(written)}”不是日期",
            en=f"“{_spell_raw(written)}” is not a date",
        ),
        Text(zh="写成 2026-11-20 的样子", en="write it like 2026-11-20"),
    )


def spell_date(typed: str) -> str:
    """Spell a day as YYYY-MM-DD that somebody wrote in another of the usual ways.

    2026/1/5, 2026.1.5, 2026年1月5日, 20260105 and wide digits are understood; the year
    comes first, so that no order is guessed. Anything else is returned as it is.
    """
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if match is None:
        return typed
    year, month, day = match.group("y", "m", "d")
    return f"{year}-{month:0>2}-{day:0>2}"


def _check_year(day: date) -> date:
    if day.year in YEARS:
        return day
    first, last = YEARS[0], YEARS[-1]
    raise NotAValueError(
        Text(
            zh=f"“{day}”不在{first}年到{last}年之间",
            en=f"“{day}” is not between the years {first} and {last}",
        ),
        Text(
            zh="检查年份；长期有效、没有到期日的不填日期",
            en="check the year; what has no end gets no date",
        ),
    )


def _spell_raw(typed: object) -> str:
    match typed:
        case bool():
            return "true" if typed else "false"
        case date():
            return typed.isoformat()
        case list():
            return ", ".join(_spell_raw(part) for part in typed)
        case dict():
            return "{…}"
        case _:
            return str(typed)


def _parse_boolean(typed: object, raw: str) -> bool:
    if isinstance(typed, bool):
        return typed
    raise NotAValueError(
        Text(zh=f"“{raw}”不是是或否", en=f"“{raw}” is neither yes nor no"),
        Text(zh="写是或否（true 或 false）", en="write true for yes, false for no"),
    )


def _parse_whole_number(fact: Fact, typed: object, raw: str) -> int:
    if fact.unit == "fen":
        number = _parse_money(typed, raw)
    elif fact.unit == "basis_points":
        number = _parse_share(typed, raw)
    else:
        number = _parse_count(fact, typed, raw)
    if abs(number) > LARGEST:
        raise NotAValueError(
            Text(zh=f"“{raw}”超出范围", en=f"“{raw}” is out of range"),
            Text(zh="检查位数和单位", en="check the digits and the unit"),
        )
    return number


def _parse_money(typed: object, raw: str) -> int:
    folded = unicodedata.normalize("NFKC", str(typed)).strip()
    match = _MONEY.fullmatch(folded) if isinstance(typed, str) else None
    if match is None:
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
    amount = Decimal(re.sub("[,，]", "", match[1])) * _YUAN.get(match[2], 1) * 100
    if amount != amount.to_integral_value():
        raise NotAValueError(
            Text(zh=f"金额“{raw}”不足一分", en=f"“{raw}” is not a whole number of fen"),
            Text(zh="最多写到分", en="write at most two decimals of a yuan"),
        )
    return int(amount)


def _parse_share(typed: object, raw: str) -> int:
    folded = unicodedata.normalize("NFKC", raw).strip()
    match = _PERCENT.fullmatch(folded) if isinstance(typed, str) else None
    if match is None:
        raise NotAValueError(
            Text(
                zh=f"比例“{raw}”没有写百分号",
                en=f"the share “{raw}” has no per-cent sign",
            ),
            Text(zh="写成 '51%' 的样子", en="write it like '51%'"),
        )
    share = Decimal(match[1]) * 100
    if share != share.to_integral_value():
        raise NotAValueError(
            Text(zh=f"比例“{raw}”多于两位小数", en=f"“{raw}” has over two decimals"),
            Text(zh="保留两位小数", en="round it to two decimals"),
        )
    return int(share)


def find_numbers(fact: Fact, text: str) -> set[int]:
    """Find every number in a text that could be a value of `fact`, in its own unit.

    Money and shares count only with their unit, as in `case.yaml`.
    """
    folded = unicodedata.normalize("NFKC", text)[:MAX_TEXT]
    if fact.unit == "fen":
        numbers = [match[0] for match in _MONEY.finditer(folded)]
    elif fact.unit == "basis_points":
        numbers = [match[0] for match in _PERCENT.finditer(folded)]
    else:
        return {_parse_integer(match[0]) for match in _WHOLE.finditer(folded)}
    values: set[int] = set()
    for number in numbers:
        try:
            values.add(_parse_whole_number(fact, number, number))
        except NotAValueError:
            continue
    return values


def _parse_count(fact: Fact, typed: object, raw: str) -> int:
    if isinstance(typed, int) and not isinstance(typed, bool):
        return typed
    if isinstance(typed, str):
        match = _COUNTED.fullmatch(unicodedata.normalize("NFKC", typed).strip())
        words = _UNIT_WORDS.get(fact.unit or "count", ())
        if match is not None and match[2] in words:
            return _parse_integer(match[1])
    raise NotAValueError(
        Text(zh=f"“{raw}”不是整数", en=f"“{raw}” is not a whole number"),
        Text(zh="只写数字，如 12", en="write digits alone, such as 12"),
    )


def _parse_integer(digits: str) -> int:
    try:
        return int(Decimal(digits.replace(",", "")))
    except InvalidOperation:  # pragma: no cover - the pattern admits digits alone
        return LARGEST + 1


def _parse_category(fact: Fact, typed: object, raw: str) -> str:
    allowed = fact.type.values or frozenset()
    if isinstance(typed, str) and typed in allowed:
        return typed
    if not isinstance(typed, str) and raw in allowed:
        return raw  # a code of digits, without its quotes
    raise NotAValueError(
        Text(
            zh=f"“{raw}”不在可选值中",
            en=f"“{raw}” is not one of the values it may take",
        ),
        hint_choices(raw, allowed, fact.value_labels),
    )


def _parse_set(fact: Fact, typed: object, raw: str) -> frozenset[str]:
    if not isinstance(typed, list):
        raise NotAValueError(
            Text(zh=f"“{raw}”不是列表", en=f"“{raw}” is not a list"),
            Text(zh="写成 [甲, 乙] 的样子", en="write it like [one, two]"),
        )
    members: set[str] = set()
    for part in typed:
        if not isinstance(part, str) or "|" in part or not part.strip():
            raise NotAValueError(
                Text(
                    zh=f"列表中的“{_spell_raw(part)}”不能用",
                    en=f"“{_spell_raw(part)}” cannot stand in the list",
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
                hint_choices(part, fact.type.values, fact.value_labels),
            )
        members.add(part.strip())
    return frozenset(members)


def _parse_text(fact: Fact, typed: object, raw: str, beside: str | None) -> Parsed:
    if not isinstance(typed, str):
        raise NotAValueError(
            Text(zh=f"“{raw}”不是文字", en=f"“{raw}” is not a text"),
            Text(zh=f"加引号：'{raw}'", en=f"put it in quotes: '{raw}'")
            if isinstance(typed, int | float)
            else both("text"),
        )
    try:
        value = normalise(fact.text_kind, typed, beside=beside)
    except NotThisKindError as error:
        raise NotAValueError(error.text, error.hint) from error
    if isinstance(value, Hidden):
        return Parsed(value=None, raw=raw, hidden=value.detail)
    return Parsed(value=value, raw=raw)
