"""The heads of tables: which column each names, over however many lines they stand.

A head is known by its words or by a pattern of them; months are heads by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from changqing.evidence.reading import Box
from changqing.readers.flow import Line, Token, fold_signs, squeeze_signs
from changqing.readers.layout import join_boxes, squeeze

_FEW: Final = squeeze("…")  # in a head: a few letters
_COVERED: Final = 0.6
"""Heads run together are more of a piece than this: 城镇职工基本养老 has two in it."""
_INSURANCE: Final = re.compile(
    "[一-龥]{0,4}(?:职工|员工|居民)(?:社会|基本)?(?:养老|医疗|失业|工伤)"
)
"""The name of an insurance, which is no head of 职工 beside one of 养老."""
_UNIT: Final = re.compile(r"(?:[(\[【（][^)\]】）]*[)\]】）]?)+$|(?<![:*])[:*]+$")
HEAD_LINES: Final = 2  # lines of a running head, at most
_HEAD_STEP: Final = 2.2  # heights of a line from one line of heads to the next
_OVER: Final = 300  # ten-thousandths of the page by which what is under a head is wider
_LEAST_MONTHS: Final = 3  # bare months in a row that are heads for certain
_BARE_YEAR: Final = re.compile(r"(20\d{2})年?度?")
_SHORT_HEAD: Final = re.compile(r"[^\d:]{1,10}")
_TORN_DIGIT: Final = re.compile(r"[01]")
COUNTED: Final = re.compile(r"\d{1,3}|\d[\d,]*\.\d+%?")
"""What stands in a row of a table, and in none of its heads."""
_HAS_DIGIT: Final = re.compile(r"\d")
_ROW_STEP: Final = 3.5  # heights of a line from heads to the first row under them
_TORN_HEAD: Final = 3  # letters of a piece of a head
_VALUE: Final = re.compile(r"\d{7}|\*{3}|\d,\d{3}")
YEAR_COLUMN: Final = "year"  # by the name that `columns` of a kind uses
_BARE_MONTH: Final = re.compile(r"(0?[1-9]|1[0-2])月")
MONTH: Final = re.compile(
    r"(?<!\d)(?P<y>20\d{2})(?:[-/.年](?P<m>0?[1-9]|1[0-2])月?"
    r"(?!\d)(?![-/.](?!20\d{2}[-/.年])\d)|(?P<c>0[1-9]|1[0-2]))"
    r"(?!\d{2}(?!\d))"
)
_STACKED_MONTH: Final = re.compile(r"(?P<y>20\d{2})年(?P<m>0?[1-9]|1[0-2])月(?P<c>)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHead:
    """The head of a column: what is under it is called `column`."""

    column: str
    text: str
    box: Box | None
    index: int  # number of the column where the file has cells


def _measure_misfit(head: ColumnHead, box: Box) -> float:
    """How far something stands from being set under a head: left, middle or right."""
    if head.box is None:
        return 0.0
    return min(
        abs(head.box.left - box.left),
        abs((head.box.left + head.box.right - box.left - box.right) / 2),
        abs(head.box.right - box.right),
    ) - (
        0.5 * max(0, min(head.box.right, box.right) - max(head.box.left, box.left))
        if head.box.right > box.left and box.right > head.box.left
        else 0
    )


def find_nearest_head(heads: Sequence[ColumnHead], box: Box) -> ColumnHead | None:
    """Find the head under which something is set.

    None where it is under none of them.
    """
    near = min(heads, key=lambda head: _measure_misfit(head, box), default=None)
    if near is None or near.box is None:
        return near
    wide = near.box.right - near.box.left
    if _measure_misfit(near, box) < max(1.5 * wide, 600):
        return near
    # Heads at the left of wide columns: what stands before the next head is theirs.
    before = [
        head for head in heads if head.box is not None and head.box.left <= box.left
    ]
    own = max(before, key=lambda head: head.box.left if head.box else 0, default=None)
    after = [
        head.box.left
        for head in heads
        if head.box is not None and own is not None and own.box is not None
        if head.box.left > own.box.left
    ]
    return own if own is not None and after and box.right <= min(after) else None


def _find_heads(
    text: str, columns: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, int, int]]:
    """The heads that stand in some words: which column, from where, up to where."""
    plain = fold_signs(text)
    squeezed = [
        (sign.lower(), place) for place, sign in enumerate(plain) if not sign.isspace()
    ]
    joined = "".join(sign for sign, _ in squeezed)
    column_name = _name_column(joined, columns)
    if column_name:
        yield column_name, 0, len(text)
        return
    if not joined or len(joined) > 40 or re.search(r"[。;:,]", joined):
        return
    if _INSURANCE.match(joined):
        return
    # several heads in one piece: cut it where the longest of them begin
    spots: list[tuple[int, int, str]] = []
    labels = sorted(
        (
            (label, column)
            for column, labels in columns.items()
            for label in labels
            if len(label) > 1 and _FEW not in label  # 年 and 月 stand in every date
        ),
        key=lambda label_and_column: -len(label_and_column[0]),
    )
    for label, column in labels:
        start = joined.find(label)
        if start >= 0 and not any(
            start < last and first < start + len(label) for first, last, _ in spots
        ):
            spots.append((start, start + len(label), column))
    covered = sum(end - start for start, end, _ in spots)
    if len(spots) > 1 and covered > _COVERED * len(joined):
        for first, last, column in sorted(spots):
            yield column, squeezed[first][1], squeezed[last - 1][1] + 1


def _name_column(text: str, columns: Mapping[str, Sequence[str]]) -> str:
    """The column of which some words are the head; empty if they are of none.

    A head that is listed comes before one with … in it, for a few letters.
    """
    bare = _UNIT.sub("", text)
    for column, labels in columns.items():
        if bare in labels or text in labels:
            return column
    for column, labels in columns.items():
        for label in labels:
            if _FEW in label and _compile_head(label).fullmatch(bare):
                return column
    return ""


@lru_cache(maxsize=1024)
def _compile_head(label: str) -> re.Pattern[str]:
    return re.compile(r"[^\d:,。;]{0,8}".join(map(re.escape, label.split(_FEW))))


def find_head_lines(
    lines: Sequence[Line],
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
) -> Iterator[tuple[int, int, list[ColumnHead]]]:
    """Find the heads of tables: their first line, their last, and what they name.

    Heads may stand over two or three lines: years above their months, and what needs
    one line alone in the middle of both.
    """
    last_head = -1
    for number, line in enumerate(lines):
        if number <= last_head:
            continue
        if _is_of_values(line):
            continue
        heads = name_months_of_year(_read_heads(line.tokens, columns))
        if not any(head.column in keys for head in heads):
            # Where every cell is narrow no line holds the whole head of a key.
            reach = number, number
            heads, first, last = _add_stacked_heads(heads, lines, reach, columns)
            if first > last_head and is_head(heads, keys):
                yield first, last, heads
                last_head = last
            continue
        if any(head.column.startswith("#") for head in heads):
            yield number, number, heads
            last_head = number
            continue
        first, last = _find_heads_reach(lines, number, columns, last_head)
        tokens = [token for line in lines[first : last + 1] for token in line.tokens]
        if last > first and (months := _read_bare_months(tokens)):
            heads = [head for head in heads if head.column] + months
            for beside in (*lines[first:number], *lines[number + 1 : last + 1]):
                heads += [
                    head for head in _read_heads(beside.tokens, columns) if head.column
                ]
            heads.sort(key=lambda head: head.box.left if head.box is not None else 0)
        elif last > first:
            heads = _join_head_lines(
                [_read_heads(line.tokens, columns) for line in lines[first : last + 1]]
            )
            heads, first, last = _add_stacked_heads(
                heads, lines, (first, last), columns
            )
        else:
            reach = number, number
            heads, first, last = _add_stacked_heads(heads, lines, reach, columns)
            heads, first, last = _add_torn_heads(heads, lines, number, (first, last))
        below = lines[last + 1] if last + 1 < len(lines) else None
        lone = is_head_of_cells(heads, keys) and _is_row_under(below, line)
        if is_head(heads, keys) or lone:
            yield first, last, heads
            last_head = last


def name_months_of_year(heads: list[ColumnHead]) -> list[ColumnHead]:
    """Name the bare months beside a column of years, each of which is a row.

    1月 is `#01` of whatever year stands in a row.
    """
    if not any(head.column == YEAR_COLUMN for head in heads):
        return heads
    months = [
        None if head.column else _BARE_MONTH.fullmatch(squeeze_signs(head.text))
        for head in heads
    ]
    if sum(month is not None for month in months) < _LEAST_MONTHS:
        return heads
    return [
        head if month is None else replace(head, column=f"#{int(month[1]):02d}")
        for head, month in zip(heads, months, strict=True)
    ]


def _is_row_under(row: Line | None, heads: Line) -> bool:
    """Whether a line is a row of values under a line of heads, a value for each."""
    return (
        row is not None
        and row.y - heads.y < _ROW_STEP * heads.height
        and len(row.tokens) == len(heads.tokens)
        and any(_HAS_DIGIT.search(token.text) for token in row.tokens)
        and not any(":" in fold_signs(token.text) for token in row.tokens)
    )


def _is_of_values(line: Line) -> bool:
    """Whether a line has a number or a masked one in it, as no line of heads has."""
    return any(_VALUE.search(fold_signs(token.text)) for token in line.tokens)


def _add_stacked_heads(
    heads: list[ColumnHead],
    lines: Sequence[Line],
    reach: tuple[int, int],
    columns: Mapping[str, Sequence[str]],
) -> tuple[list[ColumnHead], int, int]:
    """Add the heads that a narrow cell has in two lines: 持股比 above 例.

    Gives them all, and from which line to which they stand.
    """
    first, last = reach
    tokens = [
        (place, token)
        for place in range(max(0, first - 1), min(len(lines), last + 2))
        for token in lines[place].tokens
    ]
    for place, upper in tokens:
        for below, lower in tokens:
            step = lower.y - upper.y
            if not 0 < step < _HEAD_STEP * upper.height:
                continue
            if abs(lower.x - upper.x) > _OVER and (
                abs(lower.box.left - upper.box.left) > _OVER
            ):
                continue
            joined = squeeze_signs(upper.text + lower.text).lower()
            column = _name_column(joined, columns)
            if not column and (month := _STACKED_MONTH.fullmatch(joined)):
                column = name_month(month)
            if not column or any(head.column == column for head in heads):
                continue
            heads = [head for head in heads if head.box not in (upper.box, lower.box)]
            heads.append(ColumnHead(column=column, text=joined, box=upper.box, index=0))
            first, last = min(first, place), max(last, below)
    heads.sort(key=lambda head: head.box.left if head.box is not None else 0)
    return heads, first, last


def _add_torn_heads(
    heads: list[ColumnHead], lines: Sequence[Line], number: int, reach: tuple[int, int]
) -> tuple[list[ColumnHead], int, int]:
    """Add the heads nobody listed that stand half a line above and below: 证件类 | 型.

    What is under them would else be taken for what is under the head beside them.
    """
    first, last = reach
    line = lines[number]
    for place in (number - 1, number + 1):
        if not 0 <= place < len(lines):
            continue
        if abs(lines[place].y - line.y) >= line.height or _is_of_values(lines[place]):
            continue
        first, last = min(first, place), max(last, place)
        for token in lines[place].tokens:
            box = token.box
            if not any(
                head.box is None
                or (head.box.left < box.right and box.left < head.box.right)
                for head in heads
            ):
                heads.append(ColumnHead(column="", text=token.text, box=box, index=0))
    heads.sort(key=lambda head: head.box.left if head.box is not None else 0)
    return heads, first, last


def widen_heads(
    heads: Sequence[ColumnHead], boxes: Iterable[Box]
) -> tuple[ColumnHead, ...]:
    """Let heads reach as far as what stands under them.

    Heads in the middle of wide columns are nearer to their neighbours than to the words
    at the left of their own. What overlaps from side to side is one column; a head
    reaches over the one it stands above, if no other head does.
    """
    stretches: list[tuple[int, int]] = []
    for left, right in sorted((box.left, box.right) for box in boxes):
        if stretches and left < stretches[-1][1]:
            stretches[-1] = stretches[-1][0], max(right, stretches[-1][1])
        else:
            stretches.append((left, right))
    over = [
        [
            place
            for place, (left, right) in enumerate(stretches)
            if head.box is not None and head.box.left < right and left < head.box.right
        ]
        for head in heads
    ]
    if len(heads) != len(stretches) or not all(
        places == [place] or (not places and _is_left_of_middle(heads, place, stretch))
        for place, (places, stretch) in enumerate(zip(over, stretches, strict=True))
    ):
        return tuple(heads)
    return tuple(
        replace(
            head,
            box=replace(
                head.box,
                left=min(head.box.left, left),
                right=max(head.box.right, right),
            ),
        )
        if head.box is not None
        else head
        for head, (left, right) in zip(heads, stretches, strict=True)
    )


def _is_left_of_middle(
    heads: Sequence[ColumnHead], place: int, stretch: tuple[int, int]
) -> bool:
    """Whether short words stand at the left of a column whose head is in its middle.

    Between the head before and their own, and at least as near to theirs.
    """
    own, before = heads[place].box, heads[place - 1].box if place else None
    left, right = stretch
    if own is None or right > own.left:
        return False
    return before is None or own.left - right <= left - before.right


def _join_head_lines(lines: Sequence[Sequence[ColumnHead]]) -> list[ColumnHead]:
    """Join the heads of several lines: one that stands over several others goes.

    企业职工基本养老保险 above 开始日期, 终止日期 and 缴费月数 names no column.
    """
    heads = [head for line in lines for head in line]

    def is_over_others(head: ColumnHead) -> bool:
        under = [
            other
            for other in heads
            if other is not head
            and other.box is not None
            and head.box is not None
            and other.box.top >= head.box.bottom
            and other.box.left < head.box.right + _OVER
            and head.box.left - _OVER < other.box.right
        ]
        return len(under) > 1

    lowest = [head for head in heads if not is_over_others(head)]
    return sorted(lowest, key=lambda head: head.box.left if head.box is not None else 0)


def _find_heads_reach(
    lines: Sequence[Line],
    number: int,
    columns: Mapping[str, Sequence[str]],
    last_head: int,
) -> tuple[int, int]:
    """Find from which line to which the heads around a line of heads stand."""

    def is_of_heads(line: Line) -> bool:
        if len(line.tokens) == 1 and squeeze_signs(line.tokens[0].text)[-1:] == ":":
            return False  # what introduces the table: 缴费情况：
        return all(
            _BARE_YEAR.fullmatch(plain)
            or _BARE_MONTH.fullmatch(plain)
            or _TORN_DIGIT.fullmatch(plain)
            or any(True for _ in _find_heads(token.text, columns))
            for token in line.tokens
            for plain in [squeeze_signs(token.text)]
        )

    def is_close(first_line: Line, second_line: Line) -> bool:
        return abs(first_line.y - second_line.y) < _HEAD_STEP * max(
            first_line.height, second_line.height
        )

    first = last = number
    while (
        first - 1 > last_head
        and number - first < HEAD_LINES
        and is_close(lines[first - 1], lines[first])
        and is_of_heads(lines[first - 1])
    ):
        first -= 1
    while (
        last + 1 < len(lines)
        and last - number < HEAD_LINES
        and is_close(lines[last + 1], lines[last])
        and is_of_heads(lines[last + 1])
    ):
        last += 1
    return first, last


def _read_bare_months(tokens: Sequence[Token]) -> list[ColumnHead]:
    """Read months that are heads without their year, which stands above them.

    From left to right they follow one another, and each December ends a year that is
    named; else nothing is read, for a month of another year would be wrong.
    """
    years: list[int] = []
    months: list[tuple[int, Token]] = []
    torn = ""
    for token in sorted(tokens, key=lambda token: token.box.left):
        plain = squeeze_signs(token.text)
        if _TORN_DIGIT.fullmatch(plain):
            torn = plain  # 1 | 1月 is 11月
            continue
        year = _BARE_YEAR.fullmatch(plain)
        month = _BARE_MONTH.fullmatch(torn + plain)
        if year is not None:
            years.append(int(year[1]))
        elif month is not None:
            months.append((int(month[1]), token))
        torn = ""
    if not years or len(months) < _LEAST_MONTHS:
        return []
    if len(years) == len(months):  # each has its own year above it
        return [
            ColumnHead(
                column=f"@{year}-{number:02d}", text=token.text, box=token.box, index=0
            )
            for year, (number, token) in zip(years, months, strict=True)
        ]
    now, heads, step = years[0], [], 0
    for place, (number, token) in enumerate(months):
        if place:
            before = months[place - 1][0]
            step = step or (1 if number % 12 == (before + 1) % 12 else -1)
            if number % 12 != (before + step) % 12:
                return []
            now += {(12, 1): 1, (1, 12): -1}.get((before, number), 0)
        heads.append(
            ColumnHead(
                column=f"@{now}-{number:02d}", text=token.text, box=token.box, index=0
            )
        )
    spanned = list(dict.fromkeys(int(head.column[1:5]) for head in heads))
    return heads if years == spanned else []


def _read_heads(
    tokens: Iterable[Token], columns: Mapping[str, Sequence[str]]
) -> list[ColumnHead]:
    heads = []
    for token in tokens:
        places = list(_find_heads(token.text, columns))
        months = list(MONTH.finditer(fold_signs(token.text)))
        if not places and months and not MONTH.sub("", fold_signs(token.text)).strip():
            places = [
                (name_month(match), match.start(), match.end()) for match in months
            ]
        if not places:
            places = [("", 0, len(token.text))]
        heads += [
            ColumnHead(
                column=column,
                text=token.text[start:end],
                box=token.crop(start, end).box,
                index=0,
            )
            for column, start, end in places
        ]
    return _join_torn_heads(heads, columns)


def _join_torn_heads(
    heads: Sequence[ColumnHead], columns: Mapping[str, Sequence[str]]
) -> list[ColumnHead]:
    """Join two pieces of one head that OCR parted where its letters stand wide."""
    joined: list[ColumnHead] = []
    for head in heads:
        before = joined[-1] if joined else None
        if before is not None and before.box is not None and head.box is not None:
            text = before.text + head.text
            column = _name_column(squeeze_signs(text).lower(), columns)
            letter = (head.box.right - head.box.left) / max(1, len(head.text))
            near = head.box.left - before.box.right < letter
            short = max(len(before.text), len(head.text)) <= _TORN_HEAD
            if column and near and short and not (before.column and head.column):
                box = join_boxes((before.box, head.box))
                joined[-1] = ColumnHead(column=column, text=text, box=box, index=0)
                continue
        joined.append(head)
    return joined


def name_month(match: re.Match[str]) -> str:
    """Name the column of a month."""
    return f"@{match['y']}-{int(match['m'] or match['c']):02d}"


def is_head(heads: Sequence[ColumnHead], keys: Mapping[str, re.Pattern[str]]) -> bool:
    """Tell whether some heads are those of a table.

    A key is among them, and another.
    """
    columns = {head.column for head in heads if head.column}
    months = {column for column in columns if column.startswith("@")}
    if len(months) == 1 and not any(column.endswith(".name") for column in columns):
        columns -= months  # the month of a row, not the head of a column
    return len(columns) > 1 and any(key in columns for key in keys)


def is_head_of_cells(
    heads: Sequence[ColumnHead], keys: Mapping[str, re.Pattern[str]]
) -> bool:
    """Tell whether a row of cells is one of heads of which a key alone is listed.

    Cells are certain to be a row; heads are short words, with no figure and no colon.
    """
    return (
        len(heads) >= _LEAST_MONTHS
        and any(head.column in keys for head in heads)
        and all(_SHORT_HEAD.fullmatch(fold_signs(head.text).strip()) for head in heads)
    )


def part_groups(
    heads: Sequence[ColumnHead], keys: Mapping[str, re.Pattern[str]]
) -> list[tuple[ColumnHead, ...]]:
    """Part lists that stand side by side: each begins where the first head recurs."""
    key = next(key for key in keys if any(head.column == key for head in heads))
    count = sum(head.column == key for head in heads)
    if count < 2:
        return [tuple(heads)]
    first = heads[0].text
    starts = [number for number, head in enumerate(heads) if head.text == first]
    if len(starts) != count:
        starts = [number for number, head in enumerate(heads) if head.column == key]
    return [tuple(heads[start:end]) for start, end in pairwise([*starts, len(heads)])]


def head_of_cell(
    text: str, column: int, columns: Mapping[str, Sequence[str]]
) -> ColumnHead:
    """Make the head of what stands in a cell; its column is empty if it names none."""
    plain = squeeze_signs(text).lower()
    name = _name_column(plain, columns)
    if not name and (match := MONTH.fullmatch(plain)):
        name = name_month(match)
    return ColumnHead(column=name, text=text, box=None, index=column)
