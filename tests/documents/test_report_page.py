"""The report as a text: what it says, what it escapes, what it tolerates."""

from __future__ import annotations

import copy
import re
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.report.charts import TimeScale
from changqing.report.html import render_report
from changqing.text import Language
from tests.documents.dossier_case import EXAMPLES, assessed
from tests.documents.dossier_sample import COMPANY, empty, troubled
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


def _read(assessment: dict[str, object], language: Language = Language.ZH) -> _Page:
    return _Page(render_report(assessment, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("assessment", [troubled(), empty(), {}])
def test_the_file_needs_nothing_beside_it(
    assessment: dict[str, object], language: Language
) -> None:
    html = render_report(assessment, language)
    page = _Page(html)
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert all(target.startswith("#") for target in page.all("href"))
    assert not page.all("src")
    assert not re.search(r"url\(|@import", html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_a_place_in_the_page(language: Language) -> None:
    page = _read(troubled(), language)
    places = page.all("id")
    assert len(places) == len(set(places))
    assert {target[1:] for target in page.all("href")} <= set(places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_assessment_gives_the_same_bytes(language: Language) -> None:
    assert render_report(troubled(), language) == render_report(troubled(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_words_stay_words(language: Language) -> None:
    assessment = troubled()
    _poison(assessment)
    html = render_report(assessment, language)
    page = _Page(html)
    assert "script" not in page.tags
    assert page.tags.count("style") == 1
    assert html.count("</style>") == 1
    assert "<script>alert('x')</script>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert not [key for _, key, _ in page.attributes if key.startswith("on")]


def _poison(value: object) -> None:
    """Put hostile words in place of every free text."""
    codes = {"standing", "verdict", "dimension", "grade", "readiness", "state", "op"}
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and key not in codes and "20" not in inner[:2]:
                value[key] = _HOSTILE
            else:
                _poison(inner)
    elif isinstance(value, list):
        for inner in value:
            _poison(inner)


@pytest.mark.parametrize("word", ["打分", "得分", "通过率", "风险等级", "抱歉", "！"])
def test_the_report_never_scores_and_never_shouts(word: str) -> None:
    assert word not in _read(troubled()).text
    assert word not in _read(empty()).text


def test_an_english_report_holds_no_chinese_of_our_own() -> None:
    text = _read(troubled(), Language.EN).text
    for chinese in (COMPANY, "证", "云桥数据", "现金与月度收支", "西湖区文三路"):
        text = text.replace(chinese, "")
    text = text.replace("关键岗位3人", "").replace("工业和信息化部令第42号", "")
    text = text.replace("第1页", "").replace("第2页", "")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            Language.ZH,
            [
                "12项法定或公布的要求与查得的情况不符",
                "长期服务能力存疑",
                "近一年没有营业收入。",
                "域名已续到2028年6月30日。",
                "适用判据52项，自述成立43项，凭据足以证实21项，相差22项。",
                "13项挡住递交。",
                "递交前要办4件事：最先开始的是“补足首年资金并取得银行证明”",
                "2件事两处说法不一。",
                "未能查看2处。",
                "第六条第（四）项",
                "不是主管部门的意见",
                "2026年11月24日9时30分",
                "假定2027-02-13颁证",
            ],
        ),
        (
            Language.EN,
            [
                "12 requirements differ from what was found",
                "no turnover",
                "13 findings stand in the way.",
                "4 errands before handing in",
                "art. 6(4)",
                "no authority's opinion",
                "24 November 2026, 09:30 Beijing",
            ],
        ),
    ],
)
def test_the_report_says_what_was_assessed(
    language: Language, sentences: list[str]
) -> None:
    text = _read(troubled(), language).text
    joined = text.replace(" ", "")
    assert [s for s in sentences if s.replace(" ", "") not in joined] == []


def test_each_section_says_that_it_is_empty() -> None:
    text = _read(empty()).text
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


def test_given_counts_win_over_our_own_counting() -> None:
    counts = {"by_dimension": {"entity": {"claimed": 40, "proven": 31, "total": 50}}}
    html = render_report(troubled(counts=counts), Language.ZH)
    assert "主体资格：自述成立40项，能证实31项，共50项。" in html


def test_every_glyph_stands_beside_its_word() -> None:
    html = render_report(troubled(), Language.ZH)
    shown = re.findall(
        r'<span class="verdict v-(\w+)"><svg[^>]*><use href="#g-(\w+)"/></svg>'
        r"<span>(\S+)</span></span>",
        html,
    )
    assert len(shown) == html.count('class="verdict ')
    assert {(a == b, word) for a, b, word in shown} == {
        (True, word) for word in ("矛盾", "不满足", "缺证", "待证", "已证实", "不适用")
    }


def test_recorded_evidence_is_said_to_be_recorded() -> None:
    assessment = troubled()
    assert "凭据为先前录存" not in _read(assessment).text
    case = assessment["case"]
    assert isinstance(case, dict)
    case["evidence_mode"] = "recorded"
    assert "凭据为先前录存，不是今日查看" in _read(assessment).text


def test_rows_of_unknown_end_stand_last_and_are_not_counted() -> None:
    text = _read(troubled()).text
    section = text[text.index("服务赖以存续的每一样") : text.index("短期续展的")]
    order = [
        section.index(name) for name in ("资金", "域名注册", "办公租约", "号码资源")
    ]
    assert order == sorted(order)
    assert "自述无固定期限，不计入" in section


def test_findings_stand_in_order_of_urgency() -> None:
    html = render_report(troubled(), Language.ZH)
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


def _places(value: object) -> list[tuple[object, object]]:
    """Every container and key within, in order."""
    found: list[tuple[object, object]] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += [(value, key), *_places(inner)]
    elif isinstance(value, list):
        for inner in value:
            found += _places(inner)
    return found


_HOW_MANY = len(_places(troubled()))


@settings(max_examples=examples(40))
@given(
    st.lists(st.integers(0, _HOW_MANY - 1), max_size=40),
    st.sampled_from([None, 7, "", [], {}, True]),
    st.sampled_from(LANGUAGES),
)
def test_whatever_is_missing_the_report_is_made(
    chosen: list[int], instead: object, language: Language
) -> None:
    assessment = copy.deepcopy(troubled())
    places = _places(assessment)
    for number in chosen:
        container, key = places[number]
        assert isinstance(container, dict)
        container[key] = copy.deepcopy(instead)
    assert "Changqing" in _read(assessment, Language.EN).text
    page = _read(assessment, language)
    places_of_links = {target[1:] for target in page.all("href")}
    assert places_of_links <= set(page.all("id"))


@pytest.mark.parametrize("key", list(troubled()))
def test_a_whole_part_may_be_missing(key: str) -> None:
    assessment = troubled()
    del assessment[key]
    assert _read(assessment).text


def test_what_could_not_be_seen_stands_apart_from_what_is_not_proven() -> None:
    gaps = [
        {"fact": reason, "reason": reason, "text": {"zh": reason, "en": reason}}
        for reason in ("no_record", "timeout", "expired", "weak_grade", "blocked")
    ]
    text = _read(troubled(gaps=gaps)).text
    assert "未能查看2处；有凭据，但不作数2处；还没有凭据1处。" in text


def test_key_points_without_proof_stand_under_their_route() -> None:
    points = [
        {"criterion": "team_14", "verdict": "unproven", "route": route}
        for route in ("ability", "standing", "ability")
    ]
    text = _read(troubled(long_term={"state": "open", "open": points})).text
    assert "凭信誉，关键点还缺1项" in text
    assert "凭能力，关键点还缺2项" in text
    assert "没有疑点" not in text


def test_a_certificate_without_end_does_not_run_off_the_calendar() -> None:
    day = date(2026, 11, 24)
    assert TimeScale.beyond(day, (date.max - day).days) == date.max
    assert TimeScale.beyond(day, 1_000) == date(2029, 9, 19)


@pytest.mark.parametrize("name", ["contradictory", "local-life", "newly-registered"])
def test_the_closing_line_of_the_report_stands_under_what_it_closes(name: str) -> None:
    document = assessed(EXAMPLES / name).document
    html = render_report(document, Language.ZH)
    closing = html.index('<p class="ready">')
    errands = document["errands"]
    assert isinstance(errands, list)
    for errand in errands:
        place = html.index(f'id="errand-{errand["errand"]}"')
        assert (place < closing) == errand["required"]
