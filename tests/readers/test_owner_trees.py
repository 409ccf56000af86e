"""Owners drawn as a tree of text, statements without years, and terms beside others."""

from __future__ import annotations

from datetime import date

from changqing.readers.capture import capture_paper
from changqing.readers.flow import Flow
from changqing.readers.layout import PageLayout
from changqing.readers.owner_trees import OwnerTree, find_owner_tree
from changqing.readers.proposal import PaperProposal
from changqing.readers.propose import propose_from
from changqing.readers.running_balance import find_closing_balance
from tests.readers.table_pages import NAMES, fill_cells
from tests.shipped import CATALOGUE

COMPANY = "山东示例网络科技有限公司"


def find_tree(*lines: str) -> OwnerTree | None:
    text = "\n".join((COMPANY, *lines))
    return find_owner_tree(Flow(text=text, pages=(), origins=()), COMPANY)


def test_a_tree_tells_who_holds_the_company_itself() -> None:
    tree = find_tree(
        "├─ 张三 70%", "└─ 示例投资有限公司 30%", "├─ 李四 20%", "└─ 王五 80%"
    )
    assert tree is not None
    assert [(line.name, line.share) for line in tree.holders] == [
        ("张三", 7000),
        ("示例投资有限公司", 3000),
    ]
    assert tree.is_whole


def test_a_company_without_its_holders_leaves_a_layer_out() -> None:
    tree = find_tree("├─ 张三 70%", "└─ 示例投资有限公司 30%")
    assert tree is not None
    assert not tree.is_whole


def test_a_tree_that_does_not_add_up_tells_nothing() -> None:
    assert find_tree("├─ 张三 70%", "└─ 李四 20%") is None
    assert find_tree("├─ 张三 70%", "├─ 李四 30%") is None
    assert find_tree("├─ 张三", "└─ 李四 30%") is None
    assert find_tree("├─ 2号基金 70%", "└─ 李四 30%") is None
    assert find_tree("另一家公司", "├─ 张三 70%", "└─ 李四 30%") is None
    assert find_tree() is None


def test_a_statement_that_leaves_out_the_year_closes_with_its_last_line() -> None:
    def close(*balances: str) -> int | None:
        rows = [
            [f"10-{9 + number:02d}", "服务费", "100.00", balance]
            for number, balance in enumerate(balances)
        ]
        closing = find_closing_balance([PageLayout(fill_cells(rows))])
        return None if closing is None else closing[0]

    assert close("500.00", "600.00", "700.00") == 70_000
    assert close("500.00", "600.00", "900.00") is None


def propose_lease(*lines: str) -> PaperProposal:
    words = "\n".join(("房屋租赁合同", *lines))
    reading = capture_paper(words.encode(), "lease.txt")
    return propose_from(reading, NAMES, CATALOGUE)


def test_the_term_of_others_is_not_that_of_the_lease() -> None:
    own = "第二条 租期叁年,自二〇二五年七月一日起,至二〇二八年六月三十日止。"
    others = "同层1106单元由第三方承租,租期至二〇二九年十二月三十一日止。"
    (paper,) = propose_lease("甲方将房屋出租给乙方。", own, others).papers
    ends = [fact.value for fact in paper.facts if fact.fact == "lease_until"]
    assert ends == [date(2028, 6, 30)]
