"""An agency's own rules: they only advise, and everybody sees whose they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.errors import CatalogueError
from changqing.law.kit import Standing
from changqing.law.lookup import load_sqlite_program
from changqing.law.model import Catalogue
from changqing.law.own import add_own_rules
from tests.shipped import CATALOGUE

RULE = """\
id: five_staff
title: {zh: 员工不少于五名, en: At least five staff}
dimension: team
subject: applicant
standing: practice
citations: [{instrument: telecom_regulations, confidence: practice_low}]
in_force: {from: 2020-01-01}
test: headcount >= 5
remedy: {errand: answer_questions, zh: 问清人数, en: Ask how many, lead_days: 1}
examples:
  - {proven: {headcount: 8}, then: met}
  - {proven: {headcount: 2}, then: unmet}
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


def _rules(folder: Path, text: str, name: str = "five_staff") -> Path:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_an_own_rule_is_asked_and_marked(catalogue: Catalogue, tmp_path: Path) -> None:
    merged = add_own_rules(catalogue, _rules(tmp_path, RULE))
    added = merged.criteria["five_staff"]
    assert added.title.zh == "自有规则：员工不少于五名"
    assert added.title.en == "Own rule: At least five staff"
    assert added.own
    assert added.standing is Standing.PRACTICE
    assert merged.digest != catalogue.digest
    assert load_sqlite_program(merged) != load_sqlite_program(catalogue)
    assert "five_staff" not in catalogue.criteria


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("standing: practice", "standing: condition", 5, "only be practice"),
        ("headcount >= 5", "head_count >= 5", 8, "head_count"),
        ("answer_questions", "no_such_errand", 9, "no_such_errand"),
        ("telecom_regulations", "no_such_law", 6, "no_such_law"),
        ("id: five_staff", "id: other", 1, "five_staff"),
        (
            "test:",
            "long_term: {route: ability, weight: core}\ntest:",
            8,
            "no capability",
        ),
    ],
)
def test_what_it_may_not_do_is_refused_with_its_line(
    catalogue: Catalogue, tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    with pytest.raises(CatalogueError, match=said) as refused:
        add_own_rules(catalogue, _rules(tmp_path, RULE.replace(old, new)))
    assert line in {issue.line for issue in refused.value.issues}
    assert all("five_staff.yaml" in (i.path or "") for i in refused.value.issues)


def test_a_shipped_criterion_is_never_replaced(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    name = next(iter(catalogue.criteria))
    text = RULE.replace("id: five_staff", f"id: {name}")
    with pytest.raises(CatalogueError, match="is taken"):
        add_own_rules(catalogue, _rules(tmp_path, text, name))


def test_no_folder_is_an_error(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        add_own_rules(catalogue, tmp_path / "nowhere")
