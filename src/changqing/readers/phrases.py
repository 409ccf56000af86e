"""Phrases of the catalogue, found in the running text of a paper.

A phrase has … where the value stands, and …… where anything may stand within the
sentence. What stands beside a “not” never counts as said, nor does a box that is not
ticked or a question whether.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from changqing.evidence.denials import is_of_another_time, is_taken_back
from changqing.readers.flow import Flow, fold_signs
from changqing.readers.layout import Quote
from changqing.readers.open_points import is_beside_service, says_nothing

_LONG_SENTENCE: Final = 90
_LONG_HEADING: Final = 20
SHORT: Final = 12  # letters of a heading without a number, or of a phrase
_SOME_WORDS: Final = 3
_QUESTION: Final = re.compile(r"([^?。]{2,20})\?(?:答[:.])?(.*)")
"""A heading put as a question, and an answer on its line."""
_ASKED: Final = re.compile(r"(?:问|Q)\d{0,2}[:.、]")
_ANSWER: Final = re.compile(r"^(?:答|A)\d{0,2}[:.、]")
_ASKS: Final = "问:"
"""What stands for the number of a heading that is a question without one."""
_DOTS: Final = re.compile(r"(?:…{2}|\.{4}|·{4})[….·]*\d*$")
"""Between a heading and its page, in a table of contents."""
_SHORT_SENTENCE: Final = re.compile(r"([^,。;:\t]{2,8})。")
"""A heading that ends as a sentence does."""
_LEAD: Final = re.compile(
    r"(?:#{1,4})?(?:第[一二三四五六七八九十百\d]{1,4}(?:[条章节]|部分?)|[一二三四五六七八九十]{1,3}[、.]"
    r"|\([一二三四五六七八九十\d]{1,3}\)|[一二三四五六七八九十](?=[一-龥]{2,8}\t)"
    r"|\d{1,2}(?!\d|年|月|日|[-/]\d)(?:\.\d{1,2}){0,2}[、.)]?)[、:.]?|#{1,4}"
)
_ENDS_DENYING: Final = re.compile(
    "(?:[不未无勿]|没有)(?:[再需须必得予能会应作做经]|进行|涉及|作出|另行|事先|提前)?$|无法$|[是能]否$|[作做]任何$"
    "|(?:[尚并还仍均从]未|[未没]能|没有|还没|无法|不能|难以|[做达]不到)[^,。;:\\t\\n的]{0,6}$"
)
"""How what stands for …… ends where it denies the next word: 热线暂不|受理."""
_LINK: Final = "[:为是有]?(?:一?共|总)?[有计:]?"
_OF_PEOPLE: Final = "人名位"
_MEASURES_OF_PEOPLE: Final = frozenset(_OF_PEOPLE)
_MEASURES: Final = frozenset("人名位台个套")


TextSpan = tuple[int, int]
"""From where to where words stand in a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseMatch:
    """Where a phrase stands: its whole, and the places where it has …."""

    start: int
    end: int
    slots: tuple[tuple[int, int], ...]
    rank: int = 0


