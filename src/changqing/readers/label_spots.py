"""Where the labels of a form stand on a page, however they are set.

A label is found whatever the blanks between its letters, over two lines of a narrow
column, with its English beside it, and even where the first of two letters alone was
read. What stands beside a label is for `labels`. A label with … in it is a pattern of
labels: 承租… is 承租人, 承租单位 and 承租企业.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from changqing.evidence.reading import Box
from changqing.readers.layout import (
    PageLayout,
    Quote,
    find_centre,
    find_middle,
    join_boxes,
    measure_height,
    squeeze,
    squeeze_mapped,
)
from changqing.readers.near_labels import NearLabels

_COLON: Final = re.compile(r"\s*[:：]")
_LEAD: Final = re.compile(
    r"^[\s(（]*(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）、.．]\s*"
)
_NOTE: Final = re.compile(r"[(（][^()（）]{1,24}[)）]")
_WIDE_BLANK: Final = re.compile(r"\s\s|[　\t]")
_AFTER_WIDE_BLANK: Final = re.compile(r"(?:\s\s|[　\t])$")
_CLAUSE: Final = frozenset("。;；,，、")
_BETWEEN_LETTERS: Final = 7.0  # heights of a line between the letters of a label
_BETWEEN_LINES: Final = 1.3  # heights of a line between the two lines of a label
_LONGEST_STACKED: Final = 16  # letters in the first line of a label that has several
_OR_ELSE: Final = re.compile(r"\s*/\s*[一-龥]{1,6}(?=[\s:：]|$)")
_LIST: Final = re.compile("(?:经营|业务)范围(?:及方式)?")
SECTION: Final = re.compile("(许可|一般)(?:经营)?(?:项目|事项)")
"""What a section of the list of what a company may do is headed by."""
_CALLS: Final = re.compile("名称|全称|姓名")
"""What a label may end with and mean the same."""
_LONGER_HEAD: Final = re.compile("[一-龥]{1,2}:|商事主体")  # 法人商事主体
_CALLED: Final = re.compile(r"\((?:以下|下|简)称?[^()]{1,10}\)$")  # (以下简称乙方)
_HEADS_IN_ROW: Final = 3  # labels side by side that are the heads of a table
_MOST_LINES: Final = 5  # of a label, as where each letter has a line
_FEW: Final = squeeze("…")  # in a label: a few letters
_LONGEST_UNLISTED: Final = 14  # letters of a label that only a pattern names
_HAS_DIGIT: Final = re.compile(r"\d")
_SEGMENT: Final = re.compile(r"[^。;；\n]+?(?=\s{2,}|[　\t。;；\n]|$)")
_HEADED: Final = re.compile(r"\s*(?P<label>[^:：。;；,，]{2,40}?)\s*[:：]")
_LONGER: Final = re.compile(
    r"(?:日期|时间|名称|期限|方式|金额|单位|机构|经理|联系人|联系方式|电话|手机|邮箱|邮件|地址|编号|号码|代码|账号|类型|性质|"
    r"签章|盖章|签字|签名|公章|代表|意见|确认|须知|说明|备注|/[一-龥]{2,6})(?::|$)"
    r"|(?:country|state|province|city|street|email|phone|fax|contact|postal|url)[^:]{0,20}:"
)
"""What makes a longer label of one, so that no value follows it."""
_SIDE: Final = re.compile(
    r"[甲乙丙]方?\((?P<who>[^()]{2,10})\)|[^()]{2,8}\((?P<side>[甲乙丙]方)\)"
)
GLOSS: Final = re.compile(
    r"(?:account|address|amount|applicant|authority|balance|bank|card|certificate|code|"
    r"company|contract|created|creation|currency|customer|date|dates|day|deposit|domain|"
    r"effective|employee|employer|end|enterprise|expiration|expires|expiry|"
    r"figures|from|full|gender|holder|id|in|issue|issued|issuing|item|job|legal|lessee|lessor|name|number|no|"
    r"of|on|organi[sz]ation|owner|party[ab]|period|person|position|post|registered|"
    r"registrant|registrar|registration|registry|remarks?|representative|salary|serial|"
    r"service|sex|social|start|status|tenant|term|the|time|to|type|unit|until|valid|"
    r"validity|words|approval|business|capital|client|credit|customer|domicile|"
    r"establishment|expire|fee|file|full|landlord|level|permitted|premises|previous|"
    r"product|provider|public|purpose|qualification|region|rent|scope|supplier|total|"
    r"unified|use|vendor|[.,/()&'’\-])+"
)
"""The English of a label, squeezed: Account No., Expiry Date, Party B."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledValue:
    """What stands beside a label, and where it stood to it.

    `how`: colon, right, cell, glued (no gap between label and value), clause (the
    label begins a clause of a sentence), torn (of the label one letter was read) or
    below. `is_near`: the label is printed in other words. `more`: below the value
    stands another, as in the column of a table. `first`: the first line of a value that
    was taken to have several. `note`: what is printed of the label, with its brackets:
    注册资本(万元). `lead`: what stands right before it. `headless`: right above stands
    a line that may be the beginning of the value.
    """

    label: str
    value: Quote
    how: str
    is_near: bool = False
    more: bool = False
    first: Quote | None = None
    note: str = ""
    lead: str = ""
    headless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSpot:
    """A label on the page: which, its spans, and where it ends in the last of them."""

    name: str
    at: int  # place of its first span in the page
    last: int  # place of its last span
    start: int  # character of the first span at which it begins
    rest: int  # character of the last span at which its value would begin
    how: str  # what a value right after it would be: colon, glued, clause, torn
    box: Box | None  # straightened
    places: frozenset[int]  # all spans that are of it and of nothing else
    is_near: bool = False  # printed in other words than the label of that name

    @property
    def spellings(self) -> tuple[str, str]:
        """Its name squeezed, and the same without how the side is called in short."""
        name = squeeze(self.name)
        return name, _CALLED.sub("", name)


