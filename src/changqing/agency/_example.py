"""An agency with as many clients as asked for: invented, the same every time.

Names, credit codes, people and addresses are fictional; codes are in the format of
real ones. Days are counted from the day it is made, so that the board is as full on
any other day. What is made are ordinary case folders and ordinary events.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from stdnum.cn import uscc

from changqing.agency._desk import Deed, DeskJournal, Note
from changqing.casework import Act, Event, Journal, Line, advance, first_state
from changqing.catalogue import Catalogue
from changqing.errors import CaseError, Issue
from changqing.evidence import BEIJING, CASE_FILE, Disk, open_case
from changqing.text import Text

_OWNERS: Final = ("沈一帆", "顾晓岚", "陆知行", "温若溪", "叶承安", "方小满")
_PLACES: Final = {
    "11": ("北京", "110105"),
    "31": ("上海", "310115"),
    "32": ("南京", "320105"),
    "33": ("杭州", "330106"),
    "42": ("武汉", "420106"),
    "44": ("广州", "440106"),
    "50": ("重庆", "500103"),
    "51": ("成都", "510107"),
}
_FIRST: Final = "云青松河星禾柏岚远霁澄砚舟苇枫棠溪月"
_SECOND: Final = "桥帆汀野庭川渡野屿坞岭泊樾原弦简"
_TRADES: Final = ("在线科技", "网络", "信息技术", "数据服务", "数字科技")
_LICENCES: Final = ("B25", "B25", "B25", "B25", "B21", "B21", "B24", "B11", "B12")
_ASKED: Final = (
    ("业务发展计划没有写明逐月安排和责任人", "business_plan"),
    ("网络与信息安全保障措施缺少日志留存期限", "infosec_measures"),
    ("技术人员社保缴费证明不是近期的", "insurance"),
    ("股权结构图没有穿透到自然人", None),
    ("服务器托管协议没有双方盖章", "hosting_agreement"),
    ("域名注册者与申请单位名称不一致", "domain_cert"),
)
_BY: Final = "示例生成"
_ASSESSED: Final = 100
_TOO_SMALL: Final = 9  # of so many clients one has too little capital
_DAY: Final = timedelta(days=1)


class _Quick(Disk):
    """A disk that is not waited for: what is made here can be made again."""

    def replace(self, path: Path, content: bytes) -> None:
        self.directory(path.parent)
        path.write_bytes(content)

    def append(self, path: Path, content: bytes) -> None:
        with path.open("ab") as stream:
            stream.write(content)

    def directory(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Client:
    number: int
    name: str
    credit_code: str
    licence: str
    region: str
    owner: str
    life: str


def make_example(
    catalogue: Catalogue,
    root: Path,
    *,
    now: datetime,
    clients: int,
    in_correction: int,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Make the case folders below `root`, which must be empty or not there yet."""
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CaseError(Issue(text=_NOT_EMPTY, path=str(root)))
    try:
        root.mkdir(parents=True, exist_ok=True)
        for client in _clients(clients, in_correction):
            _make(catalogue, root, client, now)
            progress(client.number)
        _assess_some(catalogue, root, now.astimezone(BEIJING).date())
    except OSError as error:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(root))) from error
    return clients


def _clients(count: int, in_correction: int) -> Iterator[_Client]:
    dice = random.Random(20261124)  # noqa: S311 - an example, the same every time
    lives = ["correction"] * min(in_correction, count)
    others = _OTHERS
    lives += [others[n % len(others)] for n in range(count - len(lives))]
    dice.shuffle(lives)
    names: set[str] = set()
    for number, life in enumerate(lives, start=1):
        region = dice.choice(tuple(_PLACES))
        city, division = _PLACES[region]
        name = ""
        while not name or name in names:
            word = dice.choice(_FIRST) + dice.choice(_SECOND)
            extra = dice.choice(_FIRST) if count > 1000 else ""
            name = f"{city}{word}{extra}{dice.choice(_TRADES)}有限公司"
        names.add(name)
        body = f"91{division}MAEX{number:05d}"
        yield _Client(
            number=number,
            name=name,
            credit_code=body + uscc.calc_check_digit(body),
            licence=dice.choice(_LICENCES),
            region=region,
            owner=dice.choice(_OWNERS),
            life=life,
        )


