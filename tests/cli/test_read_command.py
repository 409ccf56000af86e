"""`changqing read`: what papers say, settled by keys in a terminal or by itself."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest

from changqing.case import edit
from changqing.case.subjects import APPLICANT, Subject
from changqing.cli import new_from, settling
from changqing.cli.main import main
from changqing.evidence.ledger.items import Confirmation
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.records import list_records
from changqing.law.compiled import load_shipped
from changqing.law.kit import Grade
from changqing.papers.open import open_case
from tests.papers.settling_sample import (
    HELD,
    LICENCE,
    NAME,
    STATEMENT,
    TELECOM_LICENCE,
    UNTITLED,
    make_case,
)
from tests.today import TODAY

Ran = tuple[int, str, str]
Call = Callable[..., Ran]
CAPITAL = ("papers", "licence", "backs")


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Call:
    """Run the command; `keys` are what a person types into the terminal."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))

    def run(
        *arguments: str | Path, keys: tuple[str, ...] | None = None, lang: str = "zh"
    ) -> Ran:
        with monkeypatch.context() as patch:
            if keys is not None:
                typed = iter(keys)
                patch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
                for module in (settling, new_from):
                    patch.setattr(module, "ask", _typing(typed))
            with pytest.raises(SystemExit) as ended:
                main([str(argument) for argument in arguments] + ["--lang", lang])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


def _typing(typed: Iterator[str]) -> Callable[[str], str]:
    """A person who types one answer after another, and stops when all is typed."""

    def ask(question: str) -> str:
        click.echo(question)
        return next(typed, "q")

    return ask


def facts_backed(folder: Path, paper: str) -> set[str]:
    backs = edit.read(folder).find_value(("papers", paper, "backs"))
    return {back["fact"] for back in backs} if isinstance(backs, list) else set()


def test_what_papers_say_is_shown_with_its_words_and_nothing_is_written(
    call: Call, tmp_path: Path
) -> None:
    folder = make_case(tmp_path / "项目").path
    before = (folder / "case.yaml").read_bytes()
    code, out, _ = call("read", folder)
    assert code == 1
    assert "营业执照" in out
    assert "注册资本：200万元" in out
    assert "“贰佰万元整”" in out
    assert "校验位相符" in out
    assert "关键点" in out
    assert "项要确认" in out
    assert (folder / "case.yaml").read_bytes() == before


