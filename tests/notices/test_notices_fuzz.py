"""Settings of notices, and the outbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from changqing.notices.outbox import Outbox
from changqing.notices.settings import read_settings
from tests.fuzzing import fuzz, fuzz_json
from tests.notices.test_notices_outbox import notice
from tests.notices.test_notices_settings import GOOD

pytestmark = pytest.mark.fuzz
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def test_settings(tmp_path: Path, fuzz_seconds: float) -> None:
    path = tmp_path / "notices.yaml"
    (tmp_path / "key.txt").write_text("k", encoding="utf-8")

    def look(content: bytes) -> None:
        path.write_bytes(content)
        environment = {"ROBOT": "https://x.example/"}
        read_settings(path, environment=environment, clock=lambda: NOW)

    fuzz(look, [GOOD.encode()], fuzz_seconds)


def test_the_outbox(tmp_path: Path, fuzz_seconds: float) -> None:
    outbox = Outbox(tmp_path)
    one = notice("a")
    outbox.add([one], NOW)
    outbox.record_sent(one.id, "mail", NOW)
    lines = [json.loads(line) for line in outbox.path.read_bytes().splitlines()]

    def look(data: Any) -> None:
        rows = data if isinstance(data, list) else [data]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        outbox.path.write_text(text, encoding="utf-8")
        outbox.list_all()
        outbox.list_failures()

    fuzz_json(look, [lines], fuzz_seconds)


def test_bytes_of_the_outbox(tmp_path: Path, fuzz_seconds: float) -> None:
    outbox = Outbox(tmp_path)
    outbox.add([notice("a")], NOW)

    def look(content: bytes) -> None:
        outbox.path.write_bytes(content)
        outbox.list_all()

    fuzz(look, [outbox.path.read_bytes()], fuzz_seconds)
