"""What machines ask of a server: its health, and counts that name nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from changqing_web.models import Job, Workspace

pytestmark = pytest.mark.django_db


def test_health_needs_no_account(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_database_that_is_away_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:  # a database cannot be taken from under a test
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", refuse)
    assert client.get("/healthz").status_code == 503


def test_health_is_answered_without_https_behind_it(
    client: Client, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("given", [None, "", "Bearer wrong", "Bearer ", "geheim"])
def test_metrics_are_for_who_brings_the_token(
    client: Client, settings: Any, given: str | None
) -> None:
    headers = None if given is None else {"Authorization": given}
    assert client.get("/metrics", headers=headers).status_code == 404
    settings.METRICS_TOKEN = "geheim"
    assert client.get("/metrics", headers=headers).status_code == 404


def test_metrics_are_counts_without_a_name(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "geheim"
    workspace = Workspace.objects.create(slug="sanchuan", name="三川")
    Job.objects.create(workspace=workspace, kind="look", asked_by="林晓")
    answer = client.get("/metrics", headers={"Authorization": "Bearer geheim"})
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    text = answer.content.decode()
    read = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert read["changqing_jobs", "waiting"] == 1
    assert read["changqing_jobs", "failed"] == 0
    assert read["changqing_workspaces",] >= 1
    assert read["changqing_jobs_oldest_waiting_seconds",] >= 0
    assert text.isascii()
    assert workspace.slug not in text
