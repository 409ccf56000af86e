"""Why a verdict is what it is, derived from the expression itself.

Each comparison ("atom") of a criterion is evaluated by the same engine as the
criterion, so an explanation can never disagree with its verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from changqing.assessment._model import Side, Term
from changqing.assessment._phrase import (
    SYMBOLS,
    Reading,
    compared,
    measure_of,
    operand,
    phrase,
    unit_of,
)
from changqing.assessment._words import YES, say_value
from changqing.catalogue import SUBJECT_WORDS, Catalogue, Criterion
from changqing.evidence import Resolved, Subject
from changqing.expression import (
    Agree,
    And,
    Compare,
    Expression,
    In,
    Literal,
    Name,
    Node,
    Parameter,
    Quantifier,
    Stance,
    Truth,
    walk,
)
from changqing.text import Text

Truths = Mapping[tuple[str, str, Stance], bool | None]

_HOLDS = {
    True: Text(zh="成立", en="holds"),
    False: Text(zh="不成立", en="does not hold"),
    None: Text(zh="无法判断", en="cannot be told"),
}


def atom_rules(criteria: Sequence[Criterion]) -> Mapping[str, Expression]:
    """One rule for each atom, and one for each member a quantifier looks at."""
    rules: dict[str, Expression] = {}
    for criterion in criteria:
        for place, atom in enumerate(criterion.test.judgements()):
            key = f"{criterion.id}#{place}"
            rules[key] = Expression(key, criterion.subject, atom)
            if isinstance(atom, Quantifier):
                inner = [part for part in (atom.where, atom.body) if part is not None]
                if not inner:
                    continue
                root: Truth = inner[0] if len(inner) == 1 else And(tuple(inner))
                rules[f"{key}@"] = Expression(f"{key}@", atom.subject, root)
                if atom.where is not None:
                    rules[f"{key}?"] = Expression(f"{key}?", atom.subject, atom.where)
    return rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the explanations are derived from."""

    catalogue: Catalogue
    resolved: Mapping[tuple[Subject, str], Resolved]
    subjects: Sequence[Subject]
    labels: Mapping[Subject, Text]
    truths: Truths
    parameters: Mapping[str, int | None]
    reading: Reading
    open_claimed: frozenset[str]
    open_proven: frozenset[str]


def terms_of(criterion: Criterion, subject: Subject, known: Known) -> tuple[Term, ...]:
    """Both answers beside each comparison of the criterion."""
    reading = known.reading
    return tuple(
        _term(f"{criterion.id}#{place}", atom, subject, reading, known)
        for place, atom in enumerate(criterion.test.judgements())
    )


def explanation_of(
    criterion: Criterion,
    known: Known,
    terms: Sequence[Term],
    *,
    claimed: bool | None,
    proven: bool | None,
) -> Text:
    """The requirement in words, then each answer with its values."""
    asked = phrase(criterion.test.root, known.reading)
    said, shown = (
        _side([t.claimed for t in terms], terms),
        _side([t.proven for t in terms], terms),
    )
    if claimed is proven and said == shown:
        return Text(
            zh=f"要求：{asked.zh}。自述与证实相同：{said.zh}，{_HOLDS[proven].zh}。",
            en=f"Asked: {asked.en}. Claimed and proven alike: {said.en} - "
            f"{_HOLDS[proven].en}.",
        )
    return Text(
        zh=(
            f"要求：{asked.zh}。按自述，{said.zh}，{_HOLDS[claimed].zh}；"
            f"按证实，{shown.zh}，{_HOLDS[proven].zh}。"
        ),
        en=(
            f"Asked: {asked.en}. As claimed: {said.en} - {_HOLDS[claimed].en}. "
            f"As proven: {shown.en} - {_HOLDS[proven].en}."
        ),
    )


def _side(sides: Sequence[Side], terms: Sequence[Term]) -> Text:
    """One answer to every term; a single term needs no label before its value."""
    if len(sides) == 1:
        return sides[0].value
    named = list(zip(terms, sides, strict=True))
    return Text(
        zh="；".join(f"{term.label.zh}：{side.value.zh}" for term, side in named),
        en="; ".join(f"{term.label.en}: {side.value.en}" for term, side in named),
    )


def _term(
    key: str, atom: Truth, subject: Subject, reading: Reading, known: Known
) -> Term:
    label, operator, threshold = _shape(atom, reading)
    return Term(
        label=label,
        operator=operator,
        threshold=threshold,
        claimed=_answer(key, atom, subject, known, Stance.CLAIMED),
        proven=_answer(key, atom, subject, known, Stance.PROVEN),
        limit=_limit(atom, known),
    )


