"""What was looked at of a register: a line a look, and its pages in large WARC files.

```
looks/3-of-16/2026-11-30-pages.jsonl         a line a look, and what was read of it
looks/3-of-16/2026-11-30-registration.jsonl  the same of domains in their registries
looks/3-of-16/2026-11-30-0001.warc.gz        the bytes of many looks, about 1 GB
looks/3-of-16/2026-11-30-0001.cdxj           where in it each page lies; made at the end
looks/taken.json                             how far each journal is in the buckets
```
A look counts once its line is whole. Its bytes are on disk before; what a crash left
behind the last line, in any of these files, is cut off when the journal is opened
again. One process writes to a folder, and every process reads all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from changqing import __version__
from changqing.case.subjects import Subject
from changqing.day import beijing_day
from changqing.disk import Disk, only_writer
from changqing.errors import BusyError, CaseError, Issue
from changqing.evidence.ledger.codec import decode, encode
from changqing.evidence.ledger.items import BrokenEntryError
from changqing.evidence.model import Attempt, Gap, Record
from changqing.evidence.observations import Observation, ObservationKind
from changqing.jsondata import (
    Json,
    JsonObject,
    read_flag,
    read_list,
    read_object,
    read_text,
    read_whole,
)
from changqing.probes.model import Site
from changqing.probes.warc_index import list_index_lines, make_archive_head
from changqing.screening.look_plan import RegisterSite
from changqing.shard import Shard, parse_shard
from changqing.text import Text

LOOKS: Final = "looks"
LOCK: Final = ".lock"
ERASED: Final = b'{"erased":true'
"""With this begins the line of a look that was erased; nothing else of it is read."""
_ARCHIVE: Final = ".warc.gz"
_INDEX: Final = ".cdxj"
_DAY_LENGTH: Final = len("2026-11-30")
MOST_ARCHIVE_BYTES: Final = 1_000_000_000


class LookKind(StrEnum):
    """What a look asked: the pages of a site, or the registry of its domain."""

    PAGES = "pages"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturePlace:
    """Where a capture lies: the name of its archive, its bytes, their SHA-256 (hex)."""

    archive: str
    first: int
    length: int
    digest: str

    @property
    def end(self) -> int:
        """The byte behind the last."""
        return self.first + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLook:
    """One look at one site, and what was read of it.

    `whole` False: what kept us from it may have passed tomorrow. `captures` has by
    probe where its bytes lie.
    """

    of: RegisterSite
    kind: LookKind
    at: datetime
    whole: bool
    items: tuple[Record | Gap | Attempt, ...]
    observed: tuple[Observation, ...]
    captures: Mapping[str, CapturePlace]


class LookJournal:
    """Adds looks to the folder of a shard; one process at a time, in a `with`.

    Raises BusyError where another looks at sites of this shard, also as one of more or
    fewer shards.
    """

    def __init__(
        self,
        register: Path,
        shard: Shard,
        *,
        disk: Disk | None = None,
        most_bytes: int = MOST_ARCHIVE_BYTES,
    ) -> None:
        self.folder = register / LOOKS / shard.name
        self._shard = shard
        self._disk = Disk() if disk is None else disk
        self._most_bytes = most_bytes
        self._locks = ExitStack()
        self._day: date | None = None
        self._archive = Path()
        self._size = 0

    def __enter__(self) -> Self:
        """Take the lock of the shard."""
        self._disk.make_folder(self.folder)
        self._locks.enter_context(only_writer(self.folder / LOCK))
        try:
            _check_others(self.folder, self._shard)
            self.mend()
        except BaseException:
            self._locks.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the lock."""
        self._locks.close()

    def mend(self) -> None:
        """Cut off what a crash left; only while the lock of the shard is held."""
        for day in {path.name[:_DAY_LENGTH] for path in self._list_unindexed()}:
            self._mend_day(date.fromisoformat(day))

    def append(
        self,
        of: RegisterSite,
        kind: LookKind,
        *,
        at: datetime,
        whole: bool,
        items: Sequence[Record | Gap | Attempt],
        observed: Sequence[Observation],
        captures: Mapping[str, bytes],
    ) -> None:
        """Keep a look: first its bytes, by probe, then its line. Both are on disk."""
        # A look that began before midnight is filed with those that end when it does.
        day = max(beijing_day(at), self._day or date.min)
        try:
            if day != self._day:
                self._open_day(day)
            line: dict[str, Json] = {
                "case": of.case,
                "service": of.site.id,
                "url": of.site.url,
                "kind": kind.value,
                "at": at.isoformat(),
                "whole": whole,
                "captures": self._append_captures(day, captures),
                "items": [encode(item) for item in items],
                "observed": [_encode_observed(row) for row in observed],
            }
            text = json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
            self._disk.append(self._place_journal(day, kind), text.encode())
        except BaseException:
            # Half of it may be there: whoever writes next is to mend that first.
            self._day = None
            raise

    def _append_captures(
        self, day: date, captures: Mapping[str, bytes]
    ) -> dict[str, Json]:
        is_gone = self._size > 0 and not self._archive.exists()
        if is_gone or self._size >= self._most_bytes:
            self._begin_archive(day, self._archive.name)
        if not self._archive.exists():
            head = make_archive_head(self._archive.name, f"changqing {__version__}")
            self._disk.append(self._archive, head)
            self._size = len(head)
        places: dict[str, Json] = {}
        offset = self._size
        for probe, data in captures.items():
            digest = hashlib.sha256(data).hexdigest()
            places[probe] = [self._archive.name, offset, len(data), digest]
            offset += len(data)
        self._disk.append(self._archive, b"".join(captures.values()))
        self._size = offset
        return places

    def write_indexes(self) -> None:
        """Write the index of each archive that has none, or has grown since."""
        for archive in self._list_unindexed():
            with _DamageOf(archive):
                lines = "".join(f"{line}\n" for line in list_index_lines(archive))
            self._disk.replace(place_index(archive), lines.encode())

    def _list_unindexed(self) -> list[Path]:
        unindexed = []
        for archive in sorted(self.folder.glob(f"*{_ARCHIVE}")):
            index = place_index(archive)
            index_time = index.stat().st_mtime_ns if index.exists() else 0
            if index_time < archive.stat().st_mtime_ns:
                unindexed.append(archive)
        return unindexed

    def _place_journal(self, day: date, kind: LookKind) -> Path:
        return self.folder / f"{day.isoformat()}-{kind.value}.jsonl"

    def _open_day(self, day: date) -> None:
        """Go on with the files of a day."""
        last = self._mend_day(day)
        self._day = day
        if last is None:
            self._begin_archive(day)
        elif last[0].exists() and last[0].stat().st_size == last[1]:
            self._archive, self._size = last
        else:
            self._begin_archive(day, last[0].name)

    def _mend_day(self, day: date) -> tuple[Path, int] | None:
        """Cut off what a crash left of a day; gives its last archive and its length."""
        name, end = "", 0
        for kind in LookKind:
            journal = self._place_journal(day, kind)
            if not journal.exists():
                continue
            size = 0
            for line in _read_lines(journal):
                size += len(line)
                if line.startswith(ERASED):
                    continue
                with _DamageOf(journal):
                    places = _read_places(json.loads(line))
                for place in places.values():
                    name, end = max((name, end), (place.archive, place.end))
            if size < journal.stat().st_size:
                self._disk.cut(journal, size)
        for archive in sorted(self.folder.glob(f"{day.isoformat()}-*{_ARCHIVE}")):
            if archive.name > name:  # begun, and no look in it counts
                archive.unlink()
            elif archive.name == name and archive.stat().st_size > end:
                self._disk.cut(archive, end)
        return (self.folder / name, end) if name else None

    def _begin_archive(self, day: date, last: str = "") -> None:
        """Begin an archive behind the others of a day, `last` and those that are there.

        One may have been deleted to make room. Its name is not given again: looks say
        what lies where in it, and to erase one writes over that place.
        """
        begin = f"{day.isoformat()}-"
        there = (path.name for path in self.folder.glob(f"{begin}*{_ARCHIVE}"))
        newest = max(there, default="")
        newest = max(newest, last if last.startswith(begin) else "")
        number = int(newest[len(begin) : -len(_ARCHIVE)]) + 1 if newest else 1
        self._archive, self._size = self.folder / f"{begin}{number:04d}{_ARCHIVE}", 0


