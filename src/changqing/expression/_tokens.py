"""From text to tokens: sqlglot cuts, and all that it passes over is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from changqing.expression._refusals import SYMBOLS, WORDS, outside, refuse
from changqing.text import Text

_LONGEST = 4_000
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACE = " \t\r\n"
_MARKS = frozenset(["(", ")", ",", ":", "+", "-", "*"])
_COMPARATORS = frozenset(["=", "<>", "<", "<=", ">", ">="])


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
        """Whether this is the keyword `word`, in capitals or not."""
        return self.sort is Sort.WORD and self.text.lower() == word

    @property
    def refused(self) -> bool:
        """Whether this is a word of SQL that the language has no use for."""
        return self.sort is Sort.WORD and self.text.lower() in WORDS

    def marks(self, mark: str) -> bool:
        """Whether this is the mark `mark`."""
        return self.sort is Sort.MARK and self.text == mark


def tokens(text: str) -> list[Token]:
    """All tokens and an END; RuleError for what the language has no use for."""
    from sqlglot.errors import TokenError
    from sqlglot.tokens import Tokenizer

    _check_text(text)
    try:
        cut = Tokenizer().tokenize(text)
    except TokenError as fault:
        raise _unclosed(text) from fault
    found: list[Token] = []
    end = 0
    for token in cut:
        _check_gap(text, end, token.start)
        end = token.end + 1
        written = text[token.start : end]
        if token.token_type.name == "STRING":
            found.append(Token(Sort.STRING, token.text, token.start, end))
        else:
            found.append(Token(_sort(written, token.start), written, token.start, end))
    _check_gap(text, end, len(text))
    found.append(Token(Sort.END, "", len(text), len(text)))
    return found


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


def _check_gap(text: str, start: int, end: int) -> None:
    gap = text[start:end]
    if rest := gap.strip(_SPACE):
        offset = start + len(gap) - len(gap.lstrip(_SPACE))
        if rest.isspace():
            raise refuse(
                offset,
                "表达式里有全角空格或特殊空格",
                "the expression contains a full-width or special space",
                Text(zh="请改为普通空格", en="write a plain space"),
            )
        raise outside(
            offset,
            rest[:2],
            Text(
                zh="说明请写在YAML里，用#开头",
                en="put remarks into the YAML, after #",
            ),
        )


def _unclosed(text: str) -> Exception:
    quotes = [match.start() for match in re.finditer("'", text)]
    if len(quotes) % 2:
        return refuse(
            quotes[-1],
            "引号没有合上",
            "a quote is not closed",
            Text(zh="请补上'", en="add '"),
        )
    return refuse(0, "表达式读不懂", "the expression cannot be read")


def _sort(written: str, start: int) -> Sort:
    if _WORD.fullmatch(written):
        return Sort.WORD
    if _DIGITS.fullmatch(written):
        return Sort.NUMBER
    if written in _MARKS:
        return Sort.MARK
    if written in _COMPARATORS:
        return Sort.COMPARATOR
    if written[0].isascii() and written[0].isdigit():
        raise refuse(
            start,
            f"{written}不是整数",
            f"{written} is not a whole number",
            Text(
                zh="没有小数：金额以分、比例以万分之一计",
                en="there are no fractions: money in fen, shares in basis points",
            ),
        )
    if written[0] in '"`[':
        raise outside(
            start,
            written,
            Text(
                zh="名字不加引号，文字用单引号",
                en="names take no quotes, text takes single ones",
            ),
        )
    if written in SYMBOLS:
        raise outside(start, written, SYMBOLS[written])
    for place, character in enumerate(written):
        if not character.isascii():
            raise outside(start + place, character, SYMBOLS.get(character))
    raise outside(start, written)
