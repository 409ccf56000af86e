"""A plan counts on the route only where it is anchored in what others say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from changqing.judge.model import Finding
from changqing.law.model import Verdict
from changqing.run import Outcome
from tests.documents.dossier_case import assessed, copied

ANCHORS = {
    "plan_people_insured",
    "schedule_people_insured",
    "plan_money_anchored",
    "plan_hosting_anchored",
    "schedule_pace_anchored",
}
INSURED = "documents/14-social-insurance-proof.md"
PLAN = "documents/23-business-plan.md"
SCHEDULE = "documents/31-content-schedule.md"
TECHNOLOGY = "documents/24-tech-plan.md"
POLICE = "documents/29-police-filing-proof.md"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ready example with its evidence, which every test copies."""
    return copied("local-life", tmp_path_factory.mktemp("example"))


def change(example: Path, folder: Path, *edits: tuple[str, str, str]) -> Outcome:
    """Assess the ready example once words of its files are others."""
    case = Path(shutil.copytree(example, folder / "case"))
    for name, before, after in edits:
        file = case / name
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after), encoding="utf-8")
    return assessed(case)


def anchors_of(outcome: Outcome) -> dict[str, Finding]:
    """What became of each anchor."""
    return {
        finding.criterion.id: finding
        for finding in outcome.assessment.findings
        if finding.criterion.id in ANCHORS
    }


def only_open(outcome: Outcome, name: str) -> Finding:
    """The one anchor that is missing, which leaves the route open and is no doubt."""
    found = anchors_of(outcome)
    missing = {each for each in found if found[each].verdict is not Verdict.MET}
    assert missing == {name}
    assert outcome.assessment.long_term.state == "open"
    assert not outcome.assessment.long_term.doubts
    return found[name]


def test_a_plan_with_all_its_anchors_shows_the_ability(
    example: Path, tmp_path: Path
) -> None:
    outcome = change(example, tmp_path)
    assert {finding.verdict for finding in anchors_of(outcome).values()} == {
        Verdict.MET
    }
    assert outcome.assessment.long_term.state == "shown"


def test_somebody_named_in_the_schedule_and_not_insured_leaves_it_open(
    example: Path, tmp_path: Path
) -> None:
    row = "| 秦暮云 | 330***********1084 | 杭州青禾里生活服务有限公司 | 12 |\n"
    outcome = change(
        example,
        tmp_path,
        (INSURED, row, ""),
        ("case.yaml", "贺新月, 秦暮云, 苏折柳", "贺新月, 苏折柳"),
    )
    said = only_open(outcome, "schedule_people_insured").explanation
    assert "秦暮云" in said.zh
    assert "另有派遣或服务合同" in said.zh


def test_a_plan_names_all_whom_its_table_names_whatever_was_typed(
    example: Path, tmp_path: Path
) -> None:
    outcome = change(
        example,
        tmp_path,
        (PLAN, "客服增至3人，夜间值守 | 何晚晴", "客服增至3人，夜间值守 | 白鹭洲"),
        ("case.yaml", "[周知白, 唐砚, 何晚晴]", "[周知白, 唐砚]"),
    )
    said = only_open(outcome, "plan_people_insured")
    assert "白鹭洲" in said.explanation.zh
    assert any("白鹭洲" in str(conflict) for conflict in outcome.situation.conflicts)


@pytest.mark.long
def test_a_plan_that_spends_what_nobody_showed_is_open(
    example: Path, tmp_path: Path
) -> None:
    outcome = change(
        example,
        tmp_path,
        (PLAN, "第一年投入216万元", "第一年投入2160万元"),
        ("case.yaml", "value: '216万元'", "value: '2160万元'"),
    )
    assert "2,160万元" in only_open(outcome, "plan_money_anchored").explanation.zh


@pytest.mark.long
def test_a_plan_with_other_servers_than_the_agreement_is_open(
    example: Path, tmp_path: Path
) -> None:
    outcome = change(
        example,
        tmp_path,
        (TECHNOLOGY, "云服务器4台", "云服务器40台"),
        (
            "case.yaml",
            "value: 4, place: '第3条 服务器部署'",
            "value: 40, place: '第3条 服务器部署'",
        ),
    )
    only_open(outcome, "plan_hosting_anchored")


@pytest.mark.long
def test_a_schedule_far_above_what_was_published_is_open(
    example: Path, tmp_path: Path
) -> None:
    rows = "".join(
        f"| 2027-{month:02}-{day:02} | 专题{month}之{day} | 许南枝 |\n"
        for month in range(1, 7)
        for day in range(1, 28)
    )
    first = "| 2026-12-15 | 冬季取暖与燃气安全 | 许南枝 |\n"
    outcome = change(
        example,
        tmp_path,
        (SCHEDULE, first, first + rows),
        ("case.yaml", "value: 11, place", "value: 145, place"),
    )
    said = only_open(outcome, "schedule_pace_anchored").explanation
    assert "供稿或合作合同" in said.zh


@pytest.mark.long
def test_a_pace_that_was_typed_lower_than_the_schedule_has_it_is_denied(
    example: Path, tmp_path: Path
) -> None:
    outcome = change(
        example, tmp_path, ("case.yaml", "value: 11, place", "value: 3, place")
    )
    found = outcome.situation.resolved
    (pace,) = (each for key, each in found.items() if key[1] == "planned_items")
    assert pace.proven == 11
    assert any(
        conflict.fact == "planned_items" for conflict in outcome.situation.conflicts
    )


def test_a_site_that_opened_lately_has_no_pace_yet(
    example: Path, tmp_path: Path
) -> None:
    outcome = change(
        example,
        tmp_path,
        (POLICE, "2025-09-15", "2026-10-15"),
        ("case.yaml", "service_opened_on: 2025-09-15", "service_opened_on: 2026-10-15"),
        (
            "case.yaml",
            "fact: service_opened_on, subject: 'service:site', value: 2025-09-15",
            "fact: service_opened_on, subject: 'service:site', value: 2026-10-15",
        ),
    )
    found = anchors_of(outcome)["schedule_pace_anchored"]
    assert found.verdict is Verdict.UNDETERMINED
    assert outcome.assessment.long_term.state == "open"


@pytest.mark.long
def test_what_nobody_read_of_a_plan_leaves_it_open(
    example: Path, tmp_path: Path
) -> None:
    line = (
        "      - {fact: plan_investment, value: '216万元', place: '第7条 投资与效益'}\n"
    )
    outcome = change(example, tmp_path, ("case.yaml", line, ""))
    assert "未知" in only_open(outcome, "plan_money_anchored").explanation.zh
