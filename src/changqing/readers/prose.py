"""Facts and elements that stand in sentences, by phrases and their opposites.

`phrases` finds them; here values are made of what stands in their places.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.denials import is_taken_back
from changqing.evidence.parse import find_bound, find_days, parse_count
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import (
    FigureBound,
    FoundBy,
    PaperFact,
)
from changqing.readers.contact_lists import find_contacts
from changqing.readers.flow import Flow, fold_signs
from changqing.readers.forms import DIFFERENT, find_subject
from changqing.readers.joint_values import find_joint_values
from changqing.readers.joint_words import JOINT_CONFIDENCE
from changqing.readers.layout import Quote
from changqing.readers.longest_terms import (
    choose_longest,
    find_unread_term,
    find_working_days,
    is_for_the_hardest,
    is_of_complaints,
)
from changqing.readers.open_points import is_beside_service, is_not_done
from changqing.readers.own_practice import find_own_figure, is_surpassed
from changqing.readers.phrases import SHORT, PhraseMatch, Prose, fold_marks
from changqing.readers.proposal import (
    PaperPages,
    ProposedElement,
    ProposedFact,
    SelfCheck,
    UnclearFact,
)
from changqing.readers.roles import gives_no_role, write_roles
from changqing.readers.slots import is_through, write_slot
from changqing.readers.stances import (
    find_counterparty,
    find_person_named,
    find_side,
    find_stance,
    find_stances,
    find_stances_together,
    say_value,
)
from changqing.readers.stated_words import find_element
from changqing.readers.terms import (
    TermFinder,
    is_end_of_month,
    is_term_length,
    read_last_day,
    read_length,
    read_term,
)
from changqing.readers.values import (
    UNTOLD,
    ValueRead,
    drop_unticked,
    find_unit,
    read_addresses,
    read_plain_value,
    read_province,
    read_relation,
    read_whose,
    read_words,
)
from changqing.rules.types import Kind

_MEASURE: Final = re.compile("^(?:个月|[个人名位台套日天年项条次])")
_VERBS: Final = ("为", "是", "系")
_STATED: Final = frozenset({"company_name", "domain", "email", "plain"})
_LEAST_LABEL: Final = 3  # letters
_OF_COLUMNS: Final = (
    FoundBy.MONTHS,
    FoundBy.NAMES,
    FoundBy.PACE,
    FoundBy.SPAN,
)
"""What `table` finds, with phrases that only help to tell."""
_TERM_RANK: Final = 8  # after all phrases
_JOINT_RANK: Final = 1_000_000
_AFTER_ADDRESS: Final = re.compile(
    r"\((?:以下|下称|简称|建筑|面积|约?\d[\d.]*(?:平方|平米|㎡|m))|的?(?:房屋|房产|场地|物业)?(?:出租|租赁|租给|转租|提供)给"
)
_FULL_ADDRESS: Final = re.compile(
    r"(?:[一-龥]{2,7}(?:省|自治区))?[一-龥]{2,7}?(?:市|自治州|盟)"
    r"[一-龥]{1,9}?(?:区|县|市|旗|镇)[一-龥A-Za-z0-9()#\-]{2,40}?号"
    r"(?:[一-龥A-Za-z0-9()#\-]{0,24}?(?:室|单元|层|楼|房|座|铺|号))*"
    r"(?:\d{2,5}(?=办公|使用))?(?=[,。;、(的]|出租|租给|办公|使用)"
)
_OF_PARTY: Final = re.compile(
    r"(?:住所|住址|地址|通讯处|户籍|所在地|登记地|注册地)[一-龥]{0,3}[:为]?[\t\n]?$"
)
_LONE_RANK: Final = 8
_OWNER: Final = re.compile(
    r"(?:其|自己|本人|本公司|甲方|出租方|出租人)?(?:合法)?"
    r"(?:所有|拥有|自有|享有|名下|使用|管理|经营)(?:并\S{2,8}?)?的"
    r"(?=[^省市区县]{2,8}[省市区县])"
    r"|(?:其|自己|本公司|甲方)名下的?|[^\d]{0,20}(?:[坐座]落[于在]|位于|地处)"
)
_IN_BRACKETS: Final = re.compile(r"[^省市区县路号()]{2,10}\(([^()]{8,})\)")
_EXACT: Final = re.compile(r"[\d号楼室路街巷弄栋幢座层村]")
_SEVERAL: Final = 2


def find_in_prose(
    paper: PaperPages,
) -> Iterator[ProposedFact | UnclearFact | ProposedElement]:
    """Find facts by `phrases` and `words` without labels, elements by their words."""
    prose = Prose(paper.flow)
    for key, reading in paper.material.reads.items():
        fact = paper.find_fact(key)
        subject = find_subject(paper, fact.subject)
        has_phrases = reading.phrases or reading.roles or _may_be_stated(fact, reading)
        if has_phrases and reading.by not in _OF_COLUMNS:
            yield from _PhraseFinder(paper, prose, fact, reading).find(subject)
        elif reading.words and not (reading.labels or reading.columns):
            if subject is None and fact.subject == "person":
                yield from find_stances(paper, prose, fact, reading)
            elif subject is not None:
                yield from find_stance(prose, fact, reading, subject)
        if reading.sides and subject is not None:
            find = find_side if reading.by is FoundBy.APPLICANT else find_counterparty
            yield from find(paper, prose, fact, reading, subject)
    for element, paper_element in paper.material.shows.items():
        yield from find_element(paper, prose, element, paper_element)


def find_together(
    paper: PaperPages, keys_found: Container[str]
) -> Iterator[ProposedFact | UnclearFact]:
    """Find facts by words that stand together, where nothing else found any of them.

    `keys_found` are those of `reads` that were found: applicant.headcount.
    """
    prose = Prose(paper.flow)
    for key, reading in paper.material.reads.items():
        if key in keys_found:
            continue
        fact = paper.find_fact(key)
        subject = find_subject(paper, fact.subject)
        if reading.together:
            yield from _PhraseFinder(paper, prose, fact, reading).find_together(subject)
        if reading.listed_under and subject is not None and key not in keys_found:
            yield from find_contacts(paper, fact, reading.listed_under, subject)
        if reading.words_together:
            yield from find_stances_together(paper, prose, fact, reading, subject)


# Facts whose value stands in a sentence


@dataclass(frozen=True)
class _Reads:
    """Values read in sentences, each with whose it is, by the rank of its phrase.

    `hardest`: the terms said to be for what takes longest; `complained`: the ranks of
    sentences that name complaints.
    """

    by_rank: dict[int, list[tuple[Subject, ValueRead]]] = field(default_factory=dict)
    hardest: set[object] = field(default_factory=set)
    complained: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _PhraseFinder:
    paper: PaperPages
    prose: Prose
    fact: Fact
    reading: PaperFact

    def find(self, subject: Subject | None) -> Iterator[ProposedFact | UnclearFact]:
        """Propose what the first phrase says that says anything."""
        slot = write_slot(self.fact, self.reading)
        phrases = (*self.reading.phrases, *write_roles(self.reading.roles))
        reads = self._collect_reads(self._find_phrases(phrases, slot), subject)
        if subject is not None and self._is_term:
            first = reads.by_rank.get(min(reads.by_rank, default=0), [])
            told = {value_read.value for _, value_read in first}
            if ends := TermFinder(self.prose, self.reading).choose(told):
                rank = _TERM_RANK if ends[0].is_linked else _JOINT_RANK
                reads.by_rank.clear()
                reads.by_rank[rank] = [(subject, end.value_read) for end in ends]
        if not reads.by_rank and subject is not None:
            reads.by_rank.update(self._find_stated(subject, slot))
            if not reads.by_rank and self.fact.text_kind == "address":
                reads.by_rank.update(self._find_lone_address(subject))
        yield from self._propose_facts(reads, subject)

    def find_together(
        self, subject: Subject | None
    ) -> Iterator[ProposedFact | UnclearFact]:
        """Propose the one value that stands together with listed words."""
        matches = find_joint_values(
            self.prose,
            self.fact,
            self.reading,
            write_slot(self.fact, self.reading),
            persons=tuple(self.paper.names.members.get("person", {})),
            rank=_JOINT_RANK,
        )
        reads = self._collect_reads(matches, subject)
        yield from self._propose_facts(reads, subject)

    def _collect_reads(
        self, matches: Iterable[PhraseMatch], subject: Subject | None
    ) -> _Reads:
        """Read the values of matches, each of whom it is of, by rank."""
        reads, text = _Reads(), self.prose.flow.text
        # A paper that is all about complaints need not name them each time.
        elsewhere = self.reading.bound is FigureBound.MOST and (
            "投诉" not in self.paper.material.label.zh
            and find_unread_term(self.prose) is not None
        )
        for found in matches:
            match = self._move_to_own(found)
            of_role = match.rank >= len(self.reading.phrases)
            value_read = self._read_match(match)
            sentence = self.prose.read_sentence(match.start, match.end)
            if value_read is None or (
                self.reading.bound
                and (
                    is_beside_service(sentence)
                    or is_not_done(text, match.start, match.end)
                    or (match.slots and is_surpassed(text, match.slots[0][0]))
                )
            ):
                continue
            if of_role and gives_no_role(text, match, is_of_plan=self.fact.is_of_plan):
                continue
            if is_for_the_hardest(text, match):
                reads.hardest.add(value_read.value)
            if is_of_complaints(sentence):
                reads.complained.add(match.rank)
            elif elsewhere and not is_for_the_hardest(text, match):
                continue  # of another matter than the complaints it names
            whose = subject if subject is not None else self._find_subject_near(match)
            if whose is not None:
                reads.by_rank.setdefault(match.rank, []).append((whose, value_read))
        return reads

    def _move_to_own(self, match: PhraseMatch) -> PhraseMatch:
        """Move a match to what the company does, where its figure is a demand."""
        if not self.reading.bound or self.fact.unit not in ("months", "days"):
            return match
        text, slot = self.prose.flow.text, write_slot(self.fact, self.reading)
        own = find_own_figure(text, match.end, slot)
        return match if own is None else replace(match, end=own[1], slots=(own,))

    def _propose_facts(
        self, reads: _Reads, subject: Subject | None
    ) -> Iterator[ProposedFact | UnclearFact]:
        """Propose what the best rank says, or that it says different things."""
        if not reads.by_rank:
            return
        rank = min(reads.by_rank)
        best = reads.by_rank[rank]
        if self.fact.type.kind is Kind.SET:
            best = [
                value for _, pairs in sorted(reads.by_rank.items()) for value in pairs
            ]
        elif self.reading.bound is FigureBound.MOST:
            best = choose_longest(reads.by_rank, best, frozenset(reads.hardest))
            working = find_working_days(
                self.prose, of_complaints=rank in reads.complained
            )
            if working is not None and subject is not None:
                yield UnclearFact(
                    subject=subject, fact=self.fact.id, why=DIFFERENT, quotes=(working,)
                )
                return
        for whose in dict.fromkeys(whose for whose, _ in best):
            values = [value_read for other, value_read in best if other == whose]
            yield self._propose_fact(whose, values, rank)

    def _find_phrases(self, phrases: Sequence[str], slot: str) -> Iterator[PhraseMatch]:
        """Find phrases of the fact; what is not of a plan has to be so today."""
        for match in self.prose.find_phrases(
            phrases, slot, self.reading.unless, today=not self.fact.is_of_plan
        ):
            number = self.fact.type.kind is Kind.NUMBER
            if not (number and _is_head_of_table(self.prose.flow.text, match)):
                yield match

    def _find_stated(
        self, subject: Subject, slot: str
    ) -> dict[int, list[tuple[Subject, ValueRead]]]:
        """Find what a sentence says that a label is: 注册时间为2026年5月1日."""
        if not _may_be_stated(self.fact, self.reading):
            return {}
        phrases = (
            f"{label}{verb}…"
            for label in self.reading.labels
            for verb in (*_VERBS, *([""] if self.fact.type.kind is Kind.DATE else []))
            if len(label) >= _LEAST_LABEL and "…" not in label
        )
        reads = [
            (subject, value_read)
            for match in self._find_phrases(tuple(phrases), slot)
            if (value_read := self._read_match(match)) is not None
        ]
        return {_TERM_RANK: reads} if reads else {}

    def _find_lone_address(
        self, subject: Subject
    ) -> dict[int, list[tuple[Subject, ValueRead]]]:
        """Find the one address from its province to its door that no party has."""
        text = self.prose.flow.text
        value_reads: dict[str, ValueRead] = {}
        regions = [region.label.zh for region in self.paper.catalogue.regions.values()]
        for match in _FULL_ADDRESS.finditer(text):
            start = min(
                (
                    at
                    for name in regions
                    if (at := text.find(name, match.start(), match.end())) >= 0
                ),
                default=None,
            )
            if start is None or _OF_PARTY.search(text, max(0, start - 12), start):
                continue
            address = text[start : match.end()]
            quote = self.prose.flow.quote(start, match.end())
            value_read = self._read_value(address, quote)
            if value_read is not None:
                value_reads.setdefault(address, value_read)
        lone = [(subject, value_read) for value_read in value_reads.values()]
        return {_LONE_RANK: lone} if len(lone) == 1 else {}

    def _propose_fact(
        self, subject: Subject, reads: Sequence[ValueRead], rank: int
    ) -> ProposedFact | UnclearFact:
        first, joint = reads[0], rank == _JOINT_RANK
        if self.fact.type.kind is Kind.SET:
            values = [
                value_read.value
                for value_read in reads
                if isinstance(value_read.value, frozenset)
            ]
            first = ValueRead(frozenset().union(*values), first.quote)
        elif len({value_read.value for value_read in reads}) > 1 or first.doubtful:
            return UnclearFact(
                subject=subject,
                fact=self.fact.id,
                why=DIFFERENT,
                quotes=tuple(value_read.quote for value_read in reads),
            )
        return ProposedFact(
            subject=subject,
            fact=self.fact.id,
            value=first.value,
            quote=first.quote,
            confidence=min(
                JOINT_CONFIDENCE if joint else 96 - min(rank, 8) // 2,
                first.quote.confidence,
            ),
            checks=first.checks
            | (
                {SelfCheck.TWO_PLACES}
                if len(reads) >= _SEVERAL and not joint
                else frozenset[SelfCheck]()
            ),
        )

    @property
    def _is_term(self) -> bool:
        return self.fact.type.kind in (Kind.DATE, Kind.BOOLEAN) and self.reading.by in (
            FoundBy.LAST_DAY,
            FoundBy.NO_END,
        )

    def _find_subject_near(self, match: PhraseMatch) -> Subject | None:
        """Find the one person of the case whom … names, else the sentence around it."""
        if self.fact.subject != "person":
            return None
        flow, places = self.prose.flow, list(match.slots[:1])
        text = flow.text
        start = max(text.rfind(stop, 0, match.start) for stop in "。;\n") + 1
        ends = [at for stop in "。;\n" if (at := text.find(stop, match.end)) >= 0]
        places.append((start, min(ends, default=len(text))))
        persons = (
            find_person_named(self.paper, flow, first, last) for first, last in places
        )
        return next((subject for subject in persons if subject is not None), None)

    def _read_match(self, match: PhraseMatch) -> ValueRead | None:
        """Read the value in what a phrase matched, the way its fact is read."""
        quotes = [self.prose.quote_slot(*slot) for slot in match.slots]
        texts = [self.prose.flow.text[start:end] for start, end in match.slots]
        whole = self.prose.flow.quote(match.start, match.end)
        days = (FoundBy.FIRST_DAY, FoundBy.LAST_DAY, FoundBy.NO_END)
        if self.reading.by in days and any(self._is_torn(slot) for slot in match.slots):
            return None
        match self.reading.by:
            case FoundBy.FIRST_DAY:
                return read_last_day(texts[0], quotes[0])
            case FoundBy.LAST_DAY | FoundBy.NO_END:
                term = len(texts) > 1
                if term and not all(
                    find_days(text) or is_term_length(self.prose.flow.text, *slot)
                    for text, slot in zip(texts, match.slots, strict=True)
                ):
                    return None
                last = (
                    read_term(texts, whole)
                    if term
                    else read_last_day(texts[0], quotes[0])
                )
                if is_through(self.fact) and not is_end_of_month(last):
                    return None  # the day of the paper, not of what was paid
                if last is not None and self.reading.by is FoundBy.NO_END:
                    return ValueRead(value=False, quote=last.quote)
                return last
            case FoundBy.APPLICANT:
                return read_whose(self.paper, quotes[0])
            case FoundBy.RELATION:
                return read_relation(self.paper, quotes[0])
            case FoundBy.PROVINCE:
                return read_province(self.paper, self.reading, quotes[0])
            case FoundBy.PRESENT:
                return ValueRead(value=True, quote=quotes[0] if quotes else whole)
        if self._is_bounded(match):
            return None
        if self.reading.words:
            ticked = drop_unticked(texts[0])
            if ticked is None:
                return None
            return _read_words_in(self.fact, self.reading.words, ticked, quotes[0])
        if not texts:
            return None
        short = match.end - match.start <= SHORT
        if self.fact.unit == "basis_points" and short:
            return self._read_value(texts[0], whole)
        if self.fact.text_kind == "address":
            text, _, _ = re.sub(_AFTER_ADDRESS, "\0", texts[0]).partition("\0")
            if not _EXACT.search(text):
                return None  # a city, with the street left blank
            start = match.slots[0][0]
            owner = _OWNER.match(text)  # 其所有的某省某市…
            if owner is not None:
                start, text = start + owner.end(), text[owner.end() :]
            inside = _IN_BRACKETS.fullmatch(text)  # 自有房屋（某市某路1号）
            if inside is not None:
                start, text = start + inside.start(1), inside[1]
            quotes[0] = self.prose.flow.quote(start, start + len(text))
        return self._read_value(texts[0], quotes[0])

    def _is_torn(self, slot: tuple[int, int]) -> bool:
        """Whether a month is a day that goes on in the next line: 2028年9 | 月5日."""
        text = self.prose.flow.text
        return (
            re.search(r"[-/.年月]\d{1,2}$", text[slot[0] : slot[1]]) is not None
            and _REST_OF_DAY.match(text, slot[1]) is not None
            and not find_days(text[slot[0] : slot[1]])
        )

    def _is_bounded(self, match: PhraseMatch) -> bool:
        """Whether a figure is a bound that the fact does not mean: 2台以内."""
        if self.fact.type.kind is not Kind.NUMBER or not match.slots:
            return False
        (start, end), text = match.slots[0], self.prose.flow.text
        after = _MEASURE.sub("", text[end : end + 10])
        figure_bound = find_bound(text[max(start - 16, 0) : start], after)
        if figure_bound in (None, self.reading.bound):
            return False
        listed = (*self.reading.phrases, *write_roles(self.reading.roles))
        phrase = fold_marks(listed[match.rank]) if match.rank < len(listed) else ""
        before, _, after = phrase.replace("……", "").partition("…")
        return find_bound(before, after) is None  # else the phrase means it so

    def _read_value(self, text: str, quote: Quote) -> ValueRead | None:
        match self.fact.type.kind:
            case Kind.SET:
                addresses = read_addresses(text)
                return ValueRead(addresses, quote) if addresses else None
            case Kind.DATE:
                days = find_days(text)
                return ValueRead(days[0].value, quote) if len(days) == 1 else None
            case Kind.NUMBER if self.fact.unit in ("months", "days"):
                length = read_length(text, self.fact.unit)
                return None if length is None else ValueRead(length, quote)
            case Kind.NUMBER if self.fact.unit is None or self.fact.unit not in (
                "fen",
                "basis_points",
            ):
                count = parse_count(text)
                return None if count is None else ValueRead(count, quote)
        return read_plain_value(self.fact, quote, unit=self._find_unit(quote))

    def _find_unit(self, quote: Quote) -> int | None:
        """In what a figure of a sentence counts: the unit of a table is not its own."""
        page = next(page for page in self.paper.pages if page.page.number == quote.page)
        return UNTOLD if find_unit(page) not in (None, 1) else None


def _is_head_of_table(text: str, match: PhraseMatch) -> bool:
    """Whether a phrase is the last head of a row of cells, and its value the next row.

    What begins the next line is in the first column, and not under that head.
    """
    line = text[text.rfind("\n", 0, match.start) + 1 : match.start]
    return "\t" in line and any(text[start - 1] == "\n" for start, _ in match.slots)


_REST_OF_DAY: Final = re.compile(r"[\t\n]{1,2}(?:月\d|[-/.]\d|\d{0,1}日)")
"""How a line begins in which a day goes on."""


def _may_be_stated(fact: Fact, reading: PaperFact) -> bool:
    """Whether a sentence may name one of the labels, and say what it is."""
    return bool(reading.labels) and (
        (fact.type.kind is Kind.DATE and reading.by is FoundBy.VALUE)
        or (fact.type.kind is Kind.TEXT and fact.text_kind in _STATED)
        or (fact.unit == "fen" and reading.by in (FoundBy.VALUE, FoundBy.BALANCE))
        or reading.by is FoundBy.RELATION
    )


def _read_words_in(
    fact: Fact, words: Mapping[str, tuple[str, ...]], text: str, quote: Quote
) -> ValueRead | None:
    """Make the value of the words in a slot; one beside a “not” says nothing."""
    slot_text = _make_flow(text).text
    for listed in words.values():
        for word in listed:
            start = text.find(fold_signs(word))
            if start >= 0 and is_taken_back(slot_text, start, start + len(word)):
                return None
    if text != quote.text:
        # Only what is ticked counts; the quote keeps the whole place.
        for value, listed in words.items():
            if any(fold_signs(word) in text for word in listed):
                others = [
                    other
                    for name, texts in words.items()
                    for other in texts
                    if name != value and fold_signs(other) in text
                ]
                if not others:
                    return ValueRead(say_value(fact, value), quote)
        return None
    return read_words(fact, words, quote)


def _make_flow(text: str) -> Flow:
    return Flow(text=text, pages=(), origins=())
