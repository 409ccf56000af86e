"""公开查询: what waits to be looked up, and the saved pages that answer it."""

from __future__ import annotations

import shutil

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from changqing.case import edit
from changqing.case.folder import EVIDENCE_FOLDER
from changqing.case.page import MAX_PAGE_BYTES
from changqing.case.subjects import APPLICANT, Subject
from changqing.disk import only_writer
from changqing.papers.open import open_case
from changqing_web.cases import judge_case
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Role
from changqing_web.papers import uploads
from tests.web.web_world import Place

CLEAR = "dishonesty_list_clear"


def _make_address(place: Place, look: str = "") -> str:
    tail = f"{look}/" if look else ""
    return f"/w/{place.workspace.slug}/c/{place.case.folder}/lookups/{tail}"


def _save_page(name: str, says: str) -> SimpleUploadedFile:
    page = f"<html><body><h1>查询结果</h1><p>{name}：{says}</p></body></html>"
    return SimpleUploadedFile("结果.html", page.encode(), content_type="text/html")


def _add(
    place: Place, look: str, *pages: SimpleUploadedFile, **typed: str
) -> tuple[int, str]:
    """The status and the text of the page to which adding leads."""
    sent = {"page": list(pages), **typed}
    answer = place.editor.post(_make_address(place, look), sent, follow=True)
    return answer.status_code, answer.content.decode()


def _remove_looks(place: Place) -> str:
    """A case nobody has looked anything up for; the name of its applicant."""
    path = place.folder / "case.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.partition("\nlooks:")[0] + "\n", "utf-8")
    return open_case(place.folder, catalogue()).name


def _find_proven(place: Place, subject: Subject, fact: str) -> object:
    here = place.here
    known = judge_case(here).situation.resolved.get((subject, fact))
    return None if known is None else known.proven


def test_what_would_settle_something_is_listed_with_its_steps(place: Place) -> None:
    _remove_looks(place)
    text = place.editor.get(_make_address(place)).content.decode()
    look = catalogue().looks["dishonesty_list"]
    assert look.title.zh in text
    assert look.steps[0].zh in text
    assert look.address is not None
    assert f'href="{look.address}"' in text


def test_the_page_is_offered_to_who_may_add_to_it_alone(place: Place) -> None:
    link = f'href="{_make_address(place)}"'
    for page in ("evidence/", "errands/"):
        assert link in place.editor.get(place.url(page)).content.decode()
    reviewed = place.people[Role.REVIEWER].get(place.url("evidence/"))
    assert reviewed.status_code == 200
    assert link not in reviewed.content.decode()


def test_a_saved_page_proves_what_it_says_and_is_wanted_no_more(place: Place) -> None:
    name = _remove_looks(place)
    assert _find_proven(place, APPLICANT, CLEAR) is None
    _, text = _add(place, "dishonesty_list", _save_page(name, "没有记录"))
    assert "没有记录" in text
    assert _find_proven(place, APPLICANT, CLEAR) is True
    assert text.count('<p class="notice success"') <= 2  # what it shows, what changed
    looks = open_case(place.folder, catalogue()).looks
    assert [look.what for look in looks] == ["dishonesty_list"]
    assert looks[0].by == "editor@here.example"
    assert CaseEvent.objects.filter(verb="read", case=place.case.folder).exists()


def test_pages_are_taken_several_at_once_and_each_by_itself(place: Place) -> None:
    name = _remove_looks(place)
    stranger = _save_page("某某无关有限公司", "没有记录")
    _, text = _add(place, "dishonesty_list", stranger, _save_page(name, "没有记录"))
    assert len(open_case(place.folder, catalogue()).looks) == 1
    assert "结果.html：" in text


def test_a_page_over_the_limit_is_refused_with_its_size(place: Place) -> None:
    name = _remove_looks(place)
    big = _save_page(name, "没有记录" + " " * MAX_PAGE_BYTES)
    _, text = _add(place, "dishonesty_list", big)
    assert "5MB" in text
    assert not open_case(place.folder, catalogue()).looks


def test_a_page_that_shows_nothing_is_not_kept(place: Place) -> None:
    name = _remove_looks(place)
    _, text = _add(place, "dishonesty_list", _save_page(name, "请输入验证码"))
    assert "没有保存" in text
    assert not open_case(place.folder, catalogue()).looks


def test_what_a_person_judges_counts_by_the_words_of_the_page_alone(
    place: Place,
) -> None:
    name, site = _remove_looks(place), Subject("service", "site")
    field = f"{site}.users_can_publish"
    page = "chutang.example 只有编辑发布"
    said = {field: "false", f"{field}~words": "人人可以发布"}
    _add(place, "service_page", _save_page(name, page), **said)
    assert _find_proven(place, site, "users_can_publish") is None
    said = {field: "false", f"{field}~words": "只有编辑发布"}
    _add(place, "service_page", _save_page(name, f"{page}。"), **said)
    assert _find_proven(place, site, "users_can_publish") is False


def test_no_page_no_such_look_and_a_day_to_come_are_refused(place: Place) -> None:
    name = _remove_looks(place)
    assert place.editor.post(_make_address(place, "dishonesty_list")).status_code == 303
    assert _add(place, "nothing", _save_page(name, "没有记录"))[0] == 404
    day = timezone.localdate().replace(year=timezone.localdate().year + 1)
    _add(place, "dishonesty_list", _save_page(name, "没有记录"), on=day.isoformat())
    assert not open_case(place.folder, catalogue()).looks


