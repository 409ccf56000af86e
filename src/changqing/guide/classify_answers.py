"""Answers about a business: from a person at the terminal, or from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from changqing.case.values import NotAValueError, parse_value
from changqing.errors import CaseError, Issue
from changqing.guide.classify import Classifier, ClassifyQuestion
from changqing.guide.interview import Ask, Tell, parse_yes_or_no
from changqing.law.kinds.fact import Fact
from changqing.rules.types import Kind, Value
from changqing.text import Language, Text
from changqing.yamlfile.read import YamlFile, read_with_issues
from changqing.yamlfile.suggest import suggest_word

_PATIENCE: Final = 10  # tries at one question; a closed or empty input must end
_NOTHING: Final = frozenset({"0", "无", "没有", "都没有", "none", "no"})
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


def read_answers(
    classifier: Classifier, path: Path, *, text: str | bytes | None = None
) -> Mapping[str, Value | None]:
    """Read the answers of a YAML or JSON file, or of `text` as if it stood there.

    CaseError names file and line of everything that is no question or no answer.
    """
    file, issues = read_with_issues(path, text=text)
    if file is None:
        raise CaseError(*issues)
    if not isinstance(file.data, dict):
        raise CaseError(
            Issue(
                text=Text(
                    "应写成“问题: 回答”，一行一个", "must be questions with answers"
                ),
                path=file.path,
                line=1,
                hint=_list_questions(classifier.questions),
            )
        )
    answers: dict[str, Value | None] = {}
    for name, value in file.data.items():
        fact = classifier.questions.get(name)
        if fact is None:
            issues.append(_make_no_question_issue(file, name, classifier.questions))
        elif value is None:
            answers[name] = None
        else:
            try:
                answers[name] = parse_value(fact, value).value
            except NotAValueError as wrong:
                text_ = Text(f"{name}：{wrong.text.zh}", f"{name}: {wrong.text.en}")
                issues.append(file.issue((name,), text_, hint=wrong.hint))
    if issues:
        raise CaseError(*sorted(issues, key=lambda issue: issue.line or 0))
    return answers


def ask_about(
    classifier: Classifier, language: Language, *, ask: Ask, tell: Tell
) -> Mapping[str, Value | None]:
    """Ask, one after another, what can still change a rule; an empty answer is unknown.

    `ask` shows a prompt and returns what was typed.
    """
    answers: dict[str, Value | None] = {}
    while (question := classifier.find_next_question(answers)) is not None:
        fact = question.fact
        tell(f"\n{len(answers) + 1}  {(fact.question or fact.label).say(language)}")
        for number, option in enumerate(question.options, start=1):
            tell(f"   {number:>2}  {fact.value_labels[option].say(language)}")
        tell(f"   {_say_help(question).say(language)}")
        answers[fact.id] = _ask_question(question, language, ask=ask, tell=tell)
    return answers


def _ask_question(
    question: ClassifyQuestion, language: Language, *, ask: Ask, tell: Tell
) -> Value | None:
    for _ in range(_PATIENCE):
        typed = ask(">").strip()
        if not typed:
            return None
        try:
            if question.fact.type.kind is Kind.SET:
                return _parse_options(question, typed)
            return parse_yes_or_no(typed) == "true"
        except NotAValueError as wrong:
            hint = "" if wrong.hint is None else wrong.hint.say(language)
            joint = "，" if language is Language.ZH else "; "
            complaint = [wrong.text.say(language), hint]
            tell("   " + joint.join(part for part in complaint if part))
    name = question.fact.label
    raise CaseError.of(
        Text(
            f"“{name.zh}”一直没有得到能用的回答",
            f"“{name.en}” got no answer that can be used",
        ),
        hint=Text(
            "再运行一次，或者用--answers给一个文件",
            "run it again, or give a file with --answers",
        ),
    )


def _parse_options(question: ClassifyQuestion, typed: str) -> frozenset[str]:
    """Parse options named by number, by name or by label; 0 is none of them."""
    labels = question.fact.value_labels
    if typed.lower() in _NOTHING:
        return frozenset()
    options: set[str] = set()
    for part in filter(None, _BETWEEN.split(typed)):
        if part.isdecimal() and 1 <= int(part) <= len(question.options):
            options.add(question.options[int(part) - 1])
        elif part in question.options:
            options.add(part)
        else:
            option = next((label for label in labels if labels[label].zh == part), None)
            if option is None:
                raise NotAValueError(
                    Text(f"没有“{part}”这一项", f"there is no item “{part}”"),
                    _say_help(question),
                )
            options.add(option)
    return frozenset(options)


def _say_help(question: ClassifyQuestion) -> Text:
    if question.fact.type.kind is not Kind.SET:
        return Text("填是或否；不清楚直接回车", "yes or no; leave empty if unsure")
    if len(question.options) == 1:
        return Text("是写 1，不是写 0；不清楚直接回车", "1 or 0; leave empty if unsure")
    return Text(
        "可以多选，写编号，如 1 3；都没有写 0；不清楚直接回车",
        "Several may apply: write their numbers, like 1 3; 0 for none; "
        "leave empty if unsure",
    )


def _make_no_question_issue(
    file: YamlFile, name: object, questions: Mapping[str, Fact]
) -> Issue:
    return file.issue(
        (str(name),),
        Text(f"没有 {name} 这个问题", f"there is no question {name}"),
        hint=suggest_word(str(name), questions) or _list_questions(questions),
    )


def _list_questions(questions: Iterable[str]) -> Text:
    names = list(questions)
    return Text(f"可以写：{'、'.join(names)}", f"write any of: {', '.join(names)}")
