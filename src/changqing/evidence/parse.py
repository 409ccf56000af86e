"""Values as papers print them: days, amounts, shares, counts, codes and terms.

Pure functions of the words. What is printed ambiguously or fails its own check gives
None or is marked as doubtful; no letter is ever put right. The spelling of a value in
`case.yaml` is the business of `changqing.case.values`.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from changqing.case.normalise import Hidden, NotThisKindError, normalise
from changqing.case.numerals import HAN_DIGITS, HAN_NUMERALS, parse_han_number
from changqing.case.values import LARGEST, YEARS
from changqing.law.kinds.material import FigureBound

_FIRST: Final = "零壹贰貳叁参叄肆伍陆陸柒捌玖一二三四五六七八九两拾佰仟十百千"
_MONTHS: Final = {
    name.lower()[:3]: number for number, name in enumerate(calendar.month_name) if name
}
_ENGLISH: Final = "|".join(
    f"{name[:3]}(?:{name[3:]})?" for name in calendar.month_name[1:]
)

_DAY: Final = re.compile(
    r"(?<![\d.])(?P<y>[12]\d{3})\s*(?P<s>[-/.年])\s*(?P<m>\d{1,2})\s*"
    r"(?:(?P=s)|月)\s*(?P<d>\d{2}(?=\d{2}:\d{2})|\d{1,2}(?!\d))\s*[日号]?"
)
_END_OF_MONTH: Final = re.compile(
    r"(?P<y>20\d{2})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?:底|末)(?![一-龥])"
)
_COMPACT: Final = re.compile(
    r"(?<!\d)(?P<y>20\d{2}|19\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"
)
_HAN_DAY: Final = re.compile(
    r"(?P<y>[〇○零O一二三四五六七八九壹贰叁肆伍陆柒捌玖]{4})\s*年\s*"
    r"(?P<m>[零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3})\s*月\s*"
    r"(?P<d>[零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3})\s*[日号]"
)
_DAY_FIRST: Final = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*(?P<m>{_ENGLISH})\.?,?\s*(?P<y>\d{{4}})",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    rf"(?P<m>{_ENGLISH})\.?\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s*(?P<y>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_MONTH: Final = re.compile(
    r"(?<![\d.])(?P<y>20\d{2})\s*(?:[-/.年]\s*(?P<m>\d{1,2})|(?P<c>0[1-9]|1[0-2]))"
    r"(?![\d])(?!\s*[-/.]\s*\d)(?!\s*月\s*\d)\s*月?"
)
_FIGURES: Final = re.compile(
    r"(?:(?:人民币|RMB|CNY|¥|￥)\s*)?(?<![\d.,，])(?P<n>\d{1,3}(?:[,，.]\d{3})+\.\d{2}|"
    r"\d{1,3}(?:[,，]\d{3})+(?:\.\d{1,6})?|\d+(?:\.\d{1,6})?)(?!\d|[.,，]\d)"
    r"\s*[（(]?(?P<u>亿元?|百万元?|万元?|元|圆)?(?:人民币|整)?"
)
_WORDS: Final = re.compile(
    rf"(?<![\d.{HAN_NUMERALS}])(?P<n>[{_FIRST}][{HAN_NUMERALS}]*)[元圆圓](?P<j>零?[零壹贰貳叁参叄肆伍陆陸柒捌玖]角)?"
    r"(?P<f>零?[壹贰貳叁参叄肆伍陆陸柒捌玖]分)?[整正]?"
    rf"|(?<![\d.{HAN_NUMERALS}])(?P<w>[{_FIRST}][{HAN_NUMERALS}]*[万萬亿億])(?:[元圆圓]?[整正])?"
)
FOREIGN: Final = (
    r"(?:美元|美金|美币|港[币元幣]|欧元|英镑|[日韩][元圆币]|澳元|澳门[元币]|加元|新台币|台币|"
    r"新加坡[元币]|新元|瑞士法郎|法郎|卢布|泰铢|外币|"
    r"(?<![A-Za-z])(?:USD|US\$|HKD|HK\$|EUR|GBP|JPY|KRW|AUD|CAD|SGD|CHF|TWD|MOP|RUB|THB)"
    r"(?![A-Za-z])|[$＄€£])"
)
"""Money of another country, by its words, its code or its sign."""
_FOREIGN_BEFORE: Final = re.compile(
    rf"{FOREIGN}\s?[)）]?[:：]?[（(]?\s?$", re.IGNORECASE
)
_FOREIGN_AFTER: Final = re.compile(rf"\s*[（(]?\s*{FOREIGN}", re.IGNORECASE)
_LONGEST_CURRENCY: Final = 8  # letters, with a blank or a colon beside them
_UNITS: Final = {"亿": 10**8, "百万": 10**6, "万": 10**4, "元": 1, "圆": 1, "": 1}
_MINUS_BEFORE: Final = re.compile(
    r"(?:(?<![\d\-—–])[-−－﹣△]|负|透支)\s*(?:人民币|RMB|CNY|[¥￥])?\s*$", re.IGNORECASE
)
_MINUS_AFTER: Final = re.compile(
    r"\s*元?\s*(?:[-−－﹣](?![\d\-—–])|DR?(?![A-Za-z])|[（(]\s*(?:透支|负|借)|透支)",
    re.IGNORECASE,
)
_IN_BRACKETS: Final = re.compile(r"(?:^|[:：\s])[（(]\s*(?:[¥￥]\s*)?$")
_NEAR: Final = 16
"""Characters before and after an amount that say what it is."""
_CENTS: Final = re.compile(r"\.\d{2}$")
_BOUND_BEFORE: Final = re.compile(
    r"(?:(?P<least>不(?:低于|少于|小于|下于)|至少|最少|最低|起码|[≥≧]|>=)"
    r"|(?P<most>不(?:超过|高于|多于|大于|超)|至多|最多|最高|不足|低于|少于|小于|[<≤≦＜]=?)"
    r"|(?P<about>(?<![合预续签违履解契特公条制租])约|大约|接近|将近|(?<![附临邻最靠远亲新])近|超过?|高于|多于|大于|逾|[>＞≈]))"
    r"(?:[:：为是]|\s|人民币|RMB|[¥￥])*$"
)
_BOUND_AFTER: Final = re.compile(
    r"^\s*(?:(?P<least>以上|及以上|起(?![至到止]))|(?P<most>以下|以内|之内|封顶)"
    r"|(?P<about>左右|上下|许(?!可)|[余多](?=[元人名个位台套家条次份项天日年月小万千百])|来(?=[人名个位台套家])))"
)
_SHARE: Final = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,4})?)\s*[%％]")
_TERM: Final = re.compile(
    rf"(?P<n>\d{{1,3}}|[{HAN_NUMERALS}]{{1,3}}|两)\s*(?:[(（]\d{{1,3}}[)）])?\s*"
    r"(?P<u>个月|年|日|天)"
)
NO_END: Final = frozenset(
    {"长期", "长期有效", "永久", "无固定期限", "永续", "long-term"}
)
"""What stands where a day would, if there is no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDay:
    """A day in a text, and the part of the text that says it."""

    value: date
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAmount:
    """An amount in a text, in fen; `unit` False where no unit or sign is written.

    `words`: it is written in the capital numerals of amounts. `negative`: it is owed,
    as a minus, brackets or 透支 say; `fen` is above 0 all the same. `bound`: it is no
    exact value.
    """

    fen: int
    start: int
    end: int
    unit: bool
    words: bool = False
    negative: bool = False
    bound: FigureBound | None = None

    @property
    def is_reached(self) -> bool:
        """Whether it is as much at least: exact, or 不少于; no 不超过, no 约."""
        return self.bound in (None, FigureBound.LEAST)


