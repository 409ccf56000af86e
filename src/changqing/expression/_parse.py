"""From text to a checked tree. sqlglot cuts the tokens; the grammar is ours.

sqlglot's own parser reads far more than this language, rewrites what it reads and
does not keep where a literal stood, and its grammar has no place for quantifiers:
a small precedence parser that only knows what is allowed is easier to trust.

    or    := and (OR and)*
    and   := not (AND not)*
    not   := NOT not | test
    test  := sum [comparator sum | [NOT] IN (literal, …) | [NOT] BETWEEN sum AND sum]
    sum   := term ((+ | -) term)*
    term  := atom (* atom)*
    atom  := literal | -number | :name | fact | function | ( or )
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from changqing.errors import RuleError
from changqing.expression import _tree as tree
from changqing.expression._expression import Expression
from changqing.expression._refusals import (
    KINDS,
    WORDS,
    missing,
    nearest,
    outside,
    refuse,
    suggest,
)
from changqing.expression._tokens import Sort, Token, tokens
from changqing.expression._tree import Comparator, Operator, Quantity
from changqing.expression._types import Kind, ValueType, Vocabulary
from changqing.text import Text

LARGEST = 9_000_000_000_000_000
"""The greatest size of a number that a fact, a parameter or a rule may hold."""

_WIDEST = 2**63 - 1
_DEEPEST = 40
_DAYS = (date.max - date.min).days
_MONTHS = 12 * date.max.year
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_KEYWORDS = frozenset(["and", "or", "not", "in", "between", "where", "true", "false"])
_ORDERED = frozenset([Kind.NUMBER, Kind.DATE])


def parse(
    text: str, *, subject: str, vocabulary: Vocabulary, only_given: bool = False
) -> Expression:
    """Check `text` as a rule about one `subject`.

    `only_given` is for `applies`: givens, literals and structural names alone, so
    that it is never unknown. Raises RuleError with the offset of what is wrong.
    """
    parser = _Parser(text, subject, vocabulary, only_given=only_given)
    return Expression(text, subject, parser.rule())


@dataclass(frozen=True, slots=True)
class _Term:
    """A node with its type, its place, and the largest size a number may reach."""

    node: tree.Operand | tree.Truth
    type: ValueType
    start: int
    size: int = 0
    text: str | None = None  # a quoted literal, whose type the other side decides

    @property
    def kind(self) -> Kind:
        return self.type.kind


class _Parser:
    def __init__(
        self, text: str, subject: str, vocabulary: Vocabulary, *, only_given: bool
    ) -> None:
        self._tokens = tokens(text)
        self._place = 0
        self._subject = subject
        self._vocabulary = vocabulary
        self._only_given = only_given
        self._depth = 0
        self._quantifier: Token | None = None
        self._functions: Mapping[str, Callable[[Token], _Term]] = {
            "days_between": self._days_between,
            "whole_months": self._whole_months,
            "agree": self._agree,
            "has": self._has,
            "within": self._within,
            **{str(quantity): self._quantified for quantity in Quantity},
        }

    def rule(self) -> tree.Truth:
        if self._next.sort is Sort.END:
            raise refuse(0, "表达式是空的", "the expression is empty")
        found = self._truth(self._or())
        if self._next.sort is not Sort.END:
            raise self._unexpected()
        return found

    # -- tokens

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    @property
    def _after(self) -> Token:
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _take_word(self, word: str) -> bool:
        if self._next.says(word):
            self._place += 1
            return True
        return False

    def _take_mark(self, mark: str) -> bool:
        if self._next.marks(mark):
            self._place += 1
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._take_mark(mark):
            raise self._unexpected(
                Text(zh=f"这里应为{mark}", en=f"{mark} belongs here")
            )

    def _unexpected(self, hint: Text | None = None) -> RuleError:
        token = self._next
        if token.sort is Sort.END:
            return refuse(
                token.start, "表达式没有写完", "the expression ends too early", hint
            )
        if token.sort is Sort.WORD and token.text.lower() in WORDS:
            return self._outside(token)
        written = f"'{token.text}'" if token.sort is Sort.STRING else token.text
        return refuse(
            token.start,
            f"{written}放在这里读不懂",
            f"{written} cannot stand here",
            hint,
        )

    def _outside(self, token: Token) -> RuleError:
        return outside(token.start, token.text, WORDS[token.text.lower()])

    # -- truth

    def _or(self) -> _Term:
        return self._joined("or", tree.Or, self._and)

    def _and(self) -> _Term:
        return self._joined("and", tree.And, self._not)

    def _joined(
        self,
        word: str,
        shape: type[tree.And] | type[tree.Or],
        part: Callable[[], _Term],
    ) -> _Term:
        first = part()
        if not self._next.says(word):
            return first
        parts = [self._truth(first)]
        while self._take_word(word):
            parts.append(self._truth(part()))
        return _true_or_false(shape(tuple(parts)), first.start)

    def _not(self) -> _Term:
        token = self._next
        if not self._take_word("not"):
            return self._test()
        self._descend(token)
        part = self._truth(self._not())
        self._depth -= 1
        return _true_or_false(tree.Not(part), token.start)

    def _descend(self, token: Token) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise refuse(
                token.start,
                f"括号和NOT嵌套超过{_DEEPEST}层",
                f"brackets and NOT are nested more than {_DEEPEST} deep",
                Text(zh="请拆成几条判据", en="split it into several criteria"),
            )

    def _truth(self, term: _Term) -> tree.Truth:
        if term.kind is Kind.BOOLEAN:
            return term.node  # type: ignore[return-value]  # its kind says so
        kind = KINDS[term.kind]
        hints = {
            Kind.SET: Text(zh="请用has或within", en="use has or within"),
            Kind.TEXT: Text(zh="请与另一个值比较", en="compare it with something"),
        }
        raise refuse(
            term.start,
            f"这里要的是是非，写的是{kind.zh}",
            f"this must be true or false, and is {kind.en}",
            hints.get(term.kind, hints[Kind.TEXT]),
        )

    def _test(self) -> _Term:
        left = self._sum()
        token = self._next
        if token.sort is Sort.COMPARATOR:
            found = self._compare(left, self._take())
        else:
            negated = token.says("not")
            follower = self._after if negated else token
            if not (follower.says("in") or follower.says("between")):
                if follower.sort is Sort.WORD and follower.text.lower() in WORDS:
                    raise self._outside(follower)
                return left
            if negated:
                self._take()
            found = self._among(left) if self._take_word("in") else self._between(left)
            if negated:
                found = _true_or_false(tree.Not(self._truth(found)), left.start)
        if self._next.sort is Sort.COMPARATOR:
            raise self._unexpected(
                Text(zh="比较不能连写，请用AND", en="join two comparisons with AND")
            )
        return found

    def _compare(self, left: _Term, sign: Token) -> _Term:
        right = self._sum()
        comparator = Comparator(sign.text)
        left, right = self._alike(left, right)
        ordered = comparator not in {Comparator.EQUAL, Comparator.UNEQUAL}
        if ordered and left.kind not in _ORDERED:
            kind = KINDS[left.kind]
            raise refuse(
                sign.start,
                f"{kind.zh}不能用{sign.text}比较",
                f"{kind.en} cannot be compared with {sign.text}",
                Text(zh="只能用=或<>", en="only = and <> can"),
            )
        node = tree.Compare(comparator, _operand(left), _operand(right))
        return _true_or_false(node, left.start)

    def _alike(self, left: _Term, right: _Term) -> tuple[_Term, _Term]:
        if left.text is not None and right.text is not None:
            raise refuse(
                left.start,
                "两边都是写定的文字，没有比较任何事实",
                "both sides are written out, so that no fact is compared",
            )
        for term in (left, right):
            self._comparable(term)
        if left.text is not None:
            return _fit(left, right.type), right
        if right.text is not None:
            return left, _fit(right, left.type)
        if left.kind is not right.kind:
            one, other = KINDS[left.kind], KINDS[right.kind]
            raise refuse(
                right.start,
                f"{one.zh}不能与{other.zh}比较",
                f"{one.en} cannot be compared with {other.en}",
            )
        if left.kind is Kind.CATEGORY:
            raise refuse(
                right.start,
                "分类只能与写定的取值比较",
                "a category can only be compared with one of its values, written out",
            )
        return left, right

    def _comparable(self, term: _Term) -> None:
        hints = {
            Kind.BOOLEAN: Text(
                zh="是非事实直接写，取反用NOT",
                en="write it bare, or with NOT before it",
            ),
            Kind.SET: Text(zh="请用has或within", en="use has or within"),
        }
        if term.kind in hints:
            kind = KINDS[term.kind]
            raise refuse(
                term.start,
                f"{kind.zh}不能这样比较",
                f"{kind.en} cannot be compared",
                hints[term.kind],
            )

    def _among(self, item: _Term) -> _Term:
        self._comparable(item)
        if item.text is not None or item.kind is Kind.TEXT:
            raise refuse(
                item.start,
                "IN只用于分类、数字和日期",
                "IN is for categories, numbers and dates",
                Text(zh="文字请用=", en="use = for text"),
            )
        self._expect("(")
        values = [self._literal(item.type)]
        while self._take_mark(","):
            values.append(self._literal(item.type))
        self._expect(")")
        return _true_or_false(tree.In(_operand(item), tuple(values)), item.start)

    def _literal(self, wanted: ValueType) -> tree.Literal:
        token = self._next
        if token.sort not in {Sort.STRING, Sort.NUMBER} and not token.marks("-"):
            raise self._unexpected(
                Text(zh="IN里只能列写定的值", en="IN lists values that are written out")
            )
        term = self._atom()
        if term.text is not None:
            term = _fit(term, wanted)
        if term.kind is not wanted.kind:
            one, other = KINDS[wanted.kind], KINDS[term.kind]
            raise refuse(
                term.start,
                f"{one.zh}不能与{other.zh}比较",
                f"{one.en} cannot be compared with {other.en}",
            )
        return term.node  # type: ignore[return-value]  # only literals get here

    def _between(self, item: _Term) -> _Term:
        sign = self._take()
        low = self._sum()
        if not self._take_word("and"):
            raise self._unexpected(Text(zh="这里应为AND", en="AND belongs here"))
        high = self._sum()
        ends: list[_Term] = []
        fixed = item
        for end in (low, high):
            fixed, fitted = self._alike(fixed, end)
            ends.append(fitted)
        if fixed.kind not in _ORDERED:
            kind = KINDS[fixed.kind]
            raise refuse(
                sign.start,
                f"{kind.zh}不能用BETWEEN比较",
                f"{kind.en} cannot be compared with BETWEEN",
            )
        node = tree.Between(_operand(fixed), _operand(ends[0]), _operand(ends[1]))
        return _true_or_false(node, item.start)

    # -- numbers

    def _sum(self) -> _Term:
        return self._reckoned((Operator.ADD, Operator.SUBTRACT), self._product)

    def _product(self) -> _Term:
        return self._reckoned((Operator.MULTIPLY,), self._atom)

    def _reckoned(
        self, operators: tuple[Operator, ...], part: Callable[[], _Term]
    ) -> _Term:
        left = part()
        while self._next.sort is Sort.MARK and self._next.text in operators:
            operator = Operator(self._take().text)
            right = part()
            for term in (left, right):
                self._check_number(term)
            product = operator is Operator.MULTIPLY
            size = left.size * right.size if product else left.size + right.size
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
            node = tree.Arithmetic(operator, _operand(left), _operand(right))
            left = _Term(node, ValueType(Kind.NUMBER), left.start, size)
        return left

    def _check_number(self, term: _Term) -> None:
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

    # -- atoms

    def _atom(self) -> _Term:
        token = self._next
        match token.sort:
            case Sort.NUMBER:
                return self._number(self._take(), sign=1)
            case Sort.STRING:
                self._take()
                literal = tree.Literal(token.text, Kind.TEXT)
                return _Term(
                    literal, ValueType(Kind.TEXT), token.start, text=token.text
                )
            case Sort.WORD:
                return self._word(token)
            case Sort.MARK if token.text == ":":
                return self._named(self._take())
            case Sort.MARK if token.text == "-" and self._after.sort is Sort.NUMBER:
                self._take()
                negative = self._number(self._take(), sign=-1)
                return replace(negative, start=token.start)
            case Sort.MARK if token.text == "(":
                return self._bracketed(self._take())
            case _:
                raise self._unexpected()

    def _bracketed(self, token: Token) -> _Term:
        self._descend(token)
        found = self._or()
        self._depth -= 1
        self._expect(")")
        return replace(found, start=token.start)

    def _number(self, token: Token, *, sign: int) -> _Term:
        if len(token.text) > len(str(LARGEST)) or int(token.text) > LARGEST:
            raise refuse(
                token.start,
                f"{token.text}超出范围",
                f"{token.text} is out of range",
                Text(zh=f"最大为{LARGEST}", en=f"at most {LARGEST}"),
            )
        value = sign * int(token.text)
        literal = tree.Literal(value, Kind.NUMBER)
        return _Term(literal, ValueType(Kind.NUMBER), token.start, abs(value))

    def _named(self, colon: Token) -> _Term:
        token = self._next
        known = {**self._vocabulary.parameters, **self._vocabulary.givens}
        if token.sort is not Sort.WORD or token.start != colon.end:
            raise refuse(
                colon.start,
                "冒号后面应紧跟参数名",
                "a parameter's name must follow the colon",
            )
        self._take()
        if (type_ := self._vocabulary.givens.get(token.text)) is not None:
            node: tree.Given | tree.Parameter = tree.Given(token.text, type_.kind)
        elif (type_ := self._vocabulary.parameters.get(token.text)) is not None:
            if self._only_given:
                raise self._not_given(colon, f":{token.text}")
            node = tree.Parameter(token.text, type_.kind)
        elif token.text in self._vocabulary.facts[self._subject]:
            raise refuse(
                colon.start,
                f":{token.text}不存在",
                f":{token.text} does not exist",
                suggest(token.text),
            )
        else:
            raise missing(colon.start, token.text, known, ":")
        return _Term(node, type_, colon.start, LARGEST)

    def _word(self, token: Token) -> _Term:
        word = token.text.lower()
        if self._after.marks("(") and word not in _KEYWORDS:
            return self._call(token)
        if word in {"true", "false"}:
            self._take()
            return _true_or_false(
                tree.Literal(word == "true", Kind.BOOLEAN), token.start
            )
        if word in _KEYWORDS:
            raise self._unexpected()
        name, type_ = self._fact(token)
        self._take()
        return _Term(name, type_, token.start, LARGEST)

    def _fact(self, token: Token) -> tuple[tree.Name, ValueType]:
        facts = self._vocabulary.facts[self._subject]
        if (type_ := facts.get(token.text)) is None:
            raise self._no_fact(token, facts)
        if self._only_given and token.text not in self._vocabulary.structural:
            raise self._not_given(token, token.text)
        return tree.Name(self._subject, token.text, type_.kind), type_

    def _no_fact(self, token: Token, facts: Mapping[str, ValueType]) -> RuleError:
        name = token.text
        if name.lower() in WORDS:
            return self._outside(token)
        if name in self._vocabulary.givens or name in self._vocabulary.parameters:
            hint: Text | None = suggest(f":{name}")
        else:
            hint = nearest(name, facts)
        if hint is None:
            owners = sorted(
                owner for owner, has in self._vocabulary.facts.items() if name in has
            )
            if owners:
                hint = Text(
                    zh=f"它是{owners[0]}的事实",
                    en=f"it is a fact of {owners[0]}",
                )
        return refuse(
            token.start,
            f"{self._subject}没有{name}这项事实",
            f"{self._subject} has no fact {name}",
            hint,
        )

    def _not_given(self, token: Token, written: str) -> RuleError:
        return refuse(
            token.start,
            f"applies里不能用{written}",
            f"applies cannot use {written}",
            Text(
                zh="只能用给定的条件，以及主体的kind或role",
                en="only what is given, and the subject's kind or role",
            ),
        )

    # -- functions

    def _call(self, token: Token) -> _Term:
        if (read := self._functions.get(token.text)) is None:
            if token.text.lower() in WORDS:
                raise self._outside(token)
            raise refuse(
                token.start,
                f"没有{token.text}这个函数",
                f"there is no function {token.text}",
                nearest(token.text.lower(), self._functions),
            )
        self._take()
        self._expect("(")
        self._descend(token)
        found = read(token)
        self._depth -= 1
        self._expect(")")
        return found

    def _days_between(self, token: Token) -> _Term:
        node = tree.DaysBetween(*self._two_dates())
        return _Term(node, ValueType(Kind.NUMBER), token.start, _DAYS)

    def _whole_months(self, token: Token) -> _Term:
        node = tree.WholeMonths(*self._two_dates())
        return _Term(node, ValueType(Kind.NUMBER), token.start, _MONTHS)

    def _two_dates(self) -> tuple[tree.Operand, tree.Operand]:
        start = self._date()
        self._expect(",")
        return start, self._date()

    def _date(self) -> tree.Operand:
        term = self._sum()
        if term.text is not None:
            term = _fit(term, ValueType(Kind.DATE))
        if term.kind is not Kind.DATE:
            kind = KINDS[term.kind]
            raise refuse(
                term.start,
                f"这里要的是日期，写的是{kind.zh}",
                f"this must be a date, and is {kind.en}",
            )
        return _operand(term)

    def _agree(self, token: Token) -> _Term:
        if self._only_given:
            raise self._not_given(token, "agree")
        if self._next.sort is not Sort.WORD:
            raise self._unexpected(Text(zh="这里应为事实名", en="a fact belongs here"))
        name, _ = self._fact(self._next)
        self._take()
        return _true_or_false(tree.Agree(name.subject, name.fact), token.start)

    def _has(self, token: Token) -> _Term:
        name, type_ = self._set_fact()
        self._expect(",")
        node = tree.Has(name, self._member(type_))
        return _true_or_false(node, token.start)

    def _within(self, token: Token) -> _Term:
        left = self._set()
        self._expect(",")
        right = self._set()
        known = [side[1].values for side in (left, right) if side[1] is not None]
        if not known:
            raise refuse(
                token.start,
                "两个集合都是写定的，没有问到任何事实",
                "both sets are written out, so that no fact is asked",
            )
        sides: list[tree.Name | tree.SetLiteral] = []
        for node, type_, places in (left, right):
            if type_ is None:
                for member, place in zip(_members(node), places, strict=True):
                    _check_value(member, known[0], place)
                node = tree.SetLiteral(tuple(sorted(set(_members(node)))))
            sides.append(node)
        return _true_or_false(tree.Within(sides[0], sides[1]), token.start)

    def _set(
        self,
    ) -> tuple[tree.Name | tree.SetLiteral, ValueType | None, tuple[int, ...]]:
        if not self._take_mark("("):
            return (*self._set_fact(), ())
        places = [self._next.start]
        members = [self._member(None)]
        while self._take_mark(","):
            places.append(self._next.start)
            members.append(self._member(None))
        self._expect(")")
        return tree.SetLiteral(tuple(members)), None, tuple(places)

    def _set_fact(self) -> tuple[tree.Name, ValueType]:
        token = self._next
        if token.sort is not Sort.WORD:
            raise self._unexpected(Text(zh="这里应为集合", en="a set belongs here"))
        name, type_ = self._fact(token)
        if type_.kind is not Kind.SET:
            kind = KINDS[type_.kind]
            raise refuse(
                token.start,
                f"{token.text}是{kind.zh}，不是集合",
                f"{token.text} is {kind.en}, not a set",
            )
        self._take()
        return name, type_

    def _member(self, type_: ValueType | None) -> str:
        token = self._next
        if token.sort is not Sort.STRING:
            raise self._unexpected(
                Text(zh="这里应为写定的取值", en="a value belongs here, in quotes")
            )
        if not token.text or "|" in token.text:
            raise refuse(
                token.start,
                "集合的取值不能为空，也不能含有|",
                "a member of a set is not empty and has no | in it",
            )
        if type_ is not None:
            _check_value(token.text, type_.values, token.start)
        self._take()
        return token.text

    def _quantified(self, token: Token) -> _Term:
        if self._only_given:
            raise self._not_given(token, token.text)
        if self._quantifier is not None:
            raise refuse(
                token.start,
                f"{token.text}不能写在{self._quantifier.text}里面",
                f"{token.text} cannot stand inside {self._quantifier.text}",
            )
        quantity = Quantity(token.text)
        least = self._least() if quantity is Quantity.AT_LEAST else None
        subject = self._next
        if subject.sort is not Sort.WORD:
            raise self._unexpected(Text(zh="这里应为主体", en="a subject belongs here"))
        if subject.text not in self._vocabulary.facts:
            raise missing(subject.start, subject.text, self._vocabulary.facts)
        self._take()
        outer, self._subject, self._quantifier = self._subject, subject.text, token
        where = self._truth(self._or()) if self._take_word("where") else None
        body = self._truth(self._or()) if self._take_mark(":") else None
        self._subject, self._quantifier = outer, None
        if quantity is Quantity.EVERY and body is None:
            raise self._unexpected(
                Text(
                    zh=f"every要写明每一个须如何：every({subject.text}: …)",
                    en=f"every says what each must be: every({subject.text}: …)",
                )
            )
        node = tree.Quantifier(quantity, least, subject.text, where, body)
        return _true_or_false(node, token.start)

    def _least(self) -> int | tree.Parameter:
        token = self._next
        term = self._atom()
        self._expect(",")
        match term.node:
            case tree.Literal(int(number), Kind.NUMBER) if number > 0:
                return number
            case tree.Parameter(_, Kind.NUMBER) as parameter:
                return parameter
            case _:
                raise refuse(
                    token.start,
                    "at_least的第一项应为正整数或数字参数",
                    "at_least begins with a positive number or a number parameter",
                )


def _true_or_false(node: tree.Truth, start: int) -> _Term:
    return _Term(node, ValueType(Kind.BOOLEAN), start)


def _operand(term: _Term) -> tree.Operand:
    return term.node  # type: ignore[return-value]  # its kind is no truth value


def _members(node: tree.Name | tree.SetLiteral) -> tuple[str, ...]:
    return node.members if isinstance(node, tree.SetLiteral) else ()


def _check_value(value: str, values: frozenset[str] | None, start: int) -> None:
    if values is not None and value not in values:
        raise missing(start, f"'{value}'", (f"'{known}'" for known in sorted(values)))


def _fit(term: _Term, wanted: ValueType) -> _Term:
    """A quoted literal, read as what the other side is."""
    text = term.text or ""
    match wanted.kind:
        case Kind.DATE:
            node = tree.Literal(_day(text, term.start), Kind.DATE)
        case Kind.NUMBER:
            raise refuse(
                term.start,
                f"数字不能与'{text}'比较",
                f"a number cannot be compared with '{text}'",
                Text(zh="数字不加引号", en="numbers take no quotes"),
            )
        case kind:
            _check_value(text, wanted.values, term.start)
            node = tree.Literal(text, kind)
    return _Term(node, wanted, term.start)


def _day(text: str, start: int) -> date:
    try:
        if _DAY.fullmatch(text) is None:
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as fault:
        raise refuse(
            start,
            f"'{text}'不是日期",
            f"'{text}' is not a date",
            Text(zh="日期写作'YYYY-MM-DD'", en="a date is written 'YYYY-MM-DD'"),
        ) from fault
