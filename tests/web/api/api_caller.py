"""A program that calls the API with a token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from changqing_web.models import Link, Role
from tests.web.web_world import Place

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A program with the token of a workspace."""

    place: Place
    secret: str

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        header = {"HTTP_AUTHORIZATION": f"Bearer {self.secret}"}
        client = Client(raise_request_exception=True)
        if "json" in more:
            more |= {
                "data": json.dumps(more.pop("json")),
                "content_type": "application/json",
            }
        return getattr(client, method)(f"{ROOT}{path}", **more, **header)

    def case(self, rest: str = "") -> str:
        return f"/cases/{self.place.case.folder}{rest}"


def make_token(place: Place, role: Role = Role.OWNER, least: Role | None = None) -> str:
    _, secret = Link.make(
        Link.Purpose.TOKEN,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        user=User.objects.get(username=f"{role}@{place.workspace.slug}.example"),
        role=least or role,
    )
    return secret
