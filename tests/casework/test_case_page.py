"""The page of a correction: everything on it was recorded, reckoned or compared."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from changqing.casework.events import Act, NoticeLine
from changqing.casework.walk import write_walk_page
from changqing.text import Language
from tests.casework.casework_sample import catalogue, make_case, make_event, walk


@pytest.mark.parametrize("language", Language)
def test_a_correction_stands_on_one_page_line_by_line(
    tmp_path: Path, language: Language
) -> None:
    case = make_case(tmp_path / "case")
    lines = (
        NoticeLine(
            number=1, text="<章程>未盖章", codes=("SEAL_OR_SIGN_MISSING",), owner="林晓"
        ),
        NoticeLine(number=2, text="另见附页"),
    )
    asked = make_event(
        Act.CORRECTION, "2026-02-13", until=date(2026, 3, 6), lines=lines
    )
    state = walk(case, make_event(Act.SUBMIT, "2026-02-09"), asked)
    page = write_walk_page(
        catalogue(), case, state, today=date(2026, 2, 14), language=language
    )
    assert "&lt;章程&gt;未盖章" in page
    assert "2026-03-06" in page
    assert {Language.ZH: "说不准", Language.EN: "Unsure"}[language] in page
    assert "http" not in page.split("</style>")[1]


def test_a_day_past_the_published_year_is_marked_on_the_page(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case")
    state = walk(case, make_event(Act.SUBMIT, "2026-12-28"))
    page = write_walk_page(
        catalogue(), case, state, today=date(2026, 12, 28), language=Language.ZH
    )
    assert "2027-01-05（还有8天，暂按）" in page