def test_one_page_is_one_in_english(call: Call, tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case").path
    _, out, _ = call("read", folder, lang="en")

    assert "1 page\n" in out
    assert "1 pages" not in out


def test_a_reading_is_kept_and_not_made_twice(call: Call, tmp_path: Path) -> None:
    folder = make_case(tmp_path / "项目").path
    call("read", folder)
    size = sum(1 for _ in Evidence(folder).list_items())
    assert size >= 2
    call("read", folder)
    assert sum(1 for _ in Evidence(folder).list_items()) == size


def test_accept_sure_takes_what_checks_itself_and_no_key_point(
    call: Call, tmp_path: Path
) -> None:
    folder = make_case(tmp_path / "项目").path
    code, out, _ = call("read", folder, "--accept", "sure", "--by", "周经办")
    assert code == 1
    assert {"credit_code", "name"} <= facts_backed(folder, "licence")
    assert "registered_capital" not in facts_backed(folder, "licence")
    assert not facts_backed(folder, "cash")
    assert "写入" in out
    by = {
        item.by
        for item in Evidence(folder).list_items()
        if isinstance(item, Confirmation)
    }
    assert by == {"周经办"}


def test_a_person_takes_edits_and_rejects_by_keys(call: Call, tmp_path: Path) -> None:
    folder = make_case(tmp_path / "项目").path
    # All that is sure; then the page one by one: form, capital, address, scope.
    typed = ("e", "一千", "1000万", "注册资本：贰佰万元整")
    keys = ("", "e", "", *typed, "x", "")
    code, out, _ = call("read", folder, keys=keys)
    assert code == 1
    backs = edit.read(folder).find_value(CAPITAL)
    assert isinstance(backs, list)
    said = {back["fact"]: back for back in backs}
    assert said["legal_form"]["value"] == "limited_company"
    assert "address" not in said
    assert said["registered_capital"]["value"] == "1000万元"
    assert said["registered_capital"]["words"] == "注册资本：贰佰万元整"
    assert said["business_scope"]["place"] == "第1页"
    assert "没有写明单位" in out
    # What was refused is not asked about again.
    _, out, _ = call("read", folder)
    assert "住所" not in out


def test_what_no_criterion_reads_is_offered_in_one_look_at_the_end(
    call: Call, tmp_path: Path
) -> None:
    taken, left = (make_case(tmp_path / name).path for name in ("甲", "乙"))
    _, out, _ = call("read", taken, keys=("",) * 4)
    assert "没有判据要看" in out
    assert "registered_legal_rep" in facts_backed(taken, "licence")
    call("read", left, keys=("", "", "", "x"))
    assert "registered_legal_rep" not in facts_backed(left, "licence")
    assert call("read", left)[0] == 0  # nobody is asked about it


TEAM = """\
团队结构表
姓名,岗位,职责,顶替人
梁其安,总经理,负责平台日常技术维护、备份与故障处理,何一
"""
TEAM_ENTRY = """\
  - id: team
    kind: team_structure
    file: documents/花名册.csv
    received_on: 2026-11-18
"""


def test_what_one_look_settles_is_asked_together_and_one_by_one_on_demand(
    call: Call, tmp_path: Path
) -> None:
    def states(folder: Path) -> int:
        said = edit.read(folder).find_value(("papers", "team", "states"))
        return len(said) if isinstance(said, dict) else 0

    one, other = (
        make_case(
            tmp_path / name,
            cash=TEAM_ENTRY,
            **{"花名册.csv": TEAM, "执照": "空白页" * 9, "存款": "空白页" * 9},
        ).path
        for name in ("甲", "乙")
    )
    _, out, _ = call("read", one, keys=("", "", "", ""))
    assert "回车采用这2项" in out
    assert states(one) == 3
    call("read", other, keys=("", "e", "", "x", ""))
    assert states(other) == states(one) - 1


def test_who_stops_keeps_what_was_settled(call: Call, tmp_path: Path) -> None:
    folder = make_case(tmp_path / "项目").path
    call("read", folder, keys=("", "", "q"))
    assert "legal_form" in facts_backed(folder, "licence")
    assert not facts_backed(folder, "cash")


def test_when_all_is_settled_the_command_says_so_and_exits_zero(
    call: Call, tmp_path: Path
) -> None:
    folder = make_case(tmp_path / "项目").path
    call("read", folder, keys=("",) * 30)
    code, out, _ = call("read", folder)
    assert code == 0
    assert "没有要确认的了" in out


def test_undo_takes_a_value_back_by_its_name(call: Call, tmp_path: Path) -> None:
    folder = make_case(tmp_path / "项目").path
    call("read", folder, "--accept", "sure")
    name = "licence/applicant.credit_code"
    code, out, _ = call("read", folder, "--undo", name)
    assert (code, "已撤回" in out) == (0, True)
    assert "credit_code" not in facts_backed(folder, "licence")
    assert call("read", folder, "--undo", name)[0] == 1
    code, _, err = call("read", folder, "--undo", "licence/nothing.at_all")
    assert (code, "没有这一项" in err) == (2, True)


def test_json_has_every_value_with_its_place(call: Call, tmp_path: Path) -> None:
    folder = make_case(tmp_path / "项目").path
    code, out, _ = call("read", folder, "--json")
    data = json.loads(out)
    assert (code, data["version"]) == (1, 1)
    assert [each["id"] for each in data["papers"]] == ["licence", "cash"]
    values = {each["name"]: each for each in data["papers"][0]["values"]}
    capital = values["licence/applicant.registered_capital"]
    assert (capital["value"], capital["state"]) == ("200万元", "new")
    assert (capital["page"], capital["words"]) == (1, "贰佰万元整")
    assert data["left"] > 0


def test_a_paper_that_cannot_be_read_says_what_to_do(
    call: Call, tmp_path: Path
) -> None:
    folder = make_case(tmp_path / "项目", 存款="　\n").path
    _, out, _ = call("read", folder)
    assert "读不出" in out
    assert "请重新扫描" in out


PHOTO = """\
  - id: photo
    kind: lease
    file: documents/照片.heic
    received_on: 2026-11-18
"""


def test_a_photograph_in_heic_says_what_to_install(call: Call, tmp_path: Path) -> None:
    folder = make_case(tmp_path / "项目", cash=PHOTO, **{"照片.heic": "x"}).path
    (folder / "documents/照片.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(64))
    _, out, _ = call("read", folder)
    assert "pip install pillow-heif" in out


# new --from


def hand_over(folder: Path) -> Path:
    """What a person drops: a licence, a statement, another's licence, a photo list."""
    (folder / "资料").mkdir(parents=True)
    other = LICENCE.replace(NAME, "成都别家网络科技有限公司")
    files = {
        "资料/营业执照 副本.txt": LICENCE,
        "存款证明(11月).txt": STATEMENT,
        "别家的执照.txt": other,
        "说明.txt": "各位同事，请于周五前把材料交到前台，谢谢大家的配合与支持。",
        "空白.txt": " ",
        "又一份执照.txt": LICENCE,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_case_is_made_from_files_alone(call: Call, tmp_path: Path) -> None:
    source, folder = hand_over(tmp_path / "给的"), tmp_path / "新项目"
    (source / "意见.txt").write_text(UNTITLED, encoding="utf-8")
    code, out, _ = call("new", folder, "--from", source)
    assert code == 1
    written = edit.read(folder)
    assert written.find_value(("applicant", "name")) == NAME
    assert written.find_value(("applicant", "credit_code")) == "91330109MA0EXAM1YG"
    assert written.find_value(("application", "region")) == "33"
    people = written.list_items("people")
    assert [(person["name"], person["role"]) for person in people] == [
        ("梁其安", "legal_representative")
    ]
    papers = {each["kind"]: each["file"] for each in written.list_items("papers")}
    assert papers == {
        "business_licence": "documents/又一份执照.txt",
        "bank_statement": "documents/存款证明(11月).txt",
        "complaint_rules": "documents/意见.txt",
    }
    # What is here is not suggested again: an entry of the same id is refused.
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    suggested = re.findall(r"# - \{id: (\w+)", text)
    assert "audit_report" in suggested
    assert not set(suggested) & papers.keys()
    told = {line.split()[0]: line for line in out.splitlines() if ".txt" in line}
    assert "按内容认的，请核对" in told["意见.txt"]
    assert "按内容认的" not in told["又一份执照.txt"]
    assert "成都别家网络科技有限公司的营业执照，没有列入" in out
    assert "不是目录里的材料" in out
    assert "读不出" in out
    assert "与又一份执照.txt相同" in out
    kept = {path.name for path in (folder / "documents").rglob("*") if path.is_file()}
    # nobody else's papers
    assert kept == {"又一份执照.txt", "存款证明(11月).txt", "意见.txt"}
    assert "递交" in out  # the first verdict: whether it can be handed in
    assert (folder / "report.html").exists()


def test_names_taken_from_papers_count_by_these_and_not_as_declared(
    call: Call, tmp_path: Path
) -> None:
    source, folder = hand_over(tmp_path / "给的"), tmp_path / "新项目"
    (source / "域名.txt").write_text(
        f"顶级国际域名注册证书\n域名：chengyan.example\n域名所有者：{NAME}\n"
        "注册时间：2024年04月02日\n到期时间：2028年04月02日\n",
        encoding="utf-8",
    )
    call("new", folder, "--from", source)
    case = open_case(folder, load_shipped())
    proven = {
        (record.subject, record.fact): (record.value, record.grade)
        for record in list_records(case)
        if record.grade is Grade.DOCUMENTED
    }
    assert proven[APPLICANT, "name"] == (NAME, Grade.DOCUMENTED)
    assert proven[APPLICANT, "credit_code"][1] is Grade.DOCUMENTED
    site = Subject("service", "site")
    assert proven[site, "domain"] == ("chengyan.example", Grade.DOCUMENTED)
    # Nobody is asked about what the case says by just this paper.
    states = {
        each["name"]: each["state"]
        for paper in json.loads(call("read", folder, "--json")[1])["papers"]
        for each in paper["values"]
    }
    assert states["business_licence/applicant.name"] == "settled"
    assert states["domain_cert/service:site.domain"] == "settled"


def test_only_what_no_paper_says_is_asked(call: Call, tmp_path: Path) -> None:
    source, folder = hand_over(tmp_path / "给的"), tmp_path / "新项目"
    answers = (
        "ICP",
        "省内",
        "2027-01-20",
        "是",
        "chengyan.example",
        "梁其安",
        "3万",
        "",
    )
    code, out, _ = call("new", folder, "--from", source, keys=(*answers, *[""] * 30))
    assert code == 1
    asked = [line for line in out.splitlines() if "/8  " in line]
    assert len(asked) == 8
    assert not [line for line in asked if "注册资本" in line or "公司名称" in line]
    written = edit.read(folder)
    assert written.find_value(("application", "submit_on")) == "2027-01-20"
    assert written.find_value(("applicant", "charges_users")) is True
    assert "cash_on_hand" in facts_backed(folder, "bank_statement")


@pytest.mark.parametrize(
    ("key", "stage", "asked"),
    [("", "renew", 5), ("1", "apply", 8), (None, "renew", 0)],
)
def test_a_licence_among_the_papers_proposes_renewal_and_one_key_takes_it(
    call: Call, tmp_path: Path, key: str | None, stage: str, asked: int
) -> None:
    source, folder = hand_over(tmp_path / "给的"), tmp_path / "新项目"
    end = TODAY + timedelta(days=13)
    held = {**HELD, "end": f"{end:%Y年%m月%d日}"}
    paper = TELECOM_LICENCE.format_map(held)
    (source / "许可证.txt").write_text(paper, encoding="utf-8")
    first = ("ICP", "省内", "") if stage == "apply" else ()
    rest = ("是", "", "", "3万", "")
    keys = None if key is None else (key, *first, *rest, *[""] * 40)
    _, out, _ = call("new", folder, "--from", source, keys=keys)
    assert "办理阶段：建议按延续" in out
    assert "离期满还有13天" in out.replace("\n", "")
    assert len(re.findall(r"^\d+/\d+  ", out, re.MULTILINE)) == asked
    written = edit.read(folder)
    assert written.find_value(("application", "stage")) == stage
    taken = "licence_valid_until" in facts_backed(folder, "existing_licence")
    assert taken or stage == "apply"
    _, board, _ = call("board", tmp_path)
    assert ("已逾期" in board) is (stage == "renew")


def test_files_that_name_no_company_make_no_case(call: Call, tmp_path: Path) -> None:
    source = tmp_path / "给的"
    source.mkdir()
    (source / "说明.txt").write_text("请于周五前把材料交到前台，谢谢大家的配合。")
    code, _, err = call("new", tmp_path / "新项目", "--from", source)
    assert (code, "看不出是哪家公司" in err) == (2, True)
    assert not (tmp_path / "新项目/case.yaml").exists()
    # With the licence added, the second attempt begins where the first has ended.
    (source / "营业执照.txt").write_text(LICENCE, encoding="utf-8")
    assert call("new", tmp_path / "新项目", "--from", source)[0] == 1
    names = [path.name for path in (tmp_path / "新项目/documents").iterdir()]
    assert names == ["营业执照.txt"]
