"""`changqing case CASE erase`: what there is, when it goes, and that it went."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from changqing.case import edit
from changqing.casework.personal import find_personal
from changqing.day import beijing_day
from changqing.evidence.ledger.recorded import Evidence
from tests.cli.test_case_command import Call, call
from tests.shipped import CATALOGUE

__all__ = ["call"]
EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    target = tmp_path / "项目"
    shutil.copytree(EXAMPLE, target)
    return target


def test_alone_it_lists_what_there_is_and_touches_nothing(
    call: Call, case: Path
) -> None:
    before = (case / "case.yaml").read_bytes()
    code, out, _ = call(case, "erase")
    assert code == 0
    assert "身份证" in out
    assert "删除日：没有定" in out
    assert "备份" in out
    _, english, _ = call(case, "erase", "--lang", "en")
    assert "Backups: out of reach" in english
    assert (case / "case.yaml").read_bytes() == before


def test_the_day_is_written_into_the_case_and_kept(call: Call, case: Path) -> None:
    later = str(beijing_day(datetime.now(UTC)) + timedelta(days=40))
    assert call(case, "erase", "--on", later)[0] == 0
    assert edit.read(case).find_value(("delete_personal_on",)) == later
    assert later in call(case, "status")[1]
    _, out, _ = call(case, "erase", "--due", "--json")
    assert json.loads(out)["erased_now"] == []
    assert find_personal(CATALOGUE, case)
    assert call(case, "erase", "--never")[0] == 0
    assert edit.read(case).find_value(("delete_personal_on",)) is None


@pytest.mark.long
def test_on_its_day_all_of_them_go(call: Call, case: Path) -> None:
    names = {paper.id for paper in find_personal(CATALOGUE, case)}
    call(case, "erase", "--on", "2026-11-01")
    code, out, _ = call(case, "erase", "--due", "--by", "林晓", "--json")
    found = json.loads(out)
    assert code == 0
    assert {one["paper"] for one in found["erased_now"]} == names
    assert {one["by"] for one in found["erased"]} == {"林晓"}
    assert found["papers"] == []
    assert Evidence(case).verify() is not None
    assert "到了删除日" in call(case, "erase")[1]


def test_one_is_erased_only_when_meant(call: Call, case: Path) -> None:
    code, _, err = call(case, "erase", "staff_id")
    assert code == 2
    assert "--yes" in err
    code, _, err = call(case, "erase", "lease", "--yes")
    assert code == 2
    assert "没有叫lease的个人材料" in err
    assert call(case, "erase", "staff_id", "--yes", "--by", "林晓")[0] == 0
    assert "staff_id" not in {paper.id for paper in find_personal(CATALOGUE, case)}
    assert call(case, "erase", "--due", "--never")[0] == 2
