"""What a paper says besides a value that leaves the value to a person.

A balance of which a part is frozen is not all there to be used, a contract that was
ended or is a draft shows nothing, a page that found nothing denies. What a kind of
paper lists for that is looked for here, once the values are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from statistics import median
from typing import Final

from changqing.evidence.denials import is_event_denied, is_event_supposed, is_rule
from changqing.evidence.parse import find_days
from changqing.evidence.void_marks import HEAD_ROWS, ends_contract, is_stamped_void
from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.flow import fold_signs
from changqing.readers.forms import DIFFERENT, find_subject
from changqing.readers.layout import PageLayout, Quote, squeeze
from changqing.readers.paid_months import STATE_COLUMN, judge_state
from changqing.readers.phrases import Prose
from changqing.readers.proposal import PaperPages, ProposedFact, UnclearFact
from changqing.readers.terms import DAY, MONTH
from changqing.readers.values import find_label_unit, find_unit, read_amount
from changqing.rules.types import Value
from changqing.text import Text

DOUBTED: Final = Text(
    zh="材料上另有一句话，使这个数不能直接算数",
    en="another sentence of the paper keeps this value from counting as it stands",
)
ENDED: Final = Text(
    zh="材料写着它已经终止、解除或注销，不能再作证据",
    en="the paper says that it was ended, and it shows nothing any more",
)
DRAFT: Final = Text(
    zh="材料写着它是草稿或已作废，请换定稿、签署过的",
    en="the paper calls itself a draft or void; take the final, signed one",
)
DATED_BEFORE: Final = Text(
    zh="落款日期早于材料所说的截至日期，可能有一个读错了",
    en="the day of issue is before the day up to which the paper speaks; one may be "
    "misread",
)
FEWER_MONTHS: Final = Text(
    zh="报表只到这个月，不是全年的数；请换年度报表，或者自己填近12个月的数",
    en="the statement ends with this month and is not of a whole year; take that of a "
    "year, or give the figure of the last twelve months yourself",
)
_OF_YEAR: Final = re.compile(
    r"年度|全年|(?<!\d)12月|(?<!\d)12个月|十二个?月|20\d{2}[-/.]12(?!\d)|自?成立(?:以来|至)"
)
"""What a statement says of a whole year, or of all the time there was, has in it."""
_LAST_MONTH: Final = re.compile(
    r"20\d{2}年(?:\d{1,2}月?[-~至到](?:20\d{2}年)?)?\d{1,2}月(?!\d{1,2}日|[-~至到])"
    r"|所属期止[:\s]*20\d{2}[-/.年]\d{1,2}"
    r"|20\d{2}年度?(?:第?[一二三四1-4]季度|[上下]半年|前[一二三]个?季度)"
    r"|(?<![-~至到])20\d{2}[-/.年](?:0?[13578][-/.月]31|10[-/.月]31|(?:0?[469]|11)[-/.月]30"
    r"|0?2[-/.月]2[89])(?!\d)"
)
"""The month with which the period of a statement ends, or a part: 2026年1-9月.

