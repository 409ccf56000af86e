"""For every route and every object: another workspace gets 404. Made from the table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from changqing_web.models import Link, Role
from changqing_web.walls import PageRoute, collect_routes
from tests.web.web_world import Place, make_place

ROUTES = [route for route in collect_routes() if route.least is not None]


def _make_address(route: PageRoute, place: Place) -> str:
    named = dict(route.sample)
    if "workspace>" in route.path:
        named["workspace"] = place.workspace.slug
    if ":case>" in route.path:
        named["case"] = place.case.folder
    return reverse(route.name, kwargs=named)


def _list_answers(
    client: Client, route: PageRoute, place: Place
) -> Iterator[tuple[str, int]]:
    """What each method of a route says to somebody, by its name."""
    address = _make_address(route, place)
    for method in route.methods:
        yield f"{method} {route.name}", client.generic(method, address).status_code


def test_another_workspace_gets_404_whatever_the_role(db: None) -> None:
    here, other = make_place("here"), make_place("other", "local-life")
    told = [
        f"{role}: {what}"
        for route in ROUTES
        for role, client in other.people.items()
        for what, status in _list_answers(client, route, here)
        if status != 404
    ]
    assert not told


def test_too_low_a_role_gets_404(place: Place) -> None:
    told = []
    for route in ROUTES:
        assert route.least is not None
        for role in Role:
            if role.rank < route.least.rank or role in route.hidden_from:
                told += [
                    f"{role}: {what}"
                    for what, status in _list_answers(place.people[role], route, place)
                    if status != 404
                ]
    assert not told


def test_a_stranger_is_sent_to_sign_in(place: Place) -> None:
    for route in ROUTES:
        answer = Client().get(_make_address(route, place))
        assert answer.status_code == 302, route.name
        assert answer["Location"].startswith("/account/login/"), route.name


def test_who_follows_a_link_to_a_case_sees_nothing_else(place: Place) -> None:
    _, secret = Link.make(
        Link.Purpose.REVIEW,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        case=place.case,
        role=Role.REVIEWER,
    )
    visitor = Client()
    visitor.get(f"/review/{secret}/")
    assert visitor.get(place.url()).status_code == 200
    closed = [
        route
        for route in ROUTES
        if ":case>" not in route.path
        or Role.REVIEWER in route.hidden_from
        or (route.least is not None and route.least.rank > Role.REVIEWER.rank)
    ]
    assert {"agenda", "agenda_calendar", "find", "lacking"} <= {r.name for r in closed}
    told = [
        what
        for route in closed
        for what, status in _list_answers(visitor, route, place)
        if status != 404
    ]
    assert not told


def test_an_address_that_takes_forms_alone_says_so_and_leads_back(place: Place) -> None:
    answer = place.editor.get(place.url("casework/record/"))
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    page = answer.content.decode()
    assert "这个地址只接收表单" in page
    assert f'href="{place.url()}"' in page


def test_every_address_in_use_is_in_the_table() -> None:
    from changqing_web.urls import urlpatterns

    named = {route.name for route in collect_routes()}
    patterns = [p for p in urlpatterns if isinstance(p, URLPattern | URLResolver)]
    assert len(patterns) == len(urlpatterns)
    others = {str(p.pattern) for p in patterns if getattr(p, "name", "") not in named}
    # Of these, api/v1/ and mcp ask for a token themselves, metrics for its own.
    assert others <= {"account/", "api/v1/", "healthz", "mcp", "metrics"}


def test_a_respondent_sees_only_the_cases_named_for_them(place: Place) -> None:
    other = make_place("here2", "local-life")
    client = place.people[Role.RESPONDENT]
    assert client.get(other.url()).status_code == 404
