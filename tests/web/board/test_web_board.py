"""The board: headings with counts, filters, assigning many, the workbook, ten thousand."""

from __future__ import annotations

import re
import shutil
import time
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from changqing.agency.desk import DeskJournal, find_owner
from changqing.agency.read_row import read_row
from changqing.casework.events import Act, Event, Journal
from changqing.disk import only_writer
from changqing_web.board.clients import LOOK_AT_ALL
from changqing_web.index import catalogue, refresh_case
from changqing_web.models import CaseEvent, CaseRow, Job
from tests.web.web_world import Place, make_place

_DAY = date(2026, 11, 2)


def _add(place: Place, folder: str, days: int | None, **more: object) -> CaseRow:
    today = timezone.localdate()
    return CaseRow(
        workspace=place.workspace,
        folder=folder,
        name=f"测试{folder}有限公司",
        licence="B25",
        region="33",
        stage="prepare",
        next_day=None if days is None else today + timedelta(days),
        next_what={"zh": "递交申请", "en": "hand in"},
        holds_until=date(2100, 1, 1),
        **more,
    )


def _get_board(place: Place, query: str = "") -> str:
    return place.editor.get(f"/w/{place.workspace.slug}/{query}").content.decode()


@pytest.fixture
def many(place: Place) -> Place:
    """Cases at every distance."""
    CaseRow.objects.all().delete()
    CaseRow.objects.bulk_create(
        [
            _add(place, "late1", -4),
            _add(place, "late2", -1, blocking=2, readiness="not_ready"),
            _add(place, "today", 0),
            _add(place, "week", 7),
            _add(place, "month", 30),
            _add(place, "later", 31),
            _add(place, "undated", None),
            _add(place, "ended", -9, ended=True),
        ]
    )
    return place


def test_rows_stand_under_headings_with_counts_in_order(many: Place) -> None:
    page = _get_board(many)
    heads = ("已逾期", "今天", "7日内", "30日内", "更晚", "没有期限", "已终止")
    places = [page.index(f"<b>{head}</b>") for head in heads]
    assert places == sorted(places)
    assert re.search(r"<b>已逾期</b>\s*<span class=\"n\">2个", page)
    assert page.index("测试ended") > page.index("<b>已终止</b>")


def test_counts_of_headings_follow_the_filter(many: Place) -> None:
    page = _get_board(many, "?readiness=not_ready")
    assert re.search(r"<b>已逾期</b>\s*<span class=\"n\">1个", page)
    assert "<b>今天</b>" not in page


def test_sorting_by_something_else_has_no_headings(many: Place) -> None:
    assert "rowgroup" not in _get_board(many, "?sort=name")


def test_a_column_that_is_sorted_by_says_so(many: Place) -> None:
    page = _get_board(many, "?sort=blocking")
    assert page.count("aria-sort") == 1
    assert page.index('aria-sort="descending"') < page.index("阻断<span")


def test_what_is_ready_and_what_must_be_reported_have_a_view(many: Place) -> None:
    today = timezone.localdate()
    CaseRow.objects.filter(folder="week").update(readiness="ready")
    CaseRow.objects.filter(folder="month").update(
        readiness="ready", stage="licensed", report_due=date(today.year, 3, 31)
    )
    # Filed this year: the next one can be handed in when the year is over.
    CaseRow.objects.filter(folder="later").update(
        report_due=date(today.year + 1, 3, 31)
    )
    ready, report = _get_board(many, "?view=ready"), _get_board(many, "?view=report")
    assert "测试week" in ready
    assert "测试month" not in ready
    assert "测试month" in report
    assert "测试later" not in report


def test_the_board_says_that_documents_are_left_before_handing_in(
    many: Place,
) -> None:
    CaseRow.objects.filter(folder="week").update(
        readiness="ready", handing_in="to_write"
    )
    CaseRow.objects.filter(folder="later").update(readiness="ready", handing_in="ready")

    page, ready = _get_board(many), _get_board(many, "?view=ready")

    assert "文书待补" in page
    assert "可以递交" in page
    assert "测试later" in ready
    assert "测试week" not in ready


