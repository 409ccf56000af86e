"""What is looked up across many cases: open findings, papers and days of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from changqing.agency.desk import Note
from changqing.agency.next_step import (
    OF_CHOICE,
    DayKind,
    Party,
    find_party,
    name_day_kind,
)
from changqing.jsondata import JsonObject
from changqing.law.kinds.procedure import Bound
from changqing.law.model import Verdict
from changqing.text import Text, WordedEnum

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.casework.dates import Status
    from changqing.casework.events import Event


class CalendarKind(WordedEnum):
    """What a day of the calendar is: a kind of day ahead, or the end of a proof."""

    STATUTORY = DayKind.STATUTORY.value, DayKind.STATUTORY.text
    EXPECTED = DayKind.EXPECTED.value, DayKind.EXPECTED.text
    OWN = DayKind.OWN.value, DayKind.OWN.text
    EXPIRY = "expiry", Text("到期", "expiry")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """A criterion that is not settled, at its gravest verdict.

    `count` subjects are open; `key` addresses the gravest finding on the page.
    """

    criterion: str
    verdict: Verdict
    count: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePaper:
    """A paper that is listed, or a kind of paper that is wanted and not listed.

    `wanted`: an open finding asks for a paper of this kind. `paper` and `file` are
    empty where none is listed.
    """

    kind: str
    paper: str = ""
    file: str = ""
    wanted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDay:
    """A day ahead of a case, or passed; `code` names the matter, the same every time.

    `party` is who must act, None for an expiry; `does` what is to be done.
    """

    day: date
    kind: CalendarKind
    code: str
    title: Text
    does: Text
    party: Party | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetails:
    """What is kept of a case beside its row.

    `findings` is None where the last assessment, if there was any, did not tell.
    """

    findings: tuple[OpenFinding, ...] | None = None
    papers: tuple[CasePaper, ...] = ()
    days: tuple[CaseDay, ...] = ()


def collect_details(
    case: Case,
    status: Status,
    notes: Sequence[Note],
    events: Sequence[Event],
    summary: JsonObject,
) -> CaseDetails:
    """Collect what is looked up of a case, as of the day of its status."""
    days = [*_list_dues(case, status, notes, events), *_list_ends(summary)]
    return CaseDetails(
        findings=_read_findings(summary),
        papers=tuple(_list_papers(case, summary)),
        days=tuple(sorted(days, key=lambda case_day: (case_day.day, case_day.code))),
    )


def _list_dues(
    case: Case, status: Status, notes: Sequence[Note], events: Sequence[Event]
) -> Iterator[CaseDay]:
    """List the last days; a day from which one may act is none, nor a missed choice."""
    for due in status.dues:
        kind = name_day_kind(due)
        if due.day is None or kind is None or due.bound is Bound.EARLIEST:
            continue
        if due.passed and due.procedure in OF_CHOICE:
            continue
        yield CaseDay(
            day=due.day,
            kind=CalendarKind(kind.value),
            code=f"{due.procedure}/{due.step}/{due.title.zh}",
            title=due.title,
            does=due.does,
            party=find_party(due, notes, case, events, status.today),
            provisional=due.provisional,
        )


def _list_ends(summary: JsonObject) -> Iterator[CaseDay]:
    """List the days on which what the service rests on ends, by the last assessment."""
    ends = summary.get("ends")
    for end in ends if isinstance(ends, list) else ():
        try:
            label = Text(zh=str(end["label"]["zh"]), en=str(end["label"]["en"]))
            day, is_claimed = date.fromisoformat(str(end["day"])), bool(end["said"])
            code = f"end/{end['id']}"
        except (KeyError, TypeError, ValueError):  # of an edition to come
            continue
        does = (
            Text("只有自述，没有证实到这一天", "stated only, not proven to that day")
            if is_claimed
            else Text("证实到这一天，续期后换新材料", "proven until then: renew it")
        )
        yield CaseDay(
            day=day, kind=CalendarKind.EXPIRY, code=code, title=label, does=does
        )


def _list_papers(case: Case, summary: JsonObject) -> Iterator[CasePaper]:
    kinds_listed = summary.get("wanted")
    kinds_wanted = (
        {str(kind) for kind in kinds_listed}
        if isinstance(kinds_listed, list)
        else set()
    )
    for paper in case.papers:
        yield CasePaper(
            kind=paper.kind,
            paper=paper.id,
            file=PurePosixPath(paper.file.path).name,
            wanted=paper.kind in kinds_wanted,
        )
    for kind in sorted(kinds_wanted - {paper.kind for paper in case.papers}):
        yield CasePaper(kind=kind, wanted=True)


def _read_findings(summary: JsonObject) -> tuple[OpenFinding, ...] | None:
    """Read the open findings of a summary; None where it is of another edition."""
    open_findings = summary.get("open")
    if not isinstance(open_findings, list):
        return None
    try:
        return tuple(
            OpenFinding(
                criterion=str(finding["criterion"]),
                verdict=Verdict(finding["verdict"]),
                count=int(finding["count"]),
                key=str(finding["key"]),
            )
            for finding in open_findings
        )
    except (KeyError, TypeError, ValueError):
        return None
