"""Signing in at a provider of identities, and whom it does not let in."""

from __future__ import annotations

import html
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from changqing_web.models import Link, Membership, Role
from changqing_web.oidc.configuration import (
    read_oidc,
    write_settings,
)
from changqing_web.oidc.refusals import SignInRefusal
from tests.web.web_live import Live
from tests.web.web_provider import CLIENT, SECRET, Provider, serve_provider
from tests.web.web_world import Place

_ADDRESS = "a@firm.example"
_PASSWORD = "quite a long secret"


@pytest.fixture(scope="module")
def served_provider() -> Iterator[Provider]:
    with serve_provider() as provider:
        yield provider


@pytest.fixture
def provider(db: None, served_provider: Provider, settings: Any) -> Provider:
    """One that says what is right, set up here under its own name."""
    fresh = Provider()
    for name in Provider.__slots__:
        if name != "issuer":
            setattr(served_provider, name, getattr(fresh, name))
    _set_up(settings, served_provider)
    return served_provider


def _make_environment(provider: Provider, **more: str) -> dict[str, str]:
    return {
        "CHANGQING_OIDC_ISSUER": provider.issuer,
        "CHANGQING_OIDC_CLIENT": CLIENT,
        "CHANGQING_OIDC_SECRET": SECRET,
        "CHANGQING_OIDC_NAME": "甲公司",
        **more,
    }


def _set_up(settings: Any, provider: Provider, **more: str) -> None:
    settings.OIDC = read_oidc(_make_environment(provider, **more))
    for name, value in write_settings(settings.OIDC).items():
        setattr(settings, name, value)


def _make_person(email: str = _ADDRESS, *, verified: bool = True) -> User:
    user = User.objects.create_user(email, email, _PASSWORD)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=verified)
    return user


def _begin(client: Client, **sent: str) -> str:
    """Press the button: the address that the page leads on to."""
    answer = client.post("/account/oidc/login/", sent)
    assert answer.status_code == 200, answer.headers
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', _decode(answer))
    assert found is not None, _decode(answer)
    return html.unescape(found[1])


