"""One case as a line of the board: where it stands, the next day, who must act."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from changqing.agency.desk import DeskJournal, owner_of
from changqing.casework.events import CaseStage
from changqing.casework.files import SUMMARY
from changqing.errors import ChangqingError
from changqing.law.kinds.procedure import Actor, Bound
from changqing.law.model import Catalogue
from changqing.plainfile import read_plain
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.casework.dates import CaseDue, Status
    from changqing.casework.events import Event
    from changqing.casework.stages import CaseState

Json = dict[str, object]


class When(StrEnum):
    """How near a day is."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    LATER = "later"
    UNDATED = "undated"
    ENDED = "ended"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the board. `broken` says why a case cannot be read; the rest is empty.

    `readiness` or `compliance`, `cautions`, `blocking` and `proven_until` are those of
    the last assessment, made as of `assessed_on`; all None when there was none.
    `report_due` is the last day for the next annual report of a licensee.
    `delete_personal_on` is the day on which its `personal` papers about persons go.
    """

    folder: str
    name: str = ""
    credit_code: str | None = None
    licence: str = ""
    scope: str = ""
    region: str | None = None
    stage: CaseStage | None = None
    owner: str | None = None
    next_day: date | None = None
    next_what: Text | None = None
    actor: Actor | None = None
    provisional: bool = False
    readiness: str | None = None  # before a licence
    compliance: str | None = None  # after it
    cautions: tuple[Text, ...] = ()
    blocking: int | None = None
    proven_until: date | None = None
    assessed_on: date | None = None
    lines: int = 0
    open_lines: int = 0
    report_due: date | None = None
    delete_personal_on: date | None = None
    personal: int = 0
    ended: bool = False
    broken: Text | None = None

    def when(self, today: date) -> When:
        """Under which heading of the board it stands on a day."""
        if self.broken is not None:
            return When.UNREADABLE
        if self.ended:
            return When.ENDED
        left = self.days_left(today)
        if left is None:
            return When.UNDATED
        if left < 0:
            return When.OVERDUE
        for when, most in _NEAR:
            if left <= most:
                return when
        return When.LATER

    def days_left(self, today: date) -> int | None:
        """Days until the next day; negative when it has passed."""
        return None if self.next_day is None else (self.next_day - today).days


_NEAR: Final = ((When.TODAY, 0), (When.WEEK, 7), (When.MONTH, 30))
_REPORT: Final = "hand_in"
_OF_CHOICE: Final = frozenset({"reconsideration", "litigation", "reapply"})
"""Procedures that nobody has to begin: their days pass without anything being late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A row, and the days for which it holds: both included."""

    row: Row
    since: date
    until: date


def read_row(catalogue: Catalogue, root: Path, folder: str, today: date) -> Read:
    """Read one case for the board; what is wrong with it becomes its row."""
    from changqing.casework.dates import status
    from changqing.casework.events import Journal
    from changqing.casework.stages import replay
    from changqing.evidence.open import open_case

    place = root / folder
    try:
        case = open_case(place, catalogue)
        events = Journal(place).events()
        seen = [event for event in events if event.on <= today]
        found = status(catalogue, case, replay(catalogue, case, seen), today)
        owner = owner_of(DeskJournal(place).notes())
        summary = read_summary(place)
    except ChangqingError as error:
        texts = [
            Text(zh=issue.say(Language.ZH), en=issue.say(Language.EN))
            for issue in error.issues[:1]
        ]
        wrong = texts[0] if texts else Text(zh="读不出", en="cannot be read")
        return Read(
            row=Row(folder=folder, name=folder, broken=wrong),
            since=date.min,
            until=date.max,
        )
    row = _row(folder, case, found, owner, summary)
    since, until = _holds(catalogue, events, found, today)
    return Read(row=row, since=since, until=until)


def _row(
    folder: str,
    case: Case,
    found: Status,
    owner: str | None,
    last: Mapping[str, object],
) -> Row:
    from changqing.casework.personal import is_personal

    state = found.state
    due = due_first(found)
    blocking = last.get("blocking")
    return Row(
        folder=folder,
        name=case.name,
        credit_code=case.credit_code,
        licence=case.application.licence,
        scope=case.application.scope,
        region=case.application.region,
        stage=state.stage,
        owner=owner,
        next_day=None if due is None else due.day,
        next_what=None if due is None else _what(due),
        actor=None if due is None else due.actor,
        provisional=due is not None and due.provisional,
        readiness=_word(last.get("readiness")),
        compliance=_word(last.get("compliance")),
        cautions=_cautions(last.get("cautions")),
        blocking=blocking if isinstance(blocking, int) else None,
        proven_until=_day(last.get("proven_until")),
        assessed_on=_day(last.get("as_of")),
        lines=len(state.lines) if state.stage is CaseStage.CORRECTION else 0,
        open_lines=_open(state),
        report_due=_report_due(found),
        delete_personal_on=case.delete_personal_on,
        personal=sum(is_personal(case.catalogue, one.kind) for one in case.papers),
        ended=state.ended,
    )


def due_first(found: Status) -> CaseDue | None:
    """What must be done first: the oldest day that was missed, else the next."""
    missed = [due for due in found.over if due.procedure not in _OF_CHOICE]
    return missed[0] if missed else found.next


def _report_due(found: Status) -> date | None:
    """The last day for the annual report that comes next; none for who is stopping."""
    from changqing.casework.stages import MATTERS

    if found.state.stage is CaseStage.STOPPED:
        return None
    reports = MATTERS[CaseStage.ANNUAL_REPORT]
    handing_in = (d for d in found.dues if d.procedure in reports and d.step == _REPORT)
    return next(
        (due.day for due in handing_in if due.bound is not Bound.EARLIEST), None
    )


def _what(due: CaseDue) -> Text:
    if due.day is not None or due.unset is None:
        return due.title
    return Text(
        zh=f"{due.title.zh}（{due.unset.zh}）", en=f"{due.title.en} ({due.unset.en})"
    )


def _open(state: CaseState) -> int:
    return len(state.open_lines) if state.stage is CaseStage.CORRECTION else 0


def read_summary(folder: Path) -> Mapping[str, object]:
    """What the last assessment left in the case folder; empty when there is nothing."""
    try:
        data = json.loads(read_plain(folder / SUMMARY, inside=folder))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _holds(
    catalogue: Catalogue, events: Sequence[Event], found: Status, today: date
) -> tuple[date, date]:
    """The days from `today` on for which the same row comes out.

    It changes when a day ahead passes, when an event of a later day begins to count,
    at New Year (the year to report on), and when a number of law does.
    """
    ends = [
        due.day
        for due in found.dues
        if due.day is not None and not due.passed and due.bound is not Bound.EARLIEST
    ]
    ends += [date(today.year, 12, 31)]
    ends += [event.on - _ONE_DAY for event in events if event.on > today]
    ends += [day - _ONE_DAY for day in turns(catalogue) if day > today]
    return today, min(ends)


def turns(catalogue: Catalogue) -> Iterator[date]:
    """The days on which a number that days are reckoned by begins or stops to hold."""
    spans = [v.in_force for p in catalogue.parameters.values() for v in p.values]
    spans += [f.in_force for f in catalogue.law.values() if f.in_force is not None]
    for span in spans:
        yield span.start
        if span.end is not None:
            yield span.end + _ONE_DAY


_ONE_DAY: Final = timedelta(days=1)


def pack(row: Row) -> str:
    """A row as one line of JSON, for the index."""
    data: Json = {
        "name": row.name,
        "credit_code": row.credit_code,
        "licence": row.licence,
        "scope": row.scope,
        "region": row.region,
        "stage": row.stage,
        "owner": row.owner,
        "next_day": None if row.next_day is None else row.next_day.isoformat(),
        "next_what": _pair(row.next_what),
        "actor": row.actor,
        "provisional": row.provisional,
        "readiness": row.readiness,
        "compliance": row.compliance,
        "cautions": [_pair(caution) for caution in row.cautions] or None,
        "blocking": row.blocking,
        "proven_until": None
        if row.proven_until is None
        else row.proven_until.isoformat(),
        "assessed_on": None if row.assessed_on is None else row.assessed_on.isoformat(),
        "lines": row.lines,
        "open_lines": row.open_lines,
        "report_due": None if row.report_due is None else row.report_due.isoformat(),
        "delete_personal_on": None
        if row.delete_personal_on is None
        else row.delete_personal_on.isoformat(),
        "personal": row.personal,
        "ended": row.ended,
        "broken": _pair(row.broken),
    }
    kept = {name: value for name, value in data.items() if value not in (None, "", 0)}
    return json.dumps(kept | _zero(row), ensure_ascii=False, separators=(",", ":"))


def unpack(folder: str, packed: str) -> Row:
    """The row that `pack` made this of; ValueError, KeyError or TypeError if none."""
    data = json.loads(packed)
    stage, actor = data.get("stage"), data.get("actor")
    return Row(
        folder=folder,
        name=data.get("name", ""),
        credit_code=data.get("credit_code"),
        licence=data.get("licence", ""),
        scope=data.get("scope", ""),
        region=data.get("region"),
        stage=None if stage is None else CaseStage(stage),
        owner=data.get("owner"),
        next_day=_day(data.get("next_day")),
        next_what=_text(data.get("next_what")),
        actor=None if actor is None else Actor(actor),
        provisional=data.get("provisional", False),
        readiness=data.get("readiness"),
        compliance=data.get("compliance"),
        cautions=tuple(
            text for pair in data.get("cautions", ()) if (text := _text(pair))
        ),
        blocking=data.get("blocking"),
        proven_until=_day(data.get("proven_until")),
        assessed_on=_day(data.get("assessed_on")),
        lines=data.get("lines", 0),
        open_lines=data.get("open_lines", 0),
        report_due=_day(data.get("report_due")),
        delete_personal_on=_day(data.get("delete_personal_on")),
        personal=data.get("personal", 0),
        ended=data.get("ended", False),
        broken=_text(data.get("broken")),
    )


def _zero(row: Row) -> Json:
    """Nothing blocking is known to be nothing: it is no empty field."""
    return {} if row.blocking is None else {"blocking": row.blocking}


def _word(written: object) -> str | None:
    return written if isinstance(written, str) else None


def _cautions(written: object) -> tuple[Text, ...]:
    """The cautions of a summary; one made before there were any names none."""
    if not isinstance(written, list):
        return ()
    return tuple(
        Text(zh=str(each["says"]["zh"]), en=str(each["says"]["en"])) for each in written
    )


def _pair(text: Text | None) -> list[str] | None:
    return None if text is None else [text.zh, text.en]


def _text(pair: Sequence[str] | None) -> Text | None:
    return None if pair is None else Text(zh=pair[0], en=pair[1])


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
