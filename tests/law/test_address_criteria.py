"""What addresses and providers tell, and what they do not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, compile_sqlite
from changqing.rules.types import Value
from tests.shipped import CATALOGUE

INSIDE, OUTSIDE = frozenset({"203.0.113.8"}), frozenset({"198.51.100.4"})


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


def holds(catalogue: Catalogue, name: str, values: Mapping[str, Value]) -> bool | None:
    test = {name: catalogue.criteria[name].test}
    engine = SqliteEngine(compile_sqlite(test, vocabulary=list_vocabulary(catalogue)))
    members = [
        MemberRow(id="site", stance=stance, values={"kind": "website", **values})
        for stance in (Stance.CLAIMED, Stance.PROVEN)
    ]
    nothing_open = dict.fromkeys(Stance, frozenset[str]())
    rows = Rows(members={"service": members}, open_lists=nothing_open)
    verdicts = engine.evaluate(rows, parameters={}, givens={})
    return verdicts[name, "site", Stance.PROVEN]


@pytest.mark.parametrize(
    ("resolved", "behind", "origin", "wanted"),
    [
        (INSIDE, None, None, True),
        (INSIDE, True, None, True),
        (OUTSIDE, False, None, False),
        (OUTSIDE, None, None, None),
        (OUTSIDE, True, None, None),
        (OUTSIDE, True, True, True),
        (OUTSIDE, True, False, False),
        (None, False, None, None),
    ],
)
def test_behind_a_cdn_the_address_seen_outside_says_nothing(
    catalogue: Catalogue,
    resolved: frozenset[str] | None,
    behind: bool | None,
    origin: bool | None,
    wanted: bool | None,
) -> None:
    known: dict[str, Value | None] = {
        "resolved_addresses": resolved,
        "hosting_addresses": INSIDE,
        "behind_cdn": behind,
        "origin_in_agreement": origin,
    }
    values = {name: value for name, value in known.items() if value is not None}
    assert holds(catalogue, "addresses_match_agreement", values) is wanted


@pytest.mark.parametrize(
    ("filed", "wanted"), [("甲公司", True), ("乙公司", False), (None, None)]
)
def test_the_provider_is_compared_only_when_both_are_known(
    catalogue: Catalogue, filed: str | None, wanted: bool | None
) -> None:
    values: dict[str, Value] = {"hosting_provider": "甲公司"}
    if filed is not None:
        values["filing_access_provider"] = filed
    assert holds(catalogue, "access_provider_matches_filing", values) is wanted
