"""After an upgrade a case may come to another state: marked so, and nobody alerted."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from changqing.casework.files import SUMMARY, read_summary
from changqing.papers.open import open_case
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent
from tests.web.web_world import Place


def _make_older(place: Place) -> None:
    """Leave the summary of an earlier program, and a paper that cannot be read."""
    case = open_case(place.folder, catalogue())
    paper = next(paper for paper in case.papers if paper.id == "lease")
    (place.folder / paper.file.path).write_text("字迹不清的一页\n", encoding="utf-8")
    place.editor.get(place.url())
    before = dict(read_summary(place.folder))
    del before["grading"]
    before |= {"readiness": "ready", "compliance": None, "long_term": "shown"}
    written = json.dumps(before, ensure_ascii=False)
    (place.folder / SUMMARY).write_text(written, encoding="utf-8")
    results = settings.HOME / "results" / place.workspace.slug
    for kept in results.rglob("*.json"):
        kept.unlink()


@pytest.mark.long
def test_a_state_that_the_upgrade_turned_is_said_to_be_the_upgrades(
    place: Place,
) -> None:
    _make_older(place)
    page = place.editor.get(place.url()).content.decode()
    assert "程序更新后按新规则重判" in page
    event = CaseEvent.objects.get(verb="upgrade")
    assert event.actor == "长青"
    assert "变的是规则" in place.editor.get(place.url("events/")).content.decode()
    address = reverse("watching", args=[place.workspace.slug, place.case.folder])
    watching = place.editor.get(address).content.decode()
    assert "不是监测到的变化" in watching
    place.editor.get(place.url())
    assert CaseEvent.objects.filter(verb="upgrade").count() == 1
    assert not list(place.folder.parent.rglob("outbox.jsonl"))
    assert not (place.folder / "watch").exists()


def test_every_change_of_a_table_has_its_migration(db: None) -> None:
    call_command(
        "makemigrations", "changqing", check_changes=True, dry_run=True, verbosity=0
    )
