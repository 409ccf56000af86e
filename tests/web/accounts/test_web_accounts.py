"""Accounts: passwords, the second factor, proven addresses, and the way back in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from changqing_web.accounts.adapter import (
    EXAMPLES,
    create_workspace,
    find_or_make_first_owner,
)
from changqing_web.models import Link, Membership, Role
from tests.web.web_world import Place

_SECRET = "JBSWY3DPEHPK3PXP"
_PASSWORD = "quite a long secret"


def _read_code() -> str:
    """The code in the letter that was sent."""
    body = str(mail.outbox[-1].body)
    found = re.search(r"(?m)^([0-9A-Z]{4}-[0-9A-Z]{4})$", body)
    assert found is not None, body
    return found[1]


def _compute_code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _make_person(name: str = "a@firm.example") -> User:
    return User.objects.create_user(name, name, _PASSWORD)


def _sign_in(user: User) -> Client:
    client = Client()
    client.post("/account/login/", {"login": user.email, "password": _PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    return client


def _make_link(user: User) -> str:
    _, secret = Link.make(
        Link.Purpose.SIGN_IN, expires_at=timezone.now() + timedelta(hours=1), user=user
    )
    return f"/enter/{secret}/"


def test_a_sign_in_link_leads_to_the_own_workspace_beside_the_examples(
    db: None,
) -> None:
    user = _make_person()
    for slug in EXAMPLES:
        create_workspace(user, name="示例", slug=slug)
    assert Client().post(_make_link(user)).headers["Location"] == "/"
    own = create_workspace(user, name="我的项目")
    assert Client().post(_make_link(user)).headers["Location"] == f"/w/{own.slug}/"
    create_workspace(user, name="另一家")
    assert Client().post(_make_link(user)).headers["Location"] == "/"


def test_a_sign_in_link_asks_for_the_second_factor(db: None) -> None:
    user = _make_person()
    TOTP.activate(user, _SECRET)
    client = Client()
    answer = client.post(_make_link(user))
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/me/").status_code == 302
    answer = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    answer = client.post("/account/2fa/authenticate/", {"code": _compute_code(_SECRET)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_second_factor_is_set_up_used_and_lost(db: None) -> None:
    user = _make_person()
    client = _sign_in(user)
    address = "/account/2fa/totp/activate/"
    page = client.get(address, follow=True)
    if page.redirect_chain:  # who signed in a while ago writes the password again
        page = client.post(page.redirect_chain[-1][0], {"password": _PASSWORD})
        page = client.get(address)
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    client.post(address, {"code": _compute_code(secret)})
    assert is_mfa_enabled(user)
    codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
    other = Client()
    given = {"login": user.email, "password": _PASSWORD}
    answer = other.post("/account/login/", given)
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    other.post("/account/2fa/authenticate/", {"code": codes[0]})
    assert other.session["_auth_user_id"] == str(user.pk)
    third = Client()
    third.post("/account/login/", given)
    third.post("/account/2fa/authenticate/", {"code": codes[0]})  # used up
    assert "_auth_user_id" not in third.session


def test_who_lost_the_second_factor_gets_in_by_a_command(
    transactional_db: None, tmp_path: Any
) -> None:
    from click.testing import CliRunner

    from changqing_web.commands import main

    user = _make_person()
    TOTP.activate(user, _SECRET)
    RecoveryCodes.activate(user)
    run = CliRunner().invoke(main, ["sign-in", "nobody@firm.example"])
    assert run.exit_code == 2
    run = CliRunner().invoke(main, ["sign-in", user.email])
    assert is_mfa_enabled(user)
    run = CliRunner().invoke(main, ["sign-in", user.email, "--without-second-factor"])
    path = run.output[run.output.index("/enter/") :].strip()
    client = Client()
    assert client.post(path).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_first_owner_sets_a_password_of_their_own(db: None) -> None:
    client = Client()
    client.post(_make_link(find_or_make_first_owner()))
    assert "设密码" in client.get("/me/").content.decode()
    client.post(
        "/account/password/set/", {"password1": _PASSWORD, "password2": _PASSWORD}
    )
    again = Client()
    again.post("/account/login/", {"login": "owner@localhost", "password": _PASSWORD})
    assert "_auth_user_id" in again.session


@pytest.mark.parametrize(
    ("language", "told", "other"),
    [("zh", "这个密码太短", "too short"), ("en", "too short", "太短")],
)
def test_a_short_password_is_refused_in_the_language_of_the_page(
    db: None, language: str, told: str, other: str
) -> None:
    client = Client()
    client.post(_make_link(find_or_make_first_owner()))
    short = {"password1": "123456", "password2": "123456"}
    page = client.post(f"/account/password/set/?lang={language}", short)
    assert told in page.content.decode()
    assert other not in page.content.decode()


def test_with_mail_a_new_account_proves_its_address(db: None, settings: Any) -> None:
    settings.SIGNUP_OPEN, settings.MAIL = True, True
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    client = Client()
    new = {"email": "new@firm.example", "password1": _PASSWORD}
    answer = client.post("/account/signup/", new)
    assert answer.headers["Location"] == "/account/confirm-email/"
    assert "_auth_user_id" not in client.session
    page = client.get("/account/confirm-email/").content.decode()
    assert "new@firm.example" in page
    client.post("/account/confirm-email/", {"code": _read_code()})
    assert "_auth_user_id" in client.session
    assert Membership.objects.get(user__email=new["email"]).role == Role.OWNER


def test_with_mail_the_invited_prove_theirs_and_still_arrive(
    place: Place, settings: Any
) -> None:
    settings.MAIL, settings.ACCOUNT_EMAIL_VERIFICATION = True, "mandatory"
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
    _, secret = Link.make(
        Link.Purpose.INVITE,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        role=Role.EDITOR,
    )
    client = Client()
    client.post(
        f"/account/signup/?next=/join/{secret}/",
        {
            "email": "new@firm.example",
            "password1": _PASSWORD,
            "next": f"/join/{secret}/",
        },
    )
    answer = client.post("/account/confirm-email/", {"code": _read_code()})
    assert answer.headers["Location"] == f"/join/{secret}/"


def test_without_mail_a_lost_password_leads_to_the_command(db: None) -> None:
    page = Client().get("/account/password/reset/").content.decode()
    assert "changqing_web sign-in" in page
    assert '<form method="post"' not in page


@pytest.mark.parametrize("afar", [{"REMOTE_ADDR": "10.1.2.3"}, {"HTTP_VIA": "1.1 x"}])
def test_where_it_is_installed_is_told_to_nobody_from_afar(
    db: None, afar: dict[str, str]
) -> None:
    answer = Client().get("/account/password/reset/", **afar)  # type: ignore[arg-type]
    page = answer.content.decode()
    assert "python -m changqing_web sign-in --at http://testserver" in page
    assert "CHANGQING_HOME" not in page
    assert sys.executable not in page


def test_a_lost_password_is_set_anew_by_mail(db: None, settings: Any) -> None:
    settings.MAIL = True
    user = _make_person()
    client = Client()
    client.post("/account/password/reset/", {"email": user.email})
    assert "Hello" not in mail.outbox[0].body
    found = re.search(r"http://testserver(/\S+key\S+)", str(mail.outbox[0].body))
    assert found is not None
    page = client.get(found[1], follow=True)
    new = {"password1": "another long secret", "password2": "another long secret"}
    client.post(page.redirect_chain[-1][0], new)
    user.refresh_from_db()
    assert user.check_password("another long secret")
    over = Client().get(found[1], follow=True)
    assert "这个链接用过或者过期了" in over.content.decode()


@pytest.mark.parametrize(
    ("host", "known", "behind", "leads_to"),
    [
        ("cases.example:6666", {"cases.example": ""}, {"HTTPS": True}, "cases.example"),
        (
            "cases.example:6666",
            {"cases.example": "8443"},
            {"HTTPS": True},
            "cases.example:8443",
        ),
        ("cases.example:6666", {"cases.example": ""}, {"PROXIES": 1}, "cases.example"),
        ("127.0.0.1:6666", {}, {}, "127.0.0.1:8123"),
        ("[::1]:6666", {}, {}, "[::1]:8123"),
    ],
)
def test_no_letter_leads_to_a_port_that_whoever_asked_named(
    db: None,
    settings: Any,
    host: str,
    known: dict[str, str],
    behind: dict[str, object],
    leads_to: str,
) -> None:
    settings.MAIL = True
    settings.PORTS = known
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, *known]
    for name, value in behind.items():
        setattr(settings, name, value)
    user = _make_person()
    for address in (user.email, "nobody@firm.example"):
        Client().post(
            "/account/password/reset/",
            {"email": address},
            HTTP_HOST=host,
            SERVER_PORT="8123",
        )
    assert mail.outbox
    for letter in mail.outbox:
        assert ":6666" not in str(letter.body)
    assert f"http://{leads_to}/account/password/reset/key/" in str(mail.outbox[0].body)


def test_nobody_learns_who_has_an_account(db: None, settings: Any) -> None:
    settings.MAIL = True
    user = _make_person()
    answers = {
        (answer.status_code, answer.headers.get("Location"))
        for address in (user.email, "nobody@firm.example")
        for answer in [Client().post("/account/password/reset/", {"email": address})]
    }
    assert len(answers) == 1


_PAGES = (
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/done/",
    "/account/password/reset/key/1-bad-key/",
    "/account/inactive/",
)
_OWN = (
    "/me/",
    "/account/password/change/",
    "/account/logout/",
    "/account/email/",
    "/account/2fa/",
)
_WITHOUT = ("/account/2fa/totp/activate/",)
_WITH_FACTOR = (
    "/account/2fa/recovery-codes/",
    "/account/2fa/recovery-codes/generate/",
    "/account/2fa/totp/deactivate/",
)


@pytest.mark.parametrize("factor", [False, True])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_account_page_is_whole_in_one_language(
    db: None, language: str, settings: Any, factor: bool
) -> None:
    settings.SIGNUP_OPEN, settings.MAIL = True, True
    user = _make_person()
    client = _sign_in(user)
    client.get("/me/")  # what was said at signing in was said in Chinese
    client.post("/account/reauthenticate/", {"password": _PASSWORD})
    if factor:
        TOTP.activate(user, _SECRET)
        RecoveryCodes.activate(user)
    own = (*_OWN, *_WITH_FACTOR) if factor else (*_OWN, *_WITHOUT)
    for asked, addresses in ((Client(), _PAGES), (client, own)):
        for address in addresses:
            answer = asked.get(f"{address}?lang={language}", follow=True)
            page = answer.content.decode()
            assert answer.status_code == 200, address
            assert "Content-Security-Policy" in answer.headers
            assert "placeholder=" not in page, address
            assert " style=" not in page, address
            main = re.sub(r"(?s)<[^>]*>", " ", page.partition("<main")[2])
            chinese = re.search(r"[\u4e00-\u9fff]", main.partition("footer")[0])
            assert (chinese is None) == (language == "en"), (address, chinese)
            assert "你" not in main, address


@pytest.mark.long
def test_the_commands_say_how_they_are_used() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "changqing_web", "sign-in", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "--without-second-factor" in run.stdout


@pytest.mark.long
def test_a_sign_in_link_from_a_folder_without_accounts_says_which_folder(
    tmp_path: Path,
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "changqing_web", "sign-in"],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ
        | {
            "CHANGQING_HOME": str(tmp_path),
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "changqing_web.settings",
        },
        check=False,
    )
    assert run.returncode == 2, run.stderr
    assert f"{tmp_path}里没有长青的账号" in run.stderr
    assert "CHANGQING_HOME" in run.stderr
    assert "Traceback" not in run.stderr
