"""What people read has one word for one thing: `GLOSSARY.md` says which.

Looked at are the strings of the code, the sentences of templates, the texts of the
catalogue and the pages under `docs`. Names, keys, addresses and the words by which
papers and questions are recognised are no texts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.house.test_house import ROOT

_DATA: Final = ROOT / "src/changqing/law/data"
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_CHINESE: Final = {
    "案件": "项目",
    "案卷": "项目",
    "办件": "办理",
    "凭据": "证据",
    "存证": "证据日志",
    "书证": "外部材料",
    "封包": "封存、封存包",
    "时间凭证": "时间戳",
    "待办": "未办、要办的事",
    "整改": "要办的事",
    "缺口": "没能查到",
    "支撑期限": "各项到期日",
    "支撑到": "证据到、到期事项",
    "承托": "到期事项",
    "续航": "各项到期日",
    "失守": "异常",
    "了结": "解决",
    "证实至": "有证据到",
    "往好处算": "最晚",
    "尚待补证": "尚待证实",
    "交叉核对": "互相对照",
    "未能核对": "未能核验",
    "须核对": "须核实",
    "工商变更": "市场主体变更登记",
    "上不良名单": "列入不良名单",
    "上失信名单": "列入失信名单",
    "打电话推销": "电话营销",
    "守规": "执行规定",
    "到场办": "线下办",
    "怎样算已证": "需要的证据",
    "三人三岗": "三个岗位各有专人",
    "基点": "%",
    "复核链接": "审阅链接",
    "负责人和经办": "负责人和编辑",
    "负责人或经办": "负责人或编辑",
}
_ENGLISH: Final = {
    "project": "case",
    "projects": "cases",
    "errand": "task",
    "errands": "tasks",
    "lapse": "incident",
    "lapses": "incidents",
    "mend": "correct",
    "mended": "corrected",
    "reckon": "work out",
    "reckoned": "worked out",
    "basis points": "%",
    "no proof(?! of)": "no evidence",
    "without proof": "without evidence",
}
_CHINESE_WORDS: Final = re.compile("|".join(sorted(_CHINESE, key=len, reverse=True)))
_ENGLISH_WORDS: Final = re.compile(
    rf"(?<![\w/-])(?:{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})(?![\w/-])",
    re.IGNORECASE,
)
# Each with the reason for which it stays.
_STAYS: Final = (
    # Names of rules and acts, and what the law itself calls a thing.
    *("管理秩序案件", "转办件", "限期整改", "责令整改", "整改期限", "年报或整改"),
    *("消防整改", "先整改", "呼叫中心整改", "按期整改", "缴存证明"),
    # What papers of others say, as it is looked for in them.
    *("能够支撑到", "可以支撑到", "支撑到…"),
    # A hole in data, which is no look that failed.
    *("数据有缺口",),
    # What a bundle of an old edition called a grade, quoted; and marks in files that
    # people still have.
    *("“书证”", "待补|须核实|须核对|请选定", "尚未存证"),
    # Those who write rules write shares so.
    "shares in basis points",
)
_SEAM: Final = re.compile(r'"\s*f?"')  # between two parts of one string
_T_TAG: Final = re.compile(r"""{%\s*t\s+("[^"]*"|'[^']*')\s+("[^"]*"|'[^']*')""")
_PAGE_CALL: Final = re.compile(r"""\bt\(\s*("[^"]*"|'[^']*')\s*,\s*("[^"]*"|'[^']*')""")
_SEARCHED: Final = re.compile(r"^\s*(?:#|errand: |- (?![{]|zh:|en:))")
_RECOGNISED: Final = re.compile(r"\b(?:words|headings|titles|labels|says_not):\s*\[")
_CODE: Final = re.compile(r"```.*?```|`[^`\n]*`|\]\([^)\s]*\)", re.DOTALL)


def _has_old_word(text: str) -> bool:
    return bool(_CHINESE_WORDS.search(text) or _ENGLISH_WORDS.search(text))


def _read_string(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…"
            for part in node.values
        )
    return None


def _list_in_code(path: Path) -> Iterator[tuple[int, str]]:
    """Every Chinese string, and the English ones that stand beside one in a call."""
    source = path.read_text(encoding="utf-8")
    if not _has_old_word(_SEAM.sub("", source)):
        return  # parsing all files would take seconds
    tree = ast.parse(source)
    patterns = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile"
        for part in ast.walk(node)
    }
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if id(node) in docstrings or id(node) in patterns:
            continue
        text = _read_string(node)
        if text is not None and _HAN.search(text):
            yield getattr(node, "lineno", 0), text
        if isinstance(node, ast.Call):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            texts = [text for each in given if (text := _read_string(each))]
            if any(_HAN.search(text) for text in texts):
                yield from ((node.lineno, text) for text in texts)


def _list_in_template(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        pairs = [*_T_TAG.findall(line), *_PAGE_CALL.findall(line)]
        yield from ((number, text) for pair in pairs for text in pair)


def _list_in_catalogue(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not _SEARCHED.match(line) and not _RECOGNISED.search(line):
            yield number, line.partition(" #")[0]


def _list_in_page(path: Path) -> Iterator[tuple[int, str]]:
    text = _CODE.sub(lambda code: "\n" * code[0].count("\n"), path.read_text("utf-8"))
    yield from enumerate(text.splitlines(), 1)


@cache
def _list_texts() -> Sequence[tuple[Path, int, str]]:
    return tuple(_find_texts())


def _find_texts() -> Iterator[tuple[Path, int, str]]:
    source = ROOT / "src"
    for path in sorted(source.rglob("*.py")):
        yield from ((path, *found) for found in _list_in_code(path))
    for kind in ("*.html", "*.j2"):
        for path in sorted(source.rglob(kind)):
            yield from ((path, *found) for found in _list_in_template(path))
    for path in sorted([*_DATA.rglob("*.yaml"), source / "changqing/guide/terms.yaml"]):
        if path.parent.name != "synonyms":
            yield from ((path, *found) for found in _list_in_catalogue(path))
    pages = [*(ROOT / "docs").glob("*.md"), *ROOT.glob("README*.md")]
    for path in (*sorted(_DATA.rglob("*.md")), *sorted(pages)):
        yield from ((path, *found) for found in _list_in_page(path))


def _find_old_words(text: str) -> Iterator[tuple[str, str]]:
    for stays in _STAYS:
        text = text.replace(stays, "")
    for word in _CHINESE_WORDS.findall(text):
        yield word, _CHINESE[word]
    for word in _ENGLISH_WORDS.findall(text):
        yield word, _ENGLISH.get(word.lower(), "no evidence")


@pytest.mark.long
def test_what_people_read_has_one_word_for_one_thing() -> None:
    wrong = {
        f"{path.relative_to(ROOT)}:{number} {word}: write {instead}"
        for path, number, text in _list_texts()
        for word, instead in _find_old_words(text)
    }
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("还没有凭据", ["凭据"]),
        ("责令整改，再列整改", ["整改"]),
        ("Errands: no proof yet", ["Errands", "no proof"]),
        ("recommended, in proof-reading", []),
        ("还没有证据", []),
    ],
)
def test_old_words_are_found_in_texts(text: str, words: list[str]) -> None:
    assert [word for word, _ in _find_old_words(text)] == words


@pytest.mark.long
def test_texts_are_found_wherever_they_stand() -> None:
    kinds = {path.suffix for path, _, _ in _list_texts()}
    assert kinds == {".py", ".html", ".j2", ".yaml", ".md"}
