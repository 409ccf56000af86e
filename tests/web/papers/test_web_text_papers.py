"""Papers that are plain text are shown in the page, and run nothing there."""

from __future__ import annotations

from changqing_web.models import PaperAccess
from tests.web.web_world import Place


def test_a_paper_of_text_is_shown_beside_what_it_says(place: Place) -> None:
    page = place.editor.get(place.url("papers/lease/")).content.decode()
    address = place.url("papers/lease/file")
    assert f'src="{address}"' in page
    assert "不在页面里显示" not in page
    answer = place.editor.get(address)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.getvalue()


def test_what_is_about_a_person_is_shown_on_demand_and_recorded(place: Place) -> None:
    page = place.editor.get(place.url("papers/social_insurance/")).content.decode()
    assert "默认遮盖" in page
    assert "<iframe" not in page
    shown = place.editor.get(place.url("papers/social_insurance/?show=1"))
    assert "<iframe" in shown.content.decode()
    assert place.editor.get(place.url("papers/social_insurance/file")).getvalue()
    assert PaperAccess.objects.get().way == PaperAccess.Way.VIEW


def test_a_file_that_only_ends_like_text_is_not_shown(place: Place) -> None:
    listed = place.editor.get(place.url("papers/lease/")).context["paper"]["file"]
    for content in (b"a\x00b", b"\xff\xfe\x01"):
        (place.folder / listed).write_bytes(content)
        page = place.editor.get(place.url("papers/lease/")).content.decode()
        assert "<iframe" not in page


def test_a_paper_is_asked_for_nothing_of_other_licences(place: Place) -> None:
    """B25 needs no recordings of calls, and connects nobody to the internet."""
    page = place.editor.get(place.url("papers/infosec_measures/")).content.decode()
    assert "照原件填" in page
    assert "日志留存期限" in page
    for label in ("通话录音", "用户上网记录", "接入用户都有许可", "通信内容的保密"):
        assert label not in page


def test_nobody_who_sends_no_messages_is_asked_about_them(place: Place) -> None:
    page = place.editor.get(place.url("papers/infosec_measures/")).content.decode()
    for label in ("拒收短信的办法", "短信真实发送方的标识", "短信收发记录"):
        assert label not in page
