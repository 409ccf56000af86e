"""The terms that sentences give: from day to day, or a first day and how long."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from changqing.evidence.denials import is_taken_back
from changqing.evidence.parse import (
    end_of_term,
    find_days,
    find_months,
    find_term,
    parse_count,
)
from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.flow import fold_signs
from changqing.readers.layout import Quote
from changqing.readers.phrases import Prose, TextSpan, are_linked, compile_phrase
from changqing.readers.values import REST, ValueRead

DAY: Final = (
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|20\d{6}(?!\d)"
    r"|[〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖]{4}年"
    r"[零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3}月"
    r"[零一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]{1,3}日"
)
MONTH: Final = r"20\d{2}(?:[-/.年]\d{1,2}(?!\d)月?(?![-/.\d])|\d{2}(?!\d))"
FIGURE: Final = r"\d{1,6}|[零〇一二三四五六七八九十两百壹贰叁肆伍陆柒捌玖拾]{1,5}"
LENGTH: Final = (
    rf"(?:{FIGURE})\(?(?:\d{{1,4}})?\)?"
    r"(?:个月|个自然月|个自然日|自然日|年|日|天|小时)|半年"
)
_RANGE: Final = re.compile(
    rf"(?:{DAY})(?:零时|起|,|\(含\))*(?:至|到|[-~]){{1,2}}({DAY})"
)
_BEGIN: Final = re.compile(
    rf"(?:自|从|由|于(?=(?:{DAY})起?(?:正式)?(?:生效|开通|起租))"
    r"|(?:起租|起始|开始|起算|生效|开通|交付)日期?[为是:]{0,2})"
    rf"({DAY})|({DAY})(?:起|开始)"
)
_TERM_LENGTH: Final = re.compile(
    rf"(?<!前)(?<!\d)(?:{FIGURE})\(?(?:\d{{1,4}})?\)?(?:个月|个自然月|年)(?!\d|[前以之内后]|度)"
)
_EVENT: Final = re.compile(
    r"(?:(?:自|从|以|由)(?:本|该)?(?:合同|协议)?(?:由|经)?(?:甲乙|甲、乙)?(?:双方|各方)?"
    r"(?:代表)?(?:服务|设备|房屋)?(?P<what>[一-龥、]{2,12}?)|(?P<signed>签[订署字约](?:盖章)?|生效))"
    r"(?:之日|日|当日)(?:起|开始|始|为始)"
)
_NO_END: Final = re.compile(
    r"长期有效|(?:不设|不约定|未约定|未设定?|没有约定|没有|不规定|无)(?:明确|具体|固定)?的?"
    r"(?:终止|截止|到期|届满|结束)(?:的?(?:日期|时间|期限)|日)"
    r"|(?:无|不设|不约定|未约定|没有)固定的?(?:租赁|服务|合同|托管|使用|入驻|租用)?期限"
    r"|(?:租赁|服务|合同|托管|使用|入驻|租用)期限?(?:为|是)?不[定限]期?|不定期租赁|不定期限"
)
_OF_ANOTHER_TERM: Final = re.compile(
    "提前|通知|告知|支付|付款|付清|付费|收费|免费|缴|交纳|结算|租金按|押金|每|逾期|拖欠|免租|装修"
    "|自动续|顺延|延长|试用|保密|最短|最低|至少|不少于|保修|质保"
)
"""What a clause has whose length of time is no term: of a notice, of a payment."""
_CLAUSES: Final = re.compile(r"[,。;\n]+|\((?!\d)|(?<!\d)\)")
_THIS_CONTRACT: Final = re.compile("本(?:合同|协议|约|契约|合约)")
_FORMER: Final = re.compile(r"原(?:合同|协议|租期|租约|租赁|期限|到期|签)")
_ENDS_LATER: Final = re.compile(
    rf"({DAY})(?:终止|届满|到期|期满|失效|结束|截止|止)(?=[,。;\n]|$)"
)
"""A last day without 至: 自2026年7月1日起生效,2029年6月30日终止."""
_TERMS: Final = ("有效期", "合同期限", "协议期限", "合同期", "服务期", "租期", "期限为")
_HAN_BEFORE: Final = re.compile(r"[^一-龥]")
_OF_CONTRACT: Final = re.compile(
    r"(?:第[一二三四五六七八九十]+条)?(?:本|该|合同|协议|双方|甲方|乙方|约定|提供|承租|出租|租赁|租用|托管|服务|使用|房屋"
    r"|设备|机柜|服务器|总|自|向|给|为|的)*"
)
"""What may stand right before the term of a contract, to say that it is its own."""
_LINKS: Final = re.compile(
    rf"(?:{DAY}|{LENGTH}|[\s\[\]()_,、:\"“”~-]|本|该|合同|协议|租赁|承租|租用|服务|托管|使用|入驻|有效|期限?|期间|时间"
    r"|租期|的|自|从|由|于|[为是即共计合总算满零时含]|开始|[起始至到止终]|终止|届满|到期|失效|结束|截止|起算|起租|计算|生效"
    r"|之?日|当日|正式|交付|开通|双方|约定|商定|签[订署]|执行|甲方|乙方|房屋|场地|设备|机柜|服务器|经营|许可证?)*"
)
"""What stands between the name of a term, its days and its length, and links them."""
_OF_A_CASE: Final = re.compile(
    "若|如(?![下上期约])|倘|假如|一旦|续租|续签|转租|分租|原"
)
"""What before a term says that it is that of a case, or of another contract."""
_SIGNED: Final = re.compile("签[订署约字章]|盖章|订立|生效|成立")
_SIGNING_WORDS: Final = "签订|签署|签约|签字|订立|生效"
_SIGNED_DAY: Final = re.compile(rf"(?:^|[\n\t])(?:日期[:]?)?[\t]?({DAY})(?=[\n\t]|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TermEnd:
    """The end of a term; `is_linked`: only links stand between it and its name."""

    value_read: ValueRead
    is_linked: bool


@dataclass(frozen=True)
class TermFinder:
    """Finds the ends of terms in the sentences of a paper, for one kind of reading."""

    prose: Prose
    reading: PaperFact

    def find(self) -> Iterator[TermEnd]:
        """Find the ends of the terms that sentences give which name one of the labels.

        However they put it: from day to day, or a first day and how long.
        """
        text = self.prose.flow.text
        bare = (label.strip(REST) for label in self.reading.labels)
        labels = [fold_signs(label) for label in bare if REST not in label]
        for start, end in self.prose.list_sentences():
            sentence = text[start:end]
            if any(
                compile_phrase(phrase, DAY).search(sentence)
                for phrase in self.reading.unless
            ):
                continue
            no_end = find_no_end(sentence)
            if no_end is not None:
                named = any(label in sentence for label in labels)
                begun = named or any(
                    pattern.search(sentence) for pattern in (_THIS_CONTRACT, _BEGIN)
                )
                if begun and self.reading.by is FoundBy.NO_END:
                    first, last = no_end
                    quote = self.prose.flow.quote(start + first, start + last)
                    yield TermEnd(
                        value_read=ValueRead(value=True, quote=quote),
                        is_linked=_is_linked(sentence, labels, [no_end]),
                    )
                continue
            relative = self._read_relative(sentence, labels, start)
            if relative is not None:
                yield TermEnd(value_read=self._say_end(relative), is_linked=True)
                continue
            spans = _find_spans(sentence, labels)
            end_read = None if spans is None else self._read_spans(spans, start)
            if spans is not None and end_read is not None:
                yield TermEnd(
                    value_read=self._say_end(end_read),
                    is_linked=_is_linked(sentence, labels, spans),
                )

    def choose(self, told: Collection[object]) -> list[TermEnd]:
        """Choose the ends of the term of the contract, if phrases do not tell it.

        `told` is what phrases have found. Where that is several days, it is the one to
        which the name of the term is linked: others end a trial, a rent of others or
        an earlier contract. Empty where it is one day, or nothing is certain.
        """
        if len(told) == 1:
            return []
        ends = sorted(self.find(), key=lambda end: not end.is_linked)
        if told:
            ends = [end for end in ends if end.is_linked]
        values = {end.value_read.value for end in ends}
        return ends if len(values) == 1 and (not told or values <= set(told)) else []

    def _say_end(self, end_read: ValueRead) -> ValueRead:
        """Say the last day, or that there is one."""
        if self.reading.by is FoundBy.NO_END:
            return ValueRead(value=False, quote=end_read.quote)
        return end_read

    def _read_spans(self, spans: Sequence[TextSpan], start: int) -> ValueRead | None:
        """Read a last day, or a first day and a length, of a sentence at `start`."""
        first, last = min(spans)[0], max(spans)[1]
        quote = self.prose.flow.quote(start + first, start + last)
        text = self.prose.flow.text
        texts = [text[start + begin : start + end] for begin, end in spans]
        return (
            read_last_day(texts[0], quote)
            if len(texts) == 1
            else read_term(texts, quote)
        )

    def _read_relative(
        self, sentence: str, labels: Sequence[str], start: int
    ) -> ValueRead | None:
        """Read the end of a term that runs from an event: 自签订之日起三年.

        None where the paper does not give the one day of the event.
        """
        event = _EVENT.search(sentence)
        lengths = list(_list_lengths(sentence))
        if event is None or len(lengths) != 1 or find_days(sentence):
            return None
        if not any(_names_term(sentence, name) for name in (*labels, *_TERMS)):
            return None
        months = find_term(lengths[0][0])
        within = sentence[lengths[0].end() :]
        if months is None or within.startswith(("内", "之内", "以内")):
            return None
        day = self._find_event(event["what"] or event["signed"])
        if day is None:
            return None
        last = max(event.end(), lengths[0].end())
        first = min(event.start(), lengths[0].start())
        quote = self.prose.flow.quote(start + first, start + last)
        return ValueRead(end_of_term(day, months), quote)

    def _find_event(self, event: str) -> date | None:
        """Find the one day on which a paper was signed, or another event took place."""
        signing = _SIGNED.search(event) is not None
        words = _SIGNING_WORDS if signing else re.escape(event)
        dated = re.compile(
            rf"(?:{words})(?:日期|时间|日|之日|于|在|\(?(?:盖章|签章|签字|公章)\)?|[:为是\t])*({DAY})"
        )
        days = {
            day.value
            for match in dated.finditer(self.prose.flow.text)
            for day in find_days(match[1])
        }
        if not days and signing:
            # What stands alone where the paper is signed, on either side.
            days = {
                day.value
                for match in _SIGNED_DAY.finditer(self.prose.flow.text)
                for day in find_days(match[1])
            }
        return days.pop() if len(days) == 1 else None


def _find_spans(sentence: str, labels: Sequence[str]) -> Sequence[TextSpan] | None:
    """Find where the one last day of a term stands, or its first day and its length."""
    ranges = list(_RANGE.finditer(sentence))
    begins = list(_BEGIN.finditer(sentence))
    ends = list(_ENDS_LATER.finditer(sentence))
    of_contract = _THIS_CONTRACT.search(sentence) is not None
    named = any(label in sentence for label in labels)
    if not named and not (of_contract and len(begins) == len(ends)):
        return None
    lengths = list(_list_lengths(sentence))
    if (
        (not ranges and len(begins) == len(ends) == 1)
        and begins[0].end() < ends[0].start()
        and not _FORMER.search(sentence)
    ):
        return [ends[0].span(1)]
    if len(ranges) == 1:
        return [ranges[0].span(1)]
    if not ranges and len(begins) == 1 and len(lengths) == 1:
        return [begins[0].span(), lengths[0].span()]
    return None


def _is_linked(sentence: str, labels: Sequence[str], spans: Sequence[TextSpan]) -> bool:
    """Whether nothing stands between the name of a term and its days but links.

    The name is a label, or 本合同; no case and no other contract stands before it.
    """
    names = "|".join((*map(re.escape, labels), _THIS_CONTRACT.pattern))
    for name in re.finditer(names, sentence):
        words = sorted([name.span(), *spans])
        before = _HAN_BEFORE.split(sentence[: name.start()])[-1]
        if (
            are_linked(sentence, words, _LINKS)
            and (words[0] != name.span() or _OF_CONTRACT.fullmatch(before))
            and not _OF_A_CASE.search(sentence[: words[0][0]])
        ):
            return True
    return False


def _names_term(sentence: str, name: str) -> bool:
    """Whether a sentence is of the term of the contract itself: 保密期限 is not."""
    return any(
        _OF_CONTRACT.fullmatch(_HAN_BEFORE.split(sentence[: match.start()])[-1])
        for match in re.finditer(re.escape(name), sentence)
    )


def find_no_end(text: str) -> tuple[int, int] | None:
    """Find where a text says that a term has no end: 长期有效, 不设终止日期."""
    return next(
        (
            match.span()
            for match in _NO_END.finditer(text)
            if not is_taken_back(text, *match.span())
        ),
        None,
    )


def is_term_length(text: str, start: int, end: int) -> bool:
    """Tell whether a length of time at a place speaks of the term: no 免租期三个月."""
    first = max(text.rfind(stop, 0, start) for stop in ",。;\n") + 1
    return _OF_ANOTHER_TERM.search(text, first, end) is None


def find_term_lengths(text: str) -> frozenset[int]:
    """Find how long the terms are that a text gives, in months, each once.

    The length of a notice or of a payment is none: 须提前三个月书面告知.
    """
    folded = fold_signs("".join(text.split()))
    lengths = (find_term(match[0]) for match in _list_lengths(folded))
    return frozenset(length for length in lengths if length is not None)


def _list_lengths(text: str) -> Iterator[re.Match[str]]:
    """List the lengths of time whose clause speaks of no other time than a term."""
    start = 0
    for stop in (*_CLAUSES.finditer(text), None):
        end = len(text) if stop is None else stop.start()
        if not _OF_ANOTHER_TERM.search(text, start, end):
            yield from _TERM_LENGTH.finditer(text, start, end)
        start = end if stop is None else stop.end()


def read_length(text: str, unit: str) -> int | None:
    """Read a length of time in months or days; None where it is none in whole ones."""
    if text == "半年":
        return 6 if unit == "months" else None
    match = re.match(rf"({FIGURE})(?:\(\d+\))?(.+)", text)
    number = None if match is None else parse_count(match[1])
    if match is None or number is None:
        return None
    measure = match[2].replace("自然", "")
    if unit == "months":
        if measure in ("日", "天"):
            return number // 30 if number % 30 == 0 or number in (180, 365) else None
        return {"个月": number, "年": number * 12}.get(measure)
    if measure == "小时":
        return number // 24 if number % 24 == 0 and number else None
    return {"日": number, "天": number, "个日": number}.get(measure)


def read_last_day(text: str, quote: Quote) -> ValueRead | None:
    """Read the one day of a text, or the last day of its one month."""
    days = find_days(text)
    if len(days) == 1:
        return ValueRead(days[0].value, quote)
    months = find_months(text)
    return ValueRead(months[-1].value, quote) if len(months) == 1 else None


def is_end_of_month(value_read: ValueRead | None) -> bool:
    """Tell whether what was read is the last day of a month."""
    return (
        value_read is not None
        and isinstance(value_read.value, date)
        and (value_read.value + timedelta(days=1)).day == 1
    )


def read_term(texts: Sequence[str], quote: Quote) -> ValueRead | None:
    """Read the last day of a term of which its first day and its length are said."""
    starts = [days[0].value for text in texts if (days := find_days(text))]
    lengths = [
        length
        for text in texts
        if not find_days(text) and (length := find_term(text)) is not None
    ]
    if len(starts) != 1 or len(lengths) != 1:
        return None
    last_day: date = end_of_term(starts[0], lengths[0])
    return ValueRead(last_day, quote)
