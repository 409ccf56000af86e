"""What one walk over a page finds: what is hidden, dialled, drawn and clicked on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from changqing.net.model import Exchange
from changqing.probes.channels import (
    find_chat_links,
    find_chat_scripts,
    find_complaint_links,
    find_emails,
    find_feedback_links,
    find_phones,
)
from changqing.probes.document import PageDocument, parse_page
from changqing.probes.page_facts import read_footer

AT = datetime(2026, 11, 30, tzinfo=UTC)


def page(body: str, title: str = "示例") -> PageDocument:
    url = "https://www.changqing-example.cn/"
    source = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body>{body}</body></html>"
    )
    return parse_page(
        Exchange(
            url=url,
            hops=(url,),
            at=AT,
            seconds=0.0,
            address=None,
            request_headers=(),
            status=200,
            phrase="OK",
            headers=(("Content-Type", "text/html"),),
            body=source.encode(),
            certificate=None,
        )
    )


def test_a_number_in_a_picture_is_read_once_however_many_ways_it_is_found() -> None:
    shown = page("<img alt='京ICP备26048000号-1 备案'><script hidden>x</script>")
    numbers = read_footer(shown).filings
    assert [number.value for number in numbers] == ["京ICP备26048000号-1"]


def test_a_picture_for_the_sign_joins_an_address() -> None:
    shown = page("<p>邮箱：kefu<img src='/i/at.gif' alt='@'>changqing-demo.cn</p>")
    assert [mark.value for mark in find_emails(shown)] == ["kefu@changqing-demo.cn"]


def test_what_is_hidden_is_neither_dialled_nor_written_to() -> None:
    shown = page(
        "<div style='display: none'><a href='tel:4006180001'>x</a>"
        "<a href='mailto:a@changqing-demo.cn'>y</a></div>"
        "<a href='tel:4006180002'>打电话</a>"
    )
    assert [mark.value for mark in find_phones(shown)] == ["4006180002"]
    assert not list(find_emails(shown))


@pytest.mark.parametrize(
    ("body", "href"),
    [
        ("<a href='/x'>京ICP备26048000号</a>", "/x"),
        ("<a href='/x'><span>京ICP备</span><b>26048000</b>号</a>", "/x"),
        ("<A HREF='/x'>京ICP备26048000号</A>", "/x"),
        ("<a href='/q?n=26048000'>查询</a> 京ICP备26048000号", None),
        ("<a href='/q?n=26048000'>查询</a> 京ICP备2604<!-- -->8000号", None),
        ("<a href='/a'>首页</a> 京ICP备26048000号 <a href='/b'>地图</a>", None),
        ("<script>var n='<a>26048000</a>'</script>京ICP备26048000号", None),
        ("<a href=/x><img src=i.png> 京ICP备26048000号</a>", "/x"),
        ("<a href='/x'><article>首页</article>京ICP备26048000号</a>", "/x"),
        ("<p data-n='26048000'></p><a href='/x'>京ICP备&#50;6048000号</a>", "/x"),
    ],
)
def test_the_anchor_around_a_number_is_the_one_that_shows_it(
    body: str, href: str | None
) -> None:
    link = page(body).anchors.find_around("26048000")
    assert (None if link is None else link.href) == href


@pytest.mark.parametrize(
    "anchor",
    [
        "<a href='https://beian.miit.gov.cn' title='ICP备案号'><img src=i.png></a>",
        "<a href='https://beian.miit.gov.cn'><b>粤</b><i>ICP</i>备案号</a>",
    ],
)
def test_an_anchor_that_announces_a_number_in_pieces_or_in_its_title_is_its_link(
    anchor: str,
) -> None:
    link = read_footer(page(f"{anchor}：粤ICP备26048000号")).number_link
    assert link is not None
    assert link.href == "https://beian.miit.gov.cn"


def test_a_number_linked_to_nowhere_leaves_the_link_to_another() -> None:
    licence = "<a data-href='/zz.html'>增值电信业务经营许可证 鄂B2-20120083</a>"
    filing = "<a href='https://beian.miit.gov.cn'>鄂ICP证:020001-5</a>"
    link = read_footer(page(f"{filing} {licence}")).number_link
    assert link is not None
    assert link.href == "https://beian.miit.gov.cn"
    alone = read_footer(page(licence)).number_link
    assert alone is not None
    assert alone.href == ""


@pytest.mark.parametrize(
    "body",
    [
        "<a href='https://abc.s4.udesk.cn/im_client/?web_plugin_id=1'><svg></svg></a>",
        "<a href='//kefu.changqing-demo.cn/'>有问题找我们</a>",
        "<div onclick='openCustomerService()'>联系我们</div>",
        "<button class='chat-launcher' aria-label='打开在线客服'></button>",
        "<a href='#' class='J_customer_service'><i></i></a>",
        "<map><area href='https://p.qiao.baidu.com/cps/chat?siteId=1'></map>",
    ],
)
def test_a_way_to_talk_is_found_by_host_mark_or_script(body: str) -> None:
    assert any(find_chat_links(page(body)))


@pytest.mark.parametrize(
    "body",
    [
        "<a href='https://www.meiqia.com/'>美洽提供客服系统</a>",
        "<a href='https://www.meiqia.com/?utm_source=site'>美洽</a>",
        "<a href='https://www.udesk.cn/news/1.html'>云客服的一年</a>",
        "<a href='https://crisp.chat/en/'>We run on Crisp</a>",
        "<a href='/job/1.html'>在线客服 3-5K</a>",
        "<a href='/product/kefu'>在线客服系统</a>",
        "<a href='/news/kefu/12.html'>客服行业观察</a>",
        "<a href='mailto:kefu@changqing-demo.cn'>写信</a>",
        "<a href='tel:4006180001'>客服电话</a>",
        "<a href='/blog/chatgpt'>ChatGPT 新功能</a>",
        "<a href='//kf.changqing-demo.cn/feedback/?id=1'>恭候您的意见</a>",
        "<a href='/hezuo.html'>洽谈合作</a>",
    ],
)
def test_what_speaks_of_chats_opens_none(body: str) -> None:
    assert not any(find_chat_links(page(body)))


def test_a_chat_behind_a_link_is_not_drawn_by_a_script() -> None:
    address = "https://abc.qiyukf.com/client?k=1"
    linked = page(f'<a href="{address}">聊聊</a>')
    drawn = page(f'<script src="{address}"></script>')
    assert any(find_chat_links(linked))
    assert not any(find_chat_scripts(linked))
    assert any(find_chat_scripts(drawn))
    assert not any(find_chat_links(drawn))


@pytest.mark.parametrize(
    "body",
    [
        "<a href='/zaixianliuyan/'><i></i></a>",
        "<a href='/index.php?route=account/complain'>维权申请</a>",
        "<a href='https://txc.qq.com/products/1'>说两句</a>",
        "<a href='mailto:jubao@changqing-demo.cn'>jubao@changqing-demo.cn</a>",
        "<button>意见反馈</button>",
        "<h2>给我们提意见</h2><form action='/s'><textarea></textarea></form>",
    ],
)
def test_a_way_to_complain_is_found_by_address_host_or_form(body: str) -> None:
    assert any(find_complaint_links(page(body)))


@pytest.mark.parametrize(
    "body",
    [
        "<a href='/news/1.html'>关于前三季度消费投诉情况的通报</a>",
        "<a href='/job/2.html'>招聘投诉处理专员</a>",
        "<a href='/tv/5.html'>吐槽大会第五季</a>",
        "<a href='/bbs/3.html'>Python报错解决办法</a>",
        "<a href='/tm/'>商标申诉服务</a>",
        "<a href='/blog/4'>Holiday gift suggestions</a>",
        "<a href='/docs/feedback-loop'>Feedback loop control</a>",
        "<form action='/c'>发表评论<textarea></textarea></form>",
    ],
)
def test_what_speaks_of_complaints_takes_none(body: str) -> None:
    assert not any(find_feedback_links(page(body)))


@pytest.mark.parametrize(
    ("body", "title", "owner"),
    [
        (
            "<p>临沂沂蒙食品有限公司</p><p>由山东筑网科技有限公司提供技术支持</p>"
            "<p>鲁ICP备16029034号</p>",
            "特产",
            "临沂沂蒙食品有限公司",
        ),
        (
            "<p>毕节乡村建设运营有限公司 黔ICP备22007766号</p>",
            "数字乡村",
            "毕节乡村建设运营有限公司",
        ),
        (
            "<p>摩友之家 ( 桂ICP备13004417号 )</p><p>Powered by Discuz! © Comsenz Inc.</p>",
            "摩友之家 - Powered by Discuz!",
            "摩友之家",
        ),
        (
            "<p>开发商：深圳市某游软件有限公司</p><p>© 2026 绿洲下载站</p>",
            "软件下载",
            "绿洲下载站",
        ),
        (
            "<p>洛阳众创空间<b>有限公司</b></p><p>豫ICP备16024488号</p>",
            "众创",
            "洛阳众创空间有限公司",
        ),
        (
            "<ul><li><a href='https://www.taiyang-group.cn/'>太阳能科技集团有限公司</a></li>"
            "<li><a href='https://www.yueliang-group.cn/'>月亮科工集团有限公司</a></li></ul>"
            "<p><i>版权所有：</i>星际工程官方网站 <i>备案序号：</i>京ICP备20027467号</p>",
            "星际工程",
            "星际工程官方网站",
        ),
        (
            "<p>版权所有：</p><a href='https://www.taiyang-group.cn/'>"
            "太阳能科技集团有限公司</a><p>京ICP备20027467号</p>",
            "太阳能",
            "太阳能科技集团有限公司",
        ),
    ],
)
def test_the_owner_is_who_claims_the_page(body: str, title: str, owner: str) -> None:
    found = read_footer(page(body, title)).owner
    assert found is not None
    assert found.value == owner


@pytest.mark.parametrize(
    "body",
    [
        "<p>技术支持：洛阳众创空间<b>有限公司</b></p><p>豫ICP备16024488号</p>",
        "<p>技术支持：</p><p>洛阳众创空间<b>有限公司</b></p><p>豫ICP备16024488号</p>",
        "<p>发布活动应当遵循：</p><p>1. 主办方信息齐全；</p><p>2. 内容真实。</p>",
    ],
)
def test_who_made_the_site_does_not_own_it_in_two_elements_either(body: str) -> None:
    assert read_footer(page(body)).owner is None


def test_a_page_may_lie_under_another_domain_and_link_to_itself() -> None:
    based = (
        "<base href='https://static.changqing-cdn.cn/'><p>首页</p>"
        "<a href='/about.html'>洛阳众创空间有限公司</a>"
    )
    owner = read_footer(page(based)).owner
    assert owner is not None
    assert owner.value == "洛阳众创空间有限公司"


def test_an_owner_is_shown_with_the_words_that_name_it() -> None:
    split = "<p>洛阳众创空间<b>有限公司</b></p><p>豫ICP备16024488号</p>"
    (company,) = read_footer(page(split)).companies
    assert company.value in company.raw
    brands = read_footer(page("<p>摩友之家</p><p>桂ICP备13004417号</p>", "摩友之家"))
    assert [(mark.raw, mark.start) for mark in brands.holders] == [("摩友之家", 0)]
