"""What an applicant can say in its own words, and what a case then says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.assessment import Finding
from changqing.errors import CaseError
from changqing.evidence import Evidence, open_case
from changqing.run import Outcome
from changqing.text import Language
from tests.dossier.dossier_case import assessed, copied, judge

TECHNICIAN = "{id: tang, name: 唐砚, role: technical,"


def said(folder: Path, *edits: tuple[str, str], name: str = "local-life") -> Outcome:
    """A case that was in order, with some words of its `case.yaml` replaced."""
    return assessed(edited(folder, *edits, name=name))


def edited(folder: Path, *edits: tuple[str, str], name: str = "local-life") -> Path:
    case = copied(name, folder)
    text = (case / "case.yaml").read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (case / "case.yaml").write_text(text)
    return case


def verdicts(outcome: Outcome, criterion: str) -> dict[str, str]:
    """What was found, by the id of the subject."""
    return {
        "-" if found.subject is None else found.subject.id: found.verdict.value
        for found in outcome.assessment.findings
        if found.criterion.id == criterion
    }


def only(outcome: Outcome, criterion: str) -> Finding:
    (found,) = (
        one for one in outcome.assessment.findings if one.criterion.id == criterion
    )
    return found


def refusal(case: Path) -> str:
    with pytest.raises(CaseError) as refused:
        open_case(case, judge().catalogue)
    return "\n".join(issue.say(Language.ZH) for issue in refused.value.issues)


# Several posts


def test_who_holds_two_posts_counts_in_both(tmp_path: Path) -> None:
    told = said(
        tmp_path,
        (TECHNICIAN, "{id: tang, name: 唐砚, role: [security, technical],"),
        ("role: security, is_holder: false", "role: content, is_holder: false"),
    )
    assert verdicts(told, "technician_full_time") == {"self": "met"}
    assert verdicts(told, "technical_staff_exist") == {"self": "met"}
    assert verdicts(told, "security_responsible_named")["self"] != "unmet"


def test_one_person_in_two_posts_does_not_fill_three(tmp_path: Path) -> None:
    told = said(
        tmp_path,
        ("role: customer_service", "role: finance"),
        (
            "role: security, is_holder: false",
            "role: [security, customer_service], is_holder: false",
        ),
    )
    assert verdicts(told, "key_posts_insured") == {"self": "unmet"}


@pytest.mark.parametrize(
    ("post", "zh"),
    [("[technical, tecnical]", "tecnical"), ("[]", "role"), ("[null]", "role")],
)
def test_a_post_that_is_not_known_is_said_with_its_line(
    tmp_path: Path, post: str, zh: str
) -> None:
    case = edited(tmp_path, ("role: technical", f"role: {post}"))
    told = refusal(case)
    assert "case.yaml:69" in told
    assert zh in told


def test_rules_read_every_post_never_the_first_alone() -> None:
    rules = judge().catalogue.criteria.values()
    read = {key for rule in rules for key in rule.test.facts | rule.applies.facts}
    assert ("person", "roles") in read
    assert ("person", "role") not in read


def test_evidence_logged_before_people_had_several_posts_still_counts(
    tmp_path: Path,
) -> None:
    case = copied("local-life", tmp_path)
    logged = {one.fact for one in Evidence(case).records()}
    told = assessed(case)
    assert "role" in logged
    assert verdicts(told, "technician_full_time") == {"self": "met"}
