"""The facts page: answers in, wrong ones told, nothing typed lost."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from django.utils import timezone

from changqing.case import edit
from changqing.evidence.ledger.recorded import Evidence
from changqing.law.kit import GradeGroup
from changqing.law.model import Verdict
from changqing_web.facts.said import list_turns
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Draft, Role
from tests.documents.report_cases import example_report
from tests.web.facts.table_form import post_table
from tests.web.web_world import Place, make_place

CAPITAL = "applicant.self.registered_capital"
COST = "applicant.self.monthly_cost"


def _read_hidden(place: Place, dimension: str = "funding") -> dict[str, str]:
    """The hidden fields of a form, as a browser would send them."""
    page = place.editor.get(place.url(f"facts/{dimension}/")).content.decode()
    found = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {
        name: value.replace("&quot;", '"').replace("&#x27;", "'")
        for name, value in found.items()
        if name == "version"
    } | _find_was(page, CAPITAL, COST)


def _find_was(page: str, *names: str) -> dict[str, str]:
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
    assert "外部材料" in page
    assert "自述，由您填写" in page


def test_no_answer_is_said_to_be_proven_until_a_day(place: Place) -> None:
    for address in ("facts/funding/", "facts/team/?all=1", "evidence/?view=records"):
        page = place.editor.get(place.url(address)).content.decode()
        assert "有效至" in page
        assert "证实至" not in page


def test_the_first_page_leads_to_a_dimension(place: Place) -> None:
    answer = place.editor.get(place.url("facts/"))
    assert answer.status_code == 302
    assert "/facts/" in answer["Location"]


@pytest.mark.long
def test_questions_come_in_groups_and_handing_in_leads_to_the_next(
    place: Place,
) -> None:
    first = place.editor.get(place.url("facts/"))["Location"]
    assert first.endswith("/facts/ask/company/")
    page = place.editor.get(first)
    fields = page.context["fields"]
    assert {field.asked.group.id for field in fields} == {"company"}
    text = page.content.decode()
    for field in fields:
        assert field.asked.asks.zh in text
        assert field.asked.why.zh in text
        assert "不清楚" in text
    phone = next(field for field in fields if field.fact.id == "contact_phone")
    sent = {
        "version": page.context["version"],
        f"was.{phone.name}": phone.was,
        phone.name: "0571-88880000",
    }
    answer = place.editor.post(first, sent)
    assert answer.status_code == 303
    assert "/facts/ask/" in answer["Location"]
    assert answer["Location"] != first
    assert edit.read(place.folder).find_value(phone.at) == "0571-88880000"
    after = place.editor.get(first).context["fields"]
    assert phone.name not in {field.name for field in after}
    assert place.editor.get(place.url("facts/ask/nothing/")).status_code == 404


def test_after_the_last_group_comes_what_was_left_out_before(place: Place) -> None:
    last = place.url("facts/ask/security/")
    page = place.editor.get(last)
    sent = {"version": page.context["version"]}
    for field in page.context["fields"]:
        sent |= {f"was.{field.name}": field.was, field.name: "false"}
    answer = place.editor.post(last, sent)
    assert answer["Location"] == place.url("facts/ask/company/")


def test_where_nothing_is_asked_any_more_handing_in_leads_to_the_answer(
    db: None,
) -> None:
    ready = make_place("here", "local-life")
    page = ready.editor.get(ready.url("facts/ask/company/"))
    sent = {"version": page.context["version"]}
    answer = ready.editor.post(ready.url("facts/ask/company/"), sent)
    assert answer["Location"] == ready.url()


def test_an_answer_is_written_logged_and_told(place: Place) -> None:
    sent = _read_hidden(place) | _answer("350")
    answer = place.editor.post(place.url("facts/funding/"), sent)
    assert answer.status_code == 303
    written = edit.read(place.folder)
    assert written.find_value(("applicant", "registered_capital")) == "350万元"
    said = [
        record
        for record in Evidence(place.folder).list_records()
        if record.fact == "registered_capital" and record.source.kind.value == "form"
    ]
    assert said[-1].value == 350_000_000
    event = CaseEvent.objects.get(verb="facts")
    assert "注册资本" in event.what["zh"]
    assert event.actor == "editor@here.example"


def test_a_wrong_answer_is_refused_at_its_field_and_kept_on_the_page(
    place: Place,
) -> None:
    before = edit.read(place.folder)
    sent = _read_hidden(place) | _answer("不少")
    answer = place.editor.post(place.url("facts/funding/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{CAPITAL}"' in page
    assert 'value="不少"' in page
    assert edit.read(place.folder) == before
    # A closed tab loses nothing: the page opened again shows what was typed.
    again = place.editor.get(place.url("facts/funding/")).content.decode()
    assert 'value="不少"' in again


def test_a_value_that_cannot_be_is_refused_with_its_range(place: Place) -> None:
    before = edit.read(place.folder)
    sent = _read_hidden(place) | _answer("-86")
    answer = place.editor.post(place.url("facts/funding/"), sent)
    assert answer.status_code == 422
    assert "不能小于0元" in answer.content.decode()
    assert edit.read(place.folder) == before


def test_an_emptied_answer_is_unknown_and_not_zero(place: Place) -> None:
    sent = _read_hidden(place) | _answer("")
    assert place.editor.post(place.url("facts/funding/"), sent).status_code == 303
    assert (
        edit.read(place.folder).find_value(("applicant", "registered_capital")) is None
    )


@pytest.mark.long
def test_two_people_are_told_of_both_values(place: Place) -> None:
    mine = _read_hidden(place)
    theirs = place.people[Role.OWNER].post(
        place.url("facts/funding/"), mine | _answer("500")
    )
    assert theirs.status_code == 303
    answer = place.editor.post(place.url("facts/funding/"), mine | _answer("600"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "500万元" in page
    assert 'value="600"' in page
    now = edit.read(place.folder)
    assert now.find_value(("applicant", "registered_capital")) == "500万元"
    # Handed in once more with what the page now carries, mine holds.
    again = _find_was(page, CAPITAL, COST) | {"version": now.version} | _answer("600")
    assert place.editor.post(place.url("facts/funding/"), again).status_code == 303
    assert edit.read(place.folder).find_value(("applicant", "registered_capital")) == (
        "600万元"
    )


def test_drafts_save_themselves_and_say_when(place: Place) -> None:
    sent = _read_hidden(place) | _answer("777") | {"form": "facts:funding"}
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


def test_what_papers_show_counts_as_known(place: Place) -> None:
    page = place.editor.get(place.url("facts/infrastructure/")).content.decode()
    side = re.search(r'aria-current="page"><span>域名与服务器.*?(\d+)/(\d+)<', page)
    assert side is not None
    assert int(side[1]) > 20


def test_a_verdict_that_turned_is_named_by_what_it_rests_on() -> None:
    after = example_report("local-life")
    (name, *_) = [f for f in after.findings if f.rests_on is GradeGroup.WRITTEN]
    (said, proven) = (
        replace(name, rests_on=group) for group in (GradeGroup.SAID, GradeGroup.PROVEN)
    )
    before = replace(name, verdict=Verdict.UNDETERMINED, rests_on=None)
    for finding, word in ((said, "已说明"), (name, "已写明"), (proven, "已证实")):
        (turn,) = list_turns(
            replace(after, findings=(before,)), replace(after, findings=(finding,))
        )
        assert (turn.before.zh, turn.after.zh) == ("缺证", word)


def test_an_answer_tells_which_verdicts_it_turned(place: Place) -> None:
    url = place.url("facts/funding/")
    name = "applicant.self.registered_capital"
    sent = {
        "version": edit.read(place.folder).version,
        f"was.{name}": '"100万元"',
        name: "50",
        f"{name}~unit": "万元",
    }
    page = place.editor.post(url, sent, follow=True).content.decode()
    told = re.search(r'<p class="notice success"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert told is not None
    assert "结论变了" in told[1]
    assert "注册资本达到最低限额</a> 由已证实变为不满足" in told[1]
    again = {**sent, "version": edit.read(place.folder).version}
    again[f"was.{name}"] = '"50万元"'
    page = place.editor.post(url, again, follow=True).content.decode()
    assert "结论变了" not in page


def test_a_missing_paper_is_asked_for_beside_the_facts(place: Place) -> None:
    page = place.editor.get(place.url("facts/funding/")).content.decode()
    here = page[page.index('id="paper-bank_statement"') :]
    assert "更换" in here[: here.index("</section>")]
    missing = page[page.index('id="paper-business_contract"') :]
    row = missing[: missing.index("</section>")]
    assert 'type="file"' in row
    assert 'name="kind" value="business_contract"' in row


@pytest.mark.long
def test_a_draft_does_not_hide_what_somebody_else_has_said_since(place: Place) -> None:
    url = place.url("facts/funding/")
    before = _read_hidden(place)
    draft = {**before, **_answer("120"), "form": "facts:funding"}
    place.editor.post(place.url("draft/"), draft)
    theirs = {**before, **_answer("300"), COST: "9"}
    assert place.people[Role.OWNER].post(url, theirs).status_code == 303
    page = place.editor.get(url)
    fields = {field.name: field for field in page.context["fields"]}
    assert fields[CAPITAL].text == "120"
    assert "别人刚把它改为“300万元”" in page.content.decode()
    assert fields[COST].text == "9"  # it was not touched in the draft


@pytest.mark.long
def test_a_person_is_given_two_posts_by_table_and_by_form(place: Place) -> None:
    pasted = "姓名\t岗位\n宋新月\t技术人员、信息安全负责人\n"
    version = edit.read(place.folder).version
    post_table(place.editor, place, step="import", pasted=pasted, version=version)
    (added,) = [
        person
        for person in edit.read(place.folder).list_items("people")
        if person["name"] == "宋新月"
    ]
    assert added["role"] == ["technical", "security"]
    address = place.url(f"lists/people/{added['id']}/")
    page = place.editor.get(address).content.decode()
    name = f"person.{added['id']}.roles"
    sent = _find_was(page, name) | {"version": edit.read(place.folder).version}
    place.editor.post(address, sent | {name: ["technical", "content"]})
    written = edit.read(place.folder)
    assert written.find_value(("people", str(added["id"]), "role")) == [
        "technical",
        "content",
    ]


# What there is none of


def _say_absent(place: Place, what: str, code: str, step: str = "say") -> int:
    version = edit.read(place.folder).version
    sent = {"version": version, "step": step}
    answer = place.editor.post(place.url(f"without/{what}/{code}/"), sent)
    return answer.status_code


@pytest.mark.long
def test_one_paper_is_said_not_to_be_there_and_taken_back(place: Place) -> None:
    kind = "maintenance_plan"
    page = place.editor.get(place.url("facts/maintenance/")).content.decode()
    if f'id="{kind}"' in page or edit.read(place.folder).find_value(("papers", kind)):
        written = edit.read(place.folder)
        edit.remove_item(
            place.folder, "papers", kind, catalogue=catalogue(), version=written.version
        )
    page = place.editor.get(place.url("facts/maintenance/")).content.decode()
    assert "没有这份材料" in page
    assert _say_absent(place, "absent", kind) == 303
    today = timezone.localdate().isoformat()
    assert edit.read(place.folder).find_value(("absent",)) == {kind: today}
    (said,) = [
        record.value
        for record in Evidence(place.folder).list_records()
        if record.fact == f"has_{kind}" and record.source.name == "closed.papers"
    ]
    assert said is False
    page = place.editor.get(place.url("facts/maintenance/")).content.decode()
    assert f"您说没有这份材料（{today}）" in page
    assert _say_absent(place, "absent", kind, "take_back") == 303
    assert edit.read(place.folder).find_value(("absent",)) is None


@pytest.mark.long
def test_a_paper_that_comes_takes_back_that_there_is_none(place: Place) -> None:
    written = edit.read(place.folder)
    paper = dict(written.list_items("papers")[-1])
    edit.remove_item(
        place.folder,
        "papers",
        str(paper["id"]),
        catalogue=catalogue(),
        version=written.version,
    )
    assert _say_absent(place, "absent", str(paper["kind"])) == 303
    edit.set_item(place.folder, "papers", paper, catalogue=catalogue())
    assert edit.read(place.folder).find_value(("absent",)) is None


@pytest.mark.long
def test_a_post_is_said_to_be_held_by_nobody(place: Place) -> None:
    page = place.editor.get(place.url("lists/people/")).content.decode()
    assert "财务人员" in page[page.index("哪个岗位没有人") :]
    assert _say_absent(place, "nobody", "finance") == 303
    today = timezone.localdate().isoformat()
    assert edit.read(place.folder).find_value(("nobody",)) == {"finance": today}
    page = place.editor.get(place.url("lists/people/")).content.decode()
    assert f"您说没有人（{today}）" in page
    # Somebody listed holds it: nothing is written, and the reason is told.
    assert _say_absent(place, "nobody", "technical") == 303
    page = place.editor.get(place.url("lists/people/")).content.decode()
    assert "（nobody）说没有技术人员" in page
    assert edit.read(place.folder).find_value(("nobody",)) == {"finance": today}


@pytest.mark.parametrize("what", ["absent/nothing", "nobody/nothing", "other/finance"])
def test_what_is_no_paper_and_no_post_is_not_found(place: Place, what: str) -> None:
    assert place.editor.post(place.url(f"without/{what}/")).status_code == 404


@pytest.mark.long
def test_an_app_is_added_with_its_page_in_a_store(db: None) -> None:
    place = make_place("here", "newly-registered")
    address = place.url("lists/services/")
    given = {
        "step": "add",
        "url": "https://apps.apple.com/cn/app/id123456789",
        "kind": "app",
    }
    page = place.editor.get(address)
    if page.status_code == 200 and 'name="version"' in page.content.decode():
        version = page.content.decode().split('name="version" value="')[1]
        given["version"] = version.split('"')[0]
    answer = place.editor.post(address, given)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    text = (place.folder / "case.yaml").read_text(encoding="utf-8")
    assert "store_page: 'https://apps.apple.com/cn/app/id123456789'" in text
    assert "url: 'https://apps.apple.com" not in text


def test_a_form_asks_what_leads_and_not_what_follows(place: Place) -> None:
    page = place.editor.get(place.url("facts/entity/")).content.decode()
    assert "applicant.self.onsite_differs_in" in page
    paper = edit.read(place.folder).list_items("papers")[0]["id"]
    page = place.editor.get(place.url(f"papers/{paper}/")).content.decode()
    assert f"paper.{paper}.found_false" in page
    person = edit.read(place.folder).list_items("people")[0]["id"]
    page = place.editor.get(place.url(f"lists/people/{person}/?all=1")).content.decode()
    assert f"person.{person}.leaves_on" in page
    assert f"person.{person}.leaving" in page
    page = place.editor.get(place.url("facts/planning/?all=1")).content.decode()
    assert "needs_other_class" not in page


@pytest.mark.long
def test_who_the_contact_is_is_asked_once_of_all_and_written_of_who_is_chosen(
    place: Place,
) -> None:
    path = place.folder / "case.yaml"
    told = path.read_text("utf-8")
    path.write_text(re.sub(r" named_contact: (?:true|false),", "", told), "utf-8")
    address = place.url("facts/ask/people/")
    page = place.editor.get(address)
    (contact,) = (f for f in page.context["fields"] if f.fact.id == "named_contact")
    people = edit.read(place.folder).list_items("people")
    assert [name.zh for _, name in contact.among] == [
        person["name"] for person in people
    ]
    assert contact.asked.asks.zh in page.content.decode()
    assert "没有选的人，记为不是" in page.content.decode()
    sent = {"version": page.context["version"], f"was.{contact.name}": contact.was}
    refused = place.editor.post(address, {**sent, contact.name: "nobody"})
    assert refused.status_code == 422
    chosen = str(people[-1]["id"])
    answer = place.editor.post(address, {**sent, contact.name: chosen})
    assert answer.status_code == 303
    people = edit.read(place.folder).list_items("people")
    assert [person.get("named_contact") for person in people] == [
        *[False] * (len(people) - 1),
        True,
    ]
    after = place.editor.get(address)
    assert not [f for f in after.context["fields"] if f.fact.id == "named_contact"]
