"""The overview of a case: the answer, the distance, what is ahead, and looking again."""

from __future__ import annotations

import json
import re

import pypdfium2

from changqing.report.build_one_page import build_one_page
from changqing.report.codec import write_json
from changqing.report.one_page_rows import speak_one_page
from changqing.text import Language
from changqing_web.cases import load_report, name_result_file
from changqing_web.models import CaseEvent, Job, Role
from tests.web.web_world import Place, make_place


def _get_page(place: Place, rest: str = "") -> str:
    return place.editor.get(place.url(rest)).content.decode()


def test_both_sentences_stand_on_the_page(db: None) -> None:
    place = make_place("here", "contradictory")
    found, page = write_json(load_report(place.here)), _get_page(place)
    for name in ("readiness", "long_term"):
        for clause in re.findall(
            "[^，：；。]+[，：；。]?", found["headline"][name]["zh"]
        ):
            assert clause in page


def test_a_dimension_shows_what_is_claimed_proven_and_the_distance(db: None) -> None:
    place = make_place("here", "contradictory")
    page = _get_page(place)
    tally = write_json(load_report(place.here))["counts"]["by_dimension"][
        "infrastructure"
    ]
    row = page[page.index("?dimension=infrastructure") :]
    row = row[: row.index("</tr>")]
    figures = [int(n) for n in re.findall(r'<td class="num[^>]*>(\d+)</td>', row)]
    claimed, proven = tally["claimed"], tally["proven"]
    assert figures == [claimed, proven, claimed - proven, tally["total"]]
    assert row.count('class="cell v-contradicted"') == tally["contradicted"]


def test_what_is_unknown_ahead_is_said_in_words(place: Place) -> None:
    found = write_json(load_report(place.here))
    page = re.sub("</?time>", "", _get_page(place))
    for part in ("cadence", "availability"):
        for part_of_outlook in found["outlook"][part]:
            assert part_of_outlook["words"][0]["zh"] in page
    assert found["outlook"]["runway"]["words"][0]["zh"] in page


def test_the_next_steps_begin_with_the_first_and_close_without_another_day(
    db: None,
) -> None:
    place = make_place("here", "contradictory")
    found, page = write_json(load_report(place.here)), _get_page(place)
    steps = page[page.index('class="steps-list"') :]
    steps = steps[: steps.index("</ol>")]
    rows, closing = steps.split('<li class="ready">')
    days = re.findall(r'<time[^>]* datetime="([^"]+)"', rows)
    assert days == sorted(days)
    first = next(e for e in found["errands"] if e["errand"] == found["first_errand"])
    assert days[0] == first["start"]
    assert f"#errand-{first['errand']}" in rows.split("</li>")[0]
    assert found["errands_text"]["zh"] in page
    assert 'class="w-day"></span>' in closing


def test_what_blocks_is_listed_with_its_errand(db: None) -> None:
    place = make_place("here", "contradictory")
    found, page = write_json(load_report(place.here)), _get_page(place)
    blocks = [
        finding
        for finding in found["findings"]
        if finding["standing"] in ("condition", "published")
        and finding["verdict"] in ("unmet", "contradicted")
    ]
    assert blocks
    for block in blocks:
        assert block["title"]["zh"] in page
        assert block["remedy"]["title"]["zh"] in page


def test_no_page_of_a_case_carries_a_style_attribute(place: Place) -> None:
    for rest in ("", "findings/", "errands/"):
        assert " style=" not in _get_page(place, rest)


def test_looking_again_is_an_event_and_a_job(db: None) -> None:
    place = make_place("here")
    case = place.folder / "case.yaml"
    text = case.read_text("utf-8")
    case.write_text(re.sub(r"(?m)^as_of:.*\n", "", text), "utf-8")
    answer = place.editor.post(place.url("look/"))
    assert answer.status_code == 302
    assert CaseEvent.objects.filter(verb="look", case=place.case.folder).count() == 1
    job = Job.objects.get(kind="look")
    assert job.case == place.case.folder
    assert not job.under_way or job.step


