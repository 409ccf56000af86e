"""The project's own promises: its lock, its layers, and that nothing is skipped."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def wanted() -> set[str]:
    project = PROJECT["project"]
    lists = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        PROJECT["dependency-groups"]["dev"],  # `bench` stays out of the lock
        PROJECT["build-system"]["requires"],
    ]
    return {re.split(r"[<>=\[;]", each)[0] for group in lists for each in group}


def test_the_lock_holds_all_the_project_asks_for() -> None:
    locked = set(re.findall(r"^([a-z0-9._-]+)==", LOCK, re.MULTILINE))
    asked = {re.sub(r"[-_.]+", "-", name).lower() for name in wanted()}
    assert asked - {re.sub(r"[-_.]+", "-", name) for name in locked} == set()


def test_every_locked_version_has_a_digest_and_no_address() -> None:
    entries = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in LOCK
    assert "--index-url" not in LOCK


def test_probes_are_independent_of_one_another() -> None:
    graph = grimp.build_graph("changqing")
    probes = {
        module
        for module in graph.find_children("changqing.probes")
        if not module.rpartition(".")[2].startswith("_")
    }
    assert probes
    for probe in probes:
        assert graph.find_modules_directly_imported_by(probe) & probes == set()


def test_what_an_offline_assessment_imports_stays_light() -> None:
    heavy = ["aiohttp", "polars", "sqlglot", "lxml", "usp", "selectolax"]
    code = (
        "import sys, changqing.cli, changqing.run, changqing.dossier;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["django", "hypothesis", "changqing.cli", __name__])
def test_set_up_compiles_what_is_imported(name: str) -> None:
    module = importlib.import_module(name)
    plain = Path(importlib.util.cache_from_source(str(module.__file__)))
    assert plain.is_file(), "run `make setup` again"


SKIPPING = {
    "by_mark": "import pytest\n@pytest.mark.skip(reason='no wish')\ndef test_it(): ...",
    "inside": "import pytest\ndef test_it(): pytest.skip('no wish')",
    "whole_module": "import pytest\npytest.skip('no wish', allow_module_level=True)",
}


@pytest.mark.parametrize("way", SKIPPING)
@pytest.mark.parametrize(("ci", "code"), [("true", {1, 2}), ("", {0, 5})])
def test_only_outside_ci_may_a_test_be_skipped(
    tmp_path: Path, way: str, ci: str, code: set[int]
) -> None:
    conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / f"test_{way}.py").write_text(SKIPPING[way], encoding="utf-8")
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rs",
            "-p",
            "no:django",
            "-p",
            "no:cacheprovider",
            ".",
        ],
        cwd=tmp_path,
        env={**os.environ, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in code
    assert "no wish" in ran.stdout
