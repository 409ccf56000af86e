"""Whether rules on recent changes name what exists, and their examples hold."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import Final

from changqing.errors import Issue
from changqing.law.examples import read_value
from changqing.law.files import Sources
from changqing.law.kinds.recent_change import RecentChange, RecentExample
from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, compile_sqlite
from changqing.rules.types import Kind
from changqing.text import Text

_FOLDER: Final = "recent_changes"
_PLACES: Final = frozenset({"name", "as_of"})
_MEMBER: Final = "example"


def check_recent_changes(sources: Sources, catalogue: Catalogue) -> None:
    """Check references, and that a rule shows itself both speaking and silent."""
    for name, rule in catalogue.recent_changes.items():
        dated = catalogue.facts.get((rule.subject, rule.dated or ""))
        if rule.dated is not None and (
            dated is None or dated.type.kind is not Kind.DATE
        ):
            sources.say(
                _FOLDER,
                name,
                ("dated",),
                Text(f"{rule.dated} 不是日期事实", f"{rule.dated} is no date fact"),
            )
        for language in ("zh", "en"):
            sentence = getattr(rule.says, language)
            for _, place, _, _ in Formatter().parse(sentence):
                if place and not _is_known(place, rule, catalogue):
                    sources.say(
                        _FOLDER,
                        name,
                        ("says", language),
                        Text(
                            f"{{{place}}} 不是 {rule.subject} 的事实",
                            f"{{{place}}} is no fact of {rule.subject}",
                        ),
                    )
        if {True, False} - {example.then for example in rule.examples}:
            sources.say(
                _FOLDER,
                name,
                ("examples",),
                Text(
                    "应有 then 为 true 和为 false 的例子各一",
                    "needs an example with then: true and one with then: false",
                ),
            )
        for place, example in enumerate(rule.examples):
            _check_values(sources, catalogue, rule, place, example)


def _is_known(place: str, rule: RecentChange, catalogue: Catalogue) -> bool:
    return place in _PLACES or (rule.subject, place) in catalogue.facts


def _check_values(
    sources: Sources,
    catalogue: Catalogue,
    rule: RecentChange,
    place: int,
    example: RecentExample,
) -> None:
    for fact, value in example.known.items():
        fact_known = catalogue.facts.get((rule.subject, fact))
        if fact_known is None or read_value(fact_known.type, value) is None:
            sources.say(
                _FOLDER,
                rule.id,
                ("examples", place, "known", fact),
                Text(
                    f"例子中的 {fact} 不是 {rule.subject} 的事实，或值不对",
                    f"example: {fact} is no fact of {rule.subject}, or no such value",
                ),
            )


def run_recent_changes(
    sources: Sources, catalogue: Catalogue
) -> tuple[list[Issue], int]:
    """Run every example: what fails, and how many ran."""
    rules = catalogue.recent_changes
    if not rules:
        return [], 0
    tests = {name: rule.test for name, rule in rules.items()}
    program = compile_sqlite(tests, vocabulary=list_vocabulary(catalogue))
    with SqliteEngine(program) as engine:
        issues = list(_find_failing_examples(sources, catalogue, engine))
    return issues, sum(len(rule.examples) for rule in rules.values())


def _find_failing_examples(
    sources: Sources, catalogue: Catalogue, engine: SqliteEngine
) -> Iterator[Issue]:
    for name, rule in catalogue.recent_changes.items():
        for place, example in enumerate(rule.examples):
            values = {
                fact: read_value(catalogue.facts[rule.subject, fact].type, value)
                for fact, value in example.known.items()
            }
            member = MemberRow(id=_MEMBER, stance=Stance.PROVEN, values=values)
            truth = engine.evaluate(
                Rows(
                    members={rule.subject: [member]},
                    open_lists={stance: frozenset() for stance in Stance},
                ),
                parameters={},
                givens={"as_of": example.as_of},
            )[name, _MEMBER, Stance.PROVEN]
            if truth is not example.then:
                yield sources.files[_FOLDER][name].issue(
                    ("examples", place),
                    Text(
                        f"例子应为 {example.then}，实为 {truth}",
                        f"the example should be {example.then}, and is {truth}",
                    ),
                )
