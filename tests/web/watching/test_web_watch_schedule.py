"""How often a case is looked at is set on its page, and the rounds begin by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.agency.desk import archive_case
from changqing.watch.settings import load_settings
from changqing_web import jobs
from changqing_web.index import refresh_case
from changqing_web.models import CaseEvent, Job, Role
from changqing_web.work.watch import begin_due_rounds
from tests.web.web_world import Place


@pytest.fixture(autouse=True)
def nothing_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rounds be asked for; what they do is tested where it is done."""
    monkeypatch.setitem(jobs.WORK, "watch", lambda job, tell: {})


def set_every(place: Place, every: str) -> str:
    answer = place.editor.post(
        place.url("casework/watch/schedule/"), {"every": every}, follow=True
    )
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_rounds_begin_as_often_as_was_set(place: Place) -> None:
    now = timezone.now()
    assert begin_due_rounds(now) == []
    page = set_every(place, "6")
    assert "已设定。监测：每6小时看一轮" in page
    assert '<option value="6" selected>' in page
    assert "下一轮：几分钟内" in page
    assert load_settings(place.folder).every_hours == 6
    (job,) = begin_due_rounds(now)
    assert (job.case, job.kind) == (place.case.folder, "watch")
    assert begin_due_rounds(timezone.now()) == []
    Job.objects.update(state=Job.State.FAILED)
    assert begin_due_rounds(timezone.now()) == []
    later = timezone.now() + timedelta(hours=6)
    assert len(begin_due_rounds(later)) == 1
    Job.objects.update(state=Job.State.DONE)
    page = place.editor.get(place.url("casework/watch/")).content.decode()
    assert "下一轮：<time>" in page


def test_what_is_set_off_or_put_away_is_not_looked_at(place: Place) -> None:
    set_every(place, "2")
    assert archive_case(place.folder, by="林晓", now=timezone.now(), restore=False)
    refresh_case(place.workspace, place.case.folder)
    assert begin_due_rounds(timezone.now()) == []
    archive_case(place.folder, by="林晓", now=timezone.now(), restore=True)
    refresh_case(place.workspace, place.case.folder)
    set_every(place, "")
    assert load_settings(place.folder).every_hours is None
    assert begin_due_rounds(timezone.now()) == []
    assert not Job.objects.filter(kind="watch").exists()
    told = CaseEvent.objects.filter(verb="watch").latest("pk")
    assert told.what["zh"] == "监测：不定时，只在点“现在看一轮”时看"


def test_a_case_with_observers_is_left_to_them(place: Place) -> None:
    set_every(place, "6")
    path = place.folder / "watch" / "settings.yaml"
    alone = path.read_text("utf-8")
    path.write_text(f"{alone}observers: {{names: [a, b], needed: 2}}\n", "utf-8")
    assert begin_due_rounds(timezone.now()) == []
    path.write_text(alone, "utf-8")
    assert len(begin_due_rounds(timezone.now())) == 1


def test_settings_written_by_hand_are_kept_and_shown(place: Place) -> None:
    path = place.folder / "watch" / "settings.yaml"
    path.parent.mkdir(exist_ok=True)
    own = "# 我们自己的\nstopped_answering: {fails: 4, passes: 3, hours: 12}\n"
    path.write_text(f"{own}every_hours: 12\n", "utf-8")
    page = place.editor.get(place.url("casework/watch/")).content.decode()
    assert '<option value="12" selected>每12小时看一轮' in page
    assert "请选一个间隔" in set_every(place, "12")
    set_every(place, "24")
    assert path.read_text("utf-8") == f"{own}every_hours: 24\n"
    path.write_text("every_hours: 0\n", "utf-8")
    assert begin_due_rounds(timezone.now()) == []
    answer = place.editor.get(place.url("casework/watch/"))
    assert answer.status_code == 409
    assert "every_hours" in answer.content.decode()


def test_only_who_edits_sets_it(place: Place) -> None:
    client = place.people[Role.REVIEWER]
    url = place.url("casework/watch/schedule/")
    assert client.post(url, {"every": "2"}).status_code == 404
