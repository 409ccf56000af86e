"""Whether a criterion is met only because nothing that it is about exists.

Who sends no messages meets every rule on messages. That is so, and proves nothing of
what the rule asks: such a finding is met, and counted with what does not apply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from changqing.case.subjects import Subject
from changqing.judge.explain import ExplainInputs, list_atoms, passes_over
from changqing.law.kinds.criterion import Criterion
from changqing.rules.rows import Stance
from changqing.rules.tree import And, Not, Or, Quantifier, Quantity, Truth

_Judged = Iterator[tuple[str, bool | None]]
_Settled = tuple[bool | None, bool]
"""An answer, and whether it is a yes to nothing."""


def is_vacuous(criterion: Criterion, subject: Subject, inputs: ExplainInputs) -> bool:
    """Tell whether the proven answer is a yes to nothing.

    So is "if A then B" (`NOT A OR B`) where there is no A, and "every X is so" where
    there is no X. "There is no X" alone is a finding like any other.
    """
    if not _may_be_vacuous(criterion.test.root):
        return False
    atoms = list_atoms(criterion, inputs.wording)
    judged = iter(
        [(key, inputs.truths.get((key, subject.id, Stance.PROVEN))) for key, _ in atoms]
    )
    return _settle_test(criterion.test.root, judged, inputs) == (True, True)


def _may_be_vacuous(node: Truth) -> bool:
    """Whether a test can be met by nothing at all, whatever the case."""
    match node:
        case And(parts):
            return all(map(_may_be_vacuous, parts))
        case Or(parts):
            return any(_is_premise(part) or _may_be_vacuous(part) for part in parts)
        case Quantifier(quantity=Quantity.EVERY):
            return True
        case _:
            return False


def _settle_test(node: Truth, judged: _Judged, inputs: ExplainInputs) -> _Settled:
    """Settle a test, and whether it holds only since there is nobody to ask."""
    match node:
        case Not(part):
            truth, _ = _settle_test(part, judged, inputs)
            return (None if truth is None else not truth), False
        case And(parts):
            return _join_parts([_settle_test(part, judged, inputs) for part in parts])
        case Or(parts):
            alternatives = [
                (_is_premise(p), *_settle_test(p, judged, inputs)) for p in parts
            ]
            holding = [
                premise or empty for premise, truth, empty in alternatives if truth
            ]
            if holding:
                return True, all(holding)
            return (
                None if any(truth is None for _, truth, _ in alternatives) else False
            ), False
        case _:
            key, truth = next(judged)
            return truth, truth is True and _has_no_member_to_ask(node, key, inputs)


def _join_parts(settled_parts: Sequence[_Settled]) -> _Settled:
    truths = [truth for truth, _ in settled_parts]
    if False in truths:
        return False, False
    if None in truths:
        return None, False
    return True, all(empty for _, empty in settled_parts)


def _is_premise(node: Truth) -> bool:
    """Whether a branch says that there is nothing of which the others would ask."""
    match node:
        case Not(_) | Quantifier(quantity=Quantity.NONE):
            return True
        case And(parts):
            return all(map(_is_premise, parts))
        case _:
            return False


def _has_no_member_to_ask(node: Truth, key: str, inputs: ExplainInputs) -> bool:
    if not isinstance(node, Quantifier) or node.quantity is not Quantity.EVERY:
        return False
    members = (subject for subject in inputs.subjects if subject.type == node.subject)
    return all(
        passes_over(key, member, inputs.truths, Stance.PROVEN) for member in members
    )
