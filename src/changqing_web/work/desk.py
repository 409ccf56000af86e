"""Where a job works."""

from __future__ import annotations

from changqing_web.index import refresh_case
from changqing_web.models import Job, Role
from changqing_web.walls import Here


def make_desk(job: Job) -> Here:
    """Make the desk where the job works: as the workspace itself, on its case."""
    from django.contrib.auth.models import AnonymousUser

    return Here(
        user=AnonymousUser(),
        workspace=job.workspace,
        role=Role.EDITOR,
        case=refresh_case(job.workspace, job.case) if job.case else None,
    )
