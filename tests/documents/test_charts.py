"""The drawings of the documents say what the tables beside them say, and hold together."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest

from changqing.case.model import Case, Member
from changqing.case.subjects import APPLICANT, Subject
from changqing.documents.drawings import draw_endurance, draw_equity, draw_organisation
from changqing.documents.tree import list_children, read_blocks
from changqing.outlook.endurance import Support
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


def list_shapes(svg: str) -> tuple[list[Box], list[Box]]:
    """The boxes of a drawing, and its lines."""
    root = ElementTree.fromstring(svg)  # noqa: S314 # we have just drawn it

    def number(node: ElementTree.Element, name: str) -> float:
        return float(node.attrib[name])

    boxes = [
        (
            number(node, "x"),
            number(node, "y"),
            number(node, "x") + number(node, "width"),
            number(node, "y") + number(node, "height"),
        )
        for node in root.iter(f"{SVG}rect")
    ]
    lines = [
        (
            min(number(node, "x1"), number(node, "x2")),
            min(number(node, "y1"), number(node, "y2")),
            max(number(node, "x1"), number(node, "x2")),
            max(number(node, "y1"), number(node, "y2")),
        )
        for node in root.iter(f"{SVG}line")
    ]
    return boxes, lines


def touch(one: Box, other: Box) -> bool:
    return (
        one[0] <= other[2] + 0.2
        and other[0] <= one[2] + 0.2
        and one[1] <= other[3] + 0.2
        and other[1] <= one[3] + 0.2
    )


def hangs_together(svg: str) -> bool:
    """Whether one can walk along the lines from each box to every other."""
    boxes, lines = list_shapes(svg)
    shapes = [*boxes, *lines]
    reached, at = {0}, [0]
    while at:
        here = at.pop()
        for other, shape in enumerate(shapes):
            if other not in reached and touch(shapes[here], shape):
                reached.add(other)
                at.append(other)
    return set(range(len(boxes))) <= reached


def example() -> Case:
    return assessed(EXAMPLES / "local-life").case


def name_holders(*names: str) -> Case:
    holders = tuple(
        Member(subject=Subject("holder", f"h{at}"), name=name, kind="fund", facts=())
        for at, name in enumerate(names)
    )
    return replace(example(), holders=holders)


@pytest.mark.parametrize("count", [1, 2, 4, 5, 7, 13])
def test_every_holder_is_joined_to_the_company(count: int) -> None:
    case = name_holders(*(f"嘉兴潮生{at}号股权投资合伙企业" for at in range(count)))
    svg = draw_equity(case, assessed(EXAMPLES / "local-life").situation)

    assert svg is not None
    boxes, _ = list_shapes(svg)
    assert len(boxes) == count + 1
    assert hangs_together(svg)
    assert not any(touch(one, other) for one, other in combinations(boxes, 2))


def test_every_post_is_joined_to_whoever_leads() -> None:
    case = example()
    posts = ("technical", "customer_service", "content", "security", "finance", "other")
    people = [
        replace(person, kind=post, more_roles=())
        for person, post in zip(case.people * 2, posts, strict=False)
    ]
    leader = replace(case.people[0], kind="manager", more_roles=())
    svg = draw_organisation(replace(case, people=(leader, *people)), case.catalogue)

    assert svg is not None
    assert hangs_together(svg)


def test_the_name_of_a_holder_can_be_read() -> None:
    case = name_holders(*["嘉兴潮生新一代信息技术股权投资合伙企业（有限合伙）"] * 5)
    svg = draw_equity(case, assessed(EXAMPLES / "local-life").situation)

    sizes = re.findall(r'font-size="([0-9.]+)"[^>]*>嘉兴', svg or "")
    assert len(sizes) == 5
    assert all(float(size) >= 9 for size in sizes)


def test_what_the_shares_leave_of_the_whole_has_a_box_of_its_own() -> None:
    outcome = assessed(EXAMPLES / "local-life")
    whole = draw_equity(outcome.case, outcome.situation)
    first = replace(outcome.case, holders=outcome.case.holders[:1])
    part = draw_equity(first, outcome.situation)

    assert whole is not None
    assert part is not None
    assert "其余股东" not in whole
    assert "其余股东" in part
    assert hangs_together(part)


def draw_cash(**changes: object) -> str:
    outcome = assessed(EXAMPLES / "local-life")
    endurance = outcome.outlook.endurance

    def change(support: Support) -> Support:
        if support.subject != APPLICANT or support.commitment.until != "cash_until":
            return support
        return replace(support, **changes)  # type: ignore[arg-type]

    drawn = draw_endurance(
        replace(endurance, commitments=tuple(map(change, endurance.commitments))), AS_OF
    )
    assert drawn is not None
    return drawn


def test_an_income_that_covers_the_cost_has_no_end_to_supply() -> None:
    nothing = {"claimed_until": None, "proven_until": None, "open_ended": False}

    stated = draw_cash(**nothing, claimed_open_ended=True)
    assert "收入够付支出，资金不减少 公司申报" in stated
    assert "期限待补" not in stated
    assert "期限待补" in draw_cash(**nothing, claimed_open_ended=False)


def test_what_is_renewed_holds_for_now() -> None:
    drawn = draw_cash()
    renewals = assessed(EXAMPLES / "local-life").outlook.endurance.renewals

    assert len(re.findall(r">现至[0-9-]+<", drawn)) == len(renewals) > 0


def test_the_name_of_a_company_is_not_set_three_characters_a_line() -> None:
    name = "嘉兴潮生股权投资合伙企业（有限合伙）"
    blank = "〔待补：嘉兴潮生股权投资合伙企业（有限合伙）的最终股东是谁，以《股权结构图》为证〕"
    (table,) = read_blocks(
        "| 股东 | 类型 | 持股比例 | 最终股东 | 外资 |\n|---|---|---|---|---|\n"
        f"| {name} | 基金或合伙企业 | 10% | {blank} | {blank} |\n"
    )

    shares = table["columns"]
    assert shares[1:3] == [0, 0]
    assert shares[0] * 3 >= max(shares)
    assert shares[3] == shares[4]
    assert len(list_children(table)) == 2