def _make(catalogue: Catalogue, root: Path, client: _Client, now: datetime) -> None:
    dice = random.Random(client.number)  # noqa: S311 - an example
    folder = root / f"client-{client.number:04d}"
    folder.mkdir()
    today = now.astimezone(BEIJING).date()
    plan = _LIVES.get(client.life, _correction)(today, dice)
    (folder / CASE_FILE).write_text(
        _case_text(client, plan, today, dice), encoding="utf-8"
    )
    (folder / "documents").mkdir()
    case = open_case(folder, catalogue)
    disk = _Quick()
    with Journal(folder, disk=disk) as journal:
        state = first_state(catalogue, case)
        for event in plan.events:
            matter = event.matter or state.matter
            placed = replace(event, stage=state.stage, matter=matter)
            state = advance(catalogue, case, state, placed)
            at = datetime.combine(event.on, time(10), tzinfo=BEIJING)
            journal.append(placed, now=min(at, now))
    if client.number % 17:
        note = Note(deed=Deed.ASSIGN, by=_BY, to=client.owner)
        with DeskJournal(folder, disk=disk) as desk:
            desk.append(note, now=now)


def _assess_some(catalogue: Catalogue, root: Path, today: date) -> None:
    """Assess one client in three, the first hundred of them, from what is there."""
    from changqing.assessment import Judge
    from changqing.run import conclude, keep_summary, recorded

    judge = Judge(catalogue)
    for folder in sorted(root.iterdir())[2 : 3 * _ASSESSED : 3]:
        case = open_case(folder, catalogue)
        found = conclude(
            case, recorded(case), judge=judge, as_of=today, assessed_at=None
        )
        keep_summary(folder, found.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What `case.yaml` is for, and what has happened since."""

    stage: str
    submit_on: date
    events: tuple[Event, ...] = ()


_Life = Callable[[date, random.Random], _Plan]


def _event(act: Act, on: date, **more: date | str) -> Event:
    until, matter = more.get("until"), more.get("matter")
    return Event(
        act=act,
        on=on,
        by=_BY,
        until=until if isinstance(until, date) else None,
        matter=matter if isinstance(matter, str) else None,
    )


def _preparing(today: date, dice: random.Random) -> _Plan:
    return _Plan(stage="apply", submit_on=today + dice.randint(-5, 70) * _DAY)


def _submitted(today: date, dice: random.Random) -> _Plan:
    on = today - dice.randint(0, 6) * _DAY
    return _Plan(stage="apply", submit_on=on, events=(_event(Act.SUBMIT, on),))


def _correction(today: date, dice: random.Random) -> _Plan:
    noticed = today - dice.randint(1, 12) * _DAY
    handed_in = noticed - dice.randint(3, 9) * _DAY
    until = noticed + dice.randint(5, 20) * _DAY
    asked = dice.sample(_ASKED, dice.randint(2, 5))
    lines = tuple(
        Line(number=n, text=text, material=material)
        for n, (text, material) in enumerate(asked, start=1)
    )
    notice = Event(act=Act.CORRECTION, on=noticed, by=_BY, until=until, lines=lines)
    settled = tuple(
        Event(
            act=Act.LINE,
            on=today,
            by=_BY,
            lines=(Line(number=line.number, done=today, answer="已补齐，见所附材料"),),
        )
        for line in lines[: dice.randint(0, len(lines) - 1)]
    )
    return _Plan(
        stage="apply",
        submit_on=handed_in,
        events=(_event(Act.SUBMIT, handed_in), notice, *settled),
    )


def _examined(today: date, dice: random.Random) -> _Plan:
    accepted = today - dice.randint(1, 40) * _DAY
    on = accepted - 4 * _DAY
    events = (_event(Act.SUBMIT, on), _event(Act.ACCEPTANCE, accepted))
    return _Plan(stage="apply", submit_on=on, events=events)


def _through(granted: date, dice: random.Random) -> tuple[Event, ...]:
    """From handing in to the licence, one in three with a correction between."""
    accepted = granted - dice.randint(20, 55) * _DAY
    on = accepted - dice.randint(2, 6) * _DAY
    back: tuple[Event, ...] = ()
    if dice.random() < 1 / 3:
        noticed = on + dice.randint(2, 5) * _DAY
        again = noticed + dice.randint(3, 12) * _DAY
        text, material = dice.choice(_ASKED)
        line = Line(number=1, text=text, material=material)
        done = Line(number=1, done=again, answer="已补齐，见所附材料")
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
            Event(act=Act.LINE, on=again, by=_BY, lines=(done,)),
            _event(Act.SUBMIT, again),
        )
    return (
        _event(Act.SUBMIT, on),
        *back,
        _event(Act.ACCEPTANCE, accepted),
        _event(Act.GRANT, granted),
        _event(
            Act.LICENCE,
            granted + 5 * _DAY,
            until=granted.replace(year=granted.year + 5, day=min(granted.day, 28)),
        ),
    )


def _reported(today: date, licence: Event, dice: random.Random) -> tuple[Event, ...]:
    """The report on last year, where it was time for one; one in forty forgot it."""
    on = date(today.year, dice.randint(1, 3), dice.randint(4, 28))
    if licence.on.year == today.year or on > today or not dice.randrange(40):
        return ()
    begun = _event(Act.BEGIN, on - 2 * _DAY, matter="annual_report")
    return (begun, _event(Act.SUBMIT, on))


def _licensed(today: date, dice: random.Random) -> _Plan:
    events = _through(today - dice.randint(60, 1500) * _DAY, dice)
    events = (*events, *_reported(today, events[-1], dice))
    return _Plan(stage="apply", submit_on=events[0].on, events=events)


def _running(matter: str, earliest: int, latest: int) -> _Life:
    """Licensed `earliest` to `latest` days ago, and `matter` begun since."""

    def life(today: date, dice: random.Random) -> _Plan:
        events = _through(today - dice.randint(earliest, latest) * _DAY, dice)
        if matter != "annual_report":
            events = (*events, *_reported(today, events[-1], dice))
        begun = _event(Act.BEGIN, today - dice.randint(0, 9) * _DAY, matter=matter)
        return _Plan(stage="apply", submit_on=events[0].on, events=(*events, begun))

    return life


_LIVES: Final[dict[str, _Life]] = {
    "preparing": _preparing,
    "submitted": _submitted,
    "examined": _examined,
    "licensed": _licensed,
    "report": _running("annual_report", 420, 1200),
    "amend": _running("amend_registration", 100, 1200),
    "renew": _running("renew", 1640, 1780),
    "leave": _running("leave_at_expiry", 1700, 1780),
}
_OTHERS: Final = (
    *("preparing", "licensed", "licensed", "submitted", "licensed", "examined"),
    *("preparing", "licensed", "renew", "preparing", "licensed", "amend"),
    *("licensed", "examined", "licensed", "leave", "submitted", "licensed", "report"),
)
"""The lives of clients that are not in correction, in turn."""


def _case_text(client: _Client, plan: _Plan, today: date, dice: random.Random) -> str:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    capital = dice.choice((100, 300, 500, 1000))
    if client.number % _TOO_SMALL == 0:
        capital = 50
    lines = [
        "# 虚构的客户：公司、人物、号码、网址都不存在。",
        "applicant:",
        f"  name: {quoted(client.name)}",
        f"  credit_code: {client.credit_code}",
        "  legal_form: limited_company",
        f"  registered_capital: {capital}万元",
        f"  headcount: {dice.randint(5, 60)}",
        "application:",
        f"  licence: {client.licence}",
        "  scope: intra_province",
        f"  region: '{client.region}'",
        f"  stage: {plan.stage}",
        f"  submit_on: {plan.submit_on}",
        f"declared_on: {min(plan.submit_on, today) - 14 * _DAY}",
        "services:",
        f"  - {{id: site, kind: website, url: 'https://client-{client.number:04d}.example/'}}",
        "people: []",
        "papers: []",
    ]
    return "\n".join(lines) + "\n"


_NOT_EMPTY: Final = Text(
    zh="这里已经有东西，没有改动它。换一个空文件夹",
    en="there is something here already, left as it is; choose an empty folder",
)
_UNWRITABLE: Final = Text(zh="写不进这里", en="cannot be written")
