"""Schemathesis on the API: whatever is sent, the answer is one that is described."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings

from changqing_web.models import Link, Role
from changqing_web.wsgi import application
from tests.share import CI
from tests.web.web_world import make_place

_SLOW = ("buildDossier", "sealCase", "exportFolder", "look", "watch")
"""Each renders or looks and takes nothing but the case; they have tests of their own."""


@pytest.fixture
def secret(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("changqing_web.api.door.MOST_A_MINUTE", 100_000)
    shutil.rmtree(django_settings.CASES, ignore_errors=True)
    place = make_place("here")
    _, made = Link.make(
        Link.Purpose.TOKEN,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        user=User.objects.get(username="owner@here.example"),
        role=Role.OWNER,
    )
    return made


def _call(case: Any, secret: str) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    if "case" in (case.path_parameters or {}):
        case.path_parameters["case"] = "newly-registered"
    case.call_and_validate(
        headers={"Authorization": f"Bearer {secret}"},
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )


_BOUNDED = settings(
    max_examples=4 if CI else 2,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)


@pytest.mark.long
def test_whatever_is_sent_is_answered_as_described(secret: str) -> None:
    # More than a second of loading and describing, for each worker that collects it.
    import schemathesis
    from schemathesis.core.result import Ok

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    asked = set()
    for found_operation in schema.exclude(
        operation_id=list(_SLOW)
    ).get_all_operations():
        assert isinstance(found_operation, Ok), found_operation
        operation = found_operation.ok()

        @given(case=operation.as_strategy())
        @_BOUNDED
        def run(case: Any) -> None:
            _call(case, secret)

        run()
        asked.add(operation.label)
    assert len(asked) > 15