def find_spots(page: PageLayout, names: Sequence[str]) -> tuple[LabelSpot, ...]:
    """Find where any of some labels stands on a page, row by row."""
    by_squeezed = {squeeze(name): name for name in names if squeeze(name)}
    patterns = {name: by_squeezed.pop(name) for name in [*by_squeezed] if _FEW in name}
    near = _list_near(tuple(by_squeezed))
    finder = _SpotFinder(page, by_squeezed, tuple(patterns.items()), near)
    return tuple(_drop_sections(page, finder.find())) if by_squeezed else ()


def _drop_sections(page: PageLayout, spots: Sequence[LabelSpot]) -> Iterator[LabelSpot]:
    """Drop the heads of sections that stand within a list which has a label itself.

    经营范围 | 软件开发;广告。许可经营项目:增值电信业务 is one list.
    """
    has_list = any(_LIST.fullmatch(squeeze(spot.name)) for spot in spots)
    for spot in spots:
        text = page.spans[spot.last].text
        section = SECTION.search(text, spot.start, spot.rest)
        before = "" if section is None else text[: section.start()].strip()
        within = spot.last == spot.at and before
        if not (has_list and within):
            yield spot


@lru_cache(maxsize=128)
def _list_near(listed: tuple[str, ...]) -> NearLabels:
    return NearLabels(listed)


def list_heads(alone: Sequence[int], rows: Sequence[Sequence[int]]) -> frozenset[int]:
    """List the labels that stand alone in their span, in one row with several more."""
    lone_by_row = ([place for place in row if place in alone] for row in rows)
    return frozenset(
        place
        for heads, row in zip(lone_by_row, rows, strict=True)
        for place in heads
        if len(heads) >= _HEADS_IN_ROW and 2 * len(heads) > len(row)
    )


