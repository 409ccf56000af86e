"""Record the life of an example: as of the day it was written for, or of another.

Use as `python -m changqing.rehearsal.record examples` for those that ship.

Each example is looked at in place, three times within a day, against its own world on
this machine and with the clock held still; where its world says so, the site is also
knocked at once a day before that. What was recorded before is replaced whole: evidence
is made here, never edited.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from changqing.case.folder import EVIDENCE_FOLDER
from changqing.casework.files import SUMMARY
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Attempt
from changqing.evidence.observations import Observation, ObservationKind, Observations
from changqing.judge.assess import Judge
from changqing.law.load import load
from changqing.net.door import Net
from changqing.net.loop import run as run_loop
from changqing.papers.open import open_case
from changqing.probes.kinds import reach
from changqing.probes.model import Site
from changqing.rehearsal.live import RECORDED_ON, WORLD_FILE, read_world, serve_folder
from changqing.run import run

LAST_LOOK = datetime.combine(RECORDED_ON, time(9), tzinfo=UTC)
_LOOKED_BEFORE = (timedelta(hours=8, minutes=30), timedelta(hours=5), timedelta(0))
"""Three looks over more than six hours: enough to say whether a site answers."""


def record(example: Path, *, last_look: datetime, judge: Judge, key: Path) -> None:
    """Make the evidence of one example anew, as if looked at until `last_look`.

    The dates of the example are those of that day (`copy_for`).
    """
    shutil.rmtree(example / EVIDENCE_FOLDER, ignore_errors=True)
    (example / SUMMARY).unlink(missing_ok=True)  # it tells of what is replaced
    Memory.open_beside(key).forget(example)
    moments = [last_look - ago for ago in _LOOKED_BEFORE]
    knock(example, read_world(example).knocked_days, moments[0], judge=judge, key=key)
    for moment in moments:
        with serve_folder(example, now=moment) as staged:
            run(
                example,
                judge=judge,
                clock=_freeze_clock(moment),
                key=key,
                net=staged.settings,
            )


def knock(
    example: Path, days: int, first: datetime, *, judge: Judge, key: Path
) -> None:
    """Try on each of the days before `first` whether the site answers, and keep it."""
    case = open_case(example, judge.catalogue)
    tried = [
        attempt
        for ago in range(days, 0, -1)
        for service in case.services
        if service.url is not None
        for attempt in _try_site(
            example,
            Site.from_url(service.subject.id, service.url),
            first - timedelta(days=ago),
        )
    ]
    if not tried:
        return
    with Store(case.path, load_key(key)) as store:
        store.append(tried)
        Observations(case.path).append(
            (
                Observation(
                    subject=attempt.subject,
                    kind=ObservationKind.CHECK,
                    at=attempt.at,
                    source=attempt.url,
                    value=int(attempt.answered),
                )
                for attempt in tried
                if attempt.control_ok and attempt.answered is not None
            ),
            now=first,
            store=store,
        )


def _try_site(example: Path, site: Site, moment: datetime) -> Sequence[Attempt]:
    async def read_at_door() -> Sequence[Attempt]:
        async with Net(staged.settings, clock=_freeze_clock(moment)) as door:
            return tuple(reach.read_attempts(await reach.capture(site, door)))

    with serve_folder(example, now=moment) as staged:
        return run_loop(read_at_door())


def _freeze_clock(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def main(arguments: Sequence[str]) -> int:
    """Record every example in the folder named; the key is thrown away."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m changqing.rehearsal.record EXAMPLES\n")
        return 2
    judge = Judge(load())
    with tempfile.TemporaryDirectory() as folder:
        for world in sorted(Path(arguments[0]).glob(f"*/{WORLD_FILE}")):
            record(
                world.parent,
                last_look=LAST_LOOK,
                judge=judge,
                key=Path(folder) / "key",
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
