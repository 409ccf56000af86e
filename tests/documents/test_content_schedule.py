from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from changqing.documents.schedule import (
    ContentSchedule,
    find_concerns,
    load_schedule,
    match_promises,
)
from changqing.documents.schedule_import import import_schedule
from changqing.errors import CaseError
from changqing.run import Outcome
from changqing.text import Language
from tests.documents.dossier_case import EXAMPLES, assessed, moved, text_of, written

GOOD = "items:\n  - {on: 2027-01-12, topic: 年货, owner: 许南枝, reviewer: 周知白}\n"


@pytest.fixture(scope="module")
def local_life() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def plan(folder: Path, text: str) -> ContentSchedule:
    (folder / "schedule.yaml").write_text(text, encoding="utf-8")
    found = load_schedule(folder)
    assert found is not None
    return found


def kinds(schedule: ContentSchedule, outcome: Outcome) -> dict[str, str]:
    found = find_concerns(schedule, outcome.situation, outcome.case.catalogue)
    assert all(one.text.zh and one.text.en for one in found)
    return {one.kind: one.text.zh for one in found}


def full() -> str:
    """Twelve months from 2026-12-10, the first seven by day, on Tuesdays."""
    days: tuple[str, ...] = (
        "2026-12-15",
        "2026-12-29",
        "2027-01-12",
        "2027-02-23",
        "2027-03-09",
    )
    days += ("2027-04-13", "2027-05-18", "2027-06-15")
    lines = ["items:"]
    lines += [
        f"  - {{on: {day}, topic: 题材{place}, owner: 许南枝, reviewer: 周知白}}"
        for place, day in enumerate(days)
    ]
    lines.append("months:")
    lines += [
        f"  - {{month: 2027-{month:02d}, items: 2, topic: 专题{month}, "
        "owner: 许南枝, reviewer: 周知白}"
        for month in range(7, 13)
    ]
    return "\n".join(lines) + "\n"


def test_a_whole_plan_raises_no_concern(tmp_path: Path, local_life: Outcome) -> None:
    schedule = plan(tmp_path, full())

    assert kinds(schedule, local_life) == {}
    assert schedule.until == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("old", "new", "kind", "words"),
    [
        ("on: 2027-04-13", "on: 2027-05-11", "gap", "2027-04"),
        ("on: 2027-06-15", "on: 2027-05-25", "span_daily", "2027-05-25"),
        ("month: 2027-12", "month: 2027-06", "span_whole", "2027-11-30"),
        ("owner: 许南枝, ", "", "owner_missing", "2026-12-15"),
        (", reviewer: 周知白", "", "reviewer_missing", "2026-12-15"),
        ("reviewer: 周知白", "reviewer: 许南枝", "own_review", "2026-12-15"),
        ("on: 2027-02-23", "on: 2027-02-21", "holiday", "2027-02-21"),
        ("topic: 题材3", "topic: 题材4", "same_topic", "题材4"),
    ],
)
def test_each_fault_of_a_plan_is_told(
    tmp_path: Path, local_life: Outcome, old: str, new: str, kind: str, words: str
) -> None:
    text = full()
    assert old in text
    found = kinds(plan(tmp_path, text.replace(old, new, 1)), local_life)

    assert words in found[kind]


def test_a_promise_far_above_the_measured_pace_is_told(
    tmp_path: Path, local_life: Outcome
) -> None:
    days = "\n".join(
        f"  - {{on: 2027-{month:02d}-{day:02d}, topic: 题材{month}{day}, owner: 甲}}"
        for month in range(1, 7)
        for day in range(1, 28)
    )
    busy = plan(tmp_path, f"items:\n{days}\n")
    found = {
        key: replace(one, proven=4)
        for key, one in local_life.situation.resolved.items()
        if key[1] == "items_last_180_days"
    }
    assert found
    slow = replace(
        local_life,
        situation=replace(
            local_life.situation,
            resolved={**local_life.situation.resolved, **found},
        ),
    )

    assert "看到4条" in kinds(busy, slow)["rate"]


def test_nothing_measured_leaves_the_pace_alone(
    tmp_path: Path, local_life: Outcome
) -> None:
    unseen = {
        key: replace(one, proven=None)
        for key, one in local_life.situation.resolved.items()
    }
    blind = replace(
        local_life, situation=replace(local_life.situation, resolved=unseen)
    )

    assert "rate" not in kinds(plan(tmp_path, full()), blind)