def test_two_who_ask_at_once_wait_for_the_same_look(place: Place) -> None:
    job = Job.objects.create(
        workspace=place.workspace,
        case=place.case.folder,
        kind="look",
        state=Job.State.RUNNING,
        step={"zh": "查看网站", "en": "Looking"},
        asked_by="a",
    )
    place.editor.post(place.url("look/"))
    assert list(Job.objects.values_list("pk", flat=True)) == [job.pk]
    page = _get_page(place)
    assert f"jobs/{job.pk}/?reload=1" in page
    assert not CaseEvent.objects.filter(verb="look").exists()


def test_the_overview_begins_with_the_one_page_and_hands_it_out(db: None) -> None:
    place = make_place("here", "contradictory")
    spoken = speak_one_page(build_one_page(load_report(place.here)), Language.ZH)
    page = _get_page(place)
    head = page[: page.index('<details class="rest"')]
    for section in spoken.sections:
        assert section.title in head
    assert spoken.foot in head
    given = place.people[Role.REVIEWER].get(place.url("answer.pdf"))
    assert given.headers["Content-Type"] == "application/pdf"
    with pypdfium2.PdfDocument(given.content) as pdf:
        assert len(pdf) == 1


def test_a_reviewer_reads_but_has_no_button(place: Place) -> None:
    page = place.people[Role.REVIEWER].get(place.url()).content.decode()
    assert "look/" not in page
    assert "/errands/" not in page


def test_the_english_page_has_no_chinese_of_ours(place: Place) -> None:
    page = place.editor.get(place.url("?lang=en")).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    own = write_json(load_report(place.here))["case"]["name"]
    words = set(re.findall(r"[\u4e00-\u9fff]{2,}", main.replace(own, "")))
    told = write_json(load_report(place.here))
    said = json.loads(json.dumps([text["en"] for text in _collect_texts(told)]))
    doubts = told["one_page"]["doubts"]["shown"]
    said += [says["quote"] or "" for doubt in doubts for says in doubt["says"]]
    assert {w for w in words if not any(w in text for text in said)} == set()


def _collect_texts(value: object) -> list[dict[str, str]]:
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return [value]
        return [text for part in value.values() for text in _collect_texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _collect_texts(part)]
    return []


def test_the_head_says_what_is_applied_for_where_and_at_which_address(
    db: None,
) -> None:
    page = _get_page(make_place("here", "contradictory"))
    line = page.split('class="facts-line"')[1].split("</ul>")[0]
    said = [part.strip() for part in re.findall(r"<li>([^<]*)</li>", line)]
    assert said[:4] == [
        "B25信息服务业务",
        "江苏省，跨地区",
        "首次申请",
        "shuangqiao.example",
    ]
    assert "contradictory" in line


def test_tabs_count_what_their_pages_list(db: None) -> None:
    place = make_place("here", "contradictory")
    found, page = write_json(load_report(place.here)), _get_page(place)
    tabs = page.split('class="tabs"')[1].split("</nav>")[0]
    counts = [int(n) for n in re.findall(r'class="n">(\d+)<', tabs)]
    assert counts == [
        sum(finding["asked"] for finding in found["findings"]),
        len(found["evidence"]),
        len(found["errands"]),
    ]


def test_the_head_counts_nothing_while_there_is_no_result(place: Place) -> None:
    page = _get_page(place, "events/")
    assert 'class="n"' not in page
    assert not name_result_file(place.here).exists()


def test_one_button_leads_to_the_dossier_and_only_who_may_edit_sees_it(
    place: Place,
) -> None:
    assert _get_page(place).count("button primary") == 1
    reader = place.people[Role.REVIEWER].get(place.url()).content.decode()
    assert "button primary" not in reader


def test_a_gap_says_what_to_do_about_it_and_where(db: None) -> None:
    place = make_place("here", "contradictory")
    gaps = write_json(load_report(place.here))["gaps"]
    block = _get_page(place).split('class="gaps"')[1].split("</ul>")[0]
    assert gaps[0]["text"]["zh"] in block
    address = re.search(r'href="([^"]*evidence/\?kind=[^"]*)"', block)
    assert address
    assert place.editor.get(address[1]).status_code == 200
    assert "上传能证明它的材料" in block
