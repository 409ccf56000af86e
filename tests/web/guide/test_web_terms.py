"""What a word means is a tap away on the pages, and all of them stand on one page."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.template import Context, Template, TemplateSyntaxError

from changqing.guide.terms import load_terms
from changqing_web.models import Role
from tests.web.web_world import Place

_OPENS = re.compile(r'popovertarget="([^"]+)"')
_ID = re.compile(r'\bid="([^"]+)"')


@pytest.mark.share
@pytest.mark.parametrize(
    ("where", "terms"),
    [
        ("", ["said", "written", "proven", "doubt"]),
        ("findings/", ["met", "unproven", "undetermined", "standing"]),
        ("errands/", ["task", "provisional"]),
        ("evidence/?view=gaps", ["not_seen"]),
        ("evidence/?view=log", ["evidence_log"]),
        ("evidence/?view=records", ["documented", "observed"]),
        ("dossier/", ["cross_check"]),
        ("casework/", ["casework"]),
        ("seal/", ["bundle", "fingerprint"]),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_explains_its_words_and_each_opens_one_meaning(
    place: Place, where: str, terms: list[str], language: str
) -> None:
    joint = "&" if "?" in where else "?"
    editor = place.people[Role.EDITOR]
    page = editor.get(f"{place.url(where)}{joint}lang={language}").content.decode()
    words = unescape(page)
    opened, ids = _OPENS.findall(page), _ID.findall(page)
    assert all(ids.count(term) == 1 for term in opened)
    for name in terms:
        assert any(term.endswith(f"-{name}") for term in opened), name
        means = load_terms()[name].means
        assert (means.zh if language == "zh" else means.en) in words


def test_the_board_explains_its_words(place: Place) -> None:
    page = place.people[Role.EDITOR].get(f"/w/{place.workspace.slug}/").content.decode()
    assert load_terms()["case"].means.zh in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_stands_in_the_guide(place: Place, language: str) -> None:
    reader = place.people[Role.RESPONDENT]
    page = unescape(reader.get("/guide/terms/", {"lang": language}).content.decode())
    for term in load_terms().values():
        assert f'<dt id="{term.id}">' in page
        assert (term.means.zh if language == "zh" else term.means.en) in page


@pytest.mark.parametrize(
    "tag", ['means "no_such_word"', 'means "met" "unmet"', "means", 'means_line "x"']
)
def test_a_template_that_asks_for_no_word_or_two_does_not_compile(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        Template(f"{{% load changqing %}}{{% {tag} %}}")


def test_a_line_of_words_is_a_line() -> None:
    template = Template('{% load changqing %}{% means_line "met" "unmet" %}')
    assert template.render(Context()).count("<button") == 2