def fold_text(text: str) -> str:
    """Give a text without blanks, its wide and compatible characters made plain."""
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text))


def find_days(text: str) -> list[FoundDay]:
    """Find every day that a text says, in its order.

    2026-11-05, 2026年 11 月 5 日, 2026.11.05, 20261105, 二〇二六年十一月五日,
    5 November 2026, 2026年11月底. A day that no calendar has is none.
    """
    found_days: dict[int, FoundDay] = {
        match.start(): FoundDay(value=last, start=match.start(), end=match.end())
        for match in _END_OF_MONTH.finditer(text)
        if (first := _make_day(match["y"], match["m"], "1")) is not None
        for last in [end_of_month(first.year, first.month)]
    }
    for pattern in (_DAY, _HAN_DAY, _DAY_FIRST, _MONTH_FIRST, _COMPACT):
        for match in pattern.finditer(text):
            if any(
                day.start < match.end() and match.start() < day.end
                for day in found_days.values()
            ):
                continue
            value = _make_day(match["y"], match["m"], match["d"])
            if value is not None:
                found_days[match.start()] = FoundDay(
                    value=value, start=match.start(), end=match.end()
                )
    return [found_days[start] for start in sorted(found_days)]


def _make_day(year: str, month: str, day: str) -> date | None:
    numbers = [
        int("".join(str(HAN_DIGITS[sign]) for sign in year))
        if not year.isdigit() or not year.isascii()
        else int(year),
        _MONTHS[month.lower()[:3]]
        if month.lower()[:3] in _MONTHS
        else _parse_whole_number(month),
        _parse_whole_number(day),
    ]
    try:
        day_found = date(*[number or 0 for number in numbers])
    except ValueError:
        return None
    return day_found if day_found.year in YEARS else None


