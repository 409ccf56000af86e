"""Whether a paper says what somebody typed beside it.

A pure function of the statement, of what its kind of paper prints (`reads` and `shows`
of the material) and of the reading. Found is proven; a value that differs at the very
label, or a phrase that says the opposite, is denied; anything else is not found, which
is a gap and never a no.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from itertools import chain
from typing import Final

from changqing.case.comparison import APART, Comparison, ReadOutcome
from changqing.case.model import Statement
from changqing.case.normalise import comparable
from changqing.case.numerals import parse_han_number
from changqing.case.page import squeeze
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.paper_text import (
    PaperLine,
    PaperText,
    find_quote,
    join_boxes,
    split_sentences,
    strip_number,
)
from changqing.evidence.parse import (
    find_amounts,
    find_days,
    find_months,
    find_shares,
    normalise_text,
)
from changqing.evidence.reading import MarkKind, Reading, ReadingProblem
from changqing.evidence.tolerance import is_near
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import FoundBy, Material
from changqing.rules.types import Kind, Value
from changqing.text import Text

MAX_WORDS: Final = 200
"""Characters that are quoted of a paper for one value."""
_WINDOW: Final = 60  # characters after a label in which its value stands
_UNITS: Final[Mapping[str, str]] = {
    "persons": "人|名|位",
    "count": "台|个(?!工作日|月|小时|星期)|次|条|份|家|项|篇",
    "days": "日|天|个工作日|工作日",
    "months": "个月|月",
    "years": "年|周年",
    "hours": "个?小时",
    "minutes": "分钟?",
    "weeks": "周|个?星期",
    "working_days": "个?工作日",
}
_COUNT: Final = re.compile(
    r"(?<!\d)(?<!\d[.,:])(\d{1,3}(?:,\d{3})+|\d{1,9})(?!\d|[.,:]\d)"
    r"|([零〇一二三四五六七八九十百千两]{1,7})"
)
_YES: Final = re.compile(r"(?:是|有|已|√|✓|☑|对|yes|true)")
_NO: Final = re.compile(r"(?:否|无|没有|未|×|✗|不|非|no|false)")
_NOT: Final = ("非", "不", "未", "无", "没有", "并非", "不是", "不再", "尚未", "没")
_EMPTY: Final = frozenset({"", "无", "略", "不适用", "待定", "/", "-", "—", "空"})
_FROM: Final = re.compile(r"(?:起|开始|至|到|-|—|~|～)")
_UNTIL: Final = re.compile(r"(?:_until|_through|_expires_on|_valid_to)$")
_COMPANY: Final = re.compile(
    r"[\u4e00-\u9fff（）()]{2,40}(?:公司|中心|事务所|研究院|集团|合作社|厂|大学|学院|医院)"
)
_DENIED_BY_LABEL: Final = frozenset({"company_name", "credit_code", "domain"})
"""Kinds of text of which what stands at a label can be told from what stands beside."""
_MISREAD: Final = 0.7
"""How alike two names are of which one is likely the other, misread."""
_SEALED: Final = re.compile(r"[（(](?:[^（）()]{0,12})?盖章|公章|电子章|印章|专用章")
_SIGNED: Final = re.compile(r"手签|签字|签名|签署|签章")
_BY_NAME: Final = frozenset({FoundBy.APPLICANT, FoundBy.RELATION})
_PAPER_ITSELF: Final = frozenset(
    {
        *("received_on", "needs_seal", "needs_signature"),
        *("found_false", "found_false_on", "found_false_by"),
    }
)
"""What is said of a paper and stands in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSubjects:
    """Whom a case is about, as its papers name them."""

    applicant: str
    subjects: Mapping[Subject, str]

    def others(self, subject: Subject) -> frozenset[str]:
        """The names of those of the same kind."""
        return frozenset(
            squeeze(name)
            for other, name in self.subjects.items()
            if other.type == subject.type and other != subject
        ) - {squeeze(self.subjects.get(subject, ""))}


def is_in_paper(said: Statement) -> bool:
    """Whether a statement is of what stands in a paper, and not of the paper's fate."""
    return said.subject.type != "paper" or said.fact not in _PAPER_ITSELF


def compare(
    said: Statement,
    *,
    fact: Fact,
    material: Material | None,
    text: PaperText,
    names: NamedSubjects,
) -> Comparison:
    """Hold one typed value against the reading of its paper."""
    if text.is_empty:
        return _make_unreadable(text.reading)
    return _Comparer(said, fact, material, text, names).compare()


def compare_presence(text: PaperText, material: Material | None) -> Comparison:
    """Whether the file of a paper was read, and is of no other kind by its title."""
    if text.is_empty:
        return _make_unreadable(text.reading)
    first = text.lines[0]
    return Comparison(
        outcome=ReadOutcome.READ, page=first.page, words=first.words[:MAX_WORDS]
    )


