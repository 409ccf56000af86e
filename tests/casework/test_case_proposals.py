"""What is proposed for notices as they are written; the unsure stays unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from changqing.casework.events import NoticeLine
from changqing.casework.propose import Proposer
from changqing.yamlfile.read import read
from tests.casework.casework_sample import catalogue, make_case

NOTICES: Any = read(Path(__file__).with_name("case_notices.yaml")).data


@pytest.fixture(scope="module")
def proposed(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[bool, str, NoticeLine]]:
    folder = tmp_path_factory.mktemp("notices")

    def lines() -> Iterator[tuple[bool, str, NoticeLine]]:
        for number, notice in enumerate(NOTICES):
            case = make_case(folder / str(number), licence=notice["licence"])
            proposer = Proposer(catalogue(), case, date(2026, 2, 13))
            for line in notice["lines"]:
                found = proposer.propose_line(1, line["text"], owner="林晓")
                yield bool(notice.get("held_out")), line["code"], found

    return list(lines())


@pytest.mark.parametrize(("held_out", "least"), [(False, 0.95), (True, 0.85)])
def test_the_first_proposal_is_mostly_right(
    proposed: list[tuple[bool, str, NoticeLine]], *, held_out: bool, least: float
) -> None:
    of = [(code, line) for held, code, line in proposed if held == held_out]
    right = [1 for code, line in of if code == next(iter(line.codes), "")]
    assert len(right) >= least * len(of), [
        (code, line.codes, line.text)
        for code, line in of
        if code != next(iter(line.codes), "")
    ]


def test_what_is_not_known_is_left_open_more_often_than_guessed(
    proposed: list[tuple[bool, str, NoticeLine]],
) -> None:
    missed = [(c, line) for _, c, line in proposed if c not in (*line.codes, "")]
    assert all(not line.codes and line.criterion is None for _, line in missed)
    said = [line for _, code, line in proposed if not code]
    assert all(not line.codes for line in said)


def test_the_paper_a_line_names_is_proposed_and_no_other() -> None:
    """By its name or a shorter one; a line that names none it knows gets none."""
    wrong = []
    with TemporaryDirectory() as folder:
        for number, notice in enumerate(NOTICES):
            case = make_case(Path(folder, str(number)), licence=notice["licence"])
            proposer = Proposer(catalogue(), case, date(2026, 2, 13))
            for line in notice["lines"]:
                if (wanted := line.get("material")) is None:
                    continue
                found = proposer.propose_line(1, line["text"], owner="林晓")
                if (found.material or "") != wanted:
                    wrong.append((line["text"], found.material))
                if found.criterion and wanted:
                    rule = catalogue().criteria[found.criterion]
                    kinds = set(re.findall(r"'(\w+)'", rule.applies.text))
                    papers = kinds & catalogue().materials.keys()
                    assert len(papers) > 2 or papers <= {wanted}, line["text"]
    assert len(wrong) <= 1, wrong


def test_a_paper_that_lacks_something_is_not_itself_lacking(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    proposer = Proposer(catalogue(), case, date(2026, 2, 13))
    lacks = proposer.propose_line(1, "投诉处理制度缺少回访", owner="林晓")
    assert "MATERIAL_MISSING" not in lacks.codes
    assert lacks.criterion == "complaint_rules_close_loop"
    missing = proposer.propose_line(1, "缺少投诉处理制度", owner="林晓")
    assert "MATERIAL_MISSING" in missing.codes


def test_every_proposed_criterion_detects_the_defect_proposed_first(
    proposed: list[tuple[bool, str, NoticeLine]],
) -> None:
    for _, _, line in proposed:
        if line.criterion is not None:
            criterion = catalogue().criteria[line.criterion]
            assert line.codes[0] in criterion.defects


def test_a_criterion_of_another_paper_is_not_proposed(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    line = Proposer(catalogue(), case, date(2026, 2, 13)).propose_line(
        1, "身份证复印件未加盖公章", owner="林晓"
    )
    assert line.criterion == "paper_sealed_and_legible"
