"""No negation and no number of a rule is lost in the phrase that says it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changqing.case.model import Application
from changqing.judge.phrase import PhraseReading, phrase_rule
from changqing.judge.words import say_value
from changqing.law.said import say_number
from changqing.law.words import STATES
from changqing.rules.tree import (
    Agree,
    And,
    Compare,
    GivenNode,
    Has,
    In,
    Literal,
    Name,
    Not,
    Or,
    ParameterNode,
    Quantifier,
    Quantity,
    Truth,
    list_children,
    list_judgements,
    walk,
)
from tests.judge.assessment_factory import (
    AS_OF,
)
from tests.share import examples
from tests.shipped import CATALOGUE

APPLICATION = Application(
    licence="B25",
    scope="intra_province",
    region="33",
    stage="apply",
    submit_on=date(2026, 12, 24),
)


NUMBERS = {
    name: next(value.value for value in parameter.values if value.value is not None)
    for name, parameter in CATALOGUE.parameters.items()
}
"""A number for each parameter: of some licence, province and day."""
REAL = PhraseReading(
    catalogue=CATALOGUE,
    parameters=NUMBERS,
    givens={
        "licence": "B25",
        "scope": "intra_province",
        "region": "33",
        "stage": "apply",
        "as_of": AS_OF,
        "submit_on": APPLICATION.submit_on,
        "report_year": 2025,
    },
)


ATOMS: dict[str, list[Truth]] = {}
for _criterion in CATALOGUE.criteria.values():
    ATOMS.setdefault(_criterion.subject, []).extend(
        list_judgements(_criterion.test.root)
    )
    ATOMS[_criterion.subject].append(_criterion.test.root)


@st.composite
def expressions(draw: st.DrawFn) -> Truth:
    """AND, OR and NOT over the judgements of the real catalogue."""
    subject = draw(st.sampled_from(sorted(ATOMS)))
    atoms = st.sampled_from(ATOMS[subject])
    tree: Truth = draw(
        st.recursive(
            atoms,
            lambda inner: st.one_of(
                inner.map(Not),
                st.lists(inner, min_size=2, max_size=3).map(lambda p: And(tuple(p))),
                st.lists(inner, min_size=2, max_size=3).map(lambda p: Or(tuple(p))),
            ),
            max_leaves=6,
        )
    )
    return tree


def assert_nothing_is_left_out(root: Truth, reading: PhraseReading) -> None:
    said = phrase_rule(root, reading)
    for node in walk(root):
        if isinstance(node, Name | Agree):
            label = reading.find_fact(node).label
            if node.fact in {"role", "roles", "kind"}:
                continue  # named by its value: 技术人员
            assert label.zh.removeprefix(STATES.zh) in said.zh
            assert label.en.removeprefix(STATES.en) in said.en
        elif isinstance(node, ParameterNode):
            parameter = reading.catalogue.parameters[node.name]
            number = reading.parameters[node.name]
            assert number is not None
            value = say_number(number, parameter.unit)
            assert f"{parameter.label.zh}（{value.zh}）" in said.zh
            assert f"{parameter.label.en} ({value.en})" in said.en
        elif isinstance(node, Has):
            word = say_value(node.member, reading.find_fact(node.set))
            assert word.zh in said.zh
            assert word.en in said.en
        elif isinstance(node, Literal) and type(node.value) is int:
            assert _mentioned(node.value, said.zh)
            assert _mentioned(node.value, said.en)
        elif isinstance(node, Literal) and isinstance(node.value, str):
            words = _words_of(node.value, root, reading)
            assert any(word in said.zh for word in words)
    wanted = sum(isinstance(node, Not) for node in walk(root))
    assert said.zh.count("并非“") + said.zh.count("如果") == wanted
    assert said.zh.count("”") == said.zh.count("并非“")
    assert said.en.count("not (") + said.en.count("if ") == wanted
    quantifiers = [node for node in walk(root) if isinstance(node, Quantifier)]
    none = sum(quantifier.quantity is Quantity.NONE for quantifier in quantifiers)
    assert said.zh.count("没有任何") == none
    at_least = [
        quantifier
        for quantifier in quantifiers
        if quantifier.quantity in {Quantity.SOME, Quantity.AT_LEAST}
    ]
    assert said.zh.count("至少有") == len(at_least)
    for one in at_least:
        if isinstance(one.least, int):
            assert f"至少有{one.least}" in said.zh
            assert f"at least {one.least} " in said.en


def _mentioned(number: int, text: str) -> bool:
    """Said as it is, with separators, as yuan, as 万元 or 亿元, or as per cent."""
    numbers = {
        found.replace(",", "").removesuffix(".00").rstrip(".")
        for found in re.findall(r"-?\d[\d,.]*", text)
    }
    as_written = {number, number // 100, number // 1_000_000, number // 10**10}
    return bool({str(each) for each in as_written} & numbers)


def _words_of(value: str, root: Truth, reading: PhraseReading) -> set[str]:
    """How a category may be called by the facts of an expression.

    What is compared with a given, such as a business class, is called by its code.
    """
    called = {
        say_value(value, reading.find_fact(node)).zh
        for node in walk(root)
        if isinstance(node, Name)
    } - {value}
    for node in walk(root):
        if isinstance(node, Compare | In) and isinstance(
            list_children(node)[0], GivenNode
        ):
            for child in list_children(node):
                if isinstance(child, Literal) and isinstance(child.value, str):
                    called.add(child.value)
    return called


@pytest.mark.share
@pytest.mark.parametrize("name", sorted(CATALOGUE.criteria))
def test_no_criterion_loses_a_word_in_its_phrase(name: str) -> None:
    assert_nothing_is_left_out(CATALOGUE.criteria[name].test.root, REAL)


def test_a_rule_is_said_of_no_application_without_key_or_number() -> None:
    """As the guide says it: the label of a parameter stands for its number."""
    reading = PhraseReading(catalogue=CATALOGUE, parameters={}, givens={})
    for criterion in CATALOGUE.criteria.values():
        for rule in (criterion.applies, criterion.test):
            said = phrase_rule(rule.root, reading)
            assert not re.search(r"[a-z]_[a-z]|:[a-z]", said.zh + said.en), criterion.id
            assert "须向" not in said.zh, criterion.id
    one_province = CATALOGUE.criteria["filing_proof_attached"].applies
    assert "广东省" in phrase_rule(one_province.root, reading).zh


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow])
@given(expressions())
def test_no_expression_loses_a_negation_or_a_number(root: Truth) -> None:
    assert_nothing_is_left_out(root, REAL)


@settings(max_examples=examples(100))
@given(expressions())
def test_two_expressions_that_differ_in_a_negation_read_differently(
    root: Truth,
) -> None:
    plain, negated = phrase_rule(root, REAL), phrase_rule(Not(root), REAL)
    assert plain.zh != negated.zh
    assert plain.en != negated.en
    assert plain.zh in negated.zh
    assert plain.en in negated.en


@settings(max_examples=examples(100))
@given(expressions(), expressions())
def test_and_and_or_never_read_alike(one: Truth, other: Truth) -> None:
    every, either = (
        phrase_rule(And((one, other)), REAL),
        phrase_rule(Or((one, other)), REAL),
    )
    assert every.zh != either.zh
    assert every.en != either.en


def test_the_catalogue_has_expressions_of_every_subject() -> None:
    assert set(ATOMS) >= {"applicant", "service", "person", "paper"}
    kinds = {
        type(node) for one in CATALOGUE.criteria.values() for node in one.test.walk()
    }
    assert kinds >= {Not, ParameterNode, Quantifier, Agree, Has}


def test_a_telephone_number_is_said_as_people_write_it() -> None:
    fact = CATALOGUE.facts["applicant", "contact_phone"]
    assert say_value("+862787650000", fact).zh == "027-87650000"
