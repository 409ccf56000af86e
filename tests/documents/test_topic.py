"""One topic of an assessment in the terminal."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from changqing.report.model import CaseReport
from changqing.report.topic import TOPICS, print_topic
from changqing.text import Language
from tests.documents.report_cases import NAMES, TORN, bare_report, example_report


def _show(report: CaseReport, topic: str, language: Language = Language.ZH) -> str:
    out = io.StringIO()
    console = Console(file=out, width=80, no_color=True)
    print_topic(report, console, language, topic=topic)
    return out.getvalue()


@pytest.mark.share
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_fits_the_page_even_when_there_is_nothing(
    topic: str, language: Language
) -> None:
    for report in (example_report(TORN), bare_report()):
        lines = _show(report, topic, language).splitlines()
        assert max(cell_len(line) for line in lines) <= 80


@pytest.mark.parametrize("topic", ["funding", "team", "infrastructure"])
def test_what_is_not_met_comes_before_what_is(topic: str) -> None:
    shapes = [
        line[0] for line in _show(example_report(TORN), topic).splitlines() if line
    ]
    marks = [shape for shape in shapes if shape in "◆■○◐●"]
    assert marks == sorted(marks, key="◆■○◐●".index)


def test_errands_of_a_group_stand_in_the_order_of_their_days() -> None:
    said = _show(example_report(TORN), "errands")
    _, *groups = re.split(r"(?m)^.*：\d+件$", said)
    assert len(groups) > 1
    for group in groups:
        days = [line[:10] for line in group.splitlines() if line.startswith("20")]
        assert days
        assert days == sorted(days)


@pytest.mark.parametrize("name", NAMES)
def test_the_closing_line_stands_under_what_it_closes(name: str) -> None:
    """No needed errand stands under it, and none over it ends after its last day."""
    report = example_report(name)
    needed = [errand for errand in report.errands if errand.required]
    advised = [errand for errand in report.errands if not errand.required]
    said = _show(report, "errands").replace("\n", "")
    closing = said.index(report.ready_on_text.zh[:12])
    assert all(said.index(errand.title.zh) < closing for errand in needed)
    assert all(said.rindex(errand.title.zh) > closing for errand in advised)
    if needed:
        assert report.last_done == max(errand.done_by for errand in needed)
        first = min(needed, key=lambda errand: errand.start)
        assert report.first_errand == first.errand
        assert first.title.zh in report.errands_text.zh


def test_nothing_to_list_is_said() -> None:
    assert "没有。" in _show(bare_report(), "conflicts")
    assert "None." in _show(bare_report(), "gaps", Language.EN)
