"""What one source said over time: one line while it says the same, gaps as gaps."""

from __future__ import annotations

from datetime import timedelta

from changqing.day import find_day_start
from changqing.evidence.history import Spell, collect_histories
from changqing.evidence.ledger.items import Item
from changqing.evidence.model import Gap, GapReason, Record, Source, SourceKind
from changqing.law.kit import Grade
from tests.evidence.evidence_factory import AS_OF, SITE, make_gap, make_record

PROBE = Source(kind=SourceKind.PROBE, name="registration", place="https://a.cn/")


def seen(days_ago: int, value: str | frozenset[str] | None, number: int = 0) -> Record:
    return make_record(
        "domain_registrant",
        value,
        subject=SITE,
        source=PROBE,
        grade=Grade.OBSERVED,
        day=AS_OF - timedelta(days=days_ago),
        number=number,
    )


def unseen(days_ago: int, reason: GapReason = GapReason.TIMEOUT) -> Gap:
    at = find_day_start(AS_OF - timedelta(days=days_ago))
    return make_gap(
        "domain_registrant", subject=SITE, source=PROBE, at=at, reason=reason
    )


def spells(*items: Item) -> tuple[Spell, ...]:
    (only,) = collect_histories(items)
    return only.spells


def test_a_value_that_stays_is_one_spell() -> None:
    (spell,) = spells(seen(30, "甲"), seen(20, "甲"), seen(10, "甲"))
    assert (spell.value, spell.looks, spell.is_change) == ("甲", 3, False)
    assert spell.first == AS_OF - timedelta(days=30)
    assert spell.last == AS_OF - timedelta(days=10)


def test_a_change_names_what_was_so_before() -> None:
    first, second = spells(seen(30, "甲"), seen(10, "乙"), seen(5, "乙"))
    assert not first.is_change
    assert (second.value, second.before, second.looks) == ("乙", "甲", 2)


def test_a_gap_parts_looks_that_saw_the_same_and_is_no_change() -> None:
    found = spells(seen(30, "甲"), unseen(20), unseen(15), seen(10, "甲"))
    assert [(spell.value, spell.gap, spell.looks) for spell in found] == [
        ("甲", None, 1),
        (None, GapReason.TIMEOUT, 2),
        ("甲", None, 1),
    ]
    assert not any(spell.is_change for spell in found)


def test_a_change_behind_a_gap_is_still_a_change() -> None:
    found = spells(seen(30, "甲"), unseen(20), seen(10, "乙"))
    assert [spell.before for spell in found] == [None, None, "甲"]


def test_gaps_of_different_reasons_are_told_apart() -> None:
    found = spells(unseen(20), unseen(15, GapReason.BLOCKED))
    assert [spell.gap for spell in found] == [GapReason.TIMEOUT, GapReason.BLOCKED]


def test_a_withdrawn_value_is_neither_value_nor_gap() -> None:
    first, second = spells(seen(30, "甲"), seen(10, None))
    assert (second.value, second.gap) == (None, None)
    assert first.last < second.first


def test_sources_are_kept_apart_and_days_decide_the_order() -> None:
    paper = make_record(
        "domain_registrant",
        "乙",
        subject=SITE,
        source=Source(kind=SourceKind.PAPER, name="domain_cert"),
        day=AS_OF - timedelta(days=25),
    )
    found = spells(seen(10, "甲"), paper, seen(30, "甲"))
    assert [spell.source.kind for spell in found] == [
        SourceKind.PROBE,
        SourceKind.PAPER,
    ]
    assert not any(spell.is_change for spell in found)


def test_a_look_logged_late_takes_the_place_of_its_day() -> None:
    found = spells(seen(10, "乙", number=1), seen(30, "甲", number=2))
    assert [spell.value for spell in found] == ["甲", "乙"]


def test_only_the_facts_that_are_asked_for_are_told() -> None:
    items = [seen(10, "甲"), make_record("registered_capital", 1)]
    assert [each.fact for each in collect_histories(items, ["domain_registrant"])] == [
        "domain_registrant"
    ]
    assert len(collect_histories(items)) == 2
