"""An expression said in words. Nothing is left out: no negation, no number.

Every node of the language has its phrase; a node without one is an error here, not a
silent gap in a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import singledispatch

from changqing.assessment._words import UNSET, say_number, say_value
from changqing.catalogue import Catalogue, Fact
from changqing.expression import (
    Agree,
    And,
    Arithmetic,
    Between,
    Compare,
    DaysBetween,
    Given,
    Has,
    In,
    Literal,
    Name,
    Node,
    Not,
    Or,
    Parameter,
    Quantifier,
    Value,
    WholeMonths,
    Within,
)
from changqing.text import Text, both

_GIVENS: Mapping[str, Text] = {
    "licence": Text(zh="申请业务", en="the licence applied for"),
    "scope": Text(zh="覆盖范围", en="the scope"),
    "region": Text(zh="所在省", en="the region"),
    "stage": Text(zh="办理阶段", en="the stage"),
    "as_of": Text(zh="评估日", en="the day of assessment"),
    "submit_on": Text(zh="递交日", en="the day of submission"),
    "report_year": Text(zh="报告年度", en="the report year"),
}
_SUBJECTS: Mapping[str, Text] = {
    "applicant": Text(zh="申请人", en="applicant"),
    "service": Text(zh="服务", en="service"),
    "person": Text(zh="人员", en="person"),
    "paper": Text(zh="材料", en="paper"),
    "holder": Text(zh="股东", en="holder"),
}
SYMBOLS: Mapping[str, str] = {
    "=": "＝",
    "<>": "≠",
    "<": "＜",
    "<=": "≤",
    ">": "＞",
    ">=": "≥",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a phrase needs to know: labels, the subject, and the bound numbers."""

    catalogue: Catalogue
    subject: str
    parameters: Mapping[str, int | None]
    givens: Mapping[str, Value | None]

    def about(self, subject: str) -> Reading:
        """The same reading of the facts of another subject."""
        return Reading(
            catalogue=self.catalogue,
            subject=subject,
            parameters=self.parameters,
            givens=self.givens,
        )

    def fact(self, name: str) -> Fact | None:
        """The definition of a fact of this reading's subject."""
        return self.catalogue.facts.get((self.subject, name))


def subject_word(subject: str) -> Text:
    """The kind of subject as a common noun."""
    return _SUBJECTS.get(subject, both(subject))


def phrase(node: Node, reading: Reading) -> Text:
    """The whole expression in one phrase of each language."""
    return _phrase(node, reading)


def measure_of(node: Node, reading: Reading) -> Fact | None:
    """The fact whose unit and labels a comparison is read in, if there is one."""
    if isinstance(node, Name):
        return reading.fact(node.fact)
    if isinstance(node, Arithmetic):
        return measure_of(node.left, reading) or measure_of(node.right, reading)
    return None


def operand(node: Node, reading: Reading, like: Fact | None, unit: str | None) -> Text:
    """One side of a comparison, literals in the unit of the other side."""
    if isinstance(node, Literal):
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return say_number(node.value, unit)
        return say_value(node.value, like)
    if isinstance(node, Given):
        bound = reading.givens.get(node.name)
        label = _GIVENS.get(node.name, both(node.name))
        if isinstance(bound, date):
            return Text(
                zh=f"{label.zh}（{bound.isoformat()}）",
                en=f"{label.en} ({bound.isoformat()})",
            )
        return label
    return _phrase(node, reading)


def unit_of(node: Node, reading: Reading) -> str | None:
    """The unit in which a numeric node counts."""
    if isinstance(node, DaysBetween):
        return "days"
    if isinstance(node, WholeMonths):
        return "months"
    if isinstance(node, Parameter):
        return reading.catalogue.parameters[node.name].unit
    measured = measure_of(node, reading)
    return None if measured is None else measured.unit


@singledispatch
def _phrase(node: object, reading: Reading) -> Text:
    msg = f"no phrase for {type(node).__name__}"
    raise TypeError(msg)


@_phrase.register
def _(node: Name, reading: Reading) -> Text:
    fact = reading.fact(node.fact)
    return both(node.fact) if fact is None else fact.label


@_phrase.register
def _(node: Literal, reading: Reading) -> Text:
    return say_value(node.value, None)


@_phrase.register
def _(node: Parameter, reading: Reading) -> Text:
    parameter = reading.catalogue.parameters[node.name]
    bound = reading.parameters.get(node.name)
    value = UNSET if bound is None else say_number(bound, parameter.unit)
    return Text(
        zh=f"{parameter.label.zh}（{value.zh}）", en=f"{parameter.label.en} ({value.en})"
    )


@_phrase.register
def _(node: Given, reading: Reading) -> Text:
    return operand(node, reading, None, None)


@_phrase.register
def _(node: Compare, reading: Reading) -> Text:
    like = measure_of(node.left, reading) or measure_of(node.right, reading)
    unit = unit_of(node.left, reading) or unit_of(node.right, reading)
    left = operand(node.left, reading, like, unit)
    right = operand(node.right, reading, like, unit)
    symbol = SYMBOLS[node.op]
    return Text(zh=f"{left.zh}{symbol}{right.zh}", en=f"{left.en} {node.op} {right.en}")


