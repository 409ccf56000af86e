"""The button that sets the stage of a case whose licence was received."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from changqing.casework.events import Act, Journal
from changqing_web.models import CaseEvent, Role
from tests.web.web_world import Place, make_place

_BUTTON = "改为持证经营，再评估</button>"


def _receive_licence(place: Place) -> str:
    """Record a whole application up to the licence; return its day."""
    today = timezone.localdate()
    for act, ago in (
        (Act.SUBMIT, 4),
        (Act.ACCEPTANCE, 3),
        (Act.GRANT, 2),
        (Act.LICENCE, 1),
    ):
        on = today - timedelta(days=ago)
        data = {"act": act.value, "on": str(on), "by": "林疏影"}
        if act is Act.LICENCE:
            data["until"] = str(today + timedelta(days=1800))
            data["licence_number"] = " 示例B2-20260001 "
        answer = place.editor.post(place.url("casework/record/"), data)
        assert answer.status_code in (302, 303), answer.content.decode()
    return str(today - timedelta(days=1))


@pytest.mark.long
def test_the_number_of_a_received_licence_is_asked_for_and_kept(db: None) -> None:
    place = make_place("here", "newly-registered")
    _receive_licence(place)
    *others, licence = Journal(place.folder).list_events()
    assert (licence.act, licence.licence_number) == (Act.LICENCE, "示例B2-20260001")
    assert all(event.licence_number is None for event in others)
    page = place.editor.get(place.url("casework/")).content.decode()
    assert "编号示例B2-20260001" in page
    form = place.editor.get(place.url("casework/"), {"act": "licence"})
    assert 'name="licence_number"' in form.content.decode()
    other = place.editor.get(place.url("casework/"), {"act": "begin"})
    assert 'name="licence_number"' not in other.content.decode()


def test_a_received_licence_makes_the_stage_operate_by_one_button(db: None) -> None:
    place = make_place("here", "newly-registered")
    assert _BUTTON not in place.editor.get(place.url()).content.decode()
    nothing = place.editor.post(place.url("operate/"), follow=True).content.decode()
    assert "没有要改的" in nothing
    day = _receive_licence(place)
    page = place.editor.get(place.url()).content.decode()
    assert _BUTTON in page
    assert place.url("operate/") in page
    board = place.editor.get(f"/w/{place.workspace.slug}/").content.decode()
    assert "持证，还没有按持证评估" in board
    assert "先把阶段改为持证经营" in board
    reader = place.people[Role.REVIEWER].get(place.url()).content.decode()
    assert "收到许可证" in reader
    assert _BUTTON not in reader
    after = place.editor.post(place.url("operate/"), follow=True).content.decode()
    assert f"{day}收到许可证，办理记录第4条，林疏影记" in after
    assert _BUTTON not in after
    assert "持证后义务" in after
    assert "stage: operate" in (place.folder / "case.yaml").read_text(encoding="utf-8")
    board = place.editor.get(f"/w/{place.workspace.slug}/").content.decode()
    assert "还没有按持证评估" not in board
    assert "先把阶段改为持证经营" not in board
    told = [event.what["zh"] for event in CaseEvent.objects.all()]
    assert any("阶段改为持证经营" in text for text in told), told
