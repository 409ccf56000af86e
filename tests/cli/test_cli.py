"""The command line: exit codes, both languages, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import click
import pytest
from rich.cells import cell_len

from changqing.cli.main import COMMANDS, _make_group, choose_language, main
from changqing.text import Language

CASE = """\
applicant:
  name: 杭州长青网络科技有限公司
  registered_capital: 200万元
application:
  licence: B25
  scope: intra_province
  region: '33'
  stage: apply
  submit_on: 2027-01-20
declared_on: 2026-11-20
services: []
people: []
papers: []
"""
KEYS = {
    "readiness",
    "long_term",
    "as_of",
    "catalogue",
    "counts",
    "findings",
    "conflicts",
    "errands",
    "ready_on",
    "outlook",
}
ON = ("--as-of", "2026-11-24")

Ran = tuple[int, str, str]
Call = Callable[..., Ran]


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Call:
    """Run the command and give its exit code, output and errors."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
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
    folder = tmp_path / "项目"
    folder.mkdir()
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    return folder


def test_a_case_that_is_not_ready_exits_one_and_writes_its_report(
    call: Call, case: Path
) -> None:
    code, out, err = call("assess", case, *ON)
    assert (code, err) == (1, "")
    assert "长期服务能力" in out
    assert (case / "report.html").stat().st_size > 10_000
    assert not (case / "evidence").exists()


def test_json_has_the_keys_that_others_build_on(call: Call, case: Path) -> None:
    code, out, _ = call("assess", case, *ON, "--json")
    document = json.loads(out)
    assert code == 1
    assert set(document) >= KEYS
    assert set(document["long_term"]) >= {"state", "route", "doubts", "strengths"}
    assert set(document["catalogue"]) >= {"edition", "digest"}
    assert set(document["outlook"]["endurance"]) >= {
        "committed_until",
        "carried_by",
        "commitments",
        "renewals",
    }
    assert document["as_of"] == "2026-11-24"
    for finding in document["findings"]:
        assert set(finding) >= {
            "criterion",
            "subject",
            "dimension",
            "standing",
            "verdict",
            "defects",
            "citations",
            "explanation",
            "evidence",
            "gap",
            "remedy",
        }
    for errand in document["errands"]:
        assert set(errand) >= {
            "errand",
            "where",
            "criteria",
            "start",
            "done_by",
            "needs",
        }


def test_the_same_case_gives_the_same_bytes(call: Call, case: Path) -> None:
    first = call("assess", case, *ON, "--json")
    report = (case / "report.html").read_bytes()
    assert call("assess", case, *ON, "--json") == first
    assert (case / "report.html").read_bytes() == report


