"""How what is known of a fact went over time, source by source."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict

from changqing.case.subjects import Subject
from changqing.day import beijing_day
from changqing.evidence.ledger.items import Item
from changqing.evidence.model import Gap, GapReason, Record, Source
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.rules.types import Value, encode_plain
from changqing.text import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A stretch of time in which one source said the same, or could not look.

    `first` and `last` are the Beijing days of its first and last look. With `gap` set
    there is no value; without a gap, no value means that it was withdrawn. `before` is
    what the same source last said, where that was something else. `number` is that of
    the first entry of the log.
    """

    source: Source
    value: Value | None
    grade: Grade | None
    gap: GapReason | None
    detail: Text | None
    first: date
    last: date
    looks: int
    number: int
    before: Value | None = None

    @property
    def is_change(self) -> bool:
        """Whether it is not what the source said before."""
        return self.before is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that was ever said of one fact of one subject, oldest first."""

    subject: Subject
    fact: str
    spells: tuple[Spell, ...]


def collect_histories(
    items: Iterable[Item], facts: Collection[str] | None = None
) -> tuple[History, ...]:
    """Collect the histories of `facts`, or of every fact, by subject and fact.

    A source that goes on saying the same has one spell; a gap between two looks that
    saw the same parts them, since nobody knows what was so in between.
    """
    by_fact: dict[tuple[Subject, str], dict[Source, list[Record | Gap]]] = {}
    for item in items:
        if not isinstance(item, Record | Gap):
            continue
        if facts is not None and item.fact not in facts:
            continue
        by_source = by_fact.setdefault((item.subject, item.fact), {})
        by_source.setdefault(replace(item.source, place=""), []).append(item)
    return tuple(
        History(
            subject=subject,
            fact=fact,
            spells=tuple(
                sorted(
                    (
                        spell
                        for source in sources.items()
                        for spell in _build_spells(*source)
                    ),
                    key=lambda spell: (spell.first, spell.source, spell.number),
                )
            ),
        )
        for (subject, fact), sources in sorted(by_fact.items())
    )


def _build_spells(source: Source, items: Sequence[Record | Gap]) -> list[Spell]:
    spells: list[Spell] = []
    before: Value | None = None
    for item in sorted(items, key=lambda entry: (entry.moment, entry.number)):
        fresh = _make_spell(source, item)
        latest = spells[-1] if spells else None
        if latest is not None and _are_alike(latest, fresh):
            spells[-1] = replace(
                latest,
                last=fresh.last,
                looks=latest.looks + 1,
                grade=fresh.grade,
                detail=fresh.detail,
            )
            continue
        if fresh.gap is None:
            if before is not None and fresh.value != before:
                fresh = replace(fresh, before=before)
            before = fresh.value
        spells.append(fresh)
    return spells


def _make_spell(source: Source, item: Record | Gap) -> Spell:
    day = beijing_day(item.moment)
    record = item if isinstance(item, Record) else None
    gap = item if isinstance(item, Gap) else None
    return Spell(
        source=source,
        value=None if record is None else record.value,
        grade=None if record is None else record.grade,
        gap=None if gap is None else gap.reason,
        detail=None if gap is None else gap.detail,
        first=day,
        last=day,
        looks=1,
        number=item.number,
    )


def _are_alike(earlier: Spell, later: Spell) -> bool:
    return (earlier.value, earlier.gap) == (later.value, later.gap)


class SpellData(TypedDict):
    """A time in which one source said the same; `value` null: not seen, withdrawn."""

    source: str
    name: str
    value: object
    grade: str | None
    gap: str | None
    detail: str | None
    first: str
    last: str
    looks: int
    number: int
    changed: bool
    before: object


class HistoryData(TypedDict):
    """How what is known of a fact went over time."""

    subject: str
    fact: str
    label: str
    spells: Sequence[SpellData]


def make_history_data(
    catalogue: Catalogue, history: History, language: Language
) -> HistoryData:
    """Make the JSON of the spells of a fact."""
    fact = catalogue.facts.get((history.subject.type, history.fact))
    return {
        "subject": str(history.subject),
        "fact": history.fact,
        "label": history.fact if fact is None else fact.label.say(language),
        "spells": [
            {
                "source": spell.source.kind.value,
                "name": spell.source.name,
                "value": encode_plain(spell.value),
                "grade": None if spell.grade is None else spell.grade.code,
                "gap": None if spell.gap is None else spell.gap.value,
                "detail": None if spell.detail is None else spell.detail.say(language),
                "first": spell.first.isoformat(),
                "last": spell.last.isoformat(),
                "looks": spell.looks,
                "number": spell.number,
                "changed": spell.is_change,
                "before": encode_plain(spell.before),
            }
            for spell in history.spells
        ],
    }
