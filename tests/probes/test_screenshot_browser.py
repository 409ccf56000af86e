"""Which browser takes pictures, and when none may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from changqing.errors import ChangqingError
from changqing.probes.screenshot import find_browser


def _program(folder: Path) -> str:
    path = folder / "some-browser"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_the_browser_that_is_named_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    path = _program(tmp_path)
    found = find_browser({"CHANGQING_BROWSER": path})
    assert (found.path, found.sandboxed) == (path, True)


def test_without_a_browser_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ChangqingError, match="no Chromium on this machine"):
        find_browser({})
    with pytest.raises(ChangqingError, match="/no/such was not found"):
        find_browser({"CHANGQING_BROWSER": "/no/such"})


def test_root_shows_no_page_that_chromium_does_not_isolate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    named = {"CHANGQING_BROWSER": _program(tmp_path)}
    with pytest.raises(
        ChangqingError, match="cannot isolate pages when it runs as root"
    ):
        find_browser(named)
    found = find_browser({**named, "CHANGQING_BROWSER_SANDBOX": "0"})
    assert not found.sandboxed
