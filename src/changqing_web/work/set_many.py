"""One thing is set for many cases: one after another, told of, taken up again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser

from changqing.errors import ChangqingError
from changqing.jsondata import JsonObject
from changqing.text import Language, Text
from changqing_web.errors import say_briefly
from changqing_web.jobs import GiveWay, has_others_waiting
from changqing_web.models import CaseRow, Job, Role
from changqing_web.walls import Here, find_cases_folder


def set_for_each(
    job: Job, tell: Callable[[Text], None], set_one: Callable[[Here], bool]
) -> JsonObject:
    """Set something for each case in `folders` of the job; how many, and what failed.

    `set_one` gives False where it stood so already: that is not counted, so that a job
    that is taken up again does nothing twice. After each it gives way to whoever waits.
    """
    progress = job.result or {"done": 0, "wrong": []}
    job.result = progress
    wrong = {line["folder"] for line in progress["wrong"]}
    for folder in map(str, job.given["folders"]):
        path = find_cases_folder(job.workspace) / folder
        if folder in wrong or not path.is_dir():
            continue
        row = CaseRow.objects.get(workspace=job.workspace, folder=folder)
        here = Here(
            user=AnonymousUser(), workspace=job.workspace, role=Role.OWNER, case=row
        )
        tell(Text(row.name, row.name))
        try:
            if not set_one(here):
                continue
        except ChangqingError as error:
            lines = {
                language.value: say_briefly(error, language) for language in Language
            }
            progress["wrong"].append({"folder": folder, "name": row.name, **lines})
            continue
        progress["done"] += 1
        if has_others_waiting(job):
            raise GiveWay
    return progress
