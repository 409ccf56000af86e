"""Looks at sites of a register until it is killed, before the step it is told."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

from changqing.disk import Disk
from changqing.screening.look import RegisterLookJob, look_at_register


def look_until_killed(job: RegisterLookJob, steps: int) -> None:
    """Look with a disk that kills this process."""
    left = steps

    def step(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    look_at_register(replace(job, disk=Disk(step=step, chunk=3_000)))
