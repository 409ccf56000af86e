"""Look at the site of a case again."""

from __future__ import annotations

from collections.abc import Callable

from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing_web import cases
from changqing_web.jobs import work
from changqing_web.models import Job
from changqing_web.work.desk import make_desk


@work("look")
def look_again(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Look at the site again, record all that is seen, and judge."""
    from django.conf import settings
    from django.utils import timezone

    from changqing.run import run

    here = make_desk(job)
    outcome = run(
        here.folder,
        judge=cases.get_judge(),
        clock=timezone.now,
        key=cases.find_key_path(),
        net=settings.NET,
        progress=tell,
    )
    cases.assess(here)
    return {
        "requests": 0 if outcome.looked is None else outcome.looked.requests,
        "unseen": 0 if outcome.looked is None else len(outcome.looked.unseen),
    }
