"""Numbers and articles of the catalogue as a person writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import Material
from changqing.law.kit import Freshness
from changqing.text import Text

_ARTICLE: Final = re.compile(r"(\d{1,3})((?:\(\d{1,3}\))*)")
_DIGITS: Final = "〇一二三四五六七八九"
_FEN_PER_YUAN: Final = 100
_FEN_PER_WAN: Final = 1_000_000
_FEN_PER_YI: Final = 10_000_000_000
_UNITS: Final = {
    "days": Text("天", " days"),
    "working_days": Text("个工作日", " working days"),
    "hours": Text("小时", " hours"),
    "minutes": Text("分钟", " minutes"),
    "weeks": Text("周", " weeks"),
    "months": Text("个月", " months"),
    "years": Text("年", " years"),
    "persons": Text("人", " people"),
}
_ONE: Final = {" people": " person"}


def say_number(number: int, unit: str | None) -> Text:
    """Say a whole number with its unit: fen as yuan, basis points as per cent."""
    if unit == "fen":
        yuan = Decimal(number) / _FEN_PER_YUAN
        en = f"CNY {_format_plain(yuan)}"
        if number and number % _FEN_PER_YI == 0:
            return Text(f"{number // _FEN_PER_YI:,}亿元", en)
        if number and number % _FEN_PER_WAN == 0:
            return Text(f"{number // _FEN_PER_WAN:,}万元", en)
        return Text(f"{_format_plain(yuan)}元", en)
    if unit == "basis_points":
        share = f"{_format_plain(Decimal(number) / 100)}%"
        return Text(share, share)
    word = _UNITS.get(unit or "", Text("", ""))
    many = word.en
    en = _ONE.get(many, many.removesuffix("s")) if number == 1 else many
    # Without a unit it may be a year.
    figure = f"{number:,}" if unit == "count" else str(number)
    return Text(f"{figure}{word.zh}", f"{number:,}{en}" if unit else str(number))


def say_period(number: int, unit: str | None) -> Text:
    """Say a number that a law or a rule sets: as `say_number`, and days as 日."""
    text = say_number(number, unit)
    return Text(f"{number}日", text.en) if unit == "days" else text


def say_article(reference: str) -> Text:
    """Say an article as statutes print it: `6(4)` is 第六条第（四）项, art. 6(4)."""
    match = _ARTICLE.fullmatch(reference)
    if match is None:
        return Text(reference, reference)
    items = re.findall(r"\d+", match[2])
    zh = f"第{write_numeral(int(match[1]))}条" + "".join(
        f"第（{write_numeral(int(item))}）项" for item in items
    )
    return Text(zh, f"art. {reference}")


def _format_plain(number: Decimal) -> str:
    return f"{number.normalize():,f}"


def write_numeral(number: int) -> str:
    """Write a number below one thousand in characters: 13 is 十三, 205 is 二百〇五."""
    hundreds, below_hundred = divmod(number, 100)
    tens, ones = divmod(below_hundred, 10)
    numeral = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        numeral += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        numeral += "〇"
    return numeral + (_DIGITS[ones] if ones or not number else "")


def count_in_words(number: int) -> str:
    """Say a count before a measure word: 2 is 两, from eleven on it stays a figure."""
    if number == 2:
        return "两"
    return write_numeral(number) if 0 < number <= len(_DIGITS) else str(number)


def say_days(days: int, freshness: Freshness | None) -> Text:
    """Say for how many days a paper counts, and from when."""
    if freshness is None:
        return Text(
            f"从收到那天起算{days}天", f"{days} days from the day it was received"
        )
    because = freshness.because
    return Text(
        f"从出具日起算{days}天（{because.zh}）",
        f"{days} days from the day of issue ({because.en})",
    )


def say_freshness(fact: Fact, materials: Mapping[str, Material]) -> tuple[Text, ...]:
    """Say how recent the papers have to be that a fact is read in.

    Nothing where that does not matter.
    """
    days = fact.validity.days
    if days is None:
        return ()
    kinds = [name.removeprefix("paper:") for name in fact.sources]
    recent: list[tuple[Text, Freshness]] = [
        (materials[kind].label, freshness)
        for kind in kinds
        if kind in materials
        and (freshness := materials[kind].freshness) is not None
        and fact.id in (f"has_{kind}", *freshness.facts)
    ]
    if not recent and fact.freshness is not None:
        recent = [(fact.label, fact.freshness)]
    labelled_limits = [
        (label, say_days(days, freshness)) for label, freshness in recent
    ]
    return tuple(
        Text(f"{label.zh}：{counts.zh}", f"{label.en}: {counts.en}")
        for label, counts in labelled_limits
    )
