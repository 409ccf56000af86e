"""What the door is told, and what it brings back: frozen values, no sockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from changqing import __version__

USER_AGENT = f"Changqing/{__version__} (self-check of a service; a few looks a day)"

CONTROLS = ("https://www.baidu.com/", "https://www.qq.com/", "https://www.aliyun.com/")

RESOLVERS = ("223.5.5.5", "119.29.29.29", "114.114.114.114")
"""Public resolvers that many users of the mainland have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetSettings:
    """How the door may be used.

    `opened` lists (host, port) pairs whose address may be loopback, for rehearsals;
    no other address that is not public is ever reachable. `ports` says at which port
    an opened pair really listens. `nameservers` are `address` or `address:port`; empty
    means those of the system.
    """

    nameservers: tuple[str, ...] = ()
    opened: frozenset[tuple[str, int]] = frozenset()
    ports: Mapping[tuple[str, int], int] = field(default_factory=dict)
    trust: tuple[str, ...] = ()  # further authorities, PEM
    user_agent: str = USER_AGENT
    controls: tuple[str, ...] = CONTROLS  # any of them answering: our network works
    rdap: Mapping[str, str] = field(default_factory=dict)  # suffix -> server address
    whois: Mapping[str, str] = field(default_factory=dict)  # suffix -> host, host:port
    resolvers: tuple[str, ...] | None = None  # asked each for itself, see `beside`
    max_bytes: int = 5_000_000
    total_seconds: float = 20.0
    connect_seconds: float = 8.0
    dns_seconds: float = 4.0
    max_hops: int = 5
    per_host: int = 2
    pause_seconds: float = 0.5  # between two requests to one host
    retries: int = 1  # of a page whose connection broke off before any answer
    back_off_seconds: float = 1.0  # before the first retry; doubled before each other
    memory_seconds: float = 60.0  # the same page is not fetched twice within
    own_time: bool = False  # judge certificate dates by our clock, not the machine's

    @property
    def beside(self) -> tuple[str, ...]:
        """The resolvers to ask beside our own: public ones, unless all is chosen."""
        if self.resolvers is not None:
            return self.resolvers
        return () if self.nameservers else RESOLVERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One page asked for and what came back, redirects followed.

    `body` is what was sent once any transfer and content encoding was undone.
    `reason` tells why the body is not whole (a gap reason), else it is None.
    """

    url: str
    hops: tuple[str, ...]  # every address asked, in order; the last one answered
    at: datetime
    seconds: float
    address: str | None
    request_headers: tuple[tuple[str, str], ...]
    status: int
    phrase: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    certificate: bytes | None  # DER
    reason: str | None = None

    @property
    def final_url(self) -> str:
        """The address that answered."""
        return self.hops[-1]

    def find_header(self, name: str) -> str:
        """Find the first header of that name, or nothing."""
        header = name.lower()
        for key, value in self.headers:
            if key.lower() == header:
                return value
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a service said to JSON it was handed."""

    host: str
    status: int
    body: bytes


class AnswerStatus(StrEnum):
    """What a name server said, when it said anything."""

    FOUND = "found"
    NO_NAME = "no_name"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the name server says of one name and record type.

    `server` is the one that was asked, when it was asked for itself. `wire` is the
    whole message, base64, where its signatures matter.
    """

    name: str
    kind: str  # A | AAAA | CNAME | NS | MX | SOA | CAA | DS | DNSKEY
    at: datetime
    seconds: float
    status: AnswerStatus
    values: tuple[str, ...]
    server: str | None = None
    wire: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One question and all that came back, on a line protocol (RFC 3912).

    `reason` tells why `received` is not whole, else it is None.
    """

    host: str
    port: int
    at: datetime
    seconds: float
    address: str
    sent: str
    received: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """One TLS handshake. `verify_code` is OpenSSL's, 0 when the chain is trusted.

    `protocol` is what the server chose of h2 and http/1.1 (RFC 7301), or nothing.
    """

    host: str
    port: int
    at: datetime
    seconds: float
    address: str
    version: str
    certificate: bytes  # DER
    verify_code: int
    verify_message: str
    protocol: str = ""
