"""Why a verdict is what it is, derived from the expression itself.

Each comparison ("atom") of a criterion is evaluated by the same engine as the
criterion, so an explanation can never disagree with its verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from changqing.case.subjects import Subject
from changqing.evidence.model import Resolved
from changqing.judge.counted import (
    CountedMembers,
    find_strongest_grade,
    find_weakest_record,
    list_facts_counted,
)
from changqing.judge.deciding import settle_truth
from changqing.judge.model import JudgedTerm, Side
from changqing.judge.phrase import (
    SYMBOLS,
    PhraseReading,
    find_measure,
    find_unit,
    phrase_members,
    phrase_operand,
    phrase_rule,
    phrase_sides,
    say_code,
)
from changqing.judge.span import measure_span
from changqing.judge.words import YES, say_value
from changqing.law.kinds.criterion import Criterion
from changqing.law.model import Catalogue
from changqing.law.said import say_number
from changqing.law.subjects import SUBJECTS
from changqing.rules.expression import Expression
from changqing.rules.rows import Stance, select_open_lists
from changqing.rules.tree import (
    Agree,
    And,
    Compare,
    DaysBetween,
    GivenNode,
    In,
    Literal,
    Name,
    Node,
    Not,
    Or,
    ParameterNode,
    Quantifier,
    Quantity,
    Truth,
    WholeMonths,
    list_counted_parts,
    list_judgements,
    walk,
)
from changqing.rules.types import Value
from changqing.text import Text

Truths = Mapping[tuple[str, str, Stance], bool | None]

_HOLDS = {
    True: Text(zh="成立", en="holds"),
    False: Text(zh="不成立", en="does not hold"),
    None: Text(zh="无法判断", en="cannot be told"),
}
_BESIDE = Text(zh="其余", en="the rest")
_OUTWEIGHED = Text(zh="不影响结论的", en="makes no difference")
COUNTS = "∋"
"""The operator of a term that counts members."""
_AGREED = {
    True: Text(zh="一致", en="agree"),
    False: Text(zh="不一致", en="differ"),
    None: Text(zh="不足两处，无从比对", en="fewer than two sources"),
}


def list_atom_rules(criteria: Sequence[Criterion]) -> Mapping[str, Expression]:
    """List one rule for each atom, and one for each member a quantifier looks at."""
    rules: dict[str, Expression] = {}
    for criterion in criteria:
        for place, atom in enumerate(criterion.test.list_judgements()):
            key = f"{criterion.id}#{place}"
            rules[key] = Expression(key, criterion.subject, atom)
            if isinstance(atom, Quantifier):
                inner = [part for part in (atom.where, atom.body) if part is not None]
                if not inner:
                    continue
                root: Truth = inner[0] if len(inner) == 1 else And(tuple(inner))
                if atom.quantity is Quantity.EVERY and len(inner) == 2:
                    # Whom the condition may not pick out cannot fail it for certain.
                    root = Or((Not(inner[0]), inner[1]))
                rules[f"{key}@"] = Expression(f"{key}@", atom.subject, root)
                if atom.where is not None:
                    rules[f"{key}?"] = Expression(f"{key}?", atom.subject, atom.where)
                if atom.body is not None:
                    for at, part in enumerate(list_judgements(atom.body)):
                        name = make_inner_key(key, at)
                        rules[name] = Expression(name, atom.subject, part)
    return rules


def make_inner_key(key: str, place: int) -> str:
    """Name the rule of one comparison that a quantifier makes of a member."""
    return f"{key}@{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermShape:
    """One comparison as a table prints it, whatever is known of a case.

    `names` are the facts it reads, in reading order, and `counted` those by which the
    members are proven that it counts, which stand in the lists `asked_of`; `limit` is
    the number of its threshold, and `span` the time whose length is compared, counted
    in `unit`.
    """

    label: Text
    operator: str
    threshold: Text
    limit: int | None
    names: tuple[str, ...]
    counted: tuple[str, ...]
    asked_of: tuple[str, ...]
    span: DaysBetween | WholeMonths | None
    unit: str | None
    about: Text | None
    counting: tuple[Text, Text | None] | None
    """Of a quantifier: whom it counts, and what it asks of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the criteria ask, in words: the same for every case of one application.

    It fills up while cases are explained: `shapes` by the rule of a comparison, the
    `phrases` of whole tests and their `atoms`, each with its rule, by criterion.
    """

    shapes: dict[str, TermShape] = field(default_factory=dict)
    phrases: dict[str, Text] = field(default_factory=dict)
    atoms: dict[str, Sequence[tuple[str, Truth]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainInputs:
    """Hold what the explanations are derived from."""

    catalogue: Catalogue
    resolved: Mapping[tuple[Subject, str], Resolved]
    subjects: Sequence[Subject]
    labels: Mapping[Subject, Text]
    truths: Truths
    parameters: Mapping[str, int | None]
    reading: PhraseReading
    open_claimed: frozenset[str]
    open_proven: frozenset[str]
    absent: frozenset[str] = frozenset()
    wording: Wording = field(default_factory=Wording)


def judge_terms(
    criterion: Criterion, subject: Subject, inputs: ExplainInputs
) -> tuple[JudgedTerm, ...]:
    """Give both answers beside each comparison, and which comparisons settle each."""
    atoms = list_atoms(criterion, inputs.wording)
    # `settle_truth` walks the tree in the order `list_judgements` lists it: the place
    # of a truth is all that ties it to its comparison.
    settling = {
        stance: settle_truth(
            criterion.test.root,
            [inputs.truths.get((key, subject.id, stance)) for key, _ in atoms],
        )[1]
        for stance in Stance
    }
    return tuple(
        judge_term(
            key,
            atom,
            subject,
            inputs.reading,
            inputs,
            decides=frozenset(s for s, places in settling.items() if place in places),
        )
        for place, (key, atom) in enumerate(atoms)
    )


def list_atoms(criterion: Criterion, wording: Wording) -> Sequence[tuple[str, Truth]]:
    """List the comparisons of a criterion, each behind the name of its rule."""
    atoms = wording.atoms.get(criterion.id)
    if atoms is None:
        atoms = wording.atoms[criterion.id] = [
            (f"{criterion.id}#{place}", atom)
            for place, atom in enumerate(criterion.test.list_judgements())
        ]
    return atoms


def write_explanation(
    criterion: Criterion,
    inputs: ExplainInputs,
    terms: Sequence[JudgedTerm],
    *,
    claimed: bool | None,
    proven: bool | None,
) -> Text:
    """Say the requirement in words, then each answer with its values.

    `terms` are those of `judge_terms`; `claimed` and `proven` are the truths of the
    whole test, None where it cannot be told. Answers that read alike are said once.
    """
    requirement = inputs.wording.phrases.get(criterion.id)
    if requirement is None:
        requirement = phrase_rule(criterion.test.root, inputs.reading)
        inputs.wording.phrases[criterion.id] = requirement
    as_claimed = _join_reasons([(t, t.claimed) for t in terms], holds=claimed)
    as_proven = _join_reasons([(t, t.proven) for t in terms], holds=proven)
    if as_claimed == as_proven:
        return Text(
            zh=f"要求：{requirement.zh}。自述与证实相同：{as_claimed.zh}。",
            en=f"Asked: {requirement.en}. Claimed and proven alike: {as_claimed.en}.",
        )
    return Text(
        zh=f"要求：{requirement.zh}。按自述，{as_claimed.zh}；按证实，{as_proven.zh}。",
        en=f"Asked: {requirement.en}. As claimed: {as_claimed.en}. "
        f"As proven: {as_proven.en}.",
    )


def _join_reasons(
    answers: Sequence[tuple[JudgedTerm, Side]], *, holds: bool | None
) -> Text:
    """One answer: what settles it first, then the rest, which a known one outweighs.

    A single term needs no label before its value.
    """
    if len(answers) == 1:
        value = answers[0][1].value
        return Text(
            zh=f"{value.zh}，{_HOLDS[holds].zh}", en=f"{value.en} - {_HOLDS[holds].en}"
        )
    several = sum(term.operator == COUNTS for term, _ in answers) > 1
    settling = _list_answers([a for a in answers if a[1].decides], several=several)
    others = _list_answers([a for a in answers if not a[1].decides], several=several)
    zh = f"{_HOLDS[holds].zh}，因为{settling.zh}"
    en = f"{_HOLDS[holds].en}, because {settling.en}"
    if others.zh:
        beside = _BESIDE if holds is None else _OUTWEIGHED
        zh += f"（{beside.zh}：{others.zh}）"
        en += f" ({beside.en}: {others.en})"
    return Text(zh=zh, en=en)


def _list_answers(answers: Sequence[tuple[JudgedTerm, Side]], *, several: bool) -> Text:
    """List the answers in a row; of `several` quantifiers each with what it asks."""
    texts = [
        _say_answer(term, side.in_full if several and side.in_full else side.value)
        for term, side in answers
    ]
    return Text(
        zh="；".join(answer.zh for answer in texts),
        en="; ".join(answer.en for answer in texts),
    )


def _say_answer(term: JudgedTerm, value: Text) -> Text:
    """Say a comparison with its value; a yes, or what names itself, only once."""
    label = term.label
    if value == YES and term.threshold == YES:
        return label
    if term.operator == COUNTS or value.zh.startswith(label.zh):
        return value
    return Text(zh=f"{label.zh}：{value.zh}", en=f"{label.en}: {value.en}")


def judge_term(
    key: str,
    atom: Truth,
    subject: Subject,
    reading: PhraseReading,
    inputs: ExplainInputs,
    *,
    decides: frozenset[Stance] = frozenset(),
) -> JudgedTerm:
    """Give one comparison of a test with what is known on both sides.

    `decides` are the sides whose answer it settles.
    """
    shape = inputs.wording.shapes.get(key)
    if shape is None:
        shape = _build_term_shape(atom, reading, inputs)
        inputs.wording.shapes[key] = shape
    return JudgedTerm(
        label=shape.label,
        operator=shape.operator,
        threshold=shape.threshold,
        claimed=_build_side(key, atom, shape, subject, inputs, Stance.CLAIMED, decides),
        proven=_build_side(key, atom, shape, subject, inputs, Stance.PROVEN, decides),
        limit=shape.limit,
        about=shape.about,
    )


def _build_term_shape(
    atom: Truth, reading: PhraseReading, inputs: ExplainInputs
) -> TermShape:
    label, operator, threshold = _describe_shape(atom, reading)
    span = _find_span(atom)
    names_read = tuple(dict.fromkeys(n for n in walk(atom) if isinstance(n, Name)))
    facts = inputs.catalogue.facts
    about = None
    if len(names_read) == 1 and not isinstance(atom, Quantifier):
        about = facts[names_read[0].subject, names_read[0].fact].label
    return TermShape(
        label=label,
        operator=operator,
        threshold=threshold,
        limit=_find_limit(atom, inputs),
        names=tuple(dict.fromkeys(node.fact for node in names_read)),
        counted=list_facts_counted(atom) if isinstance(atom, Quantifier) else (),
        asked_of=(list_counted_parts(atom) or (atom.subject,))
        if isinstance(atom, Quantifier)
        else (),
        span=span,
        unit=None if span is None else find_unit(span, reading),
        about=about,
        counting=phrase_members(atom, reading)
        if isinstance(atom, Quantifier)
        else None,
    )


def _describe_shape(atom: Truth, reading: PhraseReading) -> tuple[Text, str, Text]:
    """Label, operator and threshold of one comparison, as a table prints them."""
    if isinstance(atom, Compare):
        left, right = phrase_sides(atom.left, atom.right, reading)
        return left, SYMBOLS[atom.operator], right
    if isinstance(atom, In):
        like, unit = find_measure(atom.item, reading), find_unit(atom.item, reading)
        values = [phrase_operand(value, reading, like, unit) for value in atom.values]
        return (
            phrase_operand(atom.item, reading, like, unit),
            "∈",
            Text(
                zh="、".join(value.zh for value in values),
                en=", ".join(value.en for value in values),
            ),
        )
    if isinstance(atom, Quantifier):
        return SUBJECTS[atom.subject].text, COUNTS, phrase_rule(atom, reading)
    return phrase_rule(atom, reading), "＝", YES


def _build_side(
    key: str,
    atom: Truth,
    shape: TermShape,
    subject: Subject,
    inputs: ExplainInputs,
    stance: Stance,
    settling: frozenset[Stance],
) -> Side:
    """Say what one stance has for a comparison: value, answer and evidence."""
    decides = stance in settling
    holds = inputs.truths.get((key, subject.id, stance))
    if isinstance(atom, Quantifier) and shape.counting is not None:
        counted = _count_members(key, atom, shape, inputs, stance)
        proofs = counted.list_proofs(
            inputs.resolved, stance, shape.counted, holds=holds
        )
        return Side(
            value=counted.say_members(),
            in_full=counted.phrase_in_full(*shape.counting),
            brief=counted.say_count(holds=holds),
            holds=holds,
            decides=decides,
            record=find_weakest_record(proofs),
            strongest=find_strongest_grade(proofs),
        )
    if isinstance(atom, Agree):
        resolved = inputs.resolved.get((subject, atom.fact))
        return _build_agreement_side(resolved, stance, holds=holds, decides=decides)
    values: dict[str, Value | None] = {}
    records = []
    for name in shape.names:
        resolved = inputs.resolved.get((subject, name))
        values[name] = None
        if resolved is not None:
            claimed = stance is Stance.CLAIMED
            values[name] = resolved.claimed if claimed else resolved.proven
            records.append(resolved.claimed_by if claimed else resolved.proven_by)
    number = _find_compared_number(shape, values, inputs)
    text = (
        _say_values(values, subject, inputs)
        if values
        else _say_given(atom, inputs.reading)
    )
    length = None
    if shape.span is not None and number is not None:
        length = say_number(number, shape.unit)
        text = Text(zh=f"{length.zh}（{text.zh}）", en=f"{length.en} ({text.en})")
    return Side(
        value=text,
        brief=length,
        holds=holds,
        decides=decides,
        record=find_weakest_record(records),
        strongest=find_strongest_grade(records),
        number=number,
    )


def _build_agreement_side(
    resolved: Resolved | None, stance: Stance, *, holds: bool | None, decides: bool
) -> Side:
    if resolved is None:
        return Side(value=_AGREED[None], holds=holds, decides=decides, record=None)
    if stance is Stance.CLAIMED:
        agreed, record = resolved.agree_claimed, resolved.claimed_by
    else:
        agreed, record = resolved.agree_proven, resolved.proven_by
    return Side(
        value=_AGREED[agreed],
        holds=holds,
        decides=decides,
        record=record,
        strongest=find_strongest_grade([record]),
    )


def _find_compared_number(
    shape: TermShape, values: Mapping[str, Value | None], inputs: ExplainInputs
) -> int | None:
    """The one number that is compared: of a fact, or the length of a span."""
    if shape.span is not None:
        return measure_span(shape.span, values, inputs.reading.givens)
    if len(values) != 1:
        return None
    (value,) = values.values()
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _say_values(
    values: Mapping[str, Value | None], subject: Subject, inputs: ExplainInputs
) -> Text:
    """Say the values of a comparison in words; of several each with its label."""
    facts = inputs.catalogue.facts
    labelled_values = [
        ((fact := facts[subject.type, name]).label, say_value(value, fact))
        for name, value in values.items()
    ]
    if len(labelled_values) == 1:
        return labelled_values[0][1]
    return Text(
        zh="，".join(f"{label.zh}{value.zh}" for label, value in labelled_values),
        en=", ".join(f"{label.en} {value.en}" for label, value in labelled_values),
    )


def _find_span(atom: Truth) -> DaysBetween | WholeMonths | None:
    """The span whose length is compared, if one is."""
    if isinstance(atom, Compare) and isinstance(atom.left, DaysBetween | WholeMonths):
        return atom.left
    return None


def _say_given(atom: Truth, reading: PhraseReading) -> Text:
    """Say what a comparison rests on that asks for no fact: application, number."""
    texts = [
        phrase_operand(node, reading, None, None)
        if isinstance(node, ParameterNode)
        else _say_given_value(node.name, reading)
        for node in walk(atom)
        if isinstance(node, GivenNode | ParameterNode)
    ] or [phrase_rule(atom, reading)]
    return Text(zh="，".join(t.zh for t in texts), en=", ".join(t.en for t in texts))


def _say_given_value(name: str, reading: PhraseReading) -> Text:
    value = reading.givens.get(name)
    return say_code(name, value, reading.catalogue) or say_value(value, None)


def _count_members(
    key: str,
    atom: Quantifier,
    shape: TermShape,
    inputs: ExplainInputs,
    stance: Stance,
) -> CountedMembers:
    """Sort every member of the subject by what is so of it."""
    is_conditional = atom.where is not None or atom.body is not None
    by_truth: dict[bool | None, list[Subject]] = {True: [], False: [], None: []}
    passed_over = []
    for member in (
        subject for subject in inputs.subjects if subject.type == atom.subject
    ):
        if passes_over(key, member, inputs.truths, stance):
            passed_over.append(member)
            continue
        truth = (
            inputs.truths.get((f"{key}@", member.id, stance))
            if is_conditional
            else True
        )
        by_truth[truth].append(member)
    lists = inputs.open_claimed if stance is Stance.CLAIMED else inputs.open_proven
    growing = select_open_lists(shape.asked_of, lists, inputs.absent)
    return CountedMembers(
        atom=atom,
        by_truth=by_truth,
        passed_over=passed_over,
        labels=inputs.labels,
        list_open=bool(growing),
        said_absent=atom.subject in lists and not growing,
    )


def passes_over(key: str, member: Subject, truths: Truths, stance: Stance) -> bool:
    """Tell whether a quantifier passes over a member, which its WHERE rules out."""
    return truths.get((f"{key}?", member.id, stance)) is False


def _find_limit(atom: Node, inputs: ExplainInputs) -> int | None:
    """The number of a threshold, where a chart can draw it."""
    if not isinstance(atom, Compare):
        return None
    if isinstance(atom.right, Literal) and isinstance(atom.right.value, int):
        return atom.right.value
    if isinstance(atom.right, ParameterNode):
        return inputs.parameters.get(atom.right.name)
    return None
