"""What watching a case recorded: one sealed line an entry, in `watch/incidents.jsonl`.

A look, all that follows from it, and the notices to be sent stand in one line, so that
a crash leaves all of it or nothing. That notices were handed on is a later line.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from changqing.casework.sealed import SealedLines
from changqing.disk import Disk
from changqing.evidence.ledger.memory import Memory
from changqing.jsondata import (
    Json,
    JsonObject,
    read_list,
    read_object,
    read_whole,
    read_words,
    write_day,
    write_words,
)
from changqing.watch.model import (
    FOLDER,
    BlindTime,
    ChannelQuestion,
    Incident,
    Lapse,
    ObserverView,
    Sight,
    Watched,
)

FILE: Final = "incidents.jsonl"


class What(StrEnum):
    """What an entry records."""

    LOOK = "look"
    SENT = "sent"
    QUESTION = "question"
    REPLY = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEntry:
    """One line: what, when, and what else it says, as plain JSON."""

    what: What
    at: datetime
    data: JsonObject
    number: int


@dataclass(slots=True, kw_only=True)
class ObserverState:
    """What one of several observers saw, and how far it came; as in `WatchState`."""

    last_look: datetime | None = None
    upto: int = 0
    views: dict[str, ObserverView] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class WatchState:
    """What the entries of a case add up to.

    Where several observe it together, `watched` has what follows from its records, and
    `observers` what each of them saw.
    """

    looks: int = 0
    first_look: datetime | None = None
    last_look: datetime | None = None
    last_blind: bool = False
    well: frozenset[Lapse] = frozenset()  # of which the last look saw that all is well
    first_sight: datetime | None = None  # the first look that saw something
    upto: int = 0  # the last entry of the evidence log that was taken account of
    watched: dict[str, Watched] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    blind: list[BlindTime] = field(default_factory=list)
    questions: dict[str, ChannelQuestion] = field(default_factory=dict)
    unsent: list[str] = field(default_factory=list)
    observers: dict[str, ObserverState] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Incident, ...]:
        """The incidents that are not over, oldest first."""
        return tuple(
            incident
            for incident in self.incidents.values()
            if incident.closed_at is None
        )

    def find_sight(self, lapse: Lapse) -> Sight:
        """Find how a kind of lapse stands by the last look."""
        if any(incident.lapse is lapse for incident in self.open):
            return Sight.LAPSED
        return Sight.WELL if lapse in self.well else Sight.UNKNOWN


class Watchbook(SealedLines):
    """The entries of a case. Use it in a `with` to add to them: one writer at a time.

    Reading takes no lock.
    """

    def __init__(
        self,
        case_dir: Path,
        *,
        disk: Disk | None = None,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(case_dir / FOLDER, FILE, disk=disk, memory=memory)

    def list_entries(self) -> tuple[WatchEntry, ...]:
        """List what was recorded, oldest first; TamperError if a line was changed."""
        return tuple(self.read(_decode_entry))

    def compute_state(self) -> WatchState:
        """Compute where the case stands by all its entries."""
        state = WatchState()
        for entry in self.list_entries():
            try:
                fold_entry(state, entry)
            except (ValueError, KeyError, TypeError) as error:
                raise self.make_tamper_error(entry.number) from error
        return state

    def append(self, what: What, data: JsonObject, *, at: datetime) -> None:
        """Record an entry; it is on disk when this returns. Only inside the `with`."""
        self.add({"what": what.value, "at": at.isoformat(), **data})

    def append_with_page(
        self, what: What, data: JsonObject, page: bytes, *, at: datetime
    ) -> None:
        """Record an entry and keep the page it rests on, by its digest."""
        pages = {self.find_page_path(hashlib.sha256(page).hexdigest()): page}
        self.add({"what": what.value, "at": at.isoformat(), **data}, kept=pages)

    def find_page_path(self, digest: str) -> Path:
        """Find where the page with this SHA-256 is kept."""
        return self.folder / "pages" / digest


def fold_entry(state: WatchState, entry: WatchEntry) -> None:
    """Add one entry to a state."""
    data = entry.data
    match entry.what:
        case What.LOOK:
            _fold_look(state, entry)
        case What.SENT:
            sent_notices = set(read_list(data["notices"]))
            state.unsent = [name for name in state.unsent if name not in sent_notices]
        case What.QUESTION:
            question = ChannelQuestion(
                id=str(data["id"]),
                channel=str(data["channel"]),
                by=str(data["by"]),
                text=str(data.get("text", "")),
                sent_at=datetime.fromisoformat(str(data["sent_at"])),
            )
            state.questions[question.id] = question
        case What.REPLY:
            open_question = state.questions[str(data["id"])]
            state.questions[open_question.id] = ChannelQuestion(
                id=open_question.id,
                channel=open_question.channel,
                by=open_question.by,
                text=open_question.text,
                sent_at=open_question.sent_at,
                replied_at=datetime.fromisoformat(str(data["replied_at"])),
                page=None if data.get("page") is None else str(data["page"]),
            )


def _fold_look(state: WatchState, entry: WatchEntry) -> None:
    data = entry.data
    state.looks += 1
    state.first_look = state.first_look or entry.at
    state.last_look = entry.at
    state.upto = read_whole(data["upto"])
    state.blind += [
        _read_blind_time(blind_time) for blind_time in read_list(data.get("blind", []))
    ]
    state.last_blind = data.get("control") is False
    well = (Lapse(str(name)) for name in read_list(data.get("well", [])))
    state.well = frozenset() if state.last_blind else frozenset(well)
    if not state.last_blind:
        state.first_sight = state.first_sight or entry.at
    for key, watched_data in read_object(data.get("states", {})).items():
        state.watched[key] = _decode_watched(watched_data)
    _fold_view(state, entry)
    for opened in read_list(data.get("opened", [])):
        incident = decode_incident(opened)
        state.incidents[incident.id] = incident
        state.unsent.append(f"{incident.id}:opened")
    for closed in read_list(data.get("closed", [])):
        name = str(closed)
        before = state.incidents[name]
        state.incidents[name] = Incident(
            id=before.id,
            lapse=before.lapse,
            key=before.key,
            text=before.text,
            since=before.since,
            opened_at=before.opened_at,
            closed_at=entry.at,
        )
        state.unsent.append(f"{name}:closed")


def _fold_view(state: WatchState, entry: WatchEntry) -> None:
    """Add what one of several observers saw; who observes no more is forgotten."""
    data = entry.data
    names = [str(name) for name in read_list(data.get("observers", []))]
    state.observers = {
        name: state.observers.get(name, ObserverState()) for name in names
    }
    if names:
        observer = state.observers[str(data["observer"])]
        observer.last_look, observer.upto = entry.at, state.upto
        for key, view_data in read_object(data.get("seen", {})).items():
            observer.views[key] = _decode_view(view_data)


def encode_incident(incident: Incident) -> dict[str, Json]:
    """Encode an incident as it was opened, as plain JSON."""
    return {
        "id": incident.id,
        "lapse": incident.lapse.value,
        "key": incident.key,
        "text": write_words(incident.text),
        "since": incident.since.isoformat(),
        "opened_at": incident.opened_at.isoformat(),
    }


def decode_incident(encoded: Json) -> Incident:
    """Decode the incident that `encode_incident` made this of."""
    data = read_object(encoded)
    return Incident(
        id=str(data["id"]),
        lapse=Lapse(str(data["lapse"])),
        key=str(data["key"]),
        text=read_words(data["text"]),
        since=datetime.fromisoformat(str(data["since"])),
        opened_at=datetime.fromisoformat(str(data["opened_at"])),
    )


def encode_watched(watched: Watched) -> dict[str, Json]:
    """Encode a state as plain JSON; what is not set is left out."""
    data = {
        "fails": watched.fails,
        "passes": watched.passes,
        "since": write_day(watched.since),
        "incident": watched.incident,
    }
    return {name: value for name, value in data.items() if value not in (None, 0)}


def _decode_watched(encoded: Json) -> Watched:
    data = read_object(encoded)
    since, incident = data.get("since"), data.get("incident")
    return Watched(
        fails=read_whole(data.get("fails", 0)),
        passes=read_whole(data.get("passes", 0)),
        since=None if since is None else datetime.fromisoformat(str(since)),
        incident=None if incident is None else str(incident),
    )


def encode_view(view: ObserverView) -> dict[str, Json]:
    """Encode how an observer sees a thing as plain JSON; what is not so is left out."""
    return encode_watched(view.watched) | ({"good": True} if view.good else {})


def _decode_view(encoded: Json) -> ObserverView:
    return ObserverView(
        watched=_decode_watched(encoded),
        good=read_object(encoded).get("good") is True,
    )


def encode_blind(blind: BlindTime) -> dict[str, Json]:
    """Encode a time of blindness as plain JSON."""
    return {
        "start": blind.start.isoformat(),
        "end": blind.end.isoformat(),
        "why": write_words(blind.why),
    }


def _read_blind_time(encoded: Json) -> BlindTime:
    data = read_object(encoded)
    return BlindTime(
        start=datetime.fromisoformat(str(data["start"])),
        end=datetime.fromisoformat(str(data["end"])),
        why=read_words(data["why"]),
    )


def _decode_entry(content: JsonObject, place: int) -> WatchEntry:
    at = datetime.fromisoformat(str(content["at"]))
    if at.tzinfo is None:
        raise ValueError(at)
    what = What(str(content["what"]))
    data = {k: v for k, v in content.items() if k not in ("what", "at", "seal")}
    return WatchEntry(what=what, at=at, data=data, number=place)
