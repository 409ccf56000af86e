"""What every command prints with `--json` has its published shape, and its version."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click
import pytest
from jsonschema import Draft202012Validator

from changqing.cli.main import _make_group
from changqing.cli.shared import JSON_VERSION
from changqing.text import Language
from tests.command_line import run_command
from tests.docs.json_shapes import PRINTED, SAME, close_schema
from tests.docs.schema_files import FOLDER
from tests.docs.tour_page import ROOT

COMMANDS: Final = (
    "ask 公司要有几个人",
    "board CASES",
    "case --reasons CASES",
    "case CASE",
    "case CASE status",
    "case CASE submit --on 2026-01-05 --by 林晓",
    "case CASE correct NOTICE --on 2026-01-12 --by 林晓",
    "case CASE line 1 --done 2026-01-13 --answer 已补充 --by 林晓",
    "case CASE events",
    "case CASE undo --by 林晓",
    "case CASE withdraw --on 2026-01-21 --by 林晓",
    "case CASE archive --by 林晓",
    "case CASE paper",
    "case CASE erase",
    "case CASE report --year 2025",
    "case CASE review",
    "case NEW submit --on 2026-01-05 --by 林晓",
    "case NEW receive acceptance --on 2026-01-07 --by 林晓",
    "catalogue coverage",
    "catalogue diff --from 2020-01-01 --to 2026-01-01",
    "catalogue read LAW --instrument permit_measures",
    "classify --answers ANSWERS",
    "clients outcome CASES",
    "dossier CASE write --list",
    "dossier CASE check",
    "dossier CASE choose",
    "dossier CASE schedule --from PLAN",
    "history CASE --all",
    "issuer CASE",
    "licence",
    "licence B25",
    "look CASE --all",
    "look CASE filing_lookup --page PAGE --by 林晓 --dry-run",
    "look CASE --folder PAGES --by 林晓 --dry-run",
    "materials --licence B25 --scope cross_province",
    "notices digest CASE NEW --settings notices.yaml",
    "outlook CASE",
    "procedure",
    "procedure renew --licence B12 --valid-until 2027-05-01",
    "read CASE",
    "watch CASE --once",
)
"""Run one after another, words in capitals being what stands in the folder."""
ELSEWHERE: Final = {
    "assess": "tests/docs/test_schema_files.py",
    "case begin": "prints what `case status` prints",
    "dossier stamped": "tests/documents/test_signed_scan.py",
    "dossier take": "tests/documents/test_word_back.py",
    "probe": "tests/cli/test_probe_command.py",
}
"""What needs more than a folder of cases, and where it is run."""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    """Run every command, and read what it printed."""
    folder = tmp_path_factory.mktemp("json")
    cases = folder / "CASES"
    for name in ("local-life", "newly-registered"):
        shutil.copytree(ROOT / "examples" / name, cases / name)
    for name, content in (
        ("NOTICE", "1. 请补充社保证明\n2. 网站没有客服电话\n"),
        ("LAW", "第六条 注册资本最低限额为100万元。\n第七条 其他。\n"),
        (
            "PAGE",
            "<table><tr><td>网站域名<td>qinghe.example<tr><td>备案号<td>浙ICP备2020000001号</table>",
        ),
        ("ANSWERS", "{}\n"),
        ("PLAN", "日期,题材\n2026-12-15,开业\n"),
    ):
        (folder / name).write_text(content, encoding="utf-8")
    places = {"CASE": cases / "local-life", "NEW": cases / "newly-registered"}
    settings = {
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    (folder / "PAGES").mkdir()
    shutil.copy(folder / "PAGE", folder / "PAGES" / "filing_lookup.html")
    shutil.copy(folder / "PAGE", folder / "PAGES" / "other.html")
    plan = (folder / "PLAN").rename(folder / "plan.csv")
    places = {**places, "PLAN": plan}
    run_command(["notices", "new"], settings=settings, folder=folder)
    found = {}
    for line in COMMANDS:
        words = [places.get(word, word) for word in line.split()]
        done = run_command([*words, "--json"], settings=settings, folder=folder)
        assert done.returncode in (0, 1), (line, done.stderr)
        found[line] = json.loads(done.stdout)
    return found


def _list_commands(command: click.Command, name: str = "") -> Iterator[str]:
    """Name every command of the tree that takes `--json`."""
    if any("--json" in option.opts for option in command.params):
        yield name
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            assert below is not None
            yield from _list_commands(below, f"{name} {word}".strip())


def test_every_command_that_prints_json_is_run() -> None:
    known = set(_list_commands(_make_group(Language.ZH)))
    run = {
        name
        for line in COMMANDS
        for name in (line.split()[0], " ".join(line.split()[::2][:2]))
    } | {" ".join(line.split()[:2]) for line in COMMANDS}
    assert known - run == set(ELSEWHERE)


def test_every_command_has_a_published_schema() -> None:
    known = _list_commands(_make_group(Language.ZH))
    names = {name.replace(" ", "-") for name in known}
    assert names == PRINTED.keys() | SAME.keys()


@pytest.mark.long
@pytest.mark.parametrize("line", COMMANDS)
def test_what_is_printed_has_the_published_shape(
    line: str, printed: Mapping[str, object]
) -> None:
    schema = json.loads(_find_schema(line).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(close_schema(schema))
    told = printed[line]
    assert [
        (error.json_path, error.message) for error in validator.iter_errors(told)
    ] == []
    if isinstance(told, dict):
        assert told["version"] == JSON_VERSION
        assert not validator.is_valid({**told, "version": JSON_VERSION + 1})
        assert not validator.is_valid({**told, "unheard": 1})


def _find_schema(line: str) -> Path:
    """Find the schema of what a line of `COMMANDS` prints, by its longest name."""
    words = [word for word in line.split() if word.islower()]
    names = ("-".join(words[:count]) for count in (2, 1))
    name = next(name for name in names if name in PRINTED or name in SAME)
    return FOLDER / f"{SAME.get(name, name)}.v{JSON_VERSION}.json"