def _shape(atom: Truth, reading: Reading) -> tuple[Text, str, Text]:
    """Label, operator and threshold of one comparison, as a table prints them."""
    if isinstance(atom, Compare):
        left, right = compared(atom.left, atom.right, reading)
        return left, SYMBOLS[atom.operator], right
    if isinstance(atom, In):
        like, unit = measure_of(atom.item, reading), unit_of(atom.item, reading)
        values = [operand(value, reading, like, unit) for value in atom.values]
        return (
            operand(atom.item, reading, like, unit),
            "∈",
            Text(
                zh="、".join(value.zh for value in values),
                en=", ".join(value.en for value in values),
            ),
        )
    if isinstance(atom, Quantifier):
        return SUBJECT_WORDS[atom.subject], "∋", phrase(atom, reading)
    return phrase(atom, reading), "＝", YES


def _answer(
    key: str, atom: Truth, subject: Subject, known: Known, stance: Stance
) -> Side:
    holds = known.truths.get((key, subject.id, stance))
    if isinstance(atom, Quantifier):
        return Side(value=_members(key, atom, known, stance), holds=holds, record=None)
    if isinstance(atom, Agree):
        found = known.resolved.get((subject, atom.fact))
        agreed = None
        if found is not None:
            agreed = (
                found.agree_claimed if stance is Stance.CLAIMED else found.agree_proven
            )
        record = None if found is None else found.claimed_by
        word = {
            True: Text(zh="一致", en="agree"),
            False: Text(zh="不一致", en="differ"),
            None: Text(zh="不足两处，无从比对", en="fewer than two sources"),
        }[agreed]
        return Side(value=word, holds=holds, record=record)
    facts = dict.fromkeys(n.fact for n in walk(atom) if isinstance(n, Name))
    values: list[tuple[str, Text]] = []
    record = None
    number: int | None = None
    for name in facts:
        found = known.resolved.get((subject, name))
        value = None
        if found is not None:
            claimed = stance is Stance.CLAIMED
            value = found.claimed if claimed else found.proven
            record = record or (found.claimed_by if claimed else found.proven_by)
        definition = known.catalogue.facts.get((subject.type, name))
        values.append((name, say_value(value, definition)))
        if isinstance(value, int) and not isinstance(value, bool):
            number = value
    if len(values) == 1:
        return Side(value=values[0][1], holds=holds, record=record, number=number)
    named = [
        (known.catalogue.facts[subject.type, name].label, said) for name, said in values
    ]
    return Side(
        value=Text(
            zh="，".join(f"{label.zh}{said.zh}" for label, said in named),
            en=", ".join(f"{label.en} {said.en}" for label, said in named),
        ),
        holds=holds,
        record=record,
    )


def _members(key: str, atom: Quantifier, known: Known, stance: Stance) -> Text:
    """Which members satisfy what is asked, by name."""
    members = [s for s in known.subjects if s.type == atom.subject]
    asked = atom.where is not None or atom.body is not None
    by_truth: dict[bool | None, list[Text]] = {True: [], False: [], None: []}
    for member in members:
        if known.truths.get((f"{key}?", member.id, stance)) is False:
            continue
        truth = known.truths.get((f"{key}@", member.id, stance)) if asked else True
        by_truth[truth].append(known.labels[member])
    open_lists = known.open_claimed if stance is Stance.CLAIMED else known.open_proven
    parts_zh, parts_en = [], []
    for truth in (True, False, None):
        names = by_truth[truth]
        if names:
            parts_zh.append(f"{_MEMBER[truth].zh}：{'、'.join(n.zh for n in names)}")
            parts_en.append(f"{_MEMBER[truth].en}: {', '.join(n.en for n in names)}")
    if not parts_zh:
        parts_zh.append("没有这样的记录")
        parts_en.append("none on record")
    if atom.subject in open_lists:
        parts_zh.append("名单尚未声明齐全")
        parts_en.append("the list is not closed")
    return Text(zh="，".join(parts_zh), en=", ".join(parts_en))


_MEMBER = {
    True: Text(zh="符合", en="yes"),
    False: Text(zh="不符合", en="no"),
    None: Text(zh="未知", en="unknown"),
}


def _limit(atom: Node, known: Known) -> int | None:
    """The number of a threshold, where a chart can draw it."""
    if not isinstance(atom, Compare):
        return None
    if isinstance(atom.right, Literal) and isinstance(atom.right.value, int):
        return atom.right.value
    if isinstance(atom.right, Parameter):
        return known.parameters.get(atom.right.name)
    return None
