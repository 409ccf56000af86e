"""Pages, feeds and sitemaps against the labelled corpus beside the checkout.

The targets are those of the benchmark, which reports every mistake:
`python -m benchmarks.extraction DIR`. Other pages of the same kind are kept aside, so
fitting the files would help nobody.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from benchmarks.extraction import KINDS, Report, samples, score
from changqing.probes.document import parse_page
from changqing.probes.model import Site
from changqing.probes.own_page import RECALL_FIELDS, find_doubt

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("CHANGQING_CORPUS", ROOT.parent / "shared" / "corpus"))
TODAY = date(2026, 11, 24)

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the labelled corpus is not at {FOLDER}"
)


@pytest.fixture(scope="module")
def report() -> Report:
    report = Report()
    for kind in KINDS:
        score(kind, samples(FOLDER, kind) or [], report, TODAY)
    return report


@pytest.mark.share
@pytest.mark.parametrize(
    ("name", "figure", "least"),
    [
        ("icp_number", "f1", 0.99),
        ("licence_number", "f1", 0.98),
        ("police_number", "f1", 0.98),
        ("number_in_script", "f1", 0.98),
        ("malformed_number", "f1", 0.98),
        ("icp_link", "accuracy", 0.97),
        ("icp_link_as_written", "accuracy", 0.97),
        ("owner_legal_person", "f1", 0.9),
        ("email", "f1", 0.95),
        ("phone", "f1", 0.92),
        ("feedback_page", "f1", 0.9),
        ("chat", "f1", 0.9),
        ("privacy_policy", "f1", 0.9),
        ("user_agreement", "f1", 0.9),
        ("newest_date_list", "accuracy", 0.95),
        ("newest_date", "accuracy", 0.92),
        ("item_date", "f1", 0.95),
        ("feed_entries", "accuracy", 0.95),
        ("feed_dated", "accuracy", 0.95),
        ("feed_newest", "accuracy", 0.95),
        ("feed_oldest", "accuracy", 0.95),
        ("sitemap_entries", "accuracy", 0.95),
        ("sitemap_newest", "accuracy", 0.95),
        ("sitemap_oldest", "accuracy", 0.95),
    ],
)
def test_what_is_read_reaches_its_target(
    report: Report, name: str, figure: str, least: float
) -> None:
    mistakes = [mistake.row() for mistake in report.mistakes if mistake.field == name]
    assert report.figures()[name][figure] >= least, mistakes


@pytest.mark.parametrize("field", sorted(RECALL_FIELDS.values()))
def test_only_what_is_surely_found_is_seen_not_to_be_there(
    report: Report, field: str
) -> None:
    figures = report.figures()[field]
    assert figures.get("recall", figures.get("accuracy", 0)) >= 0.97


def test_most_home_pages_are_known_to_be_the_sites_own() -> None:
    rows = (FOLDER / "pages" / "labels.jsonl").read_text("utf-8").splitlines()
    homes = {row["file"] for row in map(json.loads, rows) if row["kind"] == "home"}
    doubts = {}
    for sample in samples(FOLDER, "pages") or []:
        if sample.file in homes:
            page = parse_page(sample.fetched)
            doubts[sample.file] = find_doubt(page, Site.from_url("site", page.url))
    known = [file for file, doubt in doubts.items() if doubt is None]
    assert len(known) >= len(doubts) * 0.9, doubts


def test_no_placeholder_and_no_look_alike_is_taken_for_a_number(report: Report) -> None:
    assert report.figures()["placeholder_or_lookalike"]["count"] == 0


def test_every_page_is_decoded_as_it_was_written() -> None:
    rows = (FOLDER / "pages" / "labels.jsonl").read_text("utf-8").splitlines()
    said = {row["file"]: row for row in map(json.loads, rows)}
    for sample in samples(FOLDER, "pages") or []:
        row = said[sample.file]
        document = parse_page(replace(sample.fetched))
        encoding = (row["encoding"] or "").removesuffix("-sig")
        assert document.decoded.encoding.removesuffix("-sig") == encoding, sample.file
        assert document.decoded.clean is row["encoding_clean"], sample.file
