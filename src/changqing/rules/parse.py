"""From text to a checked tree.

The parser of an SQL library reads far more than this language, rewrites what it reads
and does not keep where a literal stood, and its grammar has no place for quantifiers:
a small parser that only knows what is allowed is easier to trust.

    or    := and (OR and)*
    and   := not (AND not)*
    not   := NOT not | test
    test  := sum [comparator sum | [NOT] IN (literal, …) | [NOT] BETWEEN sum AND sum]
    sum   := term ((+ | -) term)*
    term  := atom (* atom)*
    atom  := literal | -number | :name | fact | function | ( or )
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from changqing.errors import RuleError
from changqing.rules import terms, tree
from changqing.rules.expression import Expression
from changqing.rules.refusals import (
    KINDS,
    WORDS,
    make_missing_error,
    make_sql_only_error,
    refuse,
    suggest,
    suggest_nearest,
)
from changqing.rules.terms import Term
from changqing.rules.tokens import Sort, Token, split_tokens
from changqing.rules.tree import Comparator, Operator, Quantity
from changqing.rules.types import LARGEST, Kind, ValueType, Vocabulary
from changqing.text import Text

_DEEPEST = 40
_KEYWORDS = frozenset(["and", "or", "not", "in", "between", "where", "true", "false"])


def parse(
    text: str, *, subject: str, vocabulary: Vocabulary, only_given: bool = False
) -> Expression:
    """Check `text` as a rule about one `subject`.

    `only_given` is for `applies`: givens, literals and structural names alone, so
    that it is never unknown. Raises RuleError with the offset of what is wrong. A
    given hides a parameter of the same name. Costs about 0.1 ms.
    """
    if subject not in vocabulary.facts:
        raise make_missing_error(0, subject, vocabulary.facts)
    parser = _Parser(text, subject, vocabulary, only_given=only_given)
    return Expression(text, subject, parser.parse_rule())


@dataclass(frozen=True, slots=True)
class _Set:
    """One side of `within`: a fact, or members each with its place."""

    fact: tree.Name | None
    values: frozenset[str] | None
    members: tuple[tuple[str, int], ...]

    def make_node(self, values: frozenset[str] | None) -> tree.Name | tree.SetLiteral:
        """Make the node; `values` are what the other side may hold."""
        if self.fact is not None:
            return self.fact
        for member, place in self.members:
            terms.check_value(member, values, place)
        return tree.SetLiteral(tuple(sorted({member for member, _ in self.members})))


class _Cursor:
    """A place among the tokens."""

    def __init__(self, text: str) -> None:
        self._tokens = split_tokens(text)
        self._place = 0
        self._depth = 0

    def _look_ahead(self) -> Token:
        return self._tokens[self._place]

    def _look_past_next(self) -> Token:
        return self._tokens[min(self._place + 1, len(self._tokens) - 1)]

    def _take_token(self) -> Token:
        token = self._look_ahead()
        self._place += 1
        return token

    def _take_word(self, word: str) -> bool:
        matches = self._look_ahead().says(word)
        self._place += matches
        return matches

    def _take_mark(self, mark: str) -> bool:
        matches = self._look_ahead().marks(mark)
        self._place += matches
        return matches

    def _expect_mark(self, mark: str) -> None:
        if not self._take_mark(mark):
            raise self._refuse_next(_describe_expected(mark, mark))

    def _expect_sort(self, sort: Sort, zh: str, en: str) -> Token:
        if self._look_ahead().sort is not sort:
            raise self._refuse_next(_describe_expected(zh, en))
        return self._take_token()

    def _descend_into(self, token: Token) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise refuse(
                token.start,
                f"括号和NOT嵌套超过{_DEEPEST}层",
                f"brackets and NOT are nested more than {_DEEPEST} deep",
                Text(zh="请拆成几条判据", en="split it into several criteria"),
            )

    def _ascend_level(self) -> None:
        self._depth -= 1

    def _refuse_next(self, hint: Text | None = None) -> RuleError:
        token = self._look_ahead()
        if token.sort is Sort.END:
            return refuse(
                token.start, "表达式没有写完", "the expression ends too early", hint
            )
        if token.is_refused:
            return self._refuse_sql_only(token)
        token_text = f"'{token.text}'" if token.sort is Sort.STRING else token.text
        return refuse(
            token.start,
            f"{token_text}放在这里读不懂",
            f"{token_text} cannot stand here",
            hint,
        )

    def _refuse_sql_only(self, token: Token) -> RuleError:
        return make_sql_only_error(token.start, token.text, WORDS[token.text.lower()])


class _Parser(_Cursor):
    """The grammar, one method for each rule of it."""

    def __init__(
        self, text: str, subject: str, vocabulary: Vocabulary, *, only_given: bool
    ) -> None:
        super().__init__(text)
        self._subject = subject
        self._vocabulary = vocabulary
        self._only_given = only_given
        self._quantifier: Token | None = None
        self._functions: Mapping[str, Callable[[Token], Term]] = {
            "days_between": self._parse_days_between,
            "whole_months": self._parse_whole_months,
            "agree": self._parse_agree,
            "has": self._parse_has,
            "within": self._parse_within,
            **{str(quantity): self._parse_quantifier for quantity in Quantity},
        }

    def parse_rule(self) -> tree.Truth:
        if self._look_ahead().sort is Sort.END:
            raise refuse(0, "表达式是空的", "the expression is empty")
        truth = self._parse_or().truth
        if self._look_ahead().sort is not Sort.END:
            raise self._refuse_next()
        return truth

    # -- truth

    def _parse_or(self) -> Term:
        return self._parse_chain("or", tree.Or, self._parse_and)

    def _parse_and(self) -> Term:
        return self._parse_chain("and", tree.And, self._parse_not)

    def _parse_chain(
        self, word: str, shape: type[tree.And | tree.Or], part: Callable[[], Term]
    ) -> Term:
        first = part()
        if not self._look_ahead().says(word):
            return first
        parts = [first.truth]
        while self._take_word(word):
            parts.append(part().truth)
        return terms.make_truth(shape(tuple(parts)), first.start)

    def _parse_not(self) -> Term:
        token = self._look_ahead()
        if not self._take_word("not"):
            return self._parse_test()
        self._descend_into(token)
        part = self._parse_not().truth
        self._ascend_level()
        return terms.make_truth(tree.Not(part), token.start)

    def _parse_test(self) -> Term:
        left = self._parse_terms()
        token = self._look_ahead()
        if token.sort is Sort.COMPARATOR:
            self._take_token()
            sign = Comparator(token.text)
            term = terms.compare(left, sign, self._parse_terms(), token.start)
        else:
            follower = self._look_past_next() if token.says("not") else token
            if follower.says("in"):
                term = self._parse_negatable(left, self._parse_list)
            elif follower.says("between"):
                term = self._parse_negatable(left, self._parse_between)
            elif follower.is_refused:
                raise self._refuse_sql_only(follower)
            else:
                return left
        if self._look_ahead().sort is Sort.COMPARATOR:
            raise self._refuse_next(
                Text(zh="比较不能连写，请用AND", en="join two comparisons with AND")
            )
        return term

    def _parse_negatable(
        self, left: Term, parse_test: Callable[[Term, Token], Term]
    ) -> Term:
        negated = self._take_word("not")
        term = parse_test(left, self._take_token())
        return terms.make_truth(tree.Not(term.truth), left.start) if negated else term

    def _parse_list(self, item: Term, _: Token) -> Term:
        terms.check_listable(item)
        self._expect_mark("(")
        values = [self._parse_listed()]
        while self._take_mark(","):
            values.append(self._parse_listed())
        self._expect_mark(")")
        return terms.make_membership(item, values)

    def _parse_listed(self) -> Term:
        token = self._look_ahead()
        if token.sort not in {Sort.STRING, Sort.NUMBER} and not token.marks("-"):
            raise self._refuse_next(
                Text(zh="IN里只能列写定的值", en="IN lists values that are written out")
            )
        return self._parse_atom()

    def _parse_between(self, item: Term, sign: Token) -> Term:
        low = self._parse_terms()
        if not self._take_word("and"):
            raise self._refuse_next(_describe_expected("AND", "AND"))
        return terms.make_between(item, low, self._parse_terms(), sign.start)

    # -- numbers

    def _parse_terms(self) -> Term:
        return self._parse_sum((Operator.ADD, Operator.SUBTRACT), self._parse_product)

    def _parse_product(self) -> Term:
        return self._parse_sum((Operator.MULTIPLY,), self._parse_atom)

    def _parse_sum(
        self, operators: tuple[Operator, ...], part: Callable[[], Term]
    ) -> Term:
        left = part()
        while (
            self._look_ahead().sort is Sort.MARK
            and self._look_ahead().text in operators
        ):
            operator = Operator(self._take_token().text)
            left = terms.make_arithmetic(left, operator, part())
        return left

    # -- atoms

    def _parse_atom(self) -> Term:
        token = self._look_ahead()
        match token.sort:
            case Sort.NUMBER:
                return self._parse_number(self._take_token(), sign=1)
            case Sort.STRING:
                self._take_token()
                return terms.make_literal(token.text, token.start)
            case Sort.WORD:
                return self._parse_word(token)
            case Sort.MARK if token.text == ":":
                return self._parse_parameter(self._take_token())
            case Sort.MARK if (
                token.text == "-" and self._look_past_next().sort is Sort.NUMBER
            ):
                self._take_token()
                negative = self._parse_number(self._take_token(), sign=-1)
                return replace(negative, start=token.start)
            case Sort.MARK if token.text == "(":
                self._descend_into(self._take_token())
                term = self._parse_or()
                self._ascend_level()
                self._expect_mark(")")
                return replace(term, start=token.start)
            case _:
                raise self._refuse_next()

    def _parse_number(self, token: Token, *, sign: int) -> Term:
        if len(token.text) > len(str(LARGEST)) or int(token.text) > LARGEST:
            raise refuse(
                token.start,
                f"{token.text}超出范围",
                f"{token.text} is out of range",
                Text(zh=f"最大为{LARGEST}", en=f"at most {LARGEST}"),
            )
        return terms.make_number(sign * int(token.text), token.start)

    def _parse_parameter(self, colon: Token) -> Term:
        token = self._look_ahead()
        if token.sort is not Sort.WORD or token.start != colon.end:
            raise refuse(
                colon.start,
                "冒号后面应紧跟参数名",
                "a parameter's name must follow the colon",
            )
        self._take_token()
        name = token.text
        givens, parameters = self._vocabulary.givens, self._vocabulary.parameters
        if (type_ := givens.get(name)) is not None:
            return Term(tree.GivenNode(name, type_.kind), type_, colon.start)
        if (type_ := parameters.get(name)) is not None:
            if self._only_given:
                raise self._refuse_not_given(colon, f":{name}")
            return Term(tree.ParameterNode(name, type_.kind), type_, colon.start)
        if name in self._vocabulary.facts[self._subject]:
            raise refuse(
                colon.start, f":{name}不存在", f":{name} does not exist", suggest(name)
            )
        raise make_missing_error(colon.start, name, {**parameters, **givens}, ":")

    def _parse_word(self, token: Token) -> Term:
        word = token.text.lower()
        if self._look_past_next().marks("(") and word not in _KEYWORDS:
            return self._parse_call(token)
        if word in {"true", "false"}:
            self._take_token()
            literal = tree.Literal(word == "true", Kind.BOOLEAN)
            return terms.make_truth(literal, token.start)
        if word in _KEYWORDS:
            raise self._refuse_next()
        name, type_ = self._parse_fact()
        return Term(name, type_, token.start)

    def _parse_fact(self) -> tuple[tree.Name, ValueType]:
        token = self._expect_sort(Sort.WORD, "事实名", "a fact")
        facts = self._vocabulary.facts[self._subject]
        if (type_ := facts.get(token.text)) is None:
            raise self._refuse_unknown_fact(token, facts)
        if self._only_given and token.text not in self._vocabulary.structural:
            raise self._refuse_not_given(token, token.text)
        return tree.Name(self._subject, token.text, type_.kind), type_

    def _refuse_unknown_fact(
        self, token: Token, facts: Mapping[str, ValueType]
    ) -> RuleError:
        name, vocabulary = token.text, self._vocabulary
        if token.is_refused:
            return self._refuse_sql_only(token)
        if name in vocabulary.givens or name in vocabulary.parameters:
            hint: Text | None = suggest(f":{name}")
        else:
            hint = suggest_nearest(name, facts)
        owners = sorted(owner for owner, its in vocabulary.facts.items() if name in its)
        if owners:
            hint = Text(zh=f"它是{owners[0]}的事实", en=f"it is a fact of {owners[0]}")
        return refuse(
            token.start,
            f"{self._subject}没有{name}这项事实",
            f"{self._subject} has no fact {name}",
            hint,
        )

    def _refuse_not_given(self, token: Token, name: str) -> RuleError:
        return refuse(
            token.start,
            f"applies里不能用{name}",
            f"applies cannot use {name}",
            Text(
                zh="只能用给定的条件，以及主体的kind、role或roles",
                en="only what is given, and the subject's kind, role or roles",
            ),
        )

    # -- functions

    def _parse_call(self, token: Token) -> Term:
        if (parse_arguments := self._functions.get(token.text)) is None:
            if token.is_refused:
                raise self._refuse_sql_only(token)
            raise refuse(
                token.start,
                f"没有{token.text}这个函数",
                f"there is no function {token.text}",
                suggest_nearest(token.text.lower(), self._functions),
            )
        self._descend_into(self._take_token())
        self._expect_mark("(")
        term = parse_arguments(token)
        self._expect_mark(")")
        self._ascend_level()
        return term

    def _parse_days_between(self, token: Token) -> Term:
        return terms.make_days_between(*self._parse_pair(), token.start)

    def _parse_whole_months(self, token: Token) -> Term:
        return terms.make_whole_months(*self._parse_pair(), token.start)

    def _parse_pair(self) -> tuple[Term, Term]:
        first = self._parse_terms()
        self._expect_mark(",")
        return first, self._parse_terms()

    def _parse_agree(self, token: Token) -> Term:
        if self._only_given:
            raise self._refuse_not_given(token, "agree")
        name, _ = self._parse_fact()
        return terms.make_truth(tree.Agree(name.subject, name.fact), token.start)

    def _parse_has(self, token: Token) -> Term:
        name, type_ = self._set_fact()
        self._expect_mark(",")
        member, place = self._parse_member()
        terms.check_value(member, type_.values, place)
        return terms.make_truth(tree.Has(name, member), token.start)

    def _parse_within(self, token: Token) -> Term:
        left = self._parse_set()
        self._expect_mark(",")
        right = self._parse_set()
        if left.fact is None and right.fact is None:
            raise refuse(
                token.start,
                "两个集合都是写定的，没有问到任何事实",
                "both sets are written out, so that no fact is asked",
            )
        node = tree.Within(left.make_node(right.values), right.make_node(left.values))
        return terms.make_truth(node, token.start)

    def _parse_set(self) -> _Set:
        if not self._take_mark("("):
            name, type_ = self._set_fact()
            return _Set(name, type_.values, ())
        members = [self._parse_member()]
        while self._take_mark(","):
            members.append(self._parse_member())
        self._expect_mark(")")
        return _Set(None, None, tuple(members))

    def _set_fact(self) -> tuple[tree.Name, ValueType]:
        token = self._look_ahead()
        name, type_ = self._parse_fact()
        if type_.kind is not Kind.SET:
            kind = KINDS[type_.kind]
            raise refuse(
                token.start,
                f"{token.text}是{kind.zh}，不是集合",
                f"{token.text} is {kind.en}, not a set",
            )
        return name, type_

    def _parse_member(self) -> tuple[str, int]:
        token = self._expect_sort(Sort.STRING, "带引号的取值", "a value in quotes")
        if not token.text or "|" in token.text:
            raise refuse(
                token.start,
                "集合的取值不能为空，也不能含有|",
                "a member of a set is not empty and has no | in it",
            )
        return token.text, token.start

    def _parse_quantifier(self, token: Token) -> Term:
        if self._only_given:
            raise self._refuse_not_given(token, token.text)
        if self._quantifier is not None:
            raise refuse(
                token.start,
                f"{token.text}不能写在{self._quantifier.text}里面",
                f"{token.text} cannot stand inside {self._quantifier.text}",
            )
        quantity = Quantity(token.text)
        least = self._parse_least() if quantity is Quantity.AT_LEAST else None
        subject = self._expect_sort(Sort.WORD, "主体", "a subject")
        if subject.text not in self._vocabulary.facts:
            raise make_missing_error(
                subject.start, subject.text, self._vocabulary.facts
            )
        outer, self._subject, self._quantifier = self._subject, subject.text, token
        where = self._parse_or().truth if self._take_word("where") else None
        body = self._parse_or().truth if self._take_mark(":") else None
        self._subject, self._quantifier = outer, None
        if quantity is Quantity.EVERY and body is None:
            raise self._refuse_next(
                Text(
                    zh=f"every要写明每一个须如何：every({subject.text}: …)",
                    en=f"every says what each must be: every({subject.text}: …)",
                )
            )
        node = tree.Quantifier(quantity, least, subject.text, where, body)
        return terms.make_truth(node, token.start)

    def _parse_least(self) -> int | tree.ParameterNode:
        term = self._parse_atom()
        self._expect_mark(",")
        match term.node:
            case tree.Literal(int(count), Kind.NUMBER) if count > 0:
                return count
            case tree.ParameterNode(_, Kind.NUMBER) as parameter:
                return parameter
            case _:
                raise refuse(
                    term.start,
                    "at_least的第一项应为正整数或数字参数",
                    "at_least begins with a positive number or a number parameter",
                )


def _describe_expected(zh: str, en: str) -> Text:
    return Text(zh=f"这里应为{zh}", en=f"{en} belongs here")
