"""Look again at many cases, and say what lapsed since last time.

Cases are looked at through one door, so many at once. When all services of a case were
seen, what was seen is recorded as evidence, and then what follows from it in one line
of the case's watch; notices are handed on after that, and that they were is another
line. Whatever is killed in between is taken up by the next round: evidence that no
line speaks of yet is taken account of, and notices not handed on are, under the same
id, by which whoever gets them tells that they are the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from changqing.case.model import Case
from changqing.casework.promises import list_promises
from changqing.day import beijing_day
from changqing.documents.schedule import load_schedule
from changqing.errors import BusyError, CaseError, ChangqingError, Issue
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Attempt, Record
from changqing.evidence.observations import Observation, ObservationKind
from changqing.evidence.records import list_gaps, list_records
from changqing.evidence.sync import merge_records
from changqing.jsondata import Json
from changqing.law.model import Catalogue
from changqing.notices.outbox import Notice, make_notice_id
from changqing.outlook.observed import list_publication_days
from changqing.papers.open import open_case
from changqing.run import Known, make_situation
from changqing.shard import Shard
from changqing.text import Text
from changqing.visit import list_sites, record_case, record_look, remember_looks
from changqing.watch.follow import LookOutcome, follow_alone, follow_together
from changqing.watch.journal import (
    ObserverState,
    Watchbook,
    WatchState,
    What,
    encode_blind,
    encode_incident,
    encode_view,
    encode_watched,
)
from changqing.watch.lease import LeaseHolder, give_lease_back, take_lease
from changqing.watch.model import (
    FOLDER,
    FROM_RECORDS,
    BlindTime,
    Lapse,
    WatchReading,
)
from changqing.watch.schedule import is_due
from changqing.watch.settings import SETTINGS_FILE, WatchSettings, load_settings
from changqing.watch.signs import (
    Schedule,
    are_publications_read,
    compare_with_plan,
    find_expired,
    read_answers,
    read_promises,
    read_replies,
    read_signs,
)
from changqing.watch.standing import WatchStanding, build_standing

if TYPE_CHECKING:
    from changqing.net.model import NetSettings
    from changqing.probes.model import Site, SiteLook

AT_ONCE: Final = 16
EVERY: Final = timedelta(hours=2)
Hand = Callable[[Sequence[Notice], datetime], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How to watch: through which door, how often, and to whom notices are handed.

    `every` is the interval that is promised; with `due_only` a case that was looked
    at within it is left alone. `spread` gives each case a moment of its own within the
    interval, for rounds that come every minute. Cases out of the `shard` are left out.
    `tell` hears how a case stands as soon as that is known, and `person` says who is
    told of a case (by default its own name). `step` is called between any two changes,
    for tests.
    """

    catalogue: Catalogue
    clock: Callable[[], datetime]
    key: Path
    hand: Hand
    net: NetSettings | None = None
    at_once: int = AT_ONCE
    every: timedelta = EVERY
    due_only: bool = False
    spread: bool = False
    shard: Shard = field(default_factory=Shard)
    holder: LeaseHolder = field(default_factory=LeaseHolder)
    schedule: Callable[[Case], Schedule | None] = lambda case: load_schedule(case.path)
    person: Callable[[Case], str] = lambda case: case.name
    tell: Callable[[WatchStanding], None] = lambda _: None
    step: Callable[[str], None] = lambda _: None


@dataclass(slots=True)
class _CaseVisit:
    """A case whose services are being looked at."""

    case: Case
    settings: WatchSettings
    plan: Schedule | None
    holder: LeaseHolder
    left: int
    looks: list[SiteLook] = field(default_factory=list)


def watch(folders: Sequence[Path], how: Round) -> Iterator[WatchStanding]:
    """Look at every case that is due; gives how each stands when all are done.

    `how.tell` hears of each while the others are still being looked at. A case that
    cannot be opened or written is told of as such and stops no other.
    """
    from changqing.net.loop import run as run_loop

    watch_standings: list[WatchStanding] = []

    async def visit_all() -> None:
        async for standing in _visit_standings(folders, how):
            watch_standings.append(standing)
            how.tell(standing)

    run_loop(visit_all())
    yield from watch_standings


