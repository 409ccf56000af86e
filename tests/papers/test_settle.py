"""What papers show is told apart by what a person has to do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from changqing.evidence.reading import Reading
from changqing.papers.open_settlements import (
    group_by_look,
    list_open,
    list_unasked,
)
from changqing.papers.parts import SURE
from changqing.papers.settle import SettlementState, list_settlements
from tests.papers.settling_sample import (
    CODE,
    LICENCE,
    NAME,
    ON,
    make_case,
    read_all,
    read_papers_of,
    settlements_of,
)

CAPITAL = "licence/applicant.registered_capital"
CASH = "cash/applicant.cash_on_hand"
OTHER = """\
  - id: extract
    kind: register_extract
    file: documents/登记.txt
    received_on: 2026-11-18
"""
EXTRACT = LICENCE.replace("营业执照", "企业登记信息查询单")


def test_a_value_with_a_check_digit_is_sure_and_needs_nobody(tmp_path: Path) -> None:
    found = settlements_of(make_case(tmp_path))["licence/applicant.credit_code"]
    assert (found.value, found.state) == (CODE, SettlementState.SURE)
    assert found.in_bulk
    assert found.words == CODE


def test_a_value_that_nobody_said_is_new_and_asked_about(tmp_path: Path) -> None:
    found = settlements_of(make_case(tmp_path))[CAPITAL]
    assert (found.value, found.state) == (2_000_000_00, SettlementState.NEW)
    assert not found.in_bulk
    assert found.words == "贰佰万元整"


def test_what_the_case_says_and_the_paper_too_is_sure(tmp_path: Path) -> None:
    case = make_case(tmp_path, applicant="  registered_capital: 200万元\n")
    found = settlements_of(case)[CAPITAL]
    assert found.state is SettlementState.SURE
    assert found.in_bulk


def test_what_was_made_from_these_papers_is_nobodys_word_yet(tmp_path: Path) -> None:
    case = make_case(tmp_path, applicant="  registered_capital: 200万元\n")
    papers = read_papers_of(case, declared=False)
    found = {
        settlement.name: settlement
        for about in papers
        for settlement in about.settlements
    }
    assert found[CAPITAL].state is SettlementState.NEW
    assert found["licence/applicant.name"].state is SettlementState.NEW


def test_a_paper_that_says_otherwise_is_a_conflict_with_both(tmp_path: Path) -> None:
    case = make_case(tmp_path, applicant="  registered_capital: 300万元\n")
    found = settlements_of(case)[CAPITAL]
    assert found.state is SettlementState.CONFLICT
    assert (found.value, found.claimed) == (2_000_000_00, 3_000_000_00)
    assert not found.in_bulk


def test_a_key_point_is_never_taken_in_bulk_however_sure(tmp_path: Path) -> None:
    found = settlements_of(make_case(tmp_path))[CASH]
    assert found.checks  # words and figures, or two places
    assert found.key
    assert not found.in_bulk


def test_what_is_typed_and_found_is_settled(tmp_path: Path) -> None:
    backs = (
        "    backs:\n      - {fact: registered_capital, value: 200万元, place: 正文}\n"
    )
    case = make_case(tmp_path, licence=backs)
    assert settlements_of(case)[CAPITAL].state is SettlementState.SETTLED
    assert CAPITAL not in [
        settlement.name for settlement in list_open(read_papers_of(case))
    ]


def test_an_address_that_runs_on_is_what_the_case_says(tmp_path: Path) -> None:
    address = "浙江省杭州市萧山区示例路8号"
    longer = LICENCE.replace(address, f"{address}，由自然人投资")
    case = make_case(tmp_path, applicant=f"  address: {address}\n", 执照=longer)
    found = settlements_of(case)["licence/applicant.address"]
    assert (found.value, found.state) == (address, SettlementState.SURE)


def test_what_was_typed_and_stands_in_the_paper_is_no_conflict(tmp_path: Path) -> None:
    backs = f"    backs:\n      - {{fact: name, value: {NAME}, place: 正文}}\n"
    twice = LICENCE.replace("登记机关", "名称：名称见上\n登记机关")
    case = make_case(tmp_path, licence=backs, 执照=twice)
    found = settlements_of(case)["licence/applicant.name"]
    assert found.state is SettlementState.SETTLED


def test_what_is_typed_and_stands_nowhere_asks_for_its_words(tmp_path: Path) -> None:
    backs = "    backs:\n      - {fact: monthly_cost, value: 3万元, place: 正文}\n"
    found = settlements_of(make_case(tmp_path, cash=backs))
    unfound = found["cash/applicant.monthly_cost"]
    assert unfound.state is SettlementState.UNFOUND
    assert unfound.claimed == 30_000_00
    assert unfound.why is not None


def test_two_papers_that_agree_make_a_value_sure(tmp_path: Path) -> None:
    case = make_case(tmp_path, cash=OTHER, 登记=EXTRACT)
    found = settlements_of(case)
    assert found["licence/applicant.address"].in_bulk
    assert found["extract/applicant.address"].in_bulk


def test_an_element_goes_with_the_value_that_states_it(tmp_path: Path) -> None:
    found = settlements_of(make_case(tmp_path))
    element = found["licence/paper:licence.states_registered_capital"]
    assert element.follows == CAPITAL
    assert element.name not in [
        settlement.name
        for settlement in list_open(read_papers_of(make_case(tmp_path / "b")))
    ]


def test_an_element_of_a_value_that_was_typed_is_asked_about_by_itself(
    tmp_path: Path,
) -> None:
    backs = (
        "    backs:\n      - {fact: registered_capital, value: 200万元, place: 正文}\n"
    )
    case = make_case(tmp_path, licence=backs)
    found = settlements_of(case)
    assert found[CAPITAL].state is SettlementState.SETTLED
    element = found["licence/paper:licence.states_registered_capital"]
    assert element.follows is None
    assert element.name in [left.name for left in list_open(read_papers_of(case))]


def test_days_of_a_paper_in_order_are_sure_and_others_are_not(tmp_path: Path) -> None:
    name = "licence/paper:licence.issued_on"
    found = settlements_of(make_case(tmp_path / "a"))[name]
    assert (found.value, found.in_bulk) == (date(2024, 3, 18), True)
    late = LICENCE.replace("登记机关　2024年03月18日", "登记机关　2027年03月18日")
    found = settlements_of(make_case(tmp_path / "b", 执照=late))[name]
    assert not found.in_bulk


def test_a_paper_of_another_company_proposes_nothing(tmp_path: Path) -> None:
    strange = LICENCE.replace(NAME, "成都别家网络科技有限公司")
    about = read_papers_of(make_case(tmp_path, 执照=strange))[0]
    assert about.another == "成都别家网络科技有限公司"
    assert not about.settlements


def test_a_paper_of_another_kind_is_told_and_proposes_nothing(tmp_path: Path) -> None:
    about = read_papers_of(make_case(tmp_path, 存款=LICENCE))[1]
    assert about.looks_like == "business_licence"
    assert not about.settlements


def test_a_paper_without_words_says_that_it_cannot_be_read(tmp_path: Path) -> None:
    about = read_papers_of(make_case(tmp_path, 存款="  \n"))[1]
    assert about.problem is not None
    assert not about.settlements


def test_one_look_takes_what_is_plain_on_a_page_and_a_key_point_none(
    tmp_path: Path,
) -> None:
    licence, cash = read_papers_of(make_case(tmp_path))
    (page,) = group_by_look(list_open([licence]))
    assert len(page) > 2
    assert all(settlement.is_plain for settlement in page)
    assert [settlement.name for settlement in group_by_look(list_open([cash]))[0]] == [
        CASH
    ]


def test_what_no_criterion_reads_is_offered_apart_and_not_asked(
    tmp_path: Path,
) -> None:
    papers = read_papers_of(make_case(tmp_path))
    asked = {settlement.name for settlement in list_open(papers)}
    offered = {settlement.name for settlement in list_unasked(papers)}
    looked_at = {
        settlement.name
        for about in papers
        for group in group_by_look(list_open([about]))
        for settlement in group
    }
    assert "licence/applicant.registered_legal_rep" in offered
    assert not (asked | looked_at) & offered
    assert CAPITAL in looked_at


def test_a_register_that_calls_a_holder_a_person_says_where_the_equity_ends(
    tmp_path: Path,
) -> None:
    holders = (
        "holders:\n"
        "  - {id: liang, name: 梁其安, kind: person}\n"
        "  - {id: fund, name: 杭州示例投资合伙企业（有限合伙）, kind: fund}\n"
    )
    extract = EXTRACT + (
        "股东信息\n股东名称,股东类型,持股比例\n梁其安,自然人股东,60%\n"
        "杭州示例投资合伙企业（有限合伙）,合伙企业,40%\n"
    )
    entry = OTHER.replace("登记.txt", "登记.csv") + holders
    found = settlements_of(make_case(tmp_path, cash=entry, **{"登记.csv": extract}))
    leaf = found["extract/holder:liang.is_leaf"]
    assert (leaf.value, leaf.words) == (True, "自然人股东")
    assert found["extract/holder:liang.ends_in"].value == "person"
    assert "extract/holder:fund.is_leaf" not in found


@pytest.mark.parametrize(
    ("kind", "title"),
    [("tech_plan", "技术方案"), ("hosting_agreement", "服务器托管协议")],
)
def test_a_plan_is_read_for_its_servers_as_the_agreement_is(
    tmp_path: Path, kind: str, title: str
) -> None:
    entry = (
        f"  - id: servers\n    kind: {kind}\n    file: documents/p.txt\n"
        "    received_on: 2026-11-18\n"
    )
    text = f"{title}\n一、服务器部署\n云服务器4台，均在杭州示例机房。\n"
    case = make_case(tmp_path, cash=entry, **{"p.txt": text})
    found = {
        settlement.name: settlement.value
        for settlement in list_open(read_papers_of(case))
    }
    assert found["servers/service:site.server_count"] == 4


def test_what_the_same_words_say_is_settled_with_one_look(tmp_path: Path) -> None:
    entry = (
        "  - id: agreement\n    kind: hosting_agreement\n    file: documents/p.txt\n"
        "    received_on: 2026-11-18\n"
    )
    text = f"服务器托管协议\n甲方：{NAME}\n托管期限自2026-01-01起至2028-12-31止。\n"
    case = make_case(tmp_path, cash=entry, **{"p.txt": text})
    looks = [
        {settlement.fact.id for settlement in look}
        for look in group_by_look(list_open(read_papers_of(case)))
    ]
    assert {"hosting_until", "hosting_open_ended"} in looks


def fade(reading: Reading) -> Reading:
    """A reading of the same words, each read less surely."""
    return replace(
        reading,
        pages=tuple(
            replace(
                page, spans=tuple(replace(span, confidence=80) for span in page.spans)
            )
            for page in reading.pages
        ),
    )


def test_a_paper_read_unsurely_agrees_with_two_that_were_read_surely(
    tmp_path: Path,
) -> None:
    entries = "".join(
        f"  - id: rent{number}\n    kind: lease\n    file: documents/{number}.txt\n"
        "    received_on: 2026-11-18\n"
        for number in range(3)
    )
    text = f"房屋租赁合同\n承租人：{NAME}\n租期自2026-01-01起至2028-12-31止。{{}}\n"
    papers = {f"{number}.txt": text.format("共" * number) for number in range(3)}
    case = make_case(tmp_path, cash=entries, **papers)
    readings = dict(read_all(case))
    faint = next(paper.file.digest for paper in case.papers if paper.id == "rent2")
    readings[faint] = fade(readings[faint])
    found = {
        settlement.name: settlement
        for about in list_settlements(case, readings, on=ON)
        for settlement in about.settlements
    }
    assert found["rent2/applicant.lease_until"].confidence < SURE
    assert found["rent2/applicant.lease_until"].state is SettlementState.SURE


def test_a_whole_name_is_read_right_however_faint(tmp_path: Path) -> None:
    entry = (
        "  - id: rent\n    kind: lease\n    file: documents/rent.txt\n"
        "    received_on: 2026-11-18\n"
    )
    text = f"房屋租赁合同\n承租人：{NAME}\n租期自2026-01-01起至2028-12-31止。\n"
    case = make_case(tmp_path, cash=entry, **{"rent.txt": text})
    readings = {digest: fade(reading) for digest, reading in read_all(case).items()}
    found = {
        settlement.name: settlement.state
        for about in list_settlements(case, readings, on=ON)
        for settlement in about.settlements
    }
    assert found["rent/applicant.lessee_is_applicant"] is SettlementState.NEW
    assert found["rent/applicant.lease_until"] is SettlementState.UNSURE


def test_the_applicants_name_in_an_address_makes_no_address_sure(
    tmp_path: Path,
) -> None:
    place = "浙江省杭州市萧山区示例路8号"
    licence = LICENCE.replace(place, f"{place}{NAME}三楼")
    assert licence != LICENCE
    case = make_case(tmp_path, **{"执照.txt": licence})
    readings = {digest: fade(reading) for digest, reading in read_all(case).items()}
    found = {
        settlement.name: settlement
        for about in list_settlements(case, readings, on=ON)
        for settlement in about.settlements
    }
    address = found["licence/applicant.address"]
    assert NAME in address.words
    assert address.state is SettlementState.UNSURE


@pytest.mark.parametrize(
    ("issued", "until", "left_open"),
    [
        ("2024年03月15日", "2029年03月14日", set()),
        ("2031年03月15日", "2036年03月14日", {"issued_on"}),
        ("2025年03月15日", "2024年03月14日", {"issued_on", "valid_until"}),
    ],
)
def test_days_of_a_paper_that_cannot_be_are_left_to_a_person(
    tmp_path: Path, issued: str, until: str, left_open: set[str]
) -> None:
    held = f"""\
中华人民共和国增值电信业务经营许可证
经营许可证编号：浙B2-20240001
公司名称：{NAME}
业务种类：信息服务业务
有效期至：{until}
发证日期：{issued}
"""
    entry = OTHER.replace("register_extract", "existing_licence")
    case = make_case(tmp_path, cash=entry, 登记=held)
    days = {
        name.rsplit(".", 1)[1]: settlement
        for name, settlement in settlements_of(case).items()
        if name.startswith("extract/paper:")
        and name.endswith(("issued_on", "valid_until"))
    }
    assert set(days) == {"issued_on", "valid_until"}
    open_days = {name for name, day in days.items() if day.value is None}
    assert open_days == left_open
    for name in left_open:
        assert days[name].state is SettlementState.UNSURE
        assert "对不上" in str(days[name].why)