def test_a_promised_day_is_kept_by_one_item_within_the_grace(tmp_path: Path) -> None:
    text = "items:\n"
    for day in ("2027-01-05", "2027-01-06", "2027-01-20", "2027-02-20"):
        text += f"  - {{on: {day}, topic: 题材{day[-2:]}}}\n"
    promised = plan(tmp_path, text).list_days(date(2027, 1, 1), date(2027, 1, 31))
    found = match_promises(promised, [date(2027, 1, 7), date(2027, 1, 23)], grace=3)

    assert [(one.on.day, one.published) for one in found] == [
        (5, date(2027, 1, 7)),
        (6, None),
        (20, date(2027, 1, 23)),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("items:\n  - {on: 2027-02-30, topic: x}\n", ":2 "),
        ("items:\n  - {on: 2027-02-03}\n", "缺少 topic"),
        ("items:\n  - {on: 2027-02-03, topic: x, onwer: y}\n", "owner"),
        ("months:\n  - {month: 2027-13, items: 1, topic: x}\n", "应为年和月"),
        ("items: []\n", "一项也没有"),
        (
            "months:\n  - {month: 2027-07, items: 1, topic: x}\n"
            "  - {month: 2027-07, items: 1, topic: y}\n",
            "写了两次",
        ),
    ],
)
def test_a_wrong_schedule_is_told_with_its_file(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(CaseError) as problem:
        plan(tmp_path, text)

    said = "\n".join(problem.value.lines(Language.ZH))
    assert said.startswith("schedule.yaml")
    assert told in said


def test_the_schedule_stands_in_its_document_and_a_missing_name_is_a_blank(
    tmp_path: Path, local_life: Outcome
) -> None:
    outcome = moved(local_life, tmp_path)
    before = written(outcome, "content_schedule")["content_schedule"]
    plan(tmp_path, full().replace("owner: 许南枝", "owner: ''", 1))

    after = written(outcome, "content_schedule")["content_schedule"]

    assert "2026-12-15 | 题材0" in text_of(after)
    assert "2027-07 | 2 | 专题7" in text_of(after)
    assert [blank.supply for blank in after.blanks if blank not in before.blanks] == [
        "责任人"
    ]
    assert "逐项安排见《内容更新安排》" in text_of(before)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_becomes_the_schedule(tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "plan.csv"
    table.write_bytes(
        "日期,题材,栏目,责任人,审核人\r\n2027/1/5,年货: 配送,资讯,许南枝,周知白\r\n\r\n"
        "2027-02-16,返工,,秦暮云,\r\n".encode(encoding)
    )

    assert import_schedule(table, tmp_path, replace=False) == 2

    schedule = load_schedule(tmp_path)
    assert schedule is not None
    first = schedule.items[0]
    assert (first.on, first.topic) == (date(2027, 1, 5), "年货: 配送")
    assert (first.owner, schedule.items[1].reviewer) == ("许南枝", "")


def test_a_workbook_becomes_the_schedule(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["date", "topic", "owner"])
    book.active.append([date(2027, 1, 5), "New Year", "Xu"])
    book.save(tmp_path / "plan.xlsx")

    assert import_schedule(tmp_path / "plan.xlsx", tmp_path, replace=False) == 1
    schedule = load_schedule(tmp_path)
    assert schedule is not None
    assert schedule.items[0].on == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "没有内容"),
        ("题材\n年货\n".encode(), "没有这些列：日期"),
        ("日期,题材\n2027-02-30,年货\n2027-01-05,\n".encode(), ":2 "),
        (b"\xff\xfe\x00\x81", "读不了"),
        (b'"\x00unclosed', "读不了"),
    ],
)
def test_a_wrong_table_writes_nothing_and_tells_every_row(
    tmp_path: Path, content: bytes, told: str
) -> None:
    table = tmp_path / "plan.csv"
    table.write_bytes(content)

    with pytest.raises(CaseError) as problem:
        import_schedule(table, tmp_path, replace=False)

    said = "\n".join(problem.value.lines(Language.ZH))
    assert told in said
    assert told != ":2 " or ":3 " in said
    assert not (tmp_path / "schedule.yaml").exists()


def test_a_broken_workbook_is_told(tmp_path: Path) -> None:
    table = tmp_path / "plan.xlsx"
    table.write_bytes(b"PK\x03\x04 no workbook")

    with pytest.raises(CaseError, match="cannot be read"):
        import_schedule(table, tmp_path, replace=False)


def test_what_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    plan(tmp_path, GOOD)
    table = tmp_path / "plan.csv"
    table.write_text("日期,题材\n2027-03-09,春季\n", encoding="utf-8")

    with pytest.raises(CaseError, match="left as it is"):
        import_schedule(table, tmp_path, replace=False)
    assert (tmp_path / "schedule.yaml").read_text(encoding="utf-8") == GOOD

    assert import_schedule(table, tmp_path, replace=True) == 1


def test_a_case_without_a_schedule_has_none(tmp_path: Path) -> None:
    assert load_schedule(tmp_path) is None
