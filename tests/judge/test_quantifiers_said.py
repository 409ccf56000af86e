"""Nobody is said to fulfil and to fail the same thing in one sentence."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.judge.model import Finding
from changqing.law.compiled import load_compiled
from changqing.rules.tree import Quantifier
from tests.documents.dossier_case import EXAMPLES, assessed
from tests.judge.assessment_factory import (
    CHEN,
    LIN,
    assess,
    catalogue,
    criterion,
    only,
    situation,
)

KINDS = ("every({})", "some({})", "none({})", "at_least(2, {})")
ASKED = {
    "person WHERE role = 'technical': full_time": "专职",
    "person WHERE role = 'technical': months >= 3": "参保月数不少于3个月",
    "person: full_time AND months >= 3": "专职，且参保月数不少于3个月",
}
QUANTIFIERS = [kind.format(asked) for kind, asked in product(KINDS, ASKED)]
_BARE = re.compile(r"(?:^|[，；因为（：])(符合|不符合|未知)：")


def answers(finding: Finding) -> list[str]:
    """What is said of each stance, without the requirement before it."""
    _, _, said = finding.explanation.zh.partition("。")
    return re.split("；按证实，", said)


@pytest.mark.long
@settings(max_examples=80, deadline=None)
@given(
    first=st.sampled_from(QUANTIFIERS),
    second=st.sampled_from(QUANTIFIERS),
    joined=st.sampled_from(["AND", "OR"]),
    told=st.lists(
        st.tuples(
            st.sampled_from(["technical", "manager"]),
            st.sampled_from([True, False, None]),
            st.sampled_from([1, 3, None]),
        ),
        min_size=2,
        max_size=2,
    ),
    closed=st.booleans(),
)
def test_no_member_is_named_both_as_fulfilling_and_as_failing(
    first: str,
    second: str,
    joined: str,
    told: list[tuple[str, bool | None, int | None]],
    *,
    closed: bool,
) -> None:
    members = {
        subject: {"role": role, "full_time": full_time, "months": months}
        for subject, (role, full_time, months) in zip((LIN, CHEN), told, strict=True)
    }
    finding = only(
        assess(
            catalogue(criterion("it", f"{first} {joined} {second}")),
            situation(
                members=members,
                closed=frozenset({"person"}) if closed else frozenset(),
            ),
        )
    )

    for said in answers(finding):
        # Two quantifiers: none of them may leave out what it says its members are.
        assert not _BARE.search(said), said
        named: dict[tuple[str, str], set[str]] = {}
        for denied, asked, noun, who in re.findall(
            r"(并非|是否)?“([^”]+)”(?:未知)?的(人员|技术人员)：([a-z、]+)", said
        ):
            for name in who.split("、"):
                named.setdefault((name, asked + noun), set()).add(denied)
        assert all(len(ways) == 1 for ways in named.values()), said


@pytest.mark.parametrize("quantifier", QUANTIFIERS)
def test_what_a_quantifier_says_of_a_member_is_so(quantifier: str) -> None:
    finding = only(
        assess(
            catalogue(criterion("it", f"{quantifier} AND some(person)")),
            situation(
                members={
                    LIN: {"role": "technical", "full_time": True, "months": 5},
                    CHEN: {"role": "technical", "full_time": False, "months": 1},
                },
                closed=frozenset({"person"}),
            ),
        )
    )
    asked = next(words for test, words in ASKED.items() if test in quantifier)

    said = finding.explanation.zh.partition("。")[2]

    assert re.search(f"[^非]“{asked}”的(技术)?人员：lin", said), said
    assert re.search(f"并非“{asked}”的(技术)?人员：chen", said), said


def test_whom_a_condition_may_not_pick_out_does_not_fail_it_for_certain() -> None:
    finding = only(
        assess(
            catalogue(criterion("it", "every(person WHERE full_time: months >= 3)")),
            situation(
                members={LIN: {"role": "technical", "full_time": None, "months": 1}},
                closed=frozenset({"person"}),
            ),
        )
    )

    assert "未知：lin" in finding.explanation.zh
    assert "不符合" not in finding.explanation.zh


@pytest.mark.parametrize("name", ["contradictory", "local-life", "newly-registered"])
def test_no_example_leaves_out_which_of_its_quantifiers_it_speaks_of(name: str) -> None:
    rules = load_compiled().criteria
    several = {
        criterion.id
        for criterion in rules.values()
        if sum(isinstance(j, Quantifier) for j in criterion.test.list_judgements()) > 1
    }
    found = [
        finding
        for finding in assessed(EXAMPLES / name).assessment.findings
        if finding.criterion.id in several and finding.terms
    ]

    assert {"insurance_steady", "equity_traced_to_end"} <= {
        finding.criterion.id for finding in found
    }
    for finding in found:
        for said in answers(finding):
            assert not _BARE.search(said), said
