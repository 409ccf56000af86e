from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import Field

from changqing.errors import CaseError, CatalogueError
from changqing.jsondata import read_object, read_text
from changqing.text import Language
from changqing.yamlfile.read import read, read_with_issues
from changqing.yamlfile.shape import Shape, read_shape, validate
from changqing.yamlfile.suggest import find_nearest
from changqing.yamlfile.values import Count, Day, Words

HERE = Path("case.yaml")


class Person(Shape):
    name: Words
    since: Day | None = None


class Case(Shape):
    id: Words
    kind: Literal["site", "app"] = "site"
    people: list[Person] = Field(default_factory=list)
    by_name: dict[str, Person] = Field(default_factory=dict)
    seats: Count = 0
    open: bool = False


def said(text: str | bytes, language: Language = Language.ZH) -> list[str]:
    with pytest.raises(CaseError) as caught:
        read_shape(HERE, Case, text=text)
    return list(caught.value.lines(language))


def data(text: str | bytes) -> object:
    return read(HERE, text=text).data


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("010", 10),
        ("0o10", 8),
        ("0x1f", 31),
        ("-3", -3),
        ("1_000", "1_000"),
        ("1.50", "1.50"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("2026-11-24", "2026-11-24"),
        ("12:30:45", "12:30:45"),
        ("'3'", "3"),
        ('"3"', "3"),
        ("!!str 3", "3"),
        ("9" * 31, "9" * 31),
    ],
)
def test_scalars_follow_the_core_schema_without_fractions(
    written: str, value: object
) -> None:
    assert data(f"a: {written}\n") == {"a": value}
    assert type(data(f"a: {written}\n")["a"]) is type(value)  # type: ignore[index]


def test_keys_are_words_as_written() -> None:
    assert data("33: a\ntrue: b\n<<: c\n") == {"33": "a", "true": "b", "<<": "c"}


def test_every_node_knows_its_line() -> None:
    file = read(HERE, text="# x\na: 1\nb:\n  - c: 2\n    d:\n      3\n")
    assert file.find_line(("a",)) == 2
    assert file.find_line(("b",)) == 3
    assert file.find_line(("b", 0, "c")) == 4
    assert file.find_line(("b", 0, "d")) == 5
    assert file.find_line(("b", 0, "missing")) == 4
    assert file.find_line(("nowhere",)) == 2
    assert file.find_raw(("b", 0, "d")) == "3"
    assert file.find_raw(("b",)) is None
    assert file.has(("b", 0))
    assert not file.has(("b", 1))


@pytest.mark.parametrize(
    "text",
    [
        "a: 0\nrule: one two\n  three\n",
        "a: 0\nrule: 'one two\n  three'\n",
        "a: 0\nrule: >-\n  one\n  two\n  three\n",
        "a: 0\nrule: |\n  one\n\n  two\n  three\n",
    ],
)
def test_a_place_within_a_long_text_has_its_own_line(text: str) -> None:
    file = read(HERE, text=text)
    rule = read_text(read_object(file.data)["rule"])
    for word in ("one", "two", "three"):
        line = file.find_line_at(("rule",), rule.index(word))
        assert word in text.split("\n")[line - 1]
    assert file.find_line_at(("nowhere",), 3) == 1


