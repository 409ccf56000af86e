"""A blank says what to supply, once, to whoever can supply it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from changqing.case.model import Case, CaseChoice, Member, Statement
from changqing.case.subjects import APPLICANT, Subject
from changqing.documents.choices import list_choices, warn_of
from changqing.documents.document import Document
from changqing.documents.tree import parse_markdown
from changqing.rules.types import Value
from tests.command_line import run_command
from tests.documents.dossier_case import EXAMPLES, assessed, copied, text_of
from tests.documents.test_licence_wording import declare, state, write
from tests.documents.test_trade_of_each_licence import CATALOGUE, company

APP = Subject("service", "app")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The ready example, of which nothing but what its folder says is on record."""
    folder = tmp_path_factory.mktemp("case") / "local-life"
    unlogged = shutil.ignore_patterns("evidence", "known")
    shutil.copytree(EXAMPLES / "local-life", folder, ignore=unlogged)
    return assessed(folder).case


def forget(case: Case, *facts: str) -> Case:
    """The case without what was said and shown of some facts."""

    def keep(statement: Statement) -> bool:
        return statement.fact not in facts

    def shorten(member: Member) -> Member:
        return replace(member, facts=tuple(filter(keep, member.facts)))

    papers = (
        replace(
            paper,
            backs=tuple(filter(keep, paper.backs)),
            states=tuple(filter(keep, paper.states)),
        )
        for paper in case.papers
    )
    return replace(
        case,
        facts=tuple(filter(keep, case.facts)),
        people=tuple(map(shorten, case.people)),
        holders=tuple(map(shorten, case.holders)),
        services=tuple(map(shorten, case.services)),
        papers=tuple(papers),
    )


def without_papers(case: Case, *kinds: str) -> Case:
    return replace(case, papers=tuple(p for p in case.papers if p.kind not in kinds))


def told(case: Case, document: str) -> str:
    return text_of(write(case)[document])


def count_blanks(case: Case, document: str) -> int:
    return len(write(case)[document].blanks)


def test_a_yes_or_no_is_asked_and_not_dictated(example: Case) -> None:
    case = without_papers(example, "equity_chart", "register_extract")
    text = told(forget(case, "is_foreign"), "articles_and_equity")

    assert (
        "〔待补：林疏影：这个股东是境外的吗？以《企业登记信息查询单》为证；谁办："
        in text
    )
    assert "：境外投资者" not in text


def test_a_document_is_not_its_own_proof(example: Case) -> None:
    text = told(forget(example, "contact_email"), "written_application")

    assert "〔待补：联系邮箱；谁办：" in text
    assert "以《书面申请》为证" not in text


def test_what_others_signed_is_pointed_at_and_not_written() -> None:
    case = company("B11")
    bare = without_papers(case, "facility_proof")

    profile = told(case, "company_profile")
    assert "〔待补：机房面积，指出《设施证明》写在哪一条；谁办：" in profile
    bare_profile = told(bare, "company_profile")
    assert "〔待补：机房面积，以《设施证明》为证；谁办：" in bare_profile
    assert "写进《设施证明》" not in profile + bare_profile


def test_a_record_that_is_not_there_is_one_blank(example: Case) -> None:
    text = told(without_papers(example, "drill_record"), "emergency")

    assert "演练记录：〔待补：附上应急演练记录；谁办：" in text
    assert "演练日期" not in text


def test_a_day_that_is_missing_is_asked_for_once(example: Case) -> None:
    case = replace(forget(example, "domain_expires_on"), looks=())
    case = without_papers(case, "domain_cert")
    document = write(case)["domain_and_hosting"]

    asked = [blank for blank in document.blanks if blank.fact == "domain_expires_on"]
    assert len(asked) == 1
    assert "| 见上 |" in text_of(document)


def add_app(case: Case, **facts: Value) -> Case:
    app = Member(
        subject=APP,
        name="青禾App",
        kind="app",
        facts=tuple(state(APP, fact, value) for fact, value in facts.items()),
    )
    return replace(case, services=(*case.services, app))


