"""What people send who want more than they may: for every route, from the table."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from changqing_web.index import refresh_case
from changqing_web.models import Link, Role
from changqing_web.walls import PageRoute, collect_routes, find_cases_folder
from tests.web.web_world import EXAMPLES, Place

ROUTES = collect_routes()
_OF_CASE = [route for route in ROUTES if ":case>" in route.path]
_NAMED = [
    (route, key)
    for route in ROUTES
    for key, value in route.sample.items()
    if isinstance(value, str) and route.least is not None
]
_NUMBERED = [
    (route, key)
    for route in ROUTES
    for key, value in route.sample.items()
    if isinstance(value, int) and route.least is not None
]
_POSTED = [route for route in ROUTES if "POST" in route.methods]
_ELSEWHERE = (
    "../../../changqing.db",
    "..%2f..%2f..%2fchangqing.db",
    "%2e%2e%2fcase.yaml",
    "....//case.yaml",
    "case.yaml",
    "..",
    "a\r\nX-Evil: 1",
    "x" * 400,
    "\u202egpj.exe",
)
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _make_address(route: PageRoute, place: Place, **changes: object) -> str:
    named = dict(route.sample)
    if "workspace>" in route.path:
        named["workspace"] = place.workspace.slug
    if ":case>" in route.path:
        named["case"] = place.case.folder
    return reverse(route.name, kwargs=named | changes)


def _digest_files(folder: Path) -> dict[str, str]:
    """Every file below a folder, by its digest."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {".lock", "assessment.json"}
    }


@pytest.mark.share
@pytest.mark.parametrize("route_key", _NAMED, ids=lambda rk: f"{rk[0].name}-{rk[1]}")
def test_no_name_leads_out_of_the_case(
    place: Place, route_key: tuple[PageRoute, str]
) -> None:
    route, key = route_key
    owner = place.people[Role.OWNER]
    base = _make_address(route, place, **{key: "zzzz"})
    for name in _ELSEWHERE:
        try:
            tried = [
                _make_address(route, place, **{key: name}),
                base.replace("zzzz", name),
            ]
        except NoReverseMatch:
            tried = [base.replace("zzzz", name)]
        for address in tried:
            for method in route.methods:
                answer = owner.generic(method, address)
                answer.close()
                assert answer.status_code in {302, 404, 422, 400}, (address, method)
                assert "X-Evil" not in answer.headers
    if route.least is not None and ":case>" in route.path:
        assert place.folder.is_dir()


@pytest.mark.share
@pytest.mark.parametrize("route_key", _NUMBERED, ids=lambda rk: rk[0].name)
@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
def test_no_number_brings_a_page_down(
    place: Place, route_key: tuple[PageRoute, str], number: int
) -> None:
    route, key = route_key
    for method in route.methods:
        address = _make_address(route, place, **{key: number})
        answer = place.people[Role.OWNER].generic(method, address)
        # A line that a notice does not have is answered in words.
        assert answer.status_code == (422 if route.name == "casework_line" else 404)


