"""Tokens: shown once, for as long as said, and withdrawn at any time."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from changqing_web.api.chinese import IN_CHINESE
from changqing_web.api.routes import build_api
from changqing_web.models import CaseEvent, Link, Role
from tests.web.web_world import Place, make_place


def _make_token(place: Place, **more: str) -> str:
    given = {"do": "make", "days": "30", "role": "editor", "label": "账务系统", **more}
    address = f"/w/{place.workspace.slug}/api/"
    answer = place.people[Role.OWNER].post(address, given)
    assert answer.status_code == 200
    return str(answer.context["secret"])


def _call(secret: str) -> int:
    header = {"Authorization": f"Bearer {secret}"}
    return Client().get("/api/v1/cases", headers=header).status_code


def test_a_token_is_shown_once_and_works_until_withdrawn(place: Place) -> None:
    secret = _make_token(place)
    owner, address = place.people[Role.OWNER], f"/w/{place.workspace.slug}/api/"
    assert secret not in owner.get(address).content.decode()
    assert _call(secret) == 200
    token = Link.objects.get(purpose=Link.Purpose.TOKEN)
    page = owner.post(address, {"do": "withdraw", "token": token.pk}, follow=True)
    assert "令牌已收回" in page.content.decode()
    assert _call(secret) == 401
    assert CaseEvent.objects.get(verb="token_withdrawn").what["zh"].count("账务系统")


@pytest.mark.parametrize("role", ["reviewer", "editor", "owner"])
def test_the_example_on_the_page_is_a_call_the_token_may_make(
    place: Place, role: str
) -> None:
    given = {"do": "make", "days": "30", "role": role}
    owner, address = place.people[Role.OWNER], f"/w/{place.workspace.slug}/api/"
    page = owner.post(address, given)
    example = page.context["example"].partition("testserver")[2]
    header = {"Authorization": f"Bearer {page.context['secret']}"}
    assert Client().get(example, headers=header).status_code == 200


def test_another_workspace_withdraws_nothing(place: Place) -> None:
    secret = _make_token(place)
    other = make_place("other", "local-life")
    token = Link.objects.get(purpose=Link.Purpose.TOKEN)
    other.people[Role.OWNER].post(
        f"/w/{other.workspace.slug}/api/", {"do": "withdraw", "token": token.pk}
    )
    assert _call(secret) == 200


def test_what_is_not_offered_is_refused(place: Place) -> None:
    owner, address = place.people[Role.OWNER], f"/w/{place.workspace.slug}/api/"
    for wrong in ({"days": "9999"}, {"role": "root"}, {"do": "x"}):
        given = {"do": "make", "days": "30", "role": "editor", **wrong}
        assert owner.post(address, given).status_code == 404
    assert not Link.objects.exists()


def test_every_operation_is_listed(place: Place) -> None:
    page = place.people[Role.OWNER].get(f"/w/{place.workspace.slug}/api/")
    listed = page.context["operations"]
    assert ("GET", "/api/v1/cases") in [(method, path) for method, path, _ in listed]
    assert all(says.en and "\n\n" not in says.en for _, _, says in listed)
    assert "<script>" not in page.content.decode()


def test_every_operation_is_described_in_the_language_of_the_page(place: Place) -> None:
    owner, address = place.people[Role.OWNER], f"/w/{place.workspace.slug}/api/"
    listed = owner.get(address).context["operations"]
    operations = build_api().get_openapi_schema()["paths"].values()
    named = {each["operationId"] for methods in operations for each in methods.values()}
    assert set(IN_CHINESE) == named
    assert all(re.search("[\u4e00-\u9fff]", says.zh) for _, _, says in listed)
    assert "按名称列出令牌可以看的项目" in owner.get(address).content.decode()
    english = owner.get(f"{address}?lang=en").content.decode()
    assert "List the cases that the token may read" in english


def test_a_token_that_only_reads_lists_what_it_may_read(place: Place) -> None:
    header = {"Authorization": f"Bearer {_make_token(place, role='reviewer')}"}
    found = Client().get("/api/v1/cases", headers=header).json()
    assert [case["folder"] for case in found["cases"]] == [place.case.folder]
    refused = Client().post(f"/api/v1/cases/{place.case.folder}/look", headers=header)
    assert refused.status_code == 404
