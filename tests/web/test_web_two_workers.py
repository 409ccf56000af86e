"""Two things are done at a time: a look goes on while many pages are being read."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from changqing.case import edit
from changqing.law.load import load
from changqing.rehearsal.live import serve_folder
from changqing_web.models import Job
from tests.web.web_live import Live
from tests.web.web_rehearsal import lead_to
from tests.web.web_world import EXAMPLES

_PAGES = 150
_ASK = """
import django
django.setup()
import changqing_web.work.every
from changqing_web.jobs import begin_job
from changqing_web.models import CaseRow, Role, Workspace
from changqing_web.walls import Here
from django.contrib.auth.models import AnonymousUser
workspace = Workspace.objects.get(slug="examples")
for kind, case in (("read", "local-life"), ("look", "newly-registered")):
    row = CaseRow.objects.get(workspace=workspace, folder=case)
    user = AnonymousUser()
    begin_job(Here(user=user, workspace=workspace, role=Role.EDITOR, case=row), kind)
"""


def _add_scan(folder: Path) -> None:
    """List a scan of many pages among the papers of a case."""
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    for line in range(40):
        pen.text((80, 60 + 40 * line), f"line {line} of a long scan", fill="black")
    path = folder / "documents" / "long.pdf"
    page.save(path, save_all=True, append_images=[page] * (_PAGES - 1))
    item = {
        "id": "long",
        "kind": "company_profile",
        "file": "documents/long.pdf",
        "received_on": "2026-11-24",
    }
    edit.set_item(folder, "papers", item, catalogue=load(), shown=None)


def _states(live: Live) -> dict[str, str]:
    with live.open_database() as database:
        rows = database.execute(
            f"SELECT kind, state FROM {Job._meta.db_table}"  # noqa: S608
        ).fetchall()
    return {str(kind): str(state) for kind, state in rows}


@pytest.mark.long
def test_a_look_goes_on_while_a_long_paper_is_read(tmp_path: Path) -> None:
    with serve_folder(EXAMPLES / "newly-registered", now=datetime.now(UTC)) as world:
        live = Live(
            home=tmp_path / "home", examples=True, settings=lead_to(world.settings)
        )
        live.start()
        try:
            _add_scan(live.folder("local-life"))
            subprocess.run(
                [sys.executable, "-c", _ASK], env=live.environment(), check=True
            )
            end = time.monotonic() + 150
            while (states := _states(live))["look"] not in ("done", "failed"):
                assert time.monotonic() < end, states
                time.sleep(0.2)
            assert (states["read"], states["look"]) == ("running", "done")
        finally:
            live.kill()
