"""Cases as tall tables, and back: what `layout` keeps in a bucket.

Names of people stay out: of a person or a holder, texts are kept only where a rule
reads them, and a member is called by its id. Of a paper its kind and days are kept, and
what was recorded of it, never its file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from changqing.case.model import (
    Application,
    Case,
    CaseFile,
    Closing,
    Member,
    Paper,
    RegisterExtract,
)
from changqing.case.pieces import PLAIN_ID
from changqing.case.subjects import Subject
from changqing.casework.derived import Past
from changqing.evidence.model import Attempt, Gap, GapReason, Record, Source, SourceKind
from changqing.evidence.observations import Observation, ObservationKind
from changqing.law.kept import keep_by_catalogue
from changqing.law.kit import Grade, find_grade
from changqing.law.model import Catalogue
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.rules.types import Kind, Value
from changqing.run import Known, is_counted
from changqing.screening.judging import RegisterCase
from changqing.text import Text

_TIME: Final = pl.Datetime("us", "UTC")
_Columns = dict[str, pl.DataType | type[pl.DataType]]
_SUBJECT: Final[_Columns] = {"case": pl.String, "type": pl.String, "id": pl.String}
_SOURCE: Final[_Columns] = {"source": pl.String, "name": pl.String, "place": pl.String}


def _make_schema(columns: _Columns) -> pl.Schema:
    return pl.Schema(columns)


TABLES: Final[Mapping[str, pl.Schema]] = {
    "cases": _make_schema(
        {
            "case": pl.String,
            "name": pl.String,
            "credit_code": pl.String,
            "licence": pl.String,
            "scope": pl.String,
            "region": pl.String,
            "stage": pl.String,
            "submit_on": pl.Date,
            "declared_on": pl.Date,
            "closed": pl.String,  # JSON: by type of subject, the day of closing it
            "absent": pl.String,  # JSON: by kind of paper, since when there is none
            "nobody": pl.String,  # JSON: by post, since when nobody holds it
            "holders_shown_from": pl.Date,
            "holders_shown_until": pl.Date,
        }
    ),
    "subjects": _make_schema(
        {
            **_SUBJECT,
            "kind": pl.String,
            "more_roles": pl.List(pl.String),
            "url": pl.String,
            "received_on": pl.Date,
            "issued_on": pl.Date,
            "valid_until": pl.Date,
        }
    ),
    "records": _make_schema(
        {
            **_SUBJECT,
            "fact": pl.String,
            "boolean": pl.Boolean,
            "number": pl.Int64,
            "day": pl.Date,
            "text": pl.String,
            "set": pl.List(pl.String),
            **_SOURCE,
            "observer": pl.String,
            "grade": pl.String,
            "observed_at": _TIME,
            "received_at": _TIME,
            "valid_until": pl.Date,
            "entry": pl.Int64,  # its number in the log of the case; 0: not logged
        }
    ),
    "gaps": _make_schema(
        {
            **_SUBJECT,
            "fact": pl.String,
            **_SOURCE,
            "reason": pl.String,
            "detail_zh": pl.String,
            "detail_en": pl.String,
            "at": _TIME,
            "entry": pl.Int64,
        }
    ),
    "attempts": _make_schema(
        {
            **_SUBJECT,
            "url": pl.String,
            "at": _TIME,
            "answered": pl.Boolean,
            "reason": pl.String,
            "status": pl.Int64,
            "control_ok": pl.Boolean,
            "entry": pl.Int64,
        }
    ),
    "observed": _make_schema(
        {
            **_SUBJECT,
            "kind": pl.String,
            "at": _TIME,
            "value": pl.Int64,
            "detail": pl.String,
            "name": pl.String,
        }
    ),
}
"""The columns of each table of a bucket."""
_COLUMNS: Final = ("boolean", "number", "day", "text", "set")
_NO_DAYS: Final = "{}"
_NO_DIGEST: Final = "0" * 64
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS_AT_ONCE: Final = 4_096
_ORDER: Final = "order of the case"
_OF_PEOPLE: Final = frozenset({"person", "holder"})

Row = tuple[Any, ...]


def encode_cases(
    cases: Sequence[RegisterCase], *, catalogue: Catalogue
) -> Mapping[str, pl.DataFrame]:
    """Write cases as tables. What no rule reads of a person is left out."""
    facts_kept = _list_kept(catalogue)
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    for register_case in cases:
        case, case_known = register_case.case, register_case.known
        rows["cases"].append(_encode_case(register_case.id, case))
        rows["subjects"] += [(register_case.id, *row) for row in _encode_subjects(case)]
        rows["records"] += [
            (register_case.id, *_encode_record(record))
            for record in case_known.records
            if (record.subject.type, record.fact) in facts_kept
            and is_counted(case, record)
        ]
        rows["gaps"] += [
            (register_case.id, *_encode_gap(gap))
            for gap in case_known.gaps
            if (gap.subject.type, gap.fact) in facts_kept and is_counted(case, gap)
        ]
        rows["attempts"] += [
            (register_case.id, *_encode_attempt(attempt))
            for attempt in case_known.attempts
            if not case.is_app(attempt.subject)
        ]
        rows["observed"] += [
            (register_case.id, *_encode_observed(row))
            for row in case_known.observed
            if not case.is_app(row.subject)
        ]
    return {
        name: pl.DataFrame(rows[name], schema=schema, orient="row")
        for name, schema in TABLES.items()
    }


def decode_cases(
    tables: Mapping[str, pl.DataFrame], catalogue: Catalogue
) -> Iterator[RegisterCase]:
    """Read cases back from their tables, one after another in the order of `cases`.

    None is kept once the next is asked for, so that a bucket takes little memory.
    ValueError where a row is of no such kind.
    """
    rows = {
        name: _CaseRows(frame, tables["cases"]["case"])
        for name, frame in tables.items()
        if name != "cases"
    }
    decoder = _Decoder()
    for row in tables["cases"].iter_rows():
        name = row[0]
        yield RegisterCase(
            id=name,
            case=_decode_case(row, rows["subjects"].take(name), catalogue),
            known=Known(
                records=tuple(map(decoder.decode_record, rows["records"].take(name))),
                gaps=tuple(map(decoder.decode_gap, rows["gaps"].take(name))),
                attempts=tuple(
                    map(decoder.decode_attempt, rows["attempts"].take(name))
                ),
                observed=tuple(
                    map(decoder.decode_observed, rows["observed"].take(name))
                ),
                past=Past(),
            ),
        )


@keep_by_catalogue
def _list_kept(catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """The facts that a register keeps, by type of subject."""
    facts_read = {
        key for criterion in catalogue.criteria.values() for key in criterion.test.facts
    }
    facts_kept = {
        (subject, name)
        for (subject, name), fact in catalogue.facts.items()
        if fact.type.kind is not Kind.TEXT
        or subject not in _OF_PEOPLE
        or (subject, name) in facts_read
    }
    structure = {(type_, name) for type_ in LISTED_SUBJECTS for name in _STRUCTURE}
    return frozenset(facts_kept | structure)


_STRUCTURE: Final = ("kind", "role", "roles")


# To rows


def _encode_case(name: str, case: Case) -> Row:
    application = case.application
    days_shown = case.find_holders_shown()
    return (
        *(name, case.name, case.credit_code),
        *(application.licence, application.scope, application.region),
        *(application.stage, application.submit_on, case.declared_on),
        _encode_days({listed: closing.on for listed, closing in case.closed.items()}),
        _encode_days(case.absent),
        _encode_days(case.nobody),
        *((None, None) if days_shown is None else days_shown),
    )


def _encode_days(days: Mapping[str, date]) -> str:
    return json.dumps({name: day.isoformat() for name, day in sorted(days.items())})


def _encode_subjects(case: Case) -> Iterator[Row]:
    for member in case.list_members():
        yield (
            *(member.subject.type, member.subject.id, member.kind),
            *([*member.more_roles], member.url, None, None, None),
        )
    for paper in case.papers:
        yield (
            *("paper", paper.id, paper.kind, [], None),
            *(paper.received_on, paper.issued_on, paper.valid_until),
        )


def _encode_value(value: Value | None) -> Row:
    match value:
        case bool():  # before int, which True is in Python
            return (value, None, None, None, None)
        case int():
            return (None, value, None, None, None)
        case date():
            return (None, None, value, None, None)
        case str():
            return (None, None, None, value, None)
        case frozenset():
            return (None, None, None, None, sorted(value))
        case _:
            return (None, None, None, None, None)


def _encode_record(record: Record) -> Row:
    subject, source = record.subject, record.source
    return (
        *(subject.type, subject.id, record.fact),
        *_encode_value(record.value),
        *(source.kind.value, source.name, source.place, record.observer),
        *(record.grade.code, record.observed_at, record.received_at),
        *(record.valid_until, record.number),
    )


def _encode_gap(gap: Gap) -> Row:
    source = gap.source
    return (
        *(gap.subject.type, gap.subject.id, gap.fact),
        *(source.kind.value, source.name, source.place),
        *(gap.reason.value, gap.detail.zh, gap.detail.en, gap.at, gap.number),
    )


def _encode_attempt(attempt: Attempt) -> Row:
    reason = None if attempt.reason is None else attempt.reason.value
    return (
        *(attempt.subject.type, attempt.subject.id, attempt.url, attempt.at),
        *(attempt.answered, reason, attempt.status, attempt.control_ok),
        attempt.number,
    )


def _encode_observed(row: Observation) -> Row:
    return (
        *(row.subject.type, row.subject.id, row.kind.value, row.at),
        *(row.value, row.detail, row.source),
    )


# From rows


class _CaseRows:
    """Hands out the rows of a table case by case, without turning all into objects."""

    def __init__(self, frame: pl.DataFrame, cases: pl.Series) -> None:
        order = pl.DataFrame({"case": cases}).with_row_index(_ORDER)
        # Times as numbers: making a `datetime` of each cell is most of reading.
        times = [name for name, type_ in frame.schema.items() if type_ == _TIME]
        self._rows = (
            frame.with_columns(pl.col(times).to_physical())
            .join(order, on="case", how="inner", maintain_order="left")
            .sort(_ORDER, maintain_order=True)
            .drop(_ORDER)
            .iter_rows(buffer_size=_ROWS_AT_ONCE)
        )
        self._next = next(self._rows, None)

    def take(self, case: str) -> list[Row]:
        """Take the rows of the next case without its id, in their order."""
        rows = []
        while self._next is not None and self._next[0] == case:
            rows.append(self._next[1:])
            self._next = next(self._rows, None)
        return rows


def _decode_case(row: Row, subjects: Sequence[Row], catalogue: Catalogue) -> Case:
    name, called, code, licence, scope, region, stage, submit_on, declared_on = row[:9]
    closed, absent, nobody = (_decode_days(days) for days in row[9:12])
    first, last = row[12:14]
    members: dict[str, list[Member]] = {}
    papers = []
    for type_, id_, kind, roles, url, received_on, issued_on, valid_until in subjects:
        if type_ == "paper":
            if not PLAIN_ID.fullmatch(id_):  # it becomes the name of a file
                raise ValueError(id_)
            papers.append(
                Paper(
                    id=id_,
                    kind=kind,
                    file=CaseFile(path="", digest=_NO_DIGEST, size=0),
                    received_on=received_on,
                    issued_on=issued_on,
                    valid_until=valid_until,
                    issuer_checked=None,
                    facts=(),
                    backs=(),
                    states=(),
                )
            )
            continue
        members.setdefault(type_, []).append(
            Member(
                subject=Subject(type_, id_),
                name=id_,
                kind=kind,
                facts=(),
                url=url,
                more_roles=tuple(roles or ()),
            )
        )
    lists = {type_: tuple(members.get(type_, ())) for type_ in LISTED_SUBJECTS}
    return Case(
        path=Path(name),
        digest=_NO_DIGEST,
        catalogue=catalogue,
        name=called,
        credit_code=code,
        facts=(),
        application=Application(
            licence=licence,
            scope=scope,
            region=region,
            stage=stage,
            submit_on=submit_on,
        ),
        services=lists["service"],
        people=lists["person"],
        holders=lists["holder"],
        offers=lists["offer"],
        resources=lists["resource"],
        reports=lists["report"],
        papers=tuple(papers),
        looks=(),
        closed={listed: Closing(on=on) for listed, on in closed.items()},
        absent=absent,
        nobody=nobody,
        declared_on=declared_on,
        as_of=None,
        register=RegisterExtract(
            holders_shown=None if first is None else (first, last)
        ),
    )


def _decode_days(text: str) -> dict[str, date]:
    if text == _NO_DAYS:
        return {}
    return {name: date.fromisoformat(day) for name, day in json.loads(text).items()}


class _Decoder:
    """Makes records of rows. What is alike in many of them is made once and shared."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[str, str], Subject] = {}
        self._sources: dict[tuple[str, str, str], Source] = {}
        self._instants: dict[int, datetime] = {}
        self._grades: dict[str, Grade] = {}

    def decode_record(self, row: Row) -> Record:
        type_, id_, fact, boolean, number, day, text, members, *source_and_days = row
        kind, name, place, observer, grade, observed_at, received_at, until, entry = (
            source_and_days
        )
        value: Value | None = None
        if boolean is not None:
            value = boolean
        elif number is not None:
            value = number
        elif day is not None:
            value = day
        elif text is not None:
            value = text
        elif members is not None:
            value = frozenset(members)
        return Record(
            fact=fact,
            subject=self._find_subject(type_, id_),
            value=value,
            source=self._find_source(kind, name, place),
            observer=observer,
            grade=self._find_grade(grade),
            digest=None,
            observed_at=self._find_instant(observed_at),
            received_at=self._find_instant(received_at),
            valid_until=until,
            number=entry,
        )

    def decode_gap(self, row: Row) -> Gap:
        type_, id_, fact, kind, name, place, reason, zh, en, at, entry = row
        return Gap(
            fact=fact,
            subject=self._find_subject(type_, id_),
            source=self._find_source(kind, name, place),
            reason=GapReason(reason),
            detail=Text(zh, en),
            at=self._find_instant(at),
            number=entry,
        )

    def decode_attempt(self, row: Row) -> Attempt:
        type_, id_, url, at, answered, reason, status, control_ok, entry = row
        return Attempt(
            subject=self._find_subject(type_, id_),
            url=url,
            at=self._find_instant(at),
            answered=answered,
            reason=None if reason is None else GapReason(reason),
            status=status,
            control_ok=control_ok,
            number=entry,
        )

    def decode_observed(self, row: Row) -> Observation:
        type_, id_, kind, at, value, detail, source = row
        return Observation(
            subject=self._find_subject(type_, id_),
            kind=ObservationKind(kind),
            at=self._find_instant(at),
            source=source,
            value=value,
            detail=detail,
        )

    def _find_subject(self, type_: str, id_: str) -> Subject:
        subject = self._subjects.get((type_, id_))
        if subject is None:
            subject = self._subjects[type_, id_] = Subject(type_, id_)
        return subject

    def _find_source(self, kind: str, name: str, place: str) -> Source:
        source = self._sources.get((kind, name, place))
        if source is None:
            source = Source(kind=SourceKind(kind), name=name, place=place)
            self._sources[kind, name, place] = source
        return source

    def _find_instant(self, at: int) -> datetime:
        """The instant so many microseconds after the start of 1970."""
        moment = self._instants.get(at)
        if moment is None:
            moment = self._instants[at] = _EPOCH + timedelta(microseconds=at)
        return moment

    def _find_grade(self, name: str) -> Grade:
        grade = self._grades.get(name)
        if grade is None:
            grade = self._grades[name] = find_grade(name)
        return grade
