"""What protects people on every page: policy, cookies, limits, letters, deployment."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from changqing_web import limits
from changqing_web.limits import find_address
from changqing_web.mail import mail_settings
from changqing_web.models import Role
from changqing_web.walls import PageRoute, collect_routes
from tests.web.web_world import Place

PAGES = [route for route in collect_routes() if "GET" in route.methods]


def _get(place: Place, route: PageRoute) -> Any:
    named = dict(route.sample)
    if "workspace>" in route.path:
        named["workspace"] = place.workspace.slug
    if ":case>" in route.path:
        named["case"] = place.case.folder
    return place.people[Role.OWNER].get(reverse(route.name, kwargs=named))


@pytest.mark.share
@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.name)
def test_every_answer_forbids_script_and_style_written_into_it(
    place: Place, route: PageRoute
) -> None:
    answer = _get(place, route)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy or "sandbox" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}
    assert answer.headers["Referrer-Policy"] == "same-origin"
    page = b"".join(answer).decode(errors="replace")
    answer.close()
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page
        assert "<style" not in page


def _run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CHANGQING_")}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", "changqing_web", *arguments],
        env={**clean, "CHANGQING_HOME": str(home), **more},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.long
def test_a_deployment_behind_https_passes_every_check(tmp_path: Path) -> None:
    done = _run(tmp_path, "check", CHANGQING_HTTPS="1", CHANGQING_HOSTS="a.example")
    assert (done.returncode, done.stderr) == (0, "")
    plain = _run(tmp_path, "check")
    assert plain.returncode == 1
    assert "CHANGQING_HTTPS=1" in plain.stdout + plain.stderr


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, "check", EMAIL_URL="mail.example")
    assert done.returncode == 2
    assert "EMAIL_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_letters_go_where_the_address_says() -> None:
    safe = mail_settings("smtps://me%40x.example:p%2Fw@mail.example")
    assert safe["EMAIL_HOST_USER"] == "me@x.example"
    assert safe["EMAIL_HOST_PASSWORD"] == "p/w"
    assert (safe["EMAIL_PORT"], safe["EMAIL_USE_SSL"], safe["EMAIL_USE_TLS"]) == (
        465,
        True,
        False,
    )
    later = mail_settings("submission://mail.example")
    assert (later["EMAIL_PORT"], later["EMAIL_USE_TLS"]) == (587, True)
    assert "console" in str(mail_settings(None)["EMAIL_BACKEND"])
    for wrong in ("mail.example", "http://mail.example", "smtp://", "smtp://h:x"):
        with pytest.raises(ImproperlyConfigured):
            mail_settings(wrong)


def test_too_many_tries_to_sign_in_are_refused(db: None) -> None:
    client = Client()
    answers = [
        client.post("/account/login/", {"login": f"{i}@x.example", "password": "wrong"})
        for i in range(25)
    ]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"]
    assert client.get("/account/login/").status_code == 200


def test_wrong_passwords_shut_out_who_tries_and_not_the_owner(place: Place) -> None:
    from django.contrib.auth.models import User

    user = User.objects.get(memberships__role=Role.OWNER)
    user.email = "owner@x.example"
    user.save()
    wrong = {"login": "owner@x.example", "password": "wrong wrong"}
    right = {**wrong, "password": "long enough"}
    stranger = Client(REMOTE_ADDR="198.51.100.1")
    for _ in range(6):
        stranger.post("/account/login/", wrong)
    stranger.post("/account/login/", right)
    assert "_auth_user_id" not in stranger.session
    owner = Client(REMOTE_ADDR="198.51.100.99")
    owner.post("/account/login/", right)
    assert "_auth_user_id" in owner.session


def test_guessing_links_is_refused(db: None) -> None:
    client = Client()
    codes = [client.get(f"/review/guess-{i}/").status_code for i in range(65)]
    assert (codes[0], codes[-1]) == (410, 429)


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(
    place: Place, settings: Any
) -> None:
    settings.REQUEST_LIMIT = 1_000_000
    big = SimpleUploadedFile("a.pdf", b"x" * 1_100_000)
    answer = place.editor.post(place.url(), {"file": big})
    assert answer.status_code == 413
    assert "文件太大" in answer.content.decode()


def test_too_many_uploads_are_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(limits.UPLOADS, most=2)  # so that all of them are of one minute
    monkeypatch.setattr(limits, "UPLOADS", few)
    codes = [
        place.editor.post(place.url(), {"file": SimpleUploadedFile("a", b"x")})
        for _ in range(8)
    ]
    assert codes[0].status_code != 429
    assert 429 in [code.status_code for code in codes]
    other = place.people[Role.OWNER].post(
        place.url(), {"file": SimpleUploadedFile("a", b"x")}
    )
    assert other.status_code != 429


def test_an_address_is_believed_only_from_our_own_proxies(settings: Any) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"})
    assert find_address(request) == "127.0.0.1"
    settings.PROXIES = 1
    assert find_address(request) == "2.2.2.2"


@pytest.mark.long
def test_a_deployment_with_mail_passes_every_check(tmp_path: Path) -> None:
    done = _run(
        tmp_path,
        "check",
        CHANGQING_HTTPS="1",
        CHANGQING_HOSTS="a.example",
        EMAIL_URL="smtps://a:b@mail.example",
    )
    assert (done.returncode, done.stderr) == (0, "")
