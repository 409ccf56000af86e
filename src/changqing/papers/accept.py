"""What a person settled about a paper, written into `case.yaml` and into the log.

Taken values become what the paper `backs` or `states`, with place and words; the log
keeps who took, refused or took back what, bound to the bytes of the paper and of its
reading. Taking back is a further record: nothing is unsaid.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from changqing.case import edit
from changqing.case.edit import CaseData, FieldChange, find_place
from changqing.case.model import Case, Paper, Statement
from changqing.case.subjects import APPLICANT, Subject
from changqing.case.values import spell_for_file
from changqing.evidence.ledger.items import Confirmation, ConfirmationKind
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.reading import Reading, encode_reading
from changqing.law.kinds.fact import Fact
from changqing.papers.settle import (
    ReadPaper,
    Settlement,
    SettlementState,
)
from changqing.rules.types import Value
from changqing.yamlfile.plain import Writable, WritableItem

FactKey = tuple[str, Subject, str]
"""A fact in a paper: the SHA-256 of the file, the subject and the fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about a value that was read.

    `value` is what they take, as read or as they put it right; None: not taken. `words`
    are those of the paper that say it, where the value is not the one that was read.
    """

    settlement: Settlement
    value: Value | None
    words: str | None = None

    @property
    def as_read(self) -> bool:
        """Whether the value is taken as it was read."""
        return self.value == self.settlement.value

    @property
    def quote(self) -> str | None:
        """The words of the paper that are kept beside the value."""
        return self.words or ((self.settlement.words or None) if self.as_read else None)


def find_rejected(case: Case) -> frozenset[FactKey]:
    """Find what was refused or taken back last, and is not to be asked about again.

    What a reviewer saw in the original, and no longer vouches for, says nothing of what
    the applicant took or refused.
    """
    last = _find_last(case)
    return frozenset(key for key, kind in last.items() if kind is ConfirmationKind.UNDO)


def find_accepted(case: Case) -> frozenset[FactKey]:
    """Find what a program read and somebody took as it was read.

    The log is asked only where words stand beside a value: taking it puts them there.
    """
    if not any(
        statement.words
        for paper in case.papers
        for statement in paper.list_statements()
    ):
        return frozenset()
    last = _find_last(case)
    return frozenset(
        key for key, kind in last.items() if kind is ConfirmationKind.ACCEPT
    )


def _find_last(case: Case) -> Mapping[FactKey, ConfirmationKind]:
    """Find what was decided last of each value, but for what reviewers saw."""
    last: dict[FactKey, ConfirmationKind] = {}
    seen_by: dict[FactKey, str] = {}
    for item in Evidence(case.path).list_items():
        if not isinstance(item, Confirmation):
            continue
        key = (item.paper, item.subject, item.fact)
        if item.what is ConfirmationKind.ORIGINAL_SEEN:
            seen_by[key] = item.by
        elif item.what is ConfirmationKind.UNDO and seen_by.get(key) == item.by:
            del seen_by[key]
        else:
            last[key] = item.what
    return last


def leave_out_rejected(
    papers: Sequence[ReadPaper], rejected: Collection[FactKey]
) -> tuple[ReadPaper, ...]:
    """Leave out what was refused and is not to be asked about again.

    A value that differs from the case stays, marked: not to take it mends neither.
    """

    def is_rejected(about: ReadPaper, settlement: Settlement) -> bool:
        return (
            about.paper.file.digest,
            settlement.subject,
            settlement.fact.id,
        ) in rejected

    return tuple(
        replace(
            about,
            settlements=tuple(
                replace(settlement, rejected=is_rejected(about, settlement))
                for settlement in about.settlements
                if settlement.state is SettlementState.CONFLICT
                or not is_rejected(about, settlement)
            ),
        )
        for about in papers
    )


def settle_paper(
    case: Case,
    paper: Paper,
    reading: Reading,
    decisions: Sequence[Decision],
    *,
    by: str,
    key: Path,
    now: datetime,
) -> None:
    """Write what was decided about one paper, in the case file and in the log.

    Both or neither: the log is opened first, so that one which was replaced refuses
    before anything is written. Raises CaseError where the file would not be valid, or
    somebody else is writing, and TamperError where the log is not the one seen before.
    """
    accepted = [decision for decision in decisions if decision.value is not None]
    digest = hashlib.sha256(encode_reading(reading)).hexdigest()
    entries = [
        _make_confirmation(paper, decision, by=by, digest=digest, now=now)
        for decision in decisions
    ]
    with Store(case.path, load_key(key)) as store:
        case_data = edit.read(case.path)
        changes = _change_entry(case_data, paper, accepted)
        _write_changes(
            case,
            store,
            case_data,
            [*changes, *_change_claims(case_data, accepted)],
            entries,
        )


def _write_changes(
    case: Case,
    store: Store,
    case_data: CaseData,
    changes: Sequence[FieldChange],
    entries: Sequence[Confirmation],
) -> None:
    """Change the case file and add to its log, both or neither."""
    with edit.restore_on_failure(case.path):
        if changes:
            edit.change(
                case.path,
                changes,
                version=case_data.version,
                catalogue=case.catalogue,
                locked=True,
            )
        store.append(entries)


def take_back(
    case: Case,
    paper: Paper,
    subject: Subject,
    fact: Fact,
    *,
    by: str,
    key: Path,
    now: datetime,
) -> bool:
    """Take back what a paper was said to show of a fact; False: nothing was said.

    File and log are written both or neither, as by `settle_paper`.
    """
    undone = Confirmation(
        what=ConfirmationKind.UNDO,
        by=by,
        fact=fact.id,
        subject=subject,
        value=None,
        paper=paper.file.digest,
        at=now,
    )
    with Store(case.path, load_key(key)) as store:
        case_data = edit.read(case.path)
        changes = _list_removals(case_data, paper, subject, fact)
        _write_changes(case, store, case_data, changes, [undone])
    return bool(changes)


def see_original(
    case: Case,
    paper: Paper,
    statements: Iterable[Statement],
    *,
    by: str,
    key: Path,
    now: datetime,
    seen: bool = True,
) -> int:
    """Record that a reviewer saw values in the original, or says so no longer.

    Bound to the bytes of the paper and to each value: another file, or another value,
    and it says nothing. Gives how many. Raises CaseError where somebody is writing.
    """
    kind = ConfirmationKind.ORIGINAL_SEEN if seen else ConfirmationKind.UNDO
    entries = [
        Confirmation(
            what=kind,
            by=by,
            fact=statement.fact,
            subject=statement.subject,
            value=statement.value if seen else None,
            paper=paper.file.digest,
            at=now,
        )
        for statement in statements
    ]
    with Store(case.path, load_key(key)) as store:
        store.append(entries)
    return len(entries)


def _make_confirmation(
    paper: Paper, decision: Decision, *, by: str, digest: str, now: datetime
) -> Confirmation:
    settlement = decision.settlement
    kind = ConfirmationKind.ACCEPT
    if decision.value is None:
        kind = ConfirmationKind.UNDO
    elif decision.words is not None:
        kind = ConfirmationKind.POINT
    return Confirmation(
        what=kind,
        by=by,
        fact=settlement.fact.id,
        subject=settlement.subject,
        value=decision.value,
        paper=paper.file.digest,
        at=now,
        digest=digest,
        words=decision.quote,
        page=settlement.page,
    )


# The entry of the paper


def _change_entry(
    case_data: CaseData, paper: Paper, decisions: Sequence[Decision]
) -> list[FieldChange]:
    """What changes in the entry of the paper: what it backs, states, and its days."""
    at = ("papers", paper.id)
    changes: list[FieldChange] = []
    backs = _merge_backs(case_data.find_value((*at, "backs")), decisions)
    if backs is not None:
        changes.append(_make_change(case_data, (*at, "backs"), backs))
    states_before: Any = case_data.find_value((*at, "states"))
    states = dict(states_before) if isinstance(states_before, dict) else {}
    elements = [decision for decision in decisions if decision.settlement.element]
    for decision in elements:
        bare = decision.settlement.fact.id.removeprefix("states_")
        states.pop(decision.settlement.fact.id, None)
        states[bare] = _format_element(decision)
    if elements:
        changes.append(_make_change(case_data, (*at, "states"), states))
    for decision in decisions:
        settlement = decision.settlement
        if settlement.subject == paper.subject and not settlement.element:
            value = spell_for_file(settlement.fact, decision.value)
            changes.append(_make_change(case_data, (*at, settlement.fact.id), value))
    return changes


def _format_element(decision: Decision) -> object:
    if decision.value is False:
        return False
    place = decision.settlement.place
    quote = decision.quote
    return place if quote is None else {"place": place, "words": quote}


def _merge_backs(
    before: object, decisions: Sequence[Decision]
) -> list[WritableItem] | None:
    """The list of what the paper backs with the new values; None: nothing is new."""
    new = {
        (
            _name_subject(decision.settlement.subject),
            decision.settlement.fact.id,
        ): decision
        for decision in decisions
        if decision.settlement.subject.type != "paper"
    }
    if not new:
        return None
    merged: list[WritableItem] = []
    keys_done: set[tuple[str, str]] = set()
    for back in before if isinstance(before, list) else ():
        if isinstance(back, dict):
            key = (str(back.get("subject") or "applicant"), str(back.get("fact")))
            if key not in new:
                merged.append(back)
            elif key not in keys_done:
                keys_done.add(key)
                merged.append(_format_back(new[key]))
    fresh = (_format_back(back) for key, back in new.items() if key not in keys_done)
    return [*merged, *fresh]


def _format_back(decision: Decision) -> WritableItem:
    settlement = decision.settlement
    back: dict[str, Writable] = {"fact": settlement.fact.id}
    if settlement.subject != APPLICANT:
        back["subject"] = str(settlement.subject)
    back["value"] = spell_for_file(settlement.fact, decision.value)
    back["place"] = settlement.place
    if decision.quote is not None:
        back["words"] = decision.quote
    return back


def _name_subject(subject: Subject) -> str:
    return "applicant" if subject == APPLICANT else str(subject)


def _change_claims(
    case_data: CaseData, decisions: Iterable[Decision]
) -> list[FieldChange]:
    """Put right what the company says where a person took what the paper says."""
    changes = []
    for decision in decisions:
        settlement = decision.settlement
        at = find_place(settlement.subject, settlement.fact.id)
        if settlement.subject.type != "paper" and case_data.find_value(at) is not None:
            value = spell_for_file(settlement.fact, decision.value)
            changes.append(_make_change(case_data, at, value))
    return changes


def _list_removals(
    case_data: CaseData, paper: Paper, subject: Subject, fact: Fact
) -> list[FieldChange]:
    """List the change that takes a fact out of a paper; none where it is not there."""
    at = ("papers", paper.id)
    if subject == paper.subject and fact.id.startswith("states_"):
        states: Any = case_data.find_value((*at, "states")) or {}
        names = (fact.id, fact.id.removeprefix("states_"))
        states_left = {
            name: state for name, state in states.items() if name not in names
        }
        if states_left == states:
            return []
        return [_make_change(case_data, (*at, "states"), states_left or None)]
    if subject == paper.subject:
        if case_data.find_value((*at, fact.id)) is None:
            return []
        return [_make_change(case_data, (*at, fact.id), None)]
    backs: Any = case_data.find_value((*at, "backs")) or []
    removed = (_name_subject(subject), fact.id)
    backs_left = [
        back
        for back in backs
        if (str(back.get("subject") or "applicant"), str(back.get("fact"))) != removed
    ]
    if len(backs_left) == len(backs):
        return []
    return [_make_change(case_data, (*at, "backs"), backs_left or None)]


def _make_change(
    case_data: CaseData, at: tuple[str, ...], value: object
) -> FieldChange:
    return FieldChange(at=at, value=value, shown=case_data.find_value(at))
