"""What is claimed and what is proven: the rules of resolution, and their laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_day_start
from changqing.evidence.model import (
    CLOSED_PAPERS,
    Gap,
    GapReason,
    Record,
    Resolved,
    SourceKind,
)
from changqing.evidence.resolve import find_conflicts, resolve, resolve_unknown
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.rules.types import Value
from tests.evidence.evidence_factory import (
    AS_OF,
    SITE,
    declared,
    make_catalogue,
    make_fact,
    make_gap,
    make_record,
    source,
)

CATALOGUE = make_catalogue()
CAPITAL = (APPLICANT, "registered_capital")


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def resolved(*records: Record, gaps: tuple[Gap, ...] = ()) -> Resolved:
    (found,) = resolve(records, gaps, CATALOGUE, AS_OF).values()
    return found


def test_a_declaration_is_claimed_and_a_paper_proves() -> None:
    found = resolved(declared(value=5), make_record(value=5))
    assert (found.claimed, found.proven) == (5, 5)
    assert found.gap is None
    assert found.agree_claimed is True
    assert found.agree_proven is None


def test_without_a_declaration_the_best_evidence_is_claimed() -> None:
    weak = make_record(value=1, source=source(name="a"), day=ago(1))
    strong = make_record(value=2, grade=Grade.ATTESTED, source=source(name="b"))
    assert resolved(weak, strong).claimed == 2


def test_nothing_is_claimed_of_evidence_that_is_as_good_both_ways() -> None:
    found = resolved(
        make_record(value=1, source=source(name="a")),
        make_record(value=2, source=source(name="b")),
    )
    assert found.claimed is None
    assert found.proven is None
    assert found.gap is GapReason.CONFLICTING


@pytest.mark.parametrize(
    "record",
    [
        make_record(valid_until=ago(1)),
        make_record(day=AS_OF + timedelta(days=1)),
        make_record(received_at=find_day_start(AS_OF + timedelta(days=1))),
    ],
)
def test_what_expired_or_is_not_yet_known_is_in_neither_row(record: Record) -> None:
    found = resolve([record], [make_gap()], CATALOGUE, AS_OF)[CAPITAL]
    assert (found.claimed, found.proven) == (None, None)


def test_a_record_counts_on_its_last_day() -> None:
    assert resolved(make_record(value=1, valid_until=AS_OF)).proven == 1


def test_an_expired_proof_is_told_as_expired() -> None:
    found = resolved(declared(), make_record(valid_until=ago(1), number=7))
    assert found.gap is GapReason.EXPIRED
    assert found.gap_detail is not None
    assert "证0007" in found.gap_detail.zh
    assert found.ended_by is not None
    assert (found.ended_by.number, found.gap_entries) == (7, (7,))


def test_a_record_replaces_an_earlier_one_of_its_source_even_once_expired() -> None:
    old = make_record(value=1, day=ago(5))
    new = make_record(value=2, day=ago(3), valid_until=ago(2))
    assert resolved(old, new).proven is None


def test_a_form_told_again_replaces_whatever_date_it_bears() -> None:
    first = declared(value=1, day=ago(2), number=1)
    again = declared(value=2, day=ago(9), number=5)
    assert resolved(again, first).claimed == 2
    assert resolved(again, replace(first, number=0)).claimed == 1


def test_an_older_look_logged_late_replaces_nothing() -> None:
    probe = source(SourceKind.PROBE, "page")
    new = make_record(value=2, source=probe, day=ago(1), number=1)
    late = make_record(value=1, source=probe, day=ago(4), number=9)
    assert resolved(new, late).proven == 2


def test_a_cleared_field_claims_nothing() -> None:
    cleared = declared(value=None, day=ago(1), number=2)
    found = resolved(declared(value=1, number=1), cleared)
    assert found.claimed is None
    assert found.gap is GapReason.NO_RECORD


@pytest.mark.parametrize("nothing", [0, False, "", frozenset()])
def test_a_proof_of_nothing_outweighs_a_claim_of_something(nothing: Value) -> None:
    claim, proof = make_record(value=5), make_record(value=nothing)
    found = replace(
        resolved(declared(value=5)),
        claimed_by=claim,
        proven=nothing,
        proven_by=proof,
    )
    assert (found.best, found.best_by) == (nothing, proof)

    unproven = replace(found, proven=None, proven_by=None)
    assert (unproven.best, unproven.best_by) == (5, claim)


def test_the_newest_proof_wins_over_older_ones_of_its_grade() -> None:
    found = resolved(
        make_record(value=1, source=source(name="a"), day=ago(9)),
        make_record(value=2, source=source(name="b"), day=ago(3)),
    )
    assert found.proven == 2
    assert found.agree_proven is False


def test_an_older_proof_of_a_higher_grade_leaves_it_open() -> None:
    found = resolved(
        make_record(value=1, grade=Grade.ATTESTED, source=source(name="a"), day=ago(9)),
        make_record(value=2, source=source(name="b"), day=ago(3)),
    )
    assert found.proven is None
    assert found.gap is GapReason.CONFLICTING


def test_a_proof_older_than_a_differing_declaration_counts_no_more() -> None:
    found = resolved(declared(value=2, day=ago(1)), make_record(value=1, day=ago(2)))
    assert (found.claimed, found.proven) == (2, None)
    assert found.gap is GapReason.OLDER_THAN_CLAIM
    assert resolved(declared(value=1, day=ago(1)), make_record(value=1)).proven == 1
    same_day = resolved(declared(value=2, day=ago(2)), make_record(value=1, day=ago(2)))
    assert same_day.proven == 1


def test_a_weak_record_proves_nothing() -> None:
    found = resolved(declared())
    assert found.gap is GapReason.WEAK_GRADE
    declares = declared("is_foreign_invested", value=False)
    assert resolved(declares).proven is False


def test_a_closed_list_proves_absence_by_the_applicants_own_word() -> None:
    closing = source(SourceKind.FORM, CLOSED_PAPERS)
    absent = declared("has_business_licence", value=False, source=closing)
    assert resolved(absent).proven is False
    assert resolved(declared("has_business_licence", value=False)).proven is None


def test_what_kind_a_member_is_is_known_in_both_rows_on_any_day() -> None:
    role = declared(
        "role", "technical", subject=Subject("person", "lin"), day=date(2030, 1, 1)
    )
    found = resolved(role)
    assert (found.claimed, found.proven) == ("technical", "technical")


def test_proofs_agree_only_while_nothing_live_differs_from_them() -> None:
    proofs = [
        make_record(value=1, source=source(name="a"), day=ago(3)),
        make_record(value=1, source=source(name="b"), day=ago(3)),
    ]
    assert resolved(*proofs).agree_proven is True
    assert resolved(*proofs, declared(value=2, day=ago(4))).agree_proven is False


def test_values_within_the_tolerance_do_not_differ() -> None:
    fact, grade = "domain_expires_on", Grade.OBSERVED
    one = make_record(
        fact, date(2027, 3, 1), subject=SITE, grade=grade, source=source(name="a")
    )
    other = replace(one, value=date(2027, 3, 2), source=source(name="b"))
    assert resolved(one, other).agree_proven is True
    assert find_conflicts([one, other], CATALOGUE, AS_OF) == []
    far = replace(other, value=date(2027, 3, 3))
    assert len(find_conflicts([one, far], CATALOGUE, AS_OF)) == 1


def test_numbers_have_tolerances_and_truth_is_no_number() -> None:
    catalogue = make_catalogue(
        replace(CATALOGUE.facts[("applicant", "staff_insured")], tolerance=2)
    )
    one = make_record("staff_insured", 1)
    for value, count in ((3, 0), (4, 1), (True, 1)):
        other = replace(one, value=value, source=source(name="b"))
        assert len(find_conflicts([one, other], catalogue, AS_OF)) == count


def test_sets_and_texts_differ_by_what_they_hold() -> None:
    one = make_record("channels", frozenset({"chat", "email"}))
    other = replace(one, value=frozenset({"chat"}), source=source(name="b"))
    (conflict,) = find_conflicts([other, one], CATALOGUE, AS_OF)
    assert {conflict.one, conflict.other} == {one, other}
    assert resolved(one, other).proven is None


def test_a_name_in_another_script_is_hidden_and_never_different() -> None:
    claim = declared("domain_registrant", "杭州绿洲网络科技有限公司", subject=SITE)
    proof = make_record("domain_registrant", "HANGZHOU OASIS", subject=SITE)
    found = resolved(claim, proof)
    assert found.proven is None
    assert found.gap is GapReason.HIDDEN
    assert found.agree_claimed is None
    assert find_conflicts([claim, proof], CATALOGUE, AS_OF) == []
    alone = resolved(proof)
    assert alone.proven == "HANGZHOU OASIS"
    han = replace(claim, grade=Grade.DOCUMENTED, source=source(name="c"))
    assert resolved(proof, han).proven == claim.value


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (SourceKind.FORM, "填报"),
        (SourceKind.PAPER, "材料 x"),
        (SourceKind.PROBE, "实测 x"),
        (SourceKind.LOOK, "人工查看 x"),
        (SourceKind.DERIVED, "推算 x"),
    ],
)
def test_a_record_without_number_is_called_by_its_source(
    kind: SourceKind, name: str
) -> None:
    record = make_record(source=source(kind, "x"), valid_until=ago(1))
    detail = resolved(record).gap_detail
    assert detail is not None
    assert detail.zh.startswith(name)


def test_the_most_telling_reason_is_given() -> None:
    hidden = make_gap(reason=GapReason.HIDDEN, at=find_day_start(ago(9)))
    timeout, idle = make_gap(), make_gap(reason=GapReason.NOT_LOOKED)
    ended = make_record(valid_until=ago(1))
    silent = make_gap(reason=GapReason.NOT_SHOWN)
    cases: list[tuple[tuple[Record, ...], tuple[Gap, ...], GapReason]] = [
        ((declared(), ended), (timeout, hidden, idle), GapReason.HIDDEN),
        ((declared(), ended), (timeout, idle), GapReason.TIMEOUT),
        ((declared(), ended), (idle,), GapReason.EXPIRED),
        ((declared(), ended), (silent,), GapReason.EXPIRED),
        ((declared(),), (silent,), GapReason.NOT_SHOWN),
        ((declared(),), (idle,), GapReason.WEAK_GRADE),
        ((), (idle,), GapReason.NOT_LOOKED),
    ]
    for records, gaps, reason in cases:
        found = resolved(*records, gaps=gaps)
        assert found.gap is reason
        assert found.gap_detail is not None
        assert found.gap_detail.zh
        assert found.gap_detail.en


def test_a_later_look_that_saw_something_ends_the_gap() -> None:
    page = source(SourceKind.PROBE, "page")
    weak = make_record(grade=Grade.DECLARED, source=page, day=AS_OF)
    assert resolved(weak, gaps=(make_gap(),)).gap is GapReason.WEAK_GRADE
    earlier = replace(weak, observed_at=find_day_start(ago(5)))
    assert resolved(earlier, gaps=(make_gap(),)).gap is GapReason.TIMEOUT


def test_a_gap_after_the_day_is_not_known_yet() -> None:
    assert (
        resolve(
            [], [make_gap(at=find_day_start(AS_OF + timedelta(1)))], CATALOGUE, AS_OF
        )
        == {}
    )


def test_what_nothing_speaks_of_is_unknown_for_its_own_reason() -> None:
    assert resolve_unknown(*CAPITAL, CATALOGUE).gap is GapReason.NO_RECORD
    listed = resolve_unknown(APPLICANT, "has_business_licence", CATALOGUE)
    assert listed.gap is GapReason.LIST_OPEN
    assert (
        resolve_unknown(APPLICANT, "no_such_fact", CATALOGUE).gap is GapReason.NO_RECORD
    )


def test_facts_the_catalogue_does_not_know_are_left_out() -> None:
    strange = [make_record("x", source=source(name=name)) for name in "ab"]
    strange[1] = replace(strange[1], value=2)
    assert resolve(strange, [], CATALOGUE, AS_OF) == {}
    assert find_conflicts(strange, CATALOGUE, AS_OF) == []


# Laws

days = st.integers(-3, 20).map(ago)
PROOFS = (Grade.DECLARED, Grade.DOCUMENTED, Grade.OBSERVED)


@st.composite
def records(draw: st.DrawFn) -> Record:
    kind = draw(st.sampled_from(SourceKind))
    form = kind is SourceKind.FORM
    seen = draw(days)
    grade = Grade.DECLARED if form else draw(st.sampled_from(Grade))
    return make_record(
        "law",
        draw(st.sampled_from([None, 1, 2, 3, 9])),
        day=seen,
        received_at=find_day_start(max(seen, draw(days))),
        source=source(kind, draw(st.sampled_from("ab"))),
        grade=grade,
        valid_until=draw(st.none() | days),
    )


catalogues = st.builds(
    lambda proof, tolerance: make_catalogue(
        replace(
            make_fact("law", proof=proof, tolerance=tolerance),
            type=CATALOGUE.facts[("applicant", "staff_insured")].type,
        )
    ),
    st.sampled_from(PROOFS),
    st.integers(0, 1),
)
several = st.lists(records(), max_size=7)


@given(several, catalogues, st.data())
def test_the_order_of_upload_never_matters(
    told: list[Record], catalogue: Catalogue, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(told))
    assert resolve(told, [], catalogue, AS_OF) == resolve(
        shuffled, [], catalogue, AS_OF
    )
    assert find_conflicts(told, catalogue, AS_OF) == find_conflicts(
        shuffled, catalogue, AS_OF
    )


@given(several, catalogues)
def test_nothing_expired_proves_or_claims_anything(
    told: list[Record], catalogue: Catalogue
) -> None:
    expired = [replace(record, valid_until=ago(1)) for record in told]
    for found in resolve(expired, [], catalogue, AS_OF).values():
        assert (found.claimed, found.proven) == (None, None)
        assert (found.agree_claimed, found.agree_proven) == (None, None)
        assert found.gap is not None


@given(several, catalogues, st.sampled_from(Grade))
def test_strengthening_what_decides_never_unproves(
    told: list[Record], catalogue: Catalogue, stronger: Grade
) -> None:
    for found in resolve(told, [], catalogue, AS_OF).values():
        decides = found.proven_by
        if decides is None or stronger < decides.grade:
            continue
        better = [
            replace(record, grade=stronger) if record == decides else record
            for record in told
        ]
        after = resolve(better, [], catalogue, AS_OF)[found.subject, found.fact]
        assert after.proven == found.proven


def hide_reason(found: Resolved) -> Resolved:
    """What is known, without why nothing proves it."""
    return replace(
        found, gap=None, gap_detail=None, gap_at=None, gap_entries=(), ended_by=None
    )


@given(several, catalogues, st.lists(st.sampled_from(GapReason), max_size=3))
def test_a_gap_changes_no_value(
    told: list[Record], catalogue: Catalogue, reasons: list[GapReason]
) -> None:
    gaps = [make_gap("law", reason=reason) for reason in reasons]
    before = resolve(told, [], catalogue, AS_OF).get((APPLICANT, "law"))
    after = resolve(told, gaps, catalogue, AS_OF).get((APPLICANT, "law"))
    if before is None:
        assert after is None or (after.claimed, after.proven) == (None, None)
    else:
        assert after is not None
        assert hide_reason(after) == hide_reason(before)


@given(several, catalogues)
def test_what_is_unproven_always_says_why(
    told: list[Record], catalogue: Catalogue
) -> None:
    for found in resolve(told, [], catalogue, AS_OF).values():
        assert (found.proven is None) == (found.gap is not None)
        assert (found.gap is None) == (found.gap_detail is None)