@dataclass(frozen=True)
class _SpotFinder:
    page: PageLayout
    known: Mapping[str, str]  # by the label squeezed, the label as it is listed
    patterns: tuple[tuple[str, str], ...]  # the same of patterns
    near: NearLabels  # for labels that nobody listed

    def find(self) -> list[LabelSpot]:
        """Find the labels, in the order of the rows."""
        labels = self.known
        longest = sorted(labels, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest)))
        label_spots: list[LabelSpot] = []
        alone: list[int] = []
        consumed: set[int] = set()
        for row in self.page.rows:
            for at, place in enumerate(row):
                if place in consumed:
                    continue
                stacked = self._join_lines(place)
                if stacked is not None:
                    label_spots.append(stacked)
                    consumed.update(stacked.places)
                    continue
                joined = self._join_letters(row, at, labels)
                if joined is not None:
                    label_spots.append(joined)
                    consumed.update(row[at : row.index(joined.last) + 1])
                    continue
                inside = list(self._find_inside(place, pattern, labels))
                longer = [
                    spot
                    for spot in self._find_unlisted(place, inside)
                    if not _ends_in_value(spot, inside)
                ]
                inside = [spot for spot in inside if not _is_within(spot, longer)]
                label_spots += (*inside, *longer)
                if (
                    not (inside or longer)
                    and len(squeeze(self.page.spans[place].text)) == 1
                ):
                    alone.append(place)
        label_spots += self._complete_halves(alone, label_spots, labels)
        return [self._add_gloss(spot) for spot in label_spots]

    def _join_lines(self, place: int) -> LabelSpot | None:
        """Join a label in the lines of a narrow column: 法定代表 above 人, 注 above 册.

        So may a label with a note have them: 承租方（乙 above 方）.
        """
        whole = squeeze(self.page.spans[place].text)
        if not whole or len(whole) > _LONGEST_STACKED or whole in self.known:
            return None
        places, name = [place], None
        while name is None and len(places) < _MOST_LINES:
            torn = whole.count("(") > whole.count(")")
            if not torn and not any(label.startswith(whole) for label in self.known):
                return None
            below = self._find_span_below(places[-1])
            if below is None:
                return None
            places.append(below)
            whole += squeeze(self.page.spans[below].text).rstrip(":")
            bare = _NOTE.sub("", whole) if torn else whole
            name = self.known.get(whole) or self.known.get(bare)
        if name is None:
            return None
        text = self.page.spans[places[-1]].text
        return LabelSpot(
            name=name,
            at=place,
            last=places[-1],
            start=0,
            rest=len(text),
            how="colon" if squeeze(text).endswith(":") else "glued",
            box=join_boxes([self.page.flat[part] for part in places]),
            places=frozenset(places),
        )

    def _find_span_below(self, place: int) -> int | None:
        """Find the span that stands close under another, flush with it or centred."""
        box = self.page.flat[place]
        if self.page.spans[place].box is None:
            return None
        near = [
            (other.top - box.bottom, number)
            for number in self.page.regular
            if number != place
            for other in [self.page.flat[number]]
            if -0.4 * measure_height(box)
            <= other.top - box.bottom
            <= _BETWEEN_LINES * measure_height(box)
            and _is_set_alike(box, other)
        ]
        return min(near)[1] if near else None

    def _add_gloss(self, spot: LabelSpot) -> LabelSpot:
        """Take the English of a label that stands in its own line under it."""
        text = self.page.spans[spot.last].text
        if spot.box is None or text[spot.rest :].strip():
            return spot
        below = self._find_span_below(spot.last)
        if below is None or below in spot.places:
            return spot
        plain = squeeze(self.page.spans[below].text)
        if _NOTE.fullmatch(plain):  # 注册资本 above (万元)
            return replace(
                spot,
                box=join_boxes([spot.box, self.page.flat[below]]),
                places=spot.places | {below},
            )
        if plain in self.known or not GLOSS.fullmatch(plain):
            return spot
        row = next(row for row in self.page.rows if below in row)
        words = [below]  # Period | of Validity may have been read apart
        for after in row[row.index(below) + 1 :]:
            box, other = self.page.flat[words[-1]], self.page.flat[after]
            plain = squeeze(self.page.spans[after].text)
            near = other.left - box.right < measure_height(box)
            if not near or plain in self.known or not GLOSS.fullmatch(plain):
                break
            words.append(after)
        return replace(
            spot,
            box=join_boxes([spot.box, *(self.page.flat[word] for word in words)]),
            places=spot.places | {*words},
        )

    def _join_letters(
        self, row: Sequence[int], at: int, labels: Mapping[str, str]
    ) -> LabelSpot | None:
        """Join a label whose letters are spans of their own: 名　称, 住 所.

        The last of them may go on with the value.
        """
        spans = self.page.spans
        joined = squeeze(spans[row[at]].text).strip(":")
        if not joined or len(joined) > 4 or joined in labels:
            return None
        longest: LabelSpot | None = None
        for more in range(1, min(6, len(row) - at)):
            before, after = row[at + more - 1], row[at + more]
            cell = spans[after].cell
            if spans[before].cell != cell:
                return longest
            box, other = self.page.flat[before], self.page.flat[after]
            gap = other.left - box.right
            if cell is None and gap > _BETWEEN_LETTERS * measure_height(box):
                return longest
            plain, where = squeeze_mapped(spans[after].text)
            for name in labels:
                ahead = name[len(joined) :]
                whole = longest is None or plain.strip(":") == ahead  # 住 | 所 | 地
                if not (ahead and name.startswith(joined) and whole):
                    continue
                if plain.startswith(ahead):
                    places = row[at : at + more + 1]
                    value_from = where[len(ahead) - 1] + 1
                    longest = self._label_of(labels[name], places, value_from)
                    break
            joined += plain.strip(":")
            if len(joined) > 8:
                return longest
        return longest

    def _label_of(self, name: str, places: Sequence[int], value_from: int) -> LabelSpot:
        """Make a label of several spans; `value_from` is where it ends in the last."""
        last = places[-1]
        text = self.page.spans[last].text
        boxes = [self.page.find_flat_part(place, 0, None) for place in places[:-1]]
        boxes.append(self.page.find_flat_part(last, 0, max(value_from, 1)))
        colon = _COLON.match(text, value_from)
        return LabelSpot(
            name=name,
            at=places[0],
            last=last,
            start=0,
            rest=value_from if colon is None else colon.end(),
            how="glued" if colon is None else "colon",
            box=join_boxes(boxes),
            places=frozenset(places),
        )

    def _find_inside(
        self, place: int, pattern: re.Pattern[str], labels: Mapping[str, str]
    ) -> Iterator[LabelSpot]:
        """Labels in one span: at its head, before a colon, or where a clause begins."""
        text = self.page.spans[place].text
        plain, where = squeeze_mapped(text)
        lead = find_lead(text)
        at, before = 0, -1
        while at < len(plain):
            match = pattern.match(plain, at)
            if match is None:
                at += 1
                continue
            end = match.end()
            called = _CALLS.match(plain, end)
            if called is not None and _ends_word(text, where, called.end()):
                end = called.end()  # 承租方名称 is 承租方
            note = _NOTE.match(plain, end)
            after = end if note is None else note.end()
            gloss = GLOSS.match(plain, after)
            if gloss is not None and plain[gloss.end() : gloss.end() + 1] in {"", ":"}:
                after = gloss.end()
            colon = plain[after : after + 1] == ":"
            alone = where[at] <= lead and after == len(plain)
            apart = note is not None and _ends_word(text, where, after)
            labelled = colon or alone or apart
            if not labelled and note is not None and not note[0].isascii():
                after = end
            either = None if colon else _OR_ELSE.match(text, where[after - 1] + 1)
            if either is not None:
                after += len(squeeze(either[0]))  # 注册人/组织 is one label
                colon = plain[after : after + 1] == ":"
                alone = where[at] <= lead and after == len(plain)
            if not (colon or alone) and _LONGER.match(plain, after):
                at = end  # 客户经理 is not what stands beside 客户
                continue
            if not colon and _LONGER_HEAD.match(plain, after):
                at = end  # 租赁标的物: is not what stands beside 租赁标的
                continue
            head = where[at] <= lead
            clause = at > 0 and plain[at - 1] in _CLAUSE
            # Two heads of a table may have been read as one: 序号主办单位名称.
            follows = at == before and end == len(plain)
            # In a line of Word wide blanks part what a form sets side by side.
            aside = _AFTER_WIDE_BLANK.search(text, 0, where[at]) and (
                _WIDE_BLANK.match(text, where[after - 1] + 1)
            )
            if head or colon or clause or follows or aside:
                before = end
                value_from = where[after] + 1 if colon else where[after - 1] + 1
                yield LabelSpot(
                    name=labels[match[0]],
                    at=place,
                    last=place,
                    start=where[at],
                    rest=value_from,
                    how="colon" if colon else "glued" if head else "clause",
                    box=self.page.find_flat_part(place, where[at], value_from),
                    places=frozenset({place}),
                )
            at = end

    def _find_unlisted(
        self, place: int, listed: Sequence[LabelSpot]
    ) -> Iterator[LabelSpot]:
        """Find labels that a pattern names, or whose note says who a side is.

        They stand before a colon, or alone in their cell or on their place of a line.
        """
        text = self.page.spans[place].text
        for segment in _SEGMENT.finditer(text):
            begin = segment.start() + find_lead(segment[0])
            headed = _HEADED.match(text, begin, segment.end())
            if headed is not None:
                label, value_from = headed["label"], headed.end()
            elif segment[0].strip() == text.strip():
                label, value_from = text[begin:], len(text)
            elif segment.end() < len(text) and text[segment.end()] not in "。;；\n":
                label, value_from = text[begin : segment.end()], segment.end()
            else:
                continue
            bare, inner = _name_side(squeeze(label))
            whole = any(
                spot.start == begin and spot.rest >= value_from for spot in listed
            )
            names = (inner,) if whole else (bare, inner)
            sides = [self.known[inner]] if inner in self.known else []
            named = (*sides, *self._match_patterns(filter(None, names)))
            near = () if named or whole else self._match_near(bare)
            for name in (*named, *near):
                yield LabelSpot(
                    name=name,
                    is_near=not named,
                    at=place,
                    last=place,
                    start=begin,
                    rest=value_from,
                    how="glued" if headed is None else "colon",
                    box=self.page.find_flat_part(place, begin, value_from),
                    places=frozenset({place}),
                )

    def _match_near(self, label: str) -> Iterator[str]:
        """Find the listed label that an unlisted one says in other words."""
        if label not in self.known and not _HAS_DIGIT.search(label):
            near = self.near.find(label)
            if near is not None:
                yield self.known[near]

    def _match_patterns(self, names: Iterable[str]) -> Iterator[str]:
        """Find the patterns that the words of an unlisted label match, as listed."""
        for words in dict.fromkeys(names):
            if len(words) > _LONGEST_UNLISTED or words in self.known:
                continue
            for pattern, name in self.patterns:
                if _compile_label(pattern).fullmatch(words):
                    yield name

    def _complete_halves(
        self,
        alone: Sequence[int],
        label_spots: Sequence[LabelSpot],
        labels: Mapping[str, str],
    ) -> Iterator[LabelSpot]:
        """Labels of two letters of which the first alone was read: 名 for 名称.

        Only where it stands flush with other labels, and no second label begins so.
        """
        lefts = [
            label.box.left
            for label in label_spots
            if label.box is not None and label.start == 0
        ]
        for place in alone:
            letter = squeeze(self.page.spans[place].text)
            complete = {
                labels[name] for name in labels if len(name) == 2 and name[0] == letter
            }
            box = self.page.find_flat_part(place, 0, None)
            if len(complete) != 1 or box is None:
                continue
            if sum(abs(left - box.left) < measure_height(box) for left in lefts) < 2:
                continue
            yield LabelSpot(
                name=complete.pop(),
                at=place,
                last=place,
                start=0,
                rest=len(self.page.spans[place].text),
                how="torn",
                box=box,
                places=frozenset({place}),
            )


