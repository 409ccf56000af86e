"""What the applicant is asked: how many, in which order, and what is left to others."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

from changqing.case import edit
from changqing.case.subjects import APPLICANT
from changqing.guide.from_papers import list_known, start_case
from changqing.guide.interview import InterviewAnswers
from changqing.guide.write import write_case
from changqing.judge.assess import Judge
from changqing.judge.questions import (
    OpenQuestion,
    group_questions,
    list_questions,
    place_answer,
)
from changqing.law.kit import Knower, QuestionGroup
from changqing.papers.gather import gather_files
from changqing.papers.start import drop_unlisted, sort_files, take_files
from changqing.run import run
from changqing.text import Language, Text
from changqing.yamlfile.plain import WritableItem
from tests.shipped import CATALOGUE

NOW: Final = datetime(2026, 11, 28, 1, tzinfo=UTC)
EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "local-life" / "documents"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "key"


def _answers(name: str, url: str) -> InterviewAnswers:
    return InterviewAnswers(
        facts={"name": name},
        region="33",
        scope="intra_province",
        submit_on=date(2027, 1, 20),
        url=url,
        technician="",
    )


def _bare(folder: Path) -> Path:
    answers = _answers("杭州某某科技有限公司", "")
    write_case(folder, answers, CATALOGUE, now=NOW, language=Language.ZH)
    return folder


def _ask(folder: Path, key: Path) -> tuple[OpenQuestion, ...]:
    outcome = run(
        folder, judge=Judge(CATALOGUE), clock=lambda: NOW, key=key, offline=True
    )
    questions = list_questions(outcome.assessment, CATALOGUE)
    assert [(view.subject, view.fact) for view in outcome.report.questions] == [
        (str(question.subject), question.fact.id) for question in questions
    ]
    return questions


def _names(questions: tuple[OpenQuestion, ...]) -> list[str]:
    return [question.fact.id for question in questions]


def _answer(folder: Path, questions: tuple[OpenQuestion, ...], **said: object) -> None:
    changes = []
    for question in questions:
        if question.fact.id in said:
            subject, fact = question.subject, question.fact.id
            at, value = place_answer(subject, fact, said[fact], adds=question.adds)
            changes.append(edit.FieldChange(at=at, value=value))
    version = edit.read(folder).version
    edit.change(folder, changes, version=version, catalogue=CATALOGUE)


def test_a_new_case_is_asked_little_and_in_the_order_of_a_conversation(
    tmp_path: Path, key: Path
) -> None:
    questions = _ask(_bare(tmp_path / "case"), key)
    assert len(questions) <= 25
    assert _names(questions)[:2] == ["credit_code", "registered_capital"]
    assert list(group_questions(questions)) == [
        *(QuestionGroup.COMPANY, QuestionGroup.OFFER, QuestionGroup.SITE),
        *(QuestionGroup.PEOPLE, QuestionGroup.MONEY, QuestionGroup.SERVICE),
        *(QuestionGroup.SECURITY, QuestionGroup.RECORD, QuestionGroup.PAPERS),
    ]
    assert "orders_taken" in _names(questions)
    # Whether there is a licence matters once it is said that money is taken.
    assert "holds_telecom_licence" not in _names(questions)
    assert max(map(len, group_questions(questions).values())) <= 8
    assert all(Knower.APPLICANT in question.fact.who for question in questions)
    assert not {"barred_until", "domain_resolves"} & set(_names(questions))


@pytest.mark.long
def test_who_handed_in_the_papers_is_asked_at_most_25_things(
    tmp_path: Path, key: Path
) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    taken = take_files(gather_files(EXAMPLE), folder, lambda *_: None)
    found = sort_files(taken, CATALOGUE)
    drop_unlisted(found, folder)
    answers = _answers(found.name, list_known(found)["url"])
    language = Language.ZH
    start_case(folder, found, answers, CATALOGUE, key=key, now=NOW, language=language)
    questions = _ask(folder, key)
    assert 10 <= len(questions) <= 25
    told = {"credit_code", "registered_capital", "cash_on_hand", "monthly_cost"}
    assert told & set(_names(questions)) == set()


def test_what_the_form_has_a_field_for_is_asked_until_it_is_answered(
    tmp_path: Path, key: Path
) -> None:
    folder = _bare(tmp_path / "case")
    questions = _ask(folder, key)
    fields = {"contact_phone", "contact_email", "postal_address"}
    assert fields <= set(_names(questions))
    _answer(folder, questions, contact_phone="0571-88880000")
    assert fields & set(_names(_ask(folder, key))) == fields - {"contact_phone"}


def test_what_is_so_of_one_of_several_people_is_asked_once(
    tmp_path: Path, key: Path
) -> None:
    folder = _bare(tmp_path / "case")
    people = "".join(
        f"  - {{id: p{number}, name: {name}, role: technical, full_time: true}}\n"
        for number, name in enumerate(("程初夏", "闻书远"))
    )
    file = folder / "case.yaml"
    written = file.read_text(encoding="utf-8")
    listed = re.sub(r"^people:.*\n", f"people:\n{people}", written, flags=re.MULTILINE)
    file.write_text(listed, encoding="utf-8")
    questions = _ask(folder, key)
    (contact,) = [asked for asked in questions if asked.fact.id == "named_contact"]
    assert [name.zh for _, name in contact.among] == ["程初夏", "闻书远"]
    assert contact.whose is None


def test_an_answer_leads_to_the_next_question_and_is_not_asked_again(
    tmp_path: Path, key: Path
) -> None:
    folder = _bare(tmp_path / "case")
    questions = _ask(folder, key)
    assert "first_served_on" not in _names(questions)
    _answer(
        folder,
        questions,
        has_served=True,
        url="https://www.example.cn/",
        foreign_share="0%",
    )
    after = _names(_ask(folder, key))
    assert "first_served_on" in after
    assert "users_can_publish" in after
    assert not {"has_served", "url", "foreign_share", "listed_exception"} & set(after)
    assert edit.read(folder).list_items("services") == [
        {"id": "site", "kind": "website", "url": "https://www.example.cn/"}
    ]


def test_a_post_that_nobody_holds_is_asked_by_its_name(
    tmp_path: Path, key: Path
) -> None:
    folder = _bare(tmp_path / "case")
    questions = _ask(folder, key)
    (technician,) = (question for question in questions if question.adds == "technical")
    assert technician.asks.zh == "技术人员是谁？"
    at, value = place_answer(technician.subject, "name", "王小明", adds="technical")
    change = edit.FieldChange(at=at, value=value)
    version = edit.read(folder).version
    edit.change(folder, [change], version=version, catalogue=CATALOGUE)
    after = _ask(folder, key)
    assert [open_question.adds for open_question in after if open_question.adds] == [
        "website",
        "customer_service",
        "security",
    ]
    assert any(
        open_question.fact.id == "full_time"
        and str(open_question.subject) == "person:technical"
        for open_question in after
    )


def test_a_paper_at_hand_tells_what_it_says_instead_of_a_person(
    tmp_path: Path, key: Path
) -> None:
    folder = _bare(tmp_path / "case")
    assert "cash_on_hand" in _names(_ask(folder, key))
    (folder / "documents").mkdir(exist_ok=True)
    (folder / "documents" / "statement.md").write_text("银行对账单", encoding="utf-8")
    item: WritableItem = {
        "id": "statement",
        "kind": "bank_statement",
        "file": "documents/statement.md",
        "received_on": date(2026, 11, 20),
    }
    edit.set_item(folder, "papers", item, catalogue=CATALOGUE)
    assert "cash_on_hand" not in _names(_ask(folder, key))


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("foreign_share", "-5%"),
        ("foreign_share", "250%"),
        ("headcount", -3),
        ("cash_on_hand", "-86万元"),
        ("first_served_on", "1900-01-01"),
    ],
)
def test_what_no_company_can_have_is_refused_in_a_sentence_and_not_written(
    tmp_path: Path, fact: str, value: object
) -> None:
    folder = _bare(tmp_path / "case")
    before = (folder / "case.yaml").read_bytes()
    change = edit.FieldChange(at=("applicant", fact), value=value)
    version = edit.read(folder).version
    with pytest.raises(edit.RefusedError, match="out of range"):
        edit.change(folder, [change], version=version, catalogue=CATALOGUE)
    assert (folder / "case.yaml").read_bytes() == before


def test_a_post_whose_usual_id_is_taken_gets_another(tmp_path: Path, key: Path) -> None:
    folder = _bare(tmp_path / "case")
    change = edit.FieldChange(
        at=("people", "technical"),
        value={"id": "technical", "role": "finance", "name": "王小明"},
    )
    edit.change(
        folder, [change], version=edit.read(folder).version, catalogue=CATALOGUE
    )
    (technician,) = (
        question for question in _ask(folder, key) if question.adds == "technical"
    )
    assert str(technician.subject) == "person:technical_2"


@pytest.mark.parametrize(
    ("licence", "first", "then"),
    [
        ("B24", "outbound_calls", "outbound_marketing"),
        ("N106", "sends_sms", "sends_commercial_sms"),
    ],
)
def test_a_no_to_one_question_holds_back_none_that_a_criterion_waits_for(
    tmp_path: Path, key: Path, licence: str, first: str, then: str
) -> None:
    folder = tmp_path / "case"
    answers = replace(_answers("杭州某某科技有限公司", ""), licence=licence)
    write_case(folder, answers, CATALOGUE, now=NOW, language=Language.ZH)
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    text = re.sub(r"stage: apply\b", "stage: operate", text)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    _answer(folder, _ask(folder, key), **{first: False})
    assert then in _names(_ask(folder, key))


def test_who_runs_a_service_is_asked_nothing_for_the_form(
    tmp_path: Path, key: Path
) -> None:
    folder = _bare(tmp_path / "case")
    assert "contact_phone" in _names(_ask(folder, key))
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    text = re.sub(r"stage: apply\b", "stage: operate", text)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    assert "contact_phone" not in _names(_ask(folder, key))


def test_what_nobody_is_asked_has_no_place_in_the_conversation() -> None:
    derived = next(fact for fact in CATALOGUE.facts.values() if fact.ask is None)
    asks = Text(zh="是吗？", en="Is it?")
    question = OpenQuestion(subject=APPLICANT, fact=derived, asks=asks)
    with pytest.raises(AssertionError, match=derived.id):
        assert question.group
