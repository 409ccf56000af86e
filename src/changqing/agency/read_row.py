"""A case folder read for the board: its row, its details, and until when they hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from changqing.agency.desk import DeskJournal, find_owner, is_archived
from changqing.agency.details import CaseDetails, collect_details
from changqing.agency.next_step import (
    Party,
    find_last_day,
    find_party,
    find_report_day,
    name_day_kind,
    name_step,
    select_first_due,
)
from changqing.agency.rows import BoardRow
from changqing.agency.summary_values import (
    read_cautions,
    read_count,
    read_day,
    read_member,
    read_text,
)
from changqing.casework.events import CaseStage
from changqing.casework.files import read_summary
from changqing.errors import ChangqingError
from changqing.jsondata import JsonObject
from changqing.judge.model import Compliance, LongTermState, Readiness
from changqing.law.kinds.procedure import Actor
from changqing.law.lookup import is_after_licence
from changqing.law.model import Catalogue
from changqing.report.words import HandingInState
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.casework.dates import Status
    from changqing.casework.state import CaseState

_SET_OPERATING: Final = Text(zh="把阶段改为持证经营", en="set the stage to operating")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A row with its details, and the days for which they hold: both included."""

    row: BoardRow
    since: date
    until: date
    details: CaseDetails = field(default_factory=CaseDetails)


def read_row(catalogue: Catalogue, root: Path, folder: str, today: date) -> Read:
    """Read one case for the board; what is wrong with it becomes its row."""
    from changqing.casework.dates import compute_status
    from changqing.casework.events import Journal
    from changqing.casework.stages import find_licence_passed_over, replay_events
    from changqing.papers.open import open_case

    place = root / folder
    try:
        case = open_case(place, catalogue)
        events = Journal(place).list_events()
        past_events = [event for event in events if event.on <= today]
        status = compute_status(
            catalogue, case, replay_events(catalogue, case, past_events), today
        )
        notes = DeskJournal(place).list_notes()
        summary = read_summary(place)
    except ChangqingError as error:
        texts = [
            Text(zh=issue.say(Language.ZH), en=issue.say(Language.EN))
            for issue in error.issues[:1]
        ]
        wrong = texts[0] if texts else Text(zh="读不出", en="cannot be read")
        return Read(
            row=BoardRow(
                folder=folder, name=folder, broken=wrong, archived=_is_put_away(place)
            ),
            since=date.min,
            until=date.max,
        )
    details = collect_details(case, status, notes, past_events, summary)
    row = replace(
        _build_row(folder, case, status, find_owner(notes), summary),
        open_findings=None if details.findings is None else len(details.findings),
        archived=is_archived(notes),
        must_act=find_party(select_first_due(status), notes, case, events, today),
    )
    if find_licence_passed_over(catalogue, case, past_events) and not row.ended:
        row = _ask_for_stage(_drop_readiness(row))
    elif is_after_licence(case.application.stage) and row.readiness is not None:
        row = _drop_readiness(row)  # not assessed again since its stage was set
    last = find_last_day(case, events, status, today)
    return Read(row=row, since=today, until=last, details=details)


def _drop_readiness(row: BoardRow) -> BoardRow:
    """Drop what an assessment as an applicant found of who holds a licence."""
    return replace(
        row,
        readiness=None,
        handing_in=None,
        cautions=(),
        blocking=None,
        claimed=None,
        proven=None,
        open_findings=None,
    )


def _ask_for_stage(row: BoardRow) -> BoardRow:
    """Ask for the stage of a licensee to be set; the day of its next duty stays."""
    first, then = _SET_OPERATING, row.next_what
    return replace(
        row,
        must_act=Party.WE,
        next_actor=Actor.APPLICANT,
        next_what=first
        if then is None
        else Text(zh=f"{then.zh}；先{first.zh}", en=f"{then.en}; first {first.en}"),
    )


def _is_put_away(folder: Path) -> bool:
    try:
        return is_archived(DeskJournal(folder).list_notes())
    except ChangqingError:
        return False


def _build_row(
    folder: str,
    case: Case,
    status: Status,
    owner: str | None,
    last: JsonObject,
) -> BoardRow:
    from changqing.casework.personal import is_personal

    state = status.state
    due = select_first_due(status)
    return BoardRow(
        folder=folder,
        name=case.name,
        credit_code=case.credit_code,
        licence=case.application.licence,
        scope=case.application.scope,
        region=case.application.region,
        stage=state.stage,
        owner=owner,
        next_day=None if due is None else due.day,
        day_kind=name_day_kind(due),
        next_what=None if due is None else name_step(due),
        next_actor=None if due is None else due.actor,
        provisional=due is not None and due.provisional,
        readiness=read_member(Readiness, last.get("readiness")),
        compliance=read_member(Compliance, last.get("compliance")),
        handing_in=read_member(HandingInState, last.get("handing_in")),
        cautions=read_cautions(last.get("cautions")),
        long_term=read_member(LongTermState, last.get("long_term")),
        blocking=read_count(last.get("blocking")),
        claimed=read_count(last.get("claimed")),
        proven=read_count(last.get("proven")),
        proven_until=read_day(last.get("proven_until")),
        carried_by=read_text(last.get("carried_by")),
        assessed_on=read_day(last.get("as_of")),
        lines=len(state.lines) if state.stage is CaseStage.CORRECTION else 0,
        open_lines=_count_open_lines(state),
        report_due=find_report_day(status),
        delete_personal_on=case.delete_personal_on,
        personal=sum(is_personal(case.catalogue, paper.kind) for paper in case.papers),
        unread_papers=_count_unread(case),
        ended=state.ended,
        granted=state.is_granted,
    )


def _count_unread(case: Case) -> int | None:
    """Count the papers of which no reading is kept."""
    from changqing.papers.read import list_unread

    try:
        return len(list_unread(case))
    except ChangqingError:  # what is wrong with the log is told by who reads it
        return None


def _count_open_lines(state: CaseState) -> int:
    return len(state.open_lines) if state.stage is CaseStage.CORRECTION else 0
