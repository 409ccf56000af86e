"""The project's own promises: its lock, its layers, and that nothing is skipped."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

from tests.needs import ENGINES, LEFT_OUT, NEEDS

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def wanted() -> set[str]:
    project = PROJECT["project"]
    lists = [
        project["dependencies"],
        *(
            packages
            for extra, packages in project["optional-dependencies"].items()
            if extra not in ENGINES
        ),
        PROJECT["dependency-groups"]["dev"],  # `bench` stays out of the lock
        PROJECT["build-system"]["requires"],
    ]
    names = {re.split(r"[<>=\[;]", each)[0] for group in lists for each in group}
    return names - {project["name"]}  # an extra may name others of the project's own


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
    probes = graph.find_children("changqing.probes.kinds")
    assert probes
    for probe in probes:
        assert graph.find_modules_directly_imported_by(probe) & probes == set()


def test_what_an_offline_assessment_imports_stays_light() -> None:
    heavy = ["aiohttp", "polars", "lxml", "usp", "selectolax"]
    code = (
        "import sys, changqing.cli.main, changqing.run,"
        "changqing.documents.documents;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "name", ["django", "hypothesis", "changqing.cli.main", __name__]
)
def test_set_up_compiles_what_is_imported(name: str) -> None:
    module = importlib.import_module(name)
    plain = Path(importlib.util.cache_from_source(str(module.__file__)))
    assert plain.is_file(), "run `make setup` again"


def test_ci_installs_whatever_a_test_may_need() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    packages = {name for need in NEEDS.values() for name in need.package.split()}
    assert {name for name in packages if not re.search(rf"\b{name}\b", run)} == set()


SKIPPING = {
    "by_mark": "import pytest\n@pytest.mark.skip(reason='no wish')\ndef test_it(): ...",
    "inside": "import pytest\ndef test_it(): pytest.skip('no wish')",
    "whole_module": "import pytest\npytest.skip('no wish', allow_module_level=True)",
    "long": "import pytest\n@pytest.mark.long\ndef test_it(): ...",
    "share": """
import pytest
@pytest.mark.share
@pytest.mark.parametrize("one", range(5))
@pytest.mark.parametrize("other", range(6))
def test_it(one, other): print(f"tried {one} of {other}")
""",
    **{
        need: f"import pytest\n@pytest.mark.{need}\ndef test_it(): ..."
        for need in NEEDS
        if need != "postgresql"  # Debian keeps it off the path
    },
    **{
        f"{way}_engine": f"""
from tests import needs
needs.ENGINES = {{"missing": "no_package", "left_out": "no_package"}}
def test_it(): needs.require_engine("{way}")
"""
        for way in ("missing", "left_out")
    },
}
_ALLOWED = ("long", "share", "left_out_engine")


@pytest.fixture(scope="module", params=["true", ""], ids=["ci", "desk"])
def skipping(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, subprocess.CompletedProcess[str]]:
    """All ways to skip, on a machine with no program at all."""
    folder = tmp_path_factory.mktemp("skipping")
    conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    for way, text in SKIPPING.items():
        (folder / f"test_{way}.py").write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-rsfEP", "-p", "no:cacheprovider"),
            "--continue-on-collection-errors",
        ],
        cwd=folder,
        env={
            "CI": request.param,
            LEFT_OUT: "other left_out",
            "PATH": str(folder),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return request.param, ran


@pytest.mark.parametrize("way", SKIPPING)
def test_only_outside_ci_may_a_test_be_skipped(
    skipping: tuple[str, subprocess.CompletedProcess[str]], way: str
) -> None:
    ci, ran = skipping
    assert ran.returncode == (1 if ci else 0), ran.stdout
    failed = re.findall(r"^(?:FAILED|ERROR) test_(\w+)\.py", ran.stdout, re.MULTILINE)
    assert (way in failed) == (bool(ci) and way not in _ALLOWED)
    assert "no wish" in ran.stdout


def test_what_takes_long_is_counted_where_it_is_left_out(
    skipping: tuple[str, subprocess.CompletedProcess[str]],
) -> None:
    ci, ran = skipping
    left = re.search(r"^(\d+) tests take long and are left to", ran.stdout, re.M)
    assert (left is None) if ci else (left is not None and left[1] == "25")


def test_a_share_of_a_law_comes_to_every_value_of_each_list(
    skipping: tuple[str, subprocess.CompletedProcess[str]],
) -> None:
    ci, ran = skipping
    tried = re.findall(r"^tried (\d) of (\d)$", ran.stdout, re.MULTILINE)
    assert len(set(tried)) == len(tried) == (30 if ci else 6)
    assert {one for one, _ in tried} == set("01234")
    assert len({other for _, other in tried}) >= (6 if ci else 4)
    assert ("4", "5") in tried  # the last is always among them


@pytest.mark.parametrize("skipping", [""], indirect=True)
@pytest.mark.parametrize("need", sorted(set(SKIPPING) & set(NEEDS)))
def test_what_is_not_on_this_machine_is_named_with_its_package(
    skipping: tuple[str, subprocess.CompletedProcess[str]], need: str
) -> None:
    _, ran = skipping
    package = NEEDS[need].package
    assert f"{need} is not on this machine: apt-get install {package}" in ran.stdout
