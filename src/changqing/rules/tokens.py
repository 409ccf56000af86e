"""From text to tokens, as SQL cuts them; what the language does not know is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from changqing.errors import RuleError
from changqing.rules.refusals import SYMBOLS, WORDS, make_sql_only_error, refuse
from changqing.text import Text

_LONGEST = 4_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MARKS = frozenset(["(", ")", ",", ":", "+", "-", "*"])
_COMPARATORS = frozenset(["=", "<>", "<", "<=", ">", ">="])
# Each group but the space is one token; what no group but `other` takes is refused. The
# longest symbols come first, so that `!=` and `::` are named whole when refused.
_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>[0-9][A-Za-z0-9_.]*)
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"[^"]*"|`[^`]*`|\[[^\]]*\])
    | (?P<remark>--|/\*)
    | (?P<symbol><>|<=|>=|!=|==|::|\|\||&&|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Sort(Enum):
    """What a token is to the parser."""

    WORD = auto()
    NUMBER = auto()
    STRING = auto()
    MARK = auto()
    COMPARATOR = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the content; characters `start` to `end` (excluded) are its place."""

    sort: Sort
    text: str
    start: int
    end: int

    def says(self, word: str) -> bool:
        """Tell whether this is the keyword `word`, in capitals or not."""
        return self.sort is Sort.WORD and self.text.lower() == word

    @property
    def is_refused(self) -> bool:
        """Whether this is a word of SQL that the language has no use for."""
        return self.sort is Sort.WORD and self.text.lower() in WORDS

    def marks(self, mark: str) -> bool:
        """Tell whether this is the mark `mark`."""
        return self.sort is Sort.MARK and self.text == mark


def split_tokens(text: str) -> list[Token]:
    """Split text into tokens and an END; RuleError for what the language lacks."""
    _check_text(text)
    tokens = [
        _make_token(match)
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "space"
    ]
    return [*tokens, Token(Sort.END, "", len(text), len(text))]


def _check_text(text: str) -> None:
    if len(text) > _LONGEST:
        raise refuse(
            _LONGEST,
            f"表达式超过{_LONGEST}个字符",
            f"the expression is longer than {_LONGEST} characters",
            Text(zh="请拆成几条判据", en="split it into several criteria"),
        )
    if hidden := _CONTROL.search(text):
        code = f"U+{ord(hidden[0]):04X}"
        raise refuse(
            hidden.start(),
            f"表达式里有控制字符{code}",
            f"the expression contains the control character {code}",
        )


def _make_token(match: re.Match[str]) -> Token:
    text, start, end = match[0], match.start(), match.end()
    match match.lastgroup:
        case "word":
            return Token(Sort.WORD, text, start, end)
        case "number" if text.isdigit():
            return Token(Sort.NUMBER, text, start, end)
        case "string":
            return Token(Sort.STRING, text[1:-1].replace("''", "'"), start, end)
        case "symbol" if text in _MARKS:
            return Token(Sort.MARK, text, start, end)
        case "symbol" if text in _COMPARATORS:
            return Token(Sort.COMPARATOR, text, start, end)
    raise _make_refusal(match.lastgroup, text, start)


def _make_refusal(group: str | None, text: str, start: int) -> RuleError:
    """What is wrong with characters that are no token of the language."""
    if group == "number":
        return refuse(
            start,
            f"{text}不是整数",
            f"{text} is not a whole number",
            Text(
                zh="没有小数：金额以分、比例以万分之一计",
                en="there are no fractions: money in fen, shares in basis points",
            ),
        )
    if group == "quoted":
        hint = Text(
            zh="名字不加引号，文字用单引号",
            en="names take no quotes, text takes single ones",
        )
        return make_sql_only_error(start, text, hint)
    if group == "remark":
        hint = Text(
            zh="说明请写在YAML里，用#开头", en="put remarks into the YAML, after #"
        )
        return make_sql_only_error(start, text, hint)
    if text == "'":
        return refuse(
            start,
            "引号没有合上",
            "a quote is not closed",
            Text(zh="请补上'", en="add '"),
        )
    if text.isspace():
        return refuse(
            start,
            "表达式里有全角空格或特殊空格",
            "the expression contains a full-width or special space",
            Text(zh="请改为普通空格", en="write a plain space"),
        )
    return make_sql_only_error(start, text, SYMBOLS.get(text))
