"""What watching a case knows: readings, states, incidents and times of blindness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from changqing.text import Text

FOLDER: Final = "watch"


class Lapse(StrEnum):
    """In which way a service stops being what it was."""

    STOPPED_ANSWERING = "stopped_answering"
    STOPPED_PUBLISHING = "stopped_publishing"
    NO_REDRESS = "no_redress"
    PROOF_EXPIRED = "proof_expired"
    NAME_TRANSFERRED = "name_transferred"
    NUMBER_GONE = "number_gone"
    CERTIFICATE_ENDING = "certificate_ending"
    PROMISE_BROKEN = "promise_broken"


LAPSE_WORDS: Final = {
    Lapse.STOPPED_ANSWERING: Text("服务中断", "Stopped answering"),
    Lapse.STOPPED_PUBLISHING: Text("网站停更", "Stopped publishing"),
    Lapse.NO_REDRESS: Text("投诉无门", "Nobody to complain to"),
    Lapse.PROOF_EXPIRED: Text("凭据过期", "A proof ran out"),
    Lapse.NAME_TRANSFERRED: Text("域名易主", "A name was transferred"),
    Lapse.NUMBER_GONE: Text("编号不见了", "A number is gone from the page"),
    Lapse.CERTIFICATE_ENDING: Text("证书将到期", "A certificate is near its end"),
    Lapse.PROMISE_BROKEN: Text("承诺未兑现", "A promise was not kept"),
}


THREE: Final = (Lapse.STOPPED_ANSWERING, Lapse.STOPPED_PUBLISHING, Lapse.NO_REDRESS)
"""What users notice first when a service does not last."""


class Sight(StrEnum):
    """How a kind of lapse stands by the last round; unknown is never taken for well."""

    LAPSED = "lapsed"
    WELL = "well"
    UNKNOWN = "unknown"

    @property
    def text(self) -> Text:
        """The word for it."""
        return _SIGHT_WORDS[self]


_SIGHT_WORDS: Final = {
    Sight.LAPSED: Text("有", "yes"),
    Sight.WELL: Text("没有看到", "none seen"),
    Sight.UNKNOWN: Text("未知", "unknown"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReading:
    """What one look says of one thing: in order or not; `good` None: not seen.

    `key` names the thing, and stays the same from look to look. `text` says what was
    found.
    """

    lapse: Lapse
    key: str
    good: bool | None
    text: Text
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How one thing stands: failures and passes in a row, and its open incident."""

    fails: int = 0
    passes: int = 0
    since: datetime | None = None  # the first of the failures in a row
    incident: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A lapse from the first failure on; `closed_at` once it is over."""

    id: str
    lapse: Lapse
    key: str
    text: Text
    since: datetime
    opened_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindTime:
    """A time in which our own observer was not shown to work, and why."""

    start: datetime
    end: datetime
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelQuestion:
    """A test question that a person sent to the applicant's own channel.

    `page` is the digest of what was kept of the reply.
    """

    id: str
    channel: str
    by: str
    text: str
    sent_at: datetime
    replied_at: datetime | None = None
    page: str | None = None
