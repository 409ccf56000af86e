"""How many people a list names with a mobile number each: 姓名、任务、手机 in a table.

A plan that lists whom to call seldom says how many. A switchboard, and a number
of somebody outside the company, is nobody of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from changqing.case.subjects import Subject
from changqing.law.kinds.fact import Fact
from changqing.readers.flow import Flow
from changqing.readers.joint_words import JOINT_CONFIDENCE
from changqing.readers.open_points import is_beside_service
from changqing.readers.proposal import PaperPages, ProposedFact
from changqing.readers.surnames import may_be_person

_MOBILE: Final = re.compile(r"(?<![\d-])1[3-9]\d-?\d{4}-?\d{4}(?!\d)")
_PARTS: Final = re.compile(r"[\t,;。、:()/|]|(?<=[一-龥])-|为|是")
_NAME: Final = re.compile("[一-龥]{2,3}")
_OUTSIDE: Final = re.compile(
    "供应商|厂商|服务商|运营商|机房|物业|外包|派出所|公安|网信|管理局|消防|医院|律师|客户经理"
)
_ABOVE: Final = 2  # lines above a list that may name it: a heading, and its heads


def find_contacts(
    paper: PaperPages, fact: Fact, named: Sequence[str], subject: Subject
) -> Iterator[ProposedFact]:
    """Propose how many people are listed where one of some words names the list."""
    flow, names = paper.flow, paper.names.members.get("person", {})
    lines = list(re.finditer(r"[^\n]+", flow.text))
    listed: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(lines):
        people = dict(_list_people(flow, line.span(), names))
        if not people:
            continue
        first = number
        while first > 0 and _MOBILE.search(lines[first - 1][0]):
            first -= 1
        head = flow.text[lines[max(0, first - _ABOVE)].start() : line.end()]
        if any(word in head for word in named) and not is_beside_service(head):
            listed |= people
    if listed:
        last = max(end for _, end in listed.values())
        quote = flow.quote(min(start for start, _ in listed.values()), last)
        yield ProposedFact(
            subject=subject,
            fact=fact.id,
            value=len(listed),
            quote=quote,
            confidence=min(JOINT_CONFIDENCE, quote.confidence),
        )


def _list_people(
    flow: Flow, line: tuple[int, int], names: Mapping[str, Subject]
) -> Iterator[tuple[str, tuple[int, int]]]:
    """List who stands before each mobile number of a line, and where."""
    start, end = line
    for mobile in _MOBILE.finditer(flow.text, start, end):
        before = flow.text[start : mobile.start()]
        name = next((name for name in names if name in before), None) or next(
            (
                part
                for part in _PARTS.split(before)
                if _NAME.fullmatch(part) and may_be_person(part)
            ),
            None,
        )
        if name is not None and not _OUTSIDE.search(before):
            yield name, (start, mobile.end())
        start = mobile.end()
