"""Roles, invitations and links: who gets in, how far, and for how long."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import timezone

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing_web.models import CaseEvent, CaseRow, Link, Membership, Role
from tests.web.web_world import Place, make_place

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _make_review_link(place: Place, **more: object) -> str:
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
    answer = client.get(f"/review/{_make_review_link(place)}/", follow=True)
    assert answer.status_code == 200
    assert client.get(f"/w/{place.workspace.slug}/").status_code == 404
    assert client.get(place.url("events/")).status_code == 404


def test_a_withdrawn_link_opens_nothing_any_more(place: Place) -> None:
    client = Client()
    client.get(f"/review/{_make_review_link(place)}/")
    assert client.get(place.url()).status_code == 200
    Link.objects.update(withdrawn_at=timezone.now())
    assert client.get(place.url()).status_code == 404
    over = Client().get("/review/of-yore/")
    assert over.status_code == 410
    assert "有账号的，登录" in over.content.decode()


def test_an_expired_link_opens_nothing(place: Place) -> None:
    secret = _make_review_link(place)
    Link.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(f"/review/{secret}/").status_code == 410


def test_an_invitation_makes_a_member_once(place: Place) -> None:
    owner = place.people[Role.OWNER]
    answer = owner.post(
        f"/w/{place.workspace.slug}/members/",
        {"do": "invite", "role": "editor", "sure": "1"},
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
        {"do": "review", "case": place.case.folder, "days": "30", "sure": "1"},
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


def test_an_invitation_makes_one_account_and_leads_in_nobody_else(place: Place) -> None:
    _, secret = Link.make(
        Link.Purpose.INVITE,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        role=Role.EDITOR,
    )
    path = f"/join/{secret}/"
    invited, friend = Client(), Client()
    for number, client in enumerate((invited, friend)):
        email = f"new{number}@firm.example"
        new = {"email": email, "password1": "quite a long secret", "next": path}
        client.post(f"/account/signup/?next={path}", new)
    assert User.objects.filter(email__endswith="@firm.example").count() == 1
    assert place.people[Role.REVIEWER].post(path).status_code == 410
    assert invited.post(path).status_code == 302
    assert Membership.objects.filter(user__email="new0@firm.example").count() == 1


@pytest.mark.long
def test_an_invitation_makes_one_account_also_under_two_posts_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.web.two_at_once"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rounds = json.loads(done.stdout)
    assert len(rounds) > 2
    for answers in rounds:
        assert (answers["accounts"], answers["members"]) == (1, 1), rounds
        assert all(status < 500 for status in answers["statuses"]), rounds


def test_an_invited_client_lands_on_the_one_case_that_is_asked_of(place: Place) -> None:
    page = _change_members(
        place, do="invite", role="respondent", case=place.case.folder, sure="1"
    )
    path = page.context["address"].partition("testserver")[2]
    client = Client()
    new = {"email": "new@firm.example", "password1": "quite a long secret"}
    client.post(f"/account/signup/?next={path}", new)
    client.post(path)
    assert client.get("/")["Location"] == place.url("answers/")


def test_an_invitation_says_who_invites_what_for_and_until_when(place: Place) -> None:
    with DeskJournal(place.folder) as desk:
        note = Note(deed=Deed.ASK, by="顾", to="甲", items=("租赁合同", "社保证明"))
        desk.append(note, now=timezone.now())
    page = _change_members(
        place, do="invite", role="respondent", case=place.case.folder, sure="1"
    )
    path = page.context["address"].partition("testserver")[2]
    link = Link.objects.get(purpose=Link.Purpose.INVITE)
    until = timezone.localtime(link.expires_at).strftime("%Y-%m-%d %H:%M")
    told = (place.workspace.name, "owner@here.example", place.case.name, until)
    client = Client()
    pages = [f"/account/{name}/?next={path}" for name in ("login", "signup")]
    assert client.get(path)["Location"].startswith("/account/login/?next=/join/")
    assert "新建账号" in client.get(pages[0]).content.decode()
    for address in pages:
        found = client.get(address).content.decode()
        assert [word for word in (*told, "租赁合同") if word not in found] == []
    new = {"email": "new@firm.example", "password1": "quite a long secret"}
    client.post(pages[1], new)
    found = client.get(path).content.decode()
    assert [word for word in (*told, "只看指定的项目") if word not in found] == []
    client.post(path)
    # Used up: it tells nobody any more whose case it was.
    assert place.case.name not in Client().get(pages[0]).content.decode()
    assert place.case.name not in Client().get(f"{pages[0][:-3]}/").content.decode()
    assert "新建账号" not in Client().get(pages[0]).content.decode()


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


def _change_members(place: Place, **given: object) -> Any:
    address = f"/w/{place.workspace.slug}/members/"
    return place.people[Role.OWNER].post(address, given, follow=True)


def _get_membership(place: Place, role: Role) -> Membership:
    return Membership.objects.get(workspace=place.workspace, role=role)


def test_withdrawing_a_link_is_said_and_recorded(place: Place) -> None:
    secret = _make_review_link(place, label="审计所")
    link = Link.objects.get()
    page = _change_members(place, do="withdraw", link=link.pk)
    assert "链接已收回" in page.content.decode()
    assert Client().get(f"/review/{secret}/").status_code == 410
    event = CaseEvent.objects.get(verb="withdraw")
    assert (event.case, "审计所" in event.what["zh"]) == (place.case.folder, True)
    assert _change_members(place, do="withdraw", link=link.pk).status_code == 404


def test_a_case_is_named_by_company_code_or_folder(place: Place) -> None:
    row = place.case
    for words in (row.name, row.name[:6], row.board.credit_code or "", row.folder):
        page = _change_members(
            place, do="invite", role="respondent", case=words, sure="1"
        )
        assert page.context["address"], words
    assert set(Link.objects.values_list("case", flat=True)) == {row.pk}


def test_a_name_that_fits_several_cases_is_asked_for_again(place: Place) -> None:
    CaseRow.objects.bulk_create(
        CaseRow(
            workspace=place.workspace,
            folder=f"twin{n}",
            name=f"双生{n}号公司",
            holds_until=date(2100, 1, 1),
        )
        for n in (1, 2)
    )
    page = _change_members(place, do="review", case="双生", days="30", label="王会计")
    assert page.status_code == 422
    assert "要指定一个项目" in page.content.decode()
    assert 'value="王会计"' in page.content.decode()
    assert not Link.objects.exists()


def test_a_role_that_sees_named_cases_needs_one(place: Place) -> None:
    editor = _get_membership(place, Role.EDITOR)
    page = _change_members(place, do="role", member=editor.pk, role="reviewer")
    assert "还没有指定" in page.content.decode()
    editor.refresh_from_db()
    assert editor.role == Role.EDITOR


def test_a_case_that_was_named_can_be_taken_back(place: Place) -> None:
    reviewer = place.people[Role.REVIEWER]
    assert reviewer.get(place.url()).status_code == 200
    member = _get_membership(place, Role.REVIEWER)
    _change_members(place, do="unname", member=member.pk, case=place.case.folder)
    assert reviewer.get(place.url()).status_code == 404
    assert CaseEvent.objects.filter(verb="unname", case=place.case.folder).exists()


def test_an_owner_who_steps_down_is_led_away(place: Place) -> None:
    second = _get_membership(place, Role.EDITOR)
    _change_members(place, do="role", member=second.pk, role="owner")
    first = Membership.objects.get(user__username="owner@here.example")
    answer = place.people[Role.OWNER].post(
        f"/w/{place.workspace.slug}/members/",
        {"do": "role", "member": first.pk, "role": "editor"},
    )
    assert answer["Location"] == "/"


@pytest.mark.long
def test_the_page_of_members_does_not_list_ten_thousand_cases(place: Place) -> None:
    CaseRow.objects.bulk_create(
        [
            CaseRow(
                workspace=place.workspace,
                folder=f"c{n}",
                name=f"测试{n}有限公司",
                holds_until=date(2100, 1, 1),
            )
            for n in range(10_000)
        ],
        batch_size=500,
    )
    page = place.people[Role.OWNER].get(f"/w/{place.workspace.slug}/members/")
    assert page.content.decode().count("<option") < 400


def test_a_choice_of_workspaces_tells_what_is_overdue_in_each(place: Place) -> None:
    second = make_place("second", "local-life").workspace
    user = User.objects.get(username="editor@here.example")
    Membership.objects.create(workspace=second, user=user, role=Role.EDITOR)
    passed = CaseRow.objects.all()
    passed.update(next_day=date(2020, 1, 1))  # their own plan: nothing is overdue
    assert {w.overdue for w in place.editor.get("/").context["desks"]} == {0}
    passed.update(day_kind="statutory")
    CaseRow.objects.filter(workspace=place.workspace).update(ended=True)
    page = place.editor.get("/")
    assert [(w.count, w.overdue) for w in page.context["desks"]] == [(1, 0), (1, 1)]
    assert page.content.decode().count("1件已逾期") == 1


def test_what_others_will_see_is_said_before_a_link_is_made(place: Place) -> None:
    until = timezone.localdate(timezone.now() + timedelta(days=30))
    given = {"do": "review", "case": place.case.folder, "days": "30", "label": "市局"}
    page = _change_members(place, **given)
    said = page.content.decode()
    for words in ("市局", place.case.name, f"到{until}为止", "随时收回"):
        assert words in said, words
    invite = {"do": "invite", "role": "respondent", "case": place.case.folder}
    said = _change_members(place, **invite).content.decode()
    assert "第一个打开链接的人" in said
    assert place.case.name in said
    assert not Link.objects.exists()
    assert not CaseEvent.objects.filter(verb__in=("invite", "review_link")).exists()
    again = dict(page.context["share"].given)
    assert _change_members(place, **again, sure="1").context["address"]
    link = Link.objects.get()
    assert (link.label, link.case) == ("市局", place.case)
