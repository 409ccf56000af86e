"""`changqing dossier CASE choose`: what the company decides for its plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

import click

from changqing.cli.dossier_case import assess_recorded, write_documents
from changqing.cli.shared import (
    NOT_YET,
    READY,
    json_option,
    language_option,
    open_terminal,
    print_json,
    program,
    say_help,
)
from changqing.jsondata import WordsData, write_words
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.documents.choices import AskedChoice
    from changqing.run import Outcome


def add_choose(command: click.Group, language: Language) -> None:
    """Add the command below `changqing dossier`."""

    @command.command(
        "choose",
        help=say_help(
            language,
            "文书里要公司自己定的事：客服时间、答复时限、备份、演练……\n\n"
            "不带参数时列出各项和可选的答案；choose ID 答案 写进case.yaml，"
            "--words 写自己的话，--undo 收回。还有没定的，退出码为1。",
            "What the company itself decides for its plans: hours of support, time to "
            "answer, backups, drills …\n\nWithout arguments it lists them with their "
            "answers; choose ID ANSWER writes one into case.yaml, --words takes your "
            "own words, --undo takes it back. Exit code 1 while something is open.",
        ),
    )
    @click.argument("choice", metavar="[ID]", required=False)
    @click.argument("answer", metavar="[ANSWER]", required=False)
    @click.option(
        "--words",
        help=say_help(
            language,
            "用自己的一句话，代替可选的答案。",
            "Your own sentence, in place of an answer.",
        ),
    )
    @click.option(
        "--undo",
        is_flag=True,
        help=say_help(language, "收回这一项。", "Take this decision back."),
    )
    @json_option(language)
    @language_option(language)
    @click.pass_obj
    def choose(
        case: Path,
        *,
        choice: str | None,
        answer: str | None,
        words: str | None,
        undo: bool,
        as_json: bool,
        lang: str | None,
    ) -> int:
        from changqing.documents.choices import (
            AskedChoice,
            find_choice,
            list_choices,
            record_choice,
        )

        answers_given = [word for word in (answer, words) if word] + ["--undo"] * undo
        if choice is not None and len(answers_given) != 1:
            raise click.UsageError(_ONE_OF_THEM.say(language))
        outcome = assess_recorded(case, None)
        if choice is not None:
            choice = find_choice(outcome.case, choice).id
            record_choice(outcome.case, choice, answer=answer, words=words)
            outcome = assess_recorded(case, None)
        documents = write_documents(outcome).annotated
        choices = list_choices(outcome.case, outcome.case.catalogue, documents)
        if as_json:
            print_json(
                [_encode_choice(asked_choice, outcome) for asked_choice in choices]
            )
        elif choice is not None:
            _tell_choice(
                next(
                    (
                        asked_choice
                        for asked_choice in choices
                        if asked_choice.choice.id == choice
                    ),
                    # Of another licence or plan: what is decided stands in the case.
                    AskedChoice(
                        choice=outcome.case.catalogue.choices[choice],
                        made=outcome.case.choices.get(choice),
                        is_open=False,
                    ),
                ),
                outcome,
                language,
            )
        else:
            _show_choices(choices, outcome, language, case)
        return (
            NOT_YET if any(asked_choice.is_open for asked_choice in choices) else READY
        )


def _tell_choice(
    asked_choice: AskedChoice, outcome: Outcome, language: Language
) -> None:
    console = open_terminal()
    title = asked_choice.choice.title.say(language)
    if asked_choice.made is None:
        console.print(f"{title}：{_OPEN.say(language)}", soft_wrap=True, markup=False)
        return
    console.print(
        f"{title}：{_write_choice_made(asked_choice, language)}",
        soft_wrap=True,
        markup=False,
    )
    for warning in _list_warnings(asked_choice, outcome):
        console.print(f"  ！{warning.say(language)}", soft_wrap=True, markup=False)


def _show_choices(
    choices: Sequence[AskedChoice], outcome: Outcome, language: Language, case: Path
) -> None:
    console = open_terminal()
    for asked_choice in sorted(
        choices, key=lambda asked_choice: not asked_choice.is_open
    ):
        console.print(
            f"{asked_choice.choice.title.say(language)}：{asked_choice.choice.question.say(language)}"
            f"  [{asked_choice.choice.id}]",
            soft_wrap=True,
            markup=False,
        )
        state = (
            _say_state(asked_choice).say(language)
            if asked_choice.made is None
            else _write_choice_made(asked_choice, language)
        )
        console.print(f"    → {state}", soft_wrap=True, markup=False)
        for warning in _list_warnings(asked_choice, outcome):
            console.print(
                f"    ！{warning.say(language)}", soft_wrap=True, markup=False
            )
        if asked_choice.is_open:
            for answer in asked_choice.choice.answers:
                console.print(
                    f"      {answer.id}  {answer.label.say(language)}",
                    soft_wrap=True,
                    markup=False,
                )
    open_choices = [choice for choice in choices if choice.is_open]
    if open_choices:
        here, first = program(), open_choices[0].choice
        name = first.answers[0].id if first.answers else "--words '…'"
        console.print(
            Text(
                f"还有{len(open_choices)}项没有定。例如：{here} dossier {case} choose "
                f"{first.id} {name}",
                f"{len(open_choices)} are open. For example: {here} dossier {case} "
                "choose "
                f"{first.id} {name}",
            ).say(language),
            soft_wrap=True,
            markup=False,
        )


def _say_state(asked_choice: AskedChoice) -> Text:
    """Why nothing is decided, and whether that matters."""
    if asked_choice.is_open:
        return _OPEN
    return _MAY_BE_LEFT if asked_choice.choice.optional else _IN_PAPERS


def _write_choice_made(asked_choice: AskedChoice, language: Language) -> str:
    if asked_choice.answer is not None:
        return asked_choice.answer.label.say(language)
    return "" if asked_choice.made is None else asked_choice.made.words or ""


def _list_warnings(asked_choice: AskedChoice, outcome: Outcome) -> Iterator[Text]:
    from changqing.documents.choices import warn_of

    if asked_choice.answer is not None:
        yield from warn_of(
            asked_choice.answer, outcome.situation, outcome.case.catalogue
        )


class ChoiceAnswer(TypedDict):
    """An answer that may be chosen."""

    id: str
    zh: str
    en: str


class ChoiceData(TypedDict):
    """What the company has to decide for a document, and what it decided."""

    id: str
    document: str
    question: WordsData
    promise: bool
    open: bool
    answers: Sequence[ChoiceAnswer]
    answer: str | None
    words: str | None
    warnings: Sequence[WordsData]


def _encode_choice(asked_choice: AskedChoice, outcome: Outcome) -> ChoiceData:
    decision = asked_choice.made
    return {
        "id": asked_choice.choice.id,
        "document": asked_choice.choice.document,
        "question": write_words(asked_choice.choice.question),
        "promise": asked_choice.choice.promise,
        "open": asked_choice.is_open,
        "answers": [
            {"id": answer.id, "zh": answer.label.zh, "en": answer.label.en}
            for answer in asked_choice.choice.answers
        ],
        "answer": None if decision is None else decision.answer,
        "words": None if decision is None else decision.words,
        "warnings": [
            write_words(warning) for warning in _list_warnings(asked_choice, outcome)
        ],
    }


_OPEN: Final = Text("还没有定", "not decided")
_IN_PAPERS: Final = Text("材料上已经写了", "your papers say it")
_MAY_BE_LEFT: Final = Text("可以不填", "may be left out")
_ONE_OF_THEM: Final = Text(
    "写一个答案，或者--words，或者--undo，只能一样",
    "give an answer, or --words, or --undo: one of them",
)
