"""Plans of one package that promise differently are told with both places."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from changqing.documents.cross_table import load_cross_table
from changqing.documents.cross_text import TextLine, TextPage
from changqing.documents.crosscheck import cross_check
from changqing.documents.document import Document, Section
from changqing.documents.promises import find_differing_promises, join_broken_lines
from changqing.run import Outcome, conclude, read_recorded
from changqing.text import both
from tests.documents.dossier_case import (
    AS_OF,
    EXAMPLES,
    assessed,
    copied,
    judge,
    written,
)
from tests.documents.test_licence_wording import declare


@cache
def local_life() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def page(id: str, *lines: tuple[str, str], file: str | None = None) -> TextPage:
    numbered = None if file is None or not file.endswith(".md") else 1
    return TextPage(
        id=id,
        title=both(f"《{id}》"),
        file=file,
        lines=tuple(
            TextLine(number=numbered, place=place, text=text) for place, text in lines
        ),
    )


def differing(name: str, *pages: TextPage) -> list[tuple[str, str]]:
    table = load_cross_table()
    check = table.checks[name].promised
    assert check is not None
    return [
        (one.text, other.text)
        for one, other in find_differing_promises(check, pages, table.not_promised)
    ]


@pytest.mark.parametrize(
    ("check", "one", "other", "told"),
    [
        (
            "availability_promised",
            ("质量指标", "月可用率不低于99.5%，热线接通率不低于90%。"),
            ("指标", "系统可用率99.9%，接通率90%"),
            ("99.5%", "99.9%"),
        ),
        (
            "availability_promised",
            ("质量指标", "月可用率不低于99.5%。"),
            ("指标", "可用性达到百分之九十九点九。"),
            ("99.5%", "百分之九十九点九"),
        ),
        (
            "first_answer_promised",
            ("首次答复", "用户咨询和投诉在24小时内首次答复。"),
            ("处理时限", "两个工作日内首次答复，5日内办结。"),
            ("24小时", "两个工作日"),
        ),
        (
            "settling_promised",
            ("办结", "一般投诉3日、复杂投诉5日内办结并回访。"),
            ("时限", "一般投诉7日、复杂投诉15日内办结"),
            ("3日", "7日"),
        ),
        (
            "recovery_promised",
            ("恢复时限", "一级4小时、二级8小时、三级两个工作日。"),
            ("x", "| 恢复时限 | 唐砚 | 服务全部中断2小时内恢复，其余8小时内恢复。 |"),
            ("4小时", "2小时"),
        ),
        (
            "backup_promised",
            ("备份", "每日全量、每小时增量，每季度做一次恢复。"),
            ("数据", "数据库每日增量备份、每周全量备份，异地保存。"),
            ("每日", "每周"),
        ),
        (
            "restore_promised",
            ("备份", "每日全量、每小时增量，每季度做一次恢复。"),
            ("维护", "每半年做一次备份恢复测试。"),
            ("每季度做一次", "每半年做一次"),
        ),
        (
            "drill_promised",
            ("演练", "每半年一次，下一次在2027-03-18。"),
            ("应急", "每季度组织一次应急演练。"),
            ("每半年一次", "每季度组织一次"),
        ),
        (
            "notice_promised",
            ("停止服务时的善后", "提前六十日公告，退还未使用的费用。"),
            ("终止服务", "公司提前30天通知用户。"),
            ("六十日", "30天"),
        ),
        (
            "data_kept_promised",
            ("停止服务时的善后", "提前六十日公告，保留三十日供用户导出数据。"),
            ("终止服务", "数据保留90天。"),
            ("三十日", "90天"),
        ),
    ],
)
def test_two_plans_that_promise_differently_are_told(
    check: str, one: tuple[str, str], other: tuple[str, str], told: tuple[str, str]
) -> None:
    first, second = page("a", one, file="a.md"), page("b", other, file="b.md")

    assert told in differing(check, first, second)
    assert not differing(check, first, page("c", one, file="c.md"))


@pytest.mark.parametrize(
    ("check", "one", "other"),
    [
        ("availability_promised", "可用率不低于99.50%。", "月可用率99.5%"),
        ("availability_promised", "可用率不低于99.5%。", "最近一年可用率99.9%。"),
        ("first_answer_promised", "24小时内首次答复。", "一日内首次答复。"),
        ("settling_promised", "一般3日、复杂5日内办结。", "投诉办结率100%。"),
        ("settling_promised", "5日内办结。", "办结后两日内回访。"),
        ("drill_promised", "每半年演练一次。", "每年演练两次。"),
        ("drill_promised", "每半年演练一次。", "每年演练不少于2次。"),
        ("drill_promised", "每半年演练一次。", "每月做一次恢复演练。"),
        ("backup_promised", "每天备份一次。", "每日全量备份、每小时增量备份。"),
        ("notice_promised", "停止服务提前60日公告。", "计划内停机提前三日公告。"),
        ("recovery_promised", "一级4小时内恢复。", "二级8小时内恢复。"),
    ],
)
def test_what_says_the_same_or_another_thing_is_not_told(
    check: str, one: str, other: str
) -> None:
    pages = page("a", ("甲", one), file="a.md"), page("b", ("乙", other), file="b.md")

    assert differing(check, *pages) == []


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("first_answer_promised", f"首次答复{'9' * 5_000}天"),
        ("first_answer_promised", f"首次答复3{' ' * 80_000}x"),
        ("drill_promised", f"演练每{' ' * 80_000}x"),
        ("availability_promised", f"可用率百分之{'九' * 5_000}"),
        ("availability_promised", "可用率1200%"),
        ("settling_promised", "办结".join(f"{days}日，" for days in range(20_000))),
    ],
)
def test_a_plan_that_is_no_plan_is_read_at_once_and_fails_nothing(
    check: str, text: str
) -> None:
    one = page("a", ("甲", text), file="a.md")
    other = page("b", ("乙", "可用率99.5%。"), file="b.md")

    start = time.process_time()
    told = differing(check, one, other)

    assert time.process_time() - start < 5
    assert not told


def test_lines_that_a_scan_broke_are_read_as_one_sentence() -> None:
    scan = page(
        "a",
        ("第1页", "第六条 质量指标"),
        ("第1页", "公司承诺网站的月可用"),
        ("第1页", "率不低于99.5%，热线接通率不低于90%。"),
        file="a.pdf",
    )

    assert differing(
        "availability_promised",
        join_broken_lines(scan),
        page("b", ("乙", "可用率99.9%。"), file="b.md"),
    ) == [("99.5%", "99.9%")]


def test_what_documents_repeat_from_a_paper_is_told_of_the_paper() -> None:
    papers = [
        page("a", ("甲", "可用率不低于99.5%。"), file="a.md"),
        page("b", ("乙", "可用率不低于99.9%。"), file="b.md"),
    ]
    document = page(
        "c", ("服务", "可用率不低于99.5%。"), ("业务", "可用率不低于99.9%。")
    )
    check = load_cross_table().checks["availability_promised"].promised
    assert check is not None

    pairs = list(find_differing_promises(check, [document, *papers], ()))

    assert [(one.page.id, other.page.id) for one, other in pairs] == [("a", "b")]


def test_a_document_drafted_from_a_choice_is_held_against_the_papers() -> None:
    outcome = local_life()
    section = Section(
        id="1", title="承诺", markdown="月可用率不低于99.9%。", statements=()
    )
    document = Document(
        id="assurance",
        number=None,
        title="文书",
        sections=(section,),
        complete=True,
        blanks=(),
        unsupported=(),
        file_name="x",
    )

    (found,) = cross_check(outcome.case, outcome.situation, [document]).found

    assert found.check == "availability_promised"
    assert {found.one.value.zh, found.other.value.zh} == {"99.5%", "99.9%"}
    assert found.one.file is not None
    assert found.other.title.zh == "《文书》"
    assert found.fix.zh.startswith("定下")


def test_the_business_plan_of_the_example_with_another_figure_is_told(
    tmp_path: Path,
) -> None:
    case = copied("local-life", tmp_path)
    plan = next(case.glob("documents/*business-plan.md"))
    text = plan.read_text(encoding="utf-8")
    assert "月可用率99.5%" in text
    plan.write_text(text.replace("月可用率99.5%", "月可用率99.9%"), encoding="utf-8")
    outcome = assessed(case)

    compared = cross_check(
        outcome.case, outcome.situation, list(written(outcome).values())
    )

    found = [
        contradiction
        for contradiction in compared.found
        if contradiction.check == "availability_promised"
    ]
    assert {(one.one.value.zh, one.other.value.zh) for one in found} == {
        ("99.5%", "99.9%")
    }
    assert compared.apart >= 1


def test_a_plan_for_another_service_than_is_applied_for_is_told() -> None:
    outcome = local_life()
    application = replace(outcome.case.application, licence="B11")
    case = replace(outcome.case, application=application)

    found = [
        contradiction
        for contradiction in cross_check(case, outcome.situation, []).found
        if contradiction.check == "service_applied_for"
    ]

    assert "《业务发展和实施计划》" in {one.other.title.zh for one in found}
    assert {one.one.value.zh for one in found} == {"B11"}
    assert all(one.other.value.zh.startswith("B25") for one in found)


def test_a_foreign_share_without_a_foreign_holder_is_told() -> None:
    case = declare(local_life().case, foreign_share=3500)
    outcome = conclude(
        case, read_recorded(case), judge=judge(), as_of=AS_OF, assessed_at=None
    )

    found = [
        contradiction
        for contradiction in cross_check(outcome.case, outcome.situation, []).found
        if contradiction.check == "foreign_and_holders"
    ]

    assert [one.one.value.zh for one in found] == ["35%"]
    assert "foreign_and_holders" not in {
        contradiction.check
        for contradiction in cross_check(
            local_life().case, local_life().situation, []
        ).found
    }


@pytest.mark.parametrize("open_to", ["others unlisted", "a company that may be held"])
def test_a_foreign_share_that_somebody_may_hold_is_not_told(open_to: str) -> None:
    case = declare(local_life().case, foreign_share=3500)
    if open_to == "others unlisted":
        case = replace(case, closed={})
    else:
        first = replace(case.holders[0], kind="company")
        case = replace(
            case,
            holders=(
                replace(
                    first,
                    facts=tuple(
                        replace(fact, value="company") if fact.fact == "kind" else fact
                        for fact in first.facts
                    ),
                ),
                *case.holders[1:],
            ),
        )
    outcome = conclude(
        case, read_recorded(case), judge=judge(), as_of=AS_OF, assessed_at=None
    )

    found = cross_check(outcome.case, outcome.situation, []).found

    assert "foreign_and_holders" not in {one.check for one in found}


def test_plans_for_a_number_may_name_the_service_that_uses_it() -> None:
    outcome = local_life()
    application = replace(outcome.case.application, licence="N95")
    case = replace(outcome.case, application=application)

    found = cross_check(case, outcome.situation, []).found

    assert "service_applied_for" not in {one.check for one in found}