def test_cases_are_found_by_how_long_they_are_proven(many: Place) -> None:
    today = timezone.localdate()
    CaseRow.objects.filter(folder="week").update(proven_until=today + timedelta(90))
    CaseRow.objects.filter(folder="month").update(proven_until=today + timedelta(91))
    near, year = _get_board(many, "?until=90"), _get_board(many, "?until=365")
    assert ("测试week" in near, "测试month" in near) == (True, False)
    assert ("测试week" in year, "测试month" in year) == (True, True)
    nothing = _get_board(many, "?until=none")
    assert ("测试week" in nothing, "测试later" in nothing) == (False, True)
    assert "测试later" in _get_board(many, "?until=nonsense")


def test_the_sums_and_the_pages_follow_the_filter(place: Place) -> None:
    CaseRow.objects.bulk_create(
        [_add(place, f"c{n}", 3, owner="林悦" if n % 2 else "") for n in range(500)]
    )
    page = _get_board(place, "?owner=林悦&page=2")
    assert "共501个，筛选后250个" in page
    assert 'rel="prev"' in page
    assert "page=7" in page
    assert "page=8" not in page


def test_a_day_of_this_year_is_written_short(many: Place) -> None:
    today = timezone.localdate()
    CaseRow.objects.filter(folder="later").update(next_day=date(today.year + 1, 2, 3))
    page = _get_board(many)
    assert f">{today:%m-%d}</time>" in page
    assert f">{today.year + 1}-02-03</time>" in page


def test_a_licensee_has_a_day_for_its_report(place: Place) -> None:
    with Journal(place.folder) as journal:
        for act, day in (("submit", 1), ("acceptance", 9), ("grant", 20)):
            journal.append(_make_event(act, date(2025, 3, day)), now=timezone.now())
        licence = _make_event("licence", date(2025, 3, 25), until=date(2030, 3, 24))
        journal.append(licence, now=timezone.now())
    row = refresh_case(place.workspace, place.case.folder, date(2026, 2, 3))
    assert row.board.report_due == date(2026, 3, 31)
    # Later nobody knows whether it was handed in: that is to be found out today.
    row = refresh_case(place.workspace, place.case.folder, date(2026, 11, 24))
    assert (row.board.report_due, row.board.next_day) == (
        date(2026, 11, 24),
        date(2026, 11, 24),
    )
    assert row.holds_until == date(2026, 11, 24)


def _make_event(act: str, on: date, until: date | None = None) -> Event:
    return Event(act=Act(act), on=on, by="somebody", until=until)


def test_the_board_tells_of_what_is_assessed_meanwhile(many: Place) -> None:
    job = Job.objects.create(
        workspace=many.workspace,
        kind=LOOK_AT_ALL,
        state=Job.State.RUNNING,
        asked_by="somebody",
        step={"zh": "第3件，共8件", "en": "3 of 8"},
    )
    page = _get_board(many)
    assert "第3件，共8件" in page
    assert f"/w/{many.workspace.slug}/clients/progress/" in page
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    assert "第3件，共8件" not in _get_board(many)


def test_what_fits_nothing_says_so_and_leads_back(many: Place) -> None:
    page = _get_board(many, "?q=没有这家")
    assert "没有符合的项目" in page
    CaseRow.objects.all().delete()
    assert "这里还没有项目" in _get_board(many)


def test_an_unknown_sort_or_page_shows_the_list(many: Place) -> None:
    for query in ("?sort=nonsense", "?page=999", "?page=x", "?view=nonsense"):
        assert "测试late1" in _get_board(many, query)


def test_ticked_cases_get_one_owner_in_their_folders(place: Place) -> None:
    second = make_place("other", "local-life").case.folder
    answer = place.editor.post(
        f"/w/{place.workspace.slug}/assign/",
        {"case": [place.case.folder, second], "owner": " 沈 岚 ", "back": "view=week"},
    )
    assert answer["Location"] == f"/w/{place.workspace.slug}/?view=week"
    assert find_owner(DeskJournal(place.folder).list_notes()) == "沈 岚"
    place.case.refresh_from_db()
    assert place.case.board.owner == "沈 岚"
    assert CaseEvent.objects.filter(verb="assign").count() == 1  # not the other's case


