"""The facts page: answers in, wrong ones told, nothing typed lost."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from changqing.evidence import Evidence
from changqing_web import casefile
from changqing_web.models import CaseEvent, Draft, Role
from tests.web.web_world import Place

CAPITAL = "applicant.self.registered_capital"
COST = "applicant.self.monthly_cost"


def _shown(place: Place, dimension: str = "funding") -> dict[str, str]:
    """The hidden fields of a form, as a browser would send them."""
    page = place.editor.get(place.url(f"facts/{dimension}/")).content.decode()
    found = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {
        name: value.replace("&quot;", '"').replace("&#x27;", "'")
        for name, value in found.items()
        if name == "version"
    } | _was(page, CAPITAL, COST)


def _was(page: str, *names: str) -> dict[str, str]:
    found = {}
    for name in names:
        told = re.search(rf'name="was\.{re.escape(name)}" value="([^"]*)"', page)
        assert told, name
        found[f"was.{name}"] = told[1].replace("&quot;", '"')
    return found


def _answer(capital: str, unit: str = "万元") -> dict[str, str]:
    return {
        CAPITAL: capital,
        f"{CAPITAL}~unit": unit,
        COST: "5",
        f"{COST}~unit": "万元",
    }


def test_each_dimension_shows_claimed_beside_found(place: Place) -> None:
    page = place.editor.get(place.url("facts/funding/")).content.decode()
    assert "注册资本" in page
    assert 'value="100"' in page or 'value="1000"' in page
    assert "书证" in page
    assert "自述，由您填写" in page


def test_the_first_page_leads_to_a_dimension(place: Place) -> None:
    answer = place.editor.get(place.url("facts/"))
    assert answer.status_code == 302
    assert "/facts/" in answer["Location"]


def test_an_answer_is_written_logged_and_told(place: Place) -> None:
    sent = _shown(place) | _answer("350")
    answer = place.editor.post(place.url("facts/funding/"), sent)
    assert answer.status_code == 303
    written = casefile.read(place.folder)
    assert written.at(("applicant", "registered_capital")) == "350万元"
    said = [
        one
        for one in Evidence(place.folder).records()
        if one.fact == "registered_capital" and one.source.kind.value == "form"
    ]
    assert said[-1].value == 350_000_000
    event = CaseEvent.objects.get(verb="facts")
    assert "注册资本" in event.what["zh"]
    assert event.actor == "editor@here.example"


def test_a_wrong_answer_is_refused_at_its_field_and_kept_on_the_page(
    place: Place,
) -> None:
    before = casefile.read(place.folder)
    sent = _shown(place) | _answer("三百")
    answer = place.editor.post(place.url("facts/funding/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{CAPITAL}"' in page
    assert 'value="三百"' in page
    assert casefile.read(place.folder) == before
    # A closed tab loses nothing: the page opened again shows what was typed.
    again = place.editor.get(place.url("facts/funding/")).content.decode()
    assert 'value="三百"' in again


def test_an_emptied_answer_is_unknown_and_not_zero(place: Place) -> None:
    sent = _shown(place) | _answer("")
    assert place.editor.post(place.url("facts/funding/"), sent).status_code == 303
    assert casefile.read(place.folder).at(("applicant", "registered_capital")) is None


def test_two_people_are_told_of_both_values(place: Place) -> None:
    mine = _shown(place)
    theirs = place.people[Role.OWNER].post(
        place.url("facts/funding/"), mine | _answer("500")
    )
    assert theirs.status_code == 303
    answer = place.editor.post(place.url("facts/funding/"), mine | _answer("600"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "500万元" in page
    assert 'value="600"' in page
    now = casefile.read(place.folder)
    assert now.at(("applicant", "registered_capital")) == "500万元"
    # Handed in once more with what the page now carries, mine holds.
    again = _was(page, CAPITAL, COST) | {"version": now.version} | _answer("600")
    assert place.editor.post(place.url("facts/funding/"), again).status_code == 303
    assert casefile.read(place.folder).at(("applicant", "registered_capital")) == (
        "600万元"
    )


def test_drafts_save_themselves_and_say_when(place: Place) -> None:
    sent = _shown(place) | _answer("777") | {"form": "facts:funding"}
    answer = place.editor.post(place.url("draft/"), sent)
    assert re.fullmatch(r"草稿已于\d\d:\d\d保存", json.loads(answer.content)["said"])
    assert (
        'value="777"' in place.editor.get(place.url("facts/funding/")).content.decode()
    )
    # Nobody else sees it, and nothing was handed in.
    other = place.people[Role.OWNER].get(place.url("facts/funding/")).content.decode()
    assert 'value="777"' not in other
    place.editor.post(place.url("draft/"), {"form": "facts:funding", "drop": "1"})
    assert not Draft.objects.exists()


def test_one_question_at_a_time_keeps_to_itself(place: Place) -> None:
    page = place.editor.get(place.url("facts/funding/?one=2")).content.decode()
    assert page.count('class="fact"') == 1
    assert "第2题" in page


def test_english_is_complete(place: Place) -> None:
    page = place.editor.get(place.url("facts/funding/?lang=en")).content.decode()
    main = page.split('<main id="main"')[1].split("</main>")[0]
    assert "Claimed: for you to answer" in main
    assert "自述" not in main


def test_reviewers_and_respondents_do_not_know_of_it(place: Place) -> None:
    for role in (Role.REVIEWER, Role.RESPONDENT):
        for page in ("facts/", "facts/funding/", "lists/people/"):
            assert place.people[role].get(place.url(page)).status_code == 404


# Tables


def _post(client: Client, place: Place, **sent: object) -> tuple[int, str]:
    answer = client.post(place.url("lists/people/"), sent)
    return answer.status_code, answer.content.decode()


def test_a_pasted_table_is_previewed_then_imported(place: Place) -> None:
    pasted = "姓名\t岗位\t专职\n宋新月\t客服人员\t是\n林小满\t客服\t也许\n"
    status, page = _post(place.editor, place, step="preview", pasted=pasted)
    assert status == 422
    assert "“也许”不是是或否" in page
    good = "姓名\t岗位\n宋新月\t客服人员\n"
    status, page = _post(place.editor, place, step="preview", pasted=good)
    assert status == 200
    assert "宋新月" in page
    names = {one["name"] for one in casefile.read(place.folder).items("people")}
    assert "宋新月" not in names
    version = casefile.read(place.folder).version
    status, _ = _post(place.editor, place, step="import", pasted=good, version=version)
    assert status == 303
    (added,) = [
        one
        for one in casefile.read(place.folder).items("people")
        if one["name"] == "宋新月"
    ]
    assert added["role"] == "customer_service"
    page = place.editor.get(place.url(f"lists/people/{added['id']}/")).content.decode()
    assert "宋新月" in page


def test_what_is_downloaded_can_be_imported_again_and_changes_nothing(
    place: Place,
) -> None:
    content = place.editor.get(place.url("lists/people/template.xlsx")).content
    assert load_workbook(io.BytesIO(content)).active.max_row > 1
    file = io.BytesIO(content)
    file.name = "people.xlsx"
    status, page = _post(place.editor, place, step="preview", file=file)
    assert status == 200
    assert "没有变化" in page
    assert "新增" not in page


def test_a_list_is_said_to_be_complete_and_taken_back(place: Place) -> None:
    def closed() -> object:
        return casefile.read(place.folder).at(("closed", "offers"))

    url = place.url("lists/offers/")
    version = casefile.read(place.folder).version
    place.editor.post(url, {"step": "open", "version": version})
    assert closed() is None
    version = casefile.read(place.folder).version
    answer = place.editor.post(url, {"step": "close", "version": version})
    assert answer.status_code == 303
    assert closed() is not None
    assert "没有列的就是没有" in place.editor.get(url).content.decode()


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a workbook", b"\x00\x01"])
def test_what_is_no_table_is_told(place: Place, content: bytes) -> None:
    file = io.BytesIO(content)
    file.name = "people.xlsx"
    status, page = _post(place.editor, place, step="preview", file=file)
    assert status == 422
    assert "模板" in page


def test_a_workbook_gives_the_row_of_each_error(place: Place) -> None:
    book = Workbook()
    book.active.append(["姓名", "岗位"])
    book.active.append(["何一", "技术人员"])
    book.active.append(["何二", "掌柜"])
    kept = io.BytesIO()
    book.save(kept)
    file = io.BytesIO(kept.getvalue())
    file.name = "people.xlsx"
    status, page = _post(place.editor, place, step="preview", file=file)
    assert status == 422
    assert "“掌柜”不在可选值中" in page
    assert "1行须改好" in page
