"""What a page shows, what it lacks, and when neither may be said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changqing.evidence.model import GapReason
from changqing.net.model import Exchange
from changqing.probes.engine import read
from changqing.probes.model import Capture, ProbeObservation, Site
from tests.probes.probes_world import BARE, DOMAIN, HOME, HOST, NAV, NOW, exchange

SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)


def facts(*pages: Exchange) -> dict[str, ProbeObservation]:
    capture = Capture(probe="page", site=SITE, at=NOW, parts=pages)
    return {observation.fact: observation for observation in read(capture)}


def facts_of(html: str) -> dict[str, ProbeObservation]:
    return facts(exchange(html))


def body(inner: str) -> str:
    words = "这里是一段足够长的正文，说明页面已经完整读到。" * 8
    head = "<html><head><title>示例</title></head>"
    return f"{head}<body>{NAV}{words}{inner}</body></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_a_page_is_read_in_whatever_encoding_undeclared(encoding: str) -> None:
    html = HOME.replace('<meta charset="utf-8">', "")
    seen = facts(exchange(html.encode(encoding)))
    assert seen["filing_number_shown"].value == "浙ICP备20261234号-1"
    assert seen["company_name_shown"].value == "杭州长青示例科技有限公司"


def test_a_wrong_declaration_of_the_encoding_does_no_harm() -> None:
    html = HOME.replace('charset="utf-8"', 'charset="big5"')
    seen = facts(exchange(html.encode("gb18030")))
    assert seen["filing_number_shown"].value == "浙ICP备20261234号-1"


def test_a_page_in_traditional_characters_is_read_in_big5() -> None:
    html = body("<p>粵ICP備20261234號 客服電話：400-123-4567</p>")
    html = html.replace(
        "这里是一段足够长的正文，说明页面已经完整读到", "這裡是我們的網頁"
    ).replace(NAV, "")
    seen = facts(exchange(html.encode("big5")))
    assert seen["filing_number_shown"].value == "粤ICP备20261234号"
    assert seen["hotline_shown"].value == "400-123-4567"


@pytest.mark.parametrize(
    ("html", "why"),
    [
        (BARE.replace("</body>", "").replace("</html>", ""), "not whole"),
        (
            "<html><body><div id=app></div><script src=a.js></script></body></html>",
            "js",
        ),
        ("<html><frameset><frame src=a></frameset></html>", "frames"),
        (body("<script src='/js/footer.js'></script>"), "footer by script"),
        (body("<iframe src='/inc/footer.html'></iframe>"), "footer in a frame"),
        (body("<script>$('#f').load('/inc/foot.html')</script>"), "footer loaded"),
    ],
)
def test_absence_is_not_said_of_a_page_that_was_not_seen_whole(
    html: str, why: str
) -> None:
    seen = facts_of(html)
    assert seen["shows_filing_number"].value is None, why
    assert seen["shows_filing_number"].reason is GapReason.UNREADABLE
    assert seen["shows_privacy_policy"].value is None


def test_a_number_that_only_a_script_holds_is_a_gap_and_not_absent() -> None:
    seen = facts_of(body("<script>foot.innerHTML='浙ICP备20261234号'</script>"))
    assert seen["shows_filing_number"].reason is GapReason.UNREADABLE
    assert seen["shows_licence_number"].reason is GapReason.NOT_RECOGNISED


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_home_page_shows_nothing_and_lacks_nothing(status: int) -> None:
    seen = facts(exchange(BARE, status=status))
    assert all(o.value is None for o in seen.values())


def test_bytes_that_cannot_be_decoded_lack_nothing() -> None:
    noise = bytes(range(128, 256)) * 40 + b"</body></html>"
    seen = facts(exchange(b"<html><body>" + noise))
    assert seen["shows_filing_number"].value is None


def test_what_is_seen_on_a_flawed_page_is_still_seen() -> None:
    seen = facts_of(HOME.replace("</body></html>", ""))
    assert seen["filing_number_shown"].value == "浙ICP备20261234号-1"
    assert seen["shows_filing_number"].value is True


def test_an_old_link_of_the_ministry_is_no_link_to_it() -> None:
    old = HOME.replace("https://beian.miit.gov.cn/", "http://www.miitbeian.gov.cn/")
    assert facts_of(old)["filing_link_to_ministry"].value is False
    lookalike = HOME.replace("beian.miit.gov.cn", "beian.miit.gov.cn.example.com")
    assert facts_of(lookalike)["filing_link_to_ministry"].value is False


def test_a_complaint_page_on_another_site_is_left_to_a_person() -> None:
    seen = facts_of(body('<a href="https://forms.example.com/x">投诉建议</a>'))
    assert seen["shows_complaint_page"].value is True
    assert seen["complaint_page_answers"].reason is GapReason.NOT_LOOKED


def test_the_state_report_centre_is_no_complaint_page_of_the_site() -> None:
    seen = facts_of(body('<a href="https://www.12377.cn/">违法和不良信息举报</a>'))
    assert seen["shows_complaint_page"].value is None
    assert seen["shows_complaint_page"].reason is GapReason.NOT_RECOGNISED


def test_a_complaint_page_that_is_gone_does_not_answer() -> None:
    home = exchange(body('<a href="/complain.html">投诉建议</a>'))
    url = f"https://{HOST}/complain.html"
    gone = exchange(BARE, url=url, status=404)
    assert facts(home, gone)["complaint_page_answers"].value is False


def test_a_complaint_page_may_have_moved() -> None:
    home = exchange(body('<a href="/complain">投诉建议</a>'))
    moved = exchange(
        body("<form>请留下您的意见</form>"), url=f"https://{HOST}/complain"
    )
    moved = replace(moved, hops=(moved.url, f"{moved.url}/"))
    assert facts(home, moved)["complaint_page_answers"].value is True


def test_a_contact_page_may_show_what_the_home_page_does_not() -> None:
    home = exchange(body('<a href="/contact.html">联系我们</a>'))
    contact = exchange(body("<p>客服热线：400-123-4567</p>"), url=f"https://{HOST}/c")
    seen = facts(home, contact)
    assert seen["hotline_shown"].value == "400-123-4567"
    assert seen["hotline_shown"].place == f"https://{HOST}/c"


def test_junk_never_raises() -> None:
    for junk in (b"", b"\x00" * 5000, b"<" * 5000, b"<a href='http://[::1'>x</a>" * 9):
        page = exchange(junk)
        assert all(o.reason or o.value is not None for o in facts(page).values())
        facts(replace(page, headers=(("Content-Type", "image/png"),)))


OURS, MAKER = "杭州长青示例科技有限公司", "别处建站网络有限公司"


def test_whose_a_filing_number_is_stands_beside_it() -> None:
    seen = facts_of(body(f"<p>{OURS} 版权所有 浙ICP备20261234号</p>"))
    assert seen["filing_holder_shown"].value == OURS
    alone = facts_of(body("<p>浙ICP备20261234号</p>"))
    assert alone["shows_filing_holder"].reason is GapReason.NOT_RECOGNISED
    assert "filing_holder_shown" not in alone


@pytest.mark.parametrize(
    "footer",
    [
        f"<p>技术支持：{MAKER} 沪ICP备20265678号</p><p>{OURS} 浙ICP备20261234号</p>",
        f"<p>{OURS} 浙ICP备20261234号 技术支持：{MAKER} 沪ICP备20265678号</p>",
        f"<p>浙ICP备20261234号 {OURS}</p><p>沪ICP备20265678号 技术支持：{MAKER}</p>",
        f"<p>技术支持：{MAKER}</p><p>沪ICP备20265678号</p><p>{OURS}</p>"
        "<p>浙ICP备20261234号</p>",
    ],
)
def test_the_number_of_who_made_the_site_is_not_the_sites(footer: str) -> None:
    seen = facts_of(body(footer))
    assert seen["filing_number_shown"].value == "浙ICP备20261234号"
    assert seen["filing_holder_shown"].value == OURS


def test_a_filing_that_belongs_to_another_company_is_visible_as_such() -> None:
    other = "上海甲乙示例网络有限公司"
    seen = facts_of(
        body(f"<p>© {OURS}</p><p>这是一行别的文字</p><p>{other} 沪ICP备20265678号</p>")
    )
    assert seen["filing_number_shown"].value == "沪ICP备20265678号"
    assert seen["filing_holder_shown"].value == other


@pytest.mark.parametrize(
    ("head", "inner"),
    [
        ("<link rel='canonical' href='https://www.somewhere-else.cn/a'>", ""),
        ("<meta property='og:url' content='https://www.somewhere-else.cn/'>", ""),
        ("<base href='http://www.somewhere-else.cn/'>", ""),
        ("<!-- saved from url=(0029)http://www.somewhere-else.cn/ -->", ""),
        ("<!-- Mirrored from www.somewhere-else.cn/index.html by HTTrack -->", ""),
        ("", "<p>Copyright © 2016-2026 Www.Somewhere-Else.Cn 版权所有</p>"),
        ("", "<dl><dt>手机版</dt><dd>m.somewhere-else.cn</dd></dl>"),
        ("", "<a href='https://m.somewhere-else.cn/x'>新闻</a>" * 12),
    ],
)
def test_a_page_that_was_copied_names_where_it_came_from(head: str, inner: str) -> None:
    html = body(inner).replace("<head>", f"<head>{head}")
    seen = facts_of(html)
    assert seen["source_site_shown"].value == "somewhere-else.cn"


@pytest.mark.parametrize(
    "inner",
    [
        f"<link rel='canonical' href='https://m.{DOMAIN}/'>",
        "<p>Copyright © 2026 www.changqing-example.cn</p>",
        "<p>Copyright © 2026 www.changqing-example.com</p>",
        "<a href='https://www.example.com/'>友情链接</a>" * 3,
        "<p>版权所有</p><p>技术支持：www.site-maker.cn</p>",
    ],
)
def test_a_page_of_the_sites_own_names_no_other(inner: str) -> None:
    assert facts_of(body(inner))["shows_source_site"].value is None


def test_a_police_number_of_a_script_is_a_gap_for_it_alone() -> None:
    script = "<script>document.write('京公网安备 11010802012346号')</script>"
    seen = facts_of(body(f"<p>浙ICP备20261234号</p>{script}"))
    assert seen["filing_number_shown"].value == "浙ICP备20261234号"
    assert seen["shows_police_number"].reason is GapReason.UNREADABLE
    assert seen["shows_licence_number"].reason is GapReason.NOT_RECOGNISED


def test_a_number_outside_every_link_may_lead_to_the_ministry_all_the_same() -> None:
    plain = facts_of(body("<p>浙ICP备20261234号</p>"))["filing_link_to_ministry"]
    assert plain.reason is GapReason.NOT_RECOGNISED
    licence = "<a href='/licence.jpg'>浙B2-20260001</a>"
    beside = facts_of(body(f"<p>浙ICP备20261234号</p>{licence}"))
    assert beside["filing_link_to_ministry"].reason is GapReason.NOT_RECOGNISED
    linked = body("<p><a href='https://www.example.cn/'>浙ICP备20261234号</a></p>")
    assert facts_of(linked)["filing_link_to_ministry"].value is False


@pytest.mark.parametrize("line", ["举报电话：12377", "投诉热线：12315", "电话：10086"])
def test_a_line_of_the_state_or_a_carrier_is_no_hotline_of_the_site(line: str) -> None:
    assert facts_of(body(f"<p>{line}</p>"))["shows_hotline"].value is None
    own = facts_of(body(f"<p>{line}</p><p>客服热线：400-123-4567</p>"))
    assert own["hotline_shown"].value == "400-123-4567"


LONG = body("")  # surely the site's, and shows nothing


@pytest.mark.parametrize(
    ("to", "known"),
    [
        (f"https://{HOST}/index.html", True),
        (f"https://m.{DOMAIN}/", True),
        (f"https://{HOST}/login?next=/", False),
        (f"https://{HOST}/user/signin.html", False),
        (f"https://{HOST}/error/500.html", False),
        (f"https://passport.{DOMAIN}/sso/check", False),
        ("https://parking.somewhere-else.cn/", False),
    ],
)
def test_where_a_page_was_led_to_tells_whose_it_is(to: str, *, known: bool) -> None:
    page = exchange(LONG)
    seen = facts(replace(page, hops=(page.url, to)))["shows_filing_number"]
    assert seen.value is (False if known else None)
    assert known or seen.reason is GapReason.NOT_RECOGNISED


@pytest.mark.parametrize(
    ("inner", "known"),
    [
        ("<a href='/n'>系统维护中，敬请谅解</a>", True),  # a headline
        ("<p>本站系统维护中，敬请谅解</p>", False),
        ("<input type='password'>", False),
        ("<iframe src='/list.html'></iframe>", False),
        ("<iframe src='https://ads.example.com/x'></iframe>", True),
        ("<iframe src='/count.html' width='0' height='0'></iframe>", True),
        ("<div id='app'></div><script src='/app.js'></script>", False),
        ("<div id='app'>内容</div><script src='/app.js'></script>", True),
    ],
)
def test_what_a_page_holds_tells_whether_it_is_the_sites_and_whole(
    inner: str, *, known: bool
) -> None:
    seen = facts_of(body(inner))["shows_filing_number"]
    assert seen.value is (False if known else None)


@pytest.mark.parametrize("cut", ["<p>第一段", "<script>var a = '", "<!-- 第一段"])
def test_an_end_on_the_way_is_not_the_end(cut: str) -> None:
    seen = facts_of(LONG + cut + "话" * 30)["shows_filing_number"]
    assert seen.value is None
    after = facts_of(LONG + "<!-- 0.02s --><script>count()</script>\n0.02")
    assert after["shows_filing_number"].value is False


def test_what_is_rarely_told_is_never_said_to_be_missing() -> None:
    seen = facts_of(LONG)
    for name in ("company_name", "filing_holder", "complaint_page", "online_chat"):
        assert seen[f"shows_{name}"].reason is GapReason.NOT_RECOGNISED
    assert seen["complaint_page_answers"].reason is GapReason.NOT_RECOGNISED


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("<a href='javascript:open()'>联系我们</a>", "由脚本打开或在别的网站上"),
        (
            "<a href='https://forms.example.com/'>联系我们</a>",
            "由脚本打开或在别的网站上",
        ),
        ("<a href='#contact'>联系我们</a>", "程序认不全各种写法"),
        ("<a href='/'>关于我们</a>", "程序认不全各种写法"),
    ],
)
def test_a_hotline_may_stand_where_nobody_looked(link: str, why: str) -> None:
    seen = facts_of(body(link))
    assert seen["shows_hotline"].value is None
    assert seen["shows_hotline"].reason is GapReason.NOT_RECOGNISED
    assert seen["shows_hotline"].detail is not None
    assert why in seen["shows_hotline"].detail.zh
    assert seen["shows_filing_number"].value is False
