"""What each look says of channels, names, certificates and proofs: pure."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.errors import CaseError
from changqing.evidence.ledger.items import Item
from changqing.evidence.model import Gap, GapReason, Record, Source, SourceKind
from changqing.evidence.records import list_records
from changqing.law.compiled import load_compiled
from changqing.law.kit import Grade
from changqing.papers.open import open_case
from changqing.rules.types import Value
from changqing.run import Known, make_situation
from changqing.text import both
from changqing.watch.journal import Watchbook
from changqing.watch.machine import advance_watched
from changqing.watch.model import Incident, Lapse, Watched, WatchReading
from changqing.watch.settings import WatchSettings, load_shipped_settings
from changqing.watch.signs import (
    are_publications_read,
    compare_with_plan,
    find_expired,
    read_signs,
)
from changqing.watch.watch import Round, watch
from tests.watch.watch_sample import EXAMPLE, NOW, Clock, Taker, make_round

SITE = Subject("service", "site")


@cache
def case() -> Case:
    return open_case(EXAMPLE, load_compiled())


def seen(
    fact: str, value: Value, number: int, kind: SourceKind = SourceKind.PROBE
) -> Record:
    at = NOW + timedelta(hours=number)
    return Record(
        fact=fact,
        subject=SITE,
        value=value,
        source=Source(kind=kind, name="page https://qinghe.example/"),
        observer="test",
        grade=Grade.OBSERVED,
        digest=None,
        observed_at=at,
        received_at=at,
        valid_until=None,
        number=number,
    )


def unseen(fact: str, number: int) -> Gap:
    return Gap(
        fact=fact,
        subject=SITE,
        source=Source(kind=SourceKind.PROBE, name="page https://qinghe.example/"),
        reason=GapReason.TIMEOUT,
        detail=both("x"),
        at=NOW,
        number=number,
    )


def told(
    items: Iterable[Item], settings: WatchSettings | None = None
) -> list[Incident]:
    """What a look at each number of the items, one after the other, opens or closes."""
    rules = settings or load_shipped_settings()
    items, found = list(items), []
    states: dict[str, Watched] = {}
    for number in range(1, len(items) + 1):
        upto = [item for item in items if item.number <= number]
        at = NOW + timedelta(hours=2 * number)
        for reading in read_signs(case(), upto, rules, at, number - 1):
            before = states.get(reading.key, Watched())
            states[reading.key], incident = advance_watched(
                before, reading, rules.find_rule(reading.lapse)
            )
            if incident is not None:
                found.append(incident)
    return found


def row(fact: str, *values: Value | None) -> Iterator[Item]:
    for number, value in enumerate(values, start=1):
        yield unseen(fact, number) if value is None else seen(fact, value, number)


@pytest.mark.parametrize(
    "fact",
    [
        "shows_hotline",
        "complaint_page_answers",
        "service_mail_server_answers",
        "service_email_domain_receives",
        "online_chat_opens",
    ],
)
def test_a_channel_that_was_there_and_is_gone_leaves_nobody_to_complain_to(
    fact: str,
) -> None:
    opened, closed = told(row(fact, True, False, False, False, True, True))

    assert opened.lapse is Lapse.NO_REDRESS
    assert opened.key == f"{fact}:service:site"
    assert (closed.id, closed.closed_at is None) == (opened.id, False)


def test_a_channel_that_could_not_be_seen_or_never_was_is_no_lapse() -> None:
    assert told(row("shows_hotline", True, None, None, None, None)) == []
    assert told(row("shows_hotline", False, False, False, False)) == []
    assert told(row("shows_hotline", True, False, False, True, False, False)) == []


def test_calls_that_nobody_answers_count_each_once() -> None:
    looks = [
        seen("hotline_answered", answered, number, SourceKind.LOOK)
        for number, answered in enumerate([True, False, False, False], start=1)
    ]
    quiet = [seen("shows_dated_items", True, number) for number in range(5, 9)]

    (opened,) = told([*looks, *quiet])
    assert told([*looks[:2], *(seen("kind", "website", n) for n in range(3, 9))]) == []

    assert opened.lapse is Lapse.NO_REDRESS
    assert "拨打服务电话" in opened.text.zh


def test_a_domain_that_goes_to_another_name_is_told() -> None:
    name = "杭州青禾里生活服务有限公司"
    (opened,) = told(row("domain_registrant", name, "别家公司", "别家公司"))

    assert opened.lapse is Lapse.NAME_TRANSFERRED
    assert name in opened.text.zh
    assert "别家公司" in opened.text.zh
    assert told(row("domain_registrant", name, "别家公司", name, "别家公司")) == []


def test_a_certificate_near_its_end_is_told_once_and_a_new_one_closes_it() -> None:
    near = NOW.date() + timedelta(days=10)
    far = NOW.date() + timedelta(days=100)
    opened, closed = told(row("certificate_not_after", far, near, near, far))

    assert opened.lapse is Lapse.CERTIFICATE_ENDING
    assert str(near) in opened.text.zh
    assert closed.closed_at is not None


def test_a_feed_that_stops_is_missed_by_its_own_cadence() -> None:
    day, found = NOW.date(), {}
    for silent in (3, 25, 35, 61):
        items = [
            seen("weeks_with_items_last_52", 26, 1),  # every second week
            seen("newest_item_on", day - timedelta(days=silent), 2),
        ]
        readings = read_signs(case(), items, load_shipped_settings(), NOW, 1)
        (found[silent],) = [
            reading.good
            for reading in readings
            if reading.lapse is Lapse.STOPPED_PUBLISHING
        ]

    # Thirty days of silence is none where items come every second week: three times
    # the usual distance has to pass.
    assert found == {3: True, 25: True, 35: True, 61: False}


def test_a_site_that_never_published_does_not_stop_doing_so() -> None:
    items = [seen("shows_dated_items", False, 1)]

    readings = list(read_signs(case(), items, load_shipped_settings(), NOW, 0))

    assert Lapse.STOPPED_PUBLISHING not in {reading.lapse for reading in readings}


def proofs(
    on: date, watched: Iterable[str] = (), added: Sequence[Record] = ()
) -> list[WatchReading]:
    records = [*list_records(case()), *added]
    situation = make_situation(
        case(),
        Known(records=tuple(records), gaps=(), attempts=()),
        case().catalogue,
        on,
    )
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return list(find_expired(case(), situation.resolved, records, at, watched))


def test_a_paper_whose_validity_ends_is_told_and_a_new_one_closes_it() -> None:
    assert proofs(NOW.date()) == []
    later = proofs(NOW.date() + timedelta(days=400))
    gone = {reading.key: reading for reading in later}

    assert gone
    assert all(reading.good is False for reading in later)
    assert all(reading.lapse is Lapse.PROOF_EXPIRED for reading in later)
    bank = next(reading for reading in later if reading.key == "proof:bank_statement")
    assert bank.text.zh.startswith("《")
    (again,) = proofs(NOW.date(), ["proof:bank_statement", "answering:x"])
    assert again.good is True


def test_a_paper_that_nobody_has_read_yet_is_no_news_of_a_proof() -> None:
    """So it is with every paper of a case of before, right after an upgrade."""
    later, key = NOW.date() + timedelta(days=400), "proof:bank_statement"
    unread = [
        replace(
            record,
            source=replace(record.source, name="bank_statement_2"),
            grade=Grade.TRANSCRIBED,
            valid_until=None,
        )
        for record in list_records(case())
        if record.source.name == "bank_statement"
    ]
    assert {proof.key: proof.good for proof in proofs(later)}[key] is False
    for watched in ((), (key,)):  # nothing opens, and what is open does not close
        told = {proof.key: proof.good for proof in proofs(later, watched, unread)}
        assert told[key] is None


class Plan:
    def list_days(self, first: date, last: date) -> list[date]:
        days = [date(2026, 11, 10), date(2026, 11, 17)]
        return [day for day in days if first <= day <= last]


@pytest.mark.parametrize(
    ("published", "good"),
    [((11, 17), True), ((12, 20), True), ((11,), False), ((9, 16), False)],
)
def test_a_planned_day_is_kept_by_an_item_soon_after(
    published: tuple[int, ...], good: bool
) -> None:
    reading = compare_with_plan(
        Plan(),
        [date(2026, 11, day) for day in published],
        read=True,
        subject=SITE,
        seen_until=NOW,
        settings=load_shipped_settings(),
        watched_from=date(2026, 11, 1),
    )

    assert reading.good is good
    assert reading.lapse is Lapse.PROMISE_BROKEN


def test_a_plan_is_not_broken_by_a_look_that_could_not_read() -> None:
    reading = compare_with_plan(
        Plan(),
        [],
        read=False,
        subject=SITE,
        seen_until=NOW,
        settings=load_shipped_settings(),
        watched_from=date(2026, 11, 1),
    )
    assert reading.good is None

    newest, dated = "newest_item_on", "shows_dated_items"
    assert are_publications_read(case(), [seen(newest, date(2026, 11, 1), 2)], 1)
    assert are_publications_read(case(), [seen(dated, False, 2)], 1)
    looks: tuple[Sequence[Item], ...] = (
        [],
        [unseen(dated, 2)],
        [seen(dated, True, 2), unseen(newest, 3)],
        [seen(newest, date(2026, 11, 1), 1)],
    )
    for blind in looks:
        assert not are_publications_read(case(), blind, 1)


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """A case without services: a round over it looks at nothing."""
    hidden = shutil.ignore_patterns("evidence", "site")
    return Path(shutil.copytree(EXAMPLE, tmp_path / "case", ignore=hidden))


def round_of(tmp_path: Path, **others: object) -> Round:
    from changqing.net.model import NetSettings

    return make_round(Clock(), tmp_path / "key", Taker(), NetSettings(), **others)


def test_the_schedule_of_the_case_is_what_is_promised(quiet: Path) -> None:
    how = round_of(quiet.parent)
    opened = open_case(quiet, load_compiled())
    assert how.schedule(opened) is None

    (quiet / "schedule.yaml").write_text(
        "items:\n  - {on: 2026-12-01, topic: 冬季}\n", encoding="utf-8"
    )
    plan = how.schedule(opened)

    assert plan is not None
    assert plan.list_days(date(2026, 1, 1), date(2027, 1, 1)) == [date(2026, 12, 1)]
    (quiet / "schedule.yaml").write_text("items: [1]\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"schedule\.yaml:1"):
        how.schedule(opened)


def test_each_case_is_told_of_as_it_is_known(tmp_path: Path) -> None:
    heard: list[str] = []
    how = round_of(tmp_path, tell=lambda standing: heard.append(standing.name))
    folders = [tmp_path / "one", tmp_path / "two"]

    found = [standing.name for standing in watch(folders, how)]

    assert heard == found == ["one", "two"]
    assert not Watchbook(folders[0]).list_entries()