The last day of a month that a statement names alone is the end of what it is of.
"""
_YEAR_NAMED: Final = re.compile(r"(20\d{2})年度")
_ANY_DAY: Final = re.compile(r"(20\d{2})[-/.年](\d{1,2})[-/.月]\d{1,2}(?!\d)")
_LAST_OF_YEAR: Final = 12  # the month without which a year is not whole
_UP_TO: Final = re.compile(
    rf"(?<![期限效务约租])截[至止到](?:(?P<day>{DAY})|(?P<month>{MONTH}))(?![止前])"
)
"""Up to which day or month a paper says what was; 有效期截至 is none."""
_ANOTHER_PAPER: Final = re.compile(
    r"(?:原|旧|前|此前|上一?份|该等|其他|他)[^,。;:\n]{0,10}$|(?:之|当|次|届满|期满)$"
)
_STAMP_SIZE: Final = 1.4
"""How much taller than the other words of a page a stamp is at least."""
_SLOT: Final = r"[^。;\n]{1,24}?"
_STOPS: Final = "。;\n"
PART_HELD: Final = Text(
    zh="其中一部分被冻结、质押或受限，材料没有写明剩多少可用",
    en="a part of it is frozen, pledged or held, and what is left is not stated",
)
_DISCLAIMED: Final = re.compile(r"[^。;\n]{0,40}(?:不承担|不负|免责|概不|无关)")
_NOTHING: Final = (
    r"(?:0+(?:\.0+)?(?:元|%|万元)?(?![\d.,])|[零〇○](?![一-龥\d])|零元|无|否|未|没有|不|正常"
    r"|-+|/)"
)
_GLOSS: Final = r"(?:\t?[A-Za-z][A-Za-z.& ]{1,23})?"  # 冻结状态 Status
_NONE_OF_IT: Final = re.compile(
    r"^(?:(?:金额|余额|资金|款项|存款|合计|总额|情况|状态|标志|记录|部分|信息|限制|原因|日期|期限"
    r"|占比|比例|止付|质押|冻结|查封|扣划|[/、或及和的])+(?:\([^()]{1,6}\))?"
    rf"{_GLOSS}"
    rf"(?:[:为]\t?|是(?=[:无否零0没未不])|\t|¥|￥|人民币)*(?:{_NOTHING}|$|\n|。)"
    rf"|(?:\([^()]{{1,6}}\))?[:\t](?:¥|￥|人民币)?{_NOTHING})"
)
"""What stands after the words of a label that says that there is nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What a paper itself says against a value of its own, and its words."""

    why: Text
    quote: Quote


def weigh_caveats(
    paper: PaperPages, proposals: Iterable[ProposedFact | UnclearFact]
) -> Iterator[ProposedFact | UnclearFact]:
    """Leave to a person what the paper itself does not let count as it stands.

    Of an amount of which a part is not free, what is left of it is meant where the
    paper says how much that is.
    """
    readings = list(proposals)
    void = find_void(paper)
    denials = {} if void is not None else dict(_find_denials(paper, readings))
    for fact in readings:
        key = f"{fact.subject.type}.{fact.fact}"
        if void is not None and fact.subject.type != "paper":
            yield _leave_unclear(fact, void)
            continue
        denial = denials.pop(key, None)
        reading = paper.material.reads.get(key)
        if denial is not None or reading is None or isinstance(fact, UnclearFact):
            yield denial or fact
            continue
        free = _find_free(paper, reading, fact)
        against = None if free else find_objection(paper, reading, fact.value)
        against = against or _find_later_day(paper, fact)
        yield free or (fact if against is None else _leave_unclear(fact, against))
    yield from denials.values()


def _find_later_day(paper: PaperPages, proposed_fact: ProposedFact) -> Objection | None:
    """Find the day up to which a paper says what was, where it is dated before it.

    A statement of 截至2026年11月10日 was not issued in 2020: one of both is misread.
    """
    if proposed_fact.subject.type != "paper" or proposed_fact.fact != "issued_on":
        return None
    flow = paper.flow
    for match in _UP_TO.finditer(flow.text):
        words = match["day"] or f"{match['month']}1日"
        for day in find_days(words):
            if (
                isinstance(proposed_fact.value, date)
                and proposed_fact.value < day.value
            ):
                group = "day" if match["day"] else "month"
                return Objection(why=DATED_BEFORE, quote=flow.quote(*match.span(group)))
    return None


def _leave_unclear(
    reading: ProposedFact | UnclearFact, against: Objection
) -> UnclearFact:
    quotes = reading.quotes if isinstance(reading, UnclearFact) else (reading.quote,)
    return UnclearFact(
        subject=reading.subject,
        fact=reading.fact,
        why=against.why,
        quotes=(*quotes, against.quote),
    )


def find_objection(
    paper: PaperPages, reading: PaperFact, value: Value
) -> Objection | None:
    """Find what a paper says against a value of a fact, wherever it stands."""
    short = _find_short_period(paper) if reading.of_year else None
    if short is not None:
        return Objection(why=FEWER_MONTHS, quote=short)
    free = _find_least(paper, reading.free)
    part_held = next(
        (amount for amount in _list_amounts(paper, reading.held) if amount[0]), None
    )
    if free is not None and isinstance(value, int):
        if value > free[0]:
            return Objection(why=PART_HELD, quote=free[1])
        if value < free[0] or part_held is not None:
            return None
    doubt = find_doubt(paper, reading)
    if doubt is not None:
        return Objection(why=DOUBTED, quote=doubt)
    if part_held is not None:
        return Objection(why=PART_HELD, quote=part_held[1])
    denial = None
    if value is True:
        denial = _find_denial(paper, reading) or _find_stop(paper, reading)
    return None if denial is None else Objection(why=DIFFERENT, quote=denial)


def _find_stop(paper: PaperPages, reading: PaperFact) -> Quote | None:
    """Find the state beside its label that says no to what stands there: 暂停参保."""
    labels = paper.material.columns.get(STATE_COLUMN, ())
    if reading.by is not FoundBy.PRESENT or not reading.words:
        return None
    return next(
        (
            beside.value
            for page in paper.pages
            for beside in paper.find_beside(page, labels)
            if beside.how in ("colon", "right", "glued")
            if not _OF_A_HEAD.search(beside.value.text.strip())
            if judge_state(beside.value.text, reading.words) is False
        ),
        None,
    )


_OF_A_HEAD: Final = re.compile("(?:日期|时间|年月|月份|月数|原因|状态|情况|标志|类型)$")
"""What the next head in a row of heads ends with: 参保状态 | 停保日期."""


def _find_short_period(paper: PaperPages) -> Quote | None:
    """Find the last month of a statement that is not of a whole year.

    One that calls itself of a year, and whose newest day is before that year's last
    month, was drawn up while the year ran.
    """
    flow = paper.flow
    years = [int(match[1]) for match in _YEAR_NAMED.finditer(flow.text)]
    months = {
        (int(match[1]), int(match[2])): match for match in _ANY_DAY.finditer(flow.text)
    }
    if years and months and max(months) < (max(years), _LAST_OF_YEAR):
        return flow.quote(*months[max(months)].span())
    month = _LAST_MONTH.search(flow.text)
    if month is None or _OF_YEAR.search(flow.text):
        return None
    return flow.quote(*month.span())


def find_void(paper: PaperPages) -> Objection | None:
    """Find why a paper shows nothing any more, and the words that say so.

    By a stamp or the end of its title (草案), or by what `void` lists in a sentence
    that is no condition (双方协商一致解除的) and speaks of no other paper.
    """
    for number, page in enumerate(paper.pages):
        for place, row in enumerate(page.rows):
            for at in row:
                words = squeeze(page.spans[at].text)
                head = number == 0 and place < HEAD_ROWS
                if head and paper.material.void and ends_contract(words):
                    return Objection(why=ENDED, quote=page.quote_spans([at]))
                if is_stamped_void(words, in_head=head) and (
                    head or _is_set_large(page, at)
                ):
                    return Objection(why=DRAFT, quote=page.quote_spans([at]))
    prose = Prose(paper.flow)
    text = prose.flow.text
    for match in prose.find_phrases(paper.material.void, _SLOT):
        begin = max(text.rfind(stop, 0, match.start) for stop in _STOPS) + 1
        before = _drop_names(paper, text[begin : match.start])
        whole = before + text[match.start : match.end]
        if (
            not is_event_supposed(whole, text[match.end : match.end + 24])
            and not is_event_denied(before)
            and not _ANOTHER_PAPER.search(before)
        ):
            return Objection(why=ENDED, quote=prose.flow.quote(match.start, match.end))
    return None


def _is_set_large(page: PageLayout, at: int) -> bool:
    """Whether words are set larger than those of their page, as a stamp across it is.

    初稿 in a cell of a list of versions, or 作废 beside an annex, is none.
    """
    box = page.spans[at].box
    tall = [span.box.bottom - span.box.top for span in page.spans if span.box]
    return box is not None and box.bottom - box.top > _STAMP_SIZE * median(tall)


def _drop_names(paper: PaperPages, text: str) -> str:
    """Take the names of the case out of a text: 如意公司 supposes nothing."""
    names = (paper.names.applicant, *chain(*paper.names.members.values()))
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(fold_signs(name), "")
    return text


def _find_denials(
    paper: PaperPages, readings: Sequence[ProposedFact | UnclearFact]
) -> Iterator[tuple[str, ProposedFact | UnclearFact]]:
    """What `denied_by` says no to; unclear where the paper says yes to one of them.

    Nothing of a paper that is about another domain: what was looked for there is not
    what the case asks.
    """
    listed = {
        k: reading for k, reading in paper.material.reads.items() if reading.denied_by
    }
    quotes = {
        key: quote
        for key, reading in listed.items()
        if (quote := _find_denial(paper, reading)) is not None
    }
    facts_by_reader = [
        (reading.by, fact)
        for fact in readings
        if isinstance(fact, ProposedFact)
        and (reading := listed.get(f"{fact.subject.type}.{fact.fact}")) is not None
    ]
    if any(
        by is FoundBy.DOMAIN and fact.value is False for by, fact in facts_by_reader
    ):
        return
    yes = next(
        (
            fact.quote
            for by, fact in facts_by_reader
            if by is FoundBy.WORDS and fact.value is True
        ),
        None,
    )
    for key, quote in quotes.items():
        fact = paper.find_fact(key)
        subject = find_subject(paper, fact.subject)
        if subject is None:
            continue
        if yes is not None:
            yield (
                key,
                UnclearFact(
                    subject=subject, fact=fact.id, why=DIFFERENT, quotes=(yes, quote)
                ),
            )
            continue
        yield (
            key,
            ProposedFact(
                subject=subject,
                fact=fact.id,
                value=False,
                quote=quote,
                confidence=min(93, quote.confidence),
            ),
        )


def _find_denial(paper: PaperPages, reading: PaperFact) -> Quote | None:
    """Find the words of `denied_by` that say no, and are no rule: 未备案的不得开通."""
    prose = Prose(paper.flow)
    text = prose.flow.text
    for match in prose.find_phrases(reading.denied_by, _SLOT, reading.unless):
        begin = max(text.rfind(stop, 0, match.start) for stop in _STOPS) + 1
        before = _drop_names(paper, text[begin : match.start])
        after = text[match.end : match.end + 24]
        if not is_event_supposed(before, after) and not is_rule(after):
            return prose.flow.quote(match.start, match.end)
    return None


def find_doubt(paper: PaperPages, reading: PaperFact) -> Quote | None:
    """Find the words of `doubted_by` that a paper says, and does not take back."""
    prose = Prose(paper.flow)
    text = prose.flow.text
    for match in prose.find_phrases(reading.doubted_by, _SLOT):
        begin = max(text.rfind(stop, 0, match.start) for stop in f"{_STOPS}\t,") + 1
        before = _drop_names(paper, text[begin : match.start])
        if is_event_supposed(before) or is_event_denied(before):
            continue
        if _DISCLAIMED.match(text, match.end):
            continue
        if not _NONE_OF_IT.match(text[match.end : match.end + 40]):
            return prose.flow.quote(match.start, match.end)
    return None


def _find_free(
    paper: PaperPages, reading: PaperFact, proposed_fact: ProposedFact
) -> ProposedFact | None:
    """Find what is left of an amount, where the paper says so and it is less."""
    free = _find_least(paper, reading.free)
    if (
        free is None
        or not isinstance(proposed_fact.value, int)
        or free[0] >= proposed_fact.value
    ):
        return None
    fen, quote = free
    return ProposedFact(
        subject=proposed_fact.subject,
        fact=proposed_fact.fact,
        value=fen,
        quote=quote,
        confidence=min(proposed_fact.confidence, quote.confidence),
    )


def _find_least(paper: PaperPages, labels: tuple[str, ...]) -> tuple[int, Quote] | None:
    amounts = _list_amounts(paper, labels)
    return min(amounts, default=None, key=lambda amount: amount[0])


def _list_amounts(
    paper: PaperPages, labels: tuple[str, ...]
) -> Iterator[tuple[int, Quote]]:
    """The amounts beside some labels, in fen; a 0 without its fen is one as well."""
    for page in paper.pages:
        for beside in paper.find_beside(page, labels):
            unit = find_label_unit(beside.note)
            unit = find_unit(page) if unit is None else unit
            amount = read_amount(beside.value, unit=unit)
            if (
                amount is not None
                and not amount.doubtful
                and isinstance(amount.value, int)
            ):
                yield amount.value, amount.quote
            elif squeeze(beside.value.text).startswith(("0", "〇", "零", "○")):
                yield 0, beside.value
