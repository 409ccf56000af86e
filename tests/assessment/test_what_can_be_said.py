"""What an applicant can say in its own words, and what a case then says of it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from changqing.assessment import Finding, Readiness
from changqing.errors import CaseError
from changqing.evidence import APPLICANT, Evidence, open_case
from changqing.run import Outcome
from changqing.sealing import verify
from changqing.text import Language
from tests.dossier.dossier_case import assessed, copied, judge
from tests.sealing.sealed_bundle import changqing, unpacked

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


OPEN = ("closed:\n  papers: 2026-11-20\n  people: 2026-11-20\n", "closed:\n")
"""The lists of papers and people are not said to be complete."""


def without_paper(case: Path, kind: str) -> Path:
    """The case without its paper of one kind, and what it proves."""
    text = (case / "case.yaml").read_text()
    start = text.index(f"  - id: {kind}\n")
    text = text[:start] + text[text.index("\n  - id: ", start) + 1 :]
    (case / "case.yaml").write_text(text)
    return case


def with_words(case: Path, words: str) -> Path:
    with (case / "case.yaml").open("a") as file:
        file.write(words)
    return case


# One paper or post that is not there


def test_a_post_that_nobody_holds_is_certain_while_the_list_is_open(
    tmp_path: Path,
) -> None:
    case = edited(tmp_path, OPEN, ("role: technical", "role: content"))
    silent = assessed(case)
    told = assessed(with_words(case, "nobody: [technical]\n"))
    for rule in ("technical_staff_exist", "technician_full_time", "maintainer_named"):
        assert only(silent, rule).verdict.value == "undetermined"
        finding = only(told, rule)
        assert finding.verdict.value == "unmet"
        assert (finding.claimed, finding.proven) == (False, False)
        assert "申请人说明此外没有" in finding.explanation.zh
    assert told.assessment.readiness is Readiness.NOT_READY
    # Of other posts nothing was said.
    assert "person" in told.situation.open_proven
    assert only(told, "security_responsible_named").verdict.value == "met"


def test_a_paper_that_is_not_there_is_certain_while_the_list_is_open(
    tmp_path: Path,
) -> None:
    case = without_paper(edited(tmp_path, OPEN), "maintenance_plan")
    rule = "maintenance_plan_in_place"
    assert only(assessed(case), rule).verdict.value == "undetermined"
    told = assessed(with_words(case, "absent: [maintenance_plan]\n"))
    has = told.situation.resolved[APPLICANT, "has_maintenance_plan"]
    assert (has.claimed, has.proven) == (False, False)
    assert only(told, rule).verdict.value == "unmet"
    assert only(told, "team_structure_present").verdict.value == "met"


def test_what_a_paper_has_to_state_is_not_stated_where_there_is_none(
    tmp_path: Path,
) -> None:
    case = without_paper(edited(tmp_path, OPEN), "team_structure")
    rule = "team_structure_present"
    assert only(assessed(case), rule).verdict.value == "undetermined"
    told = assessed(with_words(case, "absent: {team_structure: 2026-11-20}\n"))
    assert only(told, rule).verdict.value == "unmet"


def test_what_is_said_absent_on_a_later_day_does_not_count_before(
    tmp_path: Path,
) -> None:
    case = edited(tmp_path, OPEN, ("role: technical", "role: content"))
    told = assessed(with_words(case, "nobody: {technical: 2026-11-25}\n"))
    assert only(told, "technician_full_time").verdict.value == "undetermined"


@pytest.mark.parametrize(
    ("words", "zh"),
    [
        ("nobody: [technical]", "nobody 说没有技术人员，第69行却列了“唐砚”"),
        ("absent: [business_plan]", "absent 说没有"),
        ("nobody: [tecnical]", "是否指 technical"),
        ("absent: [social_insurence]", "是否指 social_insurance"),
        ("absent: social_insurance", "应为列表"),
        ("nobody: {finance: soon}", "不是日期"),
    ],
)
def test_what_is_said_absent_may_not_be_listed_or_unknown(
    tmp_path: Path, words: str, zh: str
) -> None:
    assert zh in refusal(with_words(edited(tmp_path), f"{words}\n"))


def test_a_bundle_carries_what_the_applicant_says_it_has_not(tmp_path: Path) -> None:
    case = edited(tmp_path, OPEN, ("role: technical", "role: content"))
    without_paper(case, "team_structure")
    with_words(case, "nobody: [technical]\nabsent: [team_structure]\n")
    bundle = tmp_path / "bundle.zip"
    done = changqing(
        "seal", case, "-o", bundle, "--as-of", "2026-11-24", config=tmp_path
    )
    assert done.returncode == 0, done.stderr
    given = json.loads(unpacked(bundle.read_bytes())["given.json"])
    assert {"person", "person__security", "paper"} <= set(given["open"]["proven"])
    assert not {"person__technical", "paper__team_structure"} & {
        *given["open"]["claimed"],
        *given["open"]["proven"],
    }
    report, _ = verify.check(io.BytesIO(bundle.read_bytes()), frozenset(), {})
    assert not report.damaged


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
