"""The log of a case: everything people did, found again by who, what and when."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from changqing.text import Text
from changqing_web.case.event_views import KINDS
from changqing_web.models import CaseEvent, Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here
from tests.web.web_world import Place

_SOURCE = Path(__file__).parents[3] / "src" / "changqing_web"


def _add_event(
    place: Place, verb: str, who: Role = Role.OWNER, days: int = 0
) -> CaseEvent:
    member = place.workspace.memberships.get(role=who)
    here = Here(user=member.user, workspace=place.workspace, role=who, case=place.case)
    made = add_case_event(here, verb, Text(f"做了{verb}", f"did {verb}"))
    made.at = timezone.now() - timedelta(days=days)
    made.save(update_fields=["at"])
    return made


def _list_shown(place: Place, query: str = "") -> list[str]:
    page = place.editor.get(place.url(f"events/{query}"))
    assert page.status_code == 200
    return [event.verb for event in page.context["page"].object_list]


def test_events_are_found_by_who_what_and_when(place: Place) -> None:
    _add_event(place, "upload", days=9)
    _add_event(place, "casework", who=Role.EDITOR)
    _add_event(place, "facts")
    assert _list_shown(place) == ["facts", "casework", "upload"]
    assert _list_shown(place, "?who=editor@here.example") == ["casework"]
    assert _list_shown(place, "?what=papers") == ["upload"]
    week = (timezone.localdate() - timedelta(days=7)).isoformat()
    assert _list_shown(place, f"?from={week}") == ["facts", "casework"]
    assert _list_shown(place, f"?to={week}") == ["upload"]
    assert _list_shown(place, "?what=papers&who=editor@here.example") == []


@pytest.mark.parametrize("query", ["?from=x", "?to=9999-12-31", "?what=x&page=x"])
def test_what_cannot_be_understood_narrows_nothing(place: Place, query: str) -> None:
    _add_event(place, "facts")
    assert _list_shown(place, query) == ["facts"]


def test_a_long_log_has_pages_that_keep_the_filter(place: Place) -> None:
    for _ in range(51):
        _add_event(place, "facts")
    page = place.editor.get(place.url("events/?what=facts")).content.decode()
    found = re.search(r'href="(\?[^"]*page=2[^"]*)"', page)
    assert found is not None
    assert "what=facts" in found[1]
    assert len(_list_shown(place, found[1].replace("&amp;", "&"))) == 1


def test_every_kind_of_event_can_be_looked_for() -> None:
    known = {verb for _, verbs in KINDS.values() for verb in verbs}
    recorded = {
        verb
        for path in _SOURCE.rglob("*.py")
        for verb in re.findall(
            r'\badd_case_event\(\s*[a-z]\w*,\s*"(\w+)"',
            path.read_text(encoding="utf-8"),
        )
    }
    assert recorded
    assert recorded <= known
