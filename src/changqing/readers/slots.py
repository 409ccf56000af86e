"""How a value looks that stands at … in a phrase, by the fact that it is of."""

from __future__ import annotations

from typing import Final

from changqing.evidence.parse import FOREIGN
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.terms import DAY, FIGURE, LENGTH, MONTH
from changqing.readers.values import ADDRESS
from changqing.rules.types import Kind

_AMOUNT: Final = (
    r"(?>(?:人民币)?(?:\((?:小写|大写)\):?)?(?:人民币)?(?:[¥￥]|RMB|CNY)?"
    r"\d[\d,]*(?:\.\d+)?(?:亿|万)?元?(?!\d?[-/.年]\d)"
    r"|(?:人民币)?(?:\(大写\):?)?(?:人民币)?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+[元圆]"
    r"(?:零?[零壹贰叁肆伍陆柒捌玖]角)?(?:零?[壹贰叁肆伍陆柒捌玖]分)?整?)"
    rf"(?!\(?{FOREIGN})"
)


def is_through(fact: Fact) -> bool:
    """Tell whether a fact is the end of the last month of something."""
    return fact.id.endswith("_through")


def write_slot(fact: Fact, reading: PaperFact) -> str:
    """Write the pattern of what stands for … in the phrases of a fact."""
    match reading.by:
        case FoundBy.FIRST_DAY:
            return rf"{DAY}|{MONTH}"
        case FoundBy.LAST_DAY if is_through(fact):
            return rf"{DAY}|{MONTH}"
        case FoundBy.LAST_DAY | FoundBy.NO_END:
            return rf"{DAY}|{MONTH}|{LENGTH}"
        case FoundBy.APPLICANT | FoundBy.RELATION:
            return r"[^,。;:\t\n]{4,40}?"
        case FoundBy.PROVINCE:
            return r"[^,。;:\t\n]{4,50}"
    if reading.words:
        return r"[^,。;\n]{1,24}"
    match fact.type.kind:
        case Kind.DATE:
            return DAY
        case Kind.SET:
            return rf"{ADDRESS}(?:[、,/;和及与至到\t\n~-]{{0,2}}{ADDRESS})*(?:/\d+)?"
        case Kind.NUMBER if fact.unit == "fen":
            return _AMOUNT
        case Kind.NUMBER if fact.unit in ("months", "days"):
            return LENGTH
        case Kind.NUMBER if fact.unit == "basis_points":
            return r"\d{1,3}(?:\.\d{1,4})?%"
        case Kind.NUMBER:
            return FIGURE
    if fact.text_kind == "person":
        return r"[一-龥]{2,4}(?:·[一-龥]{1,8})*?"
    if fact.text_kind == "address":
        return r"[^,。;\t\n]{6,60}?"
    return r"[^,。;:\t\n]{2,40}?"
