"""The examples of `docs/api.md` do what they say, and the description is valid."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from changqing_web.api.routes import build_api
from tests.web.api.api_caller import make_token
from tests.web.web_world import Place

_DOCS = Path(__file__).parents[3] / "docs"
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_NOTICE = "请补正：\n1. 请补充技术人员的社保证明。\n".encode()


def _read_commands(name: str) -> list[str]:
    text = (_DOCS / name).read_text(encoding="utf-8")
    found = re.search(r"```sh\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return [line for line in found[1].splitlines() if not line.startswith("#")]


def _send_as_curl(command: str, secret: str, files: dict[str, bytes]) -> Any:
    """What curl would send, sent by the client of the tests."""
    words = iter(shlex.split(command)[1:])
    method, headers, form, body, out, url = "", {}, {}, None, "", ""
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value.replace("$TOKEN", secret)
            case "-d":
                body = next(words)
            case "-o":
                out = next(words)
            case "-F":
                name, _, value = next(words).partition("=")
                sent = value.removeprefix("@")
                form[name] = (
                    SimpleUploadedFile(sent, files[sent]) if sent != value else value
                )
            case _:
                url = word.replace("$API", "/api/v1")
    client = Client(headers=headers)
    if body is not None:
        send = client.put if method == "PUT" else client.post
        answer = send(url, body, content_type="application/json")
    elif form or method == "POST":
        answer = client.post(url, form)
    else:
        answer = client.get(url)
    content = b"".join(answer)
    answer.close()
    if out:
        files[out] = content
    return answer.status_code, content.decode(errors="replace")


@pytest.mark.long
def test_every_example_of_the_documentation_works(place: Place) -> None:
    secret = make_token(place)
    files = {"lease.pdf": _PDF, "notice.txt": _NOTICE}
    for command in _read_commands("api.md"):
        status, said = _send_as_curl(command, secret, files)
        assert status in {200, 201}, (command, said)


def test_both_languages_show_the_same_examples() -> None:
    assert _read_commands("api.md") == _read_commands("api.zh-CN.md")


def test_every_operation_stands_in_the_documentation() -> None:
    text = (_DOCS / "api.md").read_text(encoding="utf-8")
    schema = build_api().get_openapi_schema(path_prefix="/api/v1/")
    for path in schema["paths"]:
        last = [part for part in path.split("/") if part and part[0] != "{"][-1]
        assert f"/{last}" in text, path


@pytest.mark.long
def test_the_description_is_valid_openapi_3_1() -> None:
    described = build_api().get_openapi_schema(path_prefix="/api/v1/")
    assert described["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(json.loads(json.dumps(described))).validate()
    seen = [
        operation["operationId"]
        for methods in described["paths"].values()
        for operation in methods.values()
    ]
    assert len(seen) == len(set(seen))
