"""Recording an event: checked against all that was recorded before, then written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from changqing.case.model import Case
from changqing.casework.events import CLEARED, Act, Event, Journal, name_act
from changqing.casework.handed import DossierDocument, collect_contents, list_passages
from changqing.casework.stages import (
    NOBODY_NAMED,
    advance_state,
    refuse_act,
    replay_events,
)
from changqing.casework.state import CaseState
from changqing.day import beijing_day
from changqing.errors import CaseError, Issue
from changqing.evidence.ledger.memory import Memory
from changqing.law.model import Catalogue
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event as it was written, and the state it led to.

    `torn` tells of the torn end of an earlier recording that was set aside; `undone`
    is what an undoing took back.
    """

    event: Event
    state: CaseState
    torn: Text | None
    undone: Event | None = None


def record(
    catalogue: Catalogue,
    case: Case,
    event: Event,
    *,
    now: datetime,
    notice: bytes = b"",
    documents: Iterable[DossierDocument] = (),
    memory: Memory | None = None,
) -> Recorded:
    """Write an event if it may be recorded; `notice` is kept with it.

    At a handing in `documents` are those of the dossier that went with the papers; a
    copy of everything is kept. `memory` remembers that the event was recorded.

    Raises CaseError that says what is in the way: the day is still to come, the case
    has no such paper, the stage does not allow it. Nothing is written then.
    """
    if notice:
        event = replace(event, digest=hashlib.sha256(notice).hexdigest())
    handed_in: Mapping[str, bytes] = {}
    with Journal(case.path, memory=memory) as journal:
        before = replay_events(catalogue, case, journal.list_events())
        after = advance_state(catalogue, case, before, event)
        _check_possible(case, event, now)
        matter = event.matter or before.matter
        event = replace(event, stage=before.stage, matter=matter)
        if event.act is Act.SUBMIT:
            sections = list_passages(case, documents)
            event = replace(
                event,
                papers={paper.id: paper.file.digest for paper in case.papers},
                sections={section.key: section.digest for section in sections},
                declared=case.digest,
            )
            handed_in = collect_contents(case, sections)
        recorded_event = journal.append(
            event, now=now, notice=notice, handed_in=handed_in
        )
        return Recorded(event=recorded_event, state=after, torn=journal.torn)


def undo_last(
    catalogue: Catalogue,
    case: Case,
    *,
    by: str,
    now: datetime,
    number: int | None = None,
    memory: Memory | None = None,
) -> Recorded:
    """Take back the last event that counts, as a further event: nothing is deleted.

    Undone again, the one before it is taken back. `number` is that of the event which
    the person saw as the last; CaseError where it is not any more, where nothing is
    left to take back, and where nobody is named.
    """
    with Journal(case.path, memory=memory) as journal:
        standing = journal.list_events()
        wrong = _find_undoing_refusal(standing, number, by)
        if wrong is not None:
            state, today = replay_events(catalogue, case, standing), beijing_day(now)
            raise CaseError(
                refuse_act(catalogue, case, state, Act.UNDO, wrong, on=today)
            )
        last = standing[-1]
        after = replay_events(catalogue, case, standing[:-1])
        event = Event(
            act=Act.UNDO,
            on=beijing_day(now),
            by=by,
            stage=after.stage,
            undoes=last.number,
        )
        recorded_event = journal.append(event, now=now)
        return Recorded(
            event=recorded_event, state=after, torn=journal.torn, undone=last
        )


def _find_undoing_refusal(
    standing: Sequence[Event], number: int | None, by: str
) -> Text | None:
    if not standing:
        return Text(zh="没有可以撤销的记录", en="there is no entry to undo")
    last = standing[-1]
    name = name_act(last.act, last.stage)
    if number not in (None, last.number):
        return Text(
            zh=f"第{number}条已经不是最后一条，最后一条是第{last.number}条：{name.zh}",
            en=f"entry {number} is not the last any more; that is {last.number}, "
            f"{name.en}",
        )
    return None if by.strip() else NOBODY_NAMED


def _check_possible(case: Case, event: Event, now: datetime) -> None:
    today = beijing_day(now)
    if event.on > today:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"{event.on}还没有到，今天是{today}",
                    en=f"{event.on} is still to come; today is {today}",
                ),
                hint=Text(zh="事情办了再记", en="record what has happened when it has"),
            )
        )
    papers = {paper.id for paper in case.papers}
    papers_named = [event.paper, *(line.paper for line in event.lines)]
    for paper in papers_named:
        if paper not in (None, CLEARED) and paper not in papers:
            known_zh, known_en = "、".join(papers), ", ".join(papers)
            raise CaseError(
                Issue(
                    text=Text(
                        zh=f"case.yaml的papers里没有{paper}",
                        en=f"there is no {paper} under papers in case.yaml",
                    ),
                    path=str(case.path),
                    hint=Text(
                        zh=f"先把材料列进去；现在有{known_zh or '空'}",
                        en=f"list the paper first; there are {known_en or 'none'}",
                    ),
                )
            )