def _make_unreadable(reading: Reading) -> Comparison:
    problem = reading.problem or ReadingProblem.BLANK
    return Comparison(
        outcome=ReadOutcome.UNREADABLE,
        why=Text(
            zh=f"材料读不出：{problem.text.zh}",
            en=f"the paper cannot be read: {problem.text.en}",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """A value that the paper gives somewhere; `labelled`: at its very label."""

    value: Value
    at: int
    words: str
    labelled: bool = False
    sure: bool = True


class _Comparer:
    def __init__(
        self,
        said: Statement,
        fact: Fact,
        material: Material | None,
        text: PaperText,
        names: NamedSubjects,
    ) -> None:
        self.said, self.fact, self.text, self.names = said, fact, text, names
        self.value, self.material = said.value, material
        key = f"{said.subject.type}.{said.fact}"
        self.rule = None if material is None else material.reads.get(key)
        self.element = None if material is None else material.shows.get(said.fact)
        self.is_element = material is not None and said.fact in material.elements
        self.place = text.locate(said.place) if said.place else None

    def compare(self) -> Comparison:
        if self.said.words:
            return self._compare_pointing(self.said.words)
        if self.is_element:
            return self._compare_element()
        if self.said.subject.type == "paper":
            found = self._of_the_paper()
            if found is not None:
                return found
        scope = self._scope()
        if scope is None:
            return self._make_gap(_no_name(self.names, self.said.subject))
        match self.fact.type.kind:
            case Kind.BOOLEAN | Kind.CATEGORY:
                return self._by_phrases(scope)
            case Kind.SET:
                return self._by_members(scope)
            case _:
                return self._by_value(scope)

    # Where to look

    def _scope(self) -> Sequence[int] | None:
        """The lines that speak of the subject; None where the paper never names it."""
        everything = range(len(self.text.lines))
        subject = self.said.subject
        if subject.type not in ("person", "holder"):
            return everything
        name = self.names.subjects.get(subject, "")
        mine = self.text.name_lines(name)
        if not mine:
            return None
        others = [each for each in self.names.others(subject) if len(each) > 1]
        lines = self.text.lines
        named = {
            at
            for at, line in enumerate(lines)
            if any(other in line.bare for other in others)
        }
        if not named:
            return everything
        found = set(mine)
        for clause in self.text.clauses:
            inside = [at for at in clause if at in found]
            if inside and not named.intersection(clause):
                found.update(clause)
            elif inside and inside[0] == clause.start:
                # A clause that is headed by a name is about it as far as it goes.
                found.update(at for at in clause if at not in named)
        return sorted(found)

    def _texts(self, scope: Iterable[int]) -> Iterator[tuple[int, str, bool]]:
        """Every piece of text in scope, folded, and whether the reader was sure.

        Of a line that names others too, the sentences that name the subject.
        """
        subject = self.said.subject
        others: frozenset[str] = frozenset()
        if subject.type in ("person", "holder"):
            others = self.names.others(subject)
        name = squeeze(self.names.subjects.get(subject, ""))
        for at in scope:
            line = self.text.lines[at]
            sure = all(part.is_sure for part in line.parts)
            if not line.is_row and any(other in line.bare for other in others):
                for sentence in split_sentences(line.bare):
                    if name and name in sentence:
                        yield at, sentence, sure
                continue
            yield at, line.bare, sure

    # By value: texts, days, numbers

    def _by_value(self, scope: Sequence[int]) -> Comparison:
        labelled = list(self._find_labelled(scope))
        for hit in self._in_order(labelled):
            if self._same(hit.value):
                return self._read(hit)
        standing = self._in_order(self._find_standing(scope))
        sure = [hit for hit in labelled if hit.sure and self._differs(hit.value)]
        # What was typed may stand beside the label too, as the one end of a span.
        beside = {hit.at for hit in sure} & {hit.at for hit in standing}
        if sure and not beside:
            return self._make_denial(sure[0])
        return self._read(standing[0]) if standing else self._make_gap(None)

    def _in_order(self, hits: Iterable[_Hit]) -> list[_Hit]:
        """The hits at the place that was given before all others."""
        return sorted(hits, key=lambda hit: not self._is_at_place(hit.at))

    def _same(self, value: Value) -> bool:
        if isinstance(value, str) and isinstance(self.value, str):
            return value == self.value
        return is_near(value, self.value, self.fact.tolerance)

    def _differs(self, value: Value) -> bool:
        if isinstance(value, str) and isinstance(self.value, str):
            if self.fact.text_kind not in _DENIED_BY_LABEL:
                return False
            return comparable(self.fact.text_kind, value, self.value) and not (
                value in self.value or self.value in value
            )
        return True

    def _find_labelled(self, scope: Sequence[int]) -> Iterator[_Hit]:
        """The values that stand beside the labels of the fact."""
        known = [self.fact.label.zh]
        columns: tuple[str, ...] = ()
        if self.rule is not None:
            known = [*self.rule.labels, *known]
            columns = self.rule.columns
        labels = [squeeze(label) for label in known]
        heads = {*labels, *(squeeze(column) for column in columns)}
        inside = set(scope)
        for at in scope:
            line = self.text.lines[at]
            for place, part in enumerate(line.parts):
                if part.head and part.head in heads:
                    yield from self._values(part.bare, at, sure=part.is_sure)
                bare = strip_number(part.bare).rstrip(":")
                if bare in labels:
                    follows = self._after_label(line, at, place, inside)
                    for words, where, sure in follows:
                        yield from self._values(words, where, sure=sure)
                    continue
                for label in labels:
                    window = _window_after(part.bare, label)
                    if window:
                        yield from self._values(window, at, sure=part.is_sure)

    def _after_label(
        self, line: PaperLine, at: int, place: int, inside: set[int]
    ) -> Iterator[tuple[str, int, bool]]:
        if place + 1 < len(line.parts):
            after = line.parts[place + 1]
            yield after.bare, at, after.is_sure
        elif not line.is_row and at + 1 in inside:
            below = self.text.lines[at + 1]
            if len(below.parts) == 1:
                yield below.bare, at + 1, below.parts[0].is_sure

    def _values(self, words: str, at: int, *, sure: bool) -> Iterator[_Hit]:
        """The values of the fact's type that stand at a label.

        Of several nobody can say which is meant: they may say what was typed, and deny
        nothing.
        """
        values = list(dict.fromkeys(self._parse_values(words)))
        for value in values:
            yield _Hit(
                value=value,
                at=at,
                words=self.text.lines[at].words[:MAX_WORDS],
                labelled=True,
                sure=sure and len(values) == 1,
            )

    def _parse_values(self, words: str) -> Sequence[Value]:
        match self.fact.type.kind:
            case Kind.DATE:
                days = [day.value for day in find_days(words)]
                days = days or [day.value for day in find_months(words)]
                return [days[-1]] if len(days) > 1 and self._is_end else days
            case Kind.NUMBER if self.fact.unit == "fen":
                return [amount.fen for amount in find_amounts(words)]
            case Kind.NUMBER if self.fact.unit == "basis_points":
                return list(find_shares(words))
            case Kind.NUMBER:
                return self._parse_counts(words)
            case Kind.TEXT:
                return self._parse_text(words)
            case _:
                return []

    def _parse_counts(self, words: str) -> list[Value]:
        """Counts with their unit; without one where nothing else stands at the label.

        一般 is no count, and 3日 none of months.
        """
        units = _UNITS.get(self.fact.unit or "count")
        found = _find_counts(words)
        told: list[Value] = [
            number
            for number, _, end in found
            if units is not None and re.match(units, words[end:])
        ]
        alone = len(found) == 1 and found[0][1] == 0 and found[0][2] >= len(words) - 1
        return told or ([found[0][0]] if alone else [])

    def _parse_text(self, words: str) -> list[Value]:
        cut = re.split(r"[。；;]", words, maxsplit=1)[0]
        if self.fact.text_kind == "company_name":
            found = _COMPANY.search(cut)
            cut = "" if found is None else found[0]
        elif self.fact.text_kind != "address":
            cut = re.split(r"[,，、（(]", cut, maxsplit=1)[0]
        value = normalise_text(self.fact.text_kind, cut) if cut else None
        return [] if value is None else [value]

    @property
    def _is_end(self) -> bool:
        return _UNTIL.search(self.fact.id) is not None

    def _find_standing(self, scope: Sequence[int]) -> Iterator[_Hit]:
        """Where the typed value itself stands in the paper."""
        match self.value:
            case str():
                yield from self._find_text(self.value, set(scope))
            case date():
                for at, words, _ in self._texts(scope):
                    if self._has_day(words, self.value):
                        yield self._hit(at)
            case int():
                for at, words, _ in self._texts(scope):
                    if self._has_number(at, words, self.value):
                        yield self._hit(at)

    def _hit(self, at: int, *, value: Value | None = None) -> _Hit:
        words = self.text.lines[at].words
        told = self.value if value is None else value
        assert told is not None  # noqa: S101 - a cleared field is no statement
        return _Hit(value=told, at=at, words=words[:MAX_WORDS])

    def _find_text(self, value: str, inside: set[int]) -> Iterator[_Hit]:
        kind = self.fact.text_kind

        def canon(words: str) -> str:
            return squeeze(_canon(kind, words))

        for first, last in self.text.find(squeeze(value), canon, kind or "plain"):
            if first in inside and self._stands_alone(value, first, last):
                words = "".join(
                    self.text.lines[at].words for at in range(first, last + 1)
                )
                yield _Hit(value=value, at=first, words=words[:MAX_WORDS])
        if kind == "phone":
            for at in sorted(inside):
                numbers = re.findall(
                    r"[+\d][\d\-() ]{5,20}\d(?:转\d+)?",
                    " ".join(part.span.text for part in self.text.lines[at].parts),
                )
                if any(normalise_text(kind, number) == value for number in numbers):
                    yield self._hit(at)

    def _stands_alone(self, value: str, first: int, last: int) -> bool:
        """Whether a text is no part of a longer one: a code, a domain, a branch."""
        words = "".join(self.text.lines[at].bare for at in range(first, last + 1))
        sought = re.escape(squeeze(value))
        match self.fact.text_kind:
            case "domain":
                return (
                    re.search(
                        rf"(?<![a-z0-9.-]){sought}(?![a-z0-9-]|\.[a-z0-9])", words
                    )
                    is not None
                    or re.search(
                        rf"(?:www\.|//){sought}(?![a-z0-9-]|\.[a-z0-9])", words
                    )
                    is not None
                )
            case "credit_code":
                return (
                    re.search(rf"(?<![a-z0-9]){sought}(?![a-z0-9])", words) is not None
                )
            case "company_name":
                canon = squeeze(_canon("company_name", words))
                return re.search(rf"{sought}(?!\w{{0,12}}分公司)", canon) is not None
            case _:
                return True

    def _has_day(self, words: str, value: date) -> bool:
        for day in find_days(words):
            if is_near(day.value, value, self.fact.tolerance):
                begins = _FROM.match(words, day.end) is not None
                if not (self._is_end and begins):
                    return True
        months = find_months(words) if self._is_end else []
        return any(month.value == value for month in months)

    def _has_number(self, at: int, words: str, value: int) -> bool:
        unit = self.fact.unit
        if unit == "fen":
            found = [amount.fen for amount in find_amounts(words) if amount.unit]
            return any(is_near(each, value, self.fact.tolerance) for each in found)
        if unit == "basis_points":
            return value in find_shares(words)
        units = _UNITS.get(unit or "count")
        line = self.text.lines[at]
        for part in line.parts if line.is_row else ():
            counted = units is not None and re.search(units, part.head)
            if counted and [v for v, _, _ in _find_counts(part.bare)] == [value]:
                return True
        if units is None:
            return False
        return any(
            number == value and re.match(units, words[end:]) is not None
            for number, _, end in _find_counts(words)
        )

    # By phrases: yes and no, categories, sets

    def _phrases(self) -> Mapping[Value, tuple[str, ...]]:
        """The words that say each value, folded."""
        found: dict[Value, tuple[str, ...]] = {}
        if self.rule is not None:
            for name, words in self.rule.words.items():
                value: Value = name
                if self.fact.type.kind is Kind.BOOLEAN:
                    value = str(name).lower() == "true"
                found[value] = tuple(map(squeeze, words))
        for name, label in self.fact.value_labels.items():
            bare = squeeze(label.zh)
            if len(bare) > 1:
                found[name] = (*found.get(name, ()), bare)
        return found

    def _by_phrases(self, scope: Sequence[int]) -> Comparison:
        hits = [*self._by_label(scope), *self._by_applicant(scope)]
        hits = hits or list(self._find_present(scope))
        hits = hits or list(self._find_words(scope))
        here = [hit for hit in hits if self._is_at_place(hit.at)] or hits
        yes = [hit for hit in here if hit.value == self.value]
        no = [hit for hit in here if hit.value != self.value and hit.sure]
        if yes and not no:
            return self._read(yes[0])
        if no and not yes:
            return self._make_denial(no[0])
        if yes and no:
            return self._make_gap(_BOTH)
        return self._make_gap(None)

    def _by_label(self, scope: Sequence[int]) -> Iterator[_Hit]:
        """是否专职：是, or a value's own name beside the label of the fact."""
        label = squeeze(self.fact.label.zh)
        for at, words, sure in self._texts(scope):
            line = self.text.lines[at]
            told = [
                part.bare for part in line.parts if part.head in (label, f"是否{label}")
            ]
            found = re.search(rf"{re.escape(label)}[:](.{{1,40}})", words)
            if found is not None:
                told.append(found[1])
            for each in told:
                value = self._value_of(each)
                if value is not None:
                    quote = line.words[:MAX_WORDS]
                    yield _Hit(
                        value=value, at=at, words=quote, labelled=True, sure=sure
                    )

    def _value_of(self, words: str) -> Value | None:
        if self.fact.type.kind is Kind.BOOLEAN:
            if _NO.match(words):
                return False
            return True if _YES.match(words) else None
        for name, label in self.fact.value_labels.items():
            if words.startswith(squeeze(label.zh)):
                return name
        return None

    def _by_applicant(self, scope: Sequence[int]) -> Iterator[_Hit]:
        """Whether the name beside a label is the applicant's."""
        if self.rule is None or self.rule.by not in _BY_NAME:
            return
        mine = squeeze(_canon("company_name", self.names.applicant))
        labels = [squeeze(label) for label in (*self.rule.labels, *self.rule.columns)]
        for at in scope:
            line = self.text.lines[at]
            for place, part in enumerate(line.parts):
                told = [part.bare] if part.head in labels else []
                if strip_number(part.bare).rstrip(":") in labels:
                    follows = self._after_label(line, at, place, set(scope))
                    told += [words for words, _, _ in follows]
                told += [
                    window
                    for label in labels
                    if (window := _window_after(part.bare, label))
                ]
                for words in told:
                    is_mine = mine in squeeze(_canon("company_name", words))
                    other = _COMPANY.search(words)
                    if not is_mine and (other is None or _is_like(other[0], mine)):
                        continue
                    value: Value = is_mine
                    if self.rule.by is FoundBy.RELATION:
                        if not is_mine:
                            continue
                        value = "applicant"
                    quote = line.words[:MAX_WORDS]
                    yield _Hit(
                        value=value,
                        at=at,
                        words=quote,
                        labelled=True,
                        sure=part.is_sure,
                    )

    def _find_words(self, scope: Sequence[int]) -> Iterator[_Hit]:
        phrases = self._phrases()
        by_word = {word: value for value, words in phrases.items() for word in words}
        if not by_word:
            return
        # That a paper has the name of another value somewhere denies nothing.
        told = (
            () if self.rule is None else chain.from_iterable(self.rule.words.values())
        )
        denying = set(map(squeeze, told))
        longest = sorted(by_word, key=len, reverse=True)
        pattern = re.compile("|".join(map(_pattern_of, longest)))
        for at, words, sure in self._texts(scope):
            for match in pattern.finditer(words):
                word = next(
                    each
                    for each in longest
                    if re.fullmatch(_pattern_of(each), match[0])
                )
                value: Value | None = by_word[word]
                if _is_negated(words, match.start(), word):
                    value = (not value) if isinstance(value, bool) else None
                if value is not None:
                    yield _Hit(
                        value=value,
                        at=at,
                        words=self.text.lines[at].words[:MAX_WORDS],
                        sure=sure and word in denying,
                    )

    def _find_present(self, scope: Sequence[int]) -> Iterator[_Hit]:
        """That something is there, for a fact that says whether it is.

        Somebody is in a list whose name stands there, unless the row says otherwise.
        """
        if self.rule is None or self.rule.by is not FoundBy.PRESENT:
            return
        if self.said.subject.type in ("person", "holder"):
            name = self.names.subjects.get(self.said.subject, "")
            no = {squeeze(word) for word in self.rule.words.get("false", ())}
            for at in self.text.name_lines(name):
                line = self.text.lines[at]
                words = {part.bare for part in line.parts}
                words |= set(re.split(r"[,，。；;、:]", line.bare))
                yield self._hit(at, value=not words & no)
            return
        for label in self.rule.labels:
            for at in scope:
                for part in self.text.lines[at].parts:
                    window = _window_after(part.bare, squeeze(label))
                    if window and window not in _EMPTY:
                        yield self._hit(at, value=True)

    def _by_members(self, scope: Sequence[int]) -> Comparison:
        """A set is read when each of its members is."""
        phrases = self._phrases()
        wanted = self.value if isinstance(self.value, frozenset) else frozenset()
        quotes: dict[int, str] = {}
        for member in sorted(wanted):
            said = phrases.get(member, (squeeze(member),))
            pattern = re.compile(
                "|".join(map(_pattern_of, sorted(said, key=len, reverse=True)))
            )
            place = next(
                (
                    at
                    for at in self._sort_by_place(scope)
                    if any(
                        not _is_negated(
                            self.text.lines[at].bare, match.start(), match[0]
                        )
                        for match in pattern.finditer(self.text.lines[at].bare)
                    )
                ),
                None,
            )
            if place is None:
                label = self.fact.value_labels.get(member)
                told = member if label is None else label.zh
                return self._make_gap(
                    Text(zh=f"没有读到“{told}”", en=f"“{told}” was not found")
                )
            quotes[place] = self.text.lines[place].words
        if not quotes:
            return self._make_gap(None)
        at = min(quotes)
        words = _join_quotes(quotes[each] for each in sorted(quotes))
        return self._read(_Hit(value=wanted, at=at, words=words))

    def _sort_by_place(self, scope: Sequence[int]) -> list[int]:
        return sorted(scope, key=lambda at: (not self._is_at_place(at), at))

    # What a paper states, and what is said of the paper itself

    def _compare_element(self) -> Comparison:
        if self.value is False:
            return self._compare_missing()
        if self.element is not None:
            for at in self._find_denials():
                if self.place is None or at in self.place:
                    return self._make_denial(self._hit(at, value=False))
            shown = sorted(
                self._find_showings(), key=lambda at: not self._is_at_place(at)
            )
            if shown:
                return self._read(self._hit(shown[0]))
        # Who quotes the heading under which something stands points at it. Where
        # columns, dates or seals alone show an element, the heading has to be its own.
        if self.place is None or not _has_own_words(self.said.place):
            return self._make_gap(None)
        heading = self.text.lines[self.place.start].bare
        if not self._is_told_by_heading(heading):
            return self._make_gap(None)
        told = "".join(self.text.lines[at].bare for at in self.place)
        body = told[len(heading) :] if len(self.place) > 1 else told
        if body.strip("。.;；,，:") in _EMPTY:
            return self._make_denial(self._hit(self.place.start, value=False))
        return self._read(self._hit(self.place.start))

    def _is_told_by_heading(self, heading: str) -> bool:
        element = self.element
        if element is None or element.labels or element.words:
            return True
        bare = strip_number(heading)
        names = [self.fact.label.zh, *element.columns]
        return any(name in bare for name in map(squeeze, names) if len(name) > 1)

    def _compare_missing(self) -> Comparison:
        """Said to be missing: a person's word, unless the paper shows it."""
        if self.element is not None:
            shown = next(self._find_showings(), None)
            if shown is not None:
                return self._make_denial(self._hit(shown, value=True))
        first = self.text.lines[0]
        return Comparison(
            outcome=ReadOutcome.READ, page=first.page, words=first.words[:MAX_WORDS]
        )

    def _find_showings(self) -> Iterator[int]:
        """The lines by which the paper shows the element, as its kind of paper does."""
        element = self.element
        assert element is not None  # noqa: S101 - asked where there is one
        words = [re.compile(_pattern_of(squeeze(each))) for each in element.words]
        unless = [re.compile(_pattern_of(squeeze(each))) for each in element.unless]
        labels = {squeeze(label) for label in element.labels}
        heads = {squeeze(column) for column in element.columns}
        seals = sum(
            mark.kind is MarkKind.SEAL
            for page in self.text.reading.pages
            for mark in page.marks
        )
        told = [
            at for at, line in enumerate(self.text.lines) if _SEALED.search(line.bare)
        ]
        seals = seals or sum(
            len(_SEALED.findall(self.text.lines[at].bare)) for at in told
        )
        if element.seals is not None and seals >= element.seals:
            yield told[-1] if told else 0
        for key in element.facts:
            yield from self._find_fact_shown(key)
        everything = set(range(len(self.text.lines)))
        for at, line in enumerate(self.text.lines):
            said = any(pattern.search(line.bare) for pattern in words)
            if (
                (said and not any(pattern.search(line.bare) for pattern in unless))
                or self._stands_beside(line, at, labels, everything)
                or any(
                    part.head in heads and part.bare not in _EMPTY
                    for part in line.parts
                )
            ):
                yield at

    def _stands_beside(
        self, line: PaperLine, at: int, labels: Collection[str], inside: set[int]
    ) -> bool:
        """Whether something stands beside, after or below one of the labels."""
        for place, part in enumerate(line.parts):
            if strip_number(part.bare).rstrip(":") in labels:
                follows = self._after_label(line, at, place, inside)
                if any(words not in _EMPTY for words, _, _ in follows):
                    return True
            elif any(
                (window := _window_after(part.bare, label)) and window not in _EMPTY
                for label in labels
            ):
                return True
        return False

    def _find_fact_shown(self, key: str) -> Iterator[int]:
        """The lines in which a fact stands that shows the element."""
        subject, _, name = key.partition(".")
        if name == "name":
            for other, called in self.names.subjects.items():
                if other.type == subject:
                    yield from self.text.name_lines(called)
            return
        rule = None if self.material is None else self.material.reads.get(key)
        if rule is None:
            return
        if rule.by in _BY_NAME:
            yield from self.text.name_lines(self.names.applicant)
        words = [
            re.compile(_pattern_of(squeeze(each)))
            for each in (*rule.phrases, *chain.from_iterable(rule.words.values()))
        ]
        labels = {squeeze(label) for label in rule.labels}
        heads = {squeeze(column) for column in rule.columns}
        everything = set(range(len(self.text.lines)))
        for at, line in enumerate(self.text.lines):
            if (
                any(pattern.search(line.bare) for pattern in words)
                or self._stands_beside(line, at, labels, everything)
                or any(part.head in heads for part in line.parts)
            ):
                yield at

    def _find_denials(self) -> Iterator[int]:
        element = self.element
        assert element is not None  # noqa: S101 - asked where there is one
        patterns = [re.compile(_pattern_of(squeeze(each))) for each in element.denied]
        for at, line in enumerate(self.text.lines):
            if any(pattern.search(line.bare) for pattern in patterns):
                yield at

    def _of_the_paper(self) -> Comparison | None:
        """What is said of a paper as a thing: sealed, signed, legible."""
        marks = [
            (page.number, mark)
            for page in self.text.reading.pages
            for mark in page.marks
        ]
        match self.said.fact:
            case "legible":
                problem = self.text.reading.problem
                if self.value is True and problem is None:
                    return self._read(self._hit(0))
                return self._make_gap(None)
            case "sealed" | "signed":
                wanted = (
                    MarkKind.SEAL if self.said.fact == "sealed" else MarkKind.SIGNATURE
                )
                told = _SEALED if self.said.fact == "sealed" else _SIGNED
                for number, mark in marks:
                    if mark.kind is wanted and self.value is True:
                        box = mark.box
                        return Comparison(
                            outcome=ReadOutcome.READ,
                            page=number,
                            box=(box.left, box.top, box.right, box.bottom),
                        )
                if self.value is True:
                    for at in reversed(range(len(self.text.lines))):
                        if told.search(self.text.lines[at].bare):
                            return self._read(self._hit(at))
                    return self._make_gap(None)
                return self._make_gap(_NO_MARK)
            case "plan_months" | "schedule_until":
                return self._compare_span()
            case _:
                return None

    def _compare_span(self) -> Comparison:
        """How far the days of a plan reach: so many months, or until when."""
        days = [
            (day.value, at)
            for at, line in enumerate(self.text.lines)
            for part in line.parts
            for day in find_days(part.bare)
            if line.is_row
        ]
        if not days:
            return self._make_gap(None)
        (first, start), (last, end) = min(days), max(days)
        if self.said.fact == "plan_months":
            # Whole months at least, months of the calendar at most.
            after = last + timedelta(days=1)
            touched = (last.year - first.year) * 12 + last.month - first.month + 1
            whole = (after.year - first.year) * 12 + after.month - first.month
            whole -= after.day < first.day
            fits = isinstance(self.value, int) and whole <= self.value <= touched
        else:
            fits = last == self.value
        if not fits:
            return self._make_gap(None)
        lines = [self.text.lines[at].words for at in dict.fromkeys((start, end))]
        return self._read(replace(self._hit(start), words=_join_quotes(lines)))

    # Words that somebody pointed at

    def _compare_pointing(self, words: str) -> Comparison:
        found = find_quote(self.text, words)
        if found is None:
            return self._make_gap(_NO_SUCH_WORDS)
        first, last = found
        bare = squeeze(words)
        around = "".join(self.text.lines[at].bare for at in range(first, last + 1))
        hit = _Hit(value=self.said.value or False, at=first, words=words[:MAX_WORDS])
        if self.fact.type.kind in (Kind.BOOLEAN, Kind.CATEGORY, Kind.SET):
            other = self._other_beside(bare, around)
            if other is not None:
                quote = self.text.lines[first].words[:MAX_WORDS]
                return self._make_denial(replace(hit, value=other, words=quote))
            return self._read(hit)
        told = self._parse_quote(bare)
        if any(self._same(each) for each in told):
            return self._read(hit)
        if told:
            return self._make_denial(replace(hit, value=told[0]))
        return self._read(hit) if self._may_be_counted else self._make_gap(None)

    @property
    def _may_be_counted(self) -> bool:
        """Whether a value need not be printed as such: so many months, from when on."""
        return self.fact.type.kind is Kind.NUMBER and self.fact.unit not in (
            "fen",
            "basis_points",
        )

    def _parse_quote(self, words: str) -> list[Value]:
        """The values of the fact's own type in a quotation, with their units."""
        match self.fact.type.kind:
            case Kind.DATE:
                days = [day.value for day in find_days(words)]
                return [*days, *(month.value for month in find_months(words))]
            case Kind.NUMBER if self.fact.unit == "fen":
                return [amount.fen for amount in find_amounts(words) if amount.unit]
            case Kind.NUMBER if self.fact.unit == "basis_points":
                return list(find_shares(words))
            case Kind.NUMBER:
                units = _UNITS.get(self.fact.unit or "count", "")
                return [
                    number
                    for number, _, end in _find_counts(words)
                    if units and re.match(units, words[end:])
                ]
            case _:
                sought = squeeze(str(self.value))
                canon = squeeze(_canon(self.fact.text_kind, words))
                return [str(self.value)] if sought in canon else []

    def _other_beside(self, quote: str, around: str) -> Value | None:
        """Another value that the sentence around a quotation says, if it says one."""
        sentence = next(
            (each for each in split_sentences(around) if quote in each), around
        )
        at = sentence.find(quote)
        if self.value is True:
            label = re.escape(squeeze(self.fact.label.zh))
            denied = re.search(rf"(?:{'|'.join(_NOT)}){label}", sentence)
            if quote.startswith(_NOT) or denied is not None:
                return False
        if (
            isinstance(self.value, bool)
            and at >= 0
            and _is_negated(sentence, at, quote)
        ):
            return not self.value
        phrases = self._phrases()
        mine = phrases.get(self.value, ()) if isinstance(self.value, bool | str) else ()
        told: dict[Value, int] = {}
        by_word = {word: value for value, each in phrases.items() for word in each}
        if not by_word or isinstance(self.value, frozenset):
            return None
        longest = sorted(by_word, key=len, reverse=True)
        for match in re.finditer("|".join(map(_pattern_of, longest)), sentence):
            word = next(w for w in longest if re.fullmatch(_pattern_of(w), match[0]))
            value: Value = by_word[word]
            if isinstance(value, bool) and _is_negated(sentence, match.start(), word):
                value = not value
            told.setdefault(value, match.start())
        if self.value in told or (mine and any(word in quote for word in mine)):
            return None if self.value in told else next(iter(told), None)
        return next(iter(told), None)

    # What comes out

    def _is_at_place(self, at: int) -> bool:
        return self.place is not None and at in self.place

    def _read(self, hit: _Hit) -> Comparison:
        return self._make(ReadOutcome.READ, hit)

    def _make_denial(self, hit: _Hit) -> Comparison:
        stands = hit.value if hit.value != self.value else None
        made = self._make(ReadOutcome.DENIED, hit)
        quote = made.words or ""
        return replace(
            made,
            stands=stands,
            why=Text(zh=f"材料上写的是“{quote}”", en=f"the paper says “{quote}”"),
        )

    def _make(self, outcome: ReadOutcome, hit: _Hit) -> Comparison:
        line = self.text.lines[hit.at]
        boxes = [part.span.box for part in line.parts if part.span.box is not None]
        around = join_boxes(boxes)
        box = (
            None
            if around is None
            else (around.left, around.top, around.right, around.bottom)
        )
        return Comparison(
            outcome=outcome,
            page=line.page,
            box=box,
            words=hit.words,
            at_place=self._is_at_place(hit.at),
        )

    def _make_gap(self, why: Text | None) -> Comparison:
        label = self.fact.label
        return Comparison(
            outcome=ReadOutcome.NOT_FOUND,
            why=why
            or Text(
                zh=f"材料上没有读到所填的“{label.zh}”；可用 words 指出原文",
                en=f"what was typed of “{label.en}” was not found in the paper; point "
                "at its words with words",
            ),
        )


def _is_like(name: str, mine: str) -> bool:
    """Whether a name may be the applicant's with a letter or two misread."""
    return SequenceMatcher(None, squeeze(name), mine).ratio() >= _MISREAD


def _join_quotes(pieces: Iterable[str]) -> str:
    """Join pieces that stand apart, as many as one quotation may hold."""
    joined = ""
    for piece in pieces:
        more = f"{joined}{APART}{piece}" if joined else piece[:MAX_WORDS]
        if len(more) > MAX_WORDS:
            break
        joined = more
    return joined


def _canon(kind: str | None, words: str) -> str:
    """Spell words as `normalise` spells a text of a kind."""
    if kind in ("company_name", "person", "address"):
        words = words.translate(_BRACKETS)
    if kind == "address":
        words = re.sub(r"[\s,，;；、]+", "", words.translate(_DASHES))
    return words


_BRACKETS: Final = str.maketrans("([〔【{)]〕】}", "（（（（（）））））")
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣─", "-"))


def _window_after(words: str, label: str) -> str:
    """What follows a label in a folded text, up to the end of its sentence."""
    at = words.find(label) if label else -1
    while at >= 0:
        before = words[at - 1 : at]
        if not before or not ("\u4e00" <= before <= "\u9fff"):
            rest = re.sub(r"^[:为是共计合]+", "", words[at + len(label) :])
            return re.split(r"[。；;]", rest, maxsplit=1)[0][:_WINDOW]
        at = words.find(label, at + 1)
    return ""


def _pattern_of(phrase: str) -> str:
    """A phrase of the catalogue as a pattern; … stands for some words between."""
    parts = [re.escape(part) for part in re.split(r"…+|\.\.\.", phrase)]
    return r"[^。；;\n]{0,30}?".join(parts)


def _is_negated(words: str, at: int, phrase: str) -> bool:
    """Whether a phrase is denied by what stands right before it: 非专职."""
    if phrase.startswith(_NOT):
        return False
    before = words[max(0, at - 2) : at]
    return before.endswith(_NOT)


def _find_counts(words: str) -> list[tuple[int, int, int]]:
    found = []
    for match in _COUNT.finditer(words):
        number = (
            int(match[1].replace(",", "")) if match[1] else parse_han_number(match[2])
        )
        # 第九条 counts nothing.
        if number is not None and words[: match.start()][-1:] != "第":
            found.append((number, match.start(), match.end()))
    return found


def _has_own_words(place: str) -> bool:
    """Whether a place quotes words of the paper, and not numbers of pages alone."""
    rest = re.sub(r"第[0-9零〇一二三四五六七八九十百]+[页条章节款项]", "", place)
    return len(squeeze(rest)) > 1


def _no_name(names: NamedSubjects, subject: Subject) -> Text:
    name = names.subjects.get(subject, subject.id)
    return Text(
        zh=f"材料上没有读到“{name}”", en=f"the paper was not found to name “{name}”"
    )


_BOTH: Final = Text(
    zh="材料上两种说法都有，须人工核对",
    en="the paper says both; a person must check",
)
_NO_MARK: Final = Text(
    zh="程序没有看到，不等于没有，须人工核对",
    en="a program saw none, which proves nothing; a person must check",
)
_NO_SUCH_WORDS: Final = Text(
    zh="材料上没有所引的原文", en="the words that were quoted do not stand in the paper"
)


def list_names(applicant: str, members: Iterable[tuple[Subject, str]]) -> NamedSubjects:
    """Collect whom a case is about."""
    return NamedSubjects(
        applicant=applicant, subjects={APPLICANT: applicant, **dict(members)}
    )
