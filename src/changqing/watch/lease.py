"""Who is looking at a case just now: a lease, which ends by itself.

```
.changqing/watch/any.json      by whom, on which machine, until when
```
Two processes, on one machine or on several that share the folder, so look at a case by
turns, and what a killed one held is taken over: at once on its own machine, and
elsewhere when its time is over. Nothing rests on it: it may be deleted at any time, and
two who look at once only look once more than is needed.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from changqing.case.folder import REMADE_FOLDER
from changqing.disk import NOTHING_LOST, UNWRITTEN, only_writer
from changqing.errors import BusyError, CaseError, make_disk_issue
from changqing.jsondata import read_object, read_text, read_whole
from changqing.plainfile import check_folder, read_plain, write_plain

LENGTH: Final = timedelta(minutes=10)
"""Longer than one site takes to be looked at; it is renewed with each."""
_ANY: Final = "any"


_made_here: set[str] = set()
"""The names that this process gave: another that has its number now is gone."""


def _make_name() -> str:
    name = secrets.token_hex(8)
    _made_here.add(name)
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseHolder:
    """A process that looks. `name` is like that of no other, not even after a reboot.

    `observer` is what it is called among those that see a case together; each of them
    has leases of its own.
    """

    observer: str = ""
    machine: str = field(default_factory=platform.node)
    process: int = field(default_factory=os.getpid)
    name: str = field(default_factory=_make_name)


def take_lease(folder: Path, holder: LeaseHolder, now: datetime) -> bool:
    """Take the lease of a case, or renew it; False where another holds it.

    Raises CaseError where nothing can be written there.
    """
    path = _name_lease_file(folder, holder)
    try:
        if not check_folder(path.parent, inside=folder):
            path.parent.mkdir(parents=True, exist_ok=True)
        with only_writer(path.with_suffix(".lock"), inside=folder):
            if _is_held_by_another(path, folder, holder, now):
                return False
            lease = {
                "holder": holder.name,
                "machine": holder.machine,
                "process": holder.process,
                "until": (now + LENGTH).isoformat(),
            }
            write_plain(path, json.dumps(lease).encode(), inside=folder)
            return True
    except BusyError:  # another is taking it at this moment
        return False
    except OSError as error:
        issue = make_disk_issue(path, error, UNWRITTEN, NOTHING_LOST)
        raise CaseError(issue) from error


def give_lease_back(folder: Path, holder: LeaseHolder, now: datetime) -> None:
    """Let others look at once; what cannot be given back ends by itself."""
    path = _name_lease_file(folder, holder)
    try:
        with only_writer(path.with_suffix(".lock"), inside=folder):
            if not _is_held_by_another(path, folder, holder, now):
                path.unlink(missing_ok=True)
    except (BusyError, CaseError, OSError):
        return


def _name_lease_file(folder: Path, holder: LeaseHolder) -> Path:
    return folder / REMADE_FOLDER / "watch" / f"{holder.observer or _ANY}.json"


def _is_held_by_another(
    path: Path, folder: Path, holder: LeaseHolder, now: datetime
) -> bool:
    try:
        lease = read_object(json.loads(read_plain(path, inside=folder)))
        until = datetime.fromisoformat(read_text(lease["until"]))
        name = read_text(lease["holder"])
        if name == holder.name or until <= now:
            return False
        if read_text(lease["machine"]) != holder.machine:
            return True
        process = read_whole(lease["process"])
        # A container that is started again gives out the same numbers.
        return name in _made_here if process == os.getpid() else _is_running(process)
    except (OSError, ValueError, KeyError, TypeError):
        return False  # there is none, or a power cut left half of one


def _is_running(process: int) -> bool:
    if os.name != "posix":  # elsewhere to ask is to end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
