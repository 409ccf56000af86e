"""What is to be told to whom, and what was told: one file, only ever added to.

```
notices/outbox.jsonl     put, sent and failed, a line each
```
The id of a notice is made of what it is about, so that the same is never told twice,
however often it is put. A notice is pending on a channel until it was sent there; what
failed is tried again later, with growing pauses, and never dropped. A crash leaves at
most a torn last line, which is set aside: a message whose sending was not yet written
down is the one thing that may be sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from changqing.disk import NOTHING_LOST, Disk, only_writer
from changqing.errors import CaseError, Issue, TamperError, make_disk_issue
from changqing.jsondata import Json, encode_compactly, read_words, write_words
from changqing.text import Text

FOLDER: Final = "notices"
FILE: Final = "outbox.jsonl"
_FIRST_PAUSE: Final = timedelta(minutes=5)
_LONGEST_PAUSE: Final = timedelta(hours=12)
_ID_DIGITS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing one person should know of one case, on or for a day.

    `kind` is a word of whoever makes it: `due`, `lapse`, `request` … `id` comes of
    `make_notice_id`.
    """

    id: str
    case: str
    person: str
    day: date
    kind: str
    title: Text
    body: Text


def make_notice_id(case: str, person: str, day: date, kind: str, about: str) -> str:
    """Make an id that is the same for the same matter, whenever and wherever it is put.

    `about` tells two matters of one kind and day apart: a step, a criterion.
    """
    identity = json.dumps(
        [case, person, day.isoformat(), kind, about], ensure_ascii=False
    )
    return hashlib.sha256(identity.encode()).hexdigest()[:_ID_DIGITS]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendFailure:
    """The last time a notice could not be sent on a channel: when, how often, why."""

    at: datetime
    times: int
    why: Text

    @property
    def again(self) -> datetime:
        """When to try again: twice as late each time, half a day at most."""
        # The exponent is bounded too: after some forty failures the pause would be
        # longer than a timedelta can hold.
        pause = _FIRST_PAUSE * (1 << min(self.times - 1, 16))
        return self.at + min(pause, _LONGEST_PAUSE)


@dataclass(slots=True, kw_only=True)
class _State:
    """What the lines of the file add up to."""

    notices: dict[str, Notice]
    sent: dict[tuple[str, str], datetime]
    failed: dict[tuple[str, str], SendFailure]
    size: int = 0  # bytes of whole lines
    tail: bytes = b""