async def _visit_standings(
    folders: Sequence[Path], how: Round
) -> AsyncIterator[WatchStanding]:
    """Visit what is due together; each standing is given once it is known."""
    from changqing.net.door import Net
    from changqing.net.model import NetSettings
    from changqing.probes.many import look_at_many

    ready: list[WatchStanding] = []
    visits: dict[int, _CaseVisit] = {}
    sites: list[Site] = []  # so that no two have one identity
    leased: dict[Path, LeaseHolder] = {}

    def list_due_sites() -> Iterator[Site]:
        for folder in folders:
            if not how.shard.owns(folder.name):
                continue
            try:
                if how.due_only:
                    state = Watchbook(folder).compute_state()
                    due = _is_due(folder, state, how)
                    if not due and not state.unsent:
                        ready.append(
                            build_standing(folder, folder.name, state, how.clock())
                        )
                        continue
                    if not due:
                        case = open_case(folder, how.catalogue)
                        ready.append(_catch_up(case, how))
                        continue
                case = open_case(folder, how.catalogue)
                settings, plan = load_settings(folder), how.schedule(case)
                _check_observer(folder, settings, how)
                holder = _choose_holder(settings, how)
                _take_case_lease(folder, holder, how)
            except _LeasedError as error:
                if not how.due_only:  # else who holds it tells how the case stands
                    ready.append(_report_trouble(folder, how, error))
                continue
            except ChangqingError as error:
                ready.append(_report_trouble(folder, how, error))
                continue
            leased[folder] = holder
            mine = list_sites(case)
            visit = _CaseVisit(case, settings, plan, holder, len(mine))
            if not mine:
                ready.append(_settle_or_report(visit, how))
                _give_back(folder, how, leased)
            else:
                for site in mine:
                    visits[id(site)] = visit
                    sites.append(site)
                    yield site

    try:
        async with Net(how.net or NetSettings(), clock=how.clock) as door:
            async for look in look_at_many(
                list_due_sites(), door, clock=how.clock, at_once=how.at_once
            ):
                while ready:
                    yield ready.pop(0)
                visit = visits.pop(id(look.site))
                visit.looks.append(look)
                visit.left -= 1
                if visit.left:
                    with suppress(ChangqingError):  # it is told of in the end
                        take_lease(visit.case.path, visit.holder, how.clock())
                else:
                    standing = await asyncio.to_thread(_settle_or_report, visit, how)
                    _give_back(visit.case.path, how, leased)
                    yield standing
            while ready:
                yield ready.pop(0)
    finally:
        for folder in tuple(leased):
            _give_back(folder, how, leased)


def _check_observer(folder: Path, settings: WatchSettings, how: Round) -> None:
    """Raise CaseError where others watch the case than this observer."""
    names, observer = settings.observers.names, how.holder.observer
    if names and observer not in names:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"观察者“{observer}”不在设置里"
                    if observer
                    else "这个项目由几个观察者一起看，没有写是哪一个",
                    en=f"the settings name no observer “{observer}”"
                    if observer
                    else "several observers watch this case; it is not said which one "
                    "this is",
                ),
                path=str(folder / FOLDER / SETTINGS_FILE),
                hint=Text(
                    zh=f"用--observer写其中一个：{'、'.join(names)}",
                    en=f"give one of them with --observer: {', '.join(names)}",
                ),
            )
        )


def _choose_holder(settings: WatchSettings, how: Round) -> LeaseHolder:
    """Choose as whom to look: by its own name only where several observe a case.

    Elsewhere one observer is enough, whatever it is called, and they take turns.
    """
    return how.holder if settings.observers.names else replace(how.holder, observer="")


class _LeasedError(BusyError):
    """Another process looks at a case, or has just done so."""


def _take_case_lease(folder: Path, holder: LeaseHolder, how: Round) -> None:
    """Take the lease of a case; _LeasedError where another has it, or had just now."""
    now = how.clock()
    is_ours = take_lease(folder, holder, now)
    # Again, for between the first glance and the lease another may have looked.
    if (
        is_ours
        and how.due_only
        and not _is_due(folder, Watchbook(folder).compute_state(), how)
    ):
        give_lease_back(folder, holder, now)
        is_ours = False
    if not is_ours:
        raise _LeasedError(Issue(text=_LEASED, path=str(folder), hint=_WAIT))


def _give_back(folder: Path, how: Round, leased: dict[Path, LeaseHolder]) -> None:
    if (holder := leased.pop(folder, None)) is not None:
        give_lease_back(folder, holder, how.clock())


def _is_due(folder: Path, state: WatchState, how: Round) -> bool:
    last = state.last_look
    if how.holder.observer and (
        observer := _choose_holder(load_settings(folder), how).observer
    ):
        last = state.observers.get(observer, ObserverState()).last_look
    return is_due(folder.name, last, how.clock(), every=how.every, spread=how.spread)


