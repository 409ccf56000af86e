"""The report as a text: what it says, what it escapes, what it tolerates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.judge.model import LongTermState
from changqing.law.kinds.criterion import Route
from changqing.law.kit import Grade
from changqing.law.model import Verdict
from changqing.report.charts import TimeScale
from changqing.report.codec import write_json
from changqing.report.counting import select_asked, select_blocking
from changqing.report.html import render_report
from changqing.report.model import CaseReport, GapView, OpenPoint
from changqing.text import Language, Text
from tests.documents.dossier_case import EXAMPLES, assessed
from tests.documents.report_cases import (
    NAMES,
    TORN,
    bare_report,
    change_values,
    example_report,
    may_be_nothing,
)
from tests.share import examples

LANGUAGES = list(Language)
_VOID = {"meta", "br", "link", "img", "input"}
_HOSTILE = "</style><script>alert('x')</script>\"\\ \x1b[31m\u202e&{{ 7*7 }}"


class _Page(HTMLParser):
    """Tags, attributes and text; complains of what does not close."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, name: str) -> list[str]:
        return [value for _, key, value in self.attributes if key == name]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)


def _read(report: CaseReport, language: Language = Language.ZH) -> _Page:
    return _Page(render_report(report, language))


@cache
def _example(name: str, language: Language = Language.ZH) -> tuple[str, _Page]:
    """The report of an example as it is: rendered and parsed once."""
    html = render_report(example_report(name), language)
    return html, _Page(html)


@pytest.fixture(scope="module")
def torn() -> CaseReport:
    """The report of the example in which word and proof differ."""
    return example_report(TORN)


@pytest.mark.share
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_file_needs_nothing_beside_it(name: str, language: Language) -> None:
    html, page = _example(name, language)
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert all(target.startswith("#") for target in page.all("href"))
    assert not page.all("src")
    assert not re.search(r"url\(|@import", html)


