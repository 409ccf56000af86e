"""Record the fixed life of the examples.

Use as `python -m changqing.rehearsal.record examples`.

Each example is looked at in place, three times on the day it was written for, against
its own world on this machine and with the clock held still. What was recorded before
is replaced whole: evidence is made here, never edited.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from changqing.assessment import Judge
from changqing.catalogue import load
from changqing.evidence import FOLDER
from changqing.rehearsal._live import RECORDED_ON, WORLD_FILE, served
from changqing.run import run

LOOKED_AT = tuple(
    datetime.combine(RECORDED_ON, moment, tzinfo=UTC)
    for moment in (time(0, 30), time(4, 0), time(9, 0))
)
"""Three looks over more than six hours: enough to say whether a site answers."""


def record(example: Path, *, judge: Judge, key: Path) -> None:
    """Make the evidence of one example anew."""
    shutil.rmtree(example / FOLDER, ignore_errors=True)
    for moment in LOOKED_AT:
        with served(example, now=moment) as staged:
            run(
                example,
                judge=judge,
                clock=_still(moment),
                key=key,
                net=staged.settings,
            )


def _still(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def main(arguments: Sequence[str]) -> int:
    """Record every example in the folder named; the key is thrown away."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m changqing.rehearsal.record EXAMPLES\n")
        return 2
    judge = Judge(load())
    with tempfile.TemporaryDirectory() as folder:
        for world in sorted(Path(arguments[0]).glob(f"*/{WORLD_FILE}")):
            record(world.parent, judge=judge, key=Path(folder) / "key")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
