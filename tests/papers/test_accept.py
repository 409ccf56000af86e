"""What a person settles stands in the case file, in the log, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.comparison import ReadOutcome
from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.evidence.ledger.items import Confirmation, ConfirmationKind
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import SourceKind
from changqing.evidence.records import list_records
from changqing.law.compiled import load_shipped
from changqing.papers.accept import (
    Decision,
    find_accepted,
    find_rejected,
    leave_out_rejected,
    settle_paper,
    take_back,
)
from changqing.papers.comparisons import count_readers
from changqing.papers.open import open_case
from changqing.papers.open_settlements import group_by_look, list_open
from changqing.papers.settle import Settlement, SettlementState
from tests.papers.settling_sample import (
    make_case,
    read_all,
    read_papers_of,
    settlements_of,
)

NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
CAPITAL = "licence/applicant.registered_capital"
ELEMENT = "licence/paper:licence.states_registered_capital"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "key"


def decide(
    case: Case, decisions: Sequence[Decision], key: Path, paper: int = 0
) -> Case:
    """Settle values of one paper, and open the case again."""
    about = case.papers[paper]
    settle_paper(
        case,
        about,
        read_all(case)[about.file.digest],
        decisions,
        by="周经办",
        key=key,
        now=NOW,
    )
    return open_case(case.path, load_shipped())


def confirmations(case: Case) -> list[Confirmation]:
    return [
        item
        for item in Evidence(case.path).list_items()
        if isinstance(item, Confirmation)
    ]


def take(case: Case, *names: str) -> list[Decision]:
    found = settlements_of(case)
    return [Decision(settlement=found[name], value=found[name].value) for name in names]


def test_a_paper_counts_as_pointed_at_only_where_a_person_found_the_words(
    tmp_path: Path, key: Path
) -> None:
    def count(case: Case) -> tuple[int, int]:
        found = count_readers(case, find_accepted(case))
        return found.program, found.pointed

    case = make_case(tmp_path / "c")
    program, pointed = count(case)
    taken = decide(case, take(case, CAPITAL), key)
    assert any(said.words for said in taken.papers[0].list_statements())
    assert count(taken) == (program, pointed)
    capital = settlements_of(case)[CAPITAL]
    quoted = Decision(settlement=capital, value=capital.value, words="贰佰万元整")
    assert count(decide(taken, [quoted], key)) == (program - 1, pointed + 1)


def test_a_taken_value_is_backed_with_place_and_words(
    tmp_path: Path, key: Path
) -> None:
    case = make_case(tmp_path / "c")
    case = decide(case, take(case, CAPITAL, ELEMENT), key)
    assert edit.read(case.path).find_value(("papers", "licence", "backs")) == [
        {
            "fact": "registered_capital",
            "value": "200万元",
            "place": "第1页",
            "words": "贰佰万元整",
        }
    ]
    assert edit.read(case.path).find_value(("papers", "licence", "states")) == {
        "registered_capital": {"place": "第1页", "words": "贰佰万元整"}
    }
    compared = case.compared["licence"][APPLICANT, "registered_capital"]
    assert compared.outcome is ReadOutcome.READ
    assert settlements_of(case)[CAPITAL].state is SettlementState.SETTLED


def test_the_log_says_who_took_what_of_which_bytes(tmp_path: Path, key: Path) -> None:
    case = make_case(tmp_path / "c")
    case = decide(case, take(case, CAPITAL), key)
    (taken,) = confirmations(case)
    assert (taken.what, taken.by) == (ConfirmationKind.ACCEPT, "周经办")
    assert taken.value == 2_000_000_00
    assert taken.paper == case.papers[0].file.digest
    assert taken.digest is not None
    assert (taken.words, taken.page) == ("贰佰万元整", 1)


def test_taking_what_the_paper_says_mends_what_the_case_said(
    tmp_path: Path, key: Path
) -> None:
    case = make_case(tmp_path / "c", applicant="  registered_capital: 300万元\n")
    case = decide(case, take(case, CAPITAL), key)
    assert (
        edit.read(case.path).find_value(("applicant", "registered_capital"))
        == "200万元"
    )
    assert settlements_of(case)[CAPITAL].state is SettlementState.SETTLED


def test_a_value_put_right_keeps_the_words_that_were_pointed_at(
    tmp_path: Path, key: Path
) -> None:
    case = make_case(tmp_path / "c")
    found = settlements_of(case)["licence/applicant.address"]
    decision = Decision(
        settlement=found, value="浙江省杭州市萧山区示例路8号", words="萧山区示例路8号"
    )
    case = decide(case, [decision], key)
    (back,) = case.papers[0].backs
    assert back.words == "萧山区示例路8号"
    assert confirmations(case)[0].what is ConfirmationKind.POINT


def test_what_was_refused_is_written_nowhere_and_remembered(
    tmp_path: Path, key: Path
) -> None:
    case = make_case(tmp_path / "c")
    refused = Decision(settlement=settlements_of(case)[CAPITAL], value=None)
    before = (case.path / "case.yaml").read_bytes()
    case = decide(case, [refused], key)
    assert (case.path / "case.yaml").read_bytes() == before
    digest = case.papers[0].file.digest
    assert find_rejected(case) == {(digest, APPLICANT, "registered_capital")}


def test_taking_back_is_a_further_record_and_takes_the_value_out(
    tmp_path: Path, key: Path
) -> None:
    case = make_case(tmp_path / "c")
    case = decide(case, take(case, CAPITAL, ELEMENT), key)
    fact = case.catalogue.facts["applicant", "registered_capital"]
    told = {"by": "周经办", "key": key, "now": NOW}
    assert take_back(case, case.papers[0], APPLICANT, fact, **told)  # type: ignore[arg-type]
    case = open_case(case.path, load_shipped())
    assert not case.papers[0].backs
    assert case.papers[0].states
    assert [confirmation.what.value for confirmation in confirmations(case)] == [
        *("accept", "accept", "undo")
    ]
    assert not take_back(case, case.papers[0], APPLICANT, fact, **told)  # type: ignore[arg-type]


def test_what_the_entry_backs_already_stays(tmp_path: Path, key: Path) -> None:
    backs = (
        "    backs:\n"
        "      - {fact: registered_legal_rep, value: 梁其安, place: 法定代表人}\n"
    )
    case = make_case(tmp_path / "c", licence=backs)
    case = decide(case, take(case, CAPITAL), key)
    assert case.papers[0].backs[0].place == "法定代表人"
    assert [said.fact for said in case.papers[0].backs] == [
        *("registered_legal_rep", "registered_capital")
    ]


def test_days_of_the_paper_stand_in_its_entry(tmp_path: Path, key: Path) -> None:
    case = make_case(tmp_path / "c")
    case = decide(case, take(case, "licence/paper:licence.issued_on"), key)
    assert str(case.papers[0].issued_on) == "2024-03-18"


def test_a_changed_paper_ends_what_was_refused_of_it(tmp_path: Path, key: Path) -> None:
    case = make_case(tmp_path / "c")
    found: Settlement = settlements_of(case)[CAPITAL]
    case = decide(case, [Decision(settlement=found, value=None)], key)
    path = case.path / case.papers[0].file.path
    path.write_text(path.read_text() + "换发\n", encoding="utf-8")
    fresh = open_case(case.path, load_shipped())
    digest = fresh.papers[0].file.digest
    assert (digest, APPLICANT, "registered_capital") not in find_rejected(fresh)


COMMENTED = """\
    backs:
      # 周经办核过原件
      - {fact: registered_legal_rep, value: 梁其安, place: 法定代表人}  # 看过身份证
      # 增资以后要改
      - {fact: registered_capital, value: 300万元, place: 正文}  # 先按章程
      # 住所没有变
      - fact: address
        value: 浙江省杭州市萧山区示例路8号
        place: 住所
      # 到此为止
