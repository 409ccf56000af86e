"""What happened to a case: one line an event, in `casework/events.jsonl`.

Each line is sealed (see `sealed`), so that a change is seen. What was *seen* is
evidence and stands elsewhere; events say who did what, on which day, by which paper.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final, Required, TypedDict

from changqing.casework.erased import note_erased, read_erased
from changqing.casework.files import EVENTS, FOLDER
from changqing.casework.sealed import SealedLines
from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.evidence.ledger.memory import Memory
from changqing.jsondata import (
    Json,
    JsonObject,
    find_day,
    find_text,
    read_day,
    read_list,
    read_object,
    read_text,
    read_whole,
    write_day,
)
from changqing.text import Text, WordedEnum

CLEARED: Final = "-"


class CaseStage(WordedEnum):
    """Where a case stands, from first papers to the end of the licence."""

    PREPARE = "prepare", Text("准备", "preparing")
    SUBMITTED = "submitted", Text("已递交", "handed in")
    CORRECTION = "correction", Text("补正", "correction")
    EXAMINATION = "examination", Text("审查", "examination")
    LICENSED = "licensed", Text("持证", "licensed")
    ANNUAL_REPORT = "annual_report", Text("年报", "annual report")
    AMENDMENT = "amendment", Text("变更", "amendment")
    RENEWAL = "renewal", Text("延续", "renewal")
    STOPPED = "stopped", Text("停止", "stopping")


GRANTED: Final = Text("已准予，等许可证", "granted, the licence to come")


def name_stage(stage: CaseStage, *, granted: bool) -> Text:
    """Name a stage; `granted`: what is examined is granted, the licence has to come."""
    return GRANTED if granted else stage.text


class Act(WordedEnum):
    """What a person records of a case."""

    SUBMIT = "submit", Text("递交", "handing in")
    CORRECTION = "correction", Text("收到补正通知", "notice of correction")
    ACCEPTANCE = "acceptance", Text("收到受理通知", "acceptance")
    NON_ACCEPTANCE = "non_acceptance", Text("收到不予受理通知", "non-acceptance")
    GRANT = "grant", Text("收到准予决定", "grant")
    REFUSAL = "refusal", Text("收到不予许可决定", "refusal")
    LICENCE = "licence", Text("收到许可证", "licence")
    DEREGISTRATION = "deregistration", Text("许可证已注销", "deregistration")
    WITHDRAW = "withdraw", Text("撤回", "withdrawal")
    BEGIN = "begin", Text("开始办理", "beginning")
    LINE = "line", Text("办理补正条目", "settling a line")
    UNDO = "undo", Text("撤销上一条记录", "undoing the last entry")


def name_act(act: Act, stage: CaseStage | None) -> Text:
    """Name an act recorded in a stage: after a notice, handing in is handing back."""
    if act is Act.SUBMIT and stage is CaseStage.CORRECTION:
        return _HANDING_BACK
    return act.text


_HANDING_BACK: Final = Text("交回补正材料", "handing in the correction")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One thing a correction notice asks for, and what has been settled about it.

    In the notice it is a proposal, found by words; in a later event the fields that
    are set replace it. `done` is the day it was put right; `owner` whose task it is.
    """

    number: int
    text: str = ""
    codes: tuple[str, ...] = ()
    criterion: str | None = None
    material: str | None = None
    owner: str | None = None
    done: date | None = None
    answer: str | None = None
    paper: str | None = None

    @property
    def is_settled(self) -> bool:
        """Tell whether it was put right, and there is something to say of it."""
        return self.done is not None and bool(self.answer)

    def merge(self, by: NoticeLine) -> NoticeLine:
        """Return this line with what `by` sets; `CLEARED` takes out what was wrong."""
        return NoticeLine(
            number=self.number,
            text=self.text,
            codes=() if by.codes == (CLEARED,) else by.codes or self.codes,
            criterion=_merge_field(self.criterion, by.criterion),
            material=_merge_field(self.material, by.material),
            owner=_merge_field(self.owner, by.owner),
            done=by.done or self.done,
            answer=by.answer or self.answer,
            paper=_merge_field(self.paper, by.paper),
        )


