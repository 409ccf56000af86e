"""Whether what was found of a value is all of it.

A part of an address is another address, and a part of a list another list: rather
nothing is said then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from changqing.readers.label_spots import SECTION, LabelledValue
from changqing.readers.layout import (
    PageLayout,
    Quote,
    find_middle,
    measure_height,
    squeeze,
)
from changqing.readers.proposal import PaperPages
from changqing.readers.values import ValueRead

_REST: Final = re.compile(
    r"(?:号|室|楼|层|幢|栋|座|单元|弄|区|县|路|街|[0-9a-z#\-]{1,8}(?:号|室|楼|层|幢|栋|座|单元|房|铺)"
    r"|[一-龥]{1,8}[区县路街镇]).{0,30}"
)
_PLACED: Final = re.compile(r"[一-龥]{2,12}?(?:省|市|自治区|自治州|地区|盟|州|县)")
"""How an address begins that is whole: with its province or city."""

_GOES_ON: Final = re.compile(r"[中由和以的内外应须不、等]")
_NOTE_OF_LAW: Final = re.compile("除?(?:依法|法律)")


def address_goes_on(paper: PaperPages, page: PageLayout, quote: Quote) -> bool:
    """Tell whether an address breaks off at the end of a line, its rest below it."""
    last = quote.pieces[-1]
    if last.box is None or last.span.box is None or last.end < len(last.span.text):
        return False
    box = page.flat[page.find_place_of(last.span)]
    values = paper.find_labels(page).values
    quoted = {id(piece.span) for piece in quote.pieces}
    for place in page.regular:
        span, below = page.spans[place], page.flat[place]
        step = find_middle(below) - find_middle(box)
        if (
            id(span) not in quoted
            and place not in values
            and 0.8 * measure_height(box) < step < 1.9 * measure_height(box)
            and below.left < box.right
            and _REST.fullmatch(squeeze(span.text))
        ):
            return True
    return False


def address_lacks_place(
    paper: PaperPages, page: PageLayout, beside: LabelledValue, value_read: ValueRead
) -> bool:
    """Tell whether the line of an address with its province or city may be missing.

    So where a line stands above that may be its beginning, and on a picture, whose
    lines may be lost, where it begins with a district.
    """
    text = squeeze(value_read.quote.text)
    if paper.names.knows(text):
        return False
    regions = [squeeze(region.label.zh) for region in paper.catalogue.regions.values()]
    placed = _PLACED.match(text) or any(map(text.startswith, regions))
    return not placed and (beside.headless or page.is_picture)


def is_part_of_list(beside: LabelledValue) -> bool:
    """Tell whether no more than a part of a list stands beside its label.

    A list of which lines are missing is another list. The note with which a licence
    ends its list, （除依法须经批准的项目外…）, may break off.
    """
    text = squeeze(beside.value.text)
    opened: list[int] = []
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == ")":
            if not opened:
                return True
            opened.pop()
    breaks_off = bool(opened) and _NOTE_OF_LAW.match(text, opened[0] + 1) is None
    return breaks_off or beside.headless or goes_on_in_sentence(beside)


def lacks_section(paper: PaperPages, texts: Iterable[str]) -> bool:
    """Tell whether a paper heads a section of a list that none of the texts has.

    一般经营项目 beside 许可经营项目: both are the one scope of business.
    """
    sections = {
        section[1]
        for page in paper.pages
        for span in page.spans
        for section in SECTION.finditer(squeeze(span.text))
        if _HEADS.match(squeeze(span.text), section.end())
    }
    covered = {section[1] for text in texts for section in SECTION.finditer(text)}
    return len(sections) > 1 and not sections <= covered


_HEADS: Final = re.compile(r":|$")


def goes_on_in_sentence(beside: LabelledValue) -> bool:
    """Tell whether a label is a word of a sentence: 经营范围、注册资本等信息请查询."""
    return _GOES_ON.match(beside.value.text) is not None
