"""An entry is one class: read by pydantic, revived from the cache, asked for names."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.law.entry import Ref, find_marks, revive
from changqing.law.kinds.criterion import Criterion
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.law import LawFact
from changqing.law.kinds.parameter import ParameterValue
from changqing.law.kit import Citation, Confidence, Grade
from changqing.rules.types import Kind, ValueType
from changqing.text import Text
from changqing.yamlfile.read import read_with_issues
from changqing.yamlfile.shape import check_shape

HEAD = """
id: a_fact
topic: a_topic
licences: [B25]
says: {zh: "满{days}天", en: "after {days} days"}
citations:
  - {instrument: some_law, article: "3", confidence: secondary}
in_force: {from: 2026-01-01, to: 2026-12-31}
"""


def read_fact(text: str) -> tuple[LawFact | None, list[str], object]:
    file, issues = read_with_issues(Path("a_fact.yaml"), text=text)
    assert file is not None
    assert issues == []
    fact, found = check_shape(file, LawFact)
    return fact, [issue.text.en for issue in found], file.data


def test_the_cache_revives_what_the_reader_makes() -> None:
    fact, issues, data = read_fact(HEAD + "values: {days: {number: 30, unit: days}}")
    assert issues == []
    assert fact is not None
    assert revive(LawFact, data) == fact
    assert fact.says == Text("满{days}天", "after {days} days")
    assert fact.citations == (
        Citation(instrument="some_law", article="3", confidence=Confidence.SECONDARY),
    )
    assert fact.no_rule is False


def test_a_null_states_that_there_is_no_number_and_nothing_does_not() -> None:
    assert read_fact(HEAD + "values: {days: {number: null}}")[1] == []
    _, issues, _ = read_fact(HEAD + "values: {days: {unit: days}}")
    assert issues == [
        "values.days must have exactly one of number, parameter, date, month_day, words"
    ]


def test_all_faults_of_a_file_are_told_at_once_and_a_field_is_guessed() -> None:
    text = HEAD.replace("topic: a_topic", "topik: a_topic").replace("secondary", "some")
    file, _ = read_with_issues(Path("a_fact.yaml"), text=text)
    assert file is not None
    _, issues = check_shape(file, LawFact)
    assert {issue.text.en for issue in issues} >= {"lacks topic", "has no field topik"}
    assert any(issue.text.en.startswith("citations.confidence") for issue in issues)
    (hint,) = [issue.hint for issue in issues if "topik" in issue.text.en]
    assert hint == Text("是否指 topic？", "did you mean topic?")


def test_the_names_that_other_files_explain_are_found_with_their_places() -> None:
    fact, _, _ = read_fact(HEAD + "values: {days: {parameter: some_days}}")
    assert fact is not None
    assert [(loc, ref.folder, name) for loc, ref, name in find_marks(fact, Ref)] == [
        (("licences", 0), "licences", "B25"),
        (("values", "days", "parameter"), "parameters", "some_days"),
        (("citations", 0, "instrument"), "instruments", "some_law"),
    ]


def test_a_value_that_no_text_has_in_both_languages_is_a_fault() -> None:
    text = HEAD.replace("after {days} days", "later")
    fact, _, _ = read_fact(text + "values: {days: {number: 30, unit: days}}")
    assert fact is not None
    assert [(fault.loc, fault.text.en) for fault in fact.find_faults()] == [
        (("says",), "{days} is used in one language only")
    ]


def test_a_field_that_the_loader_sets_is_none_of_the_file() -> None:
    text = """
in_force: {from: 2026-01-01}
value: 30
standing: condition
citations: [{instrument: some_law, confidence: secondary}]
region: "33"
"""
    file, _ = read_with_issues(Path("some_days.yaml"), text=text)
    assert file is not None
    _, issues = check_shape(file, ParameterValue)
    assert [issue.text.en for issue in issues] == ["has no field region"]


def test_a_type_holds_the_values_that_are_listed() -> None:
    text = """
id: colour
subject: service
dimension: content
label: {zh: 颜色, en: Colour}
type: category
values: {red: {zh: 红, en: red}}
proof: observed
validity: {days: 30}
sources: [form]
"""
    file, _ = read_with_issues(Path("colour.yaml"), text=text)
    assert file is not None
    fact, issues = check_shape(file, Fact)
    assert issues == []
    assert fact is not None
    assert fact.type == ValueType(Kind.CATEGORY, frozenset({"red"}))
    assert fact.proof is Grade.OBSERVED
    assert revive(Fact, file.data) == fact


CRITERION = """
id: five_staff
title: {zh: 员工不少于五名, en: At least five staff}
dimension: team
subject: applicant
standing: practice
citations: [{instrument: some_law, confidence: practice_low}]
in_force: {from: 2020-01-01}
test: headcount >= 5
remedy: {errand: ask, zh: 问清人数, en: Ask how many, lead_days: 1}
examples:
  - {proven: {headcount: 8}, then: met, person: [{role: manager}]}
"""


def test_what_stands_beside_the_fields_of_an_example_are_its_members() -> None:
    file, _ = read_with_issues(Path("five_staff.yaml"), text=CRITERION)
    assert file is not None
    criterion, issues = check_shape(file, Criterion)
    assert issues == []
    assert criterion is not None
    (example,) = criterion.examples
    assert example.members == {"person": [{"role": "manager"}]}
    assert example.proven == {"headcount": 8}
    assert criterion.applies.text == "TRUE"
    assert criterion.test.text == "headcount >= 5"
    assert criterion.remedy.text == Text("问清人数", "Ask how many")


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ("{role: manager}", "examples.person must be a list"),
        ("[manager]", "examples.person must be keys with values"),
    ],
)
def test_members_are_a_list_of_rows(members: str, told: str) -> None:
    text = CRITERION.replace("[{role: manager}]", members)
    file, _ = read_with_issues(Path("five_staff.yaml"), text=text)
    assert file is not None
    _, issues = check_shape(file, Criterion)
    assert [issue.text.en for issue in issues] == [told]


def test_an_agency_marks_no_rule_as_its_own_by_itself() -> None:
    file, _ = read_with_issues(Path("five_staff.yaml"), text=CRITERION + "own: true\n")
    assert file is not None
    _, issues = check_shape(file, Criterion)
    assert [issue.text.en for issue in issues] == ["has no field own"]
