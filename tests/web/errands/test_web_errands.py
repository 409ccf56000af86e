"""Errands: who and done, kept with the case; what if; calendar and workbook."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import icalendar
import openpyxl
import pytest

from changqing.disk import only_writer
from changqing.judge.advice import ANSWER
from changqing.report.codec import Json, write_json
from changqing_web.cases import load_report
from changqing_web.errands.marks import ErrandMarks
from changqing_web.models import CaseEvent
from tests.web.web_world import Place, make_place


@pytest.fixture
def torn(db: None) -> Place:
    """A case with errands before it can be handed in."""
    return make_place("here", "contradictory")


def _load_document(place: Place) -> Json:
    here = place.here
    return write_json(load_report(here))


def _note(place: Place, said: str, errand: str, **more: str) -> Any:
    data = {"said": said, "errand": errand, **more}
    return place.editor.post(place.url("errands/"), data)


def _find_first(place: Place) -> Json:
    return next(
        errand for errand in _load_document(place)["errands"] if errand["required"]
    )


def test_every_errand_of_the_plan_is_listed_with_its_days(torn: Place) -> None:
    page = torn.editor.get(torn.url("errands/")).content.decode()
    for errand in _load_document(torn)["errands"]:
        item = page[page.index(f'id="errand-{errand["errand"]}"') :]
        assert errand["start"] in item[:900]
        assert errand["title"]["zh"] in item[:1200]


def test_done_and_owner_stay_with_the_case_and_are_events(torn: Place) -> None:
    one = _find_first(torn)["errand"]
    assert _note(torn, "owner", one, owner="林悦").status_code == 302
    assert _note(torn, "done", one).status_code == 302
    mark = ErrandMarks(torn.folder).list_marks()[one]
    assert (mark.owner, mark.done_by) == ("林悦", "editor@here.example")
    assert mark.done_on is not None
    verbs = CaseEvent.objects.filter(case=torn.case.folder).values_list(
        "verb", flat=True
    )
    assert {"errand_owner", "errand_done"} <= set(verbs)
    page = torn.editor.get(torn.url("errands/")).content.decode()
    assert 'value="林悦"' in page


def test_a_done_mark_changes_no_verdict_and_can_be_taken_back(torn: Place) -> None:
    before = _load_document(torn)["counts"]
    one = _find_first(torn)["errand"]
    _note(torn, "done", one)
    assert _load_document(torn)["counts"] == before
    _note(torn, "open", one)
    assert ErrandMarks(torn.folder).list_marks()[one].done_on is None


def test_an_errand_that_is_not_in_the_plan_is_not_there(torn: Place) -> None:
    assert _note(torn, "done", "no_such_errand").status_code == 404
    assert _note(torn, "paid", str(_find_first(torn)["errand"])).status_code == 404


def test_what_was_typed_stays_when_somebody_else_is_writing(torn: Place) -> None:
    (torn.folder / "casework").mkdir(exist_ok=True)
    with only_writer(torn.folder / "casework" / "lock"):
        answer = _note(torn, "owner", str(_find_first(torn)["errand"]), owner="周启明")
    assert answer.status_code == 200
    assert 'value="周启明"' in answer.content.decode()
    assert not ErrandMarks(torn.folder).list_marks()


def test_ticking_what_blocks_changes_the_verdict(torn: Place) -> None:
    required = [
        errand["errand"]
        for errand in _load_document(torn)["errands"]
        if errand["required"]
    ]
    query = "&".join(f"try={name}" for name in required)
    answer = torn.editor.get(
        torn.url(f"errands/?{query}"), headers={"HX-Request": "true"}
    )
    supposed = answer.context["trial"].supposed
    assert supposed.before.readiness == _load_document(torn)["readiness"] == "not_ready"
    assert supposed.before.blocking == _load_document(torn)["counts"]["blocking"]
    assert supposed.after.readiness == "ready"
    assert supposed.after.long_term == "shown"
    assert "<html" not in answer.content.decode()


def test_ticking_what_blocks_nothing_leaves_the_sentence(torn: Place) -> None:
    other = [o["errand"] for o in _load_document(torn)["errands"] if not o["required"]][
        :1
    ]
    answer = torn.editor.get(torn.url(f"errands/?try={other[0]}"))
    supposed = answer.context["trial"].supposed
    assert supposed.after.readiness == supposed.before.readiness
    assert supposed.after.blocking == supposed.before.blocking
    assert supposed.after.met >= supposed.before.met


def test_the_calendar_has_the_last_day_of_what_is_not_done(torn: Place) -> None:
    plan = _load_document(torn)["errands"]
    _note(torn, "done", plan[0]["errand"])
    answer = torn.editor.get(torn.url("errands/calendar.ics"))
    assert answer["Content-Type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    days = sorted(event.decoded("dtstart") for event in events)
    assert days == sorted(date.fromisoformat(errand["done_by"]) for errand in plan[1:])


def test_the_workbook_has_a_row_each_and_no_formula(torn: Place) -> None:
    one = _find_first(torn)["errand"]
    _note(torn, "owner", one, owner="=1+1")
    answer = torn.editor.get(torn.url("errands/errands.xlsx"))
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(min_row=2))
    assert len(rows) == len(_load_document(torn)["errands"])
    owners = [cell for row in rows for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in owners] == ["s"]


def test_what_only_the_applicant_can_say_is_asked_on_the_pages(torn: Place) -> None:
    """An administrator knows the page, not the file behind it."""
    page = torn.editor.get(torn.url("errands/")).content.decode()
    item = page.split(f'id="errand-{ANSWER}"')[1].split("</li>")[0]
    assert f'href="{torn.url("facts/")}"' in item
    assert "把保存的页面加进来" not in item
    assert "case.yaml" not in page


def test_the_workbook_can_be_read_as_it_opens(torn: Place) -> None:
    """A day typed under an empty head shows, and what has lines is wrapped."""
    answer = torn.editor.get(torn.url("errands/errands.xlsx"))
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert all(column.width >= 12 for column in sheet.column_dimensions.values())
    lines = [
        cell for row in sheet.iter_rows() for cell in row if "\n" in str(cell.value)
    ]
    assert lines
    assert all(cell.alignment.wrap_text for cell in lines)