@pytest.mark.share
@pytest.mark.parametrize("route", _POSTED, ids=lambda route: route.name)
def test_a_form_of_another_site_is_refused(place: Place, route: PageRoute) -> None:
    strict = Client(enforce_csrf_checks=True)
    owner = User.objects.get(username=f"owner@{place.workspace.slug}.example")
    strict.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])
    before = _digest_files(place.folder)
    answer = strict.post(
        _make_address(route, place),
        {"x": "1"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert "这次提交没有被接受" in answer.content.decode()
    assert _digest_files(place.folder) == before


@pytest.mark.share
@pytest.mark.parametrize("route", _OF_CASE, ids=lambda route: route.name)
def test_who_was_given_one_case_knows_of_no_other(
    place: Place, route: PageRoute
) -> None:
    import shutil

    other = find_cases_folder(place.workspace) / "local-life"
    shutil.copytree(EXAMPLES / "local-life", other, dirs_exist_ok=True)
    refresh_case(place.workspace, "local-life")
    _, secret = Link.make(
        Link.Purpose.REVIEW,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        case=place.case,
        role=Role.REVIEWER,
    )
    visitor = Client()
    visitor.get(f"/review/{secret}/")
    before = _digest_files(other)
    for client in (
        place.people[Role.RESPONDENT],
        place.people[Role.REVIEWER],
        visitor,
    ):
        for method in route.methods:
            address = _make_address(route, place, case="local-life")
            assert client.generic(method, address).status_code == 404
    assert _digest_files(other) == before


@pytest.mark.share
@pytest.mark.parametrize(
    "route",
    [r for r in _POSTED if ":case>" in r.path],
    ids=lambda route: route.name,
)
def test_a_reviewer_changes_nothing_whatever_they_send(
    place: Place, route: PageRoute
) -> None:
    before = _digest_files(place.folder)
    data = {"act": "submit", "by": "x", "step": "add", "do": "invite", "text": "x"}
    answer = place.people[Role.REVIEWER].post(_make_address(route, place), data)
    answer.close()
    assert answer.status_code < 500
    assert _digest_files(place.folder) == before


@pytest.mark.parametrize(
    "after",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\thttps:e"],
)
def test_signing_in_leads_to_no_other_site(db: None, after: str) -> None:
    user = User.objects.create_user("a@x.example", "a@x.example", "quite a long one")
    given = {"login": user.email, "password": "quite a long one", "next": after}
    answer = Client().post("/account/login/", given)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_a_session_from_before_signing_in_is_worth_nothing(db: None) -> None:
    user = User.objects.create_user("a@x.example", "a@x.example", "quite a long one")
    _, secret = Link.make(
        Link.Purpose.SIGN_IN, expires_at=timezone.now() + timedelta(hours=1), user=user
    )
    given = {"login": user.email, "password": "quite a long one"}
    for address, data in (("/account/login/", given), (f"/enter/{secret}/", {})):
        client = Client()
        client.get("/account/login/")
        session = client.session
        session["planted"] = "x"
        session.save()
        planted = str(session.session_key)
        client.cookies[settings.SESSION_COOKIE_NAME] = planted
        client.post(address, data)
        assert client.session["_auth_user_id"] == str(user.pk)
        assert client.session.session_key != planted


@pytest.mark.parametrize(
    "body",
    [
        "x=" + "a" * 3_000_000,
        "&".join(f"f{i}=1" for i in range(2_000)),
    ],
    ids=["long", "many"],
)
def test_a_huge_form_is_refused_in_words(place: Place, body: str) -> None:
    answer = place.editor.post(
        place.url("casework/record/"),
        body,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "没有保存" in page
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    "name",
    ['a"; filename=evil.html', "a\r\nSet-Cookie: x=1.pdf", "../../../evil.pdf", "‮fdp"],
)
def test_no_name_of_a_file_reaches_a_header_or_another_folder(
    place: Place, name: str
) -> None:
    file = SimpleUploadedFile("x.pdf", _PDF)
    file.__dict__["_name"] = name  # past what the client of the tests would clean
    answer = place.editor.post(
        place.url("evidence/"), {"file": file, "kind": "lease"}, follow=True
    )
    assert answer.status_code < 500
    inside = {path.resolve() for path in settings.HOME.rglob("*evil*")}
    assert all(place.folder.resolve() in path.parents for path in inside)


def test_error_pages_keep_the_policy(place: Place, monkeypatch: Any) -> None:
    missing = place.editor.get("/no/such/page/")
    assert missing.status_code == 404
    assert "default-src 'none'" in missing.headers["Content-Security-Policy"]
    quiet = Client(raise_request_exception=False)
    monkeypatch.setattr("changqing_web.accounts.views.render", None)
    broken = quiet.get("/enter/x/")
    assert broken.status_code == 500
    assert "default-src 'none'" in broken.headers["Content-Security-Policy"]
    assert "Traceback" not in broken.content.decode()