def test_anchors_are_known_and_bounded() -> None:
    assert data("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    assert said(bomb) == ["case.yaml:6 内容过多"]
    assert said("a: &x [*x]") == ["case.yaml:1 *x 引用了自身"]


def test_size_and_depth_are_bounded() -> None:
    start = time.monotonic()
    assert said("[" * 100_000) == ["case.yaml:1 嵌套过深"]
    assert said("a: " + "x" * 3_000_000) == [
        "case.yaml 文件超过2 MB，请检查是否选错了文件"
    ]
    assert time.monotonic() - start < 5


def test_all_that_is_wrong_comes_at_once_in_both_languages() -> None:
    text = (
        "id: 3\nkindd: app\nkind: ap\npeople:\n  - nam: x\n    since: 2026-02-30\n"
        "by_name: {lin: {name: '', sinse: 2026-01-01}}\nseats: -1\nopen: ja\nid: b\n"
    )
    assert said(text) == [
        "case.yaml:1 id 应为文字，请加引号",
        "case.yaml:2 没有 kindd 这一项，是否指 kind？",
        "case.yaml:3 kind 只能是 site、app，是否指 app？",
        "case.yaml:5 people 缺少 name",
        "case.yaml:5 people 中没有 nam 这一项，是否指 name？",
        "case.yaml:6 people.since 没有 2026-02-30 这一天",
        "case.yaml:7 by_name.lin.name 不能为空",
        "case.yaml:7 by_name.lin 中没有 sinse 这一项，是否指 since？",
        "case.yaml:8 seats 不能小于0",
        "case.yaml:9 open 应为 true 或 false",
        "case.yaml:10 键 id 重复，第1行已经有了，请删去其中一个",
    ]
    assert said(text, Language.EN)[:3] == [
        "case.yaml:1 id must be text; put it in quotes",
        "case.yaml:2 has no field kindd; did you mean kind?",
        "case.yaml:3 kind must be site or app; did you mean app?",
    ]


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        (
            b"a: \xc4\xe3\xba\xc3",
            "case.yaml:1 不是UTF-8编码的文本，请用UTF-8编码另存后再试",
        ),
        (b"\xff\xfea\x00", "case.yaml:1 不是UTF-8编码的文本，请用UTF-8编码另存后再试"),
        ("id: a\x00b", "case.yaml:1 含有不可见的控制字符，请删去后再试"),
        ("id：甲\n", "case.yaml:1 应为“键: 值”"),
        (
            "id：甲\nkind: app\n",
            "case.yaml:1 键后面用了中文冒号“：”，请改为英文冒号加一个空格",
        ),
        ("id:\n\tx", "case.yaml:2 缩进用了制表符（Tab），请改用空格"),
        ("a: b: c", "case.yaml:1 这里不能有“: ”，请检查缩进，值中含冒号时请加引号"),
        ("id: 'x\n", "case.yaml:1 引号没有闭合，请补上引号"),
        ("id: [a\nkind: b\n", "case.yaml:2 前面的括号没有闭合，请补上 ] 或 }"),
        ("a: [", "case.yaml:1 到文件末尾还没有写完，请补全，或补上 ] 或 }"),
        (
            "papers:\n  - id: a\n  - {id: c}\n    backs: []\n",
            "case.yaml:4 这一行的缩进与上面的对不上，请与同一级的其他行对齐",
        ),
        (
            "id: 1\nkind\nseats: 2\n",
            "case.yaml:2 这一行没有冒号，请在名称后面写英文冒号加一个空格",
        ),
        ("id: @x\n", "case.yaml:1 值以特殊符号开头，请给值加引号"),
        ('id: "a\\q"\n', "case.yaml:1 双引号里的反斜杠写法不对，请改用单引号"),
        ("id: }\n", "case.yaml:1 这里多了一个括号或逗号，请删去，或给值加引号"),
        ("? [a]\n: b\n", "case.yaml:1 键只能是一个词"),
        ("a: !!python/object:x {}\n", "case.yaml:1 不支持标记"),
        ("--- a\n--- b\n", "case.yaml:2 一个文件只能有一份内容，请删去“---”以后的部分"),
        ('id: "\\ud800"\n', "case.yaml:1 含有不成字的转义，请直接写出该字"),
        ("", "case.yaml:1 文件是空的"),
        ("- a\n", "case.yaml:1 应为“键: 值”"),
    ],
)
def test_a_file_that_is_no_yaml_is_told_where_and_why(
    text: str | bytes, zh: str
) -> None:
    (line,) = said(text)
    assert line.startswith(zh)


def test_a_byte_order_mark_and_windows_line_ends_are_nothing_special() -> None:
    assert data(b"\xef\xbb\xbfa: 1\r\nb: x\r\n") == {"a": 1, "b": "x"}


def test_a_file_that_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(CatalogueError):
            read(path, error=CatalogueError)


def test_a_checked_file_gives_its_model() -> None:
    file = read(HERE, text="id: a\npeople: [{name: 林, since: 2026-01-02}]\n")
    case = validate(file, Case)
    assert case.people[0].since is not None
    assert case.people[0].since.isoformat() == "2026-01-02"


def test_only_what_is_near_is_suggested() -> None:
    assert find_nearest("titel", ["title", "id"]) == "title"
    assert find_nearest("zebra", ["title", "id"]) is None


PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            "b: ",
            "- ",
            "\n",
            "  ",
            "\t",
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "'",
            '"',
            "&a ",
            "*a",
            "!",
            "!!str ",
            "|",
            ">",
            ">-\n",
            "|2\n",
            "#",
            "%YAML 1.2\n",
            "---\n",
            "...\n",
            "? ",
            "@",
            "`",
            "\\",
            "\\x",
            "\u2028",
            "\x85",
            "\ufeff",
            "：",
            "1",
            "-",
            "~",
            "<<: ",
            "=",
            "\r",
            "0x",
            "%TAG ! x\n",
            "\U0001f600",
        ]
    ),
    max_size=40,
).map("".join)


@given(PIECES)
@example("%TAG ! x\n---\na")
@example("&a &b c")
@example("!<")
@example('"\\U99999999"')
@example("%YAML 1." + "9" * 5000 + "\n---\n")
def test_no_text_is_a_traceback(text: str) -> None:
    file, issues = read_with_issues(HERE, text=text)
    assert file is not None or issues
    for issue in issues:
        assert issue.line is None or 1 <= issue.line <= text.count("\n") + 2


@given(st.binary(max_size=200))
def test_no_bytes_are_a_traceback(content: bytes) -> None:
    file, issues = read_with_issues(HERE, text=content)
    assert file is not None or issues


PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.text(max_size=8)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_json_is_read_as_json(value: object) -> None:
    import json

    text = json.dumps(value)
    if "\\u" not in text:  # YAML refuses what no character may be written as
        assert data(text) == value
