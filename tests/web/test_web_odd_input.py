"""What nobody types by hand, and folders that cannot be read: a page, never a fault."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse

from changqing_web.limits import is_over_limit
from changqing_web.models import Role
from changqing_web.walls import collect_routes
from tests.web.web_world import Place

_OF_A_CASE = [
    route
    for route in collect_routes()
    if "GET" in route.methods and ":case>" in route.path
]
_DATABASE = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "changqing_cache",
    }
}


def _break_file(folder: Path) -> None:
    (folder / "case.yaml").write_text("name: [", encoding="utf-8")


def _take_file(folder: Path) -> None:
    (folder / "case.yaml").unlink()


def _change_journal(folder: Path) -> None:
    (folder / "casework").mkdir(exist_ok=True)
    (folder / "casework" / "events.jsonl").write_text("{}\n{}\n", encoding="utf-8")


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("broken", [_break_file, _take_file, _change_journal])
def test_a_case_that_cannot_be_read_is_told_of_on_every_page(
    place: Place, broken: object
) -> None:
    assert callable(broken)
    broken(place.folder)
    owner = place.people[Role.OWNER]
    owner.raise_request_exception = False
    names = {"workspace": place.workspace.slug, "case": place.case.folder}
    faults = []
    for route in _OF_A_CASE:
        answer = owner.get(reverse(route.name, kwargs={**route.sample, **names}))
        if answer.status_code >= 500:
            faults.append(route.name)
        answer.close()
    assert faults == []


def test_the_page_names_the_file_and_not_where_it_lies(place: Place) -> None:
    _break_file(place.folder)
    for lang, word in (("zh", "现在办不了"), ("en", "cannot be worked on now")):
        answer = place.editor.get(place.url(), {"lang": lang})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert word in page
        assert "case.yaml:1" in page
        assert str(place.folder) not in page


def test_odd_addresses_are_no_fault(place: Place) -> None:
    for rest in ("facts/entity/?one=²", "casework/annual/?year=²", "casework/?line=²"):
        assert place.editor.get(place.url(rest)).status_code == 200, rest
    desk = f"/w/{place.workspace.slug}/"
    for address in (f"{desk}?q=%00", f"{desk}c/%00/", "/guide/questions/%00/"):
        assert place.editor.get(address).status_code == 404, address
    sent = {"form": "a", "x": "\x00"}
    assert place.editor.post(place.url("draft/"), sent).status_code == 404


def test_odd_numbers_of_members_are_no_fault(place: Place) -> None:
    owner, address = (
        place.people[Role.OWNER],
        f"/w/{place.workspace.slug}/members/",
    )
    for number in ("9" * 30, "9" * 5000, "²", "-1", ""):
        answer = owner.post(address, {"do": "withdraw", "link": number})
        assert answer.status_code == 404


def test_going_back_to_the_list_keeps_only_a_query(place: Place) -> None:
    answer = place.editor.post(
        f"/w/{place.workspace.slug}/assign/",
        {"case": place.case.folder, "owner": "陈", "back": "q=三川&page=2\nX-A: b"},
    )
    assert answer.status_code == 302
    assert "\n" not in answer["Location"]
    assert answer["Location"].startswith(f"/w/{place.workspace.slug}/?q=")


def test_a_year_that_cannot_be_right_does_not_get_into_the_watchbook(
    place: Place,
) -> None:
    typed = {"channel": "客服", "text": "在吗", "by": "陈", "sent": "0001-01-01T00:00"}
    answer = place.editor.post(place.url("casework/watch/ask/"), typed)
    assert answer.status_code == 422
    assert "年份不对" in answer.content.decode()
    assert place.editor.get(place.url("casework/watch/")).status_code == 200


@pytest.mark.long
@override_settings(CACHES=_DATABASE)
def test_counting_on_does_not_put_off_the_end_of_a_limit(db: None) -> None:
    call_command("createcachetable", verbosity=0)
    caches["default"].clear()
    start = datetime(2026, 7, 1, tzinfo=UTC).timestamp()
    refused = []
    with patch("django.utils.timezone.now") as now:
        for second in range(0, 300, 10):  # six a minute, where six are allowed
            now.return_value = datetime.fromtimestamp(start + second, tz=UTC)
            refused.append(is_over_limit("steady", most=6, seconds=60))
        assert not any(refused)
        assert is_over_limit("steady", most=5, seconds=60)
        now.return_value = datetime.fromtimestamp(start + 301, tz=UTC)
        assert not is_over_limit("steady", most=5, seconds=60)


def test_a_cache_keeps_languages_apart(place: Place) -> None:
    for address in ("/account/login/", place.url()):
        varies = place.editor.get(address)["Vary"]
        assert {"Accept-Language", "Cookie"} <= set(varies.split(", "))
