"""A screenshot is sealed, or withheld, like every capture."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.screenshots import Screenshot, record_screenshot
from tests.sealing.make_golden import bare_case
from tests.sealing.withheld_case import (
    NOW,
    find_key,
    seal_as_bundle,
)


@pytest.mark.long
def test_a_screenshot_is_sealed_and_withheld_as_what_was_captured(
    tmp_path: Path,
) -> None:
    place = tmp_path
    case = bare_case(place / "photographed")
    pictures = {True: b"\x89PNG\r\n\x1a\nwho", False: b"\x89PNG\r\n\x1a\nwhat"}
    with Store(case, load_key(find_key(place))) as store:
        for personal, png in pictures.items():
            taken = Screenshot(
                digest=hashlib.sha256(png).hexdigest(),
                size=len(png),
                asked="https://www.example.cn/",
                shown="https://www.example.cn/",
                at=NOW,
                view=(1280, 800),
                browser="Chromium 1",
                personal=personal,
            )
            record_screenshot(store, taken, png)
    done = seal_as_bundle(case, place / "photographed.zip", place)
    assert done.check(done.files()).code in (0, 1)
    objects = [name for name in done.files() if name.startswith("objects/")]
    inside = {done.files()[name] for name in objects}
    assert pictures[False] in inside
    assert pictures[True] not in inside
    for page, worth in (
        ("index.html", "任何判据都不读它"),
        ("index.en.html", "no criterion reads them"),
    ):
        told = done.files()[page].decode()
        assert worth in told
        assert f"objects/{hashlib.sha256(pictures[False]).hexdigest()}" in told
        assert hashlib.sha256(pictures[True]).hexdigest() not in told
    full = seal_as_bundle(case, place / "photographed-full.zip", place, "--full")
    assert full.check(full.files()).code in (0, 1)
    assert {*pictures.values()} <= set(full.files().values())
