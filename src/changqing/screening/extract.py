"""One case out of a run, as a folder in which `assess` says what the run said.

Records go into the log of the folder in the order in which the register has them. The
papers themselves are not in a register: in the place of each lies a note that says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from changqing.case.edit import write_new_case
from changqing.case.model import Case, Member, Paper
from changqing.errors import CaseError, Issue
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Record
from changqing.evidence.observations import Observations
from changqing.jsondata import Json, JsonObject
from changqing.law.model import Catalogue
from changqing.law.subjects import SUBJECTS
from changqing.screening.judging import RegisterCase
from changqing.screening.layout import choose_bucket, read_bucket, read_head
from changqing.screening.screen import LEADS, ScreenRun
from changqing.text import Text

_NO_PAPER: Final = (
    "这里没有材料原件。登记册里只有关于它的记录，见evidence文件夹。\n"
    "The paper itself is not here. A register holds only what was recorded of it; see "
    "the folder evidence.\n"
)


def find_case(run: ScreenRun, name: str, catalogue: Catalogue) -> RegisterCase:
    """Find a case of a run in its register. CaseError where it is not there."""
    head = read_head(run.register)
    bucket = choose_bucket(name, head.buckets)
    for case in read_bucket(run.register, head, bucket, catalogue):
        if case.id == name:
            return case
    raise CaseError(
        Issue(
            text=Text(zh=f"登记册里没有{name}", en=f"the register has no {name}"),
            path=str(run.register),
            hint=Text(
                zh="编号见 changqing screen show 运行文件夹 --sample 5",
                en="for ids see changqing screen show RUN --sample 5",
            ),
        )
    )


def write_extract(
    register_case: RegisterCase,
    folder: Path,
    *,
    as_of: date,
    key: SigningKey,
    now: datetime,
) -> None:
    """Write a case folder for one case of a register, to be assessed on `as_of`.

    Raises CaseError where the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CaseError(
            Issue(
                text=Text(zh="文件夹里已经有东西", en="the folder holds something"),
                path=str(folder),
                hint=Text(zh="换一个空的文件夹", en="choose an empty folder"),
            )
        )
    write_new_case(folder, _write_case(register_case.case, as_of))
    for paper in register_case.case.papers:
        (folder / _name_file(paper)).write_text(_NO_PAPER, encoding="utf-8")
    case_known = register_case.known
    with Store(folder, key) as store:
        store.append(
            [
                *_order_records(case_known.records),
                *case_known.gaps,
                *case_known.attempts,
            ],
        )
        if case_known.observed:
            Observations(folder).append(case_known.observed, now=now, store=store)


def _order_records(records: Iterable[Record]) -> list[Record]:
    """Order records so that numbers given in that order leave later ones later.

    What was never logged comes last, and of two of one moment the one that `resolve`
    takes for the later one: it goes by numbers where there are any.
    """

    def order(record: Record) -> tuple[Any, ...]:
        value = record.value
        return (
            record.number or 2**63,
            record.received_at,
            record.observed_at,
            int(record.grade),
            "|".join(sorted(value)) if isinstance(value, frozenset) else str(value),
            record.source.place,
            -(record.valid_until or date.max).toordinal(),
        )

    return [replace(record, digest=None) for record in sorted(records, key=order)]


def _name_file(paper: Paper) -> str:
    return f"documents/{paper.id}.txt"


def _write_case(case: Case, as_of: date) -> str:
    """Write `case.yaml`, a field a line: JSON is YAML too."""
    application = case.application
    days_shown = case.find_holders_shown()
    first, last = (None, None) if days_shown is None else days_shown
    data: dict[str, Json] = {
        "applicant": _leave_empty_out(name=case.name, credit_code=case.credit_code),
        "application": {
            "licence": application.licence,
            "scope": application.scope,
            "region": application.region,
            "stage": application.stage,
            "submit_on": application.submit_on.isoformat(),
        },
        "declared_on": case.declared_on.isoformat(),
        "as_of": as_of.isoformat(),
        "papers": [
            _leave_empty_out(
                id=paper.id,
                kind=paper.kind,
                file=_name_file(paper),
                received_on=paper.received_on,
                issued_on=paper.issued_on,
                valid_until=paper.valid_until,
            )
            for paper in case.papers
        ],
        "closed": {
            SUBJECTS[name].listed: closing.on.isoformat()
            for name, closing in case.closed.items()
        },
        "absent": {kind: day.isoformat() for kind, day in case.absent.items()},
        "nobody": {post: day.isoformat() for post, day in case.nobody.items()},
        "register": _leave_empty_out(
            holders_shown_from=first, holders_shown_until=last
        ),
    }
    for member in case.list_members():
        listed = data.setdefault(SUBJECTS[member.subject.type].listed, [])
        assert isinstance(listed, list)  # noqa: S101 - made two lines above
        listed.append(_write_member(member))
    lines = [
        "# 从登记册取出的一个项目：所知的都在evidence里，这里写的不会算数。",
        "# Taken out of a register: what is known of it stands in evidence/.",
        f"# {LEADS.zh}",
        *(
            f"{name}: {json.dumps(value, ensure_ascii=False)}"
            for name, value in data.items()
            if value or name == "register"
        ),
    ]
    return "\n".join(lines) + "\n"


def _write_member(member: Member) -> JsonObject:
    type_ = SUBJECTS[member.subject.type]
    kind: Json = member.kind
    if type_.kind_field == "role" and member.more_roles:
        kind = [*member.roles]
    return _leave_empty_out(
        id=member.subject.id,
        name=member.name if type_.named else None,
        url=member.url,
        **{type_.kind_field: kind},
    )


def _leave_empty_out(**fields: Json | date) -> JsonObject:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
        if value is not None
    }
