"""Twelve questions, then a case that opens cleanly and is judged without network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.errors import CaseError
from changqing.guide.interview import InterviewAnswers, read_url, run_interview
from changqing.guide.write import write_case
from changqing.judge.assess import Judge
from changqing.papers.open import open_case
from changqing.run import run
from changqing.text import Language
from tests.shipped import CATALOGUE

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
FULL = (
    "ICP许可证",
    "杭州长青网络科技有限公司",
    "",
    "浙江",
    "200万元",
    "是",
    "2027-01-20",
    "是",
    "www.example.cn",
    '林"晓',
    "150万元",
    "8万元",
    "0元",
)
BARE = ("", "某公司", "", "33", "", "否", *([""] * 7))


def asked(
    answers: Sequence[str], language: Language = Language.ZH
) -> tuple[InterviewAnswers, list[str]]:
    """The answers, and everything that was said meanwhile."""
    left = list(answers)
    told: list[str] = []
    found = run_interview(
        CATALOGUE, language, now=NOW, ask=lambda _: left.pop(0), tell=told.append
    )
    assert left == []
    return found, told


def test_the_first_questions_are_asked_each_once() -> None:
    for language in Language:
        _, told = asked(FULL, language)
        numbered = [line.split()[0] for line in told if "/13" in line]
        assert numbered == [f"{n}/13" for n in range(1, 14)]


def test_the_credit_code_tells_the_province_and_a_licence_its_only_scope() -> None:
    code = "91330109MA0EXAM1YG"
    found, told = asked([*FULL[:2], code, *FULL[4:]])
    assert (found.region, found.scope) == ("33", "intra_province")
    assert not [line for line in told if "哪个省" in line]
    (scope,) = CATALOGUE.licences["N96"].scopes
    assert asked(["N96", *FULL[1:5], *FULL[6:]])[0].scope == scope


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ("", "B25"),
        ("edi", "B21"),
        ("IDC许可证", "B11"),
        ("呼叫中心", "B24"),
        ("B23", "B23"),
    ],
)
def test_a_licence_may_be_called_what_people_call_it(said: str, licence: str) -> None:
    assert asked([said, *FULL[1:]])[0].licence == licence


def test_one_may_go_back_and_answer_otherwise() -> None:
    again = ["<", "另一家公司", *FULL[2:]]
    found, told = asked([*FULL[:2], *again])
    assert found.facts["name"] == "另一家公司"
    assert [line.split()[0] for line in told if "/13" in line][:4] == [
        *("1/13", "2/13", "3/13", "2/13"),
    ]


def test_what_was_answered_before_is_kept_and_not_asked_again() -> None:
    kept: list[dict[str, str]] = []
    left = list(FULL[:5])

    def leave(_: str) -> str:
        if not left:
            raise KeyboardInterrupt
        return left.pop(0)

    with pytest.raises(KeyboardInterrupt):
        run_interview(
            CATALOGUE,
            Language.ZH,
            now=NOW,
            ask=leave,
            tell=lambda _: None,
            keep=lambda said: kept.append(dict(said)),
        )
    rest = list(FULL[5:])
    found = run_interview(
        CATALOGUE,
        Language.ZH,
        now=NOW,
        ask=lambda _: rest.pop(0),
        tell=lambda _: None,
        begun=kept[-1],
    )
    assert found == asked(FULL)[0]


def test_answers_are_kept_as_given() -> None:
    found, _ = asked(FULL)
    assert found.facts["name"] == FULL[1]
    assert found.facts["registered_capital"] == "200万元"
    assert found.facts["charges_users"] == "true"
    assert (found.region, found.scope) == ("33", "intra_province")
    assert found.submit_on == date(2027, 1, 20)
    assert found.url == "https://www.example.cn/"


def test_an_empty_answer_is_unknown_and_the_day_is_sixty_days_on() -> None:
    found, _ = asked(BARE)
    assert {name for name, said in found.facts.items() if said} == {"name"}
    assert (found.scope, found.url, found.technician) == ("cross_province", "", "")
    assert found.submit_on == date(2027, 1, 23)


WRONG: Mapping[int, Sequence[str]] = {
    0: ["驾驶证"],
    1: ["", "   "],
    2: ["123"],
    3: ["", "火星", "z"],
    4: ["200", "-5", "很多"],
    5: ["也许", ""],
    6: ["2026-02-30", "soon", "2026-11-23"],
    7: ["maybe"],
    8: ["http://[", "ftp://example.cn", "nonsense"],
}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("place", sorted(WRONG))
def test_a_bad_answer_is_asked_again_in_the_users_language(
    place: int, language: Language
) -> None:
    answers = [*FULL[:place], *WRONG[place], *FULL[place:]]
    found, told = asked(answers, language)
    assert found == asked(FULL, language)[0]
    _, calm = asked(FULL, language)
    complaints = [line for line in told if line not in calm]
    assert complaints
    for line in complaints:
        ours = re.sub("“.*?”|[0-9,]+万?元", "", line)
        has_chinese = re.search("[一-鿿]", ours) is not None
        assert has_chinese is (language is Language.ZH), line


def test_an_input_without_a_usable_answer_ends_and_writes_nothing() -> None:
    with pytest.raises(CaseError, match="question 2 got no answer"):
        asked([""] * 100)


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        ("是", "intra_province"),
        ("y", "intra_province"),
        ("no", "cross_province"),
        ("全国", "cross_province"),
        ("cross_province", "cross_province"),
        ("intra_province", "intra_province"),
    ],
)
def test_the_scope_may_be_said_in_several_ways(said: str, scope: str) -> None:
    assert asked([*FULL[:5], said, *FULL[6:]])[0].scope == scope


@pytest.mark.parametrize(
    "said", ["2027年1月20日", "2027/1/20", "２０２７－０１－２０", "2027.1.20"]
)
def test_a_day_may_be_written_as_people_write_it(said: str) -> None:
    assert asked([*FULL[:6], said, *FULL[7:]])[0].submit_on == date(2027, 1, 20)


@pytest.mark.parametrize(
    "said",
    ["ｗｗｗ．ｅｘａｍｐｌｅ．ｃｎ", "www。example。cn", "https://ｗｗｗ.example.cn"],
)
def test_a_site_may_be_typed_with_a_chinese_keyboard(said: str) -> None:
    assert asked([*FULL[:8], said, *FULL[9:]])[0].url == "https://www.example.cn/"


def test_a_page_keeps_the_wide_letters_of_its_path() -> None:
    assert read_url("https://ａ.cn/（一）") == "https://a.cn/（一）"


@pytest.mark.parametrize("place", [1, 3, 5])
def test_an_empty_answer_where_one_is_needed_is_said_to_be_missing(place: int) -> None:
    _, told = asked([*FULL[:place], "", *FULL[place:]])
    assert "      这一项要填" in told


@pytest.mark.parametrize("said", ["33", "浙江", "Zhejiang", "zhejiang", "浙江省"])
def test_a_province_may_be_named_in_several_ways(said: str) -> None:
    assert asked([*FULL[:3], said, *FULL[4:]])[0].region == "33"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("成都", "51"),
        ("成都市", "51"),
        ("成都市武侯区", "51"),
        ("Chengdu", "51"),
        ("浙江杭州", "33"),
        ("北京市海淀区", "11"),
        ("Xi'an", "61"),
    ],
)
def test_a_city_tells_its_province(said: str, code: str) -> None:
    assert asked([*FULL[:3], said, *FULL[4:]])[0].region == code


@pytest.mark.parametrize("said", ["西湖区", "京都", "Chengduo"])
def test_a_place_that_nothing_tells_of_is_asked_again(said: str) -> None:
    found, told = asked([*FULL[:3], said, *FULL[3:]])
    assert found.region == "33"
    assert any(f"没有“{said}”这个省" in line for line in told)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        *[("要", "true"), ("有", "true"), ("是", "true")],
        *[("不要", "false"), ("没有", "false"), ("否", "false")],
    ],
)
def test_yes_and_no_are_taken_as_people_say_them(said: str, meant: str) -> None:
    assert asked([*FULL[:7], said, *FULL[8:]])[0].facts["charges_users"] == meant


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("answers", [FULL, BARE])
def test_the_written_case_opens_and_gives_a_verdict_without_network(
    tmp_path: Path, answers: Sequence[str], language: Language
) -> None:
    found, _ = asked(answers, language)
    folder = tmp_path / "项目 one"
    written = write_case(folder, found, CATALOGUE, now=NOW, language=language)
    case = open_case(folder, CATALOGUE)
    assert written == folder / "case.yaml"
    assert case.name == answers[1]
    assert case.application.submit_on == found.submit_on
    assert (folder / "documents").is_dir()
    outcome = run(
        folder,
        judge=Judge(CATALOGUE),
        clock=lambda: NOW,
        key=tmp_path / "key",
        offline=True,
    )
    assert outcome.report.readiness in {"open", "not_ready"}
    assert not outcome.ready_and_shown
    assert not (tmp_path / "key").exists()
    assert {path.name for path in folder.iterdir()} == {"case.yaml", "documents"}


def test_every_field_of_the_written_case_is_explained(tmp_path: Path) -> None:
    found, _ = asked(BARE)
    written = write_case(tmp_path, found, CATALOGUE, now=NOW, language=Language.ZH)
    text = written.read_text(encoding="utf-8")
    for fact in found.facts:
        assert CATALOGUE.facts["applicant", fact].label.zh in text
    assert text.count("#") > 20


def test_an_existing_case_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("mine", encoding="utf-8")
    found, _ = asked(FULL)
    with pytest.raises(CaseError):
        write_case(tmp_path, found, CATALOGUE, now=NOW, language=Language.EN)
    assert (tmp_path / "case.yaml").read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_way_is_said_and_left_alone(tmp_path: Path) -> None:
    way = tmp_path / "way"
    way.write_text("mine", encoding="utf-8")
    found, _ = asked(FULL)
    with pytest.raises(CaseError):
        write_case(way, found, CATALOGUE, now=NOW, language=Language.EN)
    assert way.read_text(encoding="utf-8") == "mine"


def test_nothing_is_said_of_the_technician_that_was_not_asked(tmp_path: Path) -> None:
    found, _ = asked(FULL)
    write_case(tmp_path, found, CATALOGUE, now=NOW, language=Language.ZH)
    [technician] = open_case(tmp_path, CATALOGUE).people
    said = {statement.fact for statement in technician.facts}
    assert "full_time" in said
    assert "employer_is_applicant" not in said
