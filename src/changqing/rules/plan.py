"""What a set of rules reads, laid out by subject for any engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from changqing.rules import tree
from changqing.rules.expression import Expression
from changqing.rules.refusals import refuse, suggest_nearest
from changqing.rules.types import Vocabulary
from changqing.text import Text

MOST_COLUMNS = 1_900
"""Facts or rules of one subject; SQLite itself stops at 2,000 columns."""

_COLUMNS = frozenset(["id", "stance", "case"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePlan:
    """Rules by subject and id, the columns they need, the lists and names they read.

    `lists` are whole lists and parts of them: `person`, `person__technical`.
    """

    rules: Mapping[str, Mapping[str, Expression]]
    facts: Mapping[str, tuple[str, ...]]
    agreements: Mapping[str, tuple[str, ...]]
    lists: tuple[str, ...]
    names: tuple[str, ...]


def lay_out(rules: Mapping[str, Expression], vocabulary: Vocabulary) -> RulePlan:
    """Collect what `rules` read; RuleError if no engine could hold it."""
    by_subject: dict[str, dict[str, Expression]] = {}
    facts: dict[str, set[str]] = {}
    agreements: dict[str, set[str]] = {}
    lists: set[str] = set()
    parts: set[str] = set()
    names: set[str] = set()
    for rule, expression in rules.items():
        by_subject.setdefault(expression.subject, {})[rule] = expression
        lists |= expression.quantified
        names |= expression.parameters | expression.givens
        for node in expression.walk():
            if isinstance(node, tree.Name):
                facts.setdefault(node.subject, set()).add(node.fact)
            elif isinstance(node, tree.Quantifier):
                parts |= {*tree.list_counted_parts(node)}
            elif isinstance(node, tree.Agree):
                agreements.setdefault(node.subject, set()).add(node.fact)
    subjects = sorted({*by_subject, *facts, *agreements, *lists})
    plan = RulePlan(
        rules={subject: by_subject[subject] for subject in sorted(by_subject)},
        facts=_sort_names(subjects, facts),
        agreements=_sort_names(subjects, agreements),
        lists=tuple(sorted(lists | parts)),
        names=tuple(sorted(names)),
    )
    for subject in subjects:
        columns = (*plan.facts[subject], *plan.agreements[subject])
        _check_width(subject, len(columns))
        _check_width(subject, len(by_subject.get(subject, ())))
        _check_names(subject, columns, vocabulary)
    return plan


def _sort_names(
    subjects: Iterable[str], names: Mapping[str, set[str]]
) -> Mapping[str, tuple[str, ...]]:
    return {subject: tuple(sorted(names.get(subject, ()))) for subject in subjects}


def _check_names(subject: str, facts: Iterable[str], vocabulary: Vocabulary) -> None:
    facts_known = vocabulary.facts.get(subject, {})
    reserved = [fact for fact in facts if fact in _COLUMNS or "__" in fact]
    if subject == "stances" or "__" in subject:
        reserved.append(subject)
    if reserved:
        raise refuse(
            0,
            f"{reserved[0]}这个名字由引擎自用",
            f"the name {reserved[0]} is kept for the engine",
            Text(zh="请换一个名字", en="choose another"),
        )
    for fact in facts:
        if fact not in facts_known:
            raise refuse(
                0,
                f"{subject}没有{fact}这项事实",
                f"{subject} has no fact {fact}",
                suggest_nearest(fact, facts_known),
            )


def _check_width(subject: str, width: int) -> None:
    if width > MOST_COLUMNS:
        raise refuse(
            0,
            f"{subject}的判据或事实超过{MOST_COLUMNS}项",
            f"{subject} has more than {MOST_COLUMNS} rules or facts",
            Text(zh="请分批编译", en="compile them in batches"),
        )
