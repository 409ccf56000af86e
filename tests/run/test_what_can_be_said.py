"""What an applicant can say in its own words, and what a case then says of it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from changqing.case.subjects import APPLICANT
from changqing.errors import CaseError
from changqing.evidence.ledger.recorded import Evidence
from changqing.judge.model import DefectCertainty, Finding, Readiness
from changqing.law.kinds.criterion import Route
from changqing.papers.open import open_case
from changqing.run import Outcome
from changqing.sealing import verify
from changqing.text import Language
from tests.documents.dossier_case import EXAMPLES, assessed, copied, judge
from tests.printing import print_papers
from tests.sealing.sealed_bundle import changqing, unpacked

TECHNICIAN = "{id: tang, name: 唐砚, role: technical,"
_LINES = (EXAMPLES / "local-life" / "case.yaml").read_text().splitlines()
TECHNICIAN_LINE = next(at for at, line in enumerate(_LINES, 1) if TECHNICIAN in line)


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
        "-" if finding.subject is None else finding.subject.id: finding.verdict.value
        for finding in outcome.assessment.findings
        if finding.criterion.id == criterion
    }


def only(outcome: Outcome, criterion: str) -> Finding:
    (found,) = (
        finding
        for finding in outcome.assessment.findings
        if finding.criterion.id == criterion
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


def with_paper(case: Path, kind: str, back: str) -> Path:
    """The case with one more paper, of the days after it was declared."""
    text = (case / "case.yaml").read_text()
    more = (
        f"papers:\n  - id: more\n    kind: {kind}\n    file: documents/more.md\n"
        f"    received_on: 2026-11-22\n    backs:\n      - {back}\n"
    )
    (case / "case.yaml").write_text(text.replace("papers:\n", more, 1))
    print_papers(case, "more")
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
        (
            "nobody: [technical]",
            f"“无人担任的岗位”（nobody）说没有技术人员，第{TECHNICIAN_LINE}行却列了“唐砚”",
        ),
        ("absent: [business_plan]", "“没有的材料”（absent）说没有"),
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


@pytest.mark.long
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
    assert f"case.yaml:{TECHNICIAN_LINE} " in told
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
    logged = {record.fact for record in Evidence(case).list_records()}
    told = assessed(case)
    assert "role" in logged
    assert verdicts(told, "technician_full_time") == {"self": "met"}


# Leaving


LEAVES = "full_time: true, employer_is_applicant: true, leaves_on: {}}}"
STAYS = "full_time: true, employer_is_applicant: true, leaving: false}"


def codes(finding: Finding) -> tuple[str, DefectCertainty | None]:
    return ",".join(finding.criterion.defects), finding.certainty


@pytest.mark.share
@pytest.mark.parametrize(
    ("day", "verdict", "core"),
    [
        ("2027-02-01", "unmet", "unmet"),
        ("2026-12-01", "unmet", "unmet"),
        ("2026-08-24", "unmet", "unmet"),
        ("2028-06-01", "met", "met"),
    ],
)
def test_who_is_about_to_leave_does_not_carry_the_service(
    tmp_path: Path, day: str, verdict: str, core: str
) -> None:
    told = said(tmp_path, (STAYS, LEAVES.format(day)))
    found = verdicts(told, "key_staff_staying")
    assert found == {"he": "met", "shen": "met", "tang": verdict}
    assert verdicts(told, "technician_full_time") == {"self": core}
    if verdict == "unmet":
        (leaving,) = (
            finding
            for finding in told.assessment.findings
            if finding.criterion.id == "key_staff_staying"
            and finding.verdict == "unmet"
        )
        # How long people have to stay is said by agencies alone.
        assert codes(leaving) == ("STAFF_LEAVING", DefectCertainty.POSSIBLE)
        assert leaving in {caution.finding for caution in told.assessment.cautions}
        # What it has done so far may still show that it lasts; its people do not.
        assert told.assessment.long_term.route is not Route.ABILITY


@pytest.mark.parametrize(
    ("day", "exists"), [("2026-08-24", "unmet"), ("2026-12-31", "met")]
)
def test_who_has_left_is_no_technician_of_the_company(
    tmp_path: Path, day: str, exists: str
) -> None:
    told = said(tmp_path, (STAYS, LEAVES.format(day)))
    assert verdicts(told, "technical_staff_exist") == {"self": exists}


def test_a_day_of_leaving_may_stand_in_a_paper(tmp_path: Path) -> None:
    line = "      - {fact: full_time, subject: 'person:he'"
    fact = "      - {fact: leaves_on, subject: 'person:he', value: 2027-01-31, place: '第4条'}\n"
    told = said(tmp_path, (line, fact + line))
    assert verdicts(told, "key_staff_staying")["he"] == "unmet"


def test_a_contact_who_is_about_to_leave_is_found(tmp_path: Path) -> None:
    contact = "named_contact: true, dispatched: false, full_time: true"
    told = said(tmp_path, (contact, f"{contact}, leaves_on: 2027-01-31"))
    assert codes(only(told, "company_contact_staying")) == (
        "STAFF_LEAVING",
        DefectCertainty.POSSIBLE,
    )


# Papers found false


def test_a_paper_found_false_stops_the_case_and_proves_nothing(tmp_path: Path) -> None:
    before = said(tmp_path / "before")
    paper = "    file: documents/14-social-insurance-proof.md\n"
    told = said(
        tmp_path / "after",
        (
            paper,
            f"{paper}    found_false: true\n    found_false_on: 2026-11-23\n"
            "    found_false_by: agency\n",
        ),
    )
    assert only(before, "no_paper_found_false").verdict.value == "met"
    assert before.assessment.readiness is Readiness.READY
    finding = only(told, "no_paper_found_false")
    assert finding.verdict.value == "unmet"
    assert codes(finding) == ("FALSE_MATERIAL", DefectCertainty.CERTAIN)
    assert finding.criterion.standing.value == "condition"
    assert told.assessment.readiness is Readiness.NOT_READY
    assert told.assessment.long_term.state.value == "in_doubt"
    assert finding in told.assessment.long_term.doubts
    # What only that paper proved is proven no longer.
    assert set(verdicts(told, "insured_months_enough").values()) != {"met"}
    has = told.situation.resolved[APPLICANT, "has_social_insurance"]
    assert has.proven is False


def test_a_false_paper_of_an_earlier_day_counted_until_it_was_found(
    tmp_path: Path,
) -> None:
    paper = "    file: documents/14-social-insurance-proof.md\n"
    words = "    found_false: true\n    found_false_on: 2026-11-30\n"
    told = said(tmp_path, (paper, paper + words))
    has = told.situation.resolved[APPLICANT, "has_social_insurance"]
    assert has.proven is True


def test_an_applicant_may_say_that_a_paper_it_does_not_list_was_false(
    tmp_path: Path,
) -> None:
    told = said(
        tmp_path,
        (
            "  paper_found_false: false\n",
            "  paper_found_false: true\n",
        ),
    )
    assert only(told, "no_paper_found_false").verdict.value == "unmet"


# What a visit found


@pytest.mark.share
@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("onsite_visited: false", "not_applicable"),
        ("onsite_visited: true", "undetermined"),
        ("onsite_visited: true\n  onsite_matches: true", "unproven"),
        ("onsite_visited: true\n  onsite_matches: false", "unmet"),
        (
            "onsite_visited_on: 2026-11-18\n  onsite_differs_in: [people, equipment]",
            "unmet",
        ),
    ],
)
def test_a_visit_decides_by_what_it_found(
    tmp_path: Path, words: str, verdict: str
) -> None:
    told = said(tmp_path, ("onsite_visited: false", words))
    assert only(told, "onsite_matches_papers").verdict.value == verdict


def test_a_record_of_the_visit_proves_that_all_was_as_said(tmp_path: Path) -> None:
    case = edited(tmp_path, ("onsite_visited: false", "onsite_visited: true"))
    with_paper(
        case,
        "site_visit_record",
        "{fact: onsite_matches, value: true, place: '第1行'}",
    )
    assert only(assessed(case), "onsite_matches_papers").verdict.value == "met"


# A domain that is a stranger's


def test_a_strangers_domain_is_as_doubtful_said_as_found_out(tmp_path: Path) -> None:
    honest = said(
        tmp_path / "honest",
        (
            "domain_holder_relation: applicant",
            "domain_holder_relation: unrelated",
        ),
    )
    found = next(
        finding
        for finding in honest.assessment.findings
        if finding.criterion.id == "domain_holder_relation"
    )
    assert found.verdict.value == "unmet"
    assert honest.assessment.long_term.state.value == "in_doubt"
    assert found in honest.assessment.long_term.doubts
    assert found in {caution.finding for caution in honest.assessment.cautions}
    case = edited(tmp_path / "caught")
    with_paper(
        case,
        "domain_cert",
        "{fact: domain_holder_relation, subject: 'service:site', value: unrelated, "
        "place: '第1行'}",
    )
    caught = assessed(case)
    assert verdicts(caught, "domain_holder_relation") == {"site": "contradicted"}
    assert caught.assessment.long_term.state.value == "in_doubt"
    assert caught.assessment.readiness is honest.assessment.readiness


def test_one_source_has_one_standing_for_who_may_hold_a_domain() -> None:
    catalogue = judge().catalogue
    (entry,) = (
        asked
        for asked in catalogue.materials["domain_cert"].asked
        if any(citation.instrument == "domain_notice" for citation in asked.citations)
    )
    assert entry.standing is catalogue.criteria["domain_holder_relation"].standing


# What is offered


def offering(folder: Path, activities: str, earns: str, **told: str) -> Outcome:
    words = "".join(f"  {fact}: {value}\n" for fact, value in told.items())
    return said(
        folder,
        ("applicant:\n", f"applicant:\n{words}"),
        (
            "\nholders:\n",
            "\noffers:\n  - {id: main, name: 主业, kind: running, "
            f"activities: {activities}, earns: {earns}, own_use: [], channels: [site]}}\n"
            "\nholders:\n",
        ),
    )


def test_a_case_without_offers_leaves_open_which_licence_they_need(
    tmp_path: Path,
) -> None:
    told = said(tmp_path)
    for rule in ("offer_fits_licence", "other_classes_held"):
        assert only(told, rule).verdict.value == "undetermined"


def test_who_offers_what_another_licence_is_for_is_told(tmp_path: Path) -> None:
    told = offering(tmp_path, "[marketplace]", "[users]", holds_telecom_licence="false")
    for rule in ("offer_fits_licence", "other_classes_held"):
        finding = only(told, rule)
        assert finding.verdict.value == "unmet"
        assert codes(finding) == ("BUSINESS_DESC_MISMATCH", DefectCertainty.CERTAIN)
        assert finding in {caution.finding for caution in told.assessment.cautions}
    assert "在线数据处理" in only(told, "other_classes_held").explanation.zh


def test_who_offers_what_it_applies_for_is_not(tmp_path: Path) -> None:
    told = offering(tmp_path, "[information]", "[users]")
    assert only(told, "offer_fits_licence").verdict.value == "met"
    assert only(told, "other_classes_held").verdict.value == "not_applicable"


def test_what_the_classification_leaves_open_is_no_finding(tmp_path: Path) -> None:
    told = offering(tmp_path, "[information]", "[others]")
    assert only(told, "offer_fits_licence").verdict.value == "undetermined"
    assert only(told, "other_classes_held").verdict.value == "not_applicable"


def test_of_a_listed_offer_that_nobody_described_nothing_follows(
    tmp_path: Path,
) -> None:
    told = said(
        tmp_path,
        (
            "\nholders:\n",
            "\noffers:\n  - {id: main, name: 主业, kind: planned}\n\nholders:\n",
        ),
    )
    assert only(told, "other_classes_held").verdict.value == "undetermined"
