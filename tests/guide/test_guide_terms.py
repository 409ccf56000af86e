"""What words of ours mean: one file, whose words are those of the enums and pages."""

from __future__ import annotations

import pytest

from changqing.guide.terms import load_terms
from changqing.law.kit import Grade, GradeGroup
from changqing.law.model import Verdict
from changqing.report.words import DOES_NOT_ARISE
from changqing.text import Text

SHOWN = {
    **{verdict.value: verdict.text for verdict in Verdict},
    **{group.value: group.text for group in GradeGroup},
    **{grade.code: grade.text for grade in Grade},
    "vacuous": DOES_NOT_ARISE,
}


@pytest.mark.parametrize("name", SHOWN)
def test_every_verdict_and_grade_is_explained_by_the_word_that_is_shown(
    name: str,
) -> None:
    assert load_terms()[name].word == SHOWN[name].capitalised


def test_every_meaning_is_a_sentence_in_both_languages_and_said_once() -> None:
    terms = load_terms().values()
    for term in terms:
        assert term.means.zh.endswith("。"), term.id
        assert term.means.en.endswith("."), term.id
    means: list[Text] = [term.means for term in terms]
    words: list[Text] = [term.word for term in terms]
    assert len({*means}) == len(means)
    assert len({*words}) == len(words)
