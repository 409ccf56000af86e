"""Facts that stand beside a label, as on licences, certificates and filled-in forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from changqing.case.numerals import HAN_NUMERALS
from changqing.case.subjects import Subject
from changqing.evidence.parse import (
    find_amounts,
    find_days,
)
from changqing.evidence.reading import WHOLE
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.label_spots import LabelledValue
from changqing.readers.labelled_terms import (
    ENDS,
    compute_term_end,
    drop_other_terms,
    ends_there,
    is_end,
)
from changqing.readers.layout import (
    PageLayout,
    Quote,
    measure_height,
    squeeze,
)
from changqing.readers.lone_values import (
    find_lone_code,
    find_lone_value,
)
from changqing.readers.product_rows import read_column
from changqing.readers.proposal import PaperPages, ProposedFact, SelfCheck, UnclearFact
from changqing.readers.running_balance import find_closing_balance
from changqing.readers.terms import find_no_end
from changqing.readers.values import (
    OWED,
    REST,
    ValueRead,
    choose_domain,
    find_label_unit,
    find_unit,
    read_domain,
    read_plain_value,
    read_province,
    read_relation,
    read_whose,
    read_words,
    take_company,
    take_part,
    take_person,
)
from changqing.readers.whole_values import (
    address_goes_on,
    address_lacks_place,
    is_part_of_list,
    lacks_section,
)
from changqing.rules.types import Kind
from changqing.text import Text

_OF_TERMS: Final = (FoundBy.LAST_DAY, FoundBy.NO_END)
_OF_NAMES: Final = (FoundBy.APPLICANT, FoundBy.RELATION)
_OF_PERSONS: Final = ("company_name", "person")
"""Kinds of text that the name of a person may be."""
_LINES: Final = {
    "address": 3,
    "company_name": 3,
    "domain": 2,
    "plain": 2,
    "credit_code": 2,
}
"""How many lines a text of a kind may take; a set of words takes as many as it has."""
_SURE: Final = {
    "colon": 97,
    "cell": 97,
    "right": 95,
    "glued": 93,
    "clause": 90,
    "below": 88,
    "torn": 84,
}
_OTHERWISE: Final = 25
"""How much less sure a label is that is printed in other words: a person is asked."""
_BESIDE_AMOUNT: Final = 40  # letters after an amount in which it may be said again
_ENDS_COMPANY: Final = re.compile(r"公司\s*[。;；]?\s*$")
_TORN_DAY: Final = re.compile(r"(?:[-/.年月\-—–~至到]|20\d{0,2}|[-/.年月]\d{1,2})\s*$")
"""The end of a line within a day, or before one: 2028年2月1, or 2025-01-05至."""
_TORN_AMOUNT: Final = re.compile(rf"^[^元圆整]*[{HAN_NUMERALS}]$")
"""The first line of an amount in words whose 元 stands in the next."""
_LEAST_PIXELS: Final = 15  # high; a line of smaller letters is read wrong too often
DIFFERENT: Final = Text(
    zh="材料里写了不同的数，不能替人挑一个",
    en="the paper says two different values, and nobody should choose for it",
)
BAD_CODE: Final = Text(
    zh="读到的代码校验位不符，请对照原件",
    en="the code as read fails its check digit; compare it with the original",
)


def find_in_forms(paper: PaperPages) -> Iterator[ProposedFact | UnclearFact]:
    """Find the facts for which `reads` lists labels."""
    for _, fact, reading in paper.list_reads("labels"):
        subject = find_subject(paper, fact.subject)
        if subject is not None:
            yield from _find_fact(paper, fact, reading, subject)


def find_subject(paper: PaperPages, kind: str) -> Subject | None:
    """Find whom the facts of a type in a paper are about; None where it does not say.

    The applicant, the service and the paper itself; a person or holder by the name
    beside the labels that `parties` lists.
    """
    match kind:
        case "applicant":
            return paper.applicant
        case "service":
            return paper.service
        case "paper":
            return paper.paper
    party = find_party(paper, kind)
    if party is not None:
        return paper.names.find_or_make(kind, party.text)
    # Where no label names anybody, the one member of the case who stands in it.
    text = "".join(page.text for page in paper.pages)
    members = {
        subject
        for name, subject in paper.names.members.get(kind, {}).items()
        if squeeze(name) in text
    }
    return members.pop() if len(members) == 1 else None


def find_party(paper: PaperPages, kind: str) -> Quote | None:
    """Find the name that stands beside the labels of a party of the paper."""
    parties = list(_list_parties(paper, kind))
    # What stands below a head may be one of a column; what is beside a label is meant.
    parties.sort(key=lambda party: party[2] == "below")
    if kind != "person" or not parties:
        return parties[0][1] if parties else None
    # Of several names beside one label the one that the case knows is meant.
    label, first, _ = parties[0]
    return next(
        (
            name
            for other_label, name, _ in parties
            if other_label == label and paper.names.knows(name.text)
        ),
        first,
    )


def _list_parties(paper: PaperPages, kind: str) -> Iterator[tuple[str, Quote, str]]:
    """List the names beside the labels of a party, with the label of each, and how."""
    labels = paper.material.parties.get(kind, ())
    lines = 1 if kind == "person" else 2  # a company's name may run on, a person's not
    for page in paper.pages:
        for beside in paper.find_beside(page, labels, lines=lines):
            if kind == "person":
                name = take_person(beside.value) or _find_known(paper, beside.value)
            else:
                name = take_company(beside.value)
            if name is None and beside.first is not None:
                name = take_company(beside.first)
            if name is None:
                continue
            sure = name.confidence
            if not paper.names.is_misread(kind, name.text, sure=sure):
                yield beside.label, name, beside.how


def _find_known(paper: PaperPages, quote: Quote) -> Quote | None:
    """The person of the case whose name some words begin with, whatever the surname."""
    plain = squeeze(quote.text)
    persons = paper.names.members.get("person", {})
    names = [name for name in persons if plain.startswith(squeeze(name))]
    return take_part(quote, re.escape(max(names, key=len))) if names else None


def _is_beginning(known: Quote, quote: Quote) -> bool:
    """Whether a known name goes on in other words: 王小明之妻张某."""
    rest = squeeze(quote.text)[len(squeeze(known.text)) :]
    return _OTHER_WORDS.match(rest) is not None


_OTHER_WORDS: Final = re.compile(
    "(?!性别|[男女](?![一-龥])|身份|证件|职务|联系|电话|签)[一-龥]"
)


def _find_fact(
    paper: PaperPages, fact: Fact, reading: PaperFact, subject: Subject
) -> Iterator[ProposedFact | UnclearFact]:
    """Find a fact beside its labels, else where such a fact stands by itself."""
    lines = _LINES.get(fact.text_kind or "", 1)
    if reading.words and fact.type.kind is Kind.SET:
        lines = 30
    elif reading.words or reading.by in (FoundBy.DOMAIN, *_OF_TERMS):
        lines = 2
    elif reading.by in _OF_NAMES:
        lines = _LINES["company_name"]
    candidates: list[tuple[int, ValueRead]] = []
    notes: list[str] = []
    renewed: list[re.Match[str] | None] = []
    broken: list[Quote] = []
    why: Text | None = None
    for page in paper.pages:
        places = list(paper.find_beside(page, reading.labels, lines=lines))
        if fact.unit == "fen" and any(map(_is_torn_amount, places)):
            places = list(paper.find_beside(page, reading.labels, lines=2))
        for beside in places:
            if _is_excepted(reading, beside) or _counts_otherwise(fact, beside):
                continue
            if fact.text_kind == "plain" and _is_whole_company(beside.first):
                beside = replace(beside, value=beside.first or beside.value, first=None)
            if _of_domains(fact, reading):
                one = choose_domain(paper, beside.value)
                if one is None:
                    continue
                beside = replace(beside, value=one)
            if fact.type.kind is Kind.SET and beside.how == "clause":
                continue  # …的经营范围由章程确定 lists nothing
            if fact.type.kind is Kind.SET and is_part_of_list(beside):
                continue
            reading_of_value = read_value(paper, fact, reading, beside, page)
            one_line = fact.type.kind in _ONE_LINE and reading.by not in (
                FoundBy.DOMAIN,
                *_OF_TERMS,
                *_OF_NAMES,
            )
            if beside.first is not None and (
                one_line
                or (reading_of_value is None and fact.type.kind is Kind.TEXT)
                or (reading_of_value is None and reading.by in _OF_NAMES)
                or (reading.by in _OF_TERMS and not _is_torn(beside.first.raw))
                or (fact.unit == "fen" and not _TORN_AMOUNT.search(beside.first.text))
            ):
                first = replace(beside, value=beside.first)
                reading_of_value = (
                    read_value(paper, fact, reading, first, page) or reading_of_value
                )
            of_rows = beside.how == "below" and reading_of_value is None
            if (beside.more or of_rows) and fact.type.kind in _ONE_OF_MANY:
                read_row = partial(_read_row, paper, fact, reading, beside, page)
                reading_of_value = read_column(page, beside.value, fact, read_row)
            if reading_of_value is None:
                continue
            if _is_too_small(paper, page, fact, reading_of_value):
                continue
            if fact.text_kind == "address" and (
                address_goes_on(paper, page, reading_of_value.quote)
                or address_lacks_place(paper, page, beside, reading_of_value)
            ):
                continue
            if reading_of_value.doubtful:
                why = why or reading_of_value.why
                broken.append(reading_of_value.quote)
            else:
                candidates.append((_rate_place(reading, beside), reading_of_value))
                notes.append(squeeze(beside.note + reading_of_value.quote.text))
                renewed.append(_RENEWED.search(squeeze(beside.lead + beside.note)))
    if fact.type.kind is Kind.SET and lacks_section(paper, notes):
        candidates = []
    if any(renewed) and candidates:  # 当前到期日 beside 续费后到期日
        candidates = [
            candidate
            for candidate, label in zip(candidates, renewed, strict=True)
            if label is not None
        ]
    best = max(candidates, key=lambda candidate: candidate[0], default=None)
    if why is OWED:
        best = None  # an overdraft is none less for what else stands there
    if best is not None and best[1].in_words is not None:
        other = next(
            (
                reading_of_value
                for _, reading_of_value in candidates
                if reading_of_value.in_words is not best[1].in_words
            ),
            None,
        )
        if other is not None and other.value != best[1].value:
            broken, best = [best[1].quote, other.quote], None
        elif other is not None:
            figures = other if best[1].in_words else best[1]
            both = frozenset({SelfCheck.WORDS_AND_FIGURES})
            best = best[0], replace(figures, checks=figures.checks | both)
    if best is not None and isinstance(best[1].value, frozenset):
        best = best[0], _join_sets(best[1], candidates, reading)
    agree = best is not None and (
        sum(
            reading_of_value.value == best[1].value
            for _, reading_of_value in candidates
        )
        > 1
    )
    if best is None and not broken and fact.text_kind == "credit_code":
        lone, broken = find_lone_code(paper)
        best = None if lone is None else (92, lone)
    if best is None:
        best = find_lone_value(paper, fact, reading, subject)
    if best is None and not broken and reading.by is FoundBy.BALANCE:
        closing_balance = find_closing_balance(paper.pages)
        if closing_balance is not None:
            fen, quote = closing_balance
            best = 92, ValueRead(fen, quote, frozenset({SelfCheck.SUM}))
    if best is None:
        if broken:
            bad = BAD_CODE if fact.text_kind == "credit_code" else DIFFERENT
            yield UnclearFact(
                subject=subject, fact=fact.id, why=why or bad, quotes=(*broken,)
            )
        return
    sure, reading_of_value = best
    checks = reading_of_value.checks | (
        {SelfCheck.TWO_PLACES} if agree else frozenset()
    )
    yield ProposedFact(
        subject=subject,
        fact=fact.id,
        value=reading_of_value.value,
        quote=reading_of_value.quote,
        confidence=min(sure, reading_of_value.quote.confidence),
        checks=checks,
    )


def _read_row(
    paper: PaperPages,
    fact: Fact,
    reading: PaperFact,
    beside: LabelledValue,
    page: PageLayout,
    quote: Quote,
) -> ValueRead | None:
    return read_value(paper, fact, reading, replace(beside, value=quote), page)


def _is_excepted(reading: PaperFact, beside: LabelledValue) -> bool:
    """Whether `unless` has the label as printed: 冻结余额 is no 余额.

    Nor is what was so before: 原到期日 beside 续费后到期日.
    """
    printed = squeeze(beside.lead + beside.note)
    if _FORMER.match(printed) or _is_of_what_was_before(beside):
        return True
    words = (squeeze(word.removesuffix(REST)) for word in reading.unless)
    return any(word in printed for word in words if word)


_FORMER: Final = re.compile(
    r"\(?(?:原(?![件始因告籍料产则名由])|(?:变更|续[费签租期约展]|调整|更名|变动|增资)前|上一?期)"
)


_RENEWED: Final = re.compile("(?:续[费签租期约展]|延期|延长|变更|调整)之?后")
_LASTING: Final = re.compile(
    r"\s*(?:长期|不定期|无固定期限|永久)\s*(?=[,，。;；(（]|$)"
)
"""What stands beside the label of a term that has no end."""


def _is_of_what_was_before(beside: LabelledValue) -> bool:
    """Whether the sentence of a label is of what was before: 变更前…,实收资本为…."""
    piece = beside.value.pieces[0]
    before = re.split("[。；;]", piece.span.text[: piece.start])[-1]
    return beside.how == "clause" and _FORMER_IN_SENTENCE.search(before) is not None


_FORMER_IN_SENTENCE: Final = re.compile("(?:变更|增资|减资)(?:之)?前")


def _counts_otherwise(fact: Fact, beside: LabelledValue) -> bool:
    """Whether what is beside the label of a count is none: of another line, or time.

    What stands under a label with a colon is of another line; 12个月 counts nothing.
    """
    if fact.unit != "count":
        return False
    colon = beside.note.rstrip().endswith((":", "："))
    in_time = _LENGTH_OF_TIME.fullmatch(squeeze(beside.value.text)) is not None
    return in_time or (beside.how == "below" and colon)


_LENGTH_OF_TIME: Final = re.compile(r"\d+(?:个月|年|天|日|小时|分钟|周)")


def _of_domains(fact: Fact, reading: PaperFact) -> bool:
    return fact.text_kind == "domain" or reading.by is FoundBy.DOMAIN


def _is_torn(first: str) -> bool:
    """Whether the first line of a term breaks off within its last day."""
    return _TORN_DAY.search(first) is not None


def _is_torn_amount(beside: LabelledValue) -> bool:
    """Whether an amount in words breaks off before its 元."""
    return _TORN_AMOUNT.search(beside.value.text) is not None


def _is_whole_company(first: Quote | None) -> bool:
    """Whether the first line of a text ends with a company: what is below is not it."""
    return first is not None and _ENDS_COMPANY.search(first.raw) is not None


def _join_sets(
    best: ValueRead, candidates: Sequence[tuple[int, ValueRead]], reading: PaperFact
) -> ValueRead:
    """Join all that the places of a set name: 许可经营项目 and 一般经营项目 are one."""
    members: set[str] = set()
    for _, value_read in candidates:
        if isinstance(value_read.value, frozenset):
            members |= value_read.value
    catch_all = {value for value, listed in reading.words.items() if REST in listed}
    return replace(best, value=frozenset(members - catch_all or members))


def _is_too_small(
    paper: PaperPages, page: PageLayout, fact: Fact, value_read: ValueRead
) -> bool:
    """Whether the letters of a picture are too small for a text that nothing checks.

    Letters look alike then: 宇 is read for 字. What the case says may be read so.
    """
    box = value_read.quote.box
    if fact.type.kind is not Kind.TEXT or box is None or not page.is_picture:
        return False
    if SelfCheck.CHECK_DIGIT in value_read.checks or paper.names.knows(
        value_read.quote.text
    ):
        return False
    first = page.flat[page.find_place_of(value_read.quote.pieces[0].span)]
    return measure_height(first) * page.page.height < _LEAST_PIXELS * WHOLE


_ONE_LINE: Final = frozenset({Kind.CATEGORY, Kind.BOOLEAN})
"""Types whose value one line says, if it says it at all."""
_ONE_OF_MANY: Final = frozenset({Kind.NUMBER, Kind.DATE})
"""Types of which the first of a column is no value of the paper."""


def _rate_place(reading: PaperFact, beside: LabelledValue) -> int:
    """How sure a place is: by how it stands to its label, and how good the label is."""
    rank = reading.labels.index(beside.label)
    return _SURE[beside.how] - min(rank, 5) - (_OTHERWISE if beside.is_near else 0)


def read_value(
    paper: PaperPages,
    fact: Fact,
    reading: PaperFact,
    beside: LabelledValue,
    page: PageLayout,
) -> ValueRead | None:
    """Make the value that words beside a label say; None if they say none."""
    quote = beside.value
    if reading.columns:
        under = page.find_under(reading.columns, quote)
        quote = quote if under is None else under
    if reading.by in _OF_TERMS:
        quote = drop_other_terms(quote)
    match reading.by:
        case FoundBy.PRESENT:
            there = len(squeeze(quote.text)) >= 4
            return ValueRead(value=there, quote=quote) if there else None
        case FoundBy.APPLICANT:
            return read_whose(paper, quote)
        case FoundBy.RELATION:
            return read_relation(paper, quote)
        case FoundBy.PROVINCE:
            return read_province(paper, reading, quote)
        case FoundBy.NO_END:
            if find_no_end(quote.raw) is not None:
                return ValueRead(value=True, quote=quote)
            days = find_days(quote.raw)
            ends = bool(days) and (
                ends_there(quote, beside.label)
                or compute_term_end(quote.raw, days) is not None
            )
            if not ends and _LASTING.match(quote.raw):
                return ValueRead(value=True, quote=quote)
            return ValueRead(value=False, quote=quote) if ends else None
        case FoundBy.WORDS:
            return read_words(fact, reading.words, quote)
        case FoundBy.VALUE if reading.words:
            return read_words(fact, reading.words, quote)
        case FoundBy.DOMAIN:
            return read_domain(paper, quote)
        case FoundBy.CLOSING_DAY if len(find_days(quote.raw)) > 1:
            return None
        case FoundBy.FIRST_DAY | FoundBy.LAST_DAY | FoundBy.CLOSING_DAY:
            days = find_days(quote.raw)
            if not days:
                return None
            if (
                len(days) == 1
                and reading.by is FoundBy.FIRST_DAY
                and (ENDS.search(quote.raw[: days[0].start]) or is_end(beside, days))
            ):
                return None
            end = compute_term_end(quote.raw, days) if reading.by in _OF_TERMS else None
            if end is not None:
                return ValueRead(end, quote)
            day = days[0] if reading.by is FoundBy.FIRST_DAY else days[-1]
            if reading.by is FoundBy.LAST_DAY and not ends_there(quote, beside.label):
                return None
            return ValueRead(day.value, quote.narrow(day.start, day.end))
        case _:
            unit = find_label_unit(beside.note, quote.raw)
            if unit is None:
                unit = find_unit(page)
            plain = read_plain_value(fact, quote, unit=unit, bound=reading.bound)
            if plain is None and fact.text_kind in _OF_PERSONS:
                known = _find_known(paper, quote)
                if known is not None and not _is_beginning(known, quote):
                    plain = ValueRead(squeeze(known.text), known)
            return plain


_OPPOSITE: Final = re.compile(r"^[（(]?(?:人民币)?[（(]?(?:大写|小写)?[)）]?[:：]?")


def check_amount(
    paper: PaperPages, reading: ProposedFact | UnclearFact
) -> ProposedFact | UnclearFact:
    """Hold an amount against the same in words, or in figures, right after it.

    …合计人民币600,000.00元（大写：壹佰陆拾万元整）: nobody should choose.
    """
    if isinstance(reading, UnclearFact) or not isinstance(reading.value, int):
        return reading
    if paper.catalogue.facts[reading.subject.type, reading.fact].unit != "fen":
        return reading
    page = next(page for page in paper.pages if page.page.number == reading.page)
    place = page.find(reading.quote)
    if place is None:
        return reading
    after = page.text[place[1] : place[1] + _BESIDE_AMOUNT]
    found_amounts = find_amounts(reading.quote.raw)
    if not found_amounts or after[:1] not in {"(", "（", "大", "元", ","}:
        return reading
    tail = re.split("[。;；]", after)[0].lstrip("元,，")
    beside = find_amounts(_OPPOSITE.sub("", tail))
    if not beside or beside[0].start > 2 or beside[0].words is found_amounts[0].words:
        return reading
    if beside[0].fen == reading.value:
        return replace(reading, checks=reading.checks | {SelfCheck.WORDS_AND_FIGURES})
    start = place[1] + after.index(tail)
    quotes = (reading.quote, page.quote(start, start + len(tail)))
    return UnclearFact(
        subject=reading.subject, fact=reading.fact, why=DIFFERENT, quotes=quotes
    )


def merge_proposals(
    proposals: Iterable[ProposedFact | UnclearFact],
) -> Iterator[ProposedFact | UnclearFact]:
    """Keep one proposal for each fact of each subject.

    Of values that differ the surer is kept; where none is surer, nobody chooses and
    the fact is unclear, with the words of both.
    """
    by: dict[tuple[Subject, str], ProposedFact | UnclearFact] = {}
    for proposal in proposals:
        key = (proposal.subject, proposal.fact)
        before = by.get(key)
        by[key] = proposal if before is None else _choose_fact(before, proposal)
    yield from by.values()


def _choose_fact(
    before: ProposedFact | UnclearFact, candidate: ProposedFact | UnclearFact
) -> ProposedFact | UnclearFact:
    if isinstance(before, UnclearFact):
        return before
    if isinstance(candidate, UnclearFact):
        return candidate
    if candidate.value != before.value and candidate.confidence == before.confidence:
        return UnclearFact(
            subject=candidate.subject,
            fact=candidate.fact,
            why=DIFFERENT,
            quotes=(before.quote, candidate.quote),
        )
    return candidate if candidate.confidence > before.confidence else before
