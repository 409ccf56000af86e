"""The work of asking many clients: one letter each, recorded once it is written."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from changqing.agency.request import record_request
from changqing.documents.letters import render_letters
from changqing.errors import ChangqingError
from changqing.jsondata import JsonObject
from changqing.text import Language, Text
from changqing_web.board.client_views import make_request
from changqing_web.errors import say_briefly
from changqing_web.index import refresh_case
from changqing_web.jobs import keep_progress, work
from changqing_web.models import Job
from changqing_web.record import add_case_event_for
from changqing_web.work.desk import make_desk

ASK_MANY: Final = "ask_many"
MOST: Final = 200
"""Clients that are asked at once."""
_KEPT_FOR: Final = timedelta(days=30)


def find_letters(job: Job) -> Path:
    """Find the archive with the letters that a job wrote."""
    return _find_place(job).with_suffix(".zip")


def _find_place(job: Job) -> Path:
    return Path(settings.HOME) / "made" / job.workspace.slug / "letters" / str(job.pk)


@work(ASK_MANY)
def ask_many(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Write a letter to each client and record that it was asked, one after another.

    What cannot be judged stops no other. Begun again, it goes on after the last one
    that was recorded.
    """
    folders = [str(folder) for folder in job.given["folders"]]
    rows = {row.folder: row for row in job.workspace.cases.filter(folder__in=folders)}
    progress = job.result or {"done": 0, "total": len(rows), "asked": [], "wrong": []}
    folders_done = {line["folder"] for line in (*progress["asked"], *progress["wrong"])}
    language = Language(str(job.given["language"]))
    place = _find_place(job)
    _forget_old(place.parent)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in folders:
        row = rows.get(folder)
        if row is None or folder in folders_done:
            continue
        number = int(progress["done"]) + 1
        tell(
            Text(
                f"第{number}家，共{len(rows)}家：{row.name}",
                f"{number} of {len(rows)}: {row.name}",
            )
        )
        case_named = {"folder": folder, "name": row.name}
        try:
            count = _write_letter(job, folder, place, language)
        except ChangqingError as error:
            lines = {
                language.value: say_briefly(error, language) for language in Language
            }
            progress["wrong"].append({**case_named, **lines})
        else:
            progress["asked"].append({**case_named, "items": count})
        progress["done"] = number
        keep_progress(job, progress)
    _pack_letters(place, find_letters(job))
    asked_count = sum(bool(line["items"]) for line in progress["asked"])
    return {
        **progress,
        "said": {
            "zh": f"写好{asked_count}封信，已记录。",
            "en": f"{asked_count} letters written and recorded.",
        },
    }


def _write_letter(job: Job, folder: str, place: Path, language: Language) -> int:
    """Write the letter to one client and record it; gives how much is asked for.

    Nothing is written where nothing is lacking.
    """
    case = job.workspace.cases.get(folder=folder)
    here = replace(make_desk(job), case=case)
    request = make_request(here, language)
    if not request.items:
        return 0
    letter = request.write_document(folder=folder)
    files = render_letters([letter], case_name=request.to, as_of=timezone.localdate())
    for name, content in files.items():
        (place / name).write_bytes(content)
    record_request(here.folder, request, by=job.asked_by, now=timezone.now())
    refresh_case(here.workspace, folder)
    count = len(request.items)
    add_case_event_for(
        job.asked_by,
        here,
        "ask_papers",
        Text(f"向客户要了{count}项", f"Asked the client for {count} things"),
        job=job.pk,
    )
    return count


def _pack_letters(place: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(place.iterdir()):
            packed.write(path, path.name)
    shutil.rmtree(place, ignore_errors=True)


def _forget_old(folder: Path) -> None:
    """Delete letters of long ago; what they asked for is kept with each case."""
    before = (timezone.now() - _KEPT_FOR).timestamp()
    for path in folder.glob("*.zip"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
