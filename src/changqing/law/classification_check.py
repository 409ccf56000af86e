"""What no classification rule can be wrong about alone, and whether examples hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from typing import Final

from changqing.errors import Issue
from changqing.law.examples import read_value
from changqing.law.files import Sources
from changqing.law.kinds.classification import Classification, decide_need
from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, Verdicts, compile_sqlite
from changqing.text import Text
from changqing.yamlfile.suggest import suggest_word

_FOLDER: Final = "classification"
_SUBJECT: Final = "offer"
_ONE_DAY: Final = timedelta(days=1)


def check_classification(sources: Sources, catalogue: Catalogue) -> None:
    """Check dates and answers, and that tests rest on questions alone."""
    for name, rule in sources.entries[_FOLDER].items():
        _check_succession(sources, rule)
        _check_answers(sources, catalogue, name, rule)
    for name, rule in catalogue.classification.items():
        _check_questions(sources, catalogue, name, rule)
        _check_every_answer(sources, name, rule)


def _check_succession(sources: Sources, rule: Classification) -> None:
    before = sources.entries[_FOLDER].get(rule.succeeds or "")
    if before is None:
        return
    name, start = rule.id, rule.in_force.start
    if before.in_force.end != start - _ONE_DAY:
        sources.say(
            _FOLDER,
            name,
            ("succeeds",),
            Text(
                f"前一规则 {rule.succeeds} 不在前一天结束",
                f"succeeds {rule.succeeds}, which does not end the day before",
            ),
            hint=Text(
                f"请把它的 in_force.to 写为 {start - _ONE_DAY}",
                f"close it on {start - _ONE_DAY}",
            ),
        )


def _check_answers(
    sources: Sources, catalogue: Catalogue, name: str, rule: Classification
) -> None:
    """Every answer of an example is to a question, and of its type."""
    question_ids = [fact for subject, fact in catalogue.facts if subject == _SUBJECT]
    for place, example in enumerate(rule.examples):
        for question, answer in example.answers.items():
            loc = ("examples", place, "answers", question)
            fact = catalogue.facts.get((_SUBJECT, question))
            if fact is None:
                if f"{_SUBJECT}/{question}" not in sources.find_broken("facts"):
                    sources.say(
                        _FOLDER,
                        name,
                        loc,
                        Text(
                            f"例子中的问题 {question} 不存在",
                            f"example: there is no question {question}",
                        ),
                        hint=suggest_word(question, question_ids),
                    )
            elif answer is not None and read_value(fact.type, answer) is None:
                sources.say(
                    _FOLDER,
                    name,
                    loc,
                    Text(
                        f"例子中 {question} 的回答不是它的值",
                        f"example: {question} cannot be answered so",
                    ),
                    hint=Text(
                        f"请看 facts/offer/{question}.yaml",
                        f"see facts/offer/{question}.yaml",
                    ),
                )


def _check_questions(
    sources: Sources, catalogue: Catalogue, name: str, rule: Classification
) -> None:
    for subject, fact in sorted(rule.test.facts):
        if subject != _SUBJECT or catalogue.facts[subject, fact].question is None:
            sources.say(
                _FOLDER,
                name,
                ("test",),
                Text(
                    f"test 用了没有问题可问的 {fact}",
                    f"test reads {fact}, which nobody is asked",
                ),
                hint=Text(
                    "请在 facts/offer 中给它写上 question",
                    "give it a question in facts/offer",
                ),
            )
    if rule.test.parameters or rule.test.givens or rule.test.quantified:
        sources.say(
            _FOLDER,
            name,
            ("test",),
            Text(
                "test 只能用业务项目的事实",
                "test may read nothing but facts of an offer",
            ),
        )


def _check_every_answer(sources: Sources, name: str, rule: Classification) -> None:
    """The examples show the rule answering true, false and unknown."""
    needs_shown = {example.then for example in rule.examples}
    for truth in (True, False, None):
        need = decide_need(rule.outcome, truth)
        if need not in needs_shown:
            sources.say(
                _FOLDER,
                name,
                ("examples",),
                Text(
                    f"缺少 then 为 {need} 的例子",
                    f"has no example that is {need}",
                ),
            )


def run_classification(
    sources: Sources, catalogue: Catalogue
) -> tuple[list[Issue], int]:
    """Run every example on every engine that is installed.

    Gives what fails, and how many ran.
    """
    rules = {name: rule.test for name, rule in catalogue.classification.items()}
    if not rules:
        return [], 0
    words = list_vocabulary(catalogue)
    rows = _build_rows(catalogue)
    sqlite = SqliteEngine(compile_sqlite(rules, vocabulary=words))
    truths = sqlite.evaluate(rows, parameters={}, givens={})
    issues = list(_find_failing_examples(sources, catalogue, truths))
    if find_spec("polars") is not None:
        from changqing.rules.polars import compile_polars

        others = compile_polars(rules, vocabulary=words).evaluate(
            rows, parameters={}, givens={}
        )
        issues += _find_differing_truths(sources, catalogue, truths, others)
    return issues, sum(len(r.examples) for r in catalogue.classification.values())


def _build_rows(catalogue: Catalogue) -> Rows:
    members = [
        MemberRow(
            id=_name_member(name, place),
            stance=Stance.CLAIMED,
            values={
                question: read_value(catalogue.facts[_SUBJECT, question].type, answer)
                for question, answer in example.answers.items()
            },
        )
        for name, rule in catalogue.classification.items()
        for place, example in enumerate(rule.examples)
    ]
    return Rows(
        members={_SUBJECT: members},
        open_lists={stance: frozenset() for stance in Stance},
    )


def _name_member(name: str, place: int) -> str:
    return f"{name}#{place}"


def _find_failing_examples(
    sources: Sources, catalogue: Catalogue, truths: Verdicts
) -> Iterator[Issue]:
    for name, rule in catalogue.classification.items():
        for place, example in enumerate(rule.examples):
            truth = truths[name, _name_member(name, place), Stance.CLAIMED]
            need = decide_need(rule.outcome, truth)
            if need is not example.then:
                yield sources.files[_FOLDER][name].issue(
                    ("examples", place),
                    Text(
                        f"例子应为 {example.then}，实为 {need}",
                        f"the example should be {example.then}, and is {need}",
                    ),
                )


def _find_differing_truths(
    sources: Sources, catalogue: Catalogue, truths: Verdicts, others: Verdicts
) -> Iterator[Issue]:
    """Where the second engine differs: a fault of ours, not of the author."""
    for name, rule in catalogue.classification.items():
        for place, _ in enumerate(rule.examples):
            key = (name, _name_member(name, place), Stance.CLAIMED)
            if truths[key] is not others[key]:
                yield sources.files[_FOLDER][name].issue(
                    ("examples", place),
                    Text(
                        "两个引擎对例子的结论不同",
                        "the engines differ about the example",
                    ),
                    hint=Text(
                        "这是软件的错误，请报告",
                        "this is a fault of ours, please report it",
                    ),
                )
