"""A case whose planned day has passed still opens, and is mended where it says so."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from changqing_web.models import Role
from tests.web.web_world import Place, make_place


def _let_day_pass(place: Place) -> str:
    path = place.folder / "case.yaml"
    passed = (timezone.localdate() - timedelta(days=1)).isoformat()
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"(submit_on: )\S+", rf"\g<1>{passed}", text), encoding="utf-8"
    )
    return passed


def test_a_passed_day_of_handing_in_is_said_and_mended(db: None) -> None:
    place = make_place("here", "newly-registered")
    passed = _let_day_pass(place)
    page = ""
    for rest in ("", "findings/", "errands/", "dossier/", "facts/funding/"):
        answer = place.editor.get(place.url(rest))
        page = answer.content.decode()
        assert answer.status_code == 409, rest
        assert f"计划递交日{passed}在" in page
        assert f'value="{passed}"' in page
        assert place.url("casework/") in page
    version = page.split('name="version" value="', 1)[1].split('"', 1)[0]
    before = {"version": version, "declared_on": "2026-11-20"}
    again = place.editor.post(place.url("days/"), {**before, "submit_on": passed[:4]})
    assert again.status_code == 422
    older = (timezone.localdate() - timedelta(days=9)).isoformat()
    again = place.editor.post(place.url("days/"), {**before, "submit_on": older})
    assert (again.status_code, older in again.content.decode()) == (422, True)
    to_come = (timezone.localdate() + timedelta(days=30)).isoformat()
    done = place.editor.post(place.url("days/"), {**before, "submit_on": to_come})
    assert (done.status_code, done.url) == (303, place.url())  # type: ignore[attr-defined]
    assert place.editor.get(place.url()).status_code == 200
    assert f"submit_on: '{to_come}'" in (
        place.folder / "case.yaml"
    ).read_text().replace('"', "'").replace(f": {to_come}", f": '{to_come}'")


def test_a_statement_of_tomorrow_is_refused(db: None) -> None:
    place = make_place("here", "newly-registered")
    _let_day_pass(place)
    page = place.editor.get(place.url()).content.decode()
    version = page.split('name="version" value="', 1)[1].split('"', 1)[0]
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    given = {"version": version, "submit_on": tomorrow, "declared_on": tomorrow}
    answer = place.editor.post(place.url("days/"), given)
    assert answer.status_code == 422
    assert f"自述的日子{tomorrow}在" in answer.content.decode()


def test_who_may_not_edit_sees_the_sentence_alone(db: None) -> None:
    place = make_place("here", "newly-registered")
    _let_day_pass(place)
    answer = place.people[Role.REVIEWER].get(place.url())
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "计划递交日" in page
    assert 'name="submit_on"' not in page
    given = {"version": "x", "submit_on": "2099-01-01"}
    assert (
        place.people[Role.REVIEWER].post(place.url("days/"), given).status_code == 404
    )
