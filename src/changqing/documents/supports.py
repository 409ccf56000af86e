"""What a company leans on, as the templates of documents name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from changqing.case.subjects import APPLICANT, Subject
from changqing.documents.cited import find_standing
from changqing.judge.model import Situation
from changqing.law.model import Catalogue
from changqing.outlook.endurance import Endurance, Support
from changqing.outlook.runway import compute_runway
from changqing.report.words import say_long_day
from changqing.text import Language, Text

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
_TITLES: Final[Mapping[str, str]] = {
    "call_seats": "坐席、码号与线路",
    "idc_rooms": "机房与网络资源",
    "cdn_nodes": "节点与网络资源",
}
_OTHER_TITLE: Final = "机房、线路、码号等资源"


def title_resources(catalogue: Catalogue, licence: str) -> str:
    """Name the resources of a service together: seats, rooms or nodes."""
    for choice, title in _TITLES.items():
        if catalogue.choices[choice].is_asked(licence):
            return title
    return _OTHER_TITLE


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSupport:
    """A commitment or renewal as templates know it, and the facts that say its end."""

    label: str
    subject: Subject
    until: str
    open_ended: str | None
    endless: str
    kind: str


def leave_out_unknown_sites(
    endurance: Endurance, is_needless: Callable[[Subject], bool]
) -> Endurance:
    """Leave out what a needless site rests on of which nobody knows an end."""

    def is_shown(support: Support) -> bool:
        has_end = support.proven_until or support.claimed_until or support.open_ended
        site = support.subject.type == "service" and is_needless(support.subject)
        return not site or bool(has_end)

    return replace(
        endurance,
        commitments=tuple(filter(is_shown, endurance.commitments)),
        renewals=tuple(filter(is_shown, endurance.renewals)),
    )


def name_resources(endurance: Endurance, labels: Mapping[Subject, Text]) -> Endurance:
    """Name the rooms and numbers, of which there may be several, before what ends."""

    def name(support: Support) -> Support:
        commitment, resource_label = support.commitment, labels.get(support.subject)
        if support.subject.type != "resource" or resource_label is None:
            return support
        label = Text(
            f"{resource_label.zh}（{commitment.label.zh}）",
            f"{resource_label.en} ({commitment.label.en})",
        )
        return replace(support, commitment=replace(commitment, label=label))

    return replace(
        endurance,
        commitments=tuple(map(name, endurance.commitments)),
        renewals=tuple(map(name, endurance.renewals)),
    )


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


def states_an_end(endurance: Endurance) -> bool:
    """Tell whether the company alone states an end, which a drawing shows paler."""
    return any(
        support.proven_until is None
        and not support.open_ended
        and (support.claimed_until is not None or support.claimed_open_ended)
        for support in (*endurance.commitments, *endurance.renewals)
    )


def say_cash_basis(situation: Situation) -> str:
    """Say what is counted to know until when the cash lasts, as it was computed.

    A revenue that nothing proves is not counted, and this says so where there is one.
    The day of the balance is said, from which the months run.
    """
    resolved = situation.resolved
    runway = compute_runway(resolved, as_of=situation.as_of)
    lasting = runway.proven or runway.claimed
    until = find_standing(resolved.get((APPLICANT, "cash_until")))[0]
    endless = find_standing(resolved.get((APPLICANT, "cash_open_ended")))[0]
    if lasting is None or (lasting.until != until and endless is not True):
        return "按现有货币资金和每月净支出推算"  # by the months on record
    cash = f"{say_long_day(lasting.cash_on, Language.ZH)}的货币资金"
    if lasting.revenue == 0:
        return f"按{cash}和每月成本推算，最近十二个月没有收入"
    if lasting.revenue is not None:
        return f"按{cash}、每月成本和最近十二个月的月均收入推算"
    if find_standing(resolved.get((APPLICANT, "revenue_12m")))[0]:
        return f"按{cash}和每月成本推算，收入没有计入"
    return f"按{cash}和每月成本推算"
