"""What a company leans on, as the templates of documents name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from changqing.case.subjects import Subject
from changqing.outlook.endurance import Endurance

UNITS: Final[Mapping[str, str]] = {
    "machine_room": "个机柜",
    "server": "台",
    "node": "个",
    "bandwidth": "Mbps",
    "line": "条",
    "address_block": "个地址",
    "number": "个",
    "seats": "席",
}
"""What a resource of each kind is counted in, as the question for it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSupport:
    """A commitment or renewal as templates know it, and the facts that say its end."""

    label: str
    subject: Subject
    until: str
    open_ended: str | None
    endless: str
    kind: str


def list_supports(endurance: Endurance) -> list[NamedSupport]:
    """List every commitment and renewal, with the fact that says its end."""
    return [
        NamedSupport(
            label=support.commitment.label.zh,
            subject=support.subject,
            until=support.commitment.until,
            open_ended=support.commitment.open_ended,
            endless="没有期限"
            if support.commitment.endless is None
            else support.commitment.endless.zh,
            kind=support.commitment.kind,
        )
        for support in (*endurance.commitments, *endurance.renewals)
    ]
