"""What a release says of itself, and the workflows that make one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from changqing import __version__
from changqing.yamlfile.read import read_with_issues
from tests.packaging.release import (
    ROOT,
    NoReleaseError,
    find_needed,
    list_parts,
    list_windows_parts,
    read_changes,
    select_needed,
)

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def test_a_section_of_the_changelog_ends_where_the_next_begins() -> None:
    text = "# Log\n\n## 0.10.0 – x\n\nnew\n\n### Lately\n\n- a\n\n## 0.1.0 – y\n\nold\n"
    assert read_changes(text, "0.10.0") == "new\n\n### Lately\n\n- a\n"
    assert read_changes(text, "0.1.0") == "old\n"
    with pytest.raises(NoReleaseError, match=r"no section 0\.3\.0"):
        read_changes(text, "0.3.0")


def test_this_version_has_a_section() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert read_changes(changelog, __version__)


@pytest.mark.long
def test_what_only_tests_need_is_no_part_of_the_product() -> None:
    def part(name: str) -> dict[str, Any]:
        return {"bom-ref": name, "name": name}

    bill = {
        "metadata": {"component": {"bom-ref": "root-component", "name": "changqing"}},
        "components": [part("click"), part("inner"), part("pytest")],
        "dependencies": [
            {"ref": "root-component", "dependsOn": ["click"]},
            {"ref": "click", "dependsOn": ["inner"]},
            {"ref": "inner", "dependsOn": ["click", "pytest"]},
            {"ref": "pytest", "dependsOn": ["click"]},
        ],
    }
    needed = select_needed(bill, {"click", "inner"}, "9.9")
    names = [each["name"] for each in needed["components"]]
    assert names[:3] == ["click", "inner", "pyodide"]
    assert needed["metadata"]["component"]["version"] == "9.9"
    assert "pytest" not in str(needed["dependencies"])
    found = find_needed()
    assert {"click", "django", "fido2", "psycopg-binary", "rapidocr", "mcp"} <= found
    assert found.isdisjoint({"pytest", "ruff", "mypy", "hypothesis", "playwright"})


def test_what_windows_alone_needs_is_named_at_its_locked_version() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    parts = {part["name"]: part for part in list_windows_parts(lock)}
    assert {"colorama", "pywin32", "waitress"} <= parts.keys()
    assert not {"gunicorn", "uvloop", "django"} & parts.keys()
    for name, part in parts.items():
        assert f"\n{name}=={part['version']} " in lock
        assert "licenses" not in part


@pytest.mark.long
def test_where_the_lister_does_not_answer_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoReleaseError, match=r"sbom\.json was not made"):
        list_parts(tmp_path / "nothing")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_runs_what_is_here_with_pinned_actions_of_github_alone(
    path: Path,
) -> None:
    file, issues = read_with_issues(path)
    assert file is not None, issues
    text = path.read_text(encoding="utf-8")
    for action in re.findall(r"uses: (.+)", text):
        pinned = r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+"
        assert re.fullmatch(pinned, action), action
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"run: make (\S+)", text):
        assert f"\n{target}: " in makefile
    assert "run: .ci/run" in text
    assert (ROOT / ".ci" / "run").is_file()
