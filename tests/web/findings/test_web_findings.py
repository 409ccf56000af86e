"""The table of findings: filters, one open row with its address, and the print view."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils.html import escape

from changqing.report.codec import Json, write_json
from changqing.text import Language, both
from changqing_web.case.charts import CasePage
from changqing_web.cases import load_report
from changqing_web.models import Role
from changqing_web.templatetags.reading import link_evidence, mask_text
from tests.documents.report_cases import example_report
from tests.web.web_world import Place, make_place


@pytest.fixture
def torn(db: None) -> Place:
    """A case in which word and proof differ."""
    return make_place("here", "contradictory")


def load_document(place: Place) -> Json:
    here = place.here
    return write_json(load_report(here))


def _list_findings(place: Place) -> list[Json]:
    return [finding for finding in load_document(place)["findings"] if finding["asked"]]


def _get(place: Place, query: str = "", **headers: str) -> Any:
    return place.editor.get(place.url(f"findings/{query}"), headers=headers)


def _list_rows(answer: Any) -> list[str]:
    return re.findall(r'<tbody id="(f\d+)"', answer.content.decode())


def test_every_finding_that_is_asked_is_listed_once(torn: Place) -> None:
    rows = _list_rows(_get(torn))
    assert len(rows) == len(set(rows)) == len(_list_findings(torn))


@pytest.mark.parametrize(
    ("name", "value"),
    [("verdict", "contradicted"), ("dimension", "funding"), ("standing", "duty")],
)
def test_a_filter_leaves_what_has_the_value(torn: Place, name: str, value: str) -> None:
    expected = [finding for finding in _list_findings(torn) if finding[name] == value]
    assert expected
    assert len(_list_rows(_get(torn, f"?{name}={value}"))) == len(expected)


def test_text_finds_titles_evidence_and_sources(torn: Place) -> None:
    one = next(f for f in _list_findings(torn) if f["evidence"] and f["citations"])
    citation = one["citations"][0]["instrument"]["zh"]
    for words in (one["title"]["zh"], one["evidence"][0], citation):
        page = _get(torn, f"?q={words}").content.decode()
        assert one["title"]["zh"] in page
    assert _list_rows(_get(torn, "?q=没有这样的判据")) == []


def test_counts_of_verdicts_follow_the_other_filters(torn: Place) -> None:
    page = _get(torn, "?dimension=funding&verdict=met").content.decode()
    funding = [
        finding for finding in _list_findings(torn) if finding["dimension"] == "funding"
    ]
    assert f"<b>{len(funding)}</b>" in page


def test_an_open_row_shows_both_answers_rule_source_and_remedy(torn: Place) -> None:
    one = next(f for f in _list_findings(torn) if f["verdict"] == "contradicted")
    page = _get(torn, f"?open={one['criterion']}").content.decode()
    assert page.count('aria-expanded="true"') == 1
    body = page[page.index('class="f-body"') :]
    body = body[: body.index("</tbody>")]
    assert one["explanation"]["zh"][:20] in body
    term = one["terms"][0]
    assert term["claimed"]["value"]["zh"] in body
    assert term["proven"]["value"]["zh"] in body
    assert one["citations"][0]["confidence_label"]["zh"] in body
    assert one["remedy"]["text"]["zh"] in body
    assert f"/guide/criteria/{one['criterion']}/" in body
    assert "<code>" not in body  # no expression and no id is printed


def test_a_click_brings_one_row_and_closes_the_other(torn: Place) -> None:
    first, second = _list_findings(torn)[:2]
    keys = [_make_key(first), _make_key(second)]
    answer = _get(
        torn,
        f"?open={keys[1]}",
        **{
            "HX-Request": "true",
            "HX-Target": "f2",
            "HX-Current-URL": f"http://testserver/x/?open={keys[0]}",
        },
    )
    page = answer.content.decode()
    assert _list_rows(answer) == ["f2", "f1"]
    assert page.count('hx-swap-oob="true"') == 1
    assert page.count('class="f-body"') == 1


def _make_key(one: Json) -> str:
    of = one["subject"]
    name = str(one["criterion"])
    if of["type"] == "applicant" or of["id"] is None:
        return name
    return f"{name}@{of['type']}:{of['id']}"


def test_the_print_view_opens_all_that_the_filter_leaves(torn: Place) -> None:
    expected = [
        finding for finding in _list_findings(torn) if finding["verdict"] == "unmet"
    ]
    page = _get(torn, "?verdict=unmet&print=1").content.decode()
    assert page.count('class="f-body"') == len(expected)


def test_a_finding_that_is_not_there_opens_nothing(torn: Place) -> None:
    answer = _get(torn, "?open=no_such_criterion@person:nobody")
    assert answer.status_code == 200
    assert 'aria-expanded="true"' not in answer.content.decode()


def test_markup_in_a_search_is_text(torn: Place) -> None:
    page = _get(torn, "?q=%22%3E%3Cscript%3E").content.decode()
    assert "<script>" not in page[page.index("<main") :]


def test_personal_numbers_are_masked(torn: Place) -> None:
    number = "13912345678"
    page = CasePage.of(example_report("contradictory"), Language.ZH)
    assert number not in link_evidence(f"电话{number}，证0001", page)
    assert number not in mask_text(both(number))


def test_the_line_shows_what_decided_and_by_which_proof(torn: Place) -> None:
    """Never "met" beside an unknown that did not matter."""
    page = _get(torn, "?verdict=met").content.decode()
    for line in re.findall(r'<tbody id="f\d+".*?</tbody>', page, re.DOTALL):
        claimed, proven = re.findall(
            r'class="lbl">[^<]*</span>([^<]*)</span>', line, re.DOTALL
        )
        assert "未知" not in claimed
        assert "未知" not in proven


def test_a_comparison_that_does_not_matter_stands_apart(torn: Place) -> None:
    page = _get(torn, "?open=insurance_paid_by_applicant").content.decode()
    assert "另有1项比较，不影响结论" in page
    before, after = page.split('class="aside"')
    assert "派遣三件材料齐全</p>" not in before.split('class="answers"')[-1]
    assert "派遣三件材料齐全</p>" in after.replace("\n", "")


@pytest.mark.parametrize(
    ("criterion", "words", "address"),
    [
        ("insurance_paid_by_applicant", "更正自述", "lists/people/"),
        ("insurance_paid_by_applicant", "上传材料", "evidence/?kind="),
        ("paid_in_capital_shown", "更正自述", "facts/"),
        ("publication_steady", "再看一遍网站", "look/"),
    ],
)
def test_a_finding_leads_to_where_it_is_mended(
    torn: Place, criterion: str, words: str, address: str
) -> None:
    page = _get(torn, f"?open={criterion}").content.decode()
    mend = page.split('class="mend"')[1].split("</tbody>")[0]
    assert words in mend
    found = re.search(rf'(?:href|action)="([^"]*{re.escape(address)}[^"]*)"', mend)
    assert found
    if address != "look/":
        assert torn.editor.get(found[1].replace("&amp;", "&")).status_code == 200


def test_who_may_not_edit_is_offered_no_mending(torn: Place) -> None:
    reader = torn.people[Role.REVIEWER]
    page = reader.get(torn.url("findings/?open=paid_in_capital_shown"))
    assert 'class="mend"' not in page.content.decode()


def test_what_is_met_prints_as_one_line_unless_all_is_asked_for(torn: Place) -> None:
    short = _get(torn, "?verdict=met&print=1").content.decode()
    full = _get(torn, "?verdict=met&print=all").content.decode()
    assert 'class="in-line"' in short
    assert 'class="f-body"' not in short
    assert 'class="f-body"' in full
    assert short.count("<article") == full.count("<article")


def test_a_conflict_stands_by_the_person_it_is_about(torn: Place) -> None:
    said = [
        conflict
        for conflict in load_document(torn)["conflicts"]
        if conflict["criteria"]
    ]
    person = next(
        conflict for conflict in said if conflict["subject"]["type"] == "person"
    )
    criterion = person["criteria"][0]
    for finding in _list_findings(torn):
        if finding["criterion"] == criterion:
            key = f"{criterion}@person:{finding['subject']['id']}"
            page = _get(torn, f"?open={key}").content.decode()
            mine = finding["subject"]["id"] == person["subject"]["id"]
            assert ("说法不一" in page) is mine


def test_an_answer_says_how_long_its_proof_counts(torn: Place) -> None:
    page = _get(torn, "?open=insurance_paid_by_applicant").content.decode()
    ends = {
        evidence["number"]: evidence["valid_until"]
        for evidence in load_document(torn)["evidence"]
    }
    finding = next(
        finding
        for finding in _list_findings(torn)
        if finding["criterion"] == "insurance_paid_by_applicant"
        and finding["verdict"] == "contradicted"
    )
    until = ends[finding["terms"][0]["proven"]["evidence"]]
    assert until
    assert f"有效至<time>{until}</time>" in page


def _list_ways(page: str) -> list[str]:
    return re.findall(r'class="name"><a href="([^"]*)"', page)


def test_rows_drawn_before_lead_on_from_the_query_of_the_page(torn: Place) -> None:
    first, plain = (_get(torn).content.decode() for _ in range(2))
    assert _list_ways(first) == _list_ways(plain)
    assert all(way.startswith("?open=") for way in _list_ways(plain))
    narrowed = _get(torn, "?verdict=contradicted&lang=zh").content.decode()
    ways = _list_ways(narrowed)
    assert ways
    assert all(way.startswith("?verdict=contradicted&amp;open=") for way in ways)
    assert f'hx-get="{ways[0].partition("#")[0]}"' in narrowed


def test_rows_drawn_before_are_drawn_anew_in_the_other_language(torn: Place) -> None:
    titles = [finding["title"] for finding in _list_findings(torn)]
    for language in ("zh", "en", "zh"):
        page = _get(torn, f"?lang={language}").content.decode()
        rows = " ".join(re.findall(r'<td class="name">.*?</td>', page, re.DOTALL))
        assert all(escape(title[language]) in rows for title in titles)


def test_the_open_row_is_drawn_for_whoever_opens_it(torn: Place) -> None:
    _get(torn)
    one = _list_findings(torn)[0]
    page = _get(torn, f"?open={one['criterion']}").content.decode()
    assert page.count('class="f-body"') == 1
    assert _get(torn).content.decode().count('class="f-body"') == 0
