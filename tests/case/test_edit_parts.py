"""A change of `case.yaml` rewrites the entry of the top it belongs to, and no other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from changqing.yamlfile.edit import At, UnusualYamlError, set_values
from changqing.yamlfile.read import read
from tests.share import every_so_many

EXAMPLES = Path(__file__).parents[2] / "examples"
LISTS = frozenset({"people", "papers"})
ODD = """\
# 抬头
applicant:
  name: 长青        # 名称
  tags: [a,   b]

  # 一句注释
people:
- {id: lin,   name: 林}
# 末尾
papers:   [ ]
"""


def change(text: str, at: At, value: object) -> str:
    return set_values(text, [(at, value)], lists=LISTS)


def load(text: str) -> object:
    return read(Path("case.yaml"), text=text).data


def test_every_byte_of_the_other_entries_stays() -> None:
    after = change(ODD, ("people", "lin", "name"), "林一")
    kept = ODD.split("people:")[0]
    assert after.startswith(kept)
    assert after.endswith("# 末尾\npapers:   [ ]\n")
    assert load(after) != load(ODD)
    there = change(ODD.replace("\n", "\r\n"), ("applicant", "name"), "常青")
    assert there.endswith(
        "people:\r\n- {id: lin,   name: 林}\r\n# 末尾\r\npapers:   [ ]\r\n"
    )
    assert "name: '常青'" in there or "name: 常青" in there


def test_a_day_of_several_items_is_written_out_in_each() -> None:
    day = date(2026, 11, 30)
    papers = [{"id": name, "received_on": day} for name in ("lease", "licence")]
    text = set_values("", [(("papers",), papers)], lists=LISTS)
    assert text.count("2026-11-30") == 2
    assert "&" not in text
    assert "*" not in text


def test_an_alias_of_a_day_is_written_out_where_its_item_changes() -> None:
    aliased = (
        "papers:\n"
        "  - id: lease\n    received_on: &day 2026-11-30\n"
        "  - id: licence\n    received_on: *day\n"
    )
    after = change(aliased, ("papers", "licence", "kind"), "business_licence")
    assert after.count("2026-11-30") == 2
    assert "kind: business_licence" in after


TWO = """\
papers:   # 材料
  - {id: plan,   kind: schedule}
  # 执照
  - id: licence
    kind:   business_licence   # 副本

  - {id: lease,  kind: lease}
# 末尾
"""


def test_every_byte_of_the_other_items_stays() -> None:
    after = change(TWO, ("papers", "licence", "kind"), "telecom_licence")
    head, tail = TWO.split("  - id: licence")[0], TWO.split("# 副本\n")[1]
    assert after.startswith(f"{head}  - id: licence\n    kind: telecom_licence")
    assert after.endswith(f"# 副本\n{tail}")
    gone = change(TWO, ("papers", "lease"), None)
    assert gone == TWO.replace("  - {id: lease,  kind: lease}\n", "")
    both = set_values(
        TWO, [(("papers", "plan"), None), (("papers", "lease", "on"), "x")], lists=LISTS
    )
    assert load(both) == {
        "papers": [
            {"id": "licence", "kind": "business_licence"},
            {"id": "lease", "kind": "lease", "on": "x"},
        ]
    }


def test_what_is_commented_out_keeps_its_indentation() -> None:
    told = "      # 样例：\n      #   - fact: name\n      #     value: 1\n"
    text = (
        "papers:\n  - id: plan\n    backs:\n      - fact: one\n        value: 1\n"
        f"{told}      - fact: two\n        value: 2\n"
    )
    after = change(text, ("papers", "plan", "backs"), [{"fact": "two", "value": 2}])
    assert told in after
    assert "fact: one" not in after


@pytest.mark.parametrize("first", ["  - id: licence\n    kind: licence\n", ""])
def test_what_is_commented_out_behind_an_item_stays_behind_it(first: str) -> None:
    text = (
        f"papers:\n{first}  - id: lease\n    kind: lease\n    # 说明\n"
        "  # - {id: plan, kind: plan}\n## 也有：\n  # - {id: topology, kind: topology}\n"
    )
    after = change(text, ("papers", "lease", "backs"), ["x"])
    assert after.index("backs:") < after.index("# - {id: plan")
    assert after.index("# 说明") < after.index("backs:")
    used = load(after.replace("# - {id: topology", "- {id: topology"))
    expected = load(after)
    assert isinstance(used, dict)
    assert isinstance(expected, dict)
    new = {"id": "topology", "kind": "topology"}
    assert used["papers"] == [*expected["papers"], new]


def test_an_entry_that_is_new_leaves_every_byte_of_the_others() -> None:
    after = change(ODD, ("owner",), "林")
    assert after == f"{ODD}owner: '林'\n"
    ended = change(ODD.replace("\n", "\r\n"), ("owner",), "林")
    assert ended == after.replace("\n", "\r\n")


def test_an_entry_that_is_taken_out_leaves_the_others() -> None:
    after = change(ODD, ("people",), None)
    assert "people" not in after
    assert after == ODD.replace("people:\n- {id: lin,   name: 林}\n", "")


@pytest.mark.parametrize(
    "text",
    [
        "applicant: &a {name: 甲}\nowner: *a\n",
        "'applicant': {name: 甲}\nowner: {name: 乙}\n",
        "{applicant: {name: 甲}, owner: {name: 乙}}\n",
        "---\napplicant: {name: 甲}\nowner: {name: 乙}\n",
        "applicant: {name: '甲\n  owner: x'}\nowner: {name: 乙}\n",
        "applicant:\n  name: |\n    甲\n    owner: 丙\nowner: {name: 乙}\n",
        "",
    ],
    ids=["anchor", "quoted", "flow", "marker", "two lines", "block", "empty"],
)
def test_a_file_written_in_another_way_is_changed_or_refused(text: str) -> None:
    before = load(text)
    expected = {**before, "owner": {"name": "丁"}} if isinstance(before, dict) else None
    try:
        after = load(change(text, ("owner", "name"), "丁"))
    except UnusualYamlError:
        return
    if "*a" not in text:  # what an alias shares changes in both places
        assert after == (expected or {"owner": {"name": "丁"}})


@pytest.mark.parametrize(
    "example", every_so_many(["newly-registered", "contradictory", "local-life"])
)
def test_one_answer_of_an_example_changes_one_line(example: str) -> None:
    text = (EXAMPLES / example / "case.yaml").read_text(encoding="utf-8")
    after = change(text, ("applicant", "address"), "杭州市西湖区一号")
    pairs = zip(text.splitlines(), after.splitlines(), strict=True)
    assert [old.split(":")[0].strip() for old, new in pairs if old != new] == [
        "address"
    ]
