"""Runs over a small made register, for the pages that show them."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from changqing.screening.layout import write_register
from changqing.screening.make import RegisterMaker
from changqing.screening.screen import ScreenJob, ScreenRun, run_in_process, screen
from changqing_web.models import Workspace
from changqing_web.register.place import find_runs_folder
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
LATER = date(2027, 5, 31)
CASES = 40


@cache
def _make_register() -> Path:
    folder = Path(tempfile.mkdtemp(dir=settings.HOME)) / "register"
    with write_register(folder, CATALOGUE, cases=3_000) as writer:  # two buckets
        list(RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF).make_all(CASES, writer))
    return folder


@cache
def make_run(as_of: date = AS_OF) -> ScreenRun:
    """Screen the made register on a day, once."""
    register = _make_register()
    job = ScreenJob(register=register, out=register.parent / f"{as_of}", as_of=as_of)
    return screen(job, map_buckets=run_in_process)


def put_run(workspace: Workspace, name: str, as_of: date = AS_OF) -> Path:
    """Put a run where the pages of a workspace find it."""
    folder = find_runs_folder(workspace) / name
    shutil.copytree(make_run(as_of).folder, folder)
    return folder
