"""A word with its meaning a tap away, in the report and by itself."""

from __future__ import annotations

import re

import pytest

from changqing.guide.terms import load_terms
from changqing.report.html import render_report
from changqing.report.means import draw_means
from changqing.text import Language
from tests.documents.report_cases import TORN, example_report

_OPENS = re.compile(r'popovertarget="([^"]+)"')
_ID = re.compile(r'\bid="([^"]+)"')


@pytest.mark.parametrize("language", list(Language))
def test_a_word_opens_its_meaning_without_script_or_title(language: Language) -> None:
    drawn = draw_means("bundle", language, place="here")
    term = load_terms()["bundle"]
    assert '<button type="button" popovertarget="means-here-bundle"' in drawn
    assert 'aria-describedby="means-here-bundle"' in drawn
    assert '<span class="means-text" id="means-here-bundle" popover>' in drawn
    assert term.word.say(language) in drawn
    assert term.means.say(language) in drawn
    assert "title=" not in drawn
    assert "onclick" not in drawn


def test_a_word_that_nobody_explained_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw_means("nothing_of_the_kind", Language.ZH, place="here")


def test_what_would_be_markup_is_text() -> None:
    drawn = draw_means("bundle", Language.EN, place='"><script>')
    assert "<script>" not in drawn


@pytest.mark.parametrize("language", list(Language))
def test_the_report_explains_its_words_and_each_word_opens_one_meaning(
    language: Language,
) -> None:
    written = render_report(example_report(TORN), language)
    opened = _OPENS.findall(written)
    ids = _ID.findall(written)
    assert len(opened) > 10
    assert len({*opened}) == len(opened)
    assert all(ids.count(each) == 1 for each in opened)
    assert ".means-text:popover-open" in written
    first = written.split('<details class="rest">')[0]
    assert load_terms()["written"].means.say(language) in first
