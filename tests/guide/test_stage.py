"""Licences among the papers tell at which stage a case begins, or why they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.agency.read_row import read_row
from changqing.agency.rows import When
from changqing.case.model import Case
from changqing.guide.from_papers import list_known, start_case
from changqing.guide.interview import QUESTIONS, run_interview
from changqing.guide.stage import StageProposal, propose_stage
from changqing.law.compiled import load_shipped
from changqing.papers.gather import GivenFile
from changqing.papers.start import FoundCase, sort_files, take_files
from changqing.text import Language
from tests.papers.settling_sample import CODE, HELD, LICENCE, NAME, TELECOM_LICENCE

ON = date(2026, 12, 7)
NOW = datetime(2026, 12, 7, 4, tzinfo=UTC)
OTHER = "成都别家网络科技有限公司"


def find(folder: Path, *licences: Mapping[str, str], rest: str = "") -> FoundCase:
    """A folder with the business licence, and telecom licences beside it."""
    texts = {"照.txt": LICENCE} | {
        f"证{number}.txt": TELECOM_LICENCE.format_map({**HELD, **licence})
        for number, licence in enumerate(licences, start=1)
    }
    texts |= {"合同.txt": rest} if rest else {}
    given = [
        GivenFile(name=name, content=text.encode()) for name, text in texts.items()
    ]
    catalogue = load_shipped()
    return sort_files(take_files(given, folder, lambda *_: None), catalogue)


def propose(
    folder: Path, *licences: Mapping[str, str], on: date = ON, licence: str = ""
) -> StageProposal:
    found_case = find(folder, *licences)
    return propose_stage(found_case, load_shipped(), on=on, licence=licence)


RENAMED = {"company": f"{OTHER}\n统一社会信用代码：{CODE}"}


@pytest.mark.parametrize(
    ("changes", "on", "stage", "says"),
    [
        (
            {},
            ON,
            "renew",
            "离期满还有13天，最迟应当在2026-09-21提出延续，这一天已经过了",
        ),
        ({"end": "2027年02月20日"}, ON, "renew", "2026-11-22提出延续，这一天已经过了"),
        ({"end": "2027年03月07日"}, ON, "renew", "最迟2026-12-07提出延续"),
        ({"end": "2027年04月20日"}, ON, "renew", "最迟2027-01-20提出延续"),
        ({"end": "2030年01月01日"}, ON, "operate", "还没有到办延续的时候"),
        ({"end": "2030年01月01日"}, date(2026, 2, 3), "annual_report", "2025年度"),
        # The year before the licence owes no report.
        (
            {"begin": "2026年01月05日", "end": "2031年01月05日"},
            date(2026, 2, 3),
            "operate",
            "还没有到办延续的时候",
        ),
        ({"end": "2030年01月01日", "capital": "100万元"}, ON, "amend", "“100万元”"),
        ({**RENAMED, "end": "2030年01月01日"}, ON, "amend", f"“{OTHER}”"),
        ({"area": "全国", "end": "2030年01月01日"}, ON, "operate", "跨地区"),
    ],
)
def test_a_licence_in_force_of_the_applicant_tells_the_stage(
    tmp_path: Path, changes: Mapping[str, str], on: date, stage: str, says: str
) -> None:
    proposal = propose(tmp_path, changes, on=on)
    assert (proposal.stage, proposal.licence) == (stage, "B25")
    assert proposal.reason is not None
    assert says in proposal.reason.zh
    assert (proposal.file, proposal.page) == ("证1.txt", 1)
    assert not proposal.asks


@pytest.mark.parametrize(
    ("changes", "licence", "says", "asks"),
    [
        ({"company": OTHER}, "", f"是{OTHER}的许可证，不是申请人的，不作数", False),
        ({"end": "2026年12月06日"}, "", "已于2026-12-06期满，不作数", False),
        ({"area": "四川省"}, "", "不是申请人所在省的，不作数", False),
        (
            {"services": "在线数据处理与交易处理业务"},
            "B25",
            "不含这次要办的业务",
            False,
        ),
        ({"end": "看不清"}, "", "没有读准", True),
        ({"services": "看不清"}, "", "没有读准", True),
        ({"company": "看不清"}, "", "没有读准", True),
    ],
)
def test_another_licence_leaves_the_first_application_and_is_told(
    tmp_path: Path, changes: Mapping[str, str], licence: str, says: str, asks: bool
) -> None:
    proposal = propose(tmp_path, changes, licence=licence)
    assert (proposal.stage, proposal.reason, proposal.asks) == ("apply", None, asks)
    (note,) = proposal.notes
    assert says in note.zh
    assert "{" not in note.zh + note.en


def test_what_follows_a_renewal_that_is_late_is_the_catalogues_with_its_confidence(
    tmp_path: Path,
) -> None:
    reason = propose(tmp_path, {}).reason
    catalogue = load_shipped()
    rule = catalogue.criteria["renewal_applied_in_time"]
    law = catalogue.law["renewal_late_or_unopened_refused"]
    assert reason is not None
    for text in (law.says, rule.remedy.text, rule.citations[0].badge):
        assert text.zh in reason.zh
        assert text.en in reason.en


def test_of_two_licences_the_one_that_asks_first_decides_and_the_other_is_told(
    tmp_path: Path,
) -> None:
    later = {"services": "在线数据处理与交易处理业务", "end": "2030年01月01日"}
    proposal = propose(tmp_path, later, {})
    assert (proposal.stage, proposal.licence, proposal.file) == (
        "renew",
        "B25",
        "证2.txt",
    )
    (note,) = proposal.notes
    assert "证1.txt" in note.zh
    assert "也在有效期内，至2030-01-01" in note.zh


def test_the_licence_of_who_hosts_the_service_is_no_matter_of_the_stage(
    tmp_path: Path,
) -> None:
    contract = f"云服务器租用协议\n甲方：{NAME}\n乙方：{OTHER}\n云服务商：{OTHER}\n"
    found_case = find(tmp_path, {"company": OTHER}, rest=contract)
    proposal = propose_stage(found_case, load_shipped(), on=ON)
    assert (proposal.stage, proposal.notes) == ("apply", ())


def test_no_licence_says_nothing(tmp_path: Path) -> None:
    assert propose(tmp_path) == StageProposal(stage="apply")


def begin(folder: Path, *licences: Mapping[str, str]) -> Case:
    """Make the case as somebody does who accepts what is proposed."""
    folder.mkdir()
    found_case = find(folder, *licences)
    catalogue = load_shipped()
    proposal = propose_stage(found_case, catalogue, on=ON)
    known = dict.fromkeys(QUESTIONS, "") | {"licence": "B25", "scope": "intra_province"}
    known |= {"submit_on": "2027-02-01", **list_known(found_case), **proposal.answers}
    answers = run_interview(
        catalogue,
        Language.ZH,
        now=NOW,
        ask=lambda _: "",
        tell=lambda _: None,
        known=known,
    )
    return start_case(
        folder,
        found_case,
        replace(answers, stage=proposal.stage),
        catalogue,
        key=folder.parent / "key",
        now=NOW,
        language=Language.ZH,
    )


@pytest.mark.parametrize(
    ("changes", "stage", "next_day", "when"),
    [
        ({}, "renew", date(2026, 9, 21), When.OVERDUE),
        ({"end": "2027年03月07日"}, "renew", date(2026, 12, 7), When.TODAY),
        ({"company": OTHER}, "apply", date(2027, 2, 1), When.LATER),
    ],
)
def test_a_case_of_a_licence_shows_its_days_on_the_day_it_is_made(
    tmp_path: Path,
    changes: Mapping[str, str],
    stage: str,
    next_day: date,
    when: When,
) -> None:
    case = begin(tmp_path / "c", changes)
    assert case.application.stage == stage
    row = read_row(load_shipped(), tmp_path, "c", ON).row
    assert (row.broken, row.next_day, row.when(ON)) == (None, next_day, when)


def test_a_licence_under_a_former_name_is_listed_as_the_companys_own(
    tmp_path: Path,
) -> None:
    case = begin(tmp_path / "c", RENAMED)
    assert {paper.kind for paper in case.papers} == {
        "business_licence",
        "existing_licence",
    }
    row = read_row(load_shipped(), tmp_path, "c", ON).row
    assert row.when(ON) is When.OVERDUE
