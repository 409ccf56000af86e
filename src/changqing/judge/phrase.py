"""An expression said in words. Nothing is left out: no negation, no number.

Every node of the language has its phrase; a node without one is an error here, not a
silent gap in a report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from changqing.judge.words import UNSET, say_value
from changqing.law.kinds.fact import Fact
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.law.subjects import SUBJECTS
from changqing.law.words import SCOPE_WORDS, STAGE_WORDS, STATES
from changqing.rules.tree import (
    Agree,
    And,
    Arithmetic,
    Between,
    Comparator,
    Compare,
    DaysBetween,
    GivenNode,
    Has,
    In,
    Literal,
    Name,
    Node,
    Not,
    Operator,
    Or,
    ParameterNode,
    Quantifier,
    Quantity,
    SetLiteral,
    Truth,
    WholeMonths,
    Within,
)
from changqing.rules.types import Kind, Value
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
_GIVEN_CODES: Mapping[str, Mapping[str, Text]] = {
    "stage": STAGE_WORDS,
    "scope": SCOPE_WORDS,
}
SYMBOLS: Mapping[Comparator, str] = {
    Comparator.EQUAL: "＝",
    Comparator.UNEQUAL: "≠",
    Comparator.LESS: "＜",
    Comparator.AT_MOST: "≤",
    Comparator.GREATER: "＞",
    Comparator.AT_LEAST: "≥",
}
_COUNTED: Mapping[Comparator, Text] = {
    Comparator.EQUAL: Text(zh="等于", en="is"),
    Comparator.UNEQUAL: Text(zh="不等于", en="is not"),
    Comparator.LESS: Text(zh="少于", en="is less than"),
    Comparator.AT_MOST: Text(zh="不超过", en="is at most"),
    Comparator.GREATER: Text(zh="超过", en="is more than"),
    Comparator.AT_LEAST: Text(zh="不少于", en="is at least"),
}
_DATED: Mapping[Comparator, Text] = {
    Comparator.EQUAL: Text(zh="是", en="is"),
    Comparator.UNEQUAL: Text(zh="不是", en="is not"),
    Comparator.LESS: Text(zh="早于", en="is before"),
    Comparator.AT_MOST: Text(zh="不晚于", en="is no later than"),
    Comparator.GREATER: Text(zh="晚于", en="is after"),
    Comparator.AT_LEAST: Text(zh="不早于", en="is no earlier than"),
}
_EXISTS = Text(zh="存在", en="exists")
_SIGNS: Mapping[Operator, str] = {
    Operator.ADD: "＋",
    Operator.SUBTRACT: "－",
    Operator.MULTIPLY: "×",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseReading:
    """What a phrase needs to know: labels and the bound numbers."""

    catalogue: Catalogue
    parameters: Mapping[str, int | None]
    givens: Mapping[str, Value | None]

    def find_fact(self, name: Name | Agree) -> Fact:
        """Find the definition of a fact the expression names."""
        return self.catalogue.facts[name.subject, name.fact]


def phrase_rule(node: Node, reading: PhraseReading) -> Text:
    """Say the whole expression in one phrase of each language."""
    match node:
        case Name() as name:
            return reading.find_fact(name).label
        case Agree() as agree:
            label = reading.find_fact(agree).label
            return Text(
                zh=f"各处所载的{label.zh}一致", en=f"all sources agree on: {label.en}"
            )
        case Literal() | GivenNode() | SetLiteral():
            return phrase_operand(node, reading, None, None)
        case ParameterNode(name):
            return _phrase_parameter(name, reading)
        case Arithmetic():
            return _phrase_arithmetic(node, reading)
        case DaysBetween(start, end) | WholeMonths(start, end):
            return _phrase_span(node, start, end, reading)
        case Compare() | In() | Between() | Within():
            return _phrase_comparison(node, reading)
        case Has(name, member):
            fact = reading.find_fact(name)
            text = say_value(member, fact)
            return Text(
                zh=f"{fact.label.zh}含{text.zh}",
                en=f"{fact.label.en} includes {text.en}",
            )
        case Not(part):
            inner = phrase_rule(part, reading)
            return Text(zh=f"并非“{inner.zh}”", en=f"not ({inner.en})")
        case And(parts):
            return _join_conditions(parts, reading)
        case Or(parts) if (common_set := _find_common_set(parts)) is not None:
            return _phrase_members_of_set(*common_set, reading)
        case Or(parts):
            return _phrase_implication(parts, reading) or _join_phrases(
                parts, reading, zh="，或", en=" or "
            )
        case Quantifier():
            return _phrase_quantifier(node, reading)
        case _:
            assert_never(node)


def find_measure(node: Node, reading: PhraseReading) -> Fact | None:
    """Find the fact whose unit and labels a comparison is read in, if there is one."""
    if isinstance(node, Name):
        return reading.find_fact(node)
    if isinstance(node, Arithmetic):
        return find_measure(node.left, reading) or find_measure(node.right, reading)
    return None


def phrase_operand(
    node: Node, reading: PhraseReading, like: Fact | None, unit: str | None
) -> Text:
    """Phrase one side of a comparison, literals in the unit of the other side."""
    if isinstance(node, Literal):
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return say_number(node.value, unit)
        return say_value(node.value, like)
    if isinstance(node, GivenNode):
        bound = reading.givens.get(node.name)
        label = _GIVENS.get(node.name, both(node.name))
        if isinstance(bound, date):
            return Text(
                zh=f"{label.zh}（{bound.isoformat()}）",
                en=f"{label.en} ({bound.isoformat()})",
            )
        return label
    if isinstance(node, SetLiteral):
        return say_value(frozenset(node.members), like)
    return phrase_rule(node, reading)


def find_unit(node: Node, reading: PhraseReading) -> str | None:
    """Find the unit in which a numeric node counts."""
    if isinstance(node, DaysBetween):
        return "days"
    if isinstance(node, WholeMonths):
        return "months"
    if isinstance(node, ParameterNode):
        return reading.catalogue.parameters[node.name].unit
    measured = find_measure(node, reading)
    return None if measured is None else measured.unit


def _phrase_parameter(name: str, reading: PhraseReading) -> Text:
    parameter = reading.catalogue.parameters[name]
    if name not in reading.parameters:
        return parameter.label  # said of no application: there is no number yet
    bound = reading.parameters.get(name)
    value = UNSET if bound is None else say_number(bound, parameter.unit)
    return Text(
        zh=f"{parameter.label.zh}（{value.zh}）",
        en=f"{parameter.label.en} ({value.en})",
    )


def _phrase_arithmetic(node: Arithmetic, reading: PhraseReading) -> Text:
    unit = None if node.operator is Operator.MULTIPLY else find_unit(node, reading)
    left = phrase_operand(node.left, reading, None, unit)
    right = phrase_operand(node.right, reading, None, unit)
    sign = _SIGNS[node.operator]
    return Text(zh=f"{left.zh}{sign}{right.zh}", en=f"{left.en} {sign} {right.en}")


def _phrase_span(
    node: DaysBetween | WholeMonths, start: Node, end: Node, reading: PhraseReading
) -> Text:
    first = phrase_operand(start, reading, None, None)
    last = phrase_operand(end, reading, None, None)
    if isinstance(node, DaysBetween):
        return Text(
            zh=f"自{first.zh}至{last.zh}的天数",
            en=f"days from {first.en} to {last.en}",
        )
    return Text(
        zh=f"自{first.zh}至{last.zh}的整月数",
        en=f"whole months from {first.en} to {last.en}",
    )


def _phrase_comparison(
    node: Compare | In | Between | Within, reading: PhraseReading
) -> Text:
    match node:
        case Compare(operator, left, right):
            text, other = phrase_sides(left, right, reading)
            words = _COUNTED if _is_number(left) else _DATED
            sign = words[operator]
            return Text(
                zh=f"{text.zh}{sign.zh}{other.zh}", en=f"{text.en} {sign.en} {other.en}"
            )
        case In(item, values):
            like = find_measure(item, reading)
            unit = find_unit(item, reading)
            subject_text = phrase_operand(item, reading, like, unit)
            texts = [
                _phrase_code(value, item, reading)
                or phrase_operand(value, reading, like, unit)
                for value in values
            ]
            either = _join_alternatives(texts)
            return Text(
                zh=f"{subject_text.zh}是{either.zh}",
                en=f"{subject_text.en} is {either.en}",
            )
        case Between(item, low, high):
            like, unit = find_measure(item, reading), find_unit(item, reading)
            subject_text, least, most = (
                phrase_operand(part, reading, like, unit) for part in (item, low, high)
            )
            return Text(
                zh=f"{subject_text.zh}在{least.zh}至{most.zh}之间",
                en=f"{subject_text.en} lies between {least.en} and {most.en}",
            )
        case Within(left, right):
            text, other = phrase_sides(left, right, reading)
            return Text(
                zh=f"{text.zh}都在{other.zh}之内",
                en=f"all of {text.en} lie within {other.en}",
            )
        case _:
            assert_never(node)


def _is_number(node: Node) -> bool:
    """Whether what is compared is counted, and not a day or a name."""
    if isinstance(node, Name | Literal | ParameterNode | GivenNode):
        return node.kind is Kind.NUMBER
    return True


def _join_alternatives(texts: Sequence[Text]) -> Text:
    """A, B or C."""
    *most, last = texts
    if not most:
        return last
    return Text(
        zh=f"{'、'.join(value.zh for value in most)}或{last.zh}",
        en=f"{', '.join(value.en for value in most)} or {last.en}",
    )


def phrase_sides(left: Node, right: Node, reading: PhraseReading) -> tuple[Text, Text]:
    """Phrase both sides of a comparison, each in the unit or labels of the other."""
    like = find_measure(left, reading) or find_measure(right, reading)
    unit = find_unit(left, reading) or find_unit(right, reading)
    code = _phrase_code(right, left, reading)
    return phrase_operand(left, reading, like, unit), code or phrase_operand(
        right, reading, like, unit
    )


def _phrase_code(node: Node, given: Node, reading: PhraseReading) -> Text | None:
    """Say a stage, scope or region of the application in words; None for all else."""
    if not isinstance(node, Literal) or not isinstance(given, GivenNode):
        return None
    return say_code(given.name, node.value, reading.catalogue)


def say_code(given: str, code: Value | None, catalogue: Catalogue) -> Text | None:
    """Say the code of a stage, scope or region in words; None for all else."""
    if given == "region" and code in catalogue.regions:
        return catalogue.regions[str(code)].label
    return _GIVEN_CODES.get(given, {}).get(str(code))


def _phrase_quantifier(node: Quantifier, reading: PhraseReading) -> Text:
    noun, condition = _phrase_counted(node, reading)
    if node.quantity is Quantity.EVERY:
        where = None if condition is None else phrase_rule(condition, reading)
        among_zh = "" if where is None else f"（{where.zh}的）"
        among_en = "" if where is None else f" where {where.en}"
        body = _EXISTS if node.body is None else phrase_rule(node.body, reading)
        return Text(
            zh=f"每{SUBJECTS[node.subject].measure}{noun.zh}{among_zh}都符合：{body.zh}",
            en=f"every {noun.en}{among_en}: {body.en}",
        )
    colon = _phrase_conditions(
        [part for part in (condition, node.body) if part is not None], reading
    )
    if node.quantity is Quantity.NONE:
        return Text(zh=f"没有任何{noun.zh}{colon.zh}", en=f"no {noun.en}{colon.en}")
    if isinstance(node.least, ParameterNode):
        least = _phrase_parameter(node.least.name, reading)
    else:
        least = both(str(node.least or 1))
    return Text(
        zh=f"至少有{least.zh}{SUBJECTS[node.subject].measure}{noun.zh}{colon.zh}",
        en=f"at least {least.en} {noun.en}{colon.en}",
    )


def phrase_members(
    node: Quantifier, reading: PhraseReading
) -> tuple[Text, Text | None]:
    """Phrase what a quantifier counts, and what it asks of each, or None.

    Of EVERY, only those whom the condition picks out are ever asked.
    """
    noun, selection = _phrase_counted(node, reading)
    if node.quantity is Quantity.EVERY:
        conditions = [node.body or selection]
    else:
        conditions = [selection, node.body]
    parts: list[Truth] = []
    for condition in conditions:
        if condition is not None:
            parts += condition.parts if isinstance(condition, And) else (condition,)
    if not parts:
        return noun, None
    return noun, phrase_rule(
        parts[0] if len(parts) == 1 else And(tuple(parts)), reading
    )


def _phrase_conditions(conditions: Sequence[Truth], reading: PhraseReading) -> Text:
    """Phrase what the members counted have to be, after a colon, or nothing."""
    parts: list[Truth] = []
    for condition in conditions:
        parts += condition.parts if isinstance(condition, And) else (condition,)
    if not parts:
        return both("")
    requirement = phrase_rule(
        parts[0] if len(parts) == 1 else And(tuple(parts)), reading
    )
    asks = "" if requirement.zh.startswith(STATES.zh) else "符合："
    return Text(zh=f"{asks}{requirement.zh}", en=f" with: {requirement.en}")


def _phrase_counted(
    node: Quantifier, reading: PhraseReading
) -> tuple[Text, Truth | None]:
    """What is counted, and what else is asked: 技术人员 for has(roles, 'technical')."""
    parts = node.where.parts if isinstance(node.where, And) else (node.where,)
    match parts:
        case (
            Compare(
                Comparator.EQUAL,
                Name(fact="kind" | "role") as name,
                Literal(value=str() as code),
            )
            | Has(Name(fact="roles") as name, code),
            *rest,
        ):
            noun = say_value(code, reading.find_fact(name))
            if node.subject == "paper":
                noun = Text(zh=f"《{noun.zh}》", en=noun.en)
            left = tuple(rest)
            if not left:
                return noun, None
            return noun, left[0] if len(left) == 1 else And(left)
    return SUBJECTS[node.subject].text, node.where


def _find_common_set(parts: tuple[Truth, ...]) -> tuple[Name, list[str]] | None:
    """The set and the members asked of it, where every part asks of the same set."""
    memberships = [part for part in parts if isinstance(part, Has)]
    if len(memberships) < len(parts) or any(
        part.set != memberships[0].set for part in memberships
    ):
        return None
    return memberships[0].set, [part.member for part in memberships]


def _phrase_members_of_set(
    name: Name, members: Sequence[str], reading: PhraseReading
) -> Text:
    fact = reading.find_fact(name)
    texts = [say_value(member, fact) for member in members]
    return Text(
        zh=f"{fact.label.zh}含{'、'.join(s.zh for s in texts[:-1])}或{texts[-1].zh}",
        en=f"{fact.label.en} includes {', '.join(s.en for s in texts[:-1])} or "
        f"{texts[-1].en}",
    )


def _phrase_implication(
    parts: tuple[Truth, ...], reading: PhraseReading
) -> Text | None:
    """NOT A OR B as people say it: if A, then B. None where nothing is negated."""
    for place, part in enumerate(parts):
        if isinstance(part, Not):
            alternatives = parts[:place] + parts[place + 1 :]
            premise = phrase_rule(part.part, reading)
            conclusion = alternatives[0] if len(alternatives) == 1 else Or(alternatives)
            conclusion_text = phrase_rule(conclusion, reading)
            if _is_conditional(conclusion):
                conclusion_text = Text(
                    zh=f"（{conclusion_text.zh}）", en=f"({conclusion_text.en})"
                )
            return Text(
                zh=f"如果{premise.zh}，则须{conclusion_text.zh}",
                en=f"if {premise.en}, then {conclusion_text.en}",
            )
    return None


def _is_conditional(node: Node) -> bool:
    """Whether it reads as an "if" itself."""
    return isinstance(node, Or) and any(isinstance(part, Not) for part in node.parts)


def _join_phrases(
    parts: Sequence[Node], reading: PhraseReading, *, zh: str, en: str
) -> Text:
    texts = [_phrase_in_brackets(part, reading) for part in parts]
    return Text(zh=zh.join(s.zh for s in texts), en=en.join(s.en for s in texts))


def _join_conditions(parts: tuple[Truth, ...], reading: PhraseReading) -> Text:
    """All of them; what a paper has to state stands in one list."""
    statements = [part for part in parts if _is_stated(part, reading)]
    if len(statements) < 2:
        return _join_phrases(parts, reading, zh="，且", en=" and ")
    labels = [phrase_rule(part, reading) for part in statements]
    zh = "、".join(label.zh.removeprefix(STATES.zh) for label in labels)
    en = ", ".join(label.en.removeprefix(STATES.en) for label in labels)
    listed = Text(zh=f"{STATES.zh}{zh}", en=f"{STATES.en}{en}")
    conditions = [part for part in parts if part not in statements]
    if not conditions:
        return listed
    others = _join_phrases(conditions, reading, zh="，且", en=" and ")
    return Text(zh=f"{listed.zh}，且{others.zh}", en=f"{listed.en}, and {others.en}")


def _is_stated(node: Node, reading: PhraseReading) -> bool:
    return isinstance(node, Name) and phrase_rule(node, reading).zh.startswith(
        STATES.zh
    )


def _phrase_in_brackets(node: Node, reading: PhraseReading) -> Text:
    inner = phrase_rule(node, reading)
    if isinstance(node, And | Or) or (
        isinstance(node, Quantifier) and ("，" in inner.zh or "、" in inner.zh)
    ):
        return Text(zh=f"（{inner.zh}）", en=f"({inner.en})")
    return inner
