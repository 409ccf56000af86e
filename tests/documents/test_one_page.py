"""一页结论: one dataclass, the same on every face, and never more than is known."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from rich.console import Console

from changqing.documents import one_page_pdf
from changqing.documents.one_page_pdf import render_one_page_pdf
from changqing.errors import DocumentError
from changqing.judge.model import LongTermState
from changqing.law.kinds.criterion import Route
from changqing.law.model import Verdict
from changqing.papers.comparisons import count_readers
from changqing.report.build_one_page import build_one_page
from changqing.report.codec import to_plain, write_json
from changqing.report.html import render_report
from changqing.report.model import CaseReport, GapView, OpenPoint
from changqing.report.one_page import (
    FourQuestions,
    OnePage,
    QuestionAnswer,
)
from changqing.report.one_page_rows import speak_one_page
from changqing.report.outlook_model import SupportView
from changqing.report.terminal import print_summary
from changqing.run import conclude, read_recorded
from changqing.text import Language, Text
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, judge
from tests.documents.report_cases import NAMES, TORN, bare_report, example_report
from tests.run.test_run_after_licence import outcome

NEW = "newly-registered"
READY = "local-life"
A4 = (595, 842)


def _page(name: str) -> OnePage:
    return build_one_page(example_report(name))


def _answers(page: OnePage) -> dict[FourQuestions, QuestionAnswer]:
    return {question.question: question.answer for question in page.questions}


def _squeeze(said: str) -> str:
    return "".join(said.split())


@pytest.mark.parametrize("name", NAMES)
def test_the_four_questions_always_stand_with_their_basis(name: str) -> None:
    page = _page(name)
    assert [question.question for question in page.questions] == list(FourQuestions)
    assert all(question.basis.shown for question in page.questions)


def test_a_question_fails_by_what_is_in_doubt_and_holds_by_what_is_proven() -> None:
    assert _answers(_page(NEW)) == {
        FourQuestions.SERVERS: QuestionAnswer.YES,
        FourQuestions.CONTENT: QuestionAnswer.NO,
        FourQuestions.MAINTAINERS: QuestionAnswer.NO,
        FourQuestions.USERS: QuestionAnswer.YES,
    }
    assert set(_answers(_page(READY)).values()) == {QuestionAnswer.YES}
    assert _answers(_page(TORN))[FourQuestions.SERVERS] is QuestionAnswer.NO


def test_domain_and_servers_are_said_with_the_day_on_which_they_end() -> None:
    report = example_report(READY)
    (servers, *_) = build_one_page(report).questions
    ends = {
        support.id: support.proven_until
        for support in report.outlook.endurance.commitments
    }
    hosting, domain = ends["hosting"], ends["domain"]
    assert hosting is not None
    assert domain is not None
    said = "；".join(part.zh for part in servers.basis.shown)
    assert f"服务器托管到{hosting}" in said
    assert f"域名到{domain}" in said
    assert servers.until == min(hosting, domain)


@pytest.mark.parametrize(
    ("days", "renews", "expected"),
    [
        (24, False, QuestionAnswer.ENDING),
        (24, True, QuestionAnswer.YES),
        (91, False, QuestionAnswer.YES),
    ],
)
def test_a_domain_that_ends_soon_is_no_plain_yes(
    days: int, expected: QuestionAnswer, *, renews: bool
) -> None:
    report = example_report(READY)
    end = report.as_of + timedelta(days=days)
    endurance = report.outlook.endurance
    commitments = tuple(
        replace(support, proven_until=end, renews=renews)
        if support.id == "domain"
        else support
        for support in endurance.commitments
    )
    outlook = replace(
        report.outlook, endurance=replace(endurance, commitments=commitments)
    )
    page = build_one_page(replace(report, outlook=outlook))
    assert page.questions[0].answer is expected
    assert page.questions[0].until == end


def test_what_has_ended_is_said_to_have_ended_and_is_no_yes() -> None:
    case = assessed(EXAMPLES / "local-life").case
    hosting = _find_support(example_report(READY), "hosting")
    assert hosting.proven_until is not None
    after = hosting.proven_until + timedelta(days=9)
    application = replace(case.application, submit_on=after)
    ended = conclude(
        replace(case, application=application),
        read_recorded(case),
        judge=judge(),
        as_of=after,
        assessed_at=None,
    ).report
    servers = build_one_page(ended).questions[0]
    assert servers.answer is QuestionAnswer.UNKNOWN
    said = [part.zh for part in servers.basis.shown]
    assert any(f"服务器托管已于{hosting.proven_until}到期" in part for part in said)
    carried = ended.outlook.endurance.carried_by
    assert carried is not None
    assert f"{carried.label.zh}已于" in ended.headline.endurance.zh
    assert "不再有证据" in ended.headline.endurance.zh
    assert f"{carried.label.en} ended on " in ended.headline.endurance.en
    assert any(
        row.valid_until is not None and row.valid_until < ended.as_of
        for row in ended.evidence
    )


def _find_support(report: CaseReport, name: str) -> SupportView:
    (found,) = (s for s in report.outlook.endurance.commitments if s.id == name)
    return found


def test_a_doubt_says_what_was_filled_in_and_what_the_paper_reads() -> None:
    (doubt,) = (
        point
        for point in _page(NEW).doubts.shown
        if point.criterion == "technician_full_time"
    )
    filled, paper = doubt.says
    assert filled.claimed
    assert filled.line.zh == "填报：孟行舟，专职：否"
    assert not paper.claimed
    assert paper.line.zh.startswith("《劳动合同》，第2条 孟行舟写：“")
    assert "非专职" in (paper.quote or "")


def test_a_quote_is_in_the_reading_of_that_paper() -> None:
    """What stands in quotation marks was read there, and is not our wording."""
    marks = str.maketrans("", "", "|\\")
    for name in (TORN, NEW):
        page, folder = _page(name), Path("examples") / name
        texts = _squeeze("".join(p.read_text("utf-8") for p in _papers(folder)))
        quotes = [
            says.quote
            for point in page.doubts.shown
            for says in point.says
            if says.quote is not None
        ]
        assert quotes
        for quote in quotes:
            for piece in re.split(r" … | ", quote.rstrip("…")):
                assert _squeeze(piece) in texts.translate(marks)


def _papers(folder: Path) -> list[Path]:
    root = Path(__file__).parents[2]
    return sorted((root / folder / "documents").glob("*.md"))


def test_each_route_names_what_it_lacks() -> None:
    for name in (TORN, NEW):
        report = example_report(name)
        for route in build_one_page(report).routes:
            lacking = {
                finding.criterion
                for finding in report.findings
                if finding.asked
                and finding.weight == "core"
                and finding.route is route.route
                and finding.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
            }
            assert {point.criterion for point in route.left.shown} == lacking
            assert str(len(lacking)) in route.text.zh


def test_what_the_company_wrote_alone_is_a_promise_and_never_more() -> None:
    report = example_report(READY)
    page = build_one_page(report)
    titles = {
        finding.title: finding.rests_on
        for finding in report.findings
        if finding.asked and finding.verdict is Verdict.MET
    }
    assert page.promised.total > len(report.promises) > 0
    for text in page.promised.shown:
        assert text in report.promises or titles[text] == "written"
    assert Text("更新频次：每周", "Pace of publishing: Weekly") in report.promises


def test_in_form_ready_is_said_where_the_service_is_in_doubt() -> None:
    report = example_report(READY)
    ready = build_one_page(report)
    assert ready.first.text.zh == "可以递交"
    assert "签字盖章" in ready.steps_text.zh
    doubted = replace(report.long_term, state=LongTermState.IN_DOUBT)
    page = build_one_page(replace(report, long_term=doubted))
    assert page.first.text.zh == "形式上可以递交"


def test_nothing_is_green_while_documents_are_unwritten() -> None:
    assert _page("newly-registered").first.state == "open"
    assert _page("local-life").first.state == "ready"


def test_what_could_not_be_seen_is_named_with_its_reason() -> None:
    report = example_report(READY)
    unseen = GapView(
        fact="certificate_not_after",
        label=Text("证书到期日", "end of the certificate"),
        subject=None,
        reason="timeout",
        text=Text("连接超时", "timed out"),
        at=None,
        criteria=(),
    )
    page = build_one_page(replace(report, gaps=(*report.gaps, unseen)))
    assert [text.zh for text in page.unseen.shown] == ["证书到期日（连接超时）"]


def test_a_site_that_nobody_looked_at_is_not_called_seen() -> None:
    report = example_report(READY)
    (cadence,) = report.outlook.cadence
    outlook = replace(report.outlook, cadence=(replace(cadence, observed_days=0),))
    page = build_one_page(replace(report, outlook=outlook))
    assert [text.zh.endswith("，还没有看过") for text in page.unseen.shown] == [True]


@pytest.mark.parametrize("language", list(Language))
def test_a_case_of_which_nothing_is_known_says_so(language: Language) -> None:
    page = build_one_page(bare_report())
    assert set(_answers(page).values()) == {QuestionAnswer.UNKNOWN}
    assert page.proof_ends is None
    assert all(question.until is None for question in page.questions)
    spoken = speak_one_page(page, language)
    codes = [section.code for section in spoken.sections]
    assert {"doubts", "questions", "proof", "unseen"} <= set(codes)
    assert "None" not in str([row.text for s in spoken.sections for row in s.rows])


def test_a_first_case_file_with_nothing_in_it_claims_nothing(tmp_path: Path) -> None:
    found = outcome(tmp_path / "case", stage="apply")
    page = build_one_page(found.report)
    assert QuestionAnswer.YES not in _answers(page).values()
    assert page.first.text.zh.startswith(("尚待证实", "还不能递交"))
    assert all(not says.quote for point in page.doubts.shown for says in point.says)


def test_after_the_licence_the_page_speaks_of_duties(tmp_path: Path) -> None:
    found = outcome(tmp_path / "case", stage="operate")
    page = build_one_page(found.report)
    assert page.after_licence
    assert page.first.title.zh == "持证后义务"
    assert page.first.text == found.report.headline.compliance
    spoken = speak_one_page(page, Language.ZH)
    said = "".join(
        [row.text for row in spoken.sentences]
        + [row.lead + row.text for s in spoken.sections for row in s.rows]
    )
    assert "递交" not in said


@pytest.mark.share
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", NAMES)
def test_terminal_report_and_page_say_the_same(name: str, language: Language) -> None:
    report = example_report(name)
    spoken = speak_one_page(build_one_page(report), language)
    out = io.StringIO()
    print_summary(report, Console(file=out, width=100, no_color=True), language)
    terminal = _squeeze(out.getvalue())
    html = render_report(report, language)
    first_page = html[html.index("<body") : html.index('<details class="rest"')]
    shown = _squeeze(re.sub(r"<[^>]+>", "", first_page))
    shown = shown.replace("&#39;", "'").replace("&amp;", "&")
    for section in spoken.sections:
        assert _squeeze(section.title) in terminal
        assert _squeeze(section.title) in shown
        for row in section.rows:
            assert _squeeze(row.text) in terminal
            assert _squeeze(row.text) in shown
            for line in row.under:
                assert _squeeze(line.text) in terminal
                assert _squeeze(line.text) in shown
    assert _squeeze(spoken.foot) in terminal


def test_the_report_names_whom_an_open_point_of_a_route_is_about() -> None:
    report = example_report(TORN)
    investor = next(
        finding
        for finding in report.findings
        if finding.criterion == "main_investors_off_dishonesty_list"
    )
    name = investor.subject.label
    assert name is not None
    point = OpenPoint(
        criterion=investor.criterion,
        text=investor.title,
        verdict=Verdict.UNDETERMINED,
        route=Route.STANDING,
        subject=investor.subject,
    )
    opened = replace(report.long_term, open=(point,))
    html = render_report(replace(report, long_term=opened), Language.ZH)
    waiting = html[html.index("凭信誉，关键点还缺1项") :]
    assert (
        f'<span class="subject">{name.zh}</span>' in waiting[: waiting.index("</ul>")]
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_json_has_the_very_page_beside_all_it_had(name: str) -> None:
    report = example_report(name)
    written = write_json(report)
    assert written["one_page"] == to_plain(build_one_page(report))
    assert set(to_plain(report)) | {"one_page"} == set(written)


def test_the_edition_of_the_foot_is_that_of_the_catalogue() -> None:
    report = example_report(READY)
    foot = build_one_page(report).foot
    assert foot.zh == (
        f"按{report.catalogue.edition}版条件复算；只核对材料所载，不鉴定真伪；"
        "不代表机关意见。"
    )


def _crowded(report: CaseReport) -> CaseReport:
    """A report in which everything fails, and every name is endless."""
    worst = tuple(
        replace(finding, verdict=Verdict.CONTRADICTED, required=True)
        for finding in report.findings
    )
    case = replace(report.case, name="很长的公司名称" * 30)
    return replace(report, findings=worst, case=case)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    "name",
    [
        TORN,
        pytest.param(NEW, marks=pytest.mark.long),
        pytest.param(READY, marks=pytest.mark.long),
        "crowded",
    ],
)
def test_the_pdf_is_one_page_of_a4_with_the_same_words(
    name: str, language: Language
) -> None:
    report = _crowded(example_report(TORN)) if name == "crowded" else None
    page = build_one_page(report or example_report(name))
    content = render_one_page_pdf(page, language)
    with pypdfium2.PdfDocument(content) as pdf:
        assert len(pdf) == 1
        assert tuple(map(round, pdf[0].get_size())) == A4
        text = _squeeze(pdf[0].get_textpage().get_text_range())
    spoken = speak_one_page(page, language)
    for row in spoken.sentences:
        assert _squeeze(row.text) in text
    assert _squeeze(spoken.foot).replace("’", "") in text.replace("’", "")
    assert render_one_page_pdf(page, language) == content


def test_without_the_typesetter_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(DocumentError) as refused:
        one_page_pdf._set_page(_page(READY), Language.ZH, {})
    (issue,) = refused.value.issues
    assert "changqing[documents]" in str(issue.hint)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_applicant_filled_in_is_told_from_what_papers_say(name: str) -> None:
    for point in _page(name).doubts.shown:
        for says in point.says:
            assert says.claimed is (says.source.zh == "填报")


def test_the_first_things_to_do_name_who_they_are_about() -> None:
    page = _page(NEW)
    hire = next(step for step in page.steps.shown if step.errand == "hire_staff")

    assert hire.whom == Text("孟行舟", "孟行舟")
    assert "（孟行舟）：" in hire.text.zh
    said = [
        row for part in speak_one_page(page, Language.ZH).sections for row in part.rows
    ]
    assert any("孟行舟" in row.text and str(hire.done_by) in row.lead for row in said)


@pytest.mark.parametrize("name", NAMES)
def test_every_paper_is_counted_by_who_read_it(name: str) -> None:
    outcome = assessed(EXAMPLES / name)
    readers = outcome.report.readers
    assert readers is not None
    counted = (readers.program, readers.pointed, readers.seen, readers.unread)
    assert sum(counted) == len(outcome.case.papers)
    said = build_one_page(outcome.report).readers
    assert said == readers.text
    assert f"程序{readers.program}、代办{readers.pointed}" in said.zh


def test_a_paper_that_nobody_read_is_counted_as_such() -> None:
    case = assessed(EXAMPLES / NEW).case
    before = count_readers(case, ())
    compared = dict(case.compared)
    del compared[next(iter(compared))]

    after = count_readers(replace(case, compared=compared), ())

    assert after.unread == before.unread + 1


def test_a_paper_whose_original_a_reviewer_saw_is_counted_for_the_reviewer() -> None:
    case = assessed(EXAMPLES / NEW).case
    before = count_readers(case, ())
    paper = next(one for one in case.papers if any(one.list_statements()))
    seen = {
        key: replace(each, seen_by="周审查", seen_on=AS_OF)
        for key, each in case.compared[paper.id].items()
    }

    after = count_readers(replace(case, compared={**case.compared, paper.id: seen}), ())

    assert (after.seen, after.unread) == (before.seen + 1, before.unread)
