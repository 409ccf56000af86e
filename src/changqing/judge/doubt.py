"""The one line that says why a criterion fails: by the comparisons that do fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from changqing.case.subjects import Subject
from changqing.evidence.model import COMPARED_PAPERS
from changqing.judge.deciding import settle_truth
from changqing.judge.explain import (
    COUNTS,
    ExplainInputs,
    judge_term,
    make_inner_key,
    passes_over,
)
from changqing.judge.model import Finding, JudgedTerm, Side
from changqing.judge.telling import tell_limit, tell_value
from changqing.law.kinds.criterion import Criterion
from changqing.rules.rows import Stance
from changqing.rules.tree import (
    And,
    Not,
    Or,
    Quantifier,
    Quantity,
    Truth,
    list_judgements,
)
from changqing.text import Text


def explain_failure(
    criterion: Criterion,
    terms: Sequence[JudgedTerm],
    inputs: ExplainInputs,
    *,
    claimed: bool | None,
    proven: bool | None,
) -> Text | None:
    """Explain what fails, each comparison with its value.

    None where nothing is known to.
    Of a count it says which members fail, and by which of the comparisons made of them.
    """
    if proven is False:
        stance = Stance.PROVEN
    elif claimed is False:
        stance = Stance.CLAIMED
    else:
        return None
    atoms = tuple(criterion.test.list_judgements())
    texts: list[Text] = []
    for place, term in enumerate(terms):
        side = _choose_side(term, stance)
        if not side.decides:
            continue
        key = f"{criterion.id}#{place}"
        inner = list(_list_member_doubts(key, atoms[place], inputs, stance))
        texts += inner or [say_failure(term, side, alone=len(terms) == 1)]
    texts = list(dict.fromkeys(texts))
    return Text(
        zh="；".join(sentence.zh for sentence in texts),
        en="; ".join(sentence.en for sentence in texts),
    )


def make_doubt_line(finding: Finding) -> Text:
    """Make the line of a finding in a list of doubts.

    The words of the catalogue stand where the criterion can fail in one way only. Where
    several things are asked at once, they could name one that holds. Whose measure it
    is stands behind, where no rule of the place sets it.
    """
    line, measure = _say_failing(finding), finding.measure
    if measure is None:
        return line
    return Text(f"{line.zh}；{measure.zh}", f"{line.en}; {measure.en}")


def _say_failing(finding: Finding) -> Text:
    criterion = finding.criterion
    if quoted := _find_quotations(finding):
        title = criterion.doubt or criterion.title
        return Text(zh=f"{title.zh}：{quoted}", en=f"{title.en}: {quoted}")
    if finding.reason is None or not _can_fail_in_several_ways(criterion.test.root):
        return criterion.doubt or Text(
            zh=f"没有做到：{criterion.title.zh}", en=f"Not so: {criterion.title.en}"
        )
    return Text(
        zh=f"{criterion.title.zh}：没有做到（{finding.reason.zh}）",
        en=f"{criterion.title.en}: not so ({finding.reason.en})",
    )


def _find_quotations(finding: Finding) -> str:
    """Find what papers say against each other: nothing is called false without it."""
    records = (term.proven.record for term in finding.terms if term.proven.decides)
    return next(
        (
            record.source.place
            for record in records
            if record is not None and record.source.name == COMPARED_PAPERS
        ),
        "",
    )


def say_failure(term: JudgedTerm, side: Side, *, alone: bool = False) -> Text:
    """Say of one comparison that fails what was found, and what it has to be.

    A count says what is counted, unless the criterion asks for nothing else.
    """
    if term.operator == COUNTS:
        return side.value if alone or side.in_full is None else side.in_full
    text, limit = tell_value(term, side), tell_limit(term)
    if limit is None:
        return text
    return Text(zh=f"{text.zh}，{limit.zh}", en=f"{text.en}, {limit.en}")


def _choose_side(term: JudgedTerm, stance: Stance) -> Side:
    return term.claimed if stance is Stance.CLAIMED else term.proven


def _list_member_doubts(
    key: str, atom: Truth, inputs: ExplainInputs, stance: Stance
) -> Iterator[Text]:
    """Why each failing member of a count fails."""
    if not isinstance(atom, Quantifier) or atom.body is None:
        return
    if atom.quantity is Quantity.NONE or not _can_fail_in_several_ways(atom.body):
        return
    for member in inputs.subjects:
        failing = inputs.truths.get((f"{key}@", member.id, stance)) is False
        if member.type != atom.subject or not failing:
            continue
        if passes_over(key, member, inputs.truths, stance):
            continue
        label = inputs.labels[member]
        for doubt in _list_doubts_of_member(key, atom.body, member, inputs, stance):
            yield Text(zh=f"{label.zh}，{doubt.zh}", en=f"{label.en}, {doubt.en}")


def _list_doubts_of_member(
    key: str, body: Truth, member: Subject, inputs: ExplainInputs, stance: Stance
) -> Iterator[Text]:
    parts = list(list_judgements(body))
    truths = [
        inputs.truths.get((make_inner_key(key, place), member.id, stance))
        for place in range(len(parts))
    ]
    _, places = settle_truth(body, truths)
    for place in places:
        term = judge_term(
            make_inner_key(key, place), parts[place], member, inputs.reading, inputs
        )
        yield say_failure(term, _choose_side(term, stance))


def _can_fail_in_several_ways(node: Truth, *, negated: bool = False) -> bool:
    """Tell whether it can fail in several ways: several things are asked at once."""
    match node:
        case Not(part):
            return _can_fail_in_several_ways(part, negated=not negated)
        case And(parts):
            return not negated or any(
                _can_fail_in_several_ways(p, negated=negated) for p in parts
            )
        case Or(parts):
            return negated or any(
                _can_fail_in_several_ways(p, negated=negated) for p in parts
            )
        case Quantifier(body=body) if body is not None:
            return _can_fail_in_several_ways(body)
        case _:
            return False
