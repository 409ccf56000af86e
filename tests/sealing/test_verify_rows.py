"""The verifier rebuilds the rows by its own code: it must agree with ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import beijing_day, find_day_start
from changqing.evidence.ledger.codec import encode
from changqing.evidence.ledger.log import Tiles, append_entries
from changqing.evidence.ledger.merkle import hash_leaf
from changqing.evidence.model import CLOSED_PAPERS, Attempt, Record, Source, SourceKind
from changqing.evidence.reach import compute_reachability
from changqing.evidence.resolve import resolve
from changqing.evidence.tolerance import Sameness, compare_values
from changqing.law.kit import Grade
from changqing.sealing import rules, verify
from tests.evidence.evidence_factory import AS_OF, SITE, make_catalogue
from tests.share import examples

CATALOGUE = make_catalogue()
FACTS: dict[str, dict[str, Any]] = {}
for (_kind, _name), _each in CATALOGUE.facts.items():
    FACTS.setdefault(_kind, {})[_name] = json.loads(
        json.dumps(rules._encode_fact(_each))
    )

DAYS = st.integers(-40, 3).map(lambda days: AS_OF + timedelta(days=days))
HOURS = st.integers(0, 23).map(lambda hours: timedelta(hours=hours))
TOLD: list[tuple[Subject, str, st.SearchStrategy[Any]]] = [
    (APPLICANT, "registered_capital", st.sampled_from([1, 2, 3])),
    (APPLICANT, "name", st.sampled_from(["长青科技", "长青信息", "长青（科技）", "CHANGQING", "EVERGREEN"])),
    (APPLICANT, "has_lease", st.booleans()),
    (APPLICANT, "channels", st.sampled_from([frozenset({"email"}), frozenset({"email", "chat"})])),
    (SITE, "domain_expires_on", st.sampled_from([date(2027, 1, n) for n in (1, 2, 5)])),
    (SITE, "kind", st.sampled_from(["website", "app"])),
]  # fmt: skip

PLACES = st.lists(
    st.sampled_from(["浙江省", "杭州市", "西湖区", "文三路", "1号", "3幢", "3号楼", "23层", "2306", "2307", "、", "-", "07", "室", "房", "（自主申报）", " "])
    , max_size=9).map("".join)  # fmt: skip
COMPANIES = st.lists(
    st.sampled_from(["杭州", "常青", "长青", "（浙江）", "科技", "有限公司", "有限责任公司", "Ltd", " "])
    , max_size=5).map("".join)  # fmt: skip


@given(
    st.sampled_from(
        [("address", PLACES), ("company_name", COMPANIES), ("plain", PLACES)]
    ).flatmap(lambda kind: st.tuples(st.just(kind[0]), kind[1], kind[1]))
)
@settings(max_examples=examples(400))
def test_the_verifier_compares_texts_as_we_do(drawn: tuple[str, str, str]) -> None:
    outcomes = {
        True: Sameness.SAME, False: Sameness.DIFFERENT, None: Sameness.UNCLEAR
    }  # fmt: skip
    kind, one, other = drawn

    theirs = outcomes[verify._compare_texts(kind, one, other)]

    assert theirs is compare_values(one, other, text_kind=kind)
    assert theirs is compare_values(other, one, text_kind=kind)


@st.composite
def records(draw: st.DrawFn) -> Record:
    subject, fact, values = draw(st.sampled_from(TOLD))
    seen = find_day_start(draw(DAYS)) + draw(HOURS)
    return Record(
        fact=fact,
        subject=subject,
        value=draw(st.none() | values),
        source=Source(
            kind=draw(st.sampled_from(SourceKind)),
            name=draw(st.sampled_from(["a", "b", CLOSED_PAPERS])),
            place=draw(st.sampled_from(["", "1"])),
        ),
        observer="somebody",
        grade=draw(st.sampled_from(Grade)),
        digest=draw(st.sampled_from([None, "ab"])),
        observed_at=seen,
        received_at=seen + draw(HOURS),
        valid_until=draw(st.none() | DAYS),
        raw=draw(st.sampled_from([None, "x"])),
    )


def _theirs(items: list[Record]) -> list[verify.Record]:
    return [
        verify.read_record(json.loads(json.dumps(encode(item))), item.number)
        for item in items
    ]


@given(st.lists(records(), max_size=9))
@settings(max_examples=examples(250))
def test_the_verifier_resolves_as_we_do(told: list[Record]) -> None:
    logged = [replace(record, number=at) for at, record in enumerate(told, start=1)]
    ours = resolve(logged, (), CATALOGUE, AS_OF)
    theirs = verify.resolve(_theirs(logged), FACTS, AS_OF)
    assert {(str(subject), fact) for subject, fact in ours} == theirs.keys()
    for (subject, fact), found in ours.items():
        assert theirs[str(subject), fact] == verify.Resolved(
            claimed=found.claimed,
            proven=found.proven,
            agree_claimed=found.agree_claimed,
            agree_proven=found.agree_proven,
        )


@given(
    st.lists(
        st.tuples(st.integers(0, 24 * 35), st.none() | st.booleans(), st.booleans()),
        max_size=8,
    )
)
@settings(max_examples=examples(300))
def test_the_verifier_derives_reachability_as_we_do(
    tried: list[tuple[int, bool | None, bool]],
) -> None:
    last = find_day_start(AS_OF) + timedelta(hours=20)
    attempts = [
        Attempt(
            subject=SITE,
            url="https://chutang.example/",
            at=last - timedelta(hours=hours),
            answered=answered,
            reason=None,
            status=None,
            control_ok=control,
            number=number,
        )
        for number, (hours, answered, control) in enumerate(tried, start=1)
    ]
    ours = compute_reachability(
        attempts, subject=SITE, catalogue=CATALOGUE, as_of=AS_OF
    )
    read = [
        verify.read_attempt(encode(attempt), attempt.number) for attempt in attempts
    ]
    theirs = verify.derive_reachability(read, str(SITE), FACTS, AS_OF)
    if isinstance(ours, Record):
        assert theirs == _theirs([ours])[0]
    else:
        assert theirs is None


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
@settings(max_examples=examples(400))
def test_a_beijing_day_is_that_of_the_time_zone_database(instant: datetime) -> None:
    utc = instant.replace(tzinfo=UTC)
    assert verify.beijing_day(utc) == beijing_day(utc)


@pytest.mark.long
def test_a_beijing_day_is_right_around_every_change_of_summer_time() -> None:
    for year in range(1986, 1992):
        for hour in range(24 * 366):
            utc = datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
            assert verify.beijing_day(utc) == beijing_day(utc), utc


@given(st.integers(0, 70))
def test_roots_and_proofs_are_those_of_the_log(size: int) -> None:
    entries = [bytes([n]) * 32 for n in range(size)]
    tiles, _ = append_entries(Tiles(Path("/nowhere"), 0), entries)
    leaves = [hash_leaf(entry) for entry in entries]
    assert verify.compute_root(leaves) == tiles.compute_root()
    for index, leaf in enumerate(leaves):
        proof = tiles.prove_inclusion(index)
        assert verify.is_included(leaf, index, size, proof, tiles.compute_root())
        wrong = verify.is_included(
            hash_leaf(b"x"), index, size, proof, tiles.compute_root()
        )
        assert not wrong
