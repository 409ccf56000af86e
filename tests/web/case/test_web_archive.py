"""A case that is put away is in no list, and comes back as it was."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from changqing.agency.desk import DeskJournal, is_archived
from changqing_web.models import CaseEvent, Link, Role
from tests.web.web_world import Place, make_place


def get_board(place: Place, query: str = "") -> str:
    return place.editor.get(f"/w/{place.workspace.slug}/{query}").content.decode()


def archive_case(place: Place, step: str = "") -> str:
    answer = place.editor.post(place.url("archive/"), {"step": step}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def list_by_api(place: Place, query: str = "") -> list[str]:
    _, secret = Link.make(
        Link.Purpose.TOKEN,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        user=place.workspace.memberships.get(role=Role.OWNER).user,
        role=Role.OWNER,
    )
    answer = Client().get(
        f"/api/v1/cases{query}", HTTP_AUTHORIZATION=f"Bearer {secret}"
    )
    assert answer.status_code == 200, answer.content
    return [row["folder"] for row in json.loads(answer.content)["cases"]]


def test_a_case_that_is_put_away_is_in_no_list_and_comes_back(place: Place) -> None:
    overview = place.editor.get(place.url()).content.decode()
    assert "归档这个项目" in overview
    page = archive_case(place)
    assert "什么也没有删" in page
    assert "这里还没有项目" in page  # the only one: an empty home again
    assert 'href="?view=archived"' in page
    assert list_by_api(place) == []
    assert list_by_api(place, "?archived=true") == [place.case.folder]
    assert place.case.name in get_board(place, "?view=archived")
    case = place.editor.get(place.url()).content.decode()
    assert "已归档，不在列表里" in case
    assert "归档这个项目" not in case
    assert is_archived(DeskJournal(place.folder).list_notes())
    assert "已放回列表" in archive_case(place, "restore")
    assert place.case.name in get_board(place)
    verbs = CaseEvent.objects.filter(case=place.case.folder, verb="archive")
    assert [event.what["en"] for event in verbs] == [
        "Took it out of the archive",
        "Archived it",
    ]


def test_what_is_put_away_counts_nowhere(place: Place) -> None:
    respondent = place.people[Role.RESPONDENT]
    assert respondent.get("/").status_code == 302
    archive_case(place)
    archive_case(place)  # twice is once
    assert len(DeskJournal(place.folder).list_notes()) == 1
    assert place.case.name not in respondent.get("/").content.decode()


def test_what_is_put_away_is_no_client_to_work_on(place: Place) -> None:
    clients = f"/w/{place.workspace.slug}/clients/"
    assert place.case.name in place.editor.get(clients).content.decode()
    archive_case(place)
    assert place.case.name not in place.editor.get(clients).content.decode()
    place.editor.post(clients, {"do": "look", "all": "yes", "offline": "yes"})
    assert not place.workspace.jobs.filter(kind="look_at_all").exclude(
        given__folders=[]
    )


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.RESPONDENT])
def test_only_who_edits_puts_a_case_away(place: Place, role: Role) -> None:
    assert place.people[role].post(place.url("archive/")).status_code == 404
    stranger = make_place("elsewhere").editor
    assert stranger.post(place.url("archive/")).status_code == 404