@pytest.mark.long
@pytest.mark.parametrize(
    ("document", "most"),
    [("domain_and_hosting", 2), ("technical_plan", 2), ("company_profile", 0)],
)
def test_an_app_beside_a_site_is_first_asked_on_what_it_stands(
    document: str, most: int, example: Case
) -> None:
    case = example

    bare = count_blanks(add_app(case, service_opened=False), document)
    known = count_blanks(
        add_app(case, service_opened=False, hosting_provider="云甲公司"), document
    )

    assert bare - count_blanks(case, document) <= most
    assert known > bare


def unseen(example: Case) -> Case:
    """A site that is open and that nobody has looked at."""
    case = forget(
        example,
        "newest_item_on",
        "items_last_180_days",
        "weeks_with_items_last_52",
        "hotline_shown",
        "service_email_shown",
        "hotline_answered",
    )
    return replace(case, looks=())


@pytest.mark.parametrize("document", ["content_review", "user_service"])
def test_a_site_that_nobody_looked_at_is_one_blank(
    document: str, example: Case
) -> None:
    made = write(unseen(example))[document]

    assert text_of(made).count("逐页查看服务后填写；谁办：") == 1
    assert [blank.fact for blank in made.blanks].count("hotline_answered") == 0


def list_rows(document: Document) -> list[str]:
    (section,) = (
        section for section in document.sections if section.title == "有关人员和股东"
    )
    return [line for line in section.markdown.splitlines()[2:] if line]


def test_who_holds_a_post_and_a_share_is_looked_up_once(example: Case) -> None:
    case = replace(forget(example, "dishonesty_list_clear"), looks=())
    rows = list_rows(write(case)["credit_standing"])

    assert [row.split("|")[1].strip() for row in rows] == [
        "林疏影（股东）",
        "周知白（股东）",
    ]


def test_two_looks_that_differ_are_both_told(example: Case) -> None:
    case = replace(forget(example, "dishonesty_list_clear"), looks=())
    lin, holder = Subject("person", "lin"), Subject("holder", "lin")

    def say(member: Member) -> Member:
        value = {lin: True, holder: False}.get(member.subject)
        if value is None:
            return member
        fact = state(member.subject, "dishonesty_list_clear", value)
        return replace(member, facts=(*member.facts, fact))

    case = replace(
        case,
        people=tuple(map(say, case.people)),
        holders=tuple(map(say, case.holders)),
    )
    rows = list_rows(write(case)["credit_standing"])

    assert "| 林疏影 | 没有列入 |" in rows
    assert "| 林疏影（股东） | 已列入 |" in rows


def test_the_statement_on_investors_is_asked_and_not_sent_to_itself(
    example: Case,
) -> None:
    case = declare(example, foreign_route_taken=True)
    text = told(case, "investor_statement")
    words = CaseChoice(words="外方委派一名董事，没有协议控制。")
    decided = replace(case, choices={**case.choices, "foreign_control": words})

    assert "写进《投资者情况说明书》" not in text
    assert "外方派几名董事和高管" in text
    assert "外方委派一名董事，没有协议控制。" in told(decided, "investor_statement")


@pytest.mark.parametrize(
    ("kind", "missing", "asked"),
    [
        ("person", ("equity_chart", "register_extract"), 0),
        ("company", ("equity_chart", "register_extract"), 1),
        # The register says in what the line ends: the chart draws it to its end.
        ("company", ("equity_chart",), 0),
    ],
)
def test_the_layers_above_are_asked_of_who_has_some(
    example: Case, kind: str, missing: tuple[str, ...], asked: int
) -> None:
    case = without_papers(example, *missing)
    first, *others = case.holders
    case = replace(case, holders=(replace(first, kind=kind), *others))
    text = told(case, "articles_and_equity")

    assert text.count("上一层股东和比例") == asked
    assert text.count("附上股权结构图") == asked


