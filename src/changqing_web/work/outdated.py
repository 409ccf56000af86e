"""Every few minutes: the index is brought up to the day, a few cases at a time."""

from __future__ import annotations

import time
from typing import Final

from django.utils import timezone
from huey import crontab

from changqing_web.index import refresh_case
from changqing_web.jobs import huey
from changqing_web.models import CaseRow

_SECONDS: Final = 40.0


@huey.periodic_task(crontab(minute="*/5"))  # type: ignore[untyped-decorator]
def read_outdated() -> None:
    """Read the cases whose row says what held on an earlier day.

    It ends after a while, and goes on the next time: others wait for the worker too.
    """
    read_outdated_rows(_SECONDS)


def read_outdated_rows(seconds: float) -> int:
    """Read outdated rows again for so many seconds at most; how many were read."""
    end, count, today = time.monotonic() + seconds, 0, timezone.localdate()
    rows = CaseRow.objects.filter(holds_until__lt=today, archived=False)
    for row in rows.select_related("workspace").order_by("next_day", "pk"):
        if time.monotonic() > end:
            break
        refresh_case(row.workspace, row.folder, today)
        count += 1
    return count
