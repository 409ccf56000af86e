"""Readers on pages that were labelled before they were run, as unseen pages are.

`python -m benchmarks.extraction benchmarks/written_pages/looked_at` prints every
mistake; those of the other folder were looked at in figures only.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from benchmarks.extraction import Report, Sample, samples, score
from changqing.probes.channels import find_chat_links, find_chat_scripts
from changqing.probes.document import parse_page
from changqing.probes.own_page import RECALL_FIELDS

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "written_pages"
HALVES = ("looked_at", "in_figures_only", "varied")
FOLDERS = (*HALVES, "among_others", "other_trades")
TODAY = date(2026, 11, 30)


def read_pages(half: str) -> list[Sample]:
    found = samples(FOLDER / half, "pages")
    assert found
    return found


@pytest.fixture(scope="module", params=FOLDERS)
def report(request: pytest.FixtureRequest) -> Report:
    report = Report()
    score("pages", read_pages(request.param), report, TODAY)
    return report


@pytest.mark.parametrize(
    ("name", "figure", "least"),
    [
        ("icp_number", "f1", 0.99),
        ("licence_number", "f1", 0.97),
        ("police_number", "f1", 0.98),
        ("number_in_script", "f1", 0.98),
        ("icp_link", "accuracy", 0.98),
        ("icp_link_as_written", "accuracy", 0.98),
        ("owner_legal_person", "f1", 0.95),
        ("owner", "f1", 0.88),
        ("phone", "f1", 0.92),
        ("email", "f1", 0.95),
        ("feedback_page", "f1", 0.88),
        ("chat", "f1", 0.85),
        ("privacy_policy", "f1", 0.9),
        ("user_agreement", "f1", 0.9),
    ],
)
def test_pages_of_other_layouts_are_read(
    report: Report, name: str, figure: str, least: float
) -> None:
    mistakes = [mistake.row() for mistake in report.mistakes if mistake.field == name]
    assert report.figures()[name][figure] >= least, mistakes


def test_no_look_alike_of_these_is_taken_for_a_number(report: Report) -> None:
    assert report.figures()["placeholder_or_lookalike"]["count"] == 0


@pytest.mark.parametrize("field", sorted({*RECALL_FIELDS.values()} - {"item_date"}))
def test_only_what_is_surely_found_here_too_is_seen_not_to_be_there(
    report: Report, field: str
) -> None:
    assert report.figures()[field]["recall"] >= 0.97


@pytest.mark.parametrize("half", HALVES)
def test_a_chat_that_a_script_draws_is_told_apart(half: str) -> None:
    rows = (FOLDER / half / "pages" / "labels.jsonl").read_text("utf-8").splitlines()
    drawn = {
        row["file"] for row in map(json.loads, rows) if row["labels"].get("drawn_chat")
    }
    assert drawn
    found = set()
    for sample in read_pages(half):
        page = parse_page(sample.fetched)
        if any(find_chat_scripts(page)):
            found.add(sample.file)
            assert not any(find_chat_links(page)), sample.file
    assert found == drawn