def test_assigning_says_which_case_could_not_be_changed(place: Place) -> None:
    (place.folder / "casework").mkdir(exist_ok=True)
    with only_writer(place.folder / "casework" / "lock"):
        answer = place.editor.post(
            f"/w/{place.workspace.slug}/assign/",
            {"case": [place.case.folder], "owner": "沈岚"},
            follow=True,
        )
    assert f"这些没有改成：{place.case.name}" in answer.content.decode()
    assert not CaseEvent.objects.filter(verb="assign").exists()


def test_the_way_back_stays_on_the_board(place: Place) -> None:
    answer = place.editor.post(
        f"/w/{place.workspace.slug}/assign/", {"back": "//evil.example/"}
    )
    assert answer["Location"].startswith(f"/w/{place.workspace.slug}/")


@pytest.mark.parametrize(
    "query",
    [
        "stage=gone",
        "readiness=gone",
        "region=99",
        "licence=Z9",
        "until=7",
        "must_act=x",
    ],
)
def test_a_value_that_cannot_be_chosen_is_passed_over(many: Place, query: str) -> None:
    page = many.editor.get(f"/w/{many.workspace.slug}/?{query}")
    assert page.context["page"].paginator.count == 8
    assert not page.context["narrowed"]
    assert not any(board_filter.chosen for board_filter in page.context["filters"])


def test_nobody_can_be_filtered_for(many: Place) -> None:
    CaseRow.objects.filter(folder="today").update(owner="林悦")
    page = _get_board(many, "?owner=-")
    assert "测试today" not in page
    assert "测试late1" in page


def test_the_workbook_has_what_fits_and_no_formula(many: Place) -> None:
    CaseRow.objects.filter(folder="late1").update(name="=HYPERLINK(1)")
    answer = many.editor.get(f"/w/{many.workspace.slug}/cases.xlsx?view=overdue")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(min_row=2))
    assert len(rows) == 2
    names = {row[1].value: row[1].data_type for row in rows}
    assert names["=HYPERLINK(1)"] == "s"


@pytest.mark.long
def test_an_assessment_leaves_its_counts_on_the_board(place: Place) -> None:
    page = place.editor.get(place.url())
    report = page.context["report"]
    tally = report.counts.by_verdict
    row = CaseRow.objects.get(pk=place.case.pk).board
    assert (row.claimed, row.proven) == (tally.claimed, tally.proven)
    assert row.scope == report.case.scope
    carried_by = report.outlook.endurance.carried_by
    assert row.carried_by == carried_by.label
    assert carried_by.label.zh in _get_board(place)


def test_every_column_of_a_row_is_kept_and_filled_in_again(place: Place) -> None:
    root = place.folder.parent
    for folder in (place.case.folder, "broken"):
        (root / folder).mkdir(exist_ok=True)
        (root / folder / "case.yaml").touch()
        read = read_row(catalogue(), root, folder, timezone.localdate()).row
        refresh_case(place.workspace, folder)
        kept = CaseRow.objects.get(workspace=place.workspace, folder=folder)
        assert kept.board == read
    shutil.rmtree(root / "broken")


def test_a_list_is_sorted_by_each_column_that_sorts(many: Place) -> None:
    CaseRow.objects.filter(folder="week").update(
        owner="林悦", stage="licensed", proven_until=date(2030, 1, 1), assessed_on=_DAY
    )
    for query, first in (
        *(("owner", "week"), ("stage", "ended"), ("proven", "week")),
        *(("assessed", "week"), ("blocking", "late2"), ("name", "ended")),
    ):
        page = _get_board(many, f"?sort={query}")
        assert re.findall(r'name="case" value="(\w+)"', page)[0] == first, query


def test_who_must_act_is_listed_and_chosen(many: Place) -> None:
    CaseRow.objects.filter(folder="week").update(must_act="client")
    page = _get_board(many, "?must_act=client")
    assert re.findall(r'name="case" value="(\w+)"', page) == ["week"]
    assert re.search(r'<td class="c-must_act[^"]*">客户\s*</td>', page)


