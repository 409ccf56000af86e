"""Work on many clients at once, in the background: each is looked at and judged."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from changqing.errors import ChangqingError, TamperError
from changqing.run import run
from changqing.text import Language, Text
from changqing_web import cases
from changqing_web.index import refresh
from changqing_web.jobs import work
from changqing_web.models import Job, Role
from changqing_web.walls import Here

LOOK_AT_ALL = "look_at_all"


@work(LOOK_AT_ALL)
def look_at_all(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
    """Look at one case after another; one that cannot be judged stops no other.

    Those judged today are passed over, so that doing it again goes on where it ended.
    """
    folders = [str(each) for each in job.given["folders"]]
    offline, today = bool(job.given.get("offline")), timezone.localdate()
    done, passed = 0, 0
    wrong: list[dict[str, object]] = []
    for number, folder in enumerate(folders, start=1):
        row = job.workspace.cases.filter(folder=folder).first()
        if row is None:
            continue
        if row.assessed_on == today:
            passed += 1
            continue
        tell(
            Text(
                f"第{number}件，共{len(folders)}件：{row.name}",
                f"{number} of {len(folders)}: {row.name}",
            )
        )
        here = Here(
            user=AnonymousUser(), workspace=job.workspace, role=Role.EDITOR, case=row
        )
        try:
            _look(here, offline=offline)
            done += 1
        except TamperError:
            refresh(job.workspace, folder)
            raise
        except ChangqingError as error:
            wrong.append(
                {
                    "folder": folder,
                    "name": row.name,
                    **{each.value: _said(error, each) for each in Language},
                }
            )
    return {"done": done, "passed": passed, "wrong": wrong}


def _look(here: Here, *, offline: bool) -> None:
    if not offline:
        run(
            here.folder,
            judge=cases.judge(),
            clock=timezone.now,
            key=cases.key_path(),
        )
    cases.assess(here)


def _said(error: ChangqingError, language: Language) -> str:
    """What is wrong, without the place of the folder on this machine."""
    joint = "；" if language is Language.ZH else "; "
    return joint.join(issue.text.say(language) for issue in error.issues)