def test_the_report_goes_where_it_is_told(
    call: Call, case: Path, tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "er"
    assert call("assess", case, *ON, "--out", out)[0] == 1
    assert (out / "report.html").exists()
    assert not (case / "report.html").exists()


def test_both_languages_are_whole(call: Call, case: Path) -> None:
    _, chinese, _ = call("assess", case, *ON, "--lang", "zh")
    _, english, _ = call("assess", case, *ON, "--lang", "en")
    assert "一页结论" in chinese
    assert "一页结论" not in english
    assert "The answer on one page" in english


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "C.UTF-8"}, "zh"),
        ([], {"LC_ALL": "zh_CN", "LANG": "en_GB"}, "zh"),
        ([], {"LC_MESSAGES": "en_US", "LANG": "zh_CN"}, "en"),
        (["--lang", "en"], {"LANG": "zh_CN"}, "en"),
        (["assess", "--lang=zh"], {"LANG": "en_GB"}, "zh"),
        (["--lang", "fr"], {"LANG": "en_GB"}, "en"),
        (["--lang"], {}, "zh"),
    ],
)
def test_the_language_is_asked_for_or_the_locales_or_chinese(
    arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    assert choose_language(arguments, environment) is Language(expected)


@pytest.mark.parametrize("command", [[], ["assess"], ["new"], ["catalogue", "check"]])
def test_help_is_there_in_both_languages(call: Call, command: list[str]) -> None:
    code, chinese, _ = call(*command, "--help", "--lang", "zh")
    assert code == 0
    code, english, _ = call("--lang", "en", *command, "--help")
    assert code == 0
    assert any("一" <= letter <= "鿿" for letter in chinese)
    assert not any("一" <= letter <= "鿿" for letter in english)


def test_without_a_command_the_help_is_shown_as_it_is(call: Call) -> None:
    code, _, err = call()
    assert code == 2
    assert err.startswith("用法：changqing")
    assert "命令写得不对" not in err


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", [(), ("assess",), ("case",), ("watch",)])
def test_help_is_whole_and_keeps_within_the_terminal(
    call: Call, command: tuple[str, ...], lang: str
) -> None:
    code, out, _ = call("--lang", lang, *command, "--help")
    assert code == 0
    assert ("用法：" in out) == ("选项:" in out) == (lang == "zh")
    assert "..." not in re.sub(r"\[ARGS\]\.\.\.|\S+\.\.\.", "", out)
    folded = [line for line in out.splitlines() if "|" not in line]
    assert max(cell_len(line) for line in folded) <= 80


def test_each_command_is_listed_once_under_a_heading_what_one_needs_first(
    call: Call,
) -> None:
    _, out, _ = call("--help", "--lang", "zh")
    parts = dict(
        part.split(":\n", 1) for part in out.strip().split("\n\n") if ":\n" in part
    )
    listed = {
        heading: re.findall(r"^  ([a-z-]+)  ", lines, re.MULTILINE)
        for heading, lines in parts.items()
        if heading != "选项"
    }
    assert next(iter(listed.values())) == ["new", "read", "assess", "dossier", "case"]
    names = [name for each in listed.values() for name in each]
    program = _make_group(Language.ZH)
    assert sorted(names) == program.list_commands(click.Context(program))
    assert "命令" not in listed  # what has no heading of its own


def test_the_version_is_told(call: Call) -> None:
    code, out, _ = call("--version")
    assert (code, out.split()[0]) == (0, "changqing")


BROKEN: dict[str, bytes] = {
    "bad yaml": b"applicant: [unclosed\n",
    "tab": b"applicant:\n\tname: x\n",
    "a list": b"- 1\n",
    "empty": b"",
    "garbage": bytes(range(256)) * 4,
    "nul": b"\x00\x00\x00",
    "gbk": CASE.encode("gbk"),
    "unknown fact": CASE.replace("registered_capital", "registerd_capital").encode(),
    "wrong type": CASE.replace("200万元", "[]").encode(),
    "no unit": CASE.replace("200万元", "200").encode(),
    "bad date": CASE.replace("2027-01-20", "2027-02-30").encode(),
    "bad region": CASE.replace("'33'", "'99'").encode(),
    "missing paper": CASE.replace(
        "papers: []",
        "papers: [{id: a, kind: lease, file: no.pdf, received_on: 2026-11-01}]",
    ).encode(),
}


@pytest.mark.share
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_bad_case_is_said_with_its_file_and_exits_two(
    call: Call, case: Path, name: str, language: str
) -> None:
    (case / "case.yaml").write_bytes(BROKEN[name])
    code, out, err = call("assess", case, *ON, "--lang", language)
    assert (code, out) == (2, "")
    assert "case.yaml" in err
    said = err.replace(str(case), "")
    assert any("一" <= letter <= "鿿" for letter in said) or language == "en"
    assert not (case / "report.html").exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_missing_folder_exits_two(call: Call, tmp_path: Path, language: str) -> None:
    code, out, err = call("assess", tmp_path / "none", "--lang", language)
    assert (code, out) == (2, "")
    assert "none" in err


def test_a_folder_in_the_place_of_case_yaml_exits_two(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / "case.yaml").mkdir()
    code, _, err = call("assess", tmp_path, *ON)
    assert code == 2
    assert "case.yaml" in err


def test_a_file_in_the_place_of_the_case_exits_two(call: Call, tmp_path: Path) -> None:
    way = tmp_path / "way"
    way.write_text("x", encoding="utf-8")
    assert call("assess", way, *ON)[0] == 2


def test_an_output_folder_that_cannot_be_written_exits_two(
    call: Call, case: Path, tmp_path: Path
) -> None:
    way = tmp_path / "way"
    way.write_text("x", encoding="utf-8")
    code, _, err = call("assess", case, *ON, "--out", way)
    assert code == 2
    assert str(way) in err
    assert "没有料到" not in err
    code, _, err = call("assess", case, *ON, "--out", way / "below")
    assert code == 2
    assert str(way) in err
    assert "没有料到" not in err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("assess", "x", "--nope"), "没有选项--nope"),
        (("nope",), "没有命令nope"),
        (("asses",), "没有命令asses，最接近的是assess"),
        (("assess",), "还缺参数CASE"),
        (("assess", "x", "--as-of", "tomorrow"), "选项--as-of的写法不对"),
        (("assess", "x", "--lang", "fr"), "选项--lang的写法不对"),
        (("assess", "x", "y", "z"), "命令写得不对，多了y z。"),
        (("assess", "x", "--as-of"), "选项--as-of后面还缺值"),
        (("assess", "x", "--json=1"), "选项--json后面不写值"),
        (("assess", "x", "--about", "钱"), "可以写：entity、funding、"),
        (("case", "x", "report", "--year", "九"), "应为2000到2100的整数"),
        (("case", "x", "report", "--year", "99"), "应为2000到2100的整数"),
        (("screen", "nowhere", "--out", "x"), "没有nowhere这个文件或文件夹"),
    ],
)
def test_wrong_usage_is_said_in_chinese_and_exits_two(
    call: Call, arguments: tuple[str, ...], word: str
) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert word in err
    assert "--help" in err


