"""What the language refuses, in the words an author of a rule reads."""

from __future__ import annotations

from collections.abc import Iterable

from changqing.errors import Issue, RuleError
from changqing.rules.types import Kind
from changqing.text import Text
from changqing.yamlfile.suggest import find_nearest as nearest_word

KINDS = {
    Kind.BOOLEAN: Text(zh="是非", en="a yes-or-no value"),
    Kind.NUMBER: Text(zh="数字", en="a number"),
    Kind.DATE: Text(zh="日期", en="a date"),
    Kind.CATEGORY: Text(zh="分类", en="a category"),
    Kind.TEXT: Text(zh="文字", en="text"),
    Kind.SET: Text(zh="集合", en="a set"),
}

_NO_CASE = Text(
    zh="“若甲则乙”请写作NOT 甲 OR 乙", en="write “if A then B” as NOT A OR B"
)
_NO_NULL = Text(
    zh="未知由引擎自行处理；要问有没有，请用是非事实",
    en="unknown is handled for you; to ask whether there is one, use a boolean fact",
)
_NO_LIKE = Text(zh="文字只能用=或<>比较", en="text can only be compared with = or <>")
_NO_QUERY = Text(
    zh="请用every、some、none或at_least", en="use every, some, none or at_least"
)
_NO_DIVISION = Text(zh="请把两边乘开", en="multiply both sides out instead")
_NO_CAST = Text(zh="类型由事实的定义决定", en="a fact's own file gives its type")

WORDS: dict[str, Text] = {
    **dict.fromkeys(("case", "when", "then", "else", "end", "if", "iif"), _NO_CASE),
    **dict.fromkeys(("coalesce", "ifnull", "nullif", "is", "isnull"), _NO_NULL),
    **dict.fromkeys(("null", "notnull", "unknown"), _NO_NULL),
    **dict.fromkeys(("like", "ilike", "glob", "regexp", "rlike", "match"), _NO_LIKE),
    **dict.fromkeys(("select", "exists", "from", "any", "all", "count"), _NO_QUERY),
    **dict.fromkeys(("group", "order", "having", "union", "join"), _NO_QUERY),
    **dict.fromkeys(("div", "mod"), _NO_DIVISION),
    **dict.fromkeys(("cast", "convert"), _NO_CAST),
}
SYMBOLS: dict[str, Text] = {
    "!=": Text(zh="请写<>", en="write <>"),
    "==": Text(zh="请写=", en="write ="),
    "/": _NO_DIVISION,
    "%": _NO_DIVISION,
    "::": _NO_CAST,
    "||": _NO_LIKE,
    "&&": Text(zh="请写AND", en="write AND"),
    "!": Text(zh="请写NOT", en="write NOT"),
    "≥": Text(zh="请写>=", en="write >="),
    "≤": Text(zh="请写<=", en="write <="),
    "≠": Text(zh="请写<>", en="write <>"),
    "×": Text(zh="请写*", en="write *"),
    **{
        wide: Text(zh=f"请改为半角{narrow}", en=f"write the half-width {narrow}")
        for wide, narrow in zip("，（）：＝＜＞＋－＊", ",():=<>+-*", strict=True)
    },
    **dict.fromkeys(
        "‘’“”＇＂", Text(zh="请改为半角单引号", en="write the half-width quote '")
    ),
}


def refuse(offset: int, zh: str, en: str, hint: Text | None = None) -> RuleError:
    """Make the error to raise about the characters from `offset` on."""
    return RuleError(Issue(text=Text(zh=zh, en=en), hint=hint), offset=offset)


def make_sql_only_error(
    offset: int, written: str, hint: Text | None = None
) -> RuleError:
    """Make the error for something that SQL has and this language has not."""
    return refuse(
        offset,
        f"{written}不在表达式语言之内",
        f"{written} is not part of the expression language",
        hint,
    )


def make_missing_error(
    offset: int, name: str, names: Iterable[str], mark: str = ""
) -> RuleError:
    """Make the error for a name that does not exist, with the nearest that does."""
    return refuse(
        offset,
        f"{mark}{name}不存在",
        f"{mark}{name} does not exist",
        suggest_nearest(name, names, mark),
    )


def suggest_nearest(name: str, names: Iterable[str], mark: str = "") -> Text | None:
    """Suggest “Did you mean …?” when something known is spelt nearly so; else None."""
    close = nearest_word(name, names)
    return None if close is None else suggest(mark + close)


def suggest(right: str) -> Text:
    """Ask “Did you mean `right`?”"""
    return Text(zh=f"是否指{right}？", en=f"did you mean {right}?")
