"""What watching a case knows: readings, states, incidents and times of blindness."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from changqing.text import Text, WordedEnum

FOLDER: Final = "watch"


class Lapse(WordedEnum):
    """In which way a service stops being what it was."""

    STOPPED_ANSWERING = "stopped_answering", Text("服务中断", "stopped answering")
    STOPPED_PUBLISHING = "stopped_publishing", Text("网站停更", "stopped publishing")
    NO_REDRESS = "no_redress", Text("投诉没人受理", "nobody to complain to")
    PROOF_EXPIRED = "proof_expired", Text("证据过期", "evidence ran out")
    NAME_TRANSFERRED = "name_transferred", Text("域名易主", "a name was transferred")
    NUMBER_GONE = "number_gone", Text("编号不见了", "a number is gone from the page")
    CERTIFICATE_ENDING = (
        "certificate_ending",
        Text("证书将到期", "a certificate is near its end"),
    )
    PROMISE_BROKEN = "promise_broken", Text("承诺未兑现", "a promise was not kept")


FROM_RECORDS: Final = frozenset({Lapse.PROOF_EXPIRED, Lapse.PROMISE_BROKEN})
"""What follows from what is on record: whoever reads it sees the same."""

THREE: Final = (Lapse.STOPPED_ANSWERING, Lapse.STOPPED_PUBLISHING, Lapse.NO_REDRESS)
"""What users notice first when a service does not last."""


class Sight(WordedEnum):
    """How a kind of lapse stands by the last round; unknown is never taken for well."""

    LAPSED = "lapsed", Text("有", "yes")
    WELL = "well", Text("没有看到", "none seen")
    UNKNOWN = "unknown", Text("未知", "unknown")


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
class ObserverView:
    """How one thing stands for one of several observers.

    An `incident` in `watched` is what this observer alone holds to be one. `good`: it
    saw the thing in order last, often enough to be sure.
    """

    watched: Watched = field(default_factory=Watched)
    good: bool = False


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
