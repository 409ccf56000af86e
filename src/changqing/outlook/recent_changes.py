"""Changes shortly before filing, by the rules of the catalogue: dated observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.case.subjects import Subject
from changqing.day import beijing_day
from changqing.evidence.model import Record, Resolved
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.recent_change import RecentChange
from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, SqliteProgram, compile_sqlite
from changqing.rules.types import Value
from changqing.text import Text, both

_UNITS: Final[Mapping[str, tuple[str, str, str]]] = {
    "days": ("天", "day", "days"),
    "weeks": ("周", "week", "weeks"),
    "months": ("个月", "month", "months"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedChange:
    """One rule that speaks of one subject, on the day of the change."""

    rule: str
    subject: Subject
    on: date
    text: Text
    records: tuple[Record, ...]


def list_recent_changes(
    resolved: Mapping[tuple[Subject, str], Resolved],
    subjects: Sequence[Subject],
    labels: Mapping[Subject, Text],
    catalogue: Catalogue,
    *,
    as_of: date,
) -> tuple[AppliedChange, ...]:
    """List what is proven and recent, newest first; the unknown says nothing."""
    rules = catalogue.recent_changes
    if not rules:
        return ()
    types = {rule.subject for rule in rules.values()}
    members = {
        name: [
            MemberRow(
                id=subject.id,
                stance=Stance.PROVEN,
                values=_select_proven_values(subject, rules, resolved),
            )
            for subject in subjects
            if subject.type == name
        ]
        for name in types
    }
    with SqliteEngine(_compile_rules(catalogue)) as engine:
        truths = engine.evaluate(
            Rows(
                members=members,
                open_lists={stance: frozenset() for stance in Stance},
            ),
            parameters={},
            givens={"as_of": as_of},
        )
    applied_changes = [
        _build_change(rule, subject, resolved, labels, catalogue, as_of)
        for name, rule in rules.items()
        for subject in subjects
        if subject.type == rule.subject
        and truths.get((name, subject.id, Stance.PROVEN)) is True
    ]
    return tuple(
        sorted(applied_changes, key=lambda c: (-c.on.toordinal(), c.rule, c.subject))
    )


@keep_by_catalogue
def _compile_rules(catalogue: Catalogue) -> SqliteProgram:
    tests = {name: rule.test for name, rule in catalogue.recent_changes.items()}
    return compile_sqlite(tests, vocabulary=list_vocabulary(catalogue))


def _select_proven_values(
    subject: Subject,
    rules: Mapping[str, RecentChange],
    resolved: Mapping[tuple[Subject, str], Resolved],
) -> dict[str, Value | None]:
    names = {
        fact
        for rule in rules.values()
        for of, fact in rule.test.facts
        if of == subject.type
    }
    by_name = ((name, resolved.get((subject, name))) for name in sorted(names))
    return {
        name: None if resolved_fact is None else resolved_fact.proven
        for name, resolved_fact in by_name
    }


def _build_change(
    rule: RecentChange,
    subject: Subject,
    resolved: Mapping[tuple[Subject, str], Resolved],
    labels: Mapping[Subject, Text],
    catalogue: Catalogue,
    as_of: date,
) -> AppliedChange:
    texts: dict[str, Text] = {
        fact: _say_value(
            resolved_fact.proven, catalogue.facts.get((subject.type, fact))
        )
        for (of, fact), resolved_fact in resolved.items()
        if of == subject
    }
    texts |= {
        "name": labels.get(subject, both(subject.id)),
        "as_of": both(as_of.isoformat()),
    }
    records = tuple(
        record
        for of, fact in sorted(rule.test.facts)
        if (known_fact := resolved.get((subject, fact))) is not None
        and (record := known_fact.proven_by) is not None
    )
    days = [beijing_day(record.observed_at) for record in records]
    on = max(days, default=as_of)
    if rule.dated is not None:
        dated = resolved.get((subject, rule.dated))
        if dated is not None and isinstance(dated.proven, date):
            on = dated.proven
    unknown = Text(zh="未知", en="unknown")
    return AppliedChange(
        rule=rule.id,
        subject=subject,
        on=on,
        text=Text(
            zh=rule.says.zh.format_map(
                _Words({k: t.zh for k, t in texts.items()}, unknown.zh)
            ),
            en=rule.says.en.format_map(
                _Words({k: t.en for k, t in texts.items()}, unknown.en)
            ),
        ),
        records=records,
    )


class _Words(dict[str, str]):
    """The words of the places of a sentence; what is not known is said to be so."""

    def __init__(self, words: Mapping[str, str], unknown: str) -> None:
        super().__init__(words)
        self._unknown = unknown

    def __missing__(self, key: str) -> str:
        return self._unknown


def _say_value(value: Value | None, fact: Fact | None) -> Text:
    if value is None:
        return Text(zh="未知", en="unknown")
    if isinstance(value, bool) or not isinstance(value, int):
        return both(str(value))
    zh, singular, plural = _UNITS.get(
        "" if fact is None or fact.unit is None else fact.unit, ("", "", "")
    )
    return Text(
        zh=f"{value}{zh}", en=f"{value} {singular if value == 1 else plural}".strip()
    )