LINES = "1. 2027年3月前改版；\n2. 2027年6月前扩到三个城市。"


def test_own_words_keep_their_lines(example: Case) -> None:
    case = replace(example, choices={"steps": CaseChoice(words=LINES)})

    assert f"\n{LINES}\n" in told(case, "business_plan")


def test_own_words_of_several_lines_stay_in_the_cell_of_a_table(example: Case) -> None:
    case = replace(example, choices={"market": CaseChoice(words="甲。\n\n乙。")})

    assert "| 市场 | 甲。 乙。 |" in told(case, "business_plan")


def test_own_words_that_are_not_numbered_stand_on_lines_of_their_own(
    example: Case,
) -> None:
    case = replace(example, choices={"steps": CaseChoice(words="先改版。\n再扩城。")})

    assert "先改版。\\\n再扩城。" in told(case, "business_plan")


@pytest.mark.parametrize("rule", ["---", "-", "- - -", "==="])
def test_a_line_of_dashes_makes_no_heading_and_no_rule(
    rule: str, example: Case
) -> None:
    words = f"先改版。\n{rule}"
    case = replace(example, choices={"steps": CaseChoice(words=words)})
    told_blocks = parse_markdown(told(case, "business_plan"))

    whole = f"先改版。\\\n\\{rule}"
    assert any(block.content.endswith(whole) for block in told_blocks)


@pytest.mark.parametrize("document", ["funds_and_runway", "service_assurance"])
def test_the_day_of_the_balance_is_said_where_the_cash_is_forecast(
    document: str, example: Case
) -> None:
    assert "按2026年11月10日的货币资金和每月成本推算" in told(example, document)


@pytest.mark.parametrize("licence", ["B11", "B21", "B24"])
def test_a_plan_that_is_not_written_asks_nothing(licence: str) -> None:
    case = replace(company(licence), choices={})
    written = list(write(case).values())
    asked = {one.choice.id for one in list_choices(case, CATALOGUE, written)}

    assert not {"content_pace", "content_review", "happened_topics"} & asked
    assert "foreign_control" not in asked
    assert {"backup", "market"} <= asked


def test_what_was_decided_for_such_a_plan_can_be_taken_back(tmp_path: Path) -> None:
    folder = copied("newly-registered", tmp_path)
    settings = {"CHANGQING_HOME": str(tmp_path / "home")}
    command = ("dossier", folder, "choose", "idc_rooms")

    decided = run_command([*command, "own"], settings=settings)
    assert "idc_rooms: own" in (folder / "case.yaml").read_text("utf-8")
    undone = run_command([*command, "--undo"], settings=settings)

    title = CATALOGUE.choices["idc_rooms"].title.zh
    for done in (decided, undone):  # 3 is a fault, whose traceback goes to a file
        assert done.returncode in {0, 1}, done.stderr
        assert done.stdout.startswith(f"{title}：")
    assert "idc_rooms" not in (folder / "case.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("choice", "answer", "fact", "value"),
    [
        ("pricing", "free", "charges_users", True),
        ("pricing", "yearly", "charges_users", False),
        ("call_consent", "inbound_only", "outbound_calls", True),
    ],
)
def test_an_answer_that_the_case_denies_is_warned_about(
    choice: str, answer: str, fact: str, value: bool
) -> None:
    offered = CATALOGUE.choices[choice].find_answer(answer)
    assert offered is not None
    outcome = assessed(EXAMPLES / "local-life")
    resolved = dict(outcome.situation.resolved)
    known = resolved[APPLICANT, "charges_users"]

    def warn(said: bool) -> list[str]:
        resolved[APPLICANT, fact] = replace(known, claimed=said, proven=None)
        situation = replace(outcome.situation, resolved=resolved)
        return [text.zh for text in warn_of(offered, situation, CATALOGUE)]

    (warning,) = warn(value)
    assert "项目里写的是" in warning
    assert warn(not value) == []
