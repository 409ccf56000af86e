"""The rows of a list of holders: of which layer they are, and where one is from."""

from __future__ import annotations

import re
from typing import Final

from changqing.law.kinds.material import FoundBy, PaperFact
from changqing.readers.chart import find_foreign_holder, is_from_abroad
from changqing.readers.flow import Flow
from changqing.readers.grid import CellText, TableRow
from changqing.readers.layout import Quote
from changqing.readers.proposal import CaseNames
from changqing.readers.values import take_company

# Columns that are no fact themselves, by the names that `columns` of a kind uses.
_LAYER: Final = "layer"
_INVESTEE: Final = "investee"
_LOWER_LAYER: Final = re.compile("第?[二三四五六2-6][层级]?|间接|间接股东")
_OWN: Final = re.compile(r"(?:本|我|申请)(?:公司|单位|企业|人)|申请单位|目标公司")
_DOMESTIC: Final = re.compile(
    r"(?:中华人民共和国|中国(?:大陆|内地|籍|公民)?|境内|大陆)(?:籍|公民)?(?:\(境内\))?"
    r"|境内(?:非?国有|一般|民营|企业)?(?:自然人|法人|公司|企业)|内资[一-龥]{0,6}"
    r"|自然人\((?:中国公民|中国籍|境内|中国)\)"
)
_AND: Final = re.compile(r"\s*[/／、,，|]\s*")
_ABROAD: Final = re.compile(
    r"香港|澳门|台湾|境外|外国|外籍|外资|(?<!中)国籍?$|新加坡|日本|群岛"
)


def is_of_lower_layer(row: TableRow, names: CaseNames) -> bool:
    """Tell whether a row is of who holds a holder, and not of who holds the company."""
    investee = row.find_text(_INVESTEE)
    if investee is not None and not _OWN.fullmatch(investee.text):
        sure = investee.quote.confidence
        return names.is_applicant(investee.text, sure=sure) is False
    layer = row.find_text(_LAYER)
    return layer is not None and _LOWER_LAYER.fullmatch(layer.text) is not None


def take_holder(cell: CellText, names: CaseNames) -> Quote | None:
    """Take the name in a cell; of the case even where its family name is rare."""
    name = take_company(cell.quote)
    return cell.quote if name is None and names.knows(cell.text) else name


def read_foreign(
    flow: Flow, reading: PaperFact, name: CellText, origin: CellText | None
) -> tuple[bool, Quote, int] | None:
    """Tell whether a holder is from abroad: value, quote, how sure; None: who knows.

    By the nationality in its row, else by what the whole paper says of its holders.
    """
    if origin is not None:
        # 境内自然人／中国 says it twice: what it is, and where.
        if all(_DOMESTIC.fullmatch(said) for said in _AND.split(origin.text)):
            return False, origin.quote, 95
        if _ABROAD.search(origin.text):
            return True, origin.quote, 95
    if reading.by is not FoundBy.CHART:
        return None
    foreign = is_from_abroad(name.text, stated=find_foreign_holder(flow, reading))
    return None if foreign is None else (foreign, name.quote, 92)