def _parse_whole_number(text: str) -> int | None:
    return int(text) if text.isdecimal() else parse_han_number(text)


def find_months(text: str) -> list[FoundDay]:
    """Find every month that stands alone (2026-10, 202610, 2026年10月), as its end."""
    return [
        FoundDay(
            value=end_of_month(int(match["y"]), month),
            start=match.start(),
            end=match.end(),
        )
        for match in _MONTH.finditer(text)
        if 1 <= (month := int(match["m"] or match["c"])) <= 12
    ]


def end_of_month(year: int, month: int) -> date:
    """Give the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def find_amounts(
    text: str, *, unit: int | None = None, owed: bool = False
) -> list[FoundAmount]:
    """Find every amount that a text says, in figures or in words, in its order.

    `unit` is what figures without a unit of their own are counted in, in yuan, as the
    head of a column says (10,000 for 万元); without it they count as yuan and say that
    they had none. Money of another country is no amount: nobody knows how many yuan.
    What is no exact value says so; a minus and 透支 are left out unless `owed`.
    """
    found_amounts: list[FoundAmount] = []
    for match in _WORDS.finditer(text):
        if _is_foreign(text, match):
            continue
        yuan = parse_han_number(match["n"] or match["w"] or "")
        if yuan is None:
            continue
        jiao = HAN_DIGITS[match["j"][-2]] if match["j"] else 0
        fen = HAN_DIGITS[match["f"][-2]] if match["f"] else 0
        found_amounts.append(
            FoundAmount(
                fen=yuan * 100 + jiao * 10 + fen,
                start=match.start(),
                end=match.end(),
                unit=True,
                words=True,
                negative=_is_owed(text, match.start(), match.end()),
                bound=_find_bound_of(text, match),
            )
        )
    in_words = tuple(found_amounts)
    for match in _FIGURES.finditer(text):
        if any(
            word.start < match.end() and match.start() < word.end for word in in_words
        ):
            continue
        if _is_foreign(text, match):
            continue
        unit_word = (match["u"] or "").removesuffix("元") or (match["u"] or "")
        signed = match[0].strip()[:1] in "¥￥人RC"
        factor = _UNITS[unit_word] if unit_word else unit or 1
        # A printed comma is often read as a point: the last one alone parts the fen.
        whole, point, part = re.sub("[,，]", "", match["n"]).rpartition(".")
        amount = Decimal(whole.replace(".", "") + point + part) * factor * 100
        if amount == amount.to_integral_value() and amount <= LARGEST:
            found_amounts.append(
                FoundAmount(
                    fen=int(amount),
                    start=match.start(),
                    end=match.end(),
                    unit=bool(unit_word or signed or unit),
                    negative=_is_owed(text, match.start(), match.end())
                    or (not unit_word and _is_bracketed(text, match)),
                    bound=_find_bound_of(text, match),
                )
            )
    amounts = (
        found_amount
        for found_amount in found_amounts
        if owed or not found_amount.negative
    )
    return sorted(amounts, key=lambda amount: amount.start)


def find_bound(before: str, after: str) -> FigureBound | None:
    """Find what bound a figure is, by the words right before and after it.

    None: an exact one.
    """
    for pattern, beside in (
        (_BOUND_BEFORE, before[-_NEAR:]),
        (_BOUND_AFTER, after[:8]),
    ):
        match = pattern.search(beside)
        if match is not None and match.lastgroup is not None:
            return FigureBound(match.lastgroup)
    return None


def _find_bound_of(text: str, match: re.Match[str]) -> FigureBound | None:
    # Only what stands near is cut out: a text may hold thousands of amounts.
    before = text[max(match.start() - _NEAR, 0) : match.start()]
    return find_bound(before, text[match.end() : match.end() + _NEAR])


def _is_owed(text: str, start: int, end: int) -> bool:
    """Whether a minus or 透支 stands right before or after an amount."""
    return (
        _MINUS_BEFORE.search(text[max(start - 12, 0) : start]) is not None
        or _MINUS_AFTER.match(text, end) is not None
    )


def _is_bracketed(text: str, amount: re.Match[str]) -> bool:
    """Whether an amount stands in brackets alone, as accountants write a minus."""
    closed = text[amount.end() : amount.end() + 1] in {")", "）"}
    return (
        closed
        and _CENTS.search(amount["n"]) is not None
        and _IN_BRACKETS.search(text, max(amount.start() - _NEAR, 0), amount.start())
        is not None
    )


def _is_foreign(text: str, amount: re.Match[str]) -> bool:
    """Whether an amount is of the money that is named right before or after it."""
    before = text[max(amount.start() - _LONGEST_CURRENCY, 0) : amount.start()]
    return (
        _FOREIGN_BEFORE.search(before) is not None
        or _FOREIGN_AFTER.match(text, amount.end()) is not None
    )


def find_shares(text: str) -> list[int]:
    """Find every share with its per-cent sign, in basis points."""
    values = [Decimal(match[1]) * 100 for match in _SHARE.finditer(text)]
    return [int(value) for value in values if value == value.to_integral_value()]


def parse_count(text: str) -> int | None:
    """Parse the one whole number of a text, in figures or Chinese numerals.

    Else None.
    """
    figures = re.findall(r"(?<![\d.])\d[\d,]*(?![\d]|\.\d)", text)
    if len(figures) == 1:
        return int(figures[0].replace(",", ""))
    if figures:
        return None
    numerals = re.findall(rf"[{HAN_NUMERALS}]+", text)
    return parse_han_number(numerals[0]) if len(numerals) == 1 else None


def find_term(text: str) -> int | None:
    """Find the length of a term in months: 十二个月, 3年, 36个月; None without."""
    for match in _TERM.finditer(text):
        number = _parse_whole_number(match["n"].replace("两", "二"))
        if number and match["u"] == "个月":
            return number
        if number and match["u"] == "年" and number < 100:
            return number * 12
    return None


def end_of_term(start: date, months: int) -> date:
    """Give the last day of a term of so many months that begins on `start`."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if start.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, start.day) - timedelta(days=1)


def find_credit_codes(text: str) -> Iterator[tuple[str, bool]]:
    """Find what is printed like a unified social credit code; whether its check holds.

    One whose check fails is given as printed, and so are look-alikes that never stand
    in a code (I, O, S, V, Z): reading must mark them, never mend them.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    for match in re.finditer(
        r"(?<![0-9A-Z])[0-9A-Z](?:[ \-]?[0-9A-Z]){17}(?![0-9A-Z])", plain
    ):
        code = re.sub(r"[ \-]", "", match[0])
        if not re.match(r"[0-9A-Z]{2}[0-9OIZSBL]{4}", code) or code.isalpha():
            continue
        try:
            yield str(normalise("credit_code", code)), True
        except NotThisKindError:
            yield code, False


def normalise_text(text_kind: str | None, text: str) -> str | None:
    """Spell a text of a kind in its one way; None where it is none, or withheld."""
    try:
        value = normalise(text_kind, text)
    except NotThisKindError:
        return None
    return None if isinstance(value, Hidden) else value
