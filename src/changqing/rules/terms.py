"""The typing rules: what may be compared, added, and asked of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import cast

from changqing.errors import RuleError
from changqing.rules import tree
from changqing.rules.refusals import KINDS, make_missing_error, refuse
from changqing.rules.tree import Comparator, Operator
from changqing.rules.types import LARGEST, Kind, ValueType
from changqing.text import Text

_WIDEST = 2**63 - 1
_DAYS = (date.max - date.min).days
_MONTHS = 12 * date.max.year
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ORDERED = frozenset([Kind.NUMBER, Kind.DATE])
_HAS_OR_WITHIN = Text(zh="请用has或within", en="use has or within")


@dataclass(frozen=True, slots=True)
class Term:
    """A node, its type and place, and the largest size its number may reach.

    `text` is set while a quoted literal waits for the other side to decide its type.
    """

    node: tree.Operand | tree.Truth
    type: ValueType
    start: int
    size: int = LARGEST
    text: str | None = None

    @property
    def kind(self) -> Kind:
        """What kind of value this is."""
        return self.type.kind

    @property
    def operand(self) -> tree.Operand:
        """The node, whose kind was found to be no truth value."""
        return cast("tree.Operand", self.node)

    @property
    def truth(self) -> tree.Truth:
        """The node, if it is true or false; else RuleError."""
        if self.kind is Kind.BOOLEAN:
            return cast("tree.Truth", self.node)
        kind = KINDS[self.kind]
        compare = Text(zh="请与另一个值比较", en="compare it with something")
        raise refuse(
            self.start,
            f"这里要的是是非，写的是{kind.zh}",
            f"this must be true or false, and is {kind.en}",
            _HAS_OR_WITHIN if self.kind is Kind.SET else compare,
        )

    @property
    def date(self) -> tree.Operand:
        """The node, if it is a date or can be read as one; else RuleError."""
        term = self if self.text is None else fit(self, ValueType(Kind.DATE))
        if term.kind is Kind.DATE:
            return term.operand
        kind = KINDS[term.kind]
        raise refuse(
            term.start,
            f"这里要的是日期，写的是{kind.zh}",
            f"this must be a date, and is {kind.en}",
        )


def make_truth(node: tree.Truth, start: int) -> Term:
    """Make a term that is true or false."""
    return Term(node, ValueType(Kind.BOOLEAN), start)


def make_number(value: int, start: int) -> Term:
    """Make the term of a number that is written out."""
    literal = tree.Literal(value, Kind.NUMBER)
    return Term(literal, ValueType(Kind.NUMBER), start, abs(value))


def make_literal(text: str, start: int) -> Term:
    """Make a term of a literal in quotes: a date, a category or text."""
    return Term(tree.Literal(text, Kind.TEXT), ValueType(Kind.TEXT), start, text=text)


def make_days_between(start: Term, end: Term, place: int) -> Term:
    """Make the number of days between two dates."""
    node = tree.DaysBetween(start.date, end.date)
    return Term(node, ValueType(Kind.NUMBER), place, _DAYS)


def make_whole_months(start: Term, end: Term, place: int) -> Term:
    """Make the number of whole months between two dates."""
    node = tree.WholeMonths(start.date, end.date)
    return Term(node, ValueType(Kind.NUMBER), place, _MONTHS)


def compare(left: Term, sign: Comparator, right: Term, place: int) -> Term:
    """Make a comparison; `place` is that of the sign."""
    left, right = _match_kinds(left, right)
    if sign not in {Comparator.EQUAL, Comparator.UNEQUAL}:
        _check_order(left, sign, place)
    return make_truth(tree.Compare(sign, left.operand, right.operand), left.start)


def make_between(item: Term, low: Term, high: Term, place: int) -> Term:
    """Ask whether `item` lies between two ends; `place` is that of BETWEEN."""
    item, low = _match_kinds(item, low)
    item, high = _match_kinds(item, high)
    _check_order(item, "BETWEEN", place)
    return make_truth(tree.Between(item.operand, low.operand, high.operand), item.start)


def make_membership(item: Term, values: list[Term]) -> Term:
    """Ask whether `item` is one of some literals."""
    literals = tuple(
        cast("tree.Literal", _match_kinds(item, v)[1].node) for v in values
    )
    return make_truth(tree.In(item.operand, literals), item.start)


def check_listable(item: Term) -> None:
    """Refuse IN for what is no category, number or date."""
    _check_comparable(item)
    if item.kind is Kind.TEXT:
        raise refuse(
            item.start,
            "IN只用于分类、数字和日期",
            "IN is for categories, numbers and dates",
            Text(zh="文字请用=", en="use = for text"),
        )


def make_arithmetic(left: Term, operator: Operator, right: Term) -> Term:
    """Make a sum, difference or product, if it cannot leave 64 bits."""
    for term in (left, right):
        _check_number(term)
    if operator is Operator.MULTIPLY:
        size = left.size * right.size
    else:
        size = left.size + right.size
    if size > _WIDEST:
        raise refuse(
            left.start,
            "这个算式的结果可能超出范围",
            "the result of this may be out of range",
            Text(
                zh="请约小系数：事实最多乘以1000，两个事实不能相乘",
                en="use smaller factors: a fact times 1000 at most, "
                "and never a fact times a fact",
            ),
        )
    node = tree.Arithmetic(operator, left.operand, right.operand)
    return Term(node, ValueType(Kind.NUMBER), left.start, size)


def check_value(value: str, values: frozenset[str] | None, start: int) -> None:
    """Refuse a category's or a set's value that is not among those it can have."""
    if values is not None and value not in values:
        raise make_missing_error(
            start,
            f"'{value}'",
            (f"'{allowed_value}'" for allowed_value in sorted(values)),
        )


def fit(term: Term, value_type: ValueType) -> Term:
    """Read a quoted literal as what the other side is."""
    text = term.text or ""
    if value_type.kind is Kind.NUMBER:
        raise refuse(
            term.start,
            f"数字不能与'{text}'比较",
            f"a number cannot be compared with '{text}'",
            Text(zh="数字不加引号", en="numbers take no quotes"),
        )
    if value_type.kind is Kind.DATE:
        return Term(
            tree.Literal(_parse_day(text, term.start), Kind.DATE),
            value_type,
            term.start,
        )
    check_value(text, value_type.values, term.start)
    return Term(tree.Literal(text, value_type.kind), value_type, term.start)


def _parse_day(text: str, start: int) -> date:
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as fault:
            raise _make_day_error(text, start) from fault
    raise _make_day_error(text, start)


def _make_day_error(text: str, start: int) -> RuleError:
    return refuse(
        start,
        f"'{text}'不是日期",
        f"'{text}' is not a date",
        Text(zh="日期写作'YYYY-MM-DD'", en="a date is written 'YYYY-MM-DD'"),
    )


def _match_kinds(left: Term, right: Term) -> tuple[Term, Term]:
    """Return two terms of one kind, a quoted literal read as the other side."""
    if left.text is not None and right.text is not None:
        raise refuse(
            left.start,
            "两边都是写定的文字，没有问到任何事实",
            "both sides are written out, so that no fact is asked",
        )
    for term in (left, right):
        _check_comparable(term)
    if left.text is not None:
        return fit(left, right.type), right
    if right.text is not None:
        return left, fit(right, left.type)
    if left.kind is not right.kind:
        text, other = KINDS[left.kind], KINDS[right.kind]
        raise refuse(
            right.start,
            f"{text.zh}不能与{other.zh}比较",
            f"{text.en} cannot be compared with {other.en}",
        )
    if left.kind is Kind.CATEGORY and not isinstance(left.node, tree.Literal):
        raise refuse(
            right.start,
            "分类只能与写定的取值比较",
            "a category can only be compared with one of its values, written out",
        )
    return left, right


def _check_comparable(term: Term) -> None:
    hints = {
        Kind.BOOLEAN: Text(
            zh="是非事实直接写，取反用NOT", en="write it bare, or with NOT before it"
        ),
        Kind.SET: _HAS_OR_WITHIN,
    }
    if (hint := hints.get(term.kind)) is not None:
        kind = KINDS[term.kind]
        raise refuse(
            term.start,
            f"{kind.zh}不能这样比较",
            f"{kind.en} cannot be compared",
            hint,
        )


def _check_order(term: Term, sign: str, place: int) -> None:
    if term.kind not in _ORDERED:
        kind = KINDS[term.kind]
        raise refuse(
            place,
            f"{kind.zh}不能用{sign}比较",
            f"{kind.en} cannot be compared with {sign}",
            Text(zh="只能用=或<>", en="only = and <> can"),
        )


def _check_number(term: Term) -> None:
    if term.kind is Kind.NUMBER:
        return
    kind = KINDS[term.kind]
    hint = Text(
        zh="日期请用days_between或whole_months",
        en="use days_between or whole_months for dates",
    )
    raise refuse(
        term.start,
        f"{kind.zh}不能参与加减乘",
        f"{kind.en} cannot be added or multiplied",
        hint if term.kind is Kind.DATE else None,
    )
