"""`changqing look` and `changqing history`: what is printed, written, and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from changqing.cli.main import main
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import SourceKind
from changqing.evidence.records import list_records
from changqing.evidence.sync import compute_changes
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from tests.readers import reader_pages as pages

Ran = tuple[int, str, str]
Call = Callable[..., Ran]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    pages.make_case(folder, load_compiled(), "# 末尾的说明\n")
    return folder


@pytest.fixture
def filing(tmp_path: Path) -> Path:
    page = tmp_path / "结果.html"
    page.write_text(pages.FILING_LIST, encoding="utf-8")
    return page


def test_the_looks_that_are_due_come_with_address_and_steps(
    call: Call, case: Path
) -> None:
    code, out, _ = call("look", case)
    assert code == 0
    for words in ("filing_lookup", "https://beian.miit.gov.cn/", "另存为", "查到备案"):
        assert words in out
    assert "app_listing" in out  # the case has an app, and its store is not probed
    assert "number_test" not in out
    _, english, _ = call("look", case, "--lang", "en")
    assert "Would settle: " in english
    assert "number_test" in call("look", case, "--all")[1]


def test_a_folder_of_saved_pages_is_filed_at_once_and_never_twice(
    call: Call, case: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "filing_lookup.html").write_text(pages.FILING_LIST, encoding="utf-8")
    (folder / "filing_lookup-empty.html").write_text("<p>无</p>", encoding="utf-8")
    (folder / "holiday.html").write_text(pages.FILING_LIST, encoding="utf-8")
    asked = ("look", case, "--folder", folder, "--by", "林晓", "--json")
    before = (case / "case.yaml").read_bytes()
    assert call(*asked, "--dry-run")[0] == 1
    assert (case / "case.yaml").read_bytes() == before
    code, out, _ = call(*asked)
    filed = {each["page"]: each for each in json.loads(out)["pages"]}
    assert (code, len(filed)) == (1, 3)
    taken = filed["filing_lookup.html"]["taken"]
    assert taken["recorded"]
    assert (case / taken["file"]).read_text(encoding="utf-8") == pages.FILING_LIST
    assert filed["filing_lookup-empty.html"]["taken"] is None
    assert "查看的名称" in filed["holiday.html"]["why"][0]
    after = (case / "case.yaml").read_bytes()
    assert after != before
    again = {each["page"]: each for each in json.loads(call(*asked)[1])["pages"]}
    assert "已经记在项目里" in again["filing_lookup.html"]["why"][0]
    assert (case / "case.yaml").read_bytes() == after


def test_of_a_folder_no_link_is_followed_and_no_copy_is_filed_beside_its_like(
    call: Call, case: Path, filing: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "filing_lookup.html").symlink_to(filing)
    asked = ("look", case, "--folder", folder, "--by", "林晓", "--json")
    before = (case / "case.yaml").read_bytes()
    (linked,) = json.loads(call(*asked)[1])["pages"]
    assert linked["taken"] is None
    assert "是链接" in linked["why"][0]
    assert (case / "case.yaml").read_bytes() == before
    (folder / "filing_lookup.html").unlink()
    for name in ("filing_lookup.html", "filing_lookup (1).html"):
        (folder / name).write_bytes(filing.read_bytes())
    told = json.loads(call(*asked)[1])["pages"]
    assert sum(page["taken"] is not None for page in told) == 1
    assert len(open_case(case, load_compiled()).looks) == 1


def test_a_page_that_lies_in_the_case_and_is_in_no_look_is_filed(
    call: Call, case: Path, filing: Path, tmp_path: Path
) -> None:
    # As where the writing of case.yaml failed after the page was kept.
    kept = case / "documents" / "look-filing_lookup-2026-11-20.html"
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(filing.read_bytes())
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "filing_lookup.html").write_bytes(filing.read_bytes())
    assert call("look", case, "--folder", folder, "--by", "林晓")[0] == 0
    assert len(open_case(case, load_compiled()).looks) == 1


def test_a_folder_goes_without_a_look_and_needs_who_looked(
    call: Call, case: Path, tmp_path: Path
) -> None:
    for more in ((), ("--by", "林晓", "--says", "x=1")):
        code, _, err = call("look", case, "--folder", tmp_path, *more)
        assert code == 2
        assert "--folder" in err


def test_the_json_names_what_each_look_settles(call: Call, case: Path) -> None:
    code, out, _ = call("look", case, "--json")
    looks = {each["id"]: each for each in json.loads(out)["looks"]}
    assert code == 0
    assert {"subject": "service:site", "fact": "filing_found"} in looks[
        "filing_lookup"
    ]["settles"]
    assert "service.filing_found" in looks["filing_lookup"]["can_settle"]


def test_a_saved_page_becomes_evidence_of_the_case(
    call: Call, case: Path, filing: Path
) -> None:
    before = (case / "case.yaml").read_text(encoding="utf-8")
    code, out, _ = call(
        "look", case, "filing_lookup", "--page", filing, "--by", "程初夏",
        "--on", "2026-11-20",
    )  # fmt: skip
    assert code == 0
    assert f"主办单位名称 {pages.COMPANY}" in out
    assert "已向出具方核实" in out
    assert "审核日期：2026-10-12" in out
    after = (case / "case.yaml").read_text(encoding="utf-8")
    assert after.startswith(before.replace("# 末尾的说明\n", ""))
    assert "# 末尾的说明" in after
    opened = open_case(case, load_compiled())
    (look,) = opened.looks
    assert (case / look.file.path).read_bytes() == filing.read_bytes()
    found = {
        record.fact: record
        for record in list_records(opened)
        if record.source.kind is SourceKind.LOOK
    }
    assert found["filing_found"].value is True
    assert {record.grade.name for record in found.values()} == {"ATTESTED"}
    assert {record.observer for record in found.values()} == {"程初夏"}
    due = json.loads(call("look", case, "--json")[1])["looks"]
    settled = {"subject": "service:site", "fact": "filing_found"}
    assert settled not in [one for each in due for one in each["settles"]]


def test_a_dry_run_writes_nothing(call: Call, case: Path, filing: Path) -> None:
    before = sorted(case.rglob("*")), (case / "case.yaml").read_bytes()
    code, out, _ = call(
        "look", case, "filing_lookup", "--page", filing, "--by", "甲", "--dry-run",
        "--json",
    )  # fmt: skip
    data = json.loads(out)
    assert code == 0
    assert data["file"] is None
    assert {each["grade"] for each in data["recorded"]} == {"attested"}
    assert (sorted(case.rglob("*")), (case / "case.yaml").read_bytes()) == before


def test_what_a_person_judges_is_recorded_at_its_place(
    call: Call, case: Path, tmp_path: Path
) -> None:
    page = tmp_path / "查看.txt"
    page.write_text("用户发布：只有编辑发布\n看过9页\n", encoding="utf-8")
    code, out, _ = call(
        "look", case, "service_page", "--page", page, "--by", "甲",
        "--subject", "service:site", "--says", "users_can_publish=false@只有编辑发布",
        "--says", "pages_screened=9@看过", "--says", "illegal_signs_seen=false",
        "--json",
    )  # fmt: skip
    assert code == 0
    grades = {each["fact"]: each["grade"] for each in json.loads(out)["recorded"]}
    assert grades == {
        "users_can_publish": "observed",
        "pages_screened": "observed",
        "illegal_signs_seen": "transcribed",
    }
    assert open_case(case, load_compiled()).looks[0].file.path.endswith(".txt")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["filing", "--page", "P", "--by", "甲"], "没有“filing”这种查看"),
        (["nosuch", "--page", "P", "--by", "甲"], "court_list（查询失信被执行人）"),
        (["court_lists", "--page", "P", "--by", "甲"], "是否指 court_list？"),
        (["filing_lookup", "--page", "BLANK", "--by", "甲"], "里没有文字"),
        (["filing_lookup", "--page", "P"], "谁查的"),
        (["filing_lookup", "--page", "gone", "--by", "甲"], "读不出这个文件"),
        (
            ["filing_lookup", "--page", "P", "--by", "甲", "--on", "2199-01-01"],
            "将来的一天",
        ),
        (
            ["filing_lookup", "--page", "P", "--by", "甲", "--subject", "service:x"],
            "“service:x”不在本项目中",
        ),
        (
            ["filing_lookup", "--page", "P", "--by", "甲", "--says", "filing_found"],
            "--says 写成",
        ),
        (
            ["court_list", "--page", "OTHER", "--by", "甲"],
            "没有本项目的名称、域名或号码",
        ),
        (
            ["filing_lookup", "--page", "PICTURE", "--by", "甲"],
            "不是网页、文本、PDF或表格",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    call: Call,
    case: Path,
    filing: Path,
    tmp_path: Path,
    arguments: list[str],
    words: str,
) -> None:
    other, picture = tmp_path / "other.html", tmp_path / "picture.png"
    other.write_text("<html><p>别家公司：没有记录</p></html>", encoding="utf-8")
    picture.write_bytes(b"\x89PNG\r\n\0\xff")
    blank = tmp_path / "blank.html"
    blank.write_text("<html><body>&nbsp;</body></html>", encoding="utf-8")
    before = (case / "case.yaml").read_bytes()
    named = {"P": filing, "OTHER": other, "PICTURE": picture, "BLANK": blank}
    code, _, err = call(
        "look", case, *(named.get(argument, argument) for argument in arguments)
    )
    assert code == 2
    assert words in err
    assert (case / "case.yaml").read_bytes() == before
    assert not (case / "documents").exists()


# History


@pytest.fixture
def logged(case: Path, tmp_path: Path) -> Path:
    """The case as recorded first with one provider, then with another."""
    from changqing.cli.shared import read_clock

    catalogue = load_compiled()
    for provider in (pages.PROVIDER, "乙网络有限公司"):
        text = pages.CASE.replace(pages.PROVIDER, provider)
        (case / "case.yaml").write_text(text, encoding="utf-8")
        with Store(case, load_key(tmp_path / "key")) as store:
            now = read_clock()
            store.append(
                compute_changes(open_case(case, catalogue), store.list_items(), now)
            )
    return case


def test_history_shows_what_changed(call: Call, logged: Path) -> None:
    code, out, _ = call("history", logged)
    assert code == 0
    assert f"变化：原为{pages.PROVIDER}" in out
    assert out.count("乙网络有限公司") == 1
    english = call("history", logged, "hosting_provider", "--lang", "en")[1]
    assert "changed: it was " in english


def test_history_as_json_has_every_spell(call: Call, logged: Path) -> None:
    _, out, _ = call("history", logged, "hosting_provider", "--json")
    (found,) = json.loads(out)["history"]
    assert [spell["value"] for spell in found["spells"]] == [
        pages.PROVIDER,
        "乙网络有限公司",
    ]
    assert [spell["changed"] for spell in found["spells"]] == [False, True]


def test_history_says_when_there_is_none_and_what_a_fact_is_called(
    call: Call, case: Path
) -> None:
    code, out, _ = call("history", case)
    assert code == 0
    assert "还没有这些事实" in out
    code, _, err = call("history", case, "hosting_provide")
    assert code == 2
    assert "是否指 hosting_provider" in err