@_phrase.register
def _(node: Arithmetic, reading: Reading) -> Text:
    unit = unit_of(node, reading)
    times = node.op == "*"
    left = operand(node.left, reading, None, None if times else unit)
    right = operand(node.right, reading, None, None if times else unit)
    symbol = {"+": "＋", "-": "－", "*": "×"}[node.op]
    return Text(zh=f"{left.zh}{symbol}{right.zh}", en=f"{left.en} {node.op} {right.en}")


@_phrase.register
def _(node: DaysBetween, reading: Reading) -> Text:
    left = operand(node.left, reading, None, None)
    right = operand(node.right, reading, None, None)
    return Text(
        zh=f"自{left.zh}至{right.zh}的天数", en=f"days from {left.en} to {right.en}"
    )


@_phrase.register
def _(node: WholeMonths, reading: Reading) -> Text:
    left = operand(node.left, reading, None, None)
    right = operand(node.right, reading, None, None)
    return Text(
        zh=f"自{left.zh}至{right.zh}的整月数",
        en=f"whole months from {left.en} to {right.en}",
    )


@_phrase.register
def _(node: In, reading: Reading) -> Text:
    like = measure_of(node.item, reading)
    item = operand(node.item, reading, like, None)
    values = [operand(value, reading, like, None) for value in node.values]
    return Text(
        zh=f"{item.zh}属于{'、'.join(value.zh for value in values)}",
        en=f"{item.en} is one of {', '.join(value.en for value in values)}",
    )


@_phrase.register
def _(node: Between, reading: Reading) -> Text:
    like, unit = measure_of(node.item, reading), unit_of(node.item, reading)
    item, low, high = (
        operand(part, reading, like, unit) for part in (node.item, node.low, node.high)
    )
    return Text(
        zh=f"{item.zh}在{low.zh}至{high.zh}之间",
        en=f"{item.en} lies between {low.en} and {high.en}",
    )


@_phrase.register
def _(node: And, reading: Reading) -> Text:
    return _joined(node.parts, reading, zh="，且", en=" and ")


@_phrase.register
def _(node: Or, reading: Reading) -> Text:
    return _joined(node.parts, reading, zh="，或", en=" or ")


@_phrase.register
def _(node: Not, reading: Reading) -> Text:
    part = _phrase(node.part, reading)
    return Text(zh=f"并非「{part.zh}」", en=f"not ({part.en})")


@_phrase.register
def _(node: Agree, reading: Reading) -> Text:
    fact = reading.fact(node.fact)
    label = both(node.fact) if fact is None else fact.label
    return Text(
        zh=f"各处所载的{label.zh}一致", en=f"all sources agree on: {label.en}"
    )


@_phrase.register
def _(node: Has, reading: Reading) -> Text:
    fact = reading.fact(node.fact)
    label = both(node.fact) if fact is None else fact.label
    member = say_value(node.member, fact)
    return Text(
        zh=f"{label.zh}含{member.zh}", en=f"{label.en} includes {member.en}"
    )


@_phrase.register
def _(node: Within, reading: Reading) -> Text:
    like = measure_of(node.left, reading) or measure_of(node.right, reading)
    left = operand(node.left, reading, like, None)
    right = operand(node.right, reading, like, None)
    return Text(
        zh=f"{left.zh}都在{right.zh}之内", en=f"all of {left.en} lie within {right.en}"
    )


@_phrase.register
def _(node: Quantifier, reading: Reading) -> Text:
    inner = reading.about(node.subject)
    noun = subject_word(node.subject)
    whose = None if node.where is None else _phrase(node.where, inner)
    body = None if node.body is None else _phrase(node.body, inner)
    both_zh = "，且".join(part.zh for part in (whose, body) if part is not None)
    both_en = " and ".join(part.en for part in (whose, body) if part is not None)
    if node.kind == "every":
        among_zh = "" if whose is None else f"（{whose.zh}的）"
        among_en = "" if whose is None else f" where {whose.en}"
        said = body or Text(zh="存在", en="exists")
        return Text(
            zh=f"每一{noun.zh}{among_zh}都符合：{said.zh}",
            en=f"every {noun.en}{among_en}: {said.en}",
        )
    if node.kind == "none":
        return Text(
            zh=f"没有任何{noun.zh}符合：{both_zh}", en=f"no {noun.en} with: {both_en}"
        )
    least = 1 if node.kind == "some" or node.least is None else node.least
    return Text(
        zh=f"至少有{least}个{noun.zh}符合：{both_zh}",
        en=f"at least {least} {noun.en} with: {both_en}",
    )


def _joined(parts: tuple[Node, ...], reading: Reading, *, zh: str, en: str) -> Text:
    said = [_bracketed(part, reading) for part in parts]
    return Text(zh=zh.join(s.zh for s in said), en=en.join(s.en for s in said))


def _bracketed(node: Node, reading: Reading) -> Text:
    inner = _phrase(node, reading)
    if isinstance(node, And | Or):
        return Text(zh=f"（{inner.zh}）", en=f"({inner.en})")
    return inner