class Outbox:
    """The notices of a folder of cases. Reading takes no lock."""

    def __init__(self, folder: Path, *, disk: Disk | None = None) -> None:
        self.folder = folder / FOLDER
        self._disk = Disk() if disk is None else disk

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / FILE

    def add(self, notices: Iterable[Notice], now: datetime) -> tuple[Notice, ...]:
        """Add what was never added before, and return those."""
        with self._hold_for_writing() as state:
            fresh = {
                notice.id: notice
                for notice in notices
                if notice.id not in state.notices
            }
            self._append_lines(_encode_notice(notice, now) for notice in fresh.values())
        return tuple(fresh.values())

    def list_all(self) -> tuple[Notice, ...]:
        """List everything that was ever put, oldest first."""
        return tuple(self._read_state().notices.values())

    def list_pending(
        self, channel: str | None = None, now: datetime | None = None
    ) -> tuple[Notice, ...]:
        """List what was not yet sent on `channel`, or on any, oldest first.

        With `now`, leaves out what failed there and is not to be tried again yet.
        """
        state = self._read_state()
        if channel is None:
            sent_ids = {id_ for id_, _ in state.sent}
            return tuple(n for n in state.notices.values() if n.id not in sent_ids)
        notices: list[Notice] = []
        for notice in state.notices.values():
            key = (notice.id, channel)
            failure = state.failed.get(key)
            waits = now is not None and failure is not None and failure.again > now
            if key not in state.sent and not waits:
                notices.append(notice)
        return tuple(notices)

    def list_failures(self) -> dict[tuple[str, str], SendFailure]:
        """List what failed the last time it was tried, by notice and channel."""
        state = self._read_state()
        return {k: v for k, v in state.failed.items() if k not in state.sent}

    def record_sent(
        self, ids: str | Collection[str], channel: str, now: datetime
    ) -> None:
        """Write down that notices were sent on a channel; twice is once.

        Raises ValueError for a notice that was never put, CaseError when the disk
        refuses.
        """
        # To be called after the channel took the message. A crash in between sends it
        # again; to write it down first could lose a deadline without anybody knowing.
        with self._hold_for_writing() as state:
            self._append_lines(
                {"sent": notice_id, "channel": channel, "at": now.isoformat()}
                for notice_id in _require_known(ids, state)
                if (notice_id, channel) not in state.sent
            )

    def record_failed(
        self, ids: str | Collection[str], channel: str, why: Text, now: datetime
    ) -> None:
        """Write down that notices could not be sent, and why; they stay pending."""
        with self._hold_for_writing() as state:
            self._append_lines(
                {
                    "failed": notice_id,
                    "channel": channel,
                    "at": now.isoformat(),
                    "why": write_words(why),
                }
                for notice_id in _require_known(ids, state)
            )

    @contextmanager
    def lock_sending(self) -> Iterator[None]:
        """Send alone, so that nothing goes twice; BusyError when another is at it.

        Hold it from asking what is pending until all that was sent is written down.
        """
        # Another lock than that of the file: sending is as slow as the network, and
        # notices must be added meanwhile.
        try:
            self._disk.make_folder(self.folder)
        except OSError as error:
            raise _make_refusal(self.folder, error) from error
        with only_writer(self.folder / "sending"):
            yield

    @contextmanager
    def _hold_for_writing(self) -> Iterator[_State]:
        try:
            self._disk.make_folder(self.folder)
            with only_writer(self.folder / "lock"):
                state = self._read_state()
                if state.tail:
                    self._set_aside(state)
                yield state
        except OSError as error:
            raise _make_refusal(self.folder, error) from error

    def _append_lines(self, lines: Iterable[dict[str, Json]]) -> None:
        content = b"".join(encode_compactly(line) + b"\n" for line in lines)
        if content:
            self._disk.append(self.path, content)

    def _set_aside(self, state: _State) -> None:
        place = 1
        while (aside := self.folder / "set_aside" / f"{state.size}-{place}").exists():
            place += 1
        self._disk.replace(aside, state.tail)
        self._disk.cut(self.path, state.size)

    def _read_state(self) -> _State:
        state = _State(notices={}, sent={}, failed={})
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return state
        except OSError as error:
            raise _make_refusal(self.folder, error) from error
        *lines, state.tail = content.split(b"\n")
        state.size = len(content) - len(state.tail)
        for number, line in enumerate(lines, start=1):
            try:
                _take_line(json.loads(line), state)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise TamperError(
                    Issue(
                        text=_ALTERED, path=str(self.path), line=number, hint=_RESTORE
                    )
                ) from error
        return state


def _take_line(data: dict[str, Json], state: _State) -> None:
    at = datetime.fromisoformat(str(data["at"]))
    if "put" in data:
        notice = Notice(
            id=str(data["put"]),
            case=str(data["case"]),
            person=str(data["person"]),
            day=date.fromisoformat(str(data["day"])),
            kind=str(data["kind"]),
            title=read_words(data["title"]),
            body=read_words(data["body"]),
        )
        state.notices[notice.id] = notice
    elif "sent" in data:
        state.sent[str(data["sent"]), str(data["channel"])] = at
    else:
        key = str(data["failed"]), str(data["channel"])
        before = state.failed.get(key)
        times = 1 if before is None else before.times + 1
        state.failed[key] = SendFailure(at=at, times=times, why=read_words(data["why"]))


def _encode_notice(notice: Notice, now: datetime) -> dict[str, Json]:
    return {
        "put": notice.id,
        "at": now.isoformat(),
        "case": notice.case,
        "person": notice.person,
        "day": notice.day.isoformat(),
        "kind": notice.kind,
        "title": write_words(notice.title),
        "body": write_words(notice.body),
    }


def _require_known(ids: str | Collection[str], state: _State) -> Sequence[str]:
    """Return the ids; ValueError where the outbox has no such notice."""
    notice_ids = (ids,) if isinstance(ids, str) else tuple(ids)
    for notice_id in notice_ids:
        if notice_id not in state.notices:
            raise ValueError(notice_id)
    return notice_ids


def _make_refusal(folder: Path, error: OSError) -> CaseError:
    return CaseError(make_disk_issue(folder, error, _REFUSED, NOTHING_LOST))


_REFUSED: Final = Text(
    zh="待发通知读不出或写不下", en="the outbox cannot be read or written"
)
_ALTERED: Final = Text(
    zh="待发通知的这一行读不懂，可能被改动过",
    en="this line of the outbox cannot be read; it may have been altered",
)
_RESTORE: Final = Text(zh="从备份恢复这个文件", en="restore the file from a backup")
