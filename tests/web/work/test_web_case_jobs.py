"""Progress of background work: shown, polled until it ends, and kept within walls."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from changqing_web.models import Job, Role
from tests.web.web_world import Place, make_place


def _make_job(place: Place, state: Job.State, **more: object) -> Job:
    return Job.objects.create(
        workspace=place.workspace,
        case=place.case.folder,
        kind="look",
        state=state,
        step={"zh": "查看网站", "en": "Looking at the site"},
        asked_by="editor",
        **more,
    )


def _poll_job(client: Client, place: Place, job: Job, query: str = "") -> Any:
    return client.get(
        place.url(f"jobs/{job.pk}/{query}"), headers={"HX-Request": "true"}
    )


def test_a_running_job_asks_again_and_one_that_ended_does_not(place: Place) -> None:
    running = _poll_job(place.editor, place, _make_job(place, Job.State.RUNNING))
    assert "查看网站" in running.content.decode()
    assert 'hx-trigger="every 1s"' in running.content.decode()
    done = _make_job(place, Job.State.DONE, ended_at=timezone.now(), result={})
    ended = _poll_job(place.editor, place, done)
    assert "hx-get" not in ended.content.decode()


def test_a_page_that_waits_for_it_is_read_again_once_it_ended(place: Place) -> None:
    done = _make_job(place, Job.State.DONE, ended_at=timezone.now(), result={})
    assert _poll_job(place.editor, place, done, "?reload=1")["HX-Refresh"] == "true"
    failed = _make_job(place, Job.State.FAILED, ended_at=timezone.now(), result={})
    assert _poll_job(place.editor, place, failed, "?reload=1")["HX-Refresh"] == "true"
    running = _make_job(place, Job.State.RUNNING)
    assert "HX-Refresh" not in _poll_job(place.editor, place, running, "?reload=1")


def test_work_that_failed_is_shown_as_such_and_can_be_asked_for_again(
    place: Place,
) -> None:
    failed = _make_job(place, Job.State.FAILED, ended_at=timezone.now(), result={})
    page = place.editor.get(place.url()).content.decode()
    assert 'class="progress failed"' in page
    assert f'<div class="job failed" id="job-{failed.pk}"' in page
    assert 'class="button" disabled' not in page


def test_what_went_wrong_is_said_in_the_language_of_the_page(place: Place) -> None:
    error = {"zh": ["另一个进程正在写"], "en": ["another process is writing"]}
    failed = _make_job(
        place, Job.State.FAILED, ended_at=timezone.now(), result={"error": error}
    )
    page = place.editor.get(place.url(f"jobs/{failed.pk}/?lang=en")).content.decode()
    assert "another process is writing" in page
    assert "另一个进程" not in page


def test_a_job_of_another_case_is_not_there(place: Place) -> None:
    other = make_place("other", "local-life")
    job = _make_job(other, Job.State.RUNNING)
    assert place.editor.get(place.url(f"jobs/{job.pk}/")).status_code == 404
    assert (
        place.people[Role.OWNER]
        .get(f"/w/{place.workspace.slug}/jobs/{job.pk}/")
        .status_code
        == 404
    )


def test_who_may_not_know_of_a_sealing_does_not_see_its_progress(place: Place) -> None:
    full = _make_job(place, Job.State.RUNNING)
    full.kind, full.given = "seal", {"full": True}
    full.save()
    masked = _make_job(place, Job.State.RUNNING)
    codes = {
        role: [
            client.get(place.url(f"jobs/{job.pk}/")).status_code
            for job in (full, masked)
        ]
        for role, client in place.people.items()
    }
    assert codes == {
        Role.REVIEWER: [404, 200],
        Role.RESPONDENT: [404, 404],
        Role.EDITOR: [200, 200],
        Role.OWNER: [200, 200],
    }
