"""The newest few things made, each under the stamp of what it was made from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final, Generic, TypeVar

from django.utils import timezone

from changqing.documents.schedule import SCHEDULE_FILE
from changqing_web.index import catalogue
from changqing_web.walls import Here

_MOST: Final = 4
_RESTS_ON: Final = (
    "case.yaml",
    "evidence/log/checkpoint",
    "casework/events.jsonl",
    "evidence/observations",
    SCHEDULE_FILE,
)
T = TypeVar("T")


class Newest(Generic[T]):
    """The newest few values of one kind, shared by the threads of a process."""

    def __init__(self, *, most: int = _MOST) -> None:
        self._most = most
        self._values: OrderedDict[str, T] = OrderedDict()
        self._alone = Lock()

    def keep(self, stamp: str, value: T) -> T:
        """Keep a value for who asks next; the oldest goes."""
        with self._alone:
            self._values[stamp] = value
            self._values.move_to_end(stamp)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def find_or_make(self, stamp: str, make: Callable[[], T]) -> T:
        """Give what was made of this stamp before, else make it now."""
        with self._alone:
            found = self._values.get(stamp)
        return self.keep(stamp, make()) if found is None else found


def stamp_of(here: Here) -> str:
    """Name all that a judged case depends on: files, log, own copies, day, rules."""
    folder = here.folder
    rests_on = [folder / name for name in _RESTS_ON]
    own = sorted((folder / "dossier").glob("*.md"))
    papers = sorted((folder / "documents").glob("*"))
    seen = [_stamp_file(path) for path in (*rests_on, *own, *papers)]
    return "|".join([str(folder), str(timezone.localdate()), catalogue().digest, *seen])


def _stamp_file(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "-"
    return f"{path.name}:{found.st_mtime_ns}:{found.st_size}"
