"""Screenshots in the report: the newest, in small, and nothing that a rule reads."""

from __future__ import annotations

import base64
import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image

from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.screenshots import record_screenshot
from changqing.report.html import render_report
from changqing.report.screenshots import view_screenshots
from changqing.text import Language
from tests.documents.report_cases import bare_report
from tests.evidence.test_screenshots import AT, make_screenshot

DAY = date(2026, 11, 24)


def _draw(colour: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (1280, 3000), colour).save(written, "PNG")
    return written.getvalue()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "case").mkdir()
    with Store(tmp_path / "case", load_key(tmp_path / "key")) as store:
        for hours, personal in ((0, False), (1, True), (48, False)):
            png = _draw(f"rgb({hours},0,0)")
            taken = make_screenshot(
                png, at=AT + timedelta(hours=hours), personal=personal
            )
            record_screenshot(store, taken, png)
    return tmp_path / "case"


def test_those_of_the_day_are_viewed_the_newest_first(case: Path) -> None:
    personal, first = view_screenshots(case, as_of=DAY)
    assert personal.picture is None
    assert first.picture is not None
    small = Image.open(io.BytesIO(first.picture))
    assert (small.format, small.size) == ("JPEG", (640, 480))
    assert len(view_screenshots(case, as_of=DAY + timedelta(days=2))) == 3


def test_a_case_without_evidence_has_none(tmp_path: Path) -> None:
    assert view_screenshots(tmp_path, as_of=DAY) == []


@pytest.mark.parametrize("language", Language)
def test_they_stand_in_the_report_with_what_they_are_worth(
    case: Path, language: Language
) -> None:
    report = bare_report()
    views = view_screenshots(case, as_of=DAY)
    page = render_report(report, language, screenshots=views)
    shots = page[page.index('id="screenshots"') :]
    for said in ("https://www.example.cn/首页", "2026-11-24 12:00", "1280×800"):
        assert said in shots
    worth = {"zh": "任何判据都不读它", "en": "no criterion reads them"}
    assert worth[language.value] in shots
    pictures = re.findall(r'<img src="data:image/jpeg;base64,([^"]+)"', shots)
    assert [base64.b64decode(picture) for picture in pictures] == [views[1].picture]
    assert 'id="screenshots"' not in render_report(report, language)
