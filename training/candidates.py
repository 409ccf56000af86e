"""Candidates by type: words on the page that could be the value of a fact.

The recognisers are the same on every paper and know no label; which candidate is the
value is for the scorer to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from changqing.law.kinds.fact import Fact
from changqing.rules.types import Kind

DAY: Final = re.compile(
    r"\d{4}[年\-/.]\d{1,2}[月\-/.]\d{1,2}日?|\d{4}年\d{1,2}月|\d{4}-\d{2}(?!\d)|(?<!\d)20\d{4}(?!\d)"
)
SUM: Final = re.compile(
    r"(?=[^\n]*?(?:元|万|¥|￥|,))(?:人民币|¥|￥)?\s*\d[\d,]*(?:\.\d+)?\s*[万亿]?(?:元|圆)?(?:人民币|整)?"
)
SHARE: Final = re.compile(r"\d+(?:\.\d+)?\s*%")
COUNT: Final = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
CODE: Final = re.compile(r"[0-9A-Z]{18}")
ADDRESSES: Final = re.compile(r"(?:\d+\.\d+\.\d+\.\d+[、，,/\s]*)+")
DOMAIN: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:cn|com|net|org)(?:\.cn)?")
COMPANY: Final = re.compile(
    r"[\u4e00-\u9fff（）()]{4,30}(?:公司|中心|银行|分行|事务所)"
)
PERSON: Final = re.compile(r"(?<![^\s])[\u4e00-\u9fff]{2,4}(?![^\s])")
PLACE: Final = re.compile(r"[\u4e00-\u9fff]{2,}[省市区县].{4,}\d.*")
LEGAL_FORM: Final = re.compile(
    r"[\u4e00-\u9fff]*(?:有限责任公司|股份有限公司)(?:[（(].*)?"
)

TYPES: Final[Mapping[str, re.Pattern[str]]] = {
    "day": DAY,
    "share": SHARE,
    "count": COUNT,
    "code": CODE,
    "company": COMPANY,
    "person": PERSON,
}
"""By which a neighbour is told to be a value of its own, and of which type."""

_BY_UNIT: Final = {"fen": SUM, "basis_points": SHARE}
_BY_TEXT: Final = {
    "company_name": COMPANY,
    "person": PERSON,
    "domain": DOMAIN,
    "address": PLACE,
    "credit_code": CODE,
}
_BY_FACT: Final = {
    ("applicant", "legal_form"): LEGAL_FORM,
    ("service", "hosting_addresses"): ADDRESSES,
    ("holder", "name"): PERSON,
}


def choose_recogniser(fact: Fact) -> re.Pattern[str] | None:
    """Choose what recognises the values of a fact; None where nothing here does."""
    if (named := _BY_FACT.get((fact.subject, fact.id))) is not None:
        return named
    match fact.type.kind:
        case Kind.DATE:
            return DAY
        case Kind.NUMBER:
            return _BY_UNIT.get(fact.unit or "", COUNT)
        case Kind.TEXT:
            return _BY_TEXT.get(fact.text_kind or "")
        case _:
            return None
