"""The best papers that a company can write for itself prove no fact of the world.

For the newly registered company every kind of paper that a company writes is printed,
each with all that it could state, and with claims of cash, staff, backups and drills in
every one of them. Then they are read back.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from changqing.agency.example_paper import Written
from changqing.case.comparison import ReadOutcome
from changqing.case.model import Case
from changqing.documents.document import CITED, DocumentEdition
from changqing.documents.documents import write_documents
from changqing.evidence.model import Resolved, SourceKind
from changqing.judge.assess import Judge
from changqing.judge.model import LongTermState
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import Issuer
from changqing.law.kit import GradeGroup
from changqing.law.model import Verdict
from changqing.rules.types import Kind
from changqing.run import Outcome, run
from tests.examples.test_company_papers import OWN
from tests.examples.test_papers_prove_what_was_read import DOUBTS
from tests.printing import write_papers
from tests.quick_yaml import dump_yaml, load_yaml
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples/newly-registered"
DAY = date(2026, 11, 24)
MEMBERS: Final = {"person": "people", "holder": "holders", "service": "services"}
CLAIMS: Final = (
    *("applicant.cash_on_hand", "applicant.paid_in_capital", "applicant.revenue_12m"),
    *("applicant.headcount", "applicant.drill_held", "applicant.committed_funding"),
    *("applicant.insurance_paid_through", "applicant.complaint_closed_through"),
    *("person.full_time", "person.insured", "person.employer_is_applicant"),
    *("person.si_payer_is_applicant", "person.si_months_unbroken"),
    *("service.hosting_until", "service.domain_expires_on"),
)
"""Facts of the world that every paper of the company claims."""
KINDS: Final = {
    "technical_plan": "tech_plan",
    "funds_and_runway": "funding_plan",
    "articles_and_equity": "equity_chart",
    "content_review": "content_review_rules",
    "maintenance": "maintenance_plan",
    "emergency": "emergency_plan",
    "user_service": "complaint_rules",
    "personal_information": "privacy_policy",
    "undertaking": "commitment",
}
"""The kind of paper that a document is handed in as, where it has another name."""
NUMBERS: Final = {"fen": "9000万元", "basis_points": "100%", "months": 36}


def copy_example(folder: Path) -> Written:
    """Copy the example without what was recorded of it, and give what its case says."""
    shutil.copytree(EXAMPLE, folder)
    shutil.rmtree(folder / "evidence")
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    case: Written = load_yaml(text)
    return case


def assess(folder: Path, case: Written) -> Outcome:
    """Write what the case says, and assess it."""
    (folder / "case.yaml").write_text(dump_yaml(case), encoding="utf-8")

    def no_clock() -> datetime:
        raise AssertionError("a fixed day reads no clock")

    return run(
        folder, judge=Judge(CATALOGUE), clock=no_clock, key=folder / "key", as_of=DAY
    )


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What is said of the company by its own papers, beside those of others."""
    folder = tmp_path_factory.mktemp("best") / "case"
    case = copy_example(folder)
    others = [paper for paper in case["papers"] if paper["kind"] not in OWN]
    case["papers"] = [make_best(case, kind) for kind in sorted(OWN)]
    write_papers(folder, case)
    case["papers"] += others
    return assess(folder, case)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The same company with the documents that are written for it as its papers."""
    folder = tmp_path_factory.mktemp("generated") / "case"
    case = copy_example(folder)
    before = assess(folder, case)
    written = write_documents(
        before.case,
        before.situation,
        before.assessment,
        before.outlook.endurance,
        CATALOGUE,
        edition=DocumentEdition.CLEAN,
    )
    entries = {paper["kind"]: paper for paper in case["papers"]}
    for document in written:
        kind = KINDS.get(document.id, document.id)
        if kind not in OWN:
            continue
        if kind not in entries:
            case["papers"].append(make_best(case, kind))
        entry = entries.get(kind, case["papers"][-1])
        entry["file"] = f"documents/generated-{kind}.md"
        sections = [part.markdown for part in document.sections if part.id != CITED]
        text = "\n\n".join((f"# {document.title}", *sections))
        (folder / entry["file"]).write_text(text, encoding="utf-8")
    return assess(folder, case)


def make_best(case: Written, kind: str) -> Written:
    """Make the entry of a paper that states and backs all that its kind could."""
    material = CATALOGUE.materials[kind]
    entry: Written = {
        "id": kind,
        "kind": kind,
        "file": f"documents/best-{kind}.md",
        "received_on": date(2026, 11, 13),
        "issued_on": date(2026, 11, 12),
        "sealed": True,
        "signed": True,
        "states": {
            name.removeprefix("states_"): f"第{number}条 {label.zh}"
            for number, (name, label) in enumerate(material.elements.items(), start=1)
        },
        "backs": [*list_backs(case, kind)],
    }
    if kind == "content_schedule":
        entry |= {"plan_months": 12, "schedule_until": date(2027, 12, 28)}
    return {name: value for name, value in entry.items() if value}


def list_backs(case: Written, kind: str) -> Iterator[Written]:
    """List what the paper backs: what its kind can, and the claims."""
    for (subject, name), fact in CATALOGUE.facts.items():
        claimed = f"{subject}.{name}" in CLAIMS
        if not claimed and f"paper:{kind}" not in fact.sources:
            continue
        value = choose_value(fact)
        if value is None or fact.generated:
            continue
        if subject == "applicant":
            yield {"fact": name, "value": value, "place": "第1条"}
        for member in case.get(MEMBERS.get(subject, ""), ()):
            about = f"{subject}:{member['id']}"
            yield {"fact": name, "subject": about, "value": value, "place": "第1条"}


def choose_value(fact: Fact) -> Any:
    match fact.type.kind:
        case Kind.BOOLEAN:
            return True
        case Kind.DATE:
            return date(2029, 12, 31)
        case Kind.NUMBER:
            return NUMBERS.get(fact.unit or "", 12)
        case _:
            return None


def is_own(case: Case, found: Resolved) -> bool:
    """Whether what proves a fact is a paper of the company."""
    record = found.proven_by
    if record is None or record.source.kind not in (
        SourceKind.PAPER,
        SourceKind.READING,
    ):
        return False
    kind = {paper.id: paper.kind for paper in case.papers}.get(record.source.name)
    # What holds papers against each other is no paper.
    return kind is not None and CATALOGUE.materials[kind].issuer is Issuer.COMPANY


@pytest.mark.long
def test_the_papers_are_the_best_and_are_read(outcome: Outcome) -> None:
    own = [paper for paper in outcome.case.papers if paper.kind in OWN]
    assert {paper.kind for paper in own} == OWN
    outcomes = [
        compared.outcome
        for paper in own
        for compared in outcome.case.compared[paper.id].values()
    ]
    read = outcomes.count(ReadOutcome.READ)
    assert read > 0.9 * len(outcomes)
    assert len(outcomes) > 1_000


def test_no_paper_of_the_company_proves_a_fact_of_the_world(outcome: Outcome) -> None:
    resolved = outcome.situation.resolved
    own = {key: found for key, found in resolved.items() if is_own(outcome.case, found)}
    assert len(own) > 100  # what they plan and state is proven by them
    for (subject, name), found in own.items():
        fact = CATALOGUE.facts[subject.type, name]
        assert fact.proof.group is not GradeGroup.PROVEN, (subject, name)
        assert found.proven_by is not None
        assert found.proven_by.grade.group is GradeGroup.WRITTEN, (subject, name)
    proven = {f"{subject.type}.{name}" for subject, name in own}
    assert not proven & set(CLAIMS)


def test_cash_staff_backups_and_drills_are_what_others_say(outcome: Outcome) -> None:
    proven = {
        f"{subject}.{name}": found.proven
        for (subject, name), found in outcome.situation.resolved.items()
    }
    assert proven["applicant:self.cash_on_hand"] != 9_000_000_000
    assert proven["person:meng.full_time"] is not True
    assert proven["applicant:self.drill_held"] is None
    assert proven["applicant:self.revenue_12m"] is None


def test_the_doubts_stay_doubts(outcome: Outcome) -> None:
    long_term = outcome.assessment.long_term
    assert long_term.state is LongTermState.IN_DOUBT
    doubts = {doubt.criterion.id for doubt in long_term.doubts}
    assert doubts >= DOUBTS - {"content_schedule_dated"}
    # A dated plan is a plan: it is met as written, and as nothing more.
    (schedule,) = (
        finding
        for finding in outcome.assessment.findings
        if finding.criterion.id == "content_schedule_dated"
    )
    assert schedule.verdict is Verdict.MET
    assert schedule.rests_on is GradeGroup.WRITTEN


def test_documents_that_we_write_for_the_company_settle_no_doubt(
    generated: Outcome,
) -> None:
    papers = [p for p in generated.case.papers if "generated-" in p.file.path]
    assert len(papers) == 15
    long_term = generated.assessment.long_term
    assert long_term.state is LongTermState.IN_DOUBT
    assert {doubt.criterion.id for doubt in long_term.doubts} == DOUBTS
    resolved = generated.situation.resolved
    for (subject, name), found in resolved.items():
        if is_own(generated.case, found):
            fact = CATALOGUE.facts[subject.type, name]
            assert fact.proof.group is not GradeGroup.PROVEN, (subject, name)
