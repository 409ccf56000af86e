"""The benchmark of papers writes what is proposed of every file of a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.papers import main, turn_back
from changqing.evidence.reading import Box
from tests.readers.paper_files import make_pdf, make_word

NAME = "北京某某科技有限公司"


def _run(monkeypatch: pytest.MonkeyPatch, folder: Path) -> dict[str, dict[str, object]]:
    out = folder.parent / "predictions.jsonl"
    asked = [str(folder), "--predictions", str(out), "--readings", str(folder.parent)]
    monkeypatch.setattr(sys, "argv", ["papers", *asked])
    main()
    lines = map(json.loads, out.read_text("utf-8").splitlines())
    return {line["file"]: line for line in lines}


def test_every_file_becomes_a_line_and_its_reading_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "corpus"
    case = folder / "files" / "甲"
    case.mkdir(parents=True)
    (folder / "real").mkdir()
    (case / "证书.pdf").write_bytes(
        make_pdf(
            "#align(center)[域名注册证书]\n\n域名：example.com.cn\n\n"
            f"域名持有者：{NAME}\n\n注册日期：2024年05月08日\n\n到期日期：2028年05月08日"
        )
    )
    (case / "空.docx").write_bytes(b"")
    (folder / "real" / "函.docx").write_bytes(
        make_word("今天天气很好，我们去公园散步。")
    )
    typed = {"甲": {"applicant": NAME, "services": [{"domain": "example.com.cn"}]}}
    (folder / "cases.json").write_text(json.dumps(typed), "utf-8")
    first = _run(monkeypatch, folder)
    assert first["files/甲/空.docx"]["problem"] == "empty"
    certificate = first["files/甲/证书.pdf"]
    assert certificate["kind"] == "domain_cert"
    facts = certificate["facts"]
    assert isinstance(facts, list)
    until = next(fact for fact in facts if fact["fact"] == "domain_expires_on")
    assert until["value"] == "2028-05-08"
    assert all(0 < side < 1 for side in until["bbox"])
    assert first["real/函.docx"]["kind"] is None
    assert "3 files" in capsys.readouterr().out
    again = _run(monkeypatch, folder)
    assert [{**line, "seconds": 0} for line in again.values()] == [
        {**line, "seconds": 0} for line in first.values()
    ]


@pytest.mark.parametrize(
    ("turned", "expected"),
    [
        (0, [0.1, 0.2, 0.3, 0.4]),
        (90, [0.2, 0.7, 0.4, 0.9]),
        (180, [0.7, 0.6, 0.9, 0.8]),
        (270, [0.6, 0.1, 0.8, 0.3]),
    ],
)
def test_a_box_is_turned_back_to_the_page_as_it_came(
    turned: int, expected: list[float]
) -> None:
    box = Box(left=1000, top=2000, right=3000, bottom=4000)
    assert turn_back(box, turned) == pytest.approx(expected)