def test_evidence_tampered_with_exits_four(call: Call, case: Path) -> None:
    (case / "evidence").mkdir()
    code, _, _ = call("assess", case, *ON)
    assert code in (1, 4)
    log = case / "evidence" / "log"
    log.mkdir()
    (log / "checkpoint").write_bytes(b"not a checkpoint")
    code, out, err = call("assess", case, *ON)
    assert (code, out) == (4, "")
    assert err


def test_the_catalogue_is_listed(call: Call) -> None:
    for language in Language:
        code, out, _ = call("catalogue", "list", "--lang", language.value)
        assert code == 0
        assert "registered_capital_minimum" in out


def test_new_never_touches_a_case_that_is_there(call: Call, case: Path) -> None:
    code, _, err = call("new", case)
    assert code == 2
    assert "case.yaml" in err
    assert (case / "case.yaml").read_text(encoding="utf-8") == CASE


@pytest.mark.long
def test_offline_imports_nothing_that_is_heavy(case: Path, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom changqing.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n"
        "    print(end.code, *sorted({m.partition('.')[0] for m in sys.modules}))\n"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", program, "assess", str(case), "--offline"]
    for _ in range(2):  # without the compiled catalogue, and with it
        ran = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        )
        code, *modules = ran.stdout.splitlines()[-1].split()
        assert code == "1"
        heavy = {"aiohttp", "polars", "typst", "django"}
        assert not heavy & set(modules)


def test_a_group_lists_and_runs_its_own_commands_alone(call: Call) -> None:
    _, out, _ = call("clients", "--help", "--lang", "en")
    listed = re.findall(r"^  ([a-z-]+)  ", out.split("Commands:")[1], re.MULTILINE)
    assert "import" in listed
    assert not set(listed) & {"assess", "board", "seal"}
    assert call("clients", "seal", ".")[0] == 2


def test_help_is_shown_without_reading_cases_or_law() -> None:
    program = (
        "import sys\nfrom changqing.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n"
        "    print(end.code, *sorted(m for m in sys.modules if 'changqing' in m))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    code, *modules = ran.stdout.splitlines()[-1].split()
    assert code == "0"
    read = {name.split(".")[1] for name in modules if "." in name}
    assert not read & {
        "case",
        "evidence",
        "judge",
        "law",
        "papers",
        "readers",
        "report",
    }


@pytest.mark.parametrize("module", COMMANDS)
def test_each_module_adds_the_commands_that_are_listed(module: str, call: Call) -> None:
    group = click.Group()
    import_module(f"changqing.cli.{module}").add(group, Language.ZH)
    assert module in group.commands
    listed = call("--help")[1]
    for name in group.commands:
        assert re.search(rf"^ +{name} ", listed, re.MULTILINE)
        assert call(name, "--help")[0] == 0


def test_the_file_of_a_case_names_its_folder(call: Call, case: Path) -> None:
    code, out, _ = call("assess", case / "case.yaml", *ON)
    assert code == 1
    assert (case / "report.html").is_file()
    assert str(case / "report.html") in out.replace("\n", "")


def test_where_the_report_cannot_go_is_said_before_anything_is_looked_at(
    call: Call, case: Path, tmp_path: Path
) -> None:
    code, out, err = call("assess", case, "--out", tmp_path / "x.html")
    assert (code, out) == (2, "")
    assert "--out要写文件夹，不是文件" in err
    assert not (tmp_path / "x.html").exists()
    (case / "report.html").mkdir()
    code, out, err = call("assess", case)
    assert (code, out) == (2, "")
    assert "报告写不进这里" in err
    assert not (case / "evidence").exists()


@pytest.mark.long
@pytest.mark.parametrize("module", ["click", "changqing.cli.assess", "pydantic"])
def test_ctrl_c_while_it_loads_prints_no_traceback(module: str, case: Path) -> None:
    interrupting = f"""
import sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
sys.argv = ["changqing", "assess", {str(case)!r}, "--offline"]
from changqing.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", interrupting],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    (said,) = filter(None, done.stderr.splitlines())
    assert said.startswith(("已中止", "Stopped"))


def test_a_fault_of_ours_leaves_its_trace_where_every_test_looks_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("changqing.cli.main._make_group", fail)
    with pytest.raises(SystemExit) as ended:
        main(["licence"])
    assert ended.value.code == 3
    trace = Path(os.environ["XDG_STATE_HOME"], "changqing", "last-fault.txt")
    assert "boom" in trace.read_text("utf-8")
    assert str(trace) in capsys.readouterr().err
    trace.unlink()