def _ends_word(text: str, where: Sequence[int], after: int) -> bool:
    """Whether a blank, a colon or the end stands behind squeezed letters of a text."""
    following = text[where[after - 1] + 1 :]
    return not following or following[0].isspace() or following[0] in ":："


def _is_within(spot: LabelSpot, longer: Sequence[LabelSpot]) -> bool:
    """Whether a label with what is glued to it is one longer label: 域名 | 生效时间."""
    return spot.how == "glued" and any(
        other.start == spot.start and other.rest > spot.rest for other in longer
    )


def _ends_in_value(longer: LabelSpot, listed: Sequence[LabelSpot]) -> bool:
    """Whether a pattern takes the value of a listed label: 法人王小明."""
    return longer.how == "glued" and any(
        spot.start == longer.start
        and squeeze(longer.name).startswith(squeeze(spot.name))
        for spot in listed
    )


def _name_side(plain: str) -> tuple[str, str]:
    """A label without its note, and the note where that says what a side is.

    乙方(承租单位) is 乙方 and 承租单位, 职工(乙方) is 职工 and 乙方.
    """
    side = _SIDE.fullmatch(plain)
    inner = "" if side is None else side["who"] or side["side"]
    return _NOTE.sub("", plain), inner


@lru_cache(maxsize=1024)
def _compile_label(label: str) -> re.Pattern[str]:
    return re.compile(r"[^\d:,。;()]{0,8}".join(map(re.escape, label.split(_FEW))))


