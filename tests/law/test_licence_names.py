"""A licence is found by what people call it, wherever one is named."""

from __future__ import annotations

import pytest

from changqing.cli.main import main
from changqing.law.lookup import find_licence
from tests.shipped import CATALOGUE


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("B25", "B25"),
        ("ICP许可证", "B25"),
        ("ＩＣＰ证", "B25"),
        ("edi", "B21"),
        ("EDI经营许可证", "B21"),
        ("呼叫中心", "B24"),
        ("呼叫中心业务经营许可证", "B24"),
        ("在线数据处理", "B21"),
        ("IDC", "B11"),
        ("国内", None),  # two begin so
        ("信息", None),  # too little
        ("电信业务", None),
        ("", None),
    ],
)
def test_a_licence_is_found_by_what_people_call_it(
    named: str, code: str | None
) -> None:
    assert find_licence(CATALOGUE, named) == code


def test_every_licence_is_found_by_its_name() -> None:
    for code, licence in CATALOGUE.licences.items():
        assert find_licence(CATALOGUE, licence.label.zh) == code
        assert find_licence(CATALOGUE, licence.label.en) == code


@pytest.mark.long
def test_the_command_line_takes_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["licence", "呼叫中心"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("B24 呼叫中心业务")