def test_a_day_that_is_none_is_refused_and_never_taken_for_today(place: Place) -> None:
    name = _remove_looks(place)
    for day, told in (("2026-02-31", "日历上没有"), ("昨天", "昨天"), ("", "不是日期")):
        page = _save_page(name, "没有记录")
        status, text = _add(place, "dishonesty_list", page, on=day)
        assert status == 200
        assert told in text
    assert not open_case(place.folder, catalogue()).looks


def test_more_pages_than_are_taken_at_once_are_refused_together(place: Place) -> None:
    name = _remove_looks(place)
    pages = [_save_page(name, "没有记录") for _ in range(41)]
    _, text = _add(place, "dishonesty_list", *pages)
    assert "一次最多40个" in text
    assert not open_case(place.folder, catalogue()).looks


def test_who_sends_more_than_anybody_would_is_told_to_wait(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _remove_looks(place)
    monkeypatch.setattr(uploads, "MOST", 1)
    monkeypatch.setattr(uploads, "WITHIN", 10**9)  # no stretch ends between the two
    _add(place, "dishonesty_list", _save_page(name, "请输入验证码"))
    _, text = _add(place, "dishonesty_list", _save_page(name, "没有记录"))
    assert "十分钟后再试" in text
    assert not open_case(place.folder, catalogue()).looks


def test_what_a_person_judges_is_kept_for_the_page_that_says_it_alone(
    place: Place,
) -> None:
    name, site = _remove_looks(place), Subject("service", "site")
    field = f"{site}.users_can_publish"
    said = {field: "false", f"{field}~words": "只有编辑发布"}
    pages = [
        _save_page(name, f"chutang.example {words}")
        for words in ("只有编辑发布", "关于我们")
    ]
    _add(place, "service_page", *pages, **said)
    assert len(open_case(place.folder, catalogue()).looks) == 1
    assert _find_proven(place, site, "users_can_publish") is False


def test_what_is_judged_without_words_of_the_page_is_told_and_not_recorded(
    place: Place,
) -> None:
    name, site = _remove_looks(place), Subject("service", "site")
    field = f"{site}.users_can_publish"
    for words in ("", "人人可以发布"):
        said = {field: "false", f"{field}~words": words}
        _, text = _add(
            place, "service_page", _save_page(name, "chutang.example"), **said
        )
        assert "没有记录" in text
        assert not open_case(place.folder, catalogue()).looks


def test_a_number_counts_by_the_row_that_is_quoted_and_no_other(place: Place) -> None:
    name, site = _remove_looks(place), Subject("service", "site")
    field = f"{site}.pages_screened"
    page = "chutang.example</p><p>客服分机9</p><p>已检查{}页"
    said = {field: "9", f"{field}~words": "已检查"}
    _add(place, "service_page", _save_page(name, page.format("12")), **said)
    assert not open_case(place.folder, catalogue()).looks
    _add(place, "service_page", _save_page(name, page.format("9")), **said)
    assert _find_proven(place, site, "pages_screened") == 9


@pytest.mark.long
def test_nothing_is_added_where_the_log_is_not_the_one_last_seen(place: Place) -> None:
    name = _remove_looks(place)
    _add(place, "dishonesty_list", _save_page(name, "没有记录"))
    before = (place.folder / "case.yaml").read_bytes()
    shutil.rmtree(place.folder / EVIDENCE_FOLDER)
    status, _ = _add(place, "court_list", _save_page(name, "没有记录"))
    assert status == 409
    assert (place.folder / "case.yaml").read_bytes() == before


def test_markup_in_a_page_or_a_name_stays_text(place: Place) -> None:
    name = _remove_looks(place)
    page = f"{name} 没有记录 <b>x</b>".encode()
    file = SimpleUploadedFile("<img src=x onerror=alert(1)>.txt", page)
    _, text = _add(place, "dishonesty_list", file)
    stranger = SimpleUploadedFile("<img src=x onerror=alert(1)>.txt", "无关".encode())
    text += _add(place, "dishonesty_list", stranger)[1]
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text
    (look,) = open_case(place.folder, catalogue()).looks
    assert look.file.path.endswith(".txt")


@pytest.mark.long
def test_one_writer_at_a_time_keeps_a_page(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _remove_looks(place)
    _add(place, "dishonesty_list", _save_page(name, "没有记录"))
    monkeypatch.setattr(edit, "_WAIT", 0.0)
    lock = place.folder / EVIDENCE_FOLDER / "lock"
    with only_writer(lock, inside=place.folder):
        _, text = _add(place, "court_list", _save_page(name, "没有记录"))
    assert 'class="notice error"' in text
    assert len(open_case(place.folder, catalogue()).looks) == 1
    assert not list((place.folder / "documents").glob("look-court_list-*"))


def test_words_of_one_page_are_not_missed_in_the_others(place: Place) -> None:
    name, site = _remove_looks(place), Subject("service", "site")
    field = f"{site}.users_can_publish"
    said = {field: "false", f"{field}~words": "只有编辑发布"}
    pages = [
        _save_page(name, f"chutang.example {words}")
        for words in ("只有编辑发布", "联系我们")
    ]
    _, text = _add(place, "service_page", *pages, **said)
    assert _find_proven(place, site, "users_can_publish") is False
    assert "哪一页上都没有" not in text
    said[f"{field}~words"] = "人人可以发布"
    for page in pages:
        page.seek(0)
    _, text = _add(place, "service_page", *pages, **said)
    assert "哪一页上都没有：人人可以发布" in text
    assert _find_proven(place, site, "users_can_publish") is False