@dataclass(frozen=True)
class Prose:
    """The running text of a paper, and what is said in it."""

    flow: Flow

    def find_phrases(
        self,
        phrases: Sequence[str],
        slot: str,
        unless: Sequence[str] = (),
        *,
        today: bool = False,
        within: TextSpan | None = None,
    ) -> Iterator[PhraseMatch]:
        """Find phrases, those named first first, that nothing beside them denies.

        `within`: from where to where in the text they are looked for.
        `today`: what was so once or is to be so (原为专职, 拟聘) is not found either.
        """
        text = self.flow.text
        excluded = [
            (match.span(), _list_slots(match))
            for phrase in unless
            if find_longest_word(phrase, slot) in text
            for match in compile_phrase(phrase, slot).finditer(text)
        ]
        for rank, phrase in enumerate(phrases):
            # Most phrases stand in no paper, and each takes long to compile.
            if find_longest_word(phrase, slot) not in text:
                continue
            pattern = compile_phrase(phrase, slot)
            for match in pattern.finditer(text, *(within or ())):
                slots = _list_slots(match)
                # 免租期……至… has the day of 起至…止 too, if not its last word.
                inside = any(
                    (start <= match.start() and match.end() <= end)
                    or (slots and slots == values)
                    for (start, end), values in excluded
                )
                if inside or is_taken_back(text, *match.span()):
                    continue
                if any(map(_ENDS_DENYING.search, match.groupdict().values())):
                    continue
                if today and is_of_another_time(text, *match.span()):
                    continue
                yield PhraseMatch(
                    start=match.start(),
                    end=match.end(),
                    slots=slots,
                    rank=rank,
                )

    def list_sentences(self) -> Iterator[tuple[int, int]]:
        """List where each sentence begins and ends; a semicolon ends one as well."""
        start = 0
        for match in re.finditer(r"[。;\n]|$", self.flow.text):
            if match.start() > start:
                yield start, match.start()
            start = match.end()

    def find_parts(self, headings: Sequence[str]) -> Iterator[Quote]:
        """Find what stands under a heading that has such words, or right behind it.

        What puts the matter off, or leaves it blank, is nothing.
        """
        exact, plain = _part_headings(tuple(headings))
        lines = list(re.finditer(r"[^\n]+", self.flow.text)) if headings else []
        for number, line in enumerate(lines):
            lead, head, behind = _split_heading(line[0])
            blank = 0 if behind else self._find_blank(*line.span())
            first = line[0][len(lead) : blank]
            if first in exact or any(word in first for word in plain):
                head, behind = first, line[0][blank:]
            if len(head) > _LONG_HEADING or not (
                ((lead or behind) and head in exact)
                or any(word in head for word in plain)
            ):
                continue
            if is_beside_service(line[0].replace("?", "", 1)):
                continue
            if len(behind) >= _SOME_WORDS and not says_nothing(behind, head):
                yield self.flow.quote(line.start(), line.end())
            elif (
                not behind and (lead or len(head) <= SHORT) and number + 1 < len(lines)
            ):
                below = lines[number + 1]
                if _has_content(below[0], lead, head):
                    yield self.flow.quote(line.start(), below.end())

    def _find_blank(self, start: int, end: int) -> int:
        """Find where a blank parts the first letters of a line from its rest; else 0.

        定价 月卡59元 has a heading and its words, though no blank stands in the flow.
        """
        origins = self.flow.origins[start : min(end, start + SHORT // 2 + 1)]
        for place, (last, first) in enumerate(pairwise(origins), 1):
            if last is None or first is None:
                return 0
            if first.span != last.span or first.char - last.char > 1:
                return place
        return 0

    def is_bare_heading(self, start: int, end: int) -> bool:
        """Tell whether words are all that a part says of a matter: its heading.

        三、处置流程, with （待补充） or the next heading below it, says nothing.
        """
        text = self.flow.text
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", end)
        last = len(text) if last < 0 else last
        if _DOTS.search(text[end:last]):
            return True  # of a table of contents
        lead, head, behind = _split_heading(text[first:last])
        if not (lead and head) or len(head) > _LONG_HEADING or end > last - len(behind):
            return False
        if behind:
            return says_nothing(behind, head)
        if re.search("[,。;]", head):
            return False
        below = text[last + 1 :].partition("\n")[0]
        return not _has_content(below, lead, head)

    def read_sentence(self, start: int, end: int) -> str:
        """Read the whole sentence in which some words stand."""
        first, last = self.find_sentence(start, end)
        return self.flow.text[first:last]

    def find_sentence(self, start: int, end: int) -> tuple[int, int]:
        """Find where the sentence begins and ends in which some words stand."""
        return self._find_clause(start, end, "。;\n")

    def quote_slot(self, start: int, end: int) -> Quote:
        """Quote what stands in a slot, with the one measure word after a number."""
        if self.flow.text[end : end + 1] in _MEASURES:
            end += 1
        return self.flow.quote(start, end)

    def quote_sentence(self, start: int, end: int) -> Quote:
        """Quote the sentence in which some words stand, so that it points at a line.

        Of one that is long, or that runs over lines of a page, the clause; of such a
        clause the words alone.
        """
        for stops in ("。;\n\t", "。;\n\t,"):
            first, last = self._find_clause(start, end, stops)
            quote = self.flow.quote(first, last)
            if last - first <= _LONG_SENTENCE and not _runs_over(quote):
                return quote
        return self.flow.quote(start, end)

    def _find_clause(self, start: int, end: int, stops: str) -> tuple[int, int]:
        """Find where what lies between two stops begins and ends, around some words."""
        text = self.flow.text
        first = max(text.rfind(stop, 0, start) for stop in stops) + 1
        after = [at for stop in stops if (at := text.find(stop, end)) >= 0]
        return first, min(after, default=len(text))


@lru_cache(maxsize=4096)
def _part_headings(
    headings: tuple[str, ...],
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Part headings into those that have to be whole (=市场) and words within one."""
    listed = [fold_signs(re.sub(r"\s+", "", heading)) for heading in headings]
    exact = frozenset(word[1:] for word in listed if word.startswith("="))
    return exact, tuple(word for word in listed if not word.startswith("="))


def _split_heading(line: str) -> tuple[str, str, str]:
    """Split a line into the number of a heading, the heading, and what is behind it.

    六、责任　某某对服务质量负总责: a blank parts them as a colon would, and so does the
    stop after a heading of a few letters: 一、目的。为规范…….
    """
    match = _LEAD.match(line) or _ASKED.match(line)
    lead = match[0] if match else ""
    rest = line[len(lead) :]
    if (question := _QUESTION.fullmatch(rest)) is not None:
        return lead or _ASKS, question[1], question[2]
    if _DOTS.search(rest):
        return lead, "", ""  # of a table of contents
    head, mark, behind = re.sub(r"[:\t]", ":", rest, count=1).partition(":")
    stop = _SHORT_SENTENCE.match(rest) if lead else None
    if stop is not None and stop.end() < len(rest) and len(stop[1]) < len(head):
        head, mark, behind = stop[1], "。", rest[stop.end() :]
    if not mark and rest.endswith(("。", ";")):
        return lead, "", ""  # a sentence
    return lead, head, behind


def _has_content(line: str, lead: str, heading: str) -> bool:
    """Whether the line under a heading says something, and is not the next heading."""
    line = _ANSWER.sub("", line)
    if len(line) < _SOME_WORDS or says_nothing(line, heading):
        return False
    below = _LEAD.match(line)
    if below is None or len(line) > _LONG_HEADING:
        return True
    return _shape(below[0]) != _shape(lead) and lead != ""


def _shape(lead: str) -> str:
    """The kind of number of a heading: those beside each other have the same."""
    return re.sub(r"[一二三四五六七八九十百]+", "一", re.sub(r"\d+", "1", lead))


def _runs_over(quote: Quote) -> bool:
    """Whether a quote stands on several lines of a page."""
    boxes = [box for piece in quote.pieces if (box := piece.box) is not None]
    tops = [box.top for box in boxes]
    return bool(boxes) and max(tops) >= min(box.bottom for box in boxes)


@lru_cache(maxsize=4096)
def compile_phrase(phrase: str, slot: str) -> re.Pattern[str]:
    """Make a pattern of a phrase: … is a `slot`, …… anything within the sentence.

    A figure may have a word that links it (合计为4人, 合计：4人) and be counted by any
    measure of people (4人, 4名). What stands for …… has a name in it, and slots have
    none. Who 负责 is no 负责人.
    """
    pattern_parts = []
    figures = _counts(slot)
    before = ""
    for number, part in enumerate(_split_phrase(phrase)):
        if part == "……":
            not_a_name = "(?!人)" if before.endswith("负责") else ""
            pattern_parts.append(rf"{not_a_name}(?P<gap{number}>[^。;\n]{{0,40}}?)")
        elif part == "…":
            link = _LINK if figures and before not in ("", "……") else ""
            pattern_parts.append(rf"[\t\n]?{link}({slot})[\t\n]?")
        elif figures and before == "…" and part[:1] in _MEASURES_OF_PEOPLE:
            pattern_parts.append(f"[{_OF_PEOPLE}]{re.escape(part[1:])}")
        else:
            pattern_parts.append("".join(_write_sign(sign) for sign in part))
        before = part
    if slot.endswith("?") and phrase.endswith("…"):
        pattern_parts.append(r"(?=[,。;:、()\t\n]|$)")
    return re.compile("".join(pattern_parts))


def are_linked(text: str, spans: Iterable[TextSpan], links: re.Pattern[str]) -> bool:
    """Tell whether nothing stands between some words of a text but what links them."""
    return all(
        before[1] >= after[0] or links.fullmatch(text, before[1], after[0])
        for before, after in pairwise(sorted(spans))
    )


def _list_slots(match: re.Match[str]) -> tuple[TextSpan, ...]:
    """List where the values of a phrase stand: its groups without a name."""
    gaps = match.re.groupindex.values()
    return tuple(
        match.span(number)
        for number in range(1, match.re.groups + 1)
        if number not in gaps
    )


def _write_sign(sign: str) -> str:
    """Write a sign as a pattern; in a table no colon stands after a label."""
    return r"(?::[\t\n]?|\t)" if sign == ":" else re.escape(sign)


@lru_cache(maxsize=65_536)  # every phrase of the catalogue is tried on each paper
def find_longest_word(phrase: str, slot: str) -> str:
    """Find the longest word without which a phrase is nowhere, as `compile_phrase`."""
    words, before = [""], ""
    for part in _split_phrase(phrase):
        if part not in ("…", "……"):
            measured = _counts(slot) and before == "…"
            other = measured and part[:1] in _MEASURES_OF_PEOPLE
            words += (part[1:] if other else part).split(":")
        before = part
    return max(words, key=len)


def _counts(slot: str) -> bool:
    """Whether what stands in a slot is a figure."""
    return r"\d" in slot and not slot.startswith("[^")


def _split_phrase(phrase: str) -> list[str]:
    """Split a phrase into words and marks."""
    return re.split(r"(……|…)", re.sub(r"\s+", "", fold_marks(phrase)))


def fold_marks(phrase: str) -> str:
    """Fold signs as `fold_signs` does, the marks … of a phrase kept."""
    return "…".join(fold_signs(part) for part in phrase.split("…"))
