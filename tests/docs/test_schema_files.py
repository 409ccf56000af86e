"""What is published of `--json` and of the bundle is what is written."""

from __future__ import annotations

import io
import json
import lzma
import shutil
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from changqing.sealing.bundle_data import BUNDLE_VERSION
from tests.command_line import run_command
from tests.docs.json_shapes import BUNDLE, close_schema, name_bundle_schema
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


@pytest.mark.parametrize("path", BUNDLE)
def test_the_files_of_a_bundle_have_the_published_shape(path: str) -> None:
    packed = (ROOT / "examples" / "sealed" / "bundle.zip.xz").read_bytes()
    with zipfile.ZipFile(io.BytesIO(lzma.decompress(packed))) as bundle:
        told = json.loads(bundle.read(path))
        first_line = bundle.read("manifest.txt").split(b"\n", 1)[0].decode()
    assert first_line == f"changqing bundle {BUNDLE_VERSION}"
    schema = json.loads((FOLDER / name_bundle_schema(path)).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(close_schema(schema))
    assert [error.json_path for error in validator.iter_errors(told)] == []
    assert not validator.is_valid({**told, "unheard": 1})
    assert not validator.is_valid({"unheard": 1})
