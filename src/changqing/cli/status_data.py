"""Where a case stands, as `case --json` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, cast

from changqing.cli.running import RunningData
from changqing.jsondata import write_day
from changqing.text import Language, Text

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.casework.dates import CaseDue, Status
    from changqing.casework.event_papers import EventCheckData
    from changqing.casework.events import ListedLine
    from changqing.law.cited import CitationData
    from changqing.law.model import Catalogue


class DueData(TypedDict):
    """What is due, by whom, and on which day."""

    procedure: str | None
    step: str | None
    actor: str
    title: str
    does: str | None
    day: str | None
    kind: str | None
    provisional: bool
    passed: bool
    no_day_because: str | None
    runs_out: str | None
    citations: Sequence[CitationData]


class StatusData(TypedDict):
    """Where a case stands, and what comes next."""

    case: str
    licence: str
    as_of: str
    stage: str
    stage_name: str
    since: str | None
    matter: str
    valid_until: str | None
    ended: bool
    corrections: int
    next: DueData | None
    dues: Sequence[DueData]
    notes: Sequence[str]
    renewed_times: int
    lines: Sequence[ListedLine]
    can_record: Sequence[str]


class CaseStatusData(StatusData, RunningData):
    """Where a case stands, and what runs under its licence."""

    valid_until_check: EventCheckData | None


def encode_status(
    case: Case, catalogue: Catalogue, status: Status, language: Language
) -> StatusData:
    """Encode where a case stands for another program."""
    from changqing.casework.events import encode_line
    from changqing.casework.stages import find_allowed_acts

    state = status.state
    following = status.next
    return {
        "case": case.name,
        "licence": case.application.licence,
        "as_of": status.today.isoformat(),
        "stage": state.stage.value,
        "stage_name": state.stage_name.say(language),
        "since": write_day(state.since),
        "matter": state.matter,
        "valid_until": write_day(state.valid_until),
        "ended": state.ended,
        "corrections": state.corrections,
        "next": None
        if following is None
        else _encode_due(catalogue, following, language),
        "dues": [_encode_due(catalogue, due, language) for due in status.dues],
        "notes": [note.say(language) for note in status.notes],
        "renewed_times": state.renewed,
        "lines": [
            cast("ListedLine", {**encode_line(line), "settled": line.is_settled})
            for line in state.lines
        ],
        "can_record": [
            act.value for act in find_allowed_acts(catalogue, case, state, status.today)
        ],
    }


def _encode_due(catalogue: Catalogue, due: CaseDue, language: Language) -> DueData:
    from changqing.law.cited import make_citation_data

    def say(text: Text | None) -> str | None:
        return None if text is None else text.say(language)

    return {
        "procedure": due.procedure or None,
        "step": due.step or None,
        "actor": due.actor.value,
        "title": due.title.say(language),
        "does": say(due.does),
        "day": write_day(due.day),
        "kind": None if due.bound is None else due.bound.value,
        "provisional": due.provisional,
        "passed": due.passed,
        "no_day_because": say(due.unset),
        "runs_out": say(due.runs_out),
        "citations": [
            make_citation_data(catalogue, citation, language)
            for citation in due.citations
        ],
    }
