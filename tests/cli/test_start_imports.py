"""What a command imports before it answers: nothing that it does not use.

A start is mostly importing. Each list below is what the command needs beyond the
standard library; what comes in by accident costs everybody a moment at every call.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shipped import KEPT

EXAMPLE = Path(__file__).parents[2] / "examples" / "local-life"
_PROGRAM = """
import sys
begun = {*sys.modules}
from changqing.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    print(end.code, *sorted({*sys.modules} - begun))
"""
_PLAIN = {"click", "rich"}
"""What every command needs: arguments, and how wide characters are."""
_OFFLINE = {
    *_PLAIN,
    "chinese_calendar",  # working days
    "cryptography",  # the signature of the log
    "idna",  # domains in Chinese
    "jinja2",  # documents and the report
    "markupsafe",
    "phonenumbers",
    "publicsuffixlist",
    # The tables of cross-checks and of issuers are read by it.
    *("pydantic", "pydantic_core", "annotated_types"),
    *("typing_extensions", "typing_inspection"),
    "ruamel",  # YAML, where libyaml does not decide
    "stdnum",  # credit codes
    "yaml",
}
_CHECKING = {
    "changqing.law.check",
    "changqing.law.crosscheck",
    "changqing.law.files",
    "changqing.law.load",
    "changqing.law.own",
}
"""What reads and checks texts of rules."""


def start(*arguments: str) -> set[str]:
    """Call the program and give the modules it imported, ours in full."""
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        env={**os.environ, **KEPT},
        capture_output=True,
        text=True,
        check=True,
    )
    code, *modules = ran.stdout.splitlines()[-1].split()
    assert code in ("0", "1"), ran.stderr
    return set(modules)


def third_parties(modules: set[str]) -> set[str]:
    """Name the packages of others that are among them."""
    known = {*sys.stdlib_module_names, "changqing", "cython_runtime"}
    tops = {module.partition(".")[0] for module in modules}
    return {name for name in tops - known if not name.startswith("_")}


def ours(modules: set[str], depth: int = 2) -> set[str]:
    return {
        ".".join(name.split(".")[:depth])
        for name in modules
        if name.startswith("changqing.")
    }


def test_help_imports_its_commands_and_no_console() -> None:
    modules = start("--help")
    assert third_parties(modules) <= _PLAIN
    assert not {"rich.console", "rich.text", "rich.table"} & modules
    assert ours(modules) <= {
        *("changqing.cli", "changqing.day", "changqing.errors", "changqing.jsondata"),
        *("changqing.plainfile", "changqing.text", "changqing.wrap"),
        "changqing.documents",  # names of files and forms, said in the help
        "changqing.rehearsal",  # where the examples stand
        *("changqing.rules", "changqing.yamlfile"),  # names of types
    }
    heavy = {
        "changqing.rehearsal.rehearse",
        "changqing.rules.expression",
        "changqing.yamlfile.read",
    }
    assert not heavy & modules


@pytest.mark.long
def test_a_question_is_answered_from_the_index_alone() -> None:
    start("ask", "年报什么时候交")  # which makes the index, if nobody has
    modules = start("ask", "年报什么时候交")
    assert third_parties(modules) <= _PLAIN
    assert not _CHECKING & modules
    assert ours(modules) <= {
        *("changqing.cli", "changqing.day", "changqing.errors", "changqing.jsondata"),
        *("changqing.guide", "changqing.law", "changqing.rules", "changqing.text"),
        "changqing.wrap",
        *("changqing.disk", "changqing.latest", "changqing.plainfile"),
        "changqing.yamlfile",
    }


@pytest.mark.long
def test_an_assessment_checks_no_rules_and_reads_no_history(tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(EXAMPLE, case)
    shutil.rmtree(case / "evidence")
    call = ("assess", str(case), "--offline", "--as-of", "2026-11-24")
    start(*call)
    modules = start(*call)
    assert third_parties(modules) <= _OFFLINE
    assert not _CHECKING & modules
    assert not ours(modules) & {
        *("changqing.agency", "changqing.mcp", "changqing.notices", "changqing.probes"),
        *("changqing.rehearsal", "changqing.sealing", "changqing.watch"),
    }
    # What its papers say was kept beside the case by the call before.
    assert not {"changqing.readers.propose", "changqing.readers.prose"} & modules
