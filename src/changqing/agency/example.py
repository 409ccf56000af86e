"""An agency with as many clients as asked for: invented, the same every time.

Names, credit codes, people and addresses are fictional; codes are in the format of
real ones. Days are counted from the day it is made, so that the board is as full on
any other day. What is made are ordinary case folders and ordinary events.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from stdnum.cn import uscc

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.agency.example_case import (
    Client,
    Extent,
    load_example_data,
    write_client,
    write_stage_operate,
)
from changqing.casework.events import Act, Event, Journal, NoticeLine
from changqing.casework.stages import advance_state, make_first_state
from changqing.day import BEIJING
from changqing.disk import Disk
from changqing.errors import CaseError, DayError, Issue
from changqing.evidence.ledger.memory import Memory
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from changqing.text import Text

_BY: Final = "示例生成"
_PLENTY: Final = 900  # of so many clients names need a third character to differ
_DAY: Final = timedelta(days=1)
_LAST_MONTH_OF_REPORTS: Final = 3


class _Quick(Disk):
    """A disk that is not waited for: what is made here can be made again."""

    def replace(
        self,
        path: Path,
        content: bytes | Iterable[bytes],
        *,
        judge: Callable[[Path], None] = lambda _: None,
    ) -> None:
        self.make_folder(path.parent)
        path.write_bytes(content if isinstance(content, bytes) else b"".join(content))
        judge(path)

    def append(self, path: Path, content: bytes, *, afresh: bool = False) -> None:
        with path.open("wb" if afresh else "ab") as stream:
            stream.write(content)

    def make_folder(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Life:
    """A client, who looks after it, and what has happened since it came."""

    client: Client
    owner: str
    name: str


def make_example(
    catalogue: Catalogue,
    root: Path,
    *,
    now: datetime,
    clients: int,
    in_correction: int,
    with_papers: int = 300,
    assessed: int = 100,
    memory: Memory,
    made: Callable[[str], None] = lambda _: None,
) -> int:
    """Make the case folders below `root`, which must be empty or not there yet.

    The first `with_papers` clients have papers and people, the rest their words alone.
    One client in three is assessed at once, `assessed` of them at most. `memory`
    forgets what was seen in a folder of that name before; then `made` is told of it.
    """
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CaseError(Issue(text=_NOT_EMPTY, path=str(root)))
    try:
        root.mkdir(parents=True, exist_ok=True)
        for life in _invent_lives(clients, in_correction, with_papers):
            folder = _make_client_folder(catalogue, root, life, now)
            memory.forget(root / folder)
            made(folder)
        if assessed:
            _assess_every_third(
                catalogue, root, now.astimezone(BEIJING).date(), assessed
            )
    except OSError as error:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(root))) from error
    return clients


def _assess_every_third(
    catalogue: Catalogue, root: Path, today: date, most: int
) -> None:
    """Assess one client in three from what is there, the first of them by number."""
    from changqing.judge.assess import Judge
    from changqing.run import conclude, keep_summary, read_recorded

    judge = Judge(catalogue)
    for folder in sorted(root.iterdir())[2 : 3 * most : 3]:
        case = open_case(folder, catalogue)
        recorded = read_recorded(case)
        try:
            outcome = conclude(
                case, recorded, judge=judge, as_of=today, assessed_at=None
            )
        except DayError:  # the planned day has passed: first a new one
            continue
        keep_summary(folder, outcome)


def _invent_lives(count: int, in_correction: int, with_papers: int) -> Iterator[_Life]:
    dice = random.Random(20261124)  # noqa: S311 - an example, the same every time
    data = load_example_data()
    names = ["correction"] * min(in_correction, count)
    names += [_OTHERS[n % len(_OTHERS)] for n in range(count - len(names))]
    dice.shuffle(names)
    used_names: set[str] = set()
    licences = [code for code, trades in data["trades"].items() for _ in trades]
    for number, life in enumerate(names, start=1):
        place = dice.choice(data["places"])
        licence = dice.choice(licences)
        name = ""
        while not name or name in used_names:
            name = _invent_company(place["city"], licence, dice, long=count > _PLENTY)
        used_names.add(name)
        body = f"91{place['division']}MAEX{number:05d}"
        extents = _EXTENTS.get(life, _EXTENTS["licensed"])
        extent = dice.choices(tuple(extents), weights=tuple(extents.values()))[0]
        yield _Life(
            client=Client(
                number=number,
                name=name,
                credit_code=body + uscc.calc_check_digit(body),
                address=place["address"],
                region=place["region"],
                licence=licence,
                scope="cross_province" if dice.random() < 1 / 4 else "intra_province",
                extent=extent if number <= with_papers else Extent.NOTHING,
            ),
            owner=dice.choice(data["owners"]),
            name=life,
        )


def _invent_company(city: str, licence: str, dice: random.Random, *, long: bool) -> str:
    data = load_example_data()
    words = data["words"]
    coined = dice.choice(words["first"]) + dice.choice(words["second"])
    coined += dice.choice(words["first"]) if long else ""
    trade = dice.choice(data["trades"][licence])
    if dice.random() < 1 / 6:
        return f"{coined}（{city}）{trade}有限公司"
    return f"{city}{coined}{trade}有限公司"


def _make_client_folder(
    catalogue: Catalogue, root: Path, life: _Life, now: datetime
) -> str:
    """Make the folder of one client, and name it."""
    number = life.client.number
    dice = random.Random(-number)  # noqa: S311 - an example
    folder = root / f"client-{number:04d}"
    folder.mkdir()
    today = now.astimezone(BEIJING).date()
    plan = _LIVES[life.name](today, dice)
    write_client(catalogue, folder, life.client, submit_on=plan.submit_on, today=today)
    case = open_case(folder, catalogue)
    disk = _Quick()
    with Journal(folder, disk=disk) as journal:
        state = make_first_state(catalogue, case)
        for event in plan.events:
            matter = event.matter or state.matter
            placed = replace(event, stage=state.stage, matter=matter)
            state = advance_state(catalogue, case, state, placed)
            at = datetime.combine(event.on, time(10), tzinfo=BEIJING)
            journal.append(placed, now=min(at, now))
    if state.licensed_on is not None:
        write_stage_operate(folder)
    if number % 17:
        note = Note(deed=Deed.ASSIGN, by=_BY, to=life.owner)
        with DeskJournal(folder, disk=disk) as desk:
            desk.append(note, now=now)
    return folder.name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """The day that was planned for handing in, and what has happened since."""

    submit_on: date
    events: tuple[Event, ...] = ()


_Story = Callable[[date, random.Random], _Plan]


def _make_event(act: Act, on: date, **more: date | str) -> Event:
    until, matter = more.get("until"), more.get("matter")
    return Event(
        act=act,
        on=on,
        by=_BY,
        until=until if isinstance(until, date) else None,
        matter=matter if isinstance(matter, str) else None,
    )


def _plan_preparing(today: date, dice: random.Random) -> _Plan:
    late = dice.random() < 1 / 30
    days = dice.randint(-4, -1) if late else dice.randint(0, 75)
    return _Plan(submit_on=today + days * _DAY)


def _plan_submitted(today: date, dice: random.Random) -> _Plan:
    on = today - dice.randint(0, 6) * _DAY
    return _Plan(submit_on=on, events=(_make_event(Act.SUBMIT, on),))


def _plan_correction(today: date, dice: random.Random) -> _Plan:
    noticed = today - dice.randint(4, 12) * _DAY
    handed_in = noticed - dice.randint(3, 9) * _DAY
    late = dice.random() < 1 / 15
    until = today + (-dice.randint(1, 4) if late else dice.randint(0, 18)) * _DAY
    requests = dice.sample(load_example_data()["asked"], dice.randint(2, 5))
    lines = tuple(
        NoticeLine(number=n, text=text, material=material)
        for n, (text, material) in enumerate(requests, start=1)
    )
    notice = Event(act=Act.CORRECTION, on=noticed, by=_BY, until=until, lines=lines)
    settled = tuple(
        Event(
            act=Act.LINE,
            on=today,
            by=_BY,
            lines=(
                NoticeLine(number=line.number, done=today, answer="已补齐，见所附材料"),
            ),
        )
        for line in lines[: dice.randint(0, len(lines) - 1)]
    )
    return _Plan(
        submit_on=handed_in,
        events=(_make_event(Act.SUBMIT, handed_in), notice, *settled),
    )


def _plan_examined(today: date, dice: random.Random) -> _Plan:
    accepted = today - dice.randint(1, 40) * _DAY
    on = accepted - 4 * _DAY
    events = (_make_event(Act.SUBMIT, on), _make_event(Act.ACCEPTANCE, accepted))
    return _Plan(submit_on=on, events=events)


def _list_events_through(granted: date, dice: random.Random) -> tuple[Event, ...]:
    """From handing in to the licence, one in three with a correction between."""
    accepted = granted - dice.randint(20, 55) * _DAY
    on = accepted - dice.randint(2, 6) * _DAY
    back: tuple[Event, ...] = ()
    if dice.random() < 1 / 3:
        noticed = on + dice.randint(2, 5) * _DAY
        again = noticed + dice.randint(3, 12) * _DAY
        text, material = dice.choice(load_example_data()["asked"])
        line = NoticeLine(number=1, text=text, material=material)
        settled_line = NoticeLine(number=1, done=again, answer="已补齐，见所附材料")
        accepted = again + 2 * _DAY
        granted = max(granted, accepted + 10 * _DAY)
        back = (
            Event(
                act=Act.CORRECTION,
                on=noticed,
                by=_BY,
                until=noticed + 15 * _DAY,
                lines=(line,),
            ),
            Event(act=Act.LINE, on=again, by=_BY, lines=(settled_line,)),
            _make_event(Act.SUBMIT, again),
        )
    return (
        _make_event(Act.SUBMIT, on),
        *back,
        _make_event(Act.ACCEPTANCE, accepted),
        _make_event(Act.GRANT, granted),
        _make_event(
            Act.LICENCE,
            granted + 5 * _DAY,
            until=granted.replace(year=granted.year + 5, day=min(granted.day, 28)),
        ),
    )


def _plan_report(today: date, licence: Event, dice: random.Random) -> tuple[Event, ...]:
    """Plan the report on last year, where it was time; one in eighty forgot it."""
    on = date(today.year, dice.randint(1, 3), dice.randint(4, 28))
    if licence.on.year == today.year or on > today or not dice.randrange(80):
        return ()
    begin_event = _make_event(Act.BEGIN, on - 2 * _DAY, matter="annual_report")
    return (begin_event, _make_event(Act.SUBMIT, on))


def _plan_licensed(today: date, dice: random.Random) -> _Plan:
    events = _list_events_through(today - dice.randint(60, 1500) * _DAY, dice)
    events = (*events, *_plan_report(today, events[-1], dice))
    return _Plan(submit_on=events[0].on, events=events)


def _plan_running(matter: str, earliest: int, latest: int) -> _Story:
    """Plan a licence `earliest` to `latest` days old, with `matter` begun since."""

    def plan_life(today: date, dice: random.Random) -> _Plan:
        events = _list_events_through(
            today - dice.randint(earliest, latest) * _DAY, dice
        )
        on = today - dice.randint(0, 9) * _DAY
        days: dict[str, date] = {}
        if matter != "annual_report":
            events = (*events, *_plan_report(today, events[-1], dice))
        elif today.month > _LAST_MONTH_OF_REPORTS:
            events = (*events, *_plan_report(today, events[-1], dice))
            days = {"year_end": date(today.year, 12, 31)}
        else:
            on = max(on, date(today.year, 1, 1))
        begin_event = _make_event(Act.BEGIN, max(on, events[-1].on), matter=matter)
        events = (*events, replace(begin_event, days=days))
        return _Plan(submit_on=events[0].on, events=events)

    return plan_life


_LIVES: Final[dict[str, _Story]] = {
    "preparing": _plan_preparing,
    "submitted": _plan_submitted,
    "examined": _plan_examined,
    "licensed": _plan_licensed,
    "report": _plan_running("annual_report", 420, 1200),
    "amend": _plan_running("amend_registration", 100, 1200),
    "renew": _plan_running("renew", 1665, 1738),
    "leave": _plan_running("leave_at_expiry", 1668, 1734),
    "correction": _plan_correction,
}
_OTHERS: Final = (
    *("preparing", "licensed", "submitted", "preparing", "examined", "licensed"),
    *("preparing", "renew", "licensed", "preparing", "examined", "amend"),
    *("licensed", "preparing", "report", "submitted", "preparing", "licensed"),
    *("examined", "preparing", "leave", "licensed", "preparing", "report"),
)
"""The lives of clients that are not in correction, in turn."""
_EXTENTS: Final[dict[str, dict[Extent, int]]] = {
    "preparing": {
        Extent.FULL: 22,
        Extent.NEARLY: 38,
        Extent.BLOCKED: 25,
        Extent.EARLY: 15,
    },
    "correction": {Extent.NEARLY: 45, Extent.BLOCKED: 55},
    "submitted": {Extent.FULL: 75, Extent.NEARLY: 20, Extent.BLOCKED: 5},
    "examined": {Extent.FULL: 80, Extent.NEARLY: 15, Extent.BLOCKED: 5},
    "licensed": {Extent.FULL: 55, Extent.NEARLY: 30, Extent.BLOCKED: 15},
}
"""How likely a client of a life is to show how much."""


_NOT_EMPTY: Final = Text(
    zh="这里已经有东西，没有改动它。换一个空文件夹",
    en="there is something here already, left as it is; choose an empty folder",
)
_UNWRITABLE: Final = Text(zh="写不进这里", en="cannot be written")
