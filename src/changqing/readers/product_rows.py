"""What all rows of a table of products say: how many of them are servers, until when.

A number beside which others stand is no value of the paper, but where every row is
clear: each day under a head is the same, or each product is a server or surely none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from changqing.evidence.reading import Box
from changqing.law.kinds.fact import Fact
from changqing.readers.layout import PageLayout, Quote, measure_height, squeeze
from changqing.readers.proposal import SelfCheck
from changqing.readers.values import ValueRead
from changqing.rules.types import Kind

_LEAST_ROWS: Final = 2  # of which a column is made
_LEAST_CELLS: Final = 3  # in a row of a table, on a page where nothing parts its cells
_STEP: Final = 5.0  # heights of a line from one row to the next
_TOTALS: Final = ("合计", "总计", "小计", "共计", "金额合计")
_SERVER: Final = re.compile(
    "服务器|云主机|弹性主机|物理机|裸金属|虚拟机|虚拟主机|(?<![a-z])(?:ecs|cvm|bcc)(?![a-z])"
)
_NO_SERVER: Final = re.compile(
    "数据库|硬盘|云盘|磁盘|对象存储|带宽|公网ip|弹性ip|负载均衡|交换机|路由器|防火墙|证书|域名|短信|快照"
    "|机柜|流量|备份|安全|维护|托管费|(?<![a-z])(?:rds|oss|cos|eip|slb|cdn|waf|ssl)(?![a-z])"
)

Row = tuple[Quote, str]
"""What stands under a head, and the product that its row names."""


def read_column(
    page: PageLayout,
    value: Quote,
    fact: Fact,
    read: Callable[[Quote], ValueRead | None],
) -> ValueRead | None:
    """Read what a whole column says: one day or number, or how many are servers.

    The days of a list of entries are none of the paper's own, but how many people each
    of its rows counts is, where all count as many: every insurance paid for six.
    """
    of_people = fact.id == "headcount"
    if fact.subject != "service" and not of_people:
        return None
    rows = list_rows(page, value)
    values = [row_value for quote, _ in rows if (row_value := read(quote)) is not None]
    if len(rows) < _LEAST_ROWS or len(values) < len(rows):
        return None
    if fact.type.kind is Kind.DATE or of_people:
        return values[0] if len({row.value for row in values}) == 1 else None
    if fact.id != "server_count":
        return None
    total = count_servers(
        [
            (row.value, product)
            for row, (_, product) in zip(values, rows, strict=True)
            if isinstance(row.value, int)
        ]
    )
    if total is None:
        return None
    of_one = next((row for row in values if row.value == total), values[0])
    return ValueRead(total, of_one.quote, frozenset({SelfCheck.SUM}))


def list_rows(page: PageLayout, value: Quote) -> list[Row]:
    """List what stands in the column of a value, from it down, and beside it.

    Empty where a row of the table has nothing there: it may not have been read.
    """
    place = page.find_place_of(value.pieces[0].span)
    if page.spans[place].cell is not None:
        return _list_rows_of_cells(page, place)
    return _list_rows_below(page, place) if page.spans[place].box is not None else []


def count_servers(rows: Sequence[tuple[int, str]]) -> int | None:
    """Add up the numbers of the rows whose product is a server.

    None where one row is neither that nor anything that is for certain none, or both.

    >>> count_servers([(2, "云服务器 ECS"), (1, "云数据库 RDS")])
    2
    >>> count_servers([(2, "云服务器 ECS"), (1, "云产品")]) is None
    True
    """
    total = 0
    for number, product in rows:
        plain = squeeze(product)
        counted = _SERVER.search(plain) is not None
        if counted is (_NO_SERVER.search(plain) is not None):
            return None
        total += number if counted else 0
    return total or None


def _list_rows_of_cells(page: PageLayout, place: int) -> list[Row]:
    at = page.spans[place].cell
    if at is None:
        return []
    numbers = sorted({row for table, row, _ in page.cells if table == at.table})
    rows: list[Row] = []
    for number in (number for number in numbers if number >= at.row):
        places = [
            span
            for (table, row, _), span in sorted(page.cells.items())
            if (table, row) == (at.table, number)
        ]
        if _is_total(page, places):
            break
        below = page.cells.get((at.table, number, at.column))
        product = _find_product(page, places, below)
        if below is None or not product:
            return []
        rows.append((page.quote_spans([below]), product))
    return rows


def _list_rows_below(page: PageLayout, place: int) -> list[Row]:
    box = page.flat[place]
    above = box
    first: Box | None = None
    rows: list[Row] = []
    for row in page.rows:
        if place not in row and not rows:
            continue
        middle = page.flat[row[0]]
        if middle.top - above.bottom > _STEP * measure_height(box):
            break
        below = next((span for span in row if _is_under(box, page.flat[span])), None)
        product = _find_product(page, row, below)
        if _is_total(page, row) or (len(row) < _LEAST_CELLS and below is not None):
            break
        if below is None:
            named = first is None or _is_under(first, middle)
            if len(row) >= _LEAST_CELLS and named:
                return []
            continue  # the second line of other cells
        if not product:
            return []
        rows.append((page.quote_spans([below]), product))
        above, first = page.flat[below], middle
    return rows


def _is_under(head: Box, box: Box) -> bool:
    return box.left < head.right and head.left < box.right


def _is_total(page: PageLayout, places: Sequence[int]) -> bool:
    return bool(places) and squeeze(page.spans[places[0]].text).startswith(_TOTALS)


def _find_product(page: PageLayout, places: Sequence[int], below: int | None) -> str:
    """Find the first words of a row that are no number of it."""
    for place in places:
        text = squeeze(page.spans[place].text)
        if place != below and text and not text.strip(".、").isdigit():
            return text
    return ""