@pytest.mark.share
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_place_in_the_page(name: str, language: Language) -> None:
    _, page = _example(name, language)
    places = page.all("id")
    assert len(places) == len(set(places))
    assert {target[1:] for target in page.all("href")} <= set(places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_assessment_gives_the_same_bytes(language: Language) -> None:
    again = assessed(EXAMPLES / TORN).report
    assert _example(TORN, language)[0] == render_report(again, language)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_words_stay_words(torn: CaseReport, language: Language) -> None:
    html = render_report(change_values(torn, _poison), language)
    page = _Page(html)
    assert "script" not in page.tags
    assert page.tags.count("style") == 1
    assert html.count("</style>") == 1
    assert "<script>alert('x')</script>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert not [key for _, key, _ in page.attributes if key.startswith("on")]


def _poison(part: object, kind: object) -> object:
    """Put hostile words in place of every text, but for codes of ours."""
    if isinstance(part, Text):
        return Text(_HOSTILE, _HOSTILE)
    ours = isinstance(part, Enum) or not isinstance(part, str) or part in _CODES
    return part if ours else _HOSTILE


_CODES = {"readiness", "not_ready", *(grade.code for grade in Grade)}


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("word", ["打分", "得分", "通过率", "风险等级", "抱歉", "！"])
def test_the_report_never_scores_and_never_shouts(word: str) -> None:
    for name in NAMES:
        assert word not in _example(name)[1].text


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_an_english_report_holds_no_chinese_of_our_own(name: str) -> None:
    report = example_report(name)
    theirs = {run for words in _english(write_json(report)) for run in _chinese(words)}
    ours = set(_chinese(_example(name, Language.EN)[1].text)) - theirs
    assert ours == set()


def _chinese(words: str) -> list[str]:
    return re.findall(r"[\u4e00-\u9fff]+", words)


def _english(value: object) -> Iterator[str]:
    """All texts of a report as they are said in English, names among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "zh":
                yield from _english(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _english(inner)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            Language.ZH,
            [
                "还不能递交：1项要求没有满足",
                "长期服务能力存疑",
                "业务计划按日期排满一年",
                "1项挡住递交。",
                "递交前要办3件事：最先开始的是“把社保转到本公司缴纳”",
                "12件事两处说法不一。",
                "第六条第（四）项",
                "不是主管部门的意见",
                "2026年11月24日",
                "假定2027-03-09颁证",
            ],
        ),
        (
            Language.EN,
            [
                "1 requirement not satisfied",
                "in doubt on 2 points",
                "One finding stands in the way.",
                "3 tasks before handing in",
                "art. 6(4)",
                "no authority's opinion",
                "24 November 2026",
            ],
        ),
    ],
)
def test_the_report_says_what_was_assessed(
    language: Language, sentences: list[str]
) -> None:
    joined = _example(TORN, language)[1].text.replace(" ", "")
    assert [s for s in sentences if s.replace(" ", "") not in joined] == []
    assert "适用判据" not in joined
    assert "criteria that apply" not in _example(TORN, language)[1].text


def test_a_look_is_told_to_the_minute_in_beijing() -> None:
    moment = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    looked = replace(bare_report(), assessed_at=moment)
    assert "2026年11月24日9时30分" in _read(looked).text
    assert "24 November 2026, 09:30 Beijing" in _read(looked, Language.EN).text


def test_each_section_says_that_it_is_empty() -> None:
    text = _read(bare_report()).text
    for sentence in (
        "没有适用的判据。",
        "没有疑点。",
        "还没有登记服务赖以存续的合同、租约或资金。",
        "没有不满足或矛盾的要求。",
        "没有要办的事。",
        "没有可列的判据。",
        "没有发现两处不一致的说法。",
        "没有未能查看的地方。",
        "还没有证据。",
    ):
        assert sentence in text


def test_where_nothing_is_claimed_nothing_is_said_to_be_proven() -> None:
    whole = example_report(TORN)
    silent = replace(whole.counts.by_verdict, claimed=0, proven=0)
    counts = replace(whole.counts, by_verdict=silent)
    text = _read(replace(whole, counts=counts)).text
    assert "还没有一项自述成立" in text
    assert "也没有一项证实" in text
    assert "能证实0项" not in text


@pytest.mark.parametrize("name", NAMES)
def test_what_is_counted_anywhere_is_what_stands_below(name: str) -> None:
    report, (html, _) = example_report(name), _example(name)
    listed = re.findall(r'<details class="f f-(\w+)', html)
    asked = select_asked(report.findings)
    assert len(listed) == len(asked) == len(report.findings) - report.counts.not_asked
    for verdict in Verdict:
        assert listed.count(verdict) == report.counts.by_verdict.count(verdict)
    for dimension, tally in report.counts.by_dimension.items():
        mine = [f for f in asked if f.dimension == dimension]
        assert sum(f.effective_verdict is Verdict.MET for f in mine) == tally.met
        assert len(mine) == tally.total + tally.not_applicable
    assert report.counts.blocking == len(select_blocking(report.findings))
    assert report.counts.by_verdict.total == sum(
        tally.total for tally in report.counts.by_dimension.values()
    )


def test_every_glyph_stands_beside_its_word() -> None:
    html, _ = _example(TORN)
    shown = re.findall(
        r'<span class="verdict v-(\w+)"><svg[^>]*><use href="#g-(\w+)"/></svg>'
        r"<span>(\S+)</span></span>",
        html,
    )
    assert len(shown) == html.count('class="verdict ')
    assert {(a == b, word) for a, b, word in shown} == {
        (True, word)
        for word in (
            *("矛盾", "不满足", "缺证", "待证", "不适用", "不涉及"),
            *("已证实", "已写明", "已说明"),
        )
    }


def test_recorded_evidence_is_said_to_be_recorded() -> None:
    assert "证据为先前所存，不是今日查看" in _example(TORN)[1].text
    bare = bare_report()
    live = replace(bare, case=replace(bare.case, evidence_mode="live"))
    assert "证据为先前所存" not in _read(live).text


def test_rows_of_unknown_end_stand_last_and_are_not_counted() -> None:
    bare = bare_report()
    endurance = example_report(TORN).outlook.endurance
    first, *others = endurance.commitments
    unproven = replace(first, proven_until=None, unknown=True)
    lost = replace(
        bare,
        outlook=replace(
            bare.outlook,
            endurance=replace(endurance, commitments=(unproven, *others)),
        ),
    )
    text = _read(lost).text
    section = text[text.index("期内还缺") : text.index("短期续展的")]
    rows = [*sorted(others, key=lambda row: row.proven_until or date.max), unproven]
    order = [section.index(row.label.zh) for row in rows]
    assert order == sorted(order)
    assert "不计入" in section[order[-1] :]


def test_findings_stand_in_order_of_urgency() -> None:
    html, _ = _example(TORN)
    order = [
        "contradicted",
        "unmet",
        "undetermined",
        "unproven",
        "met",
        "not_applicable",
    ]
    for dimension in html.split('<section class="dimension"')[1:]:
        places = [
            order.index(code)
            for code in re.findall(r'<details class="f f-(\w+)"', dimension)
        ]
        assert places == sorted(places)


def _count_unknowable(report: CaseReport) -> int:
    """How many parts of a report may be unknown or have nothing in them."""
    count = 0

    def look(part: object, kind: object) -> object:
        nonlocal count
        count += may_be_nothing(kind) is not ...
        return part

    change_values(report, look)
    return count


@pytest.mark.long
@settings(max_examples=examples(20), deadline=None)
@given(st.data(), st.sampled_from(LANGUAGES))
def test_whatever_is_unknown_the_report_is_made(
    data: st.DataObject, language: Language
) -> None:
    report = example_report(TORN)
    most = _count_unknowable(report) - 1
    chosen = data.draw(st.sets(st.integers(0, most), max_size=400))
    place = -1

    def forget(part: object, kind: object) -> object:
        nonlocal place
        nothing = may_be_nothing(kind)
        place += nothing is not ...
        return nothing if nothing is not ... and place in chosen else part

    html = render_report(change_values(report, forget), language)
    places = set(re.findall(r' id="([^"]+)"', html))
    assert set(re.findall(r' href="#([^"]+)"', html)) <= places


def test_what_could_not_be_seen_stands_apart_from_what_is_not_proven() -> None:
    gaps = tuple(
        GapView(
            fact=reason,
            label=Text(reason, reason),
            subject=None,
            reason=reason,
            text=Text(reason, reason),
            at=None,
            criteria=(),
        )
        for reason in ("no_record", "timeout", "expired", "weak_grade", "blocked")
    )
    text = _read(replace(bare_report(), gaps=gaps)).text
    assert "未能查看2处；有证据，但不作数2处；还没有证据1处。" in text


def test_key_points_without_proof_stand_under_their_route() -> None:
    bare = bare_report()
    points = tuple(
        OpenPoint(
            criterion="team_14",
            text=Text("要点", "a point"),
            verdict=Verdict.UNPROVEN,
            route=route,
        )
        for route in (Route.ABILITY, Route.STANDING, Route.ABILITY)
    )
    long_term = replace(bare.long_term, state=LongTermState.OPEN, open=points)
    text = _read(replace(bare, long_term=long_term)).text
    assert "凭信誉，关键点还缺1项" in text
    assert "凭能力，关键点还缺2项" in text
    assert "没有疑点" not in text


def test_a_certificate_without_end_does_not_run_off_the_calendar() -> None:
    day = date(2026, 11, 24)
    assert TimeScale.find_day_beyond(day, (date.max - day).days) == date.max
    assert TimeScale.find_day_beyond(day, 1_000) == date(2029, 9, 19)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_the_closing_line_of_the_report_stands_under_what_it_closes(name: str) -> None:
    report, (html, _) = example_report(name), _example(name)
    closing = html.index('<p class="ready">')
    for errand in report.errands:
        place = html.index(f'id="errand-{errand.errand}"')
        assert (place < closing) == errand.required


def test_a_part_of_the_outlook_without_words_says_nothing() -> None:
    report = example_report(TORN)
    silent = tuple(replace(cadence, words=()) for cadence in report.outlook.cadence)
    outlook = replace(report.outlook, cadence=silent)

    assert "</html>" in render_report(replace(report, outlook=outlook), Language.ZH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_shows_no_key_and_no_expression(language: Language) -> None:
    html, page = _example("local-life", language)
    assert "<code>legal_form" not in html
    assert not re.search(r"\bpaper:\w|\bstates_\w|\bhas_\w|\bNOT \w+_", page.text)


def test_a_source_is_named_once_with_all_that_it_says() -> None:
    html, _ = _example("local-life")
    listed = html[html.index('<table class="evidence">') :]
    sources = re.findall(r'<tr class="of"><th[^>]*>(.*?)</th>', listed)
    assert len(sources) > 20
    folded = listed.index('<details class="settled">')
    used = re.findall(r'<tr class="of"><th[^>]*>(.*?)</th>', listed[:folded])
    assert len(used) == len(set(used))


def test_evidence_that_decides_nothing_is_folded_and_the_rest_is_not() -> None:
    html, page = _example("local-life")
    start = html.index('<table class="evidence">')
    used, _, unused = html[start:].partition('<details class="settled">')
    pointed_to = {value[1:] for value in page.all("href") if value.startswith("#e-")}
    assert pointed_to == set(re.findall(r'<tr id="(e-[^"]+)"', used))
    assert pointed_to.isdisjoint(re.findall(r'<tr id="(e-[^"]+)"', unused))
    assert "没有用到的" in unused


def test_what_is_claimed_and_proven_alike_is_said_once() -> None:
    html, _ = _example("local-life")
    alike = re.findall(r'<div class="answer a-alike">', html)
    claimed = re.findall(r'<div class="answer a-claimed">', html)
    proven = re.findall(r'<div class="answer a-proven">', html)
    assert len(alike) > 100
    assert len(claimed) == len(proven)


def test_a_no_that_a_rule_wants_is_not_called_a_failure() -> None:
    """劳务派遣：否 is the good answer; yes and no need no verdict of their own."""
    html, _ = _example("local-life")
    assert '<b class="">否</b>' in html
    assert not re.search(r'<b class="">(?:是|否)</b> <span class="holds', html)
    assert 'class="holds h-true"' in html  # what is compared has one
