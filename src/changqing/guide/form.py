"""The form of a question: several in one, or a statement that waits for a nod.

What it is about, the index tells; here is only how it is put.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from changqing.guide.words import simplify_text

_ASKS: Final = re.compile(
    r"[?？吗呢么啥咋谁哪几]|什么|怎|多少|多久|是不是|是否|能不能|要不要|行不行"
    r"|可不可以|有没有"
    r"|\b(?:how|what|when|where|which|who|can|may|must|should|do|does|is|are)\b",
    re.IGNORECASE,
)
"""What tells the sentences of a story that ask from those that tell, if any asks."""
_ENDS: Final = re.compile(
    r"[。！？!?；;\n]|(?<=[^0-9])[,，.](?=\D|$)"
    r"|(?:还有|另外|顺便(?:问一?下?)?|再问一?下?|以及)"
    r"|\b(?:and also|also,|another question)\b",
    re.IGNORECASE,
)
_MOST_PARTS: Final = 3
_NODS: Final = re.compile(
    r"(?:吧|对吧|对吗|是吧|没错吧|是这样吗|对不对|是不是这样)[\s?？。.!！]*$"
    r"|不是.{2,}吗[\s?？]*$|\b(?:right|correct|isn'?t it|don'?t we|is that so)\s*\?*$",
    re.IGNORECASE,
)
_TAKEN_FOR_SETTLED: Final = re.compile(
    r"^[\s，,]*(?:既然|听说|据说|都说|人家说|有人说|网上说|群里说|朋友说|代办说|我记得|我以为|反正|不是说)"
    r"|^\s*(?:since|i heard|i was told|people say|they say)\b",
    re.IGNORECASE,
)
"""How a question begins that takes something for settled: 听说能加急，找谁交."""
_ASKED: Final = re.compile(r"是不是|能不能|可不可以|行不行|对不对|不是说|没错")
"""Where a no stands in what denies nothing."""
_NO_BEFORE: Final = re.compile(r"(?:[不没无].{0,2}|n't .{0,8}|\bnot .{0,8})$")
_NO_AFTER: Final = re.compile(
    r"(?:不能|不可以|不行|不允许|不得|不会|没有| ?can ?not|n't)"
)
_NUMBER: Final = re.compile(
    r"(\d+(?:\.\d+)?)\s*(亿|万|million)?\s*"
    r"(个?工作日|个?月|天|日|年|小时|分钟|周|人|个人|元|块|%|working days?|days?"
    r"|months?|years?|hours?|people|persons?|yuan|rmb|cny)?",
    re.IGNORECASE,
)
_IN_CHARACTERS: Final = re.compile(
    r"[一二两三四五六七八九十百]+(?=[万亿]|个?工作日|个?月|[天日年周人元块]|小时|分钟|个人)"
)
_TIMES: Final = {"亿": 10**8, "万": 10**4, "million": 10**6, "": 1}
_UNITS: Final = (
    ("工作日", "working_days"),
    ("working", "working_days"),
    ("月", "months"),
    ("month", "months"),
    ("天", "days"),
    ("日", "days"),
    ("day", "days"),
    ("年", "years"),
    ("year", "years"),
    ("小时", "hours"),
    ("hour", "hours"),
    ("分钟", "minutes"),
    ("周", "weeks"),
    ("人", "persons"),
    ("people", "persons"),
    ("person", "persons"),
    ("%", "basis_points"),
    ("元", "fen"),
    ("块", "fen"),
    ("yuan", "fen"),
    ("rmb", "fen"),
    ("cny", "fen"),
)
_HUNDREDTHS: Final = frozenset({"fen", "basis_points"})


def split_questions(question: str) -> Sequence[str]:
    """Split what asks for several things; empty where it asks for one or tells much."""
    parts = [part.strip() for part in _ENDS.split(question)]
    asking = [part for part in parts if part and _ASKS.search(part)]
    return asking if 1 < len(asking) <= _MOST_PARTS else ()


def waits_for_a_nod(question: str) -> bool:
    """Tell whether a question states what it asks about: 能自动续吧."""
    said = question.strip()
    return bool(_NODS.search(said) or _TAKEN_FOR_SETTLED.search(said))


def find_stated(question: str, words: Iterable[str]) -> bool | None:
    """Find whether one of some words is stated in a question, or denied.

    Returns:
        True where it is stated, False where a no stands beside it; None where no word
        stands.
    """
    plain = simplify_text(question)
    said = _ASKED.sub("", plain)
    for word in map(simplify_text, words):
        before, stands, after = said.partition(word)
        if stands:
            return not (_NO_BEFORE.search(before) or _NO_AFTER.match(after))
    return None


def find_numbers(text: str) -> Sequence[tuple[int, str, str]]:
    """Find the numbers with units that a text says, as the catalogue counts them.

    Returns:
        Of each the number, its unit and how the text has it.
    """
    from changqing.law.read_text import parse_numeral

    found = []
    plain = _IN_CHARACTERS.sub(
        lambda match: str(parse_numeral(match[0])), simplify_text(text)
    )
    for match in _NUMBER.finditer(plain):
        times, said = match[2] or "", (match[3] or "").lower()
        unit = next((unit for mark, unit in _UNITS if mark in said), None)
        if unit is None:
            if not times:
                continue
            unit = "fen"  # 50万 is money
        number = Decimal(match[1]) * _TIMES[times]
        found.append(
            (int(number * (100 if unit in _HUNDREDTHS else 1)), unit, match[0].strip())
        )
    return found


def has_question(text: str) -> bool:
    """Tell whether a sentence asks, rather than tells."""
    return _ASKS.search(text) is not None