def place_index(archive: Path) -> Path:
    """Tell where the index of an archive stands."""
    return archive.with_name(archive.name.removesuffix(_ARCHIVE) + _INDEX)


def list_journals(
    register: Path, kind: LookKind | None = None, *, since: date = date.min
) -> list[Path]:
    """List the journals of all shards, by day: of one kind, those of `since` or later.

    A look is never filed under a day before its own.
    """
    name = "*" if kind is None else kind.value
    paths = (register / LOOKS).glob(f"*-of-*/????-??-??-{name}.jsonl")
    return sorted(
        (path for path in paths if path.name >= since.isoformat()),
        key=lambda path: (path.name, path.parent.name),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LookDone:
    """That a site was looked at, without what was seen; as in `RegisterLook`."""

    of: RegisterSite
    kind: LookKind
    at: datetime
    whole: bool


def read_done(journal: Path) -> Iterator[LookDone]:
    """Read which sites a journal has looks of. CaseError where a line is no look."""
    for line in _read_lines(journal):
        if line.startswith(ERASED):
            continue
        with _DamageOf(journal):
            data = _load_head(line)
            yield LookDone(
                of=_read_site(data),
                kind=LookKind(read_text(data["kind"])),
                at=datetime.fromisoformat(read_text(data["at"])),
                whole=read_flag(data["whole"]),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LookPlace:
    """Where the line of a look lies in its journal, and whose look it is."""

    case: str
    first: int
    end: int


def list_looks(journal: Path, start: int = 0) -> Iterator[LookPlace]:
    """List the looks of a journal from byte `start` on.

    Raises CaseError where a line is no look.
    """
    for line in _read_lines(journal, start):
        first, start = start, start + len(line)
        if line.startswith(ERASED):
            continue
        with _DamageOf(journal):
            case = read_text(_load_head(line)["case"])
        yield LookPlace(case=case, first=first, end=start)


def read_look(journal: Path, place: LookPlace) -> RegisterLook:
    """Read one look. Raises CaseError where the line is no look."""
    with journal.open("rb") as stream:
        stream.seek(place.first)
        line = stream.read(place.end - place.first)
    with _DamageOf(journal):
        return _decode_look(json.loads(line))


def read_capture(journal: Path, look: RegisterLook, probe: str) -> bytes:
    """Read the WARC of one probe of a look. CaseError where its bytes are not there."""
    place = look.captures[probe]
    path = journal.parent / place.archive
    try:
        with path.open("rb") as stream:
            stream.seek(place.first)
            data = stream.read(place.length)
    except OSError as error:
        raise _make_damage_error(path) from error
    if hashlib.sha256(data).hexdigest() != place.digest:
        raise _make_damage_error(path)
    return data


class _DamageOf:
    """What goes wrong in reading a line is told as the CaseError that it is."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, ValueError | KeyError | TypeError | BrokenEntryError):
            raise _make_damage_error(self._journal) from error


def _make_damage_error(path: Path) -> CaseError:
    return CaseError(
        Issue(
            text=Text(
                zh="查看的记录读不出，没有动它",
                en="what was looked at cannot be read; it was left as it is",
            ),
            path=str(path),
            hint=Text(
                zh="从备份恢复；没有备份，就把这个文件移到别处，重新查看",
                en="restore it; without a copy, move this file away and look again",
            ),
        )
    )


def find_shard(folder: Path) -> Shard:
    """Find whose looks stand in a folder. CaseError where it is called otherwise."""
    return parse_shard(folder.name.replace("-of-", "/"))


def _check_others(folder: Path, shard: Shard) -> None:
    """Raise BusyError where somebody looks at sites of this share as another one."""
    for lock in folder.parent.glob(f"*-of-*/{LOCK}"):
        name, other = lock.parent.name, find_shard(lock.parent)
        if other == shard or not other.overlaps(shard):
            continue
        try:
            with only_writer(lock):
                pass
        except BusyError as error:
            raise BusyError(
                Issue(
                    text=Text(
                        zh=f"其中的网站正在作为{name}查看",
                        en=f"some of these sites are being looked at as {name}",
                    ),
                    path=str(folder.parent),
                    hint=Text(
                        zh="等它结束，或者改用同样的份数",
                        en="wait until it has finished, or use as many shares",
                    ),
                )
            ) from error


def _read_lines(journal: Path, start: int = 0) -> Iterator[bytes]:
    """Read the whole lines of a journal; one that broke off is none."""
    with journal.open("rb") as stream:
        stream.seek(start)
        for line in stream:
            if line.endswith(b"\n"):
                yield line


def _load_head(line: bytes) -> JsonObject:
    """Load what a line says before its captures, which is a fiftieth of it.

    Within a text its quotes would be escaped, so that the mark is no part of any.
    """
    head, mark, _ = line.partition(b',"captures":')
    return read_object(json.loads(head + b"}" if mark else line))


def _read_site(data: JsonObject) -> RegisterSite:
    site = Site.from_url(read_text(data["service"]), read_text(data["url"]))
    return RegisterSite(case=read_text(data["case"]), site=site)


def _read_places(data: JsonObject) -> dict[str, CapturePlace]:
    places = {}
    for probe, place_data in read_object(data["captures"]).items():
        archive, first, length, digest = read_list(place_data)
        places[probe] = CapturePlace(
            archive=read_text(archive),
            first=read_whole(first),
            length=read_whole(length),
            digest=read_text(digest),
        )
    return places


def _decode_look(data: JsonObject) -> RegisterLook:
    items = [decode(read_object(item), 0) for item in read_list(data["items"])]
    return RegisterLook(
        of=_read_site(data),
        kind=LookKind(read_text(data["kind"])),
        at=datetime.fromisoformat(read_text(data["at"])),
        whole=read_flag(data["whole"]),
        items=tuple(item for item in items if isinstance(item, Record | Gap | Attempt)),
        observed=tuple(_decode_observed(row) for row in read_list(data["observed"])),
        captures=_read_places(data),
    )


def _encode_observed(row: Observation) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "subject": str(row.subject),
        "kind": row.kind.value,
        "at": row.at.isoformat(),
        "source": row.source,
    }
    if row.value is not None:
        fields["value"] = row.value
    return fields


def _decode_observed(encoded: Json) -> Observation:
    data = read_object(encoded)
    type_, _, name = read_text(data["subject"]).partition(":")
    value = data.get("value")
    return Observation(
        subject=Subject(type_, name),
        kind=ObservationKind(read_text(data["kind"])),
        at=datetime.fromisoformat(read_text(data["at"])),
        source=read_text(data["source"]),
        value=None if value is None else read_whole(value),
    )
