"""What the company decides for its plans becomes a sentence, and is kept as its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from changqing.documents.choices import (
    find_choice,
    list_choices,
    record_choice,
    warn_of,
)
from changqing.documents.document import DocumentEdition
from changqing.errors import CaseError
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from changqing.text import Language
from tests.documents.dossier_case import EXAMPLES, assessed, copied, text_of, written


@pytest.fixture
def young(tmp_path: Path) -> Path:
    """A case of a young company that has decided nothing."""
    return copied("newly-registered", tmp_path)


def test_an_answer_writes_its_sentence_into_both_editions(young: Path) -> None:
    case = open_case(young, load_compiled())
    asked = next(
        choice
        for choice in list_choices(
            case, case.catalogue, list(written(assessed(young)).values())
        )
        if choice.choice.id == "backup"
    )
    answer = asked.choice.answers[0]

    record_choice(case, "backup", answer=answer.id)

    outcome = assessed(young)
    clean = written(outcome, "maintenance", edition=DocumentEdition.CLEAN)
    ours = written(outcome, "maintenance")
    assert answer.sentence in text_of(clean["maintenance"])
    assert f"{answer.sentence}^承诺^" in text_of(ours["maintenance"])
    assert "backup" in clean["maintenance"].drafted


def test_own_words_stand_as_they_were_written(young: Path) -> None:
    case = open_case(young, load_compiled())

    record_choice(case, "backup", words="每晚*全量*备份，{{ 1 }}。")

    text = text_of(
        written(assessed(young), "maintenance", edition=DocumentEdition.CLEAN)[
            "maintenance"
        ]
    )
    assert r"每晚\*全量\*备份，\{\{ 1 \}\}。" in text


def test_what_nobody_decided_is_one_blank_with_its_question(young: Path) -> None:
    asked = load_compiled().choices["restore_test"]

    document = written(assessed(young), "maintenance")["maintenance"]

    (blank,) = [one for one in document.blanks if one.choice == "restore_test"]
    assert blank.supply == asked.question.zh


def test_a_decision_is_taken_back_without_a_trace(young: Path) -> None:
    before = (young / "case.yaml").read_text(encoding="utf-8")
    case = open_case(young, load_compiled())

    record_choice(case, "backup", words="每周一次。")
    record_choice(open_case(young, load_compiled()), "backup")

    assert (young / "case.yaml").read_text(encoding="utf-8") == before


def test_a_promise_that_nothing_supports_is_warned_about(young: Path) -> None:
    outcome = assessed(young)
    always = load_compiled().choices["support_hours"].find_answer("always")
    assert always is not None

    def warn(people: int) -> list[str]:
        asked = replace(always, needs={"headcount": people})
        return [text.zh for text in warn_of(asked, outcome.situation, load_compiled())]

    (told,) = warn(100)
    assert always.because is not None
    assert told.startswith(always.because.zh)
    assert "至少要100人" in told
    assert not warn(1)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("choices: {backup: dayly}", "“备份”（backup）中的“dayly”不在可选值中"),
        ("choices: {backup: 每天}", "“备份”（backup）中的“每天”不在可选值中"),
        ("choices: {backupp: daily}", "backupp"),
        ("choices: {backup: {word: 每天}}", "word"),
    ],
)
def test_a_choice_that_does_not_exist_is_told_with_its_line(
    young: Path, written: str, told: str
) -> None:
    path = young / "case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{written}\n", encoding="utf-8")

    with pytest.raises(CaseError) as caught:
        open_case(young, load_compiled())

    assert any(told in issue.text.zh for issue in caught.value.issues)
    assert all(issue.line is not None for issue in caught.value.issues)


def test_every_choice_is_printed_where_it_belongs() -> None:
    """A choice that no document asks for is a question for nothing."""
    root = Path(__file__).parents[2] / "src/changqing/law/data/documents"
    for choice in load_compiled().choices.values():
        body = (root / f"{choice.document}.md").read_text(encoding="utf-8")
        assert f"'{choice.id}'" in body, choice.id
        assert len({answer.id for answer in choice.answers}) == len(choice.answers)


def test_choice_and_answer_are_named_as_people_read_them(young: Path) -> None:
    case = open_case(young, load_compiled())

    record_choice(case, "恢复测试", answer="每季度")

    made = open_case(young, load_compiled()).choices["restore_test"]
    assert made.answer == "quarterly"
    with pytest.raises(CaseError) as caught:
        record_choice(case, "备分", answer="每天")
    assert caught.value.issues[0].hint is not None
    assert "备份" in caught.value.issues[0].hint.zh


@pytest.mark.parametrize(
    ("given", "zh"),
    [
        ("nonsense", "choose不带参数就列出来"),
        ("备", "是否指 happened_restore（恢复过的备份）、backup（备份）？"),
        ("bakcup", "是否指 backup（备份）？"),
    ],
)
def test_a_choice_that_is_none_is_answered_with_the_few_like_it(
    given: str, zh: str
) -> None:
    case = open_case(EXAMPLES / "local-life", load_compiled())
    with pytest.raises(CaseError) as refused:
        find_choice(case, given)
    (issue,) = refused.value.issues
    assert zh in issue.say(Language.ZH)
    assert len(issue.say(Language.ZH)) < 80


def test_an_answer_that_the_case_denies_is_asked_again_and_not_printed(
    young: Path,
) -> None:
    choice = load_compiled().choices["pricing"]
    (free,) = [answer for answer in choice.answers if answer.id == "free"]
    path = young / "case.yaml"
    text = path.read_text("utf-8")
    assert "charges_users: false" in text
    for charges, printed in (("false", True), ("true", False)):
        path.write_text(
            text.replace("charges_users: false", f"charges_users: {charges}"), "utf-8"
        )
        case = open_case(young, load_compiled())
        if case.choices.get("pricing") is None:
            record_choice(case, "pricing", answer="free")
            text = path.read_text("utf-8")
        clean = written(
            assessed(young), "business_plan", edition=DocumentEdition.CLEAN
        )["business_plan"]
        asked = any(blank.choice == "pricing" for blank in clean.blanks)
        assert asked is not printed
        assert (free.sentence in text_of(clean)) is printed
        assert ("选的是“不向用户收费”" in text_of(clean)) is not printed
