"""Until when everything is committed: the earliest proven end, renewals apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_day_start
from changqing.evidence.model import Record, Resolved, Source, SourceKind
from changqing.law.kit import Grade
from changqing.outlook.endurance import (
    Endurance,
    LicenceTerm,
    compute_endurance,
    compute_licence_term,
)
from changqing.rules.types import Value
from tests.shipped import CATALOGUE

SITE = Subject("service", "site")
APP = Subject("service", "app")


def told(
    subject: Subject,
    fact: str,
    *,
    proven: Value | None = None,
    claimed: Value | None = None,
) -> Resolved:
    assert (subject.type, fact) in CATALOGUE.facts
    return Resolved(
        fact=fact,
        subject=subject,
        claimed=proven if claimed is None else claimed,
        claimed_by=None,
        proven=proven,
        proven_by=None,
        gap=None,
        gap_detail=None,
        agree_claimed=None,
        agree_proven=None,
    )


def lasting(
    *known: Resolved, subjects: Sequence[Subject] = (APPLICANT, SITE)
) -> Endurance:
    resolved = {(one.subject, one.fact): one for one in known}
    return compute_endurance(resolved, subjects, CATALOGUE, term=None)


def test_the_earliest_proven_end_sets_the_headline() -> None:
    found = lasting(
        told(SITE, "domain_expires_on", proven=date(2028, 1, 1)),
        told(SITE, "hosting_until", proven=date(2027, 3, 1)),
        told(APPLICANT, "lease_until", proven=date(2027, 9, 30)),
    )
    assert found.committed_until == date(2027, 3, 1)
    assert found.carried_by is not None
    assert found.carried_by.commitment.id == "hosting"
    assert [commitment.commitment.id for commitment in found.commitments][:3] == [
        "hosting",
        "lease",
        "domain",
    ]


def test_a_renewal_never_sets_the_headline() -> None:
    found = lasting(
        told(SITE, "certificate_not_after", proven=date(2026, 12, 1)),
        told(APPLICANT, "insurance_paid_through", proven=date(2026, 11, 30)),
    )
    assert found.committed_until is None
    assert found.carried_by is None
    assert {renewal.commitment.id for renewal in found.renewals} == {
        "certificate",
        "staff_insurance",
    }
    assert not {"certificate", "staff_insurance"} & {
        commitment.commitment.id for commitment in found.commitments
    }


def test_what_is_only_said_is_shown_and_sets_nothing() -> None:
    found = lasting(told(SITE, "hosting_until", claimed=date(2027, 3, 1)))
    hosting = next(
        commitment
        for commitment in found.commitments
        if commitment.commitment.id == "hosting"
    )
    assert hosting.claimed_until == date(2027, 3, 1)
    assert hosting.proven_until is None
    assert hosting.unknown
    assert found.committed_until is None


def test_an_end_that_is_past_stays_known_unless_a_later_one_is_said() -> None:
    end = date(2026, 11, 1)
    lease = Record(
        fact="lease_until",
        subject=APPLICANT,
        value=end,
        source=Source(kind=SourceKind.PAPER, name="lease"),
        observer="somebody",
        grade=Grade.DOCUMENTED,
        digest="0" * 64,
        observed_at=find_day_start(date(2024, 11, 1)),
        received_at=find_day_start(date(2024, 11, 1)),
        valid_until=end,
    )

    def find_lease_end(known: Resolved) -> date | None:
        found = lasting(known)
        return next(
            s for s in found.commitments if s.commitment.id == "lease"
        ).proven_until

    ended = replace(told(APPLICANT, "lease_until"), ended_by=lease)
    assert find_lease_end(ended) == end
    assert lasting(ended).committed_until == end
    said = replace(
        told(APPLICANT, "lease_until", claimed=date(2029, 1, 1)), ended_by=lease
    )
    assert find_lease_end(said) is None
    newer = replace(
        told(APPLICANT, "lease_until", proven=date(2028, 1, 1)), ended_by=lease
    )
    assert find_lease_end(newer) == date(2028, 1, 1)
    lookup = replace(lease, value=date(2030, 1, 1))  # the paper is over, the lease not
    assert find_lease_end(replace(ended, ended_by=lookup)) is None


def test_what_has_no_end_is_neither_unknown_nor_the_headline() -> None:
    found = lasting(
        told(SITE, "hosting_open_ended", proven=True),
        told(APPLICANT, "lease_open_ended", claimed=True),
        told(SITE, "domain_expires_on", proven=date(2028, 1, 1)),
    )
    by_name = {commitment.commitment.id: commitment for commitment in found.commitments}
    assert by_name["hosting"].open_ended
    assert not by_name["hosting"].unknown
    assert not by_name["lease"].open_ended
    assert by_name["lease"].claimed_open_ended
    assert by_name["lease"].unknown
    assert found.committed_until == date(2028, 1, 1)


def test_ends_come_first_then_the_open_ended_then_the_unknown() -> None:
    found = lasting(
        told(SITE, "hosting_open_ended", proven=True),
        told(APPLICANT, "cash_until", proven=date(2029, 1, 1)),
    )
    assert [commitment.commitment.id for commitment in found.commitments] == [
        "cash",
        "hosting",
        "domain",
        "lease",
    ]


def test_each_service_has_its_own_commitments() -> None:
    found = lasting(
        told(SITE, "hosting_until", proven=date(2028, 1, 1)),
        told(APP, "hosting_until", proven=date(2027, 1, 1)),
        subjects=(APPLICANT, SITE, APP),
    )
    assert found.carried_by is not None
    assert found.carried_by.subject == APP
    hosting = [
        commitment
        for commitment in found.commitments
        if commitment.commitment.id == "hosting"
    ]
    assert [support.subject for support in hosting] == [APP, SITE]


def test_what_it_is_carried_by_is_named_where_known() -> None:
    found = lasting(
        told(SITE, "hosting_provider", claimed="云海数据"),
        told(SITE, "domain", proven="example.cn", claimed="example.com"),
    )
    named = {
        commitment.commitment.id: commitment.detail for commitment in found.commitments
    }
    assert named["hosting"] is not None
    assert named["hosting"].zh == "云海数据"
    assert named["domain"] is not None
    assert named["domain"].en == "example.cn"
    assert named["cash"] is None
    assert {commitment.detail for commitment in lasting().commitments} == {None}


def test_nothing_known_is_unknown_and_not_over() -> None:
    found = lasting()
    assert found.committed_until is None
    assert all(support.unknown for support in (*found.commitments, *found.renewals))


@pytest.mark.parametrize(
    ("granted_on", "ends"),
    [
        (date(2027, 2, 23), date(2032, 2, 23)),
        (date(2028, 2, 29), date(2033, 2, 28)),
        (date(2027, 12, 31), date(2032, 12, 31)),
    ],
)
def test_the_term_of_a_licence_ends_on_the_same_day_five_years_on(
    granted_on: date, ends: date
) -> None:
    assert compute_licence_term(granted_on, 5) == LicenceTerm(
        start=granted_on, end=ends
    )


def test_a_renewal_is_due_only_after_its_usual_delay() -> None:
    found = lasting(
        told(APPLICANT, "insurance_paid_through", proven=date(2026, 10, 31))
    )
    (insurance,) = (o for o in found.renewals if o.commitment.id == "staff_insurance")
    assert insurance.proven_until == date(2026, 10, 31)
    assert insurance.next_by == date(2026, 10, 31) + timedelta(
        days=CATALOGUE.commitments["staff_insurance"].grace_days
    )
    assert insurance.next_by > date(2026, 11, 24)


def test_rooms_and_numbers_count_where_their_end_is_known_and_ask_for_none() -> None:
    room, number = Subject("resource", "room"), Subject("resource", "number")
    subjects = (APPLICANT, SITE, room, number)

    found = lasting(
        told(SITE, "domain_expires_on", proven=date(2028, 1, 1)),
        told(room, "agreed_until", proven=date(2027, 5, 31)),
        subjects=subjects,
    )

    assert found.committed_until == date(2027, 5, 31)
    assert found.carried_by is not None
    assert found.carried_by.subject == room
    assert number not in {commitment.subject for commitment in found.commitments}

    certified = lasting(
        told(number, "certificate_until", proven=date(2027, 2, 1)), subjects=subjects
    )
    assert certified.committed_until == date(2027, 2, 1)

    owned = lasting(told(room, "agreed_open_ended", proven=True), subjects=subjects)
    (right,) = (
        commitment for commitment in owned.commitments if commitment.subject == room
    )
    assert right.open_ended
    assert owned.committed_until is None
