"""Where bundles stand, and which of them may not stand there any more."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from changqing.text import Text
from changqing_web.models import Job, Workspace
from changqing_web.walls import Here


def find_bundle_folder(workspace: Workspace, case: str) -> Path:
    """Find where bundles stand: those sealed here, others until they are checked."""
    root: Path = settings.HOME
    return root / "made" / workspace.slug / case / "bundles"


def find_bundle(job: Job) -> Path:
    """Find the file of a job that seals, or checks."""
    return find_bundle_folder(job.workspace, job.case) / f"{job.kind}-{job.pk}.zip"


def forget_whole(here: Here, because: Text) -> int:
    """Delete the bundles of a case that hold personal papers; gives how many.

    What is erased may be in any of them, as a paper or as what was read of it. Masked
    bundles hold neither and stay; that a bundle was sealed, and its digest, stay too.
    """
    sealed = Job.objects.filter(
        workspace=here.workspace, case=here.row.folder, kind="seal", given__full=True
    ).select_related("workspace")
    jobs = [job for job in sealed if find_bundle(job).is_file()]
    for job in jobs:
        find_bundle(job).unlink(missing_ok=True)
        job.result = {**job.result, "gone": {"zh": because.zh, "en": because.en}}
        job.save(update_fields=["result"])
    return len(jobs)
