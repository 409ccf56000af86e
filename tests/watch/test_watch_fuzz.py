"""The lines of watching, and its settings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from changqing.errors import TamperError
from changqing.watch.journal import FILE, Watchbook, What
from changqing.watch.settings import load_settings
from tests.casework.test_casework_fuzz import sealed
from tests.fuzzing import fuzz, fuzz_json

pytestmark = pytest.mark.fuzz
NOW = datetime(2026, 11, 27, tzinfo=UTC).isoformat()
SAID = {"zh": "停了", "en": "stopped"}
INCIDENT = {
    "id": "i1",
    "lapse": "stopped_answering",
    "key": "site",
    "text": SAID,
    "since": NOW,
    "opened_at": NOW,
}
LINES: list[dict[str, Any]] = [
    {
        "what": "look",
        "at": NOW,
        "upto": 3,
        "control": True,
        "opened": [INCIDENT],
        "blind": [{"start": NOW, "end": NOW, "why": SAID}],
        "states": {"site": {"fails": 2, "since": NOW, "incident": "i1"}},
        "well": ["number_gone"],
    },
    {"what": "sent", "at": NOW, "notices": ["i1:opened"]},
    {
        "what": "look",
        "at": NOW,
        "upto": 4,
        "closed": ["i1"],
        "observer": "a",
        "observers": ["a", "b"],
        "seen": {"site": {"fails": 1, "since": NOW, "good": True}},
    },
    {
        "what": "question",
        "at": NOW,
        "id": "q1",
        "channel": "c",
        "by": "b",
        "sent_at": NOW,
    },
    {"what": "reply", "at": NOW, "id": "q1", "replied_at": NOW, "page": "0" * 64},
]


def test_incidents(tmp_path: Path, fuzz_seconds: float) -> None:
    book = Watchbook(tmp_path)
    book.folder.mkdir()

    def look(data: Any) -> None:
        (book.folder / FILE).write_bytes(sealed(data))
        book.compute_state()

    fuzz_json(look, [LINES], fuzz_seconds)


def test_bytes_of_incidents(tmp_path: Path, fuzz_seconds: float) -> None:
    with Watchbook(tmp_path) as book:
        said = {name: LINES[3][name] for name in ("id", "channel", "by", "sent_at")}
        book.append(What.QUESTION, said, at=datetime(2026, 11, 27, tzinfo=UTC))

    def look(content: bytes) -> None:
        (book.folder / FILE).write_bytes(content)
        book.compute_state()

    seeds = [(book.folder / FILE).read_bytes(), sealed(LINES)]
    fuzz(look, seeds, fuzz_seconds)


def test_settings(tmp_path: Path, fuzz_seconds: float) -> None:
    path = tmp_path / "watch" / "settings.yaml"
    path.parent.mkdir()

    def look(content: bytes) -> None:
        path.write_bytes(content)
        load_settings(tmp_path)

    fuzz(look, [b"grace_days: 3\nno_redress: {fails: 2, passes: 1}\n"], fuzz_seconds)


def test_a_line_that_says_what_no_program_wrote_is_named(tmp_path: Path) -> None:
    book = Watchbook(tmp_path)
    book.folder.mkdir()
    closed = {"what": "look", "at": NOW, "upto": 1, "closed": ["never opened"]}
    (book.folder / FILE).write_bytes(sealed([LINES[0], closed]))
    with pytest.raises(TamperError) as error:
        book.compute_state()
    assert error.value.issues[0].line == 2
