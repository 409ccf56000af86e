"""The benchmark of reading pages: any folder of its layout, every mistake printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.extraction import link_class, main

LABELS: dict[str, Any] = {
    "icp_filings": ["浙ICP备20261234号-1"],
    "licences": [],
    "police": ["33010602001234"],
    "icp_link": "https://beian.miit.gov.cn/",
    "company": "杭州长青示例科技有限公司",
    "phones": ["400-123-4567"],
    "emails": [],
    "feedback_links": [{"text": "投诉", "href": "/complaint.html"}],
    "chat": [],
    "privacy_link": "/privacy.html",
    "agreement_link": None,
    "newest_date": "2026-11-20",
    "dates": ["2026-11-20"],
}
PAGE = """<html><body><p>杭州长青示例科技有限公司 版权所有</p>
<a href="https://beian.miit.gov.cn/">浙ICP备20261234号-1</a>
<a href="/complaint.html">投诉</a><a href="/privacy.html">隐私政策</a>
<p>客服热线：400-123-4567</p><li>新课 <span>2026-11-20</span></li></body></html>"""
FEED = """<rss version="2.0"><channel><item>
<pubDate>Fri, 20 Nov 2026 09:00:00 +0800</pubDate></item><item/></channel></rss>"""


def write(folder: Path, kind: str, file: str, text: str, row: object) -> None:
    (folder / kind).mkdir()
    (folder / kind / file).write_text(text, encoding="utf-8")
    line = row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)
    (folder / kind / "labels.jsonl").write_text(line + "\n", encoding="utf-8")


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["extraction", *words])
    code = main()
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    row = {"file": "a.html", "site": "changqing-example.cn", "kind": "list"}
    write(tmp_path, "pages", "a.html", PAGE, {**row, "labels": LABELS})
    feed = {
        "entries": 2,
        "entries_with_date": 1,
        "newest": "2026-11-20T09:00:00+08:00",
        "oldest": "2026-11-20T01:00:00+00:00",
    }
    write(tmp_path, "feeds", "f.xml", FEED, {"file": "f.xml", "labels": feed})
    return tmp_path


def test_json_has_an_object_for_each_field_and_every_mistake(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(
        monkeypatch,
        capsys,
        str(folder),
        "--json",
        "--rounds",
        "0",
        "--today",
        "2026-11-24",
    )
    assert code == 0
    assert "sitemaps/labels.jsonl: left out" in err
    found = json.loads(out)
    assert found["icp_number"]["f1"] == 1.0
    assert found["icp_number"]["n"] == 1
    assert found["icp_link"] == {"accuracy": 1.0, "n": 1, "right": 1}
    assert found["newest_date_list"]["accuracy"] == 1.0
    assert found["feed_oldest"]["accuracy"] == 1.0
    assert found["placeholder_or_lookalike"]["count"] == 0
    assert found["police_number"]["recall"] == 0.0
    assert found["mistakes"] == [
        {
            "field": "police_number",
            "file": "a.html",
            "what": "missed",
            "value": "33010602001234",
        }
    ]


@pytest.mark.long
def test_text_names_fields_mistakes_and_what_reading_costs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(
        monkeypatch, capsys, str(folder), "--rounds", "1", "--seconds", "0"
    )
    assert code == 0
    assert "1 mistakes" in out
    assert "police_number          missed  a.html  33010602001234" in out
    assert "whole / text alone" in out
    assert "BeautifulSoup" in out


def test_null_and_nothing_say_that_a_page_shows_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = {"icp_filings": None, "phones": None, "police": None}
    write(tmp_path, "pages", "a.html", "<p>x</p>", {"file": "a.html", "labels": labels})
    write(
        tmp_path, "feeds", "f.xml", "", {"file": "f.xml", "labels": {"entries": None}}
    )
    code, out, _ = run(monkeypatch, capsys, str(tmp_path), "--json", "--rounds", "0")
    assert code == 0
    assert json.loads(out)["mistakes"] == []


@pytest.mark.parametrize(
    "row",
    [
        "{",
        '{"file": "a.html", "labels": 3}',
        '{"file": "gone.html", "labels": {}}',
        "[]",
    ],
)
def test_a_bad_line_is_named(
    row: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path, "pages", "a.html", PAGE, row)
    code, _, err = run(monkeypatch, capsys, str(tmp_path))
    assert code == 2
    assert "labels.jsonl:1" in err


def test_a_folder_with_nothing_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(monkeypatch, capsys, str(tmp_path))
    assert code == 2
    assert "nothing to read" in err


@pytest.mark.parametrize(
    ("href", "named"),
    [
        ("https://beian.miit.gov.cn/#/Integrated/index", "right"),
        ("http://beian.miit.gov.cn", "right"),
        ("//beian.miit.gov.cn/", "right"),
        ("http://www.miibeian.gov.cn/", "wrong"),
        ("https://beian.miit.gov.cn.evil.example/", "wrong"),
        ("/8d2c1d2c2a35", "wrong"),
        ("http://[::1", "wrong"),
        ("javascript:;", "none"),
        ("#", "none"),
        ("", "none"),
        (None, "none"),
    ],
)
def test_where_the_link_of_a_number_leads(href: str | None, named: str) -> None:
    assert link_class(href) == named
