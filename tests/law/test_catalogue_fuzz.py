"""YAML files of any kind, and rules that an agency wrote itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.law.own import add_own_rules
from changqing.yamlfile.read import read_with_issues
from tests.fuzzing import fuzz
from tests.law.test_own_rules import RULE
from tests.shipped import CATALOGUE

pytestmark = pytest.mark.fuzz
BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


def test_a_yaml_file(tmp_path: Path, fuzz_seconds: float) -> None:
    path = tmp_path / "any.yaml"

    def look(content: bytes) -> None:
        path.write_bytes(content)
        file, issues = read_with_issues(path)
        assert file is not None or issues

    fuzz(look, [one.read_bytes() for one in BROKEN[::6]], fuzz_seconds)


def test_an_own_rule(tmp_path: Path, fuzz_seconds: float) -> None:
    path = tmp_path / "five_staff.yaml"

    def look(content: bytes) -> None:
        path.write_bytes(content)
        add_own_rules(CATALOGUE, tmp_path)

    # Loading the whole catalogue with it takes most of the time.
    fuzz(look, [RULE.encode()], fuzz_seconds, slowest=30)
