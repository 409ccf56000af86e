"""An assistant over HTTP: the same tools, behind the token and walls of the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from changqing.assistant import INSTRUCTIONS
from changqing_web.api import door
from changqing_web.models import Link, Role
from changqing_web.walls import find_cases_folder
from tests.web.web_world import Place, make_place

_FOLDER_FREE = {
    *("ask_law", "licence", "materials", "procedures", "classify"),
    *("list_cases", "case_summary", "findings", "explain", "errands", "suppose"),
}


def _make_token(place: Place, role: Role = Role.REVIEWER) -> str:
    _, secret = Link.make(
        Link.Purpose.TOKEN,
        expires_at=timezone.now() + timedelta(days=1),
        workspace=place.workspace,
        user=User.objects.get(username=f"owner@{place.workspace.slug}.example"),
        role=role,
    )
    return secret


def _send(secret: str, method: str, given: Mapping[str, object]) -> Any:
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-06-18",
        **({"Authorization": f"Bearer {secret}"} if secret else {}),
    }
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}
    return Client().post(
        "/mcp", json.dumps(message), content_type="application/json", headers=headers
    )


def _ask(secret: str, tool: str, **given: object) -> Any:
    answer = _send(secret, "tools/call", {"name": tool, "arguments": given})
    assert answer.status_code == 200, answer.content
    return answer.json()["result"]


def test_a_client_begins_and_finds_tools_that_only_read(place: Place) -> None:
    secret = _make_token(place)
    begun = _send(
        secret,
        "initialize",
        {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    )
    assert begun.json()["result"]["instructions"] == INSTRUCTIONS
    tools = _send(secret, "tools/list", {}).json()["result"]["tools"]
    assert {tool["name"] for tool in tools} == _FOLDER_FREE
    assert all(tool["annotations"]["readOnlyHint"] for tool in tools)


@pytest.mark.long
def test_cases_of_the_workspace_are_read_and_no_other(place: Place) -> None:
    other = make_place("other", "local-life")
    secret, case = _make_token(place), place.case.folder
    listed = _ask(secret, "list_cases")["structuredContent"]
    assert listed["cases"] == [case]
    summary = _ask(secret, "case_summary", case=case)["structuredContent"]
    assert summary["readiness"]
    assert summary["quoted"]["name"]
    found = _ask(secret, "findings", case=case)["structuredContent"]["findings"]
    tried = _ask(secret, "suppose", case=case, criteria=[found[0]["criterion"]])
    assert tried["structuredContent"]["trial"] is True
    for name in (other.case.folder, "../other/local-life", "nowhere", ""):
        if name == case:
            continue
        told = _ask(secret, "case_summary", case=name)
        assert told["isError"]
        assert "这里没有这个项目或文件" in told["content"][0]["text"]


def test_whoever_has_no_token_is_told_nothing(place: Place) -> None:
    for secret in ("", "wrong"):
        answer = _send(secret, "tools/list", {})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    secret = _make_token(place)
    Link.objects.all().delete()
    assert _send(secret, "tools/list", {}).status_code == 401
    assert Client().get("/mcp").status_code == 405


@pytest.mark.parametrize("message", [b"", b"{", b"[]", b"\xff", b"{}"])
def test_what_is_no_message_is_refused(place: Place, message: bytes) -> None:
    answer = Client().post(
        "/mcp",
        message,
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {_make_token(place)}",
            "Accept": "application/json",
        },
    )
    assert 400 <= answer.status_code < 500


def _post(secret: str, message: bytes, **headers: str) -> Any:
    return Client().post(
        "/mcp",
        message,
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {secret}",
            "Accept": "application/json, text/event-stream",
            **headers,
        },
    )


@pytest.mark.long
@pytest.mark.parametrize("size", [(1 << 20) + 1, 3 << 20])
def test_a_message_of_any_size_too_large_is_told_so(place: Place, size: int) -> None:
    answer = _post(_make_token(place), b" " * size)
    assert answer.status_code == 413
    assert answer.json()["code"] == "large"


def test_a_header_of_any_signs_is_no_fault_of_the_server(place: Place) -> None:
    for sign in ("\xe9", "\u20ac"):
        answer = _post(_make_token(place), b"{}", **{"MCP-Protocol-Version": sign})
        assert answer.status_code == 400


def test_who_asks_too_often_is_told_as_by_the_api(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MOST_A_MINUTE", 1)
    secret = _make_token(place)
    answers = [
        _send(secret, "tools/list", {}),
        _send(secret, "tools/list", {}),
        Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 429, 429]
    assert answers[1].json() == answers[2].json()
    assert answers[1].headers["Retry-After"] == answers[2].headers["Retry-After"]


def test_a_broken_case_does_not_tell_where_it_lies(place: Place) -> None:
    file = find_cases_folder(place.workspace) / place.case.folder / "case.yaml"
    file.write_text("[", encoding="utf-8")
    told = _ask(_make_token(place), "case_summary", case=place.case.folder)
    assert told["isError"]
    text = told["content"][0]["text"]
    assert "case.yaml:1 " in text
    assert "/" not in text


@pytest.mark.long
def test_numbers_of_persons_and_telephones_are_masked(place: Place) -> None:
    file = find_cases_folder(place.workspace) / place.case.folder / "case.yaml"
    text = file.read_text(encoding="utf-8")
    name = place.case.name
    assert name in text
    file.write_text(text.replace(name, "找小王13812345678办"), encoding="utf-8")
    told = _ask(_make_token(place), "case_summary", case=place.case.folder)
    assert told["structuredContent"]["quoted"]["name"] == "找小王138****5678办"
    assert "13812345678" not in json.dumps(told)
