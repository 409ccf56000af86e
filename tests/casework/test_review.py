"""Marks of reviewers are kept, and become a notice that any case can take in."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.casework.notice import read_notice
from changqing.casework.review import (
    ReviewJournal,
    ReviewMark,
    ReviewRemark,
    select_current,
    shorten_remark,
)
from changqing.casework.review_letter import write_correction_notice
from changqing.casework.review_sheet import (
    PointGroup,
    ReviewSheet,
    build_review_sheet,
)
from changqing.documents.letters import format_plain, render_letters
from changqing.errors import CaseError, TamperError
from changqing.law.model import Verdict
from changqing.report.counting import select_blocking
from changqing.run import Outcome
from tests.documents.dossier_case import assessed

_NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
_EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return assessed(_EXAMPLES / "newly-registered")


@pytest.fixture(scope="module")
def sheet(outcome: Outcome) -> ReviewSheet:
    return build_review_sheet(outcome.case, outcome.assessment, outcome.report)


def _mark(point: str, mark: ReviewMark | None, words: str = "") -> ReviewRemark:
    return ReviewRemark(
        reviewer="link-1", by="市局窗口", point=point, mark=mark, words=words
    )


def test_the_newest_mark_of_each_reviewer_counts_and_none_is_lost(
    tmp_path: Path,
) -> None:
    other = ReviewRemark(
        reviewer="user-2", by="审计所", point="a", mark=ReviewMark.FINE
    )
    said = [
        _mark("a", ReviewMark.DOUBT, "先问"),
        other,
        _mark("a", ReviewMark.SUPPLEMENT),
        _mark("b", ReviewMark.FINE),
        _mark("b", None),
    ]
    with ReviewJournal(tmp_path) as journal:
        for remark in said:
            journal.append(remark, now=_NOW)
    kept = ReviewJournal(tmp_path).list_remarks()
    assert [
        (review_remark.number, review_remark.mark, review_remark.words)
        for review_remark in kept
    ] == [(number, each.mark, each.words) for number, each in enumerate(said, start=1)]
    current = select_current(kept)
    assert {key: each.mark for key, each in current.items()} == {
        ("link-1", "a"): ReviewMark.SUPPLEMENT,
        ("user-2", "a"): ReviewMark.FINE,
    }


def test_a_mark_that_was_altered_is_seen(tmp_path: Path) -> None:
    with ReviewJournal(tmp_path) as journal:
        journal.append(_mark("a", ReviewMark.DOUBT), now=_NOW)
    file = tmp_path / "casework" / "reviews.jsonl"
    file.write_text(file.read_text("utf-8").replace("doubt", "fine"), "utf-8")
    with pytest.raises(TamperError):
        ReviewJournal(tmp_path).list_remarks()


def test_the_sheet_has_each_doubt_failing_requirement_and_key_point_once(
    outcome: Outcome, sheet: ReviewSheet
) -> None:
    keys = [point.key for point in sheet.points]
    assert len(keys) == len(set(keys))
    named = {(p.finding.criterion, p.finding.subject.id) for p in sheet.points}
    report = outcome.report
    assert named >= {
        (doubt.criterion, doubt.subject.id if doubt.subject else None)
        for doubt in report.long_term.doubts
    }
    assert named >= {(point.criterion, _id(point)) for point in report.long_term.open}
    assert named >= {
        (finding.criterion, finding.subject.id)
        for finding in select_blocking(report.findings)
    }
    shown = dict(sheet.group_points())[PointGroup.SHOWN]
    assert {point.finding.verdict for point in shown} == {Verdict.MET}


def _id(point: object) -> str | None:
    subject = getattr(point, "subject", None)
    return None if subject is None else subject.id


def test_a_point_quotes_the_paper_that_speaks_of_it(sheet: ReviewSheet) -> None:
    point = sheet.find("technician_full_time")
    assert point is not None
    (paper,) = (source for source in point.sources if not source.value.claimed)
    assert paper.paper is not None
    assert "非专职" in (paper.value.quote or "")
    assert paper.personal  # a labour contract


def test_a_notice_asks_for_each_thing_in_a_line_of_its_own(
    outcome: Outcome, sheet: ReviewSheet
) -> None:
    asked = {
        "technician_full_time": _mark(
            "technician_full_time", ReviewMark.SUPPLEMENT, "劳动合同写明非专职"
        ),
        "revenue_last_year": _mark("revenue_last_year", ReviewMark.DOUBT),
        "credit_proof_present": _mark("credit_proof_present", ReviewMark.FINE, "好"),
    }
    letter = write_correction_notice(outcome.case, sheet, asked, by="市局窗口")
    text = format_plain(letter)
    assert text.startswith("补正通知\n")
    notice = read_notice(text.encode(), name="notice.txt")
    first, second = notice.lines
    assert "技术人员" in first
    assert "劳动合同写明非专职" in first
    assert "《劳动合同》" in first
    assert "营业收入" in second
    assert "信誉证明" not in text
    # Nobody takes it for the authority's own: it says who wrote it.
    assert "市局窗口" in text
    assert "不代表任何机关" in text
    assert "《中华人民共和国行政许可法》第三十二条" in text


def test_what_a_reviewer_writes_stays_text(
    outcome: Outcome, sheet: ReviewSheet
) -> None:
    hostile = shorten_remark(
        "# 一级\n| a | <b>粗</b> {{ 7*7 }} ^E-01^ **重** 〔待补：x〕"
    )
    asked = {
        "technician_full_time": _mark(
            "technician_full_time", ReviewMark.SUPPLEMENT, hostile
        )
    }
    letter = write_correction_notice(outcome.case, sheet, asked, by="<i>甲</i> # 乙")
    text = format_plain(letter)
    assert hostile in text
    assert "<i>甲</i> # 乙" in text
    files = render_letters([letter], case_name="某公司", as_of=_NOW.date())
    assert {Path(name).suffix for name in files} == {".docx", ".pdf", ".txt"}


def test_a_notice_needs_something_to_ask(outcome: Outcome, sheet: ReviewSheet) -> None:
    fine = {"revenue_last_year": _mark("revenue_last_year", ReviewMark.FINE)}
    with pytest.raises(CaseError):
        write_correction_notice(outcome.case, sheet, fine, by="甲")


@pytest.mark.long
def test_marks_change_no_verdict(tmp_path: Path, outcome: Outcome) -> None:
    folder = tmp_path / "case"
    shutil.copytree(_EXAMPLES / "newly-registered", folder)
    with ReviewJournal(folder) as journal:
        for finding in outcome.report.findings:
            journal.append(_mark(finding.criterion, ReviewMark.DOUBT), now=_NOW)
    again = assessed(folder).report
    assert again.findings == outcome.report.findings
    assert again.counts == outcome.report.counts
