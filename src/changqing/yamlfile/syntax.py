"""What is wrong with a text that is no YAML, in the words of who writes such files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ruamel.yaml.error import MarkedYAMLError

from changqing.errors import Issue
from changqing.text import Text

_MISALIGNED: Final = (
    Text("这一行的缩进与上面的对不上", "is not indented as what stands above asks"),
    Text(
        "请与同一级的其他行对齐；前后不是一项的，不要放在一项中间",
        "align it with the others of its level, and put no item inside another",
    ),
)
_SYNTAX: Final[Mapping[str, tuple[Text, Text]]] = {
    "<block end>": _MISALIGNED,
    "expected key": _MISALIGNED,
    "'-' indicator": _MISALIGNED,
    "expected ':'": (
        Text("这一行没有冒号", "has no colon"),
        Text(
            "请在名称后面写英文冒号加一个空格",
            "write a colon and a space after the name",
        ),
    ),
    "cannot start any token": (
        Text("值以特殊符号开头", "begins a value with a sign that has a meaning"),
        Text("请给值加引号", "quote the value"),
    ),
    "escape character": (
        Text(
            "双引号里的反斜杠写法不对", "has a backslash that means nothing in quotes"
        ),
        Text("请改用单引号", "use single quotes"),
    ),
    "node content": (
        Text("这里多了一个括号或逗号", "has a bracket or comma too many"),
        Text("请删去，或给值加引号", "remove it, or quote the value"),
    ),
}
"""What a parser calls an error, in the words of who writes the file: what, what to do.

Libyaml and ruamel.yaml name them alike.
"""


def make_syntax_issue(problem: MarkedYAMLError, content: str, name: str) -> Issue:
    """Explain a syntax error by what people write wrongly."""
    mark = problem.problem_mark or problem.context_mark
    line = 1 if mark is None else min(mark.line, content.count("\n")) + 1
    reason = str(problem.problem or problem.context or "").strip()
    row = content.split("\n")[line - 1] if content else ""
    before = content.split("\n")[line - 2] if line > 1 else ""
    if "\\t" in reason or "\t" in row[: len(row) - len(row.lstrip())]:
        text = Text("缩进用了制表符（Tab）", "is indented with a tab")
        hint = Text("请改用空格", "use spaces")
    elif "：" in row and ": " not in row:
        text = Text("键后面用了中文冒号“：”", "has a full-width colon after a key")
        hint = Text("请改为英文冒号加一个空格", "write a plain colon and a space")
    elif "：" in before and ": " not in before:
        line -= 1
        text = Text("键后面用了中文冒号“：”", "has a full-width colon after a key")
        hint = Text("请改为英文冒号加一个空格", "write a plain colon and a space")
    elif reason.startswith("mapping values are not allowed"):
        text = Text("这里不能有“: ”", "has a colon where none may be")
        hint = Text(
            "请检查缩进，值中含冒号时请加引号",
            "check the indentation, and quote a value that holds a colon",
        )
    elif reason.startswith(("expected ',' or", "did not find expected ',' or")):
        text = Text("前面的括号没有闭合", "leaves a bracket open before this")
        hint = Text("请补上 ] 或 }", "close it with ] or }")
    elif "quoted scalar" in str(problem.context or "") and "escape" not in reason:
        line = 1 if problem.context_mark is None else problem.context_mark.line + 1
        text = Text("引号没有闭合", "leaves a quotation mark open")
        hint = Text("请补上引号", "close it")
    elif "<stream end>" in reason:
        text = Text(
            "到文件末尾还没有写完", "ends before what was begun here is finished"
        )
        hint = Text("请补全，或补上 ] 或 }", "finish it, or close it with ] or }")
    else:
        if "expected ':'" in reason and problem.context_mark is not None:
            line = problem.context_mark.line + 1
        text, hint = next(
            (words for part, words in _SYNTAX.items() if part in reason),
            (
                Text("YAML写法有误", f"is not valid YAML ({reason})"),
                Text(
                    "请检查缩进、引号和括号", "check indentation, quotes and brackets"
                ),
            ),
        )
    return Issue(text=text, path=name, line=line, hint=hint)
