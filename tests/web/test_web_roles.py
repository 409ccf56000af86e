"""What a client may write in the case that it was asked about, by every way there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from changqing.case import edit
from changqing.case.subjects import Subject
from changqing_web.cases import load_report
from changqing_web.facts import questions
from changqing_web.facts.answer_views import _list_open_fields
from changqing_web.facts.fact_field import FactField
from changqing_web.facts.tables import LISTS
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Role
from changqing_web.walls import collect_routes
from tests.web.web_world import Place

_OWN = {"answers_say", "answers_upload", "draft"}
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def client(place: Place) -> Client:
    return place.people[Role.RESPONDENT]


def _read_files(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock"
    }


def test_no_fact_that_was_not_asked_is_written(place: Place, client: Client) -> None:
    written, result = edit.read(place.folder), load_report(place.here)
    subjects = {Subject("applicant", "self"), *questions.list_services(written)}
    for listed in LISTS.values():
        subjects |= {
            Subject(listed.subject, str(member.get("id")))
            for member in written.list_items(listed.code)
        }
    every = questions.list_fields_about(
        catalogue(), written, result, sorted(subjects, key=str), every=True
    )
    asked = {field.name for field in _list_open_fields(written, result)}
    client.get(place.url("answers/"))
    # What stands in the file beside the facts is not to be named either.
    sent = dict.fromkeys(("applicant.self.name", "looks.x.file"), "null")
    sent |= {
        fact_field.name: fact_field.was
        for fact_field in every
        if fact_field.name not in asked
    }
    assert len(sent) > 200
    before = _read_files(place.folder)
    names = sorted(sent)
    for start in range(0, len(names), 240):
        given = {"version": written.version}
        for name in names[start : start + 240]:
            given[f"was.{name}"] = sent[name]
            given |= {f"{name}{suffix}": "1" for suffix in ("", "~unit", "~year")}
        assert client.post(place.url("answers/say/"), given).status_code == 303
        assert _read_files(place.folder) == before
    assert not CaseEvent.objects.filter(verb="answer").exists()


@pytest.mark.long
def test_a_question_is_answered_only_once_a_page_has_put_it(
    place: Place, client: Client
) -> None:
    every = _list_open_fields(edit.read(place.folder), load_report(place.here))

    def answer(field: FactField, value: str) -> int:
        given = {
            "version": edit.read(place.folder).version,
            f"was.{field.name}": field.was,
            field.name: value,
        }
        return client.post(place.url("answers/say/"), given).status_code

    def find_said(field: FactField) -> object:
        return edit.read(place.folder).find_value(field.at)

    put = client.get(place.url("answers/")).context["fields"]
    assert len(put) < len(every)
    names = {field.name for field in put}
    later = next(
        fact_field
        for fact_field in every
        if fact_field.name not in names and fact_field.widget == "boolean"
    )
    first = next(field for field in put if field.fact.id == "contact_phone")
    assert answer(later, "true") == 303
    assert find_said(later) is None
    assert answer(first, "0571-88880000") == 303
    assert find_said(first) == "0571-88880000"
    assert later.asked is not None
    client.get(place.url(f"answers/?group={later.asked.group.id}"))
    assert answer(later, "true") == 303
    assert find_said(later) is True


def test_no_paper_that_was_not_asked_is_taken(place: Place, client: Client) -> None:
    page = client.get(place.url("answers/"))
    offered = {name for name, _ in (*page.context["wanted"], *page.context["others"])}
    assert offered
    before = _read_files(place.folder)
    others = sorted(set(catalogue().materials) - offered)
    assert len(others) > 10
    for kind in others[:8]:
        given = {"kind": kind, "file": SimpleUploadedFile("x.pdf", _PDF)}
        answer = client.post(place.url("answers/upload/"), given)
        assert answer.status_code == 422, kind
        assert catalogue().materials[kind].label.zh in answer.content.decode()
        label = catalogue().materials[kind].label.zh
        by_name = {"file": SimpleUploadedFile(f"{label}.pdf", _PDF)}
        answer = client.post(place.url("answers/upload/"), by_name)
        assert answer.status_code == 422, kind
        assert _read_files(place.folder) == before, kind
    given = {"kind": others[0], "file": SimpleUploadedFile("x.pdf", _PDF)}
    editor = place.editor.post(place.url("answers/upload/"), given)
    assert editor.status_code == 303


def test_no_other_form_takes_anything_of_a_respondent(
    place: Place, client: Client
) -> None:
    client.get(place.url("answers/"))
    before = _read_files(place.folder)
    data = {
        "act": "submit",
        "by": "x",
        "step": "add",
        "do": "invite",
        "text": "x",
        "kind": "social_insurance",
        "sure": "1",
        "name": "x",
        "file": "x",
    }
    tried = 0
    for route in collect_routes():
        if "POST" not in route.methods or ":case>" not in route.path:
            continue
        named = {"workspace": place.workspace.slug, "case": place.case.folder}
        address = reverse(route.name, kwargs={**named, **route.sample})
        answer = client.post(address, data)
        tried += 1
        if route.name in _OWN:
            assert answer.status_code in (200, 303, 413, 422), route.name
        else:
            assert answer.status_code == 404, route.name
        assert _read_files(place.folder) == before, route.name
    assert tried > 20


def test_a_paper_of_a_respondent_only_adds(place: Place, client: Client) -> None:
    before = edit.read(place.folder).data
    files = _read_files(place.folder / "documents")
    old = before["papers"][0]
    given = {
        "kind": old["kind"],
        "replaces": old["id"],
        "paper": old["id"],
        "id": old["id"],
        "backs": "x",
        "file": SimpleUploadedFile("x.pdf", _PDF),
    }
    assert client.post(place.url("answers/upload/"), given).status_code == 303
    after = edit.read(place.folder).data
    *papers, added = after["papers"]
    assert papers == before["papers"]
    assert set(added) == {"id", "kind", "file", "received_on"}
    assert {**after, "papers": None} == {**before, "papers": None}
    kept = _read_files(place.folder / "documents")
    assert {name: kept[name] for name in files} == files
    assert len(kept) == len(files) + 1


def test_a_draft_of_a_respondent_is_shown_to_nobody_else(
    place: Place, client: Client
) -> None:
    for form in ("facts:funding", "answers", "dossier:emergency"):
        draft = {"form": form, "text": "草稿一", "applicant.self.name": "草稿一"}
        client.post(place.url("draft/"), draft)
    for rest in ("facts/funding/", "dossier/emergency/", "answers/"):
        for role in (Role.EDITOR, Role.OWNER):
            answer = place.people[role].get(place.url(rest))
            assert "草稿一" not in answer.content.decode()
