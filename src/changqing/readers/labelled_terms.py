"""The days of a term that stand beside a label: which of them is its end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from changqing.evidence.parse import FoundDay, end_of_term, find_days
from changqing.readers.label_spots import LabelledValue
from changqing.readers.layout import Quote, squeeze
from changqing.readers.terms import find_no_end, find_term_lengths

ENDS: Final = re.compile(r"[至到止]")
_OF_END: Final = re.compile(
    r"截止|到期|届满|终止|过期|失效|[止至]:?$|期限:?$|有效期:?$|validity|expir"
)
_BEGINS: Final = re.compile(r"[自从由]\s*$")
_BEGUN: Final = re.compile(r"\s*(?:起(?!\s*[至到])|开始)")
_TERM: Final = re.compile(
    r"期限|有效期|日期$|租期|租赁期|服务期|合同期|托管期|协议期|期间|起止|租赁时间|validity|period",
    re.IGNORECASE,
)


_OTHER_TERM: Final = re.compile(
    r"[，,；;。（(\s](?:其中|含)?[:：]?(?:免租|装修|试用|优惠|免费|首年|首期|第[一二三四五1-5]年|付款|支付)"
)
_STOP: Final = re.compile("[，,；;。）)]")


def drop_other_terms(quote: Quote) -> Quote:
    """Drop what a value goes on with of another term: …，免租期2026.3.1-2026.3.31."""
    days = find_days(quote.raw)
    for match in _OTHER_TERM.finditer(quote.raw, days[0].end if days else 0):
        stop = _STOP.search(quote.raw, match.end())
        clause = quote.raw[
            match.start() : len(quote.raw) if stop is None else stop.start()
        ]
        if find_days(clause):
            return quote.narrow(0, match.start())
    return quote


def ends_there(quote: Quote, label: str) -> bool:
    """Tell whether the last day beside a label of a term is its end, and not its begin.

    自2023年5月18日起 and what was cut off after it end nowhere.
    """
    days = find_days(quote.raw)
    if len(days) > 1 or not _TERM.search(label) or "至" in label:
        return not re.match(r"\s*起?\s*[至到\-—–~～]", quote.raw[days[-1].end :])
    before, after = quote.raw[: days[0].start], quote.raw[days[0].end :]
    if re.search(r"[至到\-—–~～]\s*$", before):
        return True
    return not (
        before.strip().startswith("自")
        or _BEGINS.search(before)
        or re.match(r"\s*(?:[起至到\-—–~～]|开始)", after)
    )


def is_end(beside: LabelledValue, days: Sequence[FoundDay]) -> bool:
    """Tell whether the one day beside a label may be an end: 有效期截止, 有效期."""
    raw, label = beside.value.raw, squeeze(beside.note)
    begins = _BEGINS.search(raw[: days[0].start]) or _BEGUN.match(raw[days[0].end :])
    return _OF_END.search(label) is not None and begins is None


def compute_term_end(raw: str, days: Sequence[FoundDay]) -> date | None:
    """Compute the end of a term from its first day and its length: 二年，自…起."""
    if len(days) != 1:
        return None
    before, after = raw[: days[0].start], raw[days[0].end :]
    if not (_BEGINS.search(before) or _BEGUN.match(after)):
        return None
    if find_no_end(raw) is not None:
        return None
    lengths = find_term_lengths(before) | find_term_lengths(after)
    return (
        end_of_term(days[0].value, next(iter(lengths))) if len(lengths) == 1 else None
    )