def _visit(address: str) -> str:
    """Be signed in by the provider: the path by which it leads back."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = connection.getresponse().headers["Location"]
    connection.close()
    assert back.startswith("http://testserver/account/oidc/callback/?")
    return back.removeprefix("http://testserver")


def _sign_in(client: Client, **sent: str) -> Any:
    return client.get(_visit(_begin(client, **sent)))


def _decode(answer: Any) -> str:
    return str(answer.content.decode())


def _find_who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def _assert_refused(client: Client, answer: Any, why: SignInRefusal) -> None:
    assert answer.status_code == (503 if why is SignInRefusal.AWAY else 403)
    assert html.escape(why.text.zh) in _decode(answer)
    assert _find_who(client) is None
    assert not SocialAccount.objects.exists()


def test_who_both_sides_know_by_a_verified_address_is_signed_in(
    provider: Provider,
) -> None:
    user = _make_person()
    client = Client()
    answer = _sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert _find_who(client) == str(user.pk)
    (asked,) = provider.asked
    assert asked["response_type"] == "code"
    assert set(asked["scope"].split()) == {"openid", "email"}
    assert len(asked["state"]) >= 16
    assert len(asked["nonce"]) == 64
    assert asked["code_challenge_method"] == "S256"
    assert not SocialToken.objects.exists()
    kept = SocialAccount.objects.get(user=user)
    assert kept.extra_data == {
        "id_token": {"sub": "person-1", "email": _ADDRESS, "email_verified": True}
    }
    user.refresh_from_db()
    assert user.check_password(_PASSWORD)


@pytest.mark.parametrize(
    ("told", "own"),
    [
        ("mi\N{KELVIN SIGN}e@firm.example", "mike@firm.example"),
        ("mike@\N{KELVIN SIGN}ey.example", "mike@key.example"),
    ],
)
def test_an_address_that_becomes_anothers_in_small_letters_is_nobodys(
    provider: Provider, told: str, own: str
) -> None:
    _make_person(own)
    provider.claims = {"email": told}
    client = Client()
    _assert_refused(client, _sign_in(client), SignInRefusal.UNVERIFIED)


def test_capitals_in_an_address_change_nothing(provider: Provider) -> None:
    user = _make_person()
    provider.claims = {"email": "A@Firm.Example"}
    client = Client()
    _sign_in(client)
    assert _find_who(client) == str(user.pk)


def test_from_then_on_the_person_counts_and_not_the_address(provider: Provider) -> None:
    user = _make_person()
    _sign_in(Client())
    provider.claims = {"email": "married@firm.example"}
    client = Client()
    _sign_in(client)
    assert _find_who(client) == str(user.pk)


def test_each_sign_in_has_marks_of_its_own(provider: Provider) -> None:
    client = Client()
    first, second = (parse_qs(urlsplit(_begin(client)).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_button_stands_on_the_sign_in_page(
    provider: Provider, language: str
) -> None:
    page = _decode(Client().get(f"/account/login/?lang={language}&next=/me/"))
    button = {"zh": "用甲公司登录", "en": "Sign in with 甲公司"}[language]
    form = page.partition('action="/account/oidc/login/"')[2].partition("</form>")[0]
    assert button in form
    assert '<input type="hidden" name="next" value="/me/">' in form


def test_who_was_on_the_way_gets_there_and_nowhere_else(provider: Provider) -> None:
    _make_person()
    assert _sign_in(Client(), next="/me/").headers["Location"] == "/me/"
    away = _sign_in(Client(), next="https://evil.example/")
    assert away.headers["Location"] == "/"


@pytest.mark.long
@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://other.example"}, SignInRefusal.ISSUER),
        ({"aud": "another client"}, SignInRefusal.TOKEN),
        ({"aud": [CLIENT, "another"]}, SignInRefusal.TOKEN),
        ({"azp": "another"}, SignInRefusal.TOKEN),
        ({"exp": 1_700_000_000}, SignInRefusal.TOKEN),
        ({"exp": None}, SignInRefusal.TOKEN),
        ({"nonce": "0" * 64}, SignInRefusal.TOKEN),
        ({"nonce": None}, SignInRefusal.TOKEN),
        ({"sub": ""}, SignInRefusal.TOKEN),
        ({"sub": None}, SignInRefusal.TOKEN),
        ({"email": None}, SignInRefusal.NO_ADDRESS),
        ({"email": "no address"}, SignInRefusal.NO_ADDRESS),
        ({"email_verified": False}, SignInRefusal.UNVERIFIED),
        ({"email_verified": "false"}, SignInRefusal.UNVERIFIED),
        ({"email_verified": 1}, SignInRefusal.UNVERIFIED),
        ({"email": "nobody@firm.example"}, SignInRefusal.UNKNOWN),
    ],
    ids=str,
)
def test_what_the_token_says_may_let_nobody_in(
    provider: Provider, claims: dict[str, Any], why: SignInRefusal
) -> None:
    _make_person()
    provider.claims = claims
    provider.userinfo = {"sub": "person-1"}
    client = Client()
    _assert_refused(client, _sign_in(client), why)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "algorithm"), [("another", "RS256"), ("own", "HS256"), ("own", "none")]
)
def test_a_token_that_the_provider_has_not_signed_is_not_believed(
    provider: Provider, key: str, algorithm: str
) -> None:
    _make_person()
    provider.signs_with, provider.algorithm = key, algorithm
    client = Client()
    _assert_refused(client, _sign_in(client), SignInRefusal.TOKEN)


def test_another_issuer_than_the_one_set_is_refused_before_anybody_goes_there(
    provider: Provider,
) -> None:
    provider.published = {"issuer": "https://other.example"}
    client = Client()
    answer = client.post("/account/oidc/login/")
    _assert_refused(client, answer, SignInRefusal.ISSUER)
    assert not provider.asked


@pytest.mark.parametrize("place", ["authorization_endpoint", "jwks_uri"])
def test_no_address_in_the_clear_is_asked(provider: Provider, place: str) -> None:
    provider.published = {place: "http://login.example/"}
    client = Client()
    answer = client.post("/account/oidc/login/")
    _assert_refused(client, answer, SignInRefusal.PROVIDER)


def test_the_keys_are_taken_from_where_the_provider_says_alone(
    provider: Provider,
) -> None:
    _make_person()
    provider.redirects_keys = True
    client = Client()
    _assert_refused(client, _sign_in(client), SignInRefusal.AWAY)


def test_a_state_works_once_and_in_its_own_browser(provider: Provider) -> None:
    user = _make_person()
    client, other = Client(), Client()
    back = _visit(_begin(client))
    _begin(other)
    _assert_refused(other, other.get(back), SignInRefusal.STATE)
    assert client.get(back).status_code == 302
    assert _find_who(client) == str(user.pk)
    client.logout()
    answer = client.get(back)
    assert (answer.status_code, _find_who(client)) == (403, None)
    assert html.escape(SignInRefusal.STATE.text.zh) in _decode(answer)


def test_a_state_ends_after_ten_minutes(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    back = _visit(_begin(client))
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: now + 601)
        _assert_refused(client, client.get(back), SignInRefusal.STATE)


@pytest.mark.parametrize(
    "address", ["", "?code=1", "?state=x&code=1", "?error=access_denied"]
)
def test_nobody_comes_back_who_did_not_go(provider: Provider, address: str) -> None:
    client = Client()
    answer = client.get(f"/account/oidc/callback/{address}")
    _assert_refused(client, answer, SignInRefusal.STATE)


def test_who_gives_up_at_the_provider_is_told_so(provider: Provider) -> None:
    client = Client()
    state = parse_qs(urlsplit(_begin(client)).query)["state"][0]
    back = f"/account/oidc/callback/?error=access_denied&state={state}"
    _assert_refused(client, client.get(back), SignInRefusal.CANCELLED)


def test_a_code_is_worth_nothing_without_the_verifier_of_its_browser(
    provider: Provider,
) -> None:
    """Somebody else's code, put into one's own way back."""
    _make_person()
    stolen = parse_qs(urlsplit(_visit(_begin(Client()))).query)["code"][0]
    client = Client()
    state = parse_qs(urlsplit(_begin(client)).query)["state"][0]
    answer = client.get(f"/account/oidc/callback/?code={stolen}&state={state}")
    _assert_refused(client, answer, SignInRefusal.PROVIDER)
    assert provider.refused == ["verifier"]


def test_a_wrong_secret_is_refused_in_words(provider: Provider, settings: Any) -> None:
    _set_up(settings, provider, CHANGQING_OIDC_SECRET="old")
    client = Client()
    _assert_refused(client, _sign_in(client), SignInRefusal.PROVIDER)
    assert provider.refused == ["secret"]


def test_a_provider_that_is_away_stops_nobody_else(
    provider: Provider, settings: Any
) -> None:
    away = "http://127.0.0.1:9"
    _set_up(settings, provider, CHANGQING_OIDC_ISSUER=away)
    client = Client()
    _assert_refused(client, client.post("/account/oidc/login/"), SignInRefusal.AWAY)
    _make_person()
    client.post("/account/login/", {"login": _ADDRESS, "password": _PASSWORD})
    assert _find_who(client) is not None


def test_the_address_may_stand_in_userinfo(provider: Provider) -> None:
    user = _make_person()
    provider.claims = {"email": None, "email_verified": None}
    provider.userinfo = {
        "sub": "person-1",
        "email": _ADDRESS.upper(),
        "email_verified": "true",
    }
    client = Client()
    _sign_in(client)
    assert _find_who(client) == str(user.pk)


def test_userinfo_of_somebody_else_is_refused(provider: Provider) -> None:
    _make_person()
    provider.claims = {"email": None}
    provider.userinfo = {"sub": "x", "email": _ADDRESS, "email_verified": True}
    client = Client()
    _assert_refused(client, _sign_in(client), SignInRefusal.TOKEN)


def test_an_address_that_was_not_proven_here_opens_no_account(
    provider: Provider,
) -> None:
    """Somebody may have written it in to wait for its owner."""
    user = _make_person(verified=False)
    client = Client()
    _assert_refused(client, _sign_in(client), SignInRefusal.UNPROVEN_HERE)
    EmailAddress.objects.filter(user=user).delete()  # as the first owner may be
    _assert_refused(client, _sign_in(client), SignInRefusal.UNPROVEN_HERE)


def test_a_successor_with_the_same_address_gets_no_account_of_another(
    provider: Provider,
) -> None:
    user = _make_person()
    first = Client()
    _sign_in(first)
    provider.claims = {"sub": "person-2"}
    successor = Client()
    answer = _sign_in(successor)
    assert (answer.status_code, _find_who(successor)) == (403, None)
    assert html.escape(SignInRefusal.ANOTHER.text.zh) in _decode(answer)
    assert f"可用甲公司登录：{_ADDRESS}" in _decode(first.get("/me/"))
    assert first.post("/account/oidc/disconnect/").headers["Location"] == "/me/"
    assert "可用甲公司登录" not in _decode(first.get("/me/"))
    _sign_in(successor)
    assert _find_who(successor) == str(user.pk)


def test_nobody_cuts_off_their_only_way_in(provider: Provider) -> None:
    user = _make_person()
    user.set_unusable_password()
    user.save()
    client = Client()
    _sign_in(client)
    answer = client.post("/account/oidc/disconnect/", follow=True)
    assert "先设密码再解除" in _decode(answer)
    assert SocialAccount.objects.filter(user=user).exists()
    assert Client().post("/account/oidc/disconnect/").status_code == 302


def test_the_second_factor_is_asked_for(provider: Provider) -> None:
    TOTP.activate(_make_person(), "JBSWY3DPEHPK3PXP")
    client = Client()
    answer = _sign_in(client)
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert _find_who(client) is None


def test_a_closed_account_stays_closed(provider: Provider) -> None:
    user = _make_person()
    user.is_active = False
    user.save()
    client = Client()
    _sign_in(client)
    assert _find_who(client) is None


def test_signing_out_ends_it_here(provider: Provider) -> None:
    _make_person()
    client = Client()
    _sign_in(client)
    assert "在甲公司那里仍是登录状态" in _decode(client.get("/me/"))
    client.post("/account/logout/")
    assert _find_who(client) is None
    assert client.get("/me/").status_code == 302


def test_an_unknown_address_gets_an_account_where_the_operator_says_so(
    provider: Provider, settings: Any
) -> None:
    _set_up(settings, provider, CHANGQING_OIDC_SIGNUP="open")
    client = Client()
    _sign_in(client)
    user = User.objects.get(username=_ADDRESS)
    assert _find_who(client) == str(user.pk)
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert not Membership.objects.filter(user=user).exists()


def test_the_role_is_given_by_an_invitation(
    provider: Provider, settings: Any, place: Place
) -> None:
    _set_up(settings, provider, CHANGQING_OIDC_SIGNUP="open")
    _, secret = Link.make(
        Link.Purpose.INVITE,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        role=Role.EDITOR,
    )
    path = f"/join/{secret}/"
    client, friend = Client(), Client()
    assert _sign_in(client, next=path).headers["Location"] == path
    provider.claims = {"sub": "person-2", "email": "b@firm.example"}
    _sign_in(friend, next=path)
    assert friend.post(path).status_code == 410  # the other account was made by it
    assert client.post(path).status_code == 302
    member = Membership.objects.get(workspace=place.workspace, user__email=_ADDRESS)
    assert member.role == Role.EDITOR


def test_a_letter_says_that_somebody_else_opens_the_account_now(
    provider: Provider, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_NOTIFICATIONS = True
    _make_person()
    _sign_in(Client())
    (letter,) = mail.outbox
    assert letter.to == [_ADDRESS]
    assert "从现在起可以用甲公司登录" in str(letter.body)


def test_refusals_are_told_in_english_too(provider: Provider) -> None:
    answer = _sign_in(Client(), lang="en")
    assert answer.status_code == 403
    client = Client(headers={"accept-language": "en-GB"})
    answer = _sign_in(client)
    assert html.escape(SignInRefusal.UNKNOWN.text.en) in _decode(answer)


def test_without_a_provider_there_is_no_button_and_no_page(
    db: None, settings: Any
) -> None:
    settings.OIDC = None
    client = Client()
    assert "oidc" not in _decode(client.get("/account/login/"))
    assert client.post("/account/oidc/login/").status_code == 404
    assert client.get("/account/oidc/callback/?code=1&state=1").status_code == 404
    assert client.post("/account/oidc/disconnect/").status_code == 404


@pytest.mark.parametrize(
    "path", ["3rdparty/", "3rdparty/signup/", "3rdparty/login/error/", "social/signup/"]
)
def test_pages_of_the_library_that_we_have_none_for_are_not_there(
    provider: Provider, path: str
) -> None:
    assert Client().get(f"/account/{path}").status_code == 404


@pytest.mark.long
def test_a_server_with_half_a_configuration_does_not_start(tmp_path: Path) -> None:
    live = Live(home=tmp_path / "home", settings={"CHANGQING_OIDC_CLIENT": "c"})
    done = subprocess.run(
        [sys.executable, "-m", "changqing_web", "setup"],
        env=live.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "changqing.E001" in done.stderr
    assert "CHANGQING_OIDC_ISSUER, CHANGQING_OIDC_SECRET" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home" / "changqing.db").exists()
