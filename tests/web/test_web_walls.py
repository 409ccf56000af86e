"""For every route and every object: another workspace gets 404. Made from the table."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from changqing_web.models import Role
from changqing_web.walls import PageRoute, route_table
from tests.web.web_world import Place, make_place

ROUTES = [route for route in route_table() if route.least is not None]


def _address(route: PageRoute, place: Place) -> str:
    named = dict(route.sample)
    if "workspace>" in route.path:
        named["workspace"] = place.workspace.slug
    if ":case>" in route.path:
        named["case"] = place.case.folder
    return reverse(route.name, kwargs=named)


def _answered(
    client: Client, route: PageRoute, place: Place
) -> Iterator[tuple[str, int]]:
    """What each method of a route says to somebody, by its name."""
    address = _address(route, place)
    for method in route.methods:
        yield f"{method} {route.name}", client.generic(method, address).status_code


def test_another_workspace_gets_404_whatever_the_role(db: None) -> None:
    here, other = make_place("here"), make_place("other", "local-life")
    told = [
        f"{role}: {what}"
        for route in ROUTES
        for role, client in other.people.items()
        for what, status in _answered(client, route, here)
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
                    for what, status in _answered(place.people[role], route, place)
                    if status != 404
                ]
    assert not told


def test_a_stranger_is_sent_to_sign_in(place: Place) -> None:
    for route in ROUTES:
        answer = Client().get(_address(route, place))
        assert answer.status_code == 302, route.name
        assert answer["Location"].startswith("/account/login/"), route.name


def test_every_address_in_use_is_in_the_table() -> None:
    from changqing_web.urls import urlpatterns

    named = {route.name for route in route_table()}
    patterns = [p for p in urlpatterns if isinstance(p, URLPattern | URLResolver)]
    assert len(patterns) == len(urlpatterns)
    others = {str(p.pattern) for p in patterns if getattr(p, "name", "") not in named}
    assert others <= {"account/", "api/v1/", "healthz", "metrics"}


def test_a_respondent_sees_only_the_cases_named_for_them(place: Place) -> None:
    other = make_place("here2", "local-life")
    client = place.people[Role.RESPONDENT]
    assert client.get(other.url()).status_code == 404