def names_label(text: str, label: str) -> bool:
    """Tell whether squeezed words are a label, or one that its pattern stands for."""
    return _compile_label(squeeze(label)).fullmatch(text) is not None


def _is_set_alike(box: Box, other: Box) -> bool:
    height = measure_height(box)
    return (
        abs(box.left - other.left) < height
        or abs(find_centre(box) - find_centre(other)) < height
    )


def find_lead(text: str) -> int:
    """Find the place after the number that a line begins with: 1. or （二）."""
    lead = _LEAD.match(text)
    blank = len(text) - len(text.lstrip())
    return blank if lead is None else lead.end()


def find_closing(before: str, text: str) -> int:
    """Find where the brackets end in which a label stands: 某公司（住所：某路1号）.

    All of the text where it stands in none.
    """
    opened = sum((sign in "(（") - (sign in ")）") for sign in before)
    if opened <= 0:
        return len(text)
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "(（") - (sign in ")）")
        if depth < 0:
            return place
    return len(text)


def is_beside_middle(label: Box, lines: Sequence[int]) -> bool:
    """Tell whether a label is set beside the middle of lines that follow evenly."""
    steps = [after - before for before, after in pairwise(lines)]
    aside = abs(find_middle(label) - (lines[0] + lines[-1]) / 2)
    return aside < 0.35 * measure_height(label) and max(steps) <= 1.25 * min(steps)


def find_margin(page: PageLayout, label: Box, start: Box) -> int:
    """Find how far to the right the lines of the column of a value reach."""
    column = [
        page.flat[place].right
        for place in page.regular
        if page.flat[place].left < start.right
        and abs(page.flat[place].left - label.left) <= 2.2 * measure_height(start)
    ]
    return max(column, default=start.right)
