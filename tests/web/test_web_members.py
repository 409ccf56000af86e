"""Roles, invitations and links: who gets in, how far, and for how long."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import timezone

from changqing_web.models import CaseEvent, Link, Membership, Role
from tests.web.web_world import Place

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _review_link(place: Place, **more: object) -> str:
    _, secret = Link.make(
        Link.Purpose.REVIEW,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        case=place.case,
        role=Role.REVIEWER,
        **more,
    )
    return secret


def test_a_review_link_opens_one_case_without_an_account(place: Place) -> None:
    client = Client()
    answer = client.get(f"/review/{_review_link(place)}/", follow=True)
    assert answer.status_code == 200
    assert client.get(f"/w/{place.workspace.slug}/").status_code == 404
    assert client.get(place.url("events/")).status_code == 404


def test_a_withdrawn_link_opens_nothing_any_more(place: Place) -> None:
    client = Client()
    client.get(f"/review/{_review_link(place)}/")
    assert client.get(place.url()).status_code == 200
    Link.objects.update(withdrawn_at=timezone.now())
    assert client.get(place.url()).status_code == 404


def test_an_expired_link_opens_nothing(place: Place) -> None:
    secret = _review_link(place)
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(f"/review/{secret}/").status_code == 410


def test_an_invitation_makes_a_member_once(place: Place) -> None:
    owner = place.people[Role.OWNER]
    answer = owner.post(
        f"/w/{place.workspace.slug}/members/", {"do": "invite", "role": "editor"}
    )
    address = answer.context["address"]
    path = address[address.index("/join/") :]
    for name, status in (("a@new.example", 302), ("b@new.example", 410)):
        client = Client()
        user = User.objects.create_user(name)
        client.force_login(user, backend=_BACKEND)
        assert client.post(path).status_code == status
    members = Membership.objects.filter(workspace=place.workspace)
    assert members.get(user__username="a@new.example").role == Role.EDITOR
    assert not members.filter(user__username="b@new.example").exists()


def test_a_scoped_invitation_needs_its_case(place: Place) -> None:
    owner = place.people[Role.OWNER]
    answer = owner.post(
        f"/w/{place.workspace.slug}/members/", {"do": "invite", "role": "respondent"}
    )
    assert answer.context["address"] == ""
    assert not Link.objects.exists()


def test_the_last_owner_stays(place: Place) -> None:
    owner = Membership.objects.get(workspace=place.workspace, role=Role.OWNER)
    for change in ({"do": "remove"}, {"do": "role", "role": "editor"}):
        place.people[Role.OWNER].post(
            f"/w/{place.workspace.slug}/members/", {**change, "member": owner.pk}
        )
        owner.refresh_from_db()
        assert owner.role == Role.OWNER


def test_a_review_link_is_an_event_of_the_case(place: Place) -> None:
    place.people[Role.OWNER].post(
        f"/w/{place.workspace.slug}/members/",
        {"do": "review", "case": place.case.folder, "days": "30"},
    )
    event = CaseEvent.objects.get(case=place.case.folder, verb="review_link")
    assert event.actor == "owner@here.example"


def test_a_sign_in_link_works_once(place: Place) -> None:
    user = User.objects.get(username="owner@here.example")
    _, secret = Link.make(
        Link.Purpose.SIGN_IN, expires_at=timezone.now() + timedelta(hours=1), user=user
    )
    first, second = Client(), Client()
    assert first.get(f"/enter/{secret}/").status_code == 200  # a look uses nothing up
    assert first.post(f"/enter/{secret}/").status_code == 302
    assert second.post(f"/enter/{secret}/").status_code == 410


def test_signing_up_is_closed_but_for_the_invited(place: Place) -> None:
    new = {"email": "new@firm.example", "password1": "quite a long secret"}
    client = Client()
    assert client.post("/account/signup/", new).status_code == 200
    assert not User.objects.filter(email=new["email"]).exists()
    _, secret = Link.make(
        Link.Purpose.INVITE,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        role=Role.EDITOR,
    )
    answer = client.post(f"/account/signup/?next=/join/{secret}/", new)
    assert answer.status_code == 302
    assert User.objects.filter(email=new["email"]).exists()


@override_settings(SIGNUP_OPEN=True)
def test_signing_up_gives_a_workspace_of_ones_own(db: None) -> None:
    answer = Client().post(
        "/account/signup/",
        {"email": "new@firm.example", "password1": "quite a long secret"},
    )
    assert answer.status_code == 302
    member = Membership.objects.get(user__email="new@firm.example")
    assert member.role == Role.OWNER


def test_sign_in_is_limited(db: None) -> None:
    User.objects.create_user("a@b.example", "a@b.example", "quite a long secret")
    client = Client()
    for _ in range(12):
        answer = client.post(
            "/account/login/", {"login": "a@b.example", "password": "wrong"}
        )
    answer = client.post(
        "/account/login/", {"login": "a@b.example", "password": "quite a long secret"}
    )
    assert answer.status_code != 302
