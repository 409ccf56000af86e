"""What a person does from an empty case is counted as the product asks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.effort import Desk, fill_case
from benchmarks.effort_papers import make_papers
from benchmarks.effort_truth import Truth
from changqing.case.model import Case
from changqing.law.compiled import load_compiled
from changqing.readers.capture import capture_paper
from changqing.readers.proposal import CaseNames
from changqing.readers.propose import propose_from
from tests.papers.settling_sample import CODE, LICENCE, NAME, make_case


def fill(folder: Path, case: Case) -> Desk:
    (folder / "work").mkdir(parents=True)
    truth = Truth.of(case)
    return fill_case(folder / "work", case.path / "documents", truth, load_compiled())


def test_each_answer_and_each_look_is_counted_once(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case", applicant="  monthly_cost: 3万元\n")
    tally = fill(tmp_path, case).tally
    asked = [line.split("  ")[1] for line in tally.typed if line.startswith("new: ")]
    assert len(asked) == len(set(asked)) == 4
    assert any("浙江" in line or "3万元" in line for line in tally.typed)
    assert not [line for line in tally.typed if line.startswith("read: ")]
    # All that is sure, one page of the licence, the cash, and what is for documents.
    assert len(tally.settled) == 4
    assert tally.taken > tally.by_itself > 0


def test_a_value_that_was_misread_is_typed_by_whoever_knows_better(
    tmp_path: Path,
) -> None:
    said = "  registered_capital: 200万元\n"
    wrong = LICENCE.replace("贰佰万元整", "叁佰万元整")
    case = make_case(tmp_path / "case", applicant=said, 执照=wrong)
    typed = [each for each in fill(tmp_path, case).tally.typed if "read: " in each]
    assert len(typed) == 1
    assert "registered_capital" in typed[0]


@pytest.mark.long
def test_papers_of_an_example_are_made_as_they_are_handed_over(tmp_path: Path) -> None:
    backs = (
        f"    backs:\n      - {{fact: credit_code, value: {CODE}, place: 正文}}\n"
        "      - {fact: address, value: 浙江省杭州市萧山区示例路8号, place: 正文}\n"
    )
    case = make_case(tmp_path / "case", licence=backs)
    make_papers(case, tmp_path / "papers", seed=1)
    papers = sorted((tmp_path / "papers").iterdir())
    assert {path.suffix for path in papers} == {".pdf"}
    readings = {
        path.name: capture_paper(path.read_bytes(), path.name) for path in papers
    }
    names = CaseNames(applicant=NAME)
    kinds = {
        paper.kind
        for reading in readings.values()
        for paper in propose_from(reading, names, case.catalogue).papers
    }
    assert kinds == {"business_licence", "bank_statement"}
