"""What can be done in the background: importing this module registers all of it."""

from __future__ import annotations

from collections.abc import Callable

from changqing.text import Text
from changqing_web import (
    cases,
    clients,  # noqa: F401 - each of these names its own work
    erasing,  # noqa: F401
    work_dossier,  # noqa: F401
    work_read,  # noqa: F401
    work_read_all,  # noqa: F401
    work_seal,  # noqa: F401
    work_stamp,  # noqa: F401
    work_start,  # noqa: F401
    work_watch,  # noqa: F401
)
from changqing_web.index import refresh
from changqing_web.jobs import work
from changqing_web.models import Job, Role
from changqing_web.walls import Here


def desk_of(job: Job) -> Here:
    """Where the job works: as the workspace itself, on its case."""
    from django.contrib.auth.models import AnonymousUser

    return Here(
        user=AnonymousUser(),
        workspace=job.workspace,
        role=Role.EDITOR,
        case=refresh(job.workspace, job.case) if job.case else None,
    )


@work("look")
def look(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
    """Look at the site again, record all that is seen, and judge."""
    from django.conf import settings
    from django.utils import timezone

    from changqing.run import run

    here = desk_of(job)
    done = run(
        here.folder,
        judge=cases.judge(),
        clock=timezone.now,
        key=cases.key_path(),
        net=settings.NET,
        progress=tell,
    )
    cases.assess(here)
    return {
        "requests": 0 if done.looked is None else done.looked.requests,
        "unseen": 0 if done.looked is None else len(done.looked.unseen),
    }