def _merge_field(old: str | None, new: str | None) -> str | None:
    return None if new == CLEARED else new or old


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. `until` is the day a notice sets, or the last day of a licence.

    `licence_number` is the number printed on a licence that was received.

    `stage` and `matter` are where the case stood and the procedure that ran; what
    begins gives its own, and `days` it counts from. `digest` is that of the notice as
    it was received, which is kept beside the events; `papers` those of the case when
    something was handed in: the digest of each by its id. `sections` are those of its
    documents, by document and section, `declared` that of `case.yaml`; what was handed
    in is kept beside the events. `undoes` is the number of the event that an undoing
    takes back.
    """

    act: Act
    on: date
    by: str
    paper: str | None = None
    until: date | None = None
    licence_number: str | None = None
    stage: CaseStage | None = None
    matter: str | None = None
    days: Mapping[str, date] = field(default_factory=dict)
    lines: tuple[NoticeLine, ...] = ()
    digest: str | None = None
    papers: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    declared: str | None = None
    undoes: int | None = None
    recorded_at: datetime | None = None  # None and 0: not recorded yet
    number: int = 0  # place in the file


def find_undone(entries: Iterable[Event]) -> dict[int, Event]:
    """Find what took each entry back that was recorded by mistake, by its number."""
    return {entry.undoes: entry for entry in entries if entry.undoes is not None}


def list_standing(entries: Sequence[Event]) -> tuple[Event, ...]:
    """List the entries that count: neither taken back, nor themselves an undoing."""
    undone = find_undone(entries)
    return tuple(
        entry
        for entry in entries
        if entry.act is not Act.UNDO and entry.number not in undone
    )


class Journal(SealedLines):
    """The events of a case. Use it in a `with` to add to them: one writer at a time.

    Reading takes no lock. `torn` says what opening it for writing set aside.
    """

    def __init__(
        self,
        case_dir: Path,
        *,
        disk: Disk | None = None,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(case_dir / FOLDER, EVENTS, disk=disk, memory=memory)

    def list_entries(self) -> tuple[Event, ...]:
        """List all that was recorded, oldest first; TamperError if one was changed."""
        return tuple(self.read(_decode_numbered))

    def list_events(self) -> tuple[Event, ...]:
        """List what still counts, oldest first; TamperError as `list_entries`.

        An entry that was undone never happened, on whatever day one looks.
        """
        return list_standing(self.list_entries())

    def append(
        self,
        event: Event,
        *,
        now: datetime,
        notice: bytes = b"",
        handed_in: Mapping[str, bytes] | None = None,
    ) -> Event:
        """Record an event, and keep the notice it came with; gives it its number.

        `handed_in` are copies of what was handed in, by their digests.

        It is on disk when this returns. Call it inside the `with` alone.
        """
        count = len(self.list_entries())
        numbered = replace(event, number=count + 1, recorded_at=now)
        files_kept = {}
        if notice:
            files_kept[self.find_notice_path(hashlib.sha256(notice).hexdigest())] = (
                notice
            )
        for digest, copy in (handed_in or {}).items():
            if not (path := self.find_handed_in_path(digest)).exists():
                files_kept[path] = copy
        self.add(encode(numbered), kept=files_kept)
        return numbered

    def find_notice_path(self, digest: str) -> Path:
        """Find where a notice with this SHA-256 is kept, byte for byte."""
        return self.folder / "notices" / digest

    def forget(self, paper: str) -> int:
        """Remove the kept copies of a paper as it was handed in; gives how many.

        The events go on naming their digests. CaseError when one cannot be removed.
        """
        digests_named = {entry.papers.get(paper) for entry in self.list_entries()} - {
            None
        }
        digests = {str(digest) for digest in digests_named}
        copies = [
            path for path in map(self.find_handed_in_path, digests) if path.is_file()
        ]
        if digests - read_erased(self.folder.parent):
            note_erased(self.folder.parent, paper, digests)
        try:
            for path in copies:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise CaseError(
                Issue(text=_STAYS, path=str(error.filename or self.folder))
            ) from error
        return len(copies)

    def find_handed_in_path(self, digest: str) -> Path:
        """Return where a copy of what was handed in is kept, by its SHA-256."""
        return self.folder / "handed_in" / digest


def _decode_numbered(content: JsonObject, number: int) -> Event:
    """Decode an event; ValueError where its number is not the one of its line."""
    event = decode(content)
    if event.number != number:
        raise ValueError(event.number)
    return event


class LineData(TypedDict, total=False):
    """A line of a notice; what is not set is left out."""

    number: Required[int]
    text: str
    codes: Sequence[str]
    criterion: str
    material: str
    owner: str
    done: str
    answer: str
    paper: str


class ListedLine(LineData):
    """A line of a notice, and whether it is settled."""

    settled: bool


class EventData(TypedDict, total=False):
    """An event; what is not set is left out."""

    number: Required[int]
    act: Required[str]
    on: Required[str]
    by: Required[str]
    paper: str
    until: str
    licence_number: str
    stage: str
    matter: str
    days: Mapping[str, str]
    lines: Sequence[LineData]
    digest: str
    papers: Mapping[str, str]
    sections: Mapping[str, str]
    declared: str
    undoes: int
    recorded_at: str


def encode(event: Event) -> dict[str, Json]:
    """Encode an event as plain JSON; what is not set is left out."""
    data: dict[str, Json] = {
        "number": event.number,
        "act": event.act.value,
        "on": event.on.isoformat(),
        "by": event.by,
        "paper": event.paper,
        "until": write_day(event.until),
        "licence_number": event.licence_number,
        "stage": None if event.stage is None else event.stage.value,
        "matter": event.matter,
        "days": {name: day.isoformat() for name, day in event.days.items()},
        "lines": [encode_line(line) for line in event.lines],
        "digest": event.digest,
        "papers": dict(event.papers),
        "sections": dict(event.sections),
        "declared": event.declared,
        "undoes": event.undoes,
        "recorded_at": write_day(event.recorded_at),
    }
    return {name: value for name, value in data.items() if value not in (None, {}, [])}


def decode(data: JsonObject) -> Event:
    """Decode the event that `encode` made this of.

    ValueError, TypeError or KeyError if none.
    Raises them also for a time without its zone, a field of the wrong type, a change
    of no line or of several, and an undoing of what does not stand before it.
    """
    recorded_at = datetime.fromisoformat(read_text(data["recorded_at"]))
    if recorded_at.tzinfo is None:
        raise ValueError(recorded_at)
    act = Act(read_text(data["act"]))
    lines = tuple(_decode_line(line) for line in read_list(data.get("lines", [])))
    if act is Act.LINE and len(lines) != 1:
        raise ValueError(lines)
    number, undoes = read_whole(data["number"]), data.get("undoes")
    if (act is Act.UNDO) != (undoes is not None):
        raise ValueError(undoes)
    if undoes is not None and read_whole(undoes) not in range(1, number):
        raise ValueError(undoes)
    return Event(
        number=number,
        act=act,
        on=read_day(data["on"]),
        by=read_text(data["by"]),
        paper=find_text(data, "paper"),
        until=find_day(data, "until"),
        licence_number=find_text(data, "licence_number"),
        stage=None if (stage := find_text(data, "stage")) is None else CaseStage(stage),
        matter=find_text(data, "matter"),
        days={
            name: read_day(day)
            for name, day in read_object(data.get("days", {})).items()
        },
        lines=lines,
        digest=find_text(data, "digest"),
        papers={
            name: read_text(digest)
            for name, digest in read_object(data.get("papers", {})).items()
        },
        sections={
            name: read_text(digest)
            for name, digest in read_object(data.get("sections", {})).items()
        },
        declared=find_text(data, "declared"),
        undoes=None if undoes is None else read_whole(undoes),
        recorded_at=recorded_at,
    )


def encode_line(line: NoticeLine) -> dict[str, Json]:
    """Encode a line as plain JSON; what is not set is left out."""
    data: dict[str, Json] = {
        "number": line.number,
        "text": line.text,
        "codes": list(line.codes),
        "criterion": line.criterion,
        "material": line.material,
        "owner": line.owner,
        "done": write_day(line.done),
        "answer": line.answer,
        "paper": line.paper,
    }
    return {name: value for name, value in data.items() if value not in (None, "", [])}


def _decode_line(encoded: Json) -> NoticeLine:
    data = read_object(encoded)
    return NoticeLine(
        number=read_whole(data["number"]),
        text=find_text(data, "text") or "",
        codes=tuple(read_text(code) for code in read_list(data.get("codes", []))),
        criterion=find_text(data, "criterion"),
        material=find_text(data, "material"),
        owner=find_text(data, "owner"),
        done=find_day(data, "done"),
        answer=find_text(data, "answer"),
        paper=find_text(data, "paper"),
    )


_STAYS: Final = Text(
    zh="递交时留下的副本删不掉：检查权限后再抹去一次",
    en="the copy kept at handing in cannot be removed: see who may write there, and "
    "erase again",
)
