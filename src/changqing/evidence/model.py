"""What is known: records, gaps, and where each came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from changqing.case.subjects import Subject
from changqing.law.kit import Grade
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum


class SourceKind(WordedEnum):
    """How a record came to us."""

    FORM = "form", Text("填报", "form")
    PAPER = "paper", Text("材料", "paper")
    READING = "reading", Text("读取的材料", "reading")
    PROBE = "probe", Text("实测", "probe")
    LOOK = "look", Text("人工查看", "guided look")
    DERIVED = "derived", Text("推算", "derived record")


OF_PAPERS = frozenset({SourceKind.PAPER, SourceKind.READING})
"""The sources that tell what a paper says: as somebody typed it, as it was read."""
CLOSED_PAPERS = "closed.papers"
"""Name of the form source that says a paper is not there: the list, or of it alone."""
COMPARED_PAPERS = "papers.compared"
"""Name of the reading that holds papers against each other; its place quotes them."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Source:
    """Who says so: a form, a paper, a probe and its target, a guided look.

    `kind` and `name` are its identity (a later record of the same fact, subject and
    source replaces an earlier one); `place` says where in it: a page, a clause, a URL.
    """

    kind: SourceKind
    name: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One fact of one subject, said by one source. `value` None clears it."""

    fact: str
    subject: Subject
    value: Value | None
    source: Source
    observer: str
    grade: Grade
    digest: str | None  # SHA-256 hex of the paper or capture
    observed_at: datetime  # aware, UTC: true when
    received_at: datetime  # aware, UTC: got when
    valid_until: date | None  # counts until (a Beijing day, included); None: for ever
    raw: str | None = None  # as written at the source, before normalisation
    number: int = 0  # place in the case's evidence, printed 证0417; 0 = not logged
    based_on: tuple[int, ...] = ()  # of what is computed: the numbers it comes from

    @property
    def moment(self) -> datetime:
        """When it was true."""
        return self.observed_at

    @property
    def entries(self) -> tuple[int, ...]:
        """The numbers in the log that say so: its own, or those it was computed from.

        Empty where neither it nor what it was computed from is logged.
        """
        return (self.number,) if self.number else self.based_on


def join_entries(records: Iterable[Record | None]) -> tuple[int, ...]:
    """Join the numbers of several records, in order; what a fact of theirs rests on."""
    return tuple(
        sorted({n for record in records if record is not None for n in record.entries})
    )


class GapReason(WordedEnum):
    """Why something could not be seen or does not count."""

    TIMEOUT = "timeout", Text("超时", "it timed out")
    DNS_FAILURE = "dns_failure", Text("域名解析不到", "its name is not found")
    REFUSED = "refused", Text("拒绝连接", "connection refused")
    RESET = "reset", Text("连接被断开", "the connection was cut")
    BLOCKED = "blocked", Text("访问被拦", "the look was turned away")
    SERVER_ERROR = "server_error", Text("服务器出错", "server error")
    TOO_LARGE = "too_large", Text("太大，没有读", "too large to be read")
    ROBOTS = "robots", Text("网站不让程序看", "the site asks programs to stay out")
    OWN_NETWORK = (
        "own_network",
        Text("看的一方网络不通", "the network on this side failed"),
    )
    TLS = "tls", Text("证书有问题", "its certificate is at fault")
    UNREADABLE = "unreadable", Text("读不出", "it cannot be read")
    NOT_RECOGNISED = (
        "not_recognised",
        Text("程序认不出", "not recognised"),
    )
    NOT_SHOWN = "not_shown", Text("没有显示", "not shown")
    NOT_READ = "not_read", Text("材料还没有人读", "nobody read the paper yet")
    NOT_LOOKED = "not_looked", Text("还没有看过", "nobody looked yet")
    NOT_ENOUGH_ATTEMPTS = "not_enough_attempts", Text("看的次数不够", "too few looks")
    HIDDEN = "hidden", Text("被遮住", "hidden")
    CONFLICTING = "conflicting", Text("几处说法不一", "sources differ")
    EXPIRED = "expired", Text("证据过期", "evidence ran out")
    WEAK_GRADE = "weak_grade", Text("证明力不够", "too weak to prove it")
    OLDER_THAN_CLAIM = "older_than_claim", Text("比自述旧", "older than the claim")
    LIST_OPEN = (
        "list_open",
        Text("名单没说列全", "the list may go on"),
    )
    NO_RECORD = "no_record", Text("没有记录", "nothing on record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Could not look: never a fact, always with its reason."""

    fact: str
    subject: Subject
    source: Source
    reason: GapReason
    detail: Text
    at: datetime
    number: int = 0
    based_on: tuple[int, ...] = ()  # of what is computed: the numbers it comes from

    @property
    def moment(self) -> datetime:
        """When somebody looked."""
        return self.at

    @property
    def entries(self) -> tuple[int, ...]:
        """The numbers in the log that say so, as of a `Record`."""
        return (self.number,) if self.number else self.based_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two live records of one fact and subject that differ."""

    fact: str
    subject: Subject
    one: Record
    other: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What is claimed and what is proven of one fact of one subject on one day."""

    fact: str
    subject: Subject
    claimed: Value | None
    claimed_by: Record | None
    proven: Value | None
    proven_by: Record | None
    gap: GapReason | None  # why nothing is proven
    gap_detail: Text | None
    agree_claimed: bool | None
    agree_proven: bool | None
    gap_at: datetime | None = None  # when a look that could not see it was made
    gap_entries: tuple[int, ...] = ()  # the numbers in the log of what `gap` tells of
    ended_by: Record | None = None  # where it has ended, the last to prove it

    @property
    def best(self) -> Value | None:
        """What is proven, else what is claimed.

        A proof of 0, of "no" or of nothing at all outweighs every claim: only a proof
        that is missing (None) lets the claim speak.
        """
        return self.claimed if self.proven is None else self.proven

    @property
    def best_by(self) -> Record | None:
        """The record that `best` rests on."""
        return self.claimed_by if self.proven is None else self.proven_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at reaching a service. `answered` None: our own network was in doubt."""

    subject: Subject
    url: str
    at: datetime
    answered: bool | None
    reason: GapReason | None  # why it did not answer, or why we cannot say
    status: int | None
    control_ok: bool
    number: int = 0
