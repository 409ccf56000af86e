"""What the API says of an example is what it said when a person last read it.

`make golden` writes it again; see tests/golden.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest
from django.test import Client

from tests.golden.golden import normalise
from tests.web.api.api_caller import make_token
from tests.web.web_world import Place, make_place

KEPT: Final = Path(__file__).parents[2] / "golden" / "kept_api"
WRITE: Final = os.environ.get("CHANGQING_GOLDEN") == "write"
REPLIES: Final = {
    "cases": "/cases",
    "case": "/cases/newly-registered",
    "watch": "/cases/newly-registered/watch",
    "findings": "/cases/newly-registered/findings?verdict=unmet",
    "errands": "/cases/newly-registered/errands",
    "facts": "/cases/newly-registered/facts",
    "outlook": "/cases/newly-registered/outlook",
    "dossier": "/cases/newly-registered/dossier",
    "casework": "/cases/newly-registered/casework",
    "annual": "/cases/newly-registered/casework/annual",
    "licence": "/licences/B25",
    "procedures": "/procedures",
}
_MOVING: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:[\d.]+)?([+-]\d\d:\d\d|Z)?"), "MOMENT"),
    (re.compile(r"\d{1,2}月\d{1,2}日 ?\d\d:\d\d|(?<!\d)\d\d:\d\d(?!\d)"), "TIME"),
)


@pytest.fixture
def golden(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    """A workspace under the same addresses each time, where nothing was sealed yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return make_place("golden")


def _list_differing(name: str, text: str) -> list[str]:
    """Give the lines that are not as they are kept; none after writing them."""
    for pattern, word in _MOVING:
        text = pattern.sub(word, text)
    text, kept = normalise(text), KEPT / name
    if WRITE:
        KEPT.mkdir(exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    lines = kept.read_text("utf-8").splitlines(), text.splitlines()
    return [f"{name}: {line}" for line in unified_diff(*lines, n=0, lineterm="")]


def test_replies_say_what_they_said(golden: Place) -> None:
    """All at once: to make the workspace takes longer than to ask."""
    differing: list[str] = []
    secret = make_token(golden)
    golden.editor.get(golden.url())  # judged, so that lists tell of it
    for name, address in REPLIES.items():
        reply = Client().get(f"/api/v1{address}", HTTP_AUTHORIZATION=f"Bearer {secret}")
        assert reply.status_code == 200
        values = "\n".join(_list_values(reply.json()))
        differing += _list_differing(f"{name}.json", values)
    assert differing == [], "read the difference after `make golden`"


def _list_values(node: object, place: str = "") -> Iterator[str]:
    """Write a line for each value, and no law twice."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "citations":
                yield f"{place}.{key} {len(value)}"
            else:
                yield from _list_values(value, f"{place}.{key}")
    elif isinstance(node, list) and any(isinstance(part, dict | list) for part in node):
        for number, value in enumerate(node):
            yield from _list_values(value, f"{place}.{number}")
    else:
        yield f"{place} {json.dumps(node, ensure_ascii=False)}"


def test_nothing_is_kept_that_no_reply_says() -> None:
    assert {path.name for path in KEPT.iterdir()} == {
        f"{name}.json" for name in REPLIES
    }
