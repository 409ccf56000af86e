"""Whether a service can be reached is judged over attempts and hours, never at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from changqing.case.subjects import Subject
from changqing.evidence.model import Attempt, Gap, GapReason, Record
from changqing.evidence.reach import compute_reachability
from tests.evidence.evidence_factory import AS_OF, SITE, make_attempt, make_catalogue

CATALOGUE = make_catalogue()


def judged(*attempts: Attempt) -> Record | Gap | None:
    return compute_reachability(
        attempts, subject=SITE, catalogue=CATALOGUE, as_of=AS_OF
    )


def tried(pattern: str, every: float = 3) -> list[Attempt]:
    """`+` answered, `-` not, `?` our own network in doubt; the latest is last."""
    count = len(pattern)
    return [
        make_attempt(
            (count - 1 - place) * every,
            answered={"+": True, "-": False, "?": None}[mark],
            control_ok=mark != "?",
        )
        for place, mark in enumerate(pattern)
    ]


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("+++", True),
        ("-++", True),
        ("---", False),
        ("----------", False),
        ("+++++++---", False),
        ("-------+++", True),
        ("?+?+?+", True),
    ],
)
def test_enough_attempts_decide(pattern: str, value: bool) -> None:
    found = judged(*reversed(tried(pattern)))
    assert isinstance(found, Record)
    assert found.value is value
    assert found.observed_at == tried(pattern)[-1].at
    assert found.valid_until == AS_OF + timedelta(days=7)


@pytest.mark.parametrize(
    ("pattern", "entries"),
    [("---", (1, 2, 3)), ("+++++++---", (8, 9, 10)), ("?-?--", (2, 4, 5))],
)
def test_it_names_the_attempts_that_decide(
    pattern: str, entries: tuple[int, ...]
) -> None:
    told = [replace(a, number=n) for n, a in enumerate(tried(pattern), start=1)]
    found = judged(*reversed(told))
    assert isinstance(found, Record)
    assert found.entries == entries


@pytest.mark.parametrize(
    ("pattern", "entries"), [("?-", (1, 2)), ("+-+-", (1, 2, 3, 4))]
)
def test_a_gap_names_the_attempts_that_leave_it_open(
    pattern: str, entries: tuple[int, ...]
) -> None:
    told = [replace(a, number=n) for n, a in enumerate(tried(pattern), start=1)]
    found = judged(*told)
    assert isinstance(found, Gap)
    assert found.entries == entries


def test_where_the_latest_differ_it_names_every_attempt_that_was_counted() -> None:
    told = [replace(a, number=n) for n, a in enumerate(tried("?+++-+"), start=1)]
    found = judged(*told)
    assert isinstance(found, Record)
    assert found.value is True
    assert found.entries == (2, 3, 4, 5, 6)


@pytest.mark.parametrize("pattern", ["++-", "+-+-", "--+", "-+--+"])
def test_a_service_that_comes_and_goes_is_neither(pattern: str) -> None:
    found = judged(*tried(pattern))
    assert isinstance(found, Gap)
    assert found.reason is GapReason.CONFLICTING


@pytest.mark.parametrize(
    "attempts",
    [tried("++"), tried("++++", every=1), tried("????"), tried("+?+?")],
)
def test_too_few_or_too_close_attempts_are_a_gap(attempts: list[Attempt]) -> None:
    found = judged(*attempts)
    assert isinstance(found, Gap)
    assert found.reason is GapReason.NOT_ENOUGH_ATTEMPTS
    assert "6小时" in found.detail.zh


def test_attempts_of_other_services_and_other_months_do_not_count() -> None:
    other = [
        make_attempt(n * 3, answered=True, subject=Subject("service", "b"))
        for n in range(3)
    ]
    old = [make_attempt(800 + n * 3, answered=True) for n in range(3)]
    later = [make_attempt(-24 - n * 3, answered=True) for n in range(3)]
    assert judged(*other, *old, *later) is None
    bare = compute_reachability(
        tried("+++"),
        subject=SITE,
        catalogue=replace(CATALOGUE, facts={}),
        as_of=AS_OF,
    )
    assert isinstance(bare, Record)
    assert bare.valid_until is None
