"""What somebody writes into a document: blanks, choices, text of their own, Word files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document as WordFile

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.case import edit
from changqing.documents.render import render_documents
from changqing_web.models import CaseEvent, Draft, Role
from tests.web.documents.document_form import load_place_writings, send_text
from tests.web.web_world import Place, make_place


@pytest.mark.long
def test_a_blank_is_filled_in_where_it_stands_and_taken_back(place: Place) -> None:
    page = place.editor.get(place.url("dossier/written_application/"))
    text = page.content.decode()
    assert 'name="applicant.self.contact_phone"' in text
    assert "联系电话" in {
        re.split("[，；]", lack.what)[0] for lack in page.context["blanks"]
    }

    answer = send_text(
        place,
        "written_application",
        **{
            "was.applicant.self.contact_phone": "null",
            "applicant.self.contact_phone": "0571-88886666",
            "was.applicant.self.contact_email": "null",
            "applicant.self.contact_email": "",
        },
    )

    assert answer.status_code == 303
    assert (
        edit.read(place.folder).find_value(("applicant", "contact_phone"))
        == "0571-88886666"
    )
    kept = place.editor.get(place.url("dossier/written_application/"))
    assert 'value="0571-88886666"' in kept.content.decode()
    assert kept.context["steps"] == 1
    place.editor.post(place.url("dossier/written_application/undo/"))
    assert edit.read(place.folder).find_value(("applicant", "contact_phone")) is None
    told = CaseEvent.objects.filter(case=place.case.folder, verb="dossier")
    assert {event.what["zh"] for event in told} == {
        "在《申请书》里改了1处",
        "撤销在《申请书》里的上一次改动",
    }


def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(place: Place) -> None:
    answer = send_text(
        place,
        "written_application",
        **{
            "was.applicant.self.contact_phone": "null",
            "applicant.self.contact_phone": "不是电话",
            "ot.2": "申请事项",
            "ow.2": "另写一段。",
            "waso.2": "null",
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text
    assert "另写一段。" in text
    assert edit.read(place.folder).find_value(("own_text",)) is None
    assert Draft.objects.filter(form__endswith="dossier:written_application").exists()
    again = place.editor.get(place.url("dossier/written_application/"))
    assert "另写一段。" in again.content.decode()


def test_a_choice_is_made_in_its_place_with_its_sentence_after_it(
    place: Place,
) -> None:
    answer = send_text(
        place,
        "service_assurance",
        **{"wasc.exit_data": "null", "a.exit_data": "own_words"},
        **{"w.exit_data": "停止服务前逐户发还数据。"},
    )
    assert answer.status_code == 303
    assert edit.read(place.folder).find_value(("choices", "exit_data")) == {
        "words": "停止服务前逐户发还数据。"
    }
    page = place.editor.get(place.url("dossier/service_assurance/"))
    assert not [blank for blank in page.context["blanks"] if "exit_data" in blank.way]


@pytest.mark.long
def test_own_text_is_kept_printed_and_emptied(place: Place) -> None:
    mine = "# 我们的客服\n\n**三个人**轮班。\n\n- 早班\n- 晚班\n\n| 班 | 人 |\n|---|---|\n| 早 | {{ 1 }} |"
    sent = {"ot.9": "客服排班", "ow.9": mine, "waso.9": "null"}
    assert send_text(place, "user_service", **sent).status_code == 303
    shown = {"own_text": {"user_service": {"客服排班": mine}}}
    assert edit.read(place.folder).find_value(("own_text",)) == shown["own_text"]
    page = place.editor.get(place.url("dossier/user_service/")).content.decode()
    assert "<strong>三个人</strong>" in page
    assert "<td>{{ 1 }}</td>" in page
    again = {"ot.9": "客服排班", "ow.9": "", "waso.9": json.dumps(mine)}
    assert send_text(place, "user_service", **again).status_code == 303
    assert not edit.read(place.folder).find_value(("own_text", "user_service"))


@pytest.mark.long
def test_two_who_write_the_same_see_both_and_lose_nothing(place: Place) -> None:
    seen = edit.read(place.folder).version
    sent = {"ot.3": "时限", "waso.3": "null", "version": seen}
    owner = place.people[Role.OWNER]
    assert (
        send_text(
            place, "user_service", owner, **sent, **{"ow.3": "甲写的。"}
        ).status_code
        == 303
    )
    second = send_text(place, "user_service", **sent, **{"ow.3": "乙写的。"})
    page = second.content.decode()
    assert second.status_code == 409
    assert "甲写的。" in page
    assert "乙写的。" in page
    at = ("own_text", "user_service", "时限")
    assert edit.read(place.folder).find_value(at) == "甲写的。"
    was = {"waso.3": json.dumps("甲写的。"), "version": second.context["version"]}
    third = send_text(
        place, "user_service", **sent | was, **{"ow.3": "甲写的。\n\n乙写的。"}
    )
    assert third.status_code == 303
    assert edit.read(place.folder).find_value(at) == "甲写的。\n\n乙写的。"


@pytest.mark.long
def test_nobody_takes_back_what_another_has_changed_since(place: Place) -> None:
    owner = place.people[Role.OWNER]
    first = {"ot.3": "时限", "waso.3": "null", "ow.3": "甲写的。"}
    send_text(place, "user_service", owner, **first)
    second = {"ot.3": "时限", "waso.3": json.dumps("甲写的。"), "ow.3": "乙写的。"}
    send_text(place, "user_service", **second)
    owner.post(place.url("dossier/user_service/undo/"))
    at = ("own_text", "user_service", "时限")
    assert edit.read(place.folder).find_value(at) == "乙写的。"


@pytest.mark.long
def test_what_the_company_decides_is_kept_and_printed(db: None) -> None:
    place = make_place("decide", "newly-registered")
    address = place.url("choices/")
    page = place.editor.get(address)
    (drill,) = [
        field
        for _, fields in page.context["groups"]
        for field in fields
        if field.asked.choice.id == "restore_test"
    ]
    given = {
        "version": page.context["version"],
        "was.restore_test": "",
        "a.restore_test": drill.asked.choice.answers[0].id,
        "was.exit_data": "",
        "w.exit_data": "停止服务后\n逐户发还数据。",
    }

    answer = place.editor.post(f"{address}keep", given)

    assert answer.status_code == 303
    kept = place.editor.get(place.url("dossier/maintenance/")).content.decode()
    assert drill.asked.choice.answers[0].sentence in kept
    other = place.editor.get(place.url("dossier/service_assurance/")).content.decode()
    assert "停止服务后 逐户发还数据。" in other
    assert CaseEvent.objects.filter(what__zh="选定2项").exists()


@pytest.mark.long
def test_a_decision_that_somebody_changed_meanwhile_is_not_overwritten(
    db: None,
) -> None:
    place = make_place("decided", "newly-registered")
    address = f"{place.url('choices/')}keep"
    seen = place.editor.get(place.url("choices/")).context["version"]
    given = {"version": seen, "was.drill": "", "a.drill": "quarterly"}
    assert place.editor.post(address, given).status_code == 303

    late = place.editor.post(address, given | {"a.drill": "yearly"})

    assert late.status_code == 409
    assert "drill: quarterly" in (place.folder / "case.yaml").read_text("utf-8")


@pytest.mark.long
def test_an_edited_word_file_is_handed_back_compared_and_given_up(
    place: Place,
) -> None:
    found = load_place_writings(place)
    clean = found.writing.find_clean("service_assurance")
    assert clean is not None
    (made,) = render_documents(
        [clean], case_name="甲", digest="0" * 64, as_of=date(2026, 11, 24)
    )
    file = WordFile(io.BytesIO(made.docx))
    file.add_paragraph("公司另设应急电话值守。")
    edited = io.BytesIO()
    file.save(edited)
    address = place.url("dossier/service_assurance/word/")

    def send(content: bytes):  # type: ignore[no-untyped-def]
        given = SimpleUploadedFile("a.docx", content)
        return place.editor.post(address, {"word": given})

    refused = send(b"PK no")
    assert refused.status_code == 422
    assert "没有收下" in refused.content.decode()
    assert send(edited.getvalue()).status_code == 303
    compared = place.editor.get(address)
    assert [change.after for change in compared.context["compared"].changes] == [
        "公司另设应急电话值守。"
    ]
    page = place.editor.get(place.url("dossier/service_assurance/")).content.decode()
    assert "公司另设应急电话值守。" in page
    assert "递交的是公司改过的Word" in page
    assert 'name="ow.' not in page
    assert place.editor.post(f"{address}back").status_code == 303
    page = place.editor.get(place.url("dossier/service_assurance/")).content.decode()
    assert "公司另设应急电话值守。" not in page


@pytest.mark.long
def test_who_holds_a_post_is_named_where_nobody_does(place: Place) -> None:
    found = load_place_writings(place)
    now = edit.read(place.folder)
    people = now.list_items("people")
    wanted = [
        edit.FieldChange(
            at=("people", str(person["id"]), "role"),
            value="technical",
            shown=person["role"],
        )
        for person in people
        if "customer_service" in _list_roles(person)
    ]
    edit.change(
        place.folder,
        wanted,
        version=now.version,
        catalogue=found.outcome.case.catalogue,
    )
    page = place.editor.get(place.url("dossier/user_service/"))
    assert 'name="post.customer_service"' in page.content.decode()
    assert any("#f-post." in blank.way for blank in page.context["blanks"])

    answer = send_text(place, "user_service", **{"post.customer_service": "许新来"})

    assert answer.status_code == 303
    after = edit.read(place.folder).list_items("people")
    assert [
        person["name"] for person in after if "customer_service" in _list_roles(person)
    ] == ["许新来"]
    boss = str(after[0]["name"])
    send_text(place, "user_service", **{"post.customer_service": boss})
    again = edit.read(place.folder).list_items("people")
    assert len(again) == len(after)
    assert "customer_service" in _list_roles(again[0])


def _list_roles(person: Mapping[str, Any]) -> list[str]:
    role = person.get("role", [])
    return role if isinstance(role, list) else [role]
