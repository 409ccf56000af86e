"""The case folder of one invented client: what it says, and what it shows for it.

What a complete client says and shows stands in `example.yaml`. Others show less of it,
or something else than they say; what follows from that is left to the assessment.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, Required, TypedDict, cast

from changqing.agency.example_paper import Written, print_paper
from changqing.case.folder import CASE_FILE
from changqing.law.model import Catalogue
from changqing.yamlfile.read import read

_APPLYING: Final = "apply"

_DAY: Final = timedelta(days=1)
Word = bool | int | str | date | list[str]
"""A value as a client says it, or shows it."""
Values = dict[str, Word]
Fields = Mapping[str, Word]
"""An item of `example.yaml`; `$word` and `{word}` are of one client."""


class ExamplePaper(TypedDict, total=False):
    """A paper of `example.yaml`; `issued` is days before it was received."""

    kind: Required[str]
    issued: int
    marks: Sequence[str]
    plan_months: int
    schedule_until: str
    states: Mapping[str, str]
    backs: Sequence[Fields]


class ExampleLook(TypedDict):
    """A guided look, with the rows of the page that is kept of it."""

    what: str
    url: str
    title: str
    rows: Sequence[tuple[str, str]]
    backs: Sequence[Fields]


class ExampleWords(TypedDict):
    """Of what names of companies, people and streets are made."""

    first: str
    second: str
    family: str
    given: Sequence[str]
    roads: Sequence[str]


class ExampleSays(TypedDict):
    """What a client says of itself, its service and its people."""

    applicant: Fields
    service: Fields
    people: Sequence[Fields]
    holders: Sequence[Fields]


class ExampleData(TypedDict):
    """Of what the invented clients are made: `example.yaml`."""

    places: Sequence[Mapping[str, str]]
    words: ExampleWords
    owners: Sequence[str]
    hosts: Sequence[str]
    registrars: Sequence[str]
    trades: Mapping[str, Sequence[str]]
    asked: Sequence[tuple[str, str]]
    says: ExampleSays
    papers: Sequence[ExamplePaper]
    looks: Sequence[ExampleLook]


class Extent(StrEnum):
    """How much of what it says a client can show."""

    FULL = "full"
    NEARLY = "nearly"  # some papers have not come yet
    BLOCKED = "blocked"  # something is wrong with what there is
    EARLY = "early"  # most papers have not come yet
    NOTHING = "nothing"  # no papers, no people named, and little said


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who it is, and what it applies for."""

    number: int
    name: str
    credit_code: str
    address: str
    region: str
    licence: str
    scope: str
    extent: Extent


@cache
def load_example_data() -> ExampleData:
    """Load what the clients of the example are made of."""
    path = Path(__file__).with_name("example.yaml")
    return cast("ExampleData", read(path).data)  # our own file


