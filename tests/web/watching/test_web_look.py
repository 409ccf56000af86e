"""A look at the site from the pages: done as people have it done, against real sites."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.utils import timezone

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record, SourceKind
from changqing.rehearsal.live import RehearsalStage, serve_folder
from changqing_web.models import Job
from tests.web.web_world import Place

Commits = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def world(place: Place, settings: Any) -> Iterator[RehearsalStage]:
    """The site of the case, its names and its registration, on this machine."""
    with serve_folder(place.folder, now=timezone.now()) as staged:
        settings.NET = staged.settings
        yield staged


def _list_seen(place: Place) -> list[Record]:
    return [
        record
        for record in Evidence(place.folder).list_records()
        if record.source.kind is SourceKind.PROBE
    ]


def test_a_look_is_done_recorded_and_told_step_by_step(
    place: Place, world: RehearsalStage, django_capture_on_commit_callbacks: Commits
) -> None:
    before = len(_list_seen(place))
    with django_capture_on_commit_callbacks(execute=True):
        place.editor.post(place.url("look/"))
    job = Job.objects.get(kind="look")
    assert job.state == Job.State.DONE, job.result
    assert job.result["requests"] > 0
    assert "看到" in job.step["zh"]
    assert len(_list_seen(place)) > before
    page = place.editor.get(place.url()).content.decode()
    assert f"发出{job.result['requests']}次请求" in page


@pytest.mark.long
def test_a_round_of_watching_is_done_against_the_same_sites(
    place: Place, world: RehearsalStage, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        place.editor.post(place.url("casework/watch/look/"))
    job = Job.objects.get(kind="watch")
    assert job.state == Job.State.DONE, job.result