def _report_trouble(folder: Path, how: Round, error: ChangqingError) -> WatchStanding:
    return WatchStanding(folder=folder, name=folder.name, at=how.clock(), problem=error)


def _catch_up(case: Case, how: Round) -> WatchStanding:
    """Hand on what an earlier round could not, without looking again."""
    try:
        with Watchbook(case.path, memory=Memory.open_beside(how.key)) as book:
            state = book.compute_state()
            _hand_on(case, book, state, how)
    except ChangqingError as error:
        return _report_trouble(case.path, how, error)
    return build_standing(case.path, case.name, state, how.clock())


def _settle_or_report(visit: _CaseVisit, how: Round) -> WatchStanding:
    """Record what was seen of a case, and what follows; a problem is its standing."""
    case = visit.case
    try:
        if not take_lease(case.path, visit.holder, how.clock()):  # it took too long
            raise BusyError(Issue(text=_LEASED, path=str(case.path), hint=_WAIT))
        with Watchbook(case.path, memory=Memory.open_beside(how.key)) as book:
            return _settle_visit(visit, book, how)
    except ChangqingError as error:
        return _report_trouble(case.path, how, error)


def _settle_visit(visit: _CaseVisit, book: Watchbook, how: Round) -> WatchStanding:
    """Record what a visit saw, and tell what is wrong, since when, and what is over."""
    case, now = visit.case, how.clock()
    settings, plan, state = visit.settings, visit.plan, book.compute_state()
    observer = visit.holder.observer
    how.step("evidence")
    with Store(case.path, load_key(how.key)) as store:
        entries_before = len(store.list_items())
        upto = state.upto if state.looks else entries_before
        record_case(store, case, now=now)
        # Alone, one takes account of what a look saw that was killed before its line.
        # Of several, each goes by its own look: that may have been another's.
        looked_since = len(store.list_items()) if observer else upto
        for look in visit.looks:
            record_look(store, case, look, observer=observer)
        items = tuple(store.list_items())
        attempts = [a for a in store.list_attempts() if a.number > upto]
        own_attempts = [a for a in attempts if a.number > looked_since]
        last = state.last_look
        since = upto
        if observer:
            own = state.observers.get(observer, ObserverState(upto=entries_before))
            last, since = own.last_look, own.upto
        # Of several, another may have seen what this one missed: nobody was blind then.
        missed = how.every * settings.missed_runs
        blind = tuple(
            _find_blind_times(state.last_look, own_attempts, missed, how.every, now)
        )
        gap = last is not None and now - last > missed
        how.step("history")
        published = remember_looks(
            store,
            case,
            visit.looks,
            attempts,
            now=now,
            blind=_list_blind(case, blind),
        )
    situation = make_situation(
        case,
        Known(
            records=tuple(
                merge_records(case, [i for i in items if isinstance(i, Record)])
            ),
            gaps=tuple(list_gaps(case)),
            attempts=(),
        ),
        case.catalogue,
        beijing_day(now),
    )
    resolved = situation.resolved
    promises = list_promises(case, situation, case.catalogue)
    readings = [
        *read_answers(own_attempts),
        *read_signs(case, items, settings, now, since, looked_since=looked_since),
        *find_expired(case, resolved, list_records(case), now, state.watched),
        *read_replies(
            state.questions.values(),
            resolved,
            now,
            {incident.key for incident in state.incidents.values()},
        ),
        *read_promises(promises, now),
    ]
    if plan is not None and published is not None:
        readings += [
            compare_with_plan(
                plan,
                list_publication_days(published),
                read=are_publications_read(case, items, looked_since),
                subject=service.subject,
                seen_until=now,
                settings=settings,
                watched_from=beijing_day(state.first_look or now),
            )
            for service in case.services[:1]
        ]
    follows = follow_alone(
        state,
        [
            reading
            for reading in readings
            if not observer or reading.lapse in FROM_RECORDS
        ],
        settings,
        gap=gap,
    )
    if observer:
        follows = follows.add_outcome(
            follow_together(
                state,
                observer,
                [reading for reading in readings if reading.lapse not in FROM_RECORDS],
                settings,
                fresh_since=now - missed,
                gap=gap,
            )
        )
    look_data = _encode_look(follows, blind, len(items))
    if observer:
        look_data["observer"] = observer
        look_data["observers"] = list(settings.observers.names)
    if well := find_well(readings):
        look_data["well"] = [lapse.value for lapse in well]
    if not visit.looks:
        look_data["control"] = (
            False  # nothing was looked at, so nothing is known to be well
        )
    incidents_before, was_open = (
        set(state.incidents),
        {incident.id for incident in state.open},
    )
    how.step("look")
    book.append(What.LOOK, look_data, at=now)
    state = book.compute_state()
    how.step("hand")
    _hand_on(case, book, state, how)
    return build_standing(
        case.path,
        case.name,
        state,
        now,
        looked=True,
        opened=tuple(
            incident for incident in state.open if incident.id not in incidents_before
        ),
        closed=tuple(
            incident
            for incident in state.incidents.values()
            if incident.closed_at is not None and incident.id in was_open
        ),
        blind=blind,
        sites=len(visit.looks),
        promises=promises,
        unseen=sum(reading.good is None for reading in readings),
    )


