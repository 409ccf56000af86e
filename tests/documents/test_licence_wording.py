"""Each licence gets the documents and the questions that fit its service."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changqing.case.model import Case
from changqing.documents.document import Document, DocumentEdition
from changqing.run import Outcome, conclude, read_recorded
from tests.documents.dossier_case import (
    AS_OF,
    EXAMPLES,
    assessed,
    judge,
    text_of,
    written,
)

_OF_CONTENT = ("content_schedule", "content_review_rules")


@pytest.fixture(scope="module")
def company() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def apply_for(
    outcome: Outcome, licence: str, *, without: tuple[str, ...] = _OF_CONTENT
) -> dict[str, Document]:
    """The documents of the same company for another licence, without some papers."""
    case = replace(
        outcome.case,
        application=replace(outcome.case.application, licence=licence),
        papers=tuple(p for p in outcome.case.papers if p.kind not in without),
    )
    return write(case)


def write(case: Case) -> dict[str, Document]:
    known = read_recorded(case)
    found = conclude(case, known, judge=judge(), as_of=AS_OF, assessed_at=None)
    return written(found, edition=DocumentEdition.CLEAN)


@pytest.mark.parametrize("licence", ["B11", "B24", "B21"])
def test_a_service_without_content_is_asked_for_none(
    company: Outcome, licence: str
) -> None:
    made = apply_for(company, licence)

    assert not {"content_schedule", "content_review", "consent"} & made.keys()
    assert "内容 | 安排" not in text_of(made["service_assurance"])
    for document in made.values():
        assert "材料6-3" not in text_of(document), document.id


def test_an_information_service_keeps_its_content_documents(company: Outcome) -> None:
    made = apply_for(company, "B25")

    assert {"content_schedule", "content_review"} <= made.keys()
    assert "见材料6-3" in text_of(made["service_assurance"])


def test_a_paper_the_company_has_is_never_left_out(company: Outcome) -> None:
    made = apply_for(company, "B24", without=("content_review_rules",))

    assert "content_schedule" in made
    assert "content_review" not in made
