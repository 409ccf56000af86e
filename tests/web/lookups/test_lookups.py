"""公开查询: what waits to be looked up, and the saved pages that answer it."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from changqing.case.page import MAX_PAGE_BYTES
from changqing.case.subjects import APPLICANT, Subject
from changqing.papers.open import open_case
from changqing_web.cases import outcome
from changqing_web.index import catalogue
from changqing_web.models import CaseEvent, Role
from changqing_web.walls import Here
from tests.web.web_world import Place

CLEAR = "dishonesty_list_clear"


def _address(place: Place, look: str = "") -> str:
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
    answer = place.editor.post(_address(place, look), sent, follow=True)
    return answer.status_code, answer.content.decode()


def _without_looks(place: Place) -> str:
    """A case nobody has looked anything up for; the name of its applicant."""
    path = place.folder / "case.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.partition("\nlooks:")[0] + "\n", "utf-8")
    return open_case(place.folder, catalogue()).name


def _find_proven(place: Place, subject: Subject, fact: str) -> object:
    here = Here(
        user=AnonymousUser(),
        workspace=place.workspace,
        role=Role.EDITOR,
        case=place.case,
    )
    known = outcome(here).situation.resolved.get((subject, fact))
    return None if known is None else known.proven


def test_what_would_settle_something_is_listed_with_its_steps(place: Place) -> None:
    _without_looks(place)
    text = place.editor.get(_address(place)).content.decode()
    look = catalogue().looks["dishonesty_list"]
    assert look.title.zh in text
    assert look.steps[0].zh in text
    assert look.address is not None
    assert f'href="{look.address}"' in text


def test_a_saved_page_proves_what_it_says_and_is_wanted_no_more(place: Place) -> None:
    name = _without_looks(place)
    assert _find_proven(place, APPLICANT, CLEAR) is None
    _, text = _add(place, "dishonesty_list", _save_page(name, "没有记录"))
    assert "没有记录" in text
    assert _find_proven(place, APPLICANT, CLEAR) is True
    looks = open_case(place.folder, catalogue()).looks
    assert [look.what for look in looks] == ["dishonesty_list"]
    assert looks[0].by == "editor@here.example"
    assert CaseEvent.objects.filter(verb="read", case=place.case.folder).exists()


def test_pages_are_taken_several_at_once_and_each_by_itself(place: Place) -> None:
    name = _without_looks(place)
    stranger = _save_page("某某无关有限公司", "没有记录")
    _, text = _add(place, "dishonesty_list", stranger, _save_page(name, "没有记录"))
    assert len(open_case(place.folder, catalogue()).looks) == 1
    assert "结果.html：" in text


def test_a_page_over_the_limit_is_refused_with_its_size(place: Place) -> None:
    name = _without_looks(place)
    big = _save_page(name, "没有记录" + " " * MAX_PAGE_BYTES)
    _, text = _add(place, "dishonesty_list", big)
    assert "5MB" in text
    assert not open_case(place.folder, catalogue()).looks


def test_a_page_that_shows_nothing_is_not_kept(place: Place) -> None:
    name = _without_looks(place)
    _, text = _add(place, "dishonesty_list", _save_page(name, "请输入验证码"))
    assert "没有保存" in text
    assert not open_case(place.folder, catalogue()).looks


def test_what_a_person_judges_counts_by_the_words_of_the_page_alone(
    place: Place,
) -> None:
    name, site = _without_looks(place), Subject("service", "site")
    field = f"{site}.users_can_publish"
    page = "chutang.example 只有编辑发布"
    said = {field: "false", f"{field}~words": "人人可以发布"}
    _add(place, "service_page", _save_page(name, page), **said)
    assert _find_proven(place, site, "users_can_publish") is None
    said = {field: "false", f"{field}~words": "只有编辑发布"}
    _add(place, "service_page", _save_page(name, f"{page}。"), **said)
    assert _find_proven(place, site, "users_can_publish") is False


def test_no_page_no_such_look_and_a_day_to_come_are_refused(place: Place) -> None:
    name = _without_looks(place)
    assert place.editor.post(_address(place, "dishonesty_list")).status_code == 303
    assert _add(place, "nothing", _save_page(name, "没有记录"))[0] == 404
    day = timezone.localdate().replace(year=timezone.localdate().year + 1)
    _add(place, "dishonesty_list", _save_page(name, "没有记录"), on=day.isoformat())
    assert not open_case(place.folder, catalogue()).looks


def test_words_of_one_page_are_not_missed_in_the_others(place: Place) -> None:
    name, site = _without_looks(place), Subject("service", "site")
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


def test_a_day_that_is_none_is_refused_and_not_taken_for_today(place: Place) -> None:
    name = _without_looks(place)
    for typed, told in (("2026-02-31", "日历上没有"), ("昨天", "昨天")):
        page = _save_page(name, "没有记录")
        status, shown = _add(place, "dishonesty_list", page, on=typed)
        assert status == 200
        assert told in shown
    assert not open_case(place.folder, catalogue()).looks
