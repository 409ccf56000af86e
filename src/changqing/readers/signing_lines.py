"""The lines under a table in which somebody signs it, which are no rows of it.

编制：…　审核：…　日期：… stands under the columns of a schedule as a row does, and its
day is no item. Only what comes after the last whole row may be such a line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from changqing.readers.flow import Line, squeeze_signs
from changqing.readers.table_heads import ColumnHead, find_nearest_head

_SIGNING: Final = re.compile(
    r"(?:编制|编写|制表|制作|填表|填报|审核|审批|批准|复核|核准|签字|签名|签章|签署|盖章|公章|法定代表人|负责人签|经办|落款)"
    r"[一-龥()/]{0,10}:.*"
    r"|(?:编制|编写|制表|填表|填报|签署|签字|审批|批准|出具|打印|制定|落款|编制完成)?(?:日期|时间):.*"
    r"|.{4,40}\((?:盖章|公章|签章|签字|加盖公章)\):?.*|.*(?:盖章|签章)(?:处|栏)?\)?:?$"
)
_LONE_DAY: Final = re.compile(
    r"(?:20\d{2}|[〇○零一二]{1}[〇○零一二三四五六七八九]{3})[-/.年][\d一二三四五六七八九十]{1,3}"
    r"[-/.月][\d一二三四五六七八九十]{1,3}日?"
)
_WIDER: Final = 1.45  # times the usual step of the rows: what stands apart from them
_COLUMNS: Final = 2


def drop_signing(lines: Sequence[Line], heads: Sequence[ColumnHead]) -> list[Line]:
    """Drop the lines in which a table is signed, from the lines under its heads."""
    last = max(
        (number for number, line in enumerate(lines) if _is_row(line, heads)),
        default=-1,
    )
    steps = [after.y - before.y for before, after in pairwise(lines[: last + 1])]
    usual = median(steps) if steps else 0.0
    below: int | None = None  # the first line that stands apart from the rows
    for number in range(last + 1, len(lines)):
        line = lines[number]
        if number > 0 and line.y - lines[number - 1].y > _WIDER * usual > 0:
            below = number if below is None else below
        texts = [squeeze_signs(token.text) for token in line.tokens]
        lone = len(texts) == 1 and _LONE_DAY.fullmatch(texts[0])
        if any(map(is_signing, texts)):
            return list(lines[:number])
        if lone and below is not None:  # under the name of who signs, or a seal
            return list(lines[:below])
    return list(lines)


def _is_row(line: Line, heads: Sequence[ColumnHead]) -> bool:
    """Whether something that signs nothing stands under two heads of a table."""
    under = {
        id(head)
        for token in line.tokens
        if not is_signing(squeeze_signs(token.text))
        and (head := find_nearest_head(heads, token.box)) is not None
    }
    return len(under) >= _COLUMNS


def is_signing(plain: str) -> bool:
    """Tell whether some words, their signs made plain, sign or date a paper."""
    return _SIGNING.fullmatch(plain) is not None


def is_signing_row(cells: Mapping[int, str]) -> bool:
    """Tell whether cells of a row, by their column, sign a paper: 编制：, 日期：."""
    texts = [squeeze_signs(text) for text in cells.values()]
    filled = [text for text in texts if text]
    return bool(filled) and is_signing(filled[0])
