"""Results that pages share: read once, judged once, changed by nobody."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.template import Context, Template, TemplateSyntaxError

from changqing.latest import Latest
from changqing.report.codec import write_json
from changqing.report.parse import parse_report
from changqing.run import Outcome
from changqing_web import cases
from changqing_web.documents.written import load_writings
from changqing_web.walls import Here, collect_routes
from tests.web.web_world import Place, make_place


@pytest.mark.long
def test_no_page_changes_the_result_it_shares(place: Place) -> None:
    before = json.dumps(write_json(cases.load_report(place.here)))
    for route in collect_routes():
        if ":case>" in route.path and "GET" in route.methods and not route.sample:
            place.editor.get(place.url(route.path.partition("<str:case>/")[2]))
    assert json.dumps(write_json(cases.load_report(place.here))) == before


def test_a_result_that_was_replaced_is_read_again(place: Place) -> None:
    here = place.here
    cases.assess(here)
    first = cases.load_report(here)
    assert cases.load_report(here) is first
    kept = cases.name_result_file(here)
    other = kept.with_suffix(".new")
    other.write_text(json.dumps({**write_json(first), "as_of": "2020-01-01"}))
    other.replace(kept)
    assert cases.load_report(here).as_of == date(2020, 1, 1)


def test_a_result_that_cannot_be_read_is_judged_again(place: Place) -> None:
    here = place.here
    found = cases.load_report(here)
    kept = cases.name_result_file(here)
    kept.write_text("{", encoding="utf-8")
    os.utime(kept, ns=(1, 1))
    assert cases.load_report(here) == found


def test_what_one_page_judged_is_what_the_next_one_shows(place: Place) -> None:
    here = place.here
    judged = cases.judge_case(here).report
    report = cases.load_report(here)
    assert report.findings is judged.findings
    assert cases.load_report(here) is report
    kept = cases.name_result_file(here)
    assert parse_report(kept.read_bytes()) == report
    again = cases.assess(here)
    assert again == report
    assert again.findings is not report.findings


@pytest.mark.long
def test_documents_that_a_result_was_counted_by_are_those_that_are_shown(
    db: None,
) -> None:
    here = make_place("ready", "local-life").here
    maker = cases.judge_case(here).maker
    assert maker.report.handing_in is not None
    assert "documents" in vars(maker)  # all is proven: its blanks were counted
    assert load_writings(here).documents is maker.documents


@pytest.mark.django_db(transaction=True)
def test_people_who_ask_at_once_share_one_judgement(
    transactional_db: None,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judged: list[str] = []
    judge: Callable[..., Outcome] = cases._judge_folder

    def count(here: Here, as_of: None) -> Outcome:
        judged.append(here.row.folder)
        return judge(here, as_of)

    monkeypatch.setattr(cases, "_judged", Latest(most=1))  # no test before judged it
    monkeypatch.setattr(cases, "_judge_folder", count)
    # A thread has a database of its own.
    monkeypatch.setattr(cases, "refresh_case", lambda *_: None)
    with ThreadPoolExecutor(4) as people:
        found = list(people.map(lambda _: cases.load_report(place.here), range(4)))
    assert len(judged) == 1
    assert all(report == found[0] for report in found)


@pytest.mark.parametrize(
    "written", ['{% t "项目" %}', '{% t "项目" name %}', '{% t "项目" "Cases" 3 %}']
)
def test_a_sentence_is_needed_in_both_languages(written: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="two quoted sentences"):
        Template(written)


def test_what_fills_a_sentence_is_escaped() -> None:
    page = Template('{% t "<b>{n}</b>项" "<b>{n}</b>" n=n %}')
    assert page.render(Context({"n": "<i>"})) == "&lt;b&gt;&lt;i&gt;&lt;/b&gt;项"
