"""Values of facts that stand together with listed words in one sentence, in any order.

As `joint_words` finds what states an element; here one group of an entry stands where
the value does: 投诉|客诉 + …内 + 答复|办结.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from changqing.evidence.denials import is_denied, is_of_another_time, is_taken_back
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import PaperFact
from changqing.law.wordings import PERSON, holds_value, split_joint
from changqing.readers.joint_words import (
    FAR,
    compile_words,
    is_of_others_or_aim,
    is_word_denied,
)
from changqing.readers.open_points import is_beside_service, is_put_off
from changqing.readers.phrases import (
    PhraseMatch,
    Prose,
    TextSpan,
    are_linked,
    compile_phrase,
)
from changqing.readers.terms import DAY
from changqing.rules.types import Kind

_COMMA: Final = re.compile(r",(?!\d{3}(?!\d))")
"""A comma between clauses, not one within 2,000,000."""
_IN_FIGURE: Final = re.compile(
    r"(?:\d[.,]?|[第每]|[零〇一二三四五六七八九十百]|[\d一二三四五六七八九十][天日年]?[-~至到])$"
)
"""What before a figure makes it a part of another: 3-|5人, 第|三年."""
_ENDS_DAY: Final = re.compile(rf"(?:{DAY})$")
_NOT_WITHIN: Final = re.compile(r"(?:未能?|没有|没能|不能|无法|逾|逾期)(?:在|于|按)?$")
"""What before a term says that it was not kept: 未在|7日内办结的."""
_BEGINS_TERM: Final = re.compile("[之以]?后|之日|当日|次日|[之以]?前|起")
"""What behind a word says that a term begins with it: 办结|后2日内."""

_OF_COUNT: Final = re.compile(
    r"(?:[的为是:、,\t()达有共计合总数现已设即各]|全体|申请人|股东[一-龥、]{0,16}|本?公司|我司|目前|在[册岗职线]"
    r"|人民币|[大小]写|必要时|[在意]|不[少低]于|至少|以|向|其|贵|自有|资金|现金|货币|资本|注册|支出)*"
)
"""What may stand between the words of a count or an amount: 员工子女合计 is none."""
_OF_LENGTH: Final = re.compile(
    r"(?:[的为是定设期限至满达够存留保须应均:、,\t()]|时[间长]|年限|周期|不[少低]于|不得[少低]于|最[少短]|至少|本地)*"
)
"""What may stand between the words of a length of time: 存放目录6个月更换 is none."""
_OF_PERSON: Final = re.compile(
    r"(?:[的为是由任兼总及和、:,\t()]|本?公司|我司|平台|网站|系统|网络|服务器|数据库|技术|日常|全面|具体"
    r"|担任|兼任|负责|指定|明确|统一|工作|小组|部门?|经理|同志|信息|安全)*"
)
"""What may stand between a person and a role: 王小明的上级是负责人 is none."""
_BEHIND_PERSON: Final = re.compile(
    r"[,。;、:()\t\n及和与并任为是由兼总全]|担任|负责|主管|分管|牵头|统筹|承担|同志|具体|等|人(?!员)|$"
    r"|的?(?:日常)?(?:工作|事务|管理|职务|一职|职责|安排)"
)
"""What may follow a person and a role: a verb says something else, 由王小明提名."""

_LINKS: Final = {
    "count": _OF_COUNT,
    "persons": _OF_COUNT,
    "fen": _OF_COUNT,
    "months": _OF_LENGTH,
}
"""What alone may stand between words, by what their value is measured in."""


def find_joint_values(
    prose: Prose,
    fact: Fact,
    reading: PaperFact,
    slot: str,
    *,
    persons: Sequence[str] = (),
    rank: int = 0,
) -> Iterator[PhraseMatch]:
    """Find values that stand near one word of each other group of an entry.

    The value is where … stands, for a `slot`, or 〈人〉, for one of `persons`. The
    first group names the matter, and may do so in a clause before; the others stand in
    the clause of the value and nearer to it than to any other. What is denied, put off,
    asked, of others, an aim, or beside the service is none; nor, but of a
    plan, what was so once or is to be so. Between the words of a count, an amount and a
    person nothing stands but what links them.
    """
    text = prose.flow.text
    names = tuple(name for name in persons if name in text)
    measure = fact.unit or "count" if fact.type.kind is Kind.NUMBER else ""
    for entry in reading.together:
        groups = tuple(tuple(words) for words in split_joint(entry))
        links = _OF_PERSON if (PERSON,) in groups else _LINKS.get(measure)
        for start, end in prose.list_sentences():
            sentence = _JointSentence(text=text, start=start, end=end)
            for match in sentence.match(groups, slot, names, links):
                first, last = sentence.find_clause(match.slots[0])
                own = max(match.start, first), match.end
                near = min(match.start, first), max(match.end, last)
                if (
                    text[:last].endswith("的")  # a case: 7日内未给结果的,…
                    or is_beside_service(text[start:end])
                    or is_of_others_or_aim(text[start : match.end])
                    or is_put_off(text[match.start : end])
                    or is_taken_back(text, *own)
                    or _NOT_WITHIN.search(text, first, own[0])
                    or (not fact.is_of_plan and is_of_another_time(text, *own))
                    or any(prose.find_phrases(reading.unless, slot, within=near))
                ):
                    continue
                yield replace(match, rank=rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class _JointSentence:
    """A sentence of a text: from where to where."""

    text: str
    start: int
    end: int

    def match(
        self,
        groups: Sequence[tuple[str, ...]],
        slot: str,
        names: tuple[str, ...],
        links: re.Pattern[str] | None,
    ) -> Iterator[PhraseMatch]:
        """Match the groups of an entry, once for each value that they stand with.

        `links`: what alone may stand between their words, if not anything.
        """
        slots: dict[TextSpan, TextSpan] = {}
        spans_of_groups: dict[int, list[TextSpan]] = {}
        for number, words in enumerate(groups):
            if holds_value(words):
                slots = self._find_slots(words, slot, names)
                continue
            pattern = compile_words(words, names)
            spans_of_groups[number] = self._drop_denied(
                match.span()
                for match in pattern.finditer(self.text, self.start, self.end)
            )
        values = self._drop_denied(slots)
        for value in values:
            first, last = self.find_clause(value)
            others = [
                other
                for other in values
                if first <= other[0]
                and other[1] <= last
                and _are_apart(slots[other], slots[value])
            ]
            taken = [value]
            for number, spans in spans_of_groups.items():
                free = [
                    span
                    for span in spans
                    if all(_are_apart(span, word) for word in taken)
                ]
                near = self._find_nearest(value, free, others, is_matter=number == 0)
                if near is None:
                    break
                taken.append(near)
            else:
                start, end = min(taken)[0], max(last for _, last in taken)
                if end - start <= FAR and self._are_linked(taken, links):
                    yield PhraseMatch(start=start, end=end, slots=(slots[value],))

    def _are_linked(
        self, words: Sequence[TextSpan], links: re.Pattern[str] | None
    ) -> bool:
        """Whether nothing stands between some words but what links them."""
        if links is None:
            return True
        # The matter of a length of time, which comes second, stands anywhere before.
        near = [words[0], *words[2:]] if links is _OF_LENGTH else words
        if links is _OF_PERSON and not _BEHIND_PERSON.match(
            self.text, max(words)[1], self.end
        ):
            return False
        return are_linked(self.text, near, links)

    def find_clause(self, span: TextSpan) -> TextSpan:
        """Find the clause in which some words stand."""
        commas = _COMMA.finditer(self.text, self.start, span[0])
        after = _COMMA.search(self.text, span[1], self.end)
        first = max((comma.end() for comma in commas), default=self.start)
        return first, self.end if after is None else after.start()

    def _find_slots(
        self, words: tuple[str, ...], slot: str, names: tuple[str, ...]
    ) -> dict[TextSpan, TextSpan]:
        """Find where values stand with what is listed around them, and they alone."""
        if PERSON in words:
            pattern = compile_words(words, names)
            matches = pattern.finditer(self.text, self.start, self.end)
            return {match.span(): match.span() for match in matches}
        slots: dict[TextSpan, TextSpan] = {}
        for word in words:
            pattern = compile_phrase(word, slot)
            for match in pattern.finditer(self.text, self.start, self.end):
                if any(
                    not _are_apart(match.span(1), known) for known in slots.values()
                ):
                    continue  # an earlier word says better where it ends
                if self._is_whole(word, match.start()):
                    slots[match.span()] = match.span(1)
        return slots

    def _is_whole(self, word: str, start: int) -> bool:
        """Whether what begins at `start` is no part of a longer figure or number.

        A - comes before the last day of a term only where its first day stands.
        """
        if word.startswith("-"):
            return _ENDS_DAY.search(self.text, self.start, start) is not None
        return not (
            word.startswith("…") and _IN_FIGURE.search(self.text, self.start, start)
        )

    def _find_nearest(
        self,
        value: TextSpan,
        spans: Sequence[TextSpan],
        others: Sequence[TextSpan],
        *,
        is_matter: bool,
    ) -> TextSpan | None:
        """Find the nearest word that says something of a value, and of no other."""
        first, last = self.find_clause(value)
        if is_matter:
            first, others = self.start, ()
        near = min(
            (
                span
                for span in spans
                if first <= span[0]
                and span[1] <= last
                and (is_matter or self._may_say_of(span, value))
            ),
            key=lambda span: _measure(span, value),
            default=None,
        )
        if near is None or any(
            _measure(near, other) <= _measure(near, value) for other in others
        ):
            return None
        return near

    def _may_say_of(self, span: TextSpan, value: TextSpan) -> bool:
        """Whether a word can say something of a value, beside which it stands.

        Not where a term runs from it, nor where a “not” stands between both.
        """
        if span[1] <= value[0]:
            return _BEGINS_TERM.match(self.text, span[1], value[0]) is None
        return not is_denied(self.text, *span)

    def _drop_denied(self, spans: Iterable[TextSpan]) -> list[TextSpan]:
        return [
            span for span in spans if not is_word_denied(self.text, self.start, span)
        ]


def _measure(span: TextSpan, other: TextSpan) -> int:
    """How many letters stand between two places."""
    return max(other[0] - span[1], span[0] - other[1], 0)


def _are_apart(span: TextSpan, other: TextSpan) -> bool:
    return span[1] <= other[0] or other[1] <= span[0]