def _list_folders(page: str) -> list[str]:
    return re.findall(r'name="case" value="(\w+)"', page)


def test_own_plans_that_passed_stand_apart_from_what_is_overdue(many: Place) -> None:
    CaseRow.objects.filter(folder="late1").update(day_kind="own")
    page = _get_board(many)
    heads = ("已逾期", "自定计划已过", "今天")
    places = [page.index(f"<b>{head}</b>") for head in heads]
    assert places == sorted(places)
    assert _list_folders(page)[:3] == ["late2", "late1", "today"]
    own = page.split("测试late1有限公司</a>")[1].split("</tr>")[0]
    assert 'class="late"' not in own
    assert _list_folders(_get_board(many, "?view=overdue")) == ["late2"]
    assert _list_folders(_get_board(many, "?view=slipped")) == ["late1"]
    assert _list_folders(_get_board(many, "?day_kind=own")) == ["late1"]


def test_the_list_is_grouped_by_who_must_act(many: Place) -> None:
    CaseRow.objects.filter(folder__in=["today", "later"]).update(must_act="authority")
    CaseRow.objects.filter(folder="week").update(must_act="client")
    page = _get_board(many, "?group=must_act")
    heads = re.findall(r'<tr class="group">\s*<th[^>]*><b>([^<]+)</b>', page)
    assert heads == ["客户", "主管机关", "没有下一步"]
    assert _list_folders(page)[:3] == ["week", "today", "later"]
    assert re.search(r"<b>主管机关</b>\s*<span class=\"n\">2个", page)
    assert _list_folders(_get_board(many, "?group=anything")) == _list_folders(
        _get_board(many)
    )


def test_ones_own_cases_are_a_view(many: Place) -> None:
    me = "editor@here.example"
    CaseRow.objects.filter(folder="week").update(owner=me)
    CaseRow.objects.filter(folder="later").update(owner="editor")
    CaseRow.objects.filter(folder="today").update(owner="editor2")
    assert _list_folders(_get_board(many, "?view=mine")) == ["week", "later"]


def test_a_case_that_cannot_be_read_says_why_in_place_of_what_was_found(
    many: Place,
) -> None:
    why = {"zh": "第3行读不出", "en": "line 3 cannot be read"}
    CaseRow.objects.filter(folder="week").update(broken=why)
    row = _get_board(many).split("测试week有限公司</a>")[1].split("</tr>")[0]
    assert re.search(r'<td colspan="4" class="late">\s*第3行读不出', row)
    assert "还没有评估" not in row


@pytest.mark.long
def test_ten_thousand_cases_are_listed_in_half_a_second(place: Place) -> None:
    CaseRow.objects.bulk_create(
        [_add(place, f"c{n}", n % 400 - 20, owner=f"人{n % 9}") for n in range(10_000)],
        batch_size=500,
    )
    _get_board(place)
    with CaptureQueriesContext(connection) as queries:
        # Of the processor: other tests run at the same time.
        began = time.process_time()
        page = _get_board(place, "?page=40")
        took = time.process_time() - began
    assert "10001" in page
    assert len(queries) <= 25
    assert took < 0.5


@pytest.mark.parametrize("words", ["EDI", "EDI许可证", "在线数据处理", "B21"])
def test_cases_are_found_by_what_people_call_their_licence(
    many: Place, words: str
) -> None:
    CaseRow.objects.filter(folder="week").update(licence="B21")
    page = _get_board(many, f"?q={words}")
    assert "测试week" in page
    assert "测试month" not in page


def test_a_row_drawn_before_shows_what_changed_since(many: Place) -> None:
    assert "测试late1有限公司" in _get_board(many)
    row = CaseRow.objects.get(folder="late1")
    vars(row).update(owner="王磊", blocking=7)
    row.save()
    drawn = re.search(
        r"<tr>(?:(?!</tr>).)*late1有限公司.*?</tr>", _get_board(many), re.S
    )
    assert drawn is not None
    assert "王磊" in drawn[0]
    assert ">7<" in drawn[0]
