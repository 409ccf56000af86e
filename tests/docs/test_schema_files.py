"""What is published of `--json` is what is printed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.command_line import run_command
from tests.docs.json_shapes import close_schema
from tests.docs.schema_files import FOLDER, write_schemas
from tests.shipped import CATALOGUE

ROOT = FOLDER.parents[1]


def test_the_published_schemas_are_those_of_the_classes() -> None:
    assert CATALOGUE.criteria
    assert {
        path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")
    } == write_schemas()


@pytest.mark.long
@pytest.mark.parametrize("command", ["assess", "outlook"])
@pytest.mark.parametrize("case", ["local-life", "contradictory"])
def test_what_is_printed_has_the_published_shape(
    command: str, case: str, tmp_path: Path
) -> None:
    folder = shutil.copytree(ROOT / "examples" / case, tmp_path / case)
    offline = ["--offline"] if command == "assess" else []
    printed = run_command(
        [command, folder, *offline, "--as-of", "2026-11-20", "--json"],
        settings={"XDG_CONFIG_HOME": str(tmp_path / "config")},
    )
    told = json.loads(printed.stdout)
    name = {"assess": "result", "outlook": "outlook"}[command]
    schema = json.loads((FOLDER / f"{name}.v1.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(close_schema(schema))
    assert [error.json_path for error in validator.iter_errors(told)] == []
    del told["version"]
    assert not validator.is_valid(told)
