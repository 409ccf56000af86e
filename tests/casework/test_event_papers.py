"""Days typed beside events count as far as the paper that came with them was read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from changqing.case.comparison import ReadOutcome
from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.event_papers import (
    EventCheck,
    TypedDay,
    check_events,
    encode_check,
    find_licence_check,
)
from changqing.casework.events import Act, Journal
from changqing.casework.walk import write_walk_page
from changqing.evidence.model import GapReason, Resolved
from changqing.law.kit import Grade
from changqing.papers.open import open_case
from changqing.text import Language
from tests.casework.annual_sample import write_annual
from tests.casework.casework_sample import NOW, catalogue, make_event
from tests.casework.test_case_derived import assessed, known, tell
from tests.readers.paper_files import make_word

LICENCE = "增值电信业务经营许可证\n公司名称：杭州长青网络科技有限公司\n有效期至：{}\n"
RECEIPT = "年度报告回执\n单位名称：杭州长青网络科技有限公司\n提交日期：{}\n"
R2025 = Subject("report", "r2025")


def _write(tmp_path: Path, words: str, *, kind: str = "existing_licence") -> Path:
    """The annual sample with a paper from outside, which says `words`."""
    folder = write_annual(tmp_path / "c")
    path = folder / "case.yaml"
    told = path.read_text(encoding="utf-8") + (
        f"  - id: came\n    kind: {kind}\n    file: documents/came.md\n"
        "    received_on: 2026-01-31\n"
    )
    path.write_text(told.replace("    submitted: false\n", ""), encoding="utf-8")
    (folder / "documents" / "came.md").write_text(words, encoding="utf-8")
    return folder


def _check(folder: Path) -> dict[tuple[int, TypedDay], EventCheck]:
    case = open_case(folder, catalogue())
    events = Journal(folder).list_events()
    return {(event.event, event.day): event for event in check_events(case, events)}


def _licensed(folder: Path, until: str) -> None:
    day = date.fromisoformat(until)
    tell(folder, Act.LICENCE, "2026-02-01", until=day, paper="came")


def _term(folder: Path) -> Resolved:
    return known(assessed(folder), APPLICANT, "licence_valid_until")


def test_the_end_of_a_licence_is_proven_by_the_licence_that_says_it(
    tmp_path: Path,
) -> None:
    folder = _write(tmp_path, LICENCE.format("2031年5月9日"))
    _licensed(folder, "2031-05-09")
    check = _check(folder)[1, TypedDay.UNTIL]
    assert (check.is_read, check.grade) == (True, Grade.DOCUMENTED)
    assert "2031年5月9日" in check.say().zh
    assert _term(folder).proven == date(2031, 5, 9)
    # Whether it was renewed before stands nowhere.
    assert (APPLICANT, "renewed_times") not in assessed(folder).situation.resolved


def test_another_end_in_the_licence_is_a_conflict_and_what_it_says_is_proven(
    tmp_path: Path,
) -> None:
    folder = _write(tmp_path, LICENCE.format("2029年5月9日"))
    _licensed(folder, "2031-05-09")
    outcome = assessed(folder)
    term = known(outcome, APPLICANT, "licence_valid_until")
    assert (term.claimed, term.proven) == (date(2031, 5, 9), date(2029, 5, 9))
    (conflict,) = (
        each
        for each in outcome.situation.conflicts
        if each.fact == "licence_valid_until"
    )
    assert conflict.one.source.place == "casework/events.jsonl:1"
    assert conflict.other.source.name == "came"
    assert "2029年5月9日" in (conflict.other.raw or "")
    shown = outcome.report.conflicts
    assert any(each.fact == "licence_valid_until" for each in shown)


def test_a_licence_that_does_not_say_it_proves_nothing(tmp_path: Path) -> None:
    folder = _write(
        tmp_path, "增值电信业务经营许可证\n公司名称：杭州长青网络科技有限公司\n"
    )
    _licensed(folder, "2031-05-09")
    check = _check(folder)[1, TypedDay.UNTIL]
    assert (check.found.outcome, check.grade) == (
        ReadOutcome.NOT_FOUND,
        Grade.TRANSCRIBED,
    )
    term = _term(folder)
    assert (term.claimed, term.proven) == (date(2031, 5, 9), None)
    assert term.gap is GapReason.NOT_SHOWN
    assert term.gap_detail is not None
    assert term.gap_detail.zh.startswith("未核对")


def test_a_paper_that_nobody_read_leaves_the_day_unchecked(tmp_path: Path) -> None:
    folder = _write(tmp_path, "")
    path = folder / "case.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("documents/came.md", "documents/came.docx"), "utf-8")
    words = make_word("增值电信业务经营许可证", "有效期至：2031年5月9日")
    (folder / "documents" / "came.docx").write_bytes(words)
    _licensed(folder, "2031-05-09")
    term = _term(folder)
    assert (term.claimed, term.proven) == (date(2031, 5, 9), None)
    assert term.gap is GapReason.NOT_READ
    assert "未核对" in (term.gap_detail.zh if term.gap_detail else "")


def test_a_paper_with_nothing_on_it_could_not_be_read(tmp_path: Path) -> None:
    folder = _write(tmp_path, "\n")
    _licensed(folder, "2031-05-09")
    assert {check.found.outcome for check in _check(folder).values()} == {
        ReadOutcome.UNREADABLE
    }
    assert _term(folder).gap is GapReason.UNREADABLE


def test_a_receipt_proves_the_day_of_handing_in_that_it_names(tmp_path: Path) -> None:
    folder = _write(tmp_path, RECEIPT.format("2026年2月10日"), kind="service_stats")
    for kind, proven in (("service_stats", None), ("icp_filing", True)):
        text = (folder / "case.yaml").read_text("utf-8")
        (folder / "case.yaml").write_text(
            text.replace("kind: service_stats", f"kind: {kind}"), "utf-8"
        )
        if kind == "service_stats":
            tell(folder, Act.LICENCE, "2021-05-10", until=date(2026, 5, 9))
            tell(folder, Act.BEGIN, "2026-02-01", matter="annual_report")
            tell(folder, Act.SUBMIT, "2026-02-10", paper="came")
        found = known(assessed(folder), R2025, "submitted")
        # What the company itself wrote of its handing in proves nothing.
        assert (found.claimed, found.proven) == (True, proven)
    day = known(assessed(folder), R2025, "submitted_on")
    assert day.proven == date(2026, 2, 10)


def test_a_receipt_of_another_day_is_a_conflict(tmp_path: Path) -> None:
    folder = _write(tmp_path, RECEIPT.format("2026年2月20日"), kind="icp_filing")
    tell(folder, Act.LICENCE, "2021-05-10", until=date(2026, 5, 9))
    tell(folder, Act.BEGIN, "2026-02-01", matter="annual_report")
    tell(folder, Act.SUBMIT, "2026-02-10", paper="came")
    outcome = assessed(folder)
    day = known(outcome, R2025, "submitted_on")
    assert (day.claimed, day.proven) == (date(2026, 2, 10), date(2026, 2, 20))
    assert [conflict.fact for conflict in outcome.situation.conflicts].count(
        "submitted_on"
    ) == 1


def test_no_other_day_on_a_receipt_stands_for_the_one_it_names(tmp_path: Path) -> None:
    """The receipt was printed on the day that was typed, and says another."""
    words = RECEIPT.format("2026年2月20日 打印日期：2026年2月10日")
    for printed, outcome, stands in (
        ("", ReadOutcome.DENIED, date(2026, 2, 20)),
        ("接收时间：2026年2月21日\n", ReadOutcome.NOT_FOUND, None),
        ("接收时间：2026年2月10日\n", ReadOutcome.READ, None),
    ):
        folder = _write(tmp_path / printed[-4:-1], words + printed, kind="icp_filing")
        tell(folder, Act.LICENCE, "2021-05-10", until=date(2026, 5, 9))
        tell(folder, Act.BEGIN, "2026-02-01", matter="annual_report")
        tell(folder, Act.SUBMIT, "2026-02-10", paper="came")
        found = _check(folder)[3, TypedDay.ON].found
        assert (found.outcome, found.stands) == (outcome, stands)


def test_a_day_without_a_paper_is_the_word_of_whoever_recorded_it(
    tmp_path: Path,
) -> None:
    folder = write_annual(tmp_path / "c")
    tell(folder, Act.LICENCE, "2026-02-01", until=date(2031, 5, 9))
    assert _check(folder) == {}
    assert _term(folder).proven is None


NOTICE = (
    "你公司的材料需要补正：",
    "一、营业执照不清晰。",
    "请于2026年3月20日前补正。",
)


def _corrected(tmp_path: Path, notice: bytes, until: str) -> EventCheck:
    from changqing.casework.record import record

    folder = write_annual(tmp_path / "c")
    tell(folder, Act.LICENCE, "2021-05-10", until=date(2026, 5, 9))
    tell(folder, Act.BEGIN, "2026-02-01", matter="renew")
    tell(folder, Act.SUBMIT, "2026-02-10")
    event = make_event(Act.CORRECTION, "2026-02-20", until=date.fromisoformat(until))
    case = open_case(folder, catalogue())
    record(catalogue(), case, event, now=NOW, notice=notice)
    return _check(folder)[4, TypedDay.UNTIL]


def test_the_day_that_a_notice_sets_is_read_in_it(tmp_path: Path) -> None:
    check = _corrected(tmp_path, make_word(*NOTICE), "2026-03-20")
    assert (check.is_read, check.grade) == (True, Grade.DOCUMENTED)
    assert "3月20日前" in check.say().zh


def test_another_day_than_the_notice_sets_is_said(tmp_path: Path) -> None:
    check = _corrected(tmp_path, make_word(*NOTICE), "2026-03-30")
    assert check.is_denied
    assert check.found.stands == date(2026, 3, 20)
    assert "材料上是2026-03-20" in check.say().zh
    assert "2026-03-20" in check.say().en


def test_a_notice_that_sets_two_days_denies_none(tmp_path: Path) -> None:
    notice = make_word(*NOTICE, "如有异议，请于2026年4月20日前提出。")
    check = _corrected(tmp_path, notice, "2026-03-30")
    assert check.found.outcome is ReadOutcome.NOT_FOUND
    assert check.grade is Grade.TRANSCRIBED


def test_a_notice_that_sets_no_day_leaves_it_unchecked(tmp_path: Path) -> None:
    check = _corrected(tmp_path, make_word(*NOTICE[:2]), "2026-03-30")
    assert check.found.outcome is ReadOutcome.NOT_FOUND
    assert check.grade is Grade.TRANSCRIBED


@pytest.mark.parametrize("begins", ["", "<补正通知书>\n", "PKU\n"])
def test_a_notice_that_was_typed_proves_nothing(tmp_path: Path, begins: str) -> None:
    notice = (begins + "\n".join(NOTICE)).encode()
    check = _corrected(tmp_path, notice, "2026-03-20")
    assert check.is_read
    assert check.grade is Grade.TRANSCRIBED
    assert check.say().zh.startswith("未核对")


def test_a_notice_that_is_not_what_came_says_nothing(tmp_path: Path) -> None:
    _corrected(tmp_path, make_word(*NOTICE), "2026-03-20")
    folder = tmp_path / "c"
    digest = next(
        event.digest for event in Journal(folder).list_events() if event.digest
    )
    path = Journal(folder).find_notice_path(digest)
    path.write_bytes(b"x")
    assert _check(folder)[4, TypedDay.UNTIL].found.outcome is ReadOutcome.UNREAD
    path.unlink()
    assert _check(folder)[4, TypedDay.UNTIL].found.outcome is ReadOutcome.UNREAD


def test_page_and_data_tell_what_each_day_rests_on(tmp_path: Path) -> None:
    folder = _write(tmp_path, LICENCE.format("2029年5月9日"))
    _licensed(folder, "2031-05-09")
    case, events = open_case(folder, catalogue()), Journal(folder).list_events()
    check = find_licence_check(events, check_events(case, events))
    assert check is not None
    data = encode_check(check)
    assert json.loads(json.dumps(data))["stands"] == "2029-05-09"
    assert (data["outcome"], data["paper"]) == ("denied", "came")
    assert find_licence_check((), ()) is None
    from changqing.casework.stages import replay_events

    state = replay_events(catalogue(), case, events)
    for language, said in (
        (Language.ZH, "材料上是2029-05-09"),
        (Language.EN, "the paper says otherwise: 2029-05-09"),
    ):
        page = write_walk_page(
            catalogue(), case, state, today=date(2026, 3, 10), language=language
        )
        assert said in page


def test_the_terminal_says_what_each_day_rests_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from changqing.cli.main import main

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = _write(tmp_path, LICENCE.format("2031年5月9日"))
    _licensed(folder, "2031-05-09")
    for words, said in (
        (["events"], "外部材料，已在材料上读到"),
        (["status", "--as-of", "2026-03-10"], "外部材料，已在材料上读到"),
        (["events", "--json"], '"outcome": "read"'),
        (["status", "--as-of", "2026-03-10", "--json"], '"valid_until_check": {'),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["case", str(folder), *words, "--lang", "zh"])
        assert ended.value.code == 0
        assert said in capsys.readouterr().out