"""


def comments_of(case: Case) -> list[str]:
    text = (case.path / "case.yaml").read_text(encoding="utf-8")
    return [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line]


def test_comments_in_what_a_paper_backs_are_kept(tmp_path: Path, key: Path) -> None:
    case = make_case(tmp_path / "c", licence=COMMENTED)
    before = comments_of(case)
    taken = take(case, CAPITAL, "licence/applicant.legal_form", ELEMENT)
    case = decide(case, taken, key)
    assert comments_of(case) == before
    assert [(said.fact, said.value) for said in case.papers[0].backs][:2] == [
        ("registered_legal_rep", "梁其安"),
        ("registered_capital", 2_000_000_00),
    ]
    assert len(case.papers[0].backs) == 4
    text = (case.path / "case.yaml").read_text(encoding="utf-8")
    assert "# 增资以后要改\n      - {fact: registered_capital" in text
    # A second element beside the first, and the comment of neither is lost.
    noted = text.replace(
        "      registered_capital:", "      # 要素\n      registered_capital:"
    )
    assert noted != text
    (case.path / "case.yaml").write_text(noted, encoding="utf-8")
    case = open_case(case.path, load_shipped())
    case = decide(case, take(case, "licence/paper:licence.states_address"), key)
    assert "要素" in comments_of(case)


def test_taking_back_keeps_the_comments_of_the_rest(tmp_path: Path, key: Path) -> None:
    case = make_case(tmp_path / "c", licence=COMMENTED)
    fact = case.catalogue.facts["applicant", "registered_capital"]
    told = {"by": "周经办", "key": key, "now": NOW}
    assert take_back(case, case.papers[0], APPLICANT, fact, **told)  # type: ignore[arg-type]
    left = comments_of(case)
    for comment in ("周经办核过原件", "看过身份证", "住所没有变", "到此为止"):
        assert comment in left
    assert "先按章程" not in left


def test_a_conflict_that_is_not_taken_is_a_conflict_still(
    tmp_path: Path, key: Path
) -> None:
    case = make_case(tmp_path / "c", licence=COMMENTED)
    found = settlements_of(case)[CAPITAL]
    assert found.state is SettlementState.CONFLICT
    address = settlements_of(case)["licence/applicant.legal_form"]
    refused = [
        Decision(settlement=settlement, value=None) for settlement in (found, address)
    ]
    case = decide(case, refused, key)
    papers = leave_out_rejected(read_papers_of(case), find_rejected(case))
    left = {settlement.name: settlement for settlement in list_open(papers)}
    assert left[CAPITAL].rejected
    assert address.name not in left
    # Nobody is asked about it again, and the assessment names both values.
    assert CAPITAL not in [
        settlement.name
        for row in group_by_look(list_open([papers[0]]))
        for settlement in row
    ]
    said = {
        record.source.kind: record.value
        for record in list_records(case)
        if record.fact == "registered_capital"
    }
    assert said == {
        SourceKind.PAPER: 3_000_000_00,
        SourceKind.READING: 2_000_000_00,
    }
