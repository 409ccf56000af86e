"""请您提供: a client answers what is asked, under their own name, and sees no more."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from changqing.agency.request import Request, record_request
from changqing.case import edit
from changqing_web.models import CaseEvent, Role
from tests.web.web_world import Place

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def test_what_was_asked_is_shown_and_nothing_of_the_case(place: Place) -> None:
    asked = Request(to="公司", items=("社保证明",), markdown="# 请提供\n\n- 社保证明\n")
    record_request(place.folder, asked, by="经办人", now=timezone.now())
    client = place.people[Role.RESPONDENT]
    page = client.get(place.url("answers/"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "社保证明" in text
    assert "经办人" in text
    for rest in ("", "findings/", "dossier/", "casework/", "seal/", "events/"):
        assert client.get(place.url(rest)).status_code == 404, rest


def test_what_is_lacking_is_listed_until_a_letter_asks_for_it(place: Place) -> None:
    client = place.people[Role.RESPONDENT]
    page = client.get(place.url("answers/"))
    lacking = [step.zh for step in page.context["lacking"]]
    assert any("请补交《" in step for step in lacking)
    assert all(step in page.content.decode() for step in lacking)
    asked = Request(to="公司", items=("社保证明",), markdown="# 请提供\n\n- 社保证明\n")
    record_request(place.folder, asked, by="经办人", now=timezone.now())
    assert not client.get(place.url("answers/")).context["lacking"]


def test_a_fact_is_written_as_their_own_word(place: Place) -> None:
    client = place.people[Role.RESPONDENT]
    page = client.get(place.url("answers/"))
    field = next(field for field in page.context["fields"] if field.widget == "text")
    assert field.fact.id == "contact_phone"
    assert field.asked.asks.zh in page.content.decode()
    assert field.asked.why.zh in page.content.decode()
    value = "0571-88880000"
    answer = client.post(
        place.url("answers/say/"),
        {
            "version": page.context["version"],
            f"was.{field.name}": field.was,
            field.name: value,
        },
    )
    assert answer.status_code == 303, answer.content.decode()
    assert edit.read(place.folder).find_value(field.at) == value
    # What is left comes next; what was answered is not asked again.
    assert "group=" in answer["Location"]
    after = client.get(place.url("answers/")).context["fields"]
    assert field.name not in {field.name for field in after}
    told = CaseEvent.objects.get(case=place.case.folder, verb="answer")
    assert told.actor == f"{Role.RESPONDENT}@here.example"
    assert told.actor in told.what["zh"]


def test_what_was_not_asked_cannot_be_written(place: Place) -> None:
    client = place.people[Role.RESPONDENT]
    page = client.get(place.url("answers/"))
    asked = {field.name for field in page.context["fields"]}
    written = edit.read(place.folder)
    at = ("applicant", "registered_capital")
    name = "applicant.self.registered_capital"
    assert name not in asked
    before = (place.folder / "case.yaml").read_bytes()
    answer = client.post(
        place.url("answers/say/"),
        {
            "version": page.context["version"],
            f"was.{name}": json.dumps(written.find_value(at)),
            name: "999",
            f"{name}~unit": "万元",
        },
    )
    assert answer.status_code == 303
    assert (place.folder / "case.yaml").read_bytes() == before
    assert not CaseEvent.objects.filter(verb="answer").exists()


def test_what_is_no_value_stays_in_the_form(place: Place) -> None:
    client = place.people[Role.RESPONDENT]
    page = client.get(place.url("answers/"))
    before = (place.folder / "case.yaml").read_bytes()
    fields = page.context["fields"]
    field = next(field for field in fields if field.fact.id == "contact_phone")
    answer = client.post(
        place.url("answers/say/"),
        {
            "version": page.context["version"],
            f"was.{field.name}": field.was,
            field.name: "很多",
        },
    )
    assert answer.status_code == 422
    assert "很多" in answer.content.decode()
    assert (place.folder / "case.yaml").read_bytes() == before


@pytest.mark.long
def test_a_paper_is_taken_in_under_their_name(place: Place) -> None:
    client = place.people[Role.RESPONDENT]
    file = SimpleUploadedFile("社保.pdf", PDF)
    answer = client.post(
        place.url("answers/upload/"), {"kind": "social_insurance", "file": file}
    )
    assert answer.status_code == 303, answer.content.decode()
    papers = edit.read(place.folder).list_items("papers")
    mine = [paper for paper in papers if paper["file"] == "documents/社保.pdf"]
    assert len(mine) == 1
    assert (place.folder / str(mine[0]["file"])).read_bytes() == PDF
    told = CaseEvent.objects.get(case=place.case.folder, verb="upload")
    assert told.actor == f"{Role.RESPONDENT}@here.example"


def test_what_is_no_paper_is_refused_and_leaves_nothing(place: Place) -> None:
    client = place.people[Role.RESPONDENT]
    before = sorted((place.folder / "documents").iterdir())
    file = SimpleUploadedFile("x.pdf", b"#!/bin/sh")
    bad = {"kind": "social_insurance", "file": file}
    answer = client.post(place.url("answers/upload/"), bad)
    assert answer.status_code == 422
    assert "PDF" in answer.content.decode()
    assert client.post(place.url("answers/upload/"), {}).status_code == 422
    assert sorted((place.folder / "documents").iterdir()) == before
