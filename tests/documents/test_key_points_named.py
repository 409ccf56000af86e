"""Which key points are missing is said by route, whatever else is said beside them."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from changqing.report.html import render_report
from changqing.report.model import CaseReport
from changqing.report.terminal import print_summary
from changqing.text import Language
from tests.documents.dossier_case import assessed, copied


@pytest.fixture(scope="module")
def half_filled(tmp_path_factory: pytest.TempPathFactory) -> CaseReport:
    """The example with three doubts, without the paper that shows its hosting."""
    case = copied("newly-registered", tmp_path_factory.mktemp("case"))
    file = case / "case.yaml"
    content = file.read_text(encoding="utf-8")
    content = re.sub(r"(?ms)^  - id: hosting_agreement\n.*?(?=^  - id: )", "", content)
    file.write_text(content, encoding="utf-8")
    return assessed(case).report


def points(report: CaseReport) -> tuple[list[str], list[str]]:
    """The titles of the key points missing, and of the doubts."""
    return (
        [point.text.zh for point in report.long_term.open],
        [point.criterion for point in report.long_term.doubts],
    )


def test_a_report_with_doubts_still_lists_the_key_points_missing(
    half_filled: CaseReport,
) -> None:
    missing, doubts = points(half_filled)
    assert missing
    assert doubts

    html = render_report(half_filled, Language.ZH)

    lists = "".join(re.findall(r'(?s)<div class="short">(.*?)</div>', html))
    assert "凭能力，关键点还缺" in lists
    for title in missing:
        assert title in lists
    assert "疑点" in html
    assert "信誉和能力，证明其中一条即可" in html


def test_no_key_point_is_missing_and_a_doubt_at_once(half_filled: CaseReport) -> None:
    long_term = half_filled.long_term
    doubts = {point.criterion for point in long_term.doubts}
    assert doubts.isdisjoint(point.criterion for point in long_term.open)


@pytest.mark.parametrize("language", list(Language))
def test_the_terminal_names_the_first_of_them(
    half_filled: CaseReport, language: Language
) -> None:
    out = io.StringIO()
    print_summary(half_filled, Console(file=out, width=100, no_color=True), language)
    first = next(p for p in half_filled.long_term.open if p.route == "ability")

    # A line may break anywhere in it.
    told = "".join(out.getvalue().split())
    assert "".join(first.text.say(language).split()) in told