def find_well(readings: Sequence[WatchReading]) -> list[Lapse]:
    """Find the kinds of lapse of which everything that is watched was seen in order.

    Of what was not seen, or not read at all, nothing is known: it is not well.
    """
    kinds = sorted({reading.lapse for reading in readings})
    return [
        kind
        for kind in kinds
        if all(reading.good for reading in readings if reading.lapse is kind)
    ]


def _encode_look(
    follows: LookOutcome, blind: Sequence[BlindTime], upto: int
) -> dict[str, Json]:
    """Encode the line of a look: only states that changed, and what follows."""
    data: dict[str, Json] = {"upto": upto}
    if follows.states:
        data["states"] = {
            k: encode_watched(watched) for k, watched in follows.states.items()
        }
    if follows.seen:
        data["seen"] = {key: encode_view(view) for key, view in follows.seen.items()}
    if follows.opened:
        data["opened"] = [encode_incident(incident) for incident in follows.opened]
    if follows.closed:
        data["closed"] = list(follows.closed)
    if blind:
        data["blind"] = [encode_blind(blind_time) for blind_time in blind]
    if any(blind_time.why == _NO_CONTROL for blind_time in blind):
        data["control"] = False
    return data


def _find_blind_times(
    last: datetime | None,
    attempts: Sequence[Attempt],
    missed: timedelta,
    every: timedelta,
    now: datetime,
) -> Iterator[BlindTime]:
    if last is not None and now - last > missed:
        yield BlindTime(start=last + every, end=now, why=_MISSED)
    for attempt in attempts:
        if not attempt.control_ok:
            yield BlindTime(start=attempt.at, end=attempt.at, why=_NO_CONTROL)
            return


def _list_blind(case: Case, blind: Sequence[BlindTime]) -> Iterator[Observation]:
    """The blind times as rows of history, of every service."""
    for time in blind:
        for service in case.services:
            yield Observation(
                subject=service.subject,
                kind=ObservationKind.BLIND,
                at=time.start,
                source="watch",
                value=int((time.end - time.start).total_seconds()),
            )


def _hand_on(case: Case, book: Watchbook, state: WatchState, how: Round) -> None:
    """Hand on what was not yet, and write down that it was."""
    if not state.unsent:
        return
    names = list(state.unsent)
    person = how.person(case)
    how.hand([_make_notice(case, person, state, name) for name in names], how.clock())
    how.step("sent")
    at = how.clock()
    book.append(What.SENT, {"notices": names}, at=at)
    state.unsent.clear()


def _make_notice(case: Case, person: str, state: WatchState, name: str) -> Notice:
    """Its id does not hang on who reads it: who takes over is told nothing twice."""
    incident_id, _, event = name.partition(":")
    incident = state.incidents[incident_id]
    word = incident.lapse.text.capitalised
    over = event == "closed"
    at = incident.closed_at if over and incident.closed_at else incident.opened_at
    kind, day = "recovered" if over else "lapse", beijing_day(at)
    return Notice(
        id=make_notice_id(case.path.name, case.name, day, kind, name),
        case=case.path.name,
        person=person,
        day=day,
        kind=kind,
        title=Text(
            zh=f"{word.zh}：已恢复" if over else word.zh,
            en=f"{word.en}: recovered" if over else word.en,
        ),
        body=incident.text,
    )


_MISSED: Final = Text(
    zh="这段时间没有按时查看", en="no look was made in this time, though it was due"
)
_NO_CONTROL: Final = Text(
    zh="本机网络存疑，这次不算", en="our own network was in doubt; this look is no news"
)
_LEASED: Final = Text(
    zh="另一个 changqing 正在看这个项目",
    en="another changqing is looking at this case just now",
)
_WAIT: Final = Text(zh="等它看完再试", en="wait until it has finished and try again")
