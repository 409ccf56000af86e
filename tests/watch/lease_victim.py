"""Takes the lease of a case, says so, and waits to be killed."""

from __future__ import annotations

import time
from datetime import datetime
from multiprocessing.synchronize import Event
from pathlib import Path

from changqing.watch.lease import LeaseHolder, take_lease


def take_until_killed(folder: Path, now: datetime, taken: Event) -> None:
    """Take it, and wait."""
    assert take_lease(folder, LeaseHolder(), now)
    taken.set()
    time.sleep(60)