def write_client(
    catalogue: Catalogue, folder: Path, client: Client, *, submit_on: date, today: date
) -> None:
    """Write `case.yaml` and the documents it lists into a folder that is there."""
    dice = random.Random(client.number)  # noqa: S311 - an example
    invented = _Made.make(client, today, dice)
    names = _name_all(invented)
    papers = [_fill_paper(invented, paper) for paper in invented.papers]
    documents = folder / "documents"
    documents.mkdir()
    for number, paper in enumerate(papers, start=1):
        content = print_paper(names, paper, catalogue)
        content += f"\n{client.name}（虚构示例）\n"
        path = documents / _make_file_name(number, paper["kind"])
        path.write_text(content, encoding="utf-8")
    for look in invented.looks:
        path = documents / f"look-{look['what']}.html"
        path.write_text(_write_page(invented, look), encoding="utf-8")
    text = "\n".join(_write_case(invented, papers, submit_on)) + "\n"
    (folder / CASE_FILE).write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What has been thrown for a client: words, numbers and days."""

    client: Client
    says: Values
    shows: Values
    papers: Sequence[ExamplePaper]
    looks: Sequence[ExampleLook]
    received_on: date
    closed: tuple[str, ...] = ()
    people: bool = field(default=True)

    @property
    def declared_on(self) -> date:
        return self.received_on + 2 * _DAY

    @classmethod
    def make(cls, client: Client, today: date, dice: random.Random) -> _Made:
        """Throw the dice for a client: the same every time, days counted from today."""
        received_on = today - dice.randint(3, 20) * _DAY
        says = _invent_statements(client, received_on, dice)
        shows = dict(says)
        data = load_example_data()
        papers, looks = data["papers"], data["looks"]
        closed: tuple[str, ...] = ("papers", "people", "holders")
        if client.extent is Extent.BLOCKED:
            for wrong in dice.sample(_WRONG, dice.choice((1, 2, 2, 3, 3, 4))):
                wrong(client, says, shows)
        match client.extent:
            case Extent.FULL:
                papers = _drop_kinds(papers, dice.sample(_SPARE, dice.randint(0, 4)))
            case Extent.NEARLY:
                papers = _drop_kinds(papers, dice.sample(_LATE, dice.randint(2, 14)))
                looks = dice.sample(looks, dice.randint(1, len(looks)))
                closed = closed[1:]
            case Extent.BLOCKED:
                papers = _drop_kinds(papers, dice.sample(_LATE, dice.randint(0, 3)))
                looks = dice.sample(looks, dice.randint(2, len(looks)))
            case Extent.EARLY:
                papers = dice.sample(papers, dice.randint(6, 18))
                looks, closed = [], ()
            case Extent.NOTHING:
                papers, looks, closed = [], [], ()
        return cls(
            client=client,
            says=says,
            shows=shows,
            papers=papers,
            looks=looks,
            received_on=received_on,
            closed=closed,
            people=client.extent is not Extent.NOTHING,
        )


def _drop_kinds(
    papers: Sequence[ExamplePaper], kinds: Sequence[str]
) -> list[ExamplePaper]:
    return [paper for paper in papers if paper["kind"] not in kinds]


_SPARE: Final = (
    *("transaction_rules", "maintenance_record", "backup_record", "drill_record"),
    *("staff_qualification", "business_contract", "facility_proof"),
)
"""Papers without which a client is still complete."""
_LATE: Final = (
    *("hosting_agreement", "domain_cert", "social_insurance", "labour_contract"),
    *("bank_statement", "lease", "equity_chart", "infosec_measures", "tech_plan"),
    *("content_schedule", "emergency_plan", "service_assurance", "complaint_rules"),
    *("hosting_provider_licence", "commitment", "service_stats", "team_structure"),
    *_SPARE,
)
"""Papers that a client often has not sent yet."""


def _invent_statements(
    client: Client, received_on: date, dice: random.Random
) -> Values:
    """What a client says of itself; what it shows is the same unless it is changed."""
    words = load_example_data()["words"]
    people = _invent_people(words, dice)
    ends = _invent_ends(received_on, dice)
    cost = dice.randint(6, 60)
    months = (ends["funds_until"] - received_on).days // 30 + 1
    count = dice.randint(6, 60)
    opened_on = received_on - dice.randint(90, 1500) * _DAY
    least = 1000 if client.scope == "cross_province" else 100
    domain = f"client-{client.number:04d}.example"
    most = dice.randint(51, 95)
    road = f"{dice.choice(words['roads'])}{dice.randint(2, 399)}号"
    rooms = f"{dice.randint(1, 9)}幢{dice.randint(2, 26):d}{dice.randint(1, 12):02d}室"
    functions = ["publishing", "search", "registration", "support"]
    return {
        **people,
        **ends,
        "name": client.name,
        "credit_code": client.credit_code,
        "capital": f"{least * dice.choice((1, 2, 3, 5))}万元",
        "address": f"{client.address}{road}{rooms}",
        "headcount": count,
        "insured_count": count,
        "business_scope": ["value_added_telecom", "internet_information", "software"],
        "premises_use": "office",
        "cash": f"{cost * months}万元",
        "monthly_cost": f"{cost}万元",
        "revenue": f"{cost * dice.randint(8, 16)}万元",
        "items": ["publishing_delivery", "search"],
        "functions": functions,
        "reply_days": dice.choice((3, 5, 5, 7)),
        "opened_on": opened_on,
        "url": f"https://{domain}/",
        "domain": domain,
        "registrant": client.name,
        "relation": "applicant",
        "filing_subject": client.name,
        "filed_by_company": True,
        "filing_number": f"ICP备{opened_on.year}{client.number:06d}号-1",
        "host": f"{client.address[:2]}{dice.choice(load_example_data()['hosts'])}",
        "host_licensed": True,
        "registrar": dice.choice(load_example_data()["registrars"]),
        "server_count": dice.randint(2, 12),
        "domain_registered_on": opened_on - dice.randint(30, 400) * _DAY,
        "insured_months": dice.randint(4, 40),
        "paid_by_company": True,
        "insured_through": (received_on - 8 * _DAY).replace(day=1) - _DAY,
        "id_until": received_on + dice.randint(700, 5000) * _DAY,
        "schedule_until": received_on + dice.randint(150, 360) * _DAY,
        "hotline": f"400000{client.number:04d}",
        "most": f"{most}%",
        "rest": f"{100 - most}%",
    }


def _invent_people(words: ExampleWords, dice: random.Random) -> dict[str, str]:
    roles = ("legal", "manager", "technical", "service", "security", "content")
    given_names = dice.sample(words["given"], len(roles))
    return {
        role: f"{dice.choice(words['family'])}{name}"
        for role, name in zip(roles, given_names, strict=True)
    }


def _invent_ends(received_on: date, dice: random.Random) -> dict[str, date]:
    """The days on which commitments end: one of them first, the others later."""
    first, most = dice.choices(
        ((25, 110), (110, 500), (500, 1000), (1000, 1500)), weights=(9, 45, 30, 16)
    )[0]
    soonest = dice.randint(first, most)
    names = ["hosting_until", "domain_expires_on", "lease_until", "funds_until"]
    dice.shuffle(names)
    later = (soonest + dice.randint(40, 900) for _ in names[1:])
    days = dict(zip(names, (soonest, *later), strict=True))
    return {name: received_on + count * _DAY for name, count in days.items()}


def _make_capital_short(client: Client, says: Values, shows: Values) -> None:
    short = "500万元" if client.scope == "cross_province" else "50万元"
    says["capital"] = shows["capital"] = short


def _make_registrant_differ(_: Client, says: Values, shows: Values) -> None:
    shows |= {"registrant": says["technical"], "relation": "unrelated"}


def _file_by_another(client: Client, _: Values, shows: Values) -> None:
    other = client.name.replace("有限公司", "（筹）有限公司")
    shows |= {"filing_subject": other, "filed_by_company": False}


def _pay_by_another(_: Client, __: Values, shows: Values) -> None:
    shows["paid_by_company"] = False


def _make_premises_residential(_: Client, __: Values, shows: Values) -> None:
    shows["premises_use"] = "residential"


def _make_fewer_insured(_: Client, says: Values, shows: Values) -> None:
    shows["insured_count"] = max(1, int(str(says["headcount"])) // 2)


def _host_unlicensed(_: Client, __: Values, shows: Values) -> None:
    shows["host_licensed"] = False


_WRONG: Final = (
    *(_make_capital_short, _make_registrant_differ, _file_by_another, _pay_by_another),
    *(_make_premises_residential, _make_fewer_insured, _host_unlicensed),
)
"""What may be wrong with a client. Each changes what it says, or only what it shows."""


def _write_case(
    invented: _Made, papers: Sequence[Written], submit_on: date
) -> Iterator[str]:
    """The lines of `case.yaml`."""
    client, says = invented.client, load_example_data()["says"]
    yield "# 虚构的客户：公司、人物、号码、网址都不存在。"
    yield "applicant:"
    for name, value in _select_said(client, says["applicant"]).items():
        yield f"  {name}: {_write_scalar(_fill_value(value, invented.says))}"
    yield "application:"
    yield f"  licence: {client.licence}"
    yield f"  scope: {client.scope}"
    yield f"  region: '{client.region}'"
    yield f"  stage: {_APPLYING}"
    yield f"  submit_on: {submit_on}"
    yield f"declared_on: {invented.declared_on}"
    yield "services:"
    yield from _write_block(_select_said(client, says["service"]), invented.says)
    for name, members in (("people", says["people"]), ("holders", says["holders"])):
        listed = members if invented.people else ()
        yield f"{name}:" if listed else f"{name}: []"
        for flow in listed:
            yield f"  - {_write_flow(flow, invented.says)}"
    yield "papers:" if papers else "papers: []"
    for number, paper in enumerate(papers, start=1):
        yield from _write_paper(invented, number, paper)
    if invented.looks:
        yield "looks:"
        for look in invented.looks:
            yield from _write_look(invented, look)
    if invented.closed:
        yield "closed:"
        extract = any(p["kind"] == "register_extract" for p in invented.papers)
        for name in invented.closed:
            by = ", paper: register_extract" if name == "holders" and extract else ""
            yield f"  {name}: {{on: {invented.declared_on}{by}}}"


def write_stage_operate(folder: Path) -> None:
    """Write into the `case.yaml` of an example client that it holds its licence."""
    path = folder / CASE_FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(f"  stage: {_APPLYING}\n", "  stage: operate\n", 1),
        encoding="utf-8",
    )


def _select_said(client: Client, says: Fields) -> Fields:
    """Select of what a client says what this one does."""
    if client.extent is Extent.NOTHING:
        return {name: value for name, value in says.items() if name in _BRIEFLY}
    if client.licence == "B25":
        return says
    return {name: value for name, value in says.items() if name != "offered_items"}


_BRIEFLY: Final = (
    *("name", "credit_code", "legal_form", "registered_capital", "headcount"),
    *("id", "kind", "url"),
)
"""What a client says that has shown nothing yet."""


def _name_all(invented: _Made) -> Written:
    """Whom the papers of a client may name."""
    says = load_example_data()["says"]
    listed = {
        name: [
            {"id": member["id"], "name": _fill_value(member["name"], invented.says)}
            for member in members
        ]
        for name, members in (("people", says["people"]), ("holders", says["holders"]))
    }
    return {"applicant": {"name": invented.client.name}, **listed}


def _fill_paper(invented: _Made, paper: ExamplePaper) -> Written:
    """Put what a client shows into a paper of `example.yaml`."""
    kind = paper["kind"]
    about: Written = {"id": kind, "kind": kind, "received_on": invented.received_on}
    if "issued" in paper:
        about["issued_on"] = invented.received_on - paper["issued"] * _DAY
    if marks := paper.get("marks"):
        about |= {"needs_seal": True, "needs_signature": "signature" in marks}
        about |= {"sealed": True, "legible": True}
        if "signature" in marks:
            about["signed"] = True
    if "plan_months" in paper:
        about["plan_months"] = paper["plan_months"]
    if "schedule_until" in paper:
        about["schedule_until"] = _fill_value(paper["schedule_until"], invented.shows)
    if "states" in paper:
        about["states"] = {
            name: _fill_value(place, invented.shows)
            for name, place in paper["states"].items()
        }
    about["backs"] = list(_fill_backs(invented, paper))
    return about


def _fill_backs(invented: _Made, source: ExamplePaper) -> Iterator[Written]:
    for back in source.get("backs", ()):
        for fields in _expand_backs(back):
            yield {
                name: _fill_value(value, invented.shows)
                for name, value in fields.items()
            }


def _write_paper(invented: _Made, number: int, paper: Written) -> Iterator[str]:
    file = f"documents/{_make_file_name(number, paper['kind'])}"
    own = {name: value for name, value in paper.items() if name not in _LISTED}
    yield from _write_block({**own, "file": file}, invented.shows)
    if paper.get("states"):
        yield "    states:"
        for name, state in paper["states"].items():
            yield f"      {name}: {_write_flow(state, {})}"
    if paper["backs"]:
        yield "    backs:"
    for back in paper["backs"]:
        yield f"      - {_write_flow(back, {})}"


_LISTED: Final = frozenset({"states", "backs"})


def _write_look(invented: _Made, look: ExampleLook) -> Iterator[str]:
    look_name = look["what"]
    about: Values = {
        "id": look_name.replace("_", "-"),
        "what": look_name,
        "on": invented.received_on + _DAY,
        "by": invented.says["manager"],
        "file": f"documents/look-{look_name}.html",
        "url": look["url"],
    }
    yield from _write_block(about, invented.shows)
    yield from _write_backs(invented, look)


def _write_backs(invented: _Made, source: ExampleLook) -> Iterator[str]:
    backs = [
        fields for back in source.get("backs", ()) for fields in _expand_backs(back)
    ]
    if backs:
        yield "    backs:"
    for back in backs:
        yield f"      - {_write_flow(back, invented.shows)}"


def _expand_backs(back: Fields) -> Iterator[Fields]:
    """What is backed of everybody, person by person; else the one thing it is."""
    subject = back.get("subject")
    says = load_example_data()["says"]
    listed = {"person": says["people"], "holder": says["holders"]}.get(str(subject))
    if listed is not None:
        for person in listed:
            yield {**back, "subject": f"{subject}:{person['id']}"}
    elif subject == "service":
        yield {**back, "subject": "service:site"}
    else:
        yield back


def _write_page(invented: _Made, look: ExampleLook) -> str:
    rows = "\n".join(
        f"<tr><th>{place}</th><td>{_fill_value(words, invented.shows)}</td></tr>"
        for place, words in look["rows"]
    )
    day, by = invented.received_on + _DAY, invented.says["manager"]
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{look['title']}</title></head>\n<body><h1>{look['title']}</h1>\n"
        f"<p>查询日期：{day}　查询人：{by}　"
        "（本页为虚构示例中人工保存的页面）</p>\n"
        f"<table>\n{rows}\n</table></body></html>\n"
    )


def _make_file_name(number: int, kind: str) -> str:
    return f"{number:02d}-{kind.replace('_', '-')}.md"


def _fill_value(value: Word, values: Values) -> Word:
    """Put the words of one client into a value of `example.yaml`."""
    if not isinstance(value, str):
        return value
    if value.startswith("$"):
        return values[value[1:]]
    return value.format_map(values) if "{" in value else value


def _write_block(node: Fields, values: Values) -> Iterator[str]:
    """A mapping in a list, a line a field."""
    for place, (name, value) in enumerate(node.items()):
        mark = "- " if place == 0 else "  "
        yield f"  {mark}{name}: {_write_scalar(_fill_value(value, values))}"


def _write_flow(node: Fields, values: Values) -> str:
    parts = (
        f"{name}: {_write_scalar(_fill_value(v, values))}" for name, v in node.items()
    )
    return f"{{{', '.join(parts)}}}"


def _write_scalar(value: Word) -> str:
    """A value as YAML; words that could be read as something else are quoted."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return json.dumps(value, ensure_ascii=False)
